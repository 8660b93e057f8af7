/** Changes that stand in files: what the log tells of each, and over it what the editor says of it now. */
import type { ReviewedFile } from '../src/protocol/messages.ts';
import { isOpen } from '../src/protocol/queries.ts';
import type { HunkId, HunkState, StepRow, View } from '../src/protocol/view.ts';

/** The host's last word on the files of the session. */
export interface LiveFiles {
  readonly files: ReadonlyMap<string, ReviewedFile>;
  readonly hunks: ReadonlyMap<HunkId, ReviewedFile['hunks'][number]>;
}

export interface HunkNow {
  readonly state: HunkState;
  readonly reason: string;
  /** From 1, as the file stands now; null: not known. */
  readonly line: number | null;
  /** What a person can do: say a word, or take one back; `see`: it is settled otherwise, and the editor still knows where it is. */
  readonly can: 'decide' | 'undo' | 'see' | null;
}

export interface ToReview {
  readonly hunks: readonly HunkId[];
  readonly files: number;
  /** How many in each file. */
  readonly byFile: ReadonlyMap<string, number>;
}

export function liveFiles(files: readonly ReviewedFile[]): LiveFiles {
  const hunks = new Map<HunkId, ReviewedFile['hunks'][number]>();
  // A hunk that was parted is told by its first piece.
  for (const file of files) for (const hunk of file.hunks) if (!hunks.has(hunk.id)) hunks.set(hunk.id, hunk);
  return { files: new Map(files.map((file) => [file.path, file])), hunks };
}

export function hunkNow(step: StepRow, id: HunkId, view: View, live: LiveFiles | null): HunkNow {
  const told = step.hunks.get(id) ?? { state: 'proposed', reason: '', written: false };
  const now = live?.hunks.get(id);
  if (now) {
    const { state, line, reason = '' } = now;
    const decided = state === 'accepted' || state === 'rejected';
    return { state, reason, line, can: isOpen(state) ? 'decide' : decided ? 'undo' : 'see' };
  }
  const { state, reason } = told;
  return { state, reason, line: null, can: live === null && view.open.has(id) ? 'decide' : null };
}

/** Until the editor has spoken, what the log tells is open. */
export function toReview(view: View, live: LiveFiles | null): ToReview {
  const open = live
    ? [...live.files.values()].flatMap(({ path, hunks }) =>
        hunks.filter(({ state }) => isOpen(state)).map(({ id }) => [id, path] as const),
      )
    : [...view.open];
  const paths = new Map(open); // a hunk that was parted counts once
  const byFile = new Map<string, number>();
  for (const path of paths.values()) byFile.set(path, (byFile.get(path) ?? 0) + 1);
  return { hunks: [...paths.keys()], files: byFile.size, byFile };
}

/** All written hunks of the session with their steps, in the order of the timeline. */
export function writtenHunks({ rows, edits }: View): readonly { readonly id: HunkId; readonly step: StepRow }[] {
  return [...edits.values()].flatMap((at) => {
    const step = rows[at];
    if (step?.kind !== 'step') return [];
    return step.changes.flatMap(({ hunks }) =>
      hunks.filter(({ id }) => step.hunks.get(id)?.written).map(({ id }) => ({ id, step })),
    );
  });
}
