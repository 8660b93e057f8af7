/** Secrets beside their names: assignments of every notation, headers, command-line options, prose. */
import { kindOf, mayNameKey, isRandom as looksRandom, type SecretKind } from './redactNames.ts';
import { isRandomInProse, isSecretValue, type Place } from './redactValues.ts';
import type { Found } from './redact.ts';

const hint = /pass|pwd|pw\b|psk|phrase|secret|token|key|cred|auth|cookie|pat\b|wort|senha|contrasena/gi;
const nameCharsMax = 100;
/** A value in quotes, or on a line. */
const valueCharsMax = 8 * 1024;

interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: SecretKind;
  /** Called `key` alone: only a random value counts. */
  readonly weak: boolean;
}
interface Value {
  readonly start: number;
  readonly end: number;
  readonly place: Place;
}

export function findNamed(text: string): readonly Found[] {
  const found: Found[] = [];
  let done = 0;
  for (const { index } of text.matchAll(hint)) {
    if (index < done) continue;
    const name = nameAround(text, index);
    done = Math.max(done, name.end);
    if (!isNamed(name)) continue;
    for (const one of valuesOf(text, name)) {
      const value = text.slice(one.start, one.end);
      if (name.weak ? !looksRandom(value, 20) : !isSecretValue(value, name.kind, one.place)) continue;
      found.push({ start: one.start, end: one.end, what: name.kind });
      done = Math.max(done, one.end);
    }
  }
  return found;
}

/** The identifier that a word stands in. */
function nameAround(text: string, at: number): Omit<Name, 'kind'> & { readonly kind: SecretKind | null } {
  let start = at;
  while (start > 0 && at - start < nameCharsMax && isNameCode(text.charCodeAt(start - 1))) start--;
  let end = at;
  while (end < text.length && end - at < nameCharsMax && isNameCode(text.charCodeAt(end))) end++;
  if (text[start - 1] === '\\' && /[nrt]/.test(text[start] ?? '')) start++; // `\n` before it
  const raw = text.slice(start, end);
  start += raw.length - raw.replace(/^[^A-Za-z_]+/, '').length;
  end -= raw.length - raw.replace(/[.$-]+$/, '').length;
  const bare = text.slice(start, Math.max(start, end));
  const kind = kindOf(bare);
  if (kind !== null) return { text: bare, start, end, kind, weak: false };
  return { text: bare, start, end, kind: mayNameKey(bare) ? 'key' : null, weak: true };
}

function isNamed(name: ReturnType<typeof nameAround>): name is Name {
  return name.kind !== null;
}

/** A letter, a digit, `_`, `.`, `-`, `$`. */
function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 46 || code === 45 || code === 36; // prettier-ignore
}

/** Where a value may stand; mostly one place or none. */
function valuesOf(text: string, name: Name): readonly Value[] {
  const closed = match(/\\{0,4}["'`]?\]?[?!]?/y, text, name.end);
  const at = name.end + closed.length;
  const inQuotes = /["'`]/.test(closed);
  if (name.kind === 'cookie') return cookies(text, at);
  const pair = match(/,?\s{0,80}\\{0,3}["']?[Vv]alue\\{0,3}["']?\s{0,10}[:=]\s{0,10}/y, text, at);
  if (pair !== '') return orNone(literalAt(text, at + pair.length) ?? wordAt(text, at + pair.length, 'literal'));
  if (closed === '' && text[name.start - 1] === '<' && text[at] === '>') {
    const inner = match(/[^<\n]{1,4096}(?=<\/)/y, text, at + 1);
    return [{ ...trimmed(text, at + 1, at + 1 + inner.length), place: 'literal' }];
  }
  const typed = match(/[ \t]{0,40}:[ \t]{0,40}(?:&?(?:'static )?(?:string|str|String|bytes|Text|SecretStr|SecretString|any|char\[\])|Optional\[str\]|str \| None|string \| undefined|string \| null)[ \t]{0,40}=(?![=>])/y, text, at); // prettier-ignore
  const operator =
    typed !== '' ? typed : match(/[ \t]{0,40}(?:=>|:=|\?=|\|\|=|\?\?=|==>|=(?![=>~])|:(?![:/]))/y, text, at);
  if (operator === '') return unassigned(text, name, at, inQuotes);
  const from = at + operator.length;
  if (name.kind === 'authorization') return authorization(text, from);
  return assigned(text, name, from, operator);
}

function assigned(text: string, name: Name, from: number, operator: string): readonly Value[] {
  const isColon = operator.trim() === ':';
  const before = text.slice(Math.max(0, name.start - 260), name.start);
  const ownLine = lineStart.test(name.start > 260 ? `\0${before}` : before);
  if (isColon && ownLine) {
    const block = blockAt(text, name, from);
    if (block.length > 0) return block;
  }
  const blanks = match(/[ \t]{0,40}(?:\r?\n[ \t]{0,80}(?=\\{0,4}["'`]))?/y, text, from);
  const at = from + blanks.length;
  const literal = literalAt(text, at) ?? defaultAt(text, at);
  if (literal !== null) return [literal];
  const tight = operator === '=' && blanks === '';
  if (tight && /(?:[?&]|&amp;|%26|%3F)$/.test(before)) return [plainAt(text, at, /[^&\s"'`<>#;\\]+/y, 'literal')];
  const upper = /^[A-Z][A-Z0-9_]*$/.test(name.text);
  const option = /(?:^|[\s"'`=])(?:--?|\/p:|-D)$/.test(before);
  if (tight && (upper || option || ownLine || /(?:^|[^\w\s]);$/.test(before.trimEnd()))) {
    const value = plainAt(text, at, /(?:[^\s"'`\\]|\\(?![nrt"'`]))+/y, 'literal');
    const whole = cutAt(text, value, /;(?=[A-Za-z][\w ]{0,40}=)|&&|\|\||[;,)}\]|&]+$/);
    if (upper && !/[,(][ \t]*$/.test(before)) return [whole];
    return [{ ...whole, place: option ? 'literal' : 'line' }];
  }
  if (tight && /;[ \t]*$/.test(before))
    return [plainAt(text, at, /[^;"'\s]+/y, 'literal')].map((one) => ({ ...one, place: 'line' }));
  if (ownLine) return [onItsLine(text, name, at, isColon)];
  return [
    wordAt(
      text,
      at,
      tight && /;/.test(text.slice(at, at + 200)) && /[;"'][^\n]{0,200}$/.test(before) ? 'line' : 'near',
    ),
  ];
}

/** Blanks, a line number, a mark of a diff or of a list, what exports it; a file and line before it as searches print them. */
const lineStart =
  /(?:^|\n|\\n)[ \t]*(?:\d{1,6}[\t:][ \t]*|[^\s:"']{1,180}:\d{1,6}[:-][ \t]*)?(?:[+><#*-][ \t]*|\/\/[ \t]*|"(?=$)|'(?=$)){0,3}(?:(?:export|set|setenv|local|readonly|env|ENV|ARG|declare -x|typeset -x|const|let|var)[ \t]+|\$env:|\$)?["']?$/;

/** All that the line says, without a comment; of several words the first. */
function onItsLine(text: string, name: Name, at: number, isColon: boolean): Value {
  const line = match(/[^\r\n]{0,4096}/y, text, at);
  const bare = line
    .replace(/\s+(?:#|\/\/|;).*$/, '')
    .replace(/\\n.*$/, '')
    .trimEnd();
  const end = bare.replace(/[,;"'`]+$/, '');
  const goesOn = end.length < bare.length;
  if (!/\s/.test(end)) {
    const isName = /^[A-Za-z]+$/.test(end) && (goesOn || !isColon);
    return { start: at, end: at + end.length, place: isName ? 'near' : 'line' };
  }
  if (name.kind === 'password' && /phrase/i.test(name.text) && /^[a-z]+(?: [a-z]+){3,30}$/.test(end)) return { start: at, end: at + end.length, place: 'literal' }; // prettier-ignore
  return wordAt(text, at, 'near');
}

function unassigned(text: string, name: Name, at: number, inQuotes: boolean): readonly Value[] {
  const before = text.slice(Math.max(0, name.start - 260), name.start);
  const blanks = match(/[ \t]{1,20}/y, text, at);
  const next = at + blanks.length;
  // An option of a command, a setting by a command, a .netrc.
  const isDashed = /(?:^|[\s"'`[])--?$/.test(before);
  if (isDashed && inQuotes) return argument(text, at);
  const isOption = isDashed && !inQuotes;
  const isSet = /(?:^|\s)(?:ENV|ARG|set|setx|setenv|config(?: --\w+)*)[ \t]+["']?$/.test(before);
  const isNetrc = name.text === 'password' && /(?:login|user|account)[ \t]+\S{1,200}\s+$/.test(before);
  if (blanks !== '' && (isOption || isSet || isNetrc)) {
    if (text[next] === '-') return [];
    return orNone(literalAt(text, next) ?? plainAt(text, next, /(?:[^\s"'`\\]|\\(?![nrt"'`]))+/y, 'literal'));
  }
  // `setPassword("…")`, `header("X-Api-Key", "…")`, `["--token", "…"]`.
  const opened = match(/\([ \t]{0,10}(?=\\{0,4}["'`])/y, text, at);
  if (opened !== '' && !inQuotes) return orNone(strict(text, name, literalAt(text, at + opened.length)));
  if (inQuotes && match(/[ \t]{0,10},/y, text, at) !== '') {
    if (name.kind === 'authorization') return authorization(text, at + match(/[ \t]{0,10},/y, text, at).length);
    return argument(text, at).flatMap((one) => orNone(strict(text, name, one)));
  }
  if (name.weak || name.kind === 'authorization') return [];
  const said = match(/(?:[ \t]{1,10}(?:is|was|are|=|:)?[ \t]{0,10}|[ \t]{0,3})["'`(]{0,2}/y, text, at);
  if (said === '') return [];
  const word = plainAt(text, at + said.length, /[A-Za-z0-9+/_=.~-]{16,4096}/y, 'near');
  const bare = cutAt(text, word, /[.=-]+$/);
  return isRandomInProse(text.slice(bare.start, bare.end)) ? [bare] : [];
}

/** The next argument, in quotes. */
function argument(text: string, at: number): readonly Value[] {
  const gap = match(/["'`]?[ \t]{0,10},\s{0,80}/y, text, at);
  return gap === '' ? [] : orNone(literalAt(text, at + gap.length));
}

/** In a call the quotes may hold a name as well: only what has a digit and no blanks. */
function strict(text: string, name: Name, value: Value | null): Value | null {
  if (value === null) return null;
  const said = text.slice(value.start, value.end);
  const long = said.length >= (name.kind === 'password' ? 6 : 12);
  return long && /\d/.test(said) && !/\s/.test(said) ? value : null;
}

const schemes = /(?:(?:Bearer|Basic|Token|Digest|ApiKey|Api-Key|Key|Bot|OAuth|SharedKey|PRIVATE-TOKEN)[ \t:]{1,10})?/iy;

function authorization(text: string, from: number): readonly Value[] {
  const gap = match(/[ \t]{0,40}\\{0,4}["'`]?/y, text, from);
  const scheme = match(schemes, text, from + gap.length);
  return [plainAt(text, from + gap.length + scheme.length, /[^\s"'`,;<>\\]{1,4096}/y, 'near')];
}

/** Of `Cookie: a=b; c=d` and `Set-Cookie:` the values that are long. */
function cookies(text: string, at: number): readonly Value[] {
  if (match(/[ \t]{0,10}:[ \t]{0,10}/y, text, at) === '') return [];
  const line = match(/[^\r\n"'`]{0,4096}/y, text, at);
  return [...line.matchAll(/=([^;\s,]{16,4096})/g)].map(({ 1: value = '', index }) => ({
    start: at + index + 1,
    end: at + index + 1 + value.length,
    place: 'literal',
  }));
}

/** The lines of a value of YAML that goes over lines: `key: |`. */
function blockAt(text: string, name: Name, from: number): readonly Value[] {
  const head = match(/[ \t]{0,10}[|>][-+]?\d?[ \t]{0,10}\r?\n/y, text, from);
  if (head === '') return [];
  const lineAt = text.lastIndexOf('\n', name.start) + 1;
  const indent = match(/[ \t]*/y, text, lineAt).length;
  const start = from + head.length;
  let end = start;
  while (end < text.length && end - start < valueCharsMax) {
    const blanks = match(/[ \t]*/y, text, end).length;
    const next = text.indexOf('\n', end);
    const stop = next < 0 ? text.length : next;
    if (blanks <= indent && end + blanks < stop) break;
    end = next < 0 ? stop : stop + 1;
  }
  return [...text.slice(start, end).matchAll(/[^\s].*/g)].map(({ 0: line, index }) => ({
    ...trimmed(text, start + index, start + index + line.length),
    place: 'literal',
  }));
}

/** A string of any notation, escaped quotes too. */
function literalAt(text: string, at: number): Value | null {
  const prefix = match(/(?:[bfruBFRU@$]{1,2}(?=["'`])|new String\(|String\.valueOf\(|Some\(|\w{1,30}(?:::(?:new|from)|\.of)\((?=\\{0,4}["'`][^"'`]{0,4096}["'`]\)))?/y, text, at); // prettier-ignore
  const quote = match(/\\{0,4}(?:"""|'''|["'`])/y, text, at + prefix.length);
  if (quote === '') return null;
  const start = at + prefix.length + quote.length;
  const stop = Math.min(text.length, start + valueCharsMax);
  let end = stop;
  if (quote.length > 1) {
    const close = text.indexOf(quote, start);
    if (close >= 0) end = Math.min(end, close);
  } else {
    let i = start;
    while (i < stop && text[i] !== quote && (quote === '`' || text[i] !== '\n')) i += text[i] === '\\' ? 2 : 1;
    end = Math.min(i, stop);
  }
  const scheme = match(schemes, text, start);
  return { start: Math.min(end, start + scheme.length), end, place: 'literal' };
}

/** `process.env.X || 'default'`, `os.environ.get('X', 'default')`. */
function defaultAt(text: string, at: number): Value | null {
  const way = match(
    /(?:[\w$.]|\[["']\w{1,60}["']\]|\(["']\w{1,60}["']\)){1,120}[ \t]{0,10}(?:\|\||\?\?|or\b)[ \t]{0,10}/y,
    text,
    at,
  );
  const other = way !== '' ? way : match(/[\w$.]{1,80}\(["']\w{1,60}["'],[ \t]{0,10}/y, text, at);
  return other === '' ? null : literalAt(text, at + other.length);
}

function wordAt(text: string, at: number, place: Place): Value {
  return plainAt(text, at, /(?:\[redacted: [^\]\n]{1,80}\]|[^\s,;)}\]"'`<>&\\]){1,4096}/y, place);
}

function plainAt(text: string, at: number, form: RegExp, place: Place): Value {
  return { start: at, end: at + match(form, text, at).length, place };
}

function cutAt(text: string, { start, end, place }: Value, form: RegExp): Value {
  const found = form.exec(text.slice(start, end));
  return { start, end: found ? start + found.index : end, place };
}

function trimmed(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  const said = text.slice(start, end);
  return { start: start + said.length - said.trimStart().length, end: end - (said.length - said.trimEnd().length) };
}

function match(form: RegExp, text: string, at: number): string {
  form.lastIndex = at;
  return form.exec(text)?.[0] ?? '';
}

function orNone(value: Value | null): readonly Value[] {
  return value === null ? [] : [value];
}
