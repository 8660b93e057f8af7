/** The repositories that the folders of a workspace lie in, or hold; found by looking at files, no program is asked. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

export interface HistoryRepository {
  /** Its working tree. */
  readonly top: string;
  readonly gitFolder: string;
  /** Parts of it that belong to the workspace, the innermost first. */
  readonly places: readonly HistoryPlace[];
}
export interface HistoryPlace {
  /** From the top: '' or `a/b/`. */
  readonly prefix: string;
  /** What the index puts in its place: '', `b/` or `../other/`. */
  readonly name: string;
}

/** A folder without a repository may hold some; more of them are a collection, of which each says little. */
const repositoriesMax = 8;
const childrenMax = 200;
const depthMax = 2;
/** A file of git's own that names a folder. */
const noteBytesMax = 4096;

export async function repositoriesOf(folders: readonly string[]): Promise<readonly HistoryRepository[]> {
  const found = new Map<string, { top: string; gitFolder: string; places: HistoryPlace[] }>();
  for (const folder of folders) {
    for (const { top, gitFolder, prefix, place } of await around(folder)) {
      const repository = found.get(gitFolder) ?? { top, gitFolder, places: [] };
      repository.places.push({ prefix, name: asPrefix(relative(folders[0] ?? folder, place)) });
      found.set(gitFolder, repository);
    }
  }
  for (const { places } of found.values()) places.sort((a, b) => b.prefix.length - a.prefix.length);
  return [...found.values()].slice(0, repositoriesMax);
}

interface Found {
  readonly top: string;
  readonly gitFolder: string;
  readonly prefix: string;
  /** What `prefix` is in the workspace. */
  readonly place: string;
}

/** The repository that a folder lies in, by its name or where that leads; else those that it holds. */
async function around(folder: string): Promise<readonly Found[]> {
  const real = await realpath(folder).catch(() => folder);
  for (const from of new Set([folder, real]))
    for (let top = from; ; top = dirname(top)) {
      const gitFolder = await gitFolderAt(top);
      if (gitFolder !== null) return [{ top, gitFolder, prefix: asPrefix(relative(top, from)), place: folder }];
      if (dirname(top) === top) break;
    }
  return below(folder, 1);
}

async function below(folder: string, depth: number): Promise<readonly Found[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const children = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map((entry) => join(folder, entry.name))
    .sort()
    .slice(0, childrenMax);
  const found: Found[] = [];
  for (const top of children) {
    const gitFolder = await gitFolderAt(top);
    if (gitFolder !== null) found.push({ top, gitFolder, prefix: '', place: top });
    else if (depth < depthMax) found.push(...(await below(top, depth + 1)));
    if (found.length >= repositoriesMax) break;
  }
  return found;
}

/**
 * **Invariant:** a folder gets no history but its own. A `.git` that is a link, or that names a place which does not name this one back,
 * may show what was said in another repository of the same machine.
 */
async function gitFolderAt(top: string): Promise<string | null> {
  const dot = join(top, '.git');
  const stat = await lstat(dot).catch(() => null);
  if (stat === null) return null;
  if (stat.isDirectory()) {
    const isOwn = (await isFile(join(dot, 'HEAD'))) && !(await isFile(join(dot, 'commondir')));
    return isOwn ? dot : null;
  }
  const target = stat.isFile() ? /^gitdir: (.+?)[\r\n]*$/.exec((await note(dot)) ?? '')?.[1] : undefined;
  if (target === undefined) return null;
  const gitFolder = await realpath(resolve(top, target)).catch(() => null);
  if (gitFolder === null || !(await isFile(join(gitFolder, 'HEAD')))) return null;
  return (await isWorktree(gitFolder, dot)) || (await isSubmodule(gitFolder, top)) ? gitFolder : null;
}

/** Its repository keeps it in `worktrees` and names the place that it is checked out at. */
async function isWorktree(gitFolder: string, dot: string): Promise<boolean> {
  const back = (await note(join(gitFolder, 'gitdir')))?.trim();
  const common = (await note(join(gitFolder, 'commondir')))?.trim();
  if (back === undefined || common === undefined || basename(dirname(gitFolder)) !== 'worktrees') return false;
  const [named, own, shared] = await Promise.all([
    realpath(resolve(gitFolder, back)).catch(() => null),
    realpath(dot).catch(() => null),
    realpath(resolve(gitFolder, common)).catch(() => null),
  ]);
  return named !== null && named === own && shared === dirname(dirname(gitFolder));
}

/** The repository around it keeps it in `modules`. */
async function isSubmodule(gitFolder: string, top: string): Promise<boolean> {
  if (await isFile(join(gitFolder, 'commondir'))) return false;
  const real = await realpath(top).catch(() => top);
  for (let at = dirname(real); ; at = dirname(at)) {
    if (gitFolder.startsWith(join(at, '.git', 'modules') + sep)) return true;
    if (dirname(at) === at) return false;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null))?.isFile() ?? false;
}

/** A short file; never a device or a queue, which would not end. */
async function note(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  if (!stat?.isFile() || stat.size > noteBytesMax) return null;
  return readFile(path, 'utf8').catch(() => null);
}

function asPrefix(path: string): string {
  return path === '' ? '' : `${path.split(sep).join('/')}/`;
}
