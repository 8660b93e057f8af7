/** A person's words on a proposal, change by change, and what they come to. Pure: a fold over `hunk.resolved`. */
import { pickHunks, type ChangeSet, type HunkId, type HunkResolution } from '../core/change.ts';
import type { Decision } from '../core/permission.ts';

/** The last word on each hunk, newest last; open ones are not in it. */
export type Words = ReadonlyMap<HunkId, HunkResolution>;

export function wordsOf(resolutions: readonly HunkResolution[]): Words {
  return resolutions.reduce(withWord, new Map<HunkId, HunkResolution>());
}

/** `proposed` takes a word back. */
export function withWord(words: Words, resolution: HunkResolution): Words {
  const next = new Map(words);
  next.delete(resolution.hunk); // so that the last word stands last
  if (resolution.verdict !== 'proposed') next.set(resolution.hunk, resolution);
  return next;
}

export function hunkIds(changes: ChangeSet): readonly HunkId[] {
  return changes.flatMap(({ hunks }) => hunks.map(({ id }) => id));
}

export function openHunks(changes: ChangeSet, words: Words): readonly HunkId[] {
  return hunkIds(changes).filter((id) => !words.has(id));
}

/** What the words come to once every hunk has one: what was accepted is allowed, nothing accepted is a denial. null: some are open. */
export function decisionOf(changes: ChangeSet, words: Words): Decision | null {
  const by = { kind: 'user' } as const;
  const ids = hunkIds(changes);
  if (ids.length === 0 || !ids.every((id) => words.has(id))) return null;
  const accepted = new Set(ids.filter((id) => words.get(id)?.verdict === 'accepted'));
  const others = ids.flatMap((id) => (accepted.has(id) ? [] : (words.get(id) ?? [])));
  if (others.length === 0) return { action: 'allow', by };
  if (accepted.size > 0) return { action: 'allow', by, accepted: pickHunks(changes, accepted), hunks: others };
  // The reasons stand with the hunks; one that was given for all is said once.
  const [only = '', ...more] = new Set(others.map(({ reason }) => reason ?? ''));
  if (only === '' || more.length > 0) return { action: 'deny', by, reason: '', hunks: others };
  return { action: 'deny', by, reason: only, hunks: others.map(({ hunk, verdict }) => ({ hunk, verdict })) };
}
