// What of a session is never forgotten: single facts, as the model reads them in the record.
import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { foldFacts, noFacts } from '../../src/session/facts.ts';
import { factsText } from '../../src/session/factsText.ts';
import { eventsOf, started } from '../support/events.ts';

const begun: readonly Fact[] = [started, { type: 'turn.started', text: 'the task', attachments: [], message: null }];
const record = (...facts: readonly Fact[]): string =>
  factsText(eventsOf(...begun, ...facts).reduce(foldFacts, noFacts), 1, '', 10_000);

function ran(call: string, command: string, exitCode: number): readonly Fact[] {
  const detail = { kind: 'command', exitCode, timedOut: false, outputBytes: 0, outputLines: 0 } as const;
  return [
    { type: 'tool.requested', call, tool: 'run_command', input: { command }, resources: [] },
    { type: 'tool.finished', call, result: { status: 'ok', text: '', detail }, ms: 1 },
  ];
}

test('a check that failed and passed later as a part of another line fails no more', () => {
  const text = record(
    ...ran('c1', 'npm test', 1),
    ...ran('c2', 'npm run lint', 1),
    ...ran('c3', 'npm run build && npm test', 0),
  );
  expect(text).not.toContain('- npm test: failed');
  expect(text).toContain('- npm run lint: failed with exit code 1');
  expect(text).toContain('- npm run build && npm test: passed');
});

test('what was denied because nobody was there stands in it with the reason', () => {
  const [asked] = ran('c1', 'make release', 0);
  const denied: Fact = {
    type: 'tool.decided',
    call: 'c1',
    decision: { action: 'deny', by: { kind: 'nobody' }, reason: 'Nobody was there to ask.' },
  };
  expect(asked && record(asked, denied)).toContain('run_command `make release`: Nobody was there to ask.');
});
