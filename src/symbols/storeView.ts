/** Frozen and loose part of the store read as one: numbers of the base first, then those of what was read since. */
import { symbolKinds, type SymbolKind } from '../core/symbols.ts';
import { isLocal, type Base } from './base.ts';
import { indexOfString, stringAt } from './baseStrings.ts';
import type { Overlay } from './overlay.ts';
import type { StoreEdges } from './storeEdges.ts';
import type { DefinitionId, FileId, Postings, StoredDefinition, StoreView, WordId } from './view.ts';

/** What the view reads of the store. */
export interface TwoParts {
  readonly overlay: Overlay;
  readonly files: number;
  readonly edges: StoreEdges;
  isLive(file: FileId): boolean;
  languageOf(file: FileId): string | null;
}

export function storeView(store: TwoParts): StoreView {
  let fileOfDef: { readonly base: Base; readonly files: Uint32Array } | null = null;
  const base = (): Base => store.overlay.base;

  /** By definition of the base; made when it is first asked for, in a millisecond. */
  function fileOfDefinition(id: DefinitionId): FileId {
    if (fileOfDef?.base !== base()) {
      const { defFrom, defName } = base().columns;
      const files = new Uint32Array(defName.length);
      for (let file = 0; file + 1 < defFrom.length; file++) files.fill(file, defFrom[file], defFrom[file + 1]);
      fileOfDef = { base: base(), files };
    }
    return fileOfDef.files[id] ?? 0;
  }

  return {
    get fileCount() {
      return store.overlay.fileCount;
    },
    get liveFiles() {
      return store.files;
    },
    isLive: (file) => store.isLive(file),
    path: (file) => store.overlay.path(file),
    fileOf(path) {
      const file = store.overlay.fileOf(path);
      return store.isLive(file) ? file : null;
    },
    language: (file) => store.languageOf(file),
    length: (file) => store.overlay.entries.get(file)?.length ?? base().columns.lengths[file] ?? 0,
    lines: (file) => store.overlay.entries.get(file)?.lines ?? base().columns.lines[file] ?? 0,
    version: (file) => store.overlay.entries.get(file)?.version ?? stringAt(base().versions, file),

    get wordCount() {
      return store.overlay.wordCount;
    },
    wordId(word) {
      const id = store.overlay.wordId(word);
      return id < 0 ? null : id;
    },
    word: (id) => store.overlay.word(id),
    postings: (word) => postings(store, word),
    wordsOf(file) {
      const entry = store.overlay.entries.get(file);
      if (entry !== undefined) return store.overlay.posts.word.subarray(entry.postFrom, entry.postTo);
      return store.isLive(file) ? unpacked(base(), file) : nothing;
    },
    wordsWith(term) {
      const loose = store.overlay.newWordsWith(term);
      const frozen = wordsTermed(base(), term);
      return loose.length === 0 ? frozen : [...frozen, ...loose];
    },

    get definitionCount() {
      return base().columns.defName.length + store.overlay.defCount;
    },
    definition(id) {
      const frozen = base().columns.defName.length;
      return id < frozen
        ? frozenDefinition(base(), id, fileOfDefinition(id))
        : looseDefinition(store.overlay, id - frozen, frozen);
    },
    definitionsOf(file) {
      const frozen = base().columns.defName.length;
      const entry = store.overlay.entries.get(file);
      if (entry !== undefined) return range(frozen + entry.defFrom, frozen + entry.defTo);
      const { defFrom } = base().columns;
      return store.isLive(file) ? range(defFrom[file] ?? 0, defFrom[file + 1] ?? 0) : nothing;
    },
    definitionsNamed(word) {
      const { namedFrom, named, defName } = base().columns;
      const frozen = named.subarray(namedFrom[word] ?? 0, namedFrom[word + 1] ?? 0);
      const loose = store.overlay.defsNamed(word);
      const { stale, staleCount } = store.overlay;
      const live = staleCount === 0 ? frozen : frozen.filter((id) => stale[fileOfDefinition(id)] === 0); // prettier-ignore
      return loose.length === 0 ? live : [...live, ...loose.map((row) => row + defName.length)];
    },

    importsOf: (file) => store.edges.of(file),
    importedBy: (file) => store.edges.to(file),
  };
}

const nothing = new Uint32Array(0);

function postings(store: TwoParts, word: WordId): Postings {
  const { overlay } = store;
  const { postFrom, postFile, postCode, postProse } = overlay.base.columns;
  const from = postFrom[word] ?? 0;
  const to = postFrom[word + 1] ?? from;
  const loose = overlay.postsOf(word);
  let live = to - from;
  if (overlay.staleCount > 0) for (let i = from; i < to; i++) live -= overlay.stale[postFile[i] ?? 0] ?? 0;
  if (live === to - from && loose.length === 0) {
    return {
      files: postFile.subarray(from, to),
      code: postCode.subarray(from, to),
      prose: postProse.subarray(from, to),
      length: live,
    };
  }
  const { posts } = overlay;
  const added = [...loose].sort((a, b) => (posts.file[a] ?? 0) - (posts.file[b] ?? 0));
  const length = live + added.length;
  const files = new Uint32Array(length);
  const code = new Uint16Array(length);
  const prose = new Uint16Array(length);
  let frozen = from;
  let next = 0;
  for (let i = 0; i < length; i++) {
    while (frozen < to && overlay.stale[postFile[frozen] ?? 0] === 1) frozen++;
    const row = added[next];
    if (row !== undefined && (frozen >= to || (posts.file[row] ?? 0) < (postFile[frozen] ?? 0))) {
      files[i] = posts.file[row] ?? 0;
      code[i] = posts.code[row] ?? 0;
      prose[i] = posts.prose[row] ?? 0;
      next++;
    } else {
      files[i] = postFile[frozen] ?? 0;
      code[i] = postCode[frozen] ?? 0;
      prose[i] = postProse[frozen] ?? 0;
      frozen++;
    }
  }
  return { files, code, prose, length };
}

/** The words of one file of the base. */
export function unpacked({ columns: { wordFrom, wordBytes } }: Base, file: FileId): Uint32Array {
  const from = wordFrom[file] ?? 0;
  const to = wordFrom[file + 1] ?? from;
  let count = 0;
  for (let at = from; at < to; at++) if ((wordBytes[at] ?? 0) < 128) count++;
  const words = new Uint32Array(count);
  let word = 0;
  let at = from;
  for (let i = 0; i < count; i++) {
    let gap = 0;
    let shift = 0;
    for (let more = true; more; shift += 7) {
      const byte = wordBytes[at++] ?? 0;
      gap |= (byte & 127) << shift;
      more = byte > 127;
    }
    word += gap;
    words[i] = word;
  }
  return words;
}

function wordsTermed(base: Base, term: string): Uint32Array {
  const index = indexOfString(base.terms, term);
  if (index < 0) return nothing;
  const { termFrom, termWord } = base.columns;
  return termWord.subarray(termFrom[index], termFrom[index + 1]);
}

function frozenDefinition({ columns: c }: Base, id: DefinitionId, file: FileId): StoredDefinition {
  const kind = c.defKind[id] ?? 0;
  const parent = c.defParent[id] ?? -1;
  return {
    file,
    name: c.defName[id] ?? 0,
    kind: kindOf(kind),
    local: kind >= isLocal,
    start: c.defStart[id] ?? 0,
    end: c.defEnd[id] ?? 0,
    head: c.defHead[id] ?? 0,
    nameStart: c.defNameStart[id] ?? 0,
    startLine: c.defStartLine[id] ?? 0,
    endLine: c.defEndLine[id] ?? 0,
    nameLine: c.defNameLine[id] ?? 0,
    parent: parent < 0 ? -1 : (c.defFrom[file] ?? 0) + parent,
  };
}

function looseDefinition({ defs, entries }: Overlay, row: number, frozen: number): StoredDefinition {
  const kind = defs.kind[row] ?? 0;
  const parent = defs.parent[row] ?? -1;
  const file = defs.file[row] ?? 0;
  return {
    file,
    name: defs.name[row] ?? 0,
    kind: kindOf(kind),
    local: kind >= isLocal,
    start: defs.start[row] ?? 0,
    end: defs.end[row] ?? 0,
    head: defs.head[row] ?? 0,
    nameStart: defs.nameStart[row] ?? 0,
    startLine: defs.startLine[row] ?? 0,
    endLine: defs.endLine[row] ?? 0,
    nameLine: defs.nameLine[row] ?? 0,
    parent: parent < 0 ? -1 : frozen + (entries.get(file)?.defFrom ?? 0) + parent,
  };
}

function kindOf(kind: number): SymbolKind {
  return symbolKinds[kind & (isLocal - 1)] ?? 'variable';
}

function range(from: number, to: number): Uint32Array {
  const ids = new Uint32Array(to - from);
  for (let i = 0; i < ids.length; i++) ids[i] = from + i;
  return ids;
}
