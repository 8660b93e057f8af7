/** `journeyman fork`, `rename`, `close`, `delete`: what is done with a session as a whole. */
import { systemClock } from '../agent.ts';
import { JourneymanError } from '../core/error.ts';
import { fileLog } from '../log/fileLog.ts';
import { Sessions, type LiveSession } from '../session/sessions.ts';
import type { ForkOptions } from './arguments.ts';
import { assembleWithoutModel } from './assembly.ts';
import { owning } from './choose.ts';
import { confirm } from './confirm.ts';
import { storageFolder } from './storage.ts';

export async function forkCommand({ session, turn }: ForkOptions): Promise<number> {
  process.stdout.write(`${await sessions().fork(session, turn)}\n`);
  return 0;
}

export async function renameCommand({ session, title }: { session: string; title: string }): Promise<number> {
  await withSession(session, (live) => live.change({ title }));
  return 0;
}

export async function closeCommand({ session }: { session: string }): Promise<number> {
  await withSession(session, (live) => live.finish());
  return 0;
}

export async function deleteCommand({ session, yes }: { session: string; yes: boolean }): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const known = (await log.list()).find(({ id }) => id === session);
  if (!known)
    throw new JourneymanError('not_found', `There is no session ${session}. "journeyman sessions" lists them.`);
  if (!(await confirm(`Delete "${known.title}" with all that is kept of it?`, yes))) return 0;
  await owning(session, () => log.delete(session));
  return 0;
}

/** For what reads and writes records only: no folder is touched, so none has to be there. */
export function sessions(): Sessions {
  return new Sessions(assembleWithoutModel([process.cwd()]));
}

async function withSession(id: string, act: (session: LiveSession) => Promise<void>): Promise<void> {
  const session = await owning(id, () => sessions().open(id));
  try {
    await act(session);
  } finally {
    await session.close();
  }
}
