/** Changes of files on disk: all are checked first, then each takes its place at once, and nothing of anybody else's is replaced. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileChange } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { Location } from '../core/ports.ts';
import { applyHunks } from './diff.ts';
import { fileError, foldName, type Places } from './place.ts';
import {
  byteOrderMark,
  checkWritable,
  conflict,
  conflictExists,
  conflictTaken,
  exists,
  readText,
  type StoredText,
} from './textFile.ts';

export interface Write {
  readonly place: Location;
  readonly fate:
    /** `before` null: the file is created. */
    | { readonly kind: 'stays'; readonly text: string; readonly before: StoredText | null }
    | { readonly kind: 'deleted'; readonly before: StoredText }
    | { readonly kind: 'moved'; readonly to: Location; readonly before: StoredText };
}

/** **Invariant:** every file is checked against what its change was made for before any is written. */
export async function prepareWrite(places: Places, change: FileChange): Promise<Write> {
  const place = places.locate(change.path);
  if (change.beforeHash === null) {
    await places.check(place, true);
    if (await exists(place.absolute)) throw conflictExists(place.path);
    return { place, fate: { kind: 'stays', text: applyHunks(null, change.hunks), before: null } };
  }
  const before = await readText(places, place);
  if (before.hash !== change.beforeHash) throw conflict(place.path);
  if (change.fate?.kind === 'moved') {
    const to = places.locate(change.fate.to);
    await places.check(to, true);
    if ((await exists(to.absolute)) && !(await isOtherCase(place, to))) throw conflictTaken(to.path);
    return { place, fate: { kind: 'moved', to, before } };
  }
  await checkWritable(place, before.stat);
  const text = applyHunks(before.text, change.hunks);
  if (change.fate === undefined) return { place, fate: { kind: 'stays', text, before } };
  if (text !== '') throw new JourneymanError('bug', `the removal of ${place.path} would leave text`);
  return { place, fate: { kind: 'deleted', before } };
}

/**
 * All texts go to temporary files first; then each takes its place by a rename, so that nobody ever reads half a file. Not flushed to
 * the disk: what a killed process leaves is whole either way, and a flush costs more than all the rest.
 */
export async function writeAll(writes: readonly Write[]): Promise<void> {
  const staged = await Promise.allSettled(writes.map(stage));
  const temporary = staged.map((one) => (one.status === 'fulfilled' ? one.value : null));
  const done: string[] = [];
  try {
    for (const one of staged) if (one.status === 'rejected') throw one.reason;
    await Promise.all(writes.map(checkUnchanged));
    for (const [i, write] of writes.entries()) {
      await putInPlace(write, temporary[i] ?? '');
      if (write.fate.before !== null) temporary[i] = null; // it was renamed
      done.push(write.place.path);
    }
  } catch (thrown) {
    if (done.length === 0 || !(thrown instanceof JourneymanError)) throw thrown;
    throw new JourneymanError(thrown.code, `${thrown.message} Already written: ${done.join(', ')}.`, { cause: thrown });
  } finally {
    await Promise.all(temporary.flatMap((path) => (path === null ? [] : rm(path, { force: true }))));
  }
}

/** What a killed write has left. */
export async function removeStaged(places: readonly Location[]): Promise<void> {
  await Promise.allSettled(places.map((place) => rm(stagingPath(place), { force: true })));
}

/** The same for each write of a file: what a kill left there is found again. */
function stagingPath({ absolute }: Location): string {
  const name = createHash('sha256').update(absolute).digest('hex').slice(0, 12);
  return join(dirname(absolute), `.journeyman-${name}`);
}

async function stage({ place, fate }: Write): Promise<string | null> {
  if (fate.kind !== 'stays') return null;
  const { text, before } = fate;
  const path = stagingPath(place);
  try {
    if (before === null) await makeFolders(place);
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

async function checkUnchanged({ place, fate: { before } }: Write): Promise<void> {
  if (before === null) return;
  const now = await lstat(place.absolute, { bigint: true }).catch(() => null);
  const { stat } = before;
  if (now?.ino !== stat.ino || now.dev !== stat.dev || now.size !== stat.size || now.mtimeNs !== stat.mtimeNs)
    throw conflict(place.path);
}

async function putInPlace({ place, fate }: Write, temporary: string): Promise<void> {
  try {
    if (fate.kind === 'moved') await move(place, fate.to);
    else if (fate.kind === 'deleted') await unlink(place.absolute);
    else if (fate.before !== null) await rename(temporary, place.absolute);
    else await giveName(temporary, place.absolute);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw fileError(place.path, thrown);
    throw fate.kind === 'moved' ? conflictTaken(fate.to.path) : conflictExists(place.path);
  }
}

async function move(from: Location, to: Location): Promise<void> {
  await makeFolders(to);
  if (await isOtherCase(from, to)) return rename(from.absolute, to.absolute);
  await giveName(from.absolute, to.absolute);
  await unlink(from.absolute).catch(async (thrown: unknown) => {
    await rm(to.absolute, { force: true });
    throw fileError(from.path, thrown);
  });
}

async function makeFolders({ path, absolute }: Location): Promise<void> {
  await mkdir(dirname(absolute), { recursive: true }).catch((thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(path, thrown);
    const what = `${path} cannot be made: a part of the path is a file, not a folder.`;
    throw new JourneymanError('not_found', what, { cause: thrown });
  });
}

/** Unlike a rename, a link never replaces what somebody else created meanwhile. */
async function giveName(absolute: string, name: string): Promise<void> {
  await link(absolute, name).catch(async (thrown: unknown) => {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw thrown;
    await copyFile(absolute, name, constants.COPYFILE_EXCL); // a disk without hard links, or another disk
  });
}

/** `a.ts` to `A.ts` where the system does not tell them apart: one file that only changes its name. */
async function isOtherCase(from: Location, to: Location): Promise<boolean> {
  if (from.absolute === to.absolute || foldName(from.absolute) !== foldName(to.absolute)) return false;
  const [a, b] = await Promise.all([from, to].map(({ absolute }) => lstat(absolute).catch(() => null)));
  return a?.ino !== undefined && a.ino === b?.ino && a.dev === b.dev;
}
