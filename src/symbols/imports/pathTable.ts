/** The paths of the index, as imports ask for them: exactly, by their last names, by folder. */
import { posix } from 'node:path';

export class PathTable {
  readonly #paths = new Set<string>();
  readonly #byName = new Map<string, string[]>();
  readonly #byFolder = new Map<string, string[]>();
  /** By their last names; files lie right in them. */
  readonly #folders = new Map<string, string[]>();
  readonly #ending = new Map<string, readonly string[]>();
  readonly #found = new Map<string, readonly string[]>();

  constructor(paths: Iterable<string> = []) {
    for (const path of paths) this.add(path);
  }

  add(path: string): void {
    if (this.#paths.has(path)) return;
    this.#paths.add(path);
    this.#ending.clear();
    this.#found.clear();
    push(this.#byName, posix.basename(path), path);
    const folder = folderOf(path);
    if (!this.#byFolder.has(folder)) push(this.#folders, posix.basename(folder), folder);
    push(this.#byFolder, folder, path);
  }

  delete(path: string): void {
    if (!this.#paths.delete(path)) return;
    this.#ending.clear();
    this.#found.clear();
    pull(this.#byName, posix.basename(path), path);
    const folder = folderOf(path);
    pull(this.#byFolder, folder, path);
    if (!this.#byFolder.has(folder)) pull(this.#folders, posix.basename(folder), folder);
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Files of this name, in any folder. */
  named(name: string): readonly string[] {
    return this.#byName.get(name) ?? [];
  }

  /** Files right in this folder, sorted. */
  inFolder(folder: string): readonly string[] {
    return [...(this.#byFolder.get(folder) ?? [])].sort();
  }

  /** Files whose last names are these: `a/b.h` for `src/a/b.h`. */
  ending(suffix: string): readonly string[] {
    return this.#withEnd(suffix, this.#byName, 'file');
  }

  /** Folders with files right in them, whose last names are these. */
  foldersEnding(suffix: string): readonly string[] {
    return this.#withEnd(suffix, this.#folders, 'folder');
  }

  /** What was found by a name alone: made once, until paths come or go. */
  found(name: string, make: () => readonly string[]): readonly string[] {
    let found = this.#found.get(name);
    if (found === undefined) this.#found.set(name, (found = make()));
    return found;
  }

  #withEnd(suffix: string, byName: ReadonlyMap<string, string[]>, kind: string): readonly string[] {
    const key = `${kind}:${suffix}`;
    let found = this.#ending.get(key);
    if (found === undefined) {
      const end = `/${suffix}`;
      found = (byName.get(posix.basename(suffix)) ?? []).filter((path) => path === suffix || path.endsWith(end));
      this.#ending.set(key, found);
    }
    return found;
  }
}

/** '' for the top. */
export function folderOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end === -1 ? '' : path.slice(0, end);
}

/** `..` and `.` resolved; '' for the top. */
export function join(folder: string, path: string): string {
  const joined = posix.join(folder, path);
  return joined === '.' ? '' : joined.replace(/(?<=.)\/$/, '');
}

/** The folder itself and those above it, innermost first, the top as '' last. */
export function* foldersAbove(folder: string): Generator<string> {
  for (let at = folder; at !== ''; at = folderOf(at)) yield at;
  yield '';
}

/** The first of these that there is. */
export function firstOf(files: PathTable, paths: Iterable<string>): readonly string[] {
  for (const path of paths) if (files.has(path)) return [path];
  return [];
}

/** The one with the most folders in common with a file; then the shortest, then the first by name. */
export function nearest(from: string, paths: readonly string[]): readonly string[] {
  let best: string | null = null;
  let bestShared = -1;
  for (const path of paths) {
    const shared = sharedLength(from, path);
    if (best === null || shared > bestShared || (shared === bestShared && isBefore(path, best))) {
      best = path;
      bestShared = shared;
    }
  }
  return best === null ? [] : [best];
}

/** Characters of the folders that two paths begin with. */
function sharedLength(a: string, b: string): number {
  let end = 0;
  for (let i = 0; i < a.length && a[i] === b[i]; i++) if (a[i] === '/') end = i + 1;
  return end;
}

function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function pull(map: Map<string, string[]>, key: string, value: string): void {
  const values = (map.get(key) ?? []).filter((other) => other !== value);
  if (values.length > 0) map.set(key, values);
  else map.delete(key);
}
