/** Long work in short slices, so that an editor's thread stays free for others. */
import { setImmediate } from 'node:timers/promises';

/** Stat calls are many and short: done at once they are five times as fast as with promises. This lets others have their turn. */
export class Pace {
  readonly #signal: AbortSignal;
  #sinceMs = performance.now();
  #count = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  isDue(): boolean {
    return (++this.#count & 31) === 0 && performance.now() - this.#sinceMs > sliceMs;
  }

  async rest(): Promise<void> {
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#sinceMs = performance.now();
  }
}

/** Half a frame: what a person feels in an editor. */
const sliceMs = 8;
