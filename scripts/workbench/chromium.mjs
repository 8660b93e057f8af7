// Finds a Chromium to test with, or installs one.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const USUAL = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
    '/usr/bin/microsoft-edge',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
};

/** What Playwright downloads lies here, one folder a version. */
const PLAYWRIGHT = {
  linux: { cache: '.cache/ms-playwright', binaries: ['chrome-linux64/chrome', 'chrome-linux/chrome'] },
  darwin: {
    cache: 'Library/Caches/ms-playwright',
    binaries: ['chrome-mac-arm64', 'chrome-mac-x64', 'chrome-mac'].flatMap((folder) => [
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
      `${folder}/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing`,
    ]),
  },
};

/** @returns {string | undefined} */
function findChromium() {
  const named = process.env['CHROMIUM'];
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM names a file that does not exist: ${named}`);
    return named;
  }
  const os = process.platform === 'darwin' ? 'darwin' : 'linux';
  const { cache, binaries } = PLAYWRIGHT[os];
  const folder = process.env['PLAYWRIGHT_BROWSERS_PATH'] || path.join(homedir(), cache);
  const downloaded = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('chromium-')) : [];
  const candidates = downloaded.flatMap((name) => binaries.map((binary) => path.join(folder, name, binary)));
  return [...USUAL[os], ...candidates].find((file) => existsSync(file));
}

/**
 * The path of a Chromium. Installs it where there is none: from Debian's packages as root (20 s), else by Playwright.
 * @returns {string}
 */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  const ways = [installWithApt, installWithPlaywright];
  for (const install of ways) {
    install();
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    'There is no Chromium, and none could be installed. Install Chromium or Google Chrome, ' +
      'or set CHROMIUM to the path of a browser that is built on it.',
  );
}

function installWithApt() {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync('apt-get', ['--version']).status !== 0) return;
  console.log('[chromium] installing the package chromium');
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '-qq', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update'); // a fresh image has no package lists
  apt('install', '-y', '--no-install-recommends', 'chromium');
}

function installWithPlaywright() {
  console.log('[chromium] downloading Chromium with Playwright');
  try {
    execFileSync('npx', ['--no-install', 'playwright-core', 'install', 'chromium'], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } catch {
    // has said why; the caller says what to do
  }
}
