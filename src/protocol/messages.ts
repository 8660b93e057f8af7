/**
 * All that host and panel say to each other. The host sends events and deltas, never a whole state; the panel sends intents.
 * Each side passes the other's words through one parser: `parseIntent` here for what the panel says.
 */
import type { BudgetScope, BudgetUnit } from '../core/budget.ts';
import type { HunkId, HunkState, HunkVerdict } from '../core/change.ts';
import type { CheckpointId, RestoreItem } from '../core/checkpoint.ts';
import type { BackgroundCommand } from '../core/command.ts';
import type { Attachment, CallId, Delta, Event, MessageId, SessionId } from '../core/event.ts';
import type { ModelInfo } from '../core/model.ts';
import type { Mode, RuleReach } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Effort } from '../core/purpose.ts';
import type { CutReport } from '../core/recovery.ts';
import type { CodeRef, IndexStatus } from '../core/symbols.ts';
import type { Frame } from './contextNow.ts';
import type { OwnRule, RuleAction, RulesNow, RuleTest } from './rules.ts';

export type { BackgroundCommand } from '../core/command.ts';

/** What the panel shows besides a session; small, sent whole whenever it changes. */
export interface AppState {
  readonly folder: 'none' | 'untrusted' | 'ready';
  readonly folderName: string;
  /** Where replies come from; `none`: the person has to choose first. */
  readonly provider: 'none' | 'practice' | 'anthropic' | 'endpoint' | 'editor';
  /** Where the endpoint or the key points, for a person: "127.0.0.1:11434", "key ending in …7Qk2". */
  readonly providerHint: string;
  readonly models: readonly ModelInfo[];
  /** For the next session; a session's own stand in its events. */
  readonly model: string | null;
  /** As it is set for all sessions; absent or null: as the model does by itself. */
  readonly effort?: Effort | null;
  readonly mode: Mode;
  /** Why nothing holds commands, as a clause; null: something does, or it is not known yet. */
  readonly noSandbox: string | null;
  /** The open session runs a turn in this window. */
  readonly running: boolean;
  readonly problems: number;
  readonly openFileName: string | null;
  /** Questions of this window that wait in sessions other than the open one. */
  readonly asksElsewhere?: number;
  /** After so long a question is denied by itself; absent: it waits for ever. */
  readonly questionMs?: number;
  /** null: nothing has needed it yet, or it is switched off. */
  readonly index: IndexStatus | null;
  /** What the empty panel offers to try; without it, the panel's own three. The practice model names what it has replies for. */
  readonly tries?: readonly Try[];
}

/** A task to try: a click puts `text` into the composer. */
export interface Try {
  readonly title: string;
  readonly hint: string;
  readonly text: string;
}

export interface SessionRow {
  readonly id: SessionId;
  readonly title: string;
  readonly updatedAtMs: number;
  readonly state: 'working' | 'waiting' | 'paused' | 'cut' | 'idle' | 'closed' | 'damaged';
  /** "Done · $0.03", "Asks to run a command" */
  readonly line: string;
}

/** What `@` offers, or `/` at the start. The host knows what its id stands for, and attaches nothing that it did not offer. */
export interface Mention {
  readonly id: string;
  readonly kind: 'symbol' | 'file' | 'folder' | 'selection' | 'problems' | 'changes' | 'command' | 'prompt' | 'skill';
  /** Stands after the sign in the text: no blanks. */
  readonly name: string;
  readonly label: string;
  /** Where it is: `src/export/resumableUpload.ts:41`; '' for what needs no place. Of `/`: what follows the name. */
  readonly place: string;
  /** "class", "12 lines", "3" */
  readonly note: string;
}

/** A question that this window can answer now. The token is good for one answer to exactly this call. */
export interface Ask {
  readonly call: CallId;
  readonly token: string;
}

/** Something that happened outside the session's log: a key refused, a session held by another window. */
export interface Notice {
  readonly id: string;
  readonly tone: 'bad' | 'warning' | 'ok';
  readonly title: string;
  readonly body: string;
  readonly actions: readonly { readonly label: string; readonly intent: Intent }[];
}

/** A file with changes of the session that stand in it already. */
export interface ReviewedFile {
  readonly path: string;
  /** Not among the files that the approved plan named. */
  readonly outsidePlan: boolean;
  /** Of the text as it stands; null: not known for it (yet). */
  readonly problems: { readonly errors: number; readonly warnings: number } | null;
  readonly hunks: readonly {
    readonly id: HunkId;
    readonly state: Exclude<HunkState, 'proposed'>;
    /** From 1, as the file stands now. */
    readonly line: number;
    readonly reason?: string;
  }[];
}

export type HostMessage =
  | { readonly type: 'app'; readonly app: AppState }
  /** Replaces the timeline; `id` null: the empty state. */
  | {
      readonly type: 'session';
      readonly id: SessionId | null;
      readonly events: readonly Event[];
      readonly readOnly: boolean;
    }
  | { readonly type: 'events'; readonly session: SessionId; readonly events: readonly Event[] }
  | { readonly type: 'deltas'; readonly session: SessionId; readonly deltas: readonly Delta[] }
  | { readonly type: 'asks'; readonly session: SessionId; readonly asks: readonly Ask[] }
  | { readonly type: 'sessions'; readonly rows: readonly SessionRow[] }
  /** Those of this window that went on in the background. */
  | { readonly type: 'commands'; readonly commands: readonly BackgroundCommand[] }
  /** Answers `search_sessions`, for the same words: rows whose `line` shows where they stand. `searched`: of how many sessions. */
  | { readonly type: 'found'; readonly words: string; readonly rows: readonly SessionRow[]; readonly searched: number }
  /** The open turn of the session was cut off; null: it was not, or goes on. */
  | { readonly type: 'recovery'; readonly session: SessionId; readonly report: CutReport | null }
  /** Answers `preview_restore`. */
  | {
      readonly type: 'restore';
      readonly session: SessionId;
      readonly checkpoint: CheckpointId;
      readonly items: readonly RestoreItem[];
    }
  /** Changes that stand in the files and are open, or were decided lately, as the editor has them now. Replaces what was said before. */
  | { readonly type: 'review'; readonly session: SessionId; readonly files: readonly ReviewedFile[] }
  /** What stands before the conversation of the session, estimated. */
  | { readonly type: 'frame'; readonly session: SessionId; readonly frame: Frame }
  /** Answers `ask_mentions`, for the same words. `more`: the index is not whole yet. */
  | {
      readonly type: 'mentions';
      readonly words: string;
      readonly mentions: readonly Mention[];
      readonly more: boolean;
      readonly sign?: '/';
    }
  /** Answers `attach`; null: it is gone, and a notice says why. */
  | { readonly type: 'attached'; readonly mention: string; readonly attachments: readonly Attachment[] | null }
  /** Answers whatever is done about rules and hooks. */
  | { readonly type: 'rules'; readonly rules: RulesNow }
  | { readonly type: 'rule_tested'; readonly test: RuleTest }
  | { readonly type: 'notices'; readonly notices: readonly Notice[] }
  /** A person's command from outside the panel: go to the dock, to the composer, to the list of sessions, to the restore points. */
  | {
      readonly type: 'show';
      readonly place: 'dock' | 'composer' | 'sessions' | 'timeline' | 'restore' | 'rules' | 'commands';
    }
  /** To what the model sees; `at`: to the code that stands there, and why it was shown. */
  | {
      readonly type: 'show';
      readonly place: 'context';
      readonly at: { readonly path: string; readonly line: number } | null;
    }
  /** Puts text and context into the composer, from "Ask about selection" and kin. */
  | { readonly type: 'compose'; readonly text: string; readonly attachments: readonly Attachment[] };

/** A person's word on a whole question. */
export type Answer =
  | {
      readonly action: 'allow';
      /** Where a rule is kept from now on: `rule`, one of those that the question offers, else the narrowest. */
      readonly remember?: 'session' | RuleReach;
      readonly rule?: string;
      readonly mode?: Mode;
      /** A plan as the person edited it. */
      readonly plan?: Plan;
      readonly note?: string;
    }
  | { readonly action: 'deny'; readonly reason: string; readonly stop?: boolean }
  /** Edits: every hunk that is still open. */
  | { readonly action: 'accept_rest' }
  | { readonly action: 'reject_rest'; readonly reason?: string };

export type Intent =
  | { readonly type: 'ready' }
  | { readonly type: 'send'; readonly text: string; readonly attachments: readonly Attachment[] }
  /** Given to the model with its next request; starts a turn when none runs. While a turn runs, `send` queues. */
  | { readonly type: 'steer'; readonly text: string; readonly attachments: readonly Attachment[] }
  /** Changes, moves (before another one, to the end when null) or steers a message of the queue. */
  | {
      readonly type: 'change_message';
      readonly message: MessageId;
      readonly text?: string;
      readonly steer?: boolean;
      readonly before?: MessageId | null;
    }
  | { readonly type: 'cancel_message'; readonly message: MessageId }
  | { readonly type: 'pause' }
  /** After a pause, a cut, or with a queue that waits: goes on. */
  | { readonly type: 'resume' }
  /** After a pause for a budget, or for going in circles: with more of what is used, or with words of the person's. */
  | {
      readonly type: 'go_on';
      readonly add?: { readonly scope: BudgetScope; readonly unit: BudgetUnit; readonly amount: number };
      readonly hint?: string;
    }
  /** Ends such a turn with a report of what is done and what is left. */
  | { readonly type: 'conclude' }
  /** A cut turn: ends it as it stands. */
  | { readonly type: 'leave' }
  | { readonly type: 'stop' }
  /** While it waits for the server: asks it at once. */
  | { readonly type: 'try_now' }
  /** Says an earlier message anew: the conversation goes back to before it and on from there. */
  | {
      readonly type: 'edit_turn';
      readonly turn: number;
      readonly text: string;
      readonly attachments: readonly Attachment[];
    }
  /** A new session with all of `id` (without it, of the open session) up to the end of a turn; null: up to now. */
  | { readonly type: 'fork'; readonly id?: SessionId; readonly turn: number | null }
  | { readonly type: 'preview_restore'; readonly checkpoint: CheckpointId }
  /** As previewed last. `mine`, `old`: the person's word on each conflict. */
  | {
      readonly type: 'restore';
      readonly checkpoint: CheckpointId;
      readonly scope: 'files' | 'both' | 'conversation';
      readonly mine: readonly string[];
      readonly old: readonly string[];
    }
  /** A file as it stands beside how it would stand. */
  | { readonly type: 'compare_restore'; readonly checkpoint: CheckpointId; readonly path: string }
  /** All that a command has printed, as a document. */
  | { readonly type: 'show_output'; readonly call: CallId }
  /** What a command in the background prints, in a terminal that only shows it. */
  | { readonly type: 'show_command'; readonly session: SessionId; readonly id: string }
  | { readonly type: 'stop_command'; readonly session: SessionId; readonly id: string }
  | { readonly type: 'answer'; readonly call: CallId; readonly token: string; readonly answer: Answer }
  | {
      readonly type: 'hunk';
      readonly call: CallId;
      readonly token: string;
      readonly hunk: HunkId;
      readonly verdict: HunkVerdict;
      readonly reason?: string;
    }
  /** A word on changes of the session on the desk that stand in the files. */
  | { readonly type: 'review'; readonly hunks: readonly HunkId[]; readonly word: 'accept' | 'reject' | 'reopen' }
  /** The person's words on one of them; they go to the model with the change. */
  | { readonly type: 'ask_change'; readonly hunk: HunkId; readonly text: string }
  /** All open changes of the session beside what stood there before, in the editor; one file with `path`. */
  | { readonly type: 'open_changes'; readonly path?: string }
  /** The plan that waits, as a document that can be edited and commented line by line. */
  | { readonly type: 'open_plan'; readonly call: CallId; readonly token: string }
  /** What the model is to see, or not to see, from its next step on. */
  | {
      readonly type: 'adjust_context';
      readonly refs: readonly (CodeRef & { readonly as: 'pinned' | 'dropped' | 'free' })[];
    }
  /** What `@`, or `sign`, with these words could mean. */
  | { readonly type: 'ask_mentions'; readonly words: string; readonly sign?: '/' }
  /** Reads what a mention stands for, to go along with the message. */
  | { readonly type: 'attach'; readonly mention: string }
  | { readonly type: 'list_rules' }
  | { readonly type: 'test_rule'; readonly line: string }
  /** `instead`: takes the place of that one. */
  | {
      readonly type: 'add_rule';
      readonly reach: RuleReach;
      readonly action: RuleAction;
      readonly rule: string;
      readonly instead?: OwnRule;
    }
  | { readonly type: 'remove_rule'; readonly rule: OwnRule }
  /** The person's word on what a file allows, as it was shown; null takes it back. */
  | { readonly type: 'trust_rules'; readonly path: string; readonly hash: string | null }
  | { readonly type: 'trust_hook'; readonly hash: string; readonly isAgreed: boolean }
  | { readonly type: 'open_rules'; readonly path: string }
  | {
      readonly type: 'set';
      readonly mode?: Mode;
      readonly model?: string;
      readonly effort?: Effort | null;
      readonly title?: string;
    }
  | { readonly type: 'new_session' }
  | { readonly type: 'list_sessions' }
  | { readonly type: 'search_sessions'; readonly words: string }
  | { readonly type: 'close_session'; readonly id: SessionId }
  | { readonly type: 'export_session'; readonly id: SessionId }
  | { readonly type: 'import_session' }
  | { readonly type: 'open_session'; readonly id: SessionId }
  | { readonly type: 'rename_session'; readonly id: SessionId; readonly title: string }
  /** The panel has asked the person; it is not asked again. */
  | { readonly type: 'delete_session'; readonly id: SessionId }
  | { readonly type: 'open_file'; readonly path: string; readonly line?: number; readonly endLine?: number }
  /** The proposal of a call as a diff in the editor; all its files without `path`. */
  | { readonly type: 'open_review'; readonly call: CallId; readonly path?: string }
  | { readonly type: 'open_link'; readonly href: string }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'dismiss'; readonly notice: string }
  | {
      readonly type: 'run';
      readonly what:
        | 'set_key'
        | 'set_endpoint'
        | 'editor_model'
        | 'choose_model'
        | 'practice'
        | 'open_folder'
        | 'manage_trust'
        | 'open_settings'
        | 'add_context'
        | 'cancel_index'
        | 'resume_index'
        | 'rebuild_index'
        | 'rules';
    };
