/** Where a session lies on disk, and what can go wrong there in words for a person. */
import { constants, write } from 'node:fs';
import { open, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';

/** Below the storage folder; one folder a session, and folders that begin with a dot for what comes or goes. */
export const sessionsFolder = 'sessions';
export const logFile = 'events.jsonl';
export const privateFolder = 0o700;
export const privateFile = 0o600;

/** Session ids become folder names, and may come from a command line or from a file. */
export function safeId(session: SessionId): string {
  if (isId(session)) return session;
  throw new JourneymanError('not_found', `"${session}" is no session id. "journeyman sessions" lists the sessions.`);
}

export function isId(session: string): boolean {
  return /^[a-z0-9][a-z0-9-]{2,63}$/.test(session);
}

export function noSession(session: SessionId, cause?: unknown): JourneymanError {
  return new JourneymanError(
    'not_found',
    `There is no session ${session}. "journeyman sessions" lists those that there are.`,
    { cause },
  );
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** What the storage would not do, as far as a person can mend it; any other error as it is. */
export function storageError(error: unknown, what: string, next: string): unknown {
  const why = storageFault(error);
  if (why === null) return error;
  return new JourneymanError('unavailable', `${what}: ${why}. ${next}`, { cause: error });
}

export function storageFault(error: unknown): string | null {
  switch (codeOf(error)) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EDQUOT':
      return 'the disk quota is used up';
    case 'EFBIG':
      return 'the file may not become larger';
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return 'the storage is read-only';
    case 'EIO':
      return 'the disk does not answer';
    default:
      return null;
  }
}

/** Makes the names in a folder durable; their contents have syncs of their own. Windows writes names through by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** For files that can be made anew: whole or not there, but not synced. */
export async function replaceFile(path: string, data: string): Promise<void> {
  const fresh = `${path}.${String(process.pid)}`;
  await writeFile(fresh, data, { mode: privateFile });
  await rename(fresh, path);
}

/**
 * Opened with this, a file is synced by each write itself: one round to the disk's thread instead of two, which is half of what an
 * append costs on a fast disk. Only on Linux: elsewhere the flag is not there, or does not reach the disk itself.
 */
export const syncedWrites = process.platform === 'linux' ? constants.O_DSYNC : 0;

/** All of `data`, however few bytes a single write takes; on disk where the file was opened with `syncedWrites`. */
export async function writeSynced(handle: FileHandle, data: Uint8Array, position: number): Promise<void> {
  await writeWhole(handle, data, position);
  if (syncedWrites === 0) await handle.datasync();
}

export async function writeWhole({ fd }: FileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < data.length;) at += await writeOnce(fd, data, at, position + at);
}

/** By callback: half the overhead of the handle's own method. */
function writeOnce(fd: number, data: Uint8Array, at: number, position: number): Promise<number> {
  return new Promise((done, failed) => {
    write(fd, data, at, data.length - at, position, (error, bytes) => {
      if (error) failed(error);
      else done(bytes);
    });
  });
}

/** A file's content, on disk when this resolves; its name is when its folder is synced. */
export async function writeDurably(path: string, data: Uint8Array, ifNew: boolean): Promise<void> {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL } = constants;
  const handle = await open(path, O_WRONLY | O_CREAT | (ifNew ? O_EXCL : O_TRUNC) | syncedWrites, privateFile);
  try {
    await writeSynced(handle, data, 0);
  } finally {
    await handle.close();
  }
}
