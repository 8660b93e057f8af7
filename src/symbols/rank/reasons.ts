/** Why a file or a symbol came out where it did, in the words, names and paths that count most. */
import type { Reason } from '../../core/symbols.ts';
import type { DefinitionId, FileId } from '../view.ts';
import type { Ground } from './fileSignals.ts';
import type { Seeds } from './nearSignals.ts';
import { folderOf, pathFacts } from './place.ts';
import type { AllSignals, ScoredSymbol } from './scores.ts';
import type { Uses } from './symbolSignals.ts';

export interface Causes {
  readonly ground: Ground;
  readonly all: AllSignals;
  /** What was seen and changed; else what the words alone found. */
  readonly seeds: Seeds;
  readonly pointedAt: ReadonlySet<FileId>;
}

/** Each file's reasons are found once. */
export function fileReasoner(causes: Causes): (file: FileId) => readonly Reason[] {
  const known = new Map<FileId, readonly Reason[]>();
  return (file) => {
    const reasons = known.get(file) ?? fileReasons(causes, file);
    known.set(file, reasons);
    return reasons;
  };
}

const wordsMax = 4;
const namesMax = 3;

function fileReasons(causes: Causes, file: FileId): readonly Reason[] {
  const { ground, all, pointedAt } = causes;
  const { view, commits } = ground;
  const reasons: Reason[] = [];
  if (pointedAt.has(file)) reasons.push({ kind: 'place', of: [] });
  else if (all.named.has(file)) reasons.push({ kind: 'named', of: [view.path(file)] });
  const parts = pathFacts(view.path(file)).terms;
  const path = heaviest(causes, (term) => parts.has(term));
  if (path.length > 0) reasons.push({ kind: 'path', of: path });
  if ((all.words.commits[file] ?? 0) > 0) {
    const subjects = ground.likely
      .filter(({ commit }) => commits.pathsOf(commit).includes(view.path(file)))
      .map(({ commit }) => commits.subject(commit));
    if (subjects.length > 0) reasons.push({ kind: 'history', of: [...new Set(subjects)].slice(0, 2) });
  }
  reasons.push(...nearReasons(causes, file));
  const words = wordsIn(causes, file);
  if (words.length > 0) reasons.push({ kind: 'words', of: words });
  return reasons;
}

export function symbolReasons(
  causes: Causes,
  { file, symbol }: ScoredSymbol,
  uses: ReadonlyMap<DefinitionId, Uses>,
  ofFile: (file: FileId) => readonly Reason[],
): readonly Reason[] {
  const { ground } = causes;
  const reasons: Reason[] = [];
  if (symbol.named) reasons.push({ kind: 'named', of: [ground.view.word(symbol.definition.name)] });
  const has = new Set(symbol.terms);
  const words = heaviest(causes, (term) => has.has(term));
  if (words.length > 0) reasons.push({ kind: 'words', of: words });
  const use = uses.get(symbol.id);
  if (use !== undefined) {
    const { by, of } = use;
    if (by.length > 0) reasons.push({ kind: 'used_by', of: by.slice(0, namesMax) });
    if (of.length > 0) reasons.push({ kind: 'uses', of: of.slice(0, namesMax) });
  }
  return [...reasons, ...ofFile(file).filter(({ kind }) => kind !== 'words')];
}

function nearReasons({ ground, all, seeds }: Causes, file: FileId): readonly Reason[] {
  const { view, commits } = ground;
  const near = all.seen ?? all.near;
  const others = [...seeds.keys()].filter((seed) => seed !== file);
  const reasons: Reason[] = [];
  if ((near.together[file] ?? 0) > 0) {
    const own = new Set(commits.of(view.path(file)));
    const companions = others.filter((seed) => commits.of(view.path(seed)).some((commit) => own.has(commit)));
    if (companions.length > 0) reasons.push({ kind: 'together', of: pathsOf(companions) });
  }
  const imports = others.filter((seed) => includes(view.importsOf(seed), file));
  if (imports.length > 0) reasons.push({ kind: 'used_by', of: pathsOf(imports) });
  const imported = others.filter((seed) => includes(view.importsOf(file), seed));
  if (imported.length > 0) reasons.push({ kind: 'uses', of: pathsOf(imported) });
  const name = pathFacts(view.path(file)).name;
  const namesakes = others.filter((seed) => isAlike(name, pathFacts(view.path(seed)).name));
  if (namesakes.length > 0) reasons.push({ kind: 'alike', of: pathsOf(namesakes) });
  const folder = folderOf(view.path(file));
  const beside = others.filter((seed) => folderOf(view.path(seed)) === folder);
  if (reasons.length === 0 && beside.length > 0) reasons.push({ kind: 'near', of: pathsOf(beside) });
  return reasons;

  function pathsOf(files: readonly FileId[]): readonly string[] {
    return files.slice(0, namesMax).map((one) => view.path(one));
  }
}

/** Half of what both names are made of at least. */
function isAlike(one: readonly string[], other: readonly string[]): boolean {
  const both = one.filter((part) => other.includes(part)).length;
  return both > 0 && 2 * both >= Math.max(one.length, other.length);
}

/** Words of the query, as they were said, that stand in the file. */
function wordsIn(causes: Causes, file: FileId): readonly string[] {
  const { view } = causes.ground;
  const own = view.wordsOf(file);
  const have = new Set<number>();
  for (let i = 0; i < own.length; i++) have.add(own[i] ?? 0);
  return heaviest(causes, (term) => {
    const ids = view.wordsWith(term);
    for (let i = 0; i < ids.length; i++) if (have.has(ids[i] ?? 0)) return true;
    return false;
  });
}

function heaviest({ ground }: Causes, has: (term: string) => boolean): readonly string[] {
  const words: string[] = [];
  for (const term of byWeight(ground)) {
    if (words.length >= wordsMax) break;
    const said = ground.wanted.said.get(term);
    if (said !== undefined && !words.includes(said) && has(term)) words.push(said);
  }
  return words;
}

/** Terms of the query, what tells most first. */
function byWeight(ground: Ground): readonly string[] {
  const known = sorted.get(ground);
  if (known) return known;
  const terms = [...ground.wanted.terms]
    .map(([term, weight]) => ({ term, weight: weight * (ground.idf.get(term) ?? 0) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1))
    .map(({ term }) => term);
  sorted.set(ground, terms);
  return terms;
}
const sorted = new WeakMap<Ground, readonly string[]>();

function includes(list: ArrayLike<number>, wanted: number): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === wanted) return true;
  return false;
}
