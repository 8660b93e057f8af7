import { expect, test } from 'vitest';
import { costUsd } from '../../src/model/price.ts';

const usage = { input: 1_000_000, cacheWrite: 0, cacheRead: 0, output: 0 };

test.each<[string, object, number | null]>([
  ['claude-sonnet-5-5', {}, 2],
  ['claude-sonnet-5-5', { cacheWrite: 100_000, cacheRead: 10_000_000, output: 20_000 }, 2 + 0.25 + 1 + 0.2],
  ['claude-haiku-4-5-20251001', {}, 1],
  ['claude-haiku-5-5', { input: 60_000, cacheRead: 40_000, output: 1000 }, 0.006 + 0.0004 + 0.0005],
  ['claude-haiku-5-5', { input: 60_000, cacheRead: 40_001, output: 1000 }, 0.03 + 0.00200005 + 0.0025],
  ['claude-opus-5', {}, 5],
  ['claude-opus-5-9', {}, null],
  ['qwen3-coder:30b', {}, null],
])('%s costs for %j: %s USD', (model, change, expected) => {
  const cost = costUsd(model, { ...usage, ...change });
  if (expected === null) expect(cost).toBeNull();
  else expect(cost).toBeCloseTo(expected, 10);
});
