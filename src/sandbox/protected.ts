/** What lies in a folder that commands may write to and must not be changed there: what runs or steers something later, outside. */
import type { Dirent } from 'node:fs';
import { readFile, readdir, realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { limits } from '../core/limits.ts';

export interface Protected {
  /** Files and folders that commands may read and not write, absolute. */
  readonly fixed: ReadonlySet<string>;
  /** Protected names that are links: where they lead within the folders is fixed, and they themselves are compared afterwards. */
  readonly links: ReadonlySet<string>;
  /** Files that they may not even read. */
  readonly hidden: ReadonlySet<string>;
  /** Folders of repositories, mostly called `.git`: their `config` and `hooks` are fixed where they exist. */
  readonly repositories: ReadonlySet<string>;
}

/** Which names are protected, by the rule that file tools are judged by. */
export type IsProtected = (path: string) => boolean;

/** Some levels deep, the shallow first; what packages bring along is left out. */
export async function findProtected(folders: readonly string[], isProtected: IsProtected): Promise<Protected> {
  const fixed = new Set<string>();
  const links = new Set<string>();
  const hidden = new Set<string>();
  const repositories = new Set<string>();
  let seen = 0;
  let level = [...folders];
  for (let depth = 0; depth < limits.sandboxSearchDepth && level.length > 0; depth++) {
    const next: string[] = [];
    const room = level.slice(0, Math.max(0, limits.sandboxSearchFolders - seen));
    seen += room.length;
    const lists = await Promise.all(room.map(async (folder) => ({ folder, entries: await entriesOf(folder) })));
    for (const { folder, entries } of lists) {
      const names = new Set(entries.map(({ name }) => name));
      if (isRepository(names)) repositories.add(folder);
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (entry.name === '.git') {
          if (entry.isDirectory()) repositories.add(path);
          else fixed.add(path); // says where the repository is
        } else if (isEnvironmentFile(entry.name) && !entry.isDirectory()) hidden.add(path);
        else if (!isOrdinaryWork(entry.name) && isProtected(entry.name))
          (entry.isSymbolicLink() ? links : fixed).add(path);
        else if (entry.isDirectory() && !isLeftOut(entry.name)) next.push(path);
      }
    }
    level = next;
  }
  for (const repository of repositories) {
    const entries = await entriesOf(repository);
    for (const { name } of entries) if (name === 'config' || name === 'hooks') fixed.add(join(repository, name));
    const hooks = await hooksOf(repository);
    if (folders.some((folder) => hooks.startsWith(`${folder}/`))) links.add(hooks);
  }
  for (const path of links) {
    const led = await realpath(path).catch(() => null);
    if (led === path) links.delete(path);
    if (led !== null && folders.some((folder) => led.startsWith(`${folder}/`))) fixed.add(led);
  }
  return { fixed, links, hidden, repositories };
}

/** As the person knows it. */
export function shownPath(folders: readonly string[], path: string): string {
  const folder = folders.find((one) => path.startsWith(`${one}/`));
  return folder === undefined ? path : relative(folder, path);
}

/** Where its settings say that hooks are. */
async function hooksOf(repository: string): Promise<string> {
  const text = await readFile(join(repository, 'config'), 'utf8').catch(() => '');
  const [, quoted, plain] = /^\s*(?:\[[^\]]*\]\s*)?hookspath\s*=\s*(?:"([^"]*)"|(.*?))\s*$/im.exec(text) ?? [];
  return resolve(dirname(repository), quoted ?? plain ?? join(repository, 'hooks'));
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

/** One without a working folder: git takes any folder that looks like this for a repository. */
function isRepository(names: ReadonlySet<string>): boolean {
  return names.has('HEAD') && names.has('objects') && names.has('refs');
}

function isEnvironmentFile(name: string): boolean {
  return /^\.env(?:rc$|$|\.)/i.test(name) && !/\.(?:example|sample|template|dist|defaults?)$/i.test(name);
}

/** Protected from edits that nobody reads, but the very work of package managers and of git: held, they can do no harm at once. */
export function isOrdinaryWork(name: string): boolean {
  return /^(?:package\.json|\.bin|\.pnp\..*|\.gitattributes|\.gitmodules|\.env.*)$/i.test(name);
}

function isLeftOut(name: string): boolean {
  return name === 'node_modules' || name === '.venv' || name === '__pycache__';
}
