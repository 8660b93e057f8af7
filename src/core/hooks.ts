/** The words of hooks: programs of a person's that hear what happens, and may stop it, ask, tighten it, or add to what the model reads. */
import type { CallId, SessionId } from './event.ts';
import type { Json } from './json.ts';
import type { SandboxState } from './permission.ts';

export const hookEvents = [
  'PreToolUse', 'PostToolUse', 'UserPromptSubmit', 'SessionStart', 'Stop', 'PreCompact',
] as const; // prettier-ignore
export type HookEvent = (typeof hookEvents)[number];

/** What a hook is told of. */
export type HookMoment =
  | { readonly event: 'PreToolUse'; readonly call: CallId; readonly tool: string; readonly input: Json }
  | {
      readonly event: 'PostToolUse';
      readonly call: CallId;
      readonly tool: string;
      readonly input: Json;
      readonly response: Json;
    }
  | { readonly event: 'UserPromptSubmit'; readonly prompt: string }
  | { readonly event: 'SessionStart'; readonly source: 'startup' | 'resume' }
  /** `active`: it goes on already because a hook wanted it to. */
  | { readonly event: 'Stop'; readonly active: boolean }
  | { readonly event: 'PreCompact'; readonly trigger: 'manual' | 'auto' };

/** A hook that wants to hear of a moment. */
export interface Hook {
  readonly command: string;
  readonly file: string;
  /** Of its definition and of the script that it names: what a consent is bound to. */
  readonly hash: string;
  readonly timeoutMs: number;
  /** `missing`: it is the person's own and was not agreed to as it is now, so that it stops what it would have judged. */
  readonly consent: 'given' | 'missing';
}

/** What one hook said. */
export interface HookSaid {
  readonly command: string;
  /** `nothing` also where it allows: that never loosens what rules and tiers ask. */
  readonly says: 'nothing' | 'ask' | 'block';
  /** For the model where it blocks, for the person where it asks. */
  readonly reason: string;
  /** What the model is to read besides; '' for none. */
  readonly context: string;
  /** In place of the input of the call; judged anew. */
  readonly input?: Json;
  /** It did not do its work: crashed, took too long, or said what is no answer. */
  readonly failed: boolean;
  /** Of its program; absent where none ran, and in old logs. */
  readonly ran?: Pick<HookEnd, 'exitCode' | 'held' | 'left'>;
}

export interface Hooks {
  /** As they stand now, in the order in which they run: files are looked at anew. Never throws: a broken file is a matter of rules. */
  wanted(moment: HookMoment): Promise<readonly Hook[]>;
  /** One after the other, a changed input handed on. Rejects only with the signal's reason. */
  run(
    hooks: readonly Hook[],
    moment: HookMoment,
    session: SessionId,
    signal: AbortSignal,
  ): Promise<readonly HookSaid[]>;
}

/** Starts a hook with its input on standard input; nothing of it outlives the call. */
export interface HookPrograms {
  run(
    program: { readonly line: string; readonly cwd: string; readonly input: string; readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<HookEnd>;
}
export interface HookEnd {
  /** null: a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** What held it while it ran. */
  readonly held: SandboxState['kind'];
  /** A line each: what it left that would run later and was made harmless, and what it was not let through to. */
  readonly left: readonly string[];
}
