/** The state of a session as a fold over its log: pure and total, so any prefix of any log gives a state. */
import { foldCode, noCode, type CodeState } from '../context/codeState.ts';
import { converse, noConversation, type Conversation } from '../context/conversation.ts';
import { foldGuides, noGuides, type GuideState } from '../context/guides.ts';
import type { ChangeSet, HunkResolution } from '../core/change.ts';
import type { CheckpointId, FileStep, PathState } from '../core/checkpoint.ts';
import type { KnownCommand } from '../core/command.ts';
import type { CallId, Environment, Event, Outcome, Question, Seq, SessionId } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { append, emptyList, toArray, type List } from '../core/list.ts';
import { addUsage, noUsage, type Reply, type Usage } from '../core/model.ts';
import type { Decision, Mode, Rule, SandboxState } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Effort, Purpose } from '../core/purpose.ts';
import { noStanding, type Standing } from '../core/tool.ts';
import type { RuleSet } from '../core/settings.ts';
import { foldBudget, unlimited, type BudgetState } from '../protocol/budget.ts';
import { foldQueue, type QueuedMessage } from '../protocol/queue.ts';
import { isCheck } from './evidence.ts';
import { foldFacts, noFacts, type Facts } from './facts.ts';
import { hookWord, type HookWord } from './hooks.ts';
import { foldStall, noStall, type StallState } from './stall.ts';

/** A call of the running turn that has no result yet. */
export interface OpenCall {
  readonly call: CallId;
  readonly tool: string;
  readonly input: Json;
  readonly state: 'requested' | 'asks' | 'decided' | 'started';
  readonly question: Question | null;
  readonly resolved: readonly HunkResolution[];
  readonly askedAtMs: number | null;
  readonly decision: Decision | null;
  readonly startedAtMs: number | null;
  /** What it proposed, or was about to write. */
  readonly changes: ChangeSet | null;
  /** Copies that were made before it started. */
  readonly kept: readonly PathState[] | null;
  /** Its change stands in the log already; so do the files that it changed. */
  readonly applied: boolean;
  /** What hooks said before it; null: nothing yet. */
  readonly hook: HookWord | null;
  readonly stepsKnown: boolean;
}

/** A place that the conversation can go back to: what it was before event `seq`. */
export interface Point {
  readonly seq: Seq;
  readonly turn: number;
  /** The turn's own start, not one of its steps. */
  readonly starts: boolean;
  readonly conversation: Conversation;
  readonly code: CodeState;
  readonly guides: GuideState;
  readonly facts: Facts;
  readonly plan: Plan | null;
}

export interface Checkpoint {
  readonly checkpoint: CheckpointId;
  /** null: made before a restore. */
  readonly call: CallId | null;
  readonly seq: Seq;
  readonly turn: number;
  readonly step: number;
  readonly atMs: number;
  /** The point of the conversation that belongs to it. */
  readonly to: Seq;
}

/** What a call or a restore made of files. */
export interface Taken {
  readonly seq: Seq;
  readonly checkpoint: CheckpointId;
  readonly call: CallId | null;
  readonly files: readonly FileStep[];
}

/** A command that checked something, with its end. */
export interface Check {
  readonly line: string;
  readonly exitCode: number | null;
  readonly seq: Seq;
  readonly atMs: number;
}

export interface Turn {
  readonly number: number;
  readonly startedAtMs: number;
  readonly step: number;
  readonly calls: ReadonlyMap<CallId, OpenCall>;
  readonly usage: Usage;
  /** null once a reply of unknown price is among them. */
  readonly costUsd: number | null;
  readonly checks: List<Check>;
  readonly changes: List<ChangeSet>;
  readonly changedAt: Seq;
  /** Time that it waited for the person. */
  readonly waitedMs: number;
  /** Time that nobody worked on it: paused, or its process was gone. */
  readonly awayMs: number;
  readonly lastAtMs: number;
  /** What the model wrote last. */
  readonly lastText: string;
  /** The last reply while something of it may still be open; null once the next is asked for. */
  readonly reply: Reply | null;
  /** Calls of `reply` that have a result. */
  readonly answered: ReadonlySet<CallId>;
  /** Tries of the request that has no reply yet; 0: none. */
  readonly attempt: number;
  /** That request is on its way. */
  readonly inFlight: boolean;
  /** Since when it waits for a server that is gone; null: it does not. */
  readonly goneAtMs: number | null;
  /** Replies in a row that were cut at their length. */
  readonly cutReplies: number;
  /** The person ended the turn with an answer. */
  readonly stopped: boolean;
  /** How often hooks had it go on that would have ended. */
  readonly hookStops: number;
  /** The first result with text of others. */
  readonly taint: { readonly step: number; readonly source: string } | null;
}

export interface Session {
  readonly id: SessionId | null;
  readonly seq: Seq;
  readonly environment: Environment | null;
  readonly mode: Mode;
  readonly model: string;
  /** As the person chose it in this session; null: they did not. */
  readonly effort: Effort | null;
  readonly title: string | null;
  /** Its own: those that it began with, and those that the person added in it. */
  readonly rules: readonly Rule[];
  /** Those of files, as last read. */
  readonly fileRules: RuleSet;
  /** null: not found out, or switched off. */
  readonly sandbox: SandboxState | null;
  readonly plan: Plan | null;
  readonly turns: number;
  /** The turn that runs, or that was cut short with the process. */
  readonly turn: Turn | null;
  readonly conversation: Conversation;
  /** What it says about code, for what is picked next. */
  readonly code: CodeState;
  readonly guides: GuideState;
  /** What stands in the prompt whatever room is made. */
  readonly facts: Facts;
  /** The person wants room made, with an eye on this; null: nobody does. */
  readonly roomAsked: string | null;
  /** How often room was made for the request that comes next because it was refused for its length. */
  readonly overflows: number;
  /** A request of so many tokens did not fit the model; null: none was refused. */
  readonly tooManyTokens: number | null;
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly budget: BudgetState;
  readonly stall: StallState;
  /** Tokens of the last request with its reply: what the window holds now. */
  readonly contextTokens: number;
  readonly outcome: Outcome | null;
  readonly paused: boolean;
  readonly closed: boolean;
  readonly queue: readonly QueuedMessage[];
  /** What was asked for beside the steps last, until it is used or the next request goes out: paid for once. */
  readonly beside: { readonly purpose: Purpose; readonly reply: Reply } | null;
  /** Requests that were on their way when a process ended: they may have been paid for, and stand in no usage. */
  readonly cutRequests: number;
  readonly points: List<Point>;
  /** What the calls of the last reply stand on; and where commands begin from the next one on, as the tools name it. */
  readonly standing: Standing;
  readonly nextCwd: string;
  /** Commands that went on in the background, by their ids. */
  readonly commands: ReadonlyMap<string, KnownCommand>;
  readonly checkpoints: List<Checkpoint>;
  readonly taken: List<Taken>;
}

export const emptySession: Session = {
  id: null,
  seq: 0,
  environment: null,
  mode: 'ask',
  model: '',
  effort: null,
  title: null,
  rules: [],
  fileRules: { rules: [], broken: [] },
  sandbox: null,
  plan: null,
  turns: 0,
  turn: null,
  conversation: noConversation,
  code: noCode,
  guides: noGuides,
  facts: noFacts,
  roomAsked: null,
  overflows: 0,
  tooManyTokens: null,
  usage: noUsage,
  costUsd: 0,
  budget: unlimited,
  stall: noStall,
  contextTokens: 0,
  outcome: null,
  paused: false,
  closed: false,
  queue: [],
  beside: null,
  cutRequests: 0,
  points: emptyList(),
  standing: noStanding,
  nextCwd: '.',
  commands: new Map(),
  checkpoints: emptyList(),
  taken: emptyList(),
};

export function fold(session: Session, event: Event): Session {
  return foldAll(session, [event]);
}

/** As `fold` one by one, but copies the session once: whole logs are folded with this. */
export function foldAll(session: Session, events: readonly Event[]): Session {
  const draft: Draft = { ...session, turn: session.turn && ownTurn(session.turn) };
  for (const event of events) apply(draft, event);
  return draft;
}

/** A session and its turn that nobody else holds yet. */
type Draft = { -readonly [K in keyof Omit<Session, 'turn'>]: Session[K] } & { turn: TurnDraft | null };
type TurnDraft = { -readonly [K in keyof Omit<Turn, 'calls' | 'answered'>]: Turn[K] } & {
  calls: Map<CallId, OpenCall>;
  answered: Set<CallId>;
};

function ownTurn(turn: Turn): TurnDraft {
  return { ...turn, calls: new Map(turn.calls), answered: new Set(turn.answered) };
}

function apply(draft: Draft, event: Event): void {
  const before = { conversation: draft.conversation, code: draft.code, guides: draft.guides, facts: draft.facts };
  draft.id = event.session;
  draft.seq = event.seq;
  draft.conversation = converse(draft.conversation, event);
  draft.code = foldCode(draft.code, event);
  draft.guides = foldGuides(draft.guides, event);
  draft.facts = foldFacts(draft.facts, event);
  draft.queue = foldQueue(draft.queue, event);
  draft.budget = foldBudget(draft.budget, event);
  draft.stall = foldStall(draft.stall, event);
  switch (event.type) {
    case 'session.started':
      draft.environment = event.environment;
      draft.mode = event.mode;
      draft.model = event.model;
      draft.rules = event.rules;
      return;
    case 'session.changed':
      draft.mode = event.mode ?? draft.mode;
      if (event.model !== undefined && event.model !== draft.model) draft.tooManyTokens = null;
      draft.model = event.model ?? draft.model;
      // Another model has other levels, and begins with none.
      if (event.effort !== undefined) draft.effort = event.effort;
      else if (event.model !== undefined) draft.effort = null;
      draft.title = event.title ?? draft.title;
      return;
    case 'rule.added':
      draft.rules = [...draft.rules, event.rule];
      return;
    case 'rule.removed':
      draft.rules = draft.rules.filter((one) => JSON.stringify(one) !== JSON.stringify(event.rule));
      return;
    case 'rules.read':
      draft.fileRules = { rules: event.rules, broken: event.broken };
      return;
    case 'sandbox.found':
      draft.sandbox = event.sandbox;
      return;
    case 'plan.updated':
      draft.plan = event.plan;
      return;
    case 'session.forked':
      rest(draft);
      return;
    case 'session.imported':
      // **Invariant:** nothing that a file says is trusted: it brings no rights, starts nothing, and has no files to put back.
      rest(draft);
      draft.rules = [];
      draft.fileRules = emptySession.fileRules;
      draft.sandbox = null;
      draft.mode = 'ask';
      draft.checkpoints = emptyList();
      draft.taken = emptyList();
      if (draft.environment) draft.environment = { ...draft.environment, skills: [] };
      return;
    case 'session.closed':
      draft.closed = true;
      return;
    case 'conversation.rewound':
      rewind(draft, event.to);
      return;
    case 'turn.started':
      draft.points = append(draft.points, { ...pointBefore(draft, before, event), starts: true });
      draft.turns = event.turn;
      draft.turn = newTurn(event.turn, event.atMs);
      draft.outcome = null;
      draft.paused = false;
      draft.closed = false;
      return;
    case 'turn.ended':
      draft.turn = null;
      draft.outcome = event.outcome;
      return;
    case 'session.paused':
      draft.paused = true;
      break;
    case 'budget.reached':
    case 'stall.found':
      if (event.then === 'pauses') draft.paused = true;
      break;
    case 'session.resumed':
      draft.paused = false;
      if (event.cutRequest) draft.cutRequests++;
      break;
    case 'model.requested':
      draft.beside = null;
      if (event.attempt === 1) draft.points = append(draft.points, pointBefore(draft, before, event));
      break;
    case 'model.responded': {
      const { usage } = event.reply;
      draft.usage = addUsage(draft.usage, usage);
      draft.costUsd = addCost(draft.costUsd, event.costUsd);
      draft.contextTokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
      draft.standing = { cwd: draft.nextCwd, commands: draft.commands };
      if (event.reply.stop !== 'context_overflow') draft.overflows = 0;
      break;
    }
    case 'side.ended':
      if (event.reply) draft.usage = addUsage(draft.usage, event.reply.usage);
      draft.costUsd = addCost(draft.costUsd, event.costUsd);
      draft.beside = event.reply && { purpose: event.purpose, reply: event.reply };
      break;
    case 'room.asked':
      draft.roomAsked = event.keep;
      break;
    case 'context.compacted':
      draft.beside = null;
      draft.roomAsked = null;
      draft.contextTokens = event.afterTokens ?? draft.contextTokens;
      if (event.why === 'overflow') {
        draft.overflows++;
        draft.tooManyTokens = event.beforeTokens ?? null;
      }
      break;
    case 'tool.finished':
      finishCommand(draft, event);
      break;
    case 'command.ended': {
      const known = draft.commands.get(event.id);
      if (known) draft.commands = new Map(draft.commands).set(event.id, { ...known, isRunning: false });
      if (known && event.how === 'itself') addCheck(draft.turn, known.line, event.exitCode, known.seq, event.atMs);
      break;
    }
    case 'checkpoint.created': {
      const { checkpoint, call, seq, turn, step, atMs } = event;
      const to = toArray(draft.points).at(-1)?.seq ?? seq;
      draft.checkpoints = append(draft.checkpoints, { checkpoint, call, seq, turn, step, atMs, to });
      break;
    }
    case 'files.changed': {
      const checkpoint =
        toArray(draft.checkpoints).findLast(({ call }) => call === event.call)?.checkpoint ?? event.call;
      const { seq, call, files } = event;
      draft.taken = append(draft.taken, { seq, checkpoint, call, files });
      break;
    }
    case 'checkpoint.restored': {
      const { seq, as, files } = event;
      draft.taken = append(draft.taken, { seq, checkpoint: as, call: null, files });
      break;
    }
    default:
  }
  if (draft.turn === null) return;
  applyToTurn(draft.turn, event);
  draft.turn.lastAtMs = event.atMs;
}

/** Nothing of it is open. */
function rest(draft: Draft): void {
  draft.turn = null;
  draft.paused = false;
  draft.closed = false;
  draft.standing = noStanding;
  draft.nextCwd = '.';
  draft.commands = new Map();
}

/** What a command leaves for the next: the folder, itself in the background, or what its end there proves. */
function finishCommand(draft: Draft, { call, result, seq, atMs }: Event & { readonly type: 'tool.finished' }): void {
  const detail = result.status === 'ok' && result.detail?.kind === 'command' ? result.detail : null;
  if (detail === null) return;
  draft.nextCwd = detail.cwd ?? draft.nextCwd;
  if (detail.background === undefined) return;
  const { id, isRunning } = detail.background;
  const started = draft.turn?.calls.get(call);
  const line = commandLine(started) ?? '';
  const known = draft.commands.get(id) ?? { call, line, outside: isOutside(started), seq };
  draft.commands = new Map(draft.commands).set(id, { ...known, isRunning });
  // It ran on the files as they stood when it was started: what was changed since makes it stale.
  if (!isRunning) addCheck(draft.turn, known.line, detail.exitCode, known.seq, atMs);
}

function addCheck(turn: TurnDraft | null, line: string, exitCode: number | null, seq: Seq, atMs: number): void {
  if (turn && isCheck(line)) turn.checks = append(turn.checks, { line, exitCode, seq, atMs });
}

function pointBefore(
  { plan }: Draft,
  before: Pick<Point, 'conversation' | 'code' | 'guides' | 'facts'>,
  { seq, turn }: Event,
): Point {
  return { seq, turn, starts: false, ...before, plan };
}

function rewind(draft: Draft, to: Seq): void {
  const point = toArray(draft.points).find(({ seq }) => seq === to);
  if (!point) return;
  // The mode is the person's, not the conversation's: it stays as it is now. So is what they pinned and dropped.
  draft.conversation = { ...point.conversation, mode: draft.mode };
  draft.code = { ...point.code, adjusted: draft.code.adjusted };
  draft.guides = point.guides;
  draft.facts = {
    ...point.facts,
    pinned: draft.facts.pinned,
    rules: draft.facts.rules,
    fileRules: draft.facts.fileRules,
  };
  draft.plan = point.plan;
  draft.turn = null;
  draft.outcome = null;
  draft.paused = false;
}

function applyToTurn(turn: TurnDraft, event: Event): void {
  switch (event.type) {
    case 'model.requested':
      turn.step = event.step;
      turn.reply = null;
      turn.answered = new Set();
      turn.attempt = event.attempt;
      turn.inFlight = true;
      if (turn.goneAtMs !== null) turn.awayMs += event.atMs - turn.goneAtMs;
      turn.goneAtMs = null;
      return;
    case 'model.failed':
      turn.inFlight = false;
      turn.goneAtMs = event.waits === true ? event.atMs : null;
      return;
    case 'context.compacted':
      // Made between two steps: what the last reply asked for is done.
      if (event.why !== undefined) turn.reply = null;
      return;
    case 'side.ended':
      if (event.reply) turn.usage = addUsage(turn.usage, event.reply.usage);
      turn.costUsd = addCost(turn.costUsd, event.costUsd);
      return;
    case 'session.resumed':
      resume(turn, event.atMs);
      return;
    case 'warning.raised':
      if (event.code === 'reply_cut') turn.reply = null;
      return;
    case 'model.responded': {
      const { reply, costUsd } = event;
      const text = reply.content
        .flatMap((block) => (block.type === 'text' ? [block.text] : []))
        .join('\n\n')
        .trim();
      turn.usage = addUsage(turn.usage, reply.usage);
      turn.costUsd = addCost(turn.costUsd, costUsd);
      if (text !== '') turn.lastText = text;
      turn.reply = reply;
      turn.attempt = 0;
      turn.inFlight = false;
      turn.cutReplies = reply.stop === 'max_tokens' ? turn.cutReplies + 1 : 0;
      return;
    }
    case 'tool.requested':
      turn.calls.set(event.call, {
        call: event.call,
        tool: event.tool,
        input: event.input,
        state: 'requested',
        question: null,
        resolved: [],
        askedAtMs: null,
        decision: null,
        startedAtMs: null,
        changes: null,
        kept: null,
        applied: false,
        hook: null,
        stepsKnown: false,
      });
      return;
    case 'approval.requested': {
      const { question, atMs } = event;
      const changes = question.kind === 'edits' ? question.changes : null;
      changeCall(turn, event.call, { state: 'asks', question, askedAtMs: atMs, resolved: [], changes });
      return;
    }
    case 'hunk.resolved': {
      const { hunk, verdict, reason } = event;
      const resolved = (turn.calls.get(event.call)?.resolved ?? []).filter((one) => one.hunk !== hunk);
      const resolution = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      changeCall(turn, event.call, { resolved: [...resolved, resolution] });
      return;
    }
    case 'tool.decided': {
      const { call, decision, atMs } = event;
      turn.waitedMs += atMs - (turn.calls.get(call)?.askedAtMs ?? atMs);
      if (decision.action === 'deny' && decision.stop === true) turn.stopped = true;
      changeCall(turn, call, { state: 'decided', decision });
      return;
    }
    case 'hooks.ended': {
      const hook = hookWord(event.said);
      if (event.event === 'Stop' && hook?.says === 'block') turn.hookStops++;
      if (event.event === 'PreToolUse' && event.call !== null && hook !== null)
        changeCall(turn, event.call, { hook, ...(hook.input !== undefined && { input: hook.input }) });
      return;
    }
    case 'checkpoint.created':
      if (event.call !== null) changeCall(turn, event.call, { kept: event.files });
      return;
    case 'tool.started': {
      const { atMs, changes } = event;
      const written = changes === undefined ? {} : { changes };
      changeCall(turn, event.call, { state: 'started', startedAtMs: atMs, ...written });
      return;
    }
    case 'files.changed':
      changeCall(turn, event.call, { stepsKnown: true });
      return;
    case 'change.applied':
      changeCall(turn, event.call, { applied: true });
      turn.changes = append(turn.changes, event.changes);
      turn.changedAt = event.seq;
      return;
    case 'change.reviewed':
      // What the person took out, or put back, was not there when checks passed.
      if (event.hunks.some(({ state }) => state === 'rejected' || state === 'applied')) turn.changedAt = event.seq;
      return;
    case 'tool.finished':
      finishCall(turn, event);
      return;
    default:
  }
}

/** The time in between was nobody's: what waited for the person then, waits from now on. */
function resume(turn: TurnDraft, atMs: number): void {
  let sinceMs = turn.lastAtMs;
  for (const [id, call] of turn.calls) {
    if (call.state !== 'asks' || call.askedAtMs === null) continue;
    sinceMs = Math.min(sinceMs, call.askedAtMs);
    turn.calls.set(id, { ...call, askedAtMs: atMs });
  }
  if (turn.goneAtMs !== null) sinceMs = Math.min(sinceMs, turn.goneAtMs);
  turn.goneAtMs = null;
  turn.awayMs += Math.max(0, atMs - sinceMs);
  turn.inFlight = false;
}

function finishCall(
  turn: TurnDraft,
  { call, result, seq, atMs, step }: Event & { readonly type: 'tool.finished' },
): void {
  const detail = result.status === 'ok' || result.status === 'error' ? result.detail : undefined;
  const line = commandLine(turn.calls.get(call));
  turn.calls.delete(call);
  turn.answered.add(call);
  if (result.status === 'ok' && result.untrusted !== undefined) turn.taint ??= { step, source: result.untrusted };
  if (detail?.kind === 'command' && line !== null && detail.background === undefined)
    addCheck(turn, line, detail.exitCode, seq, atMs);
}

/** What a command was asked to run; null for other calls. */
export function commandLine(call: OpenCall | undefined): string | null {
  const input = call?.input;
  if (typeof input !== 'object' || input === null || !('command' in input)) return null;
  return typeof input.command === 'string' ? input.command : null;
}

function isOutside(call: OpenCall | undefined): boolean {
  const input = call?.input;
  return typeof input === 'object' && input !== null && 'outside_sandbox' in input && input.outside_sandbox === true;
}

function newTurn(number: number, startedAtMs: number): TurnDraft {
  return {
    number,
    startedAtMs,
    step: 0,
    calls: new Map(),
    usage: noUsage,
    costUsd: 0,
    checks: emptyList(),
    changes: emptyList(),
    changedAt: 0,
    waitedMs: 0,
    awayMs: 0,
    lastAtMs: startedAtMs,
    lastText: '',
    reply: null,
    answered: new Set(),
    attempt: 0,
    inFlight: false,
    goneAtMs: null,
    cutReplies: 0,
    stopped: false,
    hookStops: 0,
    taint: null,
  };
}

function changeCall(turn: TurnDraft, id: CallId, change: Partial<OpenCall>): void {
  const call = turn.calls.get(id);
  if (call) turn.calls.set(id, { ...call, ...change });
}

function addCost(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
