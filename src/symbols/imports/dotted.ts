/** Languages whose names of types are paths: Java and its kin, C#, PHP, Elixir. */
import { inBraces } from './braces.ts';
import type { Manifests } from './manifests.ts';
import { firstOf, folderOf, join, nearest, type PathTable } from './pathTable.ts';

const ofTheJvm = ['.java', '.kt', '.scala', '.groovy', '.kts', '.sc'];
/** A namespace of more files than these says too little about each. */
const namespaceFilesMax = 20;

/** `com.name.Type`, of Java, Kotlin and Scala. */
export function resolveDotted(from: string, specifier: string, files: PathTable): readonly string[] {
  const names = inBraces(specifier.replace(/^(?:import\s+)?(?:static\s+)?/, ''), '.');
  return [...new Set(names.flatMap((name) => typeNamed(from, name, files)))];
}

function typeNamed(from: string, name: string, files: PathTable): readonly string[] {
  const parts = (name.split(/\s+as\s+|=>/, 1)[0] ?? '').trim().split('.');
  const isAll = /^(?:\*|_|given)$/.test(parts.at(-1) ?? '');
  const all = isAll ? parts.slice(0, -1) : parts;
  const found = nearest(
    from,
    files.found(parts.join('.'), () => typesNamed(all, isAll, files)),
  );
  return found.length > 0 || !isAll ? found : inPackage(from, all.join('/'), files);
}

function typesNamed(parts: readonly string[], isAll: boolean, files: PathTable): readonly string[] {
  // The last names may be members.
  for (let count = parts.length; count >= Math.max(2, parts.length - 2); count--) {
    const path = parts.slice(0, count).join('/');
    const found = ofTheJvm.flatMap((ending) => files.ending(path + ending));
    if (found.length > 0) return found;
  }
  // Where folders leave out what all packages begin with.
  const named = ofTheJvm.flatMap((ending) => files.named(`${parts.at(-1) ?? ''}${ending}`));
  return named.length === 1 && !isAll ? named : [];
}

function inPackage(from: string, path: string, files: PathTable): readonly string[] {
  const [folder] = nearest(from, files.foldersEnding(path));
  if (folder === undefined) return [];
  return files.inFolder(folder).filter((file) => ofTheJvm.some((ending) => file.endsWith(ending)));
}

/** Namespaces of C# are folders by custom; a project's folder often bears the whole name. */
export function resolveNamespace(from: string, specifier: string, files: PathTable): readonly string[] {
  const name = specifier.replace(/^(?:global\s+)?(?:using\s+)?(?:static\s+)?(?:\w+\s*=\s*)?/, '').replace(/;$/, '');
  const parts = name.trim().split('.');
  const type = parts.length > 1 ? nearest(from, files.ending(`${parts.slice(-2).join('/')}.cs`)) : [];
  if (type.length > 0) return type;
  for (let cut = 0; cut < parts.length; cut++) {
    const folders = [parts.slice(0, cut + 1).join('.'), ...parts.slice(cut + 1)].join('/');
    const isTelling = cut > 0 || parts.length > 1;
    const [folder] = isTelling ? nearest(from, files.foldersEnding(folders)) : [];
    const found = folder === undefined ? [] : files.inFolder(folder).filter((path) => path.endsWith('.cs'));
    if (found.length > 0) return found.length > namespaceFilesMax ? [] : found;
  }
  return [];
}

/** Types by what `composer.json` says, else by the end of their name; files as they are named. */
export function resolvePhp(from: string, specifier: string, files: PathTable, manifests: Manifests): readonly string[] {
  if (/\.(?:php|inc)$/.test(specifier) || !specifier.includes('\\')) {
    const path = specifier.replace(/^(?:\.?\/)+/, '');
    const beside = firstOf(files, [join(folderOf(from), path)]);
    return beside.length > 0 ? beside : nearest(from, files.ending(path));
  }
  const names = inBraces(specifier.replace(/^(?:use\s+)?(?:function\s+|const\s+)?/, ''), '\\');
  return [...new Set(names.flatMap((name) => phpType(from, name, files, manifests)))];
}

function phpType(from: string, name: string, files: PathTable, manifests: Manifests): readonly string[] {
  const type =
    name
      .split(/\s+as\s+/i, 1)[0]
      ?.trim()
      .replace(/^\\/, '') ?? '';
  for (const [prefix, folder] of manifests.php) {
    if (!type.startsWith(prefix)) continue;
    const found = firstOf(files, [join(folder, `${type.slice(prefix.length).replaceAll('\\', '/')}.php`)]);
    if (found.length > 0) return found;
  }
  return byEnd(from, type.split('\\'), '.php', files);
}

/** `Name.Module` lies in `name/module.ex`, by custom. */
export function resolveElixir(from: string, specifier: string, files: PathTable): readonly string[] {
  const names = inBraces(specifier.replace(/^(?:alias|import|use|require)\s+/, ''), '.');
  return [
    ...new Set(
      names.flatMap((name) => {
        const parts = name.split(',', 1)[0]?.trim().split('.').map(snake) ?? [];
        const found = byEnd(from, parts, '.ex', files);
        return found.length > 0 ? found : byEnd(from, parts, '.exs', files);
      }),
    ),
  ];
}

/** The longest end of the name that is a path; its last part alone only where one file bears it. */
function byEnd(from: string, parts: readonly string[], ending: string, files: PathTable): readonly string[] {
  for (let cut = 0; cut < parts.length; cut++) {
    const found = files.ending(parts.slice(cut).join('/') + ending);
    if (cut === parts.length - 1) return found.length === 1 ? found : [];
    if (found.length > 0) return nearest(from, found);
  }
  return [];
}

function snake(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, (letter) => `_${letter}`).toLowerCase();
}
