/** Comments and attributes of the languages, as far as it takes to tell what a definition's comment says of it. */

/** One sentence in a list of symbols: longer ones are read in the file. */
const docChars = 200;
/** Lines above a definition that are looked at: a comment's first sentence further up is about something else. */
const linesAboveMax = 200;
/** A quote without an end within these is a lifetime or an apostrophe. */
const quotedCharsMax = 200;

export interface Comments {
  readonly line: readonly string[];
  readonly open: string | null;
  readonly close: string;
  /** How decorators and attributes begin. */
  readonly attribute: RegExp | null;
  /** Where else a doc stands: as the first string of the body, or as a module attribute above. */
  readonly doc: 'docstring' | 'elixir' | null;
}

const slashes = { line: ['//'], open: '/*', close: '*/', attribute: null, doc: null } as const;
const hash = { line: ['#'], open: null, close: '', attribute: null, doc: null } as const;
const markup = { line: [], open: '<!--', close: '-->', attribute: null, doc: null } as const;
const annotated = { ...slashes, attribute: /@(?!interface\b)[\w.:]+/y } as const;

const byLanguage: ReadonlyMap<string, Comments> = new Map<string, Comments>([
  ...['typescript', 'tsx', 'javascript', 'java', 'kotlin', 'scala', 'swift', 'dart'].map(
    (language) => [language, annotated] as const,
  ),
  ['rust', { ...slashes, attribute: /#!?(?=\[)/y }],
  ['php', { ...slashes, line: ['//', '#'], attribute: /#(?=\[)/y }],
  ['csharp', { ...slashes, attribute: /(?=\[)/y }],
  ['c', { ...slashes, attribute: /(?=\[\[)/y }],
  ['cpp', { ...slashes, attribute: /(?=\[\[)/y }],
  ['zig', { ...slashes, open: null }],
  ['python', { ...hash, attribute: /@[\w.]+/y, doc: 'docstring' }],
  ['elixir', { ...hash, doc: 'elixir' }],
  ...['ruby', 'bash', 'yaml', 'toml'].map((language) => [language, hash] as const),
  ['lua', { line: ['--'], open: '--[[', close: ']]', attribute: null, doc: null }],
  ['css', { ...slashes, line: [] }],
  ['html', markup],
  ['markdown', markup],
]);

export function commentsOf(language: string | null): Comments {
  return byLanguage.get(language ?? '') ?? slashes;
}

/** Behind the comment that begins here; null: none does. */
export function endOfComment(text: string, at: number, comments: Comments): number | null {
  if (comments.open !== null && text.startsWith(comments.open, at)) {
    const end = text.indexOf(comments.close, at + comments.open.length);
    return end === -1 ? text.length : end + comments.close.length;
  }
  if (!comments.line.some((mark) => text.startsWith(mark, at)) || endOfMark(text, at, comments) !== null) return null;
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** Behind the decorator or attribute that begins here; null: none does, or it does not end before `to`. */
export function endOfAttribute(text: string, at: number, to: number, comments: Comments): number | null {
  const after = endOfMark(text, at, comments);
  if (after === null) return null;
  const open = text[after];
  if (open !== '(' && open !== '[') return after > at ? after : null;
  const close = open === '(' ? ')' : ']';
  let depth = 0;
  for (let i = after; i < to; i++) {
    const char = text[i];
    if (char === '"' || char === "'" || char === '`') i = endOfQuoted(text, i, to) - 1;
    if (char === open) depth++;
    else if (char === close && --depth === 0) return i + 1;
  }
  return null;
}

/** Behind a string that ends on its line; else behind the quote, which may be a lifetime or an apostrophe. */
export function endOfQuoted(text: string, at: number, to: number): number {
  const quote = text.charCodeAt(at);
  for (let i = at + 1; i < to && i < at + quotedCharsMax; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) break;
    if (code === 92) i++;
    else if (code === quote) return i + 1;
  }
  return at + 1;
}

/** `start` of the definition with and `first` without its attributes, `head` where its body begins. */
export function docOf(
  text: string,
  at: { readonly start: number; readonly first: number; readonly head: number; readonly end: number },
  comments: Comments,
): string {
  const inside = comments.doc === null ? null : stringInside(text, at.head, at.end, comments.doc);
  if (inside !== null) return firstSentence(inside.split('\n'));
  if (comments.doc === 'elixir') return firstSentence(elixirAbove(text, at.start));
  // Between the attributes and the name, as some write it, or above all of them.
  const near = firstSentence(commentAbove(text, at.first, comments));
  return near === '' && at.first > at.start ? firstSentence(commentAbove(text, at.start, comments)) : near;
}

/** Behind what an attribute begins with, its brackets not included; null: none begins here. */
function endOfMark(text: string, at: number, { attribute }: Comments): number | null {
  if (attribute === null) return null;
  attribute.lastIndex = at;
  return attribute.test(text) ? Math.max(at, attribute.lastIndex) : null;
}

/** The docstring that a body begins with, or Elixir's `@moduledoc`. */
function stringInside(text: string, from: number, to: number, kind: 'docstring' | 'elixir'): string | null {
  const body = text.slice(from, Math.min(to, from + 8000)).replace(/^(?:[\s:]|do\b|#[^\n]*\n)+/, '');
  const opened = kind === 'docstring' ? /^[rRuU]?("""|'''|"|')/ : /^@moduledoc\s+(?:~[sS])?("""|")/;
  const match = opened.exec(body);
  return match ? upTo(body.slice(match[0].length), match[1] ?? '') : null;
}

function upTo(text: string, quote: string): string {
  const end = text.indexOf(quote);
  return end === -1 ? text : text.slice(0, end);
}

/** Lines of the comment that ends right above, in their order; attributes may stand in between. */
function commentAbove(text: string, at: number, comments: Comments): readonly string[] {
  const lines: string[] = [];
  for (const { from, to } of linesAbove(text, at)) {
    const line = text.slice(from, to).trim();
    const begin = from + text.slice(from, to).indexOf(line);
    if (comments.line.some((mark) => line.startsWith(mark)) && endOfMark(text, begin, comments) === null) {
      if (line.startsWith('//!')) break; // of what stands around it
      lines.unshift(line);
    } else if (comments.open !== null && line.endsWith(comments.close)) {
      const open = text.lastIndexOf(comments.open, to);
      const last = begin + line.length;
      const lone = open !== -1 && text.slice(text.lastIndexOf('\n', open - 1) + 1, open).trim() === '';
      if (lone && endOfComment(text, open, comments) === last) lines.unshift(...text.slice(open, last).split('\n'));
      break;
    } else if (lines.length > 0 || endOfAttribute(text, begin, to, comments) !== begin + line.length) {
      break;
    }
  }
  return lines;
}

/** `@doc "…"` with its heredoc, or a comment; `@spec` and other attributes stand in between. */
function elixirAbove(text: string, at: number): readonly string[] {
  const lines: string[] = [];
  const indent = indentOf(text, text.lastIndexOf('\n', at - 1) + 1);
  let inHeredoc = false;
  for (const { from, to } of linesAbove(text, at)) {
    const line = text.slice(from, to).trim();
    const doc = /^@(?:type|macro)?doc\s+(?:~[sS])?(?:"""|")?(.*)$/.exec(line);
    if (doc) return [upTo(doc[1] ?? '', '"'), ...lines];
    if (line === '"""') inHeredoc = !inHeredoc;
    else if (inHeredoc) lines.unshift(line);
    else if (line.startsWith('#')) return [line];
    else if (!line.startsWith('@') && indentOf(text, from) <= indent) return [];
  }
  return [];
}

function indentOf(text: string, lineStart: number): number {
  let at = lineStart;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at - lineStart;
}

function* linesAbove(text: string, at: number): Generator<{ readonly from: number; readonly to: number }> {
  let start = text.lastIndexOf('\n', at - 1) + 1;
  // What stands beside other code on its line has no comment of its own above; `const` and `type` are its own words.
  if (at === 0 || at - start > docChars || !/^[\s\w]*$/.test(text.slice(start, at))) return;
  for (let count = 0; start > 0 && count < linesAboveMax; count++) {
    const to = start - 1;
    start = to === 0 ? 0 : text.lastIndexOf('\n', to - 1) + 1;
    yield { from: start, to };
  }
}

const marks = /^(?:\/\*[*!]*|\*+(?!\S*\*)|\/\/[/!]*|#+|--(?:\[\[|-)?|<!--)\s?|(?:\*+\/|-->|\]\])$/g;
const noise =
  /^(?:eslint|prettier|biome|tslint|stylelint|istanbul|c8|v8|noqa|nolint|pylint|type:|ts-|@ts-|go:|line |rubocop|shellcheck|clang-format|NOLINT|cspell|#?(?:end)?region\b|!)/;
const tags = /^(?:[@\\][a-z]|:\w+[^:]*:|(?:Args|Arguments|Parameters|Returns|Raises|Yields|Examples?|Note)\s*:?$|```)/;

/** Of a comment's or docstring's lines, what editors and tools are told left out. */
function firstSentence(lines: readonly string[]): string {
  const words: string[] = [];
  for (const raw of lines) {
    let line = raw.trim().replace(marks, '').trim();
    line = line.replace(/\{@\w+ ([^}]*)\}/g, '$1').replace(/<\w+ \w+="([^"]*)" *\/>/g, '$1');
    line = line
      .replace(/<\/?[a-z]+>/g, '')
      .replace(/^[@\\]brief\s+/, '')
      .trim();
    if (!/[\p{L}\p{N}]/u.test(line) || noise.test(line)) {
      if (words.length > 0) break;
      continue;
    }
    if (tags.test(line) || /^copyright|copyright \(c\)|SPDX-|licen[sc]ed under/i.test(line)) break;
    words.push(line);
    if (/[.!?:]$/.test(line)) break;
  }
  const text = words.join(' ').replace(/\s+/g, ' ');
  const sentence = /^.{3,}?(?<!\b(?:e\.g|i\.e|etc|vs|cf))[.!?](?= [\p{Lu}\p{N}`"(]|$)/u.exec(text)?.[0] ?? text;
  return sentence.length > docChars ? `${sentence.slice(0, docChars - 1).trimEnd()}…` : sentence;
}
