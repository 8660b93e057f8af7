/**
 * Which files of the workspace a file's imports mean: by paths, and by what manifests say of them. What lies outside is no answer, and
 * where a name may mean several files the nearest one counts.
 *
 * An import is expected as it stands in the source, without its quotes; several names of one statement as several imports, or in braces
 * as they stand:
 *
 * | language | forms |
 * | --- | --- |
 * | typescript, tsx, javascript | `./upload.js`, `@scope/name/sub`, `#internal`; of `import`, `export … from`, `require()`, `import()` |
 * | python | `import a.b` → `a.b`; `from a.b import c` → `a.b.c` or `a.b`; `from . import c` → `.c`; `from ..a import c` → `..a.c` or `..a` |
 * | go | `example.com/module/package` |
 * | rust | `use crate::a::{b, c}` → `crate::a::{b, c}` or one each; `super::a`, `name::a`; `mod a;` → `self::a` or `mod a` |
 * | java, kotlin, scala | `com.name.Type`, `com.name.*`, `com.name.{A, B}`; `static` may stand before it |
 * | csharp | `Name.Space` |
 * | c, cpp | `dir/name.h`; `<name.h>` with its brackets means none of the compiler's own |
 * | ruby | `require 'a/b'` → `a/b`; `require_relative 'a'` → `a` or `./a` |
 * | php | `App\Name\Type`, `App\Name\{A, B}`; `require 'a/b.php'` → `a/b.php` |
 * | dart, zig, lua, bash, elixir | `package:name/a.dart`; `a.zig`; `a.b`; `./a.sh`, `$DIR/a.sh`; `Name.Module` |
 * | css, html, markdown | the address of an import, `src`, `href` or link: `../a.css`, `a.md#part` |
 */
import { resolveDotted, resolveElixir, resolveNamespace, resolvePhp } from './imports/dotted.ts';
import { resolveGo } from './imports/go.ts';
import { resolveBash, resolveDart, resolveInclude, resolveLink, resolveLua, resolveRuby, resolveStyle, resolveZig } from './imports/files.ts'; // prettier-ignore
import type { Manifests } from './imports/manifests.ts';
import type { PathTable } from './imports/pathTable.ts';
import { resolvePython } from './imports/python.ts';
import { resolveRust } from './imports/rust.ts';
import { resolveScript } from './imports/scripts.ts';

/** More imports than these in one file are a list of everything, and say nothing. */
const importsMax = 2000;
/** Files that one import may mean: a package of Go, a namespace. */
const filesMax = 30;

/** Paths in their order, each once, the file itself left out. Pure: the same for the same files, whichever came first. */
export function resolveImports(
  path: string,
  language: string | null,
  imports: readonly string[],
  files: PathTable,
  manifests: Manifests,
): readonly string[] {
  const resolve = resolvers.get(language ?? '');
  if (resolve === undefined || imports.length === 0) return [];
  const found = new Set<string>();
  for (const specifier of imports.slice(0, importsMax)) {
    const meant = resolve(path, specifier, files, manifests);
    for (let i = 0; i < meant.length && i < filesMax; i++) found.add(meant[i] ?? path);
  }
  found.delete(path);
  return [...found].sort();
}

/** What an import means; the nearest or likeliest file alone, but for packages that are several files. */
type Resolve = (path: string, specifier: string, files: PathTable, manifests: Manifests) => readonly string[];

const resolvers: ReadonlyMap<string, Resolve> = new Map<string, Resolve>([
  ['typescript', resolveScript],
  ['tsx', resolveScript],
  ['javascript', resolveScript],
  ['python', resolvePython],
  ['go', resolveGo],
  ['rust', resolveRust],
  ['java', resolveDotted],
  ['kotlin', resolveDotted],
  ['scala', resolveDotted],
  ['csharp', resolveNamespace],
  ['php', resolvePhp],
  ['elixir', resolveElixir],
  ['c', resolveInclude],
  ['cpp', resolveInclude],
  ['ruby', resolveRuby],
  ['dart', resolveDart],
  ['zig', resolveZig],
  ['lua', resolveLua],
  ['bash', resolveBash],
  ['css', resolveStyle],
  ['html', resolveLink],
  ['markdown', resolveLink],
]);
