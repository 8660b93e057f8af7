// The folder that the suite runs in: files made for one test, editors opened and closed again.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../../src/editor/app.ts';
import type { TestApi } from '../../src/extension.ts';

export const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';

export function put(name: string, text: string): vscode.Uri {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return vscode.Uri.file(file);
}

export function onDisk(name: string): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

export async function show(uri: vscode.Uri): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

export async function type(editor: vscode.TextEditor, line: number, text: string): Promise<void> {
  await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), text));
}

/** Throws away what is unsaved, so that no test sees another one's editors. */
export async function closeEditors(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty || !document.uri.fsPath.startsWith(folder)) continue; // others are the workbench's own
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    // The host hears of it later than the command is done: until then its text counts as unsaved. Where the file is gone it stays so.
    const clean = until(() => !document.isDirty || document.isClosed, vscode.workspace.onDidChangeTextDocument);
    await Promise.race([clean, new Promise((resolve) => setTimeout(resolve, 3000))]);
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Waits for the workbench to say so: `listen` is one of its events. */
export function until(holds: () => boolean, listen: vscode.Event<unknown>): Promise<void> {
  return new Promise((resolve) => {
    if (holds()) {
      resolve();
      return;
    }
    const listener = listen(() => {
      if (!holds()) return;
      listener.dispose();
      resolve();
    });
  });
}

export async function startApp(): Promise<App> {
  const extension = vscode.extensions.getExtension<TestApi>('journeyman.journeyman');
  if (!extension) throw new Error('the extension is not installed');
  return (await extension.activate()).app();
}

/** Asks until it holds, for what sends no event of the workbench. */
export async function eventually(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  for (const untilMs = Date.now() + timeoutMs; !holds(); await new Promise((resolve) => setTimeout(resolve, 20)))
    if (Date.now() > untilMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
}
