/** Where the sessions of a folder are kept. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as vscode from 'vscode';

/**
 * A place of the folder's own in the storage that all windows share. Not the storage that VS Code gives a workspace: a second window on
 * the same folder, or one that follows a killed host, gets another of those, and would not find the sessions.
 */
export function storageFolder({ globalStorageUri }: vscode.ExtensionContext): string {
  const { workspaceFile, workspaceFolders, name } = vscode.workspace;
  const place = workspaceFile?.toString() ?? workspaceFolders?.[0]?.uri.toString();
  const hash = createHash('sha256')
    .update(place ?? '')
    .digest('hex')
    .slice(0, 16);
  const readable = (name ?? 'none').replace(/[^\w.-]+/g, '-').slice(0, 40);
  return path.join(globalStorageUri.fsPath, 'folders', `${readable}-${hash}`);
}
