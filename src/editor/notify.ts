/** A word to a person who is not looking: once for each question and each end, only while the window has no focus. */
import * as vscode from 'vscode';
import type { Outcome } from '../core/event.ts';
import { askWords, outcomeTitle } from '../protocol/words.ts';
import type { Parts } from './parts.ts';
import { readSettings } from './settings.ts';

export function notifyWhenAway({ asks }: Pick<Parts, 'asks'>): {
  onAsks(): void;
  onEnd(outcome: Outcome): void;
} {
  const told = new Set<string>();
  const tell = (text: string, command: string): void => {
    if (vscode.window.state.focused || !readSettings().notifications) return;
    void vscode.window.showInformationMessage(text, 'Show').then((picked) => {
      if (picked !== undefined) void vscode.commands.executeCommand(command);
    });
  };
  return {
    onAsks() {
      for (const { token, approval } of asks.waiting) {
        if (told.has(token)) continue;
        told.add(token);
        tell(`Journeyman asks to ${askWords(approval.question)}`, 'journeyman.goToAsk');
      }
    },
    onEnd(outcome) {
      tell(`Journeyman: ${outcomeTitle(outcome)}`, 'journeyman.openPanel');
    },
  };
}
