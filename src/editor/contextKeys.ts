/** The context keys that commands, menus and keybindings of package.json stand under. */
import * as vscode from 'vscode';
import type { Parts } from './parts.ts';
import { atCursor } from './reviewCursor.ts';
import { hasOpen } from './surfaces/openChanges.ts';

export function contextKeys({ desk, asks, review, changes, surfaces, plans, index }: Parts): {
  update(): void;
  dispose(): void;
} {
  const known = new Map<string, string>();
  const set = (name: string, value: boolean | readonly string[]): void => {
    const text = JSON.stringify(value);
    if (known.get(name) === text) return;
    known.set(name, text);
    void vscode.commands.executeCommand('setContext', `journeyman.${name}`, value);
  };
  const update = (): void => {
    const edits = review.waiting;
    set('waiting', asks.waiting.length > 0);
    const open = changes.files.filter(hasOpen);
    set('reviewing', edits.length > 0 || open.length > 0);
    set('decided', changes.decided || edits.some(({ ask }) => ask.words.size > 0));
    set('hunkAtCursor', atCursor({ review, changes, baselines: surfaces.baselines }).length > 0);
    // For the menus of a file: `resourcePath` there is a path as the window writes it, which may not be how this machine does.
    set('changedFiles', [...new Set(open.flatMap(({ uri }) => [uri.path, uri.fsPath]))]);
    // `resourcePath in journeyman.plans`: the documents that can be answered.
    set('planWaiting', plans.waiting.length > 0);
    set(
      'plans',
      plans.waiting.map(({ uri }) => uri.path),
    );
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
    set('indexing', index.known?.state === 'indexing' || index.known?.state === 'starting');
    set('compactable', live !== null && turns > 0);
  };
  const moved = vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
  return { update, dispose: () => void moved.dispose() };
}
