// Installs a VS Code workbench and its Node extension host into a cache folder, from the npm registry alone.
//
// The npm package `code-server` carries a whole VS Code in lib/vscode. Only that part is installed: no compiler, no
// install scripts, no root. The versions and the checksum are pinned here; a finished install is found again at once.
//
//   node scripts/workbench/setup.mjs      prints the folder
//
// The cache is ~/.cache/journeyman-workbench, or $WORKBENCH_CACHE.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CODE_SERVER = '4.139.1';
const CODE_SERVER_INTEGRITY =
  'sha512-fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==';
const NODE = '24.21.0'; // the major version that this VS Code's server is built for
const TYPESCRIPT = '6.0.3'; // for the built-in TypeScript and JavaScript language features
const RECIPE = 1; // bump when the steps below change

const cache = process.env['WORKBENCH_CACHE'] || path.join(homedir(), '.cache', 'journeyman-workbench');
const platform = `${process.platform}-${process.arch}`;
const workbenchDir = path.join(cache, `vscode-${CODE_SERVER}-${RECIPE}-${platform}`);
const stamp = path.join(workbenchDir, 'ready.json');

/** The server's entry file, once setUpWorkbench() has returned. */
export const serverMain = path.join(workbenchDir, 'vscode', 'out', 'server-main.js');

/** The Node that runs the server: this one if it is of the right major version, else the one installed beside it. */
export function nodeBinary() {
  if (process.versions.node.split('.')[0] === NODE.split('.')[0]) return process.execPath;
  return path.join(workbenchDir, 'node', 'node_modules', `node-${platform}`, 'bin', 'node');
}

/** Dependencies that neither the server nor the extension host loads, or that would need a compiler. */
const LEFT_OUT = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  '@vscode/sqlite3',
  '@vscode/fs-copyfile',
  '@vscode/native-watchdog',
  '@vscode/deviceid',
  '@vscode/spdlog',
  'kerberos',
  'ssh2',
];

/** Built-in extensions that want an account, the network or much disk. */
const LEFT_OUT_EXTENSIONS = [
  'copilot',
  'mermaid-markdown-features',
  'microsoft-authentication',
  'tunnel-forwarding',
  'ms-vscode.js-debug',
  'ms-vscode.js-debug-companion',
  'ms-vscode.vscode-js-profile-table',
];

/**
 * Stand-ins in plain JavaScript for native modules that have no prebuilt binary and are loaded all the same. Exports are
 * assigned one by one: Node sees only such names when an ES module imports a CommonJS file.
 */
const STAND_INS = {
  '@vscode/spdlog': `
const fs = require('node:fs');
const path = require('node:path');
const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let level = 2;
class Logger {
  constructor(name, file) { this.file = file; this.level = level; this.raw = false; fs.mkdirSync(path.dirname(file), { recursive: true }); }
  write(l, m) {
    if (l < this.level) return;
    try { fs.appendFileSync(this.file, this.raw ? m : new Date().toISOString() + ' [' + NAMES[l] + '] ' + m + '\\n'); } catch {}
  }
  trace(m) { this.write(0, m); } debug(m) { this.write(1, m); } info(m) { this.write(2, m); }
  warn(m) { this.write(3, m); } error(m) { this.write(4, m); } critical(m) { this.write(5, m); }
  getLevel() { return this.level; } setLevel(l) { this.level = l; }
  setPattern() {} clearFormatters() { this.raw = true; } flush() {} drop() {}
}
const make = async (name, file) => new Logger(name, file);
exports.version = 0;
exports.setLevel = (l) => { level = l; };
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = make;
exports.createAsyncRotatingLogger = make;
`,
  '@vscode/native-watchdog': `
exports.start = (pid) => { setInterval(() => { try { process.kill(pid, 0); } catch { process.exit(87); } }, 2000).unref(); };
exports.exit = (code) => process.exit(code || 0);
`,
  '@vscode/deviceid': `
exports.getDeviceId = async () => require('node:crypto').randomUUID();
`,
  '@vscode/fs-copyfile': `
const fs = require('node:fs');
exports.copyFile = (from, to) => fs.promises.copyFile(from, to);
exports.isCloneSupported = async () => false;
`,
};

/** @param {string} message */
const say = (message) => console.log(`[workbench] ${message}`);

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, npm_config_package_lock: 'true' },
  });
}

/**
 * Installs the workbench unless it is there: 20 to 60 s and 320 MB the first time, nothing afterwards. Two processes
 * that do it at once do not disturb each other.
 */
export function setUpWorkbench() {
  if (existsSync(stamp)) return;
  if (process.platform === 'win32') {
    throw new Error('The workbench in the browser runs on Linux and macOS. On Windows, use: npm start -- --desktop');
  }
  const startedMs = Date.now();
  removeLeftovers();
  const folder = `${workbenchDir}.tmp-${process.pid}`;
  mkdirSync(path.join(folder, 'vscode'), { recursive: true });
  try {
    installServer(folder);
    installTypeScript(folder);
    installNode(folder);
    writeFileSync(path.join(folder, 'ready.json'), `${JSON.stringify({ codeServer: CODE_SERVER })}\n`);
    // One rename, so that half an install is never taken for a whole one; whoever comes second drops their own.
    if (!existsSync(stamp)) renameSync(folder, workbenchDir);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(`ready in ${((Date.now() - startedMs) / 1000).toFixed(1)} s: ${workbenchDir}`);
}

/** @param {string} folder */
function installServer(folder) {
  const vscode = path.join(folder, 'vscode');
  say(`fetching code-server ${CODE_SERVER} from npm`);
  npm(['pack', `code-server@${CODE_SERVER}`, '--silent', '--pack-destination', folder], folder);
  const archive = path.join(folder, `code-server-${CODE_SERVER}.tgz`);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== CODE_SERVER_INTEGRITY) {
    throw new Error(`code-server ${CODE_SERVER} is not what it should be: its checksum is ${integrity}`);
  }
  execFileSync('tar', ['xzf', archive, '-C', vscode, '--strip-components=3', 'package/lib/vscode']);
  rmSync(archive);
  for (const name of LEFT_OUT_EXTENSIONS) {
    rmSync(path.join(vscode, 'extensions', name), { recursive: true, force: true });
  }

  say('installing what the workbench needs (no install scripts, nothing compiled)');
  const manifestFile = path.join(vscode, 'package.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  for (const name of LEFT_OUT) delete manifest.dependencies[name];
  writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));
  npm(['install', '--omit=dev'], vscode); // not `ci`: its shrinkwrap does not match its package.json to the letter
  for (const [name, code] of Object.entries(STAND_INS)) {
    const target = path.join(vscode, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    writeFileSync(
      path.join(target, 'package.json'),
      `${JSON.stringify({ name, version: '0.0.0', main: 'index.js' })}\n`,
    );
    writeFileSync(path.join(target, 'index.js'), code);
  }
  // Binaries for other platforms are two thirds of the size.
  for (const binaries of ['@vscode/ripgrep-universal/bin', 'node-pty/prebuilds']) {
    const parent = path.join(vscode, 'node_modules', binaries);
    if (!existsSync(parent)) continue;
    for (const name of readdirSync(parent)) {
      if (/^(linux|darwin|win32|alpine)/.test(name) && name !== platform) {
        rmSync(path.join(parent, name), { recursive: true, force: true });
      }
    }
  }
}

/** @param {string} folder */
function installTypeScript(folder) {
  say('installing TypeScript for the built-in language features');
  const scratch = path.join(folder, 'typescript');
  mkdirSync(scratch);
  writeFileSync(path.join(scratch, 'package.json'), '{}');
  npm(['install', `typescript@${TYPESCRIPT}`], scratch);
  cpSync(path.join(scratch, 'node_modules'), path.join(folder, 'vscode/extensions/node_modules'), { recursive: true });
  rmSync(scratch, { recursive: true, force: true });
}

/** @param {string} folder */
function installNode(folder) {
  if (nodeBinary() === process.execPath) return;
  say(`installing Node ${NODE} to run it`);
  const target = path.join(folder, 'node');
  mkdirSync(target);
  writeFileSync(path.join(target, 'package.json'), '{}');
  npm(['install', `node-${platform}@${NODE}`], target);
  for (const name of ['include', 'share']) {
    rmSync(path.join(target, 'node_modules', `node-${platform}`, name), { recursive: true, force: true });
  }
}

/** What installs that were killed have left behind. */
function removeLeftovers() {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache)) {
    const pid = /\.tmp-(\d+)$/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(path.join(cache, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  setUpWorkbench();
  console.log(workbenchDir);
}
