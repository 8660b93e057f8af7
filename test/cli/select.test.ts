import { expect, test } from 'vitest';
import type { SelectOptions } from '../../src/cli/arguments.ts';
import { selection } from '../../src/cli/select.ts';
import { fakeIndex } from '../support/fakeIndex.ts';
import { memoryFiles } from '../support/memoryFiles.ts';

const files = memoryFiles({
  'src/parts.js': 'export function countParts(parts) {\n  return parts.length;\n}\n',
  'src/upload.js': 'export function upload(parts) {\n  return countParts(parts);\n}\n',
});
const options: SelectOptions = {
  task: 'upload counts parts twice',
  budget: 200,
  seen: [],
  workspace: '/w',
  output: 'text',
};
const printed = async (change: Partial<SelectOptions> = {}): Promise<string> =>
  (await selection(fakeIndex(files.texts), files, { ...options, ...change })).replace(/\d+ ms/, '1 ms');

test('files and symbols with their reasons, then what each piece costs', async () => {
  expect(await printed()).toBe(`Files
  src/parts.js
  src/upload.js

Symbols
  src/parts.js:1-3   countParts  matches count, part
  src/upload.js:1-3  upload      matches upload

Picked
  src/parts.js:1-3   countParts  25 tokens
  src/upload.js:1-3  upload      24 tokens

49 of 200 tokens, 1 ms
`);
});

test('what was seen is not shown again', async () => {
  expect(await printed({ seen: ['src/parts.js'] })).toMatch(
    /\nPicked\n {2}src\/upload\.js:1-3 {2}upload {2}24 tokens\n\n24 of/,
  );
  await expect(printed({ seen: ['src/none.js'] })).rejects.toMatchObject({ code: 'not_found' });
});

test('json: the ranking and the pieces', async () => {
  expect(JSON.parse(await printed({ output: 'json' }))).toMatchObject({
    files: [{ path: 'src/parts.js' }, { path: 'src/upload.js' }],
    symbols: [{ qualified: 'countParts', why: [{ kind: 'words', of: ['count', 'part'] }] }, { qualified: 'upload' }],
    complete: true,
    pieces: [{ path: 'src/parts.js', form: 'body', symbol: 'countParts' }, { symbol: 'upload' }],
    tokens: 49,
    budget: 200,
  });
});

test('nothing found is said so', async () => {
  expect(await printed({ task: 'nothing' })).toBe('Nothing in this folder has to do with these words.\n');
});
