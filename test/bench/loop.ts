/**
 * What the runtime itself costs: the built command line does a scripted task on a real tree, and only the model is played.
 *
 *   npm run bench:loop -- [--tree DIR] [--steps 50,200] [--runs 3] [--json FILE] [--no-build]
 *
 * `--tree`: a project to copy and work on; by default a copy of this one's own sources. CPU and memory need Linux.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheShare, editable, runOnce, servesModel, withBuilt, type Place, type Run, type Source } from './loopRun.ts';
import type { Seen, Step } from './loopServer.ts';
import { median, printTable, writeJson, type Figure } from './table.ts';

const toolNames: Readonly<Record<string, string>> = {
  read_file: 'a read',
  search_text: 'a search',
  edit_file: 'an edit',
  run_command: 'a command',
};

/** Wall from the reply to the next request; none for searches and commands: those wait for other programs. */
const wallAims: Readonly<Record<string, number>> = { read_file: 10, edit_file: 10 };

if (!(await servesModel())) await bench();

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
  const tree = values.tree ?? null;
  await withBuilt(!values['no-build'], async (place) => {
    const results: Record<string, Summary> = {};
    for (const steps of values.steps.split(',').map(Number)) {
      const runs = steps > 100 ? 1 : Number(values.runs);
      results[`${String(steps)} steps`] = await summary(place, tree, runs, (files) => singleSteps(files, steps));
    }
    results['50 steps, 12 calls in each'] = await summary(place, tree, 1, (files) => parallelReads(files, 50, 12));
    for (const [name, one] of Object.entries(results))
      printTable(`${name}, on ${String(one.files)} files, median of ${String(one.runs)}`, figuresOf(one));
    writeJson(values.json, { node: process.version, platform: process.platform, results });
  });
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
  place: Place,
  tree: string | null,
  runs: number,
  plan: (files: readonly Source[]) => readonly (readonly Step[])[],
): Promise<Summary> {
  const all: Run[] = [];
  for (let run = 0; run < runs; run++) all.push(await runOnce(place, tree, (files) => ({ replies: plan(files) })));
  const of = (pick: (one: (typeof all)[number]) => number | null): number | null =>
    median(all.map(pick).filter((value) => value !== null));
  const steps = all[0]?.config.replies.length ?? 0;
  const tools = [...new Set((all[0]?.config.replies ?? []).map((calls) => calls[0]?.tool ?? ''))];
  return {
    files: all[0]?.files ?? 0,
    runs,
    steps,
    callsInReply: all[0]?.config.replies[0]?.length ?? 1,
    firstRequestCpuMs: of(({ seen }) => seen.samples[0]?.cpuMs ?? null),
    firstRequestMs: of(({ seen, spawnedMs }) => (seen.samples[0]?.arrivedMs ?? 0) - spawnedMs),
    stepCpuMs: of(({ seen }) => cpuBetween(seen, 0, steps)),
    lateStepCpuMs: of(({ seen }) => cpuBetween(seen, Math.max(0, steps - 50), steps)),
    overheadMs: Object.fromEntries(
      tools.map((tool) => [tool, of(({ seen, config }) => median(overheads(seen, config.replies, tool)))]),
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
