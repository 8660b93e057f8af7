/** The sessions of one storage folder, and one of them while this process owns it. */
import { JourneymanError } from '../core/error.ts';
import type { Attachment, Delta, Environment, Event, Outcome, SessionId } from '../core/event.ts';
import type { Mode, Rule } from '../core/permission.ts';
import type { OpenLog, SessionSummary } from '../core/ports.ts';
import type { Agent } from './agent.ts';
import type { Session } from './fold.ts';
import { Journal } from './journal.ts';
import { runTurn } from './turn.ts';

export interface SessionStart {
  readonly environment: Environment;
  readonly mode: Mode;
  readonly model: string;
  readonly rules: readonly Rule[];
}

export class Sessions {
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  async create(start: SessionStart): Promise<LiveSession> {
    const log = await this.#agent.log.create(this.#agent.newId());
    const journal = new Journal(log, [], this.#agent.clock);
    await journal.append({ kind: 'user' }, { type: 'session.started', ...start });
    return new LiveSession(log.session, this.#agent, journal);
  }

  /** Throws `locked` while another window or process holds it, `corrupt`, `not_found`. */
  async open(id: SessionId): Promise<LiveSession> {
    const log = await this.#agent.log.open(id);
    return new LiveSession(id, this.#agent, new Journal(log, await this.#whole(id, log), this.#agent.clock));
  }

  /** What is in the log, without owning it. */
  async read(id: SessionId): Promise<readonly Event[]> {
    const events: Event[] = [];
    for await (const event of this.#agent.log.read(id)) events.push(event);
    return events;
  }

  list(): Promise<readonly SessionSummary[]> {
    return this.#agent.log.list();
  }

  delete(id: SessionId): Promise<void> {
    return this.#agent.log.delete(id);
  }

  async #whole(id: SessionId, log: OpenLog): Promise<readonly Event[]> {
    try {
      return await this.read(id);
    } catch (error) {
      await log.close();
      throw error;
    }
  }
}

export class LiveSession {
  readonly id: SessionId;
  readonly #agent: Agent;
  readonly #journal: Journal;
  #run: { readonly stop: AbortController; readonly end: Promise<Outcome> } | null = null;

  constructor(id: SessionId, agent: Agent, journal: Journal) {
    this.id = id;
    this.#agent = agent;
    this.#journal = journal;
  }

  get events(): readonly Event[] {
    return this.#journal.events;
  }

  get state(): Session {
    return this.#journal.state;
  }

  get running(): boolean {
    return this.#run !== null;
  }

  onEvents(listener: (events: readonly Event[]) => void): () => void {
    return this.#journal.onEvents(listener);
  }

  onDelta(listener: (delta: Delta) => void): () => void {
    return this.#journal.onDelta(listener);
  }

  /** One turn. Rejects while another one runs, and when the log cannot be written. */
  async run(text: string, attachments: readonly Attachment[] = []): Promise<Outcome> {
    if (this.#run)
      throw new JourneymanError('invalid_input', 'A turn runs already. Stop it first, or wait for its end.');
    const stop = new AbortController();
    const end = runTurn(this.#agent, this.#journal, text, attachments, stop.signal);
    this.#run = { stop, end };
    try {
      return await end;
    } finally {
      this.#run = null;
    }
  }

  /** Ends the running turn within 100 ms; the log says so. */
  stop(): void {
    this.#run?.stop.abort();
  }

  /** Title, mode, model: as the person set them, from now on. */
  async change(what: { readonly title?: string; readonly mode?: Mode; readonly model?: string }): Promise<void> {
    await this.#journal.append({ kind: 'user' }, { type: 'session.changed', ...what });
  }

  /** Stops what runs and gives the session free for others. */
  async close(): Promise<void> {
    this.stop();
    await this.#run?.end.catch(() => undefined); // its caller has the error
    await this.#journal.close();
  }
}
