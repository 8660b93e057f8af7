/** The text of a settings file, read strictly, with the place of each value: a fault is told with its line. */
import { JourneymanError } from './error.ts';
import type { Json } from './json.ts';

export interface SettingsText {
  readonly value: Json;
  /** "line 4"; `path` as in `permissions.allow[2]`, '' is the whole. */
  readonly placeOf: (path: string) => string;
}

/** Throws `invalid_input`: the line and column, and what is wrong there. */
export function parseSettings(text: string): SettingsText {
  const starts = new Map<string, number>();
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const fault = (what: string, where = at): never => {
    const before = text.slice(0, where);
    const column = where - (before.lastIndexOf('\n') + 1) + 1;
    throw new JourneymanError(
      'invalid_input',
      `line ${String(lineAt(text, where))}, column ${String(column)}: ${what}`,
    );
  };
  const blanks = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
    if (text.startsWith('//', at) || text.startsWith('/*', at)) fault('a comment; JSON has none, take it out');
  };
  const expected = (what: string): never =>
    fault(
      at >= text.length ? `the file ends where ${what} is expected` : `${what} is expected, not ${shown(text[at])}`,
    );

  const string = (): string => {
    const start = at;
    const found = stringForm.exec(text.slice(at));
    if (!found) return fault('a text has no closing quote, or holds a line break or an unknown escape', start);
    at += found[0].length;
    return JSON.parse(found[0]) as string;
  };
  const value = (path: string, depth: number): Json => {
    blanks();
    starts.set(path, at);
    if (depth > depthMax) fault('it is nested too deeply');
    const char = text[at];
    if (char === '"') return string();
    if (char === '[') return list(path, depth);
    if (char === '{') return object(path, depth);
    const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/.exec(
      text.slice(at, at + 40),
    );
    if (!word) return expected('a value');
    at += word[0].length;
    return JSON.parse(word[0]) as Json;
  };
  const list = (path: string, depth: number): readonly Json[] => {
    const items: Json[] = [];
    at++;
    blanks();
    while (text[at] !== ']') {
      items.push(value(`${path}[${String(items.length)}]`, depth + 1));
      blanks();
      if (text[at] === ',') {
        at++;
        blanks();
        if (text[at] === ']') fault('a comma with nothing after it');
      } else if (text[at] !== ']') expected('`,` or `]`');
    }
    at++;
    return items;
  };
  const object = (path: string, depth: number): Json => {
    const members = new Map<string, Json>();
    at++;
    blanks();
    while (text[at] !== '}') {
      if (text[at] !== '"') expected('a name in quotes');
      const start = at;
      const name = string();
      if (members.has(name)) fault(`"${name}" stands here twice`, start);
      blanks();
      if (text[at] !== ':') expected('`:`');
      at++;
      members.set(name, value(path === '' ? name : `${path}.${name}`, depth + 1));
      blanks();
      if (text[at] === ',') {
        at++;
        blanks();
        if (text[at] === '}') fault('a comma with nothing after it');
      } else if (text[at] !== '}') expected('`,` or `}`');
    }
    at++;
    return Object.fromEntries(members);
  };

  const whole = value('', 0);
  blanks();
  if (at < text.length) fault('the file should end here');
  return { value: whole, placeOf: (path) => `line ${String(lineAt(text, starts.get(path) ?? 0))}` };
}

const depthMax = 50;
const stringForm = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function shown(char: string | undefined): string {
  return char === undefined ? 'the end' : `"${char}"`;
}
