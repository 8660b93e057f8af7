/** What rules and hooks of files need of the world: the files, what the person agreed to, and the rules as they stand now. */
import type { Rule, RuleReach } from './permission.ts';

export interface SettingsFile {
  /** `managed`: of the machine · `user`: the person's · `kept`: the person's for this workspace, outside of it · `workspace`: a part of it. */
  readonly kind: 'managed' | 'user' | 'kept' | 'workspace';
  readonly path: string;
  /** null: it is not there, or cannot be read. */
  readonly text: string | null;
  /** Why it cannot be read, as a clause. */
  readonly fault: string | null;
  /** Of the text. */
  readonly hash: string;
}

export interface SettingsFiles {
  /** As they stand now, in the order in which they count. Never throws: a fault belongs to its file. */
  read(): Promise<readonly SettingsFile[]>;
  /** Whole or not at all; `text` makes it from the file as it stands, while no other window or process changes it. */
  change(path: string, text: () => Promise<string>): Promise<void>;
}

/** One after the other for one path, over all processes of this machine. Throws `unavailable` where it takes too long. */
export type InTurn = <T>(path: string, work: () => Promise<T>) => Promise<T>;

/** What a person has agreed to. */
export interface ConsentRecord {
  /** The content of a workspace file whose rules may allow, by its path. */
  readonly rules: Readonly<Record<string, string>>;
  /** What a hook was when it was agreed to: its command, by the hash of its definition and of the script that it names. */
  readonly hooks: Readonly<Record<string, string>>;
}
export interface Consents {
  read(): Promise<ConsentRecord>;
  write(change: (record: ConsentRecord) => ConsentRecord): Promise<void>;
}

/** The rules of files that count now, the weightiest source first. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** Files that are not as they should be, a clause each. While there is one, commands and edits ask, whatever allows them. */
  readonly broken: readonly string[];
}

export interface Rules {
  /** Looks at the files again. Never throws: what cannot be read is broken. */
  read(): Promise<RuleSet>;
  /** Throws `conflict` where the file is broken, and what the disk says. */
  add(reach: RuleReach, rule: Rule): Promise<void>;
}
