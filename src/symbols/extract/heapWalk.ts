/** Walks a syntax tree in the parser's own memory: the same findings as `cursorWalk.ts`, at a fraction of its price. */
import type { Tree } from 'web-tree-sitter';
import type { FoundImport } from './cursorWalk.ts';
import type { Definitions, FoundDefinition } from './definitions.ts';
import { heapFlag, heapNode, inlineFlag, slotBytes } from './heapLayout.ts';
import { partBytes, type HeapMemo } from './heapMemo.ts';
import { HeapNodes, type HeapNode } from './heapNodes.ts';
import { mark, type HeapPlan, type PlannedCondition, type PlannedRule, type PlannedWays } from './heapPlan.ts';
import type { ParserModule } from './parser.ts';

/** From offsets of what was parsed to those of the source. */
export interface OffsetMap {
  startAt(offset: number): number;
  endAt(offset: number): number;
}

/** All that is in the tree, told to `into`. `map` null: the source itself was parsed. */
export function walkHeap(
  module: ParserModule,
  tree: Tree,
  plan: HeapPlan,
  text: string,
  map: OffsetMap | null,
  into: Definitions,
): FoundImport[] {
  const imports: FoundImport[] = [];
  walk(module, tree, plan, text, map, (found) => { into.add(found); }, imports, null); // prettier-ignore
  return imports;
}

/** The same for a tree whose text was parsed itself; what `memo` knows of the tree before is not looked for again. */
export function walkHeapAgain(
  module: ParserModule,
  tree: Tree,
  plan: HeapPlan,
  text: string,
  memo: HeapMemo,
  into: Definitions,
): FoundImport[] {
  // prettier-ignore
  const found = memo.remember((definitions, imports) => {
    walk(module, tree, plan, text, null, (one) => { definitions.push(one); }, imports, memo); // prettier-ignore
  });
  for (const one of found.definitions) into.add(one);
  return found.imports;
}

function walk(
  module: ParserModule,
  tree: Tree,
  plan: HeapPlan,
  text: string,
  map: OffsetMap | null,
  add: (found: FoundDefinition) => void,
  imports: FoundImport[],
  memo: HeapMemo | null,
): void {
  const nodes = new HeapNodes(module, tree, plan.tables);
  const { u8, u16, u32 } = nodes;
  const { marks, hasLeading } = plan;
  const { aliasRows, aliases, isVisible, isNamed } = plan.tables;
  const startOf = (node: HeapNode): number => (map === null ? node.start >> 1 : map.startAt(node.start >> 1));
  const endOf = (node: HeapNode): number => (map === null ? node.end >> 1 : map.endAt(node.end >> 1));
  const textOf = (node: HeapNode): string => text.slice(startOf(node), endOf(node));

  const arrive = (node: HeapNode, ways: PlannedWays): HeapNode | null => {
    for (const way of ways) {
      let at: HeapNode | null = node;
      for (const step of way) {
        let next: HeapNode | null = step.again ? at : nodes.child(at, step);
        if (step.again)
          for (let deeper: HeapNode | null = at; deeper !== null; deeper = nodes.child(deeper, step)) next = deeper;
        if (next !== null && step.symbols !== null && step.symbols[next.symbol] !== 1) next = null;
        at = next;
        if (at === null) break;
      }
      if (at !== null) return at;
    }
    return null;
  };
  const holds = (node: HeapNode, { at, symbols, text: pattern, not }: PlannedCondition): boolean => {
    const there = arrive(node, at);
    const so =
      there !== null && (symbols === null || symbols[there.symbol] === 1) && (pattern?.test(textOf(there)) ?? true);
    return so !== not;
  };
  const fits = (node: HeapNode, { top, under, when, name }: PlannedRule): boolean => {
    if (top && scopes > 0) return false;
    for (let index = 0; index < under.length; index++)
      if (level - index < 1 || under[index]?.[levelSymbols[level - index] ?? 0] !== 1) return false;
    return when.every((one) => holds(node, one)) && arrive(node, name) !== null;
  };
  const define = (node: HeapNode): void => {
    const planned = plan.rules.get(node.symbol)?.find((one) => fits(node, one));
    const name = planned === undefined ? null : arrive(node, planned.name);
    if (planned === undefined || name === null) return;
    let range = node;
    let above = level;
    for (; above > 0 && ((marks[levelSymbols[above] ?? 0] ?? 0) & mark.wrapper) !== 0; above--) {
      const parent = levelNode(above);
      if (nodes.countNamed(parent, range.symbol) !== 1) break;
      range = parent;
    }
    const lead = levelLeads[above] ?? -1;
    const end = endOf(range);
    const body = planned.body === null ? null : arrive(node, planned.body);
    const owner = planned.owner === null ? null : arrive(node, planned.owner);
    const nameStart = startOf(name);
    add({
      rule: planned.rule,
      name: text.slice(nameStart, endOf(name)),
      nameStart,
      start: lead < 0 ? startOf(range) : map === null ? lead >> 1 : map.startAt(lead >> 1),
      end,
      head: body === null ? end : startOf(body),
      scopes,
      owner: owner === null ? null : textOf(owner),
    });
  };
  const visit = (node: HeapNode, marked: number): void => {
    if ((marked & mark.definition) !== 0) define(node);
    if ((marked & mark.import) === 0) return;
    const found = plan.imports.get(node.symbol);
    if (found?.when.every((one) => holds(node, one)) === true)
      imports.push({ read: found.read, start: startOf(node), end: endOf(node) });
  };
  const noteLead = (isLeading: boolean, start: number): void => {
    if (levelOver[level] === 1) levelLeads[level] = -1;
    levelOver[level] = isLeading ? 0 : 1;
    if (isLeading && (levelLeads[level] as number) < 0) levelLeads[level] = start;
  };

  /** What is found in the next node does not reach out of it: neither what is around it nor what stands before it belongs to that. */
  const isApart = (): boolean =>
    level > 0 &&
    ((marks[levelSymbols[level] as number] as number) & mark.wrapper) === 0 &&
    (levelLeads[level] as number) < 0;

  let scopes = 0;
  let depth = 0;
  let level = 0;
  let at = 0;
  levelLeads[0] = -1;
  levelOver[0] = 0;
  let slot = nodes.root;
  let end = slot + slotBytes;
  let aliasAt = -1;
  for (;;) {
    if (slot === end) {
      if (depth === 0) return;
      depth--;
      if ((stackParts[depth] as number) >= 0) memo?.close(stackParts[depth] as number);
      slot = stackSlots[depth] as number;
      end = stackEnds[depth] as number;
      aliasAt = stackAliases[depth] as number;
      if (stackSeen[depth] === 1) {
        if (((marks[levelSymbols[level] as number] as number) & mark.scope) !== 0) scopes--;
        level--;
      }
      continue;
    }
    const low = u32[slot >> 2] as number;
    if ((low & inlineFlag.isInline) !== 0) {
      const high = u32[(slot >> 2) + 1] as number;
      at += (high >>> 16) & 0xff;
      const size = high >>> 24;
      const isExtra = (low & inlineFlag.extra) !== 0;
      let symbol = (low >>> 8) & 0xff;
      let named = (low & inlineFlag.visible) !== 0 && (low & inlineFlag.named) !== 0;
      if (aliasAt >= 0 && !isExtra) {
        const alias = aliases[aliasAt++] as number;
        if (alias !== 0) {
          symbol = alias;
          named = isVisible[alias] === 1 && isNamed[alias] === 1;
        }
      }
      if (named) {
        const marked = marks[symbol] as number;
        if (hasLeading && !isExtra) noteLead((marked & mark.leading) !== 0, at);
        if ((marked & (mark.definition | mark.import)) !== 0)
          visit({ address: 0, start: at, end: at + size, symbol }, marked);
      }
      at += size;
      slot += slotBytes;
      continue;
    }
    const place = low >> 2;
    const children = u32[place + (heapNode.childCount >> 2)] as number;
    const padding = u32[place + (heapNode.padding >> 2)] as number;
    const size = u32[place + (heapNode.size >> 2)] as number;
    const flags = u8[low + heapNode.flags] as number;
    const isExtra = (flags & heapFlag.extra) !== 0;
    let symbol = u16[(low + heapNode.symbol) >> 1] as number;
    let seen = (flags & heapFlag.visible) !== 0;
    let named = (flags & heapFlag.named) !== 0;
    if (aliasAt >= 0 && !isExtra) {
      const alias = aliases[aliasAt++] as number;
      if (alias !== 0) {
        symbol = alias;
        seen = isVisible[alias] === 1;
        named = isNamed[alias] === 1;
      }
    }
    const start = at + padding;
    const marked = seen && named ? (marks[symbol] as number) : 0;
    if (hasLeading && seen && named && !isExtra) noteLead((marked & mark.leading) !== 0, start);
    slot += slotBytes;
    let opened = -1;
    if (memo !== null && seen && size >= partBytes && children > 0 && isApart()) {
      const place = {
        symbol,
        above: levelSymbols[level] as number,
        over: level > 0 ? (levelSymbols[level - 1] as number) : 0,
        scopes,
      };
      if (memo.knows(low, start, place)) {
        at = start + size;
        continue;
      }
      opened = memo.open(low, start, place);
    }
    if ((marked & (mark.definition | mark.import)) !== 0)
      visit({ address: children === 0 ? 0 : low, start, end: start + size, symbol }, marked);
    if (children === 0) {
      at = start + size;
      continue;
    }
    if (depth + 1 >= stackSlots.length) widenStacks();
    stackParts[depth] = opened;
    stackSlots[depth] = slot;
    stackEnds[depth] = end;
    stackAliases[depth] = aliasAt;
    stackSeen[depth] = seen ? 1 : 0;
    depth++;
    if (seen) {
      level++;
      levelSymbols[level] = symbol;
      levelAddresses[level] = low;
      levelStarts[level] = start;
      levelEnds[level] = start + size;
      levelLeads[level] = -1;
      levelOver[level] = 0;
      if (((marks[symbol] as number) & mark.scope) !== 0) scopes++;
    }
    // The padding of a node is that of its first child.
    slot = low - children * slotBytes;
    end = low;
    aliasAt = aliasRows[u16[(low + heapNode.production) >> 1] as number] ?? -1;
  }
}

/** One for all walks: they do not hold each other. */
let stackSlots = new Uint32Array(1 << 12);
let stackEnds = new Uint32Array(1 << 12);
let stackAliases = new Int32Array(1 << 12);
let stackSeen = new Uint8Array(1 << 12);
/** Of the memo; -1: none. */
let stackParts = new Int32Array(1 << 12);
/** Of the visible nodes around the place that the walk is at, from 1; children of the one at `level` are looked at. */
let levelSymbols = new Uint16Array(1 << 12);
let levelAddresses = new Uint32Array(1 << 12);
let levelStarts = new Uint32Array(1 << 12);
let levelEnds = new Uint32Array(1 << 12);
/** Start of what belongs to the definition that comes next on this level, or has just come; -1: nothing. */
let levelLeads = new Int32Array(1 << 12);
/** It has come. */
let levelOver = new Uint8Array(1 << 12);

function levelNode(level: number): HeapNode {
  return {
    address: levelAddresses[level] as number,
    start: levelStarts[level] as number,
    end: levelEnds[level] as number,
    symbol: levelSymbols[level] as number,
  };
}

function widenStacks(): void {
  stackSlots = wider(stackSlots, Uint32Array);
  stackEnds = wider(stackEnds, Uint32Array);
  stackAliases = wider(stackAliases, Int32Array);
  stackSeen = wider(stackSeen, Uint8Array);
  stackParts = wider(stackParts, Int32Array);
  levelSymbols = wider(levelSymbols, Uint16Array);
  levelAddresses = wider(levelAddresses, Uint32Array);
  levelStarts = wider(levelStarts, Uint32Array);
  levelEnds = wider(levelEnds, Uint32Array);
  levelLeads = wider(levelLeads, Int32Array);
  levelOver = wider(levelOver, Uint8Array);
}

function wider<T extends ArrayLike<number> & { set(from: T): void }>(array: T, make: new (length: number) => T): T {
  const wide = new make(array.length * 2);
  wide.set(array);
  return wide;
}
