/** Reads one file after the other: its words always, its definitions and imports where a grammar knows it. */
import type { DefinitionTable, Extractor, FileFacts, WordTable } from '../facts.ts';
import { languageOf, type LanguageEntry } from '../languages/languages.ts';
import { lineStarts, noDefinitions } from './definitions.ts';
import { factsOfTree, type TreeFacts } from './full.ts';
import { readHeadings } from './headings.ts';
import { countLines, isMachineMade } from './nature.ts';
import { parse, startGrammars, type Grammar } from './parser.ts';
import { keepTrees } from './trees.ts';
import { scanWords, syntaxOf } from './words.ts';

export interface GrammarExtractor extends Extractor {
  /** Languages whose grammar could not be loaded, as people call them. */
  withoutGrammar(): readonly string[];
}

/** `grammars`: the folder with `web-tree-sitter.wasm` and the grammars. */
export async function createExtractor({ grammars: folder }: { readonly grammars: string }): Promise<GrammarExtractor> {
  const grammars = await startGrammars(folder);
  const trees = keepTrees();
  const missing = new Set<string>();

  const grammarOf = ({ grammar: name, name: language }: LanguageEntry): Grammar | null => {
    const grammar = name === undefined ? null : grammars.load(name);
    if (name !== undefined && grammar === null) missing.add(language);
    return grammar;
  };
  /** null: nothing but its words. */
  const parsed = (language: LanguageEntry | null, text: string): TreeFacts | null => {
    if (language === null) return null;
    if (language.rules === undefined) return headings(text);
    const grammar = grammarOf(language);
    const tree = grammar === null ? null : parse(grammar, text);
    if (tree === null) return null;
    try {
      return factsOfTree(tree, language.rules, text);
    } finally {
      tree.delete();
    }
  };
  const followed = (path: string, language: LanguageEntry | null, text: string): TreeFacts | null => {
    if (language?.rules === undefined) return parsed(language, text);
    const grammar = grammarOf(language);
    const tree = grammar === null ? null : trees.treeOf(path, grammar, text);
    return tree === null ? null : factsOfTree(tree, language.rules, text);
  };
  const read = (path: string, text: string, of: (language: LanguageEntry | null) => TreeFacts | null): FileFacts => {
    const language = languageOf(path, text);
    const words = scanWords(text, syntaxOf(language?.id ?? null));
    const found = isMachineMade(path, text) ? null : orNull(() => of(language));
    return factsFrom(language, text, words, found);
  };
  return {
    extract: (path, text) => read(path, text, (language) => parsed(language, text)),
    follow: (path, text) => read(path, text, (language) => followed(path, language, text)),
    unfollow: (path) => {
      trees.drop(path);
    },
    heapBytes: () => grammars.module.HEAPU8.length,
    withoutGrammar: () => [...missing],
  };
}

function factsFrom(language: LanguageEntry | null, text: string, words: WordTable, found: TreeFacts | null): FileFacts {
  const definitions: DefinitionTable = found?.definitions ?? noDefinitions;
  return {
    language: language?.id ?? null,
    how: found === null ? 'words' : 'parsed',
    lines: countLines(text),
    definitions,
    words,
    imports: found?.imports ?? [],
  };
}

function headings(text: string): TreeFacts {
  return { definitions: readHeadings(text).table(lineStarts(text)), imports: [] };
}

/** A text that the parser cannot stand still counts by its words. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
