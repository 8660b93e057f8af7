/** One run of the built command line on a copied tree, with the model played by a server in a process of its own. */
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packageRipgrep } from '../../src/workspace/search.ts';
import { serve, type Config, type FromServer, type Seen, type ToServer } from './loopServer.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Not copied: what is made by tools, and instructions of the project, which are in the prompt but not ours. */
const leftOut = new Set(['node_modules', '.git', 'dist', 'out', '.vscode-test', 'AGENTS.md', 'CLAUDE.md']);

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Place {
  readonly scratch: string;
  /** The built program. */
  readonly dist: string;
}

/** True in the process that plays the model, once its run is over. */
export async function servesModel(): Promise<boolean> {
  const at = process.argv.indexOf('--serve');
  if (at < 0) return false;
  await serve(JSON.parse(readFileSync(process.argv[at + 1] ?? '', 'utf8')) as Config);
  return true;
}

/** Builds what is measured, and takes everything away again at the end. */
export async function withBuilt(build: boolean, use: (place: Place) => Promise<void>): Promise<void> {
  if (build) {
    const built = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--production'], {
      stdio: 'inherit',
    });
    if (built.status !== 0) throw new Error('the build failed');
  }
  const scratch = mkdtempSync(path.join(tmpdir(), 'journeyman-bench-'));
  // A copy, since a build in the meantime would replace the files under our feet; inside the project, where packages are found.
  const dist = path.join(root, 'out', `bench-${String(process.pid)}`);
  cpSync(path.join(root, 'dist'), dist, { recursive: true });
  try {
    await use({ scratch, dist });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(dist, { recursive: true, force: true });
  }
}

export interface Run {
  readonly seen: Seen;
  readonly spawnedMs: number;
  readonly config: Config;
  /** Source files of the tree. */
  readonly files: number;
}

/** `tree`: what is copied and worked on; null: this project. `options`: of the command line, besides what every run needs. */
export async function runOnce(
  { scratch, dist }: Place,
  tree: string | null,
  plan: (files: readonly Source[], workspace: string) => Config,
  options: readonly string[] = [],
): Promise<Run> {
  const work = mkdtempSync(path.join(scratch, 'run-'));
  try {
    const workspace = path.join(work, 'tree');
    const from = path.resolve(tree ?? root);
    cpSync(from, workspace, { recursive: true, filter: (one) => !leftOut.has(path.basename(one)) });
    const files = sourcesOf(workspace);
    const config = plan(files, workspace);
    return { ...(await drive(dist, work, workspace, config, options)), config, files: files.length };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function drive(
  dist: string,
  work: string,
  workspace: string,
  config: Config,
  options: readonly string[],
): Promise<{ readonly seen: Seen; readonly spawnedMs: number }> {
  const script = path.join(work, 'script.json');
  writeFileSync(script, JSON.stringify(config));
  const server = fork(process.argv[1] ?? '', ['--serve', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const { baseUrl } = await message(server, 'ready');
    const rg = packageRipgrep(path.join(root, 'package.json'))[0];
    const spawnedMs = performance.timeOrigin + performance.now();
    const runtime = spawn(
      process.execPath,
      [path.join(dist, 'cli.js'), 'run', 'Work through the list.', '--workspace', workspace, '--model', 'claude-bench', '--permission-mode', 'edit', '--allow', 'shell(prefix: echo)', '--max-steps', '1000', '--output', 'json', ...options], // prettier-ignore
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          PATH: [...(rg === undefined ? [] : [path.dirname(rg)]), process.env['PATH'] ?? ''].join(path.delimiter),
          ANTHROPIC_BASE_URL: baseUrl,
          ANTHROPIC_API_KEY: 'bench',
          JOURNEYMAN_HOME: path.join(work, 'home'),
        },
      },
    );
    send(server, { type: 'runtime', pid: runtime.pid ?? 0 });
    const output: Buffer[] = [];
    runtime.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    const exitCode = await new Promise<number | null>((resolve) => runtime.once('close', resolve));
    send(server, { type: 'end' });
    const { seen } = await message(server, 'seen');
    // 2: done, not verified; the commands of the bench are no checks.
    if (
      (exitCode !== 0 && exitCode !== 2) ||
      seen.samples.filter(({ isSide }) => !isSide).length !== config.replies.length + 1
    )
      throw new Error(`the run ended with ${String(exitCode)}: ${Buffer.concat(output).toString('utf8').slice(-2000)}`);
    return { seen, spawnedMs };
  } finally {
    if (server.connected) server.disconnect();
  }
}

function send(server: ChildProcess, what: ToServer): void {
  server.send(what);
}

function message<T extends FromServer['type']>(server: ChildProcess, type: T): Promise<FromServer & { type: T }> {
  return new Promise((resolve, reject) => {
    server.on('message', (what: FromServer) => {
      if (what.type === type) resolve(what as FromServer & { type: T });
    });
    server.once('exit', (code) => {
      reject(new Error(`the server ended with ${String(code)}`));
    });
  });
}

/** A line of each file that stands there once. */
export function editable(files: readonly Source[]): readonly { readonly path: string; readonly line: string }[] {
  return files.flatMap(({ path: file, text }) => {
    const line = text.split('\n').find((one) => one.length > 20 && text.indexOf(one) === text.lastIndexOf(one));
    return line === undefined ? [] : [{ path: file, line }];
  });
}

function sourcesOf(tree: string): readonly Source[] {
  const found: Source[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(path.join(tree, folder), { withFileTypes: true })) {
      const file = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (/\.(ts|tsx|js|mjs|py|go|rs|java|c|h|css)$/.test(entry.name)) {
        const bytes = statSync(path.join(tree, file)).size;
        if (bytes > 200 && bytes < 30_000)
          found.push({ path: file, text: readFileSync(path.join(tree, file), 'utf8') });
      }
    }
  };
  walk('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function cacheShare({ samples }: Seen): number {
  const sum = (pick: (sample: Seen['samples'][number]) => number): number =>
    samples.reduce((total, sample) => total + pick(sample), 0);
  return (100 * sum(({ cacheRead }) => cacheRead)) / sum(({ inputTokens }) => inputTokens);
}
