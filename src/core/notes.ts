/** Notes: what is remembered from one session to the next, a Markdown file each. */

/** `preference` how the person wants it · `fact` how the project is · `feedback` what the person said of work that was done. */
export const noteKinds = ['preference', 'fact', 'feedback'] as const;
export type NoteKind = (typeof noteKinds)[number];

/** `project`: of this workspace; `user`: of all. */
export const noteScopes = ['project', 'user'] as const;
export type NoteScope = (typeof noteScopes)[number];

export interface Note {
  /** `project/run-the-tests` */
  readonly id: string;
  readonly scope: NoteScope;
  readonly kind: NoteKind;
  readonly title: string;
  readonly text: string;
  /** ISO days; '' where the file does not say. */
  readonly created: string;
  readonly updated: string;
  /** Where it comes from: "session 0a1b2c3d4e5f, turn 2", "you". */
  readonly source: string;
  /** Its file. */
  readonly path: string;
}

export type NewNote = Pick<Note, 'scope' | 'kind' | 'title' | 'text' | 'source'>;

export interface Notes {
  /** Those of the project first, each sorted by title. */
  list(signal: AbortSignal): Promise<readonly Note[]>;
  /**
   * A note of the same title is replaced. Without secrets. `dropped`: what was not used for longest and gave way, where there were too
   * many. Throws `invalid_input` for what is no note.
   */
  write(note: NewNote, signal: AbortSignal): Promise<{ readonly note: Note; readonly dropped: readonly Note[] }>;
  /** By id or title, of one scope or (null) of both; null: there is none. */
  forget(name: string, scope: NoteScope | null, signal: AbortSignal): Promise<Note | null>;
  /** It was read: it counts as used now. */
  used(note: Note): Promise<void>;
}
