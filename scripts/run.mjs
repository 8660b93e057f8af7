#!/usr/bin/env node
// Runs a TypeScript file in Node: bundles it (packages stay outside) and executes it. For benches and one-off tools;
// Node 20 does not read TypeScript itself.
//
//   node scripts/run.mjs test/bench/loop.ts [arguments …]
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [wanted, ...args] = process.argv.slice(2);
if (!wanted || !existsSync(wanted)) {
  console.error(wanted ? `run: there is no ${wanted}` : 'usage: node scripts/run.mjs FILE.ts [arguments …]');
  process.exit(2);
}
// Inside the project, so that the packages left outside are found.
const folder = path.join(root, 'out/run');
mkdirSync(folder, { recursive: true });
const file = path.join(folder, `${path.basename(wanted).replace(/\.\w+$/, '')}-${process.pid}.mjs`);
try {
  await build({
    entryPoints: [wanted],
    outfile: file,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    define: { 'import.meta.dirname': JSON.stringify(path.dirname(path.resolve(wanted))) },
    logLevel: 'warning',
  });
  const run = spawnSync(process.execPath, ['--enable-source-maps', file, ...args], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
} finally {
  rmSync(file, { force: true });
}
