/** Where the hunks of a proposal stand: in the text they were made against, and in the text that is proposed. */
import type { FileChange, Hunk, HunkId, HunkResolution, HunkVerdict } from '../core/change.ts';

export interface Place {
  readonly hunk: Hunk;
  /** `number` of `total` in its file. */
  readonly number: number;
  readonly total: number;
  /** `proposed`: open. */
  readonly verdict: HunkVerdict;
  readonly reason: string;
  /** First line, from 0, and how many. */
  readonly old: { readonly line: number; readonly count: number };
  readonly fresh: { readonly line: number; readonly count: number };
}

/** A person's words; a rejected hunk is not in the proposed text, an accepted one stays. */
export function placesOf(change: FileChange, words: ReadonlyMap<HunkId, HunkResolution>): readonly Place[] {
  let shift = 0;
  return change.hunks.map((hunk, index) => {
    const word = words.get(hunk.id);
    const verdict = word?.verdict ?? 'proposed';
    const line = hunk.startLine - 1;
    const removed = hunk.removed.length;
    const count = isProposed(verdict) ? hunk.added.length : removed;
    const fresh = { line: line + shift, count };
    shift += count - removed;
    return {
      hunk,
      number: index + 1,
      total: change.hunks.length,
      verdict,
      reason: word?.reason ?? '',
      old: { line, count: removed },
      fresh,
    };
  });
}

/** Whether a hunk stands in the proposed text. */
export function isProposed(verdict: HunkVerdict): boolean {
  return verdict === 'proposed' || verdict === 'accepted';
}

/** The hunk whose lines hold `line`; where lines are only removed or only added, the line they stand before counts too. */
export function placeAt(places: readonly Place[], side: 'old' | 'fresh', line: number): Place | null {
  return (
    places.find((place) => {
      const { line: first, count } = place[side];
      return line >= first && line < first + Math.max(1, count);
    }) ?? null
  );
}
