/** Import edges: those of the base as they lie there; those of files that were read or came since found out when they are asked for. */
import type { Base } from './base.ts';
import { stringAt } from './baseStrings.ts';
import type { Overlay } from './overlay.ts';
import type { FileId } from './view.ts';

/** What edges are made of. */
export interface Importing {
  readonly overlay: Overlay;
  /** Rises with every change. */
  readonly revision: number;
  isLive(file: FileId): boolean;
  languageOf(file: FileId): string | null;
  importNames(file: FileId): readonly string[];
  resolve(path: string, language: string | null, imports: readonly string[]): readonly string[];
}

export class StoreEdges {
  readonly #store: Importing;
  /** Paths, by the entry of a file that was read since: each is asked once, as long as it stands. */
  #loose = new Map<unknown, readonly string[]>();
  /** Of files of the base that may import what came since. */
  #arrived = new Map<FileId, readonly FileId[]>();
  #arrivedOf: { readonly base: Base; readonly paths: number } | null = null;
  #backwards = new Map<FileId, FileId[]>();
  #revision = -1;

  constructor(store: Importing) {
    this.#store = store;
  }

  /** Other files are there now, so that what was found out may have changed. */
  forget(): void {
    this.#loose.clear();
    this.#arrivedOf = null;
    this.#revision = -1;
  }

  of(file: FileId): ArrayLike<FileId> {
    if (!this.#store.isLive(file)) return [];
    return this.#targets(file).filter((to) => this.#store.isLive(to));
  }

  to(file: FileId): ArrayLike<FileId> {
    if (!this.#store.isLive(file)) return [];
    this.#refresh();
    const { stale, base } = this.#store.overlay;
    const { backFrom, backTo } = base.columns;
    const frozen = backTo.subarray(backFrom[file] ?? 0, backFrom[file + 1] ?? 0).filter((from) => stale[from] === 0 && !this.#arrived.has(from)); // prettier-ignore
    return [...frozen, ...(this.#backwards.get(file) ?? [])].sort((a, b) => a - b);
  }

  #targets(file: FileId): readonly FileId[] {
    const { overlay } = this.#store;
    const entry = overlay.entries.get(file);
    if (entry !== undefined) {
      let known = this.#loose.get(entry);
      if (known === undefined) this.#loose.set(entry, (known = this.#resolve(file)));
      return this.#numbers(file, known);
    }
    this.#refresh();
    const { edgeFrom, edgeTo } = overlay.base.columns;
    return this.#arrived.get(file) ?? Array.from(edgeTo.subarray(edgeFrom[file], edgeFrom[file + 1]));
  }

  #refresh(): void {
    const { overlay, revision } = this.#store;
    if (this.#revision === revision) return;
    this.#revision = revision;
    const { base, newPaths } = overlay;
    if (this.#arrivedOf?.base !== base || this.#arrivedOf.paths !== newPaths.length) {
      this.#arrived = new Map(
        importersOf(base, newPaths).map((file) => [file, this.#numbers(file, this.#resolve(file))]),
      );
      this.#arrivedOf = { base, paths: newPaths.length };
    }
    for (const file of this.#arrived.keys()) if (overlay.stale[file] === 1) this.#arrived.delete(file);
    const stands = new Map<unknown, readonly string[]>();
    this.#backwards = new Map();
    for (const [file, entry] of overlay.entries) {
      this.#addBackwards(file, this.#targets(file));
      stands.set(entry, this.#loose.get(entry) ?? []);
    }
    this.#loose = stands; // what no longer stands is forgotten
    for (const [file, targets] of this.#arrived) this.#addBackwards(file, targets);
  }

  #addBackwards(file: FileId, targets: readonly FileId[]): void {
    for (const to of targets) {
      const from = this.#backwards.get(to);
      if (from) from.push(file);
      else this.#backwards.set(to, [file]);
    }
  }

  #resolve(file: FileId): readonly string[] {
    const store = this.#store;
    return store.resolve(store.overlay.path(file), store.languageOf(file), store.importNames(file));
  }

  #numbers(file: FileId, paths: readonly string[]): readonly FileId[] {
    const targets = new Set(paths.map((path) => this.#store.overlay.fileOf(path)));
    return [...targets].filter((to) => to >= 0 && to !== file).sort((a, b) => a - b);
  }
}

/** Files of the base with an import that ends as one of these paths does. */
export function importersOf(
  { columns: { importFrom, importName }, imports }: Base,
  paths: readonly string[],
): readonly FileId[] {
  // prettier-ignore
  const ends = new Set(paths.flatMap((path) => [...endsOf(path), path.split('/').at(-2) ?? '']));
  if (ends.size === 0 || imports.count === 0) return [];
  const meant = Uint8Array.from({ length: imports.count }, (_, i) => endsOf(stringAt(imports, i)).some((end) => ends.has(end)) ? 1 : 0); // prettier-ignore
  const files: FileId[] = [];
  for (let file = 0; file + 1 < importFrom.length; file++) {
    if (importName.subarray(importFrom[file], importFrom[file + 1]).some((name) => meant[name] === 1)) files.push(file);
  }
  return files;
}

/** `./upload.js` → `upload`, `js`; `os.path` → `os`, `path`; `crate::parse` → `crate`, `parse`. */
function endsOf(name: string): readonly string[] {
  return name.split(/[^\p{L}\p{N}_$-]+/u).slice(-2);
}
