/** What is measured in processes of their own: reading all files of a language, and the usual way to do it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Query, type Language } from 'web-tree-sitter';
import { startIndex, type IndexClient } from '../../src/symbols/client.ts';
import { createExtractor } from '../../src/symbols/extract/extractor.ts';
import { parse } from '../../src/symbols/extract/parser.ts';
import { dist, entryOf, grammarFolder, openGrammars } from './indexFiles.ts';

export interface Cost {
  /** Of the whole process, its start included. */
  readonly userMs: number;
  readonly found: number;
  /** Of the parser. */
  readonly heapMb: number;
  readonly peakMb: number;
}

export function openIndex(folder: string, storage: string): IndexClient {
  return startIndex({
    entry: path.join(dist, 'indexer.js'),
    extractor: path.join(dist, 'extractor.js'),
    grammars: grammarFolder,
    folders: [folder],
    storage,
    history: false,
    version: 'bench',
  });
}

/** Words, definitions and imports of each file, in this thread. */
export async function extractAll(files: readonly string[]): Promise<Cost> {
  const extractor = await createExtractor({ grammars: grammarFolder });
  let found = 0;
  for (const file of files)
    found += extractor.extract(file, readFileSync(file, 'utf8'), false).definitions.names.length;
  return cost(found, extractor.heapBytes());
}

/** The whole index of a folder: threads, store, what is kept on disk. */
export async function indexAll(folder: string, storage: string): Promise<Cost> {
  const index = openIndex(folder, storage);
  const status = await index.ready(new AbortController().signal);
  await index.close();
  if (status.state !== 'ready') throw new Error(`The index of ${folder} is ${status.state}: ${status.message ?? ''}`);
  return cost(status.definitions, 0);
}

/** Parse, then a query for the same kinds of nodes, as most programs do it. Words are not counted. */
export async function parseAndQuery(language: string, files: readonly string[]): Promise<Cost> {
  const grammars = await openGrammars();
  const entry = entryOf(language);
  const grammar = grammars.load(entry.grammar ?? '');
  if (grammar === null) throw new Error(`The grammar of ${language} is missing.`);
  const query = new Query(grammar.language, patterns(grammar.language, Object.keys(entry.rules?.definitions ?? {})));
  let found = 0;
  for (const file of files) {
    const tree = parse(grammar, readFileSync(file, 'utf8'));
    if (tree === null) continue;
    found += query.captures(tree.rootNode).length;
    tree.delete();
  }
  return cost(found, grammars.module.HEAPU8.length);
}

/** With the name where nodes of the type have one. */
function patterns(language: Language, types: readonly string[]): string {
  return types
    .map((type) => {
      const named = `(${type} name: (_) @name) @definition`;
      try {
        new Query(language, named).delete();
        return named;
      } catch {
        return `(${type}) @definition`;
      }
    })
    .join('\n');
}

function cost(found: number, heapBytes: number): Cost {
  return {
    userMs: process.cpuUsage().user / 1000,
    found,
    heapMb: heapBytes / 1e6,
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
}
