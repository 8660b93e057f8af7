/** What the conversation holds of files, line by line: so that nothing is shown twice, and what reads otherwise by now can be told. */
import type { FileChange, Hunk } from '../core/change.ts';
import type { StalePiece, LineSpan } from '../core/symbols.ts';
import { shownLine } from '../core/text.ts';

/** Lines of a file as the model last saw them, its own edits included. */
export interface ShownLines {
  /** Where the first of them stands, from 1, as far as the model knows. */
  readonly startLine: number;
  readonly lines: readonly string[];
  /** Qualified name, where they were shown as one. */
  readonly symbol: string | null;
  /** Replies that there were when they came: what came before some reply goes when room is made. */
  readonly reply: number;
}
/** **Invariant:** the lines of one file do not overlap, and stand in order. */
export type ShownCode = ReadonlyMap<string, readonly ShownLines[]>;

/** The newer text takes the place of what was known of the same lines. */
export function show(code: ShownCode, path: string, fresh: ShownLines): ShownCode {
  if (fresh.lines.length === 0) return code;
  const known = code.get(path) ?? [];
  const left = known.flatMap((one) => without(one, { startLine: fresh.startLine, endLine: endOf(fresh) }));
  return new Map(code).set(
    path,
    [...left, fresh].sort((a, b) => a.startLine - b.startLine),
  );
}

export function forget(code: ShownCode, paths: readonly string[]): ShownCode {
  if (!paths.some((path) => code.has(path))) return code;
  const left = new Map(code);
  for (const path of paths) left.delete(path);
  return left;
}

/** Room was made: what came before the reply of this number is gone. */
export function forgetBefore(code: ShownCode, reply: number): ShownCode {
  const left = new Map<string, readonly ShownLines[]>();
  for (const [path, known] of code) {
    const kept = known.filter((one) => one.reply >= reply);
    if (kept.length > 0) left.set(path, kept);
  }
  return left;
}

/** A change of the agent's own: it knows what it wrote, and where the lines around it went. */
export function change(code: ShownCode, { path, hunks, fate }: FileChange, reply: number): ShownCode {
  if (fate?.kind === 'deleted') return forget(code, [path]);
  if (fate?.kind === 'moved') {
    const known = code.get(path);
    const left = forget(code, [path]);
    return known === undefined ? left : new Map(left).set(fate.to, known);
  }
  return rewrite(code, path, hunks, reply);
}

export function rewrite(code: ShownCode, path: string, hunks: readonly Hunk[], reply: number): ShownCode {
  const inOrder = hunks.toSorted((a, b) => a.startLine - b.startLine);
  const known = code.get(path) ?? [];
  let changed: ShownCode = new Map(code).set(
    path,
    known.flatMap((one) => moved(one, inOrder)),
  );
  let shift = 0;
  for (const { startLine, removed, added } of inOrder) {
    const lines = added.slice(0, added.findLastIndex((line) => line.trim() !== '') + 1).map(shownLine);
    changed = show(changed, path, { startLine: startLine + shift, lines, symbol: null, reply });
    shift += added.length - removed.length;
  }
  return changed;
}

/** What was told as stale: it is not told again, and what moved is known at its new place. All places are those before. */
export function correct(code: ShownCode, stale: readonly StalePiece[]): ShownCode {
  let corrected = code;
  for (const path of new Set(stale.map((one) => one.path))) {
    const told = stale.filter((one) => one.path === path);
    const fresh = (code.get(path) ?? []).flatMap((one) => corrections(one, told));
    corrected = forget(corrected, [path]);
    for (const one of fresh) corrected = show(corrected, path, one);
  }
  return corrected;
}

/** Compares with the file as it stands; null: it is gone. [] where the lines are as they were shown. */
export function staleIn(path: string, shown: ShownLines, file: readonly string[] | null): readonly StalePiece[] {
  const { startLine, lines, symbol } = shown;
  const endLine = endOf(shown);
  if (file === null) return [{ path, startLine, endLine, symbol, now: 'gone', by: 0 }];
  if (standsAt(file, lines, startLine)) return [];
  const by = movedBy(file, lines, startLine);
  if (by !== null) return [{ path, startLine, endLine, symbol, now: 'moved', by }];
  const same = { start: 0, end: 0, by: 0 };
  while (same.start < lines.length && file[startLine - 1 + same.start] === lines[same.start]) same.start++;
  for (let shift = -shiftMax; shift <= shiftMax; shift++) {
    const end = sameAtEnd(file, lines, endLine + shift, lines.length - same.start);
    const isBetter = end > same.end || (end === same.end && Math.abs(shift) < Math.abs(same.by));
    if (end > 0 && isBetter) [same.end, same.by] = [end, shift];
  }
  const last = Math.max(startLine + same.start, endLine - same.end);
  return [{ path, startLine: startLine + same.start, endLine: last, symbol, now: 'changed', by: same.by }];
}

export function endOf({ startLine, lines }: ShownLines): number {
  return startLine + lines.length - 1;
}

/** Lines that are not in the spans, as runs. */
export function uncovered(span: LineSpan, spans: readonly LineSpan[]): readonly LineSpan[] {
  let left: readonly LineSpan[] = [span];
  for (const { startLine, endLine } of spans) {
    left = left.flatMap((one) => {
      if (endLine < one.startLine || startLine > one.endLine) return [one];
      return [
        { startLine: one.startLine, endLine: startLine - 1 },
        { startLine: endLine + 1, endLine: one.endLine },
      ].filter((run) => run.startLine <= run.endLine);
    });
  }
  return left;
}

/** How far a change is looked for; and how many lines make a place that cannot be mistaken for another. */
const shiftMax = 300;
const certainLines = 3;

function without(one: ShownLines, span: LineSpan): readonly ShownLines[] {
  return uncovered({ startLine: one.startLine, endLine: endOf(one) }, [span]).map((run) => part(one, run));
}

function part(one: ShownLines, { startLine, endLine }: LineSpan): ShownLines {
  const from = startLine - one.startLine;
  return { ...one, startLine, lines: one.lines.slice(from, from + endLine - startLine + 1) };
}

function corrections(one: ShownLines, stale: readonly StalePiece[]): readonly ShownLines[] {
  const told = stale.find(({ startLine, endLine }) => startLine <= endOf(one) && endLine >= one.startLine);
  if (told === undefined) return [one];
  const { startLine, endLine, now, by } = told;
  if (now === 'moved') return [{ ...one, startLine: one.startLine + by }];
  // Lines after the change, within what was shown as one, went along with it.
  return without(one, { startLine, endLine }).map((left) =>
    left.startLine > endLine ? { ...left, startLine: left.startLine + by } : left,
  );
}

/** What is left of lines after hunks, at their new places; `hunks` in order. */
function moved(one: ShownLines, hunks: readonly Hunk[]): readonly ShownLines[] {
  const removed = hunks.flatMap(({ startLine, removed }) =>
    removed.length > 0 ? [{ startLine, endLine: startLine + removed.length - 1 }] : [],
  );
  // A run ends where something goes in between its lines.
  const cuts = hunks.map(({ startLine }) => startLine).filter((line) => line > one.startLine && line <= endOf(one));
  const starts = [one.startLine, ...cuts];
  return starts.flatMap((startLine, at) => {
    const endLine = (starts[at + 1] ?? endOf(one) + 1) - 1;
    return uncovered({ startLine, endLine }, removed).map((run) => {
      const kept = part(one, run);
      return { ...kept, startLine: kept.startLine + shiftAt(run.startLine, hunks) };
    });
  });
}

function shiftAt(line: number, hunks: readonly Hunk[]): number {
  return hunks
    .filter(({ startLine }) => startLine <= line)
    .reduce((shift, { removed, added }) => shift + added.length - removed.length, 0);
}

function standsAt(file: readonly string[], lines: readonly string[], startLine: number): boolean {
  return startLine > 0 && lines.every((line, at) => file[startLine - 1 + at] === line);
}

/** The nearest place with exactly these lines; null where there is none, or too few lines to be certain. */
function movedBy(file: readonly string[], lines: readonly string[], startLine: number): number | null {
  if (lines.filter((line) => line.trim() !== '').length < certainLines) return null;
  for (let away = 1; away < Math.max(file.length, startLine); away++)
    for (const by of [away, -away]) if (standsAt(file, lines, startLine + by)) return by;
  return null;
}

function sameAtEnd(file: readonly string[], lines: readonly string[], endLine: number, most: number): number {
  let same = 0;
  while (same < most && endLine - same >= 1 && file[endLine - 1 - same] === lines[lines.length - 1 - same]) same++;
  return same;
}
