/** The index at work: what is on disk and in editors is listed, compared, read and kept, and every question is answered from what there is. */
import { sep } from 'node:path';
import type { CodeIndex } from '../core/ports.ts';
import type { CodeQuery, CodeRanking, IndexStatus } from '../core/symbols.ts';
import { isReached, readContent, versionOf, type Content } from './content.ts';
import { createExtractorPool, type ExtractorPool, type ExtractorPort } from './extractorPool.ts';
import { createFactsCache, type FactsCache } from './factsCache.ts';
import type { FileFacts } from './facts.ts';
import { PathTable } from './imports/pathTable.ts';
import { isManifest, readManifests, type Manifests } from './imports/manifests.ts';
import { resolveImports } from './imports.ts';
import { indexLimits } from './indexLimits.ts';
import { findDefinitions, outlineOf, referencesTo } from './lookup.ts';
import { codeLines } from './lookupLines.ts';
import { persistenceIn, type Persistence } from './persist.ts';
import { likelyLast } from './rank/likelyFirst.ts';
import { createStore, type Store } from './store.ts';
import type { History, ReadText, StoreView } from './view.ts';
import { wordsOnly } from './wordsOnly.ts';

/** A file of the workspace, as the disk has it. */
export interface FoundFile {
  /** As the tools name it. */
  readonly path: string;
  readonly absolute: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** Which files there are; ignored ones are none of them. */
export interface FileLister {
  /** A folder at a time, so that others have their turn in between. */
  all(): Iterable<readonly FoundFile[]>;
  /** What stands at a path: the file, or those of the folder; nothing where it is gone or ignored. */
  at(absolute: string): Iterable<readonly FoundFile[]>;
  locate(path: string): { readonly path: string; readonly absolute: string } | null;
  /** Whether what this file says decides which files there are. */
  decides(path: string): boolean;
}

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
  readonly #store: Store;
  readonly #persistence: Persistence | null;
  readonly #cache: FactsCache;
  readonly #pool: ExtractorPool;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<(status: IndexStatus) => void>();
  readonly #unsaved = new Map<string, { readonly text: string; readonly version: string; counts: boolean }>();
  /** To be read, in this order: what changed just now, then what is open, then the rest, what was written last at its end. */
  readonly #urgent = new Map<string, FoundFile>();
  #rest: FoundFile[] = [];
  /** Since the index began to be made. */
  #asked: CodeQuery | null = null;
  #changed = new Set<string>();
  readonly #wanted = new Set<string>();
  /** Paths that are listed; those of imports are looked for among them. */
  #paths = new Set<string>();
  #table: PathTable | null = null;
  #manifests: Manifests | null = null;
  readonly #slow = new Set<string>();
  /** Looked at, and found to be binary. */
  readonly #noText = new Map<string, FoundFile>();
  #history: History = { commits: [] };
  #historyAtMs = -Infinity;
  #historyRun: Promise<void> | null = null;
  #state: IndexStatus['state'] = 'starting';
  #failure: string | null = null;
  #listed = 0;
  #underWay = 0;
  #read = 0;
  /** Of listing: a newer one ends the older. */
  #round = 0;
  #pumping = false;
  /** In a thread just now. */
  readonly #reading = new Set<string>();
  readonly #waiting: (() => void)[] = [];
  #statusTimer: NodeJS.Timeout | null = null;
  #changedTimer: NodeJS.Timeout | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #savedAtMs = Date.now();
  readonly #settled: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    const { folders, storage, version, cache } = options;
    this.#persistence = storage === null ? null : persistenceIn(storage, { version, folders });
    const base = this.#persistence?.load() ?? null;
    const resolve = (path: string, language: string | null, imports: readonly string[]): readonly string[] =>
      resolveImports(path, language, imports, this.#pathTable(), this.#knownManifests());
    this.#store = createStore(base === null ? { resolve } : { base, resolve });
    this.#cache = cache ?? createFactsCache();
    this.#pool = createExtractorPool({
      start: options.startExtractor,
      ...(options.fileMs === undefined ? {} : { fileMs: options.fileMs }),
    });
    this.#listed = this.#store.counts.files;
    this.#paths = new Set(this.#store.paths());
    void this.#refresh();
  }

  status(): IndexStatus {
    const { files, definitions } = this.#store.counts;
    const waiting = this.#urgent.size + this.#rest.length + this.#underWay;
    const known = Math.max(this.#listed, files);
    const isDone = this.#state === 'ready';
    return {
      state: this.#state,
      indexed: isDone ? known : Math.max(0, Math.min(files, known - waiting)),
      files: known,
      definitions,
      message: this.#failure ?? slowMessage(this.#slow),
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
    const asked = { ...query, path: this.#nameOf(query.path) };
    return this.#answer(() => findDefinitions(this.#store.view(), this.#reader(), asked), signal);
  }

  outline(path: string, max: number, signal: AbortSignal): ReturnType<CodeIndex['outline']> {
    const name = this.#nameOf(path) ?? path;
    return this.#answer(() => outlineOf(this.#store.view(), this.#reader(), name, max), signal);
  }

  references(query: Parameters<CodeIndex['references']>[0], signal: AbortSignal): ReturnType<CodeIndex['references']> {
    // prettier-ignore
    const asked = { ...query, path: this.#nameOf(query.path) };
    return this.#answer(() => referencesTo(this.#store.view(), this.#reader(), codeLines, asked), signal);
  }

  async rank(query: CodeQuery, signal: AbortSignal): Promise<CodeRanking> {
    if (performance.now() - this.#historyAtMs > historyFreshMs) void this.#readHistory();
    if (this.#state !== 'ready') this.#prefer(query);
    const answer = (): CodeRanking => this.#options.rank(this.#store.view(), this.#history, this.#reader(), query);
    const ranking = await this.#answer(answer, signal);
    this.#want([...query.open, ...query.edited.map(({ path }) => path)]);
    return { ...ranking, complete: this.#state === 'ready' };
  }

  async lines(ranges: Parameters<CodeIndex['lines']>[0], signal: AbortSignal): ReturnType<CodeIndex['lines']> {
    await this.#answerable(signal);
    const contents = new Map<string, { readonly lines: readonly string[]; readonly version: string } | null>();
    return ranges.map(({ path, startLine, endLine, version }) => {
      let content = contents.get(path);
      if (content === undefined) {
        const found = this.#contentOf(this.#nameOf(path) ?? path);
        content = found && { lines: found.text.split('\n'), version: found.version };
        contents.set(path, content);
      }
      if (content === null || (version !== null && content.version !== version)) return null;
      return content.lines.slice(startLine - 1, endLine).join('\n');
    });
  }

  unsaved(path: string, text: string | null): void {
    const name = this.#nameOf(path);
    if (name === null || this.#ending.signal.aborted || this.#options.isSecret(name)) return;
    if (text === null) {
      if (!this.#unsaved.delete(name)) return;
      this.#pool.unfollow(name);
      this.changed([name]);
      return;
    }
    const known = this.#unsaved.get(name);
    if (known?.text === text) return;
    this.#unsaved.set(name, { text, version: versionOf(text), counts: known?.counts ?? this.#isListed(name) });
    void this.#follow(name);
  }

  changed(paths: readonly string[]): void {
    for (const path of paths) {
      const name = this.#nameOf(path);
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
    this.#urgent.clear();
    this.#rest = [];
    this.#enter('cancelled');
    this.#save();
  }

  rebuild(): void {
    if (this.#ending.signal.aborted) return;
    this.#store.clear();
    this.#cache.clear();
    this.#pool.mend();
    this.#slow.clear();
    this.#persistence?.remove();
    this.#urgent.clear();
    this.#rest = [];
    this.#failure = null;
    this.#listed = 0;
    void this.#refresh();
    for (const name of this.#unsaved.keys()) void this.#follow(name);
  }

  async close(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.#round++;
    for (const timer of [this.#statusTimer, this.#changedTimer, this.#idleTimer]) if (timer !== null) clearTimeout(timer); // prettier-ignore
    this.#save();
    this.#listeners.clear();
    this.#settle();
    this.#moved();
    await this.#pool.close();
  }

  figures(): IndexFigures {
    const view = this.#store.view();
    const languages = new Map<string | null, { files: number; definitions: number; bytes: number }>();
    let lines = 0;
    for (const path of this.#store.paths()) {
      const file = view.fileOf(path);
      if (file === null) continue;
      lines += view.lines(file);
      const language = view.language(file);
      const sum = languages.get(language) ?? { files: 0, definitions: 0, bytes: 0 };
      languages.set(language, sum);
      sum.files++;
      sum.definitions += view.definitionsOf(file).length;
      sum.bytes += this.#store.file(path)?.stat?.sizeBytes ?? 0;
    }
    const { files, definitions } = this.#store.counts;
    return {
      files,
      definitions,
      lines,
      storedBytes: this.#persistence?.sizeBytes() ?? 0,
      storedAt: this.#persistence?.file ?? null,
      languages: [...languages].map(([language, sum]) => ({ language, ...sum })).sort((a, b) => b.bytes - a.bytes || b.files - a.files), // prettier-ignore
      read: this.#read,
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
          const isKnown = this.#isKnown(file); // what is secret never is
          if (!isKnown && this.#options.isSecret(file.path)) continue;
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
    this.#listed = found.size;
    this.#setPaths([...found.keys()]);
    for (const path of [...this.#store.paths()]) if (!found.has(path) && !this.#unsaved.has(path)) this.#forget(path);
    for (const [name, one] of this.#unsaved) {
      const counts = found.has(name);
      if (counts !== one.counts) {
        one.counts = counts;
        if (counts) void this.#follow(name);
        else this.#forget(name);
      }
    }
    this.#rest = toRead.filter(({ path }) => !this.#unsaved.has(path)).sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? 1 : -1)); // prettier-ignore
    if (this.#asked !== null) this.#prefer(this.#asked);
    this.#enter('indexing');
    this.#pool.resize(this.#rest.length > coldFiles ? (this.#options.threads ?? 1) : 1);
    this.#pump();
    await this.#readHistory();
  }

  #lookAtChanged(): void {
    if (this.#changedTimer !== null) clearTimeout(this.#changedTimer);
    this.#changedTimer = null;
    const names = [...this.#changed];
    this.#changed = new Set();
    const { lister, isSecret } = this.#options;
    if (names.length > indexLimits.changedMax || names.some((name) => lister.decides(name) || name === '.')) {
      void this.#refresh();
      return;
    }
    if (names.some((name) => isManifest(name))) this.#manifests = null;
    for (const name of names) {
      const place = lister.locate(name);
      if (place === null) continue;
      const here = new Set<string>();
      for (const files of lister.at(place.absolute)) {
        for (const file of files) {
          if (isSecret(file.path)) continue;
          here.add(file.path);
          if (!this.#paths.has(file.path)) this.#addPath(file.path);
          const unsaved = this.#unsaved.get(file.path);
          if (unsaved === undefined && !this.#isKnown(file)) this.#urgent.set(file.path, file);
          else if (unsaved?.counts === false) {
            unsaved.counts = true;
            void this.#follow(file.path);
          }
        }
      }
      for (const path of this.#under(name)) if (!here.has(path) && !this.#unsaved.has(path)) this.#forget(path);
    }
    if (this.#urgent.size > 0 && this.#state === 'ready') this.#enter('indexing');
    this.#pump();
    this.#tell();
  }

  /** Paths that are known at a place: of a file itself, or of what was in a folder. */
  #under(name: string): readonly string[] {
    if (this.#paths.has(name)) return [name];
    return [...this.#store.paths()].filter((path) => path.startsWith(`${name}/`));
  }

  #isKnown({ path, sizeBytes, mtimeMs }: FoundFile): boolean {
    const noText = this.#noText.get(path);
    if (noText?.sizeBytes === sizeBytes && noText.mtimeMs === mtimeMs) return true;
    const stored = this.#store.file(path);
    return stored?.stat?.sizeBytes === sizeBytes && stored.stat.mtimeMs === mtimeMs && (stored.isWhole || !this.#wanted.has(path)); // prettier-ignore
  }

  /** Reads what is next, as long as a thread has nothing to go on with; others have their turn after each batch. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    void (async () => {
      while (!this.#ending.signal.aborted && this.#pool.hasRoom && this.#urgent.size + this.#rest.length > 0) {
        const batch = this.#nextBatch();
        if (batch.length > 0) void this.#extract(batch);
        this.#tell();
        await turn();
      }
      this.#pumping = false;
      this.#moved();
      this.#settleIfDone();
    })();
  }

  #nextBatch(): readonly Reading[] {
    const batch: Reading[] = [];
    let chars = 0;
    const sinceMs = performance.now();
    while (
      batch.length < indexLimits.batchFiles &&
      chars < indexLimits.batchChars &&
      performance.now() - sinceMs < indexLimits.sliceMs
    ) {
      // prettier-ignore
      const file = this.#nextFile();
      if (file === null) break;
      if (this.#unsaved.has(file.path)) continue;
      const content = readContent(file.absolute);
      if (content === null) {
        this.#forget(file.path);
        this.#noText.set(file.path, file);
        continue;
      }
      const whole = this.#wanted.has(file.path);
      const stored = this.#store.file(file.path);
      if (stored?.version === content.version && stored.stat !== null && (stored.isWhole || !whole)) {
        this.#store.touch(file.path, content.stat);
        continue;
      }
      const known = this.#cache.get(file.path, content.version, whole);
      if (known !== null) {
        this.#put(file.path, content, known, whole);
        continue;
      }
      batch.push({ path: file.path, content, whole });
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

  async #extract(batch: readonly Reading[]): Promise<void> {
    this.#underWay += batch.length;
    for (const { path } of batch) this.#reading.add(path);
    try {
      const found = await this.#pool.extract(batch.map(({ path, content, whole }) => ({ path, text: content.text, whole }))); // prettier-ignore
      batch.forEach(({ path, content, whole }, i) => {
        // What was read for an index that was thrown away, or has another text by now, counts for nothing.
        if (this.#ending.signal.aborted || this.#unsaved.has(path) || !this.#paths.has(path)) return;
        const facts = found[i] ?? null;
        if (facts === null && this.#pool.broken === null) this.#slow.add(path);
        else this.#slow.delete(path);
        this.#read++;
        this.#put(path, content, facts ?? wordsOnly(path, content.text), whole);
      });
    } catch {
      // closed
    } finally {
      this.#underWay -= batch.length;
      for (const { path } of batch) this.#reading.delete(path);
      this.#moved();
    }
    this.#tell();
    this.#pump();
    if (this.#state === 'indexing' && Date.now() - this.#savedAtMs > indexLimits.savedMs) this.#save();
  }

  #put(path: string, content: Content, facts: FileFacts, whole: boolean): void {
    this.#remember(path);
    this.#store.put(path, content.stat, content.version, facts, whole);
    if (this.#options.cache !== undefined) this.#cache.set(path, content.version, whole, facts);
    if (isManifest(path)) this.#manifests = null;
  }

  /** What is about to be replaced may come back. */
  #remember(path: string): void {
    const stored = this.#store.file(path);
    if (stored === null || stored.stat === null) return;
    const facts = this.#store.facts(path);
    if (facts !== null) this.#cache.set(path, stored.version, stored.isWhole, facts);
  }

  #forget(path: string): void {
    this.#remember(path);
    this.#store.remove(path);
    this.#slow.delete(path);
    if (!this.#paths.delete(path)) return;
    this.#table?.delete(path);
    this.#listed--;
  }

  /** An editor's text counts as soon as it is read; of several the last one. */
  async #follow(name: string): Promise<void> {
    const asked = this.#unsaved.get(name);
    if (asked?.counts !== true) return;
    if (this.#following.has(name)) return;
    this.#following.add(name);
    this.#underWay++;
    try {
      for (let one = asked; ;) {
        const facts = await this.#pool.follow(name, one.text);
        const now = this.#unsaved.get(name);
        if (now?.counts !== true || this.#ending.signal.aborted) break;
        if (now.version === one.version) {
          this.#remember(name);
          this.#store.put(name, null, one.version, facts ?? wordsOnly(name, one.text), facts !== null);
          if (facts === null && this.#pool.broken === null) this.#slow.add(name);
          else this.#slow.delete(name);
          if (!this.#paths.has(name)) this.#addPath(name);
          break;
        }
        one = now;
      }
    } catch {
      // closed
    } finally {
      this.#following.delete(name);
      this.#underWay--;
      this.#moved();
    }
    this.#tell();
    this.#pump();
  }
  readonly #following = new Set<string>();

  /** Ignored files and those outside of the workspace do not count in an editor either. */
  #isListed(name: string): boolean {
    if (this.#paths.has(name)) return true;
    const place = this.#options.lister.locate(name);
    if (place === null) return false;
    for (const files of this.#options.lister.at(place.absolute)) if (files.some(({ path }) => path === name)) return true; // prettier-ignore
    return false;
  }

  /** These are worth a full look: what stands inside their functions too. */
  #want(paths: readonly string[]): void {
    for (const path of paths.slice(0, wantedMax)) {
      const name = this.#nameOf(path);
      if (name === null || this.#wanted.has(name) || !this.#paths.has(name)) continue;
      if (this.#wanted.size >= wantedMax) this.#wanted.clear();
      this.#wanted.add(name);
      if (this.#store.file(name)?.isWhole !== true) this.changed([name]);
    }
  }

  /** What is asked before everything was read: the files whose paths speak of it are read first. */
  #prefer(query: CodeQuery): void {
    this.#asked = query;
    this.#rest = [...likelyLast(this.#rest, query)];
  }

  /** Texts for one answer: those that the store's offsets are of. */
  #reader(): ReadText {
    const texts = new Map<string, string | null>();
    return (path) => {
      let text = texts.get(path);
      if (text === undefined) {
        const content = this.#contentOf(path);
        const stored = this.#store.file(path);
        text = content === null || (stored !== null && stored.version !== content.version) ? null : content.text;
        if (text === null && stored !== null) this.changed([path]); // it was written, and nobody has told it yet
        texts.set(path, text);
      }
      return text;
    };
  }

  /** As it stands; null for what is not of the index. */
  #contentOf(path: string): { readonly text: string; readonly version: string } | null {
    const unsaved = this.#unsaved.get(path);
    if (unsaved?.counts === true) return unsaved;
    if (!this.#paths.has(path) || this.#options.isSecret(path)) return null;
    const place = this.#options.lister.locate(path);
    const folder = this.#options.folders.find((one) => place?.absolute.startsWith(one.endsWith(sep) ? one : one + sep)); // prettier-ignore
    if (place === null || folder === undefined || !isReached(folder, place.absolute)) return null;
    return readContent(place.absolute);
  }

  #nameOf(path: string | null): string | null {
    return path === null ? null : (this.#options.lister.locate(path)?.path ?? null);
  }

  #setPaths(paths: readonly string[]): void {
    this.#paths = new Set(paths);
    this.#table = null;
    this.#manifests = null;
    this.#store.arrived();
  }

  #addPath(path: string): void {
    this.#paths.add(path);
    this.#table?.add(path);
    this.#listed++;
    this.#store.arrived();
  }

  #pathTable(): PathTable {
    return (this.#table ??= new PathTable(this.#paths));
  }

  #knownManifests(): Manifests {
    return (this.#manifests ??= readManifests(this.#pathTable(), (path) => this.#contentOf(path)?.text ?? null));
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

  /** Reads what has changed, as far as that takes no longer than a person would wait. */
  async #catchUp(signal: AbortSignal): Promise<void> {
    await this.#answerable(signal);
    if (this.#changed.size > 0) this.#lookAtChanged();
    const isCold = this.#rest.length > 0;
    const names = [...this.#urgent.keys(), ...this.#following, ...(isCold ? [] : this.#reading)];
    const isBehind = (): boolean =>
      !this.#ending.signal.aborted &&
      names.some((name) => this.#urgent.has(name) || this.#reading.has(name) || this.#following.has(name));
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort();
      this.#moved();
    }, indexLimits.catchUpMs);
    while (isBehind() && !late.signal.aborted) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    clearTimeout(timer);
    signal.throwIfAborted();
  }

  /** Whoever waits for files to be read looks again. */
  #moved(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
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
    return this.#changed.size + this.#underWay + this.#urgent.size + this.#rest.length === 0;
  }

  #settleIfDone(): void {
    if (this.#state === 'indexing' && this.#underWay + this.#urgent.size + this.#rest.length === 0) {
      this.#pool.resize(1);
      const { broken } = this.#pool;
      if (broken !== null) this.#failure = `Files could not be parsed and count by their words only: ${broken} Rebuild the index to try again.`; // prettier-ignore
      this.#asked = null;
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
    const ms = this.#store.looseShare > indexLimits.looseShare ? indexLimits.sliceMs : indexLimits.idleMs;
    this.#idleTimer = setTimeout(() => {
      this.#save();
    }, ms);
    this.#idleTimer.unref();
  }

  #isWorthSaving(): boolean {
    const { isLoose, loose, looseShare } = this.#store;
    return isLoose && (loose > indexLimits.looseFiles || looseShare > indexLimits.looseShare);
  }

  #save(): void {
    this.#savedAtMs = Date.now();
    if (!this.#isWorthSaving()) return;
    const { folders, version } = this.#options;
    const base = this.#store.freeze({ folders, version });
    if (this.#pool.broken === null) this.#persistence?.save(base); // what could not be parsed is to be tried again
  }
}

interface Reading {
  readonly path: string;
  readonly content: Content;
  readonly whole: boolean;
}

/** So many files to read make a cold index. */
const coldFiles = 200;
/** Files that are read in full because they are open or were edited. */
const wantedMax = 500;
const historyFreshMs = 2000;

function slowMessage(slow: ReadonlySet<string>): string | null {
  if (slow.size === 0) return null;
  const [first] = slow;
  const one = `${first ?? ''} counts by its words only: it could not be parsed in time.`;
  return slow.size === 1 ? one : `${one} So do ${String(slow.size - 1)} more files.`;
}

/** Whatever waits has its turn: questions, answers of threads. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
