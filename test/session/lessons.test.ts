// What a finished log proposes to remember, with the words that show it.
import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { lessonsOf, sourceOf } from '../../src/session/lessons.ts';
import { eventsOf, started } from '../support/events.ts';

const begun: Fact = { type: 'turn.started', text: 'go', attachments: [], message: null };
const step: Fact = { type: 'model.requested', model: 'm', promptHash: 'h', messages: 1, attempt: 1 };
const rejected = (reason: string, verdict: 'rejected' | 'asked' = 'rejected'): Fact => ({
  type: 'hunk.resolved',
  call: 'c',
  hunk: 'c:1.1',
  verdict,
  reason,
});
let calls = 0;
function ran(line: string, exitCode: number, text = ''): readonly Fact[] {
  const call = `r${String(++calls)}`;
  const detail = { kind: 'command', exitCode, timedOut: false, outputBytes: 0, outputLines: 0 } as const;
  return [
    { type: 'tool.requested', call, tool: 'run_command', input: {}, resources: [{ effect: 'execute', target: line }] },
    { type: 'tool.finished', call, result: { status: 'ok', text, detail }, ms: 1 },
  ];
}
const denied = (line: string, reason: string, by: 'user' | 'nobody' = 'user'): readonly Fact[] => [
  {
    type: 'tool.requested',
    call: line,
    tool: 'run_command',
    input: {},
    resources: [{ effect: 'execute', target: line }],
  },
  { type: 'tool.decided', call: line, decision: { action: 'deny', by: { kind: by }, reason } },
];

function lessons(...facts: readonly Fact[]) {
  return lessonsOf(eventsOf(started, begun, step, ...facts)).map(({ evidence, title, text, kind }) => [
    kind,
    title,
    text,
    evidence.map((one) => `${String(one.turn)}.${String(one.step)} ${one.text}`),
  ]);
}

test('a session without corrections proposes nothing', () => {
  expect(lessons(...ran('npm test', 1, 'one test failed'), ...ran('npm test', 0), rejected('no'))).toEqual([]);
});

test('a correction that was said twice is proposed once; said once only where it is meant for good', () => {
  expect(
    lessons(
      rejected('use tabs here, not blanks'),
      rejected('use tabs here, not blanks'), // the same answer, to another change of it
      step,
      rejected('please use tabs, not blanks', 'asked'),
      rejected('this is the wrong file'),
      rejected('We never throw strings'),
    ),
  ).toEqual([
    [
      'feedback',
      'please use tabs, not blanks',
      'please use tabs, not blanks',
      ['1.1 use tabs here, not blanks', '1.2 please use tabs, not blanks'],
    ],
    ['feedback', 'We never throw strings', 'We never throw strings', ['1.2 We never throw strings']],
  ]);
});

test('words on changes that stood in the files count as well', () => {
  const said: Fact = {
    type: 'change.reviewed',
    path: 'a.ts',
    hunks: [{ hunk: 'c:1.1', state: 'rejected', line: 1, reason: 'Always keep the header' }],
  };
  expect(lessons(said)).toEqual([
    ['feedback', 'Always keep the header', 'Always keep the header', ['1.1 Always keep the header']],
  ]);
});

test('a command that the person denied with a reason, not one that nobody answered', () => {
  expect(
    lessons(
      ...denied('npm publish', 'releases are made by CI'),
      ...denied('rm x', ''),
      ...denied('ls', 'no person is there', 'nobody'),
    ),
  ).toEqual([
    [
      'feedback',
      'Do not run npm publish',
      'Do not run `npm publish`: releases are made by CI',
      ['1.1 releases are made by CI'],
    ],
  ]);
});

test('a check that passed after others could not be started', () => {
  expect(
    lessons(
      ...ran('npm test', 1, 'npm error Missing script: "test"'),
      step,
      ...ran('pytest', 127, 'bash: pytest: command not found'),
      ...ran('make check', 0),
    ),
  ).toEqual([
    [
      'fact',
      'How the checks are run',
      '`make check` works; `npm test`, `pytest` could not be started.',
      [
        '1.1 npm test: npm error Missing script: "test"',
        '1.2 pytest: bash: pytest: command not found',
        '1.2 make check: passed',
      ],
    ],
  ]);
});

test('a note says from which step it comes', () => {
  const [lesson] = lessonsOf(eventsOf(started, begun, step, rejected('We never throw strings')));
  expect(lesson && sourceOf('s1', lesson)).toBe('session s1, turn 1 step 1');
});
