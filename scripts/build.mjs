#!/usr/bin/env node
// Builds dist/: the extension, the command line, the panel and, with --tests, the suite that runs inside the host.
//
//   node scripts/build.mjs [--production] [--tests] [--watch]
//
// VS Code's hosts load CommonJS everywhere, and esbuild splits a program into chunks only as ESM. So the Node side is
// built twice: bundled and split as ESM in memory, then each file is turned into CommonJS. What the source loads with
// `await import()` thus stays in a file of its own, and is neither read nor parsed before it is needed. (In one CommonJS
// bundle it would be evaluated lazily but read and parsed at each activation.)
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { grammarLicences, grammarPackages, prepareGrammars } from './grammars.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dist = path.join(root, 'dist');

/** What runs in Node: file name in dist → source. A worker needs an entry of its own; chunks are shared among them. */
const nodeEntries = {
  extension: 'src/extension.ts',
  cli: 'src/cli.ts',
  indexer: 'src/indexer.ts',
  extractor: 'src/extractor.ts',
};

/** What runs in the panel's frame. The CSS is an entry so that the fonts it names are copied along. */
const panelEntries = [
  { in: 'webview-ui/main.ts', out: 'webview' },
  { in: 'webview-ui/panel.css', out: 'webview' },
];

/** Files copied as they are: name in dist → source. */
const assets = {
  'codicon.ttf': 'node_modules/@vscode/codicons/dist/codicon.ttf',
};

/** @typedef {{ production: boolean, tests: boolean }} BuildOptions */

/**
 * The builds to run, as esbuild options.
 * @param {BuildOptions} options
 * @returns {esbuild.BuildOptions[]}
 */
function builds({ production, tests }) {
  /** @satisfies {esbuild.BuildOptions} */
  const common = {
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    outdir: dist,
    minify: production,
    sourcemap: production ? false : 'inline',
    legalComments: 'none', // the licences of what is bundled go into one file, see notices()
    logLevel: 'warning',
  };
  /** @satisfies {esbuild.BuildOptions} */
  const node = {
    ...common,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['vscode'],
    // Its ESM build makes itself a `require` of its own, which the second pass would take for the real one.
    alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
    // The second pass makes CommonJS of it, where these exist.
    define: {
      'import.meta.url': '__importMetaUrl',
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      JOURNEYMAN_VERSION: JSON.stringify(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version),
    },
  };
  const entryPoints = Object.entries(nodeEntries).map(([out, file]) => ({ in: file, out }));
  /** @type {esbuild.BuildOptions[]} */
  const result = [
    {
      ...node,
      entryPoints,
      splitting: true,
      chunkNames: '[name]-[hash]',
      plugins: [toCommonJs(production)],
    },
    {
      ...common,
      entryPoints: panelEntries,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
      plugins: [writeAll()],
    },
  ];
  if (tests) {
    const files = readdirSync(path.join(root, 'test/host')).filter((f) => /^index\.ts$|\.test\.ts$/.test(f));
    result.push({
      ...node,
      outdir: path.join(dist, 'test/host'),
      entryPoints: files.map((f) => path.join('test/host', f)),
      external: ['vscode', 'mocha'], // mocha finds its own parts by path
      minify: false, // a stack shows what the test calls
      sourcemap: 'inline',
      plugins: [toCommonJs(false)],
    });
  }
  return result;
}

/**
 * Second pass: every output file from ESM to CommonJS, then to disk; chunks of earlier builds are removed.
 * @param {boolean} minify
 * @returns {esbuild.Plugin}
 */
function toCommonJs(minify) {
  return {
    name: 'to-commonjs',
    setup(build) {
      build.onEnd(async (result) => {
        if (result.errors.length > 0 || !result.outputFiles) return;
        const written = await Promise.all(
          result.outputFiles.map(async (file) => {
            const { code } = await esbuild.transform(file.text, {
              loader: 'js',
              format: 'cjs',
              platform: 'node',
              target: 'node20',
              minify,
              supported: { 'dynamic-import': false }, // import() of a chunk becomes a require() when it is reached
              sourcemap: build.initialOptions.sourcemap ? 'inline' : false,
              sourcesContent: false,
              banner: file.text.includes('__importMetaUrl')
                ? `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;`
                : '',
              logLevel: 'warning',
            });
            write(file.path, code);
            return file.path;
          }),
        );
        removeStale(build.initialOptions.outdir ?? dist, new Set(written));
      });
    },
  };
}

/** @returns {esbuild.Plugin} */
function writeAll() {
  return {
    name: 'write-all',
    setup(build) {
      build.onEnd((result) => {
        if (result.errors.length > 0) return;
        for (const file of result.outputFiles ?? []) write(file.path, file.contents);
      });
    },
  };
}

/**
 * Whoever reads dist meanwhile sees the old file or the new one, never half of one.
 * @param {string} file
 * @param {string | Uint8Array} content
 */
function write(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  if (path.relative(dist, file) === 'cli.js') chmodSync(temporary, 0o755);
  renameSync(temporary, file);
}

/**
 * Removes chunks of earlier builds, and tests that no longer exist: the suite loads all that lies in its folder.
 * @param {string} folder
 * @param {Set<string>} written
 */
function removeStale(folder, written) {
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const mayBeStale = /-[A-Z0-9]{8}\.js$/.test(name) || name.endsWith('.test.js');
    if (mayBeStale && !written.has(file)) rmSync(file, { force: true });
  }
}

/**
 * The licence texts of every package whose code went into a bundle: most licences ask for just that.
 * @param {esbuild.Metafile[]} metafiles
 */
function notices(metafiles) {
  const bundled = new Set(
    metafiles.flatMap((m) =>
      Object.values(m.outputs).flatMap((o) =>
        Object.entries(o.inputs)
          .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
          .map(([input]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
          .filter((p) => p !== undefined),
      ),
    ),
  );
  const parts = [...new Set([...bundled, ...grammarPackages])].sort().map((folder) => {
    const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = readdirSync(path.join(root, folder)).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? readFileSync(path.join(root, folder, file), 'utf8').trim() : `License: ${manifest.license}`;
    return `${manifest.name} ${manifest.version}\n\n${text}\n`;
  });
  parts.push(...grammarLicences().map(([name, text]) => `${name}\n\n${text}\n`));
  return `Journeyman contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/**
 * One build, from nothing.
 * @param {BuildOptions} options
 */
export async function build(options) {
  prepare();
  const results = await Promise.all(builds(options).map((b) => esbuild.build(b)));
  write(path.join(dist, 'notices.txt'), notices(results.map((r) => r.metafile).filter((m) => m !== undefined)));
}

function prepare() {
  // package.json says "type": "module" for the sources; what is built here is CommonJS.
  write(path.join(dist, 'package.json'), '{ "type": "commonjs" }\n');
  for (const [name, file] of Object.entries(assets)) {
    mkdirSync(dist, { recursive: true });
    copyFileSync(path.join(root, file), path.join(dist, name));
  }
  prepareGrammars();
}

/** @param {BuildOptions} options */
async function watch(options) {
  prepare();
  for (const b of builds(options)) await (await esbuild.context({ ...b, logLevel: 'info' })).watch();
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      production: { type: 'boolean', default: false },
      tests: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
    },
  });
  try {
    await (values.watch ? watch(values) : build(values));
  } catch (error) {
    // esbuild has already printed what is wrong with the sources
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
}
