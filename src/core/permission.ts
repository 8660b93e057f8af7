/** The words of permission: modes, effects, resources, rules, decisions. The judging is in `permission/`. */
import type { ChangeSet, HunkResolution } from './change.ts';
import type { Plan } from './plan.ts';

export const modes = ['plan', 'ask', 'edit', 'auto'] as const;
/**
 * `plan` reads only · `ask` writes and commands ask · `edit` edits of the workspace apply at once, commands ask · `auto` commands that a
 * sandbox holds run as well, dangerous ones ask; without a sandbox it is `edit`.
 */
export type Mode = (typeof modes)[number];

/** In rising order of care. */
export type Effect = 'read' | 'plan' | 'note' | 'write' | 'execute' | 'network' | 'destroy';

/** What a call would touch: a path as the tools name it, a command line, a URL, the title of a note. */
export interface Resource {
  readonly effect: Effect;
  readonly target: string;
  /** Of a command: it is to run without the sandbox. */
  readonly outside?: true;
}

/**
 * What holds commands: `none` says why, as a clause for a person ("bubblewrap is not installed"); `off`: the person wants none. `shares`:
 * the commands of a session reach each other's servers; else each has a network of its own.
 */
export type SandboxState =
  | { readonly kind: 'none'; readonly why: string; readonly off?: true }
  | { readonly kind: 'bubblewrap' | 'seatbelt'; readonly shares?: true };

export const tiers = ['read', 'write', 'dangerous'] as const;
/**
 * What a command can do at worst. `read` only looks · `write` asks, unless a rule or a mode allows it · `dangerous` asks in every mode,
 * whatever allows its beginning: it destroys, forces, sends or shows secrets, raises rights, or makes something run later.
 */
export type Tier = (typeof tiers)[number];

export type RuleTool = 'shell' | 'read' | 'write' | 'net' | 'note';
/** `shell(exact: npm test)`, `shell(prefix: git log)`, `read(src/**)`, `write(docs/**)`, `net(registry.example.com:443)`, `note(**)`. */
export interface Rule {
  readonly action: 'allow' | 'ask' | 'deny';
  readonly tool: RuleTool;
  readonly match: { readonly kind: 'exact' | 'prefix' | 'glob'; readonly value: string };
  readonly source: 'managed' | 'user' | 'session' | 'workspace' | 'cli';
}

/** Who or what decided a call; kept with the decision, shown as "why". */
export type DecidedBy =
  | { readonly kind: 'user' }
  | { readonly kind: 'mode'; readonly mode: Mode }
  /** `source`: whose rule; absent in old logs. */
  | { readonly kind: 'rule'; readonly rule: string; readonly source?: Rule['source'] }
  | { readonly kind: 'hook'; readonly hook: string }
  | { readonly kind: 'nobody' }; // an answer was needed and there was no person to ask

export type Decision =
  | {
      readonly action: 'allow';
      readonly by: DecidedBy;
      /** A subset of the proposal; absent: all of it. */
      readonly accepted?: ChangeSet;
      /** The person's words on the hunks that were not accepted. */
      readonly hunks?: readonly HunkResolution[];
      /** A plan was approved: the mode to go on in. */
      readonly mode?: Mode;
      /** The plan as the person edited it: what the agent works from. Absent: as proposed. */
      readonly plan?: Plan;
      /** A rule that the person said: "always allow". For the session, unless `keep` says where it is written to. */
      readonly remember?: Rule;
      readonly keep?: RuleReach;
      /** What the person added to a yes. */
      readonly note?: string;
    }
  | {
      readonly action: 'deny';
      readonly by: DecidedBy;
      /** Goes to the model. */
      readonly reason: string;
      readonly hunks?: readonly HunkResolution[];
      /** The turn ends after this call. */
      readonly stop?: boolean;
    };

/** Where a rule is kept that a person says in an answer: in their own files, for one workspace or for all. */
export type RuleReach = 'workspace' | 'everywhere';

/** A rule that "Always allow" can mean, in its text form. `also`: other command lines of the session that it covers, newest first. */
export interface AlwaysOffer {
  readonly rule: string;
  readonly also: readonly string[];
}

/** Why a command is asked about: its tier, and the part of the line that decides, with nothing hidden in it. */
export interface AskedTier {
  readonly tier: 'write' | 'dangerous';
  readonly part: string;
}

/** What a judge says before any person is asked. `why` is one sentence for the person. */
export type Verdict =
  | { readonly action: 'allow'; readonly by: DecidedBy }
  | { readonly action: 'ask'; readonly why: string; readonly asked?: AskedTier }
  | { readonly action: 'deny'; readonly by: DecidedBy; readonly reason: string };
