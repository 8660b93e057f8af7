/** The past as ranking reads it: which commits speak of a term, which files they changed, and what was changed together. */
import type { Commit, History } from '../view.ts';
import { termsOf } from '../terms.ts';

export interface Commits {
  readonly count: number;
  /** Terms of each commit's message, all together. */
  readonly length: ArrayLike<number>;
  readonly averageLength: number;
  /** Commits whose message holds the term, and how often; newest first. */
  with(term: string): readonly { readonly commit: number; readonly times: number }[];
  pathsOf(commit: number): readonly string[];
  subject(commit: number): string;
  /** Commits that changed the file, newest first. */
  of(path: string): readonly number[];
  /** How often and lately it was changed. */
  recent(path: string): number;
}

/** Made once for a history and kept with it. */
export function commitsOf(history: History): Commits {
  const known = made.get(history);
  if (known) return known;
  const byTerm = new Map<string, { commit: number; times: number }[]>();
  const byPath = new Map<string, number[]>();
  const recent = new Map<string, number>();
  const length = new Uint16Array(history.commits.length);
  let sum = 0;
  for (const [commit, one] of history.commits.entries()) {
    const { paths } = one;
    for (const [term, n] of termsIn(one)) {
      push(byTerm, term, { commit, times: n });
      length[commit] = (length[commit] ?? 0) + n;
    }
    sum += length[commit] ?? 0;
    for (const path of paths) {
      push(byPath, path, commit);
      recent.set(path, (recent.get(path) ?? 0) + 1 / (1 + commit / 200) / Math.sqrt(paths.length));
    }
  }
  const { commits } = history;
  const result: Commits = {
    count: commits.length,
    length,
    averageLength: Math.max(1, sum / Math.max(1, commits.length)),
    with: (term) => byTerm.get(term) ?? [],
    pathsOf: (commit) => commits[commit]?.paths ?? [],
    subject: (commit) => commits[commit]?.subject ?? '',
    of: (path) => byPath.get(path) ?? [],
    recent: (path) => recent.get(path) ?? 0,
  };
  made.set(history, result);
  return result;
}

const made = new WeakMap<History, Commits>();

/** How often each term stands in a commit's message; a newer history holds the same commits. */
function termsIn(commit: Commit): ReadonlyMap<string, number> {
  const known = terms.get(commit);
  if (known) return known;
  const times = new Map<string, number>();
  for (const [word] of commit.message.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu))
    for (const term of termsOf(word)) times.set(term, (times.get(term) ?? 0) + 1);
  terms.set(commit, times);
  return times;
}
const terms = new WeakMap<Commit, ReadonlyMap<string, number>>();

export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
