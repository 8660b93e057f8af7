/** Collects the definitions of a file in the order of their starts, and tells what belongs to what. */
import { symbolKinds, type SymbolKind } from '../../core/symbols.ts';
import type { DefinitionTable } from '../facts.ts';
import { indexLimits } from '../indexLimits.ts';
import type { DefinitionRule } from '../languages/rules.ts';

/** A definition as a walk meets it. Offsets in UTF-16 units of the whole text. */
export interface FoundDefinition {
  readonly rule: Pick<DefinitionRule, 'kind' | 'member' | 'depth' | 'alias'>;
  /** As it stands in the text; quotes around it do not count. */
  readonly name: string;
  readonly nameStart: number;
  readonly start: number;
  readonly end: number;
  /** Where its body begins; `end` when it has none. */
  readonly head: number;
  /** Functions around it. */
  readonly scopes: number;
  /** Name of the type that it belongs to, for what stands outside of it. */
  readonly owner: string | null;
}

export interface Definitions {
  /** Outer ones first, starts never fall. */
  add(found: FoundDefinition): void;
  table(lines: LineStarts): DefinitionTable;
}

interface Kept extends Omit<FoundDefinition, 'rule'> {
  kind: SymbolKind;
  parent: number;
  readonly alias: boolean;
  readonly member: SymbolKind | null;
}

const quotes = new Set([34, 39, 96]);
const typeLike = new Set<SymbolKind>(['class', 'interface', 'enum', 'type']);

export function collectDefinitions(): Definitions {
  const kept: Kept[] = [];
  /** Places of those around the place that the walk is at, the innermost last. */
  const around: number[] = [];
  return {
    add(found) {
      const isQuoted =
        quotes.has(found.name.charCodeAt(0)) && found.name.length > 1 && found.name.at(-1) === found.name[0];
      const name = isQuoted ? found.name.slice(1, -1) : found.name;
      if (
        !isName(name) ||
        kept.length >= (found.rule.kind === 'key' ? indexLimits.fileKeys : indexLimits.fileDefinitions)
      )
        return;
      for (;;) {
        const last = kept[around.at(-1) ?? -1];
        // Two of the very same range stand side by side in one declaration.
        const within = last !== undefined && found.start < last.end && (last.alias || !sameRange(found, last));
        if (last === undefined || within) break;
        around.pop();
      }
      if (found.rule.depth !== undefined && around.length >= found.rule.depth) return;
      const parent = around.findLast((place) => kept[place]?.alias === false) ?? -1;
      const { rule, start, end, head, scopes, owner } = found;
      const nameStart = found.nameStart + (isQuoted ? 1 : 0);
      const alias = rule.alias === true;
      const kind = memberKind(rule, found.scopes, kept[parent]) ?? rule.kind;
      const member = rule.member ?? null;
      around.push(kept.push({ name, nameStart, start, end, head, scopes, owner, kind, parent, alias, member }) - 1);
    },
    table: (lines) => toTable(withOwners(withoutAliases(kept)), lines),
  };
}

/** Offsets of the starts of all lines. Only `\n` ends a line. */
export type LineStarts = Uint32Array;

export function lineStarts(text: string): LineStarts {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}

/** Line, from 0, that holds the place. */
export function lineAt(lines: LineStarts, place: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

export const noDefinitions: DefinitionTable = toTable([], Uint32Array.of(0));

function sameRange(one: { start: number; end: number }, other: { start: number; end: number }): boolean {
  return one.start === other.start && one.end === other.end;
}

function isName(name: string): boolean {
  return name !== '' && name.length <= indexLimits.nameChars && !/[\n\r]/.test(name);
}

function memberKind(rule: FoundDefinition['rule'], scopes: number, parent: Kept | undefined): SymbolKind | undefined {
  return parent !== undefined && typeLike.has(parent.kind) && parent.scopes === scopes ? rule.member : undefined;
}

/** `typedef struct Node {…} Node;` is one thing. */
function withoutAliases(all: readonly Kept[]): Kept[] {
  const twice = new Set<number>();
  all.forEach((outer, place) => {
    if (!outer.alias) return;
    for (let inner = place + 1; (all[inner]?.start ?? Infinity) < outer.end; inner++)
      if (all[inner]?.name === outer.name && all[inner]?.alias === false) twice.add(place);
  });
  if (twice.size === 0) return [...all];
  const places = new Map<number, number>();
  const left = all.filter((_, place) => !twice.has(place));
  all.forEach((one, place) => twice.has(place) || places.set(place, places.size));
  for (const one of left) one.parent = places.get(one.parent) ?? -1;
  return left;
}

/** What says whose it is belongs to what has that name: beside it, or at the top of the file; a type before anything else. */
function withOwners(all: Kept[]): Kept[] {
  if (!all.some(({ owner }) => owner !== null)) return all;
  const known = new Map<string, number>();
  all.forEach(({ name, kind, parent, owner, scopes }, place) => {
    if (owner !== null || scopes > 0) return;
    const key = `${parent} ${name}`;
    const before = all[known.get(key) ?? -1];
    if (before === undefined || (typeLike.has(kind) && !typeLike.has(before.kind))) known.set(key, place);
  });
  const owners = all.map(({ owner, parent }) =>
    owner === null ? undefined : (known.get(`${parent} ${owner}`) ?? known.get(`-1 ${owner}`)),
  );
  all.forEach((one, place) => {
    const owner = owners[place];
    if (one.owner === null || owner === place) return;
    if (owner !== undefined) one.parent = owner;
    if (one.member !== null && (owner === undefined || all[owner]?.kind !== 'module')) one.kind = one.member;
  });
  return all;
}

function toTable(all: readonly Kept[], lines: LineStarts): DefinitionTable {
  // `Uint32Array.from` with a function is ten times slower.
  const numbers = (of: (one: Kept) => number): Uint32Array => new Uint32Array(all.map(of));
  return {
    names: all.map(({ name }) => name),
    kinds: new Uint8Array(all.map(({ kind }) => symbolKinds.indexOf(kind))),
    local: new Uint8Array(all.map(({ scopes }) => (scopes > 0 ? 1 : 0))),
    starts: numbers(({ start }) => start),
    ends: numbers(({ end }) => end),
    nameStarts: numbers(({ nameStart }) => nameStart),
    heads: numbers(({ head }) => head),
    startLines: numbers(({ start }) => lineAt(lines, start)),
    endLines: numbers(({ start, end }) => lineAt(lines, Math.max(start, end - 1))),
    nameLines: numbers(({ nameStart }) => lineAt(lines, nameStart)),
    parents: new Int32Array(all.map(({ parent }) => parent)),
  };
}
