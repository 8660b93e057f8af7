/** Reads one file after the other: its words always, its definitions and imports where a grammar knows it. */
import type { DefinitionTable, Extractor, FileFacts, WordTable } from '../facts.ts';
import { languageOf, type LanguageEntry } from '../languages/languages.ts';
import { lineStarts, noDefinitions } from './definitions.ts';
import { factsAfterEdit, fastFacts, type FastFacts } from './fast.ts';
import type { TreeFacts } from './full.ts';
import { readHeadings } from './headings.ts';
import { countLines, isMachineMade } from './nature.ts';
import { startGrammars, type Grammar } from './parser.ts';
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
  /** null: no grammar knows it, or it gave up. */
  const parsed = (language: LanguageEntry | null, text: string, whole: boolean): FastFacts | null => {
    if (language?.rules === undefined) return null;
    const { id, rules } = language;
    const grammar = grammarOf(language);
    return grammar === null ? null : fastFacts({ text, language: id, rules, grammar, module: grammars.module, whole });
  };
  const followed = (path: string, language: LanguageEntry | null, text: string): TreeFacts | null => {
    if (language?.rules === undefined) return language === null ? null : headings(text);
    const grammar = grammarOf(language);
    const tree = grammar === null ? null : trees.treeOf(path, grammar, text);
    if (grammar === null || tree === null) return null;
    return factsAfterEdit(grammars.module, grammar, tree, language.rules, text);
  };
  const byWords = (language: LanguageEntry | null, text: string, found: TreeFacts | null): FileFacts =>
    factsFrom(language, text, scanWords(text, syntaxOf(language?.id ?? null)), found);
  return {
    extract(path, text, whole) {
      const language = languageOf(path, text);
      if (isMachineMade(path, text)) return byWords(language, text, null);
      const found = orNull(() => parsed(language, text, whole));
      if (found !== null) return factsFrom(language, text, found.words, found);
      return byWords(language, text, language !== null && language.rules === undefined ? headings(text) : null);
    },
    follow(path, text) {
      const language = languageOf(path, text);
      const found = isMachineMade(path, text) ? null : orNull(() => followed(path, language, text));
      return byWords(language, text, found);
    },
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
