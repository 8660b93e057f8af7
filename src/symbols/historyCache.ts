/** Commits by their ids, for as many repositories as share them, and the order they stand in behind a HEAD; kept in one file. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject } from '../core/json.ts';
import { indexLimits } from './indexLimits.ts';
import type { History } from './view.ts';

/** A commit never changes, so what is known of one is true in every repository. */
export interface KnownCommit {
  readonly timeS: number;
  readonly message: string;
  /** From the top of the repository; null: it changed more than says anything. */
  readonly paths: readonly string[] | null;
}

const version = 1;

export class HistoryCache {
  readonly #commits = new Map<string, KnownCommit>();
  readonly #lists = new Map<string, { readonly head: string; readonly ids: readonly string[] }>();
  #last: { readonly stamp: string; readonly history: History } | null = null;
  /** HEADs of which git could tell no more, for as long as this lives. */
  readonly vain = new Set<string>();
  #isSaved = true;

  commit(id: string): KnownCommit | undefined {
    return this.#commits.get(id);
  }

  add(id: string, commit: KnownCommit): void {
    this.#commits.set(id, commit);
    this.#isSaved = false;
    const [oldest] = this.#commits.keys();
    if (this.#commits.size > indexLimits.historyKnown && oldest !== undefined) this.#commits.delete(oldest);
  }

  /** Ids behind this HEAD; null: it stood elsewhere when they were asked for. */
  list(key: string, head: string): readonly string[] | null {
    const list = this.#lists.get(key);
    return list?.head === head ? list.ids : null;
  }

  setList(key: string, head: string, ids: readonly string[]): void {
    this.#lists.delete(key);
    this.#lists.set(key, { head, ids });
    this.#isSaved = false;
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > indexLimits.historyLists && oldest !== undefined) this.#lists.delete(oldest);
  }

  /** What was made for this stamp last, or made now. */
  history(stamp: string, make: () => History): History {
    if (this.#last?.stamp !== stamp) this.#last = { stamp, history: make() };
    return this.#last.history;
  }

  /** Never throws: what is not saved is read from git again. Only what a list names is written. */
  async save(file: string): Promise<void> {
    if (this.#isSaved) return;
    const lists = [...this.#lists];
    const commits: [string, number, string, readonly string[] | null][] = [];
    for (const id of new Set(lists.flatMap(([, { ids }]) => ids))) {
      const commit = this.#commits.get(id);
      if (commit) commits.push([id, commit.timeS, commit.message, commit.paths]);
    }
    const loose = `${file}.${String(process.pid)}.tmp`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(loose, JSON.stringify({ version, lists, commits }), { mode: 0o600 });
      await rename(loose, file);
      this.#isSaved = true;
    } catch {
      await rm(loose, { force: true }).catch(() => undefined);
    }
  }

  /** Empty where there is no such file, or not a whole one. */
  static async load(file: string): Promise<HistoryCache> {
    const cache = new HistoryCache();
    try {
      if ((await stat(file)).size > indexLimits.historyBytes) return cache;
      const data: unknown = JSON.parse(await readFile(file, 'utf8'));
      if (!isObject(data) || data['version'] !== version) return cache;
      for (const [id, timeS, message, paths] of listsIn(data['commits']))
        if (typeof id === 'string' && typeof timeS === 'number' && typeof message === 'string')
          cache.#commits.set(id, { timeS, message, paths: paths === null ? null : textsIn(paths) });
      for (const [key, list] of listsIn(data['lists']))
        if (typeof key === 'string' && isObject(list) && typeof list['head'] === 'string')
          cache.#lists.set(key, { head: list['head'], ids: textsIn(list['ids']) });
      return cache;
    } catch {
      return new HistoryCache(); // none yet, or damaged: it is read from git
    }
  }
}

function listsIn(value: unknown): readonly (readonly unknown[])[] {
  return Array.isArray(value) ? value.filter((one) => Array.isArray(one)) : [];
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
