/** Unsaved texts of open documents, for checkpoints: the truth of their files, and put back as an edit that can be undone. */
import * as vscode from 'vscode';
import type { Documents } from '../workspace/checkpoint.ts';
import { openDocument } from './files.ts';
import { changedSpan } from './lineEdits.ts';

export const editorDocuments: Documents = {
  unsaved(absolute) {
    const document = openDocument(absolute);
    return document?.isDirty === true ? document.getText() : null;
  },
  async write(absolute, text, expected) {
    const document = openDocument(absolute);
    if (document?.getText() !== expected) return false;
    const edit = new vscode.WorkspaceEdit();
    edit.set(document.uri, edits(document, expected, text ?? ''));
    if (text === null) edit.deleteFile(document.uri, { ignoreIfNotExists: true });
    // **Invariant:** no await between the comparison and this call. The workbench refuses the edit when the document has another
    // version by the time it arrives, and then deletes nothing either: what is typed meanwhile is not lost.
    return vscode.workspace.applyEdit(edit);
  },
};

/** The lines that differ, so that cursors elsewhere stay; everything where the line ends change. */
function edits(document: vscode.TextDocument, before: string, after: string): vscode.TextEdit[] {
  const eol = after.includes('\r\n') ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF;
  const whole = after.includes('\n') && eol !== document.eol;
  const { start, end, text } = whole ? { start: 0, end: before.length, text: after } : changedSpan(before, after);
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const replace = vscode.TextEdit.replace(range, text);
  return whole ? [replace, vscode.TextEdit.setEndOfLine(eol)] : [replace];
}
