/** Hunks as the smallest edits of an open document, in its own coordinates. */
import type { Hunk } from '../core/change.ts';
import { withoutReturn } from '../workspace/lines.ts';

/** Replaces `startLine:startColumn` up to `endLine:endColumn`, all from 0, by `text` with `\n` between lines. */
export interface LineEdit {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/**
 * `lines` are the document's, without line ends; the document gives every line its own kind of end, so a `\r` that a hunk carries is
 * dropped. Hunks must fit the lines (their hash was compared).
 */
export function lineEdits(lines: readonly string[], hunks: readonly Hunk[]): readonly LineEdit[] {
  return hunks.map(({ startLine, removed, added }) => {
    const first = startLine - 1;
    const after = first + removed.length;
    const text = added.map(withoutReturn).join('\n');
    if (removed.length > 0 && added.length > 0) return edit(first, 0, after - 1, lengthAt(lines, after - 1), text);
    if (added.length > 0) {
      if (first < lines.length) return edit(first, 0, first, 0, `${text}\n`);
      return edit(first - 1, lengthAt(lines, first - 1), first - 1, lengthAt(lines, first - 1), `\n${text}`);
    }
    if (after < lines.length) return edit(first, 0, after, 0, '');
    if (first > 0) return edit(first - 1, lengthAt(lines, first - 1), after - 1, lengthAt(lines, after - 1), '');
    return edit(0, 0, after - 1, lengthAt(lines, after - 1), '');
  });
}

function edit(startLine: number, startColumn: number, endLine: number, endColumn: number, text: string): LineEdit {
  return { startLine, startColumn, endLine, endColumn, text };
}

function lengthAt(lines: readonly string[], line: number): number {
  return lines[line]?.length ?? 0;
}

/** What makes `after` of `before` in one replacement of whole lines: `text` in place of the characters from `start` to `end`. */
export function changedSpan(before: string, after: string): { start: number; end: number; text: string } {
  const start = commonStart(before, after);
  const same = commonEnd(before.slice(start), after.slice(start));
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}

/** Characters of the whole lines that both begin with. */
function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at === 0 ? 0 : a.lastIndexOf('\n', at - 1) + 1;
}

/** Characters of the whole lines that both end with. */
function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length++;
  const line = a.indexOf('\n', a.length - length);
  return line < 0 ? 0 : a.length - line - 1;
}
