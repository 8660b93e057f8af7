/** What a tool is, what it may return, and what it is given while it runs. */
import type { AppliedFile, ChangeSet } from './change.ts';
import type { BlobRef } from './checkpoint.ts';
import type { ErrorCode } from './error.ts';
import type { SessionId } from './event.ts';
import type { Json, JsonObject } from './json.ts';
import type { Resource, SandboxState } from './permission.ts';
import type { Plan } from './plan.ts';
import type { RecallSource } from './recall.ts';

/** Facts about a result that the panel and the report show; the model reads `text`. */
export type ToolDetail =
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly lines: number;
      /** Where the lines begin, from 1, and the hash of the whole text that they are of. */
      readonly startLine?: number;
      readonly hash?: string;
    }
  | { readonly kind: 'list'; readonly path: string; readonly entries: number }
  | { readonly kind: 'search'; readonly matches: number; readonly files: number }
  /** `source`: who answered: `index`, or a language server by its name. */
  | { readonly kind: 'symbols'; readonly found: number; readonly source: string }
  | { readonly kind: 'edit'; readonly applied: ChangeSet; readonly files: readonly AppliedFile[] }
  | { readonly kind: 'plan'; readonly plan: Plan }
  | {
      readonly kind: 'command';
      /** null: killed by a signal, a timeout or Stop. */
      readonly exitCode: number | null;
      readonly timedOut: boolean;
      readonly outputBytes: number;
      readonly outputLines: number;
      /** The output as a whole, where `text` holds only its head and tail. */
      readonly whole?: BlobRef;
      /** What held it while it ran; absent in old logs. */
      readonly held?: SandboxState['kind'];
      /** It goes on, or went on, in the background; `exitCode` is null while it runs. */
      readonly background?: { readonly id: string; readonly isRunning: boolean };
      /** Where the next command begins, as the tools name it; absent: where this one did. */
      readonly cwd?: string;
    };

export type ToolResult =
  | {
      readonly status: 'ok';
      readonly text: string;
      readonly detail?: ToolDetail;
      /** Text of others is in it: how it came there, as it goes on after "step 12" ("read a web page"). */
      readonly untrusted?: string;
      /** The text as a whole, where it was cut for its length. */
      readonly whole?: BlobRef;
    }
  /** For the model to mend: `text` says how. */
  | {
      readonly status: 'error';
      readonly code: ErrorCode;
      readonly text: string;
      readonly detail?: ToolDetail;
      readonly whole?: BlobRef;
    }
  | { readonly status: 'denied'; readonly text: string }
  /** Started, its end not seen: what is known of it stands in `text`. */
  | { readonly status: 'interrupted'; readonly text: string };

/** What calls stand on: folded from the log, the same for all calls of one reply. */
export interface Standing {
  /** Where commands begin, as the tools name it. */
  readonly cwd: string;
  /** The lines of commands that went on in the background, by their ids. */
  readonly commands: ReadonlyMap<string, { readonly line: string; readonly outside: boolean }>;
}
export const noStanding: Standing = { cwd: '.', commands: new Map() };

export interface ToolIo {
  readonly session: SessionId;
  readonly turn?: number;
  /** Id of the call, the same in every try: a key for effects that can tell a repetition. */
  readonly call: string;
  /** What `propose` made; null for tools without it. */
  readonly proposed: ChangeSet | null;
  /** What of the proposal was accepted; for tools with `propose`. */
  readonly accepted: ChangeSet | null;
  readonly onOutput: (text: string) => void;
  /** By which `recall` reads the result again. */
  readonly handle?: string;
  /** Keeps a text that is too long for the log beside it; null where that fails. */
  readonly keep?: (text: string) => Promise<BlobRef | null>;
  /** What was said and seen in this session. */
  readonly history?: SessionHistory;
  readonly signal: AbortSignal;
}

export interface SessionHistory extends RecallSource {
  /** How text of others came into what `read` gives; null: there is none in it. */
  untrustedIn(id: string): string | null;
}

export interface Tool<In = unknown> {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
  readonly timeoutMs: number;
  /** The one place where Json becomes In; the schema was checked before. Throws `invalid_input` with how to mend it. */
  parse(input: Json, standing: Standing): In;
  /** Pure: what `run` would touch. Permission judges this, never the tool's name. */
  resources(input: In): readonly Resource[];
  /** What a person has to read, besides what it would touch, before they say yes. */
  shows?(input: In): string;
  /** Something may change files while it runs that it does not start itself. */
  readonly watches?: true;
  /** What the review shows. Throws for the model to mend. `call` makes the ids of the hunks. */
  propose?(input: In, call: string, signal: AbortSignal): Promise<ChangeSet>;
  run(input: In, io: ToolIo): Promise<ToolResult>;
  /**
   * What became of a run that was started and whose end was not seen, found by looking only: its result when it is known to be done,
   * `not_done` when it is known to have had no effect. Without this, or where it cannot be told, its end stays unknown.
   */
  settle?(input: In, io: Omit<ToolIo, 'onOutput'>): Promise<ToolResult | 'not_done'>;
}
