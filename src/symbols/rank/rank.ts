/** The files and symbols that a query is most likely about, best first, with reasons. Pure: the same files, past and query, the same answer. */
import { containerKinds } from '../../core/symbols.ts';
import type { CodeQuery, CodeRanking, RankedSymbol } from '../../core/symbols.ts';
import { describe } from '../describe.ts';
import type { DefinitionId, FileId, History, ReadText, StoreView } from '../view.ts';
import { allFiles, fileSignals, namedFiles } from './fileSignals.ts';
import type { AllFiles, FileSignals, Ground } from './fileSignals.ts';
import { focusOf } from './focus.ts';
import { nearSignals, seedsOf, type Seeds } from './nearSignals.ts';
import { wantedBy } from './query.ts';
import { fileReasoner, symbolReasons } from './reasons.ts';
import { bestOf, mixed, scoreFiles, scoreSymbols } from './scores.ts';
import type { AllSignals, Best, ScoredFile, ScoredSymbol } from './scores.ts';
import { symbolSignals, usesAmong, type Candidate, type Uses } from './symbolSignals.ts';
import { TokenCache } from './tokens.ts';

export type Ranker = (view: StoreView, history: History, readText: ReadText, query: CodeQuery) => CodeRanking;

/** Files whose text is looked at: the best of all signals together, and the best of each. */
const candidatesMax = 70;
const candidatesOfEach = 10;
/** What the words alone find, to look around from. */
const seedsMax = 5;
/** Files whose symbols are ranked. */
const symbolFilesMax = 60;
/** Of what was changed: enough to know the names in it by. */
const changedChars = 4000;

/** Remembers the texts it looked at last. */
export function createRanker(): Ranker {
  const cache = new TokenCache();
  return (view, history, readText, query) => answer(look(cache, view, history, readText, query), readText, query);
}

/** All that was found and speaks for something, before it is weighed. */
export interface Look {
  readonly ground: Ground;
  readonly all: AllSignals;
  readonly pointedAt: ReadonlySet<FileId>;
  /** What was seen and changed; else what the words alone found. */
  readonly seeds: Seeds;
  readonly candidates: readonly Candidate[];
  readonly best: Best;
  readonly files: readonly ScoredFile[];
  /** Of the symbols of the best files. */
  readonly uses: ReadonlyMap<DefinitionId, Uses>;
  readonly weightOf: (token: number) => number;
}

export function look(cache: TokenCache, view: StoreView, history: History, readText: ReadText, query: CodeQuery): Look {
  cache.begin();
  const wanted = wantedBy(query);
  const land = allFiles(view);
  const { ground, signals } = fileSignals(land, history, wanted);
  const { paths } = ground;
  const pointedAt = filesAt(view, query);
  const named = new Set([...namedFiles(land, wanted), ...pointedAt]);
  const without = new Set(query.without.flatMap(({ path, symbol }) => (symbol === null ? [path] : [])));
  const files: FileId[] = [];
  for (const [file, path] of paths.entries())
    if (path !== '' && (ground.aside[file] === 0 || named.has(file)) && !without.has(path)) files.push(file);
  const words = scaled(signals, files);
  const first = firstLook(words, named, files);
  const own = seedsFrom(first, files);
  const given = seedsOf(view, query);
  const near = nearSignals(ground, own);
  const seen = given.size === 0 ? null : nearSignals(ground, given);
  const all: AllSignals = { words, named, near, seen, changed: changedSignals(land, query, files) };

  const chosen = new Set(bestBy(first, files, candidatesMax));
  for (const one of [words.text, words.path, words.name, words.commits, ...lookedAround(all)])
    for (const file of bestBy(one, files, candidatesOfEach)) chosen.add(file);
  const { candidates, weightOf } = symbolSignals(ground, [...chosen], cache, readText);
  const best = bestOf(candidates);
  const ranked = scoreFiles(paths, candidates, all, best);
  const inBest = new Set(ranked.slice(0, symbolFilesMax).map(({ file }) => file));
  const users = candidates.filter(({ file }) => inBest.has(file));
  const uses = usesAmong(ground, users, cache, (symbol) => mixed(symbol) / best.mixed);
  const seeds = given.size === 0 ? own : given;
  return { ground, all, pointedAt, seeds, candidates, best, files: ranked, uses, weightOf };
}

function answer(found: Look, readText: ReadText, query: CodeQuery): CodeRanking {
  const { ground, candidates, files, uses, weightOf } = found;
  const { view, paths } = ground;
  const byFile = new Map(candidates.map((candidate) => [candidate.file, candidate]));
  const dropped = new Set(query.without.map(({ path, symbol }) => `${path}\n${symbol ?? ''}`));
  const reasonsOf = fileReasoner(found);
  const texts = new Map<string, string | null>();
  const symbols: RankedSymbol[] = [];
  for (const scored of scoreSymbols(files.slice(0, symbolFilesMax), byFile, uses, found.best)) {
    if (symbols.length >= query.symbolsMax) break;
    const qualified = qualifiedName(view, scored.symbol.id);
    const path = paths[scored.file] ?? '';
    if (dropped.has(`${path}\n${qualified}`)) continue;
    if (!texts.has(path)) texts.set(path, readText(path));
    const text = texts.get(path) ?? null;
    if (text !== null) symbols.push(rankedSymbol(scored, path, qualified, text));
  }
  return {
    files: files
      .slice(0, query.filesMax)
      .map(({ file, score }) => ({ path: paths[file] ?? '', score, why: reasonsOf(file) })),
    symbols,
    complete: true,
  };

  function rankedSymbol(scored: ScoredSymbol, path: string, qualified: string, text: string): RankedSymbol {
    const { definition } = scored.symbol;
    const { tokens } = byFile.get(scored.file) ?? {};
    const from = tokens?.lines[definition.startLine] ?? definition.start;
    const to = tokens?.lines[definition.endLine + 1] ?? text.length;
    const { signature, doc } = describe(text, definition, view.language(scored.file));
    return {
      path,
      startLine: definition.startLine + 1,
      endLine: definition.endLine + 1,
      name: view.word(definition.name),
      kind: definition.kind,
      qualified,
      nameLine: definition.nameLine + 1,
      nameColumn: definition.nameStart - (tokens?.lines[definition.nameLine] ?? definition.nameStart),
      signature,
      doc,
      score: scored.score,
      why: symbolReasons(found, scored, uses, reasonsOf),
      chars: to - from,
      focus: tokens && !containerKinds.has(definition.kind) ? focusOf(tokens, definition, weightOf) : [],
      version: view.version(scored.file),
    };
  }
}

/** `Parser.parse`: at most eight names. */
export function qualifiedName(view: StoreView, id: DefinitionId): string {
  const names: string[] = [];
  for (let one = id; one >= 0 && names.length < 8;) {
    const { name, parent } = view.definition(one);
    names.unshift(view.word(name));
    one = parent;
  }
  return names.join('.');
}

function filesAt(view: StoreView, { places }: CodeQuery): ReadonlySet<FileId> {
  return new Set(places.flatMap(({ path }) => view.fileOf(path) ?? []));
}

/** Good enough to choose whose text is worth reading. */
function firstLook(words: FileSignals, named: ReadonlySet<FileId>, files: readonly FileId[]): Float64Array {
  const first = new Float64Array(words.text.length);
  for (const file of files) {
    const said = at(words.text, file) + 0.6 * at(words.path, file) + 0.8 * at(words.name, file);
    first[file] = said + at(words.commits, file) + 0.25 * at(words.recent, file) + (named.has(file) ? 1 : 0);
  }
  return first;
}

function seedsFrom(first: Float64Array, files: readonly FileId[]): Seeds {
  const seeds = bestBy(first, files, seedsMax);
  const top = at(first, seeds[0] ?? 0);
  return new Map(seeds.map((file) => [file, (at(first, file) / top) ** 2]));
}

function lookedAround({ near, seen, changed }: AllSignals): readonly Float64Array[] {
  return [
    ...[near.together, near.used, near.using],
    ...(seen ? [seen.together, seen.near, seen.alike, seen.imported, seen.importing, seen.used, seen.using] : []),
    ...(changed ? [changed.text, changed.name] : []),
  ];
}

/** The words of what was changed, as a query of their own. */
function changedSignals(land: AllFiles, { edited }: CodeQuery, files: readonly FileId[]): AllSignals['changed'] {
  const text = edited
    .map((one) => one.text)
    .join(' ')
    .slice(0, changedChars)
    .replaceAll('\n', ' ');
  if (text.trim() === '') return null;
  const wanted = wantedBy({ ...noQuery, texts: [{ text, weight: 1 }] });
  const { signals } = fileSignals(land, noHistory, wanted);
  const { text: byText, name } = scaled(signals, files);
  return { text: byText, name };
}

const noHistory: History = { commits: [] };
const noQuery: CodeQuery = {
  texts: [],
  seen: [],
  edited: [],
  open: [],
  places: [],
  without: [],
  filesMax: 0,
  symbolsMax: 0,
};

function scaled(signals: FileSignals, files: readonly FileId[]): FileSignals {
  const scale = (list: Float64Array): Float64Array => {
    let most = 1e-9;
    for (const file of files) most = Math.max(most, at(list, file));
    return list.map((one) => one / most);
  };
  return {
    text: scale(signals.text),
    path: scale(signals.path),
    name: scale(signals.name),
    commits: scale(signals.commits),
    recent: scale(signals.recent),
  };
}

/** Those above 0, by the most, then by the lower number. */
function bestBy(list: Float64Array, files: readonly FileId[], max: number): readonly FileId[] {
  const found: FileId[] = [];
  for (const file of files) {
    const value = at(list, file);
    if (value <= 0 || (found.length === max && value <= at(list, found[max - 1] ?? 0))) continue;
    let place = found.length;
    while (place > 0 && at(list, found[place - 1] ?? 0) < value) place--;
    found.splice(place, 0, file);
    if (found.length > max) found.pop();
  }
  return found;
}

function at(list: ArrayLike<number>, file: FileId): number {
  return list[file] ?? 0;
}
