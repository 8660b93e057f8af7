/** The panel's state while the page lives, and every act of a person on it: an intent to the host, or a change of what is shown. */
import { pieceAt, seenNow, type Frame, type Seen } from '../src/protocol/contextNow.ts';
import { restorePoints, type RestorePoint } from '../src/protocol/copies.ts';
import type {
  AppState,
  Answer,
  BackgroundCommand,
  HostMessage,
  Intent,
  Notice,
  SessionRow,
} from '../src/protocol/messages.ts';
import { phase, stateOfHunk, stepOf, type Phase } from '../src/protocol/queries.ts';
import { isFull } from '../src/protocol/queue.ts';
import { reduceAll, reduceDelta } from '../src/protocol/reduce.ts';
import type { RulesNow, RuleTest } from '../src/protocol/rules.ts';
import { timeline, type Item } from '../src/protocol/timeline.ts';
import {
  emptyView,
  type Attachment,
  type CallId,
  type CheckpointId,
  type Copy,
  type CutReport,
  type Event,
  type Held,
  type HunkId,
  type HunkVerdict,
  type MessageId,
  type Mode,
  type Question,
  type QueuedMessage,
  type Row,
  type SaidRow,
  type SessionId,
  type StepRow,
  type View,
} from '../src/protocol/view.ts';
import { Grace } from './grace.ts';
import type { Host } from './host.ts';
import * as mention from './mention.ts';
import {
  freshForm,
  freshRestore,
  freshRules,
  freshSessions,
  type DockForm,
  type Editing,
  type KeptPlan,
  type MenuName,
  type RestoreForm,
  type RulesForm,
  type Ui,
} from './ui.ts';
import { Written, type LastWord } from './written.ts';

/** That a run has begun or ended is told in two messages; between them nothing is shown as broken. */
const heardMs = 1500;

/** Between the last letter and the search. */
const searchAfterMs = 200;
/** The host takes no more words in a search. */
const searchCharsMax = 1000;

/** The question in the dock. */
export interface Asked {
  readonly call: CallId;
  readonly question: Question;
  readonly step: StepRow;
  /** null: this window cannot answer it (now). */
  readonly token: string | null;
  readonly at: number;
  readonly of: number;
  /** How often it was asked: again when the files have changed under it. */
  readonly times: number;
}

export class Panel {
  readonly #host: Host;
  readonly #schedule: () => void;
  readonly grace = new Grace();
  readonly written: Written = new Written(this);
  /** For taking it back. */
  lastWord: LastWord | null = null;
  app: AppState | null = null;
  session: SessionId | null = null;
  readOnly = false;
  view: View = emptyView;
  sessions: readonly SessionRow[] | null = null;
  commands: readonly BackgroundCommand[] = [];
  /** What the host has found for words of the search field. */
  found: Extract<HostMessage, { type: 'found' }> | null = null;
  notices: readonly Notice[] = [];
  /** null: the host is looking at the files. */
  rules: RulesNow | null = null;
  tested: RuleTest | null = null;
  nowMs: number;
  /** A decision has just been made: should focus be lost by it, it goes to the next one. */
  decided = false;
  /** The dock has just begun to ask something. */
  fresh = false;
  /** Wanted after the next drawing: focus in the place that was opened. */
  focusPlace = false;
  /** Wanted after the next drawing: the current hunk in sight, focus on a row. */
  revealHunk = false;
  focusRow: 'first' | 'last' | null = null;
  /** Wanted after the next drawing: focus on a change that stands in a file; on a step of the plan. */
  focusWritten: { readonly hunk: HunkId; readonly row: string } | null = null;
  focusStep: number | 'add' | null = null;
  /** The waiting message that has focus once the queue is another one. */
  queueFocus: { readonly message: MessageId | null; readonly queue: readonly QueuedMessage[] } | null = null;
  ui: Ui;
  #asks: ReadonlyMap<CallId, string> = new Map();
  /** Which of several waiting questions the dock shows. */
  #askedAt = 0;
  /** Host clock minus ours: they may be different machines. */
  #skewMs = 0;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #keptPlan: KeptPlan | null;
  #recovery: CutReport | null = null;
  #frame: Frame | null = null;
  #seen: { readonly of: View['sees']; readonly frame: Frame | null; readonly seen: Seen } | null = null;
  #points: { copies: readonly Copy[]; points: readonly RestorePoint[] } | null = null;
  #search: ReturnType<typeof setTimeout> | null = null;
  #items: { rows: readonly Row[]; folds: number; items: readonly Item[] } | null = null;
  #foldCount = 0;

  constructor(host: Host, schedule: () => void, nowMs: number) {
    this.#host = host;
    this.#schedule = schedule;
    this.nowMs = nowMs;
    const kept = host.kept();
    this.session = kept.session;
    this.#keptPlan = kept.plan;
    this.ui = {
      place: 'session',
      folds: new Map(kept.folds),
      menu: null,
      menuAt: 0,
      draft: kept.draft,
      attachments: kept.attachments,
      attaching: [],
      sendWhenAttached: null,
      mention: null,
      mentionClosed: null,
      caret: null,
      recalled: 0,
      editing: null,
      renaming: false,
      hunk: null,
      written: null,
      asking: null,
      askText: '',
      dock: freshForm,
      nav: null,
      queueAt: null,
      sessions: freshSessions,
      restore: freshRestore,
      rules: freshRules,
      asked: null,
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
        if (message.events.some(({ type }) => type === 'turn.started')) this.lastWord = null;
        if (this.ui.restore.sent && message.events.some(({ type }) => restores.has(type))) this.#leaveRestore();
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
      case 'commands':
        this.commands = message.commands;
        return [];
      case 'found':
        this.found = message;
        return [];
      case 'recovery':
        if (message.session === this.session) this.#recovery = message.report;
        return [];
      case 'restore':
        if (message.session === this.session && message.checkpoint === this.ui.restore.checkpoint)
          this.ui.restore = { ...this.ui.restore, items: message.items, sent: false };
        return [];
      case 'review':
        if (message.session === this.session) this.written.receive(message.files);
        return [];
      case 'frame':
        if (message.session === this.session) this.#frame = message.frame;
        return [];
      case 'mentions':
        mention.receive(this, message.words, message.mentions, message.more, message.sign ?? '@');
        return [];
      case 'attached':
        this.#attached(message.mention, message.attachments ?? []);
        return [];
      case 'rules':
        this.rules = message.rules;
        return [];
      case 'rule_tested':
        this.tested = message.test;
        return [];
      case 'notices':
        this.notices = message.notices;
        this.ui.restore = { ...this.ui.restore, sent: false }; // it may say why nothing was restored
        return [];
      case 'show':
        if (message.place === 'sessions') this.showSessions();
        else if (message.place === 'restore') this.showRestore(null);
        else if (message.place === 'rules') this.showRules();
        else if (message.place === 'context') this.showContext(message.at);
        else if (message.place === 'commands') this.showCommands();
        else this.ui.place = 'session';
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
    return this.running || (this.readOnly && !this.damaged) || this.nowMs - this.#heardAtMs < heardMs;
  }

  get phase(): Phase {
    return phase(this.view, this.alive);
  }

  /** Its record can be read up to the damage, and no further. */
  get damaged(): boolean {
    return this.sessions?.find(({ id }) => id === this.session)?.state === 'damaged';
  }

  /** What is known of the turn that was cut, while the person has to say how to go on. */
  get cut(): CutReport | null {
    return this.running || this.readOnly || this.#recovery?.onlyWaits ? null : this.#recovery;
  }

  /** What it is paused for, until the person says how it goes on. */
  get held(): Held | null {
    const { budget, stall, turn, paused } = this.view;
    if (this.running || this.readOnly || this.cut || !paused) return null;
    if (budget.reached !== null) return { kind: 'budget', reached: budget.reached };
    return stall && { kind: 'stall', stall, step: turn?.step ?? 0, cost: null };
  }

  /** What the dock asks; a new one takes no answer for a moment. */
  get dockId(): string | null {
    if (this.cut) return `cut:${this.cut.atMs}`;
    if (this.asked) return `${this.asked.call}:${this.asked.times}`;
    return this.held && `held:${this.view.workedAtMs}`;
  }

  /** Newest first. */
  get points(): readonly RestorePoint[] {
    const { copies } = this.view;
    if (this.#points?.copies !== copies) this.#points = { copies, points: restorePoints(copies) };
    return this.#points.points;
  }

  /** What the model sees now. */
  get seen(): Seen {
    const { sees } = this.view;
    if (this.#seen?.of !== sees || this.#seen.frame !== this.#frame)
      this.#seen = { of: sees, frame: this.#frame, seen: seenNow(sees, this.#frame) };
    return this.#seen.seen;
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

  unfold(keys: readonly string[]): void {
    for (const key of keys) this.ui.folds.set(key, true);
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
  get sending(): 'send' | 'queue' | 'instead' | 'edit' | null {
    const { app, running, ui } = this;
    if (!app || this.readOnly || app.provider === 'none' || app.folder === 'none') return null;
    if (ui.editing) return ui.editing.kind === 'turn' && running ? null : 'edit';
    if (running && this.asked?.token) return 'instead';
    if (!this.canSteer) return 'send';
    return isFull(this.view.queue) ? null : 'queue';
  }

  /** Words can go to the model in the middle of the turn. */
  get canSteer(): boolean {
    return !this.readOnly && (this.running || this.phase.kind === 'paused');
  }

  get canResume(): boolean {
    if (this.readOnly || this.app?.provider === 'none') return false;
    if (this.running) return this.view.paused;
    return this.view.paused || this.phase.kind === 'interrupted' || this.view.queue.length > 0;
  }

  send(): void {
    const text = this.ui.draft.trim();
    const { sending, asked, ui } = this;
    const { editing, attachments } = ui;
    if (text === '' || sending === null) return;
    if (this.#waitsToSend('send')) return;
    if (sending === 'instead') {
      const edits = asked?.question.kind === 'edits';
      this.answer(edits ? { action: 'reject_rest', reason: text } : { action: 'deny', reason: text });
    } else if (editing?.kind === 'turn') this.post({ type: 'edit_turn', turn: editing.turn, text, attachments });
    else if (editing) this.post({ type: 'change_message', message: editing.message, text });
    else this.post({ type: 'send', text, attachments });
    this.#emptyComposer();
  }

  /** Gives the words to the model with its next request. */
  steer(): void {
    const text = this.ui.draft.trim();
    if (this.ui.editing || !this.canSteer) {
      this.send();
      return;
    }
    if (text === '' || isFull(this.view.queue) || this.#waitsToSend('steer')) return;
    this.post({ type: 'steer', text, attachments: this.ui.attachments });
    this.#emptyComposer();
  }

  editSaid({ turn, atMs, text, attachments }: SaidRow): void {
    this.#edit({ kind: 'turn', turn, saidAtMs: atMs, ...this.#draft }, text, attachments);
  }

  editQueued({ message, text, attachments }: QueuedMessage): void {
    this.#edit({ kind: 'message', message, ...this.#draft }, text, attachments);
  }

  /** Nothing is said anew; what was being written before comes back. */
  cancelEdit(): void {
    const { editing } = this.ui;
    if (!editing) return;
    this.change((ui) => {
      ui.draft = editing.draft;
      ui.attachments = editing.attachments;
      ui.editing = null;
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
    this.lastWord = verdict === 'proposed' ? null : { on: 'question', call, hunk };
    this.decided = true;
    this.change((ui) => {
      ui.asking = null;
      ui.askText = '';
      ui.hunk = verdict === 'proposed' ? hunk : (openAfter(stepOf(this.view, call), hunk) ?? ui.hunk);
    });
  }

  /** All of one file that has no word yet. */
  file(step: StepRow, path: string, verdict: 'accepted' | 'rejected'): void {
    const hunks = step.changes.find((file) => file.path === path)?.hunks ?? [];
    for (const { id } of hunks) if (stateOfHunk(step, id) === 'proposed') this.hunk(step.call, id, verdict);
  }

  undo(): void {
    const last = this.lastWord;
    if (last?.on === 'question') this.hunk(last.call, last.hunk, 'proposed');
    else if (last) this.written.say(last.hunks, 'reopen');
  }

  /** Opens the field for a person's words on a change. */
  startAsking(hunk: HunkId): void {
    if (this.ui.asking === hunk) return;
    this.change((ui) => {
      ui.asking = hunk;
      ui.askText = '';
    });
  }

  /** Nobody wants to take the last word back. */
  forgetLast(): void {
    this.lastWord = null;
    this.decided = true;
    this.#schedule();
  }

  /** For the next life of the page. */
  get keptPlan(): KeptPlan | null {
    const { call, plan, comments } = this.ui.dock;
    if (call === null) return this.#keptPlan;
    return plan === null && comments.size === 0 ? null : { call, plan, comments: [...comments] };
  }

  nextQuestion(): void {
    this.#askedAt = this.view.waiting.length === 0 ? 0 : ((this.asked?.at ?? 0) + 1) % this.view.waiting.length;
    this.#settle();
    this.#schedule();
  }

  showSessions(): void {
    this.post({ type: 'list_sessions' });
    this.search('');
    this.change((ui) => {
      ui.place = 'sessions';
      ui.menu = null;
      ui.sessions = freshSessions;
    });
  }

  showCommands(): void {
    this.focusPlace = true;
    this.change((ui) => {
      ui.place = 'commands';
      ui.menu = null;
    });
  }

  /** Titles at once, all words of all sessions when the typing rests. */
  search(query: string): void {
    const words = query.trim().slice(0, searchCharsMax);
    if (this.#search) clearTimeout(this.#search);
    this.#search = words === '' ? null : setTimeout(() => this.post({ type: 'search_sessions', words }), searchAfterMs);
    this.change((ui) => {
      ui.sessions = { ...ui.sessions, query };
    });
  }

  /** `checkpoint` null: the newest. */
  showRestore(checkpoint: CheckpointId | null): void {
    const at = checkpoint ?? this.points[0]?.checkpoint ?? null;
    this.change((ui) => {
      ui.place = 'restore';
      ui.menu = null;
      ui.restore = freshRestore;
    });
    if (at !== null) this.preview(at);
  }

  preview(checkpoint: CheckpointId): void {
    this.post({ type: 'preview_restore', checkpoint });
    this.change((ui) => {
      ui.restore = { ...ui.restore, checkpoint, items: null, old: new Set(), allItems: false, sent: false };
    });
  }

  chooseRestore(form: Partial<RestoreForm>): void {
    this.change((ui) => {
      ui.restore = { ...ui.restore, ...form };
    });
  }

  /** `at`: why the code there is among it. */
  showContext(at: Ui['asked']): void {
    this.focusPlace = true;
    const found = at && pieceAt(this.seen, at.path, at.line);
    if (found) this.unfold([`cause:${found.cause}`, `all:${found.cause}`]);
    this.change((ui) => {
      ui.place = 'context';
      ui.menu = null;
      ui.asked = at;
    });
  }

  showRules(): void {
    this.post({ type: 'list_rules' });
    this.focusPlace = true;
    this.change((ui) => {
      ui.place = 'rules';
      ui.menu = null;
      ui.rules = freshRules;
    });
  }

  writeRules(form: Partial<RulesForm>): void {
    this.change((ui) => {
      ui.rules = { ...ui.rules, ...form };
    });
  }

  /** Asks the host for what a mention stands for. */
  attach(id: string): void {
    if (this.ui.attaching.includes(id)) return;
    this.post({ type: 'attach', mention: id });
    this.change((ui) => {
      ui.attaching = [...ui.attaching, id];
    });
  }

  #attached(id: string, attachments: readonly Attachment[]): void {
    const { ui } = this;
    ui.attaching = ui.attaching.filter((one) => one !== id);
    const fresh = attachments.filter(
      ({ kind, label }) => !ui.attachments.some((one) => one.kind === kind && one.label === label),
    );
    ui.attachments = [...ui.attachments, ...fresh];
    const { sendWhenAttached } = ui;
    if (ui.attaching.length > 0 || sendWhenAttached === null) return;
    ui.sendWhenAttached = null;
    if (sendWhenAttached === 'send') this.send();
    else this.steer();
  }

  /** Words go with what they mention, which may take the host a moment to read. */
  #waitsToSend(how: 'send' | 'steer'): boolean {
    if (this.ui.attaching.length === 0) return false;
    this.ui.sendWhenAttached = how;
    return true;
  }

  /** Back to the session; focus goes to what waits there, else to the composer. */
  leavePlace(): void {
    this.decided = true;
    this.change((ui) => {
      ui.place = 'session';
    });
  }

  get #draft(): { readonly draft: string; readonly attachments: readonly Attachment[] } {
    const { editing, draft, attachments } = this.ui;
    return editing ? { draft: editing.draft, attachments: editing.attachments } : { draft, attachments };
  }

  #edit(editing: Editing, text: string, attachments: readonly Attachment[]): void {
    this.change((ui) => {
      ui.editing = editing;
      ui.draft = text;
      ui.attachments = attachments;
      ui.recalled = 0;
    });
  }

  #emptyComposer(): void {
    const { editing } = this.ui;
    this.change((ui) => {
      ui.draft = editing?.draft ?? '';
      ui.attachments = editing?.attachments ?? [];
      ui.editing = null;
      ui.recalled = 0;
      ui.mention = null;
    });
  }

  #leaveRestore(): void {
    this.ui.restore = freshRestore;
    if (this.ui.place === 'restore') this.leavePlace();
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
    const about = asked?.call ?? (this.view.paused ? `held:${this.view.workedAtMs}` : null);
    if (about !== this.ui.dock.call) {
      this.ui.dock = { ...freshForm, call: about };
      const kept = this.#keptPlan;
      if (asked && kept?.call === asked.call)
        this.ui.dock = { ...this.ui.dock, plan: kept.plan, comments: new Map(kept.comments) };
      if (asked) this.#keptPlan = null;
      this.fresh = asked !== null;
    }
    const open = asked?.question.kind === 'edits' ? openHunks(asked.step) : [];
    if (this.ui.hunk === null || !open.includes(this.ui.hunk)) this.ui.hunk = open[0] ?? null;
    // Of a change that stands in a file the words are kept: what became of it meanwhile is theirs to see.
    const { asking } = this.ui;
    if (asking !== null && !open.includes(asking) && !this.written.holds(asking)) this.ui.asking = null;
    // What was being mended is gone on its way: its words stay as a new draft.
    const { editing } = this.ui;
    const { queue } = this.view;
    if (editing?.kind === 'message' && !queue.some(({ message }) => message === editing.message))
      this.ui.editing = null;
  }

  #leaveSession(): void {
    this.#asks = new Map();
    this.#askedAt = 0;
    this.lastWord = null;
    this.written.receive(null);
    this.ui.written = null;
    this.ui.asking = null;
    this.ui.askText = '';
    this.ui.folds = new Map();
    this.ui.nav = null;
    this.ui.queueAt = null;
    this.ui.renaming = false;
    this.ui.place = 'session';
    this.ui.recalled = 0;
    this.ui.restore = freshRestore;
    this.ui.asked = null;
    this.#frame = null;
    this.#recovery = null;
    this.cancelEdit();
  }
}

/** Facts that a restore ends with. */
const restores: ReadonlySet<Event['type']> = new Set(['checkpoint.restored', 'conversation.rewound']);

export function openHunks(step: StepRow): readonly HunkId[] {
  return hunkIds(step).filter((id) => stateOfHunk(step, id) === 'proposed');
}

/** The next open hunk after one, else the first open one before it. */
export function openAfter(step: StepRow | null, hunk: HunkId): HunkId | null {
  return step && after(hunkIds(step), hunk, (id) => stateOfHunk(step, id) === 'proposed');
}

/** What a person has folded or opened of a file's card. */
export function fileKey({ key }: StepRow, path: string): string {
  return `file:${key}:${path}`;
}

export function hunkIds({ changes }: StepRow): readonly HunkId[] {
  return changes.flatMap(({ hunks }) => hunks.map(({ id }) => id));
}

export function after(all: readonly HunkId[], hunk: HunkId, isWanted: (id: HunkId) => boolean): HunkId | null {
  const at = all.indexOf(hunk);
  return [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))].find(isWanted) ?? null;
}
