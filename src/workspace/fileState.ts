/** What stands at a path, byte for byte: told so that it can be compared, kept and put back. */
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import { isUtf8 } from 'node:buffer';
import { dirname, join, relative, sep } from 'node:path';
import type { FileState } from '../core/checkpoint.ts';
import { JourneymanError, toError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Location } from '../core/ports.ts';
import type { Documents } from './checkpoint.ts';
import { fileError, isAbsent, isWithin, type Places } from './place.ts';

/** Where paths lead, and whose text counts. */
export interface World {
  readonly places: Places;
  readonly folders: readonly string[];
  readonly documents: Documents;
}

export interface Seen {
  readonly state: FileState;
  /** What a file holds; null for everything else. */
  readonly bytes: Buffer | null;
  /** Of what stands on the disk, a folder included. */
  readonly stat: Stats | null;
}

/**
 * Never through a link, never into git's own folder, never throws: what cannot be read is `unkept`. The unsaved text of an editor
 * counts as the file's, with the byte order mark of the file on disk. A folder is no file, and a name behind a link is none: `absent`.
 */
export async function look({ places, folders, documents }: World, path: string): Promise<Seen> {
  try {
    const place = places.locate(path);
    const { absolute } = place;
    if (isGitOwn(place, folders)) return unkept('it belongs to git, which is never touched');
    const unsaved = documents.unsaved(absolute);
    const folder = folders.find((one) => isWithin(one, absolute));
    if (folder === undefined) {
      await places.check({ ...place, absolute: dirname(absolute) }, true);
      return await lookAt(absolute, unsaved, place.path);
    }
    const way = await wayTo(folder, dirname(absolute));
    if (way.leads) return await lookAt(absolute, unsaved, place.path);
    if (unsaved === null) return { state: absent(way.missing), bytes: null, stat: null };
    return way.missing > 0 ? await lookAtDocument(absolute, unsaved, null, path) : unkept('it lies behind a link');
  } catch (thrown) {
    return unkept(reasonOf(toError(thrown), path));
  }
}

export function isSameState(a: FileState, b: FileState): boolean {
  switch (a.kind) {
    case 'absent':
      return b.kind === 'absent';
    case 'file':
      return b.kind === 'file' && a.blob.hash === b.blob.hash && isSameMode(a.mode, b.mode);
    case 'link':
      return b.kind === 'link' && a.target === b.target;
    case 'unkept':
      return false;
  }
}

export function fileStateOf(bytes: Buffer, mode: number): FileState & { kind: 'file' } {
  return { kind: 'file', blob: { hash: hashBytes(bytes), bytes: bytes.length }, mode };
}

export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** null: binary, or in an encoding that could not be written back unharmed. */
export function textOf(bytes: Buffer): string | null {
  return bytes.includes(0) || !isUtf8(bytes) ? null : bytes.toString('utf8');
}

export const byteOrderMark = '\ufeff';

export function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

/** Permission bits; what Windows makes of them says nothing. */
export function modeOf(stat: Stats): number {
  return stat.mode & 0o7777;
}

export function unkept(why: string): Seen {
  return { state: { kind: 'unkept', why }, bytes: null, stat: null };
}

export const tooLarge = `it is larger than the ${megabytes(limits.checkpointFileBytes)} MB that are kept of a file`;

/**
 * Judged by the strictest system: letters in any case, trailing dots and blanks, streams, short names, and the invisible characters
 * that macOS leaves out of names.
 */
export function isGitName(name: string): boolean {
  if (/^[ -~]*$/.test(name) && !/git/i.test(name)) return false;
  const plain = name
    .normalize('NFKC')
    .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
    .split(':', 1)[0]
    ?.replace(/[ .]+$/, '')
    .toLowerCase();
  return plain === '.git' || /^git~\d+$/.test(plain ?? '');
}

function isGitOwn({ absolute }: Location, folders: readonly string[]): boolean {
  const folder = folders.find((one) => isWithin(one, absolute));
  return (folder === undefined ? absolute : relative(folder, absolute)).split(sep).some(isGitName);
}

async function lookAt(absolute: string, unsaved: string | null, path: string): Promise<Seen> {
  const stat = await lstat(absolute).catch((thrown: unknown) => {
    if (isAbsent(thrown)) return null;
    throw fileError(path, thrown);
  });
  if (unsaved !== null) return lookAtDocument(absolute, unsaved, stat, path);
  if (stat === null || stat.isDirectory()) return { state: absent(0), bytes: null, stat };
  if (stat.isSymbolicLink()) {
    const target = await readlink(absolute, 'buffer');
    return isUtf8(target)
      ? { state: { kind: 'link', target: target.toString('utf8') }, bytes: null, stat }
      : unkept('it is a link to a name that is no text');
  }
  if (!stat.isFile()) return unkept('it is a device, pipe or socket');
  if (stat.size > limits.checkpointFileBytes) return unkept(tooLarge);
  const { bytes, stat: opened } = await readFile(absolute, path);
  if (bytes.length > limits.checkpointFileBytes) return unkept(tooLarge);
  return { state: fileStateOf(bytes, modeOf(opened)), bytes, stat: opened };
}

async function lookAtDocument(absolute: string, text: string, stat: Stats | null, path: string): Promise<Seen> {
  if (stat !== null && !stat.isFile()) return unkept('it has unsaved changes, and what stands on the disk is no file');
  const marked =
    stat !== null && (await readFile(absolute, path)).bytes.subarray(0, 3).toString('utf8') === byteOrderMark;
  const bytes = Buffer.from(marked ? byteOrderMark + text : text);
  if (bytes.length > limits.checkpointFileBytes) return unkept(tooLarge);
  const mode = stat === null ? newFileMode : modeOf(stat);
  return { state: { ...fileStateOf(bytes, mode), unsaved: true }, bytes, stat };
}

/** What an editor gives a file that it saves for the first time. */
const newFileMode = 0o644;

/** The stat is of what was read, whatever was renamed into its place meanwhile. */
async function readFile(absolute: string, path: string): Promise<{ bytes: Buffer; stat: Stats }> {
  // No link is followed, and a FIFO does not wait for its other end. (Windows has neither flag: undefined counts as 0.)
  const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (thrown: unknown) => {
      throw fileError(path, thrown);
    },
  );
  try {
    const stat = await file.stat();
    return { bytes: await file.readFile(), stat };
  } finally {
    await file.close();
  }
}

/** Whether there are folders, and no links, all the way down; `missing`: so many of them are not there. */
async function wayTo(folder: string, absolute: string): Promise<{ readonly leads: boolean; readonly missing: number }> {
  const parts = relative(folder, absolute).split(sep);
  for (let i = 1; i <= parts.length && absolute !== folder; i++) {
    const stat = await lstat(join(folder, ...parts.slice(0, i))).catch((thrown: unknown) => {
      if (isAbsent(thrown)) return null;
      throw fileError(absolute, thrown);
    });
    if (stat === null) return { leads: false, missing: parts.length - i + 1 };
    if (!stat.isDirectory()) return { leads: false, missing: 0 };
  }
  return { leads: true, missing: 0 };
}

export function absent(missingFolders: number): FileState {
  return missingFolders === 0 ? { kind: 'absent' } : { kind: 'absent', folders: missingFolders };
}

function isSameMode(a: number, b: number): boolean {
  return process.platform === 'win32' || a === b;
}

function reasonOf({ message }: JourneymanError, path: string): string {
  const plain = message.replace(/\.$/, '');
  return plain.startsWith(`${path} `) ? `it ${plain.slice(path.length + 1)}` : plain;
}

export function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1).replace(/\.0$/, '');
}
