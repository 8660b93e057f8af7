/** Walks a syntax tree with the parser's own cursor and tells what the rules of the language find in it. */
import type { Language, Node, Tree } from 'web-tree-sitter';
import type { Condition, DefinitionRule, ImportReader, ImportRule, LanguageRules } from '../languages/rules.ts';
import type { Definitions } from './definitions.ts';
import { stepsOf, type Step } from './ways.ts';

/** Where an import stands, and how its text is read. */
export interface FoundImport {
  readonly read: ImportReader;
  readonly start: number;
  readonly end: number;
}

/** By id of node type. */
interface Plan {
  readonly definitions: ReadonlyMap<number, readonly DefinitionRule[]>;
  readonly imports: ReadonlyMap<number, ImportRule>;
  readonly scopes: ReadonlySet<number>;
  readonly leading: ReadonlySet<number>;
  readonly wrappers: ReadonlySet<string>;
  readonly trailing: ReadonlySet<string>;
}

/** One level of the walk. */
interface Level {
  readonly node: number;
  /** Start of what belongs to the definition that comes next on this level, or has just come; -1: nothing. */
  lead: number;
  /** It has come. */
  over: boolean;
}

const plans = new WeakMap<Language, Plan>();

export function walkByCursor(tree: Tree, rules: LanguageRules, text: string, into: Definitions): FoundImport[] {
  const plan = planOf(tree.language, rules);
  const imports: FoundImport[] = [];
  const cursor = tree.walk();
  const levels: Level[] = [{ node: -1, lead: -1, over: false }];
  let scopes = 0;

  const visit = (id: number): void => {
    if (!cursor.nodeIsNamed) return;
    if (plan.leading.size > 0) noteLead(id);
    const rule = plan.definitions.get(id);
    const importRule = plan.imports.get(id);
    if (rule !== undefined) define(cursor.currentNode, rule);
    if (importRule !== undefined && holdAll(cursor.currentNode, importRule.when, text))
      imports.push({ read: importRule.read, start: cursor.startIndex, end: cursor.endIndex });
  };

  const noteLead = (id: number): void => {
    const level = levels.at(-1);
    if (level === undefined || cursor.currentNode.isExtra) return;
    if (level.over) level.lead = -1;
    level.over = !plan.leading.has(id);
    if (!level.over && level.lead < 0) level.lead = cursor.startIndex;
  };

  const define = (node: Node, candidates: readonly DefinitionRule[]): void => {
    const rule = candidates.find((one) => (one.top !== true || scopes === 0) && fits(node, one, text));
    const name = rule === undefined ? null : arrive(node, rule.name);
    if (rule === undefined || name === null) return;
    const [range, climbed] = wrapped(node, plan.wrappers);
    const lead = levels.at(-1 - climbed)?.lead ?? -1;
    const owner = rule.owner === undefined ? null : arrive(node, rule.owner);
    const trailing = plan.trailing.size === 0 ? null : range.nextNamedSibling;
    const body = rule.body === undefined ? null : arrive(node, rule.body);
    const tail = trailing !== null && plan.trailing.has(trailing.type) ? trailing : null;
    const end = (tail ?? range).endIndex;
    into.add({
      rule,
      name: text.slice(name.startIndex, name.endIndex),
      nameStart: name.startIndex,
      start: lead < 0 ? range.startIndex : lead,
      end,
      head: (body ?? tail)?.startIndex ?? end,
      scopes,
      owner: owner === null ? null : text.slice(owner.startIndex, owner.endIndex),
    });
  };

  for (;;) {
    const id = cursor.nodeTypeId;
    visit(id);
    if (cursor.gotoFirstChild()) {
      levels.push({ node: id, lead: -1, over: false });
      if (plan.scopes.has(id)) scopes++;
      continue;
    }
    while (!cursor.gotoNextSibling()) {
      const left = levels.pop();
      if (left === undefined || !cursor.gotoParent()) {
        cursor.delete();
        return imports;
      }
      if (plan.scopes.has(left.node)) scopes--;
    }
  }
}

function planOf(language: Language, rules: LanguageRules): Plan {
  let plan = plans.get(language);
  if (plan === undefined) plans.set(language, (plan = makePlan(language, rules)));
  return plan;
}

function makePlan(language: Language, rules: LanguageRules): Plan {
  const ids = new Map<string, number[]>();
  language.types.forEach((type, id) => {
    if (language.nodeTypeIsNamed(id)) ids.set(type, [...(ids.get(type) ?? []), id]);
  });
  const byId = <T>(table: Readonly<Record<string, T>>): [number, T][] =>
    Object.entries(table).flatMap(([type, value]) => (ids.get(type) ?? []).map((id): [number, T] => [id, value]));
  const set = (types: readonly string[] = []): Set<number> => new Set(types.flatMap((type) => ids.get(type) ?? []));
  return {
    definitions: new Map(byId(rules.definitions).map(([id, rule]) => [id, isList(rule) ? rule : [rule]])),
    imports: new Map(byId(rules.imports ?? {})),
    scopes: set(rules.scopes),
    leading: set(rules.leading),
    wrappers: new Set(rules.wrappers),
    trailing: new Set(rules.trailing),
  };
}

function isList(rule: DefinitionRule | readonly DefinitionRule[]): rule is readonly DefinitionRule[] {
  return Array.isArray(rule);
}

function fits(node: Node, rule: DefinitionRule, text: string): boolean {
  let above: Node | null = node;
  for (const types of rule.under ?? []) {
    above = above.parent;
    if (above === null || !types.includes(above.type)) return false;
  }
  return holdAll(node, rule.when, text) && arrive(node, rule.name) !== null;
}

function holdAll(node: Node, conditions: readonly Condition[] | undefined, text: string): boolean {
  return conditions?.every((one) => holds(node, one, text)) ?? true;
}

function holds(node: Node, { at, types, text: pattern, not }: Condition, text: string): boolean {
  const there = arrive(node, at);
  const so =
    there !== null &&
    (types?.includes(there.type) ?? true) &&
    (pattern?.test(text.slice(there.startIndex, there.endIndex)) ?? true);
  return so !== (not === true);
}

function arrive(node: Node, ways: DefinitionRule['name']): Node | null {
  for (const way of stepsOf(ways)) {
    let at: Node | null = node;
    for (const step of way) at = at === null ? null : go(at, step);
    if (at !== null) return at;
  }
  return null;
}

function go(node: Node, { field, again, types }: Step): Node | null {
  if (field === null) return node.namedChildren.find((child) => types?.includes(child.type)) ?? null;
  let at = again ? node : node.childForFieldName(field);
  if (again) for (let next = at; next !== null; next = next.childForFieldName(field)) at = next;
  return at === null || (types?.includes(at.type) ?? true) ? at : null;
}

/** The node whose range the definition has, and how many levels it is above. */
function wrapped(node: Node, wrappers: ReadonlySet<string>): [Node, number] {
  let [at, climbed] = [node, 0];
  for (let parent = at.parent; parent !== null && wrappers.has(parent.type); parent = at.parent, climbed++) {
    const { type } = at;
    if (parent.namedChildren.filter((child) => child.type === type).length !== 1) break;
    at = parent;
  }
  return [at, climbed];
}
