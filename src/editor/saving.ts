/** Saving after an edit of the agent: as the setting says, for a bounded time, and telling what it changed. */
import type { AppliedFile } from '../core/change.ts';
import { limits } from '../core/limits.ts';
import { changeFile } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import type { SavePolicy } from './settings.ts';

export interface Saving {
  readonly policy: () => SavePolicy;
  /** What runs on save may hang; it goes on then, and the file counts as not saved. */
  readonly timeoutMs: number;
}

export function savesBy(policy: () => SavePolicy, timeoutMs: number = limits.saveMs): Saving {
  return { policy, timeoutMs };
}

/** Where it could not be saved the workbench has told the person why. */
export async function saveAfterEdit(
  { policy, timeoutMs }: Saving,
  wasDirty: boolean,
  save: () => Thenable<boolean>,
): Promise<boolean> {
  const wanted = policy();
  if (wanted === 'never' || (wanted === 'whenClean' && wasDirty)) return false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, timeoutMs, false)));
  try {
    return await Promise.race([save(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `written`: what the agent's change comes to; `now`: what stands there after saving. */
export function appliedFile(path: string, written: string, now: string, saved: boolean): AppliedFile {
  const { hunks } = changeFile(path, { text: written, hash: '' }, now, 'saved');
  return { path, afterHash: hashText(now), saved, ...(hunks.length > 0 && { formatted: hunks }) };
}
