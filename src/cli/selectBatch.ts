/** `journeyman select --batch`: tasks as JSON lines in, what would be picked for each as JSON lines out; the form of `bench:context`. */
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pack } from '../context/pack.ts';
import { JourneymanError } from '../core/error.ts';
import { isObject, type Json } from '../core/json.ts';
import type { CodeQuery, CodeRanking } from '../core/symbols.ts';
import { isSecret } from '../permission/names.ts';
import { createEngine, type Engine } from '../symbols/engine.ts';
import { createExtractor } from '../symbols/extract/extractor.ts';
import { directExtractor } from '../symbols/extractorPorts.ts';
import { createFactsCache, type FactsCache } from '../symbols/factsCache.ts';
import { readHistory } from '../symbols/history.ts';
import { HistoryCache } from '../symbols/historyCache.ts';
import { createRanker } from '../symbols/rank/rank.ts';
import { codeFiles } from '../workspace/codeFiles.ts';

interface Task {
  readonly id: string;
  readonly repo: string;
  /** Folder of the files, from the working folder. */
  readonly checkout: string;
  readonly task: string;
  /** Tokens, 4 characters each. */
  readonly budgets: readonly number[];
  /** What was opened already, with the change made to it. */
  readonly seen: { readonly file: string; readonly diff: string | null } | null;
}

const filesMax = 20;
const symbolsMax = 200;
const symbolsTold = 50;
/** The packer counts line numbers, which this form does not have: there is room for more. */
const room = 1.25;

/** Reads to the end of standard input. A line that is no task is told on standard error, and the others are answered; then 2, else 0. */
export async function selectBatch(): Promise<number> {
  const { signal } = new AbortController();
  const extractor = createExtractor({ grammars: join(dirname(import.meta.filename), 'grammars') });
  const rank = createRanker();
  /** What checkouts of one repository have in common. */
  const shared = new Map<string, { readonly facts: FactsCache; readonly history: HistoryCache }>();
  let current: { readonly folder: string; readonly engine: Engine } | null = null;
  let code = 0;

  const engineFor = async ({ repo, checkout }: Task): Promise<Engine> => {
    const folder = resolve(checkout);
    if (current?.folder === folder) return current.engine;
    await current?.engine.close();
    const { facts, history } = shared.get(repo) ?? { facts: createFactsCache(), history: new HistoryCache() };
    if (!shared.has(repo)) shared.clear();
    shared.set(repo, { facts, history });
    const engine = createEngine({
      folders: [folder],
      lister: codeFiles([folder]),
      isSecret,
      startExtractor: () => directExtractor(extractor),
      rank,
      history: (stop) => readHistory({ folders: [folder], cache: history, isLeftOut: isSecret }, stop),
      version: '',
      storage: null,
      cache: facts,
    });
    current = { folder, engine };
    await engine.ready(signal);
    await engine.rank(queryOf({ task: 'index', seen: null }), signal); // what is made once for an index is part of it
    return engine;
  };

  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number++;
    if (line.trim() === '') continue;
    try {
      const task = taskOf(line);
      const engine = await engineFor(task);
      const startedAtMs = performance.now();
      const ranking = await engine.rank(queryOf(task), signal);
      const packed = Object.fromEntries(task.budgets.map((budget) => [String(budget), rangesOf(ranking, budget)]));
      const ms = Math.round(performance.now() - startedAtMs);
      const seen = task.seen?.file;
      const answer = {
        id: task.id,
        files: ranking.files.map(({ path }) => path).filter((path) => path !== seen),
        symbols: ranking.symbols
          .slice(0, symbolsTold)
          .map(({ path, name, startLine, endLine }) => ({ file: path, name, startLine, endLine })),
        packed,
        ms,
      };
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    } catch (thrown) {
      code = 2;
      process.stderr.write(`line ${String(number)}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    }
  }
  // Set anew in the loop, which the compiler does not follow.
  await (current as { readonly engine: Engine } | null)?.engine.close();
  return code;
}

function queryOf({ task, seen }: Pick<Task, 'task' | 'seen'>): CodeQuery {
  return {
    texts: [{ text: task, weight: 1 }],
    seen: seen === null ? [] : [seen.file],
    edited: seen === null || seen.diff === null ? [] : [{ path: seen.file, text: changedLines(seen.diff) }],
    open: [],
    places: [],
    without: [],
    filesMax: filesMax + 1, // the one that was seen may be among them
    symbolsMax,
  };
}

/** The lines that a unified diff takes and adds. */
function changedLines(diff: string): string {
  return diff
    .split('\n')
    .filter((line) => /^[+-]/.test(line) && !/^(\+\+\+|---) /.test(line))
    .map((line) => line.slice(1))
    .join('\n');
}

function rangesOf(ranking: CodeRanking, budget: number): readonly Json[] {
  const options = { places: [], scoreShareMin: 0, signatures: false };
  return pack(ranking, budget * room, { lines: new Map(), signatures: new Set() }, options).map(
    ({ path, startLine, endLine }) => ({ file: path, startLine, endLine }),
  );
}

/** Throws `invalid_input`. */
function taskOf(line: string): Task {
  const wrong = (what: string): JourneymanError =>
    new JourneymanError(
      'invalid_input',
      `This is no task: ${what}. One JSON object a line: {"id", "checkout", "task", …}.`,
    );
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong('it is not JSON');
  }
  if (!isObject(value)) throw wrong('it is not an object');
  const { id, repo, checkout, task, budgets, seen } = value;
  if (typeof id !== 'string' || typeof checkout !== 'string' || typeof task !== 'string')
    throw wrong('id, checkout and task have to be texts');
  const file = isObject(seen) ? seen['file'] : undefined;
  const diff = isObject(seen) ? seen['diff'] : undefined;
  return {
    id,
    repo: typeof repo === 'string' ? repo : checkout,
    checkout,
    task,
    budgets: Array.isArray(budgets) ? budgets.filter((budget) => typeof budget === 'number') : [],
    seen: typeof file === 'string' ? { file, diff: typeof diff === 'string' ? diff : null } : null,
  };
}
