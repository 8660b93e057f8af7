#!/usr/bin/env node
// Builds for production and packs out/journeyman.vsix; fails when something is in it that does not belong there, or
// something is missing.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PackageManager, createVSIX, listFiles } from '@vscode/vsce';
import { build } from './build.mjs';
import { root } from './dependencies.mjs';

export const vsixFile = path.join(root, 'out/journeyman.vsix');

/** What a person who installs the extension must get. */
const NEEDED = [
  'package.json',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
  'dist/package.json',
  'dist/extension.js',
  'dist/cli.js',
  'dist/webview.js',
  'dist/webview.css',
  'dist/codicon.ttf',
  'dist/notices.txt',
  'dist/grammars/web-tree-sitter.wasm',
  'dist/grammars/typescript.wasm',
  'media/sample/package.json',
];
const ALLOWED =
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/[^/]+\.(js|css|ttf|txt|json)|dist\/grammars\/[^/]+\.wasm|media\/.+)$/;

/** @param {{ tests?: boolean }} [options] `tests` also builds the suite that runs inside the host; it is not packed */
export async function packageExtension({ tests = false } = {}) {
  await build({ production: true, tests });
  const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
  const missing = NEEDED.filter((file) => !files.includes(file));
  const foreign = files.filter((file) => !ALLOWED.test(file) || file.endsWith('.map'));
  if (foreign.length > 0) throw new Error(`these do not belong into the package: ${foreign.join(', ')}`);
  if (missing.length > 0) throw new Error(`these are missing in the package: ${missing.join(', ')}`);
  mkdirSync(path.dirname(vsixFile), { recursive: true });
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  await createVSIX({
    cwd: root,
    packagePath: vsixFile,
    dependencies: false, // all bundled
    allowMissingRepository: manifest.repository === undefined,
    rewriteRelativeLinks: manifest.repository !== undefined, // without an address there is nothing to point them at
    skipLicense: !existsSync(path.join(root, 'LICENSE')),
  });
  const kb = Math.round(statSync(vsixFile).size / 1000);
  console.log(`[package] ${path.relative(root, vsixFile)}: ${files.length} files, ${kb} kB`);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await packageExtension();
