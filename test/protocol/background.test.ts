import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { ruleWords, stepVerb } from '../../src/protocol/words.ts';
import { eventsOf } from '../support/events.ts';

const detail = { kind: 'command', exitCode: null, timedOut: false, outputBytes: 3, outputLines: 1 } as const;
const begun: readonly Fact[] = [
  { type: 'turn.started', text: 'go', attachments: [], message: null },
  { type: 'tool.requested', call: 'c', tool: 'run_command', input: { command: 'npm test' }, resources: [] },
  { type: 'tool.started', call: 'c', attempt: 'a' },
  {
    type: 'tool.finished',
    call: 'c',
    ms: 5,
    result: { status: 'ok', text: 'x', detail: { ...detail, background: { id: 'bg1', isRunning: true } } },
  },
];
const rowsAfter = (...facts: readonly Fact[]) => {
  const { rows } = reduceAll(emptyView, eventsOf(...begun, ...facts));
  return rows.flatMap((row) => (row.kind === 'step' ? [`${stepVerb(row)}: ${row.state}`] : row.kind === 'rule' ? [ruleWords(row.fact, 0)] : [])); // prettier-ignore
};

test('a command in the background is shown as such, and at its end as how it ended', () => {
  expect(rowsAfter()).toEqual(['In the background: behind']);
  const end: Fact = { type: 'command.ended', call: 'c', id: 'bg1', line: 'npm test', how: 'itself', exitCode: 1 };
  expect(rowsAfter(end)).toEqual(['Ran: failed', 'npm test: ended in the background, exit code 1']);
  expect(rowsAfter({ ...end, how: 'gone', exitCode: null })).toEqual([
    'Stopped: stopped',
    'npm test: ended in the background with the editor',
  ]);
});

test('also where a call has read its end', () => {
  const over = { ...detail, exitCode: 0, background: { id: 'bg1', isRunning: false } };
  const read: readonly Fact[] = [
    { type: 'tool.requested', call: 'd', tool: 'read_output', input: { id: 'bg1' }, resources: [] },
    { type: 'tool.finished', call: 'd', ms: 5, result: { status: 'ok', text: '', detail: over } },
  ];
  expect(rowsAfter(...read)).toEqual(['Ran: done', 'Looked at: done']);
});
