/** Go: a package is the files of a folder, its tests left out. */
import type { Manifests } from './manifests.ts';
import { join, nearest, type PathTable } from './pathTable.ts';

export function resolveGo(from: string, specifier: string, files: PathTable, manifests: Manifests): readonly string[] {
  for (let end = specifier.length; end > 0; end = specifier.lastIndexOf('/', end - 1)) {
    const folder = manifests.goModules.get(specifier.slice(0, end));
    if (folder !== undefined) return packageIn(join(folder, specifier.slice(end + 1)), files);
  }
  const std = manifests.goModules.get('std'); // the language's own repository
  if (std !== undefined && !specifier.split('/', 1)[0]?.includes('.')) return packageIn(join(std, specifier), files);
  // Without a manifest: below `src`, or among what was copied in.
  const isNamed = /^[^/]*\.[^/]*\//.test(specifier);
  const [folder] = isNamed ? nearest(from, files.foldersEnding(specifier)) : [];
  return folder === undefined ? [] : packageIn(folder, files);
}

function packageIn(folder: string, files: PathTable): readonly string[] {
  return files.inFolder(folder).filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'));
}
