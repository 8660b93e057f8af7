// What the model knows of files, line by line.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  change,
  correct,
  endOf,
  forgetBefore,
  show,
  staleIn,
  uncovered,
  type ShownCode,
  type ShownLines,
} from '../../src/context/shown.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';

const path = 'a.ts';
const of = (startLine: number, ...lines: string[]): ShownLines => ({ startLine, lines, symbol: null, reply: 0 });
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const edited = (before: readonly string[], after: readonly string[]) =>
  changeFile(path, { text: text(before), hash: hashText(text(before)) }, text(after), 'c1');
const spans = (code: ShownCode) => (code.get(path) ?? []).map((one) => [one.startLine, ...one.lines]);

const fileLines = fc.array(fc.constantFrom('a', 'b', 'c', '', '}', 'if (x) {', 'call();'), {
  minLength: 1,
  maxLength: 25,
});
const ranges = fc.array(fc.tuple(fc.nat(30), fc.nat(12)), { maxLength: 6 });

function showing(file: readonly string[], wanted: readonly (readonly [number, number])[]): ShownCode {
  let code: ShownCode = new Map();
  for (const [from, count] of wanted) code = show(code, path, of(from + 1, ...file.slice(from, from + count)));
  return code;
}

function standsAs(file: readonly string[], code: ShownCode): boolean {
  return [...code].every(([, all]) =>
    all.every((one, at) => {
      const before = all[at - 1];
      const apart = before === undefined || endOf(before) < one.startLine;
      return apart && one.lines.every((line, n) => (file[one.startLine - 1 + n] ?? '') === line);
    }),
  );
}

test('after edits of its own, what the model knows is what stands in the file', () => {
  fc.assert(
    fc.property(fileLines, ranges, fc.array(fileLines, { maxLength: 3 }), (first, wanted, later) => {
      let file: readonly string[] = first;
      let code = showing(file, wanted);
      for (const next of later) {
        code = change(code, edited(file, next), 0);
        file = next;
        expect(standsAs(file, code)).toBe(true);
      }
    }),
  );
});

test('whatever others do to a file, what is left after the corrections stands in it', () => {
  fc.assert(
    fc.property(fileLines, ranges, fileLines, (first, wanted, now) => {
      const code = showing(first, wanted);
      const stale = (code.get(path) ?? []).flatMap((one) => staleIn(path, one, now));
      const corrected = correct(code, stale);
      // Two runs may claim the same lines after moves; each by itself is right.
      const left = corrected.get(path) ?? [];
      expect(left.flatMap((one) => staleIn(path, one, now))).toEqual([]);
      expect(staleIn(path, of(1, ...now), now)).toEqual([]);
    }),
  );
});

test('newer text takes the place of older text of the same lines', () => {
  const code = show(show(new Map(), path, of(1, 'a', 'b', 'c', 'd')), path, of(2, 'B', 'C'));
  expect(spans(code)).toEqual([
    [1, 'a'],
    [2, 'B', 'C'],
    [4, 'd'],
  ]);
});

test('files that the agent removes are forgotten, those that it moves are known under their new name', () => {
  const code = show(new Map(), path, of(3, 'a'));
  const hunks = [{ id: 'c:1.1', startLine: 1, removed: [], added: [], before: [], after: [] }];
  expect(change(code, { path, beforeHash: 'h', hunks, fate: { kind: 'moved', to: 'b.ts' } }, 0)).toEqual(
    new Map([['b.ts', [of(3, 'a')]]]),
  );
  expect(change(code, { path, beforeHash: 'h', hunks, fate: { kind: 'deleted' } }, 0)).toEqual(new Map());
});

test('what came before a reply goes when room is made', () => {
  const code = show(show(new Map(), path, { ...of(1, 'a'), reply: 1 }), path, { ...of(5, 'b'), reply: 2 });
  expect(spans(forgetBefore(code, 2))).toEqual([[5, 'b']]);
});

describe('what reads otherwise now', () => {
  const body = ['function a() {', '  one();', '  two();', '}'];
  const shown = { ...of(3, ...body), symbol: 'a' };
  const at = (...lines: string[]) => staleIn(path, shown, lines);

  test('nothing, where it stands as it was', () => expect(at('', '', ...body, 'more')).toEqual([]));
  test('moved', () =>
    expect(at('', 'new', 'new', '', ...body)).toEqual([
      { path, startLine: 3, endLine: 6, symbol: 'a', now: 'moved', by: 2 },
    ]));
  test('changed, only the lines that did, and where the rest went', () =>
    expect(at('', '', 'function a() {', '  one();', '  more();', '  two();', '}')).toEqual([
      { path, startLine: 5, endLine: 5, symbol: 'a', now: 'changed', by: 1 },
    ]));
  test('gone', () =>
    expect(staleIn(path, shown, null)).toEqual([{ path, startLine: 3, endLine: 6, symbol: 'a', now: 'gone', by: 0 }]));
});

test('lines that are not covered, as runs', () => {
  const span = { startLine: 1, endLine: 10 };
  expect(
    uncovered(span, [
      { startLine: 3, endLine: 4 },
      { startLine: 9, endLine: 20 },
    ]),
  ).toEqual([
    { startLine: 1, endLine: 2 },
    { startLine: 5, endLine: 8 },
  ]);
  expect(uncovered(span, [{ startLine: 0, endLine: 10 }])).toEqual([]);
});
