/**
 * What the sessions of one storage use in a day: one small file a session and day, written by whoever owns the session, so that windows
 * need no lock. What is on its way stands in it already: a process that is killed leaves too much behind rather than too little.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addSpent, nothingSpent, type DayBook, type Spent } from '../core/budget.ts';
import type { SessionId } from '../core/event.ts';
import { isId, isMissing, privateFolder, replaceFile } from './folders.ts';
import { fields, number } from './shape.ts';

export function spendBook(storage: string): DayBook {
  const folder = join(storage, 'spend');
  const written = new Map<SessionId, string>();
  return {
    async write(day, session, spent) {
      if (!isId(session)) return;
      const text = JSON.stringify(spent);
      if (written.get(session) === `${day} ${text}`) return;
      if (!written.has(session)) await clear(folder, day);
      await mkdir(join(folder, day), { recursive: true, mode: privateFolder });
      await replaceFile(join(folder, day, `${session}.json`), text);
      written.set(session, `${day} ${text}`);
    },
    async others(day, session) {
      const names = await readdir(join(folder, day)).catch(noneIfMissing);
      const others = names.filter((name) => name.endsWith('.json') && name !== `${session}.json`);
      const all = await Promise.all(others.map((name) => readSpent(join(folder, day, name))));
      return all.reduce(addSpent, nothingSpent);
    },
  };
}

async function readSpent(file: string): Promise<Spent> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isSpent(value) ? value : nothingSpent;
  } catch (thrown) {
    if (isMissing(thrown) || thrown instanceof SyntaxError) return nothingSpent;
    throw thrown;
  }
}

const checkSpent = fields<Spent>({
  usd: number,
  unpricedTokens: number,
  tokens: number,
  steps: number,
  minutes: number,
});
function isSpent(value: unknown): value is Spent {
  return checkSpent(value);
}

/** Days that are over count for nothing; the one before stays, for a window whose clock is a moment behind. */
async function clear(folder: string, day: string): Promise<void> {
  const days = (await readdir(folder).catch(noneIfMissing)).filter((name) => name < day).sort();
  for (const old of days.slice(0, -1)) await rm(join(folder, old), { recursive: true, force: true });
}

function noneIfMissing(thrown: unknown): readonly string[] {
  if (isMissing(thrown)) return [];
  throw thrown;
}
