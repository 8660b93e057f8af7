/** Skeletons of C: bodies of functions, initial values and bodies of macros are cut; structures, enums and declarations stay. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, cutUnitsMin } from './skeletonCut.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const externWord = hashOf('extern');
const defineWord = hashOf('define');
const aggregates = words('struct union enum');

export function skeletonOfC(tokens: Tokens, out: SkeletonWriter, src: Uint16Array): boolean {
  const { kinds, hashes, partners, size } = tokens;
  /** Where the declaration starts that the walk is in. */
  let statement = 0;
  let i = 0;
  while (i < size) {
    const kind = kinds[i] as number;
    const before = i > 0 ? (kinds[i - 1] as number) : 0;
    if (kind === tokenKind.directive) {
      cutMacro(tokens, out, src, i);
      if (i === statement) statement = i + 1;
    } else if (kind === 59) statement = i + 1;
    else if (kind === 125) {
      // After the body of a structure the declaration goes on.
      const open = partners[i] as number;
      if (kinds[open - 1] === tokenKind.text) statement = i + 1;
    } else if (kind === 123) {
      const end = partners[i] as number;
      if (before === tokenKind.text && hashes[i - 2] === externWord) statement = i + 1;
      else if (before === 61) {
        cutBetween(tokens, out, i);
        i = end;
      } else if (isAggregate(tokens, statement, i)) statement = i + 1;
      else if (hasBrackets(tokens, statement, i)) {
        cutBetween(tokens, out, i);
        i = end;
        statement = i + 1;
      } else statement = i + 1;
    }
    i++;
  }
  return true;
}

/** `struct name {`, `struct __attribute__((packed)) name {`: nothing but a name and attributes stands before the bracket. */
function isAggregate({ kinds, hashes, partners }: Tokens, from: number, open: number): boolean {
  let i = open - 1;
  for (; i >= from; i--) {
    const kind = kinds[i] as number;
    if (kind === 41) i = partners[i] as number;
    else if (kind !== tokenKind.name) return false;
    else if (aggregates.has(hashes[i] as number))
      return !(kinds[open - 1] === 41 && i + 1 < open && !isAttribute(kinds, partners, i, open));
  }
  return false;
}

/** Between `struct` and `{` stand attributes alone: `struct a f(int b) {` is a function. */
function isAttribute(kinds: Uint8Array, partners: Int32Array, keyword: number, open: number): boolean {
  const bracket = partners[open - 1] as number;
  return bracket - 1 === keyword + 1 && kinds[bracket + 1] === 40;
}

function hasBrackets({ kinds }: Tokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (kinds[i] === 41) return true;
  return false;
}

/** Leaves of a macro's body no more than its first character. */
function cutMacro({ starts, ends }: Tokens, out: SkeletonWriter, src: Uint16Array, at: number): void {
  let end = ends[at] as number;
  while (end > 0 && (src[end - 1] === 10 || src[end - 1] === 13)) end--;
  let i = skipSpaces(src, (starts[at] as number) + 1, end);
  let hash = 0;
  const wordStart = i;
  while (i < end && (src[i] as number) >= 97 && (src[i] as number) <= 122)
    hash = (Math.imul(hash, 0x01000193) ^ (src[i++] as number)) | 0;
  if (hash !== defineWord || i === wordStart) return;
  i = skipSpaces(src, i, end);
  while (i < end && (src[i] as number) > 32 && src[i] !== 40) i++;
  if (src[i] === 40) {
    while (i < end && src[i] !== 41) i++;
    i++;
  }
  while (i < end && isBetween(src[i] as number)) i++;
  i++;
  // A comment ends the body.
  for (let inner = i; inner + 1 < end; inner++)
    if (src[inner] === 47 && (src[inner + 1] === 42 || src[inner + 1] === 47)) end = inner;
  if (end - i > cutUnitsMin * 2) out.cut(i, end);
}

/** Space, or a line that goes on. */
function isBetween(unit: number): boolean {
  return unit === 32 || unit === 9 || unit === 92 || unit === 13 || unit === 10;
}

function skipSpaces(src: Uint16Array, from: number, end: number): number {
  let i = from;
  while (i < end && (src[i] === 32 || src[i] === 9)) i++;
  return i;
}
