/** The sessions of one storage folder, and one of them while this process owns it: all of its life by events. */
import type { CheckpointId, RestoreItem } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { BudgetScope, BudgetUnit } from '../core/budget.ts';
import type {
  Actor,
  Attachment,
  Compaction,
  Delta,
  Environment,
  Event,
  Fact,
  MessageId,
  Outcome,
  Seq,
  SessionId,
} from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { toArray } from '../core/list.ts';
import type { Mode, Rule } from '../core/permission.ts';
import type { FoundSession, OpenLog, SessionSummary, TakenStep } from '../core/ports.ts';
import type { Effort } from '../core/purpose.ts';
import type { CutReport } from '../core/recovery.ts';
import type { Agent } from './agent.ts';
import type { Checkpoint, Session } from './fold.ts';
import { heldFor } from './budget.ts';
import { runHooks } from './hooks.ts';
import { Journal } from './journal.ts';
import { makeRoom, previewRoom } from './makeRoom.ts';
import { cutReport, settleStarted } from './recover.ts';
import { redactedWords } from './redacted.ts';
import { outcomeOfError } from './report.ts';
import { suspension } from './signal.ts';
import { tellTitle } from './title.ts';
import { endTurn, resumeTurn, runTurn, type Said, type TurnEnd } from './turn.ts';

export interface SessionStart {
  readonly environment: Environment;
  readonly mode: Mode;
  readonly model: string;
  readonly rules: readonly Rule[];
  /** What is wrong with instructions and skills, for the person. */
  readonly faults?: readonly string[];
}

export class Sessions {
  readonly #agent: Agent;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  async create({ faults = [], ...start }: SessionStart): Promise<LiveSession> {
    const log = await this.#agent.log.create(this.#agent.newId());
    const journal = new Journal(log, [], this.#agent.clock, this.#agent);
    try {
      await journal.append(user, { type: 'session.started', ...start });
      const code = 'guide_fault';
      for (const message of faults) await journal.append(session, { type: 'warning.raised', code, message });
    } catch (error) {
      await journal.close(); // an empty session leaves nothing behind
      throw error;
    }
    return new LiveSession(log.session, this.#agent, journal);
  }

  /** Throws `locked` while another window or process holds it, `corrupt`, `not_found`. */
  async open(id: SessionId): Promise<LiveSession> {
    const log = await this.#agent.log.open(id);
    return new LiveSession(
      id,
      this.#agent,
      new Journal(log, await this.#whole(id, log), this.#agent.clock, this.#agent),
    );
  }

  /** What is in the log, without owning it. */
  async read(id: SessionId): Promise<readonly Event[]> {
    const events: Event[] = [];
    for await (const event of this.#agent.log.read(id)) events.push(event);
    return events;
  }

  /** The events before the damage, and what it is; null: none. */
  salvage(id: SessionId): Promise<{ readonly events: readonly Event[]; readonly damage: string | null }> {
    return this.#agent.log.salvage(id);
  }

  list(): Promise<readonly SessionSummary[]> {
    return this.#agent.log.list();
  }

  search(words: string): Promise<readonly FoundSession[]> {
    return this.#agent.log.search(words);
  }

  delete(id: SessionId): Promise<void> {
    return this.#agent.log.delete(id);
  }

  /** A new session with all up to the end of a turn, or all that can be read. Its files are those of the workspace as they stand. */
  async fork(id: SessionId, turn: number | null): Promise<SessionId> {
    const { events } = await this.salvage(id);
    const seq = turn === null ? (events.at(-1)?.seq ?? 0) : endOfTurn(events, turn);
    const to = this.#agent.newId();
    await this.#agent.log.copy(id, seq, to);
    await this.#begin(to, { type: 'session.forked', from: id, through: seq });
    return to;
  }

  export(id: SessionId): AsyncIterable<Uint8Array> {
    return this.#agent.log.export(id);
  }

  /** Throws `invalid_input` for what is no exported session. It brings no rights with it and starts nothing. */
  async import(data: AsyncIterable<Uint8Array>): Promise<SessionId> {
    const to = this.#agent.newId();
    const from = await this.#agent.log.import(data, to);
    await this.#begin(to, { type: 'session.imported', from });
    return to;
  }

  async #begin(id: SessionId, fact: Fact): Promise<void> {
    try {
      const session = await this.open(id);
      await session.note(fact);
      await session.close();
    } catch (error) {
      await this.#agent.log.delete(id).catch(() => undefined); // half a session helps nobody; the error says more
      throw error;
    }
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
  #run: { readonly stop: AbortController; readonly end: Promise<unknown>; readonly isTurn: boolean } | null = null;
  #greeted = false;
  #previewed: { readonly checkpoint: CheckpointId; readonly items: readonly RestoreItem[] } | null = null;

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
    return this.#run?.isTurn === true;
  }

  onEvents(listener: (events: readonly Event[]) => void): () => void {
    return this.#journal.onEvents(listener);
  }

  onDelta(listener: (delta: Delta) => void): () => void {
    return this.#journal.onDelta(listener);
  }

  /**
   * A turn, and after one that is done those of the messages that wait. Rejects while one runs, and when the log cannot be written.
   * A turn that was cut or paused ends as it stands.
   */
  async run(text: string, attachments: readonly Attachment[] = []): Promise<TurnEnd> {
    return this.#alone((signal) => this.#say(text, attachments, signal));
  }

  /** Goes on after a pause, after the process was ended in the middle of a turn, or with what waits; null: nothing to go on with. */
  async resume(): Promise<TurnEnd | null> {
    const { turn, paused, queue } = this.state;
    if (this.#run !== null || (turn === null && queue.length === 0)) {
      if (paused) await this.#unpause(); // it had not come to hold yet, or there is nothing to hold
      return null;
    }
    return this.#alone((signal) =>
      this.#turns(async () => {
        await this.#greet(signal);
        if (turn !== null && !paused)
          await this.note({ type: 'session.resumed', after: 'cut', cutRequest: turn.inFlight });
        return turn === null ? this.#next(signal) : resumeTurn(this.#agent, this.#journal, signal);
      }, signal),
    );
  }

  /** Into the queue. `steer`: given to the model with its next request. */
  async send(text: string, attachments: readonly Attachment[], steer: boolean): Promise<void> {
    if (this.state.queue.length >= limits.queueMax) {
      throw new JourneymanError(
        'invalid_input',
        `${String(limits.queueMax)} messages wait already. Remove one, or wait until some are done.`,
      );
    }
    const words = await this.#clean(text, attachments);
    await this.#submit(words.text);
    await this.note({ type: 'message.queued', message: this.#agent.newId(), ...words, steer });
  }

  async changeMessage(
    message: MessageId,
    change: { readonly text?: string; readonly steer?: boolean; readonly before?: MessageId | null },
  ): Promise<void> {
    if (!this.#isQueued(message)) return;
    const text = change.text === undefined ? {} : { text: (await this.#clean(change.text, [])).text };
    await this.note({ type: 'message.changed', message, ...change, ...text });
  }

  async cancelMessage(message: MessageId): Promise<void> {
    if (this.#isQueued(message)) await this.note({ type: 'message.cancelled', message });
  }

  /** Holds before the next request or the next effect; what runs now comes to its end. */
  async pause(): Promise<void> {
    const { paused, turn, queue } = this.state;
    if (paused || (turn === null && queue.length === 0)) return;
    await this.note({ type: 'session.paused' });
    this.#journal.wake(); // what waits for a server holds now
  }

  /** Ends a wait for the server: it is asked again at once. */
  tryNow(): void {
    this.#journal.wake();
  }

  /** Ends the running turn within 100 ms, and what it has left in the background; the log says so. */
  stop(): void {
    void this.#agent.commands?.endAll(this.id);
    if (this.#run) this.#run.stop.abort();
    else if (this.state.turn !== null) void this.leave().catch(() => undefined); // paused; a log that fails says so at the next word
  }

  /** Ends what runs in the background; the lines of what did. */
  async endCommands(): Promise<readonly string[]> {
    return (await this.#agent.commands?.endAll(this.id)) ?? [];
  }

  /** Ends a turn that was cut or paused as it stands. */
  async leave(): Promise<void> {
    if (this.#run === null) await this.#alone((signal) => this.#endOpenTurn(signal), false);
  }

  /** Says the message of an earlier turn anew: the conversation goes back to before it. Files stay as they are. */
  async edit(turn: number, text: string, attachments: readonly Attachment[]): Promise<TurnEnd> {
    return this.#alone(async (signal) => {
      const point = toArray(this.state.points).find((one) => one.starts && one.turn === turn);
      if (!point)
        throw new JourneymanError('not_found', `There is no message of turn ${String(turn)} in this session.`);
      await this.#endOpenTurn(signal);
      await this.note({ type: 'conversation.rewound', to: point.seq });
      return this.#say(text, attachments, signal);
    });
  }

  /** More of what it may use; whoever goes on then, goes on with it. */
  async addBudget(scope: BudgetScope, unit: BudgetUnit, amount: number): Promise<void> {
    await this.note({ type: 'budget.added', scope, unit, amount });
  }

  /** Ends a turn that is held for its budget or for going in circles, with a report of what is done and what is left. */
  async conclude(): Promise<void> {
    const why = heldFor(this.state);
    if (this.#run === null)
      await this.#alone((signal) => this.#endOpenTurn(signal, why && outcomeOfError(this.state, why)), false);
  }

  /** Makes room in the conversation, with an eye on `keep`: at once, or at the next boundary of a turn that is open. */
  async compact(keep = ''): Promise<void> {
    const { signal } = new AbortController();
    const word = await runHooks(this.#agent, this.#journal, { event: 'PreCompact', trigger: 'manual' }, signal);
    if (word?.says === 'block') throw new JourneymanError('denied', `A hook stopped this: ${word.reason}`);
    await this.note({ type: 'room.asked', keep });
    if (this.#run === null && this.state.turn === null)
      await this.#alone((stop) => makeRoom(this.#agent, this.#journal, { why: 'asked', keep }, stop), false);
  }

  /** What `compact` would come to now. */
  previewRoom(keep: string): Compaction {
    return previewRoom(this.#agent, this.state, keep);
  }

  /** What is known of a turn whose process ended in the middle; null: there is none. Only looks. */
  async cut(): Promise<CutReport | null> {
    return this.#run ? null : cutReport(this.#agent, this.state, new AbortController().signal);
  }

  /** What restoring would do to files; nothing is written. */
  async previewRestore(checkpoint: CheckpointId): Promise<readonly RestoreItem[]> {
    const steps = this.#stepsSince(this.#checkpoint(checkpoint));
    const items = await this.#agent.checkpoints.preview(this.id, steps, new AbortController().signal);
    this.#previewed = { checkpoint, items };
    return items;
  }

  /** As last previewed: throws `conflict` when a file has changed since. The state before is a checkpoint too. */
  async restore(
    checkpoint: CheckpointId,
    scope: 'files' | 'both' | 'conversation',
    choices: { readonly mine: readonly string[]; readonly old: readonly string[] },
  ): Promise<void> {
    await this.#alone(async (signal) => {
      const { to } = this.#checkpoint(checkpoint);
      await this.#endOpenTurn(signal);
      if (scope !== 'conversation') await this.#restoreFiles(checkpoint, choices);
      if (scope !== 'files') await this.note({ type: 'conversation.rewound', to });
    }, false);
  }

  /** Title, mode, model, effort: as the person set them, from now on. */
  async change(what: {
    readonly title?: string;
    readonly mode?: Mode;
    readonly model?: string;
    readonly effort?: Effort | null;
  }): Promise<void> {
    await this.note({ type: 'session.changed', ...what });
    if (what.model !== undefined) this.#journal.wake(); // who waits for the old one asks the new one
  }

  /** The person's word in the log; or what somebody else outside of the loop has to say. */
  async note(fact: Fact, actor: Actor = user): Promise<void> {
    await this.#journal.append(actor, fact);
  }

  /** The person is finished with it: what runs or is open ends. */
  async finish(): Promise<void> {
    this.#run?.stop.abort();
    await this.#run?.end.catch(() => undefined); // its caller has the error
    await this.leave();
    await this.#agent.commands?.forget(this.id);
    await this.note({ type: 'session.closed' });
    await this.#journal.close();
  }

  /** Suspends what runs, so that it can be gone on with, ends what runs in the background, and gives the session free for others. */
  async close(): Promise<void> {
    this.#run?.stop.abort(suspension());
    await this.#run?.end.catch(() => undefined); // its caller has the error
    await this.#agent.commands?.forget(this.id);
    await this.#journal.close();
  }

  /** **Invariant:** turns, what ends them from outside, and what puts files back never run beside one another. */
  async #alone<T>(work: (signal: AbortSignal) => Promise<T>, isTurn = true): Promise<T> {
    if (this.#run) throw new JourneymanError('denied', 'The agent works now. Pause or stop it first.');
    const stop = new AbortController();
    const end = work(stop.signal);
    this.#run = { stop, end, isTurn };
    try {
      return await end;
    } finally {
      this.#run = null;
    }
  }

  #say(text: string, attachments: readonly Attachment[], signal: AbortSignal): Promise<TurnEnd> {
    return this.#turns(async () => {
      await this.#endOpenTurn(signal);
      const words = await this.#clean(text, attachments);
      await this.#greet(signal);
      await this.#submit(words.text, signal);
      return runTurn(this.#agent, this.#journal, { ...words, message: null }, signal);
    }, signal);
  }

  /** Hooks hear once in each life of the session that it begins, or goes on. */
  async #greet(signal: AbortSignal): Promise<void> {
    if (this.#greeted) return;
    this.#greeted = true;
    const source = this.state.turns === 0 ? 'startup' : 'resume';
    await runHooks(this.#agent, this.#journal, { event: 'SessionStart', source }, signal);
  }

  /** Throws `denied` where a hook stops the person's words. */
  async #submit(prompt: string, signal: AbortSignal = new AbortController().signal): Promise<void> {
    const word = await runHooks(this.#agent, this.#journal, { event: 'UserPromptSubmit', prompt }, signal);
    if (word?.says === 'block') throw new JourneymanError('denied', `A hook stopped this message: ${word.reason}`);
  }

  /** Before it is written down or sent: what is certain to be secret is taken out, and the person is told. */
  async #clean(
    text: string,
    attachments: readonly Attachment[],
  ): Promise<{ readonly text: string; readonly attachments: readonly Attachment[] }> {
    const { isChanged, ...words } = redactedWords(this.#agent.redactor, { text, attachments });
    if (isChanged) await this.note({ type: 'warning.raised', code: 'secret_removed', message: removedText }, session);
    return words;
  }

  /** One, and after one that is done those of the messages that wait. */
  async #turns(first: () => Promise<TurnEnd>, signal: AbortSignal): Promise<TurnEnd> {
    if (this.state.paused) await this.#unpause();
    let end = await first();
    if (end.kind === 'done') await tellTitle(this.#agent, this.#journal, signal);
    for (;;) {
      // Resumed in the moment in which it came to hold.
      if (end.kind === 'held' && !this.state.paused && !signal.aborted) {
        end = await resumeTurn(this.#agent, this.#journal, signal);
      } else if (end.kind === 'done' && this.state.queue.length > 0 && !this.state.paused && !signal.aborted) {
        end = await this.#next(signal);
      } else return end;
    }
  }

  async #unpause(): Promise<void> {
    const cutRequest = this.#journal.state.turn?.inFlight === true && this.#run === null;
    await this.note({ type: 'session.resumed', after: 'pause', cutRequest });
  }

  #next(signal: AbortSignal): Promise<TurnEnd> {
    const [next] = this.state.queue;
    if (!next) throw new JourneymanError('bug', 'No message waits.');
    const said: Said = { text: next.text, attachments: next.attachments, message: next.message };
    return runTurn(this.#agent, this.#journal, said, signal);
  }

  async #endOpenTurn(signal: AbortSignal, outcome: Outcome | null = null): Promise<void> {
    const { turn, paused } = this.state;
    if (turn === null) return;
    if (!paused) await this.note({ type: 'session.resumed', after: 'cut', cutRequest: turn.inFlight });
    await settleStarted(this.#agent, this.#journal, signal);
    await endTurn(this.#journal, outcome ?? { kind: 'cancelled' });
  }

  async #restoreFiles(
    checkpoint: CheckpointId,
    choices: { readonly mine: readonly string[]; readonly old: readonly string[] },
  ): Promise<void> {
    const { checkpoints } = this.#agent;
    const items =
      this.#previewed?.checkpoint === checkpoint ? this.#previewed.items : await this.previewRestore(checkpoint);
    this.#previewed = null;
    // Not to be stopped half way: it takes a moment, and what it did is told in any case.
    const { signal } = new AbortController();
    const paths = items.flatMap(({ path, then }) => (then === null ? [] : [path]));
    const as = this.#agent.newId();
    const files = await checkpoints.keep(this.id, paths, signal);
    await this.note({ type: 'checkpoint.created', checkpoint: as, call: null, files });
    const steps = await checkpoints.restore(this.id, items, choices, signal);
    this.#agent.changed?.(steps.map(({ path }) => path));
    await this.note({ type: 'checkpoint.restored', checkpoint, as, files: steps });
  }

  #isQueued(message: MessageId): boolean {
    return this.state.queue.some((one) => one.message === message);
  }

  #checkpoint(id: CheckpointId): Checkpoint {
    const found = toArray(this.state.checkpoints).find(({ checkpoint }) => checkpoint === id);
    if (found) return found;
    throw new JourneymanError('not_found', `There is no checkpoint ${id} in this session.`);
  }

  #stepsSince({ seq }: Checkpoint): readonly TakenStep[] {
    return toArray(this.state.taken)
      .filter((one) => one.seq > seq)
      .flatMap(({ checkpoint, call, files }) => files.map((file): TakenStep => ({ checkpoint, call, file })));
  }
}

const user = { kind: 'user' } as const;
const session = { kind: 'system', room: 'session' } as const;

const removedText =
  'What you sent held a secret. It was taken out before it was kept or sent; the message below shows where. Give a secret to a program by its environment or its own settings.';

function endOfTurn(events: readonly Event[], turn: number): Seq {
  const last = events.findLast((event) => event.turn === turn && event.type === 'turn.ended');
  if (last) return last.seq;
  throw new JourneymanError('not_found', `There is no turn ${String(turn)} that has ended in this session.`);
}
