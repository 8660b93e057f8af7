// Which files imports mean, by language: paths, manifests, and the nearest of several.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveImports } from '../../src/symbols/imports.ts';
import { isManifest, readManifests } from '../../src/symbols/imports/manifests.ts';
import { nearest, PathTable } from '../../src/symbols/imports/pathTable.ts';

type Row = readonly [specifier: string, ...meant: string[]];

/** `texts`: paths, with the texts of those that are manifests. */
function check(language: string, from: string, texts: Readonly<Record<string, string>>, rows: readonly Row[]): void {
  const files = new PathTable([...Object.keys(texts), from]);
  const manifests = readManifests(files, (path) => texts[path] ?? null);
  const found = rows.map(([specifier]) => [
    specifier,
    ...resolveImports(from, language, [specifier], files, manifests),
  ]);
  expect(found).toEqual(rows);
}

function paths(...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, '']));
}

describe('TypeScript and JavaScript', () => {
  test('relative paths, with and without an ending, and folders', () => {
    check(
      'typescript',
      'src/a/from.ts',
      paths(
        'src/a/b.ts',
        'src/c.tsx',
        'src/d/index.ts',
        'src/index.js',
        'src/e.d.ts',
        'src/f.vue',
        'src/g.json',
        'src/a/b.test.ts',
      ),
      [
        ['./b', 'src/a/b.ts'],
        ['./b.js', 'src/a/b.ts'],
        ['./b.ts?raw', 'src/a/b.ts'],
        ['./b.test', 'src/a/b.test.ts'],
        ['../c.js', 'src/c.tsx'],
        ['../d', 'src/d/index.ts'],
        ['../d/', 'src/d/index.ts'],
        ['..', 'src/index.js'],
        ['../e', 'src/e.d.ts'],
        ['../f.vue', 'src/f.vue'],
        ['../g.json', 'src/g.json'],
        ['/src/c', 'src/c.tsx'],
        ['./nothing'],
        ['../../../etc/passwd'],
        ['node:fs'],
        ['react'],
        [''],
      ],
    );
  });

  test('aliases of the nearest configuration, with what it extends', () => {
    const texts = {
      'tsconfig.json': `{ // for all
        "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["packages/app/src/*", "gen/*",], "one": ["packages/one.ts"] } }, }`,
      'packages/lib/tsconfig.json': `{ "extends": "../../tsconfig.lib.json" }`,
      'tsconfig.lib.json': `{ "compilerOptions": { "paths": { "~lib/*": ["./packages/lib/src/*"] } } }`,
      ...paths('packages/app/src/x.ts', 'gen/y.ts', 'packages/one.ts', 'packages/lib/src/z.ts'),
    };
    check('typescript', 'packages/app/src/from.ts', texts, [
      ['@app/x', 'packages/app/src/x.ts'],
      ['@app/y.js', 'gen/y.ts'],
      ['one', 'packages/one.ts'],
      ['packages/one', 'packages/one.ts'],
      ['~lib/z'],
    ]);
    check('typescript', 'packages/lib/src/from.ts', texts, [['~lib/z', 'packages/lib/src/z.ts'], ['@app/x']]);
  });

  test('packages of the workspace, of which the source counts and not what is built', () => {
    const texts = {
      'packages/core/package.json': `{ "name": "@a/core", "main": "lib/index.js", "imports": { "#in/*": "./src/in/*.js" } }`,
      'packages/map/package.json': `{ "name": "map", "exports": { ".": { "import": { "types": "./dist/map.d.ts" } }, "./feature/*": "./dist/features/*.js" } }`,
      'other/map/package.json': `{ "name": "map" }`,
      'packages/bad/package.json': `{ "name": `,
      ...paths('packages/core/src/index.ts', 'packages/core/src/node/a.ts', 'packages/core/src/in/b.ts', 'packages/map/src/map.ts', 'packages/map/src/features/c.ts', 'packages/core/src/view/d.ts', 'other/map/index.js'), // prettier-ignore
    };
    check('tsx', 'packages/core/src/from.ts', texts, [
      ['@a/core', 'packages/core/src/index.ts'],
      ['@a/core/lib/node/a', 'packages/core/src/node/a.ts'],
      ['@a/core/src/node/a', 'packages/core/src/node/a.ts'],
      ['#in/b', 'packages/core/src/in/b.ts'],
      ['map', 'other/map/index.js'],
      ['@/view/d', 'packages/core/src/view/d.ts'],
      ['@a/other'],
    ]);
    check('javascript', 'x.js', { ...texts, 'other/map/package.json': '[]' }, [
      ['map', 'packages/map/src/map.ts'],
      ['map/feature/c', 'packages/map/src/features/c.ts'],
    ]);
  });
});

test('Python: dotted names, relative ones, and names in a module', () => {
  check(
    'python',
    'src/app/sub/from.py',
    paths(
      'src/app/__init__.py',
      'src/app/sub/__init__.py',
      'src/app/sub/a.py',
      'src/app/b.py',
      'src/app/os.py',
      'tests/helper.py',
      'src/tool.py',
      'lib/c/d.pyi',
    ),
    [
      ['.a', 'src/app/sub/a.py'],
      ['.a.Thing', 'src/app/sub/a.py'],
      ['.', 'src/app/sub/__init__.py'],
      ['.Thing', 'src/app/sub/__init__.py'],
      ['..b', 'src/app/b.py'],
      ['..b.*', 'src/app/b.py'],
      ['...tool', 'src/tool.py'],
      ['app.sub.a', 'src/app/sub/a.py'],
      ['app.b.Thing', 'src/app/b.py'],
      ['app', 'src/app/__init__.py'],
      ['app.nothing', 'src/app/__init__.py'],
      ['src.app.b', 'src/app/b.py'],
      ['c.d', 'lib/c/d.pyi'],
      ['tool', 'src/tool.py'],
      ['a', 'src/app/sub/a.py'],
      ['os'],
      ['helper'],
      ['sub.a'],
      ['numpy.random'],
      ['.....x'],
    ],
  );
});

test('Go: packages of the modules, tests left out', () => {
  const texts = {
    'go.mod': 'module example.com/a\n\ngo 1.22\n',
    'tools/go.mod': '// tools\nmodule example.com/a/tools\n',
    ...paths(
      'main.go',
      'b/one.go',
      'b/two.go',
      'b/two_test.go',
      'b/x.md',
      'tools/gen/g.go',
      'vendor/github.com/x/y/y.go',
    ),
  };
  check('go', 'cmd/from.go', texts, [
    ['example.com/a', 'main.go'],
    ['example.com/a/b', 'b/one.go', 'b/two.go'],
    ['example.com/a/tools/gen', 'tools/gen/g.go'],
    ['github.com/x/y', 'vendor/github.com/x/y/y.go'],
    ['fmt'],
    ['example.com/ab'],
  ]);
  check('go', 'src/fmt/from.go', { 'src/go.mod': 'module std\n', ...paths('src/io/io.go') }, [['io', 'src/io/io.go']]);
});

test('Rust: modules of the crate, of the file, and of the crates beside it', () => {
  const texts = {
    'crates/one/Cargo.toml': '[package]\nname = "one-a"\n[dependencies]\nname = "x"\n',
    'crates/two/Cargo.toml': '[lib]\npath = "lib/main.rs"\n[package]\nname = "two"\n',
    ...paths(
      'crates/one/src/lib.rs',
      'crates/one/src/a.rs',
      'crates/one/src/a/c.rs',
      'crates/one/src/a/d/mod.rs',
      'crates/two/lib/main.rs',
      'crates/two/lib/e.rs',
      'crates/one/tests/common/mod.rs',
    ),
  };
  check('rust', 'crates/one/src/a.rs', texts, [
    ['crate::a::c::Thing', 'crates/one/src/a/c.rs'],
    ['crate::{a::{c, d::{self, X}}, Y}', 'crates/one/src/a/c.rs', 'crates/one/src/a/d/mod.rs', 'crates/one/src/lib.rs'],
    ['mod c', 'crates/one/src/a/c.rs'],
    ['self::c', 'crates/one/src/a/c.rs'],
    ['self::inline'],
    ['self::d::*', 'crates/one/src/a/d/mod.rs'],
    ['c::Thing', 'crates/one/src/a/c.rs'],
    ['super::Y', 'crates/one/src/lib.rs'],
    ['two::e::Z', 'crates/two/lib/e.rs'],
    ['two::Z', 'crates/two/lib/main.rs'],
    ['std::fmt'],
    ['serde'],
  ]);
  check('rust', 'crates/one/tests/it.rs', texts, [
    ['mod common', 'crates/one/tests/common/mod.rs'],
    ['one_a::a::Thing', 'crates/one/src/a.rs'],
    ['crate::common::x', 'crates/one/tests/common/mod.rs'],
  ]);
  check('rust', 'crates/one/src/a/d/mod.rs', texts, [
    ['super::c', 'crates/one/src/a/c.rs'],
    ['super::super::a', 'crates/one/src/a.rs'],
  ]);
});

test('Java, Kotlin, Scala: packages are the ends of folders', () => {
  check(
    'java',
    'core/src/main/java/com/x/From.java',
    paths(
      'core/src/main/java/com/x/A.java',
      'web/src/main/java/com/x/A.java',
      'core/src/main/java/com/x/y/B.java',
      'core/src/main/java/com/x/y/C.kt',
      'kt/Short.kt',
      'core/src/main/java/com/x/y/n.txt',
    ),
    [
      ['com.x.A', 'core/src/main/java/com/x/A.java'],
      ['com.x.A.Inner', 'core/src/main/java/com/x/A.java'],
      ['static com.x.A.member', 'core/src/main/java/com/x/A.java'],
      ['com.x.y.*', 'core/src/main/java/com/x/y/B.java', 'core/src/main/java/com/x/y/C.kt'],
      ['com.company.app.Short', 'kt/Short.kt'],
      ['com.x.y.{B, C => D}', 'core/src/main/java/com/x/y/B.java', 'core/src/main/java/com/x/y/C.kt'],
      ['java.util.List'],
    ],
  );
});

test('C#: types and namespaces by folders', () => {
  check(
    'csharp',
    'src/Acme.App/From.cs',
    paths('src/Acme.App/Models/User.cs', 'src/Acme.Core/Text/Words.cs', 'src/Acme.Core/Text/Lines.cs'),
    [
      ['Acme.Core.Text', 'src/Acme.Core/Text/Lines.cs', 'src/Acme.Core/Text/Words.cs'],
      ['Acme.App.Models', 'src/Acme.App/Models/User.cs'],
      ['static Acme.App.Models.User', 'src/Acme.App/Models/User.cs'],
      ['System'],
    ],
  );
});

test('PHP: what the manifest says, else the end of the name', () => {
  const texts = {
    'composer.json': `{ "autoload": { "psr-4": { "App\\\\": "src/", "App\\\\Sub\\\\": ["sub"] } } }`,
    ...paths('src/A.php', 'sub/B.php', 'other/Lib/C.php', 'inc/d.php'),
  };
  check('php', 'src/From.php', texts, [
    ['App\\A', 'src/A.php'],
    ['\\App\\Sub\\B as X', 'sub/B.php'],
    ['Vendor\\Lib\\C', 'other/Lib/C.php'],
    ['App\\{A, Sub\\B}', 'src/A.php', 'sub/B.php'],
    ['../inc/d.php', 'inc/d.php'],
    ['Closure'],
  ]);
});

test('C and C++: beside the file first, then the nearest', () => {
  check(
    'c',
    'src/net/from.c',
    paths('src/net/a.h', 'src/a.h', 'include/lib/b.h', 'deps/x/include/lib/b.h', 'src/util/c.h', 'compat/string.h'),
    [
      ['a.h', 'src/net/a.h'],
      ['../a.h', 'src/a.h'],
      ['lib/b.h', 'include/lib/b.h'],
      ['<lib/b.h>', 'include/lib/b.h'],
      ['"c.h"', 'src/util/c.h'],
      ['string.h'],
      ['<string.h>'],
    ],
  );
});

test('Ruby, Lua, Elixir, Dart, Zig, Bash', () => {
  check('ruby', 'lib/x/from.rb', paths('lib/x/a.rb', 'lib/x.rb', 'app/models/user.rb', 'tools/json.rb'), [
    ['x/a', 'lib/x/a.rb'],
    ['./a', 'lib/x/a.rb'],
    ['a', 'lib/x/a.rb'],
    ['../x.rb', 'lib/x.rb'],
    ['x', 'lib/x.rb'],
    ['user', 'app/models/user.rb'],
    ['json'],
  ]);
  check('lua', 'lua/x/from.lua', paths('lua/x/a.lua', 'lua/b/init.lua'), [
    ['x.a', 'lua/x/a.lua'],
    ['b', 'lua/b/init.lua'],
    ['c'],
  ]);
  check('elixir', 'lib/x.ex', paths('lib/my_app/http_client.ex', 'lib/my_app/repo.ex', 'apps/web/router.ex'), [
    ['MyApp.HTTPClient', 'lib/my_app/http_client.ex'],
    ['MyApp.{Repo, HTTPClient}', 'lib/my_app/http_client.ex', 'lib/my_app/repo.ex'],
    ['MyAppWeb.Router', 'apps/web/router.ex'],
    ['Enum'],
  ]);
  check(
    'dart',
    'app/lib/from.dart',
    { 'core/pubspec.yaml': 'version: 1\nname: core\n', ...paths('core/lib/a.dart', 'app/lib/b.dart') },
    [['package:core/a.dart', 'core/lib/a.dart'], ['b.dart', 'app/lib/b.dart'], ['dart:io'], ['package:flutter/a.dart']],
  );
  check('zig', 'src/from.zig', paths('src/a.zig'), [['a.zig', 'src/a.zig'], ['std']]);
  check('bash', 'bin/from.sh', paths('bin/a.sh', 'lib/b.sh'), [
    ['./a.sh', 'bin/a.sh'],
    ['"$(dirname "$0")/a.sh"', 'bin/a.sh'],
    ['$ROOT/lib/b.sh', 'lib/b.sh'],
    ['${DIR}/../lib/b.sh', 'lib/b.sh'],
    ['/etc/profile'],
    ['$X'],
  ]);
});

test('CSS, HTML, Markdown', () => {
  check('css', 'styles/from.scss', paths('styles/_part.scss', 'base.css'), [
    ['part', 'styles/_part.scss'],
    ['../base.css', 'base.css'],
    ['url("../base.css")', 'base.css'],
    ['https://x.example/base.css'],
  ]);
  check('html', 'site/from.html', paths('site/a.js', 'site/public/b.css', 'x.md'), [
    ['a.js?v=1', 'site/a.js'],
    ['/b.css', 'site/public/b.css'],
    ['//cdn.example/a.js'],
    ['mailto:a'],
  ]);
  check('markdown', 'docs/from.md', paths('docs/a b.md', 'src/c.ts', '100%.md'), [
    ['a%20b.md#part', 'docs/a b.md'],
    ['a%20b', 'docs/a b.md'],
    ['../src/c.ts', 'src/c.ts'],
    ['../100%.md', '100%.md'],
    ['#part'],
  ]);
});

test('several folders: paths of the second one begin above the first', () => {
  check('typescript', '../b/src/from.ts', paths('../b/src/x.ts', 'src/x.ts', '../b/y/index.ts'), [
    ['./x', '../b/src/x.ts'],
    ['../y', '../b/y/index.ts'],
    ['../../a/src/x'],
  ]);
});

test('a list: each once, sorted, without the file itself; of what no resolver knows, none', () => {
  const files = new PathTable(['b.ts', 'a.ts', 'c.ts']);
  const manifests = readManifests(files, () => null);
  expect(resolveImports('b.ts', 'typescript', ['./c', './a', './b', './c.js'], files, manifests)).toEqual([
    'a.ts',
    'c.ts',
  ]);
  expect(resolveImports('b.ts', 'swift', ['./c'], files, manifests)).toEqual([]);
  expect(resolveImports('b.ts', null, ['./c'], files, manifests)).toEqual([]);
});

test('manifests are known by their names', () => {
  const all = [
    'a/package.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'x/go.mod',
    'Cargo.toml',
    'a.json',
    'package.json.ts',
  ];
  expect(all.filter(isManifest)).toEqual([
    'a/package.json',
    'tsconfig.json',
    'tsconfig.base.json',
    'x/go.mod',
    'Cargo.toml',
  ]);
});

test('files that come and go leave a table as if it were made of those that are there', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'c.ts'), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), path)), fc.array(path), (steps, asked) => {
      const table = new PathTable();
      const kept = new Set<string>();
      for (const [add, one] of steps) {
        table.ending(one);
        if (add) table.add(one);
        else table.delete(one);
        if (add) kept.add(one);
        else kept.delete(one);
      }
      const fresh = new PathTable([...kept].sort());
      for (const one of asked) {
        expect(table.has(one)).toBe(kept.has(one));
        expect(table.inFolder(one)).toEqual(fresh.inFolder(one));
        expect(nearest('a/b/x', table.ending(one))).toEqual(nearest('a/b/x', fresh.ending(one)));
        expect([...table.foldersEnding(one)].sort()).toEqual([...fresh.foldersEnding(one)].sort());
      }
    }),
  );
});

test('any imports in any language are answered with files that there are', () => {
  const piece = fc.constantFrom(
    '.',
    '..',
    '/',
    'a',
    'b',
    '::',
    '{',
    '}',
    ',',
    '*',
    '#',
    '@',
    '$',
    '!',
    ' as ',
    '\\',
    'crate',
    'super',
    'mod ',
    '%',
    '"',
    '\n',
  );
  const language = fc.constantFrom(
    'typescript',
    'python',
    'go',
    'rust',
    'java',
    'csharp',
    'php',
    'elixir',
    'c',
    'ruby',
    'dart',
    'zig',
    'lua',
    'bash',
    'css',
    'html',
    'markdown',
  );
  const all = ['a.ts', 'a/b.py', 'a/b.rs', 'a/a.go', 'b/a.java', 'a/b.cs', 'b.php', 'a.ex', 'b.h', '../b/a.rb', 'a.lua', 'b.sh', 'b.css', 'a.md', 'package.json', 'Cargo.toml', 'tsconfig.json']; // prettier-ignore
  fc.assert(
    fc.property(
      fc.array(fc.array(piece).map((pieces) => pieces.join(''))),
      language,
      fc.constantFrom(...all),
      fc.string(),
      (specifiers, id, from, text) => {
        const files = new PathTable(all);
        const found = resolveImports(
          from,
          id,
          specifiers,
          files,
          readManifests(files, () => text),
        );
        expect(found.filter((path) => !all.includes(path) || path === from)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});
