import { afterEach, expect, test } from 'vitest';
import type { ModelInfo } from '../../src/core/model.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { checkModel, type ModelCheck } from '../../src/model/check.ts';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';

let api: ScriptedApi | null = null;
afterEach(async () => {
  const open = api;
  api = null;
  await open?.close();
});

const forever = new AbortController().signal;
const ready: ScriptedReply = { content: [{ tool: 'ready', input: { word: 'yes' } }] };

async function check(reply: ScriptedReply, info: Partial<ModelInfo> = {}, tookMs = 800): Promise<ModelCheck> {
  api = await startScriptedApi({ replies: () => reply, scriptsChecks: true });
  const { baseUrl } = api;
  const model = anthropicModel({ baseUrl, apiKey: () => Promise.resolve('k'), deadlines: { firstByteMs: 300 } });
  const offered = [{ id: 'm', name: 'M', windowTokens: null, outputTokensMax: null, ...info }];
  let atMs = -tookMs;
  const { works, lines } = await checkModel(model, 'm', offered, () => (atMs += tookMs), forever);
  return { works, lines: lines.map((line) => line.replaceAll(new URL(baseUrl).host, 'HOST')) };
}

test.each<[string, Parameters<typeof check>, ModelCheck]>([
  ['works', [ready], { works: true, lines: ['m answers and calls tools. Its first word came after 0.8 s.'] }],
  [
    'works, slowly, in a small window, without counters',
    [{ content: [{ tool: 'ready', input: { word: 'yes' } }], usage: null }, { windowTokens: 8192 }, 34_000],
    {
      works: true,
      lines: [
        'm answers and calls tools. Its first word came after 34.0 s.',
        'That is slow: each step takes at least as long, and longer prompts longer.',
        'Its window of 8,192 tokens is small: an agent needs 24,000 or more. Raise it at the server, or choose another model.',
        'It does not count tokens: they are guessed by length.',
      ],
    },
  ],
  [
    'calls no tools',
    ['yes'],
    {
      works: false,
      lines: [
        'm answers, but did not call the tool that it was asked to call. An agent cannot work without tools: choose a model that has them, or switch them on at its server.',
      ],
    },
  ],
  [
    'takes no tools',
    [{ status: 400, type: 'invalid_request_error', message: 'm does not support tools' }],
    {
      works: false,
      lines: [
        'HOST answered 400: m does not support tools. An agent cannot work without tools: choose a model that has them, or switch them on at its server.',
      ],
    },
  ],
  [
    'is not there',
    [{ status: 404, type: 'not_found_error', message: 'model: m' }, { id: 'other' }],
    {
      works: false,
      lines: ['HOST answered 404: model: m. There seems to be no model m there. It has other. Choose another one.'],
    },
  ],
  [
    'has a key that is refused',
    [{ status: 401, type: 'authentication_error', message: 'invalid x-api-key' }],
    { works: false, lines: ['HOST answered 401: invalid x-api-key. Set another key or choose another model.'] },
  ],
  [
    'is behind a page',
    [{ status: 200, body: '<html>Hello</html>' }],
    {
      works: false,
      lines: ['HOST answered with text/html where a stream of the Messages API was expected. Check the base URL.'],
    },
  ],
  [
    'does not answer',
    [{ noAnswer: true }],
    {
      works: false,
      lines: [
        'HOST did not answer for 0.3 s. A model that is being loaded, or that runs on little, takes minutes: allow it more with the setting journeyman.modelTimeout, or --model-timeout.',
      ],
    },
  ],
])('a model that %s is told so', async (_name, asked, expected) => {
  expect(await check(...asked)).toEqual(expected);
});

test('a server that is not there is told by its address', async () => {
  const model = anthropicModel({ baseUrl: 'http://127.0.0.1:1', apiKey: () => Promise.resolve(null) });
  expect(await checkModel(model, 'm', [], () => 0, forever)).toEqual({
    works: false,
    lines: ['127.0.0.1:1 was not reached: nothing listens there (ECONNREFUSED). Check the network and the base URL.'],
  });
});
