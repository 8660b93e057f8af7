/** All signals of a file, and of a symbol, as one number. */
import type { DefinitionId, FileId } from '../view.ts';
import type { FileSignals } from './fileSignals.ts';
import type { NearSignals } from './nearSignals.ts';
import type { Candidate, SymbolSignals, Uses } from './symbolSignals.ts';
import { pathFacts } from './place.ts';
import { aloneWeights, alongWeights, besideShare, kindWeights, seenWeights, symbolWeights } from './weights.ts';

export interface AllSignals {
  /** Scaled so that the best is 1. */
  readonly words: FileSignals;
  readonly named: ReadonlySet<FileId>;
  readonly near: NearSignals;
  /** null: nothing was seen or changed. */
  readonly seen: NearSignals | null;
  readonly changed: { readonly text: Float64Array; readonly name: Float64Array } | null;
}

export interface ScoredFile {
  readonly file: FileId;
  readonly score: number;
}
export interface ScoredSymbol {
  readonly file: FileId;
  readonly symbol: SymbolSignals;
  readonly score: number;
}

/** What a symbol has of the query in all, to compare with others: not the final word on it. */
export function mixed({ body, name, head, around }: SymbolSignals): number {
  return body + 1.2 * name + 0.4 * head + 0.5 * around;
}

export interface Best {
  readonly mixed: number;
  readonly body: number;
  readonly around: number;
}

export function bestOf(candidates: readonly Candidate[]): Best {
  const best = { mixed: tiny, body: tiny, around: tiny };
  for (const { symbols } of candidates)
    for (const symbol of symbols) {
      best.mixed = Math.max(best.mixed, mixed(symbol));
      best.body = Math.max(best.body, symbol.body);
      best.around = Math.max(best.around, symbol.around);
    }
  return best;
}
const tiny = 1e-9;

export function scoreFiles(
  paths: readonly string[],
  candidates: readonly Candidate[],
  all: AllSignals,
  best: Best,
): readonly ScoredFile[] {
  const w = all.seen === null ? aloneWeights : alongWeights;
  const s = seenWeights;
  const scored = candidates.map(({ file, symbols }): ScoredFile => {
    let body = 0;
    let spelt = 0;
    const mix: number[] = [];
    for (const symbol of symbols) {
      body = Math.max(body, symbol.body);
      if (symbol.named) spelt = 1;
      mix.push(mixed(symbol));
    }
    mix.sort((a, b) => b - a);
    const { words, near, seen, changed } = all;
    const score =
      w.text * at(words.text, file) +
      w.path * at(words.path, file) +
      w.commits * at(words.commits, file) +
      w.recent * at(words.recent, file) +
      (all.named.has(file) ? w.named : 0) +
      (w.best * (mix[0] ?? 0)) / best.mixed +
      (w.next * ((mix[1] ?? 0) + (mix[2] ?? 0))) / best.mixed +
      (w.body * body) / best.body +
      w.spelt * spelt +
      w.together * root(near.together, file) +
      w.near * root(near.near, file) +
      w.alike * at(near.alike, file) +
      w.imported * root(near.imported, file) +
      w.importing * root(near.importing, file) +
      w.used * root(near.used, file) +
      w.using * root(near.using, file) +
      (seen === null
        ? 0
        : s.together * root(seen.together, file) +
          s.near * root(seen.near, file) +
          s.alike * at(seen.alike, file) +
          s.imported * root(seen.imported, file) +
          s.used * root(seen.used, file) +
          s.using * root(seen.using, file)) +
      (changed === null ? 0 : s.changedText * at(changed.text, file) + s.changedName * at(changed.name, file));
    const isBeside = pathFacts(paths[file] ?? '').isBeside && !all.named.has(file);
    return { file, score: isBeside ? besideShare * score : score };
  });
  return scored.sort((a, b) => b.score - a.score || ((paths[a.file] ?? '') < (paths[b.file] ?? '') ? -1 : 1));
}

export function scoreSymbols(
  files: readonly ScoredFile[],
  candidates: ReadonlyMap<FileId, Candidate>,
  uses: ReadonlyMap<DefinitionId, Uses>,
  best: Best,
): readonly ScoredSymbol[] {
  const w = symbolWeights;
  // Files come in their order, symbols in that of the file: equal scores keep it, whatever the numbers are.
  const scored = files.flatMap(({ file, score: ofFile }) =>
    (candidates.get(file)?.symbols ?? []).map((symbol): ScoredSymbol => {
      const { used = 0, using = 0 } = uses.get(symbol.id) ?? {};
      return {
        file,
        symbol,
        score:
          (w.body * symbol.body) / best.body +
          (w.around * symbol.around) / best.around +
          (symbol.named ? w.spelt : 0) +
          (w.mixed * mixed(symbol)) / best.mixed +
          w.file * ofFile +
          w.size * Math.log(1 + symbol.tokens / 50) +
          (symbol.definition.local ? w.local : 0) +
          w.used * used +
          w.using * using +
          kindWeights[symbol.definition.kind],
      };
    }),
  );
  return scored.sort((a, b) => b.score - a.score);
}

function at(list: ArrayLike<number>, file: FileId): number {
  return list[file] ?? 0;
}

/** Shares of seeds: a little of it is already much. */
function root(list: Float64Array, file: FileId): number {
  return Math.sqrt(list[file] ?? 0);
}
