/** An extractor that knows functions at the start of a line and nothing else: for tests of what is around it. */
import { symbolKinds } from '../../src/core/symbols.ts';
import { scanWords, syntaxOf } from '../../src/symbols/extract/words.ts';
import type { Extractor, FileFacts } from '../../src/symbols/facts.ts';
import { languageOf } from '../../src/symbols/languages/languages.ts';

export function plainExtractor(onRead: (path: string) => unknown): Extractor {
  const extract = (path: string, text: string): FileFacts => {
    onRead(path);
    const found = [...text.matchAll(/^(?:class|function|def) (\w+).*$/gm)];
    const at = (of: (one: RegExpExecArray) => number): Uint32Array => Uint32Array.from(found, of);
    const lineOf = (place: number): number => text.slice(0, place).split('\n').length - 1;
    const language = languageOf(path, text)?.id ?? null;
    return {
      language,
      how: 'parsed',
      lines: text.split('\n').length,
      definitions: {
        names: found.map((one) => one[1] ?? ''),
        kinds: Uint8Array.from(found, () => symbolKinds.indexOf('function')),
        local: new Uint8Array(found.length),
        starts: at(({ index }) => index),
        ends: at((one) => one.index + one[0].length),
        nameStarts: at((one) => one.index + one[0].indexOf(' ') + 1),
        heads: at((one) => one.index + one[0].length),
        startLines: at(({ index }) => lineOf(index)),
        endLines: at(({ index }) => lineOf(index)),
        nameLines: at(({ index }) => lineOf(index)),
        parents: Int32Array.from(found, () => -1),
      },
      words: scanWords(text, syntaxOf(language)),
      imports: [],
    };
  };
  return { extract, follow: extract, unfollow: () => undefined, heapBytes: () => 0 };
}
