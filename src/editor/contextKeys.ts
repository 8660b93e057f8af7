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
    const { live } = desk;
    const running = live?.running ?? false;
    const { turn = null, paused = false, queue = [], turns = 0 } = live?.state ?? {};
    const isOpen = turn !== null && !running;
    set('sessionOpen', desk.shownId !== null);
    set('writable', live !== null);
    set('stoppable', running || isOpen);
    set('pausable', running && !paused);
    set('resumable', paused || isOpen || (queue.length > 0 && !running));
    set('leavable', isOpen);
    set('cut', live !== null && desk.cut(live.id) !== null);
    set('restorable', !running && (live?.state.checkpoints.length ?? 0) > 0);
    set('compactable', !running && turns > 0);
  };
  const moved = vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
  return { update, dispose: () => void moved.dispose() };
}
