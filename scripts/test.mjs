#!/usr/bin/env node
// `npm test`: everything, from a fresh clone, with one command; installs what it needs first.
//
//   npm test                                   unit and contract tests, in-host suite, end-to-end tests
//   npm test -- --only unit|host|e2e           one of them; may be given several times
//   npm test -- --electron | --code-server     which host runs the in-host suite
//
// The last line is "N passed, N failed", with ", N skipped" where there are any. A step that cannot run counts as
// failed. Imports only what Node brings until the packages are there.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies, root } from './dependencies.mjs';
import { stopped } from './stopped.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */
/** @typedef {'unit' | 'host' | 'e2e'} Step */

/** @type {readonly Step[]} */
const STEPS = ['unit', 'host', 'e2e'];
const USAGE = 'usage: npm test -- [--only unit|host|e2e] [--electron | --code-server]';

const options = readArguments();
void stopped().then(() => process.exit(1)); // what the steps have started ends with this process
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  ensureDependencies();
} catch (error) {
  report('npm ci', error);
}
if (total.failed === 0) {
  const packed = options.only.some((step) => step !== 'unit') && (await pack());
  for (const step of STEPS.filter((s) => options.only.includes(s))) {
    if (step !== 'unit' && !packed) continue; // counted as failed by pack()
    console.log(`\n== ${step} ==`);
    try {
      const tally = await { unit, host, e2e }[step]();
      for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += tally[key];
    } catch (error) {
      report(step, error);
    }
  }
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true },
        electron: { type: 'boolean', default: false },
        'code-server': { type: 'boolean', default: false },
      },
    });
    const only = values.only ?? STEPS;
    if (only.some((step) => !STEPS.some((s) => s === step))) throw new Error(`no such step: ${only.join(', ')}`);
    if (values.electron && values['code-server']) throw new Error('one host at a time');
    const runner = values.electron
      ? /** @type {const} */ ('electron')
      : values['code-server']
        ? /** @type {const} */ ('code-server')
        : undefined;
    return { only: /** @type {readonly Step[]} */ (only), runner };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    process.exit(2);
  }
}

/**
 * Counts what could not even run as one failure.
 * @param {string} step
 * @param {unknown} error
 */
function report(step, error) {
  total.failed += 1;
  console.error(`\nFAILED ${step}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/** What the steps outside of plain Node need: a workbench, and the extension as people get it. */
async function pack() {
  try {
    const { setUpWorkbench } = await import('./workbench/setup.mjs');
    setUpWorkbench();
    const { packageExtension } = await import('./package.mjs');
    await packageExtension({ tests: true });
    return true;
  } catch (error) {
    report('the workbench or the package', error);
    return false;
  }
}

async function unit() {
  const { ensureBubblewrap } = await import('./bubblewrap.mjs');
  ensureBubblewrap();
  return vitest(['--config', 'vitest.config.ts']);
}

/** @returns {Promise<Tally>} */
async function host() {
  const { runHostTests } = await import('./host.mjs');
  const tests = await runHostTests({ runner: options.runner });
  for (const { title, state, ms, error } of tests) {
    console.log(`${state.padEnd(7)} ${title}${ms === undefined ? '' : ` (${ms} ms)`}${error ? `\n${error}` : ''}`);
  }
  const count = (/** @type {string} */ state) => tests.filter((t) => t.state === state).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

async function e2e() {
  const { ensureChromium } = await import('./workbench/chromium.mjs');
  ensureChromium();
  return vitest(['--config', 'test/e2e/vitest.config.ts']);
}

/**
 * Runs vitest and reads its counts from the report it writes; what it says goes to the terminal as it is.
 * @param {string[]} args
 * @returns {Promise<Tally>}
 */
async function vitest(args) {
  const file = path.join(root, 'out', `vitest-${process.pid}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const cli = path.join(root, 'node_modules/vitest/vitest.mjs');
  try {
    const child = spawn(
      process.execPath,
      [cli, 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const end = () => child.kill();
    process.once('exit', end);
    const status = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
    process.off('exit', end);
    if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
    const result = JSON.parse(readFileSync(file, 'utf8'));
    // A file that could not be loaded has no tests, and an error outside of any test is in no count: each is a failure.
    const unloaded = result.testResults.filter(
      (/** @type {{ status: string, assertionResults: { status: string }[] }} */ f) =>
        f.status === 'failed' && !f.assertionResults.some((t) => t.status === 'failed'),
    ).length;
    const failed = result.numFailedTests + unloaded;
    return {
      passed: result.numPassedTests,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } finally {
    rmSync(file, { force: true });
  }
}
