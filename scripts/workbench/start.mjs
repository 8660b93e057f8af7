// Starts a workbench server: VS Code in the browser, on loopback only, with its own settings, extensions and state.
//
// In front of the server stands a small proxy. It answers `POST /mint-key`, with which the page encrypts its secrets:
// unanswered, the page keeps secrets in memory and forgets them at each reload.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, end, signalTo } from './processes.mjs';
import { nodeBinary, serverMain, setUpWorkbench } from './setup.mjs';

const HOST = '127.0.0.1';
const START_MS = 60_000;

/** Nothing here may stand between a test, or a person who has just typed `npm start`, and the extension. */
const QUIET = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.reduceMotion': 'on',
  'chat.disableAIFeatures': true, // hides the built-in chat; vscode.lm keeps working
  'chat.agentHost.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'git.autofetch': false,
  'remote.autoForwardPorts': false,
  'files.simpleDialog.enable': true,
  'window.confirmBeforeClose': 'never',
};

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} [stateDir] holds settings, extensions, server data and log; a temporary folder unless given
 * @property {readonly string[]} [vsix] packed extensions to install first
 * @property {Readonly<Record<string, unknown>>} [settings] user settings, over the quiet ones
 * @property {Readonly<Record<string, string | undefined>>} [env] what the extension host sees over this process's
 *   environment; undefined unsets a variable
 * @property {boolean} [development] lets url() name an unpacked extension. Such a workbench shows no notification
 *   toasts, and never restarts an extension host that died
 * @property {number} [port] a fixed one, so that a page finds its storage again after a restart (storage is per origin)
 */

/**
 * @typedef {object} Workbench
 * @property {number} port
 * @property {number} pid the server's
 * @property {string} stateDir
 * @property {string} logFile
 * @property {(folder: string, payload?: { development?: string, tests?: string }) => string} url
 *   the address that opens a folder; `development` is an unpacked extension, `tests` a file that exports run()
 * @property {() => number[]} extensionHosts process ids, one per window
 * @property {() => Promise<void>} stop ends the server and all it started, and removes a temporary stateDir
 */

/**
 * @param {WorkbenchOptions} [options]
 * @returns {Promise<Workbench>}
 */
export async function startWorkbench({
  stateDir,
  vsix = [],
  settings = {},
  env = {},
  development = false,
  port = 0,
} = {}) {
  setUpWorkbench();
  const temporary = stateDir === undefined;
  const state = stateDir ?? mkdtempSync(path.join(tmpdir(), 'journeyman-workbench-'));
  const remove = () => temporary && rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  try {
    const dirs = prepareState(state, settings);
    const childEnv = environment(env);
    for (const file of vsix) install(file, dirs, childEnv);
    const server = await startServer(state, dirs, childEnv, development);
    try {
      const proxy = await startProxy(server.port, port, secretFile(state, 'key').content);
      return handle(server, proxy, state, development, remove);
    } catch (error) {
      await server.stop();
      throw error;
    }
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param {Awaited<ReturnType<typeof startServer>>} server
 * @param {Awaited<ReturnType<typeof startProxy>>} proxy
 * @param {string} stateDir
 * @param {boolean} development
 * @param {() => void} remove
 * @returns {Workbench}
 */
function handle(server, proxy, stateDir, development, remove) {
  const authority = `${HOST}:${proxy.port}`;
  const token = secretFile(stateDir, 'token').content.toString();
  const remote = (/** @type {string} */ file) => `vscode-remote://${authority}${path.resolve(file)}`;
  return {
    port: proxy.port,
    pid: server.pid,
    stateDir,
    logFile: server.logFile,
    url(folder, { development: extension, tests } = {}) {
      if ((extension ?? tests) && !development) {
        throw new Error('an unpacked extension or its tests need startWorkbench({ development: true })');
      }
      const payload = [];
      if (extension) payload.push(['extensionDevelopmentPath', remote(extension)]);
      if (tests) payload.push(['extensionTestsPath', remote(tests)]);
      const query = new URLSearchParams({ tkn: token, folder: path.resolve(folder) });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://${authority}/?${query.toString()}`;
    },
    extensionHosts: () =>
      descendants(server.pid)
        .filter((p) => p.command.includes('--type=extensionHost'))
        .map((p) => p.pid),
    async stop() {
      proxy.stop();
      await server.stop();
      remove();
    },
  };
}

/**
 * @param {string} stateDir
 * @param {Readonly<Record<string, unknown>>} settings
 */
function prepareState(stateDir, settings) {
  const user = path.join(stateDir, 'user');
  const extensions = path.join(stateDir, 'extensions');
  mkdirSync(path.join(user, 'User'), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  writeFileSync(path.join(user, 'User/settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2));
  const server = path.join(stateDir, 'server');
  return ['--user-data-dir', user, '--extensions-dir', extensions, '--server-data-dir', server];
}

/**
 * @param {Readonly<Record<string, string | undefined>>} more
 * @returns {NodeJS.ProcessEnv}
 */
function environment(more) {
  // Variables of a VS Code that this process may have been started in would make this one talk to that one.
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  // An empty gallery: nothing is looked up in a marketplace.
  return { ...Object.fromEntries(own), EXTENSIONS_GALLERY: '{}', ...more };
}

/**
 * @param {string} vsix
 * @param {string[]} dirs
 * @param {NodeJS.ProcessEnv} env
 */
function install(vsix, dirs, env) {
  try {
    execFileSync(nodeBinary(), [serverMain, ...dirs, '--install-extension', vsix, '--force'], { env, stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout?: Buffer, stderr?: Buffer }} */ (error);
    throw new Error(
      `${vsix} could not be installed:\n${stdout?.toString() ?? ''}${stderr?.toString() ?? String(error)}`,
    );
  }
}

/**
 * @param {string} stateDir
 * @param {string[]} dirs
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} development
 */
async function startServer(stateDir, dirs, env, development) {
  const logFile = path.join(stateDir, 'server.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    nodeBinary(),
    [
      ...['--import', new URL('guard.mjs', import.meta.url).href],
      serverMain,
      ...dirs,
      ...['--host', HOST, '--port', '0', '--connection-token-file', secretFile(stateDir, 'token').file],
      ...['--accept-server-license-terms', '--telemetry-level', 'off'],
      // A built workbench takes unpacked extensions only from its own smoke tests.
      ...(development ? ['--enable-smoke-test-driver'] : []),
    ],
    { env, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`the workbench server could not be started: ${nodeBinary()}`);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // Whoever ends without stop(), by an exception say, leaves nothing running.
  const reap = () => {
    for (const p of [...descendants(pid).reverse(), { pid }]) signalTo(p.pid, 'SIGKILL');
  };
  process.once('exit', reap);
  void exited.then(() => process.off('exit', reap));

  const stop = async () => {
    // Extension hosts outlive the server by seconds and would go on writing to stateDir.
    const below = descendants(pid);
    child.kill('SIGTERM');
    if ((await Promise.race([exited, sleep(3000, 'late')])) === 'late') child.kill('SIGKILL');
    await end(below);
  };
  const untilMs = Date.now() + START_MS;
  for (;;) {
    const text = readFileSync(logFile, 'utf8');
    const port = /Extension host agent listening on (\d+)/.exec(text)?.[1];
    if (port) return { pid, logFile, port: Number(port), stop };
    if (child.exitCode !== null || Date.now() > untilMs) {
      await stop();
      throw new Error(`the workbench server did not start:\n${text}`);
    }
    await sleep(30);
  }
}

/**
 * A random secret that stays the same for one stateDir.
 * @param {string} stateDir
 * @param {'token' | 'key'} name `token` lets a browser in; `key` is half of what the page encrypts its secrets with
 */
function secretFile(stateDir, name) {
  const file = path.join(stateDir, name);
  const bytes = randomBytes(32);
  if (!existsSync(file)) writeFileSync(file, name === 'token' ? bytes.toString('hex') : bytes, { mode: 0o600 });
  return { file, content: readFileSync(file) };
}

/**
 * Passes requests and web sockets on to the server as they are. What does not come from its own pages is refused, and the
 * server wants its token: neither another web site nor another user of the machine may reach what can run commands.
 * @param {number} target
 * @param {number} wanted
 * @param {Buffer} key
 */
async function startProxy(target, wanted, key) {
  /** @type {Set<net.Socket>} */
  const sockets = new Set();
  const isOwn = (/** @type {http.IncomingMessage} */ request) => {
    const { host, origin } = request.headers;
    const own = [`${HOST}:${port}`, `localhost:${port}`];
    return own.includes(host ?? '') && (origin === undefined || origin === 'null' || own.includes(origin.slice(7)));
  };

  const server = http.createServer((request, response) => {
    if (!isOwn(request)) {
      response.writeHead(403).end();
      return;
    }
    if (request.method === 'POST' && request.url?.split('?')[0] === '/mint-key') {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(key);
      return;
    }
    const { method, url: path, headers } = request;
    const onward = http.request({ host: HOST, port: target, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, socket, head) => {
    if (!isOwn(request)) {
      socket.destroy();
      return;
    }
    const onward = net.connect(target, HOST, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2) {
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      }
      onward.write(`${lines.join('\r\n')}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.setNoDelay(true);
    onward.on('error', () => socket.destroy());
    onward.on('close', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket.setNoDelay(true));
    socket.on('close', () => sockets.delete(socket));
  });

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, HOST, () => resolve(undefined));
  });
  const port = /** @type {net.AddressInfo} */ (server.address()).port;
  return {
    port,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
