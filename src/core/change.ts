/** Changes of files as data: what is proposed, reviewed, applied and recorded. */

/** Stable within a session: `<call>:<file>.<hunk>`, both counted from 1. */
export type HunkId = string;

/**
 * One contiguous replacement of lines. Lines are what stands between `\n`s (a `\r` stays part of its line, so mixed line ends
 * survive); the piece after the last `\n` is a line too, so a final newline is exact. Line numbers count from 1 in the old text;
 * with nothing removed, `added` goes in before `startLine`.
 */
export interface Hunk {
  readonly id: HunkId;
  readonly startLine: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Unchanged lines around it, at most `limits.hunkContext` a side; for display only. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The enclosing definition as far as indentation tells: `start()`; for display only. */
  readonly where?: string;
}

export interface FileChange {
  /** As the tools name it: relative to the workspace folder, with `/`. */
  readonly path: string;
  /** Hash of the text that the hunks were made against; null: the file does not exist yet. */
  readonly beforeHash: string | null;
  readonly hunks: readonly Hunk[];
}

export type ChangeSet = readonly FileChange[];

/** A file after a change: `saved` is false when the text stands in an unsaved editor. */
export interface AppliedFile {
  readonly path: string;
  readonly afterHash: string;
  readonly saved: boolean;
}

export type HunkVerdict = 'accepted' | 'rejected' | 'asked' | 'proposed';

/** A person's word on one hunk. `asked`: not written, and `reason` says what to do instead. `proposed`: taken back, open again. */
export interface HunkResolution {
  readonly hunk: HunkId;
  readonly verdict: HunkVerdict;
  readonly reason?: string;
}

export function countLines(changes: ChangeSet): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const { hunks } of changes) {
    for (const hunk of hunks) {
      added += lineCount(hunk.added);
      removed += lineCount(hunk.removed);
    }
  }
  return { added, removed };
}

/** The empty piece after a final newline is no line to a reader. */
function lineCount(lines: readonly string[]): number {
  return lines.length > 1 && lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

/** Only the hunks whose ids are in `ids`; files without any are left out. */
export function pickHunks(changes: ChangeSet, ids: ReadonlySet<HunkId>): ChangeSet {
  return changes
    .map((change) => ({ ...change, hunks: change.hunks.filter((hunk) => ids.has(hunk.id)) }))
    .filter((change) => change.hunks.length > 0);
}
