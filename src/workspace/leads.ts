/** What a path of a command means on disk: where links lead, and what wild cards stand for. Judged before a line runs without a question. */
import { readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { matchesGlob } from '../core/glob.ts';
import { limits } from '../core/limits.ts';
import type { Location } from '../core/ports.ts';
import { foldName, isWithin } from './place.ts';

export function leadsTo(
  folders: readonly string[],
  locate: (path: string) => Location,
  path: string,
): readonly Location[] {
  const written = locate(path);
  const meant = /[*?[]/.test(path) ? matches(written.absolute) : [written.absolute];
  // More than can be looked at may be anything.
  if (meant === null) return [{ ...written, inside: false }];
  const places = meant.map((absolute) => placeOf(folders, locate, absolute));
  return [written, ...places.filter(({ absolute }) => absolute !== written.absolute)];
}

/** Of the links among what a pattern matches, and of the folders on the way; null: too many. */
function matches(pattern: string): readonly string[] | null {
  const parts = pattern.split(/[/\\]/);
  const first = parts.findIndex((part) => /[*?[]/.test(part));
  let places = [parts.slice(0, first).join('/') || '/'];
  const links: string[] = [...places];
  let looked = 0;
  for (const part of parts.slice(first)) {
    const next: string[] = [];
    for (const folder of places) {
      for (const entry of entriesOf(folder)) {
        if (++looked > limits.wildCardEntries) return null;
        if (!matchesGlob(entry.name, part) || entry.name.startsWith('.') !== part.startsWith('.')) continue;
        const place = join(folder, entry.name);
        if (entry.isSymbolicLink()) links.push(place);
        next.push(place);
      }
    }
    places = next;
  }
  return links;
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return [];
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

/** The real place of the deepest part that exists, named as the tools name it. */
function placeOf(folders: readonly string[], locate: (path: string) => Location, absolute: string): Location {
  const real = realOf(absolute);
  for (const folder of folders) {
    const top = realOf(folder);
    if (isWithin(top, real)) return locate(join(folder, relative(top, real)));
    if (isWithin(foldName(top), foldName(real))) return locate(join(folder, relative(foldName(top), foldName(real))));
  }
  return locate(real);
}

function realOf(absolute: string): string {
  for (let existing = absolute, rest = ''; ; rest = join(basename(existing), rest), existing = dirname(existing)) {
    try {
      return join(realpathSync.native(existing), rest);
    } catch {
      if (dirname(existing) === existing) return absolute;
    }
  }
}
