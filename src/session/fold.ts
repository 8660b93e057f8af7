/** The state of a session as a fold over its log: pure and total, so any prefix of any log gives a state. */
import { converse, noConversation, type Conversation } from '../context/conversation.ts';
import type { ChangeSet, HunkResolution } from '../core/change.ts';
import type { CheckpointId, FileStep, PathState } from '../core/checkpoint.ts';
import type {
  Attachment,
  CallId,
  Environment,
  Event,
  MessageId,
  Outcome,
  Question,
  Seq,
  SessionId,
} from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { append, emptyList, toArray, type List } from '../core/list.ts';
import { addUsage, noUsage, type Reply, type Usage } from '../core/model.ts';
import type { Decision, Mode, Rule } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import { isCheck } from './evidence.ts';

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
  readonly stepsKnown: boolean;
}

export interface QueuedMessage {
  readonly message: MessageId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly steer: boolean;
}

/** A place that the conversation can go back to: what it was before event `seq`. */
export interface Point {
  readonly seq: Seq;
  readonly turn: number;
  /** The turn's own start, not one of its steps. */
  readonly starts: boolean;
  readonly conversation: Conversation;
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
  /** Replies in a row that were cut at their length. */
  readonly cutReplies: number;
  /** The person ended the turn with an answer. */
  readonly stopped: boolean;
}

export interface Session {
  readonly id: SessionId | null;
  readonly seq: Seq;
  readonly environment: Environment | null;
  readonly mode: Mode;
  readonly model: string;
  readonly title: string | null;
  readonly rules: readonly Rule[];
  readonly plan: Plan | null;
  readonly turns: number;
  /** The turn that runs, or that was cut short with the process. */
  readonly turn: Turn | null;
  readonly conversation: Conversation;
  readonly usage: Usage;
  readonly costUsd: number | null;
  /** Tokens of the last request with its reply: what the window holds now. */
  readonly contextTokens: number;
  readonly outcome: Outcome | null;
  readonly paused: boolean;
  readonly closed: boolean;
  readonly queue: readonly QueuedMessage[];
  /** Requests that were on their way when a process ended: they may have been paid for, and stand in no usage. */
  readonly cutRequests: number;
  readonly points: List<Point>;
  readonly checkpoints: List<Checkpoint>;
  readonly taken: List<Taken>;
}

export const emptySession: Session = {
  id: null,
  seq: 0,
  environment: null,
  mode: 'ask',
  model: '',
  title: null,
  rules: [],
  plan: null,
  turns: 0,
  turn: null,
  conversation: noConversation,
  usage: noUsage,
  costUsd: 0,
  contextTokens: 0,
  outcome: null,
  paused: false,
  closed: false,
  queue: [],
  cutRequests: 0,
  points: emptyList(),
  checkpoints: emptyList(),
  taken: emptyList(),
};

export function fold(session: Session, event: Event): Session {
  const next: Session = {
    ...session,
    id: event.session,
    seq: event.seq,
    conversation: converse(session.conversation, event),
  };
  switch (event.type) {
    case 'session.started':
      return { ...next, environment: event.environment, mode: event.mode, model: event.model, rules: event.rules };
    case 'session.changed':
      return {
        ...next,
        mode: event.mode ?? next.mode,
        model: event.model ?? next.model,
        title: event.title ?? next.title,
      };
    case 'rule.added':
      return { ...next, rules: [...next.rules, event.rule] };
    case 'plan.updated':
      return { ...next, plan: event.plan };
    case 'session.forked':
      return { ...next, turn: null, queue: [], paused: false, closed: false };
    case 'session.imported':
      // **Invariant:** nothing that a file says is trusted: it brings no rights, starts nothing, and has no files to put back.
      return {
        ...next,
        turn: null,
        queue: [],
        paused: false,
        closed: false,
        rules: [],
        mode: 'ask',
        checkpoints: emptyList(),
        taken: emptyList(),
      };
    case 'session.paused':
      return inTurn({ ...next, paused: true }, event);
    case 'session.resumed':
      return inTurn({ ...next, paused: false, cutRequests: next.cutRequests + (event.cutRequest ? 1 : 0) }, event);
    case 'session.closed':
      return { ...next, closed: true };
    case 'message.queued': {
      const { message, text, attachments, steer } = event;
      return inTurn({ ...next, queue: [...next.queue, { message, text, attachments, steer }] }, event);
    }
    case 'message.changed':
      return inTurn({ ...next, queue: changeQueue(next.queue, event) }, event);
    case 'message.cancelled':
    case 'message.delivered':
      return inTurn({ ...next, queue: withoutMessage(next.queue, event.message) }, event);
    case 'conversation.rewound':
      return rewind(next, event.to);
    case 'turn.started': {
      const point = { ...pointBefore(session, event), starts: true };
      return {
        ...next,
        turns: event.turn,
        turn: newTurn(event.turn, event.atMs),
        outcome: null,
        paused: false,
        closed: false,
        queue: event.message === null ? next.queue : withoutMessage(next.queue, event.message),
        points: append(next.points, point),
      };
    }
    case 'turn.ended':
      return { ...next, turn: null, outcome: event.outcome };
    case 'model.requested':
      return inTurn(
        event.attempt === 1 ? { ...next, points: append(next.points, pointBefore(session, event)) } : next,
        event,
      );
    case 'model.responded': {
      const { usage } = event.reply;
      const contextTokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
      return inTurn(
        { ...next, usage: addUsage(next.usage, usage), costUsd: addCost(next.costUsd, event.costUsd), contextTokens },
        event,
      );
    }
    case 'checkpoint.created': {
      const { checkpoint, call, seq, turn, step, atMs } = event;
      const to = toArray(next.points).at(-1)?.seq ?? seq;
      return inTurn(
        { ...next, checkpoints: append(next.checkpoints, { checkpoint, call, seq, turn, step, atMs, to }) },
        event,
      );
    }
    case 'files.changed': {
      const checkpoint =
        toArray(next.checkpoints).findLast(({ call }) => call === event.call)?.checkpoint ?? event.call;
      const taken = { seq: event.seq, checkpoint, call: event.call, files: event.files };
      return inTurn({ ...next, taken: append(next.taken, taken) }, event);
    }
    case 'checkpoint.restored': {
      const taken = { seq: event.seq, checkpoint: event.as, call: null, files: event.files };
      return inTurn({ ...next, taken: append(next.taken, taken) }, event);
    }
    default:
      return inTurn(next, event);
  }
}

function pointBefore({ conversation, plan }: Session, { seq, turn }: Event): Point {
  return { seq, turn, starts: false, conversation, plan };
}

function rewind(session: Session, to: Seq): Session {
  const point = toArray(session.points).find(({ seq }) => seq === to);
  if (!point) return session;
  // The mode is the person's, not the conversation's: it stays as it is now.
  const conversation = { ...point.conversation, mode: session.mode };
  return { ...session, conversation, plan: point.plan, turn: null, outcome: null, paused: false };
}

function withoutMessage(queue: readonly QueuedMessage[], message: MessageId): readonly QueuedMessage[] {
  return queue.filter((one) => one.message !== message);
}

function changeQueue(
  queue: readonly QueuedMessage[],
  { message, text, steer, before }: Event & { readonly type: 'message.changed' },
): readonly QueuedMessage[] {
  const old = queue.find((one) => one.message === message);
  if (!old) return queue;
  const fresh = { ...old, text: text ?? old.text, steer: steer ?? old.steer };
  if (before === undefined || before === message) return queue.map((one) => (one === old ? fresh : one));
  const others = queue.filter((one) => one !== old);
  const at = others.findIndex((one) => one.message === before);
  return at < 0 ? [...others, fresh] : [...others.slice(0, at), fresh, ...others.slice(at)];
}

function inTurn(session: Session, event: Event): Session {
  if (session.turn === null) return session;
  return { ...session, turn: { ...foldTurn(session.turn, event), lastAtMs: event.atMs } };
}

function foldTurn(turn: Turn, event: Event): Turn {
  switch (event.type) {
    case 'model.requested':
      return {
        ...turn,
        step: event.step,
        reply: null,
        answered: noCalls,
        attempt: event.attempt,
        inFlight: true,
      };
    case 'model.failed':
      return { ...turn, inFlight: false };
    case 'session.resumed':
      return resumed(turn, event);
    case 'warning.raised':
      return event.code === 'reply_cut' ? { ...turn, reply: null } : turn;
    case 'model.responded': {
      const text = event.reply.content
        .flatMap((block) => (block.type === 'text' ? [block.text] : []))
        .join('\n\n')
        .trim();
      return {
        ...turn,
        usage: addUsage(turn.usage, event.reply.usage),
        costUsd: addCost(turn.costUsd, event.costUsd),
        lastText: text === '' ? turn.lastText : text,
        reply: event.reply,
        attempt: 0,
        inFlight: false,
        cutReplies: event.reply.stop === 'max_tokens' ? turn.cutReplies + 1 : 0,
      };
    }
    case 'tool.requested':
      return withCall(turn, {
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
        stepsKnown: false,
      });
    case 'approval.requested': {
      const { question, atMs } = event;
      const changes = question.kind === 'edits' ? question.changes : null;
      return changeCall(turn, event.call, { state: 'asks', question, askedAtMs: atMs, resolved: [], changes });
    }
    case 'hunk.resolved': {
      const { hunk, verdict, reason } = event;
      const resolved = (turn.calls.get(event.call)?.resolved ?? []).filter((one) => one.hunk !== hunk);
      const resolution = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      return changeCall(turn, event.call, { resolved: [...resolved, resolution] });
    }
    case 'tool.decided': {
      const askedAtMs = turn.calls.get(event.call)?.askedAtMs ?? event.atMs;
      return {
        ...changeCall(turn, event.call, { state: 'decided', decision: event.decision }),
        waitedMs: turn.waitedMs + event.atMs - askedAtMs,
        stopped: turn.stopped || (event.decision.action === 'deny' && event.decision.stop === true),
      };
    }
    case 'checkpoint.created':
      return event.call === null ? turn : changeCall(turn, event.call, { kept: event.files });
    case 'tool.started': {
      const { atMs, changes } = event;
      return changeCall(turn, event.call, {
        state: 'started',
        startedAtMs: atMs,
        ...(changes === undefined ? {} : { changes }),
      });
    }
    case 'files.changed':
      return changeCall(turn, event.call, { stepsKnown: true });
    case 'change.applied':
      return {
        ...changeCall(turn, event.call, { applied: true }),
        changes: append(turn.changes, event.changes),
        changedAt: event.seq,
      };
    case 'tool.finished':
      return finishCall(turn, event);
    default:
      return turn;
  }
}

/** The time in between was nobody's: what waited for the person then, waits from now on. */
function resumed(turn: Turn, event: Event): Turn {
  const asked = [...turn.calls.values()].flatMap(({ askedAtMs, state }) =>
    state === 'asks' && askedAtMs !== null ? [askedAtMs] : [],
  );
  const since = Math.min(turn.lastAtMs, ...asked);
  const calls = new Map(
    [...turn.calls].map(([id, call]) => [id, call.state === 'asks' ? { ...call, askedAtMs: event.atMs } : call]),
  );
  return { ...turn, calls, awayMs: turn.awayMs + Math.max(0, event.atMs - since), inFlight: false };
}

function finishCall(turn: Turn, event: Event & { readonly type: 'tool.finished' }): Turn {
  const calls = new Map(turn.calls);
  calls.delete(event.call);
  const answered = new Set(turn.answered).add(event.call);
  const { result } = event;
  const detail = result.status === 'ok' || result.status === 'error' ? result.detail : undefined;
  const line = commandLine(turn.calls.get(event.call));
  if (detail?.kind !== 'command' || line === null || !isCheck(line)) return { ...turn, calls, answered };
  return {
    ...turn,
    calls,
    answered,
    checks: append(turn.checks, { line, exitCode: detail.exitCode, seq: event.seq, atMs: event.atMs }),
  };
}

function commandLine(call: OpenCall | undefined): string | null {
  const input = call?.input;
  if (typeof input !== 'object' || input === null || !('command' in input)) return null;
  return typeof input.command === 'string' ? input.command : null;
}

const noCalls: ReadonlySet<CallId> = new Set();

function newTurn(number: number, startedAtMs: number): Turn {
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
    answered: noCalls,
    attempt: 0,
    inFlight: false,
    cutReplies: 0,
    stopped: false,
  };
}

function withCall(turn: Turn, call: OpenCall): Turn {
  return { ...turn, calls: new Map(turn.calls).set(call.call, call) };
}

function changeCall(turn: Turn, id: CallId, change: Partial<OpenCall>): Turn {
  const call = turn.calls.get(id);
  return call ? withCall(turn, { ...call, ...change }) : turn;
}

function addCost(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
