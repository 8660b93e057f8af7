// Sessions run again from their own record.
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { JourneymanError } from '../../src/core/error.ts';
import type { Approver } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import { promptAt } from '../../src/session/pastPrompt.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { fakeClock } from '../support/events.ts';
import { call, calls, text } from '../support/fakeModel.ts';
import { latch } from '../support/latch.ts';
import { logWith, start } from '../support/lives.ts';
import { newWorld, script, scriptModel, worldAgent } from '../support/script.ts';

const replay = (events: readonly Event[]) => {
  const { tools, files } = worldAgent(newWorld());
  return replaySession(events, tools, files, 1000);
};
const same = (events: readonly Event[], prompts: number) => ({ events: events.length, prompts, divergence: null });

test('a session replays to the same events without model, files or shell', async () => {
  const session = await start(worldAgent(newWorld()));
  await session.run('do it');
  expect(await replay(session.events)).toEqual(same(session.events, 5));
});

test('so does every prefix of it: what a kill leaves', async () => {
  const session = await start(worldAgent(newWorld()));
  await session.run('do it');
  for (let n = 1; n <= session.events.length; n++) {
    const prefix = session.events.slice(0, n);
    expect((await replay(prefix)).divergence, `${String(n)} events`).toBeNull();
  }
});

test('a prompt that would differ is named: the first step, with both hashes', async () => {
  const session = await start(worldAgent(newWorld()));
  await session.run('do it');
  const events = session.events.map((event): Event => {
    const isIt = event.type === 'tool.finished' && event.call === 'e1' && event.result.status === 'ok';
    return isIt ? { ...event, result: { ...event.result, text: 'Applied something else.' } } : event;
  });
  const { divergence } = await replay(events);
  expect(divergence).toMatchObject({ step: 3, what: 'The prompt differs from the one that was sent.' });
});

test('words on single changes, denials, faults of the server and queued messages replay too', async () => {
  const world = newWorld();
  let asked = 0;
  const approver: Approver = {
    ask({ question }, news) {
      asked++;
      if (question.kind !== 'edits')
        return Promise.resolve({ action: 'deny', by: { kind: 'user' }, reason: 'not now' });
      const [first] = question.changes.flatMap(({ hunks }) => hunks);
      const word = { hunk: first?.id ?? '', verdict: 'rejected', reason: 'keep it' } as const;
      news.hunk(word);
      return Promise.resolve({ action: 'deny', by: { kind: 'user' }, reason: '', hunks: [word] });
    },
  };
  const replies = [...script, text('And that too.')];
  const model = scriptModel(world, replies);
  let failed = false;
  const agent = worldAgent(world, undefined, {
    approver,
    model: {
      ...model,
      reply(...args) {
        if (failed) return model.reply(...args);
        failed = true;
        return Promise.reject(new JourneymanError('overloaded', 'Too much to do.'));
      },
    },
  });
  const session = await start(agent);
  const end = session.run('do it');
  await session.send('and this', [], false);
  await end;
  expect(asked).toBe(6);
  expect(world.ran).toEqual([]);
  expect(session.state.turns).toBe(2);
  expect(await replay(session.events)).toEqual(same(session.events, 7));
});

test('a proposal that moved, and words on changes that stand in the files, replay too', async () => {
  const world = newWorld();
  const approver: Approver = {
    ask({ question }, news) {
      if (question.kind !== 'edits')
        return Promise.resolve({ action: 'deny', by: { kind: 'user' }, reason: 'not now' });
      const moved = question.changes.map((change) => ({ ...change, hunks: change.hunks.toReversed() }));
      news.rebased(
        moved,
        moved.flatMap(({ hunks }) => hunks.map(({ id }) => ({ hunk: id, verdict: 'edited' }) as const)),
      );
      return Promise.resolve({ action: 'deny', by: { kind: 'user' }, reason: '' });
    },
  };
  let tells = 0;
  const session = await start({
    ...worldAgent(world, undefined, { approver }),
    feedback: {
      async tell() {
        tells++;
        const word = { hunk: 'e1:1.1', state: 'edited', line: tells, text: ['mine'] } as const;
        await session.note({ type: 'change.reviewed', path: 'a.txt', hunks: [word] });
      },
    },
  });
  await session.run('do it');
  expect(tells).toBeGreaterThan(2);
  const report = await replay(session.events);
  expect(report.divergence).toBeNull();
  expect(report.events).toBe(session.events.length);
});

test('a stopped command, a pause and a steering message replay too', async () => {
  const world = newWorld();
  const running = latch();
  const replies = [
    calls(call('run_command', { command: 'long' }, 'c1')),
    calls(call('read_file', { path: 'a.txt' }, 'r1')),
    calls(call('read_file', { path: 'b.txt' }, 'r2')),
    text('Done.'),
  ];
  const asked = latch();
  const told = latch();
  const model = scriptModel(world, replies);
  const agent = worldAgent(world, undefined, {
    model: {
      ...model,
      async reply(...args) {
        const reply = await model.reply(...args);
        if (world.asked.length === 2) {
          asked.open();
          await told.opened;
        }
        return reply;
      },
    },
  });
  const tools = agent.tools.map((tool) =>
    tool.name !== 'run_command'
      ? tool
      : {
          ...tool,
          run: (_input: unknown, { signal }: { readonly signal: AbortSignal }) =>
            new Promise<never>((_resolve, reject) => {
              running.open();
              signal.addEventListener('abort', () => {
                reject(signal.reason as Error);
              });
            }),
        },
  );
  const session = await start({ ...agent, tools });
  const first = session.run('run it');
  await running.opened;
  session.stop();
  expect(await first).toEqual({ kind: 'cancelled' });
  const second = session.run('look instead');
  await asked.opened;
  await session.pause();
  await session.send('and at b', [], true);
  told.open();
  expect(await second).toEqual({ kind: 'held' });
  expect(await session.resume()).toMatchObject({ kind: 'done' });
  const { divergence } = await replay(session.events);
  expect(divergence).toBeNull();
});

test('a session that was killed, came back and went on replays over its lives', async () => {
  const whole = await start(worldAgent(newWorld()));
  await whole.run('do it');
  const starts = whole.events.flatMap((event) => (event.type === 'tool.started' ? [event.seq] : []));
  for (const cut of starts) {
    const world = newWorld();
    const log = memoryLog(fakeClock());
    const id = await logWith(log, whole.events.slice(0, cut));
    const live = await new Sessions(worldAgent(world, log)).open(id);
    await live.resume();
    const { divergence } = await replay(live.events);
    expect(divergence, `cut at ${String(cut)}`).toBeNull();
  }
});

test('the prompt of a past step is made again to the byte', async () => {
  const world = newWorld();
  const model = scriptModel(world);
  const sent: unknown[] = [];
  const agent = worldAgent(world, undefined, {
    model: {
      ...model,
      reply(prompt, ...rest) {
        sent.push(prompt);
        return model.reply(prompt, ...rest);
      },
    },
  });
  const session = await start(agent);
  await session.run('do it');
  for (const [at, prompt] of sent.entries())
    expect(promptAt(session.events, 1, at + 1, agent.tools, 1000)).toMatchObject({ prompt, same: true });
  expect(promptAt(session.events, 1, 6, agent.tools, 1000)).toBeNull();
  expect(promptAt(session.events, 1, 1, [], 1000)).toMatchObject({ same: false });
});

test('going back, making room and what was left after a kill replay too', async () => {
  const world = newWorld();
  const log = memoryLog(fakeClock());
  const whole = await start(worldAgent(newWorld()));
  await whole.run('do it');
  const cut = whole.events.findIndex((event) => event.type === 'tool.started' && event.call === 'c1') + 1;
  const id = await logWith(log, whole.events.slice(0, cut));
  const model = scriptModel(world, [text('one'), text('two'), text('three'), text('four'), text('five')]);
  const session = await new Sessions(worldAgent(world, log, { model })).open(id);
  await session.leave();
  await session.compact();
  await session.run('something else');
  await session.edit(1, 'say it anew', []);
  await session.finish();
  const again = await new Sessions(worldAgent(world, log, { model })).open(id);
  await again.run('and on');
  expect(await replay(again.events)).toMatchObject({ divergence: null, events: again.events.length });
});
