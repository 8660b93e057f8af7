/** All that is known of the files: what was frozen and what was read since, put, taken out and read as one. */
import { symbolKinds } from '../core/symbols.ts';
import { emptyBase, isParsed, isWhole, type Base } from './base.ts';
import { stringAt } from './baseStrings.ts';
import type { FileFacts } from './facts.ts';
import { Overlay, type FileStat } from './overlay.ts';
import { mergeBase } from './baseMerge.ts';
import { StoreEdges } from './storeEdges.ts';
import { storeView } from './storeView.ts';
import type { StoreView } from './view.ts';

/** Files that a file imports, of those that are there; specifiers as they stand in `FileFacts.imports`. */
export type ResolveImports = (path: string, language: string | null, imports: readonly string[]) => readonly string[];

export interface StoredFile {
  /** null: a text that only an editor holds. */
  readonly stat: FileStat | null;
  readonly version: string;
  readonly isParsed: boolean;
  /** Definitions inside functions are among its definitions. */
  readonly isWhole: boolean;
}

export interface Store {
  /** Takes the place of what was there under that path. `stat`: null for a text that only an editor holds. */
  put(path: string, stat: FileStat | null, version: string, facts: FileFacts, isWhole?: boolean): void;
  /** The same content, written at another time. */
  touch(path: string, stat: FileStat): void;
  remove(path: string): void;
  file(path: string): StoredFile | null;
  /** What was put. */
  facts(path: string): FileFacts | null;
  /** Of live files. */
  paths(): IterableIterator<string>;
  readonly counts: StoreCounts;
  /** The same one always; what it said of ids holds until the next `put`, `remove` or `freeze`. */
  view(): StoreView;
  /** Files that were read, removed or touched since the last `freeze`; and beside all there are, 0 to 1. */
  readonly loose: number;
  readonly looseShare: number;
  /** Whether `freeze` would write something else than last time. */
  readonly isLoose: boolean;
  /** All but the texts of editors becomes the base, which is what a file on disk holds. */
  freeze(meta: { readonly version: string; readonly folders: readonly string[] }): Base;
  /** Files that were not known before can be imported now. */
  arrived(): void;
  clear(): void;
}

export interface StoreCounts {
  readonly files: number;
  readonly definitions: number;
  /** Files that count by their words only although a grammar would know them. */
  readonly unparsed: number;
}

export function createStore(options: { readonly base?: Base; readonly resolve?: ResolveImports } = {}): Store {
  return new TwoPartStore(options.base ?? emptyBase, options.resolve ?? (() => []));
}

class TwoPartStore implements Store {
  overlay: Overlay;
  /** Dates of files of the base that were written again with the same content. */
  readonly touched = new Map<number, FileStat>();
  files = 0;
  definitions = 0;
  unparsed = 0;
  /** Rises with every change. */
  revision = 0;
  isLoose = false;
  readonly resolve: ResolveImports;
  readonly edges = new StoreEdges(this);
  readonly #view: StoreView;

  constructor(base: Base, resolve: ResolveImports) {
    this.overlay = new Overlay(base);
    this.resolve = resolve;
    this.#count();
    this.#view = storeView(this);
  }

  get counts(): StoreCounts {
    return { files: this.files, definitions: this.definitions, unparsed: this.unparsed };
  }

  get loose(): number {
    return Math.max(this.overlay.staleCount, this.overlay.entries.size, this.touched.size);
  }

  get looseShare(): number {
    return this.loose / Math.max(1, this.files);
  }

  put(path: string, stat: FileStat | null, version: string, facts: FileFacts, isWhole = false): void {
    this.#uncount(path);
    this.overlay.put(path, stat, version, facts, isWhole);
    this.touched.delete(this.overlay.fileOf(path));
    this.files++;
    this.definitions += facts.definitions.names.length;
    if (facts.how === 'words' && facts.language !== null) this.unparsed++;
    this.#changed();
    const { garbage, postCount, defCount } = this.overlay;
    if (garbage > garbageMax && 2 * garbage > postCount + defCount) this.#compact();
  }

  touch(path: string, stat: FileStat): void {
    const file = this.overlay.fileOf(path);
    const entry = this.overlay.entries.get(file);
    if (entry !== undefined) entry.stat = stat;
    else if (this.isLive(file)) this.touched.set(file, stat);
    this.isLoose = true;
  }

  remove(path: string): void {
    if (!this.#uncount(path)) return;
    this.overlay.remove(this.overlay.fileOf(path));
    this.#changed();
  }

  file(path: string): StoredFile | null {
    const file = this.overlay.fileOf(path);
    const entry = this.overlay.entries.get(file);
    if (entry !== undefined) return entry;
    if (!this.isLive(file)) return null;
    const { columns, versions } = this.overlay.base;
    const flags = columns.flags[file] ?? 0;
    return {
      stat: this.touched.get(file) ?? { sizeBytes: columns.sizes[file] ?? 0, mtimeMs: columns.mtimes[file] ?? 0 },
      version: stringAt(versions, file),
      isParsed: (flags & isParsed) !== 0,
      isWhole: (flags & isWhole) !== 0,
    };
  }

  facts(path: string): FileFacts | null {
    const file = this.overlay.fileOf(path);
    if (!this.isLive(file)) return null;
    const view = this.#view;
    const definitions = Array.from(view.definitionsOf(file), (id) => view.definition(id));
    const first = view.definitionsOf(file)[0] ?? 0;
    const words = view.wordsOf(file);
    const code = new Uint16Array(words.length);
    const prose = new Uint16Array(words.length);
    const texts: string[] = [];
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? 0;
      texts.push(view.word(word));
      [code[i], prose[i]] = this.#countsOf(file, word, i);
    }
    const numbers = (of: (one: (typeof definitions)[number]) => number): Uint32Array => Uint32Array.from(definitions, of); // prettier-ignore
    return {
      language: view.language(file),
      how: this.file(path)?.isParsed === true ? 'parsed' : 'words',
      lines: view.lines(file),
      definitions: {
        names: definitions.map(({ name }) => view.word(name)),
        kinds: Uint8Array.from(definitions, ({ kind }) => symbolKinds.indexOf(kind)),
        local: Uint8Array.from(definitions, ({ local }) => (local ? 1 : 0)),
        starts: numbers(({ start }) => start),
        ends: numbers(({ end }) => end),
        nameStarts: numbers(({ nameStart }) => nameStart),
        heads: numbers(({ head }) => head),
        startLines: numbers(({ startLine }) => startLine),
        endLines: numbers(({ endLine }) => endLine),
        nameLines: numbers(({ nameLine }) => nameLine),
        parents: Int32Array.from(definitions, ({ parent }) => (parent < 0 ? -1 : parent - first)),
      },
      words: { text: texts.join('\n'), code, prose },
      imports: this.importNames(file),
    };
  }

  *paths(): IterableIterator<string> {
    for (let file = 0; file < this.overlay.fileCount; file++) if (this.isLive(file)) yield this.overlay.path(file);
  }

  view(): StoreView {
    return this.#view;
  }

  freeze(meta: { readonly version: string; readonly folders: readonly string[] }): Base {
    this.#restart(mergeBase(this.overlay, this.touched, this.resolve, meta));
    return this.overlay.base;
  }

  arrived(): void {
    this.edges.forget();
  }

  clear(): void {
    this.overlay = new Overlay(emptyBase);
    this.touched.clear();
    this.#count();
    this.#changed();
  }

  isLive(file: number): boolean {
    const { overlay } = this;
    return overlay.entries.has(file) || (file >= 0 && file < overlay.stale.length && overlay.stale[file] === 0);
  }

  languageOf(file: number): string | null {
    const { base, entries } = this.overlay;
    const entry = entries.get(file);
    return entry === undefined
      ? (base.meta.languages[(base.columns.languages[file] ?? 0) - 1] ?? null)
      : entry.language;
  }

  importNames(file: number): readonly string[] {
    const entry = this.overlay.entries.get(file);
    if (entry !== undefined) return entry.imports;
    const { columns, imports } = this.overlay.base;
    return Array.from(columns.importName.subarray(columns.importFrom[file], columns.importFrom[file + 1]), (name) =>
      stringAt(imports, name),
    );
  }

  /** Texts of editors go on as they are, over the new base. */
  #restart(base: Base): void {
    const unsaved = [...this.overlay.entries.values()].filter(({ stat }) => stat === null);
    const kept = unsaved.map((entry) => ({ entry, facts: this.facts(entry.path) }));
    this.overlay = new Overlay(base);
    this.touched.clear();
    this.#count();
    for (const { entry, facts } of kept) {
      if (facts !== null) this.put(entry.path, null, entry.version, facts, entry.isWhole);
    }
    this.revision++;
    this.isLoose = false;
  }

  /** The rows that no longer count are left out. */
  #compact(): void {
    const old = this.overlay;
    const kept = [...old.entries.values()].map((entry) => ({ entry, facts: this.facts(entry.path) }));
    const overlay = new Overlay(old.base);
    overlay.stale.set(old.stale);
    overlay.staleCount = old.staleCount;
    for (const { entry, facts } of kept) {
      if (facts !== null) overlay.put(entry.path, entry.stat, entry.version, facts, entry.isWhole);
    }
    this.overlay = overlay;
    this.revision++;
  }

  #countsOf(file: number, word: number, i: number): [code: number, prose: number] {
    const entry = this.overlay.entries.get(file);
    const { posts } = this.overlay;
    if (entry !== undefined) return [posts.code[entry.postFrom + i] ?? 0, posts.prose[entry.postFrom + i] ?? 0];
    const { postFrom, postFile, postCode, postProse } = this.overlay.base.columns;
    let low = postFrom[word] ?? 0;
    let high = (postFrom[word + 1] ?? 0) - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((postFile[middle] ?? 0) < file) low = middle + 1;
      else high = middle;
    }
    return [postCode[low] ?? 0, postProse[low] ?? 0];
  }

  #count(): void {
    const { columns, paths } = this.overlay.base;
    this.files = paths.count;
    this.definitions = columns.defName.length;
    this.unparsed = 0;
    for (let file = 0; file < paths.count; file++) {
      if (columns.languages[file] !== 0 && ((columns.flags[file] ?? 0) & isParsed) === 0) this.unparsed++;
    }
  }

  #uncount(path: string): boolean {
    const file = this.overlay.fileOf(path);
    if (file < 0 || !this.isLive(file)) return false;
    this.files--;
    this.definitions -= this.#view.definitionsOf(file).length;
    if (this.file(path)?.isParsed === false && this.#view.language(file) !== null) this.unparsed--;
    return true;
  }

  #changed(): void {
    this.revision++;
    this.isLoose = true;
  }
}

/** Rows that no longer count, before they are worth leaving out: 2 MB of memory. */
const garbageMax = 100_000;
