/** The thread of the index: it owns the engine, and answers what the host asks. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { toError } from './core/error.ts';
import { isSecret } from './permission/names.ts';
import { createEngine, type Engine } from './symbols/engine.ts';
import { threadedExtractor } from './symbols/extractorPorts.ts';
import { readHistory } from './symbols/history.ts';
import { HistoryCache } from './symbols/historyCache.ts';
import type { Answers, FromIndex, IndexSettings, Question, ToIndex } from './symbols/messages.ts';
import { persistenceIn } from './symbols/persist.ts';
import { createRanker } from './symbols/rank/rank.ts';
import type { History } from './symbols/view.ts';
import { codeFiles } from './workspace/codeFiles.ts';

const settings = workerData as IndexSettings;
const { folders, storage, grammars, extractor } = settings;
/** Facts hold for the very program that read them, also where two of them have one version. */
const version = `${settings.version}-${crc32(readFileSync(extractor)).toString(16)}`;
const kept = storage === null ? null : join(dirname(persistenceIn(storage, { version, folders }).file), 'history.json');
const known = kept === null ? Promise.resolve(new HistoryCache()) : HistoryCache.load(kept);

async function history(signal: AbortSignal): Promise<History> {
  const cache = await known;
  const found = await readHistory({ folders, cache, isLeftOut: isSecret }, signal);
  if (kept !== null) await cache.save(kept);
  return found;
}

const engine: Engine = createEngine({
  folders,
  lister: codeFiles(folders),
  isSecret,
  startExtractor: () => threadedExtractor(extractor, grammars),
  threads: availableParallelism() >= 4 ? 2 : 1,
  rank: createRanker(),
  ...(settings.history ? { history } : {}),
  version,
  storage,
});

type Asked = { readonly [Q in Question]: (args: readonly unknown[], signal: AbortSignal) => Promise<Answers[Q]> };
/** The arguments are those that the client was called with. */
const answers: Asked = {
  find: ([query], signal) => engine.find(query as Parameters<Engine['find']>[0], signal),
  outline: ([path, max], signal) => engine.outline(path as string, max as number, signal),
  references: ([query], signal) => engine.references(query as Parameters<Engine['references']>[0], signal),
  rank: ([query], signal) => engine.rank(query as Parameters<Engine['rank']>[0], signal),
  lines: ([ranges], signal) => engine.lines(ranges as Parameters<Engine['lines']>[0], signal),
  ready: (_, signal) => engine.ready(signal),
  figures: () => Promise.resolve(engine.figures()),
  close: () => engine.close().then(() => null),
};

const underWay = new Map<number, AbortController>();

function say(message: FromIndex): void {
  parentPort?.postMessage(message);
}

async function answer(ask: Question, id: number, args: readonly unknown[]): Promise<void> {
  const aborting = new AbortController();
  underWay.set(id, aborting);
  try {
    say({ id, answer: await answers[ask](args, aborting.signal) });
  } catch (thrown) {
    if (!aborting.signal.aborted) say({ id, error: toError(thrown).message });
  } finally {
    underWay.delete(id);
  }
  if (ask === 'close') parentPort?.close();
}

parentPort?.on('message', (message: ToIndex) => {
  if ('ask' in message) void answer(message.ask, message.id, message.args);
  else if ('abort' in message) underWay.get(message.abort)?.abort();
  else if ('unsaved' in message) engine.unsaved(message.unsaved, message.text);
  else if ('changed' in message) engine.changed(message.changed);
  else if (message.do === 'cancel') engine.cancel();
  else engine.rebuild();
});
engine.onStatus((status) => {
  say({ status });
});
say({ status: engine.status() });
