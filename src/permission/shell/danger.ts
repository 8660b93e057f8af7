/** Why a command is dangerous whatever allows it: what it destroys, sends, shows, raises, or makes run later. */
import { gitDanger } from './git.ts';
import { lastPart, type Command, type ShellKind, type Word } from './line.ts';
import {
  dangerousNames,
  interpreters,
  plainlyDangerous,
  programOptions,
  shells,
  windowsNames,
  wrappers,
} from './names.ts';
import { codeDanger, programDanger } from './programs.ts';
import { deviceIn, holdsSecret, isFed, laterIn, loadsCode, secretIn } from './places.ts';
import { readingOf } from './reads.ts';

export interface Depth {
  readonly depth: number;
  /** `lineDanger` of the judge: a text among the words may be a line itself. */
  readonly lineDanger: (shell: ShellKind, text: string, depth: number) => string | null;
}

/** Their words are data: what looks like a path or a command in them is none. */
const speaking = new Set([
  'echo',
  'printf',
  ':',
  'true',
  'false',
  'write-output',
  'write-host',
  'rem',
  'seq',
  'basename',
  'dirname',
]);
/** The first of their words that is no option is a pattern. */
const searching = new Set([
  'grep',
  'egrep',
  'fgrep',
  'rg',
  'ag',
  'ack',
  'findstr',
  'select-string',
  'sed',
  'awk',
  'jq',
]);

export function commandDanger(command: Command, shell: ShellKind, at: Depth): string | null {
  const { words, assignments, redirects } = command;
  for (const { name, value } of assignments) {
    if (loadsCode(name)) return `the variable ${name} decides what programs load or run`;
    const secret = secretIn({ ...value, text: '' });
    if (secret !== null) return secret;
  }
  for (const { sign, target } of redirects) {
    const writes = !sign.startsWith('<');
    const danger =
      secretIn(target) ??
      (writes ? (deviceIn(target) ?? laterIn(target)) : null) ??
      (/^\/dev\/(?:tcp|udp)\//.test(target.text) ? 'it reads from the network' : null);
    if (danger !== null) return danger;
  }
  const [name] = words;
  if (name === undefined) return null;
  const program = programOf(name);
  const secret = secretAmong(program, words);
  if (secret !== null) return secret;
  const isExpression = shell === 'powershell' && /^[$"'[\d]/.test(name.raw);
  if (isExpression) return null;
  if (name.dynamic || (name.glob && name.raw !== '[') || name.brace) return 'which program it starts is not known';
  if (/^!/.test(name.text) && name.text !== '!') return 'it may run an earlier command again';
  const only =
    'paths' in readingOf({ ...command, assignments: [], fed: null, redirects: [] }) &&
    (shell === 'bash' || shell === 'zsh');
  if (only) return null;
  return (
    wordsDanger(words, command.fed, shell, at, true) ??
    (program === 'git' ? null : laterAmong(program, words)) ??
    addressDanger(words)
  );
}

/** `first`: a command stands here for certain; else a word in the middle is looked at as if it began one. */
function wordsDanger(
  words: readonly Word[],
  fed: Command['fed'],
  shell: ShellKind,
  at: Depth,
  first: boolean,
): string | null {
  const [name, ...args] = words;
  if (name === undefined) return null;
  const program = programOf(name);
  const texts = args.map(({ text }) => text);
  const windows = shell === 'powershell' || shell === 'cmd';
  const because =
    dangerousNames.get(program) ??
    (windows ? windowsNames.get(program) : undefined) ??
    (/^mkfs\b/.test(program) ? 'destroys a disk' : undefined);
  if (because !== undefined && (args.length > 0 || first) && !isHarmless(program, texts))
    return `${program} ${because}`;
  if (program === 'git') return gitDanger(words);
  const code = textDanger(program, args, fed, shell, at);
  if (code !== null) return code;
  const own = programDanger(program, args, fed);
  if (own !== null) return own;
  if (speaking.has(program)) return null;
  const named = args.find(({ text }) => namesProgram(program, text));
  if (named !== undefined) return `${named.text} can run a program`;
  return first ? insideDanger(program, args, shell, at) : null;
}

/** Text that is run: of shells, `eval`, interpreters. */
function textDanger(
  program: string,
  args: readonly Word[],
  fed: Command['fed'],
  shell: ShellKind,
  at: Depth,
): string | null {
  const below = (text: string, kind: ShellKind = 'bash'): string | null => at.lineDanger(kind, text, at.depth + 1);
  if (shells.has(program) || program === 'cmd') {
    const kind: ShellKind =
      program === 'zsh' ? 'zsh' : program === 'cmd' ? 'cmd' : /^p/.test(program) ? 'powershell' : 'bash';
    const flag = args.findIndex(({ text }) =>
      kind === 'cmd' ? /^\/[ck]/i.test(text) : kind === 'powershell' ? /^[-/]c/i.test(text) : /^-[a-zA-Z]*c/.test(text),
    );
    if (
      args.some(
        ({ text }) => /^--(?:rcfile|init-file)/.test(text) || (/^-(?:i|[a-z]*l?i[a-z]*)$/.test(text) && flag < 0),
      )
    )
      return 'it runs a file at its start';
    if (kind === 'powershell' && args.some(({ text }) => /^-e(?:nc|c|ncodedcommand)?$/i.test(text)))
      return 'it runs encoded text';
    if (flag >= 0) {
      const text =
        kind === 'bash' || kind === 'zsh'
          ? args.slice(flag + 1).find(({ text: one }) => !/^[-+][a-z]/.test(one))
          : undefined;
      const rest = text === undefined ? args.slice(flag + 1) : [text];
      if (rest.some(({ dynamic, text: one }) => dynamic || one.includes('{}')))
        return 'the text that it runs is not known';
      return below(rest.map((one) => one.text).join(' '), kind);
    }
    const script = args.find(({ text }) => !/^[-+]/.test(text) && !isFed(text));
    if (script === undefined && (fed !== null || args.some(({ text }) => isFed(text))))
      return `${program} runs whatever it is fed`;
    return script?.dynamic === true ? 'the file that it runs is not known' : null;
  }
  if (program === 'eval' || program === 'source' || program === '.' || program === 'iex') {
    if (args.some(({ dynamic, text }) => dynamic || isFed(text))) return 'the text that it runs is not known';
    return program === 'eval' ? below(args.map(({ text }) => text).join(' ')) : null;
  }
  const option = interpreters.get(program.replace(/[\d.]+$/, '')) ?? interpreters.get(program);
  if (option === undefined) return null;
  const given = args.findIndex(({ text }) => option.test(text));
  if (given >= 0) {
    const rest = args.slice(given);
    return rest.some(({ dynamic }) => dynamic)
      ? 'the text that it runs is not known'
      : codeDanger(rest.map(({ text }) => text).join('\n'));
  }
  if (
    args.some(
      ({ text }) =>
        /^(?:-r|--require|--import|--loader|-i)$/.test(text) ||
        /^--(?:require|import|loader|experimental-loader)=/.test(text),
    )
  )
    return 'an option loads more code';
  if (
    args.some(
      ({ text }, i) =>
        text === '-m' &&
        /^(?:http\.server|smtpd|pty|webbrowser|pdb|code|ftplib|telnetlib)$/.test(args[i + 1]?.text ?? ''),
    ) ||
    (program === 'php' && args.some(({ text }) => text === '-S'))
  )
    return 'it opens a channel or a shell';
  const takes = args.some(({ text }) => isFed(text));
  return takes || (fed !== null && !args.some(({ text }) => !text.startsWith('-')))
    ? `${program} runs whatever it is fed`
    : null;
}

/** Words of one command that are looked at as if each began one: a person writes a dozen. */
const lookedMax = 300;

/** What stands among its words may be a command that it starts, or text that one runs. */
function insideDanger(program: string, args: readonly Word[], shell: ShellKind, at: Depth): string | null {
  const starts = wrappers.has(program) || (shell === 'cmd' && program.startsWith('@'));
  const runsMore = program === 'xargs' || program === 'find' || program === 'fd' || program === 'parallel';
  if (
    program === 'env' &&
    !args.some(({ text }) => !/^-/.test(text) && !/^\w+=/.test(text)) &&
    !args.some(({ text }) => /^-\w*S|^--(?:split|version|help)/.test(text))
  )
    return 'it prints every variable, secrets too';
  if ((starts || runsMore) && args.length > lookedMax) return 'it has too many words to be judged';
  const mark = program === 'xargs' ? placeholder(args) : null;
  let looked = 0;
  for (const [i, { text, raw }] of args.entries()) {
    const assigned = /^([A-Za-z_]\w*)\+?=/.exec(text)?.[1];
    if (
      assigned !== undefined &&
      (program === 'env' ||
        program === 'export' ||
        program === 'declare' ||
        program === 'typeset' ||
        program === 'make') &&
      loadsCode(assigned)
    )
      return `the variable ${assigned} decides what programs load or run`;
    const isLine = /\s/.test(text) || /\$\(|`/.test(text);
    if (isLine && (raw !== text || shell === 'cmd')) {
      const danger =
        starts || runsMore ? at.lineDanger('bash', text.replace(/^-+\w+=?/, ''), at.depth + 1) : mention(text, at);
      if (danger !== null) return danger;
      continue;
    }
    if (
      /^-/.test(text) ||
      !(starts || runsMore || plainlyDangerous.has(lastPart(text).toLowerCase()) || lastPart(text) === 'git')
    )
      continue;
    if (++looked > lookedMax) return 'it has too many words to be judged';
    const rest = args.slice(i);
    const stop = program === 'find' ? rest.findIndex((word) => word.text === ';' || word.text === '+') : -1;
    const words = (stop < 0 ? rest : rest.slice(0, stop)).map((word) =>
      mark !== null && word.text.includes(mark) ? { ...word, dynamic: true } : word,
    );
    if (program === 'find' && !/^-(?:exec|ok)/.test(args[i - 1]?.text ?? '')) continue;
    const unknown = { text: '{}', raw: '{}', dynamic: true, glob: false, brace: false, home: false, variables: [] };
    const danger =
      wordsDanger(
        runsMore ? [...words.filter((word) => word.text !== '{}'), unknown] : words,
        runsMore ? 'pipe' : null,
        shell,
        at,
        false,
      ) ?? (runsMore ? null : laterAmong(lastPart(text), words));
    if (danger !== null) return danger;
  }
  return null;
}

/** What xargs puts each line of its input in place of; null: it comes last. */
function placeholder(args: readonly Word[]): string | null {
  for (const [i, { text }] of args.entries()) {
    const [, short, joined, long] = /^(?:-([IJi])(.*)|--replace(?:=(.*))?)$/s.exec(text) ?? [];
    if (short === undefined && !text.startsWith('--replace')) continue;
    const given = joined ?? long ?? '';
    return given !== '' ? given : short === 'I' || short === 'J' ? (args[i + 1]?.text ?? '{}') : '{}';
  }
  return null;
}

/** A text that some program is given: what in it is spelled like a command that destroys. */
function mention(text: string, at: Depth): string | null {
  const substitution = [...text.matchAll(/\$\(([^)]*)\)?|`([^`]*)`?/g)].map(([, a, b]) => a ?? b ?? '');
  for (const part of [...text.split(/[;&|\n(){}`]+/), ...substitution]) {
    const name = lastPart(part.trim().split(/\s+/, 1)[0] ?? '');
    if (!plainlyDangerous.has(name) && !(name === 'git' || name === 'curl' || name === 'wget' || name === 'find'))
      continue;
    const danger = at.lineDanger('bash', part, at.depth + 1);
    if (danger !== null) return danger;
  }
  return null;
}

/** Long options whose name says that they run what they are given, and `name=value` words that do. */
function namesProgram(program: string, text: string): boolean {
  const option = /^(--?)([A-Za-z][\w.-]*)(=?)/.exec(text);
  const key = option?.[2] ?? /^([\w.-]+)=/.exec(text)?.[1];
  if (key === undefined) return false;
  const known = programOptions.get(program) ?? [];
  if (option?.[1] === '--' && key.length > 1 && known.some((one) => one === key || one.startsWith(key))) return true;
  if (option?.[1] === '-' && known.includes(key)) return true;
  if (option?.[1] === '-' && key.length < 4) return false;
  return (
    /(?:^|[-._])(?:exec|command|cmd|program|prog|shell|pager|wrapper|preprocessor|rsh|toolexec|linker|proxycommand|editor|launcher|hook|hooks|eval|sshcommand|compress-program)(?:$|[-._])/i.test(
      key,
    ) ||
    /(?:command|wrapper|pager)$/i.test(key) ||
    /.-bin$/.test(key)
  );
}

function secretAmong(program: string, words: readonly Word[]): string | null {
  const args = words.slice(1);
  const variable = words.flatMap(({ variables }) => variables).find(holdsSecret);
  if (variable !== undefined) return `the variable ${variable} may hold a secret`;
  if (speaking.has(program)) return null;
  const takesFile = args.some(({ text }) => /^--(?:f|reg|inc|gl)|^-[a-zA-Z]*[ef]/.test(text));
  const pattern = searching.has(program) && !takesFile ? args.findIndex(({ text }) => !text.startsWith('-')) : -1;
  for (const [i, word] of args.entries()) {
    const secret =
      i === pattern
        ? null
        : secretIn(
            isMessage(program, args, i) ? { ...word, text: '' } : program === 'git' ? withoutRevisions(word) : word,
          );
    if (secret !== null) return secret;
  }
  return null;
}

/** `HEAD~3` is no short name of a file. */
function withoutRevisions(word: Word): Word {
  return { ...word, text: word.text.replace(/~\d+/g, '') };
}

/** The message of a commit is words. */
function isMessage(program: string, args: readonly Word[], i: number): boolean {
  const before = args[i - 1]?.text ?? '';
  return (
    (program === 'git' &&
      (/^-\w*m$|^--(?:message|grep|author|format|pretty)$/.test(before) ||
        /^--(?:message|grep|format|pretty)=/.test(args[i]?.text ?? ''))) ||
    (program === 'gh' && /^(?:-t|-b|--title|--body)$/.test(before))
  );
}

function laterAmong(program: string, words: readonly Word[]): string | null {
  if (speaking.has(program) || (searching.has(program) && !words.some(({ text }) => /^-\w*i|^--in/.test(text))))
    return null;
  for (const word of words.slice(1)) {
    const later = word.text === '/dev/null' ? null : laterIn(word);
    if (later !== null) return later;
  }
  return null;
}

/** Data goes out with an address that is put together. */
function addressDanger(words: readonly Word[]): string | null {
  return words.some(
    ({ text, dynamic, variables }) =>
      (dynamic && /:\/\//.test(text) && !variables.every((name) => /^(?:PORT|HOST)$/.test(name))) ||
      (dynamic && variables.length === 0 && /:\/\//.test(text)),
  )
    ? 'it puts what it read into an address'
    : null;
}

function isHarmless(program: string, texts: readonly string[]): boolean {
  return (
    (texts.length === 1 && /^(?:--version|--help|-V)$/.test(texts[0] ?? '') && program !== 'sudo') ||
    (program === 'truncate' && texts.length === 0)
  );
}

/** As it is found: without folder, ending and case. */
function programOf({ text }: Word): string {
  return (
    lastPart(text)
      .toLowerCase()
      .replace(/^[@'"]+/, '')
      .replace(/\.(?:exe|cmd|bat|com|ps1)$/, '') || text
  );
}
