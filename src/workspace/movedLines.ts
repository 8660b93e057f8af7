/**
 * Keeps a restore from losing lines that the agent moved from one file to another: taken out of the one, they come back in the other
 * only if that one goes back too.
 */
import type { FileState, FileStep } from '../core/checkpoint.ts';
import type { Outcome, ReadKept } from './takeOut.ts';

export interface Fate {
  readonly path: string;
  readonly steps: readonly FileStep[];
  readonly nowBytes: Buffer | null;
  readonly outcome: Outcome;
}

/**
 * Files may stay as they are: for good, or because a person says so of a conflict. A file that would lose lines which one of those
 * held before, and which would then stand nowhere, becomes a conflict itself.
 */
export async function askWhereMoved(fates: readonly Fate[], read: ReadKept): Promise<readonly Fate[]> {
  const stays = fates.filter(({ outcome }) => isOpen(outcome));
  const loses = fates.filter(({ outcome }) => !isOpen(outcome) && outcome.action !== 'create');
  if (stays.length === 0 || loses.length === 0) return fates;

  const kept = new Set<string>();
  for (const { outcome, nowBytes } of fates)
    for (const line of linesOf(isOpen(outcome) ? nowBytes : outcome.thenBytes)) kept.add(line);
  const heldBy = new Map<string, string>();
  for (const { path, steps } of stays)
    for (const { before } of steps) for (const line of linesOf(await bytesOf(before, read))) heldBy.set(line, path);

  const asked = fates.map((fate): Fate => {
    if (!loses.includes(fate)) return fate;
    const lost = linesOf(fate.nowBytes).find((line) => heldBy.has(line) && !kept.has(line));
    if (lost === undefined) return fate;
    const why = `the agent moved lines here from ${heldBy.get(lost) ?? ''}`;
    return { ...fate, outcome: { ...fate.outcome, action: 'conflict', why } };
  });
  return asked.every((fate, i) => fate === fates[i]) ? fates : askWhereMoved(asked, read);
}

function isOpen({ action }: Outcome): boolean {
  return action === 'conflict' || action === 'keep' || action === 'cannot';
}

function bytesOf(state: FileState, read: ReadKept): Promise<Buffer | null> {
  return state.kind === 'file' ? read(state) : Promise.resolve(null);
}

/** Blank ones left out; bytes that are no text have lines too. */
function linesOf(bytes: Buffer | null): readonly string[] {
  return (bytes?.toString('latin1') ?? '').split('\n').filter((line) => line.trim() !== '');
}
