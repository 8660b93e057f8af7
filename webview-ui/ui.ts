/** What a person is in the middle of in the panel: menus, drafts, forms; nothing of it is known to the host. */
import type { OwnRule, RuleAction } from '../src/protocol/rules.ts';
import type {
  Attachment,
  CallId,
  CheckpointId,
  HunkId,
  MessageId,
  Mode,
  RestoreItem,
  SessionId,
} from '../src/protocol/view.ts';
import type { Mentioning } from './mention.ts';
import type { PlanDraft } from './planDraft.ts';

export type MenuName = 'title' | 'mode' | 'model' | 'after' | 'reach' | `queue:${MessageId}` | `step:${number}`;

export interface Ui {
  place: 'session' | 'sessions' | 'restore' | 'context' | 'rules' | 'commands';
  folds: Map<string, boolean>;
  menu: MenuName | null;
  menuAt: number;
  draft: string;
  attachments: readonly Attachment[];
  /** Mentions whose text the host is reading; what was to be sent goes when they are there. */
  attaching: readonly string[];
  sendWhenAttached: 'send' | 'steer' | null;
  mention: Mentioning | null;
  /** Place of the `@` whose list the person has closed. */
  mentionClosed: number | null;
  /** Where the caret is to stand after the next drawing. */
  caret: number | null;
  /** How far back Up has gone in what was said; 0: the draft itself. */
  recalled: number;
  /** What was said before and is being written anew; the draft from before comes back after it. */
  editing: Editing | null;
  renaming: boolean;
  /** The hunk of the question that letters mean. */
  hunk: HunkId | null;
  /** The change that stands in a file and that letters mean. */
  written: HunkId | null;
  /** The hunk whose "ask for a change" is open, and what is written there. */
  asking: HunkId | null;
  askText: string;
  dock: DockForm;
  /** The row that Tab comes to. */
  nav: string | null;
  /** The waiting message that Tab comes to. */
  queueAt: MessageId | null;
  sessions: SessionsForm;
  restore: RestoreForm;
  rules: RulesForm;
  /** The place in a file that the person asked about in the view of what the model sees. */
  asked: { readonly path: string; readonly line: number } | null;
}

export interface SessionsForm {
  readonly query: string;
  readonly renaming: SessionId | null;
  readonly deleting: SessionId | null;
}

export type Editing = { readonly draft: string; readonly attachments: readonly Attachment[] } & (
  | { readonly kind: 'turn'; readonly turn: number; readonly saidAtMs: number }
  | { readonly kind: 'message'; readonly message: MessageId }
);

/** What is chosen in the view of restore points. */
export interface RestoreForm {
  readonly checkpoint: CheckpointId | null;
  /** null: the host is looking at the files. */
  readonly items: readonly RestoreItem[] | null;
  /** `fork`: the conversation before it in a session of its own. */
  readonly scope: 'both' | 'files' | 'conversation' | 'fork';
  /** Conflicts that get their old text; in the others the person's stays. */
  readonly old: ReadonlySet<string>;
  readonly allPoints: boolean;
  readonly allItems: boolean;
  /** Asked of the host, and neither done nor refused yet. */
  readonly sent: boolean;
}

/** What is written into one question; a new question starts anew. */
export interface DockForm {
  readonly call: CallId | null;
  readonly form: 'buttons' | 'deny' | 'change';
  readonly text: string;
  readonly after: Mode;
  /** A proposed plan as the person has edited it; null: not touched. */
  readonly plan: PlanDraft | null;
  /** Comments on its steps, by their keys. */
  readonly comments: ReadonlyMap<number, string>;
  readonly commenting: number | null;
  /** The step whose words are being edited. */
  readonly editing: number | null;
  /** The step that Tab comes to. */
  readonly stepAt: number | null;
  /** A long script was scrolled to its end. */
  readonly read: boolean;
  /** How far "Always allow" goes. */
  readonly reach: 'session' | 'workspace' | 'everywhere';
}

/** Edits and comments outlive a reload of the page. */
export interface KeptPlan {
  readonly call: CallId;
  readonly plan: PlanDraft | null;
  readonly comments: readonly (readonly [step: number, text: string])[];
}

/** What is written into the view of rules. */
export interface RulesForm {
  /** A command line to try. */
  readonly line: string;
  readonly text: string;
  readonly action: RuleAction;
  readonly reach: 'workspace' | 'everywhere';
  /** The rule that is being changed. */
  readonly editing: OwnRule | null;
}

export const freshRules: RulesForm = { line: '', text: '', action: 'allow', reach: 'workspace', editing: null };
export const freshSessions: SessionsForm = { query: '', renaming: null, deleting: null };
export const freshRestore: RestoreForm = {
  checkpoint: null,
  items: null,
  scope: 'both',
  old: new Set(),
  allPoints: false,
  allItems: false,
  sent: false,
};

export const freshForm: DockForm = {
  call: null,
  form: 'buttons',
  text: '',
  after: 'ask',
  plan: null,
  comments: new Map(),
  commenting: null,
  editing: null,
  stepAt: null,
  read: false,
  reach: 'session',
};
