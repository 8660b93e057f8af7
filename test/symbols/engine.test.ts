import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isSecret } from '../../src/permission/names.ts';
import { createEngine, type Engine, type EngineOptions } from '../../src/symbols/engine.ts';
import type { ExtractorPort } from '../../src/symbols/extractorPool.ts';
import { directExtractor } from '../../src/symbols/extractorPorts.ts';
import { codeFiles } from '../../src/workspace/codeFiles.ts';
import { tempFolder } from '../support/tempFolder.ts';
import { plainExtractor } from './plainExtractor.ts';

const signal = new AbortController().signal;

interface Made {
  readonly engine: Engine;
  /** Paths that were read so far. */
  readonly read: string[];
}

async function engineIn(
  folder: string,
  options: Partial<EngineOptions> & { readonly folders?: readonly string[] } = {},
): Promise<Made> {
  // prettier-ignore
  const read: string[] = [];
  const folders = options.folders ?? [folder];
  const engine = createEngine({
    folders,
    lister: codeFiles(folders),
    isSecret,
    startExtractor: () => directExtractor(plainExtractor((path) => read.push(path))),
    rank: () => ({ files: [], symbols: [], complete: false }),
    version: 'v1',
    storage: null,
    ...options,
  });
  onTestFinished(() => engine.close());
  await engine.ready(signal);
  return { engine, read };
}

/** All definitions as `path:line name`, sorted. */
async function all(engine: Engine): Promise<readonly string[]> {
  await engine.ready(signal);
  const { definitions } = await engine.outline('.', 100, signal);
  return definitions.map(({ path, startLine, name }) => `${path}:${String(startLine)} ${name}`).sort();
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

test('all files of the workspace count, but for ignored, binary, linked and secret ones', async () => {
  const folder = await tempFolder({
    'src/a.ts': 'function alpha() {}\n',
    'b.py': '\n\ndef beta(): pass\n',
    '.gitignore': 'out\n*.gen.ts\n',
    '.journeymanignore': 'private/\n',
    'out/c.ts': 'function hidden() {}',
    'd.gen.ts': 'function generated() {}',
    'private/e.ts': 'function private() {}',
    'node_modules/m/index.js': 'function packaged() {}',
    '.env.ts': 'function secret() {}',
    'credentials.json': '{}',
    'data.xyz': new Uint8Array([1, 0, 2]),
    'picture.png': 'function picture() {}',
  });
  const { engine, read } = await engineIn(folder);
  expect(await all(engine)).toEqual(['b.py:3 beta', 'src/a.ts:1 alpha']);
  expect(read.sort()).toEqual(['.gitignore', '.journeymanignore', 'b.py', 'src/a.ts']);
  expect(engine.status()).toMatchObject({ state: 'ready', files: 4, indexed: 4, definitions: 2, message: null });
  expect(await engine.lines([{ path: '.env.ts', startLine: 1, endLine: 1, version: null }], signal)).toEqual([null]);
});

test('a second folder is named from the first one', async () => {
  const first = await tempFolder({ 'a.ts': 'function alpha() {}' });
  const second = await tempFolder({ 'b.ts': 'function beta() {}' });
  const { engine } = await engineIn(first, { folders: [first, second] });
  const name = `../${second.split('/').at(-1) ?? ''}/b.ts`;
  expect(await all(engine)).toEqual([`${name}:1 beta`, 'a.ts:1 alpha']);
  expect(await engine.outline(join(second, 'b.ts'), 9, signal)).toMatchObject({ definitions: [{ path: name, name: 'beta' }] }); // prettier-ignore
});

test('what changes on disk counts when it is told: edits, new files, removals, renamed folders, ignore files', async () => {
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', 'lib/b.ts': 'function beta() {}', 'lib/c.ts': 'function gamma() {}' }); // prettier-ignore
  const { engine } = await engineIn(folder);
  write(folder, 'a.ts', '\nfunction alphaTwo() {}');
  write(folder, 'new/d.ts', 'function delta() {}');
  engine.changed(['a.ts', join(folder, 'new')]);
  expect(await all(engine)).toEqual(['a.ts:2 alphaTwo', 'lib/b.ts:1 beta', 'lib/c.ts:1 gamma', 'new/d.ts:1 delta']);
  renameSync(join(folder, 'lib'), join(folder, 'kit'));
  rmSync(join(folder, 'new/d.ts'));
  engine.changed(['lib', 'kit', 'new/d.ts']);
  expect(await all(engine)).toEqual(['a.ts:2 alphaTwo', 'kit/b.ts:1 beta', 'kit/c.ts:1 gamma']);
  write(folder, 'kit/.gitignore', 'b.ts');
  engine.changed(['kit/.gitignore']);
  expect(await all(engine)).toEqual(['a.ts:2 alphaTwo', 'kit/c.ts:1 gamma']);
  rmSync(join(folder, 'kit/.gitignore'));
  engine.changed(['kit/.gitignore']);
  expect(await all(engine)).toEqual(['a.ts:2 alphaTwo', 'kit/b.ts:1 beta', 'kit/c.ts:1 gamma']);
});

test('what was just told is in the next answer, and so is what the answer itself finds changed', async () => {
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', 'use.ts': 'alpha();' });
  const { engine } = await engineIn(folder);
  const uses = async (): Promise<readonly string[]> => {
    const { references } = await engine.references({ name: 'alpha', path: null, max: 9 }, signal);
    return references.map(({ path, line }) => `${path}:${String(line)}`);
  };
  write(folder, 'new.ts', '\n\nalpha();');
  engine.changed(['new.ts']);
  expect(await uses()).toEqual(['a.ts:1', 'new.ts:3', 'use.ts:1']);
  write(folder, 'use.ts', '\nalpha();\nalpha();');
  expect(await uses()).toEqual(['a.ts:1', 'new.ts:3', 'use.ts:2', 'use.ts:3']);
  engine.unsaved('a.ts', '// typed\nfunction alpha() {}');
  expect(await uses()).toEqual(['a.ts:2', 'new.ts:3', 'use.ts:2', 'use.ts:3']);
  rmSync(join(folder, 'new.ts'));
  expect(await uses()).toEqual(['a.ts:2', 'use.ts:2', 'use.ts:3']);
});

test('who asks while the index is made has the files read first whose paths speak of it', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `src/f${String(i)}.ts`);
  const folder = await tempFolder(Object.fromEntries([...names, 'docs/block-stats.md', 'test/blockStats.ts', 'src/blockStats.ts', 'src/deep/named.ts'].map((name) => [name, 'function f() {}']))); // prettier-ignore
  const folders = [folder];
  const read: string[] = [];
  const startExtractor = (): ExtractorPort => directExtractor(plainExtractor((path) => read.push(path)));
  const rank = () => ({ files: [], symbols: [], complete: false });
  const engine = createEngine({ folders, lister: codeFiles(folders), isSecret, startExtractor, rank, version: 'v1', storage: null }); // prettier-ignore
  onTestFinished(() => engine.close());
  const texts = [{ text: 'Show the block stats; see deep/named.ts', weight: 1 }];
  const { complete } = await engine.rank({ texts, seen: [], edited: [], open: [], places: [], without: [], filesMax: 1, symbolsMax: 1 }, signal); // prettier-ignore
  expect(complete).toBe(false);
  await engine.ready(signal);
  expect(read.slice(0, 4)).toEqual([
    'src/deep/named.ts',
    'src/blockStats.ts',
    'test/blockStats.ts',
    'docs/block-stats.md',
  ]);
  expect(read).toHaveLength(304);
});

test('a branch that is checked out again is known already', async () => {
  const folder = await tempFolder({ 'a.ts': 'function one() {}', 'b.ts': 'function same() {}' });
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, stdio: 'pipe' }); // prettier-ignore
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'one');
  git('checkout', '-qb', 'other');
  write(folder, 'a.ts', 'function two() {}');
  write(folder, 'c.ts', 'function three() {}');
  git('add', '.');
  git('commit', '-qm', 'two');
  const { engine, read } = await engineIn(folder);
  expect(await all(engine)).toEqual(['a.ts:1 two', 'b.ts:1 same', 'c.ts:1 three']);
  git('checkout', '-q', '-');
  engine.changed(['.']);
  expect(await all(engine)).toEqual(['a.ts:1 one', 'b.ts:1 same']);
  const before = read.length;
  git('checkout', '-q', 'other');
  engine.changed(['.']);
  expect(await all(engine)).toEqual(['a.ts:1 two', 'b.ts:1 same', 'c.ts:1 three']);
  expect(read.length).toBe(before);
});

test('what an editor holds counts instead of the disk, until it is let go', async () => {
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', '.gitignore': 'ignored.ts', 'ignored.ts': '' });
  const { engine } = await engineIn(folder);
  engine.unsaved('a.ts', 'function al');
  engine.unsaved('a.ts', '// head\nfunction typed() {}');
  engine.unsaved('ignored.ts', 'function ignored() {}');
  engine.unsaved('.env', 'function secret() {}');
  expect(await all(engine)).toEqual(['a.ts:2 typed']);
  const line = { path: 'a.ts', startLine: 1, endLine: 1, version: null };
  expect(await engine.lines([line], signal)).toEqual(['// head']);
  write(folder, 'a.ts', 'function onDisk() {}');
  engine.changed(['a.ts']);
  expect(await all(engine)).toEqual(['a.ts:2 typed']);
  engine.unsaved('a.ts', null);
  expect(await all(engine)).toEqual(['a.ts:1 onDisk']);
  rmSync(join(folder, 'a.ts'));
  engine.unsaved('a.ts', 'function gone() {}');
  engine.changed(['a.ts']);
  expect(await all(engine)).toEqual(['a.ts:1 gone']);
  engine.unsaved('a.ts', null);
  expect(await all(engine)).toEqual([]);
});

test('lines are told only of the text that was meant', async () => {
  const folder = await tempFolder({ 'a.ts': 'one\ntwo\nthree\n' });
  const { engine } = await engineIn(folder);
  const version = '83e25d9ff5c0c1b92f6cf8a8a1a3f7bbf0a5ef24ad6c1b0b1d0ae7e9c0f0f9aa';
  const range = { path: 'a.ts', startLine: 2, endLine: 3 };
  expect(await engine.lines([{ ...range, version: null }, { ...range, version }, { ...range, path: 'no.ts', version: null }], signal)).toEqual(['two\nthree', null, null]); // prettier-ignore
});

test('names are found as they are typed, and their uses by the line', async () => {
  const folder = await tempFolder({
    'parse.ts': 'class Parser {\nfunction parseSource() {}\n}\nfunction parse() {}\n// parseSource in words\n',
    'use.ts': 'function main() {\n  parseSource();\n  "parseSource";\n}\n',
  });
  const { engine } = await engineIn(folder);
  const find = async (name: string, path: string | null = null): Promise<readonly string[]> =>
    (await engine.find({ name, path, max: 9 }, signal)).map((one) => one.name);
  expect(await find('parseSource')).toEqual(['parseSource']);
  expect(await find('Parser.parseSource')).toEqual([]); // the plain extractor knows no nesting
  expect(await find('PARSE')).toEqual(['parse', 'Parser', 'parseSource']);
  expect(await find('prSo')).toEqual(['parseSource']);
  expect(await find('parse', 'use.ts')).toEqual([]);
  expect(await find('zzz')).toEqual([]);
  expect(await engine.references({ name: 'parseSource', path: null, max: 9 }, signal)).toEqual({
    references: [
      { path: 'parse.ts', line: 2, text: 'function parseSource() {}', within: 'parseSource' },
      { path: 'use.ts', line: 2, text: '  parseSource();', within: '' },
    ],
    cut: false,
  });
});

test('a file on which the thread hangs ends the thread, counts by its words, and the rest goes on', async () => {
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', 'bad.ts': 'function HANG() {}', 'c.ts': 'function gamma() {}' }); // prettier-ignore
  let started = 0;
  let ended = 0;
  const startExtractor = (): ExtractorPort => {
    started++;
    const plain = directExtractor(plainExtractor(() => undefined));
    return {
      ...plain,
      extract: (files) => (files.some(({ text }) => text.includes('HANG')) ? new Promise(() => undefined) : plain.extract(files)),
      end: () => {
        ended++;
        return Promise.resolve();
      },
    };
  }; // prettier-ignore
  const { engine } = await engineIn(folder, { startExtractor, fileMs: 20 });
  expect(await all(engine)).toEqual(['a.ts:1 alpha', 'c.ts:1 gamma']);
  expect(engine.status().message).toBe('bad.ts counts by its words only: it could not be parsed in time.');
  expect((await engine.references({ name: 'HANG', path: null, max: 9 }, signal)).references).toHaveLength(1);
  expect({ started: started >= 2, ended }).toEqual({ started: true, ended: 2 });
  engine.changed(['bad.ts']);
  await engine.ready(signal);
  utimesSync(join(folder, 'bad.ts'), 1, 1);
  engine.changed(['bad.ts']);
  await engine.ready(signal);
  expect(ended).toBe(2); // the same text is not tried again
});

test('without a thread that starts the words count, it is told why, and nothing of it is kept', async () => {
  const storage = await tempFolder();
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', 'b.ts': 'function beta() {}' });
  const startExtractor = (): ExtractorPort => ({
    ...directExtractor(plainExtractor(() => undefined)),
    started: Promise.reject(new Error('There is no parser.')),
  });
  const { engine } = await engineIn(folder, { storage, startExtractor });
  expect(engine.status()).toMatchObject({
    state: 'failed',
    message: 'Files could not be parsed and count by their words only: There is no parser. Rebuild the index to try again.', // prettier-ignore
  });
  expect((await engine.references({ name: 'alpha', path: null, max: 9 }, signal)).references).toHaveLength(1);
  await engine.close();
  const { engine: again, read } = await engineIn(folder, { storage });
  expect(await all(again)).toEqual(['a.ts:1 alpha', 'b.ts:1 beta']);
  expect(read.length).toBe(2);
});

test('what was read is there the next time; what changed meanwhile is read again, and another version begins anew', async () => {
  const storage = await tempFolder();
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}', 'b.ts': 'function beta() {}', 'c.ts': 'function gamma() {}' }); // prettier-ignore
  const first = await engineIn(folder, { storage });
  await first.engine.close();
  write(folder, 'b.ts', 'function betaTwo() {}');
  rmSync(join(folder, 'c.ts'));
  utimesSync(join(folder, 'a.ts'), 1, 1); // the same text at another time
  const second = await engineIn(folder, { storage });
  expect(await all(second.engine)).toEqual(['a.ts:1 alpha', 'b.ts:1 betaTwo']);
  expect(second.read).toEqual(['b.ts']);
  await second.engine.close();
  const third = await engineIn(folder, { storage, version: 'v2' });
  expect(third.read.sort()).toEqual(['a.ts', 'b.ts']);
  await third.engine.close();
  const [name = ''] = readdirSync(join(storage, 'index'));
  const file = join(storage, 'index', name, 'symbols.bin');
  writeFileSync(`${file}.half.tmp`, 'what a killed process leaves');
  const fourth = await engineIn(folder, { storage, version: 'v2' });
  expect(fourth.read).toEqual([]);
  await fourth.engine.close();
  writeFileSync(file, 'damaged');
  const fifth = await engineIn(folder, { storage, version: 'v2' });
  expect(await all(fifth.engine)).toEqual(['a.ts:1 alpha', 'b.ts:1 betaTwo']);
});

test('two windows on one folder may both write', async () => {
  const storage = await tempFolder();
  const folder = await tempFolder({ 'a.ts': 'function alpha() {}' });
  const [one, two] = await Promise.all([engineIn(folder, { storage }), engineIn(folder, { storage })]);
  write(folder, 'a.ts', 'function alphaTwo() {}');
  one.engine.changed(['a.ts']);
  await one.engine.ready(signal);
  await one.engine.close();
  await two.engine.close(); // knows less, and writes last
  const third = await engineIn(folder, { storage });
  expect(await all(third.engine)).toEqual(['a.ts:1 alphaTwo']);
});

test('cancelled it keeps what there is and still follows changes; rebuilt it begins again', async () => {
  const folder = await tempFolder(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${String(i)}.ts`, `function f${String(i)}() {}`]))); // prettier-ignore
  const folders = [folder];
  let cancel = (): void => undefined;
  let count = 0;
  const engine = createEngine({
    folders,
    lister: codeFiles(folders),
    isSecret,
    startExtractor: () => directExtractor(plainExtractor(() => { if (++count === 40) cancel(); })),
    rank: () => ({ files: [], symbols: [], complete: false }),
    version: 'v1',
    storage: null,
  }); // prettier-ignore
  onTestFinished(() => engine.close());
  cancel = () => {
    engine.cancel();
  };
  const states: string[] = [];
  engine.onStatus(({ state }) => states.push(state));
  const status = await engine.ready(signal);
  expect(status.state).toBe('cancelled');
  expect(status.indexed).toBeGreaterThan(0);
  expect(status.indexed).toBeLessThan(300);
  write(folder, 'f0.ts', 'function changed() {}');
  engine.changed(['f0.ts']);
  await engine.ready(signal);
  expect((await engine.find({ name: 'changed', path: null, max: 1 }, signal)).length).toBe(1);
  cancel = () => undefined;
  engine.rebuild();
  expect(await engine.ready(signal)).toMatchObject({ state: 'ready', indexed: 300, files: 300 });
  expect(states.filter((state, i) => state !== states[i - 1])).toEqual(['indexing', 'cancelled', 'indexing', 'ready']);
});
