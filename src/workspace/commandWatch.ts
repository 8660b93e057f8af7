/** What commands change: the tree is watched while they run, and what stood there before comes from git or from copies. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileState, FileStep } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { CallId, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Blobs, TreeWatch } from '../core/ports.ts';
import {
  absent,
  fileStateOf,
  isSameState,
  look,
  megabytes,
  tooLarge,
  unkept,
  type Seen,
  type World,
} from './fileState.ts';
import type { Repository } from './gitIndex.ts';
import { readBlobs } from './gitObjects.ts';
import { hiddenBy } from './ignoreFiles.ts';
import { clockTickMs, isSameStat, Tree, unseen, type Leaf, type OnChange } from './tree.ts';
import { readCopy, readListing, TreeList, type Known, type Source } from './treeList.ts';
import { FolderWatches, tellsChanges } from './treeWatch.ts';

export interface WatchParts {
  /** Of the disk: a command does not see unsaved text. */
  readonly world: World;
  readonly blobs: Blobs;
  readonly storage: string;
  /** Where a session keeps what is its own. */
  readonly sessionFolder: (session: SessionId) => string;
}

interface Running {
  readonly call: CallId;
  readonly list: TreeList;
  readonly generation: number;
  readonly startedMs: number;
  /** As it stood before the command; null: it was not there. */
  readonly changed: Map<string, Known | null>;
}

/** Built at the first command, and kept up to date between commands as long as the process lives. */
export class CommandWatches {
  readonly #parts: WatchParts;
  readonly #watches: FolderWatches;
  #tree: Tree;
  readonly #running = new Map<SessionId, Running>();
  readonly #lists = new Map<SessionId, TreeList>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#watches = new FolderWatches(join(parts.storage, 'sentinels'));
    this.#tree = new Tree(parts.world.folders, this.#watches);
  }

  warm(signal: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      await this.#takeIn(signal);
      await this.#tree.adoptRules(this.#note, signal);
      await this.#tree.prove(signal);
    });
  }

  watch(session: SessionId, call: CallId, signal: AbortSignal): Promise<TreeWatch> {
    return this.#alone(signal, async () => {
      this.#running.delete(session); // a session runs one command at a time: nobody waits for the end of that one any more
      await this.#takeIn(signal);
      await this.#tree.adoptRules(this.#note, signal);
      const list = await this.#listOf(session);
      let startedMs: number;
      try {
        await this.#tree.prove(signal);
        startedMs = await list.begin(call, this.#tree.ruleTexts(), (absolute) => this.#tree.recorded(absolute), signal);
      } catch (thrown) {
        this.#lists.delete(session);
        signal.throwIfAborted();
        await list.remove().catch(() => undefined); // what is in the way is told below
        throw new JourneymanError(
          'unavailable',
          `The copies that let a command be taken back could not be made: ${thrown instanceof Error ? thrown.message : String(thrown)}. Mend that and try again.`,
          { cause: thrown },
        );
      }
      const running: Running = { call, list, generation: this.#tree.generation, startedMs, changed: new Map() };
      this.#running.set(session, running);
      return {
        end: (endSignal) =>
          this.#alone(endSignal, async () => {
            const steps = await this.#stepsOf(session, running, endSignal);
            if (this.#running.get(session) === running) {
              this.#running.delete(session);
              await list.end(call).catch(() => undefined); // it would only be compared once more
            }
            return steps;
          }),
      };
    });
  }

  recover(session: SessionId, call: CallId, signal: AbortSignal): Promise<readonly FileStep[] | null> {
    return this.#alone(signal, async () => {
      const running = this.#running.get(session);
      if (running?.call === call) return this.#stepsOf(session, running, signal);
      const listing = await readListing(this.#folder(session), call);
      if (listing === null) return null;
      await this.#takeIn(signal);
      const changed = new Map<string, Known | null>();
      const now = new Map(this.#tree.all());
      const isFull = listing.files.size >= limits.treeFilesMax;
      for (const [path, known] of listing.files) {
        const leaf = now.get(path);
        const isRecent = known.stat.ctimeMs > listing.startedMs - clockTickMs;
        if (!leaf || isRecent || !isSameStat(leaf.stat, known.stat)) changed.set(path, known);
      }
      const wasHidden = hiddenBy(listing.rules, this.#parts.world.folders);
      for (const [path] of now)
        if (!listing.files.has(path) && !wasHidden(path)) changed.set(path, isFull ? knownOf(unseen, notSeen) : null);
      const folders = new Set<string>(this.#parts.world.folders);
      for (const path of listing.files.keys())
        for (let at = dirname(path); !folders.has(at) && dirname(at) !== at; at = dirname(at)) folders.add(at);
      const missing = (path: string): number => {
        let count = 0;
        for (let at = dirname(path); !folders.has(at) && dirname(at) !== at; at = dirname(at)) count++;
        return count;
      };
      return this.#steps(session, changed, listing.startedMs, missing, signal);
    });
  }

  async close(): Promise<void> {
    this.#tree.close();
    this.#watches.close();
    // What runs may have to be found out about by the next process.
    for (const [session, list] of this.#lists) if (!this.#running.has(session)) await list.remove();
    this.#lists.clear();
    this.#running.clear();
    this.#tree = new Tree(this.#parts.world.folders, this.#watches);
  }

  async #takeIn(signal: AbortSignal): Promise<void> {
    await mkdir(this.#parts.storage, { recursive: true, mode: 0o700 });
    await this.#tree.update((absolute, before, after) => {
      for (const { list, changed } of this.#running.values()) {
        if (changed.has(absolute)) continue;
        changed.set(
          absolute,
          before === null ? null : knownOf(before, before === unseen ? notSeen : list.source(absolute, before)),
        );
      }
      this.#note(absolute, before, after);
    }, signal);
  }

  readonly #note: OnChange = (absolute, _, after) => {
    for (const list of this.#lists.values()) list.stale.set(absolute, after);
  };

  /** One that no command needs moves along with the tree that it describes: it is not written anew for each session. */
  async #listOf(session: SessionId): Promise<TreeList> {
    const { size } = this.#tree;
    const own = this.#lists.get(session);
    if (own && !own.isOverlong(size)) return own;
    const idle = [...this.#lists].find(([other, list]) => !this.#running.has(other) && !list.isOverlong(size));
    if (idle) {
      const [other, list] = idle;
      this.#lists.delete(other);
      if (await list.moveTo(this.#folder(session))) {
        this.#lists.set(session, list);
        return list;
      }
    }
    const fresh = new TreeList(this.#folder(session));
    for (const [path, leaf] of this.#tree.all()) fresh.stale.set(path, leaf);
    this.#lists.set(session, fresh);
    return fresh;
  }

  async #stepsOf(
    session: SessionId,
    { changed, generation, startedMs }: Running,
    signal: AbortSignal,
  ): Promise<readonly FileStep[]> {
    await this.#takeIn(signal);
    return this.#steps(session, changed, startedMs, (path) => this.#tree.foldersSince(path, generation), signal);
  }

  /** By path; what is as it was is left out. */
  async #steps(
    session: SessionId,
    changed: ReadonlyMap<string, Known | null>,
    startedMs: number,
    missingFolders: (path: string) => number,
    signal: AbortSignal,
  ): Promise<readonly FileStep[]> {
    const { world, blobs } = this.#parts;
    // What stood there before comes first: it is somebody's work.
    const all = [...changed].sort(([, a], [, b]) => Number(a === null) - Number(b === null));
    const named = all.slice(0, limits.checkpointFilesMax).map(([absolute, known]) => ({
      absolute,
      known,
      path: world.places.locate(absolute).path,
    }));
    named.sort((a, b) => (a.path < b.path ? -1 : 1));
    const fromGit = gitContents(
      named.flatMap(({ known }) => known?.source ?? []),
      signal,
    );
    fromGit.catch(() => undefined); // told to those who wait for it
    const inos = new Set(named.map(({ known }) => known?.stat.ino));
    const isLocal = world.folders.every(tellsChanges);
    let bytesAfter = 0;
    const steps = await inParallel(named, async ({ absolute, known, path }): Promise<FileStep | null> => {
      signal.throwIfAborted();
      const seen = await look(world, path);
      const before =
        known === null && isLocal && isOlder(seen, startedMs) && !inos.has(seen.stat?.ino)
          ? unkept('it was moved here from a place that is not watched')
          : await stateBefore(known, await fromGit, () => missingFolders(absolute));
      if (isSameState(before.state, seen.state)) return null;
      bytesAfter += seen.bytes?.length ?? 0;
      const isTooMuch = bytesAfter > limits.checkpointTreeBytes && seen.bytes !== null;
      const after = isTooMuch
        ? unkept(`the command changed more than ${megabytes(limits.checkpointTreeBytes)} MB`)
        : seen;
      // What git has can be read there again; what stands there now is safe where it stands.
      const [from, to] = await Promise.all([
        keepSeen(blobs, session, before, known?.source.kind === 'git' ? 'later' : 'now'),
        keepSeen(blobs, session, after, 'later'),
      ]);
      return { path, before: from, after: to };
    });
    return [...steps.filter((step) => step !== null), ...unkeptRest(all.length - named.length)];
  }

  #folder(session: SessionId): string {
    return join(this.#parts.sessionFolder(session), 'tree');
  }

  async #alone<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let isDone = (): void => undefined;
    this.#turn = Promise.all([before, new Promise<void>((resolve) => (isDone = resolve))]);
    const waiting = new AbortController();
    try {
      await new Promise<void>((resolve, reject) => {
        signal.throwIfAborted();
        signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: waiting.signal });
        void before.then(() => resolve());
      });
      waiting.abort();
      return await work();
    } finally {
      waiting.abort();
      isDone();
    }
  }
}

/** The state, with its bytes kept; `unkept` where the disk refuses. */
export async function keepSeen(
  blobs: Blobs,
  session: SessionId,
  { state, bytes }: Pick<Seen, 'state' | 'bytes'>,
  when: 'now' | 'later',
): Promise<FileState> {
  if (state.kind !== 'file' || bytes === null) return state;
  try {
    await blobs.put(session, bytes, when);
    return state;
  } catch (thrown) {
    return { kind: 'unkept', why: thrown instanceof Error ? thrown.message.replace(/\.$/, '') : String(thrown) };
  }
}

export async function inParallel<A, B>(items: readonly A[], work: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as A);
  };
  await Promise.all(Array.from({ length: limits.parallelReads }, run));
  return results;
}

/** Told as a change of the whole folder that cannot be taken back. */
function unkeptRest(count: number): readonly FileStep[] {
  const why = `${String(count)} more files that the command changed are not kept`;
  return count === 0 ? [] : [{ path: '.', before: { kind: 'unkept', why }, after: { kind: 'unkept', why } }];
}

/** It was there before, under another name: its only one, so that it would be lost with it. */
function isOlder({ stat }: Seen, thanMs: number): boolean {
  return stat?.isFile() === true && stat.nlink === 1 && stat.birthtimeMs > 0 && stat.birthtimeMs < thanMs;
}

const notSeen: Source = { kind: 'none', why: 'it could not be looked at before the command' };

function knownOf({ stat }: Leaf, source: Source): Known {
  return { stat, source };
}

type GitContents = ReadonlyMap<Repository, ReadonlyMap<string, Buffer>>;

async function gitContents(sources: readonly Source[], signal: AbortSignal): Promise<GitContents> {
  const wanted = new Map<Repository, string[]>();
  for (const source of sources) {
    if (source.kind !== 'git' || source.sizeBytes > limits.checkpointFileBytes) continue;
    const oids = wanted.get(source.copy.repository) ?? [];
    wanted.set(source.copy.repository, [...oids, source.copy.oid]);
  }
  return new Map(
    await Promise.all(
      [...wanted].map(async ([repository, oids]) => [repository, await readBlobs(repository, oids, signal)] as const),
    ),
  );
}

async function stateBefore(
  known: Known | null,
  fromGit: GitContents,
  missingFolders: () => number,
): Promise<Pick<Seen, 'state' | 'bytes'>> {
  if (known === null) {
    return { state: absent(missingFolders()), bytes: null };
  }
  const { source, stat } = known;
  const lost = (why: string): Pick<Seen, 'state' | 'bytes'> => ({ state: { kind: 'unkept', why }, bytes: null });
  const holds = (bytes: Buffer): Pick<Seen, 'state' | 'bytes'> => ({ state: fileStateOf(bytes, stat.mode), bytes });
  switch (source.kind) {
    case 'none':
      return lost(source.why);
    case 'link':
      return { state: { kind: 'link', target: source.target }, bytes: null };
    case 'copy':
      return readCopy(source).then(holds, () => lost('its copy is gone'));
    case 'git': {
      if (source.sizeBytes > limits.checkpointFileBytes) return lost(tooLarge);
      const blob = fromGit.get(source.copy.repository)?.get(source.copy.oid);
      if (blob === undefined) return lost('git no longer has it');
      if (stat.kind === 'link') return { state: { kind: 'link', target: blob.toString('utf8') }, bytes: null };
      const bytes = asCheckedOut(blob, source.sizeBytes);
      return bytes === null ? lost('git keeps it with other line ends') : holds(bytes);
    }
  }
}

/** As it was, or with each line end made CRLF: the length tells which. Other conversions were asked about before. */
function asCheckedOut(blob: Buffer, sizeBytes: number): Buffer | null {
  if (blob.length === sizeBytes) return blob;
  const converted = Buffer.from(blob.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  return converted.length === sizeBytes && !blob.includes('\r\n') ? converted : null;
}
