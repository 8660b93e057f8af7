import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CodeQuery, CodeRanking } from '../../src/core/symbols.ts';
import { createExtractor } from '../../src/symbols/extract/extractor.ts';
import { createRanker } from '../../src/symbols/rank/rank.ts';
import { wantedBy } from '../../src/symbols/rank/query.ts';
import { createStore } from '../../src/symbols/store.ts';
import { partsOf, stem, termsOf } from '../../src/symbols/terms.ts';
import type { History } from '../../src/symbols/view.ts';
import { grammars } from '../support/grammars.ts';

const noQuery: CodeQuery = {
  texts: [],
  seen: [],
  edited: [],
  open: [],
  places: [],
  without: [],
  filesMax: 20,
  symbolsMax: 50,
};
const asked = (text: string): CodeQuery => ({ ...noQuery, texts: [{ text, weight: 1 }] });
const noHistory: History = { commits: [] };

const files: Readonly<Record<string, string>> = {
  'README.md': '# Retry dropped uploads\n\nRetry dropped uploads: a dropped upload is sent by retry.\n',
  'src/upload/retry.ts': `import { readOffset } from './offset.ts';
/** Sends what is left of a dropped upload. */
export function retryUpload(file: string): number {
  return readOffset(file);
}
`,
  'src/upload/offset.ts': `export function readOffset(file: string): number {
  return file.length;
}
`,
  'src/changes/changeSet.ts': `export class ChangeSet {
  showDiff(): void {}
  collapse(): void {}
}
`,
  'src/rates.ts': `export const lowRate = 10;
export function rateOf(weight: number): number {
  return weight < lowRate ? 1 : 2;
}
`,
  'test/retry.test.ts': `retryUpload('retry upload dropped upload retry');\n`,
};
const history: History = {
  commits: [
    {
      timeS: 2,
      subject: 'tariff: new rates',
      message: 'tariff: new rates',
      paths: ['src/rates.ts', 'src/upload/offset.ts'],
    },
    {
      timeS: 1,
      subject: 'tariff: begin',
      message: 'tariff: begin',
      paths: ['src/rates.ts', 'src/upload/offset.ts'],
    },
  ],
};

async function ranked(query: CodeQuery, past = noHistory, order = Object.keys(files)): Promise<CodeRanking> {
  const extractor = await createExtractor({ grammars });
  const resolve = (path: string) => (path.endsWith('retry.ts') ? ['src/upload/offset.ts'] : []);
  const store = createStore({ resolve });
  for (const path of order) {
    const text = files[path] ?? '';
    store.put(path, { sizeBytes: text.length, mtimeMs: 1 }, `v-${path}`, extractor.extract(path, text, true));
  }
  return createRanker()(store.view(), past, (path) => files[path] ?? null, query);
}

test('a word is its parts, stemmed, and neighbours of them joined', () => {
  expect(termsOf('parseChangeSets')).toEqual(['pars', 'chang', 'set', 'parsechang', 'changeset', 'parsechangeset']);
  expect(termsOf('HTTPServer2_port')).toEqual([
    'http',
    'server2',
    'port',
    'httpserver2',
    'server2port',
    'httpserver2port',
  ]);
  expect(partsOf('x')).toEqual([]);
  expect(['parsing', 'parsed', 'parses', 'stopped', 'classes', 'queries', 'bus', 'gates'].map(stem)).toEqual([
    'pars', 'pars', 'pars', 'stop', 'class', 'query', 'bus', 'gat',
  ]); // prettier-ignore
});

test('a query is what it says, its first line most, and names and paths that it spells', () => {
  const { terms, names, paths } = wantedBy(
    asked('Show the change set in `Parser`\n\nSee src/a/Tree.ts: readOffset fails'),
  );
  expect([...terms.keys()]).toEqual(expect.arrayContaining(['show', 'changeset', 'parser', 'readoffset']));
  expect(terms.get('show') ?? 0).toBeGreaterThan(terms.get('fail') ?? 0);
  expect([...terms.keys()]).not.toContain('the');
  expect([...names].sort()).toEqual(['Parser', 'readOffset']);
  expect([...paths]).toEqual(['src/a/tree.ts']);
});

test('words of the task bring the symbol and its file first, with the reason; tests stay aside', async () => {
  const { files: found, symbols } = await ranked(asked('Retry dropped uploads'));
  expect(found[0]?.path).toBe('src/upload/retry.ts');
  expect(found.map(({ path }) => path)).not.toContain('test/retry.test.ts');
  expect(symbols[0]).toMatchObject({
    qualified: 'retryUpload',
    startLine: 3,
    endLine: 5,
    nameLine: 3,
    nameColumn: 16,
    signature: 'export function retryUpload(file: string): number',
    doc: 'Sends what is left of a dropped upload.',
    version: 'v-src/upload/retry.ts',
  });
  expect(symbols[0]?.chars).toBe(`${files['src/upload/retry.ts']?.split('\n').slice(2, 5).join('\n') ?? ''}\n`.length);
  expect(symbols[0]?.why[0]).toEqual({ kind: 'words', of: ['dropped', 'Retry', 'uploads'] });
});

test('words that the code writes as one are found, and a test that the task names by its path', async () => {
  expect((await ranked(asked('Show diffs in change sets'))).symbols[0]?.qualified).toBe('ChangeSet.showDiff');
  const named = await ranked(asked('Why does test/retry.test.ts fail?'));
  expect(named.files[0]?.path).toBe('test/retry.test.ts');
  expect(named.files[0]?.why[0]).toEqual({ kind: 'named', of: ['test/retry.test.ts'] });
});

test('documents and data give way to code, unless the task names them', async () => {
  const first = async (text: string) => (await ranked(asked(text))).files[0]?.path;
  expect(await first('Retry dropped uploads')).toBe('src/upload/retry.ts');
  expect(await first('Retry dropped uploads, see README.md')).toBe('README.md');
});

test('what was changed together with a file that was seen comes next, and what it imports', async () => {
  const together = await ranked({ ...asked('tariff'), seen: ['src/rates.ts'] }, history);
  const next = together.files.find(({ path }) => path === 'src/upload/offset.ts');
  expect(together.files.findIndex(({ path }) => path === 'src/upload/offset.ts')).toBeLessThanOrEqual(1);
  expect(next?.why).toContainEqual({ kind: 'history', of: ['tariff: begin', 'tariff: new rates'] });
  expect(next?.why).toContainEqual({ kind: 'together', of: ['src/rates.ts'] });
  const imported = await ranked({ ...noQuery, seen: ['src/upload/retry.ts'] });
  expect(imported.files.find(({ path }) => path === 'src/upload/offset.ts')?.why).toContainEqual({
    kind: 'used_by',
    of: ['src/upload/retry.ts'],
  });
});

test('a file that is named like the one in hand comes before others that say no more', async () => {
  const all = { 'src/store/userStore.ts': 'export const users = 1;\n', 'src/views/userView.ts': 'export const shown = 1;\n', 'src/views/blogView.ts': 'export const posts = 1;\n' }; // prettier-ignore
  const extractor = await createExtractor({ grammars });
  const store = createStore({ resolve: () => [] });
  for (const [path, text] of Object.entries(all))
    store.put(path, { sizeBytes: text.length, mtimeMs: 1 }, `v-${path}`, extractor.extract(path, text, true));
  const query = { ...asked(''), seen: ['src/store/userStore.ts'] };
  const { files: found } = createRanker()(store.view(), noHistory, (path) => all[path as keyof typeof all], query);
  expect(found.filter(({ path }) => path.startsWith('src/views/'))).toMatchObject([
    { path: 'src/views/userView.ts', why: [{ kind: 'alike', of: ['src/store/userStore.ts'] }] },
    { path: 'src/views/blogView.ts' },
  ]);
});

test('what the person dropped is not among the answers', async () => {
  const without = [
    { path: 'src/upload/retry.ts', symbol: 'retryUpload' },
    { path: 'src/rates.ts', symbol: null },
  ];
  const { files: found, symbols } = await ranked({ ...asked('Retry dropped uploads, rate'), without });
  expect(symbols.map(({ qualified }) => qualified)).not.toContain('retryUpload');
  expect(found.map(({ path }) => path)).not.toContain('src/rates.ts');
});

test('nothing asked gives nothing, and any text and any order of files the same answer each time', async () => {
  expect(await ranked(noQuery)).toEqual({ files: [], symbols: [], complete: true });
  const paths = Object.keys(files);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('retry', 'change set', 'src/rates.ts', '`showDiff`', 'x', '\n', '𝒳 €', 'readOffset'), {
        maxLength: 8,
      }),
      fc.shuffledSubarray(paths, { minLength: paths.length }),
      async (words, order) => {
        const query = { ...asked(words.join(' ')), seen: ['src/rates.ts', 'gone.ts'] };
        expect(await ranked(query, history, order)).toEqual(await ranked(query, history));
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});
