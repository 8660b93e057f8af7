import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedSpan, lineEdits, type LineEdit } from '../../src/editor/lineEdits.ts';
import { applyHunks, changeFile } from '../../src/workspace/diff.ts';

/** A document as an editor has it: lines, and one kind of line end for all. */
function edited(text: string, end: '\n' | '\r\n', edits: readonly LineEdit[]): string {
  let lines = text.split(end);
  for (const { startLine, startColumn, endLine, endColumn, text: put } of [...edits].reverse()) {
    const before = lines.slice(0, startLine);
    const after = lines.slice(endLine + 1);
    const head = (lines[startLine] ?? '').slice(0, startColumn);
    const tail = (lines[endLine] ?? '').slice(endColumn);
    lines = [...before, ...`${head}${put}${tail}`.split('\n'), ...after];
  }
  return lines.join(end);
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', '  d'), { maxLength: 12 });

describe('edits of an open document', () => {
  for (const end of ['\n', '\r\n'] as const) {
    it(`give the same text as the hunks do on disk, whichever of them are taken (${JSON.stringify(end)})`, () => {
      fc.assert(
        fc.property(lines, lines, fc.infiniteStream(fc.boolean()), (before, after, choice) => {
          const old = before.join(end);
          const { hunks } = changeFile('f', { text: old, hash: '' }, after.join(end), 'call');
          const taken = hunks.filter(() => choice.next().value === true);
          expect(edited(old, end, lineEdits(old.split(end), taken))).toBe(applyHunks(old, taken));
        }),
      );
    });
  }

  it('touch only the lines that change', () => {
    const { hunks } = changeFile('f', { text: 'a\nb\nc\n', hash: '' }, 'a\nB\nc\n', 'call');
    expect(lineEdits(['a', 'b', 'c', ''], hunks)).toEqual([
      { startLine: 1, startColumn: 0, endLine: 1, endColumn: 1, text: 'B' },
    ]);
  });
});

describe('the lines that differ', () => {
  it('make the one text of the other, and are whole lines', () => {
    fc.assert(
      fc.property(lines, lines, fc.constantFrom('\n', '\r\n'), (one, other, end) => {
        const [before, after] = [one.join(end), other.join(end)];
        const span = changedSpan(before, after);
        expect(before.slice(0, span.start) + span.text + before.slice(span.end)).toBe(after);
        for (const at of [span.start, span.end])
          expect(at === 0 || at === before.length || before[at - 1] === '\n').toBe(true);
      }),
    );
  });

  it('are as few as can be', () => {
    expect(changedSpan('a\nb\nc\n', 'a\nB\nc\n')).toEqual({ start: 2, end: 4, text: 'B\n' });
    expect(changedSpan('\nx', 'y')).toEqual({ start: 0, end: 2, text: 'y' });
  });
});
