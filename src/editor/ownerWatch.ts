/** Says when something happens to a session that another window or process holds: it writes, or it is gone. */
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { SessionId } from '../core/event.ts';
import { released } from '../log/claim.ts';
import { sessionsFolder } from '../log/folders.ts';

/** Events come in bursts; reading on once a burst is enough. */
const gatherMs = 200;

export class OwnerWatch {
  readonly #storage: string;
  readonly #onNews: () => void;
  #followed: { readonly id: SessionId; readonly end: AbortController } | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Its owner was gone before, and yet it could not be had. */
  #missed: SessionId | null = null;

  constructor(storage: string, onNews: () => void) {
    this.#storage = storage;
    this.#onNews = onNews;
  }

  /** One session at a time; null: none. */
  follow(id: SessionId | null): void {
    if (this.#followed?.id === id) return;
    this.dispose();
    if (id === null) return;
    const end = new AbortController();
    this.#followed = { id, end };
    const folder = path.join(this.#storage, sessionsFolder, id);
    const watcher = watchFolder(folder, () => this.#soon());
    end.signal.addEventListener('abort', () => watcher?.close());
    void this.#waitForEnd(id, folder, end.signal);
  }

  dispose(): void {
    this.#followed?.end.abort();
    this.#followed = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #waitForEnd(id: SessionId, folder: string, signal: AbortSignal): Promise<void> {
    await released(folder, signal);
    if (signal.aborted) return;
    this.dispose(); // another window may be quicker: then it is followed anew
    if (this.#missed === id) this.#soon();
    else this.#onNews();
    this.#missed = id;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#onNews();
    }, gatherMs);
  }
}

function watchFolder(folder: string, onChange: () => void): FSWatcher | null {
  try {
    const watcher = watch(folder, onChange);
    watcher.on('error', () => undefined); // its folder is gone: the next look says so
    return watcher;
  } catch {
    return null; // a system that cannot watch: what is shown stands still until its owner is gone
  }
}
