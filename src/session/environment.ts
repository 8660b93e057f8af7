/** Where a session works, read once at its start: folders, system, shell, day, and the project's own instructions. */
import { JourneymanError } from '../core/error.ts';
import type { Environment } from '../core/event.ts';
import type { Clock, Files } from '../core/ports.ts';

/** Characters of instruction files in the prompt: about 4,000 tokens; what is longer is cut with a note. */
const instructionCharsMax = 16_000;

/** Names at the top that are told; more are a folder of data. */
const topLevelMax = 60;

/** `attended`: somebody can answer questions. */
export async function readEnvironment(
  files: Files,
  shell: string,
  attended: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<Environment> {
  const { entries } = await files.list('.', 1, signal);
  return {
    folders: files.folders,
    platform: process.platform,
    shell,
    date: new Date(clock.now()).toISOString().slice(0, 10),
    attended,
    topLevel: entries.slice(0, topLevelMax).map(({ path }) => path),
    instructions: await readInstructions(files, signal),
  };
}

/** `AGENTS.md`; `CLAUDE.md` where there is none. */
async function readInstructions(files: Files, signal: AbortSignal): Promise<Environment['instructions']> {
  for (const path of ['AGENTS.md', 'CLAUDE.md']) {
    try {
      const { text } = await files.read(path, signal);
      const cut = text.length > instructionCharsMax;
      return [
        { path, text: cut ? `${text.slice(0, instructionCharsMax)}\n(cut: the rest of ${path} was not read)` : text },
      ];
    } catch (error) {
      if (!(error instanceof JourneymanError) || signal.aborted) throw error;
      // not there, or not readable as text: the project has no instructions of that name
    }
  }
  return [];
}
