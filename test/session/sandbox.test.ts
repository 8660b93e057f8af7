// What holds commands, in a session: found out once, told to the model, in the log, so that a replay judges by the same.
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { SandboxState } from '../../src/core/permission.ts';
import { replaySession } from '../../src/session/replay.ts';
import { start } from '../support/lives.ts';
import { newWorld, scriptModel, worldAgent } from '../support/script.ts';

async function events(state: SandboxState): Promise<readonly Event[]> {
  const session = await start(worldAgent(newWorld(), undefined, { sandbox: { ready: () => Promise.resolve(state) } }));
  await session.change({ mode: 'auto' });
  await session.run('do it');
  return session.events;
}

async function replays(all: readonly Event[]): Promise<void> {
  const { tools, files } = worldAgent(newWorld());
  for (let n = all.length; n > 0; n -= 5)
    expect((await replaySession(all.slice(0, n), tools, files, 1000)).divergence, `${String(n)} events`).toBeNull();
}

const decided = (all: readonly Event[]): readonly unknown[] =>
  all.flatMap((event) => (event.type === 'tool.decided' && event.call.startsWith('c') ? [event.decision.by] : []));

test('in auto a command runs where a sandbox holds it, which stands in the log once', async () => {
  const all = await events({ kind: 'bubblewrap' });
  expect(all.flatMap((event) => (event.type === 'sandbox.found' ? [event.sandbox] : []))).toEqual([
    { kind: 'bubblewrap' },
  ]);
  const mode = { kind: 'mode', mode: 'auto' };
  expect(decided(all)).toEqual([mode, mode]);
  await replays(all);
});

test('in auto a command asks where nothing holds it, and the question says so', async () => {
  const all = await events({ kind: 'none', why: 'bubblewrap is not installed' });
  const asked = all.flatMap((event) => (event.type === 'approval.requested' ? [event.question.why] : []));
  expect(asked).toEqual(Array(2).fill('It asks because there is no sandbox on this machine.'));
  await replays(all);
});

test('the model is told once what a sandbox allows, before it calls anything', async () => {
  const world = newWorld();
  const model = scriptModel(world);
  const told: number[] = [];
  const agent = worldAgent(world, undefined, {
    sandbox: { ready: () => Promise.resolve({ kind: 'bubblewrap' }) },
    model: {
      ...model,
      reply(prompt, ...rest) {
        told.push(JSON.stringify(prompt.messages).split('<sandbox>').length - 1);
        return model.reply(prompt, ...rest);
      },
    },
  });
  await (await start(agent)).run('do it');
  expect(told).toEqual([1, 1, 1, 1, 1]);
});
