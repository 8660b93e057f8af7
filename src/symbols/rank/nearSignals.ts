/** What speaks for each file because of the files that matter already: changed with them, standing near them, named like them, using them. */
import type { CodeQuery } from '../../core/symbols.ts';
import type { FileId, StoreView } from '../view.ts';
import { push, type Commits } from './commits.ts';
import { idfOf, type Ground } from './fileSignals.ts';
import { folderOf, pathFacts } from './place.ts';

/** What matters already, and how much. */
export type Seeds = ReadonlyMap<FileId, number>;

export function seedsOf(view: StoreView, query: CodeQuery): Seeds {
  const seeds = new Map<FileId, number>();
  const add = (path: string, weight: number): void => {
    const file = view.fileOf(path);
    if (file !== null) seeds.set(file, Math.max(seeds.get(file) ?? 0, weight));
  };
  for (const path of query.open.slice(0, 3)) add(path, 0.3);
  for (const path of query.seen.slice(-4)) add(path, 0.7);
  for (const { path } of query.edited.slice(-4)) add(path, 1);
  return seeds;
}

export interface NearSignals {
  /** Past commits changed it together with a seed. */
  readonly together: Float64Array;
  /** Stands in the same folder or near it. */
  readonly near: Float64Array;
  /** Is named like it: `userStore` and `userStoreView`, `parse.h` and `parse.c`. */
  readonly alike: Float64Array;
  /** A seed imports it, and it imports a seed. */
  readonly imported: Float64Array;
  readonly importing: Float64Array;
  /** A seed uses names that it alone or nearly alone defines, and it uses such names of a seed. */
  readonly used: Float64Array;
  readonly using: Float64Array;
}

export function nearSignals({ view, commits, paths, aside }: Ground, seeds: Seeds): NearSignals {
  const array = (): Float64Array => new Float64Array(view.fileCount);
  const near = {
    together: array(),
    near: array(),
    alike: array(),
    imported: array(),
    importing: array(),
    used: array(),
    using: array(),
  };
  const sum = [...seeds.values()].reduce((all, one) => all + one, 0) || 1;
  const { folders, names } = layoutOf(paths);
  for (const [seed, weight] of seeds) {
    const share = weight / sum;
    const path = paths[seed] ?? '';
    together(view, commits, path, share, near.together);
    nearness(folders, path, share, near.near);
    likeness(names, seed, path, share, near.alike);
    each(view.importsOf(seed), (file) => (near.imported[file] = (near.imported[file] ?? 0) + share));
    each(view.importedBy(seed), (file) => (near.importing[file] = (near.importing[file] ?? 0) + share));
    uses(view, aside, seed, share, near.used, near.using);
  }
  return near;
}

function each(list: ArrayLike<number>, visit: (one: number) => void): void {
  for (let i = 0; i < list.length; i++) visit(list[i] ?? 0);
}

function together(view: StoreView, commits: Commits, path: string, share: number, into: Float64Array): void {
  const own = commits.of(path);
  let all = 0;
  const scores = new Map<string, number>();
  for (const commit of own) {
    const late = 1 / (1 + commit / 1000);
    all += late;
    const paths = commits.pathsOf(commit);
    for (const other of paths)
      if (other !== path) scores.set(other, (scores.get(other) ?? 0) + late / Math.sqrt(Math.max(1, paths.length - 1)));
  }
  for (const [other, score] of scores) {
    const file = view.fileOf(other);
    // Few commits say little: as if it had been changed alone twice more.
    if (file !== null) into[file] = (into[file] ?? 0) + (share * score) / (all + 2);
  }
}

interface Layout {
  readonly folders: ReadonlyMap<string, readonly FileId[]>;
  readonly names: Names;
}
/** Files by what their names are made of. */
interface Names {
  readonly files: ReadonlyMap<string, readonly FileId[]>;
  /** How much a part of a name tells. */
  readonly rare: (term: string) => number;
  /** Of all its parts. */
  readonly weights: Float64Array;
}

/** Two looks around in one query share it. */
function layoutOf(paths: readonly string[]): Layout {
  const known = layouts.get(paths);
  if (known) return known;
  const folders = new Map<string, FileId[]>();
  const files = new Map<string, FileId[]>();
  for (const [file, path] of paths.entries()) {
    if (path === '') continue;
    push(folders, folderOf(path), file);
    for (const term of pathFacts(path).name) push(files, term, file);
  }
  const rare = (term: string): number => idfOf(paths.length, files.get(term)?.length ?? 0);
  const weights = new Float64Array(paths.length);
  for (const [term, all] of files) {
    const weight = rare(term);
    for (const file of all) weights[file] = (weights[file] ?? 0) + weight;
  }
  const layout: Layout = { folders, names: { files, rare, weights } };
  layouts.set(paths, layout);
  return layout;
}
const layouts = new WeakMap<readonly string[], Layout>();

function likeness(
  { files, rare, weights }: Names,
  seed: FileId,
  path: string,
  share: number,
  into: Float64Array,
): void {
  const own = weights[seed] ?? 0;
  for (const term of pathFacts(path).name) {
    const weight = share * rare(term);
    for (const file of files.get(term) ?? [])
      if (file !== seed) into[file] = (into[file] ?? 0) + weight / Math.sqrt(own * (weights[file] ?? 0));
  }
}

function nearness(all: ReadonlyMap<string, readonly FileId[]>, path: string, share: number, into: Float64Array): void {
  const own = folderOf(path).split('/').slice(0, -1);
  for (const [folder, files] of all) {
    const parts = folder.split('/').slice(0, -1);
    let common = 0;
    while (common < own.length && own[common] === parts[common]) common++;
    const near = share / (1 + (own.length - common) + (parts.length - common));
    for (const file of files) into[file] = (into[file] ?? 0) + near;
  }
}

/** Names that this many definitions share say nothing of which is meant. */
const sharedNameMax = 4;
/** Files that use a name of a seed: beyond it everybody does. */
const usersMax = 60;

function uses(
  view: StoreView,
  aside: Uint8Array,
  seed: FileId,
  share: number,
  used: Float64Array,
  using: Float64Array,
): void {
  each(view.wordsOf(seed), (word) => {
    const definitions = view.definitionsNamed(word);
    if (definitions.length === 0 || definitions.length > sharedNameMax || view.word(word).length < 4) return;
    const homes = new Set<FileId>();
    each(definitions, (definition) => {
      const { file, local } = view.definition(definition);
      if (!local) homes.add(file);
    });
    if (homes.has(seed)) {
      const { files, code, length } = view.postings(word);
      if (length > usersMax) return;
      const rare = 1 / (1 + Math.log(length));
      for (let i = 0; i < length; i++) {
        const file = files[i] ?? 0;
        if (file !== seed && (code[i] ?? 0) > 0 && aside[file] === 0) using[file] = (using[file] ?? 0) + share * rare;
      }
    } else for (const home of homes) used[home] = (used[home] ?? 0) + share / homes.size;
  });
}
