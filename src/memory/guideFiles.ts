/** Reads files that tell the agent something, those of the workspace and the person's own: nothing else, and no secrets. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';
import { limits } from '../core/limits.ts';
import type { Files } from '../core/ports.ts';

export interface GuideParts {
  readonly files: Files;
  /** Holds the person's `.agents` and `.claude`. */
  readonly home: string;
  /** False: the workspace tells the agent nothing. */
  readonly isTrusted: () => boolean;
  readonly isSecret: (path: string) => boolean;
}

export interface GuideFiles {
  readonly home: string;
  /** Absolute; none where the workspace is not trusted. */
  readonly folders: readonly string[];
  /** As the tools name it. */
  name(absolute: string): string;
  /** null: not there, not text, or none of those that may be read. */
  read(absolute: string, signal: AbortSignal): Promise<string | null>;
  /** Names in a folder, sorted; none where it is not there. */
  names(absolute: string): Promise<readonly string[]>;
  /** Where a file really is; null: nowhere, or a link has led it out of `within`. */
  real(absolute: string, within: readonly string[]): Promise<string | null>;
}

/** Where the person's own lie; the same for the editor and the command line. */
export function guideHome(env: NodeJS.ProcessEnv = process.env): string {
  return env['JOURNEYMAN_HOME'] ?? homedir();
}

export function guideFiles({ files, home, isTrusted, isSecret }: GuideParts): GuideFiles {
  const own = [join(home, '.agents'), join(home, '.claude', 'skills')];
  return {
    home,
    get folders() {
      return isTrusted() ? files.folders : [];
    },
    name: (absolute) => files.locate(absolute).path,
    async read(absolute, signal) {
      if (isSecret(absolute)) return null;
      const { path, inside } = files.folders.length === 0 ? { path: absolute, inside: false } : files.locate(absolute);
      if (inside) {
        if (!isTrusted()) return null;
        return files.read(path, signal).then(
          ({ text }) => text,
          () => (signal.throwIfAborted(), null), // not there, or no text: it tells nothing
        );
      }
      const real = await realOf(absolute);
      // Their own may be links to where they keep such files; it is text of theirs either way.
      return own.some((folder) => isWithin(folder, absolute)) && real !== null && !isSecret(real)
        ? readOwn(real)
        : null;
    },
    names: async (absolute) => (await readdir(absolute).catch(() => [])).sort(),
    async real(absolute, within) {
      const real = await realOf(absolute);
      const roots = await Promise.all(within.map(realOf));
      return real !== null && roots.some((root) => root !== null && isWithin(root, real)) ? real : null;
    },
  };
}

export function isWithin(folder: string, absolute: string): boolean {
  const rest = relative(folder, absolute);
  return rest === '' || (!isAbsolute(rest) && rest !== '..' && !rest.startsWith(`..${sep}`));
}

async function readOwn(absolute: string): Promise<string | null> {
  try {
    const info = await stat(absolute);
    if (!info.isFile() || info.size > limits.guideBytesMax) return null;
    const text = await readFile(absolute, 'utf8');
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function realOf(absolute: string): Promise<string | null> {
  return realpath(absolute).catch(() => null);
}
