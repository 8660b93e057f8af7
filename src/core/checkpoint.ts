/** Files as they stood, by content hash: what is kept so that the agent's changes can be taken back. */
import type { CallId } from './event.ts';

/** Bytes kept beside a session's log. */
export interface BlobRef {
  /** sha256 of the bytes, hex. */
  readonly hash: string;
  readonly bytes: number;
}

export type FileState =
  /** `folders`: so many of the folders above it were not there either; none where it is left out. */
  | { readonly kind: 'absent'; readonly folders?: number }
  /** `mode`: permission bits. `unsaved`: the text of an editor that was not saved yet. */
  | { readonly kind: 'file'; readonly blob: BlobRef; readonly mode: number; readonly unsaved?: true }
  | { readonly kind: 'link'; readonly target: string }
  /** Was there, and what it held is not kept: `why` in words for a person. */
  | { readonly kind: 'unkept'; readonly why: string };

export interface PathState {
  /** As the tools name it. */
  readonly path: string;
  readonly state: FileState;
}

/** What one call (or one restore) made of a file. */
export interface FileStep {
  readonly path: string;
  readonly before: FileState;
  readonly after: FileState;
}

export type CheckpointId = string;

/** What would become of one file; nothing is written yet. */
export interface RestoreItem {
  readonly path: string;
  /**
   * `back`: gets its old content · `remove`: the agent made it · `create`: the agent removed it · `merge`: the agent's changes are taken
   * out around those of the person · `conflict`: both changed the same lines, a person has to say · `keep`: stands already as it
   * should · `cannot`: its old content is not kept.
   */
  readonly action: 'back' | 'remove' | 'create' | 'merge' | 'conflict' | 'keep' | 'cannot';
  /** One line for a person. */
  readonly why: string;
  /** Lines that would come and go; null where it is no text. */
  readonly lines: { readonly added: number; readonly removed: number } | null;
  /** As it stands now: checked again before anything is written. */
  readonly now: FileState;
  /** As it would stand; null for `keep` and `cannot`. For a conflict: the old content without the person's changes. */
  readonly then: FileState | null;
  /** The calls whose changes would be taken out. */
  readonly calls: readonly CallId[];
}
