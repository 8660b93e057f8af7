/** From change to change, within a file and on into the next one: first what is proposed, then what stands in files. */
import * as vscode from 'vscode';
import type { FileChange } from '../core/change.ts';
import type { ChangedFile } from './changed.ts';
import { placesOf } from './places.ts';
import type { EditsAsk } from './review.ts';
import type { CursorParts } from './reviewCursor.ts';
import { hasOpen, inBaseline, nextStop, openHunks, type Stop } from './surfaces/openChanges.ts';

/** False: no change is open. */
export async function goToChange(parts: CursorParts, direction: 1 | -1): Promise<boolean> {
  const files = openFiles(parts);
  const here = whereIs(parts, files);
  const stops = files.flatMap((file, index) => stopsOf(file, index, index === here?.file && here.side === 'old'));
  const next = nextStop(stops, here, direction);
  const file = next && files[next.file];
  if (!next || !file) return false;
  const stays = here?.file === next.file && here.side !== 'baseline';
  if (!stays) await open(parts, file, here?.file === next.file);
  reveal(next.line);
  return true;
}

type OpenFile =
  | { readonly kind: 'proposed'; readonly edits: EditsAsk; readonly change: FileChange }
  | { readonly kind: 'applied'; readonly file: ChangedFile };

interface Here {
  readonly file: number;
  readonly line: number;
  /** Of a proposal: the real file or what is proposed. Of a change that was made: the file or what it was before. */
  readonly side: 'old' | 'fresh' | 'file' | 'baseline';
}

function openFiles({ review, changes }: CursorParts): readonly OpenFile[] {
  const proposed = review.waiting.flatMap((edits) =>
    edits.changes.map((change): OpenFile => ({ kind: 'proposed', edits, change })),
  );
  return [...proposed, ...changes.files.filter(hasOpen).map((file): OpenFile => ({ kind: 'applied', file }))];
}

function stopsOf(file: OpenFile, index: number, isOldSide: boolean): readonly Stop[] {
  if (file.kind === 'applied') return openHunks(file.file).map(({ line, count }) => ({ file: index, line, count }));
  return placesOf(file.change, file.edits.ask.words)
    .filter(({ verdict }) => verdict === 'proposed')
    .map((place) => ({ file: index, ...place[isOldSide ? 'old' : 'fresh'] }));
}

function whereIs({ review, changes, baselines }: CursorParts, files: readonly OpenFile[]): Here | null {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return null;
  const { uri } = editor.document;
  const { line } = editor.selection.active;
  const indexOf = (wanted: ChangedFile | null | undefined): number =>
    files.findIndex((one) => one.kind === 'applied' && one.file === wanted);
  const own = indexOf(changes.of(uri).find(hasOpen));
  if (own >= 0) return { file: own, line, side: 'file' };
  const compared = baselines.fileOf(uri);
  const before = indexOf(compared);
  if (compared && before >= 0) return { file: before, line: inFile(compared, line), side: 'baseline' };
  const found = review.find(uri);
  const index = files.findIndex(
    (one) =>
      one.kind === 'proposed' &&
      one.edits.ask.token === found?.edits.ask.token &&
      one.change.path === found.change.path,
  );
  return found && index >= 0 ? { file: index, line, side: found.side } : null;
}

/** A line of the baseline as a line of the file. */
function inFile(file: ChangedFile, line: number): number {
  const before = inBaseline(file).filter((place) => place.line + place.count <= line);
  return before.reduce((now, { hunk, count }) => now + hunk.count - count, line);
}

/** `asDiff`: it is looked at beside what it was. */
async function open({ review, baselines }: CursorParts, file: OpenFile, asDiff: boolean): Promise<void> {
  if (file.kind === 'proposed') await review.open(file.edits, file.change.path, true);
  else if (asDiff || file.file.fate === 'deleted') await baselines.compare(file.file, false);
  else await vscode.window.showTextDocument(file.file.uri, { preview: true });
}

function reveal(line: number): void {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const at = Math.min(line, editor.document.lineCount - 1);
  editor.selection = new vscode.Selection(at, 0, at, 0);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
