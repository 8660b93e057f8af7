/** Skeletons of Python: bodies of functions, arguments, data and long strings are cut; classes and what stands at the top stay. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutUnitsMin, isLong, textUnitsMax } from './skeletonCut.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const defWord = hashOf('def');
const asyncWord = hashOf('async');
const classWord = hashOf('class');
const fromWord = hashOf('from');
/** No call, though a bracket follows. */
const noCalls = words(
  'import return in not and or if while for assert del print lambda yield await with elif is else except raise as match case exec from',
);

export function skeletonOfPython(tokens: Tokens, out: SkeletonWriter, src: Uint16Array): boolean {
  const { kinds, starts, ends, hashes, partners } = tokens;
  let i = 0;
  while (i < tokens.size) {
    // The first token of a logical line.
    if (kinds[i] === tokenKind.newline) {
      i++;
      continue;
    }
    const first = hashes[i] as number;
    const isName = kinds[i] === tokenKind.name;
    if (
      isName &&
      (first === defWord || (first === asyncWord && kinds[i + 1] === tokenKind.name && hashes[i + 1] === defWord))
    ) {
      const indent = indentAt(src, starts[i] as number);
      const colon = lineColon(tokens, i);
      const next = colon < 0 ? -1 : nextLine(tokens, colon);
      if (next < 0) return false;
      // A body on the line of its head stays.
      if (kinds[colon + 1] !== tokenKind.newline) {
        i = next;
        continue;
      }
      const body = next;
      let after = body;
      let last = -1;
      while (after < tokens.size) {
        if (kinds[after] === tokenKind.newline) {
          after++;
          continue;
        }
        if (indentAt(src, starts[after] as number) <= indent) break;
        after = nextLine(tokens, after);
        last = after - 1;
        while (last > body && kinds[last] === tokenKind.newline) last--;
      }
      if (last < 0) return false;
      const from = starts[body] as number;
      const follows = after < tokens.size ? (starts[after] as number) : src.length;
      const to = withComments(tokens, src, ends[last] as number, follows, indentAt(src, from));
      if (isLong(src, from, to)) {
        i = body;
        continue;
      }
      if (to - from > cutUnitsMin) out.replace(from, to, 'pass', from);
      i = after;
      continue;
    }
    i = line(i, isName && first === classWord, isName && first === fromWord);
  }
  return true;

  /** Shortens one logical line; the place after it. */
  function line(at: number, isClass: boolean, isFrom: boolean): number {
    let i = at;
    for (; i < tokens.size && kinds[i] !== tokenKind.newline; i++) {
      const kind = kinds[i] as number;
      if (kind === 40 || kind === 91 || kind === 123) {
        const end = partners[i] as number;
        const before = i > at ? (kinds[i - 1] as number) : 0;
        const isAfterValue = before === 41 || before === 93 || before === 125 || before === tokenKind.text;
        const isAfterName = before === tokenKind.name && !noCalls.has(hashes[i - 1] as number);
        const isCut =
          kind === 40
            ? (isAfterName || isAfterValue) && !isClass && !isFrom
            : !isAfterName && !isAfterValue && isValue(at, i);
        const from = ends[i] as number;
        const to = starts[end] as number;
        if (isCut && to - from > cutUnitsMin) out.cut(from, to);
        i = end;
      } else if (kind === tokenKind.text && (ends[i] as number) - (starts[i] as number) > textUnitsMax) {
        const start = starts[i] as number;
        const isTriple = src[start + 1] === src[start] && src[start + 2] === src[start];
        const quotes = isTriple ? 3 : 1;
        out.cut(start + quotes, (ends[i] as number) - quotes);
      }
    }
    return i;
  }

  /** A list, set or dictionary after `=`; one before it is a target. */
  function isValue(from: number, at: number): boolean {
    for (let i = at - 1; i >= from; i--) {
      if (kinds[i] === 61) return true;
      if (kinds[i] === 41 || kinds[i] === 93 || kinds[i] === 125) i = partners[i] as number;
    }
    return false;
  }
}

/** The end of the comments that stand behind `end` on its line, and on lines of their own as far in as the body: they belong to it. */
function withComments(tokens: Tokens, src: Uint16Array, end: number, next: number, indent: number): number {
  const { commentStarts, commentEnds, comments } = tokens;
  let low = 0;
  let high = comments;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((commentStarts[middle] as number) < end) low = middle + 1;
    else high = middle;
  }
  let to = end;
  for (; low < comments && (commentStarts[low] as number) < next; low++) {
    const start = commentStarts[low] as number;
    let isBehind = true;
    for (let at = to; at < start; at++) if (src[at] === 10) isBehind = false;
    if (!isBehind && indentAt(src, start) < indent) break;
    to = commentEnds[low] as number;
  }
  return to;
}

/** Place of the colon that ends the head of a function; -1: none on its line. */
function lineColon({ kinds, partners, size }: Tokens, at: number): number {
  for (let i = at; i < size && kinds[i] !== tokenKind.newline; i++) {
    const kind = kinds[i] as number;
    if (kind === 40 || kind === 91 || kind === 123) i = partners[i] as number;
    else if (kind === 58) return i;
  }
  return -1;
}

/** First token of the next logical line that has one: lines in brackets and after a backslash go on. */
function nextLine({ kinds, partners, size }: Tokens, at: number): number {
  let i = at;
  for (; i < size; i++) {
    const kind = kinds[i] as number;
    if (kind === 40 || kind === 91 || kind === 123) i = partners[i] as number;
    else if (kind === tokenKind.newline && kinds[i - 1] !== 92) break;
  }
  while (i < size && kinds[i] === tokenKind.newline) i++;
  return i;
}

/** As Python counts: a tab goes to the next eighth column. */
function indentAt(src: Uint16Array, start: number): number {
  let lineStart = start;
  while (lineStart > 0 && src[lineStart - 1] !== 10) lineStart--;
  let indent = 0;
  for (let at = lineStart; at < start; at++) {
    if (src[at] === 9) indent = (indent | 7) + 1;
    else if (src[at] === 32) indent++;
  }
  return indent;
}
