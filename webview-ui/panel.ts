/** The panel's state while the page lives, and every act of a person on it: an intent to the host, or a change of what is shown. */
import type { AppState, Answer, HostMessage, Intent, Notice, SessionRow } from '../src/protocol/messages.ts';
import { phase, stepOf, type Phase } from '../src/protocol/queries.ts';
import { timeline, type Item } from '../src/protocol/timeline.ts';
import {
  emptyView,
  reduceAll,
  reduceDelta,
  type Attachment,
  type CallId,
  type Event,
  type HunkId,
  type HunkVerdict,
  type Mode,
  type Question,
  type Row,
  type SessionId,
  type StepRow,
  type View,
} from '../src/protocol/view.ts';
import { Grace } from './grace.ts';
import type { Host } from './host.ts';

export type MenuName = 'title' | 'mode' | 'model' | 'after';

/** What the person is in the middle of. */
export interface Ui {
  place: 'session' | 'sessions';
  folds: Map<string, boolean>;
  menu: MenuName | null;
  menuAt: number;
  draft: string;
  attachments: readonly Attachment[];
  /** How far back Up has gone in what was said; 0: the draft itself. */
  recalled: number;
  renaming: boolean;
  /** The hunk that letters mean. */
  hunk: HunkId | null;
  /** The hunk whose "ask for a change" is open. */
  asking: HunkId | null;
  dock: DockForm;
  /** The row that Tab comes to. */
  nav: string | null;
  sessions: { query: string; at: SessionId | null; renaming: SessionId | null; deleting: SessionId | null };
}

/** What is written into one question; a new question starts anew. */
export interface DockForm {
  readonly call: CallId | null;
  readonly form: 'buttons' | 'deny' | 'change';
  readonly text: string;
  readonly after: Mode;
  /** Comments on the steps of a proposed plan. */
  readonly comments: ReadonlyMap<number, string>;
  readonly commenting: number | null;
  /** A long script was scrolled to its end. */
  readonly read: boolean;
}

/** That a run has begun or ended is told in two messages; between them nothing is shown as broken. */
const heardMs = 1500;

const freshForm: DockForm = {
  call: null,
  form: 'buttons',
  text: '',
  after: 'ask',
  comments: new Map(),
  commenting: null,
  read: false,
};

/** The question in the dock. */
export interface Asked {
  readonly call: CallId;
  readonly question: Question;
  readonly step: StepRow;
  /** null: this window cannot answer it (now). */
  readonly token: string | null;
  readonly at: number;
  readonly of: number;
}

export class Panel {
  readonly #host: Host;
  readonly #schedule: () => void;
  readonly grace = new Grace();
  app: AppState | null = null;
  session: SessionId | null = null;
  readOnly = false;
  view: View = emptyView;
  sessions: readonly SessionRow[] | null = null;
  notices: readonly Notice[] = [];
  nowMs: number;
  /** A decision has just been made: should focus be lost by it, it goes to the next one. */
  decided = false;
  /** The dock has just begun to ask something. */
  fresh = false;
  /** Wanted after the next drawing: the current hunk in sight, focus on a row. */
  revealHunk = false;
  focusRow: 'first' | 'last' | null = null;
  ui: Ui;
  #asks: ReadonlyMap<CallId, string> = new Map();
  /** Which of several waiting questions the dock shows. */
  #askedAt = 0;
  /** Host clock minus ours: they may be different machines. */
  #skewMs = 0;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #lastHunk: { call: CallId; hunk: HunkId } | null = null;
  #items: { rows: readonly Row[]; folds: number; items: readonly Item[] } | null = null;
  #foldCount = 0;

  constructor(host: Host, schedule: () => void, nowMs: number) {
    this.#host = host;
    this.#schedule = schedule;
    this.nowMs = nowMs;
    const kept = host.kept();
    this.session = kept.session;
    this.ui = {
      place: 'session',
      folds: new Map(kept.folds),
      menu: null,
      menuAt: 0,
      draft: kept.draft,
      attachments: kept.attachments,
      recalled: 0,
      renaming: false,
      hunk: null,
      asking: null,
      dock: freshForm,
      nav: null,
      sessions: { query: '', at: null, renaming: null, deleting: null },
    };
  }

  /** The events that are new to the timeline, for readers. */
  receive(message: HostMessage, nowMs: number): readonly Event[] {
    this.#schedule();
    switch (message.type) {
      case 'app':
        this.app = message.app;
        return [];
      case 'session':
        if (message.id !== this.session) this.#leaveSession();
        this.session = message.id;
        this.readOnly = message.readOnly;
        this.view = reduceAll(emptyView, message.events);
        this.#settle();
        return [];
      case 'events': {
        if (message.session !== this.session) return [];
        this.#heardAtMs = nowMs;
        const last = message.events.at(-1);
        if (last) this.#skewMs = last.atMs - nowMs;
        this.view = reduceAll(this.view, message.events);
        this.#settle();
        return message.events;
      }
      case 'deltas':
        if (message.session === this.session) this.view = message.deltas.reduce(reduceDelta, this.view);
        return [];
      case 'asks':
        if (message.session !== this.session) return [];
        this.#asks = new Map(message.asks.map(({ call, token }) => [call, token]));
        return [];
      case 'sessions':
        this.sessions = message.rows;
        return [];
      case 'notices':
        this.notices = message.notices;
        return [];
      case 'show':
        this.ui.place = message.place === 'sessions' ? 'sessions' : 'session';
        if (message.place === 'sessions') this.post({ type: 'list_sessions' });
        return [];
      case 'compose':
        this.ui.place = 'session';
        if (message.text !== '') this.ui.draft = message.text;
        this.ui.attachments = [...this.ui.attachments, ...message.attachments];
        return [];
    }
  }

  /** The host's clock, now. */
  get hostMs(): number {
    return this.nowMs + this.#skewMs;
  }

  get running(): boolean {
    return this.app?.running ?? false;
  }

  /** Somebody works on the session: this window, another one (then it is read-only here), or whoever sent the last event just now. */
  get alive(): boolean {
    return this.running || this.readOnly || this.nowMs - this.#heardAtMs < heardMs;
  }

  get phase(): Phase {
    return phase(this.view, this.alive);
  }

  get practice(): boolean {
    return this.app?.provider === 'practice';
  }

  get mode(): Mode {
    return this.session === null ? (this.app?.mode ?? 'ask') : this.view.mode;
  }

  get model(): string | null {
    return this.session === null ? (this.app?.model ?? null) : (this.view.model ?? this.app?.model ?? null);
  }

  get asked(): Asked | null {
    const of = this.view.waiting.length;
    const at = Math.min(this.#askedAt, of - 1);
    const waiting = this.view.waiting[at];
    const step = waiting && stepOf(this.view, waiting.call);
    if (!waiting || !step) return null;
    return { ...waiting, step, token: this.#asks.get(waiting.call) ?? null, at, of };
  }

  get items(): readonly Item[] {
    const { rows } = this.view;
    if (this.#items?.rows !== rows || this.#items.folds !== this.#foldCount) {
      const items = timeline(rows, (key) => this.isOpen(key));
      this.#items = { rows, folds: this.#foldCount, items };
    }
    return this.#items.items;
  }

  isOpen(key: string, atFirst = false): boolean {
    return this.ui.folds.get(key) ?? atFirst;
  }

  // What a person does.

  post(intent: Intent): void {
    this.#host.post(intent);
  }

  change(change: (ui: Ui) => void): void {
    change(this.ui);
    this.#schedule();
  }

  toggle(key: string, atFirst = false): void {
    const open = !this.isOpen(key, atFirst);
    if (open === atFirst) this.ui.folds.delete(key);
    else this.ui.folds.set(key, open);
    this.#foldCount += 1;
    this.#schedule();
  }

  openMenu(menu: MenuName, at: number): void {
    this.change((ui) => {
      ui.menu = ui.menu === menu ? null : menu;
      ui.menuAt = Math.max(0, at);
    });
  }

  write(form: Partial<DockForm>): void {
    this.change((ui) => {
      ui.dock = { ...ui.dock, ...form };
    });
  }

  /** What Enter in the composer would do now; null: nothing. */
  get sending(): 'send' | 'instead' | null {
    if (!this.app || this.readOnly || this.app.provider === 'none' || this.app.folder === 'none') return null;
    if (!this.running) return 'send';
    return this.asked?.token ? 'instead' : null;
  }

  send(): void {
    const text = this.ui.draft.trim();
    const { sending, asked } = this;
    if (text === '' || sending === null) return;
    if (sending === 'instead') {
      const edits = asked?.question.kind === 'edits';
      this.answer(edits ? { action: 'reject_rest', reason: text } : { action: 'deny', reason: text });
    } else this.post({ type: 'send', text, attachments: this.ui.attachments });
    this.change((ui) => {
      ui.draft = '';
      ui.attachments = [];
      ui.recalled = 0;
    });
  }

  /** Earlier messages into an empty field, older with each step. */
  recall(steps: 1 | -1): boolean {
    const said = this.view.rows.flatMap((row) => (row.kind === 'said' ? [row.text] : []));
    const { draft, recalled } = this.ui;
    if (draft !== '' && draft !== said.at(-recalled)) return false;
    const at = Math.min(said.length, Math.max(0, recalled + steps));
    if (at === recalled) return false;
    this.change((ui) => {
      ui.recalled = at;
      ui.draft = at === 0 ? '' : (said.at(-at) ?? '');
    });
    return true;
  }

  answer(answer: Answer): void {
    const { asked } = this;
    if (!asked?.token) return;
    this.post({ type: 'answer', call: asked.call, token: asked.token, answer });
    this.#drop(asked.call);
  }

  hunk(call: CallId, hunk: HunkId, verdict: HunkVerdict, reason = ''): void {
    const token = this.#asks.get(call);
    if (token === undefined) return;
    this.post({ type: 'hunk', call, token, hunk, verdict, ...(reason === '' ? {} : { reason }) });
    this.#lastHunk = verdict === 'proposed' ? null : { call, hunk };
    this.decided = true;
    this.change((ui) => {
      ui.asking = null;
      ui.hunk = verdict === 'proposed' ? hunk : (openAfter(stepOf(this.view, call), hunk) ?? ui.hunk);
    });
  }

  /** All of one file that has no word yet. */
  file(step: StepRow, path: string, verdict: 'accepted' | 'rejected'): void {
    const hunks = step.changes.find((file) => file.path === path)?.hunks ?? [];
    for (const { id } of hunks) if (!step.verdicts.has(id)) this.hunk(step.call, id, verdict);
  }

  undo(): void {
    if (this.#lastHunk) this.hunk(this.#lastHunk.call, this.#lastHunk.hunk, 'proposed');
  }

  nextQuestion(): void {
    this.#askedAt = this.view.waiting.length === 0 ? 0 : ((this.asked?.at ?? 0) + 1) % this.view.waiting.length;
    this.#settle();
    this.#schedule();
  }

  showSessions(): void {
    this.post({ type: 'list_sessions' });
    this.change((ui) => {
      ui.place = 'sessions';
      ui.menu = null;
      ui.sessions = { query: '', at: null, renaming: null, deleting: null };
    });
  }

  /** A question is answered once; the next message of the host brings the asks that are left. */
  #drop(call: CallId): void {
    const left = new Map(this.#asks);
    left.delete(call);
    this.#asks = left;
    this.decided = true;
    this.#schedule();
  }

  /** Keeps what the person was at only as long as it is there. */
  #settle(): void {
    const { asked } = this;
    if (asked?.call !== this.ui.dock.call) {
      this.ui.dock = { ...freshForm, call: asked?.call ?? null };
      this.fresh = asked !== null;
    }
    const open = asked?.question.kind === 'edits' ? openHunks(asked.step) : [];
    if (this.ui.hunk === null || !open.includes(this.ui.hunk)) this.ui.hunk = open[0] ?? null;
    if (this.ui.asking !== null && !open.includes(this.ui.asking)) this.ui.asking = null;
  }

  #leaveSession(): void {
    this.#asks = new Map();
    this.#askedAt = 0;
    this.#lastHunk = null;
    this.ui.folds = new Map();
    this.ui.nav = null;
    this.ui.renaming = false;
    this.ui.place = 'session';
    this.ui.recalled = 0;
  }
}

export function openHunks(step: StepRow): readonly HunkId[] {
  return step.changes.flatMap(({ hunks }) => hunks.map(({ id }) => id)).filter((id) => !step.verdicts.has(id));
}

/** The next open hunk after one, else the first open one before it. */
export function openAfter(step: StepRow | null, hunk: HunkId): HunkId | null {
  if (!step) return null;
  const all = step.changes.flatMap(({ hunks }) => hunks.map(({ id }) => id));
  const at = all.indexOf(hunk);
  return [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))].find((id) => !step.verdicts.has(id)) ?? null;
}
