/** What the panel shows of a session: a pure fold over its events, total on any prefix of any log, with no clock. */
import { countLines, type ChangeSet, type HunkId, type HunkVerdict } from '../core/change.ts';
import type { ErrorCode } from '../core/error.ts';
import type { Attachment, CallId, Delta, Event, Outcome, Question, SessionId } from '../core/event.ts';
import { isObject, type Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { addUsage, noUsage, type Usage } from '../core/model.ts';
import type { Decision, Effect, Mode, Resource } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { ToolDetail, ToolResult } from '../core/tool.ts';
import { stepOf } from './queries.ts';

// Words of core that the panel uses; it imports nothing of `src/` but this room.
export type { ChangeSet, FileChange, Hunk, HunkId, HunkVerdict } from '../core/change.ts';
export type { ErrorCode } from '../core/error.ts';
export type { Attachment, CallId, Delta, Event, Evidence, Outcome, Question, SessionId } from '../core/event.ts';
export type { ModelInfo } from '../core/model.ts';
export type { Effect, Mode } from '../core/permission.ts';
export type { Plan, PlanItem } from '../core/plan.ts';

export interface View {
  readonly session: SessionId | null;
  /** What the person named it, else the first line of the first message; empty before that. */
  readonly title: string;
  readonly mode: Mode;
  readonly model: string | null;
  /** A row, once there, keeps its place; what happens to it later replaces it there. */
  readonly rows: readonly Row[];
  readonly plan: Plan | null;
  /** The last turn; null before the first. */
  readonly turn: TurnState | null;
  /** Questions without an answer, oldest first. */
  readonly waiting: readonly Waiting[];
  /** A failed request that is tried again. */
  readonly retry: Retry | null;
  readonly live: Live;
  /** Tokens of the last prompt and its reply: what stands in the model's window now. */
  readonly contextTokens: number;
  readonly usage: Usage;
  /** null: the price of some reply is not known. */
  readonly costUsd: number | null;
  /** Place in `rows` of each call of the last turn. */
  readonly calls: ReadonlyMap<CallId, number>;
}

export interface TurnState {
  readonly number: number;
  readonly startedAtMs: number;
  readonly step: number;
  /** Time the person took to answer; not counted as work. */
  readonly waitedMs: number;
  readonly waitingSinceMs: number | null;
  readonly outcome: Outcome | null;
  /** An edit was asked for or made. */
  readonly edits: boolean;
  readonly changed: readonly ChangedFile[];
  readonly lastEditAtMs: number | null;
}

export interface Waiting {
  readonly call: CallId;
  readonly question: Question;
}

export interface Retry {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What streams in now; none of it is stored. */
export interface Live {
  /** Of the request that is under way: not sent, no word yet, words, a tool call being written. */
  readonly doing: 'nothing' | 'thinking' | 'writing';
  readonly text: string;
  readonly thinking: string;
  /** The end of what running commands have printed. */
  readonly output: ReadonlyMap<CallId, string>;
}

export interface ChangedFile {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly isNew: boolean;
}

interface Base {
  /** Stable over the life of the session. */
  readonly key: string;
  readonly turn: number;
  readonly atMs: number;
}
export interface SaidRow extends Base {
  readonly kind: 'said';
  readonly text: string;
  readonly attachments: readonly Attachment[];
}
export interface AnswerRow extends Base {
  readonly kind: 'answer';
  readonly text: string;
  /** The reply was cut off at its limit. */
  readonly cut: boolean;
}
export interface ThoughtRow extends Base {
  readonly kind: 'thought';
  readonly text: string;
}
export type StepState = 'will' | 'asks' | 'running' | 'done' | 'failed' | 'denied' | 'unseen' | 'stopped';
export interface StepRow extends Base {
  readonly kind: 'step';
  readonly call: CallId;
  readonly tool: string;
  readonly what: 'read' | 'list' | 'search' | 'edit' | 'command' | 'plan' | 'other';
  /** Path, pattern, command line; empty where there is none. */
  readonly object: string;
  readonly state: StepState;
  readonly startedAtMs: number | null;
  readonly ms: number | null;
  readonly question: Question | null;
  readonly decision: Decision | null;
  readonly detail: ToolDetail | null;
  /** What the model read of it. */
  readonly result: string;
  /** Proposed, or applied without a question. */
  readonly changes: ChangeSet;
  readonly verdicts: ReadonlyMap<HunkId, { readonly verdict: HunkVerdict; readonly reason: string }>;
}
/** A hairline with a fact. */
export interface RuleRow extends Base {
  readonly kind: 'rule';
  readonly fact: RuleFact;
}
export type RuleFact =
  | { readonly kind: 'mode'; readonly mode: Mode }
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'allowed'; readonly what: string }
  | { readonly kind: 'retried'; readonly code: ErrorCode; readonly waitedMs: number }
  | { readonly kind: 'closed'; readonly step: number };
export interface WarningRow extends Base {
  readonly kind: 'warning';
  readonly code: 'reply_cut' | 'limit_near' | 'not_saved';
  readonly message: string;
}
export interface ReportRow extends Base {
  readonly kind: 'report';
  readonly outcome: Outcome;
  readonly steps: number;
  readonly ms: number;
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly changed: readonly ChangedFile[];
  readonly lastEditAtMs: number | null;
}
export type Row = SaidRow | AnswerRow | ThoughtRow | StepRow | RuleRow | WarningRow | ReportRow;

const quiet: Live = { doing: 'nothing', text: '', thinking: '', output: new Map() };

export const emptyView: View = {
  session: null,
  title: '',
  mode: 'ask',
  model: null,
  rows: [],
  plan: null,
  turn: null,
  waiting: [],
  retry: null,
  live: quiet,
  contextTokens: 0,
  usage: noUsage,
  costUsd: 0,
  calls: new Map(),
};

export function reduce(view: View, event: Event): View {
  return reduceAll(view, [event]);
}

/** As `reduce` one by one, but copies the list of rows once: whole logs are folded with this. */
export function reduceAll(view: View, events: readonly Event[]): View {
  if (events.length === 0) return view;
  const draft: Draft = { ...view, rows: view.rows.slice(), calls: new Map(view.calls) };
  for (const event of events) apply(draft, event);
  return draft;
}

export function reduceDelta(view: View, delta: Delta): View {
  const { live } = view;
  switch (delta.kind) {
    case 'text':
      return { ...view, live: { ...live, doing: 'writing', text: live.text + delta.text } };
    case 'thinking':
      return { ...view, live: { ...live, doing: 'thinking', thinking: live.thinking + delta.text } };
    case 'tool':
      return { ...view, live: { ...live, doing: 'writing' } };
    case 'output': {
      const text = (live.output.get(delta.call) ?? '') + delta.text;
      const output = new Map(live.output).set(delta.call, text.slice(-limits.liveOutputChars));
      return { ...view, live: { ...live, output } };
    }
  }
}

type Draft = { -readonly [K in keyof View]: View[K] } & { rows: Row[]; calls: Map<CallId, number> };

function apply(view: Draft, event: Event): void {
  view.session = event.session;
  const base = { key: `e${event.seq}`, turn: event.turn, atMs: event.atMs };
  if (view.turn && event.step > view.turn.step) view.turn = { ...view.turn, step: event.step };
  switch (event.type) {
    case 'session.started':
      view.mode = event.mode;
      view.model = event.model;
      return;
    case 'session.changed':
      if (event.title !== undefined) view.title = event.title;
      if (event.mode !== undefined) setMode(view, event.mode, base);
      if (event.model !== undefined && event.model !== view.model) {
        view.model = event.model;
        if (view.rows.length > 0)
          view.rows.push({
            ...base,
            kind: 'rule',
            key: `${base.key}.model`,
            fact: { kind: 'model', model: event.model },
          });
      }
      return;
    case 'turn.started':
      if (view.turn && !view.turn.outcome) {
        const fact: RuleFact = { kind: 'closed', step: view.turn.step };
        view.rows.push({ ...base, turn: view.turn.number, kind: 'rule', key: `${base.key}.closed`, fact });
        closeSteps(view);
      }
      view.turn = {
        number: event.turn,
        startedAtMs: event.atMs,
        step: event.step,
        waitedMs: 0,
        waitingSinceMs: null,
        outcome: null,
        edits: false,
        changed: [],
        lastEditAtMs: null,
      };
      view.calls = new Map();
      view.waiting = [];
      view.retry = null;
      view.live = { ...quiet, doing: 'thinking' };
      if (view.plan?.items.every(({ state }) => state === 'done' || state === 'dropped')) view.plan = null;
      if (view.title === '') view.title = firstLine(event.text);
      view.rows.push({ ...base, kind: 'said', text: event.text, attachments: event.attachments });
      return;
    case 'model.requested':
      if (view.retry) {
        const waitedMs = view.retry.untilMs - view.retry.fromMs;
        view.rows.push({ ...base, kind: 'rule', fact: { kind: 'retried', code: view.retry.code, waitedMs } });
      }
      view.retry = null;
      view.live = { ...view.live, doing: 'thinking', text: '', thinking: '' };
      return;
    case 'model.responded': {
      const { reply } = event;
      reply.content.forEach((block, at) => {
        const key = `${base.key}.${at}`;
        if (block.type === 'thinking' && block.thinking.trim() !== '') {
          view.rows.push({ ...base, kind: 'thought', key, text: block.thinking });
        } else if (block.type === 'text' && block.text.trim() !== '') {
          view.rows.push({ ...base, kind: 'answer', key, text: block.text, cut: reply.stop === 'max_tokens' });
        }
      });
      view.live = { ...view.live, doing: 'nothing', text: '', thinking: '' };
      view.usage = addUsage(view.usage, reply.usage);
      view.contextTokens = total(reply.usage);
      view.costUsd = view.costUsd === null || event.costUsd === null ? null : view.costUsd + event.costUsd;
      return;
    }
    case 'model.failed':
      view.live = { ...view.live, doing: 'nothing', text: '', thinking: '' };
      view.retry =
        event.retryInMs === null
          ? null
          : { code: event.code, message: event.message, fromMs: event.atMs, untilMs: event.atMs + event.retryInMs };
      return;
    case 'tool.requested': {
      const what = whatOf(event.tool, event.resources);
      if (view.turn && what === 'edit') view.turn = { ...view.turn, edits: true };
      view.calls.set(event.call, view.rows.length);
      view.rows.push({
        ...base,
        kind: 'step',
        call: event.call,
        tool: event.tool,
        what,
        object: objectOf(what, event.tool, event.input, event.resources),
        state: 'will',
        startedAtMs: null,
        ms: null,
        question: null,
        decision: null,
        detail: null,
        result: '',
        changes: [],
        verdicts: new Map(),
      });
      return;
    }
    case 'approval.requested': {
      const { question } = event;
      if (!stepOf(view, event.call)) return;
      change(view, event.call, {
        state: 'asks',
        question,
        ...(question.kind === 'edits' ? { changes: question.changes } : {}),
      });
      view.waiting = [...view.waiting.filter(({ call }) => call !== event.call), { call: event.call, question }];
      if (view.turn?.waitingSinceMs === null) view.turn = { ...view.turn, waitingSinceMs: event.atMs };
      return;
    }
    case 'hunk.resolved': {
      const step = stepOf(view, event.call);
      if (!step) return;
      const verdicts = new Map(step.verdicts);
      if (event.verdict === 'proposed') verdicts.delete(event.hunk);
      else verdicts.set(event.hunk, { verdict: event.verdict, reason: event.reason ?? '' });
      change(view, event.call, { verdicts });
      return;
    }
    case 'tool.decided': {
      const step = stepOf(view, event.call);
      const { decision } = event;
      const verdicts = step?.question?.kind === 'edits' ? settle(step, decision) : step?.verdicts;
      change(view, event.call, {
        decision,
        state: decision.action === 'deny' ? 'denied' : 'will',
        ...(verdicts ? { verdicts } : {}),
      });
      view.waiting = view.waiting.filter(({ call }) => call !== event.call);
      if (view.turn && view.turn.waitingSinceMs !== null && view.waiting.length === 0) {
        const waitedMs = view.turn.waitedMs + Math.max(0, event.atMs - view.turn.waitingSinceMs);
        view.turn = { ...view.turn, waitedMs, waitingSinceMs: null };
      }
      if (decision.action === 'allow' && decision.mode) setMode(view, decision.mode, base);
      return;
    }
    case 'rule.added':
      if (event.rule.action !== 'allow') return;
      view.rows.push({ ...base, kind: 'rule', fact: { kind: 'allowed', what: event.rule.match.value } });
      return;
    case 'tool.started':
      change(view, event.call, { state: 'running', startedAtMs: event.atMs });
      return;
    case 'tool.finished': {
      const { result } = event;
      const detail = 'detail' in result ? (result.detail ?? null) : null;
      change(view, event.call, { state: stateOf(result), ms: event.ms, detail, result: result.text });
      const step = stepOf(view, event.call);
      if (step && detail?.kind === 'edit' && step.changes.length === 0)
        change(view, event.call, { changes: detail.applied });
      // A call that ends without a decision (its answer was cut short) waits no longer.
      view.waiting = view.waiting.filter(({ call }) => call !== event.call);
      if (view.live.output.has(event.call)) {
        const output = new Map(view.live.output);
        output.delete(event.call);
        view.live = { ...view.live, output };
      }
      return;
    }
    case 'plan.updated':
      view.plan = event.plan;
      return;
    case 'change.applied': {
      const step = stepOf(view, event.call);
      if (step?.changes.length === 0) change(view, event.call, { changes: event.changes });
      if (view.turn) {
        view.turn = { ...view.turn, changed: addChanges(view.turn.changed, event.changes), lastEditAtMs: event.atMs };
      }
      return;
    }
    case 'warning.raised':
      view.rows.push({ ...base, kind: 'warning', code: event.code, message: event.message });
      return;
    case 'turn.ended': {
      closeSteps(view);
      view.waiting = [];
      view.retry = null;
      view.live = quiet;
      const { outcome, ms, usage, costUsd } = event;
      const changed = view.turn?.changed ?? [];
      const lastEditAtMs = view.turn?.lastEditAtMs ?? null;
      if (view.turn) view.turn = { ...view.turn, outcome, waitingSinceMs: null };
      view.rows.push({
        ...base,
        kind: 'report',
        outcome,
        steps: event.step,
        ms,
        usage,
        costUsd,
        changed,
        lastEditAtMs,
      });
      return;
    }
  }
}

function change(view: Draft, call: CallId, patch: Partial<StepRow>): void {
  const at = view.calls.get(call);
  const row = at === undefined ? undefined : view.rows[at];
  if (at !== undefined && row?.kind === 'step') view.rows[at] = { ...row, ...patch };
}

/** What had no end when its turn ended: a start without an end has an unknown fate, the rest never began. */
function closeSteps(view: Draft): void {
  for (const [call, at] of view.calls) {
    const row = view.rows[at];
    if (row?.kind !== 'step') continue;
    if (row.state === 'running') change(view, call, { state: 'unseen' });
    else if (row.state === 'will' || row.state === 'asks') change(view, call, { state: 'stopped' });
  }
}

function setMode(view: Draft, mode: Mode, base: Base): void {
  if (mode === view.mode) return;
  view.mode = mode;
  if (view.rows.length > 0)
    view.rows.push({ ...base, kind: 'rule', key: `${base.key}.mode`, fact: { kind: 'mode', mode } });
}

/** The decision's word on every hunk, over what was said one by one. */
function settle(step: StepRow, decision: Decision): StepRow['verdicts'] {
  const verdicts = new Map(step.verdicts);
  const accepted =
    decision.action === 'allow'
      ? new Set((decision.accepted ?? step.changes).flatMap(({ hunks }) => hunks.map(({ id }) => id)))
      : new Set<HunkId>();
  for (const { hunks } of step.changes) {
    for (const { id } of hunks) {
      if (accepted.has(id)) verdicts.set(id, { verdict: 'accepted', reason: '' });
      else if ((verdicts.get(id)?.verdict ?? 'accepted') === 'accepted') {
        verdicts.set(id, { verdict: 'rejected', reason: '' });
      }
    }
  }
  for (const { hunk, verdict, reason } of decision.hunks ?? []) {
    if (verdict !== 'proposed') verdicts.set(hunk, { verdict, reason: reason ?? '' });
  }
  return verdicts;
}

function stateOf(result: ToolResult): StepState {
  switch (result.status) {
    case 'ok':
      return result.detail?.kind === 'command' && result.detail.exitCode !== 0 ? 'failed' : 'done';
    case 'error':
      if (result.code === 'cancelled') return 'stopped';
      if (result.code === 'denied') return 'denied';
      return result.code === 'interrupted' ? 'unseen' : 'failed';
    case 'denied':
      return 'denied';
    case 'interrupted':
      return 'unseen';
  }
}

const toolKinds: Readonly<Record<string, StepRow['what']>> = {
  read_file: 'read',
  list_files: 'list',
  search_text: 'search',
  edit_file: 'edit',
  write_file: 'edit',
  run_command: 'command',
  update_plan: 'plan',
};
const effectKinds: Readonly<Record<Effect, StepRow['what']>> = {
  read: 'read',
  plan: 'plan',
  write: 'edit',
  execute: 'command',
  network: 'other',
  destroy: 'edit',
};

function whatOf(tool: string, resources: readonly Resource[] | null): StepRow['what'] {
  const known = Object.hasOwn(toolKinds, tool) ? toolKinds[tool] : undefined;
  const first = resources?.[0];
  return known ?? (first ? effectKinds[first.effect] : 'other');
}

function objectOf(what: StepRow['what'], tool: string, input: Json, resources: readonly Resource[] | null): string {
  const field = (name: string): string => {
    const value = isObject(input) ? input[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (what === 'plan') return '';
  if (what === 'search') return field('pattern') || field('query');
  return resources?.[0]?.target || field('path') || field('command') || (what === 'other' ? tool : '');
}

function addChanges(changed: readonly ChangedFile[], changes: ChangeSet): readonly ChangedFile[] {
  const files = new Map(changed.map((file) => [file.path, file]));
  for (const file of changes) {
    const { added, removed } = countLines([file]);
    const known = files.get(file.path);
    files.set(file.path, {
      path: file.path,
      added: (known?.added ?? 0) + added,
      removed: (known?.removed ?? 0) + removed,
      isNew: known?.isNew ?? file.beforeHash === null,
    });
  }
  return [...files.values()];
}

function total({ input, cacheRead, cacheWrite, output }: Usage): number {
  return input + cacheRead + cacheWrite + output;
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}
