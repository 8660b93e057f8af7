import { expect, test } from 'vitest';
import { lineOf, withoutControls } from '../../src/cli/words.ts';
import { eventsOf } from '../support/events.ts';

test('what a model or a command says cannot move the cursor, colour, or turn the direction of a terminal', () => {
  expect(withoutControls('a\tb\nc \u001b[31mred\u001b[0m \u202edrow\u202c\r\u009b2J 👨‍👩‍👧')).toBe(
    'a\tb\nc \ufffd[31mred\ufffd[0m \ufffddrow\ufffd\ufffd\ufffd2J 👨‍👩‍👧',
  );
});

test('what became of changes is a line each', () => {
  const [reviewed, problems] = eventsOf(
    {
      type: 'change.reviewed',
      path: 'a.ts',
      hunks: [
        { hunk: 'c:1.1', state: 'rejected', line: 3, reason: 'too clever' },
        { hunk: 'c:1.2', state: 'edited', line: 9, text: [] },
      ],
    },
    {
      type: 'problems.found',
      files: [
        {
          path: 'a.ts',
          textHash: 'h',
          problems: [
            { line: 1, severity: 'error', message: 'x' },
            { line: 2, severity: 'warning', message: 'y' },
          ],
        },
        { path: 'b.ts', textHash: 'h', problems: [] },
      ],
    },
  );
  expect([reviewed, problems].map((event) => event && lineOf(event, new Map()))).toEqual([
    '  a.ts:3 taken out: too clever\n  a.ts:9 changed by you',
    '  a.ts: 1 error, 1 warning\n  b.ts: no new problems',
  ]);
});
