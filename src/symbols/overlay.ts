/**
 * The part of the index that changes: what was read since the base was made, in columns that only grow. A file that is read again gets new
 * rows; its old ones are known by standing before the first row that counts for it.
 */
import type { FileFacts } from './facts.ts';
import { indexOfString, stringAt, StringsBuilder } from './baseStrings.ts';
import { isLocal, type Base } from './base.ts';
import { findTerms } from './terms.ts';
import type { FileId, WordId } from './view.ts';

/** What tells whether a file on disk was written since. */
export interface FileStat {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

export interface Entry {
  readonly path: string;
  /** null: a text that only an editor holds. */
  stat: FileStat | null;
  readonly version: string;
  readonly language: string | null;
  readonly isParsed: boolean;
  readonly isWhole: boolean;
  readonly lines: number;
  /** Words, each as often as it stands there. */
  readonly length: number;
  readonly postFrom: number;
  readonly postTo: number;
  readonly defFrom: number;
  readonly defTo: number;
  readonly imports: readonly string[];
}

/** Rows that belong together; `next` leads to the row before with the same word, + 1. */
interface PostRows {
  word: Uint32Array;
  file: Uint32Array;
  code: Uint16Array;
  prose: Uint16Array;
  next: Uint32Array;
}
interface DefRows {
  name: Uint32Array;
  file: Uint32Array;
  kind: Uint8Array;
  start: Uint32Array;
  end: Uint32Array;
  head: Uint32Array;
  nameStart: Uint32Array;
  startLine: Uint32Array;
  endLine: Uint32Array;
  nameLine: Uint32Array;
  /** Counted from the first one of its file. */
  parent: Int32Array;
  next: Uint32Array;
}

export class Overlay {
  readonly base: Base;
  /** Files of the base that are gone, or read again. */
  readonly stale: Uint8Array;
  staleCount = 0;
  readonly entries = new Map<FileId, Entry>();
  readonly newPaths: string[] = [];
  readonly newWords = new StringsBuilder(0, 0);
  posts: PostRows = postRows(0);
  defs: DefRows = defRows(0);
  postCount = 0;
  defCount = 0;
  /** Rows of files that are gone or were read again. */
  garbage = 0;
  /** By word, the last row + 1, of the rows that have been asked for: while much is read, nobody asks. */
  #postHeads = new Uint32Array(0);
  #defHeads = new Uint32Array(0);
  #linkedPosts = 0;
  #linkedDefs = 0;
  /** By file, the first row that counts. */
  #postLive = new Uint32Array(0);
  #defLive = new Uint32Array(0);
  readonly #pathIds = new Map<string, FileId>();
  readonly #terms = new Map<string, WordId[]>();
  #termed = 0;

  constructor(base: Base) {
    this.base = base;
    this.stale = new Uint8Array(base.paths.count);
  }

  get fileCount(): number {
    return this.base.paths.count + this.newPaths.length;
  }

  get wordCount(): number {
    return this.base.words.count + this.newWords.count;
  }

  path(file: FileId): string {
    const { paths } = this.base;
    return file < paths.count ? stringAt(paths, file) : (this.newPaths[file - paths.count] ?? '');
  }

  /** -1: never heard of. */
  fileOf(path: string): FileId {
    const known = indexOfString(this.base.paths, path);
    return known >= 0 ? known : (this.#pathIds.get(path) ?? -1);
  }

  word(id: WordId): string {
    const { words } = this.base;
    return id < words.count ? stringAt(words, id) : stringAt(this.newWords, id - words.count);
  }

  /** -1: in no file. */
  wordId(word: string): WordId {
    const known = indexOfString(this.base.words, word);
    if (known >= 0) return known;
    const added = indexOfString(this.newWords, word);
    return added < 0 ? -1 : this.base.words.count + added;
  }

  put(path: string, stat: FileStat | null, version: string, facts: FileFacts, isWhole: boolean): void {
    const file = this.#fileId(path);
    this.#drop(file);
    const { words, definitions } = facts;
    const postFrom = this.postCount;
    const defFrom = this.defCount;
    const text = wellFormed(words.text);
    const count = text === '' ? 0 : words.code.length;
    this.#reserve(count, definitions.names.length);
    let length = 0;
    for (let i = 0, from = 0; i < count; i++) {
      const end = text.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      const code = words.code[i] ?? 0;
      const prose = words.prose[i] ?? 0;
      this.#addPost(file, this.#idOf(text, from, to), code, prose);
      length += code + prose;
      from = to + 1;
    }
    for (let i = 0; i < definitions.names.length; i++) this.#addDefinition(file, facts, i);
    this.#postLive[file] = postFrom;
    this.#defLive[file] = defFrom;
    this.entries.set(file, {
      path,
      stat,
      version,
      language: facts.language,
      isParsed: facts.how === 'parsed',
      isWhole,
      lines: facts.lines,
      length,
      postFrom,
      postTo: this.postCount,
      defFrom,
      defTo: this.defCount,
      imports: facts.imports,
    });
  }

  remove(file: FileId): void {
    this.#drop(file);
  }

  /** Rows of files that have this word, in no order. */
  postsOf(word: WordId): readonly number[] {
    this.#linkPosts();
    const rows: number[] = [];
    for (let row = this.#postHeads[word] ?? 0; row > 0; row = this.posts.next[row - 1] ?? 0) {
      if (row - 1 >= (this.#postLive[this.posts.file[row - 1] ?? 0] ?? none)) rows.push(row - 1);
    }
    return rows;
  }

  /** Rows of definitions with this name, rising. */
  defsNamed(word: WordId): readonly number[] {
    this.#linkDefs();
    const rows: number[] = [];
    for (let row = this.#defHeads[word] ?? 0; row > 0; row = this.defs.next[row - 1] ?? 0) {
      if (row - 1 >= (this.#defLive[this.defs.file[row - 1] ?? 0] ?? none)) rows.push(row - 1);
    }
    return rows.reverse();
  }

  /** Words that the base does not have. */
  newWordsWith(term: string): readonly WordId[] {
    for (; this.#termed < this.newWords.count; this.#termed++) {
      const id = this.base.words.count + this.#termed;
      for (const one of findTerms(stringAt(this.newWords, this.#termed))) {
        const ids = this.#terms.get(one);
        if (ids) ids.push(id);
        else this.#terms.set(one, [id]);
      }
    }
    return this.#terms.get(term) ?? [];
  }

  #fileId(path: string): FileId {
    const known = this.fileOf(path);
    if (known >= 0) return known;
    const file = this.fileCount;
    this.newPaths.push(path);
    this.#pathIds.set(path, file);
    return file;
  }

  #idOf(text: string, from = 0, to = text.length): WordId {
    const known = indexOfString(this.base.words, text, from, to);
    return known >= 0 ? known : this.base.words.count + this.newWords.idOf(text, from, to);
  }

  #drop(file: FileId): void {
    if (file < this.stale.length && this.stale[file] === 0) {
      this.stale[file] = 1;
      this.staleCount++;
    }
    const entry = this.entries.get(file);
    if (entry === undefined) return;
    this.garbage += entry.postTo - entry.postFrom + entry.defTo - entry.defFrom;
    this.entries.delete(file);
    this.#postLive[file] = none;
    this.#defLive[file] = none;
  }

  #addPost(file: FileId, word: WordId, code: number, prose: number): void {
    const { posts } = this;
    const row = this.postCount++;
    posts.word[row] = word;
    posts.file[row] = file;
    posts.code[row] = code;
    posts.prose[row] = prose;
  }

  #linkPosts(): void {
    const { posts, wordCount } = this;
    if (wordCount > this.#postHeads.length) this.#postHeads = grown(this.#postHeads, 2 * wordCount);
    for (; this.#linkedPosts < this.postCount; this.#linkedPosts++) {
      const word = posts.word[this.#linkedPosts] ?? 0;
      posts.next[this.#linkedPosts] = this.#postHeads[word] ?? 0;
      this.#postHeads[word] = this.#linkedPosts + 1;
    }
  }

  #linkDefs(): void {
    const { defs, wordCount } = this;
    if (wordCount > this.#defHeads.length) this.#defHeads = grown(this.#defHeads, 2 * wordCount);
    for (; this.#linkedDefs < this.defCount; this.#linkedDefs++) {
      const name = defs.name[this.#linkedDefs] ?? 0;
      defs.next[this.#linkedDefs] = this.#defHeads[name] ?? 0;
      this.#defHeads[name] = this.#linkedDefs + 1;
    }
  }

  #addDefinition(file: FileId, { definitions: from }: FileFacts, i: number): void {
    const { defs } = this;
    const row = this.defCount++;
    const name = this.#idOf(wellFormed(from.names[i] ?? ''));
    defs.name[row] = name;
    defs.file[row] = file;
    defs.kind[row] = (from.kinds[i] ?? 0) + (from.local[i] === 1 ? isLocal : 0);
    defs.start[row] = from.starts[i] ?? 0;
    defs.end[row] = from.ends[i] ?? 0;
    defs.head[row] = from.heads[i] ?? 0;
    defs.nameStart[row] = from.nameStarts[i] ?? 0;
    defs.startLine[row] = from.startLines[i] ?? 0;
    defs.endLine[row] = from.endLines[i] ?? 0;
    defs.nameLine[row] = from.nameLines[i] ?? 0;
    defs.parent[row] = from.parents[i] ?? -1;
  }

  #reserve(posts: number, defs: number): void {
    if (this.postCount + posts > this.posts.word.length) {
      this.posts = copied(this.posts, postRows(roomFor(this.postCount + posts)));
    }
    if (this.defCount + defs > this.defs.name.length) {
      this.defs = copied(this.defs, defRows(roomFor(this.defCount + defs)));
    }
    const files = this.fileCount;
    if (files > this.#postLive.length) {
      const from = this.#postLive.length;
      this.#postLive = grown(this.#postLive, 2 * files).fill(none, from);
      this.#defLive = grown(this.#defLive, 2 * files).fill(none, from);
    }
  }
}

/** A row that never counts. */
const none = 0xffff_ffff;

function roomFor(rows: number): number {
  return Math.max(1024, rows + (rows >> 1));
}

function postRows(rows: number): PostRows {
  return {
    word: new Uint32Array(rows),
    file: new Uint32Array(rows),
    code: new Uint16Array(rows),
    prose: new Uint16Array(rows),
    next: new Uint32Array(rows),
  };
}

function defRows(rows: number): DefRows {
  const numbers = (): Uint32Array => new Uint32Array(rows);
  return {
    name: numbers(),
    file: numbers(),
    kind: new Uint8Array(rows),
    start: numbers(),
    end: numbers(),
    head: numbers(),
    nameStart: numbers(),
    startLine: numbers(),
    endLine: numbers(),
    nameLine: numbers(),
    parent: new Int32Array(rows),
    next: numbers(),
  };
}

function copied<T extends PostRows | DefRows>(from: T, to: T): T {
  for (const name of Object.keys(from) as (keyof T)[]) {
    (to[name] as Uint32Array).set(from[name] as Uint32Array);
  }
  return to;
}

function grown(column: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(1024, length));
  larger.set(column);
  return larger;
}

/** What a file can hold: a name with half a character would be another one after it was written. */
function wellFormed(name: string): string {
  return /[\ud800-\udfff]/.test(name) ? Buffer.from(name).toString() : name;
}
