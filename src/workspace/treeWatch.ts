/** Tells which names have changed in watched folders, and when all of it has been told. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statfsSync, watch, type FSWatcher } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { limits } from '../core/limits.ts';

/** `name` within the folder (a path where folders below are watched along); null: something, not known what. */
export type OnName = (name: string | null, renamed: boolean) => void;

/** One watch of a top folder tells of all below it. On Linux each folder needs its own. */
export const watchesBelow = process.platform === 'darwin' || process.platform === 'win32';

export class FolderWatches {
  readonly #sentinels: string;
  readonly #queueMax = queuedEventsMax();
  #watchers = 0;
  #events = 0;
  readonly #waiting = new Map<string, (isSeen: boolean) => void>();
  #own: FSWatcher | null = null;
  #isLost = false;

  /** `sentinels`: a folder of ours for files whose only purpose is to be seen. */
  constructor(sentinels: string) {
    this.#sentinels = sentinels;
  }

  /** Once true it stays so: the system gives no more watches, or none that can be trusted. */
  get isLost(): boolean {
    return this.#isLost;
  }

  watch(folder: string, onName: OnName): { close(): void } | null {
    if (this.#isLost) return null;
    if (this.#watchers >= limits.treeWatchesMax) return this.#lose();
    try {
      this.#own ??= this.#watchSentinels();
      const watcher = watch(folder, { persistent: false, recursive: watchesBelow }, (type, name) => {
        this.#events++;
        onName(name, type === 'rename');
      });
      watcher.on('error', () => onName(null, true)); // a folder that was removed, on Windows
      this.#watchers++;
      return {
        close: () => {
          this.#watchers--;
          watcher.close();
        },
      };
    } catch (thrown) {
      return isGone(thrown) ? null : this.#lose();
    }
  }

  /**
   * When this resolves to true, `onName` was called for every change before it. The system tells changes in their order, so a file of
   * our own that is told says that all before it was; false where that cannot be relied upon.
   */
  async settle(signal: AbortSignal): Promise<boolean> {
    // One stream for all on Linux; elsewhere what waits behind one event comes with the next.
    for (let round = watchesBelow ? 2 : 1; round > 0; round--) {
      if (this.#isLost || this.#own === null || !(await this.#seesSentinel(signal))) return false;
    }
    const events = this.#events;
    this.#events = 0;
    return events < this.#queueMax; // beyond it the system drops what comes
  }

  close(): void {
    this.#own?.close();
    this.#own = null;
    this.#isLost = true;
    for (const done of this.#waiting.values()) done(false);
  }

  async #seesSentinel(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const name = randomBytes(9).toString('hex');
    const file = join(this.#sentinels, name);
    const end = AbortSignal.any([signal, AbortSignal.timeout(limits.treeSettleMs)]);
    try {
      const isSeen = await new Promise<boolean>((resolve) => {
        this.#waiting.set(name, resolve);
        end.addEventListener('abort', () => resolve(false), { once: true });
        writeFile(file, '').catch(() => resolve(false)); // the disk is full: nothing of ours can be written there
      });
      signal.throwIfAborted();
      return isSeen;
    } finally {
      this.#waiting.delete(name);
      await rm(file, { force: true }).catch(() => undefined); // one empty file more
    }
  }

  #watchSentinels(): FSWatcher {
    mkdirSync(this.#sentinels, { recursive: true, mode: 0o700 });
    return watch(this.#sentinels, { persistent: false }, (_, name) => {
      if (name !== null) this.#waiting.get(basename(name))?.(true);
    });
  }

  #lose(): null {
    this.#isLost = true;
    return null;
  }
}

/** Whether the disk of a folder tells changes at all: those of other machines and some mounted ones do not. */
export function tellsChanges(folder: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return localDisks.has(statfsSync(folder).type);
  } catch {
    return false;
  }
}

/** ext, btrfs, xfs, tmpfs, overlay, f2fs, zfs, bcachefs: the numbers of linux/magic.h. */
const localDisks = new Set([
  0xef53, 0x9123683e, 0x58465342, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1, 0xca451a4e,
]);

function queuedEventsMax(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) / 2;
  } catch {
    return 8192;
  }
}

function isGone(thrown: unknown): boolean {
  const code = (thrown as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES';
}
