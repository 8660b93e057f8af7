/** The thread that reads files for the index: texts come in, facts go out. */
import { parentPort, workerData } from 'node:worker_threads';
import { createExtractor } from './symbols/extract/extractor.ts';
import type { FileFacts } from './symbols/facts.ts';
import { startedId, type FromExtractor, type ToExtractor } from './symbols/messages.ts';

const { grammars } = workerData as { readonly grammars: string };
const starting = createExtractor({ grammars });
// Where it cannot start this thread ends with the error, which says why.
void starting.then((extractor) => {
  parentPort?.postMessage({ id: startedId, facts: [], heapBytes: extractor.heapBytes() } satisfies FromExtractor);
});

parentPort?.on('message', (message: ToExtractor) => {
  void starting.then((extractor) => {
    if ('unfollow' in message) {
      extractor.unfollow(message.unfollow);
      return;
    }
    const facts = 'files' in message ? message.files.map(({ path, text, whole }) => extractor.extract(path, text, whole)) : [extractor.follow(message.follow, message.text)]; // prettier-ignore
    const answer: FromExtractor = { id: message.id, facts, heapBytes: extractor.heapBytes() };
    parentPort?.postMessage(answer, facts.flatMap(buffersOf));
  });
});

/** Handed over, not copied. */
function buffersOf({ definitions, words }: FileFacts): readonly ArrayBuffer[] {
  const { kinds, local, starts, ends, nameStarts, heads, startLines, endLines, nameLines, parents } = definitions;
  const columns = [kinds, local, starts, ends, nameStarts, heads, startLines, endLines, nameLines, parents, words.code, words.prose]; // prettier-ignore
  const own = columns.filter(({ length }) => length > 0); // several tables may share what is empty
  return [...new Set(own.map(({ buffer }) => buffer as ArrayBuffer))];
}
