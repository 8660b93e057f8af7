// The fault matrix: what a bad network or a bad server does to a run, by the Messages API as it is sent.
import { afterEach, describe, expect, test } from 'vitest';
import type { Event, Fact } from '../../src/core/event.ts';
import { JourneymanError } from '../../src/core/error.ts';
import type { Model } from '../../src/core/model.ts';
import { anthropicModel } from '../../src/model/anthropic.ts';
import type { Agent } from '../../src/session/agent.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { environment, fakeClock } from '../support/events.ts';
import { fakeAgent, fakeTool } from '../support/fakeAgent.ts';
import { fakeModel, text } from '../support/fakeModel.ts';
import { latch } from '../support/latch.ts';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';

let api: ScriptedApi | null = null;
afterEach(async () => {
  const open = api;
  api = null;
  await open?.close();
});

async function begin(agent: Agent, attended = true): Promise<LiveSession> {
  const start = { environment: { ...environment, attended }, mode: 'ask', model: 'm', rules: [] } as const;
  return new Sessions(agent).create(start);
}

function ofType<T extends Fact['type']>(events: readonly Event[], type: T): readonly (Event & { readonly type: T })[] {
  return events.filter((event): event is Event & { readonly type: T } => event.type === type);
}

async function replayed(session: LiveSession, agent: Agent): Promise<unknown> {
  return (await replaySession(session.events, agent.tools, agent.files, 1000)).divergence;
}

describe('each fault of a request', () => {
  const call = { tool: 'look', input: { target: 'src/a.ts' }, id: 'toolu_1' } as const;
  const status = (code: number, type: string, headers: Record<string, string> = {}): ScriptedReply => {
    return { status: code, type, message: 'Sorry', headers };
  };
  const streamed = (body: string, type = 'text/event-stream'): ScriptedReply => {
    return { status: 200, headers: { 'content-type': type }, body };
  };
  const recovers: readonly (readonly [name: string, fault: ScriptedReply, code: string, waitMs: number])[] = [
    ['429', status(429, 'rate_limit_error'), 'rate_limited', 1000],
    ['429 that names a wait', status(429, 'rate_limit_error', { 'retry-after': '7' }), 'rate_limited', 7000],
    ['429 that names an hour', status(429, 'rate_limit_error', { 'retry-after': '3600' }), 'rate_limited', 300_000],
    ['529', status(529, 'overloaded_error'), 'overloaded', 1000],
    ['500', status(500, 'api_error'), 'unavailable', 1000],
    ['a page of a proxy', { status: 502, body: '<html><h1>Bad gateway</h1></html>' }, 'unavailable', 1000],
    ['reset before the stream', { content: [call], fault: { after: 'headers', then: 'cut' } }, 'unavailable', 1000],
    [
      'reset in a text',
      {
        content: ['So far, so good', call],
        chunkChars: 4,
        fault: { after: 'content_block_delta', nth: 2, then: 'cut' },
      },
      'unavailable',
      1000,
    ],
    [
      'reset in a call',
      { content: [call], chunkChars: 4, fault: { after: 'content_block_delta', nth: 2, then: 'cut' } },
      'unavailable',
      1000,
    ],
    [
      'reset after a whole call',
      { content: [call], fault: { after: 'content_block_stop', then: 'cut' } },
      'unavailable',
      1000,
    ],
    [
      'reset before the very end',
      { content: [call], fault: { after: 'message_delta', then: 'cut' } },
      'unavailable',
      1000,
    ],
    ['cut input that calls itself whole', { content: [call], toolInputChars: 9 }, 'unavailable', 1000],
    [
      'a stream that ends early',
      streamed('event: message_start\ndata: {"type":"message_start","message":{}}\n\n'),
      'unavailable',
      1000,
    ],
    ['garbage', streamed('event: message_start\ndata: {"type":\n\n'), 'unavailable', 1000],
    ['garbage for JSON', streamed('{"type":', 'application/json'), 'unavailable', 1000],
    ['silence before the headers', { noAnswer: true }, 'timeout', 1000],
    ['silence before the first byte', { content: [call], fault: { after: 'headers', then: 'stall' } }, 'timeout', 1000],
    [
      'silence after a whole call',
      { content: [call], fault: { after: 'content_block_stop', then: 'stall' } },
      'timeout',
      1000,
    ],
    ['a drip without end', { content: [call], pings: { count: 10_000, everyMs: 10 } }, 'timeout', 1000],
    [
      'an error in the stream',
      {
        content: ['So far', call],
        fault: { after: 'content_block_stop', then: { type: 'overloaded_error', message: 'Sorry' } },
      },
      'overloaded',
      1000,
    ],
    [
      'an error that calls itself a success',
      streamed('{"error":{"type":"api_error","message":"x"}}', 'application/json'),
      'unavailable',
      1000,
    ],
  ];

  test.each(recovers)('%s: asked again, and the call runs once', async (_name, fault, code, waitMs) => {
    api = await startScriptedApi({ replies: [fault, { content: [call] }, 'Done.'] });
    const ran: string[] = [];
    const tool = fakeTool('look', 'read', ({ target }) => {
      ran.push(target);
      return { status: 'ok', text: 'x' };
    });
    const clock = fakeClock();
    const unlimited = { stepsMax: 20, turnMs: Infinity, replyTokensMax: 1000, contextTokens: 0 };
    const agent = fakeAgent(modelAt(api.baseUrl), [tool], { clock, limits: unlimited });
    const session = await begin(agent);
    expect(await session.run('go')).toMatchObject({ kind: 'done', summary: 'Done.' });
    expect(ran).toEqual(['src/a.ts']);
    expect(ofType(session.events, 'model.failed')).toMatchObject([{ code, retryInMs: waitMs }]);
    expect(ofType(session.events, 'model.requested').map(({ step, attempt }) => [step, attempt])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
    expect(clock.slept).toEqual([waitMs]);
    expect(await replayed(session, agent)).toBeNull();
  });

  const ends: readonly (readonly [name: string, fault: ScriptedReply, code: string, words: RegExp])[] = [
    ['401', status(401, 'authentication_error'), 'unauthorized', /answered 401: Sorry\. Set another key/],
    ['400', status(400, 'invalid_request_error'), 'rejected_request', /answered 400: Sorry\./],
    ['a page that is no API', streamed('<html>', 'text/html'), 'rejected_request', /text\/html .*Check the base URL/],
    ['a refusal', { content: ['No.'], stop: 'refusal' }, 'refused', /declined/],
  ];
  test.each(ends)('%s: ends with its words, and nothing ran', async (_name, fault, code, words) => {
    api = await startScriptedApi({ replies: () => fault });
    const session = await begin(fakeAgent(modelAt(api.baseUrl)));
    expect(await session.run('go')).toEqual({ kind: 'failed', code, message: expect.stringMatching(words) as string });
  });

  test('alone, a server that never answers ends the run with how often it was asked', async () => {
    api = await startScriptedApi({ replies: () => ({ status: 500, type: 'api_error', message: 'Sorry' }) });
    const agent = fakeAgent(modelAt(api.baseUrl));
    const session = await begin(agent, false);
    expect(await session.run('go')).toEqual({
      kind: 'failed',
      code: 'unavailable',
      message: expect.stringMatching(/answered 500: Sorry\. It was asked 5 times\.$/) as string,
    });
    expect(await replayed(session, agent)).toBeNull();
  });
});

function modelAt(baseUrl: string): Model {
  const deadlines = { firstByteMs: 300, idleMs: 300, totalMs: 600 };
  return anthropicModel({ baseUrl, apiKey: () => Promise.resolve('key'), deadlines });
}

const gone = new JourneymanError('unavailable', 'It was not reached.');
const busy = new JourneymanError('overloaded', 'Busy.');

describe('a server that is gone', () => {
  test('is waited for, by a small question that grows rare, and the same step goes on', async () => {
    const answers = [false, false, true];
    const model: Model = {
      ...fakeModel(gone, gone, gone, gone, gone, text('Done.')),
      probe: () => Promise.resolve(answers.shift() ?? true),
    };
    const clock = fakeClock();
    const agent = fakeAgent(model, [], { clock });
    const session = await begin(agent);
    expect(await session.run('go')).toMatchObject({ kind: 'done', summary: 'Done.' });
    expect(clock.slept).toEqual([1000, 2000, 4000, 8000, 5000, 10_000, 20_000]);
    expect(ofType(session.events, 'model.failed').at(-1)).toMatchObject({ retryInMs: null, waits: true });
    expect(ofType(session.events, 'turn.ended')).toMatchObject([{ ms: 15_000 }]); // the wait was nobody's work
    expect(await replayed(session, agent)).toBeNull();
  });

  /** The wait for the server never ends by itself. */
  const endless = () => {
    const waiting = latch();
    const clock = fakeClock();
    const slept: AbortSignal[] = [];
    return {
      waiting,
      clock: {
        ...clock,
        sleep: (ms: number, signal: AbortSignal) => {
          if (ms < 5000 || ms === 8000) return clock.sleep(ms, signal);
          slept.push(signal);
          waiting.open();
          return new Promise<void>((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(signal.reason as Error);
            });
          });
        },
      },
    };
  };

  test('is asked at once when the person says so', async () => {
    const { waiting, clock } = endless();
    const agent = fakeAgent(fakeModel(gone, gone, gone, gone, gone, text('Done.')), [], { clock });
    const session = await begin(agent);
    const end = session.run('go');
    await waiting.opened;
    session.tryNow();
    expect(await end).toMatchObject({ kind: 'done' });
    expect(await replayed(session, agent)).toBeNull();
  });

  test('is left for another model as soon as the person chooses one', async () => {
    const { waiting, clock } = endless();
    const model = fakeModel(gone, gone, gone, gone, gone, text('Done.'));
    const agent = fakeAgent(model, [], { clock });
    const session = await begin(agent);
    const end = session.run('go');
    await waiting.opened;
    await session.change({ model: 'local' });
    expect(await end).toMatchObject({ kind: 'done' });
    expect(model.prompts.map((prompt) => prompt.model)).toEqual(['m', 'm', 'm', 'm', 'm', 'local']);
    expect(await replayed(session, agent)).toBeNull();
  });

  test('can be left by a pause, which goes on with the same step, and by a stop', async () => {
    const { waiting, clock } = endless();
    const agent = fakeAgent(fakeModel(gone, gone, gone, gone, gone, text('Done.')), [], { clock });
    const session = await begin(agent);
    const end = session.run('go');
    await waiting.opened;
    await session.pause();
    expect(await end).toEqual({ kind: 'held' });
    expect(await session.resume()).toMatchObject({ kind: 'done' });
    expect(ofType(session.events, 'model.requested').at(-1)).toMatchObject({ step: 1, attempt: 6 });
    expect(await replayed(session, agent)).toBeNull();

    const again = endless();
    const stopped = fakeAgent(fakeModel(gone, gone, gone, gone, gone), [], { clock: again.clock });
    const other = await begin(stopped);
    const cancelled = other.run('go');
    await again.waiting.opened;
    other.stop();
    expect(await cancelled).toEqual({ kind: 'cancelled' });
    expect(await replayed(other, stopped)).toBeNull();
  });

  test('is asked with waits that are spread, never longer than the longest', async () => {
    const clock = fakeClock();
    const hour = new JourneymanError('rate_limited', 'Slow down.', { retryAfterMs: 3_600_000 });
    const agent = fakeAgent(fakeModel(gone, gone, hour, text('Done.')), [], { clock, random: () => 1 });
    const session = await begin(agent);
    await session.run('go');
    expect(clock.slept).toEqual([1250, 2500, 300_000]);
    expect(ofType(session.events, 'model.failed').at(-1)?.message).toBe(
      'Slow down. It asks to wait 3600 s; it is asked again after 300 s.',
    );
    expect(await replayed(session, agent)).toBeNull();
  });
});

test('a step whose model stays overloaded goes to the fallback model, and the next comes back', async () => {
  const look = fakeTool('look', 'read', () => ({ status: 'ok', text: 'x' }));
  const call = { type: 'tool_use', id: 'c1', name: 'look', input: { target: 'a' } } as const;
  const model = fakeModel(busy, busy, busy, { ...text(''), content: [call], stop: 'tool_use' }, text('Done.'));
  const agent = fakeAgent(model, [look], { fallbackModel: () => 'other' });
  const session = await begin(agent);
  expect(await session.run('go')).toMatchObject({ kind: 'done' });
  expect(model.prompts.map((prompt) => prompt.model)).toEqual(['m', 'm', 'm', 'other', 'm']);
  const route = { purpose: 'main', effort: null, why: 'm was overloaded 3 times in a row' };
  expect(ofType(session.events, 'model.requested').map((event) => event.route)).toEqual([
    undefined,
    undefined,
    undefined,
    route,
    undefined,
  ]);
  expect(await replayed(session, agent)).toBeNull();
});
