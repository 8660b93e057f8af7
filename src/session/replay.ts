/**
 * A session run again from its own record, offline: the loop is the real one, and everything it asks of the world is answered from the
 * log. The record drives; what the loop then says itself must be what it said before.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Selected } from '../context/select.ts';
import type { ChangeSet } from '../core/change.ts';
import type { BackgroundCommands, CommandNews } from '../core/command.ts';
import { JourneymanError, type ErrorCode } from '../core/error.ts';
import { factOf, type CallId, type Event, type Fact, type Seq } from '../core/event.ts';
import type { Told } from '../core/guides.ts';
import type { Hook, HookEvent, HookMoment, HookSaid } from '../core/hooks.ts';
import type { Reply } from '../core/model.ts';
import type { Decision, SandboxState } from '../core/permission.ts';
import type { ApprovalNews, Blobs, Checkpoints, Entry, EventLog, Files, OpenLog } from '../core/ports.ts';
import type { RuleSet } from '../core/settings.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import type { Purpose, Route } from '../core/purpose.ts';
import { recordedModel } from '../model/recorded.ts';
import type { OwnChoice } from '../model/route.ts';
import type { Agent } from './agent.ts';
import type { BudgetNews } from './budget.ts';
import { wordsWith } from './decisionWords.ts';
import { Journal } from './journal.ts';
import { isSuspended, suspension } from './signal.ts';
import type { findStall } from './stall.ts';
import { resumeTurn, runTurn } from './turn.ts';

export interface ReplayReport {
  readonly events: number;
  /** Prompts that were made again and compared by their hash. */
  readonly prompts: number;
  /** The first; null: everything was the same. */
  readonly divergence: Divergence | null;
}
export interface Divergence {
  readonly seq: Seq;
  readonly turn: number;
  readonly step: number;
  /** One sentence. */
  readonly what: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

/** `tools`: as the session had them; of them only names, schemas and what they would touch are used. */
export async function replaySession(
  events: readonly Event[],
  tools: readonly Tool[],
  files: Files,
  replyTokensMax: number,
): Promise<ReplayReport> {
  const replay = new Replay(events, tools, files, replyTokensMax);
  try {
    await replay.run();
  } catch (thrown) {
    if (!(thrown instanceof Diverged)) throw thrown;
  }
  return { events: replay.at, prompts: replay.prompts, divergence: replay.divergence };
}

class Diverged extends Error {}

/** Something the loop waits for. */
interface Wait {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One life of the loop: from a start or a resumption to its end, or to the end of its process. */
interface Life {
  readonly stop: AbortController;
  readonly journal: Journal;
  ended: boolean;
}

class Replay {
  at = 0;
  prompts = 0;
  divergence: Divergence | null = null;
  readonly #events: readonly Event[];
  readonly #agent: Agent;
  #journal: Journal;
  #life: Life | null = null;
  #model: Wait | null = null;
  readonly #runs = new Map<CallId, Wait>();
  readonly #asks = new Map<CallId, Wait & { readonly news: ApprovalNews }>();
  /** Ports whose answer is known at once; given only when the record has nothing from outside in between. */
  #answers: (() => void)[] = [];

  constructor(events: readonly Event[], tools: readonly Tool[], files: Files, replyTokensMax: number) {
    this.#events = events;
    this.#agent = this.#makeAgent(tools, files, replyTokensMax);
    this.#journal = this.#makeJournal();
  }

  async run(): Promise<void> {
    while (this.at < this.#events.length) {
      await settle();
      if (this.divergence) throw new Diverged();
      if (this.#life?.ended === true) this.#life = null;
      const event = this.#events[this.at];
      if (event === undefined) break;
      if (this.#isFromOutside(event)) this.#outside(event);
      else if (this.#answers.length > 0) this.#answers.shift()?.();
      else this.#fromPort(event);
    }
    await settle();
    this.#abandon();
    if (this.divergence) throw new Diverged();
  }

  #outside(event: Event): void {
    const { actor } = event;
    if (event.type === 'turn.started') {
      this.#abandon(); // a turn that was open ended with its process
      const { text, attachments, message } = event;
      this.#live((life) => runTurn(this.#agent, life.journal, { text, attachments, message }, life.stop.signal));
      return;
    }
    if (event.type === 'session.resumed' && event.after === 'cut') this.#abandon();
    void this.#journal.append(actor, factOf(event));
    if (event.type === 'session.resumed' && this.#life === null && this.#journal.state.turn !== null && !this.#isLeft())
      this.#live((life) => resumeTurn(this.#agent, life.journal, life.stop.signal));
  }

  /** What comes next in the record is the answer to something that the loop waits for. */
  #fromPort(event: Event): void {
    const life = this.#life;
    if (life === null) {
      // Settled from outside while no turn ran: calls that had been started, and the end of a turn that was left.
      void this.#journal.append(event.actor, factOf(event));
      return;
    }
    switch (event.type) {
      case 'model.responded':
        if (this.#model) {
          give(this.#take(), event.reply);
          return;
        }
        break;
      case 'model.failed':
        if (this.#model) {
          const { code, message, retryInMs } = event;
          this.#take().reject(new JourneymanError(code, message, { retryAfterMs: retryInMs }));
          return;
        }
        break;
      case 'side.ended':
        if (this.#model) {
          const { reply, fault } = event;
          if (reply) give(this.#take(), reply);
          else
            this.#take().reject(
              new JourneymanError(fault?.code ?? 'bug', fault?.message ?? '', {
                retryAfterMs: fault?.retryInMs ?? null,
              }),
            );
          return;
        }
        break;
      case 'approval.requested': {
        const ask = this.#asks.get(event.call);
        if (ask && event.question.kind === 'edits') {
          ask.news.rebased(event.question.changes, []); // the words that still hold follow one by one
          return;
        }
        break;
      }
      case 'hunk.resolved': {
        const { call, hunk, verdict, reason } = event;
        const ask = this.#asks.get(call);
        if (ask) {
          ask.news.hunk(reason === undefined ? { hunk, verdict } : { hunk, verdict, reason });
          return;
        }
        break;
      }
      case 'tool.decided': {
        const ask = this.#asks.get(event.call);
        this.#asks.delete(event.call);
        if (ask) {
          give(ask, event.decision);
          return;
        }
        break;
      }
      case 'change.applied':
      case 'plan.updated':
      case 'files.changed':
      case 'tool.finished': {
        const call = 'call' in event ? event.call : this.#nextFinished();
        const run = this.#runs.get(call);
        const result = this.#resultOf(call);
        if (run && result) {
          this.#runs.delete(call);
          if (this.#endsStopped()) life.stop.abort(); // the person stopped it while this call ran
          give(run, result);
          return;
        }
        break;
      }
      case 'turn.ended':
        if (!life.stop.signal.aborted && event.outcome.kind === 'cancelled') {
          life.stop.abort();
          return;
        }
        break;
      default:
    }
    this.#diverge(event, 'The loop waits for something else here.', event.type, this.#waitsFor());
  }

  #isFromOutside(event: Event): boolean {
    if (event.type === 'checkpoint.created') return event.call === null;
    if (event.type === 'context.compacted') return event.why === undefined;
    // Its process ended before room was made: why it was wanted stands nowhere.
    if (isForSummary(event)) return this.#roomMade() === undefined;
    if (event.type === 'hooks.started' || event.type === 'hooks.ended') return aroundTheLoop.has(event.event);
    if (event.type !== 'session.changed') return fromOutside.has(event.type);
    // A mode that comes with the answer to a plan is said by the loop.
    const before = this.#events.slice(0, event.seq - 1).findLast(({ type }) => type !== 'rule.added');
    return !(
      before?.type === 'tool.decided' &&
      before.decision.action === 'allow' &&
      before.decision.mode === event.mode
    );
  }

  #live(work: (life: Life) => Promise<unknown>): void {
    const life: Life = { stop: new AbortController(), journal: this.#journal, ended: false };
    this.#life = life;
    work(life).then(
      () => (life.ended = true),
      (error: unknown) => {
        life.ended = true;
        const isCut = isSuspended(life.stop.signal); // its process ended before the turn did
        if (life === this.#life && !isCut && !(error instanceof Diverged) && this.divergence === null) {
          const event = this.#events[this.at];
          if (event) this.#diverge(event, 'The loop broke.', event.type, String(error), false);
        }
      },
    );
  }

  /** The process died here: what the loop would still say is not heard. */
  #abandon(): void {
    if (this.#life === null) return;
    const { stop, ended } = this.#life;
    this.#life = null;
    if (!ended) stop.abort(suspension());
    this.#model = null;
    this.#runs.clear();
    this.#asks.clear();
    this.#answers = [];
    this.#journal = this.#makeJournal();
  }

  #take(): Wait {
    const wait = this.#model;
    this.#model = null;
    if (!wait) throw new JourneymanError('bug', 'Nothing waits for the model.');
    return wait;
  }

  #makeJournal(): Journal {
    const log: OpenLog = {
      session: this.#events[0]?.session ?? '',
      seq: this.at,
      append: (entries) => {
        if (this.#journal !== journal) throw suspension();
        return { events: entries.map((entry) => this.#check(entry)), durable: this.#answer(undefined) };
      },
      close: () => Promise.resolve(),
    };
    const journal = new Journal(log, this.#events.slice(0, this.at), this.#clock());
    return journal;
  }

  /** What the loop says must be what stands next in the record. */
  #check({ fact, turn, step }: Entry): Event {
    const event = this.#events[this.at];
    if (event === undefined || (isCut(event) && fact.type !== event.type)) {
      // Its process ended here: the loop would have gone on.
      this.#life?.stop.abort(suspension());
      throw suspension();
    }
    const said = plain(fact);
    const recorded = plain(factOf(event));
    if (!isDeepStrictEqual(said, recorded) || turn !== event.turn || step !== event.step) {
      const isPrompt = fact.type === event.type && (fact.type === 'model.requested' || fact.type === 'side.requested');
      const what = isPrompt
        ? 'The prompt differs from the one that was sent.'
        : fact.type === event.type
          ? `${event.type} differs.`
          : `The record has ${event.type}, the loop says ${fact.type}.`;
      this.#diverge(event, what, recorded, said);
    }
    if (event.type === 'model.requested' || event.type === 'side.requested') this.prompts++;
    this.at++;
    return event;
  }

  #diverge(event: Event, what: string, recorded: unknown, replayed: unknown, throws = true): void {
    const { seq, turn, step } = event;
    this.divergence ??= { seq, turn, step, what, recorded, replayed };
    if (throws) throw new Diverged();
  }

  #waitsFor(): string {
    const waits = [
      ...(this.#model ? ['a reply of the model'] : []),
      ...[...this.#runs.keys()].map((call) => `the end of ${call}`),
      ...[...this.#asks.keys()].map((call) => `an answer on ${call}`),
    ];
    return waits.length > 0 ? waits.join(', ') : 'nothing';
  }

  /** An answer that is known, given in order, after what came from outside. */
  #answer<T>(value: T): Promise<T> {
    return new Promise((resolve) => {
      this.#answers.push(() => {
        resolve(value);
      });
    });
  }

  /** As `#answer`, known only when its turn comes: after what came from outside. */
  #late<T>(value: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#answers.push(() => {
        resolve(Promise.resolve().then(value));
      });
    });
  }

  /** The turn was not gone on with, but ended as it stood. */
  #isLeft(): boolean {
    const end = this.#events.slice(this.at).find((event) => !this.#isFromOutside(event) && !ofCalls.has(event.type));
    return end === undefined || (end.type === 'turn.ended' && end.outcome.kind === 'cancelled');
  }

  #nextFinished(): CallId {
    const next = this.#events.slice(this.at).find(({ type }) => type === 'tool.finished');
    return next?.type === 'tool.finished' ? next.call : '';
  }

  /** What the tool gave back, before the person's words were added to it. */
  #resultOf(call: CallId): ToolResult | null {
    const event = this.#find('tool.finished', call);
    if (!event) return this.#halfResult(call);
    const decision = this.#decisionOf(call);
    const added = decision?.action === 'allow' ? wordsWith(decision) : '';
    const { result } = event;
    return added === '' || !result.text.endsWith(`\n${added}`)
      ? result
      : { ...result, text: result.text.slice(0, -added.length - 1) };
  }

  /** Its process ended while the log was written: what there is of the result makes the same facts. */
  #halfResult(call: CallId): ToolResult | null {
    const event = this.#events[this.at];
    if (event?.type === 'files.changed') return { status: 'ok', text: '' };
    if (event?.type !== 'change.applied' || event.call !== call) return null;
    return { status: 'ok', text: '', detail: { kind: 'edit', applied: event.changes, files: event.files } };
  }

  #decisionOf(call: CallId): Decision | null {
    const event = this.#events.slice(0, this.at).findLast((one) => one.type === 'tool.decided' && one.call === call);
    return event?.type === 'tool.decided' ? event.decision : null;
  }

  /** The first of its kind about this call from here on, within this life. */
  #find<T extends 'tool.finished' | 'files.changed' | 'checkpoint.created' | 'approval.requested' | 'tool.started'>(
    type: T,
    call: CallId,
  ): (Event & { readonly type: T }) | null {
    for (const event of this.#events.slice(this.at)) {
      if (event.type === type && 'call' in event && event.call === call) return event as Event & { readonly type: T };
      if (isCut(event)) return null;
    }
    return null;
  }

  /** After the ends of calls that come now, the turn ends as stopped. */
  #endsStopped(): boolean {
    const next = this.#events.slice(this.at).find((event) => !this.#isFromOutside(event) && !ofCalls.has(event.type));
    return next?.type === 'turn.ended' && next.outcome.kind === 'cancelled';
  }

  #makeAgent(tools: readonly Tool[], files: Files, replyTokensMax: number): Agent {
    const windowTokens = (): number => this.#windowTokens();
    const wait = <T>(keep: (wait: Wait) => void, signal: AbortSignal): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const stop = (): void => {
          reject(signal.reason as Error);
        };
        const end = <A>(settled: (value: A) => void) => {
          return (value: A): void => {
            signal.removeEventListener('abort', stop);
            settled(value);
          };
        };
        signal.addEventListener('abort', stop);
        keep({ resolve: end(resolve), reject: end(reject) });
      });
    return {
      log: noLog,
      model: recordedModel({
        next: (_prompt, signal) => wait<Reply>((one) => (this.#model = one), signal),
        costUsd: () => this.#replied(),
      }),
      tools: tools.map((tool) => this.#tool(tool, wait)),
      files,
      blobs: this.#blobs(),
      checkpoints: this.#checkpoints(),
      approver: {
        ask: ({ call }, news, signal) => wait<Decision>((one) => this.#asks.set(call, { ...one, news }), signal),
      },
      commands: this.#commands(),
      feedback: { tell: () => this.#answer(undefined) },
      selector: { select: () => this.#late(() => this.#selected()) },
      guides: {
        begin: () => Promise.reject(new JourneymanError('bug', 'It has begun.')),
        news: () => this.#late(() => this.#told()),
      },
      hooks: {
        wanted: (moment) => this.#late(() => this.#hooksWanted(moment)),
        run: () => this.#late(() => this.#hooksSaid()),
      },
      rules: { read: () => this.#late(() => this.#rules()), add: () => this.#late(() => this.#kept()) },
      sandbox: { ready: () => this.#late(() => this.#sandbox()) },
      route: (purpose, own) => this.#routed(purpose, own),
      fallbackModel: () => this.#nextRequest()?.model ?? null,
      waitsForServer: () => {
        const event = this.#events[this.at];
        return event?.type === 'model.failed' && event.waits === true;
      },
      clock: this.#clock(),
      newId: () => 'replayed',
      budget: { look: () => this.#late(() => this.#budgetNews()), rest: () => Promise.resolve() },
      stalls: () => this.#stallFound(),
      limits: {
        replyTokensMax,
        contextTokens: Infinity,
        get windowTokens() {
          return windowTokens();
        },
      },
    };
  }

  #told(): readonly Told[] {
    const told: Told[] = [];
    for (const event of this.#events.slice(this.at)) {
      if (event.type !== 'instructions.read') break;
      told.push({ path: event.path, text: event.text });
    }
    return told;
  }

  /** Where no room was made, there was enough. */
  #windowTokens(): number {
    const next = this.#events.slice(this.at).find((event) => !this.#isFromOutside(event));
    const isRoom = next?.type === 'context.compacted' || (next !== undefined && isForSummary(next));
    return isRoom ? (this.#roomMade()?.windowTokens ?? Infinity) : Infinity;
  }

  /** That comes next in the record. */
  #roomMade(): (Event & { readonly type: 'context.compacted' }) | undefined {
    return this.#events
      .slice(this.at)
      .find((event) => event.type === 'context.compacted' && event.why !== undefined) as
      (Event & { readonly type: 'context.compacted' }) | undefined;
  }

  #budgetNews(): BudgetNews {
    const next = this.#events[this.at];
    if (next?.type === 'turn.ended' && next.outcome.kind === 'partial' && next.outcome.why === 'budget_exhausted')
      throw new JourneymanError('budget_exhausted', next.outcome.message); // an old log says no more of it
    const set = next?.type === 'budget.set' ? next : null;
    const reached = this.#events[this.at + (set ? 1 : 0)];
    return {
      set: set && { limits: set.limits, unpriced: set.unpriced },
      reached: reached?.type === 'budget.reached' ? nearOrFull(reached) : null,
    };
  }

  /** What counts as a circle changes from version to version; what was told of one does not. */
  #stallFound(): ReturnType<typeof findStall> {
    const event = this.#events[this.at];
    if (event?.type !== 'stall.found') return null;
    const { kind, what, evidence, times, since, then } = event;
    return { stall: { kind, what, evidence, times, since }, isTold: then !== 'tells' };
  }

  /** Where nothing was picked, the request comes next. */
  #selected(): Selected | null {
    const event = this.#events[this.at];
    return event?.type === 'context.selected' ? (factOf(event) as Fact & { readonly type: 'context.selected' }) : null;
  }

  /** Those that ran; of calls they are asked for before their turn comes. */
  #hooksWanted(moment: HookMoment): readonly Hook[] {
    const ofCall = 'call' in moment ? moment.call : null;
    const next = ofCall === null ? this.#events.slice(this.at, this.at + 1) : this.#events.slice(this.at);
    for (const event of next) {
      if (isCut(event)) return [];
      if (event.type === 'hooks.started' && event.event === moment.event && event.call === ofCall)
        return event.commands.map(replayedHook);
    }
    return [];
  }

  #hooksSaid(): readonly HookSaid[] {
    const event = this.#events[this.at];
    if (event?.type === 'hooks.ended') return event.said;
    this.#life?.stop.abort(); // the person stopped it while they ran
    throw new JourneymanError('cancelled', 'Stopped.');
  }

  /** Where nothing was read anew, they are as they were. */
  #rules(): RuleSet {
    const event = this.#events[this.at];
    return event?.type === 'rules.read' ? event : this.#journal.state.fileRules;
  }

  #sandbox(): SandboxState | null {
    const event = this.#events[this.at];
    return event?.type === 'sandbox.found' ? event.sandbox : this.#journal.state.sandbox;
  }

  #kept(): void {
    const event = this.#events[this.at];
    if (event?.type === 'warning.raised' && event.code === 'rule_not_kept')
      throw new JourneymanError('conflict', event.message);
  }

  /** Nothing runs: ends are told where the record tells them. */
  #commands(): BackgroundCommands {
    return {
      list: () => [],
      onChange: () => () => undefined,
      isRunning: () => false,
      follow: () => () => undefined,
      stop: () => Promise.resolve(),
      endAll: () => Promise.resolve([]),
      forget: () => Promise.resolve(),
      news: () => this.#late(() => this.#endedNow()),
      keepWith: () => undefined,
    };
  }

  #endedNow(): readonly CommandNews[] {
    const ended: CommandNews[] = [];
    for (const event of this.#events.slice(this.at)) {
      if (event.type !== 'command.ended') break;
      const { call, id, line, how, exitCode, whole, held } = event;
      ended.push({ call, id, line, how, exitCode, ...(whole && { whole }), ...(held && { held }) });
    }
    return ended;
  }

  #nextRequest(): (Event & { readonly type: 'model.requested' }) | null {
    const event = this.#events.slice(this.at).find(({ type }) => type === 'model.requested');
    return event?.type === 'model.requested' ? event : null;
  }

  /** As it was; where nothing says so, it was the session's own model. */
  #routed(purpose: Purpose, own: OwnChoice): Route {
    if (purpose !== 'main' && purpose !== 'plan') {
      const side = this.#events.slice(this.at).find((event) => event.type === 'side.requested');
      const asked = side?.type === 'side.requested' && side.purpose === purpose ? side : null;
      return { purpose, model: asked?.model ?? own.model, effort: asked?.effort ?? null, why: '' };
    }
    const { model = own.model, route } = this.#nextRequest() ?? {};
    return { purpose, model, effort: route?.effort ?? null, why: route?.why ?? '' };
  }

  /** A wait is over when the record goes on: with the next try, with a pause, or with the end of a turn that was stopped in it. */
  #clock(): Agent['clock'] {
    const now = (): number => this.#events[this.at - 1]?.atMs ?? 0;
    const sleep = (): Promise<void> =>
      this.#late(() => {
        const event = this.#events[this.at];
        if (event?.type !== 'turn.ended' || event.outcome.kind !== 'cancelled') return;
        this.#life?.stop.abort();
        throw new JourneymanError('cancelled', 'Stopped.');
      });
    return { now, sleep };
  }

  #replied(): number | null {
    const event = this.#events[this.at];
    return event?.type === 'model.responded' || event?.type === 'side.ended' ? event.costUsd : null;
  }

  #tool(tool: Tool, wait: <T>(keep: (wait: Wait) => void, signal: AbortSignal) => Promise<T>): Tool {
    const {
      propose,
      settle: settled,
      ...rest
    } = tool as Omit<Tool, 'propose' | 'settle'> & { propose?: unknown; settle?: unknown };
    const replayed: Tool = {
      ...rest,
      timeoutMs: 2 ** 31 - 1,
      run: (_input, io) => wait<ToolResult>((one) => this.#runs.set(io.call, one), io.signal),
    };
    if (propose)
      replayed.propose = async (_input, call) => {
        const changes = await this.#answer(this.#proposalOf(call));
        if (changes) return changes;
        const failed = this.#find('tool.finished', call)?.result;
        const code: ErrorCode = failed?.status === 'error' ? failed.code : 'interrupted';
        throw new JourneymanError(code, failed?.text ?? 'Not proposed.');
      };
    if (settled) replayed.settle = (_input, { call }) => this.#answer(this.#settledOf(call));
    return replayed;
  }

  #proposalOf(call: CallId): ChangeSet | null {
    const asked = this.#find('approval.requested', call);
    if (asked?.question.kind === 'edits') return asked.question.changes;
    const started = this.#find('tool.started', call);
    if (started?.changes) return started.changes;
    const known = this.#journal.state.turn?.calls.get(call)?.changes;
    if (known) return known;
    // Killed before it started: what was proposed stands nowhere, and nothing that was said depends on it.
    return this.#find('tool.finished', call) === null ? [] : null;
  }

  /** A call of an earlier life: done where its end follows in the record, else run again. */
  #settledOf(call: CallId): ToolResult | 'not_done' {
    const started = this.#find('tool.started', call);
    const finished = this.#find('tool.finished', call);
    const isDone = finished !== null && (started === null || started.seq > finished.seq);
    return (isDone ? this.#resultOf(call) : null) ?? 'not_done';
  }

  #checkpoints(): Checkpoints {
    const created = (): Event | undefined => this.#events[this.at];
    return {
      keep: (_session, paths) => {
        const event = created();
        const files = event?.type === 'checkpoint.created' ? event.files : [];
        return this.#answer(files.length > 0 ? files : paths.map((path) => ({ path, state: { kind: 'absent' } })));
      },
      steps: (_session, before) => {
        const next = this.#events
          .slice(this.at)
          .find(({ type }) => type === 'files.changed' || type === 'tool.finished');
        const files = next?.type === 'files.changed' ? next.files : [];
        return this.#answer(
          files.length > 0 ? files : before.map(({ path, state }) => ({ path, before: state, after: state })),
        );
      },
      warm: () => Promise.resolve(),
      watch: (_session, call) =>
        this.#answer({ end: () => this.#answer(this.#find('files.changed', call)?.files ?? []) }),
      recover: (_session, call) => this.#answer(this.#find('files.changed', call)?.files ?? null),
      preview: () => Promise.resolve([]),
      restore: () => Promise.resolve([]),
      content: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    };
  }

  #blobs(): Blobs {
    const missing = (): never => {
      throw new JourneymanError('not_found', 'A replay has no kept bytes.');
    };
    return {
      put: missing,
      get: missing,
      spool: (_session, call) => ({
        write: () => undefined,
        end: () => {
          const result = this.#find('tool.finished', call)?.result;
          const detail = result?.status === 'ok' && result.detail?.kind === 'command' ? result.detail : null;
          return this.#answer(detail?.whole ?? null);
        },
      }),
      spooled: (_session, call) => this.#answer(spooledIn(this.#find('tool.finished', call)?.result)),
    };
  }
}

/** What a command had printed before its process was ended stands before the note on its end. */
function spooledIn(result: ToolResult | undefined): string | null {
  if (result?.status !== 'interrupted') return null;
  const at = result.text.lastIndexOf('\n[its end was not seen');
  return at < 0 ? null : result.text.slice(0, at);
}

/** Said by the person or by the runtime around the loop, not by the loop itself. */
const fromOutside: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'session.started',
  'session.forked',
  'session.imported',
  'session.paused',
  'session.resumed',
  'session.closed',
  'message.queued',
  'message.changed',
  'message.cancelled',
  'conversation.rewound',
  'room.asked',
  'context.adjusted',
  'rule.removed',
  'budget.added',
  'checkpoint.restored',
  'change.reviewed',
  'problems.found',
  'turn.started',
]);

/** What the ends of calls come to. */
const ofCalls: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'tool.finished',
  'change.applied',
  'plan.updated',
  'files.changed',
]);

/** Hooks that hear of what the person does. */
const aroundTheLoop: ReadonlySet<HookEvent> = new Set<HookEvent>(['SessionStart', 'UserPromptSubmit', 'PreCompact']);

function nearOrFull({ scope, unit, used, limit, unpricedTokens, then }: Event & { readonly type: 'budget.reached' }) {
  const unpriced = unpricedTokens !== undefined && { unpricedTokens };
  return { scope, unit, used, limit, ...unpriced, isNear: then === 'goes_on' };
}

function replayedHook(command: string): Hook {
  return { command, file: '', hash: '', timeoutMs: 0, consent: 'given' };
}

function isForSummary(event: Event): boolean {
  return (event.type === 'side.requested' || event.type === 'side.ended') && event.purpose === 'summarise';
}

function isCut(event: Event): boolean {
  return event.type === 'turn.started' || (event.type === 'session.resumed' && event.after === 'cut');
}

/** Without what is fresh each time: how long it took, and random ids. */
function plain(fact: Fact): unknown {
  const fresh = fact.type === 'tool.started' ? ['attempt'] : ['ms', 'firstByteMs', 'checkpoint'];
  const said = JSON.parse(JSON.stringify(fact)) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(said).filter(([name]) => !fresh.includes(name)));
}

function give(wait: Wait, value: unknown): void {
  wait.resolve(value as never);
}

/** Until everything that can go on has gone on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const unused = (): never => {
  throw new JourneymanError('bug', 'A replay reads no other log.');
};
const noLog: EventLog = {
  open: unused,
  create: unused,
  read: unused,
  salvage: unused,
  list: unused,
  search: unused,
  delete: unused,
  copy: unused,
  export: unused,
  import: unused,
};
