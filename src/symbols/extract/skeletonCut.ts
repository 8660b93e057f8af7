/** What all skeletons cut, and from what size on. */
import type { Tokens } from './scanTokens.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

/** Shorter ones cost more to cut than to parse. */
export const cutUnitsMin = 12;
/** Longer texts in quotes are emptied: names and paths of imports are shorter. */
export const textUnitsMax = 80;

/** Functions so long are made of others: what is inside them is worth knowing by name, so their bodies stay. */
const longFunctionLines = 120;

export function isLong(src: Uint16Array, from: number, to: number): boolean {
  let lines = 0;
  for (let at = from; at < to; at++) if (src[at] === 10 && ++lines > longFunctionLines) return true;
  return false;
}

/** Empties the brackets that open at `open`. */
export function cutBetween(tokens: Tokens, out: SkeletonWriter, open: number): void {
  const from = tokens.ends[open] as number;
  const to = tokens.starts[tokens.partners[open] as number] as number;
  if (to - from > cutUnitsMin) out.cut(from, to);
}
