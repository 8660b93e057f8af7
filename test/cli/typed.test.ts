import { expect, test } from 'vitest';
import { isTypedCommand, parseTyped } from '../../src/cli/typed.ts';

const queue = [
  { message: 'm1', text: 'Then the docs.', attachments: [], steer: false },
  { message: 'm2', text: 'Mind the tests.', attachments: [], steer: true },
];

test.each([
  ['  ', null],
  [' Then the docs. ', { type: 'send', text: 'Then the docs.', attachments: [] }],
  ['/steer Mind the tests.', { type: 'steer', text: 'Mind the tests.', attachments: [] }],
  ['/cancel 2', { type: 'cancel_message', message: 'm2' }],
  ['/queue', { type: 'say', text: '  1. Then the docs.\n  2. (with the next request) Mind the tests.' }],
  ['/pause', { type: 'pause' }],
  ['/resume', { type: 'resume' }],
  ['/stop', { type: 'stop' }],
  ['/compact', { type: 'compact' }],
  ['/compact the names', { type: 'compact', keep: 'the names' }],
  ['/etc/hosts is wrong', { type: 'send', text: '/etc/hosts is wrong', attachments: [] }],
])('%j while it works', (line, typed) => {
  expect(parseTyped(line, queue)).toEqual(typed);
});

test.each([
  ['/steer', 'What should it be told? /steer TEXT'],
  ['/cancel 3', 'Which one? /cancel N'],
  ['/pause now', '/pause takes no words.'],
  ['/fly', 'There is no /fly.'],
  ['/help', '/steer TEXT'],
])('%j is answered with how to say it', (line, words) => {
  expect(parseTyped(line, queue)).toMatchObject({ type: 'say', text: expect.stringContaining(words) as string });
});

test('while a question waits only whole commands are no answer', () => {
  const lines = ['/stop', ' /steer a b', '/cancel 1', 'y', '/etc', '/stop it', '/steer', 'use /tmp'];
  expect(lines.filter(isTypedCommand)).toEqual(['/stop', ' /steer a b', '/cancel 1']);
});
