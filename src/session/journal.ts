/** The one writer of a session: appends to the log, folds what it appended, and tells listeners once it is durable. */
import type { Actor, Delta, Event, Fact } from '../core/event.ts';
import type { Clock, OpenLog } from '../core/ports.ts';
import { emptySession, foldAll, type Session } from './fold.ts';

export type Listener<T> = (value: T) => void;

export class Journal {
  readonly clock: Clock;
  readonly #log: OpenLog;
  readonly #events: Event[];
  readonly #onEvents = new Set<Listener<readonly Event[]>>();
  readonly #onDelta = new Set<Listener<Delta>>();
  #state: Session;
  #settled: Promise<void> = Promise.resolve();

  constructor(log: OpenLog, events: readonly Event[], clock: Clock) {
    this.clock = clock;
    this.#log = log;
    this.#events = [...events];
    this.#state = foldAll(emptySession, events);
  }

  get state(): Session {
    return this.#state;
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  /** Folded at once; resolves when durable. A failure is kept and thrown by every later `settled` too. */
  append(actor: Actor, ...facts: readonly Fact[]): Promise<void> {
    const { events, durable } = this.#log.append(
      facts.map((fact) => {
        const starts = fact.type === 'turn.started';
        const turn = starts ? this.#state.turns + 1 : this.#state.turns;
        const step =
          starts || this.#state.turn === null
            ? 0
            : this.#state.turn.step + (fact.type === 'model.requested' && fact.attempt === 1 ? 1 : 0);
        return { actor, turn, step, fact };
      }),
    );
    this.#state = foldAll(this.#state, events);
    this.#events.push(...events);
    const told = durable.then(() => {
      for (const listener of this.#onEvents) listener(events);
    });
    this.#settled = Promise.all([this.#settled, told]).then(() => undefined);
    this.#settled.catch(() => undefined); // whoever acts on it awaits it
    return told;
  }

  /** Everything appended so far is durable, or this throws why it is not. Awaited before each effect. */
  settled(): Promise<void> {
    return this.#settled;
  }

  delta(delta: Delta): void {
    for (const listener of this.#onDelta) listener(delta);
  }

  onEvents(listener: Listener<readonly Event[]>): () => void {
    this.#onEvents.add(listener);
    return () => this.#onEvents.delete(listener);
  }

  onDelta(listener: Listener<Delta>): () => void {
    this.#onDelta.add(listener);
    return () => this.#onDelta.delete(listener);
  }

  async close(): Promise<void> {
    await this.#log.close();
  }
}
