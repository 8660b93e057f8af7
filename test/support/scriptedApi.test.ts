import { expect, test } from 'vitest';
import type { Message } from '../../src/core/model.ts';
import { promptCache } from './promptCache.ts';
import { promptOf } from './prompts.ts';
import { startScriptedApi } from './scriptedApi.ts';

const user = (...content: unknown[]): unknown => ({ role: 'user', content });
const assistant = (...content: unknown[]): unknown => ({ role: 'assistant', content });
const text = (words: string): unknown => ({ type: 'text', text: words });
const use = (id: string): unknown => ({ type: 'tool_use', id, name: 'read_file', input: {} });
const result = (id: string): unknown => ({ type: 'tool_result', tool_use_id: id, content: 'x' });
const marked = (block: unknown): unknown => ({ ...(block as object), cache_control: { type: 'ephemeral' } });
const good = { model: 'm', max_tokens: 10, stream: true, messages: [user(text('Hello.'))] };

async function send(baseUrl: string, body: unknown): Promise<number> {
  const headers = { 'anthropic-version': '2026-10-21', 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) });
  await response.text();
  return response.status;
}

test.each<[string, object]>([
  ['max_tokens', { max_tokens: undefined }],
  ['temperature', { temperature: 1 }],
  ['at least one message', { messages: [] }],
  ['beginning with user', { messages: [assistant(text('Hi.')), user(text('Hello.'))] }],
  ['must alternate', { messages: [user(text('a')), user(text('b'))] }],
  ['prefill', { messages: [user(text('a')), assistant(text('b'))] }],
  ['must not be empty', { messages: [user()] }],
  ['must not be blank', { messages: [user(text(' \n'))] }],
  ['0 tool_result', { messages: [user(text('a')), assistant(use('1'), use('2')), user(result('1'))] }],
  ['2 tool_result', { messages: [user(text('a')), assistant(use('1')), user(result('1'), result('1'))] }],
  ['not called before', { messages: [user(text('a')), assistant(text('b')), user(result('1'))] }],
  ['must come first', { messages: [user(text('a')), assistant(use('1')), user(text('b'), result('1'))] }],
  ['not its own', { messages: [user(text('a')), assistant(use('1'), use('1')), user(result('1'))] }],
  ['maximum of 4', { messages: [user(...['a', 'b', 'c', 'd', 'e'].map((word) => marked(text(word))))] }],
  [
    'not allowed on thinking',
    {
      messages: [
        user(text('a')),
        assistant(marked({ type: 'thinking', thinking: 'b', signature: 's' }), text('c')),
        user(text('d')),
      ],
    },
  ],
])('a request with a fault of “%s” is refused, and the test that sent it fails', async (words, change) => {
  const api = await startScriptedApi({ replies: () => 'Hello.' });
  expect(await send(api.baseUrl, { ...good, ...change })).toBe(400);
  await expect(api.close()).rejects.toThrow(words);
});

test('a prefix that was marked may grow, and change after a compaction only', async () => {
  const of = (...words: string[]): object => ({
    ...good,
    messages: [user(text('Mend it.'), ...words.map((word, i) => (i === 0 ? marked(text(word)) : text(word))))],
  });
  const api = await startScriptedApi({ replies: () => 'Hello.', sessionOf: () => 'the only one' });
  expect(await send(api.baseUrl, of('a', 'b'))).toBe(200);
  expect(await send(api.baseUrl, of('a', 'c'))).toBe(200);
  api.allowNewPrefix();
  expect(await send(api.baseUrl, of('x', 'c'))).toBe(200);
  expect(await send(api.baseUrl, of('a', 'c'))).toBe(400);
  await expect(api.close()).rejects.toThrow('the prefix changed at block 1');
});

test('a script that is at its end says so', async () => {
  const api = await startScriptedApi({ replies: [] });
  expect(await send(api.baseUrl, good)).toBe(500);
  await expect(api.close()).rejects.toThrow('no reply left');
});

test('tokens are counted on request', async () => {
  const api = await startScriptedApi({ replies: [] });
  const messages: readonly Message[] = promptOf('Hello.').messages;
  const body = JSON.stringify({ model: 'm', messages });
  const response = await fetch(`${api.baseUrl}/v1/messages/count_tokens`, { method: 'POST', body });
  expect(await response.json()).toEqual({ input_tokens: Math.ceil(body.length / 4) });
  await api.close();
});

test('the cache is read from the longest marked prefix within 20 blocks of a mark', () => {
  const block = (i: number, mark: boolean) => ({ bytes: String(i).padStart(4000, '.'), type: 'text', marked: mark });
  const upTo = (count: number, ...marks: number[]) =>
    Array.from({ length: count }, (_, i) => block(i, marks.includes(i)));
  const cache = promptCache();
  expect(cache.take('m', upTo(3, 2))).toEqual({ input: 0, cacheRead: 0, cacheWrite: 3000 });
  expect(cache.take('m', upTo(4, 2))).toEqual({ input: 1000, cacheRead: 3000, cacheWrite: 0 });
  expect(cache.take('m', upTo(22, 21))).toEqual({ input: 0, cacheRead: 3000, cacheWrite: 19_000 });
  expect(cache.take('m', upTo(43, 42))).toEqual({ input: 0, cacheRead: 0, cacheWrite: 43_000 });
  expect(cache.take('other', upTo(3, 2))).toEqual({ input: 0, cacheRead: 0, cacheWrite: 3000 });
});
