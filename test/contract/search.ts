/** What every `Search` keeps. */
import assert from 'node:assert/strict';
import type { Search, TextQuery } from '../../src/core/ports.ts';
import { aborted, never, thrownBy, type ContractCase } from './contract.ts';

export type MakeSearch = (texts: Readonly<Record<string, string>>) => Promise<Search>;

const query: TextQuery = {
  pattern: 'needle',
  regex: false,
  caseSensitive: false,
  path: null,
  glob: null,
  contextLines: 0,
  matchesMax: 100,
};

/** `path:line:text` a match, `path-line-text` a line of context. */
async function lines(search: Search, wanted: Partial<TextQuery>): Promise<readonly string[]> {
  const { matches } = await search.text({ ...query, ...wanted }, never);
  return matches.map(({ path, line, text, context }) => [path, String(line), text].join(context ? '-' : ':'));
}

export const searchContract: readonly ContractCase<MakeSearch>[] = [
  {
    name: 'finds plain text in any case, sorted by place',
    async run(make) {
      const search = await make({ 'src/b.ts': 'x\na.Needle(\r\n', 'src/a.ts': 'needle\n\nNEEDLE', 'c.ts': 'nothing' });
      assert.deepEqual(await lines(search, {}), ['src/a.ts:1:needle', 'src/a.ts:3:NEEDLE', 'src/b.ts:2:a.Needle(']);
      assert.deepEqual(await lines(search, { pattern: 'a.Needle(', caseSensitive: true }), ['src/b.ts:2:a.Needle(']);
      assert.deepEqual(await lines(search, { pattern: 'NEEDLE', caseSensitive: true }), ['src/a.ts:3:NEEDLE']);
    },
  },
  {
    name: 'takes a regex, look-around and newlines included',
    async run(make) {
      const search = await make({ 'a.ts': 'one\ntwo\nthree\n' });
      assert.deepEqual(await lines(search, { pattern: '^t', regex: true }), ['a.ts:2:two', 'a.ts:3:three']);
      assert.deepEqual(await lines(search, { pattern: 't(?=h)', regex: true }), ['a.ts:3:three']);
      assert.deepEqual(await lines(search, { pattern: 'one\\ntwo', regex: true }), ['a.ts:1:one', 'a.ts:2:two']);
      assert.deepEqual(await lines(search, { pattern: 'two\nthree' }), ['a.ts:2:two', 'a.ts:3:three']);
    },
  },
  {
    name: 'says why a regex does not compile',
    async run(make) {
      const search = await make({ 'a.ts': '' });
      const { code, message } = await thrownBy(search.text({ ...query, pattern: 'a(', regex: true }, never));
      assert.equal(code, 'invalid_input');
      assert.match(message, /unclosed group/);
    },
  },
  {
    name: 'leaves out what ignore files hide, but searches hidden files, and what is named outright',
    async run(make) {
      const search = await make({
        '.gitignore': 'dist/\n*.gen.ts\n',
        '.journeymanignore': 'huge.txt\n',
        '.git/config': 'needle',
        '.github/ci.yml': 'needle',
        'dist/out.js': 'needle',
        'huge.txt': 'needle',
        'src/a.gen.ts': 'needle',
        'src/a.ts': 'needle',
      });
      assert.deepEqual(await lines(search, {}), ['.github/ci.yml:1:needle', 'src/a.ts:1:needle']);
      assert.deepEqual(await lines(search, { path: 'src' }), ['src/a.ts:1:needle']);
      assert.deepEqual(await lines(search, { glob: '**/*.ts' }), ['src/a.ts:1:needle']);
      assert.deepEqual(await lines(search, { path: 'dist' }), ['dist/out.js:1:needle']);
      assert.deepEqual(await lines(search, { path: 'src/a.gen.ts' }), ['src/a.gen.ts:1:needle']);
    },
  },
  {
    name: 'takes globs from the workspace or from the folder searched',
    async run(make) {
      const search = await make({
        'src/core/a.ts': 'needle',
        'src/b.tsx': 'needle',
        'src/b.md': 'needle',
        'test/c.ts': 'needle',
      });
      assert.deepEqual(await lines(search, { glob: '*.ts' }), ['src/core/a.ts:1:needle', 'test/c.ts:1:needle']);
      assert.deepEqual(await lines(search, { glob: 'src/**' }), [
        'src/b.md:1:needle',
        'src/b.tsx:1:needle',
        'src/core/a.ts:1:needle',
      ]);
      assert.deepEqual(await lines(search, { glob: 'src/**/*.{ts,tsx}' }), [
        'src/b.tsx:1:needle',
        'src/core/a.ts:1:needle',
      ]);
      assert.deepEqual(await lines(search, { glob: '{src,test}/**/*.ts' }), [
        'src/core/a.ts:1:needle',
        'test/c.ts:1:needle',
      ]);
      assert.deepEqual(await lines(search, { glob: 'core/*.ts', path: 'src' }), ['src/core/a.ts:1:needle']);
      assert.deepEqual(await lines(search, { glob: '!*.md', path: 'src' }), [
        'src/b.tsx:1:needle',
        'src/core/a.ts:1:needle',
      ]);
      assert.deepEqual(await lines(search, { glob: 'nowhere/**' }), []);
    },
  },
  {
    name: 'shows lines around a match, ends at the limit, cuts long lines',
    async run(make) {
      const search = await make({
        'a.ts': `one\nneedle\nthree\n${'needle\n'.repeat(9)}`,
        'b.ts': `needle${'x'.repeat(5000)}\n`,
      });
      const near = await search.text({ ...query, path: 'a.ts', contextLines: 1, matchesMax: 1 }, never);
      assert.deepEqual(near, {
        matches: [
          { path: 'a.ts', line: 1, text: 'one', context: true },
          { path: 'a.ts', line: 2, text: 'needle', context: false },
          { path: 'a.ts', line: 3, text: 'three', context: true },
        ],
        truncated: true,
      });
      const [long] = await lines(search, { path: 'b.ts' });
      assert.ok((long ?? '').length < 500);
    },
  },
  {
    name: 'says what is missing, and does nothing once it was stopped',
    async run(make) {
      const search = await make({ 'a.ts': 'needle' });
      assert.equal((await thrownBy(search.text({ ...query, path: 'nowhere' }, never))).code, 'not_found');
      assert.equal((await thrownBy(search.text(query, aborted()))).message, 'stopped');
    },
  },
];
