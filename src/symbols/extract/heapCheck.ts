/** Whether the walk over the parser's memory may be relied on: the first trees of each grammar are walked by the parser's own cursor too. */
import type { Tree } from 'web-tree-sitter';
import type { LanguageRules } from '../languages/rules.ts';
import { walkByCursor, type FoundImport } from './cursorWalk.ts';
import { collectDefinitions } from './definitions.ts';
import { readTables } from './heapLayout.ts';
import { makeHeapPlan, type HeapPlan } from './heapPlan.ts';
import { walkHeap } from './heapWalk.ts';
import type { Grammar, ParserModule } from './parser.ts';

/** Definitions and imports that have to be the same before no more are compared. */
const comparedMin = 30;

interface Checked {
  readonly plan: HeapPlan;
  compared: number;
  holds: boolean;
}

const checked = new WeakMap<Grammar, Checked>();

/** null: the cursor has to be used for this grammar. `text` is what was parsed. */
export function heapPlanFor(
  module: ParserModule,
  grammar: Grammar,
  rules: LanguageRules,
  tree: Tree,
  text: () => string,
): HeapPlan | null {
  let known = checked.get(grammar);
  if (known === undefined) {
    known = { plan: makeHeapPlan(readTables(module, grammar.language), rules), compared: 0, holds: true };
    checked.set(grammar, known);
  }
  if (known.compared < comparedMin && known.holds) {
    const found = compare(module, tree, known.plan, rules, text());
    if (found === null) known.holds = false;
    else known.compared += found;
  }
  return known.holds ? known.plan : null;
}

/** How much both walks found; null: not the same. */
function compare(module: ParserModule, tree: Tree, plan: HeapPlan, rules: LanguageRules, text: string): number | null {
  const byCursor = told((into) => walkByCursor(tree, rules, text, into));
  let byHeap: string[];
  try {
    byHeap = told((into) => walkHeap(module, tree, plan, text, null, into));
  } catch {
    return null;
  }
  const isSame = byCursor.length === byHeap.length && byCursor.every((line, place) => line === byHeap[place]);
  return isSame ? byCursor.length : null;
}

function told(walk: (into: ReturnType<typeof collectDefinitions>) => FoundImport[]): string[] {
  const found: string[] = [];
  const imports = walk({
    add: ({ rule, ...one }) => found.push(JSON.stringify([rule, one])),
    table: () => collectDefinitions().table(Uint32Array.of(0)),
  });
  return [...found, ...imports.map((one) => JSON.stringify(one))];
}
