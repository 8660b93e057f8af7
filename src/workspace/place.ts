/** Where a path leads: pure arithmetic for names, then the real place on disk, so that no link leads past what was judged. */
import { lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { Location } from '../core/ports.ts';

export interface Places {
  /** Pure; see `Files.locate`. Throws `invalid_input` for what no file can be called. */
  locate(path: string): Location;
  /**
   * **Invariant:** what is opened is what was judged. A link on the way is refused and the path it leads to is named, so that a rule
   * or a person always sees the real file. Throws `denied`, `not_found`; `mayBeAbsent` lets what does not exist yet pass.
   */
  check(place: Location, mayBeAbsent: boolean): Promise<void>;
}

export function placesIn(folders: readonly string[]): Places {
  let realFolders: Promise<readonly string[]> | null = null;
  const locate = (path: string): Location => locateIn(folders, path);
  return {
    locate,
    async check(place, mayBeAbsent) {
      realFolders ??= Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
      const [real, reals] = await Promise.all([realPlace(place, mayBeAbsent), realFolders]);
      const own = folders.findIndex((folder) => isWithin(folder, place.absolute));
      const expected = own < 0 ? place.absolute : join(reals[own] ?? '', relative(folders[own] ?? '', place.absolute));
      if (real === expected || foldName(real) === foldName(expected)) return;
      const into = reals.findIndex((folder) => isWithin(folder, real));
      const target =
        into < 0 ? withSlashes(real) : locate(join(folders[into] ?? '', relative(reals[into] ?? '', real))).path;
      const leaves = place.inside && into < 0 ? ' that leads out of the workspace,' : '';
      throw new JourneymanError('denied', `${place.path} is a link${leaves} to ${target}. Name that path instead.`);
    },
  };

  async function realPlace(place: Location, mayBeAbsent: boolean): Promise<string> {
    for (let existing = place.absolute; ; existing = dirname(existing)) {
      try {
        return join(await realpath(existing), relative(existing, place.absolute));
      } catch (thrown) {
        if (!isAbsent(thrown)) throw fileError(place.path, thrown);
        if (await isLink(existing))
          throw new JourneymanError(
            'denied',
            `${locate(existing).path} is a link that leads nowhere. Nothing is written through it; remove it or name another path.`,
          );
        if (!mayBeAbsent) throw await notFound(locate, place);
        if (dirname(existing) === existing) return place.absolute;
      }
    }
  }
}

/** Best first, at most five: same stem, a part of it, or few letters apart. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  const low = wanted.toLowerCase();
  const stem = stemOf(low);
  return names
    .map((name) => {
      const other = name.toLowerCase();
      const alike = stemOf(other) === stem || (stem.length > 3 && other.includes(stem));
      return { name, distance: alike ? 1 : editDistance(low, other) };
    })
    .filter(({ distance }) => distance <= Math.max(1, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name);
}

/** What a failed file operation means, in words; `path` as the tools name it. */
export function fileError(path: string, thrown: unknown): JourneymanError {
  if (thrown instanceof JourneymanError) return thrown;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const [kind, what] = {
    EACCES: ['denied', 'the system does not permit it'],
    EPERM: ['denied', 'the system does not permit it'],
    EROFS: ['denied', 'the disk is read-only'],
    ELOOP: ['denied', 'it is a link'],
    ENOENT: ['not_found', 'it does not exist'],
    ENOTDIR: ['not_found', 'a part of the path is a file, not a folder'],
    EISDIR: ['invalid_input', 'it is a folder'],
    ENXIO: ['invalid_input', 'it is a device, pipe or socket, not a file'],
    ENAMETOOLONG: ['invalid_input', 'the name is too long'],
    ENOSPC: ['unavailable', 'the disk is full'],
    EMFILE: ['unavailable', 'too many files are open'],
    EBUSY: ['unavailable', 'another program holds it'],
  }[code] as ['denied' | 'not_found' | 'invalid_input' | 'unavailable', string] | undefined ?? ['unavailable', thrown instanceof Error ? thrown.message : String(thrown)]; // prettier-ignore
  return new JourneymanError(kind, `${path} could not be opened: ${what}.`, { cause: thrown });
}

async function isLink(absolute: string): Promise<boolean> {
  return lstat(absolute).then(
    (stat) => stat.isSymbolicLink(),
    () => false,
  );
}

export function isAbsent(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function locateIn(folders: readonly string[], path: string): Location {
  if (path === '' || path.includes('\0')) {
    throw new JourneymanError(
      'invalid_input',
      'The path is empty or holds a NUL. Name a file or folder relative to the workspace.',
    );
  }
  const first = folders[0];
  if (first === undefined) throw new JourneymanError('not_found', 'No folder is open. Open a folder and try again.');
  const absolute = resolve(first, path);
  const inside = folders.some((folder) => isWithin(folder, absolute));
  return { path: withSlashes(inside ? relative(first, absolute) || '.' : absolute), absolute, inside };
}

/** Names the first part of the path that is missing and what one may have meant. */
async function notFound(locate: Places['locate'], place: Location): Promise<JourneymanError> {
  let folder = dirname(place.absolute);
  let names = await readdir(folder).catch(() => null);
  while (names === null && dirname(folder) !== folder) {
    folder = dirname(folder);
    names = await readdir(folder).catch(() => null);
  }
  const missing = join(folder, relative(folder, place.absolute).split(sep)[0] ?? '');
  const near = nearNames(basename(missing), names ?? []).map((name) => locate(join(folder, name)).path);
  const what =
    missing === place.absolute
      ? `${place.path} does not exist.`
      : `${place.path} does not exist: there is no ${locate(missing).path}.`;
  const hint = near.length > 0 ? `Near names: ${near.join(', ')}.` : 'Look for it with list_files or search_text.';
  return new JourneymanError('not_found', `${what} ${hint}`);
}

export function isWithin(folder: string, absolute: string): boolean {
  const rest = relative(folder, absolute);
  return rest === '' || (!isAbsolute(rest) && rest !== '..' && !rest.startsWith(`..${sep}`));
}

function withSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

/** Windows and macOS do not tell case and ways to write an accent apart; realpath answers with the name on disk. */
export function foldName(path: string): string {
  return process.platform === 'linux' ? path : path.normalize('NFC').toLowerCase();
}

function stemOf(name: string): string {
  return name.replace(/(?<=.)\.[^.]*$/, '');
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > a.length / 3 + 1) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
