import { describe, expect, test } from 'vitest';
import type { Message, Prompt, ReplyDelta } from '../../src/core/model.ts';
import { lmModel } from '../../src/editor/lmModel.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { modelContract } from '../contract/model.ts';
import { environment, fakeClock } from '../support/events.ts';
import { fakeAgent, fakeTool } from '../support/fakeAgent.ts';
import { fakeLm, hang, lmError, lmId, type LmReply } from '../support/fakeLm.ts';
import { promptOf } from '../support/prompts.ts';

const forever = new AbortController().signal;
const short = { firstPartMs: 100, idleMs: 100, totalMs: 300 };
const ofLm = (prompt: Prompt): Prompt => ({ ...prompt, model: lmId });

modelContract('models of the editor', () => {
  const read = { tool: 'read_file', input: { path: 'a' } };
  const { api } = fakeLm(() => ['I look ', 'at both. ', read, read]);
  const { api: slowApi } = fakeLm(() => ['Well', hang]);
  const [model, slow] = [lmModel(api), lmModel(slowApi)];
  const prompt = ofLm(promptOf('Mend it.'));
  const isSlow = ({ maxTokens }: Prompt): boolean => maxTokens === 1;
  return Promise.resolve({
    model: { ...model, reply: (...args) => (isSlow(args[0]) ? slow : model).reply(...args) },
    prompt,
    slow: { ...prompt, maxTokens: 1 },
    close: () => Promise.resolve(),
  });
});

test('a request has its system text in front, results alone right after their calls, and the tools with their schemas', async () => {
  const conversation: readonly Message[] = [
    { role: 'user', content: [{ type: 'text', text: 'Mend it.' }] },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 's' },
        { type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } },
        { type: 'text', text: 'Reading.' },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'gone', is_error: true },
        { type: 'text', text: 'Hurry.' },
      ],
    },
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 's' }] },
    { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
  ];
  const { api, requests, options } = fakeLm([['Done.']]);
  const deltas: ReplyDelta[] = [];
  const prompt = ofLm(promptOf(...conversation));
  const reply = await lmModel(api).reply(prompt, (delta) => deltas.push(delta), forever);
  expect(
    requests[0]?.map(({ role, content }) => [
      role,
      ...content.map((part) => JSON.parse(JSON.stringify(part)) as unknown),
    ]),
  ).toEqual([
    ['user', { value: 'You are a test.' }, { value: 'You run here.' }, { value: 'Mend it.' }],
    ['assistant', { value: 'Reading.' }, { callId: 'a', name: 'read_file', input: { path: 'x' } }],
    ['user', { callId: 'a', content: [{ value: 'gone' }] }],
    ['user', { value: 'Hurry.' }],
    ['assistant', { value: '(thinking, left out)' }],
    ['user', { value: 'Go on.' }],
  ]);
  expect(options[0]).toMatchObject({
    tools: prompt.tools.map(({ name, description, input_schema }) => ({
      name,
      description,
      inputSchema: input_schema,
    })),
  });
  expect(reply).toMatchObject({
    model: lmId,
    content: [{ type: 'text', text: 'Done.' }],
    stop: 'end_turn',
    guessed: true,
  });
  expect(deltas).toEqual([{ kind: 'text', text: 'Done.' }]);
});

test('its models are told by vendor and id, with their window', async () => {
  expect(await lmModel(fakeLm([]).api).list(forever)).toEqual([
    { id: lmId, name: 'One (acme)', windowTokens: 64_000, outputTokensMax: null },
  ]);
});

test.each<[string, LmReply, string, RegExp]>([
  ['no consent', { refuses: lmError('NoPermissions', 'not allowed') }, 'unauthorized', /Allow Journeyman to use it/],
  [
    'a model that is gone',
    { refuses: lmError('NotFound', 'no such model') },
    'rejected_request',
    /Choose another model/,
  ],
  ['a quota', { refuses: lmError('Blocked', 'quota') }, 'rate_limited', /quota/],
  [
    'too much',
    { refuses: lmError('Unknown', '', new Error('prompt is too long: 70000 tokens')) },
    'context_overflow',
    /70000/,
  ],
  ['a filter', { refuses: new Error('Response got filtered by Responsible AI') }, 'refused', /filtered/],
  ['a server behind it', ['So far', new Error('Server error: 503')], 'unavailable', /Server error: 503\.$/],
  ['an overload behind it', { refuses: new Error('529 overloaded_error') }, 'overloaded', /overloaded/],
  ['an answer of nothing', [], 'unavailable', /answered with nothing/],
  ['silence', { silent: true }, 'timeout', /did not answer for 0\.1 s/],
  ['silence in the middle', ['So far', hang], 'timeout', /stopped in the middle/],
])('%s has its code', async (_name, reply, code, message) => {
  const failed = lmModel(fakeLm([reply]).api, { deadlines: short }).reply(
    ofLm(promptOf('Hello?')),
    () => undefined,
    forever,
  );
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
});

test('while the person is asked whether it may be used, no deadline runs but that of the whole', async () => {
  const { api } = fakeLm([{ silent: true }]);
  const model = lmModel(api, { deadlines: { firstPartMs: 1, idleMs: 1, totalMs: 100 }, isAllowed: () => false });
  await expect(model.reply(ofLm(promptOf('Hello?')), () => undefined, forever)).rejects.toMatchObject({
    message: "The editor's model was still answering after 0.1 s.",
  });
});

test('what was cancelled or given up is cancelled at its provider too', async () => {
  const { api, cancelled } = fakeLm([
    ['So far', hang],
    ['So far', hang],
  ]);
  const stop = new AbortController();
  const model = lmModel(api, { deadlines: short });
  await model.reply(ofLm(promptOf('Hello?')), () => stop.abort(), stop.signal).catch(() => undefined);
  await model.reply(ofLm(promptOf('Hello?')), () => undefined, forever).catch(() => undefined);
  expect(cancelled()).toBe(2);
});

describe('each fault of a request', () => {
  const call = { tool: 'look', input: { target: 'src/a.ts' } };
  test.each<[string, LmReply, string]>([
    ['reset before the stream', { refuses: new Error('net::ERR_CONNECTION_RESET') }, 'unavailable'],
    ['reset in a text', ['So far', new Error('aborted')], 'unavailable'],
    ['reset after a whole call', [call, new Error('aborted')], 'unavailable'],
    ['a rate limit', { refuses: new Error('429 too many requests') }, 'rate_limited'],
    ['an overload', { refuses: new Error('529') }, 'overloaded'],
    ['a stream of nothing', [{ data: 1 }], 'unavailable'],
    ['silence before the stream', { silent: true }, 'timeout'],
    ['silence after a whole call', [call, hang], 'timeout'],
  ])('%s: asked again, and the call runs once', async (_name, fault, code) => {
    const ran: string[] = [];
    const tool = fakeTool('look', 'read', ({ target }) => {
      ran.push(target);
      return { status: 'ok', text: 'x' };
    });
    const { api } = fakeLm([fault, [call], ['Done.']]);
    const agent = fakeAgent(lmModel(api, { deadlines: short }), [tool], { clock: fakeClock() });
    const session = await new Sessions(agent).create({ environment, mode: 'ask', model: lmId, rules: [] });
    expect(await session.run('go')).toMatchObject({ kind: 'done', summary: 'Done.' });
    expect(ran).toEqual(['src/a.ts']);
    expect(session.events.filter(({ type }) => type === 'model.failed')).toMatchObject([{ code, retryInMs: 1000 }]);
  });
});
