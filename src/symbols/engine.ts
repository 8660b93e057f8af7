/** The index at work: what is on disk and in editors is listed, compared, read and kept, and every question is answered from what there is. */
import type { CodeIndex } from '../core/ports.ts';
import type { CodeQuery, CodeRanking, IndexStatus } from '../core/symbols.ts';
import { createExtractorPool, type ExtractorPool, type ExtractorPort } from './extractorPool.ts';
import { createFactsCache, type FactsCache } from './factsCache.ts';
import { indexLimits } from './indexLimits.ts';
import { KnownFiles, type Draft, type FileLister, type FoundFile } from './knownFiles.ts';
import { findDefinitions, outlineOf, referencesTo } from './lookup.ts';
import { codeLines } from './lookupLines.ts';
import { persistenceIn, type Persistence } from './persist.ts';
import { Reading } from './reading.ts';
import { turn } from './turn.ts';
import type { History, ReadText, StoreView } from './view.ts';

export type Rank = (view: StoreView, history: History, readText: ReadText, query: CodeQuery) => CodeRanking;

export interface EngineOptions {
  /** Absolute; the first is the one that paths are relative to. */
  readonly folders: readonly string[];
  readonly lister: FileLister;
  readonly isSecret: (path: string) => boolean;
  readonly startExtractor: () => ExtractorPort;
  /** While much is to be read. */
  readonly threads?: number;
  readonly rank: Rank;
  /** What git knows of the past; the same value where nothing has moved. */
  readonly history?: (signal: AbortSignal) => Promise<History>;
  /** Of all that decides what a text says: extraction, grammars. */
  readonly version: string;
  /** null: kept in memory only. */
  readonly storage: string | null;
  /** Shared by engines of one repository; all that is read is kept in it. */
  readonly cache?: FactsCache;
  readonly fileMs?: number;
}

export interface IndexFigures {
  readonly files: number;
  readonly definitions: number;
  readonly lines: number;
  /** On disk; 0: not kept there. */
  readonly storedBytes: number;
  readonly storedAt: string | null;
  readonly languages: readonly { readonly language: string | null; readonly files: number; readonly definitions: number; readonly bytes: number }[]; // prettier-ignore
  /** Files that were read since the start, the others were known. */
  readonly read: number;
}

export interface Engine extends CodeIndex {
  figures(): IndexFigures;
}

export function createEngine(options: EngineOptions): Engine {
  return new IndexEngine(options);
}

class IndexEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #persistence: Persistence | null;
  readonly #pool: ExtractorPool;
  readonly #known: KnownFiles;
  readonly #reading: Reading;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<(status: IndexStatus) => void>();
  #changed = new Set<string>();
  #history: History = { commits: [] };
  #historyAtMs = -Infinity;
  #historyRun: Promise<void> | null = null;
  #state: IndexStatus['state'] = 'starting';
  #failure: string | null = null;
  /** Of listing: a newer one ends the older. */
  #round = 0;
  #statusTimer: NodeJS.Timeout | null = null;
  #changedTimer: NodeJS.Timeout | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #savedAtMs = Date.now();
  readonly #settled: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    const { folders, lister, isSecret, storage, version, fileMs, startExtractor: start } = options;
    this.#persistence = storage === null ? null : persistenceIn(storage, { version, folders });
    const base = this.#persistence?.load() ?? null;
    const cache = options.cache ?? createFactsCache();
    const isShared = options.cache !== undefined;
    this.#known = new KnownFiles({ folders, lister, isSecret, cache, isShared, base });
    this.#pool = createExtractorPool({ start, ...(fileMs === undefined ? {} : { fileMs }) });
    this.#reading = new Reading({
      known: this.#known,
      pool: this.#pool,
      cache,
      ending: this.#ending.signal,
      onRead: () => {
        this.#tell();
        if (this.#state === 'indexing' && Date.now() - this.#savedAtMs > indexLimits.savedMs) this.#save();
      },
      onRest: () => {
        this.#settleIfDone();
      },
    });
    void this.#refresh();
  }

  status(): IndexStatus {
    const { files, definitions } = this.#known.store.counts;
    const known = Math.max(this.#known.listed, files);
    const isDone = this.#state === 'ready';
    return {
      state: this.#state,
      indexed: isDone ? known : Math.max(0, Math.min(files, known - this.#reading.behind)),
      files: known,
      definitions,
      message: this.#failure ?? slowMessage(this.#known.slow),
    };
  }

  onStatus(listener: (status: IndexStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ready(signal: AbortSignal): Promise<IndexStatus> {
    while (!this.#isSettled()) {
      await new Promise<void>((resolve, reject) => {
        const stop = (): void => {
          reject(signal.reason as Error);
        };
        signal.throwIfAborted();
        signal.addEventListener('abort', stop, { once: true });
        this.#settled.push(() => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
      });
    }
    await this.#readHistory();
    return this.status();
  }

  find(query: Parameters<CodeIndex['find']>[0], signal: AbortSignal): ReturnType<CodeIndex['find']> {
    const asked = { ...query, path: this.#known.nameOf(query.path) };
    return this.#answer(() => findDefinitions(this.#known.store.view(), this.#reader(), asked), signal);
  }

  outline(path: string, max: number, signal: AbortSignal): ReturnType<CodeIndex['outline']> {
    const name = this.#known.nameOf(path) ?? path;
    return this.#answer(() => outlineOf(this.#known.store.view(), this.#reader(), name, max), signal);
  }

  references(query: Parameters<CodeIndex['references']>[0], signal: AbortSignal): ReturnType<CodeIndex['references']> {
    const asked = { ...query, path: this.#known.nameOf(query.path) };
    return this.#answer(() => referencesTo(this.#known.store.view(), this.#reader(), codeLines, asked), signal);
  }

  async rank(query: CodeQuery, signal: AbortSignal): Promise<CodeRanking> {
    if (performance.now() - this.#historyAtMs > historyFreshMs) void this.#readHistory();
    if (this.#state !== 'ready') this.#reading.prefer(query);
    const answer = (): CodeRanking =>
      this.#options.rank(this.#known.store.view(), this.#history, this.#reader(), query);
    const ranking = await this.#answer(answer, signal);
    this.changed(this.#known.want([...query.open, ...query.edited.map(({ path }) => path)]));
    return { ...ranking, complete: this.#state === 'ready' };
  }

  async lines(ranges: Parameters<CodeIndex['lines']>[0], signal: AbortSignal): ReturnType<CodeIndex['lines']> {
    await this.#answerable(signal);
    const contents = new Map<string, { readonly lines: readonly string[]; readonly version: string } | null>();
    return ranges.map(({ path, startLine, endLine, version }) => {
      let content = contents.get(path);
      if (content === undefined) {
        const found = this.#known.contentOf(this.#known.nameOf(path) ?? path);
        content = found && { lines: found.text.split('\n'), version: found.version };
        contents.set(path, content);
      }
      if (content === null || (version !== null && content.version !== version)) return null;
      return content.lines.slice(startLine - 1, endLine).join('\n');
    });
  }

  unsaved(path: string, text: string | null): void {
    const name = this.#known.nameOf(path);
    if (name === null || this.#ending.signal.aborted || this.#known.isSecret(name)) return;
    const { drafts } = this.#known;
    if (text === null) {
      if (!drafts.delete(name)) return;
      this.#pool.unfollow(name);
      this.changed([name]);
      return;
    }
    if (drafts.get(name)?.text === text) return;
    this.#follow(name, this.#known.draftOf(name, text));
  }

  #follow(name: string, draft: Draft): void {
    if (draft.counts) void this.#reading.follow(name);
  }

  changed(paths: readonly string[]): void {
    for (const path of paths) {
      const name = this.#known.nameOf(path);
      if (name !== null) this.#changed.add(name);
    }
    if (this.#changed.size === 0 || this.#ending.signal.aborted) return;
    this.#changedTimer ??= setTimeout(() => {
      this.#lookAtChanged();
    }, indexLimits.changedMs);
    this.#changedTimer.unref();
  }

  cancel(): void {
    if (this.#state !== 'starting' && this.#state !== 'indexing') return;
    this.#round++;
    this.#reading.clear();
    this.#enter('cancelled');
    this.#save();
  }

  rebuild(): void {
    if (this.#ending.signal.aborted) return;
    this.#known.clear();
    this.#pool.mend();
    this.#persistence?.remove();
    this.#reading.clear();
    this.#failure = null;
    void this.#refresh();
    for (const [name, draft] of this.#known.drafts) this.#follow(name, draft);
  }

  async close(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#round++;
    for (const timer of [this.#statusTimer, this.#changedTimer, this.#idleTimer]) if (timer !== null) clearTimeout(timer); // prettier-ignore
    this.#save();
    this.#listeners.clear();
    this.#settle();
    this.#reading.moved();
    await this.#pool.close();
  }

  figures(): IndexFigures {
    const { store } = this.#known;
    const view = store.view();
    const languages = new Map<string | null, { files: number; definitions: number; bytes: number }>();
    let lines = 0;
    for (const path of store.paths()) {
      const file = view.fileOf(path);
      if (file === null) continue;
      lines += view.lines(file);
      const language = view.language(file);
      const sum = languages.get(language) ?? { files: 0, definitions: 0, bytes: 0 };
      languages.set(language, sum);
      sum.files++;
      sum.definitions += view.definitionsOf(file).length;
      sum.bytes += store.file(path)?.stat?.sizeBytes ?? 0;
    }
    const { files, definitions } = store.counts;
    return {
      files,
      definitions,
      lines,
      storedBytes: this.#persistence?.sizeBytes() ?? 0,
      storedAt: this.#persistence?.file ?? null,
      languages: [...languages].map(([language, sum]) => ({ language, ...sum })).sort((a, b) => b.bytes - a.bytes || b.files - a.files), // prettier-ignore
      read: this.#reading.count,
    };
  }

  /** All files are listed and compared with what is known of them. */
  async #refresh(): Promise<void> {
    const round = ++this.#round;
    if (this.#state !== 'starting') this.#enter('indexing');
    await turn();
    const found = new Map<string, FoundFile>();
    const toRead: FoundFile[] = [];
    try {
      let sinceMs = performance.now();
      for (const files of this.#options.lister.all()) {
        for (const file of files) {
          if (found.size >= indexLimits.filesMax) break;
          if (found.has(file.path)) continue;
          const isKnown = this.#known.isKnown(file); // what is secret never is
          if (!isKnown && this.#known.isSecret(file.path)) continue;
          found.set(file.path, file);
          if (!isKnown) toRead.push(file);
        }
        if (performance.now() - sinceMs < indexLimits.sliceMs) continue;
        await turn();
        if (round !== this.#round) return;
        sinceMs = performance.now();
      }
    } catch (thrown) {
      if (round !== this.#round) return;
      this.#failure = `The files of the workspace could not be listed: ${thrown instanceof Error ? thrown.message : String(thrown)}. The index holds what it knew before.`; // prettier-ignore
      this.#enter('failed');
      return;
    }
    if (round !== this.#round) return;
    this.#known.list([...found.keys()]);
    for (const [name, draft] of this.#known.drafts) {
      if (draft.counts === found.has(name)) continue;
      draft.counts = found.has(name);
      if (draft.counts) this.#follow(name, draft);
      else this.#known.forget(name);
    }
    const rest = toRead.filter(({ path }) => !this.#known.drafts.has(path));
    this.#reading.rest(rest);
    this.#enter('indexing');
    this.#pool.resize(rest.length > coldFiles ? (this.#options.threads ?? 1) : 1);
    this.#reading.pump();
    await this.#readHistory();
  }

  #lookAtChanged(): void {
    if (this.#changedTimer !== null) clearTimeout(this.#changedTimer);
    this.#changedTimer = null;
    const names = [...this.#changed];
    this.#changed = new Set();
    const { lister } = this.#options;
    const known = this.#known;
    if (names.length > indexLimits.changedMax || names.some((name) => lister.decides(name) || name === '.')) {
      void this.#refresh();
      return;
    }
    for (const name of names) {
      known.changesImports(name);
      const place = lister.locate(name);
      if (place === null) continue;
      const here = new Set<string>();
      for (const files of lister.at(place.absolute)) {
        for (const file of files) {
          if (known.isSecret(file.path)) continue;
          here.add(file.path);
          known.add(file.path);
          const draft = known.drafts.get(file.path);
          if (draft === undefined && !known.isKnown(file)) this.#reading.soon(file);
          else if (draft?.counts === false) {
            draft.counts = true;
            this.#follow(file.path, draft);
          }
        }
      }
      for (const path of known.under(name)) if (!here.has(path) && !known.drafts.has(path)) known.forget(path);
    }
    if (this.#reading.hasUrgent && this.#state === 'ready') this.#enter('indexing');
    this.#reading.pump();
    this.#tell();
  }

  /** Texts for one answer; what was written, and nobody has told it yet, is read again. */
  #reader(): ReadText {
    return this.#known.reader((path) => {
      this.changed([path]);
    });
  }

  #readHistory(): Promise<void> {
    const { history } = this.#options;
    if (history === undefined || this.#ending.signal.aborted) return Promise.resolve();
    return (this.#historyRun ??= history(this.#ending.signal)
      .then(
        (found) => {
          this.#history = found;
        },
        () => undefined, // closed
      )
      .finally(() => {
        this.#historyAtMs = performance.now();
        this.#historyRun = null;
      }));
  }

  /** Of texts as they stand: what was just changed is read first, and what the answer found to be changed before it is given anew. */
  async #answer<T>(answer: () => T, signal: AbortSignal): Promise<T> {
    await this.#catchUp(signal);
    const given = answer();
    if (this.#changed.size === 0) return given;
    await this.#catchUp(signal);
    return answer();
  }

  async #catchUp(signal: AbortSignal): Promise<void> {
    await this.#answerable(signal);
    if (this.#changed.size > 0) this.#lookAtChanged();
    await this.#reading.catchUp();
    signal.throwIfAborted();
  }

  async #answerable(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await turn();
    signal.throwIfAborted();
  }

  /** Nothing is left to be read, nor to be looked at. */
  #isSettled(): boolean {
    if (this.#ending.signal.aborted) return true;
    if (this.#state === 'starting' || this.#state === 'indexing') return false;
    return this.#changed.size + this.#reading.behind === 0;
  }

  #settleIfDone(): void {
    if (this.#state === 'indexing' && this.#reading.behind === 0) {
      this.#pool.resize(1);
      const { broken } = this.#pool;
      if (broken !== null) this.#failure = `Files could not be parsed and count by their words only: ${broken} Rebuild the index to try again.`; // prettier-ignore
      this.#reading.done();
      this.#enter(broken === null ? 'ready' : 'failed');
      this.#scheduleSave();
    }
    if (this.#isSettled()) this.#settle();
  }

  #enter(state: IndexStatus['state']): void {
    if (this.#state === state) return;
    this.#state = state;
    if (state === 'indexing') this.#failure = null;
    this.#say();
    if (this.#isSettled()) this.#settle();
  }

  #settle(): void {
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #tell(): void {
    if (this.#listeners.size === 0 || this.#ending.signal.aborted) return;
    this.#statusTimer ??= setTimeout(() => {
      this.#say();
    }, indexLimits.statusMs);
    this.#statusTimer.unref();
  }

  #say(): void {
    if (this.#statusTimer !== null) clearTimeout(this.#statusTimer);
    this.#statusTimer = null;
    const status = this.status();
    for (const listener of this.#listeners) listener(status);
  }

  /** Soon where much was read, else when nothing has happened for a while. */
  #scheduleSave(): void {
    if (!this.#isWorthSaving() || this.#ending.signal.aborted) return;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    const ms = this.#known.store.looseShare > indexLimits.looseShare ? indexLimits.sliceMs : indexLimits.idleMs;
    this.#idleTimer = setTimeout(() => {
      this.#save();
    }, ms);
    this.#idleTimer.unref();
  }

  #isWorthSaving(): boolean {
    const { isLoose, loose, looseShare } = this.#known.store;
    return isLoose && (loose > indexLimits.looseFiles || looseShare > indexLimits.looseShare);
  }

  #save(): void {
    this.#savedAtMs = Date.now();
    if (!this.#isWorthSaving()) return;
    const { folders, version } = this.#options;
    const base = this.#known.store.freeze({ folders, version });
    if (this.#pool.broken === null) this.#persistence?.save(base); // what could not be parsed is to be tried again
  }
}

/** So many files to read make a cold index. */
const coldFiles = 200;
const historyFreshMs = 2000;

function slowMessage(slow: ReadonlySet<string>): string | null {
  if (slow.size === 0) return null;
  const [first] = slow;
  const one = `${first ?? ''} counts by its words only: it could not be parsed in time.`;
  return slow.size === 1 ? one : `${one} So do ${String(slow.size - 1)} more files.`;
}
