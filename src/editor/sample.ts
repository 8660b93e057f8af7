/** The bundled sample project: how its folder is known, and how it is opened. */
import { cp, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** The name in the sample's package.json: a copy of it is the sample too. */
const sampleName = 'journeyman-sample';

export async function isSample(folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false;
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { name?: unknown } | null;
    return manifest?.name === sampleName;
  } catch {
    return false; // no manifest, or not one that can be read: some other project
  }
}

/** Opens the person's own copy in a window of its own: what is tried there changes nothing else. */
export async function openSample({ extensionUri, globalStorageUri }: vscode.ExtensionContext): Promise<void> {
  const copy = path.join(globalStorageUri.fsPath, 'sample');
  if (!(await exists(copy)))
    await cp(vscode.Uri.joinPath(extensionUri, 'media', 'sample').fsPath, copy, { recursive: true });
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(copy), { forceNewWindow: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
