/** What the rooms need of the world and of one another. `agent.ts` hands the adapters over; tests hand over fakes. */
import type { AppliedFile, ChangeSet, HunkResolution } from './change.ts';
import type { Actor, CallId, Event, Fact, Question, Seq, SessionId } from './event.ts';
import type { Decision } from './permission.ts';

export interface SessionSummary {
  readonly id: SessionId;
  readonly title: string;
  readonly folders: readonly string[];
  readonly updatedAtMs: number;
  readonly sizeBytes: number;
}

/** What the loop says; the log adds place and time. */
export interface Entry {
  readonly actor: Actor;
  readonly turn: number;
  readonly step: number;
  readonly fact: Fact;
}

/** The durable truth of all sessions of one storage folder. */
export interface EventLog {
  /** Opens for writing. Throws `locked` when another process or window holds it, `not_found`, `corrupt`. */
  open(session: SessionId): Promise<OpenLog>;
  create(session: SessionId): Promise<OpenLog>;
  /** Whole events only, in order; a torn tail is left out. Needs no ownership. */
  read(session: SessionId, from?: Seq): AsyncIterable<Event>;
  list(): Promise<readonly SessionSummary[]>;
  delete(session: SessionId): Promise<void>;
}

/** One session's log, held by this process until `close`. */
export interface OpenLog {
  readonly session: SessionId;
  /** The last place in the log; 0 when empty. */
  readonly seq: Seq;
  /**
   * The events are known at once and may be folded; whoever acts on them waits for `durable` first. Appends keep their order;
   * those of one tick go to disk together. After a failed one every later append fails too.
   */
  append(entries: readonly Entry[]): { readonly events: readonly Event[]; readonly durable: Promise<void> };
  close(): Promise<void>;
}

export interface TextFile {
  readonly path: string;
  /** Without a byte order mark; line ends as they are. In an editor: the unsaved text. */
  readonly text: string;
  /** sha256 of `text`, hex. */
  readonly hash: string;
  readonly unsaved: boolean;
}

export interface DirEntry {
  /** As the tools name it; folders end in `/`. */
  readonly path: string;
  readonly sizeBytes: number | null;
}

export interface Location {
  /** As the tools and the log name it: relative to the first folder with `/`; absolute when outside all folders. */
  readonly path: string;
  readonly absolute: string;
  readonly inside: boolean;
}

/** Files of the workspace. Every path is taken relative to the first folder; errors are for the model to mend. */
export interface Files {
  readonly folders: readonly string[];
  /** Pure path arithmetic; `..` is resolved, nothing is opened. */
  locate(path: string): Location;
  /** Throws `not_found` (with near names), `invalid_input` for folders, binaries and files over the size limit. */
  read(path: string, signal: AbortSignal): Promise<TextFile>;
  /** Below a folder, ignore files honoured, sorted; `depth` 1 is the folder itself. */
  list(path: string, depth: number, signal: AbortSignal): Promise<{ entries: readonly DirEntry[]; truncated: boolean }>;
  /** Checks every `beforeHash` first, then writes all. Throws `conflict` when a file is not what the change was made against. */
  apply(changes: ChangeSet, signal: AbortSignal): Promise<readonly AppliedFile[]>;
}

export interface TextQuery {
  readonly pattern: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
  /** Folder or file to search in; the first workspace folder when null. */
  readonly path: string | null;
  /** File names: `**` + `/*.ts` */
  readonly glob: string | null;
  readonly contextLines: number;
  readonly matchesMax: number;
}
export interface TextMatch {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** A line of context, not a match. */
  readonly context: boolean;
}
export interface Search {
  /** Throws `invalid_input` for a pattern that does not compile, with the reason. */
  text(query: TextQuery, signal: AbortSignal): Promise<{ matches: readonly TextMatch[]; truncated: boolean }>;
}

export interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Capped: head and tail, with a line in between that says what was dropped. */
  readonly output: string;
  readonly outputBytes: number;
  readonly outputLines: number;
  readonly ms: number;
}
export interface Shell {
  /** Name of the shell for the prompt: `bash`. */
  readonly name: string;
  /** Runs a line in its own process group; the group is dead when this settles, on abort within 100 ms of the signal. */
  run(
    command: { readonly line: string; readonly cwd: string; readonly timeoutMs: number },
    onOutput: (text: string) => void,
    signal: AbortSignal,
  ): Promise<CommandEnd>;
}

export interface Approval {
  readonly session: SessionId;
  readonly call: CallId;
  readonly tool: string;
  readonly question: Question;
  /** What the person had already said on single hunks when the wait began (after a restart). */
  readonly resolved: readonly HunkResolution[];
}

/** Asks a person. Without one, answers with a denial that says so. */
export interface Approver {
  /** `onHunk` reports each word on a single hunk as it falls, before the whole is decided. */
  ask(approval: Approval, onHunk: (resolution: HunkResolution) => void, signal: AbortSignal): Promise<Decision>;
}

export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Fresh ids; random outside of tests. */
export type NewId = () => string;
