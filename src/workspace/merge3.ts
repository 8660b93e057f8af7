/** Two people's changes of one text, brought together line by line. */
import { lineEdits, type Edit } from './diff.ts';
import { joinLines, splitLines } from './lines.ts';

/**
 * `base` with what was changed on the way to `ours` and on the way to `theirs`; null where both changed the same lines in different
 * ways. Edits that only touch each other are no conflict, except two insertions at one place: their order cannot be known.
 *
 * **Invariant:** every line that `ours` has and `base` has not is in the result.
 */
export function merge3(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [old, mine, other] = [splitLines(base), splitLines(ours), splitLines(theirs)];
  const edits = inOrder(textEdits(old, mine), textEdits(old, other));
  if (edits === null) return null;
  const result: string[] = [];
  let at = 0;
  for (const { oldStart, oldEnd, lines } of edits) {
    for (; at < oldStart; at++) result.push(old[at] ?? '');
    for (const line of lines) result.push(line);
    at = oldEnd;
  }
  for (; at < old.length; at++) result.push(old[at] ?? '');
  return joinLines(result);
}

interface TextEdit {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly lines: readonly string[];
}

function textEdits(old: readonly string[], fresh: readonly string[]): readonly TextEdit[] {
  return lineEdits(old, fresh).map(({ oldStart, oldEnd, newStart, newEnd }: Edit) => ({
    oldStart,
    oldEnd,
    lines: fresh.slice(newStart, newEnd),
  }));
}

function inOrder(ours: readonly TextEdit[], theirs: readonly TextEdit[]): readonly TextEdit[] | null {
  const all: TextEdit[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [a, b] = [ours[i], theirs[j]];
    if (a === undefined || b === undefined) return [...all, ...ours.slice(i), ...theirs.slice(j)];
    if (isSame(a, b)) {
      all.push(a);
      i++;
      j++;
    } else if (overlap(a, b)) {
      return null;
    } else if (a.oldStart < b.oldStart || (a.oldStart === b.oldStart && a.oldEnd < b.oldEnd)) {
      all.push(a);
      i++;
    } else {
      all.push(b);
      j++;
    }
  }
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return (
    a.oldStart === b.oldStart &&
    a.oldEnd === b.oldEnd &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, i) => line === b.lines[i])
  );
}

function overlap(a: TextEdit, b: TextEdit): boolean {
  const insertions = a.oldStart === a.oldEnd && b.oldStart === b.oldEnd;
  if (insertions) return a.oldStart === b.oldStart;
  return a.oldStart < b.oldEnd && b.oldStart < a.oldEnd;
}
