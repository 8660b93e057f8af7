/** All that one text says, told from its whole syntax tree. */
import type { Tree } from 'web-tree-sitter';
import type { DefinitionTable } from '../facts.ts';
import type { LanguageRules } from '../languages/rules.ts';
import { walkByCursor, type FoundImport } from './cursorWalk.ts';
import { collectDefinitions, lineStarts, type Definitions } from './definitions.ts';
import { readImports } from './imports.ts';

export interface TreeFacts {
  readonly definitions: DefinitionTable;
  readonly imports: readonly string[];
}

/** Fills the definitions and returns the imports of a tree. */
export type Walk = (tree: Tree, rules: LanguageRules, text: string, into: Definitions) => readonly FoundImport[];

export function factsOfTree(tree: Tree, rules: LanguageRules, text: string, walk: Walk = walkByCursor): TreeFacts {
  const definitions = collectDefinitions();
  const found = walk(tree, rules, text, definitions);
  return { definitions: definitions.table(lineStarts(text)), imports: importsOf(found, text) };
}

/** Each once, in order. */
export function importsOf(found: readonly FoundImport[], text: string): readonly string[] {
  return [...new Set(found.flatMap(({ read, start, end }) => readImports(read, text.slice(start, end))))];
}
