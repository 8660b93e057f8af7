/** The files of the workspace on disk: read whole, written whole or not at all, never through a link. */
import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { constants, type BigIntStats } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AppliedFile, FileChange } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files, Location } from '../core/ports.ts';
import { applyHunks } from './diff.ts';
import { listFolder } from './listing.ts';
import { fileError, isAbsent, placesIn, type Places } from './place.ts';

/** `folders`: absolute paths, the first is what paths are relative to. */
export function nodeFiles(folders: readonly string[]): Files {
  const places = placesIn(folders);
  return {
    folders,
    locate: (path) => places.locate(path),
    async read(path, signal) {
      signal.throwIfAborted();
      const place = places.locate(path);
      const { text, hash } = await readText(places, place);
      return { path: place.path, text, hash, unsaved: false };
    },
    list: (path, depth, signal) => listFolder(places, folders, places.locate(path), depth, signal),
    async apply(changes, signal) {
      signal.throwIfAborted();
      const writes = await Promise.all(changes.map((change) => prepareWrite(places, change)));
      signal.throwIfAborted();
      return writeAll(writes);
    },
    async tidy(paths) {
      const left = paths.map((path) => stagingPath(places.locate(path)));
      await Promise.allSettled(left.map((path) => rm(path, { force: true })));
    },
  };
}

export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function conflict(path: string): JourneymanError {
  return new JourneymanError(
    'conflict',
    `${path} changed since it was read; nothing was written. Read it again and redo the change on the new text.`,
  );
}

export function conflictExists(path: string): JourneymanError {
  return new JourneymanError(
    'conflict',
    `${path} exists already; nothing was written. Read it first, then edit it or write it again.`,
  );
}

interface StoredText {
  readonly text: string;
  readonly hash: string;
  readonly byteOrderMark: boolean;
  readonly stat: BigIntStats;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

async function readText(places: Places, place: Location): Promise<StoredText> {
  await places.check(place, false);
  // No link is followed here either, and a FIFO does not wait for its other end. (Windows has neither flag: undefined counts as 0.)
  const file = await open(place.absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (thrown: unknown) => {
      throw fileError(place.path, thrown);
    },
  );
  try {
    const stat = await file.stat({ bigint: true });
    if (stat.isDirectory()) throw invalid(`${place.path} is a folder. List it with list_files.`);
    if (!stat.isFile()) throw invalid(`${place.path} is a device, pipe or socket, not a file.`);
    if (stat.size > limits.fileBytesMax) {
      throw invalid(
        `${place.path} has ${sizeText(Number(stat.size))}, more than the ${sizeText(limits.fileBytesMax)} that can be read. Look for the part you need with search_text or a command.`,
      );
    }
    const bytes = await file.readFile();
    return { ...decode(place.path, bytes), stat };
  } catch (thrown) {
    throw fileError(place.path, thrown);
  } finally {
    await file.close();
  }
}

function decode(path: string, bytes: Buffer): { text: string; hash: string; byteOrderMark: boolean } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalid(
      `${path} is encoded in UTF-16; only UTF-8 can be read and edited. Convert it with a command if it has to change.`,
    );
  }
  if (bytes.subarray(0, 8192).includes(0))
    throw invalid(`${path} is a binary file of ${sizeText(bytes.length)}, not text.`);
  if (!isUtf8(bytes))
    throw invalid(
      `${path} is not valid UTF-8, so that it could not be written back unharmed. Use a command if it has to change.`,
    );
  const marked = bytes.subarray(0, 3).equals(byteOrderMark);
  const body = marked ? bytes.subarray(3) : bytes;
  return { text: body.toString('utf8'), hash: createHash('sha256').update(body).digest('hex'), byteOrderMark: marked };
}

interface Write {
  readonly place: Location;
  readonly text: string;
  /** null: the file is created. */
  readonly before: StoredText | null;
}

/** **Invariant:** every file is checked against what its change was made for before any is written. */
async function prepareWrite(places: Places, change: FileChange): Promise<Write> {
  const place = places.locate(change.path);
  if (change.beforeHash === null) {
    await places.check(place, true);
    if (await exists(place.absolute)) throw conflictExists(place.path);
    return { place, text: applyHunks(null, change.hunks), before: null };
  }
  const before = await readText(places, place);
  if (before.hash !== change.beforeHash) throw conflict(place.path);
  return { place, text: applyHunks(before.text, change.hunks), before };
}

/**
 * All texts go to temporary files first; then each takes its place by a rename, so that nobody ever reads half a file. Not flushed to
 * the disk: what a killed process leaves is whole either way, and a flush costs more than all the rest.
 */
async function writeAll(writes: readonly Write[]): Promise<readonly AppliedFile[]> {
  const staged = await Promise.allSettled(writes.map(stage));
  const temporary = staged.map((one) => (one.status === 'fulfilled' ? one.value : null));
  const done: string[] = [];
  try {
    for (const one of staged) if (one.status === 'rejected') throw one.reason;
    await Promise.all(writes.map(checkUnchanged));
    for (const [i, write] of writes.entries()) {
      await putInPlace(write, temporary[i] ?? '');
      if (write.before !== null) temporary[i] = null; // it was renamed
      done.push(write.place.path);
    }
  } catch (thrown) {
    if (done.length === 0 || !(thrown instanceof JourneymanError)) throw thrown;
    throw new JourneymanError(thrown.code, `${thrown.message} Already written: ${done.join(', ')}.`, { cause: thrown });
  } finally {
    await Promise.all(temporary.flatMap((path) => (path === null ? [] : rm(path, { force: true }))));
  }
  return writes.map(({ place, text }) => ({ path: place.path, afterHash: hashText(text), saved: true }));
}

/** The same for each write of a file: what a kill left there is found again. */
function stagingPath({ absolute }: Location): string {
  const name = createHash('sha256').update(absolute).digest('hex').slice(0, 12);
  return join(dirname(absolute), `.journeyman-${name}`);
}

async function stage({ place, text, before }: Write): Promise<string> {
  const path = stagingPath(place);
  try {
    if (before === null) await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx').catch(async (thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
      await rm(path, { force: true }); // left by a write whose process was killed
      return open(path, 'wx');
    });
    try {
      if (before?.byteOrderMark === true) await file.write(byteOrderMark);
      await file.writeFile(text);
      if (before !== null) await file.chmod(Number(before.stat.mode & 0o7777n));
    } finally {
      await file.close();
    }
    return path;
  } catch (thrown) {
    await rm(path, { force: true });
    throw fileError(place.path, thrown);
  }
}

async function checkUnchanged({ place, before }: Write): Promise<void> {
  if (before === null) return;
  const now = await lstat(place.absolute, { bigint: true }).catch(() => null);
  const { stat } = before;
  if (now?.ino !== stat.ino || now.dev !== stat.dev || now.size !== stat.size || now.mtimeNs !== stat.mtimeNs)
    throw conflict(place.path);
}

async function putInPlace({ place, before }: Write, temporary: string): Promise<void> {
  try {
    if (before !== null) {
      await rename(temporary, place.absolute);
      return;
    }
    // Unlike a rename, a link never replaces what somebody else created meanwhile.
    await link(temporary, place.absolute).catch(async (thrown: unknown) => {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw thrown;
      await copyFile(temporary, place.absolute, constants.COPYFILE_EXCL); // a disk without hard links
    });
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === 'EEXIST'
      ? conflictExists(place.path)
      : fileError(place.path, thrown);
  }
}

async function exists(absolute: string): Promise<boolean> {
  return lstat(absolute).then(
    () => true,
    (thrown: unknown) => !isAbsent(thrown),
  );
}

function invalid(message: string): JourneymanError {
  return new JourneymanError('invalid_input', message);
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} bytes`;
  return bytes < 1024 * 1024
    ? `${String(Math.round(bytes / 1024))} kB`
    : `${String(Math.round(bytes / 1024 / 102.4) / 10)} MB`;
}
