import { expect, test } from 'vitest';
import { parseControl } from '../../src/cli/control.ts';

test.each([
  { type: 'send', text: 'Go on.', attachments: [] },
  { type: 'steer', text: 'Mind the tests.', attachments: [] },
  { type: 'change_message', message: 'm', before: null },
  { type: 'cancel_message', message: 'm' },
  { type: 'set', mode: 'edit' },
  { type: 'pause' },
  { type: 'resume' },
  { type: 'stop' },
  { type: 'compact' },
  { type: 'compact', keep: 'the names' },
  { type: 'answer', call: 'c', token: 't', answer: { action: 'allow' } },
  { type: 'hunk', call: 'c', token: 't', hunk: 'c:1.1', verdict: 'rejected', reason: 'No.' },
])('a run can be told %j', (control) => {
  expect(parseControl(JSON.stringify(control))).toEqual(control);
});

test.each([
  ['{"type":"pause"', 'The line is no JSON'],
  ['"pause"', 'This is nothing that a run can be told. It is one of send, steer,'],
  ['{"type":"pause","why":"x"}', 'This is nothing that a run can be told'],
  ['{"type":"compact","kept":1}', 'This is nothing that a run can be told'],
  ['{"type":"open_file","path":"/etc/passwd"}', 'This is nothing that a run can be told'],
])('%s changes nothing and is told why', (line, message) => {
  expect(() => parseControl(line)).toThrow(message);
});
