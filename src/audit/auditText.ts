/** An audit in words, for the terminal and for a page: each effect with its end, on whose word, and whether all is as it was written. */
import type { CommandFate } from '../core/command.ts';
import type { DecidedBy, Rule } from '../core/permission.ts';
import type { AuditEntry, AuditReport } from '../core/ports.ts';

/** One line: intact, torn, changed, cut short or gone. */
export function auditVerdict({ entries, broken, isTorn }: AuditReport): string {
  const lines = entries.length === 1 ? '1 line' : `${String(entries.length)} lines`;
  if (broken !== null) return `CHANGED at line ${String(broken.line)}: ${broken.why}. ${lines} before it as written.`;
  return `${lines} as written${isTorn ? '; its last line was cut off by a crash, and nothing was done for it' : ''}`;
}

/** Oldest first; an effect whose end is written too is one block. Inputs are as the model gave them, on one line each. */
export function auditText(report: AuditReport): string {
  const ended = new Set(report.entries.filter(({ phase }) => phase === 'after').map(keyOf));
  const blocks = report.entries.filter((entry) => entry.phase !== 'before' || !ended.has(keyOf(entry))).map(blockOf);
  return `${report.session}: ${auditVerdict(report)}\n${blocks.join('')}`;
}

/** Of a restore and of a hook: the input names the checkpoint that was made for it, or the program. */
function keyOf({ turn, call, tool, input }: AuditEntry): string {
  return [turn, call ?? '', tool, input].join('\n');
}

function blockOf({ atMs, turn, step, tool, input, tier, by, sandbox, files, left = [], ...end }: AuditEntry): string {
  const time = new Date(atMs).toISOString().replace('T', ' ').slice(0, 19);
  const what = onOneLine(`${tool} ${input}`);
  const why = [tier, `by ${byWords(by)}`, sandbox && `sandbox ${sandbox}`].filter((one) => one !== null && one !== '');
  return [
    `  ${time}  turn ${String(turn)}, step ${String(step)}  ${endWords(end)}`,
    `      ${what.length > shownChars ? `${what.slice(0, shownChars - 1)}…` : what}`,
    `      ${onOneLine(why.join(', '))}`,
    ...(files.length === 0 ? [] : [`      files: ${onOneLine(files.join(', '))}`]),
    ...left.map((line) => `      left: ${onOneLine(line)}`),
    '',
  ].join('\n');
}

/** A name or a rule may hold line breaks, and would pass for a line of the audit. */
function onOneLine(text: string): string {
  return text.replace(/\s/g, ' ');
}

/** Of one input: more is in the session's log. */
const shownChars = 500;

function endWords({ phase, status, exitCode, background, how }: Ends): string {
  const exit = exitCode === null ? '' : `, exit ${String(exitCode)}`;
  switch (phase) {
    case 'denied':
      return 'denied';
    case 'before':
      return 'started, its end is not here';
    case 'after':
      return background === undefined ? `${status ?? 'ended'}${exit}` : `goes on in the background as ${background}`;
    case 'ended':
      return `${background ?? ''} ${how === undefined ? 'ended' : ofFate[how]}${exit}`;
  }
}

type Ends = Pick<AuditEntry, 'phase' | 'status' | 'exitCode' | 'background' | 'how'>;
const ofFate: Readonly<Record<CommandFate, string>> = {
  itself: 'ended',
  stopped: 'was stopped',
  gone: 'ended with the program that ran it',
};

const ofSource: Readonly<Record<Rule['source'], string>> = {
  managed: 'of the machine',
  user: 'of the person',
  session: 'of the session',
  workspace: 'of the folder',
  cli: 'of the command line',
};

function byWords(by: DecidedBy | null): string {
  if (by === null) return 'nobody known';
  if (by.kind === 'mode') return `mode ${by.mode}`;
  if (by.kind === 'rule') return `rule ${by.rule}${by.source === undefined ? '' : ` ${ofSource[by.source]}`}`;
  if (by.kind === 'hook') return `hook ${by.hook}`;
  return by.kind === 'user' ? 'the person' : 'nobody: there was no person to ask';
}
