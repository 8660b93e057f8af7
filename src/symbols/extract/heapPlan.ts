/** The rules of a language by the numbers of its grammar, as the walk over the parser's memory asks for them. */
import type { Condition, DefinitionRule, ImportReader, LanguageRules } from '../languages/rules.ts';
import type { GrammarTables } from './heapLayout.ts';
import type { Wanted } from './heapNodes.ts';
import { stepsOf } from './ways.ts';

export const mark = { definition: 1, import: 2, scope: 4, leading: 8, wrapper: 16 } as const;

export interface PlannedStep extends Wanted {
  readonly again: boolean;
}
export type PlannedWays = readonly (readonly PlannedStep[])[];

export interface PlannedCondition {
  readonly at: PlannedWays;
  readonly symbols: Uint8Array | null;
  readonly text: RegExp | null;
  readonly not: boolean;
}

export interface PlannedRule {
  readonly rule: DefinitionRule;
  readonly name: PlannedWays;
  readonly owner: PlannedWays | null;
  readonly body: PlannedWays | null;
  readonly when: readonly PlannedCondition[];
  readonly under: readonly Uint8Array[];
  readonly top: boolean;
}

export interface HeapPlan {
  readonly tables: GrammarTables;
  /** By symbol: bits of `mark`. */
  readonly marks: Uint8Array;
  readonly rules: ReadonlyMap<number, readonly PlannedRule[]>;
  readonly imports: ReadonlyMap<number, { readonly read: ImportReader; readonly when: readonly PlannedCondition[] }>;
  readonly hasLeading: boolean;
}

export function makeHeapPlan(tables: GrammarTables, language: LanguageRules): HeapPlan {
  const marks = new Uint8Array(65_536);
  const symbols = (types: readonly string[], named: boolean): number[] =>
    tables.types.flatMap((type, symbol) =>
      type !== null && types.includes(type) && (!named || tables.isNamed[symbol] === 1) ? [symbol] : [],
    );
  const set = (types: readonly string[], named = false): Uint8Array => {
    const found = new Uint8Array(65_536);
    for (const symbol of symbols(types, named)) found[symbol] = 1;
    return found;
  };
  const put = (types: readonly string[], bit: number): void => {
    for (const symbol of symbols(types, true)) marks[symbol] = (marks[symbol] ?? 0) | bit;
  };
  const ways = (of: DefinitionRule['name']): PlannedWays =>
    stepsOf(of).map((steps) =>
      steps.map(({ field, again, types }) => ({
        field: field === null ? 0 : tables.fieldId(field) || noField,
        again,
        symbols: types === null ? null : set(types, field === null),
      })),
    );
  const conditions = (of: readonly Condition[] = []): PlannedCondition[] =>
    of.map(({ at, types, text, not }) => ({
      at: ways(at),
      symbols: types === undefined ? null : set(types),
      text: text ?? null,
      not: not === true,
    }));
  const planned = (rule: DefinitionRule): PlannedRule => ({
    rule,
    name: ways(rule.name),
    owner: rule.owner === undefined ? null : ways(rule.owner),
    body: rule.body === undefined ? null : ways(rule.body),
    when: conditions(rule.when),
    under: (rule.under ?? []).map((types) => set(types)),
    top: rule.top === true,
  });
  const rules = new Map<number, readonly PlannedRule[]>();
  for (const [type, rule] of Object.entries(language.definitions)) {
    put([type], mark.definition);
    const all = [rule].flat().map(planned);
    for (const symbol of symbols([type], true)) rules.set(symbol, all);
  }
  const imports: [number, { read: ImportReader; when: PlannedCondition[] }][] = [];
  for (const [type, { read, when }] of Object.entries(language.imports ?? {})) {
    put([type], mark.import);
    for (const symbol of symbols([type], true)) imports.push([symbol, { read, when: conditions(when) }]);
  }
  put(language.scopes, mark.scope);
  put(language.leading ?? [], mark.leading);
  put(language.wrappers ?? [], mark.wrapper);
  return { tables, marks, rules, imports: new Map(imports), hasLeading: language.leading !== undefined };
}

/** A field that the grammar does not have: no child has it. */
const noField = 65_535;
