/** TypeScript and JavaScript: relative paths, aliases of the configuration, packages of the same workspace. */
import { above, targetsOf, type Alias, type Manifests, type ScriptPackage } from './manifests.ts';
import { firstOf, folderOf, join, type PathTable } from './pathTable.ts';

export function resolveScript(
  from: string,
  specifier: string,
  files: PathTable,
  manifests: Manifests,
): readonly string[] {
  const name = specifier.startsWith('#') ? specifier : specifier.replace(/^.*!|[?#].*$/g, ''); // of loaders, and queries
  if (/^\.{1,2}(?:\/|$)/.test(name)) return moduleAt(join(folderOf(from), name), files, manifests);
  if (name.startsWith('/')) return moduleAt(name.slice(1), files, manifests);
  const own = above(manifests.scriptFolders, from);
  if (name.startsWith('#') && own !== null) return ofTargets(own.folder, own.imports, name, files, manifests);

  const config = above(manifests.scriptConfigs, from);
  for (const alias of config?.aliases ?? [])
    for (const target of targetsOf(alias, name)) {
      const found = moduleAt(target, files, manifests);
      if (found.length > 0) return found;
    }
  const base = config?.base ?? null;
  const based = base === null ? [] : moduleAt(join(base, name), files, manifests);
  if (based.length > 0) return based;

  const packaged = ofPackage(name, files, manifests);
  // What bundlers are told in programs, which are not run here.
  if (packaged.length > 0 || !/^[@~]\//.test(name)) return packaged;
  return moduleAt(join(join(own?.folder ?? '', 'src'), name.slice(2)), files, manifests);
}

const extensions = ['.ts', '.tsx', '.d.ts', '.js', '.jsx', '.mts', '.cts', '.mjs', '.cjs', '.vue', '.svelte', '.json'];
const compiled: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.d.ts'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/** The file that this path means: itself, what it is compiled from, with an ending, or as a folder. */
function moduleAt(path: string, files: PathTable, manifests: Manifests): readonly string[] {
  const found = path === '' ? [] : files.found(`file ${path}`, () => fileAt(path, files));
  if (found.length > 0) return found;
  const folder = manifests.scriptFolders.get(path);
  const entry = folder ? entryOf(folder, files) : [];
  if (entry.length > 0) return entry;
  return files.found(`folder ${path}`, () => withEnding(join(path, 'index'), files));
}

function fileAt(path: string, files: PathTable): readonly string[] {
  if (files.has(path)) return [path];
  const ending = /\.[cm]?jsx?$/.exec(path)?.[0] ?? '';
  const stem = path.slice(0, path.length - ending.length);
  const source = firstOf(files, (compiled[ending] ?? []).map((other) => stem + other)); // prettier-ignore
  return source.length > 0 ? source : withEnding(path, files);
}

function withEnding(path: string, files: PathTable): readonly string[] {
  for (const ending of extensions) if (files.has(path + ending)) return [path + ending];
  return [];
}

function ofPackage(specifier: string, files: PathTable, manifests: Manifests): readonly string[] {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '';
  const found = manifests.scripts.get(name);
  if (found === undefined) return [];
  const rest = specifier.slice(name.length + 1);
  if (rest === '') return entryOf(found, files);
  const exported = ofTargets(found.folder, found.exports, `./${rest}`, files, manifests);
  return exported.length > 0 ? exported : sourceOf(found.folder, rest, files, manifests);
}

function ofTargets(
  folder: string,
  aliases: readonly Alias[],
  name: string,
  files: PathTable,
  manifests: Manifests,
): readonly string[] {
  for (const alias of aliases)
    for (const target of targetsOf(alias, name)) {
      const found = sourceOf(folder, target, files, manifests);
      if (found.length > 0) return found;
    }
  return [];
}

function entryOf(found: ScriptPackage, files: PathTable): readonly string[] {
  for (const entry of [
    ...found.entries,
    'src/index',
    'index',
    'src/main',
    'lib/index',
    `src/${lastOf(found.folder)}`,
  ]) {
    const source = sourceOf(found.folder, entry, files, null);
    if (source.length > 0) return source;
  }
  return [];
}

/** What is built is not in the index: the source that it is built from, by the usual names of the folders. */
function sourceOf(folder: string, target: string, files: PathTable, manifests: Manifests | null): readonly string[] {
  const path = target.replace(/^\.\//, '').replace(/\.d\.[cm]?ts$/, '');
  const inSource = path.replace(/^(?:dist|lib|build|out|esm|cjs|es)\/(?:(?:esm|cjs|es|types|src)\/)?/, 'src/');
  for (const one of [path, inSource, `src/${path}`]) {
    const found = moduleAt(join(folder, one), files, manifests ?? none);
    if (found.length > 0) return found;
  }
  return [];
}

/** An entry that is a folder has no manifest of its own: no way round in circles. */
const none: Manifests = {
  scriptConfigs: new Map(), scriptFolders: new Map(), crateFolders: new Map(), scripts: new Map(), goModules: new Map(), crates: new Map(),
  dart: new Map(), php: [],
}; // prettier-ignore

function lastOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('/') + 1);
}
