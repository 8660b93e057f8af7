import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { saidIn } from '../../src/editor/said.ts';
import { eventsOf, started } from '../support/events.ts';

const said = (text: string): Fact => ({ type: 'turn.started', text, attachments: [], message: null });

test('what was said before a place that the conversation went back to is left', () => {
  const events = eventsOf(
    started,
    said('first'),
    said('second'),
    said('third'),
    { type: 'conversation.rewound', to: 3 },
    said('second, better'),
  );
  expect(saidIn(events).map(({ text, turn }) => [turn, text])).toEqual([
    [1, 'first'],
    [4, 'second, better'],
  ]);
  expect(saidIn([])).toEqual([]);
});
