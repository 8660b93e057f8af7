/** All signals of a file, and of a symbol, as one number. */
import type { DefinitionId, FileId } from '../view.ts';
import type { FileSignals } from './fileSignals.ts';
import type { NearSignals } from './nearSignals.ts';
import type { Candidate, SymbolSignals, Uses } from './symbolSignals.ts';
import { pathFacts } from './place.ts';
import { aloneWeights, alongWeights, besideShare, kindWeights, seenWeights, symbolWeights } from './weights.ts';
import type { FileWeights } from './weights.ts';

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

/** What speaks for a file, by the names of the weights. */
export interface FileFeatures {
  readonly own: Readonly<Record<keyof FileWeights, number>>;
  /** Because of what was seen and changed; null: nothing was. */
  readonly seen: Readonly<Record<keyof typeof seenWeights, number>> | null;
}

export function fileFeatures({ file, symbols }: Candidate, all: AllSignals, best: Best): FileFeatures {
  const { words, named, near, seen, changed } = all;
  let body = 0;
  let spelt = 0;
  const mix: number[] = [];
  for (const symbol of symbols) {
    body = Math.max(body, symbol.body);
    if (symbol.named) spelt = 1;
    mix.push(mixed(symbol));
  }
  mix.sort((a, b) => b - a);
  return {
    own: {
      text: at(words.text, file),
      path: at(words.path, file),
      commits: at(words.commits, file),
      recent: at(words.recent, file),
      named: named.has(file) ? 1 : 0,
      spelt,
      best: (mix[0] ?? 0) / best.mixed,
      next: ((mix[1] ?? 0) + (mix[2] ?? 0)) / best.mixed,
      body: body / best.body,
      together: root(near.together, file),
      near: root(near.near, file),
      alike: at(near.alike, file),
      imported: root(near.imported, file),
      importing: root(near.importing, file),
      used: root(near.used, file),
      using: root(near.using, file),
    },
    seen: seen && {
      together: root(seen.together, file),
      near: root(seen.near, file),
      alike: at(seen.alike, file),
      imported: root(seen.imported, file),
      used: root(seen.used, file),
      using: root(seen.using, file),
      changedText: changed === null ? 0 : at(changed.text, file),
      changedName: changed === null ? 0 : at(changed.name, file),
    },
  };
}

export function scoreFiles(
  paths: readonly string[],
  candidates: readonly Candidate[],
  all: AllSignals,
  best: Best,
): readonly ScoredFile[] {
  const scored = candidates.map((candidate): ScoredFile => {
    const { file } = candidate;
    const { own, seen } = fileFeatures(candidate, all, best);
    const score = seen === null ? weighed(own, aloneWeights) : weighed(own, alongWeights) + weighed(seen, seenWeights);
    const isBeside = pathFacts(paths[file] ?? '').isBeside && !all.named.has(file);
    return { file, score: isBeside ? besideShare * score : score };
  });
  return scored.sort((a, b) => b.score - a.score || ((paths[a.file] ?? '') < (paths[b.file] ?? '') ? -1 : 1));
}

/** What speaks for a symbol in a file of that score, its kind aside. */
export function symbolFeatures(
  symbol: SymbolSignals,
  fileScore: number,
  { used, using }: Pick<Uses, 'used' | 'using'>,
  best: Best,
): Readonly<Record<keyof typeof symbolWeights, number>> {
  return {
    body: symbol.body / best.body,
    around: symbol.around / best.around,
    spelt: symbol.named ? 1 : 0,
    mixed: mixed(symbol) / best.mixed,
    file: fileScore,
    size: Math.log(1 + symbol.tokens / 50),
    local: symbol.definition.local ? 1 : 0,
    used,
    using,
  };
}

export function scoreSymbols(
  files: readonly ScoredFile[],
  candidates: ReadonlyMap<FileId, Candidate>,
  uses: ReadonlyMap<DefinitionId, Uses>,
  best: Best,
): readonly ScoredSymbol[] {
  // Files come in their order, symbols in that of the file: equal scores keep it, whatever the numbers are.
  const scored = files.flatMap(({ file, score: ofFile }) =>
    (candidates.get(file)?.symbols ?? []).map((symbol): ScoredSymbol => {
      const features = symbolFeatures(symbol, ofFile, uses.get(symbol.id) ?? noUses, best);
      return { file, symbol, score: weighed(features, symbolWeights) + kindWeights[symbol.definition.kind] };
    }),
  );
  return scored.sort((a, b) => b.score - a.score);
}
const noUses = { used: 0, using: 0 };

export function weighed<K extends string>(
  features: Readonly<Record<K, number>>,
  weights: Readonly<Record<NoInfer<K>, number>>,
): number {
  let sum = 0;
  for (const name in features) sum += features[name] * weights[name];
  return sum;
}

function at(list: ArrayLike<number>, file: FileId): number {
  return list[file] ?? 0;
}

/** Shares of seeds: a little of it is already much. */
function root(list: Float64Array, file: FileId): number {
  return Math.sqrt(list[file] ?? 0);
}
