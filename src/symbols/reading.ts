/** What is still to be read, in which order, and the reading of it in threads: what changed just now, then what is open, then the rest. */
import type { CodeQuery } from '../core/symbols.ts';
import { readContent, type Content } from './content.ts';
import type { ExtractorPool } from './extractorPool.ts';
import type { FactsCache } from './factsCache.ts';
import { indexLimits } from './indexLimits.ts';
import type { Draft, FoundFile, KnownFiles } from './knownFiles.ts';
import { likelyLast } from './rank/likelyFirst.ts';
import { turn } from './turn.ts';
import { wordsOnly } from './wordsOnly.ts';

export interface ReadingParts {
  readonly known: KnownFiles;
  readonly pool: ExtractorPool;
  readonly cache: FactsCache;
  /** Aborted when the index is closed. */
  readonly ending: AbortSignal;
  /** Some were read. */
  readonly onRead: () => void;
  /** Nothing more can be handed to a thread, or nothing is left. */
  readonly onRest: () => void;
}

interface Batch {
  readonly path: string;
  readonly content: Content;
  readonly whole: boolean;
}

export class Reading {
  readonly #parts: ReadingParts;
  /** In this order; of `#rest` the last one first. */
  readonly #urgent = new Map<string, FoundFile>();
  #rest: FoundFile[] = [];
  /** Since the index began to be made. */
  #asked: CodeQuery | null = null;
  /** In threads just now. */
  readonly #inThreads = new Set<readonly Batch[]>();
  readonly #following = new Set<string>();
  #waiting: (() => void)[] = [];
  #isPumping = false;
  #count = 0;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** Files that were read since the start. */
  get count(): number {
    return this.#count;
  }

  /** Files that are to be read or being read. */
  get behind(): number {
    let inThreads = this.#following.size;
    for (const batch of this.#inThreads) inThreads += batch.length;
    return this.#urgent.size + this.#rest.length + inThreads;
  }

  /** Before all others. */
  soon(file: FoundFile): void {
    this.#urgent.set(file.path, file);
  }

  get hasUrgent(): boolean {
    return this.#urgent.size > 0;
  }

  /** In place of what was left; those that were written last first. */
  rest(files: readonly FoundFile[]): void {
    this.#rest = [...files].sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? 1 : -1));
    if (this.#asked !== null) this.prefer(this.#asked);
  }

  /** What is asked before everything was read: the files whose paths speak of it come first. */
  prefer(query: CodeQuery): void {
    this.#asked = query;
    this.#rest = [...likelyLast(this.#rest, query)];
  }

  /** What was to be read is not. */
  clear(): void {
    this.#urgent.clear();
    this.#rest = [];
  }

  /** Everything was read: what comes now has another order. */
  done(): void {
    this.#asked = null;
    this.moved();
  }

  /** Hands out as long as a thread has nothing to go on with; others have their turn after each batch. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const { pool, ending, onRead, onRest } = this.#parts;
    void (async () => {
      while (!ending.aborted && pool.hasRoom && this.#urgent.size + this.#rest.length > 0) {
        const batch = this.#nextBatch();
        if (batch.length > 0) void this.#extract(batch);
        onRead();
        await turn();
      }
      this.#isPumping = false;
      this.moved();
      onRest();
    })();
  }

  #nextBatch(): readonly Batch[] {
    const { known, cache } = this.#parts;
    const batch: Batch[] = [];
    let chars = 0;
    const sinceMs = performance.now();
    const isFull = (): boolean =>
      batch.length >= indexLimits.batchFiles ||
      chars >= indexLimits.batchChars ||
      performance.now() - sinceMs >= indexLimits.sliceMs;
    while (!isFull()) {
      const file = this.#nextFile();
      if (file === null) break;
      const { path } = file;
      if (known.drafts.has(path)) continue;
      const content = readContent(file.absolute);
      if (content === null) {
        known.forgetBinary(file);
        continue;
      }
      const whole = known.isWanted(path);
      const stored = known.store.file(path);
      if (stored?.version === content.version && stored.stat !== null && (stored.isWhole || !whole)) {
        known.store.touch(path, content.stat);
        continue;
      }
      const facts = cache.get(path, content.version, whole);
      if (facts !== null) {
        known.put(path, content, facts, whole);
        continue;
      }
      batch.push({ path, content, whole });
      chars += content.text.length;
    }
    return batch;
  }

  #nextFile(): FoundFile | null {
    for (const [path, file] of this.#urgent) {
      this.#urgent.delete(path);
      return file;
    }
    return this.#rest.pop() ?? null;
  }

  async #extract(batch: readonly Batch[]): Promise<void> {
    const { known, pool, ending, onRead } = this.#parts;
    this.#inThreads.add(batch);
    try {
      const found = await pool.extract(batch.map(({ path, content, whole }) => ({ path, text: content.text, whole })));
      batch.forEach(({ path, content, whole }, i) => {
        // What was read for an index that was thrown away, or has another text by now, counts for nothing.
        if (ending.aborted || known.drafts.has(path) || !known.has(path)) return;
        const facts = found[i] ?? null;
        this.#note(path, facts !== null);
        this.#count++;
        known.put(path, content, facts ?? wordsOnly(path, content.text), whole);
      });
    } catch {
      // closed
    } finally {
      this.#inThreads.delete(batch);
    }
    onRead();
    this.pump();
  }

  /** An editor's text counts as soon as it is read; of several the last one. */
  async follow(name: string): Promise<void> {
    const { known, pool, ending, onRead } = this.#parts;
    if (this.#following.has(name)) return;
    this.#following.add(name);
    try {
      for (let draft = counting(known, name); draft !== null;) {
        const facts = await pool.follow(name, draft.text);
        const now = counting(known, name);
        if (ending.aborted || now === null) break;
        if (now.version === draft.version) {
          known.putDraft(name, draft, facts);
          this.#note(name, facts !== null);
          break;
        }
        draft = now;
      }
    } catch {
      // closed
    } finally {
      this.#following.delete(name);
    }
    onRead();
    this.pump();
  }

  #note(path: string, isParsed: boolean): void {
    const { known, pool } = this.#parts;
    if (isParsed || pool.broken !== null) known.slow.delete(path);
    else known.slow.add(path);
  }

  /** Reads what has changed just now, as far as that takes no longer than a person would wait. */
  async catchUp(): Promise<void> {
    const names = [
      ...this.#urgent.keys(),
      ...this.#following,
      ...(this.#rest.length > 0 ? [] : this.#pathsInThreads()),
    ];
    const isBehind = (): boolean => {
      const inThreads = new Set(this.#pathsInThreads());
      return names.some((name) => this.#urgent.has(name) || this.#following.has(name) || inThreads.has(name));
    };
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.moved();
    }, indexLimits.catchUpMs);
    while (isBehind() && !late.signal.aborted && !this.#parts.ending.aborted)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    clearTimeout(timer);
  }

  #pathsInThreads(): readonly string[] {
    return [...this.#inThreads].flatMap((batch) => batch.map(({ path }) => path));
  }

  /** Whoever waits looks again. */
  moved(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function counting({ drafts }: KnownFiles, name: string): Draft | null {
  const draft = drafts.get(name);
  return draft?.counts === true ? draft : null;
}
