/** Unsaved texts of open documents and notebooks, for checkpoints: the truth of their files, and put back as an edit that can be undone. */
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Documents } from '../workspace/checkpoint.ts';
import { withoutMark } from '../workspace/fileState.ts';
import { openDocument } from './files.ts';
import { changedSpan } from './lineEdits.ts';
import { notebookEdit, notebookText, openNotebook } from './notebooks.ts';

export const editorDocuments: Documents = {
  unsaved(absolute) {
    const document = openDocument(absolute);
    return document?.isDirty === true ? document.getText() : unsavedNotebook(absolute);
  },
  async write(absolute, text, expected) {
    const document = openDocument(absolute);
    const notebook = document === null ? openNotebook(absolute) : null;
    if (notebook !== null) return writeNotebook(notebook, absolute, text, expected);
    if (document?.getText() !== expected) return false;
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits(document, expected, text ?? ''));
    if (text === null) edit.deleteFile(document.uri, { ignoreIfNotExists: true });
    // **Invariant:** no await between the comparison and this call. The workbench refuses the edit when the document has another
    // version by the time it arrives, and then deletes nothing either: what is typed meanwhile is not lost.
    return vscode.workspace.applyEdit(edit);
  },
};

/** null where there is none, and where its text cannot be told. */
function unsavedNotebook(absolute: string): string | null {
  const notebook = openNotebook(absolute);
  if (notebook?.isDirty !== true) return null;
  try {
    return notebookText(absolute, notebook, withoutMark(readFileSync(absolute, 'utf8')));
  } catch {
    return null; // gone from the disk, or no notebook there any more: the file counts as it stands
  }
}

async function writeNotebook(
  notebook: vscode.NotebookDocument,
  absolute: string,
  text: string | null,
  expected: string,
): Promise<boolean> {
  if (unsavedNotebook(absolute) !== expected) return false;
  if (text !== null) return vscode.workspace.applyEdit(notebookEdit(absolute, notebook, expected, text));
  const edit = new vscode.WorkspaceEdit();
  for (const { document } of notebook.getCells()) edit.insert(document.uri, new vscode.Position(0, 0), '');
  edit.deleteFile(notebook.uri, { ignoreIfNotExists: true });
  return vscode.workspace.applyEdit(edit);
}

/** The lines that differ, so that cursors elsewhere stay; everything where the line ends change. */
function edits(document: vscode.TextDocument, before: string, after: string): vscode.TextEdit[] {
  const eol = after.includes('\r\n') ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF;
  const whole = after.includes('\n') && eol !== document.eol;
  const { start, end, text } = whole ? { start: 0, end: before.length, text: after } : changedSpan(before, after);
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const replace = vscode.TextEdit.replace(range, text);
  return whole ? [replace, vscode.TextEdit.setEndOfLine(eol)] : [replace];
}
