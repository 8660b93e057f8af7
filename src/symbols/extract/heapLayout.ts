/**
 * Where web-tree-sitter 0.27 keeps what in its memory: nodes of a syntax tree and the tables of a grammar. It is private to the parser, so
 * `heapCheck.ts` compares what is read by it with what the parser's own cursor says, before anything relies on it.
 */
import type { Language, Tree } from 'web-tree-sitter';
import type { ParserModule } from './parser.ts';

/** Of a node on the heap, in bytes from its address; its children's slots of 8 bytes lie before it. */
export const heapNode = {
  padding: 4,
  size: 16,
  errorCost: 32,
  childCount: 36,
  symbol: 40,
  flags: 44,
  production: 66,
} as const;
export const slotBytes = 8;
/** Bits of `flags`. */
export const heapFlag = { visible: 1, named: 2, extra: 4 } as const;
/** Bits of a slot that is the node itself. */
export const inlineFlag = { isInline: 1, visible: 2, named: 4, extra: 8 } as const;

/** The tables of a grammar, copied out of the memory. */
export interface GrammarTables {
  /** Names by symbol; two symbols may have one name. */
  readonly types: readonly (string | null)[];
  readonly isNamed: Uint8Array;
  readonly isVisible: Uint8Array;
  /** By production: from where in `aliases` its children's other symbols stand; -1: none has one. */
  readonly aliasRows: Int32Array;
  readonly aliases: Uint16Array;
  /** By production: its entries in `fields`, three places each: field, child, whether the child says which of its own. */
  readonly fieldStarts: Uint32Array;
  readonly fields: Uint16Array;
  fieldId(name: string): number;
}

export function readTables(module: ParserModule, language: Language): GrammarTables {
  const { HEAPU8, HEAPU16, HEAPU32 } = module;
  const at = addressOf(language) >> 2;
  const word = (place: number): number => HEAPU32[at + place] ?? 0;
  const symbols = word(1) + word(2);
  const productions = word(7);
  const rowLength = HEAPU16[(at + 9) << 1] ?? 0;
  const isNamed = new Uint8Array(65_536);
  const isVisible = new Uint8Array(65_536);
  for (let symbol = 0; symbol < symbols; symbol++) {
    isVisible[symbol] = HEAPU8[word(18) + symbol * 3] ?? 0;
    isNamed[symbol] = HEAPU8[word(18) + symbol * 3 + 1] ?? 0;
  }
  const aliases = HEAPU16.slice(word(21) >> 1, (word(21) >> 1) + productions * rowLength);
  const aliasRows = Int32Array.from({ length: productions }, (_, production) => {
    const row = aliases.subarray(production * rowLength, (production + 1) * rowLength);
    return row.some((symbol) => symbol !== 0) ? production * rowLength : -1;
  });
  const fields: number[] = [];
  const fieldStarts = new Uint32Array(productions + 1);
  for (let production = 0; production < productions; production++) {
    const slice = (word(16) >> 1) + production * 2;
    for (let index = 0; index < (HEAPU16[slice + 1] ?? 0); index++) {
      const entry = word(17) + ((HEAPU16[slice] ?? 0) + index) * 4;
      fields.push(HEAPU16[entry >> 1] ?? 0, HEAPU8[entry + 2] ?? 0, HEAPU8[entry + 3] ?? 0);
    }
    fieldStarts[production + 1] = fields.length;
  }
  return {
    types: language.types,
    isNamed,
    isVisible,
    aliasRows,
    aliases,
    fieldStarts,
    fields: Uint16Array.from(fields),
    fieldId: (name) => language.fieldIdForName(name) ?? 0,
  };
}

/** Of the slot that holds the root. */
export function rootSlot(tree: Tree): number {
  return addressOf(tree);
}

/** The parser's objects keep their address in their first place. */
function addressOf(holder: Language | Tree): number {
  return (holder as unknown as readonly number[])[0] ?? 0;
}
