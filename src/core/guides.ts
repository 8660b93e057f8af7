/** What the person and the project tell the agent besides a task: instructions, skills, notes of earlier sessions. */
import type { Environment, Skill } from './event.ts';

export interface Told {
  /** As the tools name it. */
  readonly path: string;
  /** '': it is gone. */
  readonly text: string;
}

export interface Guides {
  /** Once, at the start of a session. `faults`: what is wrong with them, for the person, a sentence each. */
  begin(signal: AbortSignal): Promise<{
    readonly instructions: Environment['instructions'];
    readonly skills: readonly Skill[];
    /** One line a note. */
    readonly notes: readonly string[];
    readonly faults: readonly string[];
  }>;
  /** Of these folders, as the tools name them, and of what was told by path: what is new, reads otherwise, or is gone. The outermost first. */
  news(folders: readonly string[], told: ReadonlyMap<string, string>, signal: AbortSignal): Promise<readonly Told[]>;
}
