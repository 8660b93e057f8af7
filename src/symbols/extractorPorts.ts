/** Ways to reach an extractor: in this thread, or in one of its own. */
import { Worker } from 'node:worker_threads';
import { JourneymanError } from '../core/error.ts';
import type { ExtractorPort } from './extractorPool.ts';
import type { Extractor, FileFacts } from './facts.ts';
import { startedId, type FromExtractor, type ToExtractor } from './messages.ts';

export function directExtractor(extractor: Extractor | Promise<Extractor>): ExtractorPort {
  let known: Extractor | null = null;
  const get = async (): Promise<Extractor> => (known = await extractor);
  return {
    started: get().then(() => undefined),
    extract: async (files) => {
      const one = await get();
      return files.map(({ path, text, whole }) => one.extract(path, text, whole));
    },
    follow: async (path, text) => (await get()).follow(path, text),
    unfollow(path) {
      known?.unfollow(path);
    },
    heapBytes: () => 0, // it lives as long as its thread, which is not this port's to end
    end: () => Promise.resolve(),
  };
}

/** `file`: the built `extractor.js`. */
export function threadedExtractor(file: string, grammars: string): ExtractorPort {
  const worker = new Worker(file, { workerData: { grammars }, stdin: false, env: {}, execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let heapBytes = 0;
  let count = 0;
  let ended: Error | null = null;
  let isStarted = (): void => undefined;
  let isNot: (error: Error) => void = () => undefined;
  const started = new Promise<void>((resolve, reject) => {
    isStarted = resolve;
    isNot = reject;
  });
  started.catch(() => undefined); // whoever waits for it hears of it
  const fail = (error: Error): void => {
    ended ??= error;
    isNot(error);
    for (const { failed } of waiting.values()) failed(error);
    waiting.clear();
  };
  worker.on('message', ({ id, facts, heapBytes: bytes }: FromExtractor) => {
    heapBytes = bytes;
    if (id === startedId) isStarted();
    const one = waiting.get(id);
    waiting.delete(id);
    one?.done(facts);
  });
  worker.on('error', (thrown) => {
    fail(gone(thrown instanceof Error ? thrown.message : String(thrown)));
  });
  worker.on('exit', (code) => {
    fail(gone(`it ended with ${String(code)}`));
  });
  worker.unref(); // whoever waits for an answer keeps the process alive, not the thread
  const ask = (message: ToExtractor & { readonly id: number }): Promise<readonly FileFacts[]> =>
    new Promise((done, failed) => {
      if (ended !== null) {
        failed(ended);
        return;
      }
      waiting.set(message.id, { done, failed });
      worker.postMessage(message);
    });
  return {
    started,
    extract: (files) => ask({ id: ++count, files }),
    async follow(path, text) {
      const [facts] = await ask({ id: ++count, follow: path, text });
      if (facts === undefined) throw gone('it gave no answer');
      return facts;
    },
    unfollow(path) {
      if (ended === null) worker.postMessage({ unfollow: path } satisfies ToExtractor);
    },
    heapBytes: () => heapBytes,
    async end() {
      fail(gone('it was ended'));
      await worker.terminate();
    },
  };
}

interface Waiting {
  readonly done: (facts: readonly FileFacts[]) => void;
  readonly failed: (error: Error) => void;
}

function gone(why: string): JourneymanError {
  return new JourneymanError('unavailable', `The thread that reads files for the index is gone: ${why}.`);
}
