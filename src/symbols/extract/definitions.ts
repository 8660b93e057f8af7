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
  /** Those around the place that the walk is at, the innermost last, and their places. */
  const around: Kept[] = [];
  const places: number[] = [];
  return {
    add(found) {
      const { rule, start, end, head, scopes, owner } = found;
      const isQuoted =
        quotes.has(found.name.charCodeAt(0)) && found.name.length > 1 && found.name.at(-1) === found.name[0];
      const name = isQuoted ? found.name.slice(1, -1) : found.name;
      if (!isName(name) || kept.length >= (rule.kind === 'key' ? indexLimits.fileKeys : indexLimits.fileDefinitions))
        return;
      for (let last = around.at(-1); last !== undefined; last = around.at(-1)) {
        // Two of the very same range stand side by side in one declaration.
        if (start < last.end && (last.alias || start !== last.start || end !== last.end)) break;
        around.pop();
        places.pop();
      }
      if (rule.depth !== undefined && around.length >= rule.depth) return;
      let level = around.length - 1;
      while (level >= 0 && around[level]?.alias === true) level--;
      const outer = level < 0 ? undefined : around[level];
      const one: Kept = {
        name,
        nameStart: found.nameStart + (isQuoted ? 1 : 0),
        start,
        end,
        head,
        scopes,
        owner,
        kind: memberKind(rule, scopes, outer) ?? rule.kind,
        parent: level < 0 ? -1 : (places[level] ?? -1),
        alias: rule.alias === true,
        member: rule.member ?? null,
      };
      around.push(one);
      places.push(kept.push(one) - 1);
    },
    table: (lines) => toTable(withOwners(withoutAliases(kept)), lines),
  };
}

/** Offsets of the starts of all lines. Only `\n` ends a line. */
export type LineStarts = Uint32Array;

export function lineStarts(text: string): LineStarts {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return new Uint32Array(starts); // `from` is ten times slower
}

/** Line, from 0, that holds the place; near the line `from` it is found sooner. */
export function lineAt(lines: LineStarts, place: number, from = 0): number {
  let low = (lines[from] ?? 0) <= place ? from : 0;
  let step = 1;
  // Most are near.
  while (low + step < lines.length && (lines[low + step] as number) <= place) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, lines.length) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as number) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}

export const noDefinitions: DefinitionTable = toTable([], Uint32Array.of(0));

function isName(name: string): boolean {
  return name !== '' && name.length <= indexLimits.nameChars && !name.includes('\n') && !name.includes('\r');
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

/** In one piece of memory, which is handed from thread to thread sooner than eleven. */
function toTable(all: readonly Kept[], lines: LineStarts): DefinitionTable {
  const count = all.length;
  const memory = new ArrayBuffer(34 * count);
  const numbers = (place: number): Uint32Array => new Uint32Array(memory, 4 * place * count, count);
  const table = {
    names: all.map(({ name }) => name),
    starts: numbers(0),
    ends: numbers(1),
    nameStarts: numbers(2),
    heads: numbers(3),
    startLines: numbers(4),
    endLines: numbers(5),
    nameLines: numbers(6),
    parents: new Int32Array(memory, 28 * count, count),
    kinds: new Uint8Array(memory, 32 * count, count),
    local: new Uint8Array(memory, 33 * count, count),
  };
  let line = 0;
  for (let i = 0; i < count; i++) {
    const { kind, scopes, start, end, nameStart, head, parent } = all[i] as Kept;
    line = lineAt(lines, start, line);
    table.kinds[i] = symbolKinds.indexOf(kind);
    table.local[i] = scopes > 0 ? 1 : 0;
    table.starts[i] = start;
    table.ends[i] = end;
    table.nameStarts[i] = nameStart;
    table.heads[i] = head;
    table.startLines[i] = line;
    table.endLines[i] = lineAt(lines, Math.max(start, end - 1), line);
    table.nameLines[i] = lineAt(lines, nameStart, line);
    table.parents[i] = parent;
  }
  return table;
}
