import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messagesOf } from '../../src/context/conversation.ts';
import { factOf } from '../../src/core/event.ts';
import { emptySession, fold } from '../../src/session/fold.ts';
import { eventsOf } from '../support/events.ts';
import { start } from '../support/lives.ts';
import { newWorld, worldAgent } from '../support/script.ts';

test('any facts in any order give a state, the same each time, and a conversation that the API takes', async () => {
  const session = await start(worldAgent(newWorld()));
  await session.run('do it');
  await session.send('later', [], true);
  await session.send('and then', [], false);
  const [later] = session.state.queue;
  await session.changeMessage(later?.message ?? '', { before: null });
  await session.pause();
  await session.resume();
  await session.compact();
  await session.note({ type: 'conversation.rewound', to: 3 });
  await session.note({ type: 'session.imported', from: 'x' });
  await session.note({ type: 'session.closed' });
  const facts = session.events.map(factOf);
  fc.assert(
    fc.property(fc.shuffledSubarray(facts), (some) => {
      const events = eventsOf(...some);
      const state = events.reduce(fold, emptySession);
      expect(events.reduce(fold, emptySession)).toEqual(state);
      const messages = messagesOf(state.conversation);
      for (const [i, { role, content }] of messages.entries()) {
        expect(content.length).toBeGreaterThan(0);
        if (i > 0) expect(role).not.toBe(messages[i - 1]?.role);
      }
    }),
    { numRuns: 200 },
  );
});
