/** Commands that go on in the background: what people see of them, and what becomes of them. */
import type { BlobRef } from './checkpoint.ts';
import type { CallId, Seq, SessionId } from './event.ts';
import type { SandboxState } from './permission.ts';

export interface BackgroundCommand {
  readonly session: SessionId;
  /** The call that started it. */
  readonly call: CallId;
  /** `bg1`: for the model and for people, in its session. */
  readonly id: string;
  readonly line: string;
  /** `asks`: it seems to wait for input. */
  readonly state: 'runs' | 'asks' | 'ended';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** null: it runs, or was ended. */
  readonly exitCode: number | null;
  /** The last that it printed, without secrets. */
  readonly lastLine: string;
}

/** `itself`: by its own end · `stopped`: a person or the model ended it · `gone`: with the process that ran it. */
export type CommandFate = 'itself' | 'stopped' | 'gone';

/** What the log says of a command that went on in the background. */
export interface KnownCommand {
  readonly call: CallId;
  readonly line: string;
  /** It was started without the sandbox. */
  readonly outside: boolean;
  readonly isRunning: boolean;
  /** Where the log says that it goes on. */
  readonly seq: Seq;
}
/** The end of one that the log does not hold yet. */
export interface CommandNews {
  readonly call: CallId;
  readonly id: string;
  readonly line: string;
  readonly how: CommandFate;
  readonly exitCode: number | null;
  readonly whole?: BlobRef;
  /** What held it while it ran; absent where that is not known, and in old logs. */
  readonly held?: SandboxState['kind'];
}

/** The commands of this process that went on in the background, by session. */
export interface BackgroundCommands {
  /** The oldest first; ended ones as long as their session is open. */
  list(): readonly BackgroundCommand[];
  /** Hears of each change of the list. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  isRunning(session: SessionId): boolean;
  /** Hears what it has printed, as far as it is kept, what comes, without secrets, and its end. Throws `not_found`. */
  follow(
    session: SessionId,
    id: string,
    onText: (text: string) => void,
    onEnd: (exitCode: number | null) => void,
  ): () => void;
  /** Asks it to end, then ends it. Throws `not_found`. */
  stop(session: SessionId, id: string): Promise<void>;
  /** Ends all of a session at once; the lines of those that ran. */
  endAll(session: SessionId): Promise<readonly string[]>;
  /** As `endAll`, and nothing is known of them any more. */
  forget(session: SessionId): Promise<void>;
  /** Ends that the log does not hold yet, those of an earlier process included. */
  news(session: SessionId, known: ReadonlyMap<string, KnownCommand>): Promise<readonly CommandNews[]>;
  /** `keep` puts away all that a command has printed, once it has ended. */
  keepWith(session: SessionId, call: CallId, keep: () => Promise<BlobRef | null>): void;
}
