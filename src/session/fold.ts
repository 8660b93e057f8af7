/** The state of a session as a fold over its log: pure and total, so any prefix of any log gives a state. */
import { converse, noConversation, type Conversation } from '../context/conversation.ts';
import type { ChangeSet, HunkResolution } from '../core/change.ts';
import type { CallId, Environment, Event, Outcome, Question, Seq, SessionId } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { append, emptyList, type List } from '../core/list.ts';
import { addUsage, noUsage, type Usage } from '../core/model.ts';
import type { Mode, Rule } from '../core/permission.ts';
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
  /** What the model wrote last. */
  readonly lastText: string;
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
    case 'turn.started':
      return { ...next, turns: event.turn, turn: newTurn(event.turn, event.atMs), outcome: null };
    case 'turn.ended':
      return { ...next, turn: null, outcome: event.outcome };
    case 'model.responded': {
      const { usage } = event.reply;
      const contextTokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
      return inTurn(
        { ...next, usage: addUsage(next.usage, usage), costUsd: addCost(next.costUsd, event.costUsd), contextTokens },
        event,
      );
    }
    default:
      return inTurn(next, event);
  }
}

function inTurn(session: Session, event: Event): Session {
  if (session.turn === null) return session;
  const turn = foldTurn(session.turn, event);
  return turn === session.turn ? session : { ...session, turn };
}

function foldTurn(turn: Turn, event: Event): Turn {
  switch (event.type) {
    case 'model.requested':
      return { ...turn, step: event.step };
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
      });
    case 'approval.requested':
      return changeCall(turn, event.call, { state: 'asks', question: event.question, askedAtMs: event.atMs });
    case 'hunk.resolved': {
      const { hunk, verdict, reason } = event;
      const resolved = (turn.calls.get(event.call)?.resolved ?? []).filter((one) => one.hunk !== hunk);
      const resolution = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      return changeCall(turn, event.call, { resolved: [...resolved, resolution] });
    }
    case 'tool.decided': {
      const askedAtMs = turn.calls.get(event.call)?.askedAtMs ?? event.atMs;
      return {
        ...changeCall(turn, event.call, { state: 'decided' }),
        waitedMs: turn.waitedMs + event.atMs - askedAtMs,
      };
    }
    case 'tool.started':
      return changeCall(turn, event.call, { state: 'started' });
    case 'change.applied':
      return { ...turn, changes: append(turn.changes, event.changes), changedAt: event.seq };
    case 'tool.finished':
      return finishCall(turn, event);
    default:
      return turn;
  }
}

function finishCall(turn: Turn, event: Event & { readonly type: 'tool.finished' }): Turn {
  const calls = new Map(turn.calls);
  calls.delete(event.call);
  const { result } = event;
  const detail = result.status === 'ok' || result.status === 'error' ? result.detail : undefined;
  const line = commandLine(turn.calls.get(event.call));
  if (detail?.kind !== 'command' || line === null || !isCheck(line)) return { ...turn, calls };
  return {
    ...turn,
    calls,
    checks: append(turn.checks, { line, exitCode: detail.exitCode, seq: event.seq, atMs: event.atMs }),
  };
}

function commandLine(call: OpenCall | undefined): string | null {
  const input = call?.input;
  if (typeof input !== 'object' || input === null || !('command' in input)) return null;
  return typeof input.command === 'string' ? input.command : null;
}

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
    lastText: '',
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
