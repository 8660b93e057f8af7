// Makes a fresh clone ready: installs the packages of package-lock.json where they are missing.
// Imports only what Node brings, since nothing else is there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/** Runs `npm ci` unless node_modules holds what the lock file asks for. */
export function ensureDependencies() {
  const why = whatIsMissing();
  if (why === undefined) return;
  console.log(`[npm] ${why}: npm ci`);
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
  if (status !== 0) throw new Error('npm ci failed; what it says above is the reason');
}

/**
 * Compares versions, not times: a clone's files are all of the same minute, and npm itself writes the lock file last.
 * @returns {string | undefined}
 */
function whatIsMissing() {
  const installed = packages(path.join(root, 'node_modules/.package-lock.json'));
  if (!installed) return 'the packages are not installed';
  const wanted = packages(path.join(root, 'package-lock.json')) ?? {};
  for (const [folder, { version, optional }] of Object.entries(wanted)) {
    if (folder === '' || (optional && !installed[folder])) continue; // optional: made for another platform
    if (installed[folder]?.version !== version) return `${folder} is not at ${version}`;
  }
  return undefined;
}

/**
 * @param {string} file
 * @returns {Packages | undefined}
 */
function packages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}
