/**
 * What the runtime itself costs: the built command line does a scripted task on a real tree, and only the model is played.
 *
 *   npm run bench:loop -- [--tree DIR] [--steps 50,200] [--runs 3] [--json FILE] [--no-build]
 *
 * `--tree`: a project to copy and work on; by default a copy of this one's own sources. CPU and memory need Linux.
 */
import { fork, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageRipgrep } from '../../src/workspace/search.ts';
import { serve, type Config, type FromServer, type Seen, type Step, type ToServer } from './loopServer.ts';
import { median, printTable, writeJson, type Figure } from './table.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Not copied: what is made by tools, and instructions of the project, which are in the prompt but not ours. */
const leftOut = new Set(['node_modules', '.git', 'dist', 'out', '.vscode-test', 'AGENTS.md', 'CLAUDE.md']);

const toolNames: Readonly<Record<string, string>> = {
  read_file: 'a read',
  search_text: 'a search',
  edit_file: 'an edit',
  run_command: 'a command',
};

/** Wall from the reply to the next request; none for searches and commands: those wait for other programs. */
const wallAims: Readonly<Record<string, number>> = { read_file: 10, edit_file: 10 };

const serveFlag = process.argv.indexOf('--serve');
if (serveFlag > 0) await serve(JSON.parse(readFileSync(process.argv[serveFlag + 1] ?? '', 'utf8')) as Config);
else await bench();

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tree: { type: 'string' },
      steps: { type: 'string', default: '50,200' },
      runs: { type: 'string', default: '3' },
      json: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
    },
  });
  if (!values['no-build']) {
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
    const tree = path.resolve(values.tree ?? root);
    const results: Record<string, Summary> = {};
    for (const steps of values.steps.split(',').map(Number)) {
      const runs = steps > 100 ? 1 : Number(values.runs);
      results[`${String(steps)} steps`] = await summary(scratch, dist, tree, runs, (files) =>
        singleSteps(files, steps),
      );
    }
    results['50 steps, 12 calls in each'] = await summary(scratch, dist, tree, 1, (files) =>
      parallelReads(files, 50, 12),
    );
    for (const [name, one] of Object.entries(results))
      printTable(`${name}, on ${String(one.files)} files, median of ${String(one.runs)}`, figuresOf(one));
    writeJson(values.json, { node: process.version, platform: process.platform, results });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(dist, { recursive: true, force: true });
  }
}

interface Source {
  readonly path: string;
  readonly text: string;
}

/** 20 reads, 10 searches, 10 edits, 10 commands in each 50, mixed as a real task mixes them. */
function singleSteps(files: readonly Source[], count: number): readonly (readonly Step[])[] {
  const kinds = ['read', 'search', 'read', 'edit', 'command'] as const;
  const edits = editable(files);
  return Array.from({ length: count }, (_, i) => {
    const file = files[(i * 7) % files.length];
    const edit = edits[i % edits.length];
    if (!file || !edit) throw new Error('the tree has no files to work on');
    switch (kinds[i % kinds.length]) {
      case 'search':
        return [{ tool: 'search_text', input: { pattern: path.basename(file.path).replace(/\..*/, '') } }];
      case 'edit':
        return [
          {
            tool: 'edit_file',
            input: { path: edit.path, edits: [{ old_text: edit.line, new_text: `${edit.line} // ${String(i)}` }] },
          },
        ];
      case 'command':
        return [{ tool: 'run_command', input: { command: `echo step ${String(i)}` } }];
      default:
        return [{ tool: 'read_file', input: { path: file.path } }];
    }
  });
}

function parallelReads(files: readonly Source[], count: number, calls: number): readonly (readonly Step[])[] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: calls }, (_, j): Step => {
      const file = files[(i * calls + j) % files.length]?.path ?? '';
      return { tool: 'read_file', input: { path: file, start_line: 1, end_line: 40 } };
    }),
  );
}

/** A line of each file that stands there once. */
function editable(files: readonly Source[]): readonly { readonly path: string; readonly line: string }[] {
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

/** Medians over the runs. */
interface Summary {
  readonly files: number;
  readonly runs: number;
  readonly steps: number;
  readonly callsInReply: number;
  readonly firstRequestCpuMs: number | null;
  readonly firstRequestMs: number | null;
  readonly stepCpuMs: number | null;
  /** The last 50 steps alone: what a long session costs. */
  readonly lateStepCpuMs: number | null;
  readonly overheadMs: Readonly<Record<string, number | null>>;
  readonly headTokens: number;
  readonly beforeFirstWordTokens: number;
  readonly inputTokens: number;
  readonly cacheShare: number;
  readonly peakRssMb: number | null;
  readonly peakPssMb: number | null;
}

async function summary(
  scratch: string,
  dist: string,
  tree: string,
  runs: number,
  plan: (files: readonly Source[]) => readonly (readonly Step[])[],
): Promise<Summary> {
  const all: { seen: Seen; spawnedMs: number; replies: readonly (readonly Step[])[]; files: number }[] = [];
  for (let run = 0; run < runs; run++) {
    const work = mkdtempSync(path.join(scratch, 'run-'));
    const workspace = path.join(work, 'tree');
    cpSync(tree, workspace, { recursive: true, filter: (from) => !leftOut.has(path.basename(from)) });
    const files = sourcesOf(workspace);
    const replies = plan(files);
    all.push({ ...(await once(work, dist, workspace, { replies })), replies, files: files.length });
    rmSync(work, { recursive: true, force: true });
  }
  const of = (pick: (one: (typeof all)[number]) => number | null): number | null =>
    median(all.map(pick).filter((value) => value !== null));
  const steps = all[0]?.replies.length ?? 0;
  const tools = [...new Set((all[0]?.replies ?? []).map((calls) => calls[0]?.tool ?? ''))];
  return {
    files: all[0]?.files ?? 0,
    runs,
    steps,
    callsInReply: all[0]?.replies[0]?.length ?? 1,
    firstRequestCpuMs: of(({ seen }) => seen.samples[0]?.cpuMs ?? null),
    firstRequestMs: of(({ seen, spawnedMs }) => (seen.samples[0]?.arrivedMs ?? 0) - spawnedMs),
    stepCpuMs: of(({ seen }) => cpuBetween(seen, 0, steps)),
    lateStepCpuMs: of(({ seen }) => cpuBetween(seen, Math.max(0, steps - 50), steps)),
    overheadMs: Object.fromEntries(
      tools.map((tool) => [tool, of(({ seen, replies }) => median(overheads(seen, replies, tool)))]),
    ),
    headTokens: all[0]?.seen.headTokens ?? 0,
    beforeFirstWordTokens: (all[0]?.seen.headTokens ?? 0) + (all[0]?.seen.firstMessageTokens ?? 0),
    inputTokens: all[0]?.seen.samples.reduce((sum, sample) => sum + sample.inputTokens, 0) ?? 0,
    cacheShare: all[0] ? cacheShare(all[0].seen) : 0,
    peakRssMb: of(({ seen }) => seen.peakRssMb),
    peakPssMb: of(({ seen }) => Math.max(...seen.samples.map(({ pssMb }) => pssMb ?? 0)) || null),
  };
}

function cpuBetween({ samples }: Seen, from: number, to: number): number | null {
  const a = samples[from]?.cpuMs ?? null;
  const b = samples[to]?.cpuMs ?? null;
  return a === null || b === null ? null : (b - a) / (to - from);
}

/** From the last byte of a reply with this tool to the next request. */
function overheads({ samples }: Seen, replies: readonly (readonly Step[])[], tool: string): readonly number[] {
  return replies.flatMap((calls, i) => {
    const answered = samples[i]?.answeredMs ?? null;
    const next = samples[i + 1]?.arrivedMs ?? null;
    return calls[0]?.tool !== tool || answered === null || next === null ? [] : [next - answered];
  });
}

function cacheShare({ samples }: Seen): number {
  const sum = (pick: (sample: Seen['samples'][number]) => number): number =>
    samples.reduce((total, sample) => total + pick(sample), 0);
  return (100 * sum(({ cacheRead }) => cacheRead)) / sum(({ inputTokens }) => inputTokens);
}

async function once(
  work: string,
  dist: string,
  workspace: string,
  config: Config,
): Promise<{ readonly seen: Seen; readonly spawnedMs: number }> {
  const script = path.join(work, 'script.json');
  mkdirSync(work, { recursive: true });
  writeFileSync(script, JSON.stringify(config));
  const server = fork(process.argv[1] ?? '', ['--serve', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const { baseUrl } = await message(server, 'ready');
    const rg = packageRipgrep(path.join(root, 'package.json'))[0];
    const spawnedMs = performance.timeOrigin + performance.now();
    const runtime = spawn(
      process.execPath,
      [path.join(dist, 'cli.js'), 'run', 'Work through the list.', '--workspace', workspace, '--model', 'claude-bench', '--permission-mode', 'edit', '--allow', 'shell(prefix: echo)', '--max-steps', '1000', '--output', 'json'], // prettier-ignore
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
    if ((exitCode !== 0 && exitCode !== 2) || seen.samples.length !== config.replies.length + 1)
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

function figuresOf(one: Summary): readonly Figure[] {
  const stepAim = one.callsInReply === 1 ? { aim: 15 } : {};
  return [
    { name: 'CPU to the first request', value: one.firstRequestCpuMs, unit: 'ms', aim: 350 },
    { name: 'wall to the first request', value: one.firstRequestMs, unit: 'ms' },
    { name: 'CPU a step', value: one.stepCpuMs, unit: 'ms', ...stepAim },
    ...(one.steps > 50
      ? [{ name: 'CPU a step, last 50', value: one.lateStepCpuMs, unit: 'ms', ...stepAim } as const]
      : []),
    ...Object.entries(one.overheadMs).map(([tool, value]): Figure => {
      const aim = one.callsInReply === 1 ? wallAims[tool] : undefined;
      const what = one.callsInReply === 1 ? (toolNames[tool] ?? tool) : `${String(one.callsInReply)} calls`;
      return { name: `wall of ${what}`, value, unit: 'ms', ...(aim === undefined ? {} : { aim }) };
    }),
    { name: 'system prompt and tools', value: one.headTokens, unit: 'tokens', aim: 3000 },
    { name: 'before the first word', value: one.beforeFirstWordTokens, unit: 'tokens' },
    { name: 'input in all', value: one.inputTokens, unit: 'tokens' },
    { name: 'of it read from cache', value: one.cacheShare, unit: '%', aim: 96 },
    { name: 'peak memory (RSS)', value: one.peakRssMb, unit: 'MB', aim: one.steps > 100 ? 220 : 150 },
    { name: 'peak memory (PSS)', value: one.peakPssMb, unit: 'MB' },
  ];
}
