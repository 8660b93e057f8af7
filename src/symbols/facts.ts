/** What one file says, from its text alone: the words between the threads that read files and the one that answers. */
/** Definitions of a file in the order of their starts; one place in each array is one definition. Offsets in UTF-16 units. */
export interface DefinitionTable {
  readonly names: readonly string[];
  /** Place in `symbolKinds`. */
  readonly kinds: Uint8Array;
  /** 1: inside a function. */
  readonly local: Uint8Array;
  /** From its decorators or `export` on, its own comment left out. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly nameStarts: Uint32Array;
  /** Where its body begins; its end where it has none. `text.slice(start, head)` is the signature. */
  readonly heads: Uint32Array;
  /** Lines from 0 of `starts`, `ends` (the last one that holds some of it) and `nameStarts`. */
  readonly startLines: Uint32Array;
  readonly endLines: Uint32Array;
  readonly nameLines: Uint32Array;
  /** Place in this table of the definition around it; -1: none. */
  readonly parents: Int32Array;
}

/** The words of a file that are 2 to 60 characters long, each once. */
export interface WordTable {
  /** As they stand, joined by `\n`; '' for none. */
  readonly text: string;
  /** How often each stands in code, and in comments and strings; at most 65,535. */
  readonly code: Uint16Array;
  readonly prose: Uint16Array;
}

export interface FileFacts {
  /** Id in `languages.ts`; null: no grammar knows it. */
  readonly language: string | null;
  /** `words`: it was not parsed, since no grammar knows it, or it is generated, minified or too large, or its grammar failed. */
  readonly how: 'parsed' | 'words';
  readonly lines: number;
  readonly definitions: DefinitionTable;
  readonly words: WordTable;
  /** What it imports as it stands there: `./upload.js`, `os.path`, `crate::parse`, `stdio.h`. */
  readonly imports: readonly string[];
}

/** Reads files one after the other; lives in a thread of its own, which ends when a file takes too long. */
export interface Extractor {
  /**
   * Never throws for any text. `whole`: definitions inside functions too, at the price of a full parse; without it they may be left out.
   */
  extract(path: string, text: string, whole: boolean): FileFacts;
  /** As `extract` with `whole`, for a text that an editor holds: what was parsed of it last time is used again. */
  follow(path: string, text: string): FileFacts;
  unfollow(path: string): void;
  /** Bytes of the parser's memory, which never shrinks: its thread is worth ending above `indexLimits.heapBytes`. */
  heapBytes(): number;
}
