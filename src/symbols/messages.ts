/** What the threads of the index say to one another. */
import type { CodeIndex } from '../core/ports.ts';
import type { IndexStatus } from '../core/symbols.ts';
import type { IndexFigures } from './engine.ts';
import type { SourceText } from './extractorPool.ts';
import type { FileFacts } from './facts.ts';

/** What the index's thread is started with. */
export interface IndexSettings {
  /** Absolute; the first is the one that paths are relative to. */
  readonly folders: readonly string[];
  /** Where indexes are kept; null: in memory only. */
  readonly storage: string | null;
  /** The folder with the grammars. */
  readonly grammars: string;
  /** The file of the thread that reads files. */
  readonly extractor: string;
  /** Git is asked for the past: in trusted workspaces only. */
  readonly history: boolean;
  /** Of this program: another one may read files differently. */
  readonly version: string;
}

/** Questions and their answers. */
export interface Answers {
  find: Awaited<ReturnType<CodeIndex['find']>>;
  outline: Awaited<ReturnType<CodeIndex['outline']>>;
  references: Awaited<ReturnType<CodeIndex['references']>>;
  rank: Awaited<ReturnType<CodeIndex['rank']>>;
  lines: Awaited<ReturnType<CodeIndex['lines']>>;
  ready: IndexStatus;
  figures: IndexFigures;
  close: null;
}
export type Question = keyof Answers;

export type ToIndex =
  | { readonly ask: Question; readonly id: number; readonly args: readonly unknown[] }
  | { readonly abort: number }
  | { readonly unsaved: string; readonly text: string | null }
  | { readonly changed: readonly string[] }
  | { readonly do: 'cancel' | 'rebuild' };

export type FromIndex =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly status: IndexStatus };

export type ToExtractor =
  | { readonly id: number; readonly files: readonly SourceText[] }
  | { readonly id: number; readonly follow: string; readonly text: string }
  | { readonly unfollow: string };

/** Of no question: the thread says that it can read. */
export const startedId = 0;

export interface FromExtractor {
  readonly id: number;
  readonly facts: readonly FileFacts[];
  readonly heapBytes: number;
}
