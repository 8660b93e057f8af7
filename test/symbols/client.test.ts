import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
// Makes the grammars as the build does; it is a script, not a module of ours.
import { prepareGrammars } from '../../scripts/grammars.mjs';
import { startIndex, type IndexClient } from '../../src/symbols/client.ts';
import { tempFolder } from '../support/tempFolder.ts';

const signal = new AbortController().signal;
let grammars: string;
beforeAll(() => {
  grammars = prepareGrammars();
});

/** The two threads as the build makes them. */
async function threads(): Promise<string> {
  const folder = await tempFolder();
  const src = join(import.meta.dirname, '../../src');
  await build({
    entryPoints: [join(src, 'indexer.ts'), join(src, 'extractor.ts')],
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': '"file:///"' },
    logLevel: 'error',
  });
  return folder;
}

function start(entries: string, folder: string, storage: string): IndexClient {
  const index = startIndex({
    entry: join(entries, 'indexer.js'),
    extractor: join(entries, 'extractor.js'),
    folders: [folder],
    storage,
    grammars,
    history: false,
    version: 'test',
  });
  onTestFinished(() => index.close());
  return index;
}

test('the index in its thread reads, answers, follows an editor, and knows it all the next time', async () => {
  const [entries, storage] = [await threads(), await tempFolder()];
  const folder = await tempFolder({
    'src/parse.ts': 'export class Parser {\n  parse(text: string): number {\n    return text.length;\n  }\n}\n',
    'use.py': 'from src import parse\n\n\ndef main():\n    return parse.Parser()\n',
    '.env': 'SECRET=1',
  });
  const index = start(entries, folder, storage);
  expect(await index.ready(signal)).toEqual({ state: 'ready', indexed: 2, files: 2, definitions: 3, message: null });
  expect(index.status().state).toBe('ready');
  expect(await index.find({ name: 'Parser.parse', path: null, max: 5 }, signal)).toMatchObject([
    { path: 'src/parse.ts', qualified: 'Parser.parse', startLine: 2, endLine: 4, signature: 'parse(text: string): number' },
  ]); // prettier-ignore
  expect((await index.references({ name: 'Parser', path: null, max: 5 }, signal)).references).toEqual([
    { path: 'src/parse.ts', line: 1, text: 'export class Parser {', within: 'Parser' },
    { path: 'use.py', line: 5, text: '    return parse.Parser()', within: 'main' },
  ]);
  index.unsaved('use.py', 'def typed(): pass\n');
  await index.ready(signal);
  expect((await index.outline('use.py', 9, signal)).definitions.map(({ name }) => name)).toEqual(['typed']);
  const ranking = await index.rank({ texts: [{ text: 'the parser is too slow', weight: 1 }], seen: [], edited: [], open: [], places: [], without: [], filesMax: 5, symbolsMax: 5 }, signal); // prettier-ignore
  expect(ranking.files[0]?.path).toBe('src/parse.ts');
  expect(ranking.complete).toBe(true);
  await index.close();
  const again = start(entries, folder, storage);
  expect((await again.find({ name: 'Parser', path: null, max: 5 }, signal)).length).toBe(1);
  await again.ready(signal);
  expect(await again.figures(signal)).toMatchObject({ files: 2, definitions: 3, read: 1 }); // use.py: an editor's text is not kept
});

test('a wait ends with its signal, and a question that was taken back changes nothing', async () => {
  const [entries, storage] = [await threads(), await tempFolder()];
  const index = start(entries, await tempFolder({ 'a.ts': 'function alpha() {}' }), storage);
  const stop = new AbortController();
  const waiting = index.ready(stop.signal);
  stop.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect(index.find({ name: 'alpha', path: null, max: 1 }, stop.signal)).rejects.toThrow('enough');
  expect(await index.ready(signal)).toMatchObject({ state: 'ready', files: 1 });
});

test('a thread that dies is started again, and after four deaths the answers are empty and say why', async () => {
  const entries = await threads();
  writeFileSync(join(entries, 'indexer.js'), 'throw new Error("out of memory");');
  const index = start(entries, await tempFolder(), await tempFolder());
  const failed = new Promise<string | null>((resolve) => {
    index.onStatus(({ state, message }) => {
      if (state === 'failed') resolve(message);
    });
  });
  const first = index.find({ name: 'alpha', path: null, max: 1 }, signal);
  expect(await first).toEqual([]);
  expect(await failed).toBe('The symbol index stopped 4 times, last: out of memory. Rebuild it to try again.');
  expect(await index.outline('.', 9, signal)).toEqual({ definitions: [], cut: false });
  expect(await index.lines([{ path: 'a', startLine: 1, endLine: 1, version: null }], signal)).toEqual([null]);
  expect(await index.ready(signal)).toMatchObject({ state: 'failed' });
  rmSync(entries, { recursive: true });
});
