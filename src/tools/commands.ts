/** The commands of this process, by session: those that a call waits for, and those that go on in the background. */
import type { BackgroundCommand, BackgroundCommands, CommandNews, KnownCommand } from '../core/command.ts';
import type { BlobRef } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { CallId, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Clock, Redactor, Shell, ShellCommand } from '../core/ports.ts';
import { lastLine } from '../core/text.ts';
import { redactStream } from '../sandbox/redactStream.ts';
import { LiveCommand, type CommandTimes } from './liveCommand.ts';

export interface CommandsParts {
  readonly shell: Shell;
  readonly clock: Pick<Clock, 'now'>;
  readonly redactor?: Redactor;
  readonly times?: CommandTimes;
}

export interface CommandStart extends Pick<ShellCommand, 'line' | 'timeoutMs' | 'outside' | 'hosts' | 'input'> {
  readonly session: SessionId;
  readonly call: CallId;
  /** Absolute. */
  readonly cwd: string;
}

interface Background {
  readonly id: string;
  readonly start: CommandStart;
  readonly live: LiveCommand;
  /** Its end is in the log. */
  isTold: boolean;
  /** Puts away what it has printed. */
  keep: (() => Promise<BlobRef | null>) | null;
  whole: Promise<BlobRef | null>;
}

export class Commands implements BackgroundCommands {
  readonly #parts: CommandsParts;
  /** Those that a call waits for. */
  readonly #waited = new Map<LiveCommand, CommandStart>();
  readonly #background = new Map<SessionId, Background[]>();
  readonly #numbers = new Map<SessionId, number>();
  readonly #changed = new Set<() => void>();

  constructor(parts: CommandsParts) {
    this.#parts = parts;
  }

  /** A command that is to go on at once is waited for so long. */
  get startMs(): number {
    return (this.#parts.times ?? limits).backgroundStartMs;
  }

  /** What it prints after a word of ours is waited for so long. */
  get answerMs(): number {
    return 2 * (this.#parts.times ?? limits).promptQuietMs;
  }

  /** `onOutput` hears it without secrets for as long as it runs. */
  start(start: CommandStart, onOutput: (text: string) => void): LiveCommand {
    const { shell, clock, redactor, times } = this.#parts;
    const redact = (onText: (text: string) => void) =>
      redactor ? redactor.stream(onText) : redactStream((text) => text, onText);
    const live = new LiveCommand(clock, redact, times);
    this.#waited.set(live, start);
    live.onText(onOutput);
    const { session, line, cwd, timeoutMs, outside, hosts = [], input } = start;
    const command = {
      session,
      line,
      cwd,
      timeoutMs,
      ...(outside === true && { outside }),
      ...(hosts.length > 0 && { hosts }),
      ...(input === true && { input }),
    };
    live.begin((onStart, onText, signal) => shell.run({ ...command, onStart }, onText, signal));
    void live.ended.then(() => this.#waited.delete(live));
    return live;
  }

  /** Throws where too many run already. */
  checkRoom(session: SessionId): void {
    const running = this.#of(session).filter(({ live }) => !live.isOver);
    if (running.length < limits.backgroundMax) return;
    throw new JourneymanError(
      'denied',
      `${String(running.length)} commands run in the background already: ${running.map(({ id }) => id).join(', ')}. End one with stop_command first.`,
    );
  }

  /** Nobody waits for it any more: it goes on, and is known by an id from here on. */
  putBehind(live: LiveCommand): string {
    const start = this.#waited.get(live);
    if (!start) throw new JourneymanError('bug', 'A command that has ended cannot go on in the background.');
    this.#waited.delete(live);
    const { session } = start;
    const number = (this.#numbers.get(session) ?? 0) + 1;
    this.#numbers.set(session, number);
    const one: Background = {
      id: `bg${String(number)}`,
      start,
      live,
      isTold: false,
      keep: null,
      whole: Promise.resolve(null),
    };
    this.#background.set(session, [...this.#of(session), one].slice(-limits.backgroundShown));
    const stop = live.onChange(() => {
      if (live.isOver) {
        stop();
        one.whole = one.keep?.() ?? one.whole;
      }
      this.#tell();
    });
    this.#tell();
    return one.id;
  }

  /** Throws `not_found` with what there is. */
  find(session: SessionId, id: string): LiveCommand {
    const found = this.#of(session).find((one) => one.id === id);
    if (found) return found.live;
    const ids = this.#of(session).map((one) => one.id);
    const known =
      ids.length === 0
        ? 'No command has gone on in the background since this process began'
        : `There is ${ids.join(', ')}`;
    throw new JourneymanError('not_found', `There is no command ${id} here. ${known}.`);
  }

  /** The end of one was told: the log has it with the result of a call. */
  told(session: SessionId, id: string): void {
    const found = this.#of(session).find((one) => one.id === id);
    if (found) found.isTold = true;
  }

  keepWith(session: SessionId, call: CallId, keep: () => Promise<BlobRef | null>): void {
    const found = this.#of(session).find(({ start }) => start.call === call);
    if (!found) return;
    if (found.live.isOver) found.whole = keep();
    else found.keep = keep;
  }

  /** Where all that it has printed is kept; null while it runs. */
  whole(session: SessionId, id: string): Promise<BlobRef | null> {
    return this.#of(session).find((one) => one.id === id)?.whole ?? Promise.resolve(null);
  }

  async news(session: SessionId, known: ReadonlyMap<string, KnownCommand>): Promise<readonly CommandNews[]> {
    const here = new Set(this.#of(session).map(({ id }) => id));
    const news: CommandNews[] = [];
    let last = this.#numbers.get(session) ?? 0;
    for (const [id, { call, line, isRunning }] of known) {
      last = Math.max(last, Number(id.slice(2)));
      if (isRunning && !here.has(id)) news.push({ call, id, line, how: 'gone', exitCode: null });
    }
    this.#numbers.set(session, last);
    for (const one of this.#of(session)) {
      if (!one.live.isOver || one.isTold) continue;
      one.isTold = true;
      const { id, live, start } = one;
      const whole = await one.whole;
      const { exitCode = null, held } = live.end ?? {};
      const how = live.isStopped ? 'stopped' : 'itself';
      const of = { call: start.call, id, line: start.line, how, exitCode } as const;
      news.push({ ...of, ...(whole && { whole }), ...(held && { held }) });
    }
    return news;
  }

  list(): readonly BackgroundCommand[] {
    return [...this.#background.values()].flat().map(({ id, start, live }) => ({
      session: start.session,
      call: start.call,
      id,
      line: start.line,
      state: live.isOver ? 'ended' : live.asks ? 'asks' : 'runs',
      startedAtMs: live.startedAtMs,
      endedAtMs: live.endedAtMs,
      exitCode: live.end?.exitCode ?? null,
      lastLine: this.#lastLine(live),
    }));
  }

  isRunning(session: SessionId): boolean {
    return this.#of(session).some(({ live }) => !live.isOver);
  }

  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  follow(
    session: SessionId,
    id: string,
    onText: (text: string) => void,
    onEnd: (exitCode: number | null) => void,
  ): () => void {
    const live = this.find(session, id);
    const { kept, gone } = live.text;
    if (gone > 0) onText(`[… ${String(gone)} characters before this …]\n`);
    if (kept !== '') onText(kept);
    const stops = [live.onText(onText)];
    const stop = (): void => {
      for (const one of stops) one();
    };
    const look = (): void => {
      if (!live.isOver) return;
      stop();
      onEnd(live.end?.exitCode ?? null);
    };
    stops.push(live.onChange(look));
    look();
    return stop;
  }

  async stop(session: SessionId, id: string): Promise<void> {
    const live = this.find(session, id);
    live.stop();
    await live.wait({ ms: 2 * limits.killGraceMs, words: [], untilAsked: false }, new AbortController().signal);
    if (!live.isOver) live.abort();
    await live.ended;
  }

  async endAll(session: SessionId): Promise<readonly string[]> {
    const waited = [...this.#waited].filter(([, start]) => start.session === session).map(([live]) => live);
    const running = this.#of(session).filter(({ live }) => !live.isOver);
    const all = [...waited, ...running.map(({ live }) => live)];
    for (const live of all) live.abort();
    await Promise.all(all.map((live) => live.ended));
    return running.map(({ start }) => start.line);
  }

  async forget(session: SessionId): Promise<void> {
    await this.endAll(session);
    await Promise.all(this.#of(session).map(({ whole }) => whole));
    if (this.#background.delete(session)) this.#tell();
  }

  #of(session: SessionId): readonly Background[] {
    return this.#background.get(session) ?? [];
  }

  #lastLine(live: LiveCommand): string {
    const { kept, tail } = live.text;
    const line = tail.trim() === '' ? lastLine(kept) : tail;
    const clean = this.#parts.redactor?.text(line) ?? line;
    return clean.trim().slice(0, limits.searchLineChars);
  }

  #tell(): void {
    for (const listener of this.#changed) listener();
  }
}
