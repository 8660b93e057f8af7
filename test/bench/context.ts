/**
 * How well the right code is picked: past commits of public repositories, their words as the task, what they changed as the answer.
 *
 *   npm run bench:context -- --repos CLONES [--data FILE] [--work DIR] [--only ID,ID] [--json FILE] [--fit]
 *
 * `--repos`: a folder with clones of the repositories that the data names (`OWNER/NAME`, `NAME` or `NAME.git`), history included.
 * `--fit`: instead, how far the weights carry (`contextFit.ts`).
 * `--data`: tasks in the form of `context/open.jsonl`. `--work`: where the checkouts go, some gigabytes; kept for the next run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fitWeights } from './contextFit.ts';
import { writeJson } from './table.ts';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    data: { type: 'string', default: join(import.meta.dirname, 'context/open.jsonl') },
    work: { type: 'string', default: 'out/bench/context' },
    only: { type: 'string' },
    json: { type: 'string' },
    fit: { type: 'boolean', default: false },
  },
});
const aims: Readonly<Record<string, readonly [metric: string, aim: number][]>> = {
  select: [
    ['fileR@5', 80],
    ['fileR@10', 88],
    ['symR@20', 73],
    ['packSym@4k', 68],
    ['packSym@8k', 79],
    ['packSym@16k', 86],
  ],
  'next-open': [['fileR@5', 76]],
  'next-edit': [['fileR@5', 78]],
};

if (values.repos === undefined) {
  console.error('bench:context: say where the clones are: npm run bench:context -- --repos CLONES');
  process.exitCode = 2;
} else await bench(resolve(values.repos));

async function bench(repos: string): Promise<void> {
  const data = resolve(values.data);
  const work = resolve(values.work);
  mkdirSync(work, { recursive: true });
  const only = values.only === undefined ? [] : ['--only', values.only];
  const script = (name: string) => join(import.meta.dirname, 'context', name);
  run([script('prepare.mjs'), '--data', data, '--repos', repos, '--out', work, '--checkouts', 'isolated', ...only]);
  const [tasks, predictions, scores] = ['tasks.jsonl', 'predictions.jsonl', 'scores.json'].map((name) =>
    join(work, name),
  );
  if (tasks === undefined || predictions === undefined || scores === undefined) return;
  if (values.fit) {
    writeJson(values.json, await fitWeights(data, tasks, work));
    return;
  }
  const [input, output] = [openSync(tasks, 'r'), openSync(predictions, 'w')];
  run([resolve('dist/cli.js'), 'select', '--batch'], work, [input, output, 'inherit']);
  closeSync(input);
  closeSync(output);
  run([script('score.mjs'), '--data', data, '--pred', predictions, '--repos', repos, '--by', 'repo', '--json', scores]);
  const scored = JSON.parse(readFileSync(scores, 'utf8')) as Readonly<Record<string, Readonly<Record<string, number>>>>;
  const rows = Object.entries(aims).flatMap(([kind, metrics]) =>
    metrics.map(([metric, aim]) => ({ what: `${kind} ${metric}`, percent: 100 * (scored[kind]?.[metric] ?? 0), aim })),
  );
  console.log();
  for (const { what, percent, aim } of rows)
    console.log(
      `${what.padEnd(22)} ${percent.toFixed(1).padStart(5)} %   aim ${aim.toFixed(0)}   ${percent >= aim ? 'met' : 'missed'}`,
    );
  const times = readFileSync(predictions, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { readonly ms: number }).ms]))
    .sort((a, b) => a - b);
  const quantile = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const query = { queries: times.length, medianMs: quantile(0.5), p95Ms: quantile(0.95) };
  console.log(
    `${String(query.queries)} queries: median ${query.medianMs.toFixed(0)} ms (aim 150), p95 ${query.p95Ms.toFixed(0)} ms (aim 400)`,
  );
  writeJson(values.json, { node: process.version, platform: process.platform, rows, query });
}

/** Ends the bench where it fails. */
function run(args: readonly string[], cwd?: string, stdio: 'inherit' | (number | 'inherit')[] = 'inherit'): void {
  const { status, error } = spawnSync(process.execPath, args, { stdio, ...(cwd !== undefined && { cwd }) });
  if (error) throw error;
  if (status !== 0) throw new Error(`${args.slice(0, 3).join(' ')} ended with exit code ${String(status)}`);
}
