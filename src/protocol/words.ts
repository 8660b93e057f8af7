/** The words and units that people read, in one place: panel, status bar and notifications speak alike. */
import { amountWords } from '../core/budget.ts';
import type { Compaction } from '../core/event.ts';
import type { CommandFate } from '../core/command.ts';
import type { RestorePoint } from './copies.ts';
import type { SessionRow } from './messages.ts';
import { fateOf, type Phase } from './queries.ts';
import type {
  CutReport,
  Effort,
  ErrorCode,
  Fate,
  HunkState,
  Mode,
  Outcome,
  ProblemCount,
  Question,
  Retry,
  RuleFact,
  StepRow,
} from './view.ts';

/** No-break space: a number and its unit are never parted. */
export const nb = '\u00a0';

/** `12 ms`, `0.2 s`, `41 s`, `2 m`, `2 m 08 s`, `1 h 04 m`. */
export function duration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 100) return `${Math.round(whole)}${nb}ms`;
  if (whole < 9950) return `${(whole / 1000).toFixed(1)}${nb}s`;
  const seconds = Math.round(whole / 1000);
  if (seconds < 60) return `${seconds}${nb}s`;
  if (seconds % 60 === 0 && seconds < 3600) return `${seconds / 60}${nb}m`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${nb}m${nb}${two(seconds % 60)}${nb}s`;
  return `${Math.floor(seconds / 3600)}${nb}h${nb}${two(Math.floor((seconds % 3600) / 60))}${nb}m`;
}

/** A clock that ticks: whole seconds only, so that it does not flicker. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 10 ? `${seconds}${nb}s` : duration(seconds * 1000);
}

/** `1.2k tokens`, `1.3M tokens`. */
export function tokens(count: number): string {
  return `${short(count)}${nb}tokens`;
}

/** `76,412` */
export function exact(count: number): string {
  return count.toLocaleString('en-US');
}

export function cost(usd: number): string {
  return usd > 0 && usd < 0.01 ? 'under $0.01' : `$${usd.toFixed(2)}`;
}

/** What has been spent, as far as it is known: a request that was cut off may have been paid for too. */
export function spent(usd: number, cutRequests: number): string {
  return cutRequests === 0 ? cost(usd) : `${cost(usd)} or more`;
}

/** The sentence behind "or more"; empty when there is nothing to say. */
export function cutRequestWords(cutRequests: number): string {
  if (cutRequests === 0) return '';
  return cutRequests === 1
    ? 'One request was cut off before its answer came. It may have been paid for, and is not in this sum.'
    : `${exact(cutRequests)} requests were cut off before their answers came. They may have been paid for, and are not in this sum.`;
}

/** `14:02`, `14:02:07`, as the clock on the wall says it. */
export function clock(atMs: number, seconds = false): string {
  return new Date(atMs).toLocaleTimeString('en-GB', seconds ? {} : { hour: '2-digit', minute: '2-digit' });
}

export function bytes(count: number): string {
  if (count < 1000) return `${count}${nb}B`;
  if (count < 1_000_000) return `${Math.round(count / 1000)}${nb}kB`;
  return `${(count / 1_000_000).toFixed(1)}${nb}MB`;
}

export function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / whole)}${nb}%`;
}

/** `1 file`, `3 files`, `2 searches` (the plural is given where it is not an `s`). */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${exact(n)}${nb}${n === 1 ? one : many}`;
}

export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

export const modeWords: Readonly<Record<Mode, { readonly name: string; readonly hint: string }>> = {
  plan: { name: 'Plan', hint: 'Reads only, ends with a plan' },
  ask: { name: 'Ask first', hint: 'Asks before each edit and command' },
  edit: { name: 'Edit', hint: 'Edits wait in review, commands ask' },
  auto: { name: 'Auto', hint: 'Edits and sandboxed commands run, dangerous ones still ask' },
};

/** "run npm test": after "Asks to" and "Journeyman asks: ". */
export function askWords(question: Question): string {
  switch (question.kind) {
    case 'plan':
      return 'start with its plan';
    case 'edits':
      return `${fileVerbs[fateOf(question.changes) ?? 'changed'][0]} ${count(question.changes.length, 'file')}`;
    case 'command':
      return `run ${question.line}`;
    case 'access':
      return `use ${question.tool}`;
  }
}

/** The dock's heading. `open`: hunks that are not decided yet, and the files they are in. */
export function questionTitle(question: Question, open: { readonly hunks: number; readonly files: number }): string {
  switch (question.kind) {
    case 'plan':
      return 'Plan ready: start with it?';
    case 'edits':
      return `Review ${count(open.hunks, 'change')} in ${count(open.files, 'file')}`;
    case 'command':
      return question.tier === 'dangerous' ? 'Run this dangerous command?' : 'Run this command?';
    case 'access': {
      const effects = new Set(question.resources.map(({ effect }) => effect));
      const files = count(question.resources.length, 'file');
      const these = question.resources.length === 1 ? 'this file' : `these ${files}`;
      if (effects.has('note')) return 'Remember this?';
      if (effects.has('destroy')) return 'Delete this?';
      if (effects.has('network')) return 'Reach this address?';
      if (effects.has('execute')) return 'Run this?';
      return effects.has('write') ? `Write ${these}?` : `Read ${these}?`;
    }
  }
}

/** Verb of a step's row, by what it does and how far it is. */
export function stepVerb({ what, tool, state, decision, changes }: StepRow): string {
  const fate = fateOf(changes);
  const [infinitive, present, past] = fate ? fileVerbs[fate] : (toolVerbs[tool] ?? verbs[what]);
  switch (state) {
    case 'will':
      return `Will ${infinitive}`;
    case 'asks':
      return `Asks to ${infinitive}`;
    case 'running':
      return present;
    case 'done':
      return past;
    case 'failed':
      return what === 'command' ? past : `Could not ${infinitive}`;
    case 'denied':
      return decision?.action === 'deny' && decision.by.kind === 'user' ? 'You denied' : 'Denied';
    case 'unseen':
      return 'Started';
    case 'stopped':
      return 'Stopped';
    case 'behind':
      return what === 'command' ? 'In the background' : past;
  }
}

const verbs: Readonly<Record<StepRow['what'], readonly [infinitive: string, present: string, past: string]>> = {
  read: ['read', 'Reading', 'Read'],
  list: ['list', 'Listing', 'Listed'],
  search: ['search', 'Searching', 'Searched'],
  edit: ['edit', 'Editing', 'Edited'],
  command: ['run', 'Running', 'Ran'],
  background: ['look at', 'Waiting for', 'Looked at'],
  plan: ['plan', 'Planning', 'Planned'],
  other: ['use', 'Using', 'Used'],
};
const toolVerbs: Readonly<Record<string, (typeof verbs)['edit']>> = {
  send_input: ['type into', 'Typing into', 'Typed into'],
  stop_command: ['stop', 'Stopping', 'Stopped'],
};
const fileVerbs: Readonly<Record<Fate['kind'] | 'changed', (typeof verbs)['edit']>> = {
  changed: ['change', 'Changing', 'Changed'],
  deleted: ['delete', 'Deleting', 'Deleted'],
  moved: ['move', 'Moving', 'Moved'],
};

/** What became of a change, after where it stands: "Line 12, imports: accepted". */
export const hunkWords: Readonly<Record<HunkState, string>> = {
  proposed: 'open',
  applied: 'to review',
  asked: 'asked for a change',
  accepted: 'accepted',
  rejected: 'rejected',
  edited: 'you changed it, kept as you wrote it',
  superseded: 'a later change took its place',
};

/** "5 changes to review in 2 files" */
export function toReviewWords({ hunks, files }: { readonly hunks: number; readonly files: number }): string {
  return `${count(hunks, 'change')} to review in ${count(files, 'file')}`;
}

/** "2 errors, 1 warning"; empty when there are none. */
export function problemWords({ errors, warnings }: Omit<ProblemCount, 'path'>): string {
  return [errors > 0 ? count(errors, 'error') : '', warnings > 0 ? count(warnings, 'warning') : '']
    .filter((part) => part !== '')
    .join(', ');
}

/** "Read 6 files, searched 2 times". */
export function groupTitle(steps: readonly StepRow[]): string {
  const files = new Set(steps.filter(({ what }) => what === 'read').map(({ object }) => object)).size;
  const folders = new Set(steps.filter(({ what }) => what === 'list').map(({ object }) => object)).size;
  const searches = steps.filter(({ what }) => what === 'search').length;
  const parts = [
    files > 0 ? `read ${count(files, 'file')}` : '',
    folders > 0 ? `listed ${count(folders, 'folder')}` : '',
    searches > 0 ? `searched ${searches === 1 ? 'once' : count(searches, 'time')}` : '',
  ].filter((part) => part !== '');
  return sentence(parts.join(', '));
}

export function phaseWords(phase: Phase): string {
  switch (phase.kind) {
    case 'idle':
      return 'Ready';
    case 'waiting':
      return 'Waiting for you';
    case 'retry':
      return phase.retry.untilMs === null && isUnheard(phase.retry) ? 'No connection' : 'Waiting for the server';
    case 'working':
      return { thinking: 'Thinking', writing: 'Writing', reading: 'Reading', command: 'Running a command' }[
        phase.doing
      ];
    case 'pausing':
      return 'Pausing after this step';
    case 'paused':
      return phase.held === undefined ? 'Paused by you' : 'Paused, waiting for you';
    case 'interrupted':
      return 'Stopped, waiting for you';
    case 'ended':
      return outcomeTitle(phase.outcome);
  }
}

const pauseWords = {
  person: 'Paused by you',
  budget: 'Paused: a budget is used',
  stall: 'Paused: it goes in circles',
} as const;

export function outcomeTitle(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.verified ? 'Done' : 'Done, not verified';
    case 'partial': {
      const all = outcome.done.length + outcome.left.length;
      return all > 0 ? `Stopped: ${outcome.done.length} of ${all} done` : 'Stopped before the end';
    }
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Stopped by you';
  }
}

export function cutTitle({ step }: CutReport): string {
  return step === 0
    ? 'The editor closed before the first step'
    : `The editor closed in the middle of step ${exact(step)}`;
}

/** The server was not heard, whatever its reason. */
export function isUnheard({ code }: Pick<Retry, 'code'>): boolean {
  return code === 'unavailable' || code === 'timeout';
}

/** What a run does that waits until its server answers again. */
export function goneWords({ tries, message }: Retry, step: number): string {
  const waits = `Nothing is lost: the run waits at step ${exact(Math.max(1, step))}`;
  return `${message} It was asked ${count(tries, 'time')}. ${waits} and goes on when it answers.`;
}

/** A fact on a hairline, without the link that may stand behind it. */
function roomWords({ kept, why, beforeTokens, afterTokens, text }: RuleFact & { readonly kind: 'room' }): string {
  const tokens =
    beforeTokens === null || afterTokens === null ? '' : `, ${exact(beforeTokens)} → ${exact(afterTokens)} tokens`;
  const because = why === null ? '' : `, ${roomReasons[why]}`;
  const what =
    why === 'cost'
      ? 'results that later ones took the place of are left out'
      : text === ''
        ? `long results before the last ${count(kept, 'reply', 'replies')} are left out`
        : `all before the last ${count(kept, 'reply', 'replies')} is left out, what matters stays word for word`;
  return `Made room${because}: ${what}${tokens}`;
}

/** Before it is made, for who asks for it. */
export function roomPreview(
  { kept, record, beforeTokens = 0, afterTokens = 0 }: Compaction,
  isRunning: boolean,
): string {
  const tokens = `About ${exact(beforeTokens)} → ${exact(afterTokens)} tokens.`;
  const replies = `the last ${count(kept, 'reply', 'replies')}`;
  const what =
    record === undefined
      ? `Long results before ${replies}, and those that later ones took the place of, become a line each. No request is made.`
      : `All before ${replies} is left out. What you said and decided, the plan, rules, files and checks stay word for word; the rest as a summary that the model writes, for one more request.`;
  const when = isRunning ? ' It is done before the next step.' : '';
  return `${tokens} ${what} The agent can read again what is left out.${when}`;
}

const roomReasons = {
  full: 'the model had little left',
  overflow: 'the model takes no more',
  asked: 'you asked for it',
  cost: 'it costs less from here on',
} as const;

export function ruleWords(fact: RuleFact, atMs: number): string {
  switch (fact.kind) {
    case 'mode':
      return `Mode: ${modeWords[fact.mode].name}`;
    case 'model':
      return `Model: ${fact.model}`;
    case 'effort':
      return `Effort: ${effortWord(fact.effort)}`;
    case 'routed':
      return fact.why === null
        ? `Back to ${fact.to.model}`
        : `This goes to ${fact.to.model}${fact.to.effort === null ? '' : `, effort ${effortWord(fact.to.effort)}`}: ${fact.why}`;
    case 'allowed':
      return `Allowed in this session: ${fact.what}`;
    case 'retried':
      return `${errorTitle(fact.code)}: waited ${duration(fact.waitedMs)}, asked again`;
    case 'closed':
      return `The editor closed in the middle of step ${exact(Math.max(1, fact.step))}`;
    case 'command':
      return `${fact.line.replaceAll('\n', ' ⏎ ')}: ${commandFates[fact.how]}${fact.how === 'itself' && fact.exitCode !== null ? `, exit code ${fact.exitCode}` : ''}`;
    case 'checkpoint':
      return `Checkpoint, ${clock(fact.atMs)}`;
    case 'paused':
      return `${pauseWords[fact.why ?? 'person']}, ${clock(atMs)}${fact.untilMs === null ? '' : `. Went on ${clock(fact.untilMs)}`}`;
    case 'more':
      return `You gave it ${amountWords(fact.unit, fact.amount)} more`;
    case 'reopened': {
      const twice = fact.cutRequest ? '. A request was on its way: it may have been paid for twice' : '';
      return `The editor closed here, ${clock(fact.closedAtMs)}. Opened again ${clock(atMs)}${twice}`;
    }
    case 'restored': {
      const to = fact.toAtMs === null ? 'Restored' : `Restored to ${clock(fact.toAtMs)}`;
      return `${to}: ${count(fact.files, 'file')}`;
    }
    case 'rewound':
      return fact.saidAtMs === null
        ? `Went back to before step ${exact(Math.max(1, fact.step))}`
        : `Went back to before your message of ${clock(fact.saidAtMs)}`;
    case 'forked':
      return 'Forked from another session';
    case 'imported':
      return 'Imported from a file: its rules and what was open count for nothing here';
    case 'instructions':
      return fact.isGone
        ? `${fact.path} is gone: its instructions hold no longer`
        : `Reads the instructions of ${fact.path}`;
    case 'room':
      return roomWords(fact);
    case 'problems': {
      const errors = fact.files.reduce((sum, file) => sum + file.errors, 0);
      const warnings = fact.files.reduce((sum, file) => sum + file.warnings, 0);
      const [only] = fact.files;
      const where = only && fact.files.length === 1 ? nameOf(only.path) : count(fact.files.length, 'file');
      return `${problemWords({ errors, warnings }) || 'No new problems'} in ${where}`;
    }
  }
}

export function effortWord(effort: Effort | null): string {
  return effort === null ? 'as the model decides' : { low: 'low', medium: 'medium', high: 'high', xhigh: 'very high', max: 'highest' }[effort]; // prettier-ignore
}

const commandFates: Readonly<Record<CommandFate, string>> = {
  itself: 'ended in the background',
  stopped: 'stopped in the background',
  gone: 'ended in the background with the editor',
};

/** "Before step 14": a point that files can go back to. */
export function pointTitle({ step, isRestore, atMs }: RestorePoint): string {
  return isRestore ? `Before the restore of ${clock(atMs)}` : `Before step ${exact(Math.max(1, step))}`;
}

/** "made before editing 2 files" */
export function pointWords({ files, lines, edits, isRestore, restoredAtMs }: RestorePoint): string {
  const ran = lines.length === 1 ? `running ${lines[0] ?? ''}` : `running ${count(lines.length, 'command')}`;
  const made = isRestore
    ? 'takes that restore back'
    : lines.length === 0
      ? `made before editing ${count(files, 'file')}`
      : edits
        ? `made before editing and ${ran}, ${count(files, 'file')}`
        : `made before ${ran}, ${count(files, 'file')}`;
  return restoredAtMs === null ? made : `restored ${clock(restoredAtMs)}, ${made}`;
}

/** Where a session of the list stands, in a word; empty where its line says all. */
export const stateWords: Readonly<Record<SessionRow['state'], string>> = {
  working: '',
  waiting: '',
  idle: '',
  paused: 'Paused',
  cut: 'Cut off',
  closed: 'Closed',
  damaged: 'Damaged, can only be read',
};

/** What went wrong, as a heading. */
export function errorTitle(code: ErrorCode): string {
  return errorTitles[code];
}

const errorTitles: Readonly<Record<ErrorCode, string>> = {
  invalid_input: 'The request was not understood',
  not_found: 'Not found',
  conflict: 'The file changed meanwhile',
  denied: 'Not allowed',
  timeout: 'It took too long',
  interrupted: 'It was interrupted',
  rate_limited: 'Rate limit',
  overloaded: 'The server is overloaded',
  unavailable: 'No connection',
  context_overflow: 'The session is too long for this model',
  budget_exhausted: 'A limit is reached',
  stalled: 'It was going in circles',
  cancelled: 'Stopped by you',
  refused: 'The model declined to answer',
  unauthorized: 'The API key was not accepted',
  rejected_request: 'The server did not accept the request',
  corrupt: 'The session’s record is damaged',
  locked: 'This session runs in another window',
  bug: 'Journeyman stopped because of a fault of its own',
};

/** Sent for the person by the buttons of a report. */
export const goOnText = 'Go on from where you stopped. Check first what is already done.';
export const runTestsText = 'Run the tests now and tell me the result.';
export const changePlanText = 'Change the plan before you start:';

export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Where a file went, seen from where it was: `parts/reader.ts` beside it, else the whole path. */
export function pathFrom(from: string, to: string): string {
  const folder = from.slice(0, from.length - nameOf(from).length);
  return to.startsWith(folder) ? to.slice(folder.length) : to;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function short(value: number): string {
  if (value < 1000) return String(value);
  if (value < 999_500) return value < 99_950 ? `${(value / 1000).toFixed(1)}k` : `${Math.round(value / 1000)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}
