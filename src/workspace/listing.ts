/** Names below a folder, as ignore files leave them: whole levels first, so that a cut never hides the top. */
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { DirEntry, Location } from '../core/ports.ts';
import { isIgnored, parseIgnoreFile, type IgnoreRules } from './ignoreFiles.ts';
import { fileError, type Places } from './place.ts';

export async function listFolder(
  places: Places,
  folders: readonly string[],
  start: Location,
  depth: number,
  signal: AbortSignal,
): Promise<{ entries: readonly DirEntry[]; truncated: boolean }> {
  signal.throwIfAborted();
  await places.check(start, false);
  const top =
    folders.find((folder) => start.absolute === folder || start.absolute.startsWith(folder + sep)) ?? start.absolute;
  const fromTop = relative(top, start.absolute).split(sep).join('/');
  const first: Level = { absolute: start.absolute, fromTop, rules: await rulesAbove(top, fromTop) };

  const found: Found[] = [];
  let truncated = false;
  let level: readonly Level[] = [first];
  for (let at = 1; at <= depth && level.length > 0 && !truncated; at++) {
    const below: Level[] = [];
    for (let i = 0; i < level.length && !truncated; i += foldersAtOnce) {
      signal.throwIfAborted();
      for (const { entries, folders: inner } of await Promise.all(
        level.slice(i, i + foldersAtOnce).map((one) => readLevel(one, start)),
      )) {
        found.push(...entries);
        below.push(...inner);
      }
      truncated = found.length > limits.listEntries;
    }
    level = below;
  }
  const kept = found.slice(0, limits.listEntries).sort((a, b) => (a.key < b.key ? -1 : 1));
  const entries = await Promise.all(
    kept.map(async ({ absolute, folder }): Promise<DirEntry> => {
      const path = places.locate(absolute).path;
      if (folder) return { path: `${path}/`, sizeBytes: null };
      const stat = await lstat(absolute).catch(() => null);
      return { path, sizeBytes: stat?.isFile() === true ? stat.size : null };
    }),
  );
  return { entries, truncated };
}

const foldersAtOnce = 16;

interface Level {
  readonly absolute: string;
  readonly fromTop: string;
  readonly rules: readonly IgnoreRules[];
}

interface Found {
  readonly absolute: string;
  readonly folder: boolean;
  /** Sorts a folder directly before what is in it. */
  readonly key: string;
}

async function readLevel(
  { absolute, fromTop, rules: outer }: Level,
  start: Location,
): Promise<{ entries: readonly Found[]; folders: readonly Level[] }> {
  const children = await readdir(absolute, { withFileTypes: true }).catch((thrown: unknown) => {
    if (absolute !== start.absolute) return []; // a folder that may not be read, below one that may
    if ((thrown as NodeJS.ErrnoException).code === 'ENOTDIR') {
      throw new JourneymanError('invalid_input', `${start.path} is a file. Read it with read_file.`);
    }
    throw fileError(start.path, thrown);
  });
  const rules = children.some(({ name }) => name === '.gitignore')
    ? [...outer, ...(await ignoreFile(absolute, fromTop, '.gitignore'))]
    : outer;
  const pathOf = (child: Dirent): string => (fromTop === '' ? child.name : `${fromTop}/${child.name}`);
  const shown = children
    .filter((child) => !isIgnored(rules, pathOf(child), child.isDirectory()))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    entries: shown.map((child) => ({
      absolute: join(absolute, child.name),
      folder: child.isDirectory(),
      key: pathOf(child).replaceAll('/', '\0'),
    })),
    folders: shown
      .filter((child) => child.isDirectory())
      .map((child) => ({ absolute: join(absolute, child.name), fromTop: pathOf(child), rules })),
  };
}

/** What ignore files from the top down to the folder say; nothing where they hide the folder itself: then it was asked for by name. */
async function rulesAbove(top: string, fromTop: string): Promise<readonly IgnoreRules[]> {
  const rules: IgnoreRules[] = [...(await ignoreFile(top, '', '.journeymanignore'))];
  const parts = fromTop === '' ? [] : fromTop.split('/');
  for (let i = 0; i < parts.length; i++) {
    const folder = parts.slice(0, i).join('/');
    rules.push(...(await ignoreFile(join(top, folder), folder, '.gitignore')));
    if (isIgnored(rules, parts.slice(0, i + 1).join('/'), true)) return [];
  }
  return rules;
}

async function ignoreFile(absolute: string, folder: string, name: string): Promise<readonly IgnoreRules[]> {
  const text = await readFile(join(absolute, name), 'utf8').catch(() => null); // absent or unreadable: it hides nothing
  return text === null ? [] : [parseIgnoreFile(folder, text)];
}
