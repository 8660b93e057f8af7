/**
 * How far the weights of ranking carry: fitted on all repositories of the data but one, and asked of that one. Prints the table, and the
 * weights fitted on all (`src/symbols/rank/weights.ts`).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openCheckouts } from '../../src/cli/checkouts.ts';
import { queryOf, taskOf } from '../../src/cli/selectTask.ts';
import type { CodeRanking } from '../../src/core/symbols.ts';
import { pathFacts } from '../../src/symbols/rank/place.ts';
import { look, type Look } from '../../src/symbols/rank/rank.ts';
import { fileFeatures, symbolFeatures } from '../../src/symbols/rank/scores.ts';
import { TokenCache } from '../../src/symbols/rank/tokens.ts';
import { besideShare, kindWeights } from '../../src/symbols/rank/weights.ts';
import { fitted, scoresOf, type Choice } from './fit.ts';

interface Answer {
  readonly id: string;
  readonly repo: string;
  readonly files: readonly { readonly file: string }[];
  readonly symbols: readonly Place[];
}
interface Place {
  readonly file: string;
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
}
interface Case {
  readonly repo: string;
  readonly kind: string;
  readonly answer: Answer;
  readonly wanted: ReadonlySet<string>;
  readonly paths: readonly string[];
  readonly files: Choice;
  /** What each file's score is worth in the end. */
  readonly shares: readonly number[];
  /** Of the best files; without `file`, which the model of the files gives. */
  readonly symbols: readonly (Place & { readonly features: readonly number[]; readonly at: number })[];
}

const kinds = Object.keys(kindWeights);
const nothing: CodeRanking = { files: [], symbols: [], complete: true };

export async function fitWeights(data: string, tasks: string, folder: string): Promise<unknown> {
  const answers = new Map(answersIn(data).map((one) => [one.id, one]));
  const cases: Case[] = [];
  const looks: Look[] = [];
  const cache = new TokenCache();
  const checkouts = openCheckouts(resolve('dist/grammars'), (...asked) => {
    looks.push(look(cache, ...asked));
    return nothing;
  });
  for (const line of readFileSync(tasks, 'utf8').split('\n')) {
    if (line === '') continue;
    const task = taskOf(line);
    const { kind } = JSON.parse(line) as { readonly kind: string };
    const answer = answers.get(task.id.replace(/~.*/, ''));
    if (!answer) continue;
    const engine = await checkouts.engine(task.repo, resolve(folder, task.checkout));
    await engine.rank(queryOf(task), new AbortController().signal);
    const last = looks.splice(0).at(-1);
    if (last) cases.push(caseOf(last, answer, kind, task.seen?.file ?? null));
  }
  await checkouts.close();
  return table(cases);
}

function caseOf(found: Look, answer: Answer, kind: string, seen: string | null): Case {
  const { ground, all, best, candidates, files, uses } = found;
  const kept = candidates.filter(({ file }) => ground.paths[file] !== seen);
  const paths = kept.map(({ file }) => ground.paths[file] ?? '');
  const rows = kept.map((candidate) => {
    const { own, seen: near } = fileFeatures(candidate, all, best);
    return {
      ...own,
      ...Object.fromEntries(Object.entries(near ?? {}).map(([name, value]) => [`seen.${name}`, value])),
    };
  });
  const wanted = new Set(answer.files.flatMap(({ file }) => (file === seen ? [] : [file])));
  const inBest = new Set(files.slice(0, 60).map(({ file }) => file));
  const symbols = kept.flatMap(({ file, symbols: own }, at) =>
    kind !== 'select' || !inBest.has(file)
      ? []
      : own.map((symbol) => {
          const { name, kind: of, startLine, endLine } = symbol.definition;
          const features = symbolFeatures(symbol, 0, uses.get(symbol.id) ?? { used: 0, using: 0 }, best);
          const byKind = kinds.map((one) => (one === of ? 1 : 0));
          const place = {
            file: paths[at] ?? '',
            name: ground.view.word(name),
            startLine: startLine + 1,
            endLine: endLine + 1,
          };
          return { ...place, at, features: [...Object.values(features), ...byKind] };
        }),
  );
  const share = (path: string, at: number): number =>
    pathFacts(path).isBeside && rows[at]?.named !== 1 ? besideShare : 1;
  return {
    repo: answer.repo,
    kind,
    answer,
    wanted,
    paths,
    files: {
      names: Object.keys(rows[0] ?? {}),
      rows: rows.map((row) => Object.values(row)),
      right: rightOf(paths, wanted),
    },
    shares: paths.map(share),
    symbols,
  };
}

function rightOf(paths: readonly string[], wanted: ReadonlySet<string>): readonly number[] {
  return paths.flatMap((path, at) => (wanted.has(path) ? [at] : []));
}

function table(cases: readonly Case[]): unknown {
  const repos = [...new Set(cases.map(({ repo }) => repo))];
  const found: Record<string, unknown> = {};
  for (const kind of [...new Set(cases.map((one) => one.kind))]) {
    const own = cases.filter((one) => one.kind === kind);
    const all = fitted(own.map(({ files }) => files));
    const rows = repos.map((repo) => {
      const model = fitted(own.flatMap((one) => (one.repo === repo ? [] : [one.files])));
      const held = own.filter((one) => one.repo === repo);
      const symbols = kind === 'select' ? symbolsFound(own, held, model) : null;
      return { repo, tasks: held.length, at5: filesFound(held, model, 5), at10: filesFound(held, model, 10), symbols };
    });
    const names = own.find(({ files }) => files.rows.length > 0)?.files.names ?? [];
    found[kind] = { held: rows, weights: Object.fromEntries(names.map((name, at) => [name, round(all[at] ?? 0)])) };
    console.log(`\n${kind}, asked of the repository that the weights were not fitted on (percent)`);
    for (const { repo, tasks, at5, at10, symbols } of [...rows, sumOf(rows)])
      console.log(
        `  ${repo.padEnd(28)} ${String(tasks).padStart(4)} tasks   file R@5 ${at5.toFixed(1)}   R@10 ${at10.toFixed(1)}${symbols === null ? '' : `   symbol R@20 ${symbols.toFixed(1)}`}`,
      );
  }
  return found;
}

type Row = { readonly repo: string; readonly tasks: number; readonly at5: number; readonly at10: number; readonly symbols: number | null }; // prettier-ignore

function sumOf(rows: readonly Row[]): Row {
  const tasks = rows.reduce((sum, row) => sum + row.tasks, 0);
  const mean = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row) * row.tasks, 0) / tasks;
  const symbols = rows.some((row) => row.symbols === null) ? null : mean((row) => row.symbols ?? 0);
  return { repo: 'all', tasks, at5: mean((row) => row.at5), at10: mean((row) => row.at10), symbols };
}

function filesFound(cases: readonly Case[], model: Float64Array, max: number): number {
  return meanOf(cases, (one) => {
    const top = bestOf(fileScores(one, model), max).map((at) => one.paths[at] ?? '');
    return top.filter((path) => one.wanted.has(path)).length / one.wanted.size;
  });
}

function symbolsFound(all: readonly Case[], held: readonly Case[], model: Float64Array): number {
  const choiceOf = (one: Case): Choice => {
    const files = fileScores(one, model);
    const isRight = (symbol: Place): boolean => one.answer.symbols.some((right) => isSame(right, symbol));
    return {
      names: [],
      rows: one.symbols.map(({ features, at }) => [...features, files[at] ?? 0]), // the score of its file last, where 0 stood for it
      right: one.symbols.flatMap((symbol, at) => (isRight(symbol) ? [at] : [])),
    };
  };
  const weights = fitted(all.flatMap((one) => (held.includes(one) ? [] : [choiceOf(one)])));
  return meanOf(held, (one) => {
    const top = bestOf(scoresOf(choiceOf(one), weights), 20).flatMap((at) => one.symbols[at] ?? []);
    const { symbols } = one.answer;
    return symbols.filter((right) => top.some((symbol) => isSame(right, symbol))).length / symbols.length;
  });
}

function fileScores({ files, shares }: Case, model: Float64Array): readonly number[] {
  return scoresOf(files, model).map((score, at) => score * (shares[at] ?? 1));
}

/** As the scorer takes it: the same place and name, or half of the same lines. */
function isSame(right: Place, one: Place): boolean {
  if (right.file !== one.file) return false;
  const common = Math.min(right.endLine, one.endLine) - Math.max(right.startLine, one.startLine) + 1;
  const whole = Math.max(right.endLine, one.endLine) - Math.min(right.startLine, one.startLine) + 1;
  const isNamed = right.name.slice(right.name.lastIndexOf('.') + 1) === one.name;
  return common > 0 && (isNamed || common / whole >= 0.5);
}

function bestOf(scores: readonly number[], max: number): readonly number[] {
  return [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, max);
}

function meanOf(cases: readonly Case[], of: (one: Case) => number): number {
  return (100 * cases.reduce((sum, one) => sum + of(one), 0)) / Math.max(1, cases.length);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function answersIn(file: string): readonly Answer[] {
  return readFileSync(file, 'utf8').split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Answer])); // prettier-ignore
}
