/** Makes a new base of the old one and what was read since, column by column; what an editor alone holds is left out. */
import { isParsed, isWhole, writeBase, type Base, type BaseMeta, type Columns } from './base.ts';
import { stringAt, StringsBuilder, type Strings } from './baseStrings.ts';
import type { Entry, FileStat, Overlay } from './overlay.ts';
import type { ResolveImports } from './store.ts';
import { importersOf } from './storeEdges.ts';
import { termFinder } from './termBytes.ts';
import type { FileId } from './view.ts';

export function mergeBase(
  overlay: Overlay,
  touched: ReadonlyMap<FileId, FileStat>,
  resolve: ResolveImports,
  meta: { readonly version: string; readonly folders: readonly string[] },
): Base {
  const files = filesOf(overlay);
  const words = wordsOf(overlay, files);
  const { columns: posts, perFile } = postColumns(overlay, files, words);
  const definitions = definitionColumns(overlay, files, words);
  const languages = new Languages();
  const table = fileColumns(overlay, files, touched, languages);
  const terms = termColumns(overlay.base, words);
  const imports = importColumns(overlay, files, resolve);
  return writeBase(
    { ...meta, languages: languages.list } satisfies BaseMeta,
    {
      ...table.columns,
      ...definitions,
      ...namedColumns(definitions.defName, words.strings.count),
      ...posts,
      ...packedWords(perFile),
      ...terms.columns,
      ...imports.columns,
    },
    { paths: table.paths, versions: table.versions, words: words.strings, terms: terms.strings, imports: imports.strings }, // prettier-ignore
  );
}

/** One file of the new base: where it comes from. */
interface Source {
  readonly path: string;
  readonly old: FileId;
  /** null: as the old base has it. */
  readonly entry: Entry | null;
}
interface Files {
  /** Sorted by path. */
  readonly sources: readonly Source[];
  /** By old number; -1: no longer there. */
  readonly renumbered: Int32Array;
}
interface Words {
  readonly strings: Strings;
  /** By old number; -1: no longer there. */
  readonly renumbered: Int32Array;
  /** New numbers from here on: words that the old base did not have. */
  readonly added: number;
  /** By new number: in how many files it stands. */
  readonly counts: Uint32Array;
}

function filesOf(overlay: Overlay): Files {
  const sources: Source[] = [];
  for (let old = 0; old < overlay.fileCount; old++) {
    const entry = overlay.entries.get(old) ?? null;
    if (entry === null ? overlay.stale[old] === 0 : entry.stat !== null) sources.push({ path: overlay.path(old), old, entry }); // prettier-ignore
  }
  sources.sort((a, b) => (a.path < b.path ? -1 : 1));
  const renumbered = new Int32Array(overlay.fileCount).fill(-1);
  sources.forEach(({ old }, file) => (renumbered[old] = file));
  return { sources, renumbered };
}

function wordsOf(overlay: Overlay, { sources }: Files): Words {
  const { base } = overlay;
  const { columns: c } = base;
  const counts = new Uint32Array(overlay.wordCount);
  const named = new Uint8Array(overlay.wordCount);
  for (let word = 0; word < base.words.count; word++) {
    for (let i = c.postFrom[word] ?? 0, to = c.postFrom[word + 1] ?? 0; i < to; i++) {
      if (overlay.stale[c.postFile[i] ?? 0] === 0) next(counts, word);
    }
  }
  for (const { old, entry } of sources) {
    if (entry === null) {
      for (let i = c.defFrom[old] ?? 0, to = c.defFrom[old + 1] ?? 0; i < to; i++) named[c.defName[i] ?? 0] = 1;
      continue;
    }
    for (let row = entry.postFrom; row < entry.postTo; row++) next(counts, overlay.posts.word[row] ?? 0);
    for (let row = entry.defFrom; row < entry.defTo; row++) named[overlay.defs.name[row] ?? 0] = 1;
  }
  const builder = new StringsBuilder(overlay.wordCount, base.words.bytes.length + overlay.newWords.bytes.length);
  const renumbered = new Int32Array(overlay.wordCount).fill(-1);
  let added = 0;
  for (let word = 0; word < overlay.wordCount; word++) {
    if (counts[word] === 0 && named[word] === 0) continue;
    const isOld = word < base.words.count;
    const id = isOld ? builder.copy(base.words, word) : builder.copy(overlay.newWords, word - base.words.count);
    if (isOld) added = id + 1;
    counts[id] = counts[word] ?? 0;
    renumbered[word] = id;
  }
  return { strings: builder.finish(), renumbered, added, counts: counts.subarray(0, builder.count) };
}

interface PerFile {
  readonly from: Uint32Array;
  readonly words: Uint32Array;
}

function postColumns(
  overlay: Overlay,
  files: Files,
  { renumbered, counts }: Words,
): { columns: Pick<Columns, 'postFrom' | 'postFile' | 'postCode' | 'postProse'>; perFile: PerFile } {
  // prettier-ignore
  const { columns: c, words } = overlay.base;
  const postFrom = sums(counts);
  const total = postFrom[counts.length] ?? 0;
  const rows = {
    postFile: new Uint32Array(total),
    postCode: new Uint16Array(total),
    postProse: new Uint16Array(total),
  };
  const at = postFrom.slice();
  const add = (word: number, file: number, code: number, prose: number): void => {
    const row = next(at, word);
    rows.postFile[row] = file;
    rows.postCode[row] = code;
    rows.postProse[row] = prose;
  };
  for (let word = 0; word < words.count; word++) {
    const id = renumbered[word] ?? -1;
    if (id < 0) continue;
    for (let i = c.postFrom[word] ?? 0, to = c.postFrom[word + 1] ?? 0; i < to; i++) {
      const old = c.postFile[i] ?? 0;
      if (overlay.stale[old] === 0) add(id, files.renumbered[old] ?? 0, c.postCode[i] ?? 0, c.postProse[i] ?? 0);
    }
  }
  const frozen = at.slice();
  const { posts } = overlay;
  files.sources.forEach(({ entry }, file) => {
    for (let row = entry?.postFrom ?? 0, to = entry?.postTo ?? 0; row < to; row++) {
      add(renumbered[posts.word[row] ?? 0] ?? 0, file, posts.code[row] ?? 0, posts.prose[row] ?? 0);
    }
  });
  for (let word = 0; word < counts.length; word++) {
    sortByFile(rows, postFrom[word] ?? 0, frozen[word] ?? 0, postFrom[word + 1] ?? 0);
  }
  return { columns: { postFrom, ...rows }, perFile: byFile(postFrom, rows.postFile, files.sources.length) };
}

/** Two runs that rise, made one. */
function sortByFile(
  { postFile, postCode, postProse }: { postFile: Uint32Array; postCode: Uint16Array; postProse: Uint16Array },
  from: number,
  middle: number,
  to: number,
): void {
  if (middle === from || middle === to || (postFile[middle - 1] ?? 0) < (postFile[middle] ?? 0)) return;
  const [files, code, prose] = [postFile.slice(from, to), postCode.slice(from, to), postProse.slice(from, to)];
  let a = 0;
  let b = middle - from;
  for (let row = from; row < to; row++) {
    const takeA = a < middle - from && (b >= files.length || (files[a] ?? 0) < (files[b] ?? 0));
    const i = takeA ? a++ : b++;
    postFile[row] = files[i] ?? 0;
    postCode[row] = code[i] ?? 0;
    postProse[row] = prose[i] ?? 0;
  }
}

function byFile(postFrom: Uint32Array, postFile: Uint32Array, files: number): PerFile {
  const { from, order } = inverted(postFile, files);
  const words = new Uint32Array(order.length);
  let word = 0;
  const at = new Uint32Array(order.length);
  for (let row = 0; row < order.length; row++) {
    while (row >= (postFrom[word + 1] ?? 0)) word++;
    at[row] = word;
  }
  for (let i = 0; i < order.length; i++) words[i] = at[order[i] ?? 0] ?? 0;
  return { from, words };
}

function packedWords({ from, words }: PerFile): Pick<Columns, 'wordFrom' | 'wordBytes'> {
  const wordFrom = new Uint32Array(from.length);
  const bytes = new Uint8Array(5 * words.length);
  let at = 0;
  for (let file = 0; file + 1 < from.length; file++) {
    let before = 0;
    for (let i = from[file] ?? 0, to = from[file + 1] ?? 0; i < to; i++) {
      const word = words[i] ?? 0;
      let gap = word - before;
      for (; gap > 127; gap >>>= 7) bytes[at++] = (gap & 127) | 128;
      bytes[at++] = gap;
      before = word;
    }
    wordFrom[file + 1] = at;
  }
  return { wordFrom, wordBytes: bytes.slice(0, at) };
}

type DefinitionColumns = Pick<
  Columns,
  | 'defFrom' | 'defName' | 'defKind' | 'defStart' | 'defEnd' | 'defHead' | 'defNameStart' | 'defStartLine' | 'defEndLine' | 'defNameLine' | 'defParent'
>; // prettier-ignore

function definitionColumns(overlay: Overlay, { sources }: Files, { renumbered }: Words): DefinitionColumns {
  const { columns: c } = overlay.base;
  const { defs } = overlay;
  const defFrom = sums(sources.map(({ old, entry }) => entry === null ? (c.defFrom[old + 1] ?? 0) - (c.defFrom[old] ?? 0) : entry.defTo - entry.defFrom)); // prettier-ignore
  const total = defFrom[sources.length] ?? 0;
  const numbers = (): Uint32Array => new Uint32Array(total);
  const columns: DefinitionColumns = {
    defFrom,
    defName: numbers(),
    defKind: new Uint8Array(total),
    defStart: numbers(),
    defEnd: numbers(),
    defHead: numbers(),
    defNameStart: numbers(),
    defStartLine: numbers(),
    defEndLine: numbers(),
    defNameLine: numbers(),
    defParent: new Int32Array(total),
  };
  const pairs = [
    ['defName', defs.name], ['defKind', defs.kind], ['defStart', defs.start], ['defEnd', defs.end], ['defHead', defs.head], ['defNameStart', defs.nameStart],
    ['defStartLine', defs.startLine], ['defEndLine', defs.endLine], ['defNameLine', defs.nameLine], ['defParent', defs.parent],
  ] as const; // prettier-ignore
  sources.forEach(({ old, entry }, file) => {
    const from = entry === null ? (c.defFrom[old] ?? 0) : entry.defFrom;
    const to = entry === null ? (c.defFrom[old + 1] ?? 0) : entry.defTo;
    for (const [name, loose] of pairs) columns[name].set((entry === null ? c[name] : loose).subarray(from, to), defFrom[file]); // prettier-ignore
  });
  for (let i = 0; i < total; i++) columns.defName[i] = renumbered[columns.defName[i] ?? 0] ?? 0;
  return columns;
}

function namedColumns(defName: Uint32Array, words: number): Pick<Columns, 'namedFrom' | 'named'> {
  const { from, order } = inverted(defName, words);
  return { namedFrom: from, named: order };
}

class Languages {
  readonly list: string[] = [];

  /** From 1; 0: none. */
  numberOf(language: string | null): number {
    if (language === null) return 0;
    const known = this.list.indexOf(language);
    return known < 0 ? this.list.push(language) : known + 1;
  }
}

function fileColumns(
  overlay: Overlay,
  { sources }: Files,
  touched: ReadonlyMap<FileId, FileStat>,
  languages: Languages,
): {
  columns: Pick<Columns, 'sizes' | 'mtimes' | 'languages' | 'flags' | 'lines' | 'lengths'>;
  paths: Strings;
  versions: Strings;
} {
  // prettier-ignore
  const { base } = overlay;
  const { columns: c } = base;
  const count = sources.length;
  const columns = {
    sizes: new Float64Array(count),
    mtimes: new Float64Array(count),
    languages: new Uint8Array(count),
    flags: new Uint8Array(count),
    lines: new Uint32Array(count),
    lengths: new Uint32Array(count),
  };
  const paths = new StringsBuilder(count, 60 * count);
  const versions = new StringsBuilder(count, 64 * count);
  sources.forEach(({ path, old, entry }, file) => {
    const stat = entry?.stat ?? touched.get(old);
    columns.sizes[file] = stat?.sizeBytes ?? c.sizes[old] ?? 0;
    columns.mtimes[file] = stat?.mtimeMs ?? c.mtimes[old] ?? 0;
    columns.languages[file] = languages.numberOf(
      entry === null ? (base.meta.languages[(c.languages[old] ?? 0) - 1] ?? null) : entry.language,
    );
    columns.flags[file] = entry === null ? (c.flags[old] ?? 0) : (entry.isParsed ? isParsed : 0) + (entry.isWhole ? isWhole : 0); // prettier-ignore
    columns.lines[file] = entry?.lines ?? c.lines[old] ?? 0;
    columns.lengths[file] = entry?.length ?? c.lengths[old] ?? 0;
    paths.add(path);
    if (entry === null) versions.copy(base.versions, old);
    else versions.add(entry.version);
  });
  return { columns, paths: paths.finish(), versions: versions.finish() };
}

/** What was known of old words is carried over; only new ones are taken apart. */
function termColumns(
  base: Base,
  { strings: words, renumbered, added }: Words,
): { columns: Pick<Columns, 'termFrom' | 'termWord'>; strings: Strings } {
  // prettier-ignore
  // About two terms a word that no other word has.
  const guess = base.terms.count + 2 * (words.count - added);
  const builder = new StringsBuilder(guess, 12 * guess);
  const { termFrom: oldFrom, termWord: oldWord } = base.columns;
  const perTerm = new Rows(oldWord.length);
  const carried = new Int32Array(base.terms.count).fill(-1);
  for (let term = 0; term < base.terms.count; term++) {
    for (let i = oldFrom[term] ?? 0, to = oldFrom[term + 1] ?? 0; i < to; i++) {
      const word = renumbered[oldWord[i] ?? 0] ?? -1;
      if (word < 0) continue;
      if (carried[term] === -1) carried[term] = builder.copy(base.terms, term);
      perTerm.add(carried[term] ?? 0, word);
    }
  }
  const termsOf = termFinder(builder);
  for (let word = added; word < words.count; word++) for (const term of termsOf(words, word)) perTerm.add(term, word);
  const { from, order } = inverted(perTerm.keys, builder.count);
  const termWord = new Uint32Array(order.length); // rising, as old words and then new ones came
  const { values } = perTerm;
  for (let i = 0; i < order.length; i++) termWord[i] = values[order[i] ?? 0] ?? 0;
  return { columns: { termFrom: from, termWord }, strings: builder.finish() };
}

/** Pairs that grow in number. */
class Rows {
  #keys: Uint32Array;
  #values: Uint32Array;
  #count = 0;

  constructor(guess: number) {
    this.#keys = new Uint32Array(guess + 1024);
    this.#values = new Uint32Array(guess + 1024);
  }

  get keys(): Uint32Array {
    return this.#keys.subarray(0, this.#count);
  }

  get values(): Uint32Array {
    return this.#values.subarray(0, this.#count);
  }

  add(key: number, value: number): void {
    if (this.#count === this.#keys.length) {
      this.#keys = doubled(this.#keys);
      this.#values = doubled(this.#values);
    }
    this.#keys[this.#count] = key;
    this.#values[this.#count++] = value;
  }
}

function doubled(column: Uint32Array): Uint32Array {
  const larger = new Uint32Array(2 * column.length);
  larger.set(column);
  return larger;
}

type ImportColumns = Pick<Columns, 'importFrom' | 'importName' | 'edgeFrom' | 'edgeTo' | 'backFrom' | 'backTo'>;

function importColumns(
  overlay: Overlay,
  files: Files,
  resolve: ResolveImports,
): { columns: ImportColumns; strings: Strings } {
  // prettier-ignore
  const { base } = overlay;
  const { columns: c } = base;
  const builder = new StringsBuilder(base.imports.count, base.imports.bytes.length);
  const known = new Map<string, number>();
  const idOf = (name: string): number => {
    const id = known.get(name) ?? builder.add(name);
    known.set(name, id);
    return id;
  };
  const carried = new Int32Array(base.imports.count).fill(-1);
  const came = files.sources.filter(({ old }) => old >= base.paths.count).map(({ path }) => path);
  const again = new Set(importersOf(base, came));
  const numberOf = new Map(files.sources.map(({ path }, file) => [path, file]));
  const importFrom = new Uint32Array(files.sources.length + 1);
  const edgeFrom = new Uint32Array(files.sources.length + 1);
  const importName: number[] = [];
  const edgeTo: number[] = [];
  files.sources.forEach(({ path, old, entry }, file) => {
    let names = entry?.imports ?? null;
    if (names === null) {
      const own = c.importName.subarray(c.importFrom[old], c.importFrom[old + 1]);
      for (const name of own) {
        if (carried[name] === -1) carried[name] = idOf(stringAt(base.imports, name));
        importName.push(carried[name] ?? 0);
      }
      if (again.has(old)) names = Array.from(own, (name) => stringAt(base.imports, name));
    } else {
      for (const name of names) importName.push(idOf(name));
    }
    const language = entry === null ? (base.meta.languages[(c.languages[old] ?? 0) - 1] ?? null) : entry.language;
    const to =
      names === null
        ? Array.from(c.edgeTo.subarray(c.edgeFrom[old], c.edgeFrom[old + 1]), (one) => files.renumbered[one] ?? -1)
        : resolve(path, language, names).map((one) => numberOf.get(one) ?? -1);
    edgeTo.push(...[...new Set(to)].filter((one) => one >= 0 && one !== file).sort((a, b) => a - b));
    importFrom[file + 1] = importName.length;
    edgeFrom[file + 1] = edgeTo.length;
  });
  const { from: backFrom, order } = inverted(edgeTo, files.sources.length);
  const sourceOf = new Uint32Array(edgeTo.length);
  files.sources.forEach((_, file) => sourceOf.fill(file, edgeFrom[file], edgeFrom[file + 1]));
  return {
    columns: {
      importFrom,
      importName: Uint32Array.from(importName),
      edgeFrom,
      edgeTo: Uint32Array.from(edgeTo),
      backFrom,
      backTo: Uint32Array.from(order, (row) => sourceOf[row] ?? 0),
    },
    strings: builder.finish(),
  };
}

/** Where each begins when so many of each come one after the other. */
function sums(counts: ArrayLike<number>): Uint32Array {
  const from = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) from[i + 1] = (from[i] ?? 0) + (counts[i] ?? 0);
  return from;
}

/** What a counter says, before it goes on by one. */
function next(counters: Uint32Array, index: number): number {
  const value = counters[index] ?? 0;
  counters[index] = value + 1;
  return value;
}

/** Rows by what they hold, in order. */
function inverted(values: ArrayLike<number>, valuesMax: number): { from: Uint32Array; order: Uint32Array } {
  const counts = new Uint32Array(valuesMax);
  for (let row = 0; row < values.length; row++) next(counts, values[row] ?? 0);
  const from = sums(counts);
  const at = from.slice();
  const order = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) order[next(at, values[row] ?? 0)] = row;
  return { from, order };
}
