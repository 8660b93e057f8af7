/** The rules and hooks that count here as the panel shows them: by their source, with what is wrong and what waits for the person. */

export type RuleAction = 'allow' | 'ask' | 'deny';

export interface RuleSource {
  /** `session`: of the open session, in its log; the others are files. */
  readonly kind: 'managed' | 'user' | 'kept' | 'session' | 'workspace';
  /** null: no file. */
  readonly path: string | null;
  readonly isThere: boolean;
  readonly rules: readonly { readonly action: RuleAction; readonly rule: string }[];
  /** Why it cannot be used; null: it can. */
  readonly problem: string | null;
  readonly consent: 'not needed' | 'given' | 'missing' | 'not trusted';
  /** Of its content: what a consent is bound to. */
  readonly hash: string;
}

export interface HookRow {
  readonly event: string;
  readonly matcher: string;
  readonly command: string;
  readonly path: string;
  readonly hash: string;
  readonly consent: RuleSource['consent'];
}

export interface RulesNow {
  readonly sources: readonly RuleSource[];
  readonly hooks: readonly HookRow[];
}

/** What would become of a command line. */
export interface RuleTest {
  readonly line: string;
  readonly action: RuleAction;
  readonly tier: 'read' | 'write' | 'dangerous';
  /** One sentence. */
  readonly why: string;
}

/** A rule that the person may change: where it stands, and its words. */
export interface OwnRule {
  readonly kind: 'user' | 'kept' | 'session';
  readonly action: RuleAction;
  readonly rule: string;
}

export const sourceWords: Readonly<Record<RuleSource['kind'], string>> = {
  managed: 'This machine',
  user: 'Yours, everywhere',
  kept: 'Yours, in this folder',
  session: 'This session',
  workspace: 'The folder itself',
};
