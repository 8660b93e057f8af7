import fc from 'fast-check';
import { expect, test } from 'vitest';
import { symbolKinds } from '../../src/core/symbols.ts';
import { readBase } from '../../src/symbols/base.ts';
import type { FileFacts } from '../../src/symbols/facts.ts';
import { createStore, type Store } from '../../src/symbols/store.ts';
import { termsOf } from '../../src/symbols/terms.ts';
import { factsOf, model, said, type Model } from './naiveStore.ts';

const meta = { version: 'v1', folders: ['/w'] };
/** `./b` is the file b.ts, whatever else is there. */
const resolve = (_path: string, _language: string | null, imports: readonly string[]): readonly string[] =>
  imports.filter((name) => name.startsWith('./')).map((name) => `${name.slice(2)}.ts`);

const word = fc.constantFrom(
  'parseSource',
  'Parser',
  'parser',
  'parse',
  'größe',
  'PORT_2',
  'a_b',
  '日本',
  'toString',
  '__proto__',
  'İx',
);
const path = fc.constantFrom('a.ts', 'b.ts', 'c.ts', 'lib/ä.ts', 'lib/b.ts', '../other/a.ts', 'toString');
const facts = fc
  .record({
    language: fc.constantFrom('typescript', 'python', null),
    how: fc.constantFrom('parsed' as const, 'words' as const),
    lines: fc.nat(500),
    words: fc.uniqueArray(fc.record({ word, code: fc.nat(65_535), prose: fc.nat(9) }), {
      selector: (one) => one.word,
      maxLength: 6,
    }),
    definitions: fc.array(
      fc.record({
        name: fc.oneof(word, fc.constant('Getting started'), fc.string()),
        kind: fc.nat(symbolKinds.length - 1),
        local: fc.boolean(),
        at: fc.nat(100_000),
      }),
      { maxLength: 4 },
    ),
    imports: fc.array(fc.constantFrom('./a', './b', './lib/b', './lib/ä', 'fs', './gone'), { maxLength: 3 }),
  })
  .map(factsOf);
const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), path, facts, version: fc.stringMatching(/^[0-9a-f]{0,12}$/), whole: fc.boolean(), saved: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('touch' as const), path, mtimeMs: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('freeze' as const, 'reload' as const) }) },
); // prettier-ignore

test('whatever is put, removed, frozen and loaded again, the store says what a list of the files would say', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 25 }), (deeds) => {
      const naive: Model = new Map();
      let store: Store = createStore({ resolve });
      for (const one of deeds) {
        store.view().importedBy(0); // what it remembers of edges must not outlive them
        if (one.do === 'put') {
          const stat = one.saved ? { sizeBytes: 10, mtimeMs: 1.5 } : null;
          store.put(one.path, stat, one.version, one.facts, one.whole);
          naive.set(one.path, { stat, version: one.version, facts: one.facts, isWhole: one.whole });
        } else if (one.do === 'remove') {
          store.remove(one.path);
          naive.delete(one.path);
        } else if (one.do === 'touch') {
          const known = naive.get(one.path);
          if (known === undefined || known.stat === null) continue;
          store.touch(one.path, { sizeBytes: 11, mtimeMs: one.mtimeMs });
          naive.set(one.path, { ...known, stat: { sizeBytes: 11, mtimeMs: one.mtimeMs } });
        } else {
          const base = store.freeze(meta);
          if (one.do === 'freeze') continue;
          const again = readBase(Buffer.from(base.bytes));
          if (again === null) throw new Error('it cannot be read again');
          expect(again.meta).toEqual({ ...meta, languages: base.meta.languages });
          store = createStore({ base: again, resolve });
          for (const [name, { stat }] of naive) if (stat === null) naive.delete(name); // an editor's text is not kept
        }
      }
      expect(said(store)).toEqual(model(naive, resolve));
    }),
    { numRuns: 100 },
  );
});

test('a file that is edited again and again leaves nothing behind', () => {
  const store = createStore({ resolve });
  const naive: Model = new Map();
  const words = Array.from({ length: 400 }, (_, i) => ({ word: `word${String(i)}`, code: 1, prose: 0 }));
  const of = (name: string): FileFacts => factsOf({ language: null, how: 'parsed', lines: 1, words, definitions: [{ name, kind: 0, local: false, at: 1 }], imports: [] }); // prettier-ignore
  store.put('b.ts', { sizeBytes: 1, mtimeMs: 1 }, 'b', of('first'));
  naive.set('b.ts', { stat: { sizeBytes: 1, mtimeMs: 1 }, version: 'b', facts: of('first'), isWhole: false });
  for (let i = 0; i < 300; i++) store.put('a.ts', null, String(i), of(`n${String(i)}`));
  naive.set('a.ts', { stat: null, version: '299', facts: of('n299'), isWhole: false });
  expect(said(store)).toEqual(model(naive, resolve));
});

test('a file of the index that is cut or has one byte changed is not read', () => {
  const store = createStore({ resolve });
  const text = factsOf({
    language: 'typescript', how: 'parsed', lines: 3, words: [{ word: 'parseSource', code: 1, prose: 0 }],
    definitions: [{ name: 'parseSource', kind: 0, local: false, at: 9 }], imports: ['./b'],
  }); // prettier-ignore
  store.put('a.ts', { sizeBytes: 1, mtimeMs: 1 }, 'ab', text);
  store.put('b.ts', { sizeBytes: 1, mtimeMs: 1 }, 'cd', text);
  const whole = Buffer.from(store.freeze(meta).bytes);
  expect(readBase(Buffer.from(whole))?.paths.count).toBe(2);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    expect(readBase(damaged)).toBe(null);
    if (at % 7 === 0) expect(readBase(Buffer.from(whole.subarray(0, at)))).toBe(null);
  }
  expect(readBase(Buffer.concat([whole, Buffer.alloc(8)]))).toBe(null);
});

test('terms lead to the words that have them, before and after they are frozen', () => {
  const store = createStore();
  const words = ['parseSource', 'Parser', 'ParseSource', 'source'].map((one) => ({ word: one, code: 1, prose: 0 }));
  store.put('a.ts', { sizeBytes: 1, mtimeMs: 1 }, 'a', factsOf({ language: null, how: 'words', lines: 1, words, definitions: [], imports: [] })); // prettier-ignore
  const found = (term: string): readonly string[] => Array.from(store.view().wordsWith(term), (id) => store.view().word(id)).sort(); // prettier-ignore
  const answers = {
    parse: found(termsOf('parse')[0] ?? ''),
    whole: found(termsOf('parseSource').at(-1) ?? ''),
    none: found('nowhere'),
  };
  expect(answers).toEqual({ parse: ['ParseSource', 'parseSource'], whole: ['ParseSource', 'parseSource'], none: [] });
  store.freeze(meta);
  expect({ parse: found(termsOf('parse')[0] ?? ''), whole: found(termsOf('parseSource').at(-1) ?? ''), none: found('nowhere') }).toEqual(answers); // prettier-ignore
});
