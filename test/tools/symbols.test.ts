/** The tools on symbols, answered from the index or a language server, word for word. */
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { LanguageServers } from '../../src/core/ports.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { failed, prepareCall, runCall } from '../../src/tools/run.ts';
import { definitionsIn, fakeIndex, type FakeIndex } from '../support/fakeIndex.ts';
import { memoryFiles } from '../support/memoryFiles.ts';

const files = memoryFiles({
  'src/parser.js': `// Reads texts.
export class Parser {
  // One text.
  parse(text) {
    return parseLine(text);
  }
}

export function parseLine(line) {
  return line.trim();
}
`,
  'src/cli.js': `import { Parser } from './parser.js';

function parse(argv) {
  return new Parser().parse(argv);
}
`,
  'secrets.json': '',
  '.env.js': 'function parseSecret(a) {\n}\n',
});

async function call(
  name: string,
  input: Json,
  servers?: LanguageServers,
  index: FakeIndex = fakeIndex(files.texts),
): Promise<ToolResult> {
  const unused = (): never => {
    throw new Error('not used');
  };
  const tools = createTools({
    files,
    search: { text: unused },
    shell: { name: 'bash', run: unused },
    index,
    ...(servers && { languageServers: servers }),
  });
  const prepared = prepareCall(tools, name, input);
  if (!prepared.ok) return prepared.result;
  const { signal } = new AbortController();
  const io = { session: 's', call: 'c', proposed: null, accepted: null, onOutput: () => undefined, signal };
  return runCall(prepared.tool, prepared.input, io).catch((thrown: unknown) => failed(thrown, signal));
}

/** Speaks for what is in `src`, and knows the first three lines that name a word. */
const typescript: LanguageServers = {
  references: ({ path, line, column }) =>
    Promise.resolve({
      name: 'TypeScript',
      places: [
        { path, line, column },
        { path: 'src/cli.js', line: 4, column: 22 },
        { path: '.env.js', line: 1, column: 0 },
      ],
    }),
  outline: (path) =>
    Promise.resolve(
      path.startsWith('src/')
        ? { name: 'TypeScript', definitions: definitionsIn(path, files.texts.get(path) ?? '') }
        : null,
    ),
};
const speechless: LanguageServers = { references: () => Promise.resolve(null), outline: () => Promise.resolve(null) };

describe('find_symbol', () => {
  test('gives lines, kind, signature and doc, by file; files that hold secrets are left out', async () => {
    expect(await call('find_symbol', { name: 'parse' })).toEqual({
      status: 'ok',
      text: `From the symbol index, best match first:
src/cli.js
3-5 function parse: function parse(argv)
src/parser.js
2-7 class Parser: export class Parser  // Reads texts.
4-6 method Parser.parse: parse(text)  // One text.
9-11 function parseLine: export function parseLine(line)`,
      detail: { kind: 'symbols', found: 4, source: 'index' },
    });
  });

  test('by a qualified name, in a folder', async () => {
    expect(await call('find_symbol', { name: 'Parser.parse', path: 'src' })).toMatchObject({
      text: 'From the symbol index, best match first:\nsrc/parser.js\n4-6 method Parser.parse: parse(text)  // One text.',
    });
  });

  test('says what to do where there is none, and what the index does not know yet', async () => {
    const index = fakeIndex(files.texts, { state: 'indexing', indexed: 2, files: 9 });
    expect(await call('find_symbol', { name: 'nowhere', path: 'src' }, undefined, index)).toEqual({
      status: 'ok',
      text: 'Nothing is defined under a name like nowhere in src. Try a part of the name, or search_text.\n[the index is still being made: 2 of 9 files count; search_text sees all]',
      detail: { kind: 'symbols', found: 0, source: 'index' },
    });
    const failing = fakeIndex(files.texts, { state: 'failed', message: 'no disk' });
    expect(await call('find_symbol', { name: 'a' }, undefined, failing)).toEqual({
      status: 'error',
      code: 'unavailable',
      text: 'The symbol index could not be made: no disk. Use search_text.',
    });
  });
});

describe('outline', () => {
  test('of a file, by the language server where one speaks', async () => {
    const lines = `src/parser.js
2-7 class Parser: export class Parser  // Reads texts.
  4-6 method Parser.parse: parse(text)  // One text.
9-11 function parseLine: export function parseLine(line)`;
    expect(await call('outline', { path: 'src/parser.js' }, typescript)).toEqual({
      status: 'ok',
      text: `From the TypeScript language server:\n${lines}`,
      detail: { kind: 'symbols', found: 3, source: 'TypeScript' },
    });
    expect(await call('outline', { path: 'src/parser.js' }, speechless)).toMatchObject({
      text: `From the symbol index:\n${lines}`,
      detail: { source: 'index' },
    });
  });

  test('of a folder, what its files define at their top', async () => {
    expect(await call('outline', { path: '.' })).toMatchObject({
      text: `From the symbol index:
src/cli.js
3-5 function parse: function parse(argv)
src/parser.js
2-7 class Parser: export class Parser  // Reads texts.
9-11 function parseLine: export function parseLine(line)`,
    });
  });

  test('says so where nothing is defined', async () => {
    expect(await call('outline', { path: 'docs' })).toMatchObject({
      text: 'Nothing is defined in docs, as far as the symbol index knows. Read it with read_file, or list it with list_files.',
    });
  });
});

describe('find_references', () => {
  test('by name from the index, with what it stands in', async () => {
    expect(await call('find_references', { name: 'Parser.parse' })).toEqual({
      status: 'ok',
      text: `From the symbol index, by name: some may be of others with the same name:
src/cli.js
3: function parse(argv) {  // in parse
4: return new Parser().parse(argv);  // in parse
src/parser.js
4: parse(text) {  // in Parser.parse`,
      detail: { kind: 'symbols', found: 3, source: 'index' },
    });
  });

  test('from the language server, asked at the definition that the index knows', async () => {
    expect(await call('find_references', { name: 'Parser.parse' }, typescript)).toEqual({
      status: 'ok',
      text: `From the TypeScript language server:
src/parser.js
4: parse(text) {
src/cli.js
4: return new Parser().parse(argv);`,
      detail: { kind: 'symbols', found: 2, source: 'TypeScript' },
    });
    expect(await call('find_references', { name: 'parseLine' }, speechless)).toMatchObject({
      detail: { source: 'index' },
    });
  });

  test('asks which one, and takes a line that names it', async () => {
    expect(await call('find_references', { name: 'parse' }, typescript)).toEqual({
      status: 'error',
      code: 'invalid_input',
      text: `Several have the name parse. Call again with path and line of the one you mean:
src/cli.js
3-5 function parse: function parse(argv)
src/parser.js
4-6 method Parser.parse: parse(text)  // One text.`,
    });
    const asked = { name: 'parse', path: 'src/cli.js', line: 4 };
    expect(await call('find_references', asked, typescript)).toMatchObject({
      text: expect.stringContaining('\n4: return') as string,
    });
    expect(await call('find_references', { ...asked, line: 1 }, typescript)).toMatchObject({
      code: 'invalid_input',
      text: 'Line 1 of src/cli.js does not name parse. Give the line that does, or leave line out.',
    });
    expect(await call('find_references', { name: 'parse', line: 4 })).toMatchObject({
      code: 'invalid_input',
      text: 'line goes with path: say which file it is in.',
    });
  });
});
