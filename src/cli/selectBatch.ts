/** `journeyman select --batch`: tasks as JSON lines in, what would be picked for each as JSON lines out; the form of `bench:context`. */
import { dirname, join } from 'node:path';
import { pack } from '../context/pack.ts';
import type { Json } from '../core/json.ts';
import type { CodeRanking } from '../core/symbols.ts';
import { createRanker } from '../symbols/rank/rank.ts';
import { answerLines } from './batch.ts';
import { openCheckouts } from './checkouts.ts';
import { queryOf, taskOf } from './selectTask.ts';

const symbolsTold = 50;
/** The packer counts line numbers, which this form does not have: there is room for more. */
const room = 1.25;

/** Reads to the end of standard input. */
export async function selectBatch(): Promise<number> {
  const { signal } = new AbortController();
  const checkouts = openCheckouts(join(dirname(import.meta.filename), 'grammars'), createRanker());
  const code = await answerLines(async (line) => {
    const task = taskOf(line);
    const engine = await checkouts.engine(task.repo, task.checkout);
    const startedAtMs = performance.now();
    const ranking = await engine.rank(queryOf(task), signal);
    const packed = Object.fromEntries(task.budgets.map((budget) => [String(budget), rangesOf(ranking, budget)]));
    const ms = Math.round(performance.now() - startedAtMs);
    const seen = task.seen?.file;
    return {
      id: task.id,
      files: ranking.files.map(({ path }) => path).filter((path) => path !== seen),
      symbols: ranking.symbols
        .slice(0, symbolsTold)
        .map(({ path, name, startLine, endLine }) => ({ file: path, name, startLine, endLine })),
      packed,
      ms,
    };
  });
  await checkouts.close();
  return code;
}

function rangesOf(ranking: CodeRanking, budget: number): readonly Json[] {
  const options = { places: [], scoreShareMin: 0, signatures: false };
  return pack(ranking, budget * room, { lines: new Map(), signatures: new Set() }, options).map(
    ({ path, startLine, endLine }) => ({ file: path, startLine, endLine }),
  );
}
