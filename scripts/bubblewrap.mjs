// Installs bubblewrap, which the tests of the sandbox need, where that is possible; where it is not they are skipped and say so.
import { spawnSync } from 'node:child_process';

/** From Debian's packages as root (5 s). */
export function ensureBubblewrap() {
  if (process.platform !== 'linux' || spawnSync('bwrap', ['--version']).status === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync('apt-get', ['--version']).status !== 0) {
    console.log('[bubblewrap] not installed: the tests of the sandbox are skipped');
    return;
  }
  console.log('[bubblewrap] installing the package bubblewrap');
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update'); // a fresh image has no package lists
  apt('install', '-y', '--no-install-recommends', 'bubblewrap');
}
