/** Rust: modules by the paths of `use` and `mod`, within a crate and between the crates of a workspace. */
import { posix } from 'node:path';
import { inBraces } from './braces.ts';
import { above, type Crate, type Manifests } from './manifests.ts';
import { firstOf, folderOf, join, type PathTable } from './pathTable.ts';

export function resolveRust(
  from: string,
  specifier: string,
  files: PathTable,
  manifests: Manifests,
): readonly string[] {
  const declared = /^(?:pub(?:\([^)]*\))?\s+)?mod\s+(?:r#)?(\w+)/.exec(specifier)?.[1];
  if (declared !== undefined) return moduleFile(join(childFolder(from), declared), files);
  const own = above(manifests.crateFolders, from) ?? { folder: folderOf(from), root: from };
  return [...new Set(inBraces(specifier, '::').flatMap((path) => used(from, path, own, files, manifests)))];
}

function used(from: string, path: string, own: Crate, files: PathTable, manifests: Manifests): readonly string[] {
  const parts = path.replace(/\s+as\s+\w+$|r#|\s/g, '').replace(/^::/, '').split('::').filter((part) => part !== '*' && part !== ''); // prettier-ignore
  const [first = '', ...rest] = parts;
  if (first === 'crate' || first === '$crate') return inModule(rootOf(from, own), rest, files);
  if (first === 'self' || first === 'super') {
    let folder = childFolder(from);
    let at = parts;
    for (; at[0] === 'self' || at[0] === 'super'; at = at.slice(1)) if (at[0] === 'super') folder = folderOf(folder);
    return inModule(folder, at, files);
  }
  const crate = manifests.crates.get(first);
  const child = crate === undefined && rest.length > 0 ? moduleFile(join(childFolder(from), first), files) : [];
  if (child.length > 0) return inModule(childFolder(from), parts, files);
  if (crate === undefined) return [];
  const found = inModule(folderOf(crate.root), rest, files);
  return found.length > 0 ? found : firstOf(files, [crate.root]);
}

/** The folder that the modules of the file's crate lie in. */
function rootOf(from: string, own: Crate): string {
  const source = folderOf(own.root);
  // Tests, examples and binaries of their own are crates of their own.
  const isOwn = source === '' || from.startsWith(`${source}/`);
  return isOwn && !from.startsWith(join(source, 'bin/')) ? source : folderOf(from);
}

/** The file of the longest part of the path that is one; the last names may stand in it. */
function inModule(folder: string, parts: readonly string[], files: PathTable): readonly string[] {
  for (let count = parts.length; count > 0; count--) {
    const found = moduleFile(join(folder, parts.slice(0, count).join('/')), files);
    if (found.length > 0) return found;
  }
  return firstOf(files, [`${folder}.rs`, join(folder, 'mod.rs'), join(folder, 'lib.rs'), join(folder, 'main.rs')]);
}

function moduleFile(path: string, files: PathTable): readonly string[] {
  return firstOf(files, [`${path}.rs`, join(path, 'mod.rs')]);
}

/** Where the modules that a file declares lie. */
function childFolder(from: string): string {
  const name = posix.basename(from, '.rs');
  const folder = folderOf(from);
  const isTop =
    ['mod', 'lib', 'main', 'build'].includes(name) || /(?:^|\/)(?:tests|benches|examples|bin)$/.test(folder);
  return isTop ? folder : join(folder, name);
}
