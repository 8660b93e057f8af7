/** The changes of sessions that stand in files of this window, as every surface shows them. `changes.ts` makes and decides them. */
import type * as vscode from 'vscode';
import type { HunkId, HunkState } from '../core/change.ts';
import type { SessionId } from '../core/event.ts';

/** Hunks of one file of one session. Two sessions that changed the same file have one each. */
export interface ChangedFile {
  readonly session: SessionId;
  /** Title of the session, for a person. */
  readonly title: string;
  /** As the tools name it. */
  readonly path: string;
  /** The real file. */
  readonly uri: vscode.Uri;
  /** What it was before the open changes, the person's own edits included; an empty document where there was no file. */
  readonly baseline: vscode.Uri;
  /** `created`, `deleted`: by an open change. */
  readonly fate: 'changed' | 'created' | 'deleted' | 'moved';
  /** For `moved`: where it was. */
  readonly from?: string;
  /** In the order of the text; one piece each. */
  readonly hunks: readonly ChangedHunk[];
  readonly openCount: number;
  readonly outsidePlan: boolean;
}

/** One piece of a hunk; a hunk that the person wrote whole lines into has several, which are decided as one. */
export interface ChangedHunk {
  readonly id: HunkId;
  readonly state: Exclude<HunkState, 'proposed' | 'superseded'>;
  /** First line in the document, from 0, and how many; 0 where lines were only removed. */
  readonly line: number;
  readonly count: number;
  /** The lines that stood there. */
  readonly removed: readonly string[];
  /** The person's words on it. */
  readonly reason: string | null;
  /** `number` of `total` open ones in its file; 0 for others. */
  readonly number: number;
  readonly total: number;
}

/** What a surface hands to a command; without `hunks`: all that are open in the file, without `path`: in the session. */
export interface ChangeTarget {
  readonly session: SessionId;
  readonly path?: string;
  readonly hunks?: readonly HunkId[];
}

export interface Changes {
  readonly onDidChange: vscode.Event<void>;
  /** `reopen(null)` has a word to take back. */
  readonly decided: boolean;
  /** Files with changes that are open or that the person has typed into, by session and path. The same value until something changes. */
  readonly files: readonly ChangedFile[];
  /** Those of one document. */
  of(uri: vscode.Uri): readonly ChangedFile[];
  /** The text of a `baseline` address; null: nothing is known of that file any more. */
  baselineText(baseline: vscode.Uri): string | null;
  /** False: nothing of it is open any more. Throws where the file could not be written, and says why. */
  decide(target: ChangeTarget, word: 'accepted' | 'rejected'): Promise<boolean>;
  /** Takes words back; without a target the last one that was said. False: there is none, or the text has gone on. */
  reopen(target: ChangeTarget | null): Promise<boolean>;
  /** The words go to the model with the hunk: into the run, or as a message that starts one. */
  ask(target: ChangeTarget, words: string): Promise<boolean>;
}
