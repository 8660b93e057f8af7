/**
 * What a killed process leaves of the files before a command: their names and dates, and copies of those that nobody else keeps. It
 * lives while commands run and goes with the process; nothing is synced, since it has to outlive the process only.
 */
import { constants } from 'node:fs';
import { appendFile, mkdir, open, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CallId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { megabytes, tooLarge } from './fileState.ts';
import type { RuleTexts } from './ignoreFiles.ts';
import type { FileStat, Repository } from './gitIndex.ts';
import { gitHash } from './gitObjects.ts';
import type { GitCopy } from './gitTracked.ts';
import { Pace } from './pace.ts';
import { isSameStat, type Leaf } from './tree.ts';

/** Where the content of a file before a command is found. */
export type Source =
  | { readonly kind: 'git'; readonly copy: GitCopy; readonly sizeBytes: number }
  | { readonly kind: 'copy'; readonly file: string; readonly at: number; readonly bytes: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'none'; readonly why: string };

export interface Known {
  readonly stat: FileStat;
  readonly source: Source;
}

/** Before the call that was running when it was last written. */
export interface Listing {
  readonly files: ReadonlyMap<string, Known>;
  readonly rules: RuleTexts;
  /** When the call began, as the disk counts the time. */
  readonly startedMs: number;
}

export class TreeList {
  #folder: string;
  /** Seen since it was last written; null: gone. */
  readonly stale = new Map<string, Leaf | null>();
  readonly #copies = new Map<string, { readonly leaf: Leaf; readonly source: Source }>();
  #copiesBytes = 0;
  #fileBytes = 0;
  #lines = 0;
  #rules: RuleTexts | null = null;
  readonly #repositories = new Map<Repository, number>();
  #isMade = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** More of it is outdated than not, so that it is better begun anew. */
  isOverlong(files: number): boolean {
    return this.#lines > 2 * files + 10_000 || this.#fileBytes > 2 * limits.checkpointTreeBytes;
  }

  source(absolute: string, leaf: Leaf): Source {
    if (leaf.git !== null) return { kind: 'git', copy: leaf.git, sizeBytes: leaf.stat.sizeBytes };
    const kept = this.#copies.get(absolute);
    if (kept?.leaf !== leaf) return notLookedAt;
    return kept.source.kind === 'copy' ? { ...kept.source, file: join(this.#folder, copiesFile) } : kept.source;
  }

  /** To another session; false where it is gone. */
  async moveTo(folder: string): Promise<boolean> {
    try {
      await rm(folder, { recursive: true, force: true });
      await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
      if (this.#isMade) await rename(this.#folder, folder);
      this.#folder = folder;
      return true;
    } catch {
      return false; // deleted with its session
    }
  }

  /**
   * All that is stale is written, and copied where nobody else keeps it; then, last, that the call begins. Gives the time at which it
   * does, as the disk counts it. When it throws, the list is not whole any more.
   */
  async begin(
    call: CallId,
    rules: RuleTexts,
    recorded: (absolute: string) => GitCopy | null,
    signal: AbortSignal,
  ): Promise<number> {
    const pace = new Pace(signal);
    if (!this.#isMade) {
      await rm(this.#folder, { recursive: true, force: true });
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      this.#isMade = true;
    }
    const copies = new Batch(join(this.#folder, copiesFile));
    const lines = new Batch(join(this.#folder, listFile));
    for (const [absolute, leaf] of this.stale) {
      if (pace.isDue()) await pace.rest();
      const old = this.#copies.get(absolute)?.source;
      if (old?.kind === 'copy') this.#copiesBytes -= old.bytes;
      this.#copies.delete(absolute);
      if (leaf !== null && leaf.git === null) {
        const source = await this.#copy(absolute, leaf, recorded(absolute), copies);
        if (source !== null) this.#copies.set(absolute, { leaf, source });
      }
      lines.add(this.#lineOf(absolute, leaf, lines));
      this.#lines++;
      await copies.writeFull();
      if (lines.isFull) {
        await copies.write(); // a line is never there before what it names
        await lines.write();
      }
    }
    this.stale.clear();
    if (rules !== this.#rules) lines.add({ rules });
    this.#rules = rules;
    await copies.write();
    await lines.write();
    const startedMs = await diskTime(this.#folder);
    lines.add({ call, startedMs });
    await lines.write();
    return startedMs;
  }

  async end(call: CallId): Promise<void> {
    await appendFile(join(this.#folder, listFile), `${JSON.stringify({ end: call })}\n`);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #lineOf(path: string, leaf: Leaf | null, lines: Batch): Line {
    if (leaf === null) return { path, stat: null };
    const { kind, mode, sizeBytes, ino, mtimeMs, ctimeMs } = leaf.stat;
    const stat: StatLine = [kind, mode, sizeBytes, ino, mtimeMs, ctimeMs];
    const source = this.#copies.get(path)?.source;
    if (source !== undefined) return { path, stat, source };
    if (leaf.git === null) return { path, stat };
    const { repository, oid } = leaf.git;
    let number = this.#repositories.get(repository);
    if (number === undefined) {
      number = this.#repositories.size;
      this.#repositories.set(repository, number);
      lines.add({ repository });
    }
    return { path, stat, git: [number, oid] };
  }

  /** null: git has it after all. */
  async #copy(absolute: string, leaf: Leaf, recorded: GitCopy | null, copies: Batch): Promise<Source | null> {
    const { stat } = leaf;
    try {
      if (stat.kind === 'link') return { kind: 'link', target: await readlink(absolute) };
      if (stat.kind === 'other') return { kind: 'none', why: 'it was a device, pipe or socket' };
      if (stat.sizeBytes > limits.checkpointFileBytes) return { kind: 'none', why: tooLarge };
      const bytes = await readExactly(absolute, stat);
      if (bytes === null) return { kind: 'none', why: 'it was being written when the command began' };
      if (recorded !== null && gitHash(bytes, recorded.oid.length) === recorded.oid) {
        leaf.git = recorded;
        return null;
      }
      if (this.#copiesBytes + bytes.length > limits.checkpointTreeBytes) {
        const why = `more than ${megabytes(limits.checkpointTreeBytes)} MB of files that no version control keeps would have to be copied`;
        return { kind: 'none', why };
      }
      const at = this.#fileBytes;
      copies.addBytes(bytes);
      this.#fileBytes += bytes.length;
      this.#copiesBytes += bytes.length;
      return { kind: 'copy', file: '', at, bytes: bytes.length };
    } catch (thrown) {
      return { kind: 'none', why: `it could not be read before the command (${thrown instanceof Error ? thrown.message : String(thrown)})` }; // prettier-ignore
    }
  }
}

/** null: `call` was not running when it was last written, or what is there is not whole. */
export async function readListing(folder: string, call: CallId): Promise<Listing | null> {
  const text = await readFile(join(folder, listFile), 'utf8').catch(() => null);
  if (text === null || !text.endsWith('\n')) return null;
  const files = new Map<string, Known>();
  const repositories: Repository[] = [];
  let rules: RuleTexts = [];
  let running: CallId | null = null;
  let startedMs = 0;
  try {
    for (const line of text.slice(0, -1).split('\n')) {
      const entry = JSON.parse(line) as Line;
      if ('rules' in entry) rules = entry.rules;
      else if ('repository' in entry) repositories.push(entry.repository);
      else if ('call' in entry) [running, startedMs] = [entry.call, entry.startedMs];
      else if ('end' in entry) running = running === entry.end ? null : running;
      else if (entry.stat === null) files.delete(entry.path);
      else files.set(entry.path, knownOf(entry.stat, entry.source, entry.git, repositories, folder));
    }
  } catch {
    return null; // cut by a loss of power: what was before is not known
  }
  return running === call ? { files, rules, startedMs } : null;
}

export async function readCopy({ file, at, bytes }: Source & { kind: 'copy' }): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const data = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(data, 0, bytes, at);
    if (bytesRead < bytes) throw new Error('the copy is cut off');
    return data;
  } finally {
    await handle.close();
  }
}

const listFile = 'list.jsonl';
const copiesFile = 'copies';

type Line =
  | { readonly call: CallId; readonly startedMs: number }
  | { readonly end: CallId }
  | { readonly rules: RuleTexts }
  | { readonly repository: Repository }
  | {
      readonly path: string;
      readonly stat: StatLine | null;
      readonly source?: Source;
      /** Which of the repositories that were named so far, and the id there. */
      readonly git?: readonly [number, string];
    };
type StatLine = readonly [FileStat['kind'], number, number, number, number, number];

function knownOf(
  [kind, mode, sizeBytes, ino, mtimeMs, ctimeMs]: StatLine,
  source: Source | undefined,
  git: readonly [number, string] | undefined,
  repositories: readonly Repository[],
  folder: string,
): Known {
  const stat: FileStat = { kind, mode, sizeBytes, ino, mtimeMs, ctimeMs };
  const repository = git && repositories[git[0]];
  if (git && repository) return { stat, source: { kind: 'git', copy: { repository, oid: git[1] }, sizeBytes } };
  if (source?.kind === 'copy') return { stat, source: { ...source, file: join(folder, copiesFile) } };
  return { stat, source: source ?? notLookedAt };
}

const notLookedAt: Source = { kind: 'none', why: 'it could not be looked at before the command' };

/** What the stat was taken of, or null; no link is followed. */
async function readExactly(absolute: string, stat: FileStat): Promise<Buffer | null> {
  const file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const bytes = await file.readFile();
    const now = await file.stat();
    const isSame = isSameStat(stat, {
      ...stat,
      sizeBytes: now.size,
      ino: now.ino,
      mtimeMs: now.mtimeMs,
      ctimeMs: now.ctimeMs,
    });
    return isSame && bytes.length === stat.sizeBytes ? bytes : null;
  } finally {
    await file.close();
  }
}

/** The clock that dates of files are taken from, which lags a little behind others. */
async function diskTime(folder: string): Promise<number> {
  const file = join(folder, 'time');
  await writeFile(file, '');
  return (await stat(file)).mtimeMs;
}

/** Appends in pieces of about a megabyte. */
class Batch {
  readonly #file: string;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(file: string) {
    this.#file = file;
  }

  get isFull(): boolean {
    return this.#bytes > 1 << 20;
  }

  add(line: Line): void {
    this.addBytes(Buffer.from(`${JSON.stringify(line)}\n`));
  }

  addBytes(data: Uint8Array): void {
    this.#parts.push(data);
    this.#bytes += data.length;
  }

  async writeFull(): Promise<void> {
    if (this.isFull) await this.write();
  }

  async write(): Promise<void> {
    const data = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (data.length > 0) await appendFile(this.#file, data, { mode: 0o600 });
  }
}
