/** The closed union of all that can happen in a session. Everything shown, sent, resumed or billed is a fold over these. */
import type { Budgets, BudgetScope, BudgetUnit, Reached } from './budget.ts';
import type { AppliedFile, ChangeSet, FileProblems, HunkResolution, HunkReview } from './change.ts';
import type { CheckpointId, FileStep, PathState } from './checkpoint.ts';
import type { CommandNews } from './command.ts';
import type { ErrorCode } from './error.ts';
import type { HookEvent, HookSaid } from './hooks.ts';
import type { Json } from './json.ts';
import type { Reply, Usage } from './model.ts';
import type { AlwaysOffer, AskedTier, Decision, Mode, Resource, Rule, SandboxState } from './permission.ts';
import type { Plan } from './plan.ts';
import type { Effort, Purpose, Route } from './purpose.ts';
import type { Stall } from './stall.ts';
import type { CodeRef, ContextPiece, StalePiece } from './symbols.ts';
import type { ToolResult } from './tool.ts';

export type SessionId = string;
/** Place in one session's log: 1, 2, 3 … no gaps. */
export type Seq = number;
/** Id of a tool call: the id of its `tool_use` block. */
export type CallId = string;

export type Actor =
  | { readonly kind: 'user' }
  | { readonly kind: 'agent'; readonly model: string }
  | { readonly kind: 'system'; readonly room: string };

/** Id of a message that waits in the queue. */
export type MessageId = string;

/** What the agent can read to learn how something is done. */
export interface Skill {
  readonly name: string;
  readonly description: string;
  /** Of its file, as the tools name it: absolute for the person's own. */
  readonly path: string;
}

/** Where a session works; taken once at its start, so that the prompt's first bytes never change. */
export interface Environment {
  /** Absolute paths of the workspace folders; tools name files relative to the first. */
  readonly folders: readonly string[];
  readonly platform: string;
  readonly shell: string;
  /** ISO day: 2026-11-21. */
  readonly date: string;
  /** Somebody can answer questions; without a person each question is a denial. */
  readonly attended: boolean;
  /** Names at the top of the first folder, folders with `/`: what a newcomer would look at first. */
  readonly topLevel: readonly string[];
  /** Instruction files that were found: the person's own, then those of each folder (AGENTS.md, else CLAUDE.md). */
  readonly instructions: readonly { readonly path: string; readonly text: string }[];
  readonly skills?: readonly Skill[];
  /** Notes of earlier sessions, a line each. */
  readonly notes?: readonly string[];
}

/** Context that a person attached to a message. */
export interface Attachment {
  readonly kind: 'file' | 'selection' | 'symbol' | 'problem' | 'change' | 'diff';
  /** `src/a.ts:41-96` */
  readonly label: string;
  readonly text: string;
}

/** What a person is asked; everything needed to show it. `why` is one sentence. */
export type Question =
  | { readonly kind: 'plan'; readonly plan: Plan; readonly why: string }
  | { readonly kind: 'edits'; readonly changes: ChangeSet; readonly why: string }
  | {
      readonly kind: 'command';
      readonly line: string;
      readonly cwd: string;
      /** null: it is not ended, and goes on in the background when it takes long. */
      readonly timeoutMs: number | null;
      readonly why: string;
      /** Absent in old logs. */
      readonly tier?: AskedTier['tier'];
      readonly part?: string;
      /** The narrowest first; none for what is asked each time. */
      readonly always?: readonly AlwaysOffer[];
    }
  | {
      readonly kind: 'access';
      readonly tool: string;
      readonly resources: readonly Resource[];
      readonly why: string;
      /** What it would keep, whole. */
      readonly text?: string;
      readonly always?: readonly AlwaysOffer[];
    };

/** A check that was seen to pass; `atMs` and `seq` say when, so that it can be compared with the last edit. */
export interface Evidence {
  readonly text: string;
  readonly atMs: number;
  readonly seq: Seq;
  readonly passed: boolean;
  /** Older than the last edit: shown, but proves nothing. */
  readonly stale: boolean;
}

export type Outcome =
  /** `verified`: nothing was changed, or some evidence passed after the last change and none failed since. */
  | {
      readonly kind: 'done';
      readonly verified: boolean;
      readonly summary: string;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly kind: 'partial';
      readonly summary: string;
      readonly done: readonly string[];
      readonly left: readonly string[];
      readonly why: ErrorCode;
      readonly message: string;
      readonly evidence: readonly Evidence[];
    }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'cancelled' };

/**
 * Room made in the conversation. Without `record`: long results and thinking of all but the last `kept` replies are left out from here on,
 * and the results of the calls in `left`, which later ones took the place of. With it: it stands in place of all that came before those
 * replies, and of their own results those in `left` are left out.
 */
export interface Compaction {
  readonly kept: number;
  /** Absent in old logs, which have nothing but `kept`. */
  readonly why?: 'full' | 'overflow' | 'asked' | 'cost';
  readonly left?: readonly CallId[];
  /** The facts of the session, as the model reads them. */
  readonly record?: string;
  /** The model's own words on what came before, with what the record says against them; null: there are none. */
  readonly summary?: string | null;
  /** Of the whole request: by the server's count as far as it goes, and estimated. */
  readonly beforeTokens?: number;
  readonly afterTokens?: number;
  /** What the model was taken to hold. */
  readonly windowTokens?: number;
}

export type Fact =
  | {
      readonly type: 'session.started';
      readonly environment: Environment;
      readonly mode: Mode;
      readonly model: string;
      readonly rules: readonly Rule[];
    }
  /** What the person set: title, mode, model, effort (null: as the model does by itself). Holds from here on. */
  | {
      readonly type: 'session.changed';
      readonly title?: string;
      readonly mode?: Mode;
      readonly model?: string;
      readonly effort?: Effort | null;
    }
  /** All before was copied from another session up to its event `through`; what was open or waited there is not taken over. */
  | { readonly type: 'session.forked'; readonly from: SessionId; readonly through: Seq }
  /** All before came from a file: its rules, mode, queue and open calls count for nothing here. */
  | { readonly type: 'session.imported'; readonly from: SessionId }
  /** Holds at the next boundary: before the next request or the next effect. */
  | { readonly type: 'session.paused' }
  /**
   * Goes on: after a pause, or after the process ended in the middle of a turn. `cutRequest`: a request was on its way then; it is
   * sent again, and may have been paid for.
   */
  | { readonly type: 'session.resumed'; readonly after: 'pause' | 'cut'; readonly cutRequest: boolean }
  /** The person is finished with it; whatever comes next opens it again. */
  | { readonly type: 'session.closed' }
  /** `message`: it came from the queue. */
  | {
      readonly type: 'turn.started';
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly message: MessageId | null;
    }
  /** `steer`: given to the model with its next request; else it starts the next turn. */
  | {
      readonly type: 'message.queued';
      readonly message: MessageId;
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly steer: boolean;
    }
  /** `before`: moves it before that one, to the end when null. */
  | {
      readonly type: 'message.changed';
      readonly message: MessageId;
      readonly text?: string;
      readonly steer?: boolean;
      readonly before?: MessageId | null;
    }
  | { readonly type: 'message.cancelled'; readonly message: MessageId }
  /** A steering message stands in the conversation from here on. */
  | {
      readonly type: 'message.delivered';
      readonly message: MessageId;
      readonly text: string;
      readonly attachments: readonly Attachment[];
    }
  /**
   * The conversation is again what it was before event `to`, a `turn.started` or a first `model.requested`; the running turn, if any,
   * is over. Nothing leaves the log.
   */
  | { readonly type: 'conversation.rewound'; readonly to: Seq }
  /**
   * Code picked for the request that comes next: it stands at the end of the conversation then, and stays there. `stale`: what was shown
   * before and reads otherwise now.
   */
  | {
      readonly type: 'context.selected';
      readonly pieces: readonly ContextPiece[];
      readonly stale: readonly StalePiece[];
      readonly budgetTokens: number;
      /** Every file of the workspace counted. */
      readonly complete: boolean;
      readonly ms: number;
    }
  /** What the person wants the model to see, or not to see. The last word on each counts. */
  | {
      readonly type: 'context.adjusted';
      readonly refs: readonly (CodeRef & { readonly as: 'pinned' | 'dropped' | 'free' })[];
    }
  /** The person asked for room: it is made at the next boundary, with an eye on `keep`. */
  | { readonly type: 'room.asked'; readonly keep: string }
  | ({ readonly type: 'context.compacted' } & Compaction)
  | {
      readonly type: 'model.requested';
      readonly model: string;
      readonly promptHash: string;
      readonly messages: number;
      readonly attempt: number;
      /** Where it is not just the session's own model, as it does by itself. */
      readonly route?: Pick<Route, 'purpose' | 'effort' | 'why'>;
    }
  | {
      readonly type: 'model.responded';
      readonly reply: Reply;
      readonly firstByteMs: number | null;
      readonly ms: number;
      /** null: the price of this model is not known. */
      readonly costUsd: number | null;
    }
  | {
      readonly type: 'model.failed';
      readonly code: ErrorCode;
      readonly message: string;
      /** null: not tried again, unless it `waits`: until the server answers, or the person has it tried. */
      readonly retryInMs: number | null;
      readonly waits?: boolean;
    }
  /** A request beside the steps, for a summary or a title: it stands in the bill, not in the conversation. */
  | {
      readonly type: 'side.requested';
      readonly purpose: Purpose;
      readonly model: string;
      /** Absent: as the model does by itself. */
      readonly effort?: Effort;
      readonly promptHash: string;
      readonly attempt: number;
    }
  /** One try of it is over: with a reply, or with a fault. `costUsd`: as in `model.responded`; 0 without a reply. */
  | {
      readonly type: 'side.ended';
      readonly purpose: Purpose;
      readonly reply: Reply | null;
      readonly fault: { readonly code: ErrorCode; readonly message: string; readonly retryInMs: number | null } | null;
      readonly ms: number;
      readonly costUsd: number | null;
    }
  /** What a turn, the session and a day may use from here on. `unpriced`: the model whose price is not known, where money is limited. */
  | { readonly type: 'budget.set'; readonly limits: Budgets; readonly unpriced: string | null }
  /** The person gave more: for this turn, for this session, for this day. */
  | {
      readonly type: 'budget.added';
      readonly scope: BudgetScope;
      readonly unit: BudgetUnit;
      readonly amount: number;
    }
  /** `goes_on`: a warning. `pauses`: held until the person says how it goes on. `ends`: there is nobody to say it. */
  | ({ readonly type: 'budget.reached'; readonly then: 'goes_on' | 'pauses' | 'ends' } & Reached)
  /** It goes on without getting on. `tells`: the model, with its next request. */
  | ({ readonly type: 'stall.found'; readonly then: 'tells' | 'pauses' | 'ends' } & Stall)
  /** `resources` is null where the input could not be read: a `tool.finished` with an error follows. */
  | {
      readonly type: 'tool.requested';
      readonly call: CallId;
      readonly tool: string;
      readonly input: Json;
      readonly resources: readonly Resource[] | null;
    }
  | { readonly type: 'approval.requested'; readonly call: CallId; readonly question: Question }
  | ({ readonly type: 'hunk.resolved'; readonly call: CallId } & HunkResolution)
  | { readonly type: 'tool.decided'; readonly call: CallId; readonly decision: Decision }
  | { readonly type: 'rule.added'; readonly rule: Rule }
  /** The person took it back. */
  | { readonly type: 'rule.removed'; readonly rule: Rule }
  /** The rules of files as they count from here on, all of them; `broken`: files that cannot be used, a clause each. */
  | { readonly type: 'rules.read'; readonly rules: readonly Rule[]; readonly broken: readonly string[] }
  /** Instructions of a folder that the agent has come to, or that read otherwise than it was told; `text` '': they are gone. */
  | { readonly type: 'instructions.read'; readonly path: string; readonly text: string }
  /** What holds commands from here on, as it was found out. */
  | { readonly type: 'sandbox.found'; readonly sandbox: SandboxState }
  /** Hooks are about to hear of this; `call` null: of no call. On disk before they start. */
  | {
      readonly type: 'hooks.started';
      readonly event: HookEvent;
      readonly call: CallId | null;
      readonly commands: readonly string[];
    }
  | {
      readonly type: 'hooks.ended';
      readonly event: HookEvent;
      readonly call: CallId | null;
      readonly said: readonly HookSaid[];
    }
  /** `attempt` is fresh in each life of the loop: a start that is not of this life has an unknown end. */
  | {
      readonly type: 'tool.started';
      readonly call: CallId;
      readonly attempt: string;
      /** What is about to be written, where no question before holds it: a kill in between leaves its fate comparable. */
      readonly changes?: ChangeSet;
    }
  /** Copies of what is about to change: by a call, or by a restore (null). */
  | {
      readonly type: 'checkpoint.created';
      readonly checkpoint: CheckpointId;
      readonly call: CallId | null;
      readonly files: readonly PathState[];
    }
  /** What a call made of files, as seen after it. */
  | { readonly type: 'files.changed'; readonly call: CallId; readonly files: readonly FileStep[] }
  /** Files went back to how they stood at `checkpoint`; `as` was made first, so that this can be undone too. */
  | {
      readonly type: 'checkpoint.restored';
      readonly checkpoint: CheckpointId;
      readonly as: CheckpointId;
      readonly files: readonly FileStep[];
    }
  | { readonly type: 'tool.finished'; readonly call: CallId; readonly result: ToolResult; readonly ms: number }
  /**
   * A command that went on in the background is at its end, told before the next request where no call has told it. `whole`: all that it
   * has printed.
   */
  | ({ readonly type: 'command.ended' } & CommandNews)
  | { readonly type: 'plan.updated'; readonly plan: Plan }
  | {
      readonly type: 'change.applied';
      readonly call: CallId;
      readonly changes: ChangeSet;
      readonly files: readonly AppliedFile[];
    }
  /**
   * What became of changes that stand in one file already: the person's words, or what their typing made of them. What it means for the
   * file was written before it is told. One event is one decision, and is taken back as one.
   */
  | { readonly type: 'change.reviewed'; readonly path: string; readonly hunks: readonly HunkReview[] }
  /** What the editor says of files that the agent changed, where that is not what it said last. */
  | { readonly type: 'problems.found'; readonly files: readonly FileProblems[] }
  | {
      readonly type: 'warning.raised';
      readonly code:
        'reply_cut' | 'limit_near' | 'not_saved' | 'secret_removed' | 'rules_broken' | 'rule_not_kept' | 'guide_fault';
      readonly message: string;
    }
  | {
      readonly type: 'turn.ended';
      readonly outcome: Outcome;
      readonly usage: Usage;
      readonly costUsd: number | null;
      readonly ms: number;
    };

export type Event = {
  readonly v: 2;
  readonly session: SessionId;
  readonly seq: Seq;
  readonly atMs: number;
  readonly actor: Actor;
  /** 0 before the first turn. */
  readonly turn: number;
  /** Requests to the model so far in this turn. */
  readonly step: number;
} & Fact;

/** Live only, never stored: losing one loses no truth. */
export type Delta =
  | { readonly kind: 'text' | 'thinking'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'output'; readonly call: CallId; readonly text: string };

/** What an event says, without its place. */
export function factOf(event: Event): Fact {
  return Object.fromEntries(Object.entries(event).filter(([name]) => !placeFields.has(name))) as unknown as Fact;
}

const placeFields: ReadonlySet<string> = new Set(['v', 'session', 'seq', 'atMs', 'actor', 'turn', 'step']);
