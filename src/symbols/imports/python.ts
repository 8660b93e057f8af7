/** Python: dotted names from the folders that packages begin in, and relative ones. */
import { firstOf, folderOf, foldersAbove, join, nearest, type PathTable } from './pathTable.ts';

export function resolvePython(from: string, specifier: string, files: PathTable): readonly string[] {
  const name = specifier.replace(/\.?\*$/, '').trim();
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  const parts = name
    .slice(dots)
    .split('.')
    .filter((part) => part !== '');
  if (dots > 0) {
    const folder = join(folderOf(from), '../'.repeat(dots - 1));
    return longest(parts, 0, (rest) => firstOf(files, moduleFiles(join(folder, rest.join('/')))));
  }
  return longest(parts, 1, (rest) => absolute(from, rest, files));
}

/** The last part may be a name in the module that the others are. */
function longest(
  parts: readonly string[],
  least: number,
  find: (parts: readonly string[]) => readonly string[],
): readonly string[] {
  for (let count = parts.length; count >= least; count--) {
    const found = find(parts.slice(0, count));
    if (found.length > 0) return found;
  }
  return [];
}

function absolute(from: string, parts: readonly string[], files: PathTable): readonly string[] {
  const suffix = parts.join('/');
  const candidates = moduleFiles(suffix)
    .flatMap((one) => files.ending(one).map((path) => ({ path, root: path.slice(0, -one.length).replace(/\/$/, '') })))
    // What lies in a package is not named without it; a script sees what lies beside it all the same.
    .filter(({ root }) => root === folderOf(from) || !files.has(join(root, '__init__.py')))
    // One name alone is more often a library's.
    .filter(({ root }) => parts.length > 1 || isRoot(root, from));
  return nearest(
    from,
    candidates.map(({ path }) => path),
  );
}

/** Folders that a program is run from: those above a file, and `src` or `lib` in them. */
function isRoot(root: string, from: string): boolean {
  const outer = /(?:^|\/)(?:src|lib|python)$/.test(root) ? folderOf(root) : root;
  for (const folder of foldersAbove(folderOf(from))) if (folder === root || folder === outer) return true;
  return false;
}

function moduleFiles(path: string): readonly string[] {
  return path === ''
    ? ['__init__.py']
    : [`${path}.py`, join(path, '__init__.py'), `${path}.pyi`, join(path, '__init__.pyi')];
}
