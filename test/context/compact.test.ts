// What is left out of the conversation when room is made.
import { describe, expect, test } from 'vitest';
import { superseded } from '../../src/context/compact.ts';
import { converse, messagesOf, noConversation, type Conversation } from '../../src/context/conversation.ts';
import type { Compaction, Fact } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';
import { toArray } from '../../src/core/list.ts';
import { eventsOf, started } from '../support/events.ts';
import { call, calls } from '../support/fakeModel.ts';

const long = 'a line of what was read\n'.repeat(40);
const thought = { type: 'thinking', thinking: 'hm', signature: 's' } as const;

function step(id: string, tool: string, input: Json, text = long): readonly Fact[] {
  return [
    { type: 'model.responded', reply: calls(thought, call(tool, input, id)), firstByteMs: 1, ms: 1, costUsd: 0 },
    { type: 'tool.finished', call: id, result: { status: 'ok', text }, ms: 1 },
  ];
}

const begun: readonly Fact[] = [started, { type: 'turn.started', text: 'the task', attachments: [], message: null }];
const talk = (...facts: readonly Fact[]): Conversation => eventsOf(...begun, ...facts).reduce(converse, noConversation);
/** Each result as the model reads it, long ones by their id. */
const results = (conversation: Conversation): readonly string[] =>
  messagesOf(conversation).flatMap(({ content }) =>
    content.flatMap((block) => {
      if (block.type !== 'tool_result') return [];
      return [block.content === long ? block.tool_use_id : `${block.tool_use_id}: ${block.content}`];
    }),
  );
const room = (compaction: Compaction): Fact => ({ type: 'context.compacted', ...compaction });
const reads = ['r1', 'r2', 'r3', 'r4'].flatMap((id) => step(id, 'read_file', { path: `${id}.ts` }));

describe('results that later ones took the place of', () => {
  const gone = (kept: number, ...facts: readonly Fact[]) => superseded(toArray(talk(...facts).items), kept, true);
  const last = step('z', 'list_files', {});

  test('the same call again, lines that were read again, a file that was changed', () => {
    expect(gone(1, ...step('a', 'run_command', { command: 'npm test' }), ...step('b', 'run_command', { command: 'npm test' }), ...last)).toEqual(['a']); // prettier-ignore
    expect(gone(1, ...step('a', 'read_file', { path: 'x', start_line: 5, end_line: 9 }), ...step('b', 'read_file', { path: 'x' }), ...last)).toEqual(['a']); // prettier-ignore
    expect(gone(1, ...step('a', 'read_file', { path: 'x' }), ...step('b', 'edit_file', { path: 'x', edits: [] }, 'ok'), ...last)).toEqual(['a']); // prettier-ignore
  });

  test('for the cost alone, not where a file was changed: its other lines are still looked at', () => {
    const items = (...facts: readonly Fact[]) => toArray(talk(...facts).items);
    const changed = [
      ...step('a', 'read_file', { path: 'x' }),
      ...step('b', 'edit_file', { path: 'x', edits: [] }, 'ok'),
    ];
    expect(superseded(items(...changed, ...last), 1, false)).toEqual([]);
    expect(superseded(items(...changed, ...step('c', 'read_file', { path: 'x' }), ...last), 1, false)).toEqual(['a']);
  });

  test('not: other lines, other files, short results, the last replies', () => {
    expect(gone(1, ...step('a', 'read_file', { path: 'x' }), ...step('b', 'read_file', { path: 'x', start_line: 5 }), ...last)).toEqual([]); // prettier-ignore
    expect(gone(1, ...step('a', 'read_file', { path: 'x' }), ...step('b', 'edit_file', { path: 'y', edits: [] }, 'ok'), ...last)).toEqual([]); // prettier-ignore
    expect(gone(1, ...step('a', 'list_files', {}, 'short'), ...last)).toEqual([]);
    expect(gone(3, ...step('a', 'list_files', {}), ...last)).toEqual([]);
  });
});

test('old results give way to a line with their handle, thinking goes with them, the last replies stay', () => {
  const after = talk(...reads, room({ kept: 2, why: 'full', left: ['r4'] }));
  const line = (id: string, seq: number) =>
    `${id}: (Left out to make room: recall reads it by handle #${String(seq)}; call the tool again for how it is now.)`;
  expect(results(after)).toEqual([line('r1', 4), line('r2', 6), 'r3', line('r4', 10)]);
  // The API takes back only what has all before it as it was: the first reply.
  expect(JSON.stringify(messagesOf(after)).split('"thinking":').length - 1).toBe(1);
});

test('of what stands twice, only that is left out', () => {
  const after = talk(...reads, room({ kept: 5, why: 'cost', left: ['r2'] }));
  expect(results(after)).toEqual(['r1', expect.stringContaining('r2: (Left out'), 'r3', 'r4']);
});

test('logs from before there were handles read as they did', () => {
  expect(results(talk(...reads, room({ kept: 3 })))).toEqual([
    'r1: (This result was left out to make room. Call the tool again if you need it.)', 'r2', 'r3', 'r4',
  ]); // prettier-ignore
  expect(results(talk(...reads, room({ kept: 0 })))).toEqual(['r1', 'r2', 'r3', 'r4']);
});

test('a record stands in place of all before the kept replies; mode and sandbox are told again', () => {
  const sandbox: Fact = { type: 'sandbox.found', sandbox: { kind: 'bubblewrap' } };
  const after = talk(
    sandbox,
    ...reads,
    room({ kept: 1, why: 'full', record: '<record>all</record>', summary: 'It went well.' }),
  );
  const [first, ...rest] = messagesOf(after);
  expect(first?.content.map((block) => (block.type === 'text' ? block.text.slice(0, 22) : ''))).toEqual([
    '<record>all</record>',
    '<summary>\nIt went well',
    '<sandbox>Commands run ',
    '<mode>Permission mode:',
  ]);
  expect(rest.map(({ role }) => role)).toEqual(['assistant', 'user']);
  expect(results(after)).toEqual(['r4']);
});

test('with no reply kept, what came after the last one is still there', () => {
  const said: Fact = { type: 'message.delivered', message: 'm', text: 'and this', attachments: [] };
  const after = talk(...reads, said, room({ kept: 0, why: 'overflow', record: '<record>all</record>', summary: null }));
  expect(messagesOf(after)).toHaveLength(1);
  expect(JSON.stringify(messagesOf(after))).toContain('and this');
});
