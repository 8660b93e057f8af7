/**
 * What a finished session could teach later ones, found by rules in its log and proposed with the words that show it. Nothing of it is kept
 * until the person says so.
 */
import type { CallId, Event } from '../core/event.ts';
import type { NewNote } from '../core/notes.ts';
import { isCheck } from './evidence.ts';

export interface Lesson extends Omit<NewNote, 'source'> {
  readonly evidence: readonly Quote[];
}
export interface Quote {
  readonly turn: number;
  readonly step: number;
  readonly text: string;
}

export function lessonsOf(events: readonly Event[]): readonly Lesson[] {
  return [...corrections(events), ...deniedLines(events), ...checksFound(events)];
}

/** For the note that is kept: where it comes from. */
export function sourceOf(session: string, { evidence }: Lesson): string {
  const [first] = evidence;
  return first === undefined
    ? `session ${session}`
    : `session ${session}, turn ${String(first.turn)} step ${String(first.step)}`;
}

/** What was said more than once of changes, or was said for good. */
function corrections(events: readonly Event[]): readonly Lesson[] {
  const groups: Quote[][] = [];
  for (const event of events) {
    for (const text of wordsOn(event)) {
      const quote = { turn: event.turn, step: event.step, text };
      const group = groups.find((one) => one.some((other) => isAlike(other.text, text)));
      if (group === undefined) groups.push([quote]);
      // One answer to several changes of a call is said once.
      else if (!group.some((one) => one.turn === quote.turn && one.step === quote.step)) group.push(quote);
    }
  }
  return groups.flatMap((evidence): readonly Lesson[] => {
    const last = evidence.at(-1)?.text ?? '';
    if (evidence.length < 2 && !forGood.test(last)) return [];
    return [{ scope: 'project', kind: 'feedback', title: titleOf(last), text: last, evidence }];
  });
}

const forGood =
  /\b(?:always|never|every time|from now on|next time|in (?:this|our) (?:project|repo|repository|code ?base)|we (?:use|never|always|do(?:n't| not)))\b/i;

function wordsOn(event: Event): readonly string[] {
  switch (event.type) {
    case 'hunk.resolved':
      return event.verdict === 'rejected' || event.verdict === 'asked' ? said(event.reason) : [];
    case 'change.reviewed':
      return event.hunks.flatMap(({ state, reason }) =>
        state === 'rejected' || state === 'asked' ? said(reason) : [],
      );
    default:
      return [];
  }
}

function said(reason: string | undefined): readonly string[] {
  const text = (reason ?? '').trim();
  return /\S\s+\S/.test(text) ? [text] : [];
}

/** Commands that the person did not allow, and said why. */
function deniedLines(events: readonly Event[]): readonly Lesson[] {
  const lines = linesOf(events);
  const denied = new Map<string, Lesson>();
  for (const event of events) {
    if (event.type !== 'tool.decided' || event.decision.action !== 'deny' || event.decision.by.kind !== 'user')
      continue;
    const line = lines.get(event.call);
    const [text] = said(event.decision.reason);
    if (text === undefined) continue;
    const quote = { turn: event.turn, step: event.step, text };
    const what = line === undefined ? text : `\`${line}\``;
    const title = line === undefined ? titleOf(text) : titleOf(`Do not run ${line}`);
    const lesson: Lesson = {
      scope: 'project',
      kind: 'feedback',
      title,
      text: line === undefined ? text : `Do not run ${what}: ${text}`,
      evidence: [...(denied.get(title)?.evidence ?? []), quote],
    };
    denied.set(title, lesson);
  }
  return [...denied.values()];
}

/** A check that passed after others could not even be started. */
function checksFound(events: readonly Event[]): readonly Lesson[] {
  const lines = linesOf(events);
  const missed: (Quote & { readonly line: string })[] = [];
  for (const event of events) {
    const result = event.type === 'tool.finished' ? event.result : null;
    if (event.type !== 'tool.finished' || result?.status !== 'ok' || result.detail?.kind !== 'command') continue;
    const line = lines.get(event.call);
    if (line === undefined || !isCheck(line)) continue;
    const { exitCode } = result.detail;
    const { turn, step } = event;
    if (exitCode === 0 && missed.length > 0 && !missed.some((one) => one.line === line)) {
      const wrong = [...new Set(missed.map((one) => `\`${one.line}\``))].join(', ');
      const found = { turn, step, text: `${line}: passed` };
      const text = `\`${line}\` works; ${wrong} could not be started.`;
      return [{ scope: 'project', kind: 'fact', title: 'How the checks are run', text, evidence: [...missed, found] }];
    }
    if (exitCode !== 0 && (exitCode === 127 || notThere.test(result.text)))
      missed.push({ turn, step, line, text: `${line}: ${firstFault(result.text)}` });
  }
  return [];
}

const notThere =
  /missing script|command not found|not found: \w|no such file or directory|unknown (?:command|task|script)|no module named|No rule to make target|is not recognized/i;

function firstFault(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => notThere.test(line))
      ?.trim()
      .slice(0, 200) ?? 'not found'
  );
}

function linesOf(events: readonly Event[]): ReadonlyMap<CallId, string> {
  return new Map(
    events.flatMap((event) => {
      if (event.type !== 'tool.requested') return [];
      const line = event.resources?.find(({ effect }) => effect === 'execute')?.target;
      return line === undefined ? [] : [[event.call, line] as const];
    }),
  );
}

function titleOf(text: string): string {
  const line = text.split('\n', 1)[0]?.replace(/\s+/g, ' ').trim() ?? '';
  return line.length <= titleChars ? line : `${line.slice(0, line.lastIndexOf(' ', titleChars - 1))} …`;
}
const titleChars = 60;

/** Half of the words of both are the same. */
function isAlike(a: string, b: string): boolean {
  const [one, other] = [wordSet(a), wordSet(b)];
  const both = [...one].filter((word) => other.has(word)).length;
  return both > 0 && both * 2 >= new Set([...one, ...other]).size;
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? []);
}
