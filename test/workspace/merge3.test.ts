import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merge3 } from '../../src/workspace/merge3.ts';

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const base = lines('a', 'b', 'c', 'd', 'e');

describe('merging three texts', () => {
  it.each([
    ['changes of different lines', lines('A', 'b', 'c', 'd', 'e'), lines('a', 'b', 'c', 'D', 'e'), lines('A', 'b', 'c', 'D', 'e')],
    ['changes of neighbouring lines', lines('a', 'B', 'c', 'd', 'e'), lines('a', 'b', 'C', 'd', 'e'), lines('a', 'B', 'C', 'd', 'e')],
    ['an insertion before a line that goes', lines('a', 'x', 'b', 'c', 'd', 'e'), lines('a', 'c', 'd', 'e'), lines('a', 'x', 'c', 'd', 'e')],
    ['an insertion after a line that goes', lines('a', 'b', 'x', 'c', 'd', 'e'), lines('a', 'c', 'd', 'e'), lines('a', 'x', 'c', 'd', 'e')],
    ['the same change', lines('a', 'X', 'c', 'd', 'e'), lines('a', 'X', 'c', 'd', 'e'), lines('a', 'X', 'c', 'd', 'e')],
    ['the same change and another', lines('a', 'X', 'c', 'd', 'e'), lines('a', 'X', 'c', 'd', 'E'), lines('a', 'X', 'c', 'd', 'E')],
    ['other line ends', lines('a\r', 'b', 'c', 'd', 'e'), lines('a', 'b', 'c', 'd'), lines('a\r', 'b', 'c', 'd')],
    ['a final newline that goes', base.trimEnd(), lines('A', 'b', 'c', 'd', 'e'), lines('A', 'b', 'c', 'd', 'e').trimEnd()],
  ])('brings together %s', (_, ours, theirs, merged) => {
    expect(merge3(base, ours, theirs)).toBe(merged);
  }); // prettier-ignore

  it.each([
    ['different changes of a line', lines('a', 'X', 'c', 'd', 'e'), lines('a', 'Y', 'c', 'd', 'e')],
    ['a change of a line that goes', lines('a', 'X', 'c', 'd', 'e'), lines('a', 'c', 'd', 'e')],
    ['insertions at one place', lines('a', 'x', 'b', 'c', 'd', 'e'), lines('a', 'y', 'b', 'c', 'd', 'e')],
    ['an insertion into lines that go', lines('a', 'b', 'x', 'c', 'd', 'e'), lines('a', 'd', 'e')],
  ])('leaves %s to a person', (_, ours, theirs) => {
    expect(merge3(base, ours, theirs)).toBeNull();
  });

  const text = fc.array(fc.constantFrom('a', 'b', '', '}', 'c\r'), { maxLength: 8 }).map((all) => all.join('\n'));

  it('takes the only change there is', () => {
    fc.assert(
      fc.property(text, text, (old, changed) => {
        expect([merge3(old, changed, old), merge3(old, old, changed), merge3(old, changed, changed)]).toEqual([
          changed,
          changed,
          changed,
        ]);
      }),
    );
  });

  it('comes to the same whoever is asked first', () => {
    fc.assert(
      fc.property(text, text, text, (old, ours, theirs) => {
        expect(merge3(old, ours, theirs)).toBe(merge3(old, theirs, ours));
      }),
    );
  });

  it('loses no line that either has typed', () => {
    fc.assert(
      fc.property(text, fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.boolean())), (old, edits) => {
        const [ours, theirs] = [old.split('\n'), old.split('\n')];
        for (const [i, [at, removed, isMine]] of edits.entries()) {
          const target = isMine ? ours : theirs;
          target.splice(at % (target.length + 1), removed, `typed ${String(i)}`);
        }
        const merged = merge3(old, ours.join('\n'), theirs.join('\n'));
        const typed = [...ours, ...theirs].filter((line) => line.startsWith('typed'));
        expect(merged === null ? [] : typed.filter((line) => !merged.split('\n').includes(line))).toEqual([]);
      }),
    );
  });
});
