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

/** null: its text is gone. */
export function symbolSignals(
  ground: Ground,
  files: readonly FileId[],
  cache: TokenCache,
  readText: ReadText,
): readonly Candidate[] {
  const { view, wanted, idf, names } = ground;
  const texts = files.flatMap((file) => {
    const path = view.path(file);
    const tokens = cache.of(`${path}\n${view.version(file)}`, () => readText(path));
    return tokens === null ? [] : [{ file, tokens }];
  });
  const terms = [...wanted.terms];
  const termsOfToken = new Map<number, number[]>();
  for (const [at, [term]] of terms.entries()) {
    const ids = view.wordsWith(term);
    for (let i = 0; i < ids.length; i++) {
      const token = cache.tokenId(view.word(ids[i] ?? 0));
      if (token === undefined) continue;
      const list = termsOfToken.get(token);
      if (list) list.push(at);
      else termsOfToken.set(token, [at]);
    }
  }
  const hit = new Uint8Array(cache.count);
  for (const token of termsOfToken.keys()) hit[token] = 1;

  const raw: { readonly file: FileId; readonly tokens: Tokens; readonly symbols: readonly Raw[] }[] = [];
  const having = new Float64Array(terms.length);
  let count = 0;
  let sum = 0;
  for (const { file, tokens } of texts) {
    const hits: number[] = [];
    for (let i = 0; i < tokens.ids.length; i++) if (hit[tokens.ids[i] ?? 0] === 1) hits.push(i);
    const places = Uint32Array.from(hits);
    const ids = view.definitionsOf(file);
    const symbols: Raw[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0;
      const definition = view.definition(id);
      const from = firstAt(tokens.offsets, commentStart(tokens, definition));
      const to = firstAt(tokens.offsets, definition.end);
      const head = firstAt(tokens.offsets, definition.head);
      const times = new Float64Array(terms.length);
      const heads = new Uint8Array(terms.length);
      for (let at = firstAt(places, from); at < places.length; at++) {
        const place = places[at] ?? 0;
        if (place >= to) break;
        for (const term of termsOfToken.get(tokens.ids[place] ?? 0) ?? []) {
          times[term] = (times[term] ?? 0) + 1;
          if (place < head) heads[term] = 1;
        }
      }
      for (let term = 0; term < times.length; term++)
        if ((times[term] ?? 0) > 0) having[term] = (having[term] ?? 0) + 1;
      count++;
      sum += to - from;
      symbols.push({ id, definition, times, heads, tokens: to - from });
    }
    raw.push({ file, tokens, symbols });
  }
  const average = Math.max(1, sum / Math.max(1, count));
  const rare = terms.map((_, at) => idfOf(Math.max(count, 1), having[at] ?? 0));
  return raw.map(({ file, tokens, symbols }) => ({
    file,
    tokens,
    symbols: symbols.map(({ id, definition, times, heads, tokens: length }): SymbolSignals => {
      let body = 0;
      let head = 0;
      const found: string[] = [];
      for (const [at, [term, weight]] of terms.entries()) {
        const n = times[at] ?? 0;
        if (n === 0) continue;
        found.push(term);
        const weighed = (weight * ((rare[at] ?? 0) + (idf.get(term) ?? 0))) / 2;
        body += weighed * bm25(n, length, average);
        if (heads[at] === 1) head += weighed;
      }
      return {
        id,
        definition,
        body,
        head,
        name: names[id] ?? 0,
        around: definition.parent < 0 ? 0 : (names[definition.parent] ?? 0),
        named: wanted.names.has(view.word(definition.name)),
        tokens: length,
        lines: definition.endLine - definition.startLine + 1,
        terms: found,
      };
    }),
  }));
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
  for (const { tokens, symbol, score: weight } of best) {
    const { name, start, end } = symbol.definition;
    const own = cache.tokenId(view.word(name));
    if (own !== undefined && view.definitionsNamed(name).length <= usedMax)
      names[own] = Math.max(names[own] ?? 0, weight);
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
    const places: number[] = [];
    for (let i = 0; i < tokens.ids.length; i++) if ((names[tokens.ids[i] ?? 0] ?? 0) > 0) places.push(i);
    const named = Uint32Array.from(places);
    for (const { id, definition } of symbols) {
      const own = cache.tokenId(view.word(definition.name));
      const maybe = own === undefined ? 0 : (usedBy[own] ?? 0);
      const used = maybe > 0 && view.definitionsNamed(definition.name).length <= usedMax ? maybe : 0;
      let using = 0;
      const of = new Set<number>();
      const to = firstAt(tokens.offsets, definition.end);
      for (let at = firstAt(named, firstAt(tokens.offsets, definition.start)); at < named.length; at++) {
        const place = named[at] ?? 0;
        if (place >= to) break;
        const token = tokens.ids[place] ?? 0;
        if (token === own) continue;
        using = Math.max(using, names[token] ?? 0);
        of.add(token);
      }
      if (used > 0 || using > 0)
        uses.set(id, {
          used,
          using,
          by: used > 0 && own !== undefined ? [...new Set(users.get(own))] : [],
          of: [...of].map((token) => cache.word(token)),
        });
    }
  }
  return uses;
}

interface Raw {
  readonly id: DefinitionId;
  readonly definition: StoredDefinition;
  readonly times: Float64Array;
  readonly heads: Uint8Array;
  readonly tokens: number;
}
