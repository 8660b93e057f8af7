/** Globs over paths with `/`, as in ignore files and rules; one home for the library. */
import { minimatch } from 'minimatch';

/** `**` crosses folders; a glob without `/` matches the last name; names with a leading dot count. */
export function matchesGlob(path: string, glob: string): boolean {
  return minimatch(path, glob, { dot: true, matchBase: !glob.includes('/'), nocomment: true });
}
