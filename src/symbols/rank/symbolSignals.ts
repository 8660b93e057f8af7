/** What speaks for each symbol of the files that came out best: its words, its name, its head, and what it uses. */
import type { DefinitionId, FileId, ReadText, StoredDefinition } from '../view.ts';
import { bm25, idfOf, type Ground } from './fileSignals.ts';
import { firstAt, type TokenCache, type Tokens } from './tokens.ts';

export interface SymbolSignals {
  readonly id: DefinitionId;
  readonly definition: StoredDefinition;
  /** BM25 of its words, its comment included. */
  readonly body: number;
  readonly name: number;
  /** Words of the query in its head. */
  readonly head: number;
  /** What the name around it has of the query. */
  readonly around: number;
  /** The query spells its name. */
  readonly named: boolean;
  readonly tokens: number;
  readonly lines: number;
  /** Terms of the query that stand in it. */
  readonly terms: readonly string[];
}

export interface Candidate {
  readonly file: FileId;
  readonly tokens: Tokens;
  readonly symbols: readonly SymbolSignals[];
}

/** Those of the files whose text is still there, and what a word of theirs says of the query. */
export function symbolSignals(
  ground: Ground,
  files: readonly FileId[],
  cache: TokenCache,
  readText: ReadText,
): { readonly candidates: readonly Candidate[]; readonly weightOf: (token: number) => number } {
  const { view, wanted, idf } = ground;
  const texts = files.flatMap((file) => {
    const path = ground.paths[file] ?? '';
    const tokens = cache.of(`${path}\n${view.version(file)}`, () => readText(path));
    return tokens === null ? [] : [{ file, tokens }];
  });
  const terms = [...wanted.terms.keys()];
  const termsOf = termsByToken(ground, terms, cache);
  const having = new Uint32Array(terms.length);
  const times = new Uint32Array(terms.length);
  let count = 0;
  let sum = 0;
  const counted = texts.map(({ file, tokens }) => {
    const places = placesOf(tokens, termsOf.isHit);
    const ids = view.definitionsOf(file);
    const symbols: Counted[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0;
      const definition = view.definition(id);
      const one = { id, definition, ...wordsOfSymbol(tokens, places, definition, termsOf.of, times) };
      for (const { term } of one.found) having[term] = (having[term] ?? 0) + 1;
      count++;
      sum += one.tokens;
      symbols.push(one);
    }
    return { file, tokens, symbols };
  });
  const average = Math.max(1, sum / Math.max(1, count));
  const weights = terms.map((term, at) => {
    const rare = (idfOf(Math.max(count, 1), having[at] ?? 0) + (idf.get(term) ?? 0)) / 2;
    return (wanted.terms.get(term) ?? 0) * rare;
  });
  return {
    candidates: counted.map(({ file, tokens, symbols }) => ({
      file,
      tokens,
      symbols: symbols.map((symbol) => signalsOf(ground, symbol, terms, weights, average)),
    })),
    weightOf: (token) =>
      termsOf.isHit[token] === 1 ? termsOf.of(token).reduce((sum, term) => sum + (weights[term] ?? 0), 0) : 0,
  };
}

interface Found {
  /** Place among the terms of the query. */
  readonly term: number;
  readonly times: number;
  readonly inHead: boolean;
}
interface Counted {
  readonly id: DefinitionId;
  readonly definition: StoredDefinition;
  readonly found: readonly Found[];
  readonly tokens: number;
}

function signalsOf(
  { names, view, wanted }: Ground,
  { id, definition, found, tokens }: Counted,
  terms: readonly string[],
  weights: readonly number[],
  average: number,
): SymbolSignals {
  let body = 0;
  let head = 0;
  for (const { term, times, inHead } of found) {
    const weight = weights[term] ?? 0;
    body += weight * bm25(times, tokens, average);
    if (inHead) head += weight;
  }
  return {
    id,
    definition,
    body,
    head,
    name: names[id] ?? 0,
    around: definition.parent < 0 ? 0 : (names[definition.parent] ?? 0),
    named: wanted.names.size > 0 && wanted.names.has(view.word(definition.name)),
    tokens,
    lines: definition.endLine - definition.startLine + 1,
    terms: found.map(({ term }) => terms[term] ?? ''),
  };
}

/** Terms of the query by the word that has them. */
function termsByToken({ view }: Ground, terms: readonly string[], cache: TokenCache) {
  const byToken = new Map<number, number[]>();
  const isHit = new Uint8Array(cache.count);
  for (const [at, term] of terms.entries()) {
    const ids = view.wordsWith(term);
    for (let i = 0; i < ids.length; i++) {
      const token = cache.tokenId(view.word(ids[i] ?? 0));
      if (token < 0) continue;
      isHit[token] = 1;
      const list = byToken.get(token);
      if (list) list.push(at);
      else byToken.set(token, [at]);
    }
  }
  return { isHit, of: (token: number): readonly number[] => byToken.get(token) ?? [] };
}

/** Where words stand that are marked. */
function placesOf({ ids }: Tokens, isMarked: Uint8Array): Uint32Array {
  const places: number[] = [];
  for (let i = 0; i < ids.length; i++) if (isMarked[ids[i] ?? 0] === 1) places.push(i);
  return new Uint32Array(places);
}

/** What a symbol has of the query, the comment above it included. `times`: by term, all zero before and after. */
function wordsOfSymbol(
  tokens: Tokens,
  places: Uint32Array,
  definition: StoredDefinition,
  termsOf: (token: number) => readonly number[],
  times: Uint32Array,
): { readonly found: readonly Found[]; readonly tokens: number } {
  const { ids, offsets } = tokens;
  const from = firstAt(offsets, commentStart(tokens, definition));
  const to = firstAt(offsets, definition.end);
  const head = firstAt(offsets, definition.head);
  const terms: number[] = [];
  let inHead = 0;
  for (let at = firstAt(places, from); at < places.length; at++) {
    const place = places[at] ?? 0;
    if (place >= to) break;
    for (const term of termsOf(ids[place] ?? 0)) {
      if (times[term] === 0) terms.push(term);
      times[term] = (times[term] ?? 0) + 1;
    }
    if (place < head) inHead = terms.length; // what comes first stands in the head
  }
  const found = terms.map((term, at) => ({ term, times: times[term] ?? 0, inHead: at < inHead }));
  for (const term of terms) times[term] = 0;
  return { found, tokens: to - from };
}
/** Where the comment right above it begins. */
function commentStart({ lines, comments }: Tokens, { start, startLine }: StoredDefinition): number {
  let line = startLine;
  while (line > 0 && comments[line - 1] === 1) line--;
  return line === startLine ? start : (lines[line] ?? start);
}

/** How many of the best symbols are looked at for what they use, and what uses them. */
const usersMax = 30;
const usedMax = 6;

export interface Uses {
  /** The best symbols use it. */
  readonly used: number;
  /** It uses some of the best. */
  readonly using: number;
  /** Names of these. */
  readonly by: readonly string[];
  readonly of: readonly string[];
}

/** For each symbol of the candidates, in their order, what it has to do with the best of them by `score`. */
export function usesAmong(
  { view }: Ground,
  candidates: readonly Candidate[],
  cache: TokenCache,
  score: (symbol: SymbolSignals) => number,
): ReadonlyMap<DefinitionId, Uses> {
  const best = candidates
    .flatMap(({ tokens, symbols }) => symbols.map((symbol) => ({ tokens, symbol, score: score(symbol) })))
    .filter(({ symbol }) => symbol.lines <= 400)
    .sort((a, b) => b.score - a.score || a.symbol.id - b.symbol.id)
    .slice(0, usersMax);
  const usedBy = new Float64Array(cache.count);
  const users = new Map<number, string[]>();
  const names = new Float64Array(cache.count);
  const isNamed = new Uint8Array(cache.count);
  for (const { tokens, symbol, score: weight } of best) {
    const { name, start, end } = symbol.definition;
    const own = cache.tokenId(view.word(name));
    if (own >= 0 && view.definitionsNamed(name).length <= usedMax) {
      names[own] = Math.max(names[own] ?? 0, weight);
      isNamed[own] = 1;
    }
    const seen = new Set<number>();
    for (let at = firstAt(tokens.offsets, start); (tokens.offsets[at] ?? Infinity) < end; at++)
      seen.add(tokens.ids[at] ?? 0);
    for (const token of seen) {
      if (token === own) continue;
      usedBy[token] = Math.max(usedBy[token] ?? 0, weight);
      const list = users.get(token);
      if (list) list.push(view.word(name));
      else users.set(token, [view.word(name)]);
    }
  }
  const uses = new Map<DefinitionId, Uses>();
  for (const { tokens, symbols } of candidates) {
    const named = placesOf(tokens, isNamed);
    for (const { id, definition } of symbols) {
      const own = cache.tokenId(view.word(definition.name));
      const maybe = usedBy[own] ?? 0;
      const used = maybe > 0 && view.definitionsNamed(definition.name).length <= usedMax ? maybe : 0;
      let using = 0;
      const of: number[] = [];
      const to = firstAt(tokens.offsets, definition.end);
      for (let at = firstAt(named, firstAt(tokens.offsets, definition.start)); at < named.length; at++) {
        const place = named[at] ?? 0;
        if (place >= to) break;
        const token = tokens.ids[place] ?? 0;
        if (token === own) continue;
        using = Math.max(using, names[token] ?? 0);
        if (!of.includes(token)) of.push(token);
      }
      if (used > 0 || using > 0)
        uses.set(id, {
          used,
          using,
          by: used > 0 ? [...new Set(users.get(own))] : [],
          of: of.map((token) => cache.word(token)),
        });
    }
  }
  return uses;
}
