/** The sessions that this window holds: the one on the desk, which the panel shows, and those that still work behind it. */
import { JourneymanError, toError } from '../core/error.ts';
import type { Delta, Event, Outcome, SessionId } from '../core/event.ts';
import type { CutReport } from '../core/recovery.ts';
import type { LiveSession, Sessions, SessionStart } from '../session/sessions.ts';
import type { TurnEnd } from '../session/turn.ts';

export type Shown =
  | { readonly kind: 'none' }
  | { readonly kind: 'live'; readonly session: LiveSession }
  /** Can only be read here: `why` is `locked` (another window or process has it), `corrupt`, or `unavailable` (its storage fails). */
  | {
      readonly kind: 'read';
      readonly id: SessionId;
      readonly events: readonly Event[];
      readonly why: Pick<JourneymanError, 'code' | 'message'>;
    };

export interface DeskListener {
  /** Another session lies on the desk, or none. */
  readonly onShown: () => void;
  readonly onEvents: (session: SessionId, events: readonly Event[]) => void;
  readonly onDelta: (session: SessionId, delta: Delta) => void;
  /** It began to work or stands still, or what is known of its cut turn has changed. */
  readonly onChange: (session: LiveSession) => void;
  /** It has something running that ends when it is given free. */
  readonly keeps: (session: SessionId) => boolean;
  readonly onEnd: (session: LiveSession, outcome: Outcome) => void;
  /**
   * This window may write to it from now on. `back`: it lay here when the last window of this folder ended, or its owner ended while it
   * was shown here; else the person has opened it.
   */
  readonly onTaken: (session: LiveSession, back: boolean) => void;
}

/** What lies on the desk and what works behind it. */
export interface DeskRecord {
  readonly shown: SessionId | null;
  readonly behind: readonly SessionId[];
}

/** Keeps that over the end of this process. */
export interface DeskMemory {
  read(): Promise<DeskRecord>;
  write(record: DeskRecord): Promise<void>;
}

export class Desk {
  readonly #sessions: Sessions;
  readonly #memory: DeskMemory;
  readonly #listener: DeskListener;
  readonly #held = new Map<SessionId, LiveSession>();
  /** Those that a call of `drive` is at. */
  readonly #driven = new Set<LiveSession>();
  /** Their log could not be written: nothing more can happen in them until they are opened anew. */
  readonly #broken = new Set<LiveSession>();
  readonly #cuts = new Map<SessionId, CutReport>();
  #shown: Shown = { kind: 'none' };
  #closing = false;
  /** False while it is put back as it was: a record of half of it would forget the rest. */
  #remembers = true;
  /** What changes the desk goes one after the other: two clicks in the list of sessions end with the second. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(sessions: Sessions, memory: DeskMemory, listener: DeskListener) {
    this.#sessions = sessions;
    this.#memory = memory;
    this.#listener = listener;
  }

  get shown(): Shown {
    return this.#shown;
  }

  /** The session on the desk when this window may write to it. */
  get live(): LiveSession | null {
    return this.#shown.kind === 'live' ? this.#shown.session : null;
  }

  get shownId(): SessionId | null {
    return this.#shown.kind === 'none' ? null : this.#shown.kind === 'live' ? this.#shown.session.id : this.#shown.id;
  }

  /** All that this window may write to. */
  get held(): readonly LiveSession[] {
    return [...this.#held.values()];
  }

  find(id: SessionId): LiveSession | null {
    return this.#held.get(id) ?? null;
  }

  /** It runs, or is about to. */
  works(session: LiveSession): boolean {
    return session.running || this.#driven.has(session);
  }

  isBroken(session: LiveSession): boolean {
    return this.#broken.has(session);
  }

  /** What is known of a turn that was cut and that nobody has decided about yet. */
  cut(id: SessionId): CutReport | null {
    return this.#cuts.get(id) ?? null;
  }

  create(start: SessionStart): Promise<LiveSession> {
    return this.#inOrder(async () => {
      const session = await this.#sessions.create(start);
      this.#hold(session);
      await this.#show({ kind: 'live', session });
      return session;
    });
  }

  /** A session that works behind the desk, and is given free when it has worked. */
  createBehind(start: SessionStart): Promise<LiveSession> {
    return this.#inOrder(async () => {
      const session = await this.#sessions.create(start);
      this.#hold(session);
      await this.#remember();
      return session;
    });
  }

  /** Read only where it cannot be written to. Throws `not_found`. */
  open(id: SessionId): Promise<Shown> {
    return this.#inOrder(async () => {
      if (this.live?.id !== id || this.#broken.has(this.live)) await this.#showTaken(await this.#take(id), false);
      return this.#shown;
    });
  }

  /** Puts a copy on the desk: all up to the end of a turn; null: all that is there. */
  fork(id: SessionId, turn: number | null): Promise<Shown> {
    return this.#inOrder(async () => {
      await this.#showTaken(await this.#take(await this.#sessions.fork(id, turn)), false);
      return this.#shown;
    });
  }

  import(data: AsyncIterable<Uint8Array>): Promise<Shown> {
    return this.#inOrder(async () => {
      await this.#showTaken(await this.#take(await this.#sessions.import(data)), false);
      return this.#shown;
    });
  }

  /** Clears the desk; what works goes on behind it. */
  clear(): Promise<void> {
    return this.#inOrder(() => this.#show({ kind: 'none' }));
  }

  /** What lay here, and worked behind, when the last window of this folder closed, or died. */
  restore(): Promise<void> {
    return this.#inOrder(async () => {
      const { shown, behind } = await this.#memory.read();
      this.#remembers = false;
      try {
        if (this.#shown.kind === 'none' && shown !== null)
          await unlessGone(async () => this.#showTaken(await this.#take(shown), true));
        for (const id of behind) await unlessGone(() => this.#restoreBehind(id));
      } finally {
        this.#remembers = true;
      }
      await this.#remember();
    });
  }

  /** Takes over what could only be read here, where its owner is gone or its storage takes it again; else reads on. */
  retry(): Promise<void> {
    return this.#inOrder(async () => {
      const { shown } = this;
      if (shown.kind !== 'read' || shown.why.code === 'corrupt') return;
      const now = await this.#take(shown.id);
      if (now.kind !== 'read' || now.why.code !== shown.why.code) {
        await this.#showTaken(now, true);
        return;
      }
      this.#shown = now;
      const fresh = now.events.slice(shown.events.length);
      if (fresh.length > 0) this.#listener.onEvents(now.id, fresh);
    });
  }

  /** The session on the desk; opened anew from the disk where its log could not be written. */
  mended(): Promise<LiveSession | null> {
    return this.#inOrder(async () => {
      const { live } = this;
      if (!live || !this.#broken.has(live)) return live;
      await this.#show(await this.#take(live.id));
      return this.live;
    });
  }

  /** Lets a session work: `go` is one of its turns, or what leads to one. What its log cannot tell is thrown. */
  async drive(session: LiveSession, go: () => Promise<TurnEnd | null>): Promise<TurnEnd | null> {
    if (this.works(session)) throw new JourneymanError('denied', 'The agent works now. Pause or stop it first.');
    this.#driven.add(session);
    try {
      const going = go();
      this.#listener.onChange(session);
      const end = await going;
      if (end !== null && end.kind !== 'held') this.#listener.onEnd(session, end);
      return end;
    } catch (thrown) {
      this.note(session, thrown);
      throw thrown;
    } finally {
      this.#driven.delete(session);
      this.#listener.onChange(session);
      if (!this.#closing) await this.#inOrder(() => this.#release(session));
    }
  }

  /** Whoever writes to a session tells what that threw. Only the log's own failure is told by `unavailable`: a turn reports all else. */
  note(session: LiveSession, thrown: unknown): void {
    if (toError(thrown).code === 'unavailable') this.#broken.add(session);
  }

  /** The person is finished with it: what it does ends. */
  finish(id: SessionId): Promise<void> {
    return this.#inOrder(async () => {
      const session = this.#held.get(id) ?? (await this.#sessions.open(id));
      this.#forget(session);
      await session.finish().catch(async (thrown: unknown) => {
        await session.close();
        throw thrown;
      });
      if (this.shownId === id) await this.#show({ kind: 'none' });
    });
  }

  delete(id: SessionId): Promise<void> {
    return this.#inOrder(async () => {
      const held = this.#held.get(id);
      if (held && this.works(held))
        throw new JourneymanError('conflict', 'This session works now. Stop it first, then delete it.');
      if (this.shownId === id) await this.#show({ kind: 'none' });
      await this.#sessions.delete(id);
    });
  }

  rename(id: SessionId, title: string): Promise<void> {
    return this.write(id, (session) => session.change({ title }));
  }

  /** Writes to any session; one that is not held here is opened for that moment. Throws `locked` where another window has it. */
  write<T>(id: SessionId, work: (session: LiveSession) => Promise<T>): Promise<T> {
    return this.#inOrder(async () => {
      const session = this.#held.get(id) ?? (await this.#sessions.open(id));
      try {
        return await work(session);
      } finally {
        if (!this.#held.has(id)) await session.close();
      }
    });
  }

  /** Gives free what is kept by nothing any more. */
  tidy(): Promise<void> {
    return this.#inOrder(async () => {
      if (!this.#closing) for (const session of this.held) await this.#release(session);
    });
  }

  /** Holds what works, so that it can go on, and gives all sessions free; the desk stays remembered. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.allSettled(this.held.map((session) => session.close()));
    this.#held.clear();
  }

  async #take(id: SessionId): Promise<Shown> {
    const held = this.#held.get(id);
    if (held && !this.#broken.has(held)) return { kind: 'live', session: held };
    if (held) {
      this.#forget(held);
      await held.close().catch(() => undefined); // what it could not write was told when it happened
    }
    try {
      const session = await this.#sessions.open(id);
      this.#hold(session);
      const report = await this.#readCut(session);
      if (report) this.#cuts.set(id, report);
      return { kind: 'live', session };
    } catch (thrown) {
      const why = toError(thrown);
      if (why.code !== 'locked' && why.code !== 'corrupt' && why.code !== 'unavailable') throw thrown;
      const { events } = await this.#sessions.salvage(id);
      return { kind: 'read', id, events, why };
    }
  }

  async #readCut(session: LiveSession): Promise<CutReport | null> {
    try {
      return await session.cut();
    } catch (thrown) {
      this.#forget(session);
      await session.close();
      throw thrown;
    }
  }

  #hold(session: LiveSession): void {
    this.#held.set(session.id, session);
    session.onEvents((events) => {
      const decided = events.some(({ type }) => endsCut.has(type)) && this.#cuts.delete(session.id);
      this.#listener.onEvents(session.id, events);
      if (decided) this.#listener.onChange(session);
    });
    session.onDelta((delta) => this.#listener.onDelta(session.id, delta));
  }

  #forget(session: LiveSession): void {
    this.#held.delete(session.id);
    this.#broken.delete(session);
    this.#cuts.delete(session.id);
  }

  async #showTaken(next: Shown, back: boolean): Promise<void> {
    await this.#show(next);
    if (next.kind === 'live') this.#listener.onTaken(next.session, back);
  }

  async #show(next: Shown): Promise<void> {
    const before = this.live;
    this.#shown = next;
    this.#listener.onShown();
    if (before) await this.#release(before);
    await this.#remember();
  }

  async #restoreBehind(id: SessionId): Promise<void> {
    const taken = await this.#take(id);
    if (taken.kind !== 'live') return;
    this.#listener.onTaken(taken.session, true);
    await this.#release(taken.session);
  }

  /** Another window may have what is neither shown nor works here. */
  async #release(session: LiveSession): Promise<void> {
    if (
      this.works(session) ||
      this.#listener.keeps(session.id) ||
      this.live === session ||
      this.#held.get(session.id) !== session
    )
      return;
    this.#forget(session);
    await session.close();
    await this.#remember();
  }

  async #remember(): Promise<void> {
    if (!this.#remembers) return;
    const behind = this.held.filter((session) => session !== this.live).map(({ id }) => id);
    await this.#memory.write({ shown: this.shownId, behind });
  }

  #inOrder<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#last.then(change);
    this.#last = next.catch(() => undefined); // whoever asked for it has the error
    return next;
  }
}

/** It goes on, or was left as it stands. */
const endsCut: ReadonlySet<Event['type']> = new Set(['session.resumed', 'turn.ended', 'conversation.rewound']);

/** A session that was deleted meanwhile is nothing to bring back. */
async function unlessGone(restore: () => Promise<void>): Promise<void> {
  try {
    await restore();
  } catch (thrown) {
    if (toError(thrown).code !== 'not_found') throw thrown;
  }
}
