/**
 * Bytes beside the log of a session: whole files by the hash of their content, and spools, which take down what comes while it comes.
 * A file that begins like gzip is gzip of the content; the hash is always that of the content itself.
 */
import { createHash, webcrypto } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { BlobRef } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Blobs, Spool } from '../core/ports.ts';
import { isMissing, privateFile, privateFolder, safeId, sessionsFolder, storageError, syncFolder, writeDurably, writeWhole } from './folders.ts'; // prettier-ignore

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** Below a block of the disk nothing is saved by packing. */
const packedFromBytes = 4096;
/** Hashed on another thread from here on: this many bytes take about a millisecond. */
const hashedAsideFromBytes = 1 << 20;
const unfinished = '.unfinished-';

export function fileBlobs(storage: string): Blobs {
  const folder = (session: SessionId): string => join(storage, sessionsFolder, safeId(session));
  const spoolFile = (session: SessionId, name: string): string => join(folder(session), 'spool', spoolName(name));
  /** By path: who asks for the same content meanwhile waits for the same file. */
  const coming = new Map<string, Promise<void>>();
  const prepared = new Map<SessionId, Promise<unknown>>();
  const sync = sharedSync();
  /** Written by this process and not synced yet. */
  const unsynced = new Set<string>();

  async function put(session: SessionId, data: Uint8Array, when: 'now' | 'later' = 'now'): Promise<BlobRef> {
    const dir = folder(session);
    const hash = await hashOf(data);
    const path = blobPath(dir, hash);
    let work = coming.get(path);
    if (!work) {
      work = keep(session, dir, path, data, when).finally(() => coming.delete(path));
      coming.set(path, work);
    }
    await work;
    if (when === 'now' && unsynced.has(path)) await settle(path);
    return { hash, bytes: data.length };
  }

  async function settle(path: string): Promise<void> {
    try {
      await syncFile(path);
      await sync(dirname(path));
      unsynced.delete(path);
    } catch (error) {
      throw storageError(error, 'A copy could not be kept', 'Mend that and try again.');
    }
  }

  async function keep(
    session: SessionId,
    dir: string,
    path: string,
    data: Uint8Array,
    when: 'now' | 'later',
  ): Promise<void> {
    if (await isThere(path)) return;
    let ready = prepared.get(session);
    if (!ready) {
      ready = prepare(dir).catch((error: unknown) => {
        prepared.delete(session);
        throw error;
      });
      prepared.set(session, ready);
    }
    try {
      await ready;
      await writeBlob(path, data, when);
      if (when === 'later') unsynced.add(path);
      else await sync(dirname(path));
    } catch (error) {
      throw storageError(error, 'A copy could not be kept', 'Mend that and try again.');
    }
  }

  return {
    put,
    get: async (session, hash) => readBlob(folder(session), hash),
    spool(session, name) {
      const path = spoolFile(session, name);
      return new FileSpool(path, (data) => put(session, data));
    },
    async spooled(session, name) {
      return readEnd(spoolFile(session, name));
    },
  };
}

export function blobsFolder(dir: string): string {
  return join(dir, 'blobs');
}

/** Throws `not_found` for what is no hash. */
export function blobPath(dir: string, hash: string): string {
  if (!/^[0-9a-f]{64}$/.test(hash)) throw notKept(hash);
  return join(blobsFolder(dir), hash);
}

/** In a session that is being made: the folder is synced by whoever makes it. Throws `corrupt` when the hash is another. */
export async function keepBlob(dir: string, data: Buffer, hash: string): Promise<void> {
  const path = blobPath(dir, hash);
  if ((await hashOf(data)) !== hash) throw damaged(hash);
  await mkdir(blobsFolder(dir), { recursive: true, mode: privateFolder });
  await writeBlob(path, data, 'now');
}

export async function readBlob(dir: string, hash: string): Promise<Buffer> {
  const path = blobPath(dir, hash);
  const file = await readFile(path).catch((error: unknown) => {
    throw isMissing(error) ? notKept(hash, error) : error;
  });
  const data = looksPacked(file)
    ? await unzip(file, { maxOutputLength: limits.importBytesMax }).catch((error: unknown) => {
        throw damaged(hash, error);
      })
    : file;
  if ((await hashOf(data)) !== hash) throw damaged(hash);
  return data;
}

/** sha256, hex. */
export async function hashOf(data: Uint8Array): Promise<string> {
  if (data.length < hashedAsideFromBytes) return createHash('sha256').update(data).digest('hex');
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', data)).toString('hex');
}

export function notKept(hash: string, cause?: unknown): JourneymanError {
  return new JourneymanError('not_found', `The bytes ${hash.slice(0, 12)} are not kept in this session.`, { cause });
}

function damaged(hash: string, cause?: unknown): JourneymanError {
  return new JourneymanError(
    'corrupt',
    `The kept bytes ${hash.slice(0, 12)} are damaged: they are not what they were. Nothing was changed.`,
    { cause },
  );
}

/** The folder, without what a process left that died while it wrote. */
async function prepare(dir: string): Promise<void> {
  const folder = blobsFolder(dir);
  await mkdir(folder, { recursive: true, mode: privateFolder });
  for (const name of await readdir(folder))
    if (name.startsWith(unfinished)) await rm(join(folder, name), { force: true });
  await syncFolder(dir);
}

/** Under its name there is all of it, on disk, or nothing. */
async function writeBlob(path: string, data: Uint8Array, when: 'now' | 'later'): Promise<void> {
  const fresh = join(dirname(path), `${unfinished}${basename(path)}`);
  try {
    if (when === 'now') await writeDurably(fresh, await packed(data), false);
    else await writeFile(fresh, await packed(data), { mode: privateFile });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined); // else swept later
    throw error;
  }
}

async function packed(data: Uint8Array): Promise<Uint8Array> {
  const mustPack = looksPacked(data);
  if (data.length < packedFromBytes && !mustPack) return data;
  const small = await zip(data, { level: 1 });
  return small.length < data.length || mustPack ? small : data;
}

function looksPacked(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b;
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** One sync of a folder serves all who asked before it began. */
function sharedSync(): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  return (folder) => {
    const waiting = next.get(folder);
    if (waiting) return waiting;
    const mine = (running.get(folder) ?? Promise.resolve())
      .catch(() => undefined) // told to those who waited for it
      .then(() => {
        next.delete(folder);
        const sync = syncFolder(folder).finally(() => {
          if (running.get(folder) === sync) running.delete(folder);
        });
        running.set(folder, sync);
        return sync;
      });
    next.set(folder, mine);
    return mine;
  };
}

/** Names come from a model: what could be more than a name of a file is hashed. */
function spoolName(name: string): string {
  return /^[\w-]{1,100}$/.test(name) ? name : `.${createHash('sha256').update(name).digest('hex')}`;
}

/** Nothing is synced: what was written outlives the process, if not the power. */
class FileSpool implements Spool {
  readonly #path: string;
  readonly #put: (data: Buffer) => Promise<BlobRef>;
  #file: Promise<FileHandle> | null = null;
  #waiting: Buffer[] = [];
  #taken = 0;
  #written = 0;
  #writing: Promise<void> | null = null;
  #failed = false;

  constructor(path: string, put: (data: Buffer) => Promise<BlobRef>) {
    this.#path = path;
    this.#put = put;
  }

  write(text: string): void {
    const room = limits.outputKeptBytes - this.#taken;
    if (room <= 0 || text === '' || this.#failed) return;
    const data = Buffer.from(text);
    const fits = data.length <= room ? data : data.subarray(0, startOfCharacter(data, room));
    this.#taken = fits.length < data.length ? limits.outputKeptBytes : this.#taken + fits.length;
    this.#waiting.push(fits);
    this.#writing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    try {
      this.#file ??= makeFile(this.#path);
      const handle = await this.#file;
      while (this.#waiting.length > 0) {
        const data = Buffer.concat(this.#waiting);
        this.#waiting = [];
        await writeWhole(handle, data, this.#written);
        this.#written += data.length;
      }
    } catch {
      this.#failed = true; // it is an extra: the tool's result does not depend on it
      this.#waiting = [];
    }
    this.#writing = null;
  }

  async end(keep: boolean): Promise<BlobRef | null> {
    await this.#writing;
    const wanted = keep && !this.#failed && this.#written > 0;
    this.#failed = true; // nothing more is taken
    try {
      await (await this.#file)?.close();
      return wanted ? await this.#put(await readFile(this.#path)) : null;
    } catch {
      return null;
    } finally {
      await rm(this.#path, { force: true }).catch(() => undefined); // deleted with the session at the latest
    }
  }
}

async function makeFile(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: privateFolder });
  return open(path, 'w', privateFile);
}

/** The last of it, as much as a tool result may hold. */
async function readEnd(path: string): Promise<string | null> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      const from = Math.max(0, size - limits.commandOutputBytes);
      const data = Buffer.alloc(size - from);
      const { bytesRead } = await handle.read(data, 0, data.length, from);
      return endOf(data.subarray(0, bytesRead), from > 0);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Text that may begin in the middle of a character, when it was `cut`, and end in one. */
export function endOf(data: Buffer, cut: boolean): string {
  let from = 0;
  while (cut && from < data.length && isInner(data[from])) from++;
  return data.toString('utf8', from);
}

/** The last place up to `at` where no character is cut in two. */
export function startOfCharacter(data: Buffer, at: number): number {
  let start = at;
  while (start > 0 && isInner(data[start])) start--;
  return start;
}

function isInner(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
