/**
 * What a long session costs in tokens: the built command line works through a script on a real tree, and only the model is played.
 *
 *   npm run bench:tokens -- [--tree DIR] [--steps 50,200] [--json FILE] [--no-build]
 *
 * The script does what a task does: in every ten steps a search, reads of three files, two edits of one of them with its check after each,
 * and a second look at what was edited. Tokens are characters / 4; billed units: uncached 1, cache write 1.25, cache read 0.1, output 5.
 * Beside it stands the bare loop: the same replies and results, sent whole every time, with nothing else in the prompt. The script is cut
 * so that its bare loop bills what the one of the field bills (FIELD: 112,000 units at 50 steps, 1,244,000 at 200).
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheShare, editable, runOnce, servesModel, withBuilt, type Run, type Source } from './loopRun.ts';
import type { Sample, Step } from './loopServer.ts';
import { printTable, writeJson, type Figure } from './table.ts';

/** Billed units in all, at most. */
const aims: Readonly<Record<number, number>> = { 50: 120_000, 200: 1_000_000 };
const bareHeadTokens = 209;
const check = 'node check.mjs';

/** As long as the report of a small test suite; never the same twice. */
const checkProgram = `
for (let i = 1; i <= 24; i++) console.log('  ok ' + i + ' - what it checks is said here, in a line (' + (Date.now() % 1000) + ' ms)');
console.log('24 passed, 0 failed');
`;

if (!(await servesModel())) await bench();

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tree: { type: 'string' },
      steps: { type: 'string', default: '50,200' },
      json: { type: 'string' },
      'no-build': { type: 'boolean', default: false },
    },
  });
  const tree = values.tree ?? null;
  const options = ['--allow', `shell(exact: ${check})`];
  await withBuilt(!values['no-build'], async (place) => {
    const results: Record<string, Summary> = {};
    for (const steps of values.steps.split(',').map(Number)) {
      const run = await runOnce(
        place,
        tree,
        (files, workspace) => ({ replies: task(files, workspace, steps) }),
        options,
      );
      results[`${String(steps)} steps`] = summaryOf(run, aims[steps] ?? null);
    }
    const twelve = (files: readonly Source[]) => ({ replies: twelveReads(files, 50) });
    results['50 steps, 12 calls in each'] = summaryOf(await runOnce(place, tree, twelve, options), null);
    for (const [name, one] of Object.entries(results)) printTable(name, figuresOf(one));
    writeJson(values.json, { node: process.version, platform: process.platform, results });
  });
}

/** Ten steps on three files, again and again. */
function task(files: readonly Source[], workspace: string, count: number): readonly (readonly Step[])[] {
  writeFileSync(path.join(workspace, 'check.mjs'), checkProgram);
  const edits = editable(files).filter(({ path: file }) => linesOf(files, file) > 60);
  return Array.from({ length: count }, (_, i): readonly Step[] => {
    const phase = Math.floor(i / 10);
    const [a, b, c] = [0, 1, 2].map((n) => edits[(phase * 3 + n) % edits.length]);
    if (!a || !b || !c) throw new Error('the tree has no files to work on');
    const read = (file: string): Step => ({ tool: 'read_file', input: { path: file, start_line: 1, end_line: 75 } });
    const search = (line: string): Step => ({ tool: 'search_text', input: { pattern: rarest(files, line) } });
    // Each edit changes the line that the one before it has written.
    const edit = (n: number): Step => {
      const [from, to] = [n - 1, n].map(
        (times) => `${a.line}${times === 0 ? '' : ` // ${String(phase)}.${String(times)}`}`,
      );
      return { tool: 'edit_file', input: { path: a.path, edits: [{ old_text: from ?? '', new_text: to ?? '' }] } };
    };
    const run: Step = { tool: 'run_command', input: { command: check } };
    const ten = [
      search(a.line),
      read(a.path),
      read(b.path),
      edit(1),
      run,
      read(a.path),
      edit(2),
      run,
      search(c.line),
      read(c.path),
    ];
    return ten.slice(i % 10, (i % 10) + 1);
  });
}

function twelveReads(files: readonly Source[], count: number): readonly (readonly Step[])[] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 12 }, (_call, j): Step => {
      const file = files[(i * 12 + j) % files.length]?.path ?? '';
      return { tool: 'read_file', input: { path: file, start_line: 1, end_line: 20 } };
    }),
  );
}

/** The name in a line that stands in the fewest files. */
function rarest(files: readonly Source[], line: string): string {
  const names = (line.match(/[A-Za-z_]\w{4,}/g) ?? [line]).map((name) => {
    return { name, having: files.filter(({ text }) => text.includes(name)).length };
  });
  return names.reduce((best, one) => (one.having < best.having ? one : best)).name;
}

function linesOf(files: readonly Source[], file: string): number {
  return files.find((one) => one.path === file)?.text.split('\n').length ?? 0;
}

interface Summary {
  readonly files: number;
  readonly steps: number;
  readonly aim: number | null;
  readonly sentTokens: number;
  readonly billedUnits: number;
  readonly bareUnits: number;
  readonly cacheShare: number;
  readonly headTokens: number;
  /** Largest request. */
  readonly peakTokens: number;
  /** All that was said to the model besides its calls' results: the task, code that was picked, news. */
  readonly saidTokens: number;
  readonly resultTokens: number;
  readonly replyTokens: number;
  readonly sideRequests: number;
}

function summaryOf({ seen, files, config }: Run, aim: number | null): Summary {
  const { samples } = seen;
  const sum = (pick: (sample: Sample) => number): number => samples.reduce((all, one) => all + pick(one), 0);
  const main = samples.filter(({ isSide }) => !isSide);
  const sumMain = (pick: (sample: Sample) => number): number => main.reduce((all, one) => all + pick(one), 0);
  return {
    files,
    steps: config.replies.length,
    aim,
    sentTokens: sum(({ inputTokens }) => inputTokens),
    billedUnits: sum(unitsOf),
    bareUnits: bareUnits(main),
    cacheShare: cacheShare(seen),
    headTokens: seen.headTokens,
    peakTokens: Math.max(...samples.map(({ inputTokens }) => inputTokens)),
    saidTokens: sumMain(({ saidTokens }) => saidTokens),
    resultTokens: sumMain(({ resultTokens }) => resultTokens),
    replyTokens: sumMain(({ outputTokens }) => outputTokens),
    sideRequests: samples.length - main.length,
  };
}

function unitsOf({ inputTokens, cacheRead, cacheWrite, outputTokens }: Sample): number {
  return inputTokens - cacheRead - cacheWrite + 1.25 * cacheWrite + 0.1 * cacheRead + 5 * outputTokens;
}

/** Each request reads all that was sent before it from the cache, and writes the last reply with its results. */
function bareUnits(samples: readonly Sample[]): number {
  let kept = bareHeadTokens;
  return samples.reduce((sum, { replyTokens, resultTokens, outputTokens }) => {
    const fresh = replyTokens + resultTokens;
    const units = 0.1 * kept + 1.25 * fresh + 5 * outputTokens;
    kept += fresh;
    return sum + units;
  }, 1.25 * bareHeadTokens);
}

function figuresOf(one: Summary): readonly Figure[] {
  const isMany = one.aim === null;
  return [
    { name: 'billed units', value: Math.round(one.billedUnits), unit: '', ...(one.aim !== null && { aim: one.aim }) },
    { name: 'billed by the bare loop', value: Math.round(one.bareUnits), unit: '' },
    { name: 'ours to the bare loop', value: one.billedUnits / one.bareUnits, unit: 'x' },
    { name: 'sent', value: one.sentTokens, unit: 'tokens' },
    {
      name: 'read from cache',
      value: one.cacheShare,
      unit: '%',
      ...(isMany ? { aim: 80 } : one.steps === 50 ? { aim: 97 } : {}),
    },
    { name: 'tools and system prompt', value: one.headTokens, unit: 'tokens', aim: 3000 },
    { name: 'largest request', value: one.peakTokens, unit: 'tokens' },
    { name: 'results', value: one.resultTokens, unit: 'tokens' },
    { name: 'said besides (task, picked code, news)', value: one.saidTokens, unit: 'tokens' },
    { name: 'replies', value: one.replyTokens, unit: 'tokens' },
    { name: 'requests for a summary', value: one.sideRequests, unit: '' },
  ];
}
