/**
 * Files that go or get another name while they are open: through the workbench, so that their tabs close or follow, unsaved text and undo
 * come along, and language servers hear of it. What is not open goes on the disk: there is no tab to follow and nothing to undo in, and
 * the disk compares and moves at once, never over another file. The same holds for files that are created.
 */
import * as vscode from 'vscode';
import type { AppliedFile } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { Location, TextFile } from '../core/ports.ts';
import { hashText } from '../workspace/files.ts';
import { conflict, conflictTaken, exists } from '../workspace/textFile.ts';

/** Some tab shows it, or some editor holds it. */
export function isOpen(absolute: string): boolean {
  const wanted = vscode.Uri.file(absolute).toString();
  const { textDocuments, notebookDocuments } = vscode.workspace;
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return (
    [...textDocuments, ...notebookDocuments].some((one) => !one.isClosed && one.uri.toString() === wanted) ||
    tabs.some(({ input }) => {
      const { uri } = (input ?? {}) as { readonly uri?: unknown };
      return uri instanceof vscode.Uri && uri.toString() === wanted;
    })
  );
}

/** `documents` hold what was looked at: the file's own, or the cells of its notebook. */
export async function deleteInEditor(
  { path, absolute }: Location,
  documents: readonly vscode.TextDocument[],
): Promise<AppliedFile> {
  const edit = new vscode.WorkspaceEdit();
  // They change nothing, and the workbench refuses the whole edit when a document has another version by the time it arrives.
  for (const { uri } of documents) edit.insert(uri, new vscode.Position(0, 0), '');
  edit.deleteFile(vscode.Uri.file(absolute), { ignoreIfNotExists: true });
  if (!(await vscode.workspace.applyEdit(edit))) throw documents.length > 0 ? conflict(path) : refused(path, 'deleted');
  if (await exists(absolute)) throw refused(path, 'deleted');
  return { path, afterHash: hashText(''), saved: true };
}

/** `file`: what stands there. Typing goes on in the document whatever its name is. */
export async function moveInEditor(from: Location, to: Location, file: TextFile): Promise<readonly AppliedFile[]> {
  if ((await exists(to.absolute)) && from.absolute.toLowerCase() !== to.absolute.toLowerCase())
    throw conflictTaken(to.path);
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(vscode.Uri.file(from.absolute), vscode.Uri.file(to.absolute), { overwrite: false });
  if (!(await vscode.workspace.applyEdit(edit))) throw refused(from.path, 'moved');
  return [
    { path: from.path, afterHash: hashText(''), saved: true },
    { path: to.path, afterHash: file.hash, saved: !file.unsaved },
  ];
}

function refused(path: string, fate: string): JourneymanError {
  return new JourneymanError(
    'denied',
    `${path} could not be ${fate}: the editor or the system refused. It stands as it was; ask the user about it.`,
  );
}
