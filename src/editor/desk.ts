/** The sessions that this window holds: the one on the desk, which the panel shows, and those that still run behind it. */
import { JourneymanError, toError } from '../core/error.ts';
import type { Attachment, Delta, Event, Outcome, SessionId } from '../core/event.ts';
import type { LiveSession, Sessions, SessionStart } from '../session/sessions.ts';

export type Shown =
  | { readonly kind: 'none' }
  | { readonly kind: 'live'; readonly session: LiveSession }
  /** Another window or process holds it; here it can be read. */
  | { readonly kind: 'read'; readonly id: SessionId; readonly events: readonly Event[] };

export interface DeskListener {
  /** Another session lies on the desk, or none. */
  readonly onShown: () => void;
  readonly onEvents: (session: SessionId, events: readonly Event[]) => void;
  readonly onDelta: (session: SessionId, delta: Delta) => void;
  /** A turn began or ended. */
  readonly onRunning: (session: LiveSession) => void;
}

/** Keeps the id of the session on the desk over the end of this process. */
export interface DeskMemory {
  read(): Promise<SessionId | null>;
  write(id: SessionId | null): Promise<void>;
}

export class Desk {
  readonly #sessions: Sessions;
  readonly #memory: DeskMemory;
  readonly #listener: DeskListener;
  readonly #held = new Map<SessionId, LiveSession>();
  #shown: Shown = { kind: 'none' };
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

  create(start: SessionStart): Promise<LiveSession> {
    return this.#inOrder(async () => {
      const session = await this.#sessions.create(start);
      this.#hold(session);
      await this.#show({ kind: 'live', session });
      return session;
    });
  }

  /** Read only where another window holds it. Throws `not_found`, `corrupt`. */
  open(id: SessionId): Promise<Shown> {
    return this.#inOrder(async () => {
      if (this.live?.id !== id) await this.#show(await this.#take(id));
      return this.#shown;
    });
  }

  /** Clears the desk; what runs goes on behind it. */
  clear(): Promise<void> {
    return this.#inOrder(() => this.#show({ kind: 'none' }));
  }

  /** What lay here when the last window of this folder closed, or died. */
  restore(): Promise<void> {
    return this.#inOrder(async () => {
      const id = await this.#memory.read();
      if (id === null || this.#shown.kind !== 'none') return;
      try {
        await this.#show(await this.#take(id));
      } catch (thrown) {
        if (toError(thrown).code !== 'not_found') throw thrown;
        await this.#memory.write(null); // deleted meanwhile: nothing to show
      }
    });
  }

  /** One turn. What cannot be told by the session's log is thrown. */
  async run(session: LiveSession, text: string, attachments: readonly Attachment[]): Promise<Outcome> {
    const end = session.run(text, attachments);
    this.#listener.onRunning(session);
    try {
      return await end;
    } finally {
      this.#listener.onRunning(session);
      await this.#inOrder(() => this.#release(session));
    }
  }

  delete(id: SessionId): Promise<void> {
    return this.#inOrder(async () => {
      if (this.#held.get(id)?.running === true) {
        throw new JourneymanError('conflict', 'This session works now. Stop it first, then delete it.');
      }
      if (this.shownId === id) await this.#show({ kind: 'none' });
      await this.#sessions.delete(id);
    });
  }

  rename(id: SessionId, title: string): Promise<void> {
    return this.#inOrder(async () => {
      const session = this.#held.get(id) ?? (await this.#sessions.open(id));
      await session.change({ title });
      if (!this.#held.has(id)) await session.close();
    });
  }

  /** Ends what runs and gives all sessions free; the desk stays remembered. */
  async close(): Promise<void> {
    await Promise.allSettled(this.held.map((session) => session.close()));
    this.#held.clear();
  }

  async #take(id: SessionId): Promise<Shown> {
    const held = this.#held.get(id);
    if (held) return { kind: 'live', session: held };
    try {
      const session = await this.#sessions.open(id);
      this.#hold(session);
      return { kind: 'live', session };
    } catch (thrown) {
      if (toError(thrown).code !== 'locked') throw thrown;
      return { kind: 'read', id, events: await this.#sessions.read(id) };
    }
  }

  #hold(session: LiveSession): void {
    this.#held.set(session.id, session);
    session.onEvents((events) => this.#listener.onEvents(session.id, events));
    session.onDelta((delta) => this.#listener.onDelta(session.id, delta));
  }

  async #show(next: Shown): Promise<void> {
    const before = this.live;
    this.#shown = next;
    this.#listener.onShown();
    if (before) await this.#release(before);
    await this.#memory.write(this.shownId);
  }

  /** Another window may have what is neither shown nor running here. */
  async #release(session: LiveSession): Promise<void> {
    if (session.running || this.live === session || this.#held.get(session.id) !== session) return;
    this.#held.delete(session.id);
    await session.close();
  }

  #inOrder<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#last.then(change);
    this.#last = next.catch(() => undefined); // whoever asked for it has the error
    return next;
  }
}
