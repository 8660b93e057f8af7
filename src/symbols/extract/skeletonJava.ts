/** Skeletons of Java: bodies of methods, arguments and values are cut; types stay, anonymous ones in values too. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, isLong, textUnitsMax } from './skeletonCut.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const depthMax = 200;
const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const enumWord = hashOf('enum');
const recordWord = hashOf('record');
const newWord = hashOf('new');
const defaultWord = hashOf('default');
const types = words('class interface enum record');
const controls = words('if for while switch catch synchronized try');

export function skeletonOfJava(tokens: Tokens, out: SkeletonWriter, src: Uint16Array): boolean {
  return members(tokens, out, src, 0, tokens.size, 0);
}

/** What stands in the body of a type, or at the top of a file. */
function members(
  tokens: Tokens,
  out: SkeletonWriter,
  src: Uint16Array,
  from: number,
  to: number,
  depth: number,
): boolean {
  const { kinds, hashes, partners, starts, ends } = tokens;
  if (depth > depthMax) return false;
  let isValue = false;
  let i = from;
  while (i < to) {
    const kind = kinds[i] as number;
    const before = i > from ? (kinds[i - 1] as number) : 0;
    if (kind === tokenKind.name) {
      const hash = hashes[i] as number;
      if (types.has(hash) && before !== 46 && !isValue && kinds[i + 1] === tokenKind.name) {
        const body = typeBody(tokens, i, to);
        if (body >= 0) {
          const end = partners[body] as number;
          const start = hash === enumWord ? constants(tokens, out, src, body + 1, end, depth + 1) : body + 1;
          if (start < 0 || !members(tokens, out, src, start, end, depth + 1)) return false;
          i = end + 1;
          continue;
        }
      }
      if (hash === defaultWord && before === 41) isValue = true;
    } else if (kind === 61) isValue = true;
    else if (kind === 59) isValue = false;
    else if (kind === 40) {
      const end = partners[i] as number;
      const isAnnotation = !isValue && isAfterAt(tokens, i, from);
      if (isAnnotation || (isValue && before === tokenKind.name && isSimple(tokens, i + 1, end))) {
        if (!controls.has(hashes[i - 1] as number)) cutBetween(tokens, out, i);
        i = end + 1;
        continue;
      }
      if (!isValue) {
        i = end + 1;
        continue;
      }
    } else if (kind === 123) {
      const end = partners[i] as number;
      if (isValue) {
        const isType = before === 41 && isCreation(tokens, partners[i - 1] as number, from);
        const isData = before === 61 || before === 93 || before === 44 || before === 123;
        if (isType) {
          if (!members(tokens, out, src, i + 1, end, depth + 1)) return false;
        } else if (!isData || isSimple(tokens, i + 1, end)) cutBetween(tokens, out, i);
        else {
          // Data that holds types of its own.
          i++;
          continue;
        }
      } else if (!isLong(src, starts[i] as number, starts[end] as number) || isSimple(tokens, i + 1, end))
        cutBetween(tokens, out, i);
      i = end + 1;
      continue;
    } else if (kind === tokenKind.text && (ends[i] as number) - (starts[i] as number) > textUnitsMax)
      cutText(tokens, out, i);
    i++;
  }
  return true;
}

/** The constants of an enum, each with arguments and perhaps a body; the place after their `;`, -1: too deep. */
function constants(
  tokens: Tokens,
  out: SkeletonWriter,
  src: Uint16Array,
  from: number,
  to: number,
  depth: number,
): number {
  const { kinds, partners } = tokens;
  let i = from;
  while (i < to && kinds[i] !== 59) {
    const kind = kinds[i] as number;
    if (kind === 40) {
      const end = partners[i] as number;
      if (isSimple(tokens, i + 1, end)) cutBetween(tokens, out, i);
      i = end;
    } else if (kind === 123) {
      const end = partners[i] as number;
      if (!members(tokens, out, src, i + 1, end, depth)) return -1;
      i = end;
    }
    i++;
  }
  return i;
}

/** The `{` of a type whose keyword stands at `at`; -1: it is none. */
function typeBody({ kinds, hashes, partners }: Tokens, at: number, to: number): number {
  if (hashes[at] === recordWord && kinds[at + 2] !== 40 && kinds[at + 2] !== 60) return -1;
  for (let i = at + 1; i < to; i++) {
    const kind = kinds[i] as number;
    if (kind === 123) return i;
    if (kind === 40) i = partners[i] as number;
    else if (kind === 59 || kind === 61 || kind === 125) return -1;
  }
  return -1;
}

/** `@Name(` or `@a.b.Name(`. */
function isAfterAt({ kinds }: Tokens, open: number, from: number): boolean {
  let i = open - 1;
  if (kinds[i] !== tokenKind.name) return false;
  while (i - 2 >= from && kinds[i - 1] === 46 && kinds[i - 2] === tokenKind.name) i -= 2;
  return i > from && kinds[i - 1] === 64;
}

/** `new Name<…>(` */
function isCreation({ kinds, hashes }: Tokens, open: number, from: number): boolean {
  for (let i = open - 1; i >= from; i--) {
    const kind = kinds[i] as number;
    if (kind === tokenKind.name) {
      if (hashes[i] === newWord) return true;
    } else if (kind !== 46 && kind !== 60 && kind !== 62 && kind !== 44 && kind !== 63 && kind !== 91 && kind !== 93)
      return false;
  }
  return false;
}

/** Holds no type with a body. */
function isSimple({ kinds, hashes }: Tokens, from: number, to: number): boolean {
  let hasNew = false;
  for (let i = from; i < to; i++) {
    if (kinds[i] === tokenKind.name && hashes[i] === newWord) hasNew = true;
    else if (kinds[i] === 123 && hasNew && kinds[i - 1] === 41) return false;
  }
  return true;
}

function cutText({ starts, ends }: Tokens, out: SkeletonWriter, at: number): void {
  out.cut((starts[at] as number) + 1, (ends[at] as number) - 1);
}
