/** The index with the files of this extension and a place in its storage, which all windows share. */
import path from 'node:path';
import type * as vscode from 'vscode';
import type { CodeIndex } from '../core/ports.ts';

export async function startEditorIndex(
  { extension, extensionUri, globalStorageUri }: vscode.ExtensionContext,
  folders: readonly string[],
): Promise<CodeIndex> {
  const { startIndex } = await import('../symbols/client.ts');
  const dist = path.join(extensionUri.fsPath, 'dist');
  const { version } = extension.packageJSON as { version: string };
  return startIndex({
    entry: path.join(dist, 'indexer.js'),
    extractor: path.join(dist, 'extractor.js'),
    grammars: path.join(dist, 'grammars'),
    folders,
    storage: path.join(globalStorageUri.fsPath, 'index'),
    history: true, // it begins in trusted folders only
    version,
  });
}
