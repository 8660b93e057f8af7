/** The index as the host sees it: questions go to its thread, and when that is gone the answers are empty, never late. */
import { Worker } from 'node:worker_threads';
import type { CodeIndex } from '../core/ports.ts';
import type { IndexStatus } from '../core/symbols.ts';
import type { IndexFigures } from './engine.ts';
import { indexLimits } from './indexLimits.ts';
import type { Answers, FromIndex, IndexSettings, Question, ToIndex } from './messages.ts';

export interface StartOptions extends IndexSettings {
  /** The file of the index's thread: the built `indexer.js`. */
  readonly entry: string;
}

export interface IndexClient extends CodeIndex {
  figures(signal: AbortSignal): Promise<IndexFigures>;
}

/** Answers at once with what was kept of the folders; the rest is read meanwhile. */
export function startIndex(options: StartOptions): IndexClient {
  return new ThreadedIndex(options);
}

interface Waiting {
  readonly done: (answer: unknown) => void;
}

class ThreadedIndex implements IndexClient {
  readonly #options: StartOptions;
  readonly #listeners = new Set<(status: IndexStatus) => void>();
  readonly #unsaved = new Map<string, string>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #status: IndexStatus = { state: 'starting', indexed: 0, files: 0, definitions: 0, message: null };
  #count = 0;
  #restarts = 0;
  #closing: Promise<void> | null = null;

  constructor(options: StartOptions) {
    this.#options = options;
    this.#start();
  }

  status(): IndexStatus {
    return this.#status;
  }

  onStatus(listener: (status: IndexStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  ready(signal: AbortSignal): Promise<IndexStatus> {
    return this.#ask('ready', [], signal, null);
  }

  find(query: Parameters<CodeIndex['find']>[0], signal: AbortSignal): Promise<Answers['find']> {
    return this.#ask('find', [query], signal);
  }

  outline(path: string, max: number, signal: AbortSignal): Promise<Answers['outline']> {
    return this.#ask('outline', [path, max], signal);
  }

  references(query: Parameters<CodeIndex['references']>[0], signal: AbortSignal): Promise<Answers['references']> {
    return this.#ask('references', [query], signal);
  }

  rank(query: Parameters<CodeIndex['rank']>[0], signal: AbortSignal): Promise<Answers['rank']> {
    return this.#ask('rank', [query], signal);
  }

  async lines(ranges: Parameters<CodeIndex['lines']>[0], signal: AbortSignal): Promise<Answers['lines']> {
    const lines = await this.#ask('lines', [ranges], signal);
    return lines.length === ranges.length ? lines : ranges.map(() => null);
  }

  figures(signal: AbortSignal): Promise<IndexFigures> {
    return this.#ask('figures', [], signal);
  }

  unsaved(path: string, text: string | null): void {
    if (text === null) this.#unsaved.delete(path);
    else this.#unsaved.set(path, text);
    this.#post({ unsaved: path, text });
  }

  changed(paths: readonly string[]): void {
    if (paths.length > 0) this.#post({ changed: paths });
  }

  cancel(): void {
    this.#post({ do: 'cancel' });
  }

  /** Also begins again where the thread was given up. */
  rebuild(): void {
    if (this.#worker === null && this.#closing === null) {
      this.#restarts = 0;
      this.#start();
    }
    this.#post({ do: 'rebuild' });
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const worker = this.#worker;
    if (worker !== null) {
      // What was read is written down first, as long as that takes no longer than any answer.
      await this.#ask('close', [], new AbortController().signal);
      await worker.terminate();
    }
    this.#worker = null;
    this.#giveUp();
    this.#listeners.clear();
  }

  #start(): void {
    const { entry, ...settings } = this.#options;
    const worker = new Worker(entry, { workerData: settings satisfies IndexSettings, stdin: false, execArgv: [] });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (message: FromIndex) => {
      if (this.#worker !== worker) return;
      if ('status' in message) this.#say(message.status);
      else this.#take(message.id, 'error' in message ? undefined : message.answer);
    });
    let why = '';
    worker.on('error', (thrown) => {
      why = thrown instanceof Error ? thrown.message : String(thrown);
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#died(why);
    });
    for (const [path, text] of this.#unsaved) this.#post({ unsaved: path, text });
  }

  #died(why: string): void {
    this.#worker = null;
    this.#giveUp();
    if (this.#closing !== null) return;
    if (this.#restarts < indexLimits.restarts) {
      this.#restarts++;
      this.#say({ ...this.#status, state: 'starting' });
      this.#start();
      return;
    }
    const message = `The symbol index stopped ${String(this.#restarts + 1)} times${why === '' ? '' : `, last: ${why}`}. Rebuild it to try again.`; // prettier-ignore
    this.#say({ ...this.#status, state: 'failed', message });
  }

  /** `ms` null: the answer is worth waiting for as long as the thread lives. */
  #ask<Q extends Question>(
    ask: Q,
    args: readonly unknown[],
    signal: AbortSignal,
    ms: number | null = indexLimits.answerMs,
  ): Promise<Answers[Q]> {
    // prettier-ignore
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const worker = this.#worker;
      if (worker === null) {
        resolve(this.#nothing(ask));
        return;
      }
      const id = ++this.#count;
      const stop = (): void => {
        end();
        this.#post({ abort: id });
        reject(signal.reason as Error);
      };
      // Without an answer its thread hangs: it is ended, which answers all that wait.
      const timer = ms === null ? null : setTimeout(() => void worker.terminate(), ms);
      worker.ref(); // as long as somebody waits
      const end = (): void => {
        if (timer !== null) clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        this.#waiting.delete(id);
        if (this.#waiting.size === 0) worker.unref();
      };
      signal.addEventListener('abort', stop, { once: true });
      const done = (answer: unknown): void => {
        end();
        resolve(answer === undefined ? this.#nothing(ask) : (answer as Answers[Q]));
      };
      this.#waiting.set(id, { done });
      this.#post({ ask, id, args });
    });
  }

  #take(id: number, answer: unknown): void {
    this.#waiting.get(id)?.done(answer);
  }

  #giveUp(): void {
    for (const { done } of [...this.#waiting.values()]) done(undefined);
  }

  #nothing<Q extends Question>(ask: Q): Answers[Q] {
    const empty: Answers = {
      find: [],
      outline: { definitions: [], cut: false },
      references: { references: [], cut: false },
      rank: { files: [], symbols: [], complete: false },
      lines: [],
      ready: this.#status,
      figures: { files: 0, definitions: 0, lines: 0, storedBytes: 0, storedAt: null, languages: [], read: 0 },
      close: null,
    };
    return empty[ask];
  }

  #post(message: ToIndex): void {
    this.#worker?.postMessage(message);
  }

  #say(status: IndexStatus): void {
    this.#status = status;
    if (status.state === 'ready') this.#restarts = 0;
    for (const listener of this.#listeners) listener(status);
  }
}
