import fc from 'fast-check';
import { expect, test } from 'vitest';
import { referencesTo } from '../../src/symbols/lookup.ts';
import { codeLines } from '../../src/symbols/lookupLines.ts';
import { nameRanker } from '../../src/symbols/lookupNames.ts';
import { createStore } from '../../src/symbols/store.ts';
import { partsOf } from '../../src/symbols/terms.ts';
import { plainExtractor } from './plainExtractor.ts';

test.each([
  ['parseSource', 'parseSource', 0],
  ['parsesource', 'parseSource', 1],
  ['parse', 'parseSource', 2],
  ['source', 'parseSource', 3],
  ['so', 'parse_source', 3],
  ['prSo', 'parseSource', 5],
  ['prS', 'parseSource', Infinity],
  ['paso', 'parseSource', 4],
  ['ps', 'parseSource', 4],
  ['hs', 'HTTPServer', 4],
  ['h2', 'http2Server', 4],
  ['prsesrc', 'parseSource', 5],
  ['ource', 'parseSource', Infinity],
  ['zz', 'parseSource', Infinity],
  ['', 'parseSource', Infinity],
])('%j finds %s with rank %d', (typed, name, rank) => {
  expect(nameRanker(typed)(name)).toBe(rank);
});

test('any name is found as itself, by its case alone, and by its beginning', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z_][\w$]{0,20}$/), fc.nat(20), (name, length) => {
      expect(nameRanker(name)(name)).toBe(0);
      expect(nameRanker(name.toUpperCase())(name)).toBeLessThanOrEqual(1);
      expect(nameRanker(name.slice(0, 1 + length))(name)).toBeLessThanOrEqual(2);
    }),
  );
});

test('a name stands in lines of code, not in comments, strings or longer names', () => {
  const text = 'import { a } from "a";\n// a\nconst b = a + a.a; /* a */\nab("a"); `${a}`\n/*\na */ a';
  expect(codeLines(text, 'typescript', 'a')).toEqual([
    { line: 0, text: 'import { a } from "a";' },
    { line: 2, text: 'const b = a + a.a; /* a */' },
    { line: 3, text: 'ab("a"); `${a}`' },
    { line: 5, text: 'a */ a' },
  ]);
});

test('of the lines that hold a name, those of a file that is not known to be code come last', () => {
  const files: Readonly<Record<string, string>> = { 'a.rst': 'load reads a file\n', 'b.ts': 'load(file);\n' };
  const store = createStore({ resolve: () => [] });
  const extractor = plainExtractor(() => undefined);
  for (const [path, text] of Object.entries(files))
    store.put(path, { sizeBytes: text.length, mtimeMs: 1 }, path, extractor.extract(path, text, true), true);
  const query = { name: 'load', path: null, max: 9 };
  const { references } = referencesTo(store.view(), (path) => files[path] ?? null, codeLines, query);
  expect(references.map(({ path }) => path)).toEqual(['b.ts', 'a.rst']);
});

test('plain words have the parts that they would have among letters of all alphabets', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_$. -]{0,24}$/), (word) => {
      expect(partsOf(word)).toEqual(partsOf(`${word}·`));
    }),
    { numRuns: 1000 },
  );
});
