/** What the rooms need of the world and of one another. `agent.ts` hands the adapters over; tests hand over fakes. */
import type { AppliedFile, ChangeSet, HunkResolution } from './change.ts';
import type { CommandFate } from './command.ts';
import type { BlobRef, CheckpointId, FileState, FileStep, PathState, RestoreItem } from './checkpoint.ts';
import type { Actor, CallId, Event, Fact, Outcome, Question, Seq, SessionId } from './event.ts';
import type { HostPort } from './hostPort.ts';
import type { DecidedBy, Decision, Effect, SandboxState, Tier } from './permission.ts';
import type { CodeQuery, CodeRanking, CodeRange, CodeReference, Definition, IndexStatus } from './symbols.ts';
import type { ToolResult } from './tool.ts';

export interface SessionSummary {
  readonly id: SessionId;
  readonly title: string;
  readonly folders: readonly string[];
  readonly updatedAtMs: number;
  readonly sizeBytes: number;
  /** A turn has no end in the log: it runs, is paused, or was cut off. */
  readonly open: boolean;
  readonly closed: boolean;
  /** How the last turn ended, without its words; null: none has. */
  readonly outcome: Outcome['kind'] | 'unverified' | null;
  /** null: the price of some reply is not known. */
  readonly costUsd: number | null;
  /** The log is damaged, or of a newer version: what is wrong with it, for a person. */
  readonly damage: string | null;
  /** Changes in the files that wait for a word; may be too many, never too few: says which logs are worth reading. */
  readonly openChanges: number;
}

export interface FoundSession {
  readonly id: SessionId;
  /** Where the words stand: a title, a message, a file name; cut around the first match. */
  readonly line: string;
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
  /** As `read`, but never throws `corrupt`: the events before the damage, and what it is. */
  salvage(session: SessionId): Promise<{ readonly events: readonly Event[]; readonly damage: string | null }>;
  /** Newest first. */
  list(): Promise<readonly SessionSummary[]>;
  /** Sessions whose title, messages or file names hold all the words, newest first. */
  search(words: string): Promise<readonly FoundSession[]>;
  /** Throws `locked` while anybody holds it. */
  delete(session: SessionId): Promise<void>;
  /** A new session `to` with the events up to `through` and the bytes that they name; `to` is not held afterwards. */
  copy(from: SessionId, through: Seq, to: SessionId): Promise<void>;
  /** One file that holds all of a session, its kept bytes included; damaged sessions up to the damage. */
  export(session: SessionId): AsyncIterable<Uint8Array>;
  /** Throws `invalid_input` for anything that is not such a file, whole and consistent. Gives the id it was exported under. */
  import(data: AsyncIterable<Uint8Array>, to: SessionId): Promise<SessionId>;
}

/** Bytes beside the log of a session, by their hash: kept once, deleted with the session. */
export interface Blobs {
  /**
   * Durable when it resolves. With `later` it survives the end of this process from then on, and a power cut once the system has written
   * it: for what is told after the fact, where an effect waits for nothing.
   */
  put(session: SessionId, data: Uint8Array, when?: 'now' | 'later'): Promise<BlobRef>;
  /** Throws `not_found`, and `corrupt` when the bytes are not what the hash says. */
  get(session: SessionId, hash: string): Promise<Buffer>;
  /** Writes down what comes while it comes, so that a kill leaves it readable. One for each name at a time. */
  spool(session: SessionId, name: string): Spool;
  /** The end of what a spool of that name has left; null when there is none. */
  spooled(session: SessionId, name: string): Promise<string | null>;
}
export interface Spool {
  /** Never throws and never waits; beyond `limits.outputKeptBytes` the rest is dropped. */
  write(text: string): void;
  /** `keep`: as a blob, null when nothing came or it could not be written. The spool is gone afterwards. */
  end(keep: boolean): Promise<BlobRef | null>;
}

/** Copies of files, so that what the agent changed can be taken back. Never writes to a version control of the person's. */
export interface Checkpoints {
  /** Copies of what is about to change; unsaved editor text is the truth. Never throws for a file: it is `unkept` then. */
  keep(session: SessionId, paths: readonly string[], signal: AbortSignal): Promise<readonly PathState[]>;
  /** As `keep`, after the change: the same paths in the same order. */
  steps(session: SessionId, before: readonly PathState[], signal: AbortSignal): Promise<readonly FileStep[]>;
  /** Reads ahead of time what `watch` needs, which takes seconds the first time in a large workspace. Never throws. */
  warm(signal: AbortSignal): Promise<void>;
  /** Before a command, whose changes are not known beforehand. */
  watch(session: SessionId, call: CallId, signal: AbortSignal): Promise<TreeWatch>;
  /** What a command has changed whose process is gone together with its watch; null: not known. */
  recover(session: SessionId, call: CallId, signal: AbortSignal): Promise<readonly FileStep[] | null>;
  /** What taking out `steps` would do, oldest first as they were recorded. Writes nothing to the workspace. */
  preview(session: SessionId, steps: readonly TakenStep[], signal: AbortSignal): Promise<readonly RestoreItem[]>;
  /**
   * Does it, after checking that every file is what the preview saw: throws `conflict` before anything is written otherwise, and for
   * each conflict that is in neither list. `mine`: stays as it stands; `old`: gets its old content.
   */
  restore(
    session: SessionId,
    items: readonly RestoreItem[],
    choices: { readonly mine: readonly string[]; readonly old: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly FileStep[]>;
  /** The bytes of a kept state; null for what is no file. */
  content(session: SessionId, state: FileState): Promise<Buffer | null>;
  /** Ends all watching. */
  close(): Promise<void>;
}
/** Ends with what has changed in the workspace since it began, ignored files left out. */
export interface TreeWatch {
  end(signal: AbortSignal): Promise<readonly FileStep[]>;
}
/** A recorded step with its place in the session. */
export interface TakenStep {
  readonly checkpoint: CheckpointId;
  readonly call: CallId | null;
  readonly file: FileStep;
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
  /**
   * What a path of a command means on disk as it stands: links are followed, wild cards stand for what they match. With the path itself;
   * asks the disk, and waits for it some microseconds.
   */
  leadsTo(path: string): readonly Location[];
  /** Throws `not_found` (with near names), `invalid_input` for folders, binaries and files over the size limit. */
  read(path: string, signal: AbortSignal): Promise<TextFile>;
  /** Below a folder, ignore files honoured, sorted; `depth` 1 is the folder itself. */
  list(path: string, depth: number, signal: AbortSignal): Promise<{ entries: readonly DirEntry[]; truncated: boolean }>;
  /**
   * Checks every `beforeHash` first, then writes all, removals and moves too. Throws `conflict` when a file is not what the change was made
   * against, or stands where another is to go.
   */
  apply(changes: ChangeSet, signal: AbortSignal): Promise<readonly AppliedFile[]>;
  /** Removes what an `apply` whose process was killed may have left beside these files; nothing else, and never throws. */
  tidy(paths: readonly string[]): Promise<void>;
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

/**
 * The symbols of the workspace. Answers from what it has, at once, also while it is being made; files that hold secrets are in none of
 * the answers. Paths as the tools name them.
 */
export interface CodeIndex {
  status(): IndexStatus;
  /** Hears of each change of the status, at most a few times a second. Returns the way to stop. */
  onStatus(listener: (status: IndexStatus) => void): () => void;
  /** Resolves when every file counts or the index was cancelled. */
  ready(signal: AbortSignal): Promise<IndexStatus>;
  /** By name: exact ones first, then `prs` for `parseSource`; `name` may be qualified: `Parser.parse`. */
  find(
    query: { readonly name: string; readonly path: string | null; readonly max: number },
    signal: AbortSignal,
  ): Promise<readonly Definition[]>;
  /** Of a file, in order, nested ones too; of a folder, file by file, the top ones only. `cut`: there are more. */
  outline(
    path: string,
    max: number,
    signal: AbortSignal,
  ): Promise<{ readonly definitions: readonly Definition[]; readonly cut: boolean }>;
  /** Lines of code that use a name, as far as names tell; the files of its definitions first. */
  references(
    query: { readonly name: string; readonly path: string | null; readonly max: number },
    signal: AbortSignal,
  ): Promise<{ readonly references: readonly CodeReference[]; readonly cut: boolean }>;
  /** While the index is being made, files whose paths speak of what is asked are read first. */
  rank(query: CodeQuery, signal: AbortSignal): Promise<CodeRanking>;
  /** The lines as they stand, unsaved text included; null where the file is not what `version` says, or gone. */
  lines(
    ranges: readonly (CodeRange & { readonly version: string | null })[],
    signal: AbortSignal,
  ): Promise<readonly (string | null)[]>;
  /** Text that an editor holds and the disk does not; null: the disk counts again. Never throws. */
  unsaved(path: string, text: string | null): void;
  /** These may have changed on disk, a folder with all that is in it. Never throws. */
  changed(paths: readonly string[]): void;
  /** Stops making the index; what there is stays. `rebuild` begins again, with nothing. */
  cancel(): void;
  rebuild(): void;
  close(): Promise<void>;
}

/** A place that a language server names. Lines from 1, columns in UTF-16 units from 0. */
export interface CodePlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}
/** What the editor's language servers say; null where none speaks for the file. */
export interface LanguageServers {
  /** `name`: of the one that answered, for a person: `TypeScript`, or the language where it does not say. */
  references(
    at: CodePlace,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly places: readonly CodePlace[] } | null>;
  outline(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly name: string; readonly definitions: readonly Definition[] } | null>;
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
  /** What held it while it ran. */
  readonly held: SandboxState['kind'];
  /** The folder that the line ended in, absolute, links resolved; absent: not known. */
  readonly cwd?: string;
}
export interface ShellCommand {
  readonly line: string;
  readonly cwd: string;
  /** null: it may run for as long as it likes. */
  readonly timeoutMs: number | null;
  /** Without the sandbox. */
  readonly outside?: boolean;
  /** What it may reach from within the sandbox, by `host:port`; absent: nothing. */
  readonly hosts?: readonly HostPort[];
  /** Whose commands it shares a loopback with, where the sandbox has that; absent: nobody's. */
  readonly session?: SessionId;
  /** Its input stays open for what is typed; else it has none. */
  readonly input?: boolean;
  /** Called once it runs. */
  readonly onStart?: (controls: CommandControls) => void;
}
export interface CommandControls {
  /** Into its input, where that is open. */
  type(text: string): void;
  endInput(): void;
  /** Asks it to end, then ends it with all that it has started. */
  stop(): void;
}
export interface Shell {
  /** Name of the shell for the prompt: `bash`. */
  readonly name: string;
  /** Runs a line in its own process group; the group is dead when this settles, on abort within 100 ms of the signal. */
  run(command: ShellCommand, onOutput: (text: string) => void, signal: AbortSignal): Promise<CommandEnd>;
}

/** How a program is to be started. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** What it may reach where it is held; absent: nothing. */
  readonly hosts?: readonly HostPort[];
  /** Held, and without `hosts`: it shares the loopback of this session. */
  readonly session?: SessionId;
}
export interface Sandbox {
  /** As the probe has found it; before that, `none`. */
  state(): SandboxState;
  /** After the probe, which is made once. */
  ready(signal: AbortSignal): Promise<SandboxState>;
  onState(listener: (state: SandboxState) => void): () => void;
  /** What to start in place of `program`; where there is no sandbox, the program itself. */
  hold(program: Program, signal: AbortSignal): Promise<Held>;
  close(): Promise<void>;
}
export interface Held {
  readonly program: Program;
  /**
   * Once it has ended, a line each, for the model and the person: what it left that would run later and was made harmless, and what it
   * was not let through to.
   */
  done(): Promise<readonly string[]>;
}

export interface Approval {
  readonly session: SessionId;
  readonly call: CallId;
  readonly tool: string;
  readonly question: Question;
  /** What the person had already said on single hunks when the wait began (after a restart). */
  readonly resolved: readonly HunkResolution[];
}

/** What happens to a question while it waits. */
export interface ApprovalNews {
  /** Each word on a single hunk as it falls, before the whole is decided. */
  hunk(resolution: HunkResolution): void;
  /**
   * The files changed while the person looked: what is proposed now, moved to where it fits, and the words that still hold. Hunks whose
   * lines the person changed have the verdict `edited`. Whatever is decided later is decided on this.
   */
  rebased(changes: ChangeSet, resolved: readonly HunkResolution[]): void;
}

/** Asks a person. Without one, answers with a denial that says so. */
export interface Approver {
  ask(approval: Approval, news: ApprovalNews, signal: AbortSignal): Promise<Decision>;
}

/** Watches what becomes of the agent's changes outside of the loop: what the person types into them, what the editor says of them. */
export interface Feedback {
  /** Called before each request: notes in the session's log what is not told there yet. Waits for no person. */
  tell(session: SessionId, signal: AbortSignal): Promise<void>;
}

/** A value that must be seen nowhere: a key, a password of the environment. `name` is what the reader is told in its place. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

/** Takes secrets out of whatever leaves: to the model, the log, the panel, a file. What it gives is not changed by a second time. */
export interface Redactor {
  text(text: string): string;
  /** Of what a person writes: only what is certain, known values, known forms of tokens, and key blocks. */
  typed(text: string): string;
  /** For a text that comes in pieces, a secret over two of them included. What may go on with the next piece waits for it. */
  stream(onText: (text: string) => void): RedactedStream;
}
export interface RedactedStream {
  write(text: string): void;
  /** Tells what is left. */
  end(): void;
}

/** One line of the audit: what is about to be done, was done, or was denied. */
export interface AuditEntry {
  readonly atMs: number;
  readonly session: SessionId;
  readonly turn: number;
  readonly step: number;
  /** `ended`: of a command that went on in the background, after the `after` of its call. */
  readonly phase: 'denied' | 'before' | 'after' | 'ended';
  /** null: a restore, by the person, or a hook of no call. */
  readonly call: CallId | null;
  readonly tool: string;
  /** The input as JSON, without secrets; cut when long. */
  readonly input: string;
  /** The worst of what it touches. */
  readonly effect: Effect;
  /** Of a command line, asked about or not. */
  readonly tier: Tier | null;
  /** A person, a mode or a rule by its words; null: not known, in a session that began before. */
  readonly by: DecidedBy | null;
  /** What held a command that has run: `none` where nothing did; null: no command, or it has not run to its end. */
  readonly sandbox: string | null;
  readonly status: ToolResult['status'] | null;
  readonly exitCode: number | null;
  readonly files: readonly string[];
  /** The name under which a command goes on in the background, or has gone on. */
  readonly background?: string;
  /** How that ended; absent: by its exit. */
  readonly how?: CommandFate;
  /** What a hook has left that would run later and was made harmless. */
  readonly left?: readonly string[];
}
export interface AuditReport {
  readonly session: SessionId;
  readonly entries: readonly AuditEntry[];
  /** The first place that is not as it was written; null: all is. */
  readonly broken: { readonly line: number; readonly why: string } | null;
  /** A crash cut off the last line; nothing was done for it. */
  readonly isTorn: boolean;
}

/** What was done and on whose word: appended, chained, never changed. */
export interface Audit {
  /** Durable when it resolves. Throws `corrupt` where it cannot be written or is not as it was: then nothing may be done. */
  write(session: SessionId, entries: readonly AuditEntry[]): Promise<void>;
  /** Sessions with an audit, deleted ones too. */
  sessions(): Promise<readonly SessionId[]>;
  read(session: SessionId): Promise<AuditReport>;
}

export interface Clock {
  now(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Fresh ids; random outside of tests. */
export type NewId = () => string;
