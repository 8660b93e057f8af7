// What of a ranking goes into a budget.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeText } from '../../src/context/codeText.ts';
import { fill, pack, type Already, type PackOptions } from '../../src/context/pack.ts';
import type { CodeRanking, ContextPiece, RankedSymbol, SymbolKind } from '../../src/core/symbols.ts';

const nothing: Already = { lines: new Map(), signatures: new Set() };
const options: PackOptions = { places: [], scoreShareMin: 0, signatures: true };

/** Line n of a file reads `n` with some blanks before it. */
const lineOf = (path: string, n: number): string => `${' '.repeat(n % 7)}${path} line ${String(n)};`;
const linesOf = (path: string, from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, at) => lineOf(path, from + at)).join('\n');

function symbol(
  path: string,
  qualified: string,
  startLine: number,
  endLine: number,
  score = 1,
  kind: SymbolKind = 'function',
): RankedSymbol {
  const name = qualified.slice(qualified.lastIndexOf('.') + 1);
  return {
    path,
    startLine,
    endLine,
    name,
    kind,
    qualified,
    nameLine: startLine,
    nameColumn: 0,
    signature: `${name}(of: Many, words: string): void`,
    doc: '',
    score,
    why: [{ kind: 'words', of: [name] }],
    chars: linesOf(path, startLine, endLine).length + 1,
    focus: [],
    version: 'v',
  };
}
const ranking = (...symbols: readonly RankedSymbol[]): CodeRanking => ({ files: [], symbols, complete: true });

function packed(ranked: CodeRanking, tokens: number, already = nothing, how = options): readonly ContextPiece[] {
  const planned = pack(ranked, tokens, already, how);
  const texts = planned.map(({ path, startLine, endLine, text }) =>
    text === null ? linesOf(path, startLine, endLine) : null,
  );
  return fill(planned, texts, tokens);
}
const shape = (pieces: readonly ContextPiece[]) =>
  pieces.map(
    ({ path, startLine, endLine, form, symbol: name }) =>
      `${path}:${String(startLine)}-${String(endLine)} ${form} ${name ?? ''}`,
  );

describe('forms', () => {
  test('whole symbols while they fit, the files in the order of their best, lines in order', () => {
    const all = ranking(
      symbol('b.ts', 'two', 20, 25, 3),
      symbol('a.ts', 'one', 1, 9, 2),
      symbol('b.ts', 'three', 3, 8, 1),
    );
    expect(shape(packed(all, 2000))).toEqual(['b.ts:3-8 body three', 'b.ts:20-25 body two', 'a.ts:1-9 body one']);
  });

  test('of a long one its head and what is around a place', () => {
    const all = ranking(symbol('a.ts', 'long', 10, 500));
    expect(shape(packed(all, 2000))).toEqual(['a.ts:10-21 part long']);
    const places = [{ path: 'a.ts', line: 300 }];
    expect(shape(packed(all, 2000, nothing, { ...options, places }))).toEqual([
      'a.ts:10-21 part long',
      'a.ts:285-315 part long',
    ]);
  });

  test('of a long one the lines that tell most, where they are and a little around them', () => {
    const long = { ...symbol('a.ts', 'long', 10, 500), focus: [{ startLine: 200, endLine: 210 }, { startLine: 14, endLine: 30 }] }; // prettier-ignore
    expect(shape(packed(ranking(long), 2000))).toEqual(['a.ts:10-36 part long', 'a.ts:194-216 part long']);
  });

  test('of a long one no lines of a thing inside it, which ranks by itself', () => {
    const long = { ...symbol('a.ts', 'long', 10, 500, 2), focus: [{ startLine: 200, endLine: 210 }, { startLine: 300, endLine: 310 }] }; // prettier-ignore
    const all = ranking(long, symbol('a.ts', 'long.inner', 198, 220));
    expect(shape(packed(all, 2000))).toEqual([
      'a.ts:10-21 part long',
      'a.ts:198-220 body long.inner',
      'a.ts:294-316 part long',
    ]);
  });

  test('the very first ones whole however long, where half of the room is enough', () => {
    const [first, fourth] = [symbol('a.ts', 'first', 10, 500, 19), symbol('b.ts', 'fourth', 10, 500)];
    const all = ranking(first, symbol('c.ts', 'two', 1, 9, 8), symbol('c.ts', 'three', 11, 19, 7), fourth);
    expect(shape(packed(all, 12_000))).toEqual([
      'a.ts:10-500 body first',
      'c.ts:1-9 body two',
      'c.ts:11-19 body three',
      'b.ts:10-21 part fourth',
    ]);
  });

  test('of two that tell nearly alike the shorter one, of two of one length the better one', () => {
    const long = symbol('a.ts', 'long', 1, 200, 1.1);
    const all = ranking(long, symbol('b.ts', 'short', 1, 20, 1), symbol('b.ts', 'shorter', 31, 50, 0.9));
    expect(shape(packed(all, 200))).toEqual([
      'b.ts:1-20 body short',
      'b.ts:31-31 signature shorter',
      'a.ts:1-1 signature long',
    ]);
  });

  test('of a long class its head, and the members that rank by themselves', () => {
    const all = ranking(symbol('a.ts', 'Big', 1, 900, 2, 'class'), symbol('a.ts', 'Big.run', 100, 104, 1, 'method'));
    expect(shape(packed(all, 5000))).toEqual(['a.ts:1-12 part Big', 'a.ts:100-104 body Big.run']);
  });

  test('what does not fit is named; several of one class as its outline', () => {
    const all = ranking(
      symbol('a.ts', 'small', 1, 5),
      symbol('a.ts', 'Big.one', 100, 200),
      symbol('a.ts', 'Big.two', 210, 300),
      symbol('a.ts', 'other', 400, 500),
    );
    const pieces = packed(all, 200);
    expect(shape(pieces)).toEqual(['a.ts:1-5 body small', 'a.ts:100-210 outline Big', 'a.ts:400-400 signature other']);
    expect(pieces[1]?.text).toBe('100 one(of: Many, words: string): void\n210 two(of: Many, words: string): void');
  });

  test('a symbol inside another that is shown is shown with it', () => {
    const all = ranking(symbol('a.ts', 'A', 1, 30, 2, 'class'), symbol('a.ts', 'A.b', 10, 12));
    expect(shape(packed(all, 2000))).toEqual(['a.ts:1-30 body A']);
    const other = ranking(symbol('a.ts', 'A.b', 10, 12), symbol('a.ts', 'A', 1, 30, 1, 'class'));
    expect(shape(packed(other, 2000))).toEqual(['a.ts:1-9 part A', 'a.ts:10-12 body A.b', 'a.ts:13-30 part A']);
  });

  test('nothing that is known already: lines, and signatures that were told', () => {
    const already: Already = {
      lines: new Map([['a.ts', [{ startLine: 1, endLine: 20 }]]]),
      signatures: new Set(['b.ts\nfar(of: Many, words: string): void']),
    };
    const all = ranking(symbol('a.ts', 'one', 5, 15), symbol('a.ts', 'half', 11, 30), symbol('b.ts', 'far', 1, 200));
    expect(shape(packed(all, 400, already))).toEqual(['a.ts:21-30 part half']);
  });

  test('what scores far below the best is left out', () => {
    const all = ranking(symbol('a.ts', 'one', 1, 5, 10), symbol('a.ts', 'two', 7, 9, 3));
    expect(shape(packed(all, 2000, nothing, { ...options, scoreShareMin: 0.4 }))).toEqual(['a.ts:1-5 body one']);
  });

  test('a file that changed since it was ranked is left out', () => {
    const planned = pack(ranking(symbol('a.ts', 'one', 1, 5)), 1000, nothing, options);
    expect(fill(planned, [null], 1000)).toEqual([]);
  });
});

const someSymbols = fc
  .array(
    fc.record({
      path: fc.constantFrom('a.ts', 'some/longer/path/of/a/file.ts', 'c.ts'),
      name: fc.constantFrom('one', 'Two', 'Two.three', 'Two.four', 'Five.six', 'seven'),
      start: fc.integer({ min: 1, max: 400 }),
      lines: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 400 })),
      score: fc.integer({ min: 1, max: 9 }),
      kind: fc.constantFrom<SymbolKind[]>('function', 'class', 'method'),
    }),
    { maxLength: 25 },
  )
  .map((all) =>
    all
      .toSorted((a, b) => b.score - a.score)
      .map(({ path, name, start, lines, score, kind }) => symbol(path, name, start, start + lines - 1, score, kind)),
  );
const someKnown = fc.array(fc.tuple(fc.constantFrom('a.ts', 'c.ts'), fc.integer({ min: 1, max: 400 }), fc.nat(60)), {
  maxLength: 5,
});

test('never more than the budget, never a line twice or that is known, the same each time', () => {
  fc.assert(
    fc.property(someSymbols, fc.integer({ min: 0, max: 4000 }), someKnown, (symbols, tokens, known) => {
      const lines = new Map<string, { startLine: number; endLine: number }[]>();
      for (const [path, startLine, count] of known)
        lines.set(path, [...(lines.get(path) ?? []), { startLine, endLine: startLine + count }]);
      const already = { lines, signatures: new Set<string>() };
      const pieces = packed(ranking(...symbols), tokens, already);
      const text = codeText(pieces, [], false);
      expect(Math.ceil(text.length / 4)).toBeLessThanOrEqual(Math.max(tokens, 0));
      expect(pieces.reduce((sum, piece) => sum + piece.tokens, 0)).toBeLessThanOrEqual(Math.max(tokens, 0));
      expect(packed(ranking(...symbols), tokens, already)).toEqual(pieces);

      const seen = new Set<string>();
      for (const { path, startLine, endLine, form, text: words } of pieces) {
        if (form !== 'body' && form !== 'part') continue;
        expect(words).toBe(linesOf(path, startLine, endLine));
        for (let n = startLine; n <= endLine; n++) {
          const line = `${path}:${String(n)}`;
          expect(
            seen.has(line) || (lines.get(path) ?? []).some((span) => span.startLine <= n && n <= span.endLine),
          ).toBe(false);
          seen.add(line);
        }
      }
      // A file's pieces stand together, in the order of their lines.
      const paths = pieces.map(({ path }) => path).filter((path, at, all) => path !== all[at - 1]);
      expect(new Set(paths).size).toBe(paths.length);
    }),
    { numRuns: 100 },
  );
});
