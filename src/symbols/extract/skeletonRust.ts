/** Skeletons of Rust: bodies of functions, what macros are given, and values are cut; modules, implementations and types stay. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, isLong } from './skeletonCut.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const fnWord = hashOf('fn');
const valued = words('const static');
const afterConst = words('fn unsafe async extern');

export function skeletonOfRust(tokens: Tokens, out: SkeletonWriter, src: Uint16Array): boolean {
  const { kinds, starts, hashes, partners, size } = tokens;
  let i = 0;
  while (i < size) {
    const kind = kinds[i] as number;
    if (kind === tokenKind.name) {
      const hash = hashes[i] as number;
      if (hash === fnWord && kinds[i + 1] === tokenKind.name) {
        i = functionBody(tokens, i + 2);
        if (kinds[i] === 123 && i < size) {
          const end = partners[i] as number;
          const isKept = isLong(src, starts[i] as number, starts[end] as number) && holdsFunction(tokens, i, end);
          if (!isKept) {
            cutBetween(tokens, out, i);
            i = end;
          }
          i++;
        }
        continue;
      }
      if (valued.has(hash) && isItem(tokens, i)) {
        i = value(tokens, out, i + 1);
        continue;
      }
    } else if (kind === 33 && i + 1 < size) {
      // `name!(…)`, `name! {…}`, `macro_rules! name {…}`; `#![…]` is none.
      let open = i + 1;
      if (kinds[open] === tokenKind.name && kinds[i - 1] === tokenKind.name) open++;
      const opened = kinds[open];
      if (kinds[i - 1] === tokenKind.name && (opened === 40 || opened === 91 || opened === 123) && open < size) {
        cutBetween(tokens, out, open);
        i = (partners[open] as number) + 1;
        continue;
      }
    } else if (kind === 35 && (kinds[i + 1] === 91 || kinds[i + 2] === 91) && i + 2 < size) {
      // Of an attribute its path and brackets stay.
      const open = kinds[i + 1] === 91 ? i + 1 : i + 2;
      const end = partners[open] as number;
      for (let inner = open + 1; inner < end; inner++)
        if (kinds[inner] === 40) {
          cutBetween(tokens, out, inner);
          inner = partners[inner] as number;
        }
      i = end + 1;
      continue;
    }
    i++;
  }
  return true;
}

function holdsFunction({ kinds, hashes }: Tokens, from: number, to: number): boolean {
  for (let i = from; i < to; i++)
    if (kinds[i] === tokenKind.name && hashes[i] === fnWord && kinds[i + 1] === tokenKind.name) return true;
  return false;
}

/** `const` and `static` of a declaration, not those of `*const T`, `<const N: usize>` or `const fn`. */
function isItem({ kinds, hashes }: Tokens, at: number): boolean {
  const before = at > 0 ? kinds[at - 1] : 0;
  if (before === 42 || before === 60 || before === 44 || before === 39 || before === tokenKind.text) return false;
  return !(kinds[at + 1] === tokenKind.name && afterConst.has(hashes[at + 1] as number));
}

/** Empties the brackets of a value; the place after its `;`. A block keeps what it holds: there may be items in it. */
function value(tokens: Tokens, out: SkeletonWriter, at: number): number {
  const { kinds, partners, size } = tokens;
  let isValue = false;
  let i = at;
  while (i < size && kinds[i] !== 59) {
    const kind = kinds[i] as number;
    if (kind === 125 || kind === 41 || kind === 93) return i;
    if (kind === 61) isValue = true;
    else if (kind === 40 || kind === 91 || kind === 123) {
      if (kind === 123 && kinds[i - 1] === 61) return i + 1;
      if (isValue) cutBetween(tokens, out, i);
      i = partners[i] as number;
    }
    i++;
  }
  return i;
}

/** The `{` of a function's body, or the `;` in its place. */
function functionBody({ kinds, partners, size }: Tokens, at: number): number {
  let i = at;
  while (i < size) {
    const kind = kinds[i] as number;
    if (kind === 40 || kind === 91) i = partners[i] as number;
    else if (kind === 123) {
      // `Foo<{ N + 1 }>`
      if (kinds[i - 1] !== 60 && kinds[i - 1] !== 44) return i;
      const end = partners[i] as number;
      if (kinds[end + 1] !== 62 && kinds[end + 1] !== 44) return i;
      i = end;
    } else if (kind === 59 || kind === 125 || kind === 41) return i;
    i++;
  }
  return i;
}
