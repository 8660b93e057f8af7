/**
 * What the sandbox costs a command, in one run: started plainly, in bubblewrap with nothing but its folders, and held as the agent's
 * commands are, with the look for protected names before and after.
 *
 *   npm run bench:sandbox -- [--runs 40] [--folder DIR] [--json FILE]
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Program } from '../../src/core/ports.ts';
import { isProtected, isSecret, protectedNames } from '../../src/permission/names.ts';
import { findProgram } from '../../src/sandbox/backend.ts';
import { systemSandbox } from '../../src/sandbox/sandbox.ts';
import { median, printTable, writeJson, type Figure } from './table.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    folder: { type: 'string', default: process.cwd() },
    json: { type: 'string' },
  },
});

const bwrap = findProgram('bwrap', process.env['PATH'] ?? '');
if (bwrap === null) throw new Error('bubblewrap is not installed: apt install bubblewrap');
const storage = await mkdtemp(path.join(homedir(), '.journeyman-bench-'));
const empty = path.join(storage, 'empty');
const never = new AbortController().signal;

function plain(cwd: string): Program {
  return { file: '/bin/bash', args: ['-c', 'true'], cwd, env: { PATH: process.env['PATH'] } };
}

function bare(cwd: string): Program {
  const { file, args, env } = plain(cwd);
  const folders = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--bind', cwd, cwd];
  return { file: bwrap ?? '', args: ['--unshare-all', ...folders, '--', file, ...args], cwd, env };
}

function run({ file, args, cwd, env }: Program): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(file, [...args], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', failed);
    child.once('close', (code) => {
      if (code === 0) done();
      else failed(new Error(`${file} ended with ${String(code)}`));
    });
  });
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function measure(folder: string): Promise<Readonly<Record<'plain' | 'bare' | 'held' | 'shared', number | null>>> {
  const sandbox = systemSandbox({
    folders: () => [folder],
    storage: path.join(storage, 'own'),
    isProtected,
    protectedNames,
    isSecret,
  });
  const state = await sandbox.ready(never);
  if (state.kind === 'none') throw new Error(`There is no sandbox here: ${state.why}.`);
  const times = { plain: [] as number[], bare: [] as number[], held: [] as number[], shared: [] as number[] };
  for (let i = 0; i < Number(values.runs); i++) {
    // In turn, so that what else the machine does counts for all of them.
    times.plain.push(await timed(() => run(plain(folder))));
    times.bare.push(await timed(() => run(bare(folder))));
    for (const [name, program] of [
      ['held', plain(folder)],
      ['shared', { ...plain(folder), session: 'one' }],
    ] as const) {
      times[name].push(
        await timed(async () => {
          const held = await sandbox.hold(program, never);
          await run(held.program);
          await held.done();
        }),
      );
    }
  }
  await sandbox.close();
  return {
    plain: median(times.plain),
    bare: median(times.bare),
    held: median(times.held),
    shared: median(times.shared),
  };
}

try {
  await mkdir(empty);
  const [small, large] = [await measure(empty), await measure(path.resolve(values.folder))];
  const figures: readonly Figure[] = [
    { name: 'a command, started plainly', value: small.plain, unit: 'ms' },
    { name: 'in bare bubblewrap', value: small.bare, unit: 'ms' },
    { name: 'held, in an empty folder', value: small.held, unit: 'ms', aim: 44 },
    { name: 'and in the network of its session', value: small.shared, unit: 'ms', aim: 44 },
    { name: `held, in ${path.basename(path.resolve(values.folder))}`, value: large.held, unit: 'ms', aim: 100 },
  ];
  printTable(`The sandbox, medians of ${values.runs} runs`, figures);
  writeJson(values.json, { runs: Number(values.runs), small, large });
} finally {
  await rm(storage, { recursive: true, force: true });
}
