import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeLines, type TextChange } from '../../src/editor/textEdits.ts';
import { joinLines, splitLines } from '../../src/workspace/lines.ts';

/** A document with one kind of line end: a place in it by characters of the lines. */
function changed(text: string, end: string, { range, text: put }: TextChange): string {
  const lines = text.split(end);
  const head = [
    ...lines.slice(0, range.start.line),
    (lines[range.start.line] ?? '').slice(0, range.start.character),
  ].join(end);
  const tail = [(lines[range.end.line] ?? '').slice(range.end.character), ...lines.slice(range.end.line + 1)].join(end);
  return `${head}${put}${tail}`;
}

const place = fc.record({ line: fc.nat(6), character: fc.nat(3) });

describe('a change of a document', () => {
  for (const end of ['\n', '\r\n']) {
    it(`gives the same text as whole lines (${JSON.stringify(end)})`, () => {
      const text = fc.array(fc.constantFrom('', 'a', 'bb', 'ccc'), { minLength: 2, maxLength: 6 });
      fc.assert(
        fc.property(text, text, place, place, (before, put, one, two) => {
          const inText = ({ line, character }: { line: number; character: number }) => {
            const at = Math.min(line, before.length - 1);
            return { line: at, character: Math.min(character, before[at]!.length) };
          };
          const [start, end2] = [inText(one), inText(two)].sort((a, b) => a.line - b.line || a.character - b.character);
          const change = { range: { start: start!, end: end2! }, text: put.join(end) };
          const lines = splitLines(before.join(end));
          const edit = wholeLines(lines, change);
          const after = [...lines.slice(0, edit.start), ...edit.lines, ...lines.slice(edit.end)];
          expect(joinLines(after)).toBe(changed(before.join(end), end, change));
        }),
      );
    });
  }
});
