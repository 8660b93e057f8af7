import { expect, it } from 'vitest';
import type { Question } from '../../src/core/event.ts';
import type { Clock } from '../../src/core/ports.ts';
import { Asks } from '../../src/session/asks.ts';
import { deniedWhenUnanswered } from '../../src/session/unanswered.ts';
import { noNews } from '../support/fakeAgent.ts';

const question: Question = { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1000, why: 'It runs.' };
const approval = { session: 's', call: 'c', tool: 't', question, resolved: [] };

/** Time that passes when a test says so. */
function setUp(afterMs: number | null) {
  let tokens = 0;
  const asks = new Asks(() => `token${String(++tokens)}`);
  const waits: { readonly ms: number; readonly pass: () => void; readonly signal: AbortSignal }[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        waits.push({ ms, pass: resolve, signal });
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      }),
  };
  const stop = new AbortController();
  const ask = () => deniedWhenUnanswered(asks, () => afterMs, clock).ask(approval, noNews, stop.signal);
  return { asks, waits, stop, ask };
}

it('a question that nobody answers in time is denied on nobody’s word, and a later answer counts for nothing', async () => {
  const { asks, waits, ask } = setUp(600_000);
  const decision = ask();
  expect(waits.map(({ ms }) => ms)).toEqual([600_000]);
  waits[0]?.pass();
  expect(await decision).toEqual({
    action: 'deny',
    by: { kind: 'nobody' },
    reason:
      'Nobody answered within 10 minutes, so it was not done. Do what can be done without it, or end and say what waits for an answer.',
  });
  expect([asks.waiting, asks.answer('c', 'token1', { action: 'allow' })]).toEqual([[], false]);
  const again = ask();
  expect(asks.answer('c', 'token1', { action: 'allow' })).toBe(false);
  expect(asks.answer('c', 'token2', { action: 'allow' })).toBe(true);
  expect(await again).toEqual({ action: 'allow', by: { kind: 'user' } });
  expect(waits[1]?.signal.aborted).toBe(true);
});

it('waits for ever without a limit, and ends at once when the turn is stopped', async () => {
  const endless = setUp(null);
  const waiting = endless.ask();
  expect([endless.waits.length, endless.asks.waiting.length]).toEqual([0, 1]);
  const limited = setUp(1000);
  const decision = limited.ask();
  for (const { stop } of [endless, limited]) stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  await expect(decision).rejects.toThrow('stopped');
});
