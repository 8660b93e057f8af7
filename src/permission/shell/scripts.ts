/** Commands whose words are a small language: find, test, sed, jq. What of it only looks is spelled out; all else writes. */
import type { Word } from './line.ts';
import type { Reading } from './reads.ts';

/** null: it is none of these. */
export function looksByScript(name: string, args: readonly Word[]): Reading | null {
  const texts = args.map(({ text }) => text);
  switch (name) {
    case 'find':
      return findReading(texts, args);
    case 'test':
      return testReading(texts);
    case '[':
      return texts.at(-1) === ']' ? testReading(texts.slice(0, -1)) : { not: 'a bracket is open' };
    case 'sed':
      return sedReading(texts);
    case 'jq':
      return jqReading(texts);
    default:
      return null;
  }
}

const findAlone = new Set(
  '-print -print0 -true -false -not -a -and -o -or ! ( ) , -empty -readable -writable -executable -nouser -nogroup -depth -xdev -mount -prune -quit -ls -daystart -noleaf -follow -nowarn -warn'.split(
    ' ',
  ),
);
const findValued = new Set(
  '-name -iname -path -ipath -wholename -iwholename -regex -iregex -type -xtype -size -mtime -mmin -atime -amin -ctime -cmin -newer -anewer -cnewer -maxdepth -mindepth -perm -user -group -uid -gid -links -inum -samefile -regextype -printf -lname -ilname -fstype'.split(
    ' ',
  ),
);

function findReading(texts: readonly string[], args: readonly Word[]): Reading {
  const paths: string[] = [];
  let i = 0;
  for (; i < texts.length && /^-[HLP]$/.test(texts[i] ?? ''); i++);
  for (; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (/^(?:-|[(!,]$)/.test(text)) break;
    paths.push(text);
  }
  for (; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (args[i]?.glob === true) return { not: 'a wild card may become an action of find' };
    if (findValued.has(text)) {
      if (++i >= texts.length) return { not: `${text} of find has no value` };
      if (args[i]?.glob === true) return { not: 'a wild card may become an action of find' };
    } else if (!findAlone.has(text) && !/^-newer[aBcm][aBcmt]$/.test(text))
      return { not: `${text} of find is not known to only look` };
  }
  return args.some(({ glob }, at) => glob && at < paths.length && paths[at]?.startsWith('*') === true)
    ? { not: 'a wild card may become an action of find' }
    : { paths };
}

function testReading(texts: readonly string[]): Reading {
  const [first, second, third] = texts;
  const plain = (text: string | undefined): boolean => text !== undefined && !/[$`[\]]/.test(text);
  if (first === '!') return texts.length > 1 ? testReading(texts.slice(1)) : { not: 'test has no words' };
  if (texts.length === 1 && plain(first)) return { paths: [] };
  if (texts.length === 2 && /^-[bcdefghknprsuwxzLS]$/.test(first ?? '') && plain(second))
    return { paths: /^-[nz]$/.test(first ?? '') ? [] : [second ?? ''] };
  if (
    texts.length === 3 &&
    /^(?:=|==|!=|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/.test(second ?? '') &&
    plain(first) &&
    plain(third)
  )
    return { paths: [] };
  return { not: 'test is not known to only look with these words' };
}

const address = String.raw`(?:\d+|\$|\/(?:[^\/\\\n]|\\[^\n])*\/I?)`;
const sedCommand = new RegExp(
  String.raw`^\s*(?:${address}(?:\s*,\s*(?:${address}|[+~]\d+))?\s*!?\s*)?(?:[pdqQ=lnND]|[qQ]\d+|s\/(?:[^\/\\\n]|\\[^\n])*\/(?:[^\/\\\n]|\\[^\n])*\/[gpiI\d]*|y\/(?:[^\/\\\n]|\\.)*\/(?:[^\/\\\n]|\\.)*\/)\s*$`,
  'u',
);

function sedReading(texts: readonly string[]): Reading {
  const scripts: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (text === '-e' || text === '--expression') scripts.push(texts[++i] ?? '');
    else if (
      /^-[nErsuz]+$/.test(text) ||
      /^--(?:quiet|silent|regexp-extended|posix|separate|null-data|debug)$/.test(text)
    )
      continue;
    else if (text.startsWith('-') && text !== '-') return { not: `${text} of sed is not known to only look` };
    else operands.push(text);
  }
  if (scripts.length === 0) scripts.push(operands.shift() ?? '');
  return scripts.every(isPlainSed)
    ? { paths: operands.filter((text) => text !== '-') }
    : { not: 'the script of sed is not known to only look' };
}

/** Parted at `;` outside of patterns: a part that is cut wrongly does not fit the form. */
function isPlainSed(script: string): boolean {
  return (
    sedCommand.test(script) || (/^[^\/\\]*$/.test(script) && script.split(';').every((part) => sedCommand.test(part)))
  );
}

function jqReading(texts: readonly string[]): Reading {
  const operands: string[] = [];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (
      /^-[rcsnMCSaje]+$/.test(text) ||
      /^--(?:raw-output|compact-output|slurp|null-input|monochrome-output|color-output|sort-keys|ascii-output|join-output|exit-status|tab)$/.test(
        text,
      )
    )
      continue;
    if (/^--(?:arg|argjson)$/.test(text)) i += 2;
    else if (text === '--indent') i++;
    else if (text.startsWith('-') && text !== '-') return { not: `${text} of jq is not known to only look` };
    else operands.push(text);
  }
  const [program = '', ...files] = operands;
  return /\benv\b|\$ENV|\$__|\b(?:import|include|input_filename|debug|stderr|getpath|builtins|modulemeta|input_line_number|get_search_list|ltrimstr\(env)\b/i.test(
    program,
  )
    ? { not: 'the program of jq may read more than its file' }
    : { paths: files.filter((text) => text !== '-') };
}
