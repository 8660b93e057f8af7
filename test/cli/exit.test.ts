import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit.ts';
import type { Outcome } from '../../src/core/event.ts';
import { eventsOf } from '../support/events.ts';

const done = (verified: boolean): Outcome => ({ kind: 'done', verified, summary: '', evidence: [] });
const partial = (why: 'stalled' | 'budget_exhausted'): Outcome => ({
  kind: 'partial',
  summary: '',
  done: [],
  left: [],
  why,
  message: '',
  evidence: [],
});

test.each([
  [done(true), 0],
  [done(false), 2],
  [partial('stalled'), 3],
  [partial('budget_exhausted'), 5],
  [{ kind: 'failed', code: 'unavailable', message: '' } satisfies Outcome, 1],
  [{ kind: 'cancelled' } satisfies Outcome, 130],
])('%j ends with %d', (outcome, code) => {
  expect(exitCodeOf(outcome, [])).toBe(code);
});

test('a question that nobody could answer outweighs a model that calls itself done; a denial by a person does not', () => {
  const denied = (kind: 'nobody' | 'user') =>
    eventsOf({ type: 'tool.decided', call: 'c', decision: { action: 'deny', by: { kind }, reason: '' } });
  expect(exitCodeOf(done(true), denied('nobody'))).toBe(4);
  expect(exitCodeOf(done(true), denied('user'))).toBe(0);
});
