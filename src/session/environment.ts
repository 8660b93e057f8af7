/** Where a session works and what it is told of that, taken once at its start: folders, system, shell, day, instructions, skills. */
import type { Environment } from '../core/event.ts';
import type { Guides } from '../core/guides.ts';
import type { Clock, Files } from '../core/ports.ts';

/** Names at the top that are told; more are a folder of data. */
const topLevelMax = 60;

export interface Surroundings {
  readonly files: Files;
  readonly shell: string;
  /** Somebody can answer questions. */
  readonly attended: boolean;
  readonly guides?: Guides | undefined;
  readonly clock: Clock;
}

/** `faults`: what is wrong with instructions and skills, for the person. */
export async function readEnvironment(
  { files, shell, attended, guides, clock }: Surroundings,
  signal: AbortSignal,
): Promise<{ readonly environment: Environment; readonly faults: readonly string[] }> {
  const [{ entries }, told] = await Promise.all([files.list('.', 1, signal), guides?.begin(signal)]);
  const { instructions = [], skills = [], notes = [], faults = [] } = told ?? {};
  const environment = {
    folders: files.folders,
    platform: process.platform,
    shell,
    date: new Date(clock.now()).toISOString().slice(0, 10),
    attended,
    topLevel: entries.slice(0, topLevelMax).map(({ path }) => path),
    instructions,
    ...(skills.length > 0 && { skills }),
    ...(notes.length > 0 && { notes }),
  };
  return { environment, faults };
}
