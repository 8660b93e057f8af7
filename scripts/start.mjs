#!/usr/bin/env node
// `npm start`: a VS Code in the browser with Journeyman in it, from a fresh clone, with one command.
//
//   npm start                     on a copy of the sample project
//   npm start -- FOLDER           on a folder of yours
//   npm start -- --desktop        in the VS Code of this machine, as an extension under development
//   npm start -- --port 8123      at that port; --no-open: no browser is opened
//
// Ctrl-C ends it and removes what it made. Imports only what Node brings until the packages are there.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, root } from './dependencies.mjs';
import { stopped } from './stopped.mjs';

const USAGE = 'usage: npm start -- [FOLDER] [--desktop] [--port N] [--no-open]';

main().catch((/** @type {unknown} */ error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

async function main() {
  const { desktop, noOpen, port, folder: given } = readArguments();
  ensureDependencies();
  const scratch = mkdtempSync(path.join(tmpdir(), 'journeyman-start-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const end = stopped();
  const folder = given ?? sampleProject(scratch);
  // The sample is ours; whether a folder of yours is trusted is for you to say, in the editor.
  const trusted = given === undefined;
  await (desktop ? startDesktop(folder, trusted, end) : startInBrowser(folder, trusted, { port, noOpen }, end));
}

function readArguments() {
  const options = /** @type {const} */ ({
    desktop: { type: 'boolean', default: false },
    'no-open': { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
  });
  let parsed;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw new Error(USAGE);
  const folder = positionals[0] === undefined ? undefined : path.resolve(positionals[0]);
  if (folder && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`no such folder: ${folder}`);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`not a port: ${values.port}`);
  return { desktop: values.desktop, noOpen: values['no-open'], port, folder };
}

/**
 * A copy of the sample project as a git repository with one commit, so that trying things out leaves the clone clean.
 * @param {string} scratch
 */
function sampleProject(scratch) {
  const sample = path.join(root, 'media/sample');
  const folder = path.join(scratch, 'sample');
  if (!existsSync(sample)) throw new Error(`the sample project is missing: ${sample}`);
  cpSync(sample, folder, { recursive: true });
  const identity = [
    '-c',
    'user.name=Journeyman',
    '-c',
    'user.email=journeyman@localhost',
    '-c',
    'commit.gpgsign=false',
  ];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '-m', 'Sample project'],
  ]) {
    const { status, error } = spawnSync('git', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    if (error || status !== 0) throw new Error(`the sample project needs git: git ${args.join(' ')} failed`);
  }
  return folder;
}

/**
 * Packed and installed, as people get it: notifications, reload and restart after a crash work as they do for them.
 * @param {string} folder
 * @param {boolean} trusted
 * @param {{ port: number, noOpen: boolean }} options
 * @param {Promise<void>} end
 */
async function startInBrowser(folder, trusted, { port, noOpen }, end) {
  const { packageExtension, vsixFile } = await import('./package.mjs');
  const { startWorkbench } = await import('./workbench/start.mjs');
  await packageExtension();
  const settings = { 'security.workspace.trust.enabled': !trusted };
  const workbench = await startWorkbench({ vsix: [vsixFile], settings, port });
  try {
    const url = workbench.url(folder);
    console.log(`\nJourneyman is running on ${folder}\n\n  ${url}\n\nCtrl-C ends it.`);
    if (!noOpen && hasDisplay()) openInBrowser(url);
    await end;
    console.log('\nending …');
  } finally {
    await workbench.stop();
  }
  process.exit(0);
}

/**
 * @param {string} folder
 * @param {boolean} trusted
 * @param {Promise<void>} end
 */
async function startDesktop(folder, trusted, end) {
  const { build } = await import('./build.mjs');
  await build({ production: false, tests: false });
  const code = process.platform === 'win32' ? 'code.cmd' : 'code';
  const shell = process.platform === 'win32';
  if (spawnSync(code, ['--version'], { shell }).status !== 0) {
    throw new Error(
      'There is no `code` command. Install VS Code, run "Shell Command: Install \'code\' command in PATH" in it, ' +
        'and try again; or run npm start without --desktop for VS Code in the browser.',
    );
  }
  console.log(`Journeyman opens in VS Code on ${folder}; this ends when its window is closed.`);
  const args = ['--wait', '--new-window', `--extensionDevelopmentPath=${root}`, folder];
  if (trusted) args.push('--disable-workspace-trust');
  const child = spawn(code, args, { stdio: ['ignore', 'inherit', 'inherit'], shell });
  const exited = new Promise((resolve) => child.once('exit', (status) => resolve(status ?? 1)));
  const status = await Promise.race([exited, end]);
  child.kill();
  process.exit(typeof status === 'number' ? status : 0);
}

function hasDisplay() {
  if (process.env['CI']) return false;
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** @param {string} url */
function openInBrowser(url) {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['explorer', url]
        : ['xdg-open', url];
  const child = spawn(/** @type {string} */ (command), args, { stdio: 'ignore', detached: true });
  child.on('error', () => console.log('(no browser could be opened; open the address above)'));
  child.unref();
}
