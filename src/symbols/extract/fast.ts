/** What a text says, at the price of a scan and the parse of a quarter of it; of what is inside functions only what long ones are made of. */
import type { Tree } from 'web-tree-sitter';
import type { WordTable } from '../facts.ts';
import { indexLimits } from '../indexLimits.ts';
import type { LanguageRules } from '../languages/rules.ts';
import { walkByCursor } from './cursorWalk.ts';
import { factsOfTree, type TreeFacts } from './full.ts';
import { heapPlanFor } from './heapCheck.ts';
import { heapNode, rootSlot } from './heapLayout.ts';
import type { HeapPlan } from './heapPlan.ts';
import { walkHeap, walkHeapAgain, type OffsetMap } from './heapWalk.ts';
import type { Grammar, ParserModule } from './parser.ts';
import { parseUnits } from './parserInput.ts';
import { scan } from './scan.ts';
import { SourceBuffer } from './scanSource.ts';
import { syntaxOf } from './scanSyntax.ts';
import { scanTable } from './scanTable.ts';
import { Tokens } from './scanTokens.ts';
import { WordCounter } from './scanWordCounter.ts';
import type { FollowedTree } from './trees.ts';
import { skeletons } from './skeletons.ts';
import { SkeletonWriter } from './skeletonWriter.ts';

export interface FastInput {
  readonly text: string;
  /** Id of the language. */
  readonly language: string;
  readonly rules: LanguageRules;
  readonly grammar: Grammar;
  readonly module: ParserModule;
  /** Definitions inside functions too: all of the text is parsed. */
  readonly whole: boolean;
}

export interface FastFacts extends TreeFacts {
  readonly words: WordTable;
  /** The text itself was parsed, not its skeleton. */
  readonly whole: boolean;
}

/** One of each in a thread: they are used again for each text. */
const source = new SourceBuffer();
const tokens = new Tokens();
const counter = new WordCounter();
const skeleton = new SkeletonWriter();

/** null: nested too deep, or the parser gave up; its words are what is left. */
export function fastFacts(input: FastInput): FastFacts | null {
  const { text, language, grammar } = input;
  const src = source.load(text);
  counter.begin(src);
  tokens.begin(text.length + 2);
  scan(src, text.length, scanTable(syntaxOf(language)), counter, tokens);
  if (tokens.deepest > indexLimits.nesting) return null;
  const words = counter.table();
  if (!input.whole && makeSkeleton(language, src, text.length)) {
    const facts = told(input, parseUnits(grammar, skeleton.text, skeleton.length), skeleton);
    if (facts !== null) return { ...facts, words, whole: false };
  }
  const facts = told(input, parseUnits(grammar, src, text.length), null);
  return facts === null ? null : { ...facts, words, whole: true };
}

/** What a tree of the whole text says: by the parser's memory where that may be relied on, else by its cursor. */
export function factsByHeap(
  module: ParserModule,
  grammar: Grammar,
  tree: Tree,
  rules: LanguageRules,
  text: string,
): TreeFacts {
  const plan = heapPlanFor(module, grammar, rules, tree, () => text);
  return plan === null
    ? factsOfTree(tree, rules, text, walkByCursor)
    : factsWith(module, plan, tree, rules, text, null);
}

/** The same of a text that is edited again and again: where its tree is that of an edit, `memo` knows the rest of it. */
export function factsAfterEdit(
  module: ParserModule,
  grammar: Grammar,
  { tree, memo }: FollowedTree,
  rules: LanguageRules,
  text: string,
): TreeFacts {
  const plan = heapPlanFor(module, grammar, rules, tree, () => text);
  if (plan === null) return factsOfTree(tree, rules, text, walkByCursor);
  return factsOfTree(tree, rules, text, (_tree, _rules, _text, into) => walkHeapAgain(module, tree, plan, text, memo, into)); // prettier-ignore
}

function makeSkeleton(language: string, src: Uint16Array, length: number): boolean {
  const make = skeletons[language];
  if (make === undefined || !tokens.balanced) return false;
  skeleton.begin(src, length, tokens);
  if (!make(tokens, skeleton, src)) return false;
  skeleton.finish(length);
  return true;
}

/** null: no tree, or one of a skeleton that cannot be relied on. The tree is deleted. */
function told(input: FastInput, tree: Tree | null, map: SkeletonWriter | null): TreeFacts | null {
  if (tree === null) return null;
  const { module, grammar, rules, text } = input;
  try {
    if (map === null) return factsByHeap(module, grammar, tree, rules, text);
    // Without the parser's memory there is no way back from a skeleton.
    const plan = hasError(module, tree) ? null : heapPlanFor(module, grammar, rules, tree, () => map.toText());
    return plan === null ? null : factsWith(module, plan, tree, rules, text, map);
  } finally {
    tree.delete();
  }
}

function factsWith(
  module: ParserModule,
  plan: HeapPlan,
  tree: Tree,
  rules: LanguageRules,
  text: string,
  map: OffsetMap | null,
): TreeFacts {
  return factsOfTree(tree, rules, text, (_tree, _rules, _text, into) => walkHeap(module, tree, plan, text, map, into));
}

function hasError({ HEAPU32 }: ParserModule, tree: Tree): boolean {
  const root = HEAPU32[rootSlot(tree) >> 2] ?? 0;
  // A root that is a slot itself has nothing below.
  if ((root & 1) !== 0) return false;
  return (HEAPU32[(root + heapNode.errorCost) >> 2] ?? 0) > 0;
}
