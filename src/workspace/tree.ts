/** The files of the workspace by their names and dates, kept up to date by what the system tells of changes. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { limits } from '../core/limits.ts';
import { isGitName } from './fileState.ts';
import { repositoryAbove, repositoryAt, type FileStat, type Repository } from './gitIndex.ts';
import { Tracked, type GitCopy } from './gitTracked.ts';
import {
  ignoreFileNames,
  isIgnored,
  readRules,
  textsOf,
  type IgnoreRules,
  type OwnRules,
  type RuleTexts,
} from './ignoreFiles.ts';
import { Pace } from './pace.ts';
import { tellsChanges, watchesBelow, type FolderWatches } from './treeWatch.ts';

/** A file as last seen. A changed file is another leaf. */
export interface Leaf {
  readonly stat: FileStat;
  /** Written so shortly before it was seen that another writing could bear the same dates. */
  readonly isRecent: boolean;
  /** Git keeps just these bytes. */
  git: GitCopy | null;
}

/** `before` null: it was not there; `unseen`: not known. `after` null: it is gone. */
export type OnChange = (absolute: string, before: Leaf | null, after: Leaf | null) => void;

/** The clock of dates moves by 1 to 10 ms on local disks; others lag. */
export const clockTickMs = 100;

/** A file in a folder that could not be read before. */
export const unseen: Leaf = {
  stat: { kind: 'other', mode: 0, sizeBytes: 0, ino: 0, mtimeMs: 0, ctimeMs: 0 },
  isRecent: false,
  git: null,
};

/**
 * Not in it: what ignore files hide, unless it is tracked; git's own folders; names that are no text; and what lies behind links.
 * Programs that write through memory maps alone are not told of by Linux; compilers and linkers, which make new files, are.
 */
export class Tree {
  readonly #tops: readonly string[];
  readonly #watches: FolderWatches;
  readonly #roots: Folder[] = [];
  readonly #repositories = new Map<string, Tracked>();
  /** Seen since the last `prove`. */
  readonly #unproven = new Map<string, { readonly leaf: Leaf; readonly folder: Folder }>();
  #onChange: OnChange = () => undefined;
  #touched = new Set<Folder>();
  #leaves = 0;
  /** Grows with each update: folders know since when they are there. */
  #generation = 0;
  #isWhole = true;
  #rulesChanged = false;
  /** null: to be collected anew. */
  #ruleTexts: RuleTexts | null = null;
  #isWatched = true;
  /** Once there were more files than are kept in mind, one that appears may have been there. */
  #isFull = false;

  constructor(folders: readonly string[], watches: FolderWatches) {
    this.#tops = folders.filter((one) => !folders.some((other) => other !== one && one.startsWith(other + sep)));
    this.#watches = watches;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Takes in what has changed since the last time, or all of it where that is not known; aborted, the next one takes in all. */
  async update(onChange: OnChange, signal: AbortSignal): Promise<void> {
    const pace = new Pace(signal);
    const isFirst = this.#roots.length === 0;
    if (isFirst) for (const top of this.#tops) this.#roots.push(this.#newFolder(null, top, basename(top)));
    this.#isWatched &&= this.#tops.every(tellsChanges);
    const isSettled = !isFirst && this.#isWatched && (await this.#watches.settle(signal));
    const isWhole = this.#isWhole || !isSettled || this.#rootsMoved();
    const touched = [...this.#touched].sort((a, b) => a.absolute.length - b.absolute.length);
    this.#touched = new Set();
    const names = touched.map((folder) => [folder, folder.touched] as const);
    for (const folder of touched) folder.touched = new Map();
    this.#generation++;
    this.#isWhole = true;
    this.#onChange = onChange;
    if (isWhole) for (const root of this.#roots) await this.#readAll(root, pace);
    else for (const [folder, changed] of names) if (!folder.isGone) await this.#read(folder, changed, pace);
    if (!this.#isWatched) for (const root of this.#roots) closeWatches(root);
    this.#isWhole = false;
  }

  /** Ignore files that have changed hold from now on. What they hid or hide is told, and is no change of the files. */
  async adoptRules(onChange: OnChange, signal: AbortSignal): Promise<void> {
    if (!this.#rulesChanged) return;
    this.#rulesChanged = false;
    this.#ruleTexts = null;
    this.#isWhole = true;
    this.#onChange = onChange;
    for (const root of this.#roots) this.#adopt(root);
    await this.update(onChange, signal);
  }

  /** Finds out which of the files seen since the last time git keeps as they are. */
  async prove(signal: AbortSignal): Promise<void> {
    if (this.#unproven.size > 0) for (const one of this.#repositories.values()) await one.refresh(signal);
    for (const [absolute, { leaf, folder }] of this.#unproven)
      leaf.git ??= folder.tracked?.proof(pathIn(folder, basename(absolute)), leaf.stat) ?? null;
    this.#unproven.clear();
  }

  /** What the index has of a file, whether or not it stands like that. */
  recorded(absolute: string): GitCopy | null {
    const folder = this.#folderAt(dirname(absolute));
    const tracked = folder?.tracked ?? null;
    if (folder === null || tracked === null) return null;
    const entry = tracked.entry(pathIn(folder, basename(absolute)));
    return entry === null ? null : { repository: tracked.repository, oid: entry.oid };
  }

  /** How many files there are. */
  get size(): number {
    return this.#leaves;
  }

  *all(): Iterable<readonly [string, Leaf]> {
    for (const root of this.#roots) yield* leavesOf(root);
  }

  ruleTexts(): RuleTexts {
    this.#ruleTexts ??= this.#roots.flatMap((root) => ruleTextsOf(root));
    return this.#ruleTexts;
  }

  /** How many of the folders above have come since that generation. */
  foldersSince(absolute: string, generation: number): number {
    let count = 0;
    for (let at = this.#folderAt(dirname(absolute)); at !== null && at.born > generation; at = at.parent) count++;
    return count;
  }

  close(): void {
    for (const root of this.#roots) closeWatches(root);
    this.#roots.length = 0;
  }

  #newFolder(parent: Folder | null, absolute: string, name: string): Folder {
    const fromTop = parent === null ? '' : parent.fromTop === '' ? name : `${parent.fromTop}/${name}`;
    const repository = parent === null ? repositoryAbove(absolute) : repositoryAt(absolute);
    const own = readRules(absolute, fromTop);
    const folder: Folder = {
      absolute,
      name,
      parent,
      fromTop,
      born: this.#generation + 1,
      tracked: repository === null ? (parent?.tracked ?? null) : this.#trackedBy(repository),
      fromRepository:
        repository !== null
          ? relative(repository.top, absolute).replaceAll(sep, '/')
          : parent === null
            ? ''
            : pathIn(parent, name),
      own,
      fresh: own,
      rules: [...(parent?.rules ?? []), ...own.map(({ rules }) => rules)],
      children: new Map(),
      touched: new Map(),
      watch: null,
      ino: 0,
      isUnread: false,
      isGone: false,
    };
    if (own.length > 0) this.#ruleTexts = null;
    this.#watchFolder(folder);
    return folder;
  }

  #trackedBy(repository: Repository): Tracked {
    const known = this.#repositories.get(repository.gitFolder) ?? new Tracked(repository);
    this.#repositories.set(repository.gitFolder, known);
    return known;
  }

  /** Before its names are read, so that nothing falls in between. */
  #watchFolder(folder: Folder): void {
    if (!this.#isWatched || (watchesBelow && folder.parent !== null)) return;
    folder.watch = this.#watches.watch(folder.absolute, (name, renamed) => {
      if (name === null) this.#isWhole = true;
      else if (watchesBelow) this.#touchBelow(folder, name);
      else this.#touch(folder, name, renamed);
    });
    if (this.#watches.isLost) this.#isWatched = false;
  }

  #touch(folder: Folder, name: string, renamed: boolean): void {
    this.#touched.add(folder);
    folder.touched.set(name, renamed || folder.touched.get(name) === true);
  }

  #touchBelow(top: Folder, path: string): void {
    let folder = top;
    for (const part of path.split(sep)) {
      const child = folder.children.get(part);
      if (child === undefined || !isFolder(child)) {
        this.#touch(folder, part, true);
        return;
      }
      folder = child;
    }
    if (folder.parent !== null) this.#touch(folder.parent, folder.name, true);
  }

  #rootsMoved(): boolean {
    return this.#roots.some((root) => {
      const ino = lstatOf(root.absolute)?.ino ?? 0;
      if (ino === root.ino) return false;
      closeWatches(root);
      this.#watchFolder(root);
      return true;
    });
  }

  async #readAll(folder: Folder, pace: Pace): Promise<void> {
    folder.ino = lstatOf(folder.absolute)?.ino ?? 0;
    const names = new Map<string, boolean>();
    const wasUnread = folder.isUnread;
    try {
      for (const entry of readdirSync(folder.absolute, { withFileTypes: true }))
        names.set(entry.name, entry.isDirectory());
      folder.isUnread = false;
    } catch {
      folder.isUnread = lstatOf(folder.absolute) !== null;
    }
    const gone = [...folder.children.keys()].filter((name) => !names.has(name));
    const all = new Map(
      [...gone, ...ignoreFileNames.filter((one) => names.has(one)), ...names.keys()].map((name) => [name, false]),
    );
    await this.#read(folder, all, pace, wasUnread);
    for (const [name, isDirectory] of names) {
      const child = isDirectory ? folder.children.get(name) : undefined;
      if (child !== undefined && isFolder(child) && child.born <= this.#generation - 1)
        await this.#readAll(child, pace);
    }
  }

  /** Compares these names of a folder with what was known of them. */
  async #read(folder: Folder, names: ReadonlyMap<string, boolean>, pace: Pace, wasUnread = false): Promise<void> {
    const ordered = [...names].sort(
      ([a], [b]) => Number(ignoreFileNames.includes(b)) - Number(ignoreFileNames.includes(a)),
    );
    for (const [name, renamed] of ordered) {
      if (pace.isDue()) await pace.rest();
      const absolute = join(folder.absolute, name);
      const stat = lstatOf(absolute);
      const known = folder.children.get(name);
      if (known !== undefined && isFolder(known)) {
        if (stat?.isDirectory() === true) {
          if (renamed) await this.#readAnew(known, pace);
          continue;
        }
        this.#drop(folder, name, known);
      }
      if (stat?.isDirectory() === true) {
        if (known !== undefined && !isFolder(known)) this.#dropLeaf(folder, name, known);
        if (this.#isHidden(folder, name, true)) continue;
        const child = this.#newFolder(folder, absolute, name);
        child.born = this.#generation;
        child.isUnread = wasUnread;
        folder.children.set(name, child);
        await this.#readAll(child, pace);
        continue;
      }
      const leaf = known !== undefined && !isFolder(known) ? known : null;
      if (stat === null) {
        if (leaf !== null) this.#dropLeaf(folder, name, leaf);
      } else if (leaf === null) {
        if (this.#isHidden(folder, name, false)) continue;
        this.#isFull ||= this.#leaves >= limits.treeFilesMax;
        if (this.#leaves < limits.treeFilesMax)
          this.#setLeaf(folder, name, absolute, wasUnread || this.#isFull ? unseen : null, stat);
      } else if (leaf.isRecent || !isSameStat(leaf.stat, fileStat(stat))) {
        this.#setLeaf(folder, name, absolute, leaf, stat);
      }
    }
  }

  /** It may be another folder of the same name. */
  async #readAnew(folder: Folder, pace: Pace): Promise<void> {
    closeWatches(folder);
    this.#watchAll(folder);
    await this.#readAll(folder, pace);
  }

  #watchAll(folder: Folder): void {
    this.#watchFolder(folder);
    for (const child of folder.children.values()) if (isFolder(child)) this.#watchAll(child);
  }

  #setLeaf(folder: Folder, name: string, absolute: string, before: Leaf | null, stat: Stats): void {
    const leaf: Leaf = { stat: fileStat(stat), isRecent: Date.now() - stat.ctimeMs < clockTickMs, git: null };
    if (before === null || before === unseen) this.#leaves++;
    folder.children.set(name, leaf);
    this.#unproven.set(absolute, { leaf, folder });
    this.#noteRules(folder, name);
    this.#onChange(absolute, before, leaf);
  }

  #dropLeaf(folder: Folder, name: string, leaf: Leaf): void {
    const absolute = join(folder.absolute, name);
    folder.children.delete(name);
    this.#leaves--;
    this.#unproven.delete(absolute);
    this.#noteRules(folder, name);
    this.#onChange(absolute, leaf, null);
  }

  #drop(parent: Folder, name: string, folder: Folder): void {
    for (const [childName, child] of folder.children) {
      if (isFolder(child)) this.#drop(folder, childName, child);
      else this.#dropLeaf(folder, childName, child);
    }
    closeWatches(folder);
    if (folder.own.length > 0) this.#ruleTexts = null;
    folder.isGone = true;
    parent.children.delete(name);
  }

  #noteRules(folder: Folder, name: string): void {
    if (!ignoreFileNames.includes(name)) return;
    const fresh = readRules(folder.absolute, folder.fromTop);
    if (textsOf(fresh) === textsOf(folder.own)) return;
    folder.fresh = fresh;
    this.#rulesChanged = true;
  }

  /** Hidden by the rules in force, or by those that have come since. */
  #isHidden(folder: Folder, name: string, isDirectory: boolean): boolean {
    if (isGitName(name)) return true;
    if (folder.tracked?.has(pathIn(folder, name), isDirectory) === true) return false;
    const fromTop = folder.fromTop === '' ? name : `${folder.fromTop}/${name}`;
    if (isIgnored(folder.rules, fromTop, isDirectory)) return true;
    if (!this.#rulesChanged) return false;
    return isIgnored(freshRules(folder), fromTop, isDirectory);
  }

  #adopt(folder: Folder): void {
    folder.own = folder.fresh;
    folder.rules = [...(folder.parent?.rules ?? []), ...folder.own.map(({ rules }) => rules)];
    for (const [name, child] of folder.children) {
      if (this.#isHidden(folder, name, isFolder(child))) {
        this.#onChange = () => undefined;
        if (isFolder(child)) this.#drop(folder, name, child);
        else this.#dropLeaf(folder, name, child);
      } else if (isFolder(child)) {
        this.#adopt(child);
      }
    }
  }

  #folderAt(absolute: string): Folder | null {
    const root = this.#roots.find((one) => absolute === one.absolute || absolute.startsWith(one.absolute + sep));
    if (root === undefined) return null;
    let folder = root;
    for (const part of absolute.slice(root.absolute.length + 1).split(sep)) {
      if (part === '') continue;
      const child = folder.children.get(part);
      if (child === undefined || !isFolder(child)) return null;
      folder = child;
    }
    return folder;
  }
}

interface Folder {
  readonly absolute: string;
  readonly name: string;
  readonly parent: Folder | null;
  readonly fromTop: string;
  born: number;
  readonly tracked: Tracked | null;
  /** `''` for its top. */
  readonly fromRepository: string;
  /** The ignore files in it: in force, and as they stand. */
  own: readonly OwnRules[];
  fresh: readonly OwnRules[];
  /** In force, from the top down. */
  rules: readonly IgnoreRules[];
  readonly children: Map<string, Leaf | Folder>;
  /** Names that the system told of; true: it may be another file or folder of the same name. */
  touched: Map<string, boolean>;
  watch: { close(): void } | null;
  ino: number;
  /** Its names could not be read: what is found in it later may have been there. */
  isUnread: boolean;
  isGone: boolean;
}

function pathIn({ fromRepository }: Folder, name: string): string {
  return fromRepository === '' ? name : `${fromRepository}/${name}`;
}

function isFolder(child: Leaf | Folder): child is Folder {
  return 'children' in child;
}

function freshRules(folder: Folder): readonly IgnoreRules[] {
  const own = folder.fresh.map(({ rules }) => rules);
  return folder.parent === null ? own : [...freshRules(folder.parent), ...own];
}

function ruleTextsOf(folder: Folder): RuleTexts {
  return [
    ...folder.own.map(({ name, text }) => ({ folder: folder.absolute, name, text })),
    ...[...folder.children.values()].flatMap((child) => (isFolder(child) ? ruleTextsOf(child) : [])),
  ];
}

function* leavesOf(folder: Folder): Iterable<readonly [string, Leaf]> {
  for (const [name, child] of folder.children) {
    if (isFolder(child)) yield* leavesOf(child);
    else yield [join(folder.absolute, name), child];
  }
}

function closeWatches(folder: Folder): void {
  folder.watch?.close();
  folder.watch = null;
  for (const child of folder.children.values()) if (isFolder(child)) closeWatches(child);
}

function fileStat(stat: Stats): FileStat {
  const kind = stat.isFile() ? 'file' : stat.isSymbolicLink() ? 'link' : 'other';
  const { mode, size, ino, mtimeMs, ctimeMs } = stat;
  return { kind, mode: mode & 0o7777, sizeBytes: size, ino, mtimeMs, ctimeMs };
}

export function isSameStat(a: FileStat, b: FileStat): boolean {
  return (
    a.ctimeMs === b.ctimeMs &&
    a.mtimeMs === b.mtimeMs &&
    a.sizeBytes === b.sizeBytes &&
    a.ino === b.ino &&
    a.mode === b.mode &&
    a.kind === b.kind
  );
}

function lstatOf(absolute: string): Stats | null {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null; // what cannot be looked at is not there for us
  }
}
