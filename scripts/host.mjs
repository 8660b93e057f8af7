// Runs test/host/ inside an extension host and reports what it found.
//
// The same suite runs in two hosts: in a desktop VS Code that @vscode/test-electron downloads, where its site can be
// reached and there is a display; else in the workbench in a browser.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './dependencies.mjs';
import { launchBrowser } from './workbench/page.mjs';
import { startWorkbench } from './workbench/start.mjs';
import { testEnvironment } from './workbench/testEnvironment.mjs';

const SUITE_MS = 480_000;
const REACHABLE_MS = 4000;
const entry = path.join(root, 'dist/test/host/index.js');

/** @typedef {{ title: string, state: 'passed' | 'failed' | 'skipped', ms?: number, error?: string }} HostTest */
/** @typedef {'electron' | 'code-server'} Runner */

/**
 * dist/ must hold the extension and its tests (`node scripts/build.mjs --tests`).
 * @param {{ runner?: Runner | undefined }} [options] which host; chosen by what is possible unless given
 * @returns {Promise<HostTest[]>}
 */
export async function runHostTests({ runner } = {}) {
  const temporary = mkdtempSync(path.join(tmpdir(), 'journeyman-host-'));
  try {
    const folder = path.join(temporary, 'work space'); // a blank in the path, on purpose
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'hello.txt'), 'line one\nline two\nline three\n');
    const results = path.join(temporary, 'results.json');
    const run = await chooseRunner(runner);
    const problem = await (run === 'electron' ? inElectron : inCodeServer)(folder, results, temporary);
    // The host's own verdict is not enough: a workbench reports success when its extension host was killed half way.
    /** @type {{ ended: boolean, tests: HostTest[] }} */
    const { ended, tests } = existsSync(results)
      ? JSON.parse(readFileSync(results, 'utf8'))
      : { ended: false, tests: [] };
    if (problem && !tests.some((t) => t.state === 'failed')) return [...tests, broken(problem)];
    if (!ended) return [...tests, broken('the extension host ended before the suite did')];
    return tests.length > 0 ? tests : [broken('there is no test')];
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * @param {string} error
 * @returns {HostTest}
 */
const broken = (error) => ({ title: 'the suite inside the extension host', state: 'failed', error });

/**
 * @param {Runner | undefined} forced
 * @returns {Promise<Runner>}
 */
async function chooseRunner(forced) {
  const [runner, why] = forced ? [forced, 'as asked for'] : await possibleRunner();
  console.log(`[host] runner: ${runner} (${why})`);
  return runner;
}

/** @returns {Promise<[Runner, string]>} */
async function possibleRunner() {
  if (process.platform === 'linux' && !process.env['DISPLAY']) return ['code-server', 'there is no display'];
  try {
    const answer = await fetch('https://update.code.visualstudio.com/api/releases/stable', {
      signal: AbortSignal.timeout(REACHABLE_MS),
    });
    if (answer.ok) return ['electron', 'VS Code can be downloaded'];
  } catch {
    // not reachable: what follows says so
  }
  return ['code-server', 'VS Code cannot be downloaded here'];
}

/**
 * @param {string} folder
 * @param {string} results
 * @param {string} temporary
 * @returns {Promise<string | undefined>} what went wrong
 */
async function inElectron(folder, results, temporary) {
  const { runTests } = await import('@vscode/test-electron');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  try {
    await runTests({
      extensionDevelopmentPath: root,
      extensionTestsPath: entry,
      extensionTestsEnv: { ...testEnvironment(temporary), HOST_TEST_RESULTS: results },
      launchArgs: [
        folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--skip-welcome',
        `--user-data-dir=${path.join(temporary, 'user')}`,
        ...asRoot,
      ],
    });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/**
 * @param {string} folder
 * @param {string} results
 * @param {string} temporary
 * @returns {Promise<string | undefined>} what went wrong
 */
async function inCodeServer(folder, results, temporary) {
  const env = { ...testEnvironment(temporary), HOST_TEST_RESULTS: results };
  const workbench = await startWorkbench({ development: true, env });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      /** @type {string[]} */
      const log = [];
      /** @type {(problem: string | undefined) => void} */
      let settle = () => {};
      const ended = new Promise((resolve) => (settle = resolve));
      // The names by which a workbench under automation reports to its driver.
      await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _type, /** @type {unknown[]} */ args) => {
        log.push(args.join(' '));
        if (process.env['HOST_TEST_VERBOSE']) console.log(...args);
      });
      await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) =>
        settle(code === 0 ? undefined : `the host reported ${code}`),
      );
      page.on('crash', () => settle('the page crashed'));
      const timer = setTimeout(() => settle(`no result within ${SUITE_MS / 1000} s`), SUITE_MS);
      await page.goto(workbench.url(folder, { development: root, tests: entry }), { waitUntil: 'commit' });
      const problem = await ended;
      clearTimeout(timer);
      return problem && `${problem}; the end of its log:\n${log.slice(-15).join('\n')}`;
    } finally {
      await browser.close();
    }
  } finally {
    await workbench.stop();
  }
}
