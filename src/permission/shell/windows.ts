/** Reads a line of PowerShell or cmd loosely, for what is dangerous in it: every word that may be a command begins one. Nothing is plain. */
import type { Command, Redirect, ShellLine, Word } from './line.ts';

export function readWindows(text: string, shell: 'powershell' | 'cmd', depth = 0): ShellLine {
  const commands: Command[] = [];
  let words: Word[] = [];
  let redirects: Redirect[] = [];
  let start = 0;
  let piped = false;
  const end = (at: number, separator: string): void => {
    const part = text.slice(start, at).trim();
    const feeds = separator === '|';
    if (words.length + redirects.length > 0)
      commands.push({
        words,
        assignments: [],
        redirects,
        fed: piped ? 'pipe' : null,
        inPipe: piped || feeds,
        text: part,
      });
    words = [];
    redirects = [];
    piped = feeds;
    start = at + separator.length;
  };
  const { token, unquote } = shell === 'cmd' ? cmdForm : powershellForm;
  let redirect: string | null = null;
  for (const match of text.matchAll(token)) {
    const [raw] = match;
    if (/^\s*$/.test(raw) && !raw.includes('\n')) continue;
    if (/^[>]+$/.test(raw) || raw === '<') {
      redirect = raw;
      continue;
    }
    if (separators.test(raw)) {
      end(match.index, raw);
      continue;
    }
    const word = wordOf(raw, shell, unquote);
    if (redirect === null) words.push(word);
    else redirects.push({ sign: redirect, target: word });
    redirect = null;
  }
  end(text.length, '');
  if (depth < 10)
    for (const [, inner = ''] of text.matchAll(/\$\(([^()]*)\)/g))
      commands.push(...readWindows(inner, shell, depth + 1).commands);
  return { commands, unread: `a line of ${shell === 'cmd' ? 'cmd' : 'PowerShell'}`, alarm: alarmOf(text, shell) };
}

const separators = /^(?:[;|&(){}=\n]|&&|\|\||,)$/;

const powershellForm = {
  token:
    /@?'(?:[^']|'')*'?|(?:[^\s;|&(){}<>'"=,`]|`[\s\S]|"(?:[^"`]|`[\s\S])*"?|(?<=[^\s;|&(){}<>=,])'(?:[^']|'')*'?|(?<=[\w-]),(?=\w))+|&&|\|\||\n|>+|[;|&(){}=<,]|\s/g,
  unquote: (raw: string): string => raw.replace(/`(?=[\s\S])/g, '').replace(/["']/g, ''),
};
const cmdForm = {
  token: /(?:[^\s|&()<>"^]|\^[\s\S]|"[^"]*"?)+|&&|\|\||\n|>+|[|&()<]|\s/g,
  unquote: (raw: string): string =>
    raw
      .replace(/\^([\s\S])/g, '$1')
      .replace(/"/g, '')
      .replace(/^@/, ''),
};

function wordOf(raw: string, shell: 'powershell' | 'cmd', unquote: (raw: string) => string): Word {
  const named = shell === 'cmd' ? /[%!]([A-Za-z_]\w*)[^%!]*[%!]/g : /\$\{?(?:env:|\w+:)?(\w+)/gi;
  const variables = raw.startsWith("'") ? [] : [...raw.matchAll(named)].map(([, name = '']) => name);
  return {
    text: unquote(raw),
    raw,
    dynamic: variables.length > 0,
    glob: /[*?]/.test(raw) && !/^['"]/.test(raw),
    brace: false,
    home: raw.startsWith('~'),
    variables,
  };
}

/** Types whose methods only compute. */
const pureTypes =
  /^(?:system\.)?(?:math|string|char|int|int32|int64|long|double|decimal|bool|datetime|timespan|guid|version)$/i;

function alarmOf(text: string, shell: 'powershell' | 'cmd'): string | null {
  if (shell === 'cmd') return null;
  for (const [, type = ''] of text.matchAll(/\[([\w.]+)\]\s*::/g))
    if (!pureTypes.test(type)) return `it calls into the type ${type}`;
  if (/(?:^|[^&])&\s*[$({]|(?:^|[;|{(\n]\s*)\.\s+[$(]/.test(text)) return 'it runs what a variable or a block says';
  if (/(?:^|[\s'"(])env:[\\/]*\*?['")]*(?:$|[\s|;])/i.test(text)) return 'it prints every variable, secrets too';
  if (/\$PROFILE\b|\bHK(?:CU|LM|EY_\w+):/i.test(text)) return 'it names what runs later, or settings of the system';
  if (/\bNew-Object\b/i.test(text)) return 'it makes an object, which can do anything';
  if (
    /\.\s*(?:Invoke\w*|Delete|Kill|Start|Create|DownloadString|DownloadFile|UploadString|MoveTo|CopyTo)\s*\(/i.test(
      text,
    )
  )
    return 'it calls a method that acts';
  if (/\s-e(?:nc?|ncodedcommand|c)?\s+[A-Za-z0-9+/=]{8,}/i.test(text)) return 'it runs encoded text';
  return null;
}
