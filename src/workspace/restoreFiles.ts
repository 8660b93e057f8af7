/** Writes a restore: everything is checked and staged before the first file is touched. */
import { createHash } from 'node:crypto';
import type { Dirent, Stats } from 'node:fs';
import {
  copyFile,
  constants,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  symlink,
  unlink,
  chmod,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileState, RestoreItem } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import { isSameState, look, textOf, withoutMark, type Seen, type World } from './fileState.ts';
import { fileError, isAbsent } from './place.ts';

export interface Target {
  readonly item: RestoreItem & { readonly then: FileState };
  /** What `then` holds; null where it is no file. */
  readonly bytes: Buffer | null;
}

/** Throws `conflict` with nothing written when a file is not what the preview saw, or when there is no room for it. */
export async function writeTargets(world: World, targets: readonly Target[], signal: AbortSignal): Promise<void> {
  const writes = await Promise.all(targets.map((target) => prepare(world, target)));
  const done: string[] = [];
  try {
    await check(writes);
    for (const write of writes) await stage(write);
    signal.throwIfAborted(); // from here on it goes through to the end
    for (const write of writes) await checkDisk(write);
    // Documents first: only they can still refuse.
    for (const write of writes) if (write.isDocument) done.push(await putInDocument(world, write));
    const disk = writes.filter(({ isDocument }) => !isDocument);
    for (const write of disk) if (write.then.kind === 'absent') done.push(await remove(write));
    await removeFolders(writes);
    for (const write of disk) if (write.then.kind !== 'absent') done.push(await putInPlace(write));
  } catch (thrown) {
    if (!(thrown instanceof JourneymanError)) throw thrown;
    const so = done.length === 0 ? 'Nothing was restored.' : `Restored before that: ${done.join(', ')}.`;
    throw new JourneymanError(thrown.code, `${thrown.message} ${so}`, { cause: thrown });
  } finally {
    await Promise.all(writes.flatMap(({ staged }) => (staged === null ? [] : rm(staged, { force: true }))));
  }
}

const hasChanged = 'has changed since the preview; look at it again';

interface Write {
  readonly path: string;
  readonly absolute: string;
  readonly seen: Seen;
  readonly then: FileState;
  readonly bytes: Buffer | null;
  readonly wanted: FileState;
  /** Its unsaved text is what counts: it is changed there, and stays unsaved. */
  readonly isDocument: boolean;
  staged: string | null;
}

async function prepare(world: World, { item, bytes }: Target): Promise<Write> {
  const seen = await look(world, item.path);
  const { absolute } = world.places.locate(item.path);
  const isDocument = seen.state.kind === 'file' && seen.state.unsaved === true;
  return { path: item.path, absolute, seen, then: item.then, bytes, wanted: item.now, isDocument, staged: null };
}

async function check(writes: readonly Write[]): Promise<void> {
  const changed = writes.filter(({ seen, wanted }) => !isSameState(seen.state, wanted)).map(({ path }) => path);
  if (changed.length > 0) {
    throw conflict(changed, changed.length === 1 ? hasChanged : 'have changed since the preview; look at them again');
  }
  const odd = writes.filter(
    ({ isDocument, then, bytes }) => isDocument && then.kind !== 'absent' && (bytes === null || textOf(bytes) === null),
  );
  if (odd.length > 0) {
    const paths = odd.map(({ path }) => path);
    throw conflict(paths, 'is open with unsaved changes, and its old content is no text; save or close it');
  }
  const going = new Set(writes.filter(({ then }) => then.kind === 'absent').map(({ absolute }) => absolute));
  const blocked: string[] = [];
  for (const { path, absolute, seen, then } of writes) {
    if (then.kind === 'absent') continue;
    const isFilled = seen.stat?.isDirectory() === true && !(await isLeftEmpty(absolute, going));
    if (isFilled || !(await canHold(dirname(absolute), going))) blocked.push(path);
  }
  if (blocked.length > 0)
    throw conflict(blocked, 'has no room: another file, link or folder stands in its way; move it away');
}

/** There is a folder, or there can be one: what stands there instead goes away. */
async function canHold(folder: string, going: ReadonlySet<string>): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const stat = await lstat(at).catch(() => null);
    if (stat?.isDirectory() === true) return true;
    if (stat !== null || dirname(at) === at) return going.has(at);
  }
}

/** Nothing is in the folder but what goes away. */
async function isLeftEmpty(folder: string, going: ReadonlySet<string>): Promise<boolean> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!(entry.isDirectory() ? await isLeftEmpty(path, going) : going.has(path))) return false;
  }
  return true;
}

/** Beside its place, or as near to it as there is a folder: a rename needs the same disk. */
async function stage(write: Write): Promise<void> {
  const { then, bytes, path, absolute, isDocument } = write;
  if (isDocument || then.kind === 'absent' || then.kind === 'unkept') return;
  try {
    let folder = dirname(absolute);
    while (!(await isFolder(folder))) folder = dirname(folder);
    // The same name for each restore of a file: what a killed process left is found again.
    const name = createHash('sha256').update(absolute).digest('hex').slice(0, 12);
    write.staged = join(folder, `.journeyman-${name}`);
    await rm(write.staged, { force: true });
    if (then.kind === 'link') {
      await symlink(then.target, write.staged);
      return;
    }
    const file = await open(write.staged, 'wx');
    try {
      if (bytes !== null) await file.writeFile(bytes);
      await file.chmod(then.mode);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(path, thrown);
  }
}

async function putInDocument({ documents }: World, { path, absolute, seen, then, bytes }: Write): Promise<string> {
  const expected = withoutMark(seen.bytes?.toString('utf8') ?? '');
  const text = then.kind === 'absent' || bytes === null ? null : withoutMark(bytes.toString('utf8'));
  if (!(await documents.write(absolute, text, expected))) throw conflict([path], hasChanged);
  if (then.kind === 'file' && seen.state.kind === 'file' && then.mode !== seen.state.mode && seen.stat !== null)
    await chmod(absolute, then.mode);
  return path;
}

async function remove({ path, absolute, ...write }: Write): Promise<string> {
  await checkDisk({ path, absolute, ...write });
  try {
    await unlink(absolute);
  } catch (thrown) {
    if (!isAbsent(thrown)) throw fileError(path, thrown);
  }
  return path;
}

/** Folders that were first made for files that go away, where nothing else is in them; the deepest first. */
async function removeFolders(writes: readonly Write[]): Promise<void> {
  const folders = new Set<string>();
  for (const { absolute, then, seen } of writes) {
    let folder = dirname(absolute);
    for (let i = then.kind === 'absent' ? (then.folders ?? 0) : 0; i > 0; i--, folder = dirname(folder))
      folders.add(folder);
    // A folder where a file comes back was found to hold nothing that stays.
    if (then.kind !== 'absent' && seen.stat?.isDirectory() === true) await removeEmpty(absolute);
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await rmdir(folder).catch(() => undefined); // not empty: it stays
}

async function removeEmpty(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []))
    if (entry.isDirectory()) await removeEmpty(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined); // the rename after it says what is wrong
}

async function putInPlace(write: Write): Promise<string> {
  const { path, absolute, seen, then, staged } = write;
  if (staged === null) return path;
  await checkDisk(write);
  try {
    await mkdir(dirname(absolute), { recursive: true });
    if (seen.state.kind !== 'absent') {
      await rename(staged, absolute);
    } else if (then.kind === 'link') {
      await symlink(then.target, absolute); // unlike a rename, never in the place of what somebody made meanwhile
      return path;
    } else {
      await link(staged, absolute).catch(async (thrown: unknown) => {
        if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw thrown;
        await copyFile(staged, absolute, constants.COPYFILE_EXCL); // a disk without hard links
      });
      return path;
    }
    write.staged = null;
    return path;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw conflict([path], hasChanged);
    throw fileError(path, thrown);
  }
}

/** What was read a moment ago still stands there. */
async function checkDisk({ path, absolute, seen }: Write): Promise<void> {
  if (seen.stat?.isDirectory() === true) return;
  const now = await lstat(absolute).catch(() => null);
  if (seen.stat === null ? now !== null && !now.isDirectory() : now === null || !isSameStat(now, seen.stat))
    throw conflict([path], hasChanged);
}

function isSameStat(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeMs === b.mtimeMs && a.mode === b.mode;
}

function isFolder(absolute: string): Promise<boolean> {
  return lstat(absolute).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

function conflict(paths: readonly string[], what: string): JourneymanError {
  return new JourneymanError('conflict', `${paths.join(', ')} ${what}.`);
}
