/** Bodies of functions in TypeScript and JavaScript: they are emptied, but for the functions that a long one is made of. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, cutUnitsMin, isLong } from './skeletonCut.ts';
import { skipType } from './skeletonScriptType.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const functionWord = hashOf('function');
const asyncWord = hashOf('async');
/** Kinds of tokens that a statement may end with, `{` too. */
const beforeStatement = new Set<number>([tokenKind.name, tokenKind.number, tokenKind.text, 41, 59, 93, 123, 125]);
const declarers = new Set(['const', 'let', 'var'].map(hashOf));

/** `params`: place of the bracket before the parameters, or of the only one; `body`: of the `{`. */
export function cutBody(tokens: Tokens, out: SkeletonWriter, src: Uint16Array, params: number, body: number): void {
  const { starts, partners } = tokens;
  const close = partners[body] as number;
  if (!isNamed(tokens, params) || !isLong(src, starts[body] as number, starts[close] as number)) {
    cutBetween(tokens, out, body);
    return;
  }
  keepFunctions(tokens, out, src, body, close);
}

/** Callbacks are long in tests, and seldom made of functions that matter. */
function isNamed({ kinds, hashes }: Tokens, params: number): boolean {
  let before = params - 1;
  const skip = (word: number): void => {
    if (kinds[before] === tokenKind.name && hashes[before] === word) before--;
  };
  skip(functionWord);
  skip(asyncWord);
  const kind = kinds[before];
  return kind === tokenKind.name || kind === 61 || kind === 58 || kind === 62;
}

/** Cuts all between the functions that are declared directly in a body. */
function keepFunctions(tokens: Tokens, out: SkeletonWriter, src: Uint16Array, body: number, close: number): void {
  const { kinds, starts, ends, partners } = tokens;
  let kept = ends[body] as number;
  const cutTo = (to: number): void => {
    if (to - kept > cutUnitsMin) out.cut(kept, to);
  };
  for (let i = body + 1; i < close; i++) {
    const kind = kinds[i] as number;
    if (kind === tokenKind.name) {
      const inner = functionAt(tokens, i, close);
      if (inner < 0) continue;
      cutTo(starts[i] as number);
      cutBetween(tokens, out, inner);
      i = partners[inner] as number;
      if (kinds[i + 1] === 59) i++;
      kept = lineEnd(src, ends[i] as number);
    } else if (kind === 40 || kind === 91 || kind === 123 || kind === tokenKind.holeOpen) i = partners[i] as number;
  }
  cutTo(starts[close] as number);
}

/** The `{` of the function whose declaration starts at `at`: `function a() {`, `const a = async (b): C => {`; -1: none does. */
function functionAt(tokens: Tokens, at: number, to: number): number {
  const { kinds, hashes } = tokens;
  const isWord = (place: number, word: number): boolean => kinds[place] === tokenKind.name && hashes[place] === word;
  if (!beforeStatement.has(kinds[at - 1] as number)) return -1;
  let i = at;
  const isDeclared = declarers.has(hashes[at] as number);
  if (isDeclared) {
    if (kinds[at + 1] !== tokenKind.name || kinds[at + 2] !== 61) return -1;
    i = at + 3;
  }
  if (isWord(i, asyncWord)) i++;
  if (isWord(i, functionWord)) {
    i++;
    if (kinds[i] === 42) i++;
    if (kinds[i] === tokenKind.name) i++;
    else if (!isDeclared) return -1;
    const body = afterParams(tokens, i, to);
    return kinds[body] === 123 && body < to ? body : -1;
  }
  if (!isDeclared) return -1;
  const arrow = kinds[i] === tokenKind.name ? i + 1 : afterParams(tokens, i, to);
  return kinds[arrow] === 61 && kinds[arrow + 1] === 62 && kinds[arrow + 2] === 123 && arrow + 2 < to ? arrow + 2 : -1;
}

/** The place after `(…)` and the type of what is returned; `at` itself where there is no bracket. */
function afterParams(tokens: Tokens, at: number, to: number): number {
  if (tokens.kinds[at] !== 40) return at;
  const next = (tokens.partners[at] as number) + 1;
  return tokens.kinds[next] === 58 ? skipType(tokens, next + 1, to) : next;
}

/** Behind the end of the line, where nothing but it follows: it may be what ends a statement. */
function lineEnd(src: Uint16Array, from: number): number {
  const at = src[from] === 13 ? from + 1 : from;
  return src[at] === 10 ? at + 1 : from;
}
