/** Where values stand in a valid JSON text, so that one can be replaced and every other byte stays. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The value of a member of the object that starts at `at`; the last one of that name, which is the one that counts. The text is valid JSON. */
export function valueOf(text: string, at: number, name: string): Span {
  let found: Span = { start: at, end: at };
  for (let next = skipBlanks(text, at + 1); text[next] !== '}';) {
    const keyEnd = skipValue(text, next);
    const start = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const end = skipValue(text, start);
    if (JSON.parse(text.slice(next, keyEnd)) === name) found = { start, end };
    next = skipComma(text, end);
  }
  return found;
}

/** The elements of the list that starts at `at`. */
export function elementsAt(text: string, at: number): readonly Span[] {
  const found: Span[] = [];
  for (let start = skipBlanks(text, at + 1); text[start] !== ']';) {
    const end = skipValue(text, start);
    found.push({ start, end });
    start = skipComma(text, end);
  }
  return found;
}

export function skipBlanks(text: string, at: number): number {
  let next = at;
  while (/\s/.test(text[next] ?? '')) next++;
  return next;
}

function skipComma(text: string, at: number): number {
  const next = skipBlanks(text, at);
  return text[next] === ',' ? skipBlanks(text, next + 1) : next;
}

/** Strings whole, so that brackets in them do not count. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s"[\]{},:]+/gy;

function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; ; at = skipPunctuation(text, at)) {
    token.lastIndex = at;
    const next = token.exec(text)?.[0] ?? '';
    if (next === '[' || next === '{') depth++;
    else if (next === ']' || next === '}') depth--;
    at += next.length;
    if (depth === 0 || next === '') return at;
  }
}

function skipPunctuation(text: string, from: number): number {
  let at = from;
  while (/[\s,:]/.test(text[at] ?? '')) at++;
  return at;
}
