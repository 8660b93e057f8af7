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
  /** Where the file itself goes (`fate`), the first of them stands for that too: without it nothing of the change is made. */
  readonly hunks: readonly Hunk[];
  /** `deleted`: one hunk takes all lines, and the file goes. `moved`: one hunk without lines; its text stays as it is. */
  readonly fate?: { readonly kind: 'deleted' } | { readonly kind: 'moved'; readonly to: string };
}

export type ChangeSet = readonly FileChange[];

/** A file after a change: `saved` is false when the text stands in an unsaved editor. */
export interface AppliedFile {
  readonly path: string;
  /** Of the text that stands there now; of the empty text where the file is gone. */
  readonly afterHash: string;
  readonly saved: boolean;
  /** What saving changed after the agent (format on save, code actions on save), from the agent's text to the saved one. */
  readonly formatted?: readonly Hunk[];
}

export type HunkVerdict = 'accepted' | 'rejected' | 'asked' | 'edited' | 'proposed';

/**
 * A person's word on one hunk that is not written yet. `asked`: not written, and `reason` says what to do instead. `edited`: not written,
 * since the person changed the same lines meanwhile. `proposed`: taken back, open again.
 */
export interface HunkResolution {
  readonly hunk: HunkId;
  readonly verdict: HunkVerdict;
  readonly reason?: string;
}

/**
 * Where a hunk stands in its life. `applied`: in the file, waits for a word. `asked`: as `applied`, and the person asked for a change.
 * `edited`: the person typed into it, so it is theirs. `superseded`: a later change of the agent took its place.
 */
export type HunkState = 'proposed' | 'applied' | 'asked' | 'accepted' | 'rejected' | 'edited' | 'superseded';

/** What became of a hunk that stands in a file already. `applied`: the word before is taken back, it is open again. */
export interface HunkReview {
  readonly hunk: HunkId;
  readonly state: Exclude<HunkState, 'proposed'>;
  /** The person's words. */
  readonly reason?: string;
  /** Where it stands now, from 1. */
  readonly line: number;
  /** For `edited`: the lines that stand there now. */
  readonly text?: readonly string[];
}

/** What the editor says of one place. */
export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** `ts 2304` */
  readonly source?: string;
}

/** **Invariant:** computed for exactly the text with this hash, never for an older one. */
export interface FileProblems {
  readonly path: string;
  readonly textHash: string;
  readonly problems: readonly Problem[];
}

export function countLines(changes: ChangeSet): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const { hunks } of changes) {
    for (const hunk of hunks) {
      const isLast = hunk.after.length === 0;
      added += lineCount(hunk.added, isLast);
      removed += lineCount(hunk.removed, isLast);
    }
  }
  return { added, removed };
}

/** The empty piece after a final newline is no line to a reader; an empty line with more behind it is one. */
function lineCount(lines: readonly string[], isLast: boolean): number {
  return isLast && lines.length > 1 && lines.at(-1) === '' ? lines.length - 1 : lines.length;
}

/** Only the hunks whose ids are in `ids`; files without any are left out. */
export function pickHunks(changes: ChangeSet, ids: ReadonlySet<HunkId>): ChangeSet {
  return changes
    .map((change) => ({ ...change, hunks: change.hunks.filter((hunk) => ids.has(hunk.id)) }))
    .filter((change) => change.hunks.length > 0);
}
