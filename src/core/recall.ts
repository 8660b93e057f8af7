/** What can be looked for and read again: a port of its own, since the panel knows the words of tools and nothing of Node. */

/** Where something that the model saw once, or was told to keep, can be found and read again. */
export interface RecallSource {
  /** As the model names it: `session`, `past`, `notes`. */
  readonly name: string;
  /** All or some of the words, best first; none where nothing fits. */
  search(query: string, signal: AbortSignal): Promise<readonly RecallHit[]>;
  /** null: there is nothing of this id. */
  read(id: string, signal: AbortSignal): Promise<string | null>;
}
export interface RecallHit {
  /** For `read`. */
  readonly id: string;
  /** Where and what it is, in a few words: `turn 2 step 4, read_file src/a.ts`. */
  readonly place: string;
  /** Cut around the words. */
  readonly text: string;
}
