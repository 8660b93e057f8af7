/** What the index knows of each file: which there are, what they say, and the texts that editors hold instead of the disk. */
import { sep } from 'node:path';
import { readContent, isReached, versionOf, type Content } from './content.ts';
import type { FactsCache } from './factsCache.ts';
import type { FileFacts } from './facts.ts';
import { PathTable } from './imports/pathTable.ts';
import { isManifest, readManifests, type Manifests } from './imports/manifests.ts';
import { resolveImports } from './imports.ts';
import type { Base } from './base.ts';
import { createStore, type Store } from './store.ts';
import type { ReadText } from './view.ts';
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

export interface KnownFilesOptions {
  readonly folders: readonly string[];
  readonly lister: FileLister;
  readonly isSecret: (path: string) => boolean;
  readonly cache: FactsCache;
  /** The cache is another engine's too: all that is read is kept in it, not only what was replaced. */
  readonly isShared: boolean;
  readonly base: Base | null;
}

/** A text that an editor holds. It counts where the disk's file would. */
export interface Draft {
  readonly text: string;
  readonly version: string;
  counts: boolean;
}

export class KnownFiles {
  readonly store: Store;
  readonly drafts = new Map<string, Draft>();
  /** Files that could not be parsed in time. */
  readonly slow = new Set<string>();
  readonly #options: KnownFilesOptions;
  readonly #wanted = new Set<string>();
  /** Paths that are listed; those of imports are looked for among them. */
  #paths: Set<string>;
  #table: PathTable | null = null;
  #manifests: Manifests | null = null;
  /** Looked at, and found to be binary. */
  readonly #noText = new Map<string, FoundFile>();

  constructor(options: KnownFilesOptions) {
    this.#options = options;
    const resolve = (path: string, language: string | null, imports: readonly string[]): readonly string[] =>
      resolveImports(path, language, imports, this.#pathTable(), this.#knownManifests());
    this.store = createStore(options.base === null ? { resolve } : { base: options.base, resolve });
    this.#paths = new Set(this.store.paths());
  }

  /** How many are listed. */
  get listed(): number {
    return this.#paths.size;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  isSecret(path: string): boolean {
    return this.#options.isSecret(path);
  }

  nameOf(path: string | null): string | null {
    return path === null ? null : (this.#options.lister.locate(path)?.path ?? null);
  }

  /** What stands there is what was read. */
  isKnown({ path, sizeBytes, mtimeMs }: FoundFile): boolean {
    const noText = this.#noText.get(path);
    if (noText?.sizeBytes === sizeBytes && noText.mtimeMs === mtimeMs) return true;
    const stored = this.store.file(path);
    return stored?.stat?.sizeBytes === sizeBytes && stored.stat.mtimeMs === mtimeMs && (stored.isWhole || !this.isWanted(path)); // prettier-ignore
  }

  /** It is worth a full look: what stands inside its functions too. */
  isWanted(path: string): boolean {
    return this.#wanted.has(path);
  }

  /** Those of `paths` that are worth a full look from now on and have not had it. */
  want(paths: readonly string[]): readonly string[] {
    return paths.slice(0, wantedMax).flatMap((path) => {
      const name = this.nameOf(path);
      if (name === null || this.isWanted(name) || !this.has(name)) return [];
      if (this.#wanted.size >= wantedMax) this.#wanted.clear();
      this.#wanted.add(name);
      return this.store.file(name)?.isWhole === true ? [] : [name];
    });
  }

  /** Facts of a file of the disk. */
  put(path: string, content: Content, facts: FileFacts, whole: boolean): void {
    this.#remember(path);
    this.store.put(path, content.stat, content.version, facts, whole);
    if (this.#options.isShared) this.#options.cache.set(path, content.version, whole, facts);
    this.changesImports(path);
  }

  /** Facts of an editor's text; null: it could not be parsed in time. */
  putDraft(path: string, { text, version }: Draft, facts: FileFacts | null): void {
    this.#remember(path);
    this.store.put(path, null, version, facts ?? wordsOnly(path, text), facts !== null);
    if (!this.has(path)) this.add(path);
  }

  /** What these files say decides what imports mean. */
  changesImports(path: string): void {
    if (isManifest(path)) this.#manifests = null;
  }

  forget(path: string): void {
    this.#remember(path);
    this.store.remove(path);
    this.slow.delete(path);
    if (this.#paths.delete(path)) this.#table?.delete(path);
  }

  /** It holds no text, as long as it stays as it is. */
  forgetBinary(file: FoundFile): void {
    this.forget(file.path);
    this.#noText.set(file.path, file);
  }

  /** What is about to be replaced may come back. */
  #remember(path: string): void {
    const stored = this.store.file(path);
    if (stored === null || stored.stat === null) return;
    const facts = this.store.facts(path);
    if (facts !== null) this.#options.cache.set(path, stored.version, stored.isWhole, facts);
  }

  /** These are the files of the workspace; what editors alone hold stays. */
  list(paths: readonly string[]): void {
    this.#paths = new Set(paths);
    this.#table = null;
    this.#manifests = null;
    this.store.arrived();
    for (const path of [...this.store.paths()]) if (!this.has(path) && !this.drafts.has(path)) this.forget(path);
  }

  add(path: string): void {
    if (this.has(path)) return;
    this.#paths.add(path);
    this.#table?.add(path);
    this.store.arrived();
  }

  clear(): void {
    this.store.clear();
    this.#options.cache.clear();
    this.slow.clear();
  }

  /** Paths that are known at a place: of a file itself, or of what was in a folder. */
  under(name: string): readonly string[] {
    if (this.has(name)) return [name];
    return [...this.store.paths()].filter((path) => path.startsWith(`${name}/`));
  }

  /** Ignored files and those outside of the workspace do not count in an editor either. */
  draftOf(name: string, text: string): Draft {
    const counts = this.drafts.get(name)?.counts ?? this.#isListed(name);
    const draft = { text, version: versionOf(text), counts };
    this.drafts.set(name, draft);
    return draft;
  }

  #isListed(name: string): boolean {
    if (this.has(name)) return true;
    const place = this.#options.lister.locate(name);
    if (place === null) return false;
    for (const files of this.#options.lister.at(place.absolute)) if (files.some(({ path }) => path === name)) return true; // prettier-ignore
    return false;
  }

  /** As it stands; null for what is not of the index. */
  contentOf(path: string): { readonly text: string; readonly version: string } | null {
    const draft = this.drafts.get(path);
    if (draft?.counts === true) return draft;
    if (!this.has(path) || this.isSecret(path)) return null;
    const place = this.#options.lister.locate(path);
    const folder = this.#options.folders.find((one) => place?.absolute.startsWith(one.endsWith(sep) ? one : one + sep)); // prettier-ignore
    if (place === null || folder === undefined || !isReached(folder, place.absolute)) return null;
    return readContent(place.absolute);
  }

  /** Texts for one answer: those that the store's offsets are of. `onStale` hears of what was written, and nobody has told it yet. */
  reader(onStale: (path: string) => void): ReadText {
    const texts = new Map<string, string | null>();
    return (path) => {
      let text = texts.get(path);
      if (text === undefined) {
        const content = this.contentOf(path);
        const stored = this.store.file(path);
        text = content === null || (stored !== null && stored.version !== content.version) ? null : content.text;
        if (text === null && stored !== null) onStale(path);
        texts.set(path, text);
      }
      return text;
    };
  }

  #pathTable(): PathTable {
    return (this.#table ??= new PathTable(this.#paths));
  }

  #knownManifests(): Manifests {
    return (this.#manifests ??= readManifests(this.#pathTable(), (path) => this.contentOf(path)?.text ?? null));
  }
}

/** Files that are read in full because they are open or were edited. */
const wantedMax = 500;
