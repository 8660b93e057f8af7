/** The shape of what the panel shows of a session. `reduce.ts` makes it of events. */
import type { ChangeSet, FileChange, HunkId, HunkState } from '../core/change.ts';
import type { BudgetUnit, Reached } from '../core/budget.ts';
import type { CheckpointId } from '../core/checkpoint.ts';
import type { CommandFate } from '../core/command.ts';
import type { ErrorCode } from '../core/error.ts';
import type { Attachment, CallId, Compaction, Outcome, Question, Seq, SessionId } from '../core/event.ts';
import { noUsage, type Usage } from '../core/model.ts';
import type { Decision, Mode } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Effort } from '../core/purpose.ts';
import type { ToolDetail } from '../core/tool.ts';
import { seesNothing, type Sees } from './context.ts';
import type { Stall } from '../core/stall.ts';
import { unlimited, type BudgetState } from './budget.ts';
import type { Copy } from './copies.ts';
import type { QueuedMessage } from './queue.ts';

// Words of core that the panel uses; it imports nothing of `src/` but this room.
export { addedAtFirst, amountWords, usedOf, usedUpWords, type Reached } from '../core/budget.ts';
export type { CheckpointId, RestoreItem } from '../core/checkpoint.ts';
export type { ChangeSet, FileChange, Hunk, HunkId, HunkState, HunkVerdict } from '../core/change.ts';
export type { ErrorCode } from '../core/error.ts';
export type {
  Attachment,
  CallId,
  Delta,
  Event,
  Evidence,
  MessageId,
  Outcome,
  Question,
  SessionId,
} from '../core/event.ts';
export type { ModelInfo } from '../core/model.ts';
export type { Effect, Mode } from '../core/permission.ts';
export type { Plan, PlanItem } from '../core/plan.ts';
export type { Effort } from '../core/purpose.ts';
export type { CutReport } from '../core/recovery.ts';
export type { CodeRange, CodeRef, PieceForm, Reason } from '../core/symbols.ts';
export type { Copy } from './copies.ts';
export type { QueuedMessage } from './queue.ts';

export interface View {
  readonly session: SessionId | null;
  /** What the person named it, else the first line of the first message; empty before that. */
  readonly title: string;
  readonly mode: Mode;
  readonly model: string | null;
  /** As it was chosen in this session; null: it was not. */
  readonly effort: Effort | null;
  /** Where the steps went last, when it was not just the session's own model. */
  readonly routed: Routed | null;
  /** A row keeps its place, and what happens to it later replaces it there, until the conversation goes back to before it. */
  readonly rows: readonly Row[];
  readonly plan: Plan | null;
  /** The last turn; null before the first. */
  readonly turn: TurnState | null;
  /** Questions without an answer, oldest first. */
  readonly waiting: readonly Waiting[];
  /** A failed request that is tried again. */
  readonly retry: Retry | null;
  /** Of the last request. */
  readonly tries: number;
  readonly live: Live;
  /** Tokens of the last prompt and its reply: what stands in the model's window now. */
  readonly contextTokens: number;
  /** What stands there, piece by piece. */
  readonly sees: Sees;
  readonly usage: Usage;
  /** null: the price of some reply is not known. */
  readonly costUsd: number | null;
  /** What it may use and has used, and what it is paused for of that. */
  readonly budget: BudgetState;
  /** It is paused for going in circles; null: it is not. */
  readonly stall: Stall | null;
  /** Requests without an answer: they may have been paid for, and stand in no usage. */
  readonly cutRequests: number;
  /** A request has no answer yet. */
  readonly inFlight: boolean;
  /** The person paused it; it holds at the next boundary. */
  readonly paused: boolean;
  /** The person is finished with it. */
  readonly closed: boolean;
  /** Messages that wait, the next one first. */
  readonly queue: readonly QueuedMessage[];
  /** Copies of files, oldest first: what can be taken back. They outlive a rewinding, as the files do. */
  readonly copies: readonly Copy[];
  /** When the session was last worked on, not only written to or renamed. */
  readonly workedAtMs: number;
  /** Each plan and where it was set: a rewinding brings one back. */
  readonly plans: readonly { readonly seq: Seq; readonly plan: Plan | null }[];
  /** Place in `rows` of each call of the last turn. */
  readonly calls: ReadonlyMap<CallId, number>;
  /** Place in `rows` of each call of the session that changed files. */
  readonly edits: ReadonlyMap<CallId, number>;
  /** Changes that stand in files and wait for a word, and the file of each. They outlive a rewinding, as the files do. */
  readonly open: ReadonlyMap<HunkId, string>;
}

/** What the person has to say how it goes on with: more of a budget, or another way. */
export type Held =
  | { readonly kind: 'budget'; readonly reached: Reached }
  /** `cost`: in USD since then; null: not known. */
  | { readonly kind: 'stall'; readonly stall: Stall; readonly step: number; readonly cost: number | null };

export interface TurnState {
  readonly number: number;
  readonly startedAtMs: number;
  readonly step: number;
  /** Time the person took to answer or to go on; not counted as work. */
  readonly waitedMs: number;
  readonly waitingSinceMs: number | null;
  readonly outcome: Outcome | null;
  /** An edit was asked for or made. */
  readonly edits: boolean;
  readonly changed: readonly ChangedFile[];
  readonly lastEditAtMs: number | null;
  /** Its part of the session's. */
  readonly cutRequests: number;
}

export interface Waiting {
  readonly call: CallId;
  readonly question: Question;
  /** How often it was asked: again when the files have changed under it. */
  readonly times: number;
}

export interface Routed {
  readonly model: string;
  readonly effort: Effort | null;
}

export interface Retry {
  readonly code: ErrorCode;
  readonly message: string;
  readonly fromMs: number;
  /** null: until the server answers again. */
  readonly untilMs: number | null;
  /** Requests that failed so, one after the other. */
  readonly tries: number;
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
  readonly fate?: Fate;
}

/** Where the file itself goes. */
export type Fate = NonNullable<FileChange['fate']>;

/** What every row has. */
export interface RowBase {
  /** Stable over the life of the session. */
  readonly key: string;
  readonly seq: Seq;
  readonly turn: number;
  readonly step: number;
  readonly atMs: number;
}
export interface SaidRow extends RowBase {
  readonly kind: 'said';
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Given to the model in the middle of a turn. */
  readonly steered: boolean;
}
export interface AnswerRow extends RowBase {
  readonly kind: 'answer';
  readonly text: string;
  /** The reply was cut off at its limit. */
  readonly cut: boolean;
}
export interface ThoughtRow extends RowBase {
  readonly kind: 'thought';
  readonly text: string;
}
export type StepState = 'will' | 'asks' | 'running' | 'done' | 'failed' | 'denied' | 'unseen' | 'stopped' | 'behind';
export interface StepRow extends RowBase {
  readonly kind: 'step';
  readonly call: CallId;
  readonly tool: string;
  readonly what: 'read' | 'list' | 'search' | 'edit' | 'command' | 'background' | 'plan' | 'other';
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
  /** Where each hunk stands, as far as the log tells; one that is missing is proposed. */
  readonly hunks: ReadonlyMap<HunkId, HunkStanding>;
}
export interface HunkStanding {
  readonly state: HunkState;
  /** The person's words. */
  readonly reason: string;
  /** It was written to the file. */
  readonly written: boolean;
}
/** A hairline with a fact. */
export interface RuleRow extends RowBase {
  readonly kind: 'rule';
  readonly fact: RuleFact;
}
export type RuleFact =
  | { readonly kind: 'mode'; readonly mode: Mode }
  | { readonly kind: 'model'; readonly model: string }
  /** null: as the model does by itself. */
  | { readonly kind: 'effort'; readonly effort: Effort | null }
  /** Steps go to another model, or with another effort, than the session's; `why` null: they come back to it. */
  | { readonly kind: 'routed'; readonly to: Routed; readonly why: string | null }
  | { readonly kind: 'allowed'; readonly what: string }
  | { readonly kind: 'retried'; readonly code: ErrorCode; readonly waitedMs: number }
  | { readonly kind: 'closed'; readonly step: number }
  /** One that went on in the background. */
  | { readonly kind: 'command'; readonly line: string; readonly how: CommandFate; readonly exitCode: number | null }
  | { readonly kind: 'checkpoint'; readonly checkpoint: CheckpointId; readonly atMs: number }
  /** `untilMs` null: it is paused. `why`: not by the person. */
  | { readonly kind: 'paused'; readonly untilMs: number | null; readonly why?: 'budget' | 'stall' }
  /** The person gave more of what it may use. */
  | { readonly kind: 'more'; readonly unit: BudgetUnit; readonly amount: number }
  /** The process had ended in the middle of a turn. `cutRequest`: a request was on its way. */
  | { readonly kind: 'reopened'; readonly closedAtMs: number; readonly cutRequest: boolean }
  | {
      readonly kind: 'restored';
      readonly toAtMs: number | null;
      readonly files: number;
      readonly as: CheckpointId;
    }
  /** Back to before a message of the person's (said at `saidAtMs`), or to before a step. */
  | { readonly kind: 'rewound'; readonly saidAtMs: number | null; readonly step: number }
  | { readonly kind: 'forked'; readonly from: SessionId }
  | { readonly kind: 'imported' }
  /** What it holds is what it opens to; '' for old sessions, and where only results were left out. Tokens null: not known. */
  | {
      readonly kind: 'room';
      readonly kept: number;
      readonly why: NonNullable<Compaction['why']> | null;
      readonly beforeTokens: number | null;
      readonly afterTokens: number | null;
      readonly text: string;
    }
  | { readonly kind: 'instructions'; readonly path: string; readonly isGone: boolean }
  /** What the editor said then of files that the agent had changed. */
  | { readonly kind: 'problems'; readonly files: readonly ProblemCount[] };
export interface ProblemCount {
  readonly path: string;
  readonly errors: number;
  readonly warnings: number;
}
export interface WarningRow extends RowBase {
  readonly kind: 'warning';
  readonly code:
    | 'reply_cut'
    | 'limit_near'
    | 'not_saved'
    | 'secret_removed'
    | 'rules_broken'
    | 'rule_not_kept'
    | 'guide_fault'
    | 'hook'
    | 'unpriced'
    | 'stall';
  readonly message: string;
}
export interface ReportRow extends RowBase {
  readonly kind: 'report';
  readonly outcome: Outcome;
  readonly steps: number;
  readonly ms: number;
  readonly usage: Usage;
  readonly costUsd: number | null;
  readonly changed: readonly ChangedFile[];
  readonly lastEditAtMs: number | null;
  readonly cutRequests: number;
}
export type Row = SaidRow | AnswerRow | ThoughtRow | StepRow | RuleRow | WarningRow | ReportRow;

/** Nothing streams. */
export const quiet: Live = { doing: 'nothing', text: '', thinking: '', output: new Map() };

export const emptyView: View = {
  session: null,
  title: '',
  mode: 'ask',
  model: null,
  effort: null,
  routed: null,
  rows: [],
  plan: null,
  turn: null,
  waiting: [],
  retry: null,
  tries: 0,
  live: quiet,
  contextTokens: 0,
  sees: seesNothing,
  usage: noUsage,
  costUsd: 0,
  budget: unlimited,
  stall: null,
  cutRequests: 0,
  inFlight: false,
  paused: false,
  closed: false,
  queue: [],
  copies: [],
  workedAtMs: 0,
  plans: [],
  calls: new Map(),
  edits: new Map(),
  open: new Map(),
};
