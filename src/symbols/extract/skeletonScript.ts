/** Skeletons of TypeScript and JavaScript: what function bodies, arguments and data hold is cut; what may hold definitions stays. */
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import { cutBetween, textUnitsMax } from './skeletonCut.ts';
import { cutBody } from './skeletonScriptBody.ts';
import { skipType } from './skeletonScriptType.ts';
import type { SkeletonWriter } from './skeletonWriter.ts';

const depthMax = 200;

const word = (text: string): number => hashOf(text);
const words = (text: string): ReadonlySet<number> => new Set(text.split(' ').map(hashOf));
const classWord = word('class');
const functionWord = word('function');
const interfaceWord = word('interface');
const typeWord = word('type');
const enumWord = word('enum');
const extendsWord = word('extends');
const controls = words('if for while switch catch with');
const declarers = words('const let var');
/** No call, though a bracket follows. */
const noCalls = words(
  'if for while switch catch with import require return typeof case of in extends keyof readonly await as is infer async new delete void throw yield else do instanceof default function const let var satisfies',
);

/** false: too deep, the whole text has to be parsed. */
export function skeletonOfScript(tokens: Tokens, out: SkeletonWriter, src: Uint16Array): boolean {
  return walk(tokens, out, src, 0, tokens.size, false, 0);
}

function walk(
  tokens: Tokens,
  out: SkeletonWriter,
  src: Uint16Array,
  from: number,
  to: number,
  isClass: boolean,
  depth: number,
): boolean {
  const { kinds, starts, ends, hashes, partners } = tokens;
  if (depth > depthMax) return false;
  let i = from;
  /** In a class: between `=` and `;`. */
  let isValue = false;
  while (i < to) {
    const kind = kinds[i] as number;
    if (kind === tokenKind.name) {
      const hash = hashes[i] as number;
      const before = i > 0 ? kinds[i - 1] : 0;
      if (before === 46) {
        i++;
        continue;
      }
      if (hash === classWord) {
        const body = classBody(tokens, i + 1, to);
        if (body >= 0) {
          const end = partners[body] as number;
          if (!walk(tokens, out, src, body + 1, end, true, depth + 1)) return false;
          i = end + 1;
          continue;
        }
      } else if (hash === interfaceWord || hash === enumWord) {
        if (kinds[i + 1] === tokenKind.name) {
          const body = classBody(tokens, i + 1, to);
          if (body >= 0) {
            i = (partners[body] as number) + 1;
            continue;
          }
        }
      } else if (hash === typeWord) {
        if (kinds[i + 1] === tokenKind.name && (kinds[i + 2] === 61 || kinds[i + 2] === 60)) {
          i = typeAlias(tokens, i + 2, to);
          continue;
        }
      } else if (declarers.has(hash) && kinds[i + 1] === tokenKind.name && kinds[i + 2] === 58) {
        i = skipType(tokens, i + 3, to);
        continue;
      }
      i++;
      continue;
    }
    if (kind === 123) {
      const end = partners[i] as number;
      const before = i > from ? (kinds[i - 1] as number) : 0;
      const isArrow = before === 62 && kinds[i - 2] === 61;
      const head = isArrow ? i - 3 : i - 1;
      const isBody = isArrow || (before === 41 && !controls.has(nameBefore(tokens, partners[head] as number)));
      const params = kinds[head] === 41 ? (partners[head] as number) : head;
      if (isBody) cutBody(tokens, out, src, params, i);
      else if (!walk(tokens, out, src, i + 1, end, false, depth + 1)) return false;
      i = end + 1;
      continue;
    }
    if (kind === 40) {
      const end = partners[i] as number;
      const next = end + 1 < to ? (kinds[end + 1] as number) : 0;
      if (next === 123 || (next === 61 && kinds[end + 2] === 62)) {
        i = end + 1;
        if (next === 61) i += 2;
        continue;
      }
      if (next === 58) {
        const after = skipType(tokens, end + 2, to);
        const then = after < to ? (kinds[after] as number) : 0;
        if (then === 123) {
          const close = partners[after] as number;
          cutBody(tokens, out, src, i, after);
          i = close + 1;
          continue;
        }
        if (then === 61 && kinds[after + 1] === 62) {
          i = after + 2;
          continue;
        }
        if (isSignature(tokens, i, from, isClass && !isValue)) {
          i = after;
          continue;
        }
      } else if (isSignature(tokens, i, from, isClass && !isValue)) {
        i = end + 1;
        continue;
      }
      const before = i > from ? (kinds[i - 1] as number) : 0;
      const isCall =
        before === tokenKind.name
          ? !noCalls.has(hashes[i - 1] as number)
          : before === 41 || before === 93 || (before === 62 && kinds[i - 2] !== 61 && ends[i - 1] === starts[i]);
      if (isCall && isPlain(tokens, i + 1, end)) {
        cutBetween(tokens, out, i);
        i = end + 1;
        continue;
      }
      i++;
      continue;
    }
    if (kind === 91) {
      const end = partners[i] as number;
      const before = i > from ? (kinds[i - 1] as number) : 0;
      const isList = before === 61 || before === 40 || before === 44 || before === 58 || before === 91;
      if (isList && !isClass && !afterKey(kinds[end + 1] ?? 0) && isPlain(tokens, i + 1, end)) {
        cutBetween(tokens, out, i);
        i = end + 1;
        continue;
      }
      i++;
      continue;
    }
    if (kind === tokenKind.text) {
      const start = starts[i] as number;
      while (kinds[i + 1] === tokenKind.holeOpen && i + 1 < to) i = (partners[i + 1] as number) + 1;
      const end = ends[i] as number;
      // An empty regular expression would be a comment.
      if (end - start > textUnitsMax && src[start] !== 47) out.cut(start + 1, end - 1);
      i++;
      continue;
    }
    if (isClass) {
      if (kind === 61 && kinds[i + 1] !== 62) isValue = true;
      else if (kind === 59) isValue = false;
      else if (kind === 58 && !isValue) {
        i = skipType(tokens, i + 1, to);
        continue;
      }
    }
    i++;
  }
  return true;
}

/** The brackets before which a method or function without a body is named, no decorator. */
function isSignature({ kinds, hashes }: Tokens, open: number, from: number, isMember: boolean): boolean {
  let i = open - 1;
  if (kinds[i] !== tokenKind.name) return false;
  if (i > from && kinds[i - 1] === tokenKind.name && hashes[i - 1] === functionWord) return true;
  while (i - 2 >= from && kinds[i - 1] === 46 && kinds[i - 2] === tokenKind.name) i -= 2;
  return isMember && !(i > from && kinds[i - 1] === 64);
}

/** Place of the `{` of a class or interface whose head goes on at `at`; -1: none. */
function classBody(tokens: Tokens, at: number, to: number): number {
  const { kinds, partners, hashes } = tokens;
  const first = kinds[at];
  if (first !== tokenKind.name && first !== 123) return -1;
  let angles = 0;
  for (let i = at; i < to; i++) {
    const kind = kinds[i] as number;
    if (kind === 123) {
      if (angles <= 0 && !(kinds[i - 1] === tokenKind.name && hashes[i - 1] === extendsWord)) return i;
      i = partners[i] as number;
    } else if (kind === 40 || kind === 91) i = partners[i] as number;
    else if (kind === 60) angles++;
    else if (kind === 62 && kinds[i - 1] !== 61) angles--;
    else if (kind === 59 || kind === 41 || kind === 125 || (kind === 58 && angles <= 0)) return -1;
  }
  return -1;
}

/** `at`: `=` or `<` after the name. */
function typeAlias(tokens: Tokens, at: number, to: number): number {
  const { kinds, partners } = tokens;
  let angles = 0;
  for (let i = at; i < to; i++) {
    const kind = kinds[i] as number;
    if (kind === 60) angles++;
    else if (kind === 62 && kinds[i - 1] !== 61) angles--;
    else if (kind === 61 && angles <= 0 && kinds[i + 1] !== 62) return skipType(tokens, i + 1, to);
    else if (kind === 40 || kind === 91 || kind === 123) i = partners[i] as number;
  }
  return to;
}

/** `[key]: value`, `[key]() {}`, `[a, b] = …`: what stands in the brackets is no list. */
function afterKey(kind: number): boolean {
  return kind === 58 || kind === 40 || kind === 61;
}

/** Holds no function with a body, no class and no type of fields. */
function isPlain(tokens: Tokens, from: number, to: number): boolean {
  const { kinds, hashes } = tokens;
  let hasBrace = false;
  let hasFunction = false;
  for (let i = from; i < to; i++) {
    const kind = kinds[i] as number;
    if (kind === 123) {
      // A type: `new Emitter<{ path: string }>()`.
      if (kinds[i - 1] === 60) return false;
      hasBrace = true;
    } else if (kind === 41) hasFunction ||= kinds[i + 1] === 123 || kinds[i + 1] === 58;
    else if (kind === 62) hasFunction ||= kinds[i - 1] === 61;
    else if (kind === tokenKind.name) hasFunction ||= hashes[i] === classWord || hashes[i] === functionWord;
    if (hasBrace && hasFunction) return false;
  }
  return true;
}

function nameBefore(tokens: Tokens, at: number): number {
  return at > 0 && tokens.kinds[at - 1] === tokenKind.name ? (tokens.hashes[at - 1] as number) : 0;
}
