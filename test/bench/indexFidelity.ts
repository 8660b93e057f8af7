/** What is found through a skeleton beside what a whole parse finds: nothing false, and nearly all that is not local. */
import { readFileSync } from 'node:fs';
import { walkByCursor } from '../../src/symbols/extract/cursorWalk.ts';
import { factsByHeap, fastFacts } from '../../src/symbols/extract/fast.ts';
import { factsOfTree } from '../../src/symbols/extract/full.ts';
import { parse } from '../../src/symbols/extract/parser.ts';
import type { DefinitionTable } from '../../src/symbols/facts.ts';
import { entryOf, openGrammars } from './indexFiles.ts';

/** One in so many files is walked by the parser's own cursor too. */
const cursorEvery = 20;

export interface Fidelity {
  readonly definitions: number;
  readonly notLocal: number;
  readonly missing: number;
  readonly false: number;
  /** Found, with another range, line or parent. */
  readonly unlike: number;
  readonly wholeFiles: number;
  readonly files: number;
  /** Files where the walk over the parser's memory is not as its cursor's. */
  readonly cursorUnlike: number;
  readonly examples: readonly string[];
}

export async function fidelityOf(language: string, files: readonly string[], show: number): Promise<Fidelity> {
  const grammars = await openGrammars();
  const { rules, grammar: name } = entryOf(language);
  const grammar = grammars.load(name ?? '');
  if (rules === undefined || grammar === null) throw new Error(`The grammar of ${language} is missing.`);
  const sums = {
    definitions: 0,
    notLocal: 0,
    missing: 0,
    false: 0,
    unlike: 0,
    wholeFiles: 0,
    files: 0,
    cursorUnlike: 0,
  };
  const examples: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const quick = fastFacts({ text, language, rules, grammar, module: grammars.module, whole: false });
    const tree = quick === null ? null : parse(grammar, text);
    if (quick === null || tree === null) continue;
    const whole = factsByHeap(grammars.module, grammar, tree, rules, text).definitions;
    if (sums.files++ % cursorEvery === 0) {
      const byCursor = factsOfTree(tree, rules, text, walkByCursor).definitions;
      if (JSON.stringify(byCursor) !== JSON.stringify(whole)) sums.cursorUnlike++;
    }
    tree.delete();
    if (quick.whole) sums.wholeFiles++;
    const wanted = new Map(whole.names.map((_, place) => [keyOf(whole, place), place]));
    const say = (what: string, table: DefinitionTable, place: number): void => {
      const line = (table.nameLines[place] ?? 0) + 1;
      if (examples.length < show) examples.push(`${what} ${file}:${String(line)} ${table.names[place] ?? ''}`);
    };
    quick.definitions.names.forEach((_, place) => {
      const key = keyOf(quick.definitions, place);
      const same = wanted.get(key);
      if (same === undefined) {
        sums.false++;
        say('false', quick.definitions, place);
      } else if (restOf(quick.definitions, place) !== restOf(whole, same)) {
        sums.unlike++;
        say('unlike', quick.definitions, place);
      }
      wanted.delete(key);
    });
    sums.definitions += whole.names.length;
    sums.notLocal += whole.local.reduce((sum, local) => sum + 1 - local, 0);
    for (const place of wanted.values())
      if (whole.local[place] === 0) {
        sums.missing++;
        say('missing', whole, place);
      }
  }
  return { ...sums, examples };
}

function keyOf(table: DefinitionTable, place: number): string {
  return `${String(table.nameStarts[place])} ${String(table.kinds[place])} ${table.names[place] ?? ''}`;
}

function restOf(table: DefinitionTable, place: number): string {
  const { starts, ends, heads, startLines, endLines, nameLines, local, names, parents } = table;
  const columns = [starts, ends, heads, startLines, endLines, nameLines, local].map((column) => column[place]);
  return [...columns, names[parents[place] ?? -1]].join(' ');
}
