/** Sessions as files: where to, where from, asked in the workbench's own dialogs. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as vscode from 'vscode';
import type { SessionId } from '../core/event.ts';
import type { Sessions } from '../session/sessions.ts';

export const fileEnding = 'journeyman';
const filters = { 'Journeyman sessions': [fileEnding] };

/** Asks where to and writes it there; null: the person left the dialog. */
export async function exportSession(sessions: Sessions, id: SessionId, title: string): Promise<string | null> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${fileNameOf(title)}.${fileEnding}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export Session',
    saveLabel: 'Export',
    filters,
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (!target) return null;
  await writeWhole(target.fsPath, sessions.export(id));
  return target.fsPath;
}

/** Asks which file; null: the person left the dialog. */
export async function chooseImport(): Promise<AsyncIterable<Uint8Array> | null> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: 'Import Session',
      openLabel: 'Import',
      filters,
      canSelectMany: false,
    })) ?? [];
  return file ? (createReadStream(file.fsPath) as AsyncIterable<Uint8Array>) : null;
}

/** There is the whole file or none: a disk that fills up leaves no half of one under its name. */
export async function writeWhole(file: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await pipeline(Readable.from(data), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw thrown;
  }
}

/** A title as a file name that every system takes. */
export function fileNameOf(title: string): string {
  const name = title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'session' : name;
}
