import { expect, test } from 'vitest';
import { costsOf, costWords } from '../../src/cli/cost.ts';
import type { Fact } from '../../src/core/event.ts';
import { eventsOf, started } from '../support/events.ts';

const reply = (model: string) => ({
  model,
  content: [],
  stop: 'end_turn' as const,
  usage: { input: 100, cacheWrite: 50, cacheRead: 850, output: 10 },
});
const responded = (costUsd: number | null, model = 'm'): Fact => ({
  type: 'model.responded',
  reply: reply(model),
  firstByteMs: 1,
  ms: 2,
  costUsd,
});
const requested: Fact = { type: 'model.requested', model: 'm', promptHash: 'h', messages: 1, attempt: 1 };
const events = eventsOf(
  started,
  { type: 'turn.started', text: 'go', attachments: [], message: null },
  requested,
  responded(0.25),
  { type: 'side.ended', purpose: 'summarise', reply: reply('s'), fault: null, ms: 1, costUsd: null },
  requested,
  responded(0.5),
);

test('what each request has cost, summed up by what it was for and who answered; unknown is no zero', () => {
  const { requests, purposes, models, total } = costsOf(events);
  expect(
    requests.map(({ step, purpose, model, costUsd, cumulatedUsd, cacheShare }) => [
      step,
      purpose,
      model,
      costUsd,
      cumulatedUsd,
      cacheShare,
    ]),
  ).toEqual([
    [1, 'main', 'm', 0.25, 0.25, 0.85],
    [1, 'summarise', 's', null, 0.25, 0.85],
    [2, 'main', 'm', 0.5, 0.75, 0.85],
  ]);
  expect(purposes.map(({ name, requests: n, costUsd }) => [name, n, costUsd])).toEqual([
    ['main', 2, 0.75],
    ['summarise', 1, 0],
  ]);
  expect(models.map(({ name, unpricedTokens }) => [name, unpricedTokens])).toEqual([['m', 0], ['s', 1010]]); // prettier-ignore
  expect(total).toMatchObject({ requests: 3, costUsd: 0.75, unpricedTokens: 1010 });
});

test('in words', () => {
  const lines = costWords(costsOf(events)).split('\n');
  expect(lines[2]).toMatch(/^1\.1 +summarise +s +100 +50 +850 +10 +85 % +unknown +\$0\.2500$/);
  expect(lines.at(-2)).toMatch(/^total +3 .*\$0\.7500 \+ 1,010 tokens unpriced$/);
});

test('a session without a request costs nothing', () => {
  expect(costsOf(eventsOf(started)).total).toMatchObject({ requests: 0, costUsd: 0 });
});
