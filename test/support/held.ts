/** One sandbox over a decoy home and a workspace, for tests of what gets out of it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HostPort } from '../../src/core/hostPort.ts';
import type { Sandbox } from '../../src/core/ports.ts';
import { isProtected, isSecret, protectedNames } from '../../src/permission/names.ts';
import { findProgram } from '../../src/sandbox/backend.ts';
import { systemSandbox } from '../../src/sandbox/sandbox.ts';

export interface HeldWorld {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly home: string;
  readonly storage: string;
  /** Runs a line in the workspace, held. */
  run(line: string, hosts?: readonly HostPort[], session?: string): Promise<HeldRun>;
  close(): Promise<void>;
}
export interface HeldRun {
  readonly code: number | null;
  readonly output: string;
  readonly left: readonly string[];
}

/** Why tests that need a sandbox are skipped; null: they run. */
export const noBubblewrap: string | null = whyNone();

function whyNone(): string | null {
  if (process.platform !== 'linux') return 'only on Linux';
  if (findProgram('bwrap', process.env['PATH'] ?? '') === null) return 'bubblewrap is not installed';
  const { status, stderr } = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', 'true'], { encoding: 'utf8' }); // prettier-ignore
  return status === 0 ? null : `bubblewrap does not work here: ${stderr.trim()}`;
}

/** `files`: in the workspace; and `homeFiles`, by path → text. Not below the system's temporary folder, which commands have for themselves. */
export async function heldWorld(
  files: Readonly<Record<string, string>>,
  homeFiles: Readonly<Record<string, string>> = {},
): Promise<HeldWorld> {
  const world = await mkdtemp(join(homedir(), '.journeyman-held-'));
  const [folder, home, storage] = [join(world, 'work'), join(world, 'home'), join(world, 'storage')];
  for (const one of [folder, home, storage]) await mkdir(one);
  await fill(folder, files);
  await fill(home, homeFiles);
  const sandbox = systemSandbox({ folders: () => [folder], storage, isProtected, protectedNames, isSecret, home });
  const never = new AbortController().signal;
  return {
    sandbox,
    folder,
    home,
    storage,
    async run(line, hosts = [], session) {
      const env = { PATH: process.env['PATH'], HOME: home };
      const of = session === undefined ? {} : { session };
      const held = await sandbox.hold({ file: '/bin/bash', args: ['-c', line], cwd: folder, env, hosts, ...of }, never);
      const { code, output } = await start(held.program);
      return { code, output, left: await held.done() };
    },
    async close() {
      await sandbox.close();
      await rm(world, { recursive: true, force: true });
    },
  };
}

async function fill(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

function start(program: {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const { file, args, cwd, env } = program;
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    child.stdout.on('data', (data) => (output += String(data)));
    child.stderr.on('data', (data) => (output += String(data)));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}
