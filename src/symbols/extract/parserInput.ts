/** Feeds the parser from an array of UTF-16 units, copied into its memory as they stand, where its own way makes a string of each piece. */
import type { Tree } from 'web-tree-sitter';
import type { Grammar, ParserModule } from './parser.ts';

/** Units that the parser has room for at a time. */
const pieceUnits = 5 * 1024 - 1;

let units: Uint16Array | null = null;
let length = 0;

/** What is handed to the parser's code when it starts, with the asking for text led here. */
export function withUnitInput(imports: object, module: Partial<ParserModule>): object {
  const { env } = imports as { readonly env: Readonly<Record<string, unknown>> };
  const usual = env.tree_sitter_parse_callback as (...places: number[]) => void;
  const give = (buffer: number, index: number, row: number, column: number, lengthPlace: number): void => {
    if (units === null || module.HEAPU16 === undefined || module.HEAPU32 === undefined) {
      usual(buffer, index, row, column, lengthPlace);
      return;
    }
    const end = Math.min(length, index + pieceUnits);
    module.HEAPU16.set(units.subarray(Math.min(index, end), end), buffer >> 1);
    module.HEAPU32[lengthPlace >> 2] = Math.max(0, end - index);
  };
  return { ...imports, env: { ...env, tree_sitter_parse_callback: give } };
}

/** The tree of `from[0, size)`, which whoever asked for it deletes; null when the parser gives up. */
export function parseUnits(grammar: Grammar, from: Uint16Array, size: number): Tree | null {
  units = from;
  length = size;
  try {
    return grammar.parser.parse('');
  } catch {
    grammar.parser.reset();
    return null;
  } finally {
    units = null;
  }
}
