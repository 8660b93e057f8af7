/** One text file on disk: what may be opened, its bytes as text, and the words where it may not. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { access, lstat, open, type FileHandle } from 'node:fs/promises';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Location } from '../core/ports.ts';
import { fileError, isAbsent, placesIn, type Places } from './place.ts';

export interface StoredText {
  readonly text: string;
  readonly hash: string;
  readonly byteOrderMark: boolean;
  readonly stat: BigIntStats;
}

export const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Throws `not_found`, `denied` for links, `invalid_input` for what is no text. */
export function readText(places: Places, place: Location): Promise<StoredText> {
  return withFile(places, place, async (file, stat) => ({ ...decode(place.path, await file.readFile()), stat }));
}

/** The same rules for a file whose text is known from elsewhere, whatever its encoding. null: there is none. */
export async function statFile(folders: readonly string[], path: string): Promise<BigIntStats | null> {
  const places = placesIn(folders);
  try {
    return await withFile(places, places.locate(path), async (_file, stat) => stat);
  } catch (thrown) {
    if (thrown instanceof JourneymanError && thrown.code === 'not_found') return null;
    throw thrown;
  }
}

/** Throws `denied` where the person has made the file read-only, or the system does not let it be written. */
export async function checkWritable({ path, absolute }: Location, stat: BigIntStats): Promise<void> {
  // A file without write permission could be replaced all the same, and root may write anything: it was meant, so it holds.
  if ((stat.mode & 0o222n) === 0n) throw readOnly(path);
  await access(absolute, constants.W_OK).catch((thrown: unknown) => {
    if (!isAbsent(thrown)) throw readOnly(path);
  });
}

/** Packages are installed so; anywhere else a second name may be one of a file that nobody means. */
export function checkLinks({ path }: Location, stat: BigIntStats): void {
  if (stat.nlink < 2n || process.platform === 'win32' || /(?:^|\/)node_modules\//.test(path)) return;
  throw linked(path);
}

function linked(path: string): JourneymanError {
  return new JourneymanError(
    'denied',
    `${path} has another name elsewhere (a hard link), so it may be a file that nobody means. Use a command, or ask the user to copy it.`,
  );
}

export function readOnly(path: string): JourneymanError {
  return new JourneymanError(
    'denied',
    `${path} is read-only; nothing was written. Leave it as it is, or ask the user to make it writable.`,
  );
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

/** What a file is to be moved to. */
export function conflictTaken(path: string): JourneymanError {
  return new JourneymanError(
    'conflict',
    `${path} exists already; nothing was moved. Choose another name, or move or delete that file first.`,
  );
}

export async function exists(absolute: string): Promise<boolean> {
  return lstat(absolute).then(
    () => true,
    (thrown: unknown) => !isAbsent(thrown),
  );
}

async function withFile<T>(
  places: Places,
  place: Location,
  use: (file: FileHandle, stat: BigIntStats) => Promise<T>,
): Promise<T> {
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
    return await use(file, stat);
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

function invalid(message: string): JourneymanError {
  return new JourneymanError('invalid_input', message);
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} bytes`;
  return bytes < 1024 * 1024
    ? `${String(Math.round(bytes / 1024))} kB`
    : `${String(Math.round(bytes / 1024 / 102.4) / 10)} MB`;
}
