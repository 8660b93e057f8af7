/**
 * Files through the document model: unsaved text is the truth, an edit of an open file is one undo step, and saving follows the
 * person's setting. Files that are not open go to the disk as they do outside an editor.
 */
import * as vscode from 'vscode';
import type { AppliedFile, FileChange } from '../core/change.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Files, TextFile } from '../core/ports.ts';
import { hashText } from '../workspace/files.ts';
import { conflict } from '../workspace/textFile.ts';
import { lineEdits } from './lineEdits.ts';
import type { SavePolicy } from './settings.ts';

/** `disk`: the same files without an editor. */
export function editorFiles(disk: Files, savePolicy: () => SavePolicy): Files {
  const read = async (path: string, signal: AbortSignal): Promise<TextFile> => {
    const { absolute, path: name } = disk.locate(path);
    const document = openDocument(absolute);
    // A clean document may lag behind a file that a command has just written; the disk does not.
    if (!document?.isDirty) return disk.read(path, signal);
    await checkOnDisk(disk, path, signal);
    const text = document.getText();
    return { path: name, text, hash: hashText(text), unsaved: true };
  };

  return {
    get folders() {
      return disk.folders;
    },
    locate: (path) => disk.locate(path),
    read,
    list: (path, depth, signal) => disk.list(path, depth, signal),
    tidy: (paths) => disk.tidy(paths),
    async apply(changes, signal) {
      const targets = changes.map((change) => ({ change, document: targetDocument(disk, change) }));
      for (const { change, document } of targets) await check(disk, change, document, signal);
      const applied: AppliedFile[] = [];
      for (const { change, document } of targets) {
        signal.throwIfAborted();
        if (document?.isClosed === false) applied.push(await applyToDocument(document, change, savePolicy()));
        else applied.push(...(await disk.apply([change], signal)));
      }
      return applied;
    },
  };
}

/** The open text document of a file, if any editor, diff or extension holds one. */
export function openDocument(absolute: string): vscode.TextDocument | null {
  const wanted = vscode.Uri.file(absolute).toString();
  return vscode.workspace.textDocuments.find((one) => !one.isClosed && one.uri.toString() === wanted) ?? null;
}

/**
 * Where a change goes: into the document when it has unsaved text, or holds just what the change was made against. Else to the disk,
 * which knows best: a clean document follows it.
 */
function targetDocument(disk: Files, { path, beforeHash }: FileChange): vscode.TextDocument | null {
  const document = openDocument(disk.locate(path).absolute);
  return document && (document.isDirty || hashText(document.getText()) === beforeHash) ? document : null;
}

/** Throws before anything is written, so that a change of several files is made whole or not at all. */
async function check(
  disk: Files,
  change: FileChange,
  document: vscode.TextDocument | null,
  signal: AbortSignal,
): Promise<void> {
  const { path, beforeHash } = change;
  if (document) {
    if (hashText(document.getText()) !== beforeHash) throw conflict(path);
    await checkOnDisk(disk, path, signal);
    return;
  }
  const { absolute } = disk.locate(path);
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.isDirty && one.uri.fsPath === absolute);
  if (notebook) {
    throw new JourneymanError(
      'conflict',
      `${path} has unsaved changes in a notebook editor. Ask the user to save it, then read it again.`,
    );
  }
  if (beforeHash !== null && (await disk.read(path, signal)).hash !== beforeHash) throw conflict(path);
}

/** The disk's own rules (no links, plain files, a size limit) hold for open files too; one that was deleted under its editor passes. */
async function checkOnDisk(disk: Files, path: string, signal: AbortSignal): Promise<void> {
  try {
    await disk.read(path, signal);
  } catch (thrown) {
    if (toError(thrown).code !== 'not_found') throw thrown;
  }
}

async function applyToDocument(
  document: vscode.TextDocument,
  { path, hunks, beforeHash }: FileChange,
  policy: SavePolicy,
): Promise<AppliedFile> {
  if (hashText(document.getText()) !== beforeHash) throw conflict(path); // typed while other files were written
  const wasDirty = document.isDirty;
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineAt(line).text);
  const edit = new vscode.WorkspaceEdit();
  for (const { startLine, startColumn, endLine, endColumn, text } of lineEdits(lines, hunks)) {
    edit.replace(document.uri, new vscode.Range(startLine, startColumn, endLine, endColumn), text);
  }
  // **Invariant:** no await between the comparison and this call. The workbench refuses the edit when the document has another
  // version by the time it arrives, so nothing that is typed meanwhile can be overwritten.
  if (!(await vscode.workspace.applyEdit(edit))) throw conflict(path);
  // Its last editor may have closed meanwhile, as the review does once all is decided: then the text lives in a document anew.
  const edited = await vscode.workspace.openTextDocument(document.uri);
  const save = policy === 'always' || (policy === 'whenClean' && !wasDirty);
  const saved = save && (await edited.save());
  return { path, afterHash: hashText(edited.getText()), saved };
}
