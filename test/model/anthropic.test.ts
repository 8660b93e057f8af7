import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Json } from '../../src/core/json.ts';
import type { Message, Model, Prompt, Reply, ReplyDelta } from '../../src/core/model.ts';
import type { Deadlines } from '../../src/model/http.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import { modelContract } from '../contract/model.ts';
import { promptOf } from '../support/prompts.ts';
import { startScriptedApi, type Script, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';

const forever = new AbortController().signal;
const keyed = (baseUrl: string, deadlines: Partial<Deadlines> = { firstByteMs: 10_000, idleMs: 10_000 }): Model =>
  anthropicModel({ baseUrl, apiKey: () => Promise.resolve('key'), deadlines });

const read = { tool: 'read_file', input: { path: 'src/ä.ts' }, id: 'toolu_1' } as const;

modelContract('Messages API', async () => {
  const content = ['I look at it first. ', read];
  const api = await startScriptedApi({
    replies: ({ max_tokens: maxTokens }) =>
      maxTokens === 1
        ? { content, fault: { after: 'content_block_delta', then: 'stall' } }
        : { content, chunkChars: 5 },
  });
  const prompt = promptOf('Mend it.');
  return { model: keyed(api.baseUrl), prompt, slow: { ...prompt, maxTokens: 1 }, close: () => api.close() };
});

let api: ScriptedApi | null = null;
afterEach(async () => {
  const open = api;
  api = null;
  await open?.close();
});

async function start(script: Script | readonly ScriptedReply[]): Promise<ScriptedApi> {
  api = await startScriptedApi('replies' in script ? script : { replies: script });
  return api;
}

async function ask(
  reply: ScriptedReply,
  prompt: Prompt = promptOf('Mend it.'),
  deadlines?: Partial<Deadlines>,
): Promise<{ reply: Reply; deltas: readonly ReplyDelta[] }> {
  // Where a key is not accepted, it is sent in the other header too.
  const { baseUrl } = await start(isKeyRefusal(reply) ? [reply, reply] : [reply]);
  const deltas: ReplyDelta[] = [];
  return { reply: await keyed(baseUrl, deadlines).reply(prompt, (delta) => deltas.push(delta), forever), deltas };
}

function isKeyRefusal(reply: ScriptedReply): boolean {
  return typeof reply === 'object' && 'status' in reply && reply.status === 401;
}

describe('a reply', () => {
  test('is text, thinking and tool calls in their order', async () => {
    const { reply, deltas } = await ask({
      content: [{ thinking: 'Where is it?' }, { redacted: 'b3BhcXVl' }, 'Reading. ', read],
      usage: { input: 3, cacheWrite: 5, cacheRead: 70, output: 11 },
    });
    expect(reply).toEqual({
      model: 'claude-test',
      content: [
        { type: 'thinking', thinking: 'Where is it?', signature: 'c2lnbmF0dXJl' },
        { type: 'redacted_thinking', data: 'b3BhcXVl' },
        { type: 'text', text: 'Reading. ' },
        { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'src/ä.ts' } },
      ],
      stop: 'tool_use',
      usage: { input: 3, cacheWrite: 5, cacheRead: 70, output: 11 },
    });
    expect(deltas).toEqual([
      { kind: 'thinking', text: 'Where is it?' },
      { kind: 'text', text: 'Reading. ' },
      { kind: 'tool', name: 'read_file' },
    ]);
  });

  test('is the same wherever the network cuts its bytes', async () => {
    for (const pieceBytes of [1, 7, 64]) {
      const { reply } = await ask({ content: ['Größe: 3 µm 🙂', read], pieceBytes });
      expect(reply.content).toEqual([
        { type: 'text', text: 'Größe: 3 µm 🙂' },
        { type: 'tool_use', id: 'toolu_1', name: 'read_file', input: { path: 'src/ä.ts' } },
      ]);
      await api?.close();
    }
  });

  test('has counters that are guessed by length, and says so, where the endpoint sends none', async () => {
    const { reply } = await ask({ content: ['Hello.'], usage: null });
    expect([reply.usage, reply.guessed]).toEqual([{ input: 62, cacheWrite: 0, cacheRead: 0, output: 9 }, true]);
  });

  test('gives calls an id of their own where the endpoint names none, or one that is taken', async () => {
    const prompt = promptOf(
      { role: 'user', content: [{ type: 'text', text: 'Mend it.' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_0', name: 'read_file', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_0', content: 'x' }] },
    );
    const { reply } = await ask(
      {
        content: [
          { ...read, id: 'call_0' },
          { ...read, id: '' },
          { ...read, id: 'b' },
          { ...read, id: 'b' },
        ],
      },
      prompt,
    );
    const ids = reply.content.map((block) => (block.type === 'tool_use' ? block.id : ''));
    expect(ids.map((id) => id.replace(/^toolu_[0-9a-f]{32}$/, 'fresh'))).toEqual(['fresh', 'fresh', 'b', 'fresh']);
    expect(new Set(ids).size).toBe(4);
  });

  test('that comes whole, from a server that streams nothing, is the same reply', async () => {
    const message = {
      type: 'message',
      model: 'local',
      content: [
        { type: 'text', text: 'Reading.' },
        { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, output_tokens: 4 },
    };
    const { reply, deltas } = await ask({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    expect(reply).toEqual({
      model: 'local',
      content: [
        { type: 'text', text: 'Reading.' },
        { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } },
      ],
      stop: 'tool_use',
      usage: { input: 3, cacheWrite: 0, cacheRead: 0, output: 4 },
    });
    expect(deltas).toEqual([
      { kind: 'text', text: 'Reading.' },
      { kind: 'tool', name: 'read_file' },
    ]);
  });

  test('passes over what it does not know: pings, other events, blocks and stop reasons', async () => {
    const events = [
      { type: 'message_start', message: { usage: { input_tokens: 1, output_tokens: 1 } } },
      { type: 'ping' },
      { type: 'x_progress', percent: 3 },
      { type: 'content_block_start', index: 0, content_block: { type: 'x_search', query: 'q' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'x_delta', x: 1 } },
      { type: 'content_block_start', index: 1, content_block: { type: 'text' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hello.' } },
      { type: 'message_delta', delta: { stop_reason: 'eos' } },
      { type: 'message_stop' },
    ];
    const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
    const { reply } = await ask({ status: 200, headers: { 'content-type': 'text/event-stream' }, body });
    expect([reply.content, reply.stop]).toEqual([[{ type: 'text', text: 'Hello.' }], 'end_turn']);
  });

  test('whose call is nested too deeply to be written down keeps the call, and says so in place of its input', async () => {
    const nested = (levels: number): Json => {
      let value: Json = 'x';
      for (let i = 0; i < levels; i++) value = [value];
      return value;
    };
    const { reply } = await ask({
      content: [
        { tool: 'read_file', id: 'toolu_1', input: { path: nested(90) } },
        { tool: 'read_file', id: 'toolu_2', input: { path: nested(2000) } },
      ],
    });
    expect(reply.content.map((block) => block.type === 'tool_use' && block.input)).toEqual([
      { path: nested(90) },
      { nested_too_deeply: 'This input was left out. Send it flat.' },
    ]);
  });

  test('asks for tools when it holds a call, whatever the endpoint calls it', async () => {
    const { reply } = await ask({ content: [read], stop: 'end_turn' });
    expect(reply.stop).toBe('tool_use');
  });

  test('leaves out texts that say nothing, since the API would refuse them when they come back', async () => {
    const { reply } = await ask({ content: ['\n\n', read] });
    expect(reply.content.map(({ type }) => type)).toEqual(['tool_use']);
  });

  test('cut by its own limit keeps what is whole', async () => {
    const { reply } = await ask({
      content: ['Both files. ', { ...read, id: 'a' }, { ...read, id: 'b' }],
      stop: 'max_tokens',
      toolInputChars: 9,
    });
    expect(reply.stop).toBe('max_tokens');
    expect(reply.content).toEqual([
      { type: 'text', text: 'Both files. ' },
      { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'src/ä.ts' } },
    ]);
  });

  test('that declines holds no calls', async () => {
    const { reply } = await ask({ content: ['No. ', read], stop: 'refusal' });
    expect([reply.stop, reply.content]).toEqual(['refusal', [{ type: 'text', text: 'No. ' }]]);
  });

  test('says that the window is full', async () => {
    const { reply } = await ask({ content: ['So far'], stop: 'model_context_window_exceeded' });
    expect(reply.stop).toBe('context_overflow');
  });
});

describe('a request', () => {
  const conversation: readonly Message[] = [
    { role: 'user', content: [{ type: 'text', text: 'Mend it.' }] },
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } },
        { type: 'thinking', thinking: 'Hm.', signature: 's' },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'gone', is_error: true }] },
  ];

  test('carries the prompt, with marks at the end of the system text and of the named messages, never on thinking', async () => {
    await ask('Done.', { ...promptOf(...conversation), cacheAfter: [1, 2] });
    const mark = { cache_control: { type: 'ephemeral' } };
    expect(api?.requests[0]?.body).toEqual({
      model: 'claude-test',
      max_tokens: 1000,
      stream: true,
      system: [
        { type: 'text', text: 'You are a test.' },
        { type: 'text', text: 'You run here.', ...mark },
      ],
      tools: promptOf().tools,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Mend it.' }] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' }, ...mark },
            { type: 'thinking', thinking: 'Hm.', signature: 's' },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'a', content: 'gone', is_error: true, ...mark }],
        },
      ],
    });
  });

  test.each([
    ['claude-opus-5-5', { type: 'adaptive', display: 'summarized' }],
    ['claude-sonnet-5', { type: 'adaptive', display: 'summarized' }],
    ['claude-opus-4-8', undefined],
    ['qwen3-coder:30b', undefined],
  ])('asks %s for thinking that can be seen: %j', async (model, thinking) => {
    await ask('Done.', { ...promptOf('Hello.'), model });
    expect(api?.requests[0]?.body['thinking']).toEqual(thinking);
  });

  test('reads from the cache all that stood before, with twelve calls in one reply', async () => {
    const calls = Array.from({ length: 12 }, (_, i) => ({ tool: 'read_file', input: { path: `f${String(i)}` } }));
    const { baseUrl, requests } = await start({
      replies: (_request, n) => (n < 5 ? { content: calls } : 'Done.'),
    });
    const model = keyed(baseUrl);
    const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: 'Long. '.repeat(1000) }] }];
    for (let step = 0; step < 5; step++) {
      const users = messages.flatMap(({ role }, i) => (role === 'user' ? [i] : []));
      const { content } = await model.reply(
        { ...promptOf(...messages), cacheAfter: users.slice(-2) },
        () => undefined,
        forever,
      );
      messages.push({ role: 'assistant', content });
      messages.push({
        role: 'user',
        content: content.flatMap((block) =>
          block.type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: block.id, content: 'x'.repeat(400) }] : [],
        ),
      });
    }
    const total = requests.map(({ usage }) => usage.cacheRead + usage.cacheWrite + usage.input);
    expect(requests.map(({ usage }) => usage.cacheRead)).toEqual([0, ...total.slice(0, -1)]);
  });

  test('leaves thinking out for good once the API refused it', async () => {
    const refusal = {
      status: 400,
      type: 'invalid_request_error',
      message:
        'messages.1.content.1: Invalid `signature` in `thinking` block. The block is bound to a different conversation.',
    };
    const { baseUrl, requests } = await start({
      replies: [refusal, 'Done.', 'Done again.'],
      sessionOf: ({ messages }) => String(JSON.stringify(messages).includes('thinking')),
    });
    const model = keyed(baseUrl);
    for (let i = 0; i < 2; i++) await model.reply(promptOf(...conversation), () => undefined, forever);
    const kinds = requests.map(({ body }) => body.messages[1]?.content.map(({ type }) => type));
    expect(kinds).toEqual([['tool_use', 'thinking'], ['tool_use'], ['tool_use']]);
  });

  test.each([
    ['cache_control', 'system.1: unknown field "cache_control"', (body: string) => body.includes('cache_control')],
    ['thinking', 'thinking: Extra inputs are not permitted', (body: string) => body.includes('"thinking":{')],
    ['effort', 'output_config: Extra inputs are not permitted', (body: string) => body.includes('output_config')],
  ])('leaves %s out for good once the server refused it', async (_name, message, has) => {
    const { baseUrl, requests } = await start({
      replies: (body) =>
        has(JSON.stringify(body)) ? { status: 400, type: 'invalid_request_error', message } : 'Done.',
      sessionOf: (body) => String(has(JSON.stringify(body))),
    });
    const model = keyed(baseUrl);
    const prompt: Prompt = { ...promptOf(...conversation), model: 'claude-opus-5-5', cacheAfter: [2], effort: 'high' };
    for (let i = 0; i < 2; i++) await model.reply(prompt, () => undefined, forever);
    expect(requests.map(({ body }) => has(JSON.stringify(body)))).toEqual([true, false, false]);
  });

  test('names the older version of the API to a server that does not know the newest', async () => {
    const { baseUrl, requests } = await start({
      replies: (_body, n) =>
        n === 1 ? { status: 400, type: 'invalid_request_error', message: 'anthropic-version: not valid' } : 'Done.',
    });
    const model = keyed(baseUrl);
    for (let i = 0; i < 2; i++) await model.reply(promptOf('Hello?'), () => undefined, forever);
    expect(requests.map(({ headers }) => headers['anthropic-version'])).toEqual([
      '2026-10-21',
      '2023-06-01',
      '2023-06-01',
    ]);
  });

  test('carries the key in the other header where the server wants it there', async () => {
    const server = createHttpServer((request, response) => {
      const isKnown = request.headers['x-api-key'] === 'key';
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ data: [{ id: 'a' }] }));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const model = keyed(`http://127.0.0.1:${String(port)}`);
    const ids = (await model.list(forever)).map(({ id }) => id);
    await new Promise((resolve) => server.close(resolve));
    expect(ids).toEqual(['a']);
  });

  test('goes to an address with or without what the tools of a vendor append to it', async () => {
    const { baseUrl, requests } = await start({ replies: () => 'Hello.' });
    for (const end of ['', '/', '/v1', '/v1/', '/v1/messages'])
      await keyed(`${baseUrl}${end}`).reply(promptOf('Hello?'), () => undefined, forever);
    expect(requests.length).toBe(5);
  });

  test('sends the key of the moment, and none at all to a local endpoint without one', async () => {
    const { baseUrl, requests } = await start({ replies: () => 'Hello.' });
    const keys = ['one', 'two\n', null, ''];
    const model = anthropicModel({ baseUrl, apiKey: () => Promise.resolve(keys.shift() ?? null) });
    for (let i = 0; i < 4; i++) await model.reply(promptOf('Hello?'), () => undefined, forever);
    expect(requests.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual([
      ['Bearer one', undefined],
      ['Bearer two', undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });
});

describe('a fault', () => {
  const error = (
    status: number,
    type: string,
    message: string,
    headers: Record<string, string> = {},
  ): ScriptedReply => ({
    status,
    type,
    message,
    headers,
  });
  const streamed = (type: string): ScriptedReply => ({
    content: ['So far'],
    fault: { after: 'content_block_delta', then: { type, message: 'Sorry' } },
  });

  test.each<[string, ScriptedReply, object]>([
    ['401', error(401, 'authentication_error', 'invalid x-api-key'), { code: 'unauthorized' }],
    ['403', error(403, 'permission_error', 'not yours'), { code: 'unauthorized' }],
    ['429', error(429, 'rate_limit_error', 'slow down'), { code: 'rate_limited', retryAfterMs: null }],
    [
      '429 with seconds',
      error(429, 'rate_limit_error', 'x', { 'retry-after': '7' }),
      { code: 'rate_limited', retryAfterMs: 7000 },
    ],
    [
      '429 with milliseconds',
      error(429, 'rate_limit_error', 'x', { 'retry-after-ms': '250', 'retry-after': '7' }),
      { code: 'rate_limited', retryAfterMs: 250 },
    ],
    [
      '429 that is final',
      error(429, 'rate_limit_error', 'spend limit reached', { 'x-should-retry': 'false' }),
      { code: 'rejected_request' },
    ],
    ['529', error(529, 'overloaded_error', 'Overloaded'), { code: 'overloaded' }],
    ['500', error(500, 'api_error', 'Internal server error'), { code: 'unavailable' }],
    [
      '502 of a proxy',
      { status: 502, body: '<html><body><h1>Bad gateway</h1></body></html>' },
      { code: 'unavailable', message: expect.stringContaining('answered 502: Bad gateway.') as string },
    ],
    [
      '400 for length',
      error(400, 'invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum'),
      { code: 'context_overflow' },
    ],
    [
      '400 for length with the reply',
      error(
        400,
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000',
      ),
      { code: 'context_overflow' },
    ],
    ['413', error(413, 'request_too_large', 'Request exceeds the maximum size'), { code: 'context_overflow' }],
    [
      '400 otherwise',
      error(400, 'invalid_request_error', 'tools.0: bad schema'),
      { code: 'rejected_request', message: expect.stringContaining('tools.0: bad schema') as string },
    ],
    [
      '402',
      error(402, 'billing_error', 'Your credit balance is too low'),
      { code: 'rejected_request', message: expect.stringContaining('credit balance') as string },
    ],
    ['404', error(404, 'not_found_error', 'model: claude-test'), { code: 'rejected_request' }],
    ['308', { status: 308, headers: { location: 'http://127.0.0.1:1/v1/messages' } }, { code: 'rejected_request' }],
    ['overloaded in the stream', streamed('overloaded_error'), { code: 'overloaded' }],
    ['rate limit in the stream', streamed('rate_limit_error'), { code: 'rate_limited' }],
    ['api error in the stream', streamed('api_error'), { code: 'unavailable' }],
    [
      'cut after the headers',
      { content: ['So far'], fault: { after: 'headers', then: 'cut' } },
      { code: 'unavailable' },
    ],
    [
      'cut in a text',
      { content: ['So far and further'], chunkChars: 4, fault: { after: 'content_block_delta', then: 'cut' } },
      { code: 'unavailable' },
    ],
    [
      'cut in the input of a tool',
      { content: [read], chunkChars: 4, fault: { after: 'content_block_delta', nth: 2, then: 'cut' } },
      { code: 'unavailable' },
    ],
    [
      'cut after a whole block',
      { content: ['So far. ', read], fault: { after: 'content_block_stop', then: 'cut' } },
      { code: 'unavailable' },
    ],
    [
      'cut before the very end',
      { content: [read], fault: { after: 'message_delta', then: 'cut' } },
      { code: 'unavailable' },
    ],
    ['half of an input that calls itself whole', { content: [read], toolInputChars: 9 }, { code: 'unavailable' }],
    [
      'garbage in the stream',
      {
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: 'event: message_start\ndata: {"type":\n\n',
      },
      { code: 'unavailable' },
    ],
    [
      'an empty stream',
      { status: 200, headers: { 'content-type': 'text/event-stream' }, body: '' },
      { code: 'unavailable' },
    ],
    [
      'an error that calls itself a success',
      {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"error":{"type":"overloaded_error","message":"busy"}}',
      },
      { code: 'overloaded' },
    ],
    [
      'a web page',
      { status: 200, body: '<html>Welcome to the hotel</html>' },
      { code: 'rejected_request', message: expect.stringContaining('text/html') as string },
    ],
  ])('%s has its code', async (_name, reply, expected) => {
    const failed = ask(reply);
    await expect(failed).rejects.toBeInstanceOf(JourneymanError);
    await expect(failed).rejects.toMatchObject(expected);
  });

  test('silence before the first byte ends at its deadline', async () => {
    const deadlines = { firstByteMs: 50 };
    await expect(ask({ noAnswer: true }, undefined, deadlines)).rejects.toMatchObject({ code: 'timeout' });
    const stalled: ScriptedReply = { content: ['Never'], fault: { after: 'headers', then: 'stall' } };
    await expect(ask(stalled, undefined, deadlines)).rejects.toMatchObject({ code: 'timeout' });
  });

  test('silence in the middle ends at its deadline', async () => {
    const stalled: ScriptedReply = { content: ['So far'], fault: { after: 'content_block_delta', then: 'stall' } };
    await expect(ask(stalled, undefined, { idleMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
  });

  test('a server that drips for ever ends at the deadline of the whole', async () => {
    const dripping: ScriptedReply = { content: ['Never'], pings: { count: 1000, everyMs: 5 } };
    await expect(ask(dripping, undefined, { totalMs: 200 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ was still answering after 0\.2 s\.$/) as string,
    });
  });

  test('a server that never takes the connection ends at its deadline', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1'); // no TLS ever
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const model = keyed(`https://127.0.0.1:${String(port)}`, { connectMs: 50 });
    await expect(model.reply(promptOf('Hello?'), () => undefined, forever)).rejects.toMatchObject({
      code: 'unavailable',
      message: `127.0.0.1:${String(port)} did not take the connection within 0.05 s. Check the network and the base URL.`,
    });
    await new Promise((resolve) => server.close(resolve));
  });

  test('keep-alive pings are no silence', async () => {
    const { reply } = await ask({ content: ['At last.'], pings: { count: 8, everyMs: 100 } }, undefined, {
      firstByteMs: 60_000,
      idleMs: 500,
    });
    expect(reply.content).toEqual([{ type: 'text', text: 'At last.' }]);
  });

  test('an abort ends every kind of waiting', async () => {
    const { baseUrl } = await start({ replies: () => ({ noAnswer: true }) });
    const stop = new AbortController();
    const waits = [
      keyed(baseUrl).reply(promptOf('Hello?'), () => undefined, stop.signal),
      anthropicModel({ baseUrl, apiKey: () => new Promise(() => undefined) }).reply(
        promptOf('Hello?'),
        () => undefined,
        stop.signal,
      ),
    ];
    setImmediate(() => {
      stop.abort();
    });
    for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('a server that is not there is told by its address', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const failed = keyed(`http://127.0.0.1:${String(port)}`).reply(promptOf('Hello?'), () => undefined, forever);
    await expect(failed).rejects.toMatchObject({
      code: 'unavailable',
      message: `127.0.0.1:${String(port)} was not reached: nothing listens there (ECONNREFUSED). Check the network and the base URL.`,
    });
  });

  test('an address that is none, and a missing key for Anthropic, are told before anything is sent', async () => {
    const reply = (model: Model): Promise<unknown> => model.reply(promptOf('Hello?'), () => undefined, forever);
    await expect(reply(keyed('localhost:11434'))).rejects.toMatchObject({ code: 'rejected_request' });
    await expect(reply(anthropicModel({ baseUrl: null, apiKey: () => Promise.resolve(null) }))).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });
});

describe('the list of models', () => {
  test('names what can be called, with its limits', async () => {
    const { baseUrl } = await start({
      replies: [],
      models: [
        {
          type: 'model',
          id: 'claude-a',
          display_name: 'Claude A',
          max_input_tokens: 1_000_000,
          max_tokens: 128_000,
          lifecycle: 'active',
          capabilities: {
            effort: {
              supported: true,
              low: { supported: true },
              medium: { supported: false },
              high: { supported: true },
              xhigh: null,
            },
          },
        },
        { type: 'model', id: 'claude-old', display_name: 'Claude Old', lifecycle: 'retired' },
        { id: 'qwen3-coder:30b', object: 'model', owned_by: 'library' },
        'not a model',
      ],
    });
    expect(await keyed(baseUrl).list(forever)).toEqual([
      {
        id: 'claude-a',
        name: 'Claude A',
        windowTokens: 1_000_000,
        outputTokensMax: 128_000,
        efforts: ['low', 'high'],
      },
      { id: 'qwen3-coder:30b', name: 'qwen3-coder:30b', windowTokens: null, outputTokensMax: null },
    ]);
  });

  test('is empty where the endpoint has none', async () => {
    const { baseUrl } = await start({ replies: [], models: { status: 404 } });
    expect(await keyed(baseUrl).list(forever)).toEqual([]);
  });

  test('tells a key that is not accepted', async () => {
    const { baseUrl } = await start({ replies: [], key: 'another' });
    await expect(keyed(baseUrl).list(forever)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
