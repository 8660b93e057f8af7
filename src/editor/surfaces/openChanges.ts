/** Where the open changes of files stand, and which comes next. Pure. */
import type { ChangedFile, ChangedHunk } from '../changed.ts';

/** Lines of a document, from 0; `count` 0: lines were only removed there. */
export interface Lines {
  readonly line: number;
  readonly count: number;
}

export function isOpen({ state }: Pick<ChangedHunk, 'state'>): boolean {
  return state === 'applied' || state === 'asked';
}

export function hasOpen({ openCount }: ChangedFile): boolean {
  return openCount > 0;
}

export function countOpen(files: readonly ChangedFile[]): number {
  return files.reduce((sum, { openCount }) => sum + openCount, 0);
}

/** Each open change once, where its first piece stands. */
export function openHunks({ hunks }: ChangedFile): readonly ChangedHunk[] {
  const seen = new Set<string>();
  return hunks.filter((hunk) => {
    if (!isOpen(hunk) || seen.has(hunk.id)) return false;
    seen.add(hunk.id);
    return true;
  });
}

/** Where the open pieces stand in the baseline. */
export function inBaseline({ hunks }: ChangedFile): readonly (Lines & { readonly hunk: ChangedHunk })[] {
  let shift = 0;
  return hunks.filter(isOpen).map((hunk) => {
    const at = { hunk, line: hunk.line - shift, count: hunk.removed.length };
    shift += hunk.count - hunk.removed.length;
    return at;
  });
}

/** What holds `line`; where there are no lines, the one that they would stand before counts. */
export function at<T extends Lines>(places: readonly T[], line: number): T | null {
  const holds = ({ line: first, count }: Lines): boolean => line >= first && line < first + Math.max(1, count);
  return places.find((place) => place.count > 0 && holds(place)) ?? places.find(holds) ?? null;
}

/** A place of an open change in the order of all files. */
export interface Stop extends Lines {
  readonly file: number;
}

/** The one after, or before, the cursor; around at the end. `stops` in order. */
export function nextStop<S extends Stop>(
  stops: readonly S[],
  here: { readonly file: number; readonly line: number } | null,
  direction: 1 | -1,
): S | null {
  if (!here) return stops.at(direction > 0 ? 0 : -1) ?? null;
  const { file, line } = here;
  if (direction > 0)
    return stops.find((stop) => stop.file > file || (stop.file === file && stop.line > line)) ?? stops[0] ?? null;
  const ends = (stop: S): number => stop.line + Math.max(1, stop.count);
  return (
    stops.findLast((stop) => stop.file < file || (stop.file === file && ends(stop) <= line)) ?? stops.at(-1) ?? null
  );
}
