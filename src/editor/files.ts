/**
 * Files through the document model: unsaved text is the truth, an edit of an open file is one undo step, and saving follows the
 * person's setting. Files that are not open go to the disk as they do outside an editor.
 */
import * as vscode from 'vscode';
import type { AppliedFile, FileChange } from '../core/change.ts';
import { matchesGlob } from '../core/glob.ts';
import { JourneymanError } from '../core/error.ts';
import type { Files, TextFile } from '../core/ports.ts';
import { applyHunks } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import { checkWritable, conflict, conflictExists, conflictTaken, readOnly, statFile } from '../workspace/textFile.ts';
import { deleteInEditor, isOpen, moveInEditor } from './fileFates.ts';
import { changedSpan, lineEdits } from './lineEdits.ts';
import { holds, notebookEdit, notebookText, openNotebook, saveNotebook } from './notebooks.ts';
import { appliedFile, saveAfterEdit, savesBy, type Saving } from './saving.ts';
import type { SavePolicy } from './settings.ts';

/** `disk`: the same files without an editor. */
export function editorFiles(disk: Files, savePolicy: () => SavePolicy, saveMs?: number): Files {
  const saving = savesBy(savePolicy, saveMs);
  return {
    get folders() {
      return disk.folders;
    },
    locate: (path) => disk.locate(path),
    leadsTo: (path) => disk.leadsTo(path),
    read: async (path, signal) => (await standing(disk, path, signal)).file,
    list: (path, depth, signal) => disk.list(path, depth, signal),
    tidy: (paths) => disk.tidy(paths),
    async apply(changes, signal) {
      const found: (Standing | null)[] = [];
      for (const change of changes) found.push(await check(disk, change, signal));
      const applied: AppliedFile[] = [];
      for (const [i, change] of changes.entries()) {
        signal.throwIfAborted();
        // The others are looked at again: by now time went by in which they may have changed.
        applied.push(...(await applyOne(disk, change, i === 0 ? (found[0] ?? null) : null, saving, signal)));
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

interface Standing {
  readonly file: TextFile;
  /** What holds that text; null: the disk alone. */
  readonly document: vscode.TextDocument | null;
  readonly notebook: vscode.NotebookDocument | null;
}

/** A file as the person sees it. Throws as `Files.read`. */
async function standing(disk: Files, path: string, signal: AbortSignal): Promise<Standing> {
  const { absolute, path: name } = disk.locate(path);
  const document = openDocument(absolute);
  if (document !== null && (document.isDirty || isForeign(document))) {
    // The disk's own rules (no links, plain files, a size limit) hold for open files too; one that was deleted under its editor passes.
    const stat = await statFile(disk.folders, path);
    if (stat !== null || document.isDirty) {
      const text = document.getText();
      return { file: { path: name, text, hash: hashText(text), unsaved: document.isDirty }, document, notebook: null };
    }
  }
  // A clean document may lag behind a file that a command has just written; the disk does not.
  const file = await disk.read(path, signal);
  if (document !== null && hashText(document.getText()) === file.hash) return { file, document, notebook: null };
  const notebook = openNotebook(absolute);
  if (notebook === null) return { file, document: null, notebook };
  if (!notebook.isDirty) {
    return { file, document: null, notebook: holds(notebook, name, file.text) ? notebook : null };
  }
  const text = notebookText(name, notebook, file.text);
  return { file: { path: name, text, hash: hashText(text), unsaved: true }, document: null, notebook };
}

/** In an encoding that only the editor knows: the person chose it, or their settings did. */
function isForeign({ encoding }: vscode.TextDocument): boolean {
  return encoding !== 'utf8' && encoding !== 'utf8bom';
}

/** Throws before anything is written, so that a change of several files is made whole or not at all. */
async function check(disk: Files, change: FileChange, signal: AbortSignal): Promise<Standing | null> {
  const { path, beforeHash, fate } = change;
  const place = disk.locate(path);
  if (beforeHash === null) {
    // The disk looks for itself; what an editor holds of a file that is gone from the disk is seen only here.
    if (openDocument(place.absolute)?.isDirty === true) throw conflictExists(place.path);
    return null;
  }
  const found = await standing(disk, path, signal);
  const { file, notebook } = found;
  if (file.hash !== beforeHash) throw conflict(place.path);
  if (notebook === null && isDirtyNotebook(place.absolute)) {
    throw new JourneymanError(
      'conflict',
      `${place.path} has unsaved changes in a notebook editor. Ask the user to save it, then read it again.`,
    );
  }
  if (fate?.kind === 'moved') {
    await checkFree(disk, fate.to);
    return found;
  }
  const stat = await statFile(disk.folders, path);
  if (stat !== null) await checkWritable(place, stat);
  if (isReadOnlyBySetting(place.path, place.absolute)) throw readOnly(place.path);
  if (notebook !== null && fate === undefined)
    notebookEdit(place.path, notebook, file.text, applyHunks(file.text, change.hunks));
  return found;
}

/** Throws where another file stands in the way, and for what no file can be called. */
async function checkFree(disk: Files, path: string): Promise<void> {
  const { absolute, path: name } = disk.locate(path);
  if (openDocument(absolute)?.isDirty === true) throw conflictTaken(name);
  await statFile(disk.folders, path); // no way through a link
}

/** Of a kind whose text only its own extension knows. */
function isDirtyNotebook(absolute: string): boolean {
  return vscode.workspace.notebookDocuments.some((one) => one.isDirty && one.uri.fsPath === absolute);
}

async function applyOne(
  disk: Files,
  change: FileChange,
  found: Standing | null,
  saving: Saving,
  signal: AbortSignal,
): Promise<readonly AppliedFile[]> {
  const { path, beforeHash, fate } = change;
  if (beforeHash === null) return disk.apply([change], signal);
  const { file, document, notebook } = found ?? (await standing(disk, path, signal));
  if (file.hash !== beforeHash) throw conflict(path); // typed while other files were written
  const place = disk.locate(path);
  if (fate !== undefined && isOpen(place.absolute)) {
    if (fate.kind === 'moved') return moveInEditor(place, disk.locate(fate.to), file);
    const cells = notebook?.getCells().map((cell) => cell.document) ?? [];
    return [await deleteInEditor(place, document === null ? cells : [document])];
  }
  if (fate !== undefined) return disk.apply([change], signal);
  if (document !== null) return [await applyToDocument(disk, document, change, saving, signal)];
  if (notebook !== null) return [await applyToNotebook(disk, notebook, file, change, saving, signal)];
  return disk.apply([change], signal);
}

async function applyToDocument(
  disk: Files,
  document: vscode.TextDocument,
  { path, hunks, beforeHash }: FileChange,
  saving: Saving,
  signal: AbortSignal,
): Promise<AppliedFile> {
  const before = document.getText();
  if (hashText(before) !== beforeHash) throw conflict(path);
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
  const edited = document.isClosed
    ? await vscode.workspace.openTextDocument(document.uri, { encoding: document.encoding })
    : document;
  if (!edited.isDirty) await checkTaken(disk, edited, path, before, signal);
  const saved = await saveAfterEdit(saving, wasDirty, () => edited.save());
  return appliedFile(path, applyHunks(before, hunks), edited.getText(), saved);
}

/**
 * A document that the person has made read-only for this session takes an edit, can neither save it nor undo it, and counts as saved.
 * Nothing else tells such a document.
 */
async function checkTaken(
  disk: Files,
  document: vscode.TextDocument,
  path: string,
  before: string,
  signal: AbortSignal,
): Promise<void> {
  const text = document.getText();
  if (text === before) return;
  const stored = isForeign(document) ? null : await disk.read(path, signal).catch(() => null);
  if (document.isDirty || stored?.hash === hashText(text)) return; // saved by itself
  const { start, end, text: old } = changedSpan(text, before);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), old);
  await vscode.workspace.applyEdit(edit);
  throw readOnly(path);
}

/** `file`: what the notebook holds. */
async function applyToNotebook(
  disk: Files,
  notebook: vscode.NotebookDocument,
  { text: before }: TextFile,
  { path, hunks }: FileChange,
  saving: Saving,
  signal: AbortSignal,
): Promise<AppliedFile> {
  const after = applyHunks(before, hunks);
  const wasDirty = notebook.isDirty;
  if (!(await vscode.workspace.applyEdit(notebookEdit(path, notebook, before, after)))) throw conflict(path);
  const saved = await saveAfterEdit(saving, wasDirty, () => saveNotebook(notebook));
  const { file } = await standing(disk, path, signal);
  return appliedFile(path, after, file.text, saved);
}

/** What the person has marked as read-only for the editor holds for the agent too. */
function isReadOnlyBySetting(path: string, absolute: string): boolean {
  const settings = vscode.workspace.getConfiguration('files', vscode.Uri.file(absolute));
  const matches = (name: string): boolean =>
    Object.entries(settings.get<Record<string, unknown>>(name) ?? {}).some(
      ([glob, isOn]) => isOn === true && [path, absolute].some((one) => matchesGlob(one, glob)),
    );
  return matches('readonlyInclude') && !matches('readonlyExclude');
}
