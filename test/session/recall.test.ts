// What was said and seen before: read again by its handle, found by words, paged.
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Prompt } from '../../src/core/model.ts';
import type { RecallSource } from '../../src/core/recall.ts';
import type { Tool } from '../../src/core/tool.ts';
import { recall } from '../../src/tools/recall.ts';
import { replaySession } from '../../src/session/replay.ts';
import { fakeAgent, fakeTool } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';

const story = Array.from({ length: 4000 }, (_, i) => `line ${String(i + 1)} of the story`).join('\n');
const long = fakeTool('long', 'read', ({ target }) => ({
  status: 'ok',
  text: target === 'web' ? `page ${story}` : story,
  ...(target === 'web' && { untrusted: 'read a web page' }),
}));
const small = fakeTool('small', 'read', ({ target }) => ({ status: 'ok', text: `the colour of ${target} is mauve` }));

/** A session that makes these calls, one a reply; the last word of each result, and the session. */
async function told(tools: readonly Tool[], ...asked: readonly (readonly [string, object])[]) {
  const model = fakeModel(...asked.map(([name, input]) => calls(call(name, input as never))), text('done'));
  const agent = fakeAgent(model, tools);
  const session = await start(agent);
  await session.run('tell me of the zebra');
  const results = session.events.filter(
    (event): event is Event & { type: 'tool.finished' } => event.type === 'tool.finished',
  );
  return { session, agent, prompts: model.prompts as readonly Prompt[], results: results.map(({ result }) => result) };
}
const seqOf = (events: readonly Event[], type: Event['type']): string =>
  String(events.find((event) => event.type === type)?.seq);

test('a result that was cut is read again by the handle in its note, page by page', async () => {
  const first = await told([long], ['long', { target: 'x' }]);
  const handle = seqOf(first.session.events, 'tool.requested');
  expect(first.results[0]?.text).toContain(`recall with handle #${handle} reads them`);
  const tools = [long, recall([])];
  const { results } = await told(
    tools,
    ['long', { target: 'x' }],
    ['recall', { handle: `#${handle}`, from_line: 2000 }],
    ['recall', { handle, from_line: 4001 }],
    ['recall', { handle: '999' }],
  );
  expect(results[1]?.text.split('\n', 1)).toEqual(['line 2000 of the story']);
  expect(results[1]?.text).toMatch(/\[lines 2000-3\d\d\d of 4000; go on with from_line 3\d\d\d\]$/);
  expect(results[2]).toMatchObject({ status: 'error', text: `#${handle} has 4000 lines; from_line is past its end.` });
  expect(results[3]).toMatchObject({ status: 'error', code: 'not_found' });
});

test('words are found in messages, replies and results, the rarest first, and not in what recall said itself', async () => {
  const { session, results } = await told(
    [small, recall([])],
    ['small', { target: 'the zebra' }],
    ['small', { target: 'the sky' }],
    ['recall', { query: 'colour zebra' }],
    ['recall', { query: 'zebra' }],
    ['recall', { query: 'nowhere' }],
  );
  const finished = seqOf(session.events, 'tool.finished');
  expect(results[2]?.text.split('\n', 1)).toEqual([
    `#${finished} turn 1 step 1, small {"target":"the zebra"}: the colour of the zebra is mauve`,
  ]);
  expect(results[3]?.text).toContain(
    `#${seqOf(session.events, 'turn.started')} turn 1, message of the user: tell me of the zebra`,
  );
  expect(results[3]?.text).not.toContain('recall');
  expect(results[4]?.text).toBe('Nothing in session holds any of these words.');
});

test('other places are asked by their name', async () => {
  const notes: RecallSource = {
    name: 'notes',
    search: (query) => Promise.resolve([{ id: 'n1', place: 'a note', text: `on ${query}` }]),
    read: (id) => Promise.resolve(id === 'n1' ? 'the note' : null),
  };
  const { results } = await told(
    [recall([notes])],
    ['recall', { query: 'tabs', where: 'notes' }],
    ['recall', { handle: '#n1', where: 'notes' }],
    ['recall', { query: 'tabs', where: 'past' }],
    ['recall', { query: 'tabs', handle: '1' }],
  );
  expect(results.map((one) => [one.status, one.text.split('\n', 1)[0]])).toEqual([
    ['ok', '#n1 a note: on tabs'],
    ['ok', 'the note'],
    ['error', expect.stringContaining('does not fit')],
    ['error', 'Give either a handle to read, or a query to search for.'],
  ]);
});

test('text of others stays such when it is read again', async () => {
  const { results, session } = await told(
    [long, recall([])],
    ['long', { target: 'web' }],
    ['recall', { query: 'page' }],
  );
  expect(results[1]).toMatchObject({ untrusted: 'recalled what an earlier step had read (it read a web page)' });
  const { tools, files } = fakeAgent(fakeModel(), [long, recall([])]);
  expect(await replaySession(session.events, tools, files, 1000)).toMatchObject({ divergence: null });
});
