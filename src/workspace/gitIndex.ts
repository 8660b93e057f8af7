/** What git's index says of files, read as it lies on disk: which are tracked, and which stand as they were recorded. Never written. */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** What tells whether a file was written since. */
export interface FileStat {
  readonly kind: 'file' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export interface IndexEntry {
  /** Id of the blob, hex. */
  readonly oid: string;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly ino: number;
}

export interface Repository {
  /** Its working tree. */
  readonly top: string;
  readonly gitFolder: string;
}

export interface Index {
  /** Changes with every writing of the index. */
  readonly stamp: string;
  readonly mtimeMs: number;
  /** By path from the top of the repository; what is in conflict is left out. */
  readonly entries: ReadonlyMap<string, IndexEntry>;
  /** Folders that hold tracked files. */
  readonly folders: ReadonlySet<string>;
}

/** The repository whose working tree begins at this folder: plain, submodule or linked worktree; null where there is none. */
export function repositoryAt(folder: string): Repository | null {
  const dot = join(folder, '.git');
  try {
    let gitFolder = dot;
    if (!statSync(dot).isDirectory()) {
      const target = /^gitdir: (.+?)[\r\n]*$/.exec(readFileSync(dot, 'utf8'))?.[1];
      if (target === undefined) return null;
      gitFolder = isAbsolute(target) ? target : resolve(folder, target);
    }
    statSync(join(gitFolder, 'HEAD'));
    return { top: folder, gitFolder };
  } catch {
    return null; // none, or none that can be read: then its files are copied like any others
  }
}

/** The repository that a folder lies in. */
export function repositoryAbove(folder: string): Repository | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = repositoryAt(at);
    if (found !== null || dirname(at) === at) return found;
  }
}

export function indexStamp({ gitFolder }: Repository): string {
  try {
    return stampOf(statSync(join(gitFolder, 'index')));
  } catch {
    return 'none';
  }
}

/** Without entries where there is no index, or one of a kind that is not read (split, or of a later version). */
export function readIndex(repository: Repository): Index {
  try {
    const file = join(repository.gitFolder, 'index');
    const stat = statSync(file);
    const entries = parseIndex(readFileSync(file), idBytes(repository));
    return { stamp: stampOf(stat), mtimeMs: stat.mtimeMs, entries, folders: foldersOf(entries) };
  } catch {
    return { stamp: indexStamp(repository), mtimeMs: 0, entries: new Map(), folders: new Set() };
  }
}

/**
 * Git's own proof that a file holds what the index says: all recorded dates and numbers are still the same, and it was last written
 * before the index was, since within one tick of the clock a second writing would not show
 * (https://git-scm.com/docs/racy-git). Says nothing of conversions between the two.
 */
export function isAsRecorded(stat: FileStat, entry: IndexEntry, index: Index): boolean {
  const mode =
    stat.kind === 'link' ? 0o120000 : stat.kind === 'file' ? (stat.mode & 0o100 ? 0o100755 : 0o100644) : null;
  const coarse = Number.isInteger(entry.mtimeMs / 1000);
  const before = coarse ? Math.floor(index.mtimeMs / 1000) * 1000 : index.mtimeMs;
  return (
    entry.mode === mode &&
    entry.sizeBytes === stat.sizeBytes &&
    entry.mtimeMs === stat.mtimeMs &&
    entry.ctimeMs === stat.ctimeMs &&
    entry.ino === stat.ino % 2 ** 32 &&
    entry.mtimeMs < before
  );
}

/** Versions 2 to 4 of https://git-scm.com/docs/index-format. Throws for anything else. */
export function parseIndex(data: Buffer, oidBytes: number): Map<string, IndexEntry> {
  const version = data.readUInt32BE(4);
  if (data.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4)
    throw new Error('not an index that is read');
  const entries = new Map<string, IndexEntry>();
  let at = 12;
  let path: Buffer = Buffer.alloc(0);
  for (let left = data.readUInt32BE(8); left > 0; left--) {
    const start = at;
    const word = (index: number): number => data.readUInt32BE(start + index * 4);
    const flags = data.readUInt16BE(start + 40 + oidBytes);
    at = start + 42 + oidBytes + (flags & 0x4000 ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      let byte = data.readUInt8(at++);
      let drop = byte & 0x7f;
      while (byte & 0x80) {
        byte = data.readUInt8(at++);
        drop = ((drop + 1) << 7) | (byte & 0x7f);
      }
      kept = path.length - drop;
    }
    const end = data.indexOf(0, at);
    path = version === 4 ? Buffer.concat([path.subarray(0, kept), data.subarray(at, end)]) : data.subarray(at, end);
    at = version === 4 ? end + 1 : start + Math.ceil((end + 1 - start) / 8) * 8;
    const stage = (flags >> 12) & 3;
    const mode = word(6);
    if (stage !== 0 || mode >> 13 === 2) continue; // in conflict, or a whole folder of a sparse index
    entries.set(path.toString('utf8'), {
      oid: data.toString('hex', start + 40, start + 40 + oidBytes),
      mode,
      ctimeMs: milliseconds(word(0), word(1)),
      mtimeMs: milliseconds(word(2), word(3)),
      ino: word(5),
      sizeBytes: word(9),
    });
  }
  while (at + 8 <= data.length - oidBytes) {
    if (data.toString('latin1', at, at + 4) === 'link') throw new Error('a split index is not read');
    at += 8 + data.readUInt32BE(at + 4);
  }
  return entries;
}

/** As Node makes them of a stat, so that they compare. */
function milliseconds(seconds: number, nanoseconds: number): number {
  return seconds * 1000 + nanoseconds / 1_000_000;
}

function idBytes({ gitFolder }: Repository): number {
  let common = gitFolder;
  try {
    common = resolve(gitFolder, readFileSync(join(gitFolder, 'commondir'), 'utf8').trim());
  } catch {
    // not a linked worktree
  }
  return /^\s*objectformat\s*=\s*"?sha256/im.test(readFileSync(join(common, 'config'), 'utf8')) ? 32 : 20;
}

function foldersOf(entries: ReadonlyMap<string, IndexEntry>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of entries.keys()) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function stampOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(':');
}
