/** Nodes of a syntax tree in the parser's memory, and the ways from one to those below it. */
import type { Tree } from 'web-tree-sitter';
import { heapFlag, heapNode, inlineFlag, rootSlot, slotBytes, type GrammarTables } from './heapLayout.ts';
import type { ParserModule } from './parser.ts';

/** A node that can be seen. `address` 0: it has nothing below. Offsets in bytes of the text that was parsed. */
export interface HeapNode {
  readonly address: number;
  readonly start: number;
  readonly end: number;
  readonly symbol: number;
}

/** What is looked for among the children of a node. */
export interface Wanted {
  /** 0: any field. */
  readonly field: number;
  /** Of named children, by symbol; null: any. */
  readonly symbols: Uint8Array | null;
}

/** Reads until the memory next grows, so for one walk. */
export class HeapNodes {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly root: number;
  readonly tables: GrammarTables;

  constructor(module: ParserModule, tree: Tree, tables: GrammarTables) {
    this.u8 = module.HEAPU8;
    this.u16 = module.HEAPU16;
    this.u32 = module.HEAPU32;
    this.root = rootSlot(tree);
    this.tables = tables;
  }

  /** The first child that is wanted. */
  child(node: HeapNode, wanted: Wanted): HeapNode | null {
    return node.address === 0 ? null : this.#first(node.address, node.start, wanted, false);
  }

  /** How many of its named children, comments included, are of the type. */
  countNamed(node: HeapNode, symbol: number): number {
    return node.address === 0 ? 0 : this.#count(node.address, this.tables.types[symbol] ?? null);
  }

  #first(address: number, start: number, wanted: Wanted, found: boolean): HeapNode | null {
    const { u32, u16 } = this;
    const count = u32[(address + heapNode.childCount) >> 2] as number;
    const production = u16[(address + heapNode.production) >> 1] as number;
    const row = this.tables.aliasRows[production] ?? -1;
    let slot = address - count * slotBytes;
    let at = start;
    let structural = 0;
    for (let index = 0; index < count; index++, slot += slotBytes) {
      const low = u32[slot >> 2] as number;
      const isInline = (low & inlineFlag.isInline) !== 0;
      const high = u32[(slot >> 2) + 1] as number;
      const padding = isInline ? (high >>> 16) & 0xff : (u32[(low + heapNode.padding) >> 2] as number);
      const size = isInline ? high >>> 24 : (u32[(low + heapNode.size) >> 2] as number);
      const flags = isInline ? low >> 1 : (this.u8[low + heapNode.flags] as number);
      const isExtra = (flags & heapFlag.extra) !== 0;
      if (index > 0) at += padding;
      const alias = isExtra || row < 0 ? 0 : (this.tables.aliases[row + structural] as number);
      let symbol = alias;
      if (alias === 0) symbol = isInline ? (low >>> 8) & 0xff : (u16[(low + heapNode.symbol) >> 1] as number);
      const isVisible = alias === 0 ? (flags & heapFlag.visible) !== 0 : this.tables.isVisible[alias] === 1;
      const field =
        wanted.field === 0 || found ? 1 : isExtra ? 0 : this.#holdsField(production, structural, wanted.field);
      if (isVisible) {
        const isNamed = alias === 0 ? (flags & heapFlag.named) !== 0 : this.tables.isNamed[alias] === 1;
        const fits =
          field === 1 &&
          (wanted.field !== 0 || isNamed) &&
          (wanted.symbols === null || wanted.field !== 0 || wanted.symbols[symbol] === 1);
        if (fits) return { address: isInline || this.#isLeaf(low) ? 0 : low, start: at, end: at + size, symbol };
      } else if (!isInline && field !== 0 && !this.#isLeaf(low)) {
        const below = this.#first(low, at, wanted, found || (wanted.field !== 0 && field === 1));
        if (below !== null) return below;
      }
      at += size;
      if (!isExtra) structural++;
    }
    return null;
  }

  /** 1: the child has the field; 2: one below it has; 0: neither. */
  #holdsField(production: number, structural: number, field: number): number {
    const { fieldStarts, fields } = this.tables;
    const end = fieldStarts[production + 1] as number;
    let holds = 0;
    for (let at = fieldStarts[production] as number; at < end; at += 3)
      if (fields[at] === field && fields[at + 1] === structural) {
        if (fields[at + 2] === 0) return 1;
        holds = 2;
      }
    return holds;
  }

  #count(address: number, type: string | null): number {
    const { u32, u16, u8, tables } = this;
    const count = u32[(address + heapNode.childCount) >> 2] as number;
    const row = tables.aliasRows[u16[(address + heapNode.production) >> 1] as number] ?? -1;
    let slot = address - count * slotBytes;
    let structural = 0;
    let found = 0;
    for (let index = 0; index < count; index++, slot += slotBytes) {
      const low = u32[slot >> 2] as number;
      const isInline = (low & inlineFlag.isInline) !== 0;
      const flags = isInline ? low >> 1 : (u8[low + heapNode.flags] as number);
      const isExtra = (flags & heapFlag.extra) !== 0;
      const alias = isExtra || row < 0 ? 0 : (tables.aliases[row + structural] as number);
      if (!isExtra) structural++;
      const isVisible = alias === 0 ? (flags & heapFlag.visible) !== 0 : tables.isVisible[alias] === 1;
      if (isVisible) {
        const symbol =
          alias !== 0 ? alias : isInline ? (low >>> 8) & 0xff : (u16[(low + heapNode.symbol) >> 1] as number);
        const isNamed = alias === 0 ? (flags & heapFlag.named) !== 0 : tables.isNamed[alias] === 1;
        if (isNamed && (tables.types[symbol] ?? null) === type) found++;
      } else if (!isInline && !this.#isLeaf(low)) found += this.#count(low, type);
    }
    return found;
  }

  #isLeaf(address: number): boolean {
    return this.u32[(address + heapNode.childCount) >> 2] === 0;
  }
}
