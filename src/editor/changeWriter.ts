/** What a word on changes makes of a file: text through the document, the file itself through the workbench, each undone natively. */
import { chmod } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Hunk } from '../core/change.ts';
import type { FileState } from '../core/checkpoint.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { LineEdit, Lines } from '../review/ledger.ts';
import { hashText } from '../workspace/files.ts';
import { textOf, withoutMark } from '../workspace/fileState.ts';
import { joinLines } from '../workspace/lines.ts';
import { editorDocuments } from './documents.ts';
import { openDocument } from './files.ts';

/** Bytes that were kept, and how: a file that comes back is exactly what it was. */
export interface KeptFile {
  readonly state: FileState;
  readonly bytes: Buffer | null;
}

export interface FileWrite {
  readonly path: string;
  readonly before: Lines;
  readonly after: Lines;
  readonly edits: readonly LineEdit[];
  /** Of the file that `after` may be. */
  readonly kept: () => Promise<KeptFile | null>;
}

/** Throws `conflict`, and writes nothing, where the file does not hold `before`. */
export async function writeFile(files: Files, write: FileWrite): Promise<void> {
  const { path, before, after, edits } = write;
  if (before.length > 0 && after.length === 0) return removeFile(files, path, joinLines(before));
  if (before.length === 0 && after.length > 0) return createFile(files, write);
  if (edits.length === 0) return;
  const hunks = edits.map(({ start, end, lines }, i): Hunk => ({
    id: String(i),
    startLine: start + 1,
    removed: before.slice(start, end),
    added: lines,
    before: [],
    after: [],
  }));
  const { signal } = new AbortController();
  try {
    await files.apply([{ path, beforeHash: hashText(joinLines(before)), hunks }], signal);
  } catch (thrown) {
    throw toError(thrown).code === 'conflict' ? changedNow(path, thrown) : thrown;
  }
}

/** Throws `conflict` where something stands there already. */
export async function moveFile(files: Files, from: string, to: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(uriOf(files, from), uriOf(files, to), { overwrite: false });
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new JourneymanError('conflict', `${from} could not go back to ${to}: something stands there by now.`);
}

async function removeFile(files: Files, path: string, text: string): Promise<void> {
  const { absolute } = files.locate(path);
  if (openDocument(absolute)) {
    if (!(await editorDocuments.write(absolute, null, text))) throw changedNow(path);
    return;
  }
  const now = await files.read(path, new AbortController().signal);
  if (now.text !== text) throw changedNow(path);
  const edit = new vscode.WorkspaceEdit();
  edit.deleteFile(vscode.Uri.file(absolute));
  if (!(await vscode.workspace.applyEdit(edit))) throw changedNow(path);
}

async function createFile(files: Files, { path, after, kept }: FileWrite): Promise<void> {
  const { absolute } = files.locate(path);
  const text = joinLines(after);
  const known = await kept();
  const bytes = known?.bytes ?? null;
  const isWhole = bytes !== null && withoutMark(textOf(bytes) ?? '') === text;
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(vscode.Uri.file(absolute), { contents: isWhole ? bytes : Buffer.from(text) });
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new JourneymanError('conflict', `${path} could not come back: something stands there by now.`);
  if (known?.state.kind === 'file') await chmod(absolute, known.state.mode).catch(() => undefined); // the text is what counts
}

function uriOf(files: Files, path: string): vscode.Uri {
  return vscode.Uri.file(files.locate(path).absolute);
}

function changedNow(path: string, cause?: unknown): JourneymanError {
  return new JourneymanError('conflict', `${path} changed at the same moment; nothing was written. Try again.`, {
    cause,
  });
}
