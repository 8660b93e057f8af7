/** The threads that read files: kept busy, replaced when one hangs or its memory has grown, so that no file can stop the index. */
import { JourneymanError } from '../core/error.ts';
import type { FileFacts } from './facts.ts';
import { indexLimits } from './indexLimits.ts';

export interface SourceText {
  readonly path: string;
  readonly text: string;
  readonly whole: boolean;
}

/** One thread, or what stands for one. Rejects with whatever ended it. */
export interface ExtractorPort {
  /** It can read; rejects where it never will. */
  readonly started: Promise<void>;
  extract(files: readonly SourceText[]): Promise<readonly FileFacts[]>;
  follow(path: string, text: string): Promise<FileFacts>;
  unfollow(path: string): void;
  heapBytes(): number;
  /** Rejects what is under way. */
  end(): Promise<void>;
}

export interface ExtractorPool {
  /** What is wrong with all of it: no thread could be started, however often. Then nothing is asked any more. */
  readonly broken: string | null;
  mend(): void;
  /** Some thread has nothing to go on with. */
  readonly hasRoom: boolean;
  readonly busy: number;
  /** null in a place: that file took too long, or ended its thread. Rejects after `close` alone. */
  extract(files: readonly SourceText[]): Promise<readonly (FileFacts | null)[]>;
  follow(path: string, text: string): Promise<FileFacts | null>;
  unfollow(path: string): void;
  /** More threads while there is much to do. */
  resize(threads: number): void;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly start: () => ExtractorPort;
  readonly fileMs?: number;
  /** Calls back after so long; gives the way to stop it. */
  readonly after?: (ms: number, then: () => void) => () => void;
}

export function createExtractorPool({
  start,
  fileMs = indexLimits.fileMs,
  after = afterMs,
}: PoolOptions): ExtractorPool {
  const seats: Seat[] = [];
  let size = 1;
  let failedStarts = 0;
  let broken: string | null = null;
  const closing = new AbortController();

  function seatOf(index: number): Seat {
    return (seats[index] ??= { port: null, waiting: 0, last: Promise.resolve() });
  }

  /** One after the other on each seat; what hangs or fails ends its thread, and the next one gets a new one. */
  function run<T>(seat: Seat, work: (port: ExtractorPort) => Promise<T>): Promise<T | null> {
    seat.waiting++;
    const done = seat.last.then(async () => {
      closing.signal.throwIfAborted();
      const port = broken === null ? await startedPort(seat) : null;
      if (port === null) return null;
      let stop = (): void => undefined;
      const tooLong = new Promise<null>((resolve) => {
        stop = after(fileMs, () => {
          resolve(null);
        });
      });
      const result = await Promise.race([work(port).catch(() => null), tooLong]);
      stop();
      closing.signal.throwIfAborted();
      if (result === null || port.heapBytes() > indexLimits.heapBytes) {
        seat.port = null;
        await port.end();
      }
      return result;
    });
    seat.last = done.then(
      () => seat.waiting--,
      () => seat.waiting--,
    );
    return done;
  }

  /** null: it does not start, however often that is tried. */
  async function startedPort(seat: Seat): Promise<ExtractorPort | null> {
    while (broken === null) {
      const port = (seat.port ??= start());
      try {
        await port.started;
        failedStarts = 0;
        return port;
      } catch (thrown) {
        closing.signal.throwIfAborted();
        seat.port = null;
        await port.end();
        if (++failedStarts >= indexLimits.restarts) broken = thrown instanceof Error ? thrown.message : String(thrown);
      }
    }
    return null;
  }

  async function extract(seat: Seat, files: readonly SourceText[]): Promise<readonly (FileFacts | null)[]> {
    const found = await run(seat, (port) => port.extract(files));
    if (found?.length === files.length) return found;
    if (files.length === 1) return [null];
    // One of them: each by itself says which.
    const single: (FileFacts | null)[] = [];
    for (const file of files) single.push(...(await extract(seat, [file])));
    return single;
  }

  const idle = (): Seat | undefined => Array.from({ length: size }, (_, i) => seatOf(i)).find(({ waiting }) => waiting < 2); // prettier-ignore
  return {
    get broken() {
      return broken;
    },
    mend() {
      failedStarts = 0;
      broken = null;
    },
    get hasRoom() {
      return !closing.signal.aborted && idle() !== undefined;
    },
    get busy() {
      return seats.filter(({ waiting }) => waiting > 0).length;
    },
    extract: (files) => extract(idle() ?? seatOf(0), files),
    follow: (path, text) => run(seatOf(0), (port) => port.follow(path, text)),
    unfollow(path) {
      seats[0]?.port?.unfollow(path);
    },
    resize(threads) {
      size = threads;
      for (const seat of seats.slice(threads)) {
        void seat.last.then(async () => {
          const { port, waiting } = seat;
          if (port === null || waiting > 0 || seats.indexOf(seat) < size) return;
          seat.port = null;
          await port.end();
        });
      }
    },
    async close() {
      closing.abort(new JourneymanError('cancelled', 'The index was closed.'));
      await Promise.all(seats.map(async (seat) => seat.port?.end()));
    },
  };
}

interface Seat {
  port: ExtractorPort | null;
  waiting: number;
  last: Promise<unknown>;
}

function afterMs(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => {
    clearTimeout(timer);
  };
}
