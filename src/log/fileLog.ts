/** The durable event log: one folder a session, one JSON line an event, synced to disk before an append resolves. */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Clock, EventLog, OpenLog } from '../core/ports.ts';
import { blobPath, blobsFolder, keepBlob, readBlob } from './blobs.ts';
import { digest, found, newDigest, readKept, searchWords, summaryOf, writeKept, type Digest } from './catalogue.ts';
import { claim } from './claim.ts';
import { codeOf, isId, isMissing, logFile, noSession, privateFile, privateFolder, safeId, sessionsFolder, storageError, storageFault, syncFolder, syncedWrites, writeDurably } from './folders.ts'; // prettier-ignore
import { damageWords, decode, encode, refuseDamage, type Decoded } from './lines.ts';
import { FileOpenLog } from './openLog.ts';
import { blobRefs, pack, unpack } from './transfer.ts';

/** Folders of sessions that come (copied, imported) or go (deleted): not listed, and swept when their process has died. */
const coming = '.coming-';
const going = '.going-';

/** `storage` is a folder outside every workspace; it is made when the first session is. */
export function fileLog(storage: string, clock: Clock): EventLog {
  const root = join(storage, sessionsFolder);
  const folder = (session: SessionId): string => join(root, safeId(session));
  const held = new Map<SessionId, FileOpenLog>();

  async function hold(session: SessionId, fresh: boolean): Promise<OpenLog> {
    const dir = folder(session);
    const owner = await claim(dir);
    try {
      const handle = await openFile(dir, session, fresh);
      try {
        const { events, bytes, damage } = await decode(await handle.readFile(), session);
        refuseDamage(session, damage);
        if (damage !== null) await cutTail(handle, dir, bytes);
        const known = digest(newDigest(), events);
        known.bytes = bytes;
        const log = new FileOpenLog({ session, folder: dir, handle, owner, known, fresh }, events, clock, () => {
          held.delete(session);
        });
        held.set(session, log);
        return log;
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      owner.release();
      throw error;
    }
  }

  async function create(session: SessionId): Promise<OpenLog> {
    const dir = folder(session);
    try {
      await mkdir(root, { recursive: true, mode: privateFolder });
      await mkdir(dir, { mode: privateFolder });
    } catch (error) {
      throw createError(error, session);
    }
    try {
      const log = await hold(session, true);
      await syncFolder(dir);
      await syncFolder(root);
      return log;
    } catch (error) {
      await held.get(session)?.close();
      await rm(dir, { recursive: true, force: true });
      throw createError(error, session);
    }
  }

  async function load(session: SessionId): Promise<Decoded> {
    const once = async (): Promise<Decoded> => decode(await readFile(join(folder(session), logFile)), session);
    try {
      const decoded = await once();
      // While another process writes, a tail may be cut and written anew under our eyes: what is damaged is so twice.
      return decoded.damage?.kind === 'damaged' ? await once() : decoded;
    } catch (error) {
      throw isMissing(error) ? noSession(session, error) : error;
    }
  }

  /** What is known of a session, from the log only where it was written to since; null where there is none. */
  async function look(session: SessionId): Promise<{ readonly known: Digest; readonly size: number } | null> {
    const mine = held.get(session);
    if (mine) return { known: mine.known, size: mine.known.bytes };
    const dir = folder(session);
    const info = await stat(join(dir, logFile)).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (info === null) return null;
    const { size, mtimeMs } = info;
    const kept = await readKept(dir);
    if (kept?.size === size && kept.mtimeMs === mtimeMs) return { known: kept.known, size };
    const known = (kept && (await catchUp(dir, session, kept.known, size))) ?? (await afresh(session, mtimeMs));
    await writeKept(dir, { known, size, mtimeMs });
    return { known, size };
  }

  async function afresh(session: SessionId, mtimeMs: number): Promise<Digest> {
    const { events, bytes, damage } = await load(session);
    const known = digest({ ...newDigest(), updatedAtMs: mtimeMs }, events);
    return Object.assign(known, { bytes, damage: damageWords(session, damage) });
  }

  /** Every session that has events, newest first. */
  async function all(): Promise<readonly { readonly id: SessionId; readonly known: Digest; readonly size: number }[]> {
    const ids = (await namesIn(root)).filter(isId);
    const seen: { readonly id: SessionId; readonly known: Digest; readonly size: number }[] = [];
    for (let i = 0; i < ids.length; i += limits.parallelLogs) {
      const some = ids.slice(i, i + limits.parallelLogs);
      const looked = await Promise.all(some.map(async (id) => ({ id, looked: await look(id).catch(unreadable) })));
      for (const { id, looked: one } of looked)
        if (one && (one.known.seq > 0 || one.known.damage !== null)) seen.push({ id, ...one });
    }
    return seen.sort((a, b) => b.known.updatedAtMs - a.known.updatedAtMs || (a.id < b.id ? -1 : 1));
  }

  /** A new session that is there as a whole or not at all. */
  async function build(session: SessionId, fill: (dir: string) => Promise<void>): Promise<void> {
    const dir = join(root, `${coming}${safeId(session)}`);
    await sweep();
    await mkdir(root, { recursive: true, mode: privateFolder });
    const owner = await claim(dir);
    try {
      await mkdir(dir, { mode: privateFolder });
      await fill(dir);
      await syncFolder(dir);
      if (await stat(folder(session)).catch(() => null)) throw thereAlready(session);
      await rename(dir, folder(session));
      await syncFolder(root);
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw storageError(error, `The session ${session} could not be made`, 'Nothing of it was kept; mend that first.');
    } finally {
      owner.release();
    }
  }

  /** What a process left that died while it made or deleted a session. */
  async function sweep(): Promise<void> {
    for (const name of await namesIn(root)) {
      if (!name.startsWith(coming) && !name.startsWith(going)) continue;
      const dir = join(root, name);
      const owner = await claim(dir).catch(() => null); // somebody is at it
      if (owner === null) continue;
      await rm(dir, { recursive: true, force: true, maxRetries: 3 }).finally(() => {
        owner.release();
      });
    }
  }

  return {
    open: (session) => hold(session, false),
    create,
    async *read(session, from = 1) {
      const { events, damage } = await readWhole(session);
      refuseDamage(session, damage);
      for (const event of events) if (event.seq >= from) yield event;
    },
    async salvage(session) {
      const { events, damage } = await readWhole(session);
      return { events, damage: damageWords(session, damage) };
    },
    list: async () => (await all()).map(({ id, known, size }) => summaryOf(id, known, size)),
    async search(words) {
      const wanted = searchWords(words);
      return (await all()).map(({ id, known }) => found(id, known, wanted)).filter((one) => one !== null);
    },
    async delete(session) {
      const dir = folder(session);
      const owner = await claim(dir);
      try {
        const gone = join(root, `${going}${session}`);
        await rm(gone, { recursive: true, force: true });
        await rename(dir, gone).catch((error: unknown) => {
          if (!isMissing(error) && process.platform !== 'win32') throw error; // there, a reader may hold it; it goes file by file
        });
        for (const left of [gone, dir]) await rm(left, { recursive: true, force: true, maxRetries: 3 });
      } catch (error) {
        throw storageError(error, `Session ${session} could not be deleted`, 'Mend that and try again.');
      } finally {
        owner.release();
      }
      await sweep();
    },
    async copy(from, through, to) {
      const { events } = await readWhole(from);
      if (through < 1 || through > events.length)
        throw new JourneymanError('invalid_input', `Session ${from} has no event ${String(through)} that can be read.`);
      await build(to, async (dir) => {
        const copied = events.slice(0, through).map((event): Event => ({ ...event, session: to }));
        await writeLines(dir, copied);
        const hashes = new Set(copied.flatMap(blobRefs).map(({ hash }) => hash));
        if (hashes.size > 0) await mkdir(blobsFolder(dir), { mode: privateFolder });
        for (const hash of hashes) await share(blobPath(folder(from), hash), blobPath(dir, hash));
        if (hashes.size > 0) await syncFolder(blobsFolder(dir));
      });
    },
    async *export(session) {
      const { events, damage } = await readWhole(session);
      if (events.length === 0)
        throw new JourneymanError('corrupt', damageWords(session, damage) ?? `Session ${session} has no events.`);
      yield* pack(session, events, (hash) => readBlob(folder(session), hash));
    },
    async import(data, to) {
      let from: SessionId = to;
      await build(to, async (dir) => {
        const { session, events } = await unpack(data, (bytes, hash) => keepBlob(dir, bytes, hash));
        from = session;
        await writeLines(
          dir,
          events.map((event) => ({ ...event, session: to })),
        );
      });
      return from;
    },
  };

  async function readWhole(session: SessionId): Promise<Pick<Decoded, 'events' | 'damage'>> {
    const opened = held.get(session)?.takeOpened();
    return opened ? { events: opened, damage: null } : load(session);
  }
}

async function openFile(dir: string, session: SessionId, fresh: boolean): Promise<FileHandle> {
  try {
    const flags = constants.O_RDWR | (fresh ? constants.O_CREAT | constants.O_EXCL : 0) | syncedWrites;
    return await open(join(dir, logFile), flags, privateFile);
  } catch (error) {
    if (fresh) throw error;
    if (isMissing(error)) throw noSession(session, error);
    throw storageError(error, `Session ${session} cannot be written to`, 'It can still be read.');
  }
}

function createError(error: unknown, session: SessionId): unknown {
  if (codeOf(error) === 'EEXIST') return thereAlready(session);
  return storageError(error, 'A new session could not be made', 'Mend that and try again.');
}

function thereAlready(session: SessionId): JourneymanError {
  return new JourneymanError('bug', `Session ${session} exists already.`);
}

/** One log that cannot be read is no reason not to list the others. */
function unreadable(error: unknown): { readonly known: Digest; readonly size: number } {
  const why = storageFault(error) ?? (error instanceof Error ? error.message : String(error));
  return { known: { ...newDigest(), damage: `It cannot be read: ${why}.` }, size: 0 };
}

/** What was torn off is kept beside the log: whoever wants to know what it was can look. */
async function cutTail(handle: FileHandle, dir: string, bytes: number): Promise<void> {
  const { size } = await handle.stat();
  const torn = Buffer.alloc(size - bytes);
  await handle.read(torn, 0, torn.length, bytes);
  for (let n = 1; ; n++) {
    try {
      await writeDurably(join(dir, `torn-${String(n)}`), torn, true);
      break;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST')
        throw storageError(error, 'The session cannot be opened for writing', 'Mend that and open it again.');
    }
  }
  await handle.truncate(bytes);
}

/** What was appended since; null where that does not fit what was there before, or is damaged: then all of it is read. */
async function catchUp(dir: string, session: SessionId, known: Digest, size: number): Promise<Digest | null> {
  if (known.damage !== null || size <= known.bytes) return null;
  const handle = await open(join(dir, logFile), 'r');
  try {
    const data = Buffer.alloc(size - known.bytes);
    const { bytesRead } = await handle.read(data, 0, data.length, known.bytes);
    const { events, bytes, damage } = await decode(data.subarray(0, bytesRead), session, known.seq);
    if (damage !== null && damage.kind !== 'torn') return null;
    const next = digest(known, events);
    next.bytes += bytes;
    return next;
  } finally {
    await handle.close();
  }
}

/** At a stretch as much as one event or a megabyte. */
async function writeLines(dir: string, events: readonly Event[]): Promise<void> {
  const handle = await open(join(dir, logFile), 'wx', privateFile);
  try {
    let lines = '';
    for (const event of events) {
      lines += encode(event);
      if (lines.length < 1 << 20) continue;
      await handle.appendFile(lines);
      lines = '';
    }
    await handle.appendFile(lines);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Blobs never change, so two sessions can share one. What the older session has lost, the newer one does without. */
async function share(from: string, to: string): Promise<void> {
  await link(from, to)
    .catch((error: unknown) => (isMissing(error) ? undefined : copyFile(from, to)))
    .catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
}

async function namesIn(root: string): Promise<readonly string[]> {
  return readdir(root).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}
