// What lies in a workspace to mislead, hang or leak: the whole index from outside, with real files and a real engine.
import { execFileSync } from 'node:child_process';
import { appendFile, link, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { CodeQuery } from '../../src/core/symbols.ts';
import { isSecret } from '../../src/permission/names.ts';
import { createEngine, type Engine } from '../../src/symbols/engine.ts';
import { createExtractor, type GrammarExtractor } from '../../src/symbols/extract/extractor.ts';
import { directExtractor } from '../../src/symbols/extractorPorts.ts';
import { readHistory } from '../../src/symbols/history.ts';
import { createRanker } from '../../src/symbols/rank/rank.ts';
import { codeFiles } from '../../src/workspace/codeFiles.ts';
import { makeRepository } from '../support/gitHistory.ts';
import { grammars } from '../support/grammars.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;
let extractor: GrammarExtractor;
beforeAll(async () => {
  extractor = await createExtractor({ grammars });
});

function started(folder: string, storage: string | null = null): Engine {
  const folders = [folder];
  const engine = createEngine({
    folders,
    lister: codeFiles(folders),
    isSecret,
    startExtractor: () => directExtractor(extractor),
    rank: createRanker(),
    history: (signal) => readHistory({ folders, isLeftOut: isSecret }, signal),
    version: 'test',
    storage,
  });
  onTestFinished(() => engine.close());
  return engine;
}

async function indexed(folder: string, storage: string | null = null): Promise<Engine> {
  const engine = started(folder, storage);
  expect(await engine.ready(never)).toMatchObject({ state: 'ready', message: null });
  return engine;
}

function query(text: string, more: Partial<CodeQuery> = {}): CodeQuery {
  return { texts: [{ text, weight: 1 }], seen: [], edited: [], open: [], places: [], without: [], filesMax: 50, symbolsMax: 50, ...more }; // prettier-ignore
}

/** All that the index says about a word and some paths, as one text. */
async function everything(engine: Engine, word: string, paths: readonly string[]): Promise<string> {
  const ranges = paths.flatMap((path) => [{ path, startLine: 1, endLine: 9, version: null }]);
  return JSON.stringify([
    await engine.find({ name: word, path: null, max: 100 }, never),
    await Promise.all(['.', ...paths].map((path) => engine.outline(path, 1000, never))),
    await engine.references({ name: word, path: null, max: 100 }, never),
    await engine.rank(query(word), never),
    await engine.rank(query(`${word} ${paths.join(' ')}`, { seen: paths, open: paths, places: paths.map((path) => ({ path, line: 1 })) }), never), // prettier-ignore
    await engine.lines(ranges, never),
    engine.figures(),
  ]);
}

async function bytesBelow(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

test('what holds secrets is in no answer and not in what is kept', async () => {
  const folder = await tempFolder();
  const secrets = ['.env', '.env.local', 'deploy/id_rsa', '.aws/credentials', 'certs/server.key', 'config/credentials.json', '.ENV', 'app/.npmrc', '.ssh/config.ts', 'secrets.yaml']; // prettier-ignore
  const body = 'export function hushWord() {}\nexport const hushKey = "hushValue";\n';
  makeRepository(folder, [
    { message: 'Add plain words', files: Object.fromEntries([...secrets, 'a.ts'].map((path) => [path, body])) },
  ]);
  for (const path of secrets) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), body);
  }
  await writeFile(join(folder, 'a.ts'), 'export const plain = 1;\n');
  const storage = await tempFolder();
  const engine = await indexed(folder, storage);
  const check = async (): Promise<void> => {
    const said = await everything(engine, 'hushWord', secrets);
    for (const word of ['hushKey', 'hushValue', 'function hushWord']) expect(said).not.toContain(word);
    const ranking = await engine.rank(
      query('plain words', { seen: ['a.ts'], edited: [{ path: 'a.ts', text: '' }] }),
      never,
    );
    expect(ranking.files.map(({ path }) => path)).toEqual(['a.ts']);
    for (const path of secrets)
      expect(JSON.stringify([ranking, await engine.outline('.', 1000, never)])).not.toContain(path);
  };
  await check();
  for (const path of secrets) engine.unsaved(path, body);
  engine.changed([...secrets, '.', '.ssh', 'deploy']);
  await engine.ready(never);
  await check();
  for (const path of secrets) engine.unsaved(path, null);
  await engine.close();
  const kept = await bytesBelow(storage);
  expect(kept).toContain('plain');
  expect(kept).not.toMatch(/hush|id_rsa|\.npmrc/);
});

test('a file that becomes a secret one is forgotten', async () => {
  const folder = await tempFolder({ 'values.ts': 'export const hushKey = 1;\n', 'a.ts': 'export const plain = 1;\n' });
  const storage = await tempFolder();
  const engine = await indexed(folder, storage);
  await rename(join(folder, 'values.ts'), join(folder, '.env'));
  engine.changed(['values.ts', '.env']);
  await engine.ready(never);
  expect(await everything(engine, 'hushKey', ['.env'])).not.toContain('const hushKey');
  await engine.close();
  expect(await bytesBelow(storage)).not.toContain('hushKey');
});

test('links are not followed: not round in circles, not out of the workspace', async () => {
  const outside = await tempFolder({
    'secret.ts': 'export const hushKey = 1;\n',
    'deep/more.ts': 'export const hushDeep = 1;\n',
  });
  const folder = await tempFolder({ 'src/a.ts': 'export const plain = 1;\n' });
  await symlink('..', join(folder, 'src/up'));
  await symlink('self', join(folder, 'self'));
  await symlink(outside, join(folder, 'out'));
  await symlink(join(outside, 'secret.ts'), join(folder, 'src/b.ts'));
  const engine = await indexed(folder);
  engine.changed(['out', 'out/secret.ts', 'src/b.ts', 'src/up/src/a.ts', 'self']);
  await engine.ready(never);
  const said = await everything(engine, 'hushKey', [
    'out',
    'out/secret.ts',
    'src/b.ts',
    '../secret.ts',
    join(outside, 'secret.ts'),
  ]);
  expect(said).not.toMatch(/const hush|hushDeep/);
  expect(engine.status()).toMatchObject({ files: 1, definitions: 1 });
});

test('a folder that was made a link since it was listed is not looked through', async () => {
  const outside = await tempFolder({ 'a.ts': 'export const hushKey = 1;\n' });
  const folder = await tempFolder({ 'src/a.ts': 'export const plain = 1;\n', 'b.ts': '' });
  const engine = await indexed(folder);
  await rename(join(folder, 'src'), join(folder, 'old'));
  await symlink(outside, join(folder, 'src'));
  expect(await engine.lines([{ path: 'src/a.ts', startLine: 1, endLine: 9, version: null }], never)).toEqual([null]);
  expect(await everything(engine, 'plain', ['src/a.ts'])).not.toContain('hushKey');
  engine.changed(['src/a.ts']);
  await engine.ready(never);
  expect(await everything(engine, 'hushKey', ['src/a.ts'])).not.toContain('const hushKey');
});

test('queues, devices and sockets are no files', async () => {
  const folder = await tempFolder({ 'a.ts': 'export const plain = 1;\n' });
  const queues = ['queue.ts', '.gitignore', 'package.json'].map((name) => join(folder, name));
  execFileSync('mkfifo', queues);
  const engine = await indexed(folder);
  await rm(join(folder, 'a.ts'));
  execFileSync('mkfifo', [join(folder, 'a.ts')]);
  engine.changed(['a.ts', 'queue.ts']);
  expect(await everything(engine, 'plain', ['a.ts', 'queue.ts'])).not.toContain('const plain');
  await engine.ready(never);
  expect(engine.status().files).toBe(0);
});

test('names of any kind are named again just so', async () => {
  const names = ['new\nline.ts', 'tab\t.ts', 'quote".ts', 'back\\slash.ts', 'ünï.ts', '名/前.ts', ' .ts', '__proto__/constructor.ts', '-rf.ts', '$(x).ts', 'a\u202eb.ts']; // prettier-ignore
  const folder = await tempFolder(Object.fromEntries(names.map((name) => [name, 'export const plain = 1;\n'])));
  const storage = await tempFolder();
  const first = await indexed(folder, storage);
  const found = async (engine: Engine): Promise<readonly string[]> =>
    (await engine.find({ name: 'plain', path: null, max: 100 }, never)).map(({ path }) => path).sort();
  expect(await found(first)).toEqual([...names].sort());
  await first.close();
  const second = await indexed(folder, storage);
  expect(second.figures().read).toBe(0);
  expect(await found(second)).toEqual([...names].sort());
  const lines = await second.lines(
    names.map((path) => ({ path, startLine: 1, endLine: 1, version: null })),
    never,
  );
  expect(lines).toEqual(names.map(() => 'export const plain = 1;'));
});

test('a name that is no text is passed over', async () => {
  const folder = await tempFolder({ 'a.ts': 'export const plain = 1;\n' });
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x62, 0xff, 0xfe]), Buffer.from('.ts')]),
    'export const other = 1;\n',
  );
  const engine = await indexed(folder);
  expect(await engine.find({ name: 'plain', path: null, max: 9 }, never)).toHaveLength(1);
});

test('texts that are none: invalid bytes, other encodings, NULs, one endless line, names that objects have', async () => {
  const text = 'export const plain = 1;\n';
  const folder = await tempFolder({
    'invalid.ts': Buffer.concat([Buffer.from('// \xff\xfe\xc3\n', 'latin1'), Buffer.from(text)]),
    'utf16.ts': Buffer.from(`\ufeff${text}`, 'utf16le'),
    'nul.ts': `${text}\0`,
    'late.ts': `${text}${'\n'.repeat(20_000)}\0`,
    'long.ts': `export const plain = [${'1,'.repeat(300_000)}];`,
    'deep.ts': `export const plain = ${'['.repeat(50_000)}`,
    'deep.json': '[{"a":'.repeat(20_000),
    'words.ts': 'export const constructor = 1, __proto__ = 2, hasOwnProperty = 3, toString = 4;\n',
    'cr.ts': 'export const plain = 1;\rexport const more = 2;\r',
    'bom.ts': `\ufeff${text}`,
    'half.ts': 'export const half = "\ud83d";\n',
    'empty.ts': '',
  });
  const engine = await indexed(folder);
  const paths = (await engine.find({ name: 'plain', path: null, max: 99 }, never)).map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['invalid.ts', 'bom.ts', 'cr.ts', 'late.ts']));
  expect(paths).not.toEqual(expect.arrayContaining(['utf16.ts']));
  for (const name of ['constructor', '__proto__', 'hasOwnProperty', 'toString', 'valueOf'])
    await everything(engine, name, ['words.ts']);
  expect((await engine.find({ name: '__proto__', path: null, max: 9 }, never)).map(({ path }) => path)).toEqual([
    'words.ts',
  ]);
});

test('a file that is written while it is read is right in the end', async () => {
  const folder = await tempFolder({ 'a.ts': '' });
  const engine = started(folder);
  for (let i = 0; i < 20; i++) {
    await appendFile(join(folder, 'a.ts'), `export const name${String(i)} = 1;\n`);
    engine.changed(['a.ts']);
    await new Promise(setImmediate);
  }
  await engine.ready(never);
  expect((await engine.outline('a.ts', 99, never)).definitions).toHaveLength(20);
});

test('one folder of very many files, and very deep ones', async () => {
  const deep = Array.from({ length: 150 }, () => 'd').join('/');
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`many/f${String(i)}.txt`, 'x']));
  const folder = await tempFolder({ [`${deep}/a.ts`]: 'export const plain = 1;\n' });
  await mkdir(join(folder, 'many'));
  await Promise.all(Object.entries(many).map(([path, text]) => writeFile(join(folder, path), text)));
  await link(join(folder, `${deep}/a.ts`), join(folder, 'hard.ts'));
  const engine = await indexed(folder);
  expect(engine.status()).toMatchObject({ files: 1002, definitions: 2 });
});

test('manifests that lie send imports nowhere but to files of the index', async () => {
  const outside = await tempFolder({ 'x.ts': 'export const hushKey = 1;\n' });
  const folder = await tempFolder({
    'tsconfig.json': JSON.stringify({
      extends: './tsconfig.json',
      compilerOptions: { baseUrl: outside, paths: { '*': [`${outside}/*`, '../../*', 7] } },
    }),
    'package.json': `{"name":"__proto__","exports":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`,
    'Cargo.toml': '[package]\nname = "a"\n[lib]\npath = "/etc/passwd"\n',
    'go.mod': `module ${'x/'.repeat(5000)}\n`,
    'composer.json': '{"autoload":{"psr-4":{"":"/"}}}',
    'a.ts':
      "import x from 'x';\nimport y from '__proto__';\nimport z from '../../../../etc/passwd';\nimport b from './b';\n",
    'b.ts': 'export const plain = 1;\n',
  });
  const engine = await indexed(folder);
  const { files } = await engine.rank(query('plain', { seen: ['b.ts'], edited: [{ path: 'b.ts', text: '' }] }), never);
  expect(files.map(({ path }) => path).filter((path) => /hush|passwd|^\.\.|^\//.test(path))).toEqual([]);
  expect(files.map(({ path }) => path)).toContain('a.ts');
});
