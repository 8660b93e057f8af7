/** Which tier a command line belongs to: the worst of its parts, with the part and the reason. The text that is judged is the text that runs. */
import { limits } from '../../core/limits.ts';
import type { Tier } from '../../core/permission.ts';
import { readBash } from './bash.ts';
import { commandDanger } from './danger.ts';
import { escaped, hiddenIn } from './hidden.ts';
import type { Command, ShellKind, ShellLine } from './line.ts';
import { readingOf } from './reads.ts';
import { readWindows } from './windows.ts';

export interface LineVerdict {
  readonly tier: Tier;
  /** The part of the line that decides, nothing hidden in it. */
  readonly part: string;
  /** Why, as it goes on after "because". */
  readonly because: string;
  /** Of a line that only looks: what it opens, from the folder it runs in, as written. */
  readonly paths: readonly string[];
  /** It counts as read only where nothing that a repository names can be started. */
  readonly git: boolean;
}

/** Never throws. In doubt dangerous over write over read. */
export function judgeLine(shell: ShellKind, text: string): LineVerdict {
  try {
    return judged(shell, text);
  } catch {
    return verdict('dangerous', text, 'it cannot be read');
  }
}

/** Why a line, or text that becomes one, is dangerous; null: it is not. */
export function lineDanger(shell: ShellKind, text: string, depth: number): string | null {
  if (depth > 8) return 'it is nested too deeply to be read';
  const line = readLine(shell, text);
  return line.alarm ?? first(line.commands, (command) => commandDanger(command, shell, { depth, lineDanger }));
}

function judged(shell: ShellKind, text: string): LineVerdict {
  if (text.length > limits.judgedLineChars)
    return verdict(
      'dangerous',
      `${text.slice(0, 200)}…`,
      `it has ${String(text.length)} characters: nobody reads that`,
    );
  const hidden = hiddenIn(text);
  if (hidden !== null) return verdict('dangerous', text, hidden);
  const line = readLine(shell, text);
  if (line.alarm !== null) return verdict('dangerous', text, line.alarm);
  for (const command of line.commands) {
    const danger = commandDanger(command, shell, { depth: 0, lineDanger });
    if (danger !== null) return verdict('dangerous', command.text, danger);
  }
  if (shell === 'powershell' || shell === 'cmd')
    return verdict('write', text, `no line of ${shell === 'cmd' ? 'cmd' : 'PowerShell'} runs without a question`);
  if (shell === 'zsh') return verdict('write', text, 'no line of zsh runs without a question');
  if (line.unread !== null) return verdict('write', text, `it holds ${line.unread}`);
  if (line.commands.length === 0) return verdict('write', text, 'it holds no command');
  return reading(line.commands, text);
}

function reading(commands: readonly Command[], text: string): LineVerdict {
  const paths = new Set<string>();
  /** Folders that a command may run in: a `cd` before it may have worked or not. */
  const bases = new Set(['']);
  let git = false;
  for (const command of commands) {
    const read = readingOf(command);
    if ('not' in read) return verdict('write', command.text, read.not);
    git ||= read.git === true;
    const found = [...bases].flatMap((base) => read.paths.map((path) => behind(base, path)));
    for (const path of found) paths.add(path);
    if (command.words[0]?.text === 'cd') {
      if (command.inPipe) return verdict('write', command.text, 'it changes the folder inside of a pipeline');
      for (const base of found) bases.add(base);
      if (bases.size > 16) return verdict('write', command.text, 'it changes the folder too often');
    }
  }
  return { ...verdict('read', text, 'it only looks'), paths: [...paths], git };
}

function behind(base: string, path: string): string {
  return base === '' || /^[/~]/.test(path) ? path : `${base}/${path}`;
}

function readLine(shell: ShellKind, text: string): ShellLine {
  return shell === 'powershell' || shell === 'cmd' ? readWindows(text, shell) : readBash(text, shell === 'zsh');
}

function verdict(tier: Tier, part: string, because: string): LineVerdict {
  return { tier, part: escaped(part.trim()), because, paths: [], git: false };
}

function first<T, R>(values: readonly T[], find: (value: T) => R | null): R | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
