/**
 * Whether a turn goes on without getting on, seen in its effects: a fold over its log keeps what calls did, and `findStall` looks at the
 * last of it. First the model is told, then the person. Whatever is new, a text, a file, an end, counts as getting on.
 */
import type { Event } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { append, emptyList, type List } from '../core/list.ts';
import type { Plan } from '../core/plan.ts';
import type { Stall, StallKind } from '../core/stall.ts';
import type { ToolResult } from '../core/tool.ts';

/** What is looked at: the turn since the person's last word. */
export interface StallState {
  readonly seen: List<Seen>;
  readonly open: ReadonlyMap<string, { readonly tool: string; readonly input: Json }>;
  readonly step: number;
  readonly plan: Plan | null;
  /** It is paused for this; null: it is not. */
  readonly holds: Stall | null;
}
export const noStall: StallState = { seen: emptyList(), open: new Map(), step: 0, plan: null, holds: null };

type Seen =
  | {
      readonly kind: 'call';
      readonly step: number;
      readonly tool: string;
      readonly input: Json;
      readonly result: ToolResult;
    }
  | {
      readonly kind: 'edit';
      readonly step: number;
      readonly path: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: 'plan'; readonly step: number; readonly plan: Plan }
  /** What was shown before may be out of sight: reading it again is no stall. */
  | { readonly kind: 'room'; readonly step: number }
  | { readonly kind: 'told'; readonly step: number; readonly stall: Stall };

export function foldStall(state: StallState, event: Event): StallState {
  const { step } = event;
  const add = (...seen: readonly Seen[]): StallState => ({ ...state, step, seen: append(state.seen, ...seen) });
  switch (event.type) {
    case 'turn.started':
    case 'conversation.rewound':
      return { ...noStall, plan: state.plan };
    case 'message.delivered':
    case 'session.resumed':
      return { ...state, seen: emptyList(), holds: null };
    case 'tool.requested':
      return { ...state, open: new Map(state.open).set(event.call, { tool: event.tool, input: event.input }) };
    case 'tool.finished': {
      const call = state.open.get(event.call);
      if (!call) return state;
      const open = new Map(state.open);
      open.delete(event.call);
      return { ...add({ kind: 'call', step, ...call, result: event.result }), open };
    }
    case 'change.applied':
      return add(
        ...event.changes.flatMap(({ path, beforeHash }): readonly Seen[] => {
          const file = event.files.find((one) => one.path === path);
          return file ? [{ kind: 'edit', step, path, before: beforeHash ?? '', after: file.afterHash }] : [];
        }),
      );
    case 'plan.updated':
      return { ...add({ kind: 'plan', step, plan: event.plan }), plan: event.plan };
    case 'context.compacted':
      return add({ kind: 'room', step });
    case 'stall.found': {
      const { kind, what, evidence, times, since } = event;
      const stall = { kind, what, evidence, times, since };
      return { ...add({ kind: 'told', step, stall }), holds: event.then === 'pauses' ? stall : null };
    }
    default:
      return state;
  }
}

/** When the model is told, and how many times more until the person is: of the calls, failures, returns, reads, errors and steps. */
const bounds: Readonly<Record<StallKind, { readonly first: number; readonly more: number }>> = {
  same_call: { first: 4, more: 3 },
  same_failure: { first: 4, more: 2 },
  ping_pong: { first: 2, more: 2 },
  old_reads: { first: 8, more: 4 },
  same_error: { first: 4, more: 3 },
  plan: { first: 25, more: 10 },
};
/** A look at a command that runs and has printed nothing is a wait, which may take a while. */
const waitsAsOne = 5;
/** What of a turn is looked at: more than any bound needs. */
const seenMax = 200;

/** `isTold`: the model knows, and it went on. null: nothing repeats, or nothing new repeats. */
export function findStall({
  seen,
  plan,
  step,
}: StallState): { readonly stall: Stall; readonly isTold: boolean } | null {
  const last = seen.items.slice(Math.max(0, seen.length - seenMax), seen.length);
  for (const stall of stallsIn(last, plan, step)) {
    const { first, more } = bounds[stall.kind];
    if (stall.times < first) continue;
    const told = last.findLast(
      (one): one is Told =>
        one.kind === 'told' && one.step >= stall.since && (stall.kind !== 'plan' || one.stall.kind === 'plan'),
    );
    if (!told) return { stall, isTold: false };
    // Told of another thing that it does in the same circle, it knows enough.
    if (stall.times >= (told.stall.kind === stall.kind ? told.stall.times : first) + more)
      return { stall, isTold: true };
  }
  return null;
}

/** Where a file has been, and how often it went a way again. */
interface Back {
  readonly moves: Map<string, number>;
  readonly states: Set<string>;
  readonly since: number;
  back: number;
}
interface Streak {
  times: number;
  since: number;
}

function stallsIn(seen: readonly Seen[], plan: Plan | null, step: number): readonly Stall[] {
  const same = new Map<string, Streak>();
  const failures = new Map<string, Streak & { readonly signature: string; edits: number; changed: boolean }>();
  const passed = new Set<string>();
  const files = new Map<string, Back>();
  const errors = new Map<string, Streak & { readonly key: string }>();
  const shown = new Map<string, Set<number>>();
  const looked = new Set<string>();
  let old: Streak = { times: 0, since: 0 };
  let movedAt = seen[0]?.step ?? step;
  let lastPlan = '';
  const found: Stall[] = [];
  // What the last step did may be a stall; what lies further back was one, and is over.
  const now = (stall: Stall, at: number): void => {
    if (at >= step - 1) found.push(stall);
  };

  for (const one of seen) {
    switch (one.kind) {
      case 'told':
        break;
      case 'room':
        same.clear();
        shown.clear();
        looked.clear();
        old = { times: 0, since: 0 };
        break;
      case 'plan': {
        const states = JSON.stringify(one.plan.items.map(({ text, state }) => [text, state]));
        if (states !== lastPlan) movedAt = one.step;
        lastPlan = states;
        break;
      }
      case 'edit': {
        same.clear();
        old = { times: 0, since: 0 };
        for (const failure of failures.values()) failure.changed = true;
        const file: Back = files.get(one.path) ?? {
          moves: new Map(),
          states: new Set([one.before]),
          since: one.step,
          back: 0,
        };
        if (!files.has(one.path)) movedAt = one.step;
        const move = `${one.before} ${one.after}`;
        const isBack = file.states.has(one.after);
        const times = (file.moves.get(move) ?? 0) + 1;
        file.moves.set(move, times);
        file.states.add(one.after);
        if (isBack && times > 1) file.back++;
        files.set(one.path, file);
        if (isBack && times > 1) now(pingPong(one.path, file.back, file.since), one.step);
        break;
      }
      case 'call': {
        const { tool, input, result, step: at } = one;
        const { line, exitCode, isRunning } = commandOf(one);
        const text = line === null ? result.text : steady(result.text);
        const key = `${tool} ${JSON.stringify(input)} ${result.status}`;
        const whole = `${key} ${text}`;

        const error = errorOf(one);
        if (error === null) errors.delete(tool);
        else {
          const before = errors.get(tool);
          const streak =
            before?.key === error ? { ...before, times: before.times + 1 } : { key: error, times: 1, since: at };
          errors.set(tool, streak);
          now(sameError(tool, result.text, streak), at);
          break;
        }

        const before = same.get(whole);
        const streak = { times: (before?.times ?? 0) + 1, since: before?.since ?? at };
        same.set(whole, streak);
        const times = isRunning ? Math.ceil(streak.times / waitsAsOne) : streak.times;
        now(sameCall(one, { ...streak, times }), at);

        if (line !== null && exitCode !== null) {
          if (exitCode === 0) {
            if (!passed.has(line)) movedAt = at;
            passed.add(line);
            failures.delete(line);
          } else {
            passed.delete(line);
            const signature = signatureOf(result.text);
            const failure = failures.get(line);
            if (failure?.signature !== signature) {
              if (!looked.has(`${line} ${signature}`)) movedAt = at;
              looked.add(`${line} ${signature}`);
              failures.set(line, { signature, times: 1, since: at, edits: 0, changed: false });
            } else if (failure.changed) {
              failure.times++;
              failure.changed = false;
              now(sameFailure(line, result.text, failure), at);
            }
          }
        }

        if (result.status === 'ok' && (result.detail?.kind === 'plan' || result.detail?.kind === 'edit')) break;
        const isNew = line === null ? isNewLook(one, whole, shown, looked) : !looked.has(whole);
        looked.add(whole);
        if (isNew) {
          old = { times: 0, since: 0 };
          if (line === null) movedAt = at;
        } else if (line === null) {
          old = { times: old.times + 1, since: old.times === 0 ? at : old.since };
          now(oldReads(old), at);
        }
      }
    }
  }
  const isOpen = plan?.items.some(({ state }) => state === 'todo' || state === 'doing') === true;
  if (isOpen) found.push(planStall(plan, step - movedAt, movedAt));
  return found.reverse();
}

type Call = Seen & { readonly kind: 'call' };
type Told = Seen & { readonly kind: 'told' };

function commandOf({ input, result }: Call): {
  readonly line: string | null;
  readonly exitCode: number | null;
  readonly isRunning: boolean;
} {
  const detail = result.status === 'ok' || result.status === 'error' ? result.detail : undefined;
  if (detail?.kind !== 'command') return { line: null, exitCode: null, isRunning: false };
  const line = fieldOf(input, 'command') ?? fieldOf(input, 'id') ?? '';
  return { line, exitCode: detail.exitCode, isRunning: detail.background?.isRunning === true };
}

/** What a call failed with, told apart by the file that it was about; null: it did not fail, or nobody knows. */
function errorOf({ tool, input, result }: Call): string | null {
  if (result.status === 'denied') return `${tool} denied ${JSON.stringify(input)}`;
  if (result.status !== 'error' || result.detail?.kind === 'command') return null;
  return `${tool} ${result.code} ${fieldOf(input, 'path') ?? firstLine(steady(result.text))}`;
}

/** Lines of a file that were not shown yet, as it stands now; of other calls, an answer that was not given yet. */
function isNewLook(
  { result }: Call,
  whole: string,
  shown: Map<string, Set<number>>,
  looked: ReadonlySet<string>,
): boolean {
  const detail = result.status === 'ok' ? result.detail : undefined;
  if (detail?.kind !== 'read') return !looked.has(whole);
  const { path, lines, startLine = 1, hash = '' } = detail;
  const known = shown.get(`${path} ${hash}`) ?? new Set<number>();
  shown.set(`${path} ${hash}`, known);
  const before = known.size;
  for (let line = startLine; line < startLine + lines; line++) known.add(line);
  return known.size > before;
}

function sameCall({ tool, input, result }: Call, { times, since }: Streak): Stall {
  const what = `${callWords(tool, input)} gave the same result ${String(times)} times, with no edit in between.`;
  return { kind: 'same_call', what, evidence: lastLines(result.text), times, since };
}

function sameFailure(line: string, text: string, { times, since }: Streak): Stall {
  const what = `\`${short(line)}\` failed ${String(times)} times in the same way, with edits before each.`;
  return { kind: 'same_failure', what, evidence: failingLines(text).slice(0, 6).join('\n'), times, since };
}

function pingPong(path: string, times: number, since: number): Stall {
  const what = `${path} goes back and forth: edits that were made before were made again ${times === 1 ? 'once' : `${String(times)} times`}.`;
  return { kind: 'ping_pong', what, evidence: '', times, since };
}

function oldReads({ times, since }: Streak): Stall {
  const what = `The last ${String(times)} reads and searches showed only what was shown before.`;
  return { kind: 'old_reads', what, evidence: '', times, since };
}

function sameError(tool: string, text: string, { times, since }: Streak): Stall {
  const what = `${tool} failed ${String(times)} times in a row with the same error.`;
  return { kind: 'same_error', what, evidence: lastLines(text), times, since };
}

function planStall(plan: Plan, times: number, since: number): Stall {
  const doing = plan.items.find(({ state }) => state === 'doing') ?? plan.items.find(({ state }) => state === 'todo');
  const what = `${String(times)} steps brought nothing new, and the plan stands where it stood: "${short(doing?.text ?? '')}".`;
  return { kind: 'plan', what, evidence: '', times, since };
}

function callWords(tool: string, input: Json): string {
  const line = fieldOf(input, 'command');
  const about = fieldOf(input, 'path') ?? fieldOf(input, 'pattern') ?? fieldOf(input, 'id');
  return line !== null ? `\`${short(line)}\`` : about === null ? tool : `${tool} ${short(about)}`;
}

function fieldOf(input: Json, name: string): string | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  const value = (input as Readonly<Record<string, Json>>)[name];
  return typeof value === 'string' ? value : null;
}

/** What of an output differs from run to run although nothing has changed: durations, times of day, addresses. */
function steady(text: string): string {
  return text
    .replace(/\d+(?:\.\d+)?\s?(?:ms|µs|s|sec|secs|seconds?|min|m)\b/g, '~')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.,]+Z?/g, '~')
    .replace(/\b\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\b/g, '~')
    .replace(/\b0x[0-9a-f]+\b/gi, '~');
}

/** The lines that say what failed, without where: edits move lines. */
function signatureOf(text: string): string {
  return failingLines(text)
    .map((line) => steady(line.replace(/:\d+(?::\d+)?/g, '')).trim())
    .join('\n');
}

function failingLines(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const failing = lines.filter((line) =>
    /fail|error|expect|assert|received|actual|not ok|panic|exception|[✗✘×]/i.test(line),
  );
  return (failing.length > 0 ? failing : lines).slice(-failingMax);
}
const failingMax = 40;

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-4).map(short).join('\n');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

function short(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
