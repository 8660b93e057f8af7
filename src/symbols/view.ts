/** The index as ranking and look-up read it: numbers for files and words, arrays that nobody writes to. */
import type { SymbolKind } from '../core/symbols.ts';

/** Number of a file, word or definition; holds until the next change of the store. */
export type FileId = number;
export type WordId = number;
export type DefinitionId = number;

/** Where a word stands; places in the three arrays go together, files rise. */
export interface Postings {
  readonly files: ArrayLike<FileId>;
  readonly code: ArrayLike<number>;
  readonly prose: ArrayLike<number>;
  readonly length: number;
}

export interface StoredDefinition {
  readonly file: FileId;
  readonly name: WordId;
  readonly kind: SymbolKind;
  readonly local: boolean;
  /** As in `DefinitionTable`: offsets in UTF-16 units, lines from 0. */
  readonly start: number;
  readonly end: number;
  readonly head: number;
  readonly nameStart: number;
  readonly startLine: number;
  readonly endLine: number;
  readonly nameLine: number;
  /** -1: none. */
  readonly parent: DefinitionId;
}

export interface StoreView {
  /** Ids are below this; not all of them need be in use. */
  readonly fileCount: number;
  readonly liveFiles: number;
  isLive(file: FileId): boolean;
  path(file: FileId): string;
  fileOf(path: string): FileId | null;
  language(file: FileId): string | null;
  /** Words of the file, each as often as it stands there. */
  length(file: FileId): number;
  lines(file: FileId): number;
  /** Of the content that was read: the same for the same text. */
  version(file: FileId): string;

  /** Ids are below this; not all of them need stand anywhere. */
  readonly wordCount: number;
  wordId(word: string): WordId | null;
  word(id: WordId): string;
  postings(word: WordId): Postings;
  /** Distinct words of one file. */
  wordsOf(file: FileId): ArrayLike<WordId>;
  /** Words that have this term among theirs (`terms.ts`). */
  wordsWith(term: string): ArrayLike<WordId>;

  readonly definitionCount: number;
  definition(id: DefinitionId): StoredDefinition;
  /** In order. */
  definitionsOf(file: FileId): ArrayLike<DefinitionId>;
  /** Named just so. */
  definitionsNamed(word: WordId): ArrayLike<DefinitionId>;

  /** Files that it imports, as far as that can be told, and those that import it. */
  importsOf(file: FileId): ArrayLike<FileId>;
  importedBy(file: FileId): ArrayLike<FileId>;
}

/** What was changed together, and with which words; newest first. */
export interface History {
  readonly commits: readonly Commit[];
}
export interface Commit {
  readonly timeS: number;
  /** Its first line, and all its words. */
  readonly subject: string;
  readonly message: string;
  /** As the index names them, files that are gone by now too. */
  readonly paths: readonly string[];
}

/** Texts of files as they stand, unsaved text included; null: gone, or not a text. */
export type ReadText = (path: string) => string | null;
