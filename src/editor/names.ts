/** Names of files as the tools name them: those that lie open, and all of the workspace. */
import * as vscode from 'vscode';
import type { Files } from '../core/ports.ts';
import { fileNames } from '../workspace/fileNames.ts';

/** In tabs, the active one first, then those that are in sight. */
export function openNames(files: Pick<Files, 'locate'>): readonly string[] {
  const uris = [
    vscode.window.activeTextEditor?.document.uri,
    ...vscode.window.visibleTextEditors.map(({ document }) => document.uri),
    ...vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .map(({ input }) => (input instanceof vscode.TabInputText ? input.uri : undefined)),
  ];
  const places = uris.flatMap((uri) => (uri?.scheme === 'file' ? [files.locate(uri.fsPath)] : []));
  return [...new Set(places.filter(({ inside }) => inside).map(({ path }) => path))];
}

/** Read anew when what is known is older than a moment: typing a name asks once. */
export function workspaceNames(
  files: Pick<Files, 'locate' | 'folders'>,
  rgPath: () => string,
): (signal: AbortSignal) => Promise<readonly string[]> {
  let known: { readonly atMs: number; readonly names: Promise<readonly string[]> } | null = null;
  const read = async (): Promise<readonly string[]> => {
    const names = await fileNames(rgPath(), files.folders, new AbortController().signal);
    return names.map((name) => files.locate(name).path);
  };
  return async (signal) => {
    const now = performance.now();
    if (known === null || now - known.atMs > keptMs) known = { atMs: now, names: read() };
    const names = await known.names;
    signal.throwIfAborted();
    return names;
  };
}

const keptMs = 5000;
