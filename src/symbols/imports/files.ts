/** Languages whose imports are paths of files, more or less. */
import { posix } from 'node:path';
import type { Manifests } from './manifests.ts';
import { firstOf, folderOf, foldersAbove, join, nearest, type PathTable } from './pathTable.ts';

/** Headers that compilers bring: a file of the same name stands in for one where a system lacks it. */
const systemHeader =
  /^(?:assert|complex|ctype|errno|fcntl|fenv|float|inttypes|iso646|limits|locale|math|pthread|setjmp|signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|tgmath|threads|time|uchar|unistd|wchar|wctype)\.h$/;

/** C and C++: beside the file, else the nearest that ends so. */
export function resolveInclude(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = specifier.replace(/^[<"]|[>"]$/g, '').trim();
  const isSystem = systemHeader.test(path);
  if (isSystem && specifier.startsWith('<')) return [];
  const beside = firstOf(files, [join(folderOf(from), path)]);
  return beside.length > 0 || isSystem ? beside : ending(from, path, files);
}

/** `require_relative` and `require` look the same here: beside the file first. */
export function resolveRuby(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = specifier.replace(/\.rb$/, '');
  const beside = firstOf(files, [`${join(folderOf(from), path)}.rb`]);
  if (beside.length > 0 || /^\.{1,2}\//.test(path)) return beside;
  // One name alone is more often a library's.
  const isOwn = (file: string): boolean =>
    path.includes('/') || /^(?:|.*\/)(?:lib|test|spec|app\/[^/]+|features\/support)\/[^/]+$/.test(file) || !file.includes('/'); // prettier-ignore
  return nearest(from, files.ending(`${path}.rb`).filter(isOwn)); // prettier-ignore
}

export function resolveDart(
  from: string,
  specifier: string,
  files: PathTable,
  manifests: Manifests,
): readonly string[] {
  const [, name, path] = /^package:([^/]+)\/(.+)$/.exec(specifier) ?? [];
  if (name === undefined || path === undefined)
    return specifier.includes(':') ? [] : firstOf(files, [join(folderOf(from), specifier)]);
  const folder = manifests.dart.get(name);
  return folder === undefined ? [] : firstOf(files, [join(folder, `lib/${path}`)]);
}

export function resolveZig(from: string, specifier: string, files: PathTable): readonly string[] {
  return firstOf(files, [join(folderOf(from), specifier)]);
}

export function resolveLua(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = specifier
    .replace(/\.lua$/, '')
    .replaceAll('.', '/')
    .replace(/^\/+/, '');
  if (path === '') return [];
  return nearest(
    from,
    [`${path}.lua`, `${path}/init.lua`].flatMap((one) => files.ending(one)),
  );
}

/** What a variable or a command stands for is most often the script's own folder, or the top. */
export function resolveBash(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = specifier.replace(/["']/g, '').replace(/^(?:\$\([^)]*\)|\$\{[^}]*\}|\$\w+|~)?\/+/, '');
  if (path === '' || path.includes('$')) return [];
  const beside = firstOf(files, [join(folderOf(from), path), join('', path)]);
  return beside.length > 0 ? beside : ending(from, path, files);
}

/** CSS and its kin: `~` and a package's name are left out, `_` before a part's name may be. */
export function resolveStyle(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = addressPath(specifier.replace(/^url\(\s*["']?|["']?\s*\)$/g, ''));
  if (path === null) return [];
  const at = join(folderOf(from), path);
  return firstOf(
    files,
    ['', '.css', '.scss', '.less', '.sass'].flatMap((end) => [
      at + end,
      join(folderOf(at), `_${posix.basename(at)}${end}`),
    ]),
  );
}

/** HTML and Markdown: from the file, from the top, or from where a server has its top by custom. */
export function resolveLink(from: string, specifier: string, files: PathTable): readonly string[] {
  const path = addressPath(specifier);
  if (path === null) return [];
  if (!path.startsWith('/')) return firstOf(files, withEnding(join(folderOf(from), path), '.md'));
  const tops = [...foldersAbove(folderOf(from))].flatMap((top) => [top, join(top, 'public'), join(top, 'static')]);
  return firstOf(files, tops.map((top) => join(top, path.slice(1)))); // prettier-ignore
}

/** Without a part's name or a question; null for an address elsewhere. */
function addressPath(address: string): string | null {
  const path = address.replace(/[#?].*$/s, '');
  if (path === '' || /^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(path)) return null;
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // a percent sign of its own
  }
}

function ending(from: string, path: string, files: PathTable): readonly string[] {
  const suffix = join('', path).replace(/^(?:\.\.\/)+|^\/+/, '');
  return suffix === '' || suffix === '..' ? [] : nearest(from, files.ending(suffix));
}

function withEnding(path: string, end: string): readonly string[] {
  return [path, path + end];
}
