/** Which lines of a long symbol are shown: those where the words of the query stand close together. */
import { expect, test } from 'vitest';
import { focusOf } from '../../src/symbols/rank/focus.ts';
import { TokenCache } from '../../src/symbols/rank/tokens.ts';

const lines = Array.from({ length: 300 }, (_, at) => `const line${String(at + 1)} = ${String(at)};`);
lines[59] = 'if (offset > limit) retry(offset);';
lines[61] = 'retry(limit);';
lines[199] = 'log(offset, limit);';
const text = lines.join('\n');
const cache = new TokenCache();
const tokens = cache.of('a.ts', () => text);

function focus(words: Readonly<Record<string, number>>, endLine = 299) {
  if (tokens === null) return null;
  const end = lines.slice(0, endLine + 1).join('\n').length;
  const definition = { start: 0, end, startLine: 0, endLine, file: 0, name: 0, kind: 'function', local: false, head: 0, nameStart: 0, nameLine: 0, parent: -1 } as const; // prettier-ignore
  return focusOf(tokens, definition, (token) => words[cache.word(token)] ?? 0);
}

test('where most words stand together first, then where fewer do; the same word twice in a line says no more', () => {
  expect(focus({ offset: 1, limit: 1, retry: 2 })).toEqual([
    { startLine: 46, endLine: 74 },
    { startLine: 186, endLine: 214 },
  ]);
  expect(focus({ offset: 1 })).toEqual([
    { startLine: 46, endLine: 74 },
    { startLine: 186, endLine: 214 },
  ]);
});

test('none where nothing is said, nor of a symbol that is seen at a glance', () => {
  expect(focus({ elsewhere: 1 })).toEqual([]);
  expect(focus({ offset: 1, limit: 1 }, 180)).toEqual([]);
});
