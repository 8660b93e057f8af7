/** What speaks for each file by itself: its words, its path, its names, and past commits. */
import type { FileId, History, StoreView } from '../view.ts';
import { termsOf } from '../terms.ts';
import { commitsOf, type Commits } from './commits.ts';
import { pathFacts } from './place.ts';
import type { Wanted } from './query.ts';

/** One number a file in each, 0 where nothing speaks for it. */
export interface FileSignals {
  /** BM25 of its words. */
  readonly text: Float64Array;
  readonly path: Float64Array;
  /** The best name among its definitions. */
  readonly name: Float64Array;
  /** Past commits with the same words. */
  readonly commits: Float64Array;
  /** How often and lately it was changed. */
  readonly recent: Float64Array;
}

export interface Ground {
  readonly view: StoreView;
  readonly wanted: Wanted;
  readonly commits: Commits;
  /** By file; empty where there is none. */
  readonly paths: readonly string[];
  /** 1: a test, a document and the like. */
  readonly aside: Uint8Array;
  /** Of the term among files that are not aside. */
  readonly idf: ReadonlyMap<string, number>;
  /** What each definition's name has of the query. */
  readonly names: Float64Array;
  /** Past commits with the query's words, the most alike first. */
  readonly likely: readonly LikelyCommit[];
}
export interface LikelyCommit {
  readonly commit: number;
  /** Of the most alike one: 1. */
  readonly score: number;
}

const k1 = 1.2;
const b = 0.75;

export function bm25(times: number, length: number, averageLength: number): number {
  return (times * (k1 + 1)) / (times + k1 * (1 - b + (b * length) / averageLength));
}

export function idfOf(count: number, having: number): number {
  return Math.log(1 + (count - having + 0.5) / (having + 0.5));
}

/** What is asked of all files, whatever the query. */
export interface AllFiles {
  readonly view: StoreView;
  readonly paths: readonly string[];
  readonly aside: Uint8Array;
  /** Words of each. */
  readonly lengths: Uint32Array;
  /** Files that are not aside, and their words on average. */
  readonly live: number;
  readonly average: number;
}

export function allFiles(view: StoreView): AllFiles {
  const { fileCount } = view;
  const paths: string[] = [];
  const aside = new Uint8Array(fileCount);
  const lengths = new Uint32Array(fileCount);
  let live = 0;
  let words = 0;
  for (let file = 0; file < fileCount; file++) {
    const path = view.isLive(file) ? view.path(file) : '';
    paths.push(path);
    if (path === '') continue;
    const length = (lengths[file] = view.length(file));
    if (pathFacts(path).isAside) aside[file] = 1;
    else {
      live++;
      words += length;
    }
  }
  return { view, paths, aside, lengths, live, average: Math.max(1, words / Math.max(1, live)) };
}

export function fileSignals(
  { view, paths, aside, lengths, live, average }: AllFiles,
  history: History,
  wanted: Wanted,
): { readonly ground: Ground; readonly signals: FileSignals } {
  const { fileCount } = view;
  const commits = commitsOf(history);
  const text = new Float64Array(fileCount);
  const idf = new Map<string, number>();
  const times = new Float64Array(fileCount);
  for (const [term, weight] of wanted.terms) {
    const touched: FileId[] = [];
    const ids = view.wordsWith(term);
    for (let i = 0; i < ids.length; i++) {
      const { files, code, prose, length } = view.postings(ids[i] ?? 0);
      for (let j = 0; j < length; j++) {
        const file = files[j] ?? 0;
        if (times[file] === 0) touched.push(file);
        times[file] = (times[file] ?? 0) + (code[j] ?? 0) + (prose[j] ?? 0);
      }
    }
    let having = 0;
    for (const file of touched) if (aside[file] === 0) having++;
    const rare = idfOf(live, having);
    idf.set(term, rare);
    for (const file of touched) {
      text[file] = (text[file] ?? 0) + weight * rare * bm25(times[file] ?? 0, lengths[file] ?? 0, average);
      times[file] = 0;
    }
  }
  const { best, names } = nameSignal(view, wanted, aside);
  const ground: Ground = { view, wanted, commits, paths, aside, idf, names, likely: commitsLike(commits, wanted) };
  return {
    ground,
    signals: {
      text,
      path: pathSignal(paths, wanted, aside, live),
      name: best,
      commits: commitSignal(ground),
      recent: recentSignal(ground),
    },
  };
}

export function pathSignal(paths: readonly string[], { terms }: Wanted, aside: Uint8Array, live: number): Float64Array {
  const found: { readonly file: FileId; readonly term: string; readonly part: number }[] = [];
  const having = new Map<string, number>();
  for (const [file, path] of paths.entries()) {
    if (path === '') continue;
    for (const [term, part] of pathFacts(path).terms) {
      if (!terms.has(term)) continue;
      found.push({ file, term, part });
      if (aside[file] === 0) having.set(term, (having.get(term) ?? 0) + 1);
    }
  }
  const path = new Float64Array(paths.length);
  for (const { file, term, part } of found)
    path[file] = (path[file] ?? 0) + (terms.get(term) ?? 0) * idfOf(live, having.get(term) ?? 0) * part;
  return path;
}

function nameSignal(
  view: StoreView,
  { terms }: Wanted,
  aside: Uint8Array,
): { readonly best: Float64Array; readonly names: Float64Array } {
  const names = new Float64Array(view.definitionCount);
  const found: number[] = [];
  for (const [term, weight] of terms) {
    const ids = view.wordsWith(term);
    let having = 0;
    const touched: { readonly definition: number; readonly parts: number }[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0;
      const definitions = view.definitionsNamed(id);
      if (definitions.length === 0) continue;
      const parts = termsOf(view.word(id)).length;
      for (let j = 0; j < definitions.length; j++) {
        const definition = definitions[j] ?? 0;
        touched.push({ definition, parts });
        having++;
      }
    }
    const rare = idfOf(Math.max(1, view.definitionCount), having);
    for (const { definition, parts } of touched) {
      if (names[definition] === 0) found.push(definition);
      names[definition] = (names[definition] ?? 0) + (weight * rare) / Math.sqrt(parts);
    }
  }
  const best = new Float64Array(view.fileCount);
  for (const definition of found) {
    const { file } = view.definition(definition);
    if (aside[file] === 0 || best[file] === 0) best[file] = Math.max(best[file] ?? 0, names[definition] ?? 0);
  }
  return { best, names };
}

/** The commits that count for a query: more of them are noise. */
const commitsMax = 60;

function commitsLike(commits: Commits, wanted: Wanted): readonly LikelyCommit[] {
  const scores = new Map<number, number>();
  for (const [term, weight] of wanted.terms) {
    const having = commits.with(term);
    const rare = idfOf(commits.count, having.length);
    for (const { commit, times } of having)
      scores.set(
        commit,
        (scores.get(commit) ?? 0) + weight * rare * bm25(times, commits.length[commit] ?? 0, commits.averageLength),
      );
  }
  const best = [...scores].sort(([a, x], [c, y]) => y - x || a - c).slice(0, commitsMax);
  const top = best[0]?.[1] ?? 1;
  return best.map(([commit, score]) => ({ commit, score: score / top }));
}

function commitSignal(ground: Ground): Float64Array {
  const { view, commits, likely } = ground;
  const signal = new Float64Array(view.fileCount);
  for (const { commit, score } of likely) {
    const paths = commits.pathsOf(commit);
    for (const path of paths) {
      const file = view.fileOf(path);
      if (file !== null) signal[file] = (signal[file] ?? 0) + score ** 2 / Math.sqrt(paths.length);
    }
  }
  return signal;
}

function recentSignal({ paths, commits }: Ground): Float64Array {
  return Float64Array.from(paths, (path) => Math.sqrt(commits.recent(path)));
}

/** Files that the query names by where they are; several when a path fits them all. */
export function namedFiles({ paths }: AllFiles, wanted: Wanted): ReadonlySet<FileId> {
  const named = new Set<FileId>();
  if (wanted.paths.size === 0) return named;
  for (const [file, written] of paths.entries()) {
    const path = written.toLowerCase();
    for (const end of wanted.paths) if (path === end || path.endsWith(`/${end}`)) named.add(file);
  }
  return named;
}
