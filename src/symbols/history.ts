/** The past of a workspace's files, from git: what was changed together, and with which words. For trusted workspaces only. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HistoryCache, type KnownCommit } from './historyCache.ts';
import { commitIds, headOf, readCommits } from './historyGit.ts';
import { subjectOf } from './historyMessage.ts';
import { repositoriesOf, type HistoryRepository } from './historyRepositories.ts';
import { indexLimits } from './indexLimits.ts';
import type { Commit, History } from './view.ts';

export interface HistoryOptions {
  /** Of the workspace, absolute; paths of the history are relative to the first. */
  readonly folders: readonly string[];
  readonly gitPath?: string;
  /** What was read before; what is read now is added. One does for all repositories that share commits. */
  readonly cache?: HistoryCache;
  /** Newest first, so many count. */
  readonly max?: number;
  /** Paths that nobody shall hear of. */
  readonly isLeftOut?: (path: string) => boolean;
}

/**
 * What HEAD has behind it, newest first; merges and commits of very many files left out. The very same value again where nothing has
 * moved. Empty without git, repository or commits; what is not read in time is read the next time. Rejects on abort alone.
 */
export async function readHistory(options: HistoryOptions, signal: AbortSignal): Promise<History> {
  const {
    folders,
    gitPath = 'git',
    cache = new HistoryCache(),
    max = indexLimits.historyCommits,
    isLeftOut = () => false,
  } = options;
  signal.throwIfAborted();
  const repositories = await repositoriesOf(folders);
  const parts: { readonly repository: HistoryRepository; readonly ids: readonly string[] }[] = [];
  const stamp: unknown[] = [folders, max];
  for (const repository of repositories) {
    const git = { ...repository, gitPath };
    const head = await headOf(git, signal);
    if (head === null) continue;
    const prefixes = repository.places.map(({ prefix }) => prefix);
    const key = JSON.stringify([repository.gitFolder, prefixes, max]);
    const known = cache.list(key, head);
    const { ids, isAll } = known ? { ids: known, isAll: true } : await commitIds(git, head, prefixes, max, signal);
    // What was not found in time would not be the next time either.
    if (!known && (isAll || ids.length > 0)) cache.setList(key, head, ids);
    const shallow = await shallowEnds(repository);
    const counted = ids.filter((id) => !shallow.has(id)); // they seem to have made all files that there were
    const missing = counted.filter((id) => cache.commit(id) === undefined);
    const add = (id: string, commit: KnownCommit): void => {
      // Before the cache keeps them.
      cache.add(id, { ...commit, paths: commit.paths?.filter((path) => !isLeftOut(path)) ?? null });
    };
    const vain = `${head} ${key}`;
    if (missing.length > 0 && !cache.vain.has(vain)) await readCommits(git, missing, add, signal);
    const left = missing.filter((id) => cache.commit(id) === undefined).length;
    if (left === missing.length) cache.vain.add(vain);
    parts.push({ repository, ids: counted });
    stamp.push(key, head, counted.length, left);
  }
  return cache.history(JSON.stringify(stamp), () => {
    const commits = parts.flatMap((part) => commitsOf(part.repository, part.ids, cache, isLeftOut));
    if (parts.length > 1) commits.sort((a, b) => b.timeS - a.timeS);
    return { commits: commits.slice(0, max) };
  });
}

function commitsOf(
  { places }: HistoryRepository,
  ids: readonly string[],
  cache: HistoryCache,
  isLeftOut: (path: string) => boolean,
): Commit[] {
  const commits: Commit[] = [];
  for (const id of ids) {
    const { timeS = 0, message = '', paths: all = [] } = cache.commit(id) ?? {};
    const paths: string[] = [];
    for (const path of all ?? []) {
      const place = places.find(({ prefix }) => path.startsWith(prefix));
      if (place === undefined) continue;
      const name = place.name + path.slice(place.prefix.length);
      if (!isLeftOut(name)) paths.push(name);
    }
    if (paths.length > 0) commits.push({ timeS, subject: subjectOf(message), message, paths });
  }
  return commits;
}

/** Commits whose parents a shallow clone leaves out. */
async function shallowEnds({ gitFolder }: HistoryRepository): Promise<ReadonlySet<string>> {
  for (const file of [join(gitFolder, 'shallow'), join(gitFolder, '../../shallow')]) {
    const stat = await lstat(file).catch(() => null);
    if (stat?.isFile() && stat.size <= indexLimits.commitFieldBytes)
      return new Set((await readFile(file, 'latin1').catch(() => '')).split('\n'));
  }
  return new Set();
}
