/** Says when something happens to the log of a session that another window or process writes. */
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { SessionId } from '../core/event.ts';

/** Events come in bursts; reading on once a burst is enough. */
const gatherMs = 200;

export class LogWatch {
  readonly #storage: string;
  readonly #onChange: () => void;
  #watched: { readonly id: SessionId; readonly watcher: FSWatcher | null } | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(storage: string, onChange: () => void) {
    this.#storage = storage;
    this.#onChange = onChange;
  }

  /** One at a time; null: none. */
  follow(id: SessionId | null): void {
    if (this.#watched?.id === id) return;
    this.dispose();
    if (id !== null) this.#watched = { id, watcher: this.#watch(id) };
  }

  dispose(): void {
    this.#watched?.watcher?.close();
    this.#watched = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #watch(id: SessionId): FSWatcher | null {
    try {
      const watcher = watch(path.join(this.#storage, 'sessions', id), () => this.#soon());
      watcher.on('error', () => undefined); // its folder is gone: the next look says so
      return watcher;
    } catch {
      return null; // a system without watching: the next focus of the window looks again
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#onChange();
    }, gatherMs);
  }
}
