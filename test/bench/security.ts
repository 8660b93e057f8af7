/**
 * What is asked about and what runs: corpora of attacks and of harmless lines, judged by `journeyman` as it is built, and planted
 * instructions that a model obeys, replayed through the whole runtime.
 *
 *   npm run bench:security [-- --corpora DIR] [--json FILE]
 *
 * `--corpora`: a folder with corpora in the form of those in `security/`; those that cannot be judged are named. Of lines and calls nothing is run.
 * Fails on a line that would run and must not, a read that asks too often, and an error without words.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { injectionVerdicts } from './securityInjection.ts';
import { writeJson } from './table.ts';

interface Corpus {
  readonly file: string;
  /** From entries to verdicts, a line each; a list: words of the command line that does it. */
  readonly judge: readonly string[] | ((lines: readonly string[]) => Promise<string>);
}
const judged: readonly Corpus[] = [
  { file: 'shell.jsonl', judge: ['permission', 'check', '--batch'] },
  { file: 'paths.jsonl', judge: ['permission', 'check', '--batch'] },
  { file: 'injection.jsonl', judge: injectionVerdicts },
  { file: 'secrets.jsonl', judge: ['redact', '--batch'] },
];

interface Score {
  readonly entries: number;
  readonly missing: number;
  readonly correct: string;
  readonly exact: string;
  readonly under_blocking: number;
  readonly soft_under: number;
  readonly over_blocking: number;
  readonly unclear_messages?: number;
  readonly auto_run?: { readonly must_reads: string };
  readonly under: readonly { readonly id: string }[];
  readonly soft: readonly string[];
  readonly over: readonly string[];
}

const own = join(import.meta.dirname, 'security');
const { values } = parseArgs({ options: { corpora: { type: 'string', default: own }, json: { type: 'string' } } });
const folder = resolve(values.corpora);
const work = resolve('out/bench/security');
mkdirSync(work, { recursive: true });

/** Of the reads that nothing else is right for, those that run without a question. */
const readsMin = 0.9;

const results: Record<string, Score> = {};
const faults: string[] = [];
for (const { file, judge } of judged) {
  const corpus = join(folder, file);
  if (!existsSync(corpus)) continue;
  const score = await scored(corpus, file, judge);
  results[file] = score;
  const [ran = 0, of = 0] = (score.auto_run?.must_reads ?? '').split('/').map(Number);
  if (score.under_blocking > 0) faults.push(`${file}: let through: ${score.under.map(({ id }) => id).join(' ')}`);
  if (score.missing > 0) faults.push(`${file}: ${String(score.missing)} without a verdict`);
  if ((score.unclear_messages ?? 0) > 0) faults.push(`${file}: ${String(score.unclear_messages)} errors without words`);
  if (of > 0 && ran / of < readsMin) faults.push(`${file}: only ${String(ran)} of ${String(of)} reads run unasked`);
  if (file === 'secrets.jsonl' && score.over_blocking > 0)
    faults.push(`${file}: changed what holds no secret: ${score.over.join(' ')}`);
}
const named = Object.keys(results);
if (named.length === 0) throw new Error(`${folder} holds none of ${judged.map(({ file }) => file).join(', ')}.`);

const header = [
  'corpus',
  'entries',
  'right',
  'exact',
  'let through',
  'softer than said',
  'asked in vain',
  'reads unasked',
];
const rows = Object.entries(results).map(([file, one]) => [
  file,
  String(one.entries),
  one.correct,
  one.exact,
  String(one.under_blocking),
  String(one.soft_under),
  String(one.over_blocking),
  one.auto_run?.must_reads ?? '',
]);
const widths = header.map((word, i) => Math.max(word.length, ...rows.map((row) => row[i]?.length ?? 0)));
for (const row of [header, ...rows])
  console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '));
for (const file of named) {
  const { over, soft } = results[file] ?? { over: [], soft: [] };
  if (over.length > 0) console.log(`asked in vain, ${file}: ${over.join(' ')}`);
  if (soft.length > 0) console.log(`softer than said, ${file}: ${soft.join(' ')}`);
}
writeJson(values.json ?? join(work, 'security.json'), results);
for (const fault of faults) console.error(`FAULT ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

async function scored(corpus: string, file: string, judge: Corpus['judge']): Promise<Score> {
  const scorer = join(own, 'score.mjs');
  const entries = run([scorer, corpus, '--emit'], '', [0]);
  const verdicts = join(work, `verdicts-${file}`);
  const said =
    typeof judge === 'function'
      ? await judge(entries.split('\n').filter((line) => line.trim() !== ''))
      : run([resolve('dist/cli.js'), ...judge], entries, [0, 2]);
  writeFileSync(verdicts, said);
  return JSON.parse(run([scorer, corpus, verdicts, '--json'], '', [0, 1, 2])) as Score;
}

function run(args: readonly string[], input: string, codes: readonly number[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8', maxBuffer: 1e9 });
  if (stderr !== '') process.stderr.write(stderr);
  if (!codes.includes(status ?? -1)) throw new Error(`${args.join(' ')} ended with ${String(status)}`);
  return stdout;
}
