/** What the text of an import says is imported, as raw as it stands there. */
import type { ImportReader } from '../languages/rules.ts';

export function readImports(read: ImportReader, text: string): readonly string[] {
  return readers[read](text).filter((one) => one !== '');
}

const readers: Readonly<Record<ImportReader, (text: string) => string[]>> = {
  quoted: (text) => quoted(text).slice(0, 1),
  lastQuoted: (text) => quoted(text).slice(-1),
  allQuoted: quoted,
  dotted(text) {
    const words = withoutComments(text)
      .replace(/;.*$/s, '')
      .replace(/^.*?\b(?:import|using)\s+/s, '')
      .replace(/^(?:static|global|unsafe|struct|class|enum|protocol|func|var|let|typealias)\s+/, '')
      .replace(/^[\w.]+\s*=\s*/, '');
    return [/^[\w$]+(?:\s*\.\s*[\w$]+)*(?:\s*\.\s*\*)?/.exec(words)?.[0] ?? ''];
  },
  python,
  rust: (text) =>
    branches(
      withoutComments(text)
        .replace(/^(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?(?:use|extern\s+crate|mod)\s+/, (head) =>
          /mod\s+$/.test(head) ? 'self::' : '',
        )
        .replace(/\s+as\s+\w+/g, ''),
      '::',
    ),
  php: (text) =>
    branches(
      text
        .replace(/^use\s+(?:function\s+|const\s+)?/, '')
        .replace(/\s+as\s+\w+/gi, '')
        .replace(/([{,]\s*)(?:function|const)\s+/g, '$1'),
      '\\',
    ),
  scala: (text) => branches(text.replace(/^import\s+/, '').replace(/\s*(?:=>|\bas\b)\s*\w+/g, ''), '.'),
  elixir: (text) => branches(/^\w+\s+([\w.]+(?:\{[^}]*\})?)/s.exec(text)?.[1] ?? '', '.'),
  bash(text) {
    const [, double, single, bare] = /^\S+\s+(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(text) ?? [];
    return [double ?? single ?? bare ?? ''];
  },
  attribute: (text) =>
    [...text.matchAll(/\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi)].map(
      (match) => match[1] ?? match[2] ?? match[3] ?? '',
    ),
};

function quoted(text: string): string[] {
  return [...text.matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1|<([^<>\n]+)>/g)].map(
    (match) => match[2] ?? match[3] ?? '',
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
}

/** `import a.b as c, d` gives `a.b` and `d`; `from .a import b, c` gives `.a`, `.a.b` and `.a.c`: either may be a file. */
function python(text: string): string[] {
  const plain = text.replace(/#.*/g, '').replace(/\\\r?\n/g, ' ');
  const from = /^from\s+([.\s]*[\w.]*)\s+import\s+(.*)$/s.exec(plain);
  const names = (from?.[2] ?? plain.replace(/^import\s+/, ''))
    .replace(/[()]/g, ' ')
    .split(',')
    .map((one) => one.trim().split(/\s+/)[0] ?? '')
    .filter((one) => one !== '');
  if (from === null) return names;
  const base = (from[1] ?? '').replace(/\s+/g, '');
  const below = names
    .filter((name) => name !== '*')
    .map((name) => (base.endsWith('.') ? base + name : `${base}.${name}`));
  return [base, ...below];
}

/** `a::{b, c::{d, self}}` gives `a::b`, `a::c::d` and `a::c`. */
function branches(text: string, separator: string): string[] {
  const found: string[] = [];
  const bases: string[] = [];
  let base = '';
  let word = '';
  const end = (): void => {
    const name = word.trim();
    if (name === 'self' && base !== '') found.push(base.slice(0, -separator.length));
    else if (name !== '') found.push(base + name);
    word = '';
  };
  for (const character of text.replace(/;\s*$/, '')) {
    if (character === '{') {
      bases.push(base);
      base += word.trim();
      word = '';
    } else if (character === '}') {
      end();
      base = bases.pop() ?? '';
    } else if (character === ',') end();
    else word += character;
  }
  end();
  return found.map((one) => one.replace(/\s+/g, ''));
}
