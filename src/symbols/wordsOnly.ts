/** What a file says by its words alone, for one that cannot be parsed in time. */
import { scanWords } from './extract/words.ts';
import type { FileFacts } from './facts.ts';
import { languageOf } from './languages/languages.ts';

export function wordsOnly(path: string, text: string): FileFacts {
  const none = (): Uint32Array => new Uint32Array(0);
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return {
    language: languageOf(path, text)?.id ?? null,
    how: 'words',
    lines,
    definitions: {
      names: [],
      kinds: new Uint8Array(0),
      local: new Uint8Array(0),
      starts: none(),
      ends: none(),
      nameStarts: none(),
      heads: none(),
      startLines: none(),
      endLines: none(),
      nameLines: none(),
      parents: new Int32Array(0),
    },
    words: scanWords(text, null),
    imports: [],
  };
}
