/** What all skeletons cut, and from what size on. */
import type { Tokens } from './scanTokens.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

/** Shorter ones cost more to cut than to parse. */
export const cutUnitsMin = 12;
/** Longer texts in quotes are emptied: names and paths of imports are shorter. */
export const textUnitsMax = 80;

/** Empties the brackets that open at `open`. */
export function cutBetween(tokens: Tokens, out: SkeletonWriter, open: number): void {
  const from = tokens.ends[open] as number;
  const to = tokens.starts[tokens.partners[open] as number] as number;
  if (to - from > cutUnitsMin) out.cut(from, to);
}
