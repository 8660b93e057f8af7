/** One pass over a text: counts its words and finds its tokens, comments and pairs of brackets. Total for any text. */
import { charClass, type Rule, type ScanTable } from './scanTable.ts';
import { hashOf, tokenKind, type Tokens } from './scanTokens.ts';
import type { WordCounter } from './scanWordCounter.ts';

const bracketPartners: Readonly<Record<number, number>> = { 41: 40, 93: 91, 125: 123 };
const beforeRegex = new Set(
  'return typeof case in of delete void throw new else do instanceof await yield'.split(' ').map(hashOf),
);
const rawPrefixes = new Set(['r', 'br', 'cr', 'R', 'u8R', 'LR', 'uR', 'UR'].map(hashOf));

/** Brackets that are open: place of the token, and its kind. */
let openPlaces = new Int32Array(1024);
let openKinds = new Uint8Array(1024);

/** `tokens` has room for `length + 2`, or loses those that came first. */
export function scan(src: Uint16Array, length: number, table: ScanTable, counter: WordCounter, tokens: Tokens): void {
  const { classes, rules, syntax } = table;
  const { kinds, starts, ends, hashes, partners, commentStarts, commentEnds } = tokens;
  const room = kinds.length - 1;
  const commentRoom = commentStarts.length - 1;
  const newlines = syntax.newlines === true;
  let size = 0;
  let comments = 0;
  let depth = 0;
  let deepest = 0;
  let directive = -1;
  let directiveEnd = 0;
  let directiveDepth = 0;
  let lineHasToken = false;
  let i = 0;

  if (syntax.prose === true) {
    countProse(src, 0, length, classes, counter, false);
    return;
  }
  while (i < length) {
    const unit = src[i] as number;
    const kind = classes[unit];
    if (kind === charClass.space) {
      i++;
      continue;
    }
    if (size >= room) size = 0;
    if (kind === charClass.letter) {
      const start = i;
      let hash = 0;
      let next = unit;
      do {
        hash = (Math.imul(hash, 0x01000193) ^ next) | 0;
        next = src[++i] as number;
      } while (i < length && isWordClass(classes[next] as number));
      if (syntax.raw !== undefined && (next === 34 || next === 35) && i < length && rawPrefixes.has(hash)) {
        const end = rawEnd(src, i, length);
        if (end > 0) {
          countProse(src, i, end, classes, counter, false);
          kinds[size] = tokenKind.text;
          starts[size] = start;
          ends[size++] = i = end;
          lineHasToken = true;
          continue;
        }
      }
      counter.add(start, i, hash, false);
      kinds[size] = tokenKind.name;
      starts[size] = start;
      ends[size] = i;
      hashes[size++] = hash;
      lineHasToken = true;
      continue;
    }
    if (kind === charClass.newline) {
      i++;
      lineHasToken = false;
      if (directive >= 0 && i >= directiveEnd) {
        size = directive + 1;
        depth = directiveDepth;
        directive = -1;
      }
      if (newlines) {
        kinds[size] = tokenKind.newline;
        starts[size] = i - 1;
        ends[size++] = i;
      }
      continue;
    }
    if (kind === charClass.digit) {
      const start = i;
      do i++;
      while (i < length && (isWordClass(classes[src[i] as number] as number) || isInNumber(src, i, classes)));
      kinds[size] = tokenKind.number;
      starts[size] = start;
      ends[size++] = i;
      lineHasToken = true;
      continue;
    }
    if (kind === charClass.opening) {
      const start = i;
      const rule = ruleAt(rules[unit] as readonly Rule[], src, i, length);
      if (rule !== null)
        switch (rule.kind) {
          case 'line':
            if (syntax.spaced === true && i > 0 && !isSpaced(src[i - 1] as number, classes)) break;
            while (i < length && src[i] !== 10) i++;
            break;
          case 'block':
            i = blockEnd(src, i, length, rule.open, rule.close, syntax.nested === true);
            break;
          case 'string':
            i = stringEnd(src, i + rule.open.length, length, rule.close, rule.lines, rule.plain);
            break;
          case 'lifetime':
            i = lifetimeEnd(src, i, length);
            break;
          case 'slash':
            if (
              startsRegex(
                size === 0 ? 0 : (kinds[size - 1] as number),
                size === 0 ? 0 : (hashes[size - 1] as number),
                syntax.elements === true,
              )
            )
              i = regexEnd(src, i + 1, length);
            break;
          case 'template':
            i = templateEnd(src, i + 1, length);
            break;
          case 'directive':
            if (!lineHasToken && directive < 0) {
              directive = size;
              directiveDepth = depth;
              directiveEnd = lineEnd(src, i, length);
              kinds[size] = tokenKind.directive;
              starts[size] = i;
              ends[size++] = directiveEnd;
              i++;
              lineHasToken = true;
              continue;
            }
        }
      if (i > start && rule !== null) {
        if (rule.kind === 'line' || rule.kind === 'block') {
          countProse(src, start, i, classes, counter, false);
          if (comments >= commentRoom) comments = 0;
          commentStarts[comments] = start;
          commentEnds[comments++] = i;
          continue;
        }
        countProse(src, start + 1, i, classes, counter, rule.kind !== 'string' || !rule.plain);
        kinds[size] = tokenKind.text;
        starts[size] = start;
        ends[size++] = i;
        lineHasToken = true;
        if (rule.kind === 'template' && src[i - 1] === 123 && src[i - 2] === 36) {
          // The hole's own bracket; the template goes on at its end.
          ends[size - 1] = i - 2;
          if (depth >= openPlaces.length) widenStack();
          openPlaces[depth] = size;
          openKinds[depth++] = tokenKind.holeOpen;
          kinds[size] = tokenKind.holeOpen;
          starts[size] = i - 2;
          ends[size++] = i;
        }
        continue;
      }
    }
    // A single character; brackets find their partners outside of directives.
    lineHasToken = true;
    kinds[size] = unit < 128 ? unit : 127;
    starts[size] = i;
    ends[size] = i + 1;
    if (directive < 0) {
      if (unit === 40 || unit === 91 || unit === 123) {
        if (depth >= openPlaces.length) widenStack();
        openPlaces[depth] = size;
        openKinds[depth++] = unit;
        if (depth > deepest) deepest = depth;
      } else if (unit === 41 || unit === 93 || unit === 125) {
        const opened = depth === 0 ? 0 : (openKinds[depth - 1] as number);
        if (opened === bracketPartners[unit]) {
          depth--;
          partners[size] = openPlaces[depth] as number;
          partners[openPlaces[depth] as number] = size;
        } else if (unit === 125 && opened === tokenKind.holeOpen) {
          depth--;
          partners[size] = openPlaces[depth] as number;
          partners[openPlaces[depth] as number] = size;
          kinds[size++] = tokenKind.holeClose;
          const start = ++i;
          i = templateEnd(src, i, length);
          countProse(src, start, i, classes, counter, true);
          const goesOn = i - start >= 2 && src[i - 1] === 123 && src[i - 2] === 36;
          if (size >= room) size = 0;
          kinds[size] = tokenKind.text;
          starts[size] = start;
          ends[size++] = goesOn ? i - 2 : i;
          if (goesOn) {
            openPlaces[depth] = size;
            openKinds[depth++] = tokenKind.holeOpen;
            kinds[size] = tokenKind.holeOpen;
            starts[size] = i - 2;
            ends[size++] = i;
          }
          continue;
        } else tokens.balanced = false;
      }
    }
    size++;
    i++;
  }
  if (directive >= 0) {
    size = directive + 1;
    depth = directiveDepth;
  }
  if (depth > 0) tokens.balanced = false;
  tokens.size = size;
  tokens.comments = comments;
  tokens.deepest = deepest;
}

/** Counts the words of `src[from, to)` as prose. */
function countProse(
  src: Uint16Array,
  from: number,
  to: number,
  classes: Uint8Array,
  counter: WordCounter,
  escapes: boolean,
): void {
  let i = from;
  while (i < to) {
    const unit = src[i] as number;
    const kind = classes[unit] as number;
    if (kind === charClass.letter) {
      const start = i;
      let hash = 0;
      let next = unit;
      do {
        hash = (Math.imul(hash, 0x01000193) ^ next) | 0;
        next = src[++i] as number;
      } while (i < to && isWordClass(classes[next] as number));
      counter.add(start, i, hash, true);
    } else if (kind === charClass.digit) {
      do i++;
      while (i < to && isWordClass(classes[src[i] as number] as number));
    } else i += escapes && unit === 92 ? 2 : 1;
  }
}

function isWordClass(kind: number): boolean {
  return kind === charClass.letter || kind === charClass.digit;
}

/** `1.5`, `1'000`: a point or quote that a digit follows. */
function isInNumber(src: Uint16Array, at: number, classes: Uint8Array): boolean {
  const unit = src[at];
  return (unit === 46 || unit === 39) && classes[src[at + 1] as number] === charClass.digit;
}

function isSpaced(before: number, classes: Uint8Array): boolean {
  return !isWordClass(classes[before] as number) && before !== 36 && before !== 123;
}

function ruleAt(rules: readonly Rule[], src: Uint16Array, at: number, length: number): Rule | null {
  for (const rule of rules) if (startsWith(src, at, length, rule.open)) return rule;
  return null;
}

function startsWith(src: Uint16Array, at: number, length: number, units: readonly number[]): boolean {
  if (at + units.length > length) return false;
  for (let index = 0; index < units.length; index++) if (src[at + index] !== units[index]) return false;
  return true;
}

function blockEnd(
  src: Uint16Array,
  from: number,
  length: number,
  open: readonly number[],
  close: readonly number[],
  nested: boolean,
): number {
  const first = close[0];
  let depth = 1;
  let i = from + open.length;
  while (i < length) {
    const unit = src[i];
    if (unit === first && startsWith(src, i, length, close)) {
      i += close.length;
      if (--depth === 0) return i;
    } else if (nested && unit === open[0] && startsWith(src, i, length, open)) {
      i += open.length;
      depth++;
    } else i++;
  }
  return length;
}

function stringEnd(
  src: Uint16Array,
  from: number,
  length: number,
  close: readonly number[],
  lines: boolean,
  plain: boolean,
): number {
  const first = close[0];
  const single = close.length === 1;
  let i = from;
  while (i < length) {
    const unit = src[i];
    if (unit === first && (single || startsWith(src, i, length, close))) return i + (first === 10 ? 0 : close.length);
    if (unit === 10 && !lines) return i;
    i += unit === 92 && !plain ? 2 : 1;
  }
  return length;
}

/** After `r`, at `#` or `"`: Rust's `r#"…"#` or C++'s `R"x(…)x"`; 0: none. */
function rawEnd(src: Uint16Array, from: number, length: number): number {
  let i = from;
  while (src[i] === 35 && i < length) i++;
  const hashes = i - from;
  if (src[i] !== 34 || i >= length) return 0;
  let close = [34];
  for (let hash = 0; hash < hashes; hash++) close.push(35);
  if (hashes === 0) {
    let at = i + 1;
    while (at < length && at - i <= 17 && src[at] !== 40 && src[at] !== 34 && src[at] !== 10) at++;
    const previous = src[from - 1];
    if (previous === 82 && src[at] === 40) close = [41, ...src.subarray(i + 1, at), 34];
  }
  return stringEnd(src, i + 1, length, close, true, true);
}

function lifetimeEnd(src: Uint16Array, at: number, length: number): number {
  if (src[at + 1] === 92) return stringEnd(src, at + 1, length, [39], false, false);
  if (src[at + 2] === 39 && at + 2 < length) return at + 3;
  // A character of two units.
  if (src[at + 3] === 39 && at + 3 < length && ((src[at + 1] as number) & 0xfc00) === 0xd800) return at + 4;
  return at + 1;
}

function startsRegex(before: number, hash: number, elements: boolean): boolean {
  if (before === tokenKind.name) return beforeRegex.has(hash);
  if (elements && before === 60) return false;
  return !(
    before === 41 ||
    before === 93 ||
    before === 125 ||
    before === tokenKind.number ||
    before === tokenKind.text
  );
}

function regexEnd(src: Uint16Array, from: number, length: number): number {
  let inClass = false;
  let i = from;
  while (i < length) {
    const unit = src[i];
    if (unit === 10) return i;
    if (unit === 47 && !inClass) return i + 1;
    if (unit === 91) inClass = true;
    else if (unit === 93) inClass = false;
    i += unit === 92 ? 2 : 1;
  }
  return length;
}

/** After the closing '`', or after the next `${`. */
function templateEnd(src: Uint16Array, from: number, length: number): number {
  let i = from;
  while (i < length) {
    const unit = src[i];
    if (unit === 96) return i + 1;
    if (unit === 36 && src[i + 1] === 123 && i + 1 < length) return i + 2;
    i += unit === 92 ? 2 : 1;
  }
  return length;
}

/** Of a directive: lines that end with a backslash go on. */
function lineEnd(src: Uint16Array, from: number, length: number): number {
  let i = from;
  while (i < length) {
    if (src[i] === 10) {
      let before = i - 1;
      if (src[before] === 13) before--;
      if (src[before] !== 92) return i + 1;
    }
    i++;
  }
  return length;
}

function widenStack(): void {
  const places = new Int32Array(openPlaces.length * 2);
  places.set(openPlaces);
  openPlaces = places;
  const kinds = new Uint8Array(openKinds.length * 2);
  kinds.set(openKinds);
  openKinds = kinds;
}
