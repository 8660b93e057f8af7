/** Keeps the panel in step: everything whole when its page is there, afterwards only what is new. */
import type { BackgroundCommands } from '../core/command.ts';
import type { Delta, Event, Seq, SessionId } from '../core/event.ts';
import type { Frame } from '../protocol/contextNow.ts';
import type { AppState, HostMessage } from '../protocol/messages.ts';
import type { Asks } from '../session/asks.ts';
import type { ChangeDesk } from './changes.ts';
import type { Desk } from './desk.ts';
import type { Notices } from './notices.ts';

export interface FeedSources {
  readonly desk: Desk;
  readonly asks: Asks;
  readonly notices: Notices;
  readonly changes: Pick<ChangeDesk, 'reviewed'>;
  readonly commands: Pick<BackgroundCommands, 'list'>;
  readonly appState: () => AppState;
  /** What stands before the conversation of a session; null: it has not begun. */
  readonly frame: (events: readonly Event[]) => Frame | null;
}

export class Feed {
  readonly #post: (message: HostMessage) => void;
  readonly #sources: FeedSources;
  /** The last event that the panel has of the session on the desk. */
  #told: Seq = 0;
  /** What the panel knows of its changes, and whether more is on its way. */
  #reviewed = '';
  #reviewing: NodeJS.Timeout | null = null;
  #commanding: NodeJS.Timeout | null = null;

  constructor(post: (message: HostMessage) => void, sources: FeedSources) {
    this.#post = post;
    this.#sources = sources;
  }

  whole(): void {
    this.app();
    this.#postCommands();
    this.session();
    this.notices();
  }

  app(): void {
    this.#post({ type: 'app', app: this.#sources.appState() });
  }

  session(): void {
    const { shown } = this.#sources.desk;
    const id = this.#sources.desk.shownId;
    const events = shown.kind === 'live' ? shown.session.events.slice() : shown.kind === 'read' ? shown.events : [];
    this.#told = events.at(-1)?.seq ?? 0;
    this.#post({ type: 'session', id, events, readOnly: shown.kind === 'read' });
    this.#frame(id, events);
    this.asks();
    this.recovery();
    this.#reviewed = '';
    this.#postReview();
  }

  /** Events come here once they are durable; the session as a whole may have had them before. */
  events(session: SessionId, events: readonly Event[]): void {
    if (session !== this.#sources.desk.shownId) return;
    const fresh = events.filter(({ seq }) => seq > this.#told);
    this.#told = fresh.at(-1)?.seq ?? this.#told;
    if (fresh.length > 0) this.#post({ type: 'events', session, events: fresh });
  }

  delta(session: SessionId, delta: Delta): void {
    if (session === this.#sources.desk.shownId) this.#post({ type: 'deltas', session, deltas: [delta] });
  }

  asks(): void {
    const session = this.#sources.desk.shownId;
    if (session === null) return;
    const asks = this.#sources.asks.waiting.filter(({ approval }) => approval.session === session);
    this.#post({ type: 'asks', session, asks: asks.map(({ approval, token }) => ({ call: approval.call, token })) });
  }

  recovery(): void {
    const session = this.#sources.desk.shownId;
    if (session !== null) this.#post({ type: 'recovery', session, report: this.#sources.desk.cut(session) });
  }

  /** Typing changes them with each key: the panel hears of it a moment later. */
  review(): void {
    this.#reviewing ??= setTimeout(() => {
      this.#reviewing = null;
      this.#postReview();
    }, reviewMs);
  }

  /** A command that prints changes its row all the time: the panel hears of it a moment later. */
  commands(): void {
    this.#commanding ??= setTimeout(() => {
      this.#commanding = null;
      this.#postCommands();
    }, commandsMs);
  }

  notices(): void {
    this.#post({ type: 'notices', notices: this.#sources.notices.all });
  }

  dispose(): void {
    if (this.#reviewing) clearTimeout(this.#reviewing);
    if (this.#commanding) clearTimeout(this.#commanding);
  }

  #frame(session: SessionId | null, events: readonly Event[]): void {
    const frame = this.#sources.frame(events);
    if (session !== null && frame !== null) this.#post({ type: 'frame', session, frame });
  }

  #postCommands(): void {
    this.#post({ type: 'commands', commands: this.#sources.commands.list() });
  }

  #postReview(): void {
    const session = this.#sources.desk.shownId;
    if (session === null) return;
    const files = this.#sources.changes.reviewed(session);
    const text = JSON.stringify(files);
    if (text === this.#reviewed) return;
    this.#reviewed = text;
    this.#post({ type: 'review', session, files });
  }
}

/** Between two messages about changes: three frames. */
const reviewMs = 50;
/** Between two lists of commands: a last line is read, not watched. */
const commandsMs = 250;
