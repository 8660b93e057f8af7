/** A proposal moved to where it fits after its file changed while somebody looked at it. */
import type { FileChange, Hunk, HunkId } from '../core/change.ts';
import { observe, propose, proposed, type Diff, type Lines } from './ledger.ts';

export interface Rebased {
  /** **Invariant:** all hunks of the change, in order; each names lines of the text as it stands now. */
  readonly change: FileChange;
  /** Hunks whose lines somebody else changed: never to be written. */
  readonly edited: ReadonlySet<HunkId>;
}

/**
 * `base`: the lines that `change` was made against, `now`: those that stand there, none at all where there is no file, and `nowHash` the
 * hash of that text, null then. Made anew from the same `base` each time, what is typed and taken back again leaves no trace.
 */
export function rebaseChange(
  change: FileChange,
  base: Lines,
  now: Lines,
  nowHash: string | null,
  diff: Diff,
  contextLines: number,
): Rebased {
  const file = observe(propose(base, change.hunks), now, diff);
  const fitting = new Map(proposed(file, contextLines).map((hunk) => [hunk.id, hunk]));
  const places = new Map(file.regions.map((region) => [region.hunk, region]));
  const hunks = change.hunks.map((hunk): Hunk => {
    const moved = fitting.get(hunk.id);
    if (moved) return moved;
    const { start, count } = places.get(hunk.id) ?? { start: 0, count: 0 };
    return {
      ...hunk,
      startLine: start + 1,
      removed: now.slice(start, start + count),
      before: now.slice(Math.max(0, start - contextLines), start),
      after: now.slice(start + count, start + count + contextLines),
    };
  });
  const edited = new Set(change.hunks.flatMap(({ id }) => (fitting.has(id) ? [] : id)));
  return { change: { ...change, beforeHash: nowHash, hunks }, edited };
}
