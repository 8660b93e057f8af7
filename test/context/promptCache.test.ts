// Each request finds in the cache what the one before has left there, whatever came in between.
import { expect, test } from 'vitest';
import { converse, noConversation, type Conversation } from '../../src/context/conversation.ts';
import { promptOf } from '../../src/context/prompt.ts';
import { summaryPrompt } from '../../src/context/summary.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Prompt } from '../../src/core/model.ts';
import { requestBytes } from '../../src/model/anthropicRequest.ts';
import { environment, eventsOf, started } from '../support/events.ts';
import { look } from '../support/fakeAgent.ts';
import { call, calls } from '../support/fakeModel.ts';
import { promptCache } from '../support/promptCache.ts';
import { faultsOf, inOrder, parseRequest } from '../support/requestRules.ts';

const long = 'a line of what was read\n'.repeat(40);
let ids = 0;
/** A reply with so many calls side by side, and their results. */
function step(parallel: number): readonly Fact[] {
  const blocks = Array.from({ length: parallel }, () => call('look', { target: 'a' }, `c${String(++ids)}`));
  const reply = calls({ type: 'text', text: 'I look.' }, ...blocks);
  return [
    { type: 'model.responded', reply, firstByteMs: 1, ms: 1, costUsd: 0 },
    ...blocks.map((block): Fact => {
      const id = block.type === 'tool_use' ? block.id : '';
      return { type: 'tool.finished', call: id, result: { status: 'ok', text: long }, ms: 1 };
    }),
  ];
}
const requested: Fact = { type: 'model.requested', model: 'm', promptHash: 'h', messages: 1, attempt: 1 };
const news: Fact = { type: 'problems.found', files: [{ path: 'a.ts', textHash: 'h', problems: [{ line: 1, severity: 'error', message: 'no' }] }] }; // prettier-ignore
const code: Fact = {
  type: 'context.selected',
  pieces: [{ path: 'b.ts', startLine: 1, endLine: 1, form: 'body', symbol: null, text: long, tokens: 200, why: [] }],
  stale: [],
  budgetTokens: 1000,
  complete: true,
  ms: 1,
};
const said: Fact = { type: 'message.delivered', message: 'm1', text: 'and this', attachments: [] };

function promptOfThis(conversation: Conversation): Prompt {
  return promptOf({ model: 'm', maxTokens: 1000, environment, tools: [look], conversation });
}

/** What each request reads of what the one before has left, as a share. */
function shares(prompts: readonly Prompt[]): readonly number[] {
  const cache = promptCache();
  let left = 0;
  return prompts.map((prompt) => {
    const request = parseRequest(requestBytes(prompt, new WeakSet()).toString());
    expect(faultsOf(request)).toEqual([]);
    const { cacheRead, cacheWrite } = cache.take('m', inOrder(request));
    const share = left === 0 ? 1 : cacheRead / left;
    left = cacheRead + cacheWrite;
    return share;
  });
}

function promptsOf(...steps: readonly (readonly Fact[])[]): readonly Prompt[] {
  const facts: Fact[] = [started, { type: 'turn.started', text: long, attachments: [], message: null }];
  const events: Event[] = [];
  return steps.map((more) => {
    facts.push(...more);
    const all = eventsOf(...facts);
    events.splice(0, events.length, ...all);
    const prompt = promptOfThis(all.reduce(converse, noConversation));
    facts.push(requested);
    return prompt;
  });
}

test.each([
  ['12 parallel calls', [[], step(12), step(12), step(12)]],
  ['30 parallel calls', [[], step(30), step(30), step(1)]],
  [
    'picked code, news, words of the person, a change of mode',
    [
      [code],
      [...step(2), news, code],
      [...step(1), said, said, said],
      [{ type: 'session.changed', mode: 'auto' }, ...step(3), news],
      step(1),
    ],
  ],
] as const)('after %s all that was left is read', (_name, steps) => {
  expect(shares(promptsOf(...steps))).toEqual(steps.map(() => 1));
});

test('the request for a summary reads what the last request has left, and room costs the cache once', () => {
  const steps = [[], step(12), step(3)];
  const before = promptsOf(...steps, step(2));
  const last = before.at(-1);
  if (!last) throw new Error('no prompt');
  // The results of the last step were never sent: they are not in the cache, and not put there.
  expect(shares([...before.slice(0, -1), summaryPrompt(last, '', 100)]).at(-1)).toBe(1);
  const room: Fact = {
    type: 'context.compacted',
    kept: 1,
    why: 'full',
    record: long.repeat(3),
    summary: 'all',
    left: [],
  };
  const after = promptsOf(...steps, [...step(2), room], step(2), step(2));
  const found = shares(after);
  expect(found[3]).toBeLessThan(1);
  expect(found.slice(4)).toEqual([1, 1]);
});
