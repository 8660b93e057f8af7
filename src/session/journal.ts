/** The one writer of a session: appends to the log, folds what it appended, and tells listeners once it is durable. */
import type { Actor, Delta, Event, Fact } from '../core/event.ts';
import type { Audit, Clock, OpenLog } from '../core/ports.ts';
import { audited, auditedCalls, type AuditedCalls, type AuditedWith } from './audited.ts';
import { emptySession, foldAll, type Session } from './fold.ts';

/** What is written beside the log; without it, nothing is. */
interface Beside extends AuditedWith {
  readonly audit?: Audit;
}

export type Listener<T> = (value: T) => void;

export class Journal {
  readonly clock: Clock;
  readonly #log: OpenLog;
  readonly #events: Event[];
  readonly #onEvents = new Set<Listener<readonly Event[]>>();
  readonly #onDelta = new Set<Listener<Delta>>();
  #state: Session;
  readonly #beside: Beside;
  #calls: AuditedCalls;
  #settled: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;

  constructor(log: OpenLog, events: readonly Event[], clock: Clock, beside: Beside = {}) {
    this.clock = clock;
    this.#log = log;
    this.#events = [...events];
    this.#state = foldAll(emptySession, events);
    this.#beside = beside;
    this.#calls = auditedCalls(events);
  }

  get state(): Session {
    return this.#state;
  }

  get events(): readonly Event[] {
    return this.#events;
  }

  /** Folded at once; resolves when durable, in the audit too. A failure is kept and thrown by every later `settled` too. */
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
    const audit = this.#audit(events);
    const written = audit === null ? told : Promise.all([told, audit]).then(() => undefined);
    this.#settled = Promise.all([this.#settled, written]).then(() => undefined);
    this.#settled.catch(() => undefined); // whoever acts on it awaits it
    return written;
  }

  /** **Invariant:** an effect that the audit does not hold does not happen; it waits for `settled` like for the log. */
  #audit(events: readonly Event[]): Promise<void> | null {
    const { calls, entries } = audited(this.#calls, events, this.#beside);
    this.#calls = calls;
    const { audit } = this.#beside;
    return audit && entries.length > 0 ? audit.write(this.#log.session, entries) : null;
  }

  /** Everything appended so far is durable, or this throws why it is not. Awaited before each effect. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** Until the time is over or `wake` is said; true: it was. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    const woken = new AbortController();
    this.#wake = () => {
      woken.abort();
    };
    try {
      await this.clock.sleep(ms, AbortSignal.any([signal, woken.signal]));
    } catch (thrown) {
      if (signal.aborted || !woken.signal.aborted) throw thrown;
    } finally {
      this.#wake = () => undefined;
    }
    return woken.signal.aborted;
  }

  /** Ends a wait that is going on now. */
  wake(): void {
    this.#wake();
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
