/** One command while it runs and after: what it has printed, what of that was read, and waiting for what comes. */
import { JourneymanError, toError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Clock, CommandControls, CommandEnd, RedactedStream } from '../core/ports.ts';

export interface CommandTimes {
  readonly promptQuietMs: number;
  readonly backgroundStartMs: number;
}

/** Why a wait is over. */
export type Waited = 'ended' | 'seen' | 'asks' | 'time' | 'stopped';

export interface Wait {
  readonly ms: number;
  /** Parts of the output, lower case; any of them ends the wait. */
  readonly words: readonly string[];
  /** Whether a question that stands unanswered ends it. */
  readonly untilAsked: boolean;
}

/** What was printed from one place on. Places count characters from the begin of the output. */
export interface Read {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export class LiveCommand {
  readonly startedAtMs: number;
  endedAtMs: number | null = null;
  end: CommandEnd | null = null;
  fault: JourneymanError | null = null;
  /** Somebody asked for its end. */
  isStopped = false;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #times: CommandTimes;
  readonly #stop = new AbortController();
  readonly #clean: RedactedStream;
  readonly #changed = new Set<() => void>();
  readonly #heard = new Set<(text: string) => void>();
  #controls: CommandControls | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** Without secrets, as far as it is kept; `#gone` characters before it are not. */
  #text = '';
  #gone = 0;
  #readTo = 0;
  /** As printed: the last line while it has no end, and the last that came with some of what was before it. */
  #tail = '';
  #window = '';
  #quiet: NodeJS.Timeout | null = null;
  #isQuiet = false;
  #budget = { second: 0, chars: 0, skipped: 0 };
  #chars = 0;

  constructor(
    clock: Pick<Clock, 'now'>,
    redact: (onText: (text: string) => void) => RedactedStream,
    times: CommandTimes = limits,
  ) {
    this.#clock = clock;
    this.#times = times;
    this.startedAtMs = clock.now();
    this.#clean = redact((text) => {
      this.#append(text);
    });
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  get isOver(): boolean {
    return this.endedAtMs !== null;
  }

  /** It printed what looks like a question, and nothing since. */
  get asks(): boolean {
    return !this.isOver && this.#isQuiet && isQuestion(this.#tail);
  }

  /** All that is kept, and the line that has no end yet, as it was printed. */
  get text(): { readonly kept: string; readonly tail: string; readonly gone: number } {
    return { kept: this.#text, tail: this.#tail, gone: this.#gone };
  }

  /** `run` is the shell's, with what it is to tell of the command. */
  begin(
    run: (
      onStart: (controls: CommandControls) => void,
      onOutput: (text: string) => void,
      signal: AbortSignal,
    ) => Promise<CommandEnd>,
  ): void {
    const onStart = (controls: CommandControls): void => {
      this.#controls = controls;
      if (this.isStopped) controls.stop();
    };
    const take = (text: string): void => {
      this.#take(text);
    };
    this.#ended = run(onStart, take, this.#stop.signal)
      .then(
        (end) => {
          this.end = end;
        },
        (thrown: unknown) => {
          this.fault = toError(thrown);
        },
      )
      .then(() => {
        this.#setQuiet(false);
        this.#unskip();
        this.#clean.end();
        if (this.#text !== '' && !this.#text.endsWith('\n')) this.#append('\n');
        this.#tail = '';
        this.endedAtMs = this.#clock.now();
        this.#tell();
      });
  }

  /** Within 100 ms, whatever it does. */
  abort(): void {
    this.isStopped = true;
    this.#stop.abort();
  }

  /** As it is asked to end, so that it can put things in order; then it is ended. */
  stop(): void {
    this.isStopped = true;
    this.#controls?.stop();
  }

  type(text: string): void {
    this.#setQuiet(false);
    this.#controls?.type(text);
  }

  endInput(): void {
    this.#controls?.endInput();
  }

  onChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }

  /** Hears what comes, without secrets. */
  onText(listener: (text: string) => void): () => void {
    this.#heard.add(listener);
    return () => this.#heard.delete(listener);
  }

  /** Resolves at the first of what ends the wait. Words count that stand in what was not read yet, too. */
  wait({ ms, words, untilAsked }: Wait, signal: AbortSignal): Promise<Waited> {
    return new Promise((resolve) => {
      const finish = (why: Waited): void => {
        clearTimeout(timer);
        stopListening();
        signal.removeEventListener('abort', abort);
        resolve(why);
      };
      const abort = (): void => {
        finish('stopped');
      };
      const look = (where: string): void => {
        const lower = words.length === 0 ? '' : where.toLowerCase();
        if (words.some((word) => lower.includes(word))) finish('seen');
        else if (this.isOver) finish('ended');
        else if (untilAsked && this.asks) finish('asks');
      };
      const timer = setTimeout(() => {
        finish('time');
      }, ms);
      const stopListening = this.onChange(() => {
        look(this.#window);
      });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) finish('stopped');
      else look(this.#text.slice(Math.max(0, this.#readTo - this.#gone)) + this.#tail);
    });
  }

  /** From a place on, or what was not read yet; a line that has no end yet is told where nothing follows it, and again when it has one. */
  read(offset: number | null): Read {
    const from = Math.max(offset ?? this.#readTo, this.#gone);
    const to = this.#gone + this.#text.length;
    this.#readTo = to;
    const text = this.#text.slice(from - this.#gone);
    return { text: this.#isQuiet ? text + this.#tail : text, from: Math.min(from, to), to };
  }

  #take(text: string): void {
    this.#window = (this.#window + text).slice(-(windowChars + text.length));
    this.#tail = (this.#tail + text).slice((this.#tail + text).lastIndexOf('\n') + 1).slice(-limits.lineChars);
    this.#setQuiet(false);
    this.#quiet = setTimeout(() => {
      this.#setQuiet(true);
      this.#tell();
    }, this.#times.promptQuietMs);
    this.#quiet.unref();
    this.#chars += text.length;
    if (this.#fits(text)) {
      this.#unskip();
      this.#clean.write(text);
    } else this.#budget.skipped += text.length;
    this.#tell();
  }

  /** A flood is passed on in full up to what is kept of it, and then only so much a second. */
  #fits(text: string): boolean {
    if (this.#chars <= limits.outputKeptBytes) return true;
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#budget.second) this.#budget = { ...this.#budget, second, chars: 0 };
    this.#budget.chars += text.length;
    return this.#budget.chars <= limits.liveCharsPerSecond;
  }

  #unskip(): void {
    const { skipped } = this.#budget;
    if (skipped === 0) return;
    this.#budget.skipped = 0;
    this.#clean.write(`\n[… ${String(skipped)} characters not shown …]\n`);
  }

  #append(text: string): void {
    this.#text += text;
    if (this.#text.length > 2 * limits.backgroundChars) {
      const cut = this.#text.indexOf('\n', this.#text.length - limits.backgroundChars) + 1;
      const from = cut === 0 ? this.#text.length - limits.backgroundChars : cut;
      this.#gone += from;
      this.#text = this.#text.slice(from);
    }
    for (const listener of this.#heard) listener(text);
  }

  #setQuiet(isQuiet: boolean): void {
    if (this.#quiet) clearTimeout(this.#quiet);
    this.#quiet = null;
    this.#isQuiet = isQuiet;
  }

  #tell(): void {
    for (const listener of [...this.#changed]) listener();
  }
}

/** What a word may begin in that ends in the text that has just come. */
const windowChars = 1000;

/** The end of a line that waits for an answer: `Password:`, `[y/N]`, `(yes/no)?`, `name: (app)`, `> `. */
export function isQuestion(tail: string): boolean {
  const line = tail.trimEnd();
  if (line === '' || line.length > questionCharsMax) return false;
  return /[?:]$|[[(](?:y|yes)\s*[/|,]\s*(?:n|no)(?:[/|,][^\])]*)?[\])]\s*[:?]?$|(?:password|passphrase|passcode|username|login|otp|pin)\b.{0,80}$|[:?]\s*[[(][^\])]*[\])]$|press (?:any key|enter|return)|\(end\)$|^:$|--more--|(?:^|[\w)\]])(?:>|>>>|#|\$|%)$|^\.\.\.$/i.test(
    line,
  );
}
const questionCharsMax = 300;
