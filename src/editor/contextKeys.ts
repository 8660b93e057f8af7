/** The context keys that commands, menus and keybindings of package.json stand under. */
import * as vscode from 'vscode';
import type { Parts } from './parts.ts';

export function contextKeys({ desk, asks, review, actions }: Parts): { update(): void; dispose(): void } {
  const known = new Map<string, boolean>();
  const set = (name: string, value: boolean): void => {
    if (known.get(name) === value) return;
    known.set(name, value);
    void vscode.commands.executeCommand('setContext', `journeyman.${name}`, value);
  };
  const update = (): void => {
    const edits = review.waiting;
    set('waiting', asks.waiting.length > 0);
    set('reviewing', edits.length > 0);
    set(
      'decided',
      edits.some(({ ask }) => ask.words.size > 0),
    );
    set('hunkAtCursor', edits.length > 0 && actions.isAtHunk());
    set('sessionOpen', desk.shownId !== null);
    set('running', desk.live?.running ?? false);
  };
  const moved = vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
  return { update, dispose: () => void moved.dispose() };
}
