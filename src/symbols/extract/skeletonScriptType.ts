/** Where a type of TypeScript ends. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';

const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
/** In a type an operand follows. */
const typePrefixes = words('keyof typeof readonly asserts is infer unique new abstract extends');
const typeInfixes = words('is extends');

/** The place after the type that starts at `at`. */
export function skipType(tokens: Tokens, at: number, to: number): number {
  const { kinds, hashes, partners } = tokens;
  let isWanted = true;
  let angles = 0;
  let i = at;
  while (i < to) {
    const kind = kinds[i] as number;
    if (kind === 123) {
      if (!isWanted && angles <= 0) return i;
      i = (partners[i] as number) + 1;
      isWanted = false;
    } else if (kind === 40 || kind === 91) {
      i = (partners[i] as number) + 1;
      isWanted = false;
    } else if (kind === tokenKind.name) {
      const hash = hashes[i] as number;
      if (isWanted) isWanted = typePrefixes.has(hash) && kinds[i + 1] !== 59 && kinds[i + 1] !== 44;
      else if (typeInfixes.has(hash)) isWanted = true;
      else if (angles <= 0) return i;
      i++;
    } else if (kind === tokenKind.text || kind === tokenKind.number) {
      if (!isWanted && angles <= 0) return i;
      i++;
      while (kinds[i] === tokenKind.holeOpen && i < to) i = (partners[i] as number) + 2;
      isWanted = false;
    } else if (kind === 60) {
      angles++;
      isWanted = true;
      i++;
    } else if (kind === 62) {
      if (angles <= 0) return i;
      angles--;
      isWanted = false;
      i++;
    } else if (kind === 61) {
      if (angles <= 0) {
        // A function type goes on after its arrow; an arrow function's own return type ends before it.
        if (kinds[i + 1] !== 62 || kinds[i - 1] !== 41 || !isFunctionType(tokens, i, at)) return i;
      }
      i += kinds[i + 1] === 62 ? 2 : 1;
      isWanted = true;
    } else if (kind === 124 || kind === 38 || kind === 46 || kind === 63 || kind === 58 || kind === 45) {
      if (kind === 58 && angles <= 0 && !hasQuestion(tokens, at, i)) return i;
      isWanted = true;
      i++;
    } else if (kind === 44 && angles > 0) {
      isWanted = true;
      i++;
    } else return i;
  }
  return to;
}

/** The `(…)` before the arrow at `arrow` starts an operand of the type. */
function isFunctionType(tokens: Tokens, arrow: number, at: number): boolean {
  return (tokens.partners[arrow - 1] as number) >= at;
}

function hasQuestion(tokens: Tokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (tokens.kinds[i] === 63) return true;
  return false;
}
