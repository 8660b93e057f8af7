// A session over its life: queued, steered, paused, cut off, left, said anew, forked, taken back.
import { describe, expect, test } from 'vitest';
import type { FileStep, RestoreItem } from '../../src/core/checkpoint.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Prompt, Reply } from '../../src/core/model.ts';
import type { Checkpoints } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { emptySession, fold } from '../../src/session/fold.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { eventsOf, fakeClock, started } from '../support/events.ts';
import { noCheckpoints } from '../support/fakeKeeping.ts';
import { call, calls, text } from '../support/fakeModel.ts';
import { latch } from '../support/latch.ts';
import { logWith, start } from '../support/lives.ts';
import { newWorld, scriptModel, worldAgent, type World } from '../support/script.ts';

const look = (id: string): Reply => calls(call('read_file', { path: 'a.txt' }, id));

/** An agent whose model waits before its first reply until the test lets it go on; `prompts` is what it was sent. */
function gatedAgent(replies: readonly Reply[], world: World = newWorld()) {
  const asked = latch();
  const told = latch();
  const prompts: Prompt[] = [];
  const model = scriptModel(world, replies);
  const agent = worldAgent(world, memoryLog(fakeClock()), {
    model: {
      ...model,
      async reply(prompt, onDelta, signal) {
        prompts.push(prompt);
        if (prompts.length === 1) {
          asked.open();
          await Promise.race([told.opened, aborted(signal)]);
        }
        return model.reply(prompt, onDelta, signal);
      },
    },
  });
  return { agent, asked, told, prompts, world };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

function said(prompt: Prompt | undefined): readonly string[] {
  return (prompt?.messages ?? [])
    .flatMap(({ role, content }) =>
      role === 'user' ? content.flatMap((block) => (block.type === 'text' ? [withoutNotes(block.text)] : [])) : [],
    )
    .filter((words) => words !== '');
}

function withoutNotes(words: string): string {
  return words.replace(/<mode>.*<\/mode>/s, '').trim();
}

const ofType = <T extends Fact['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Event & { readonly type: T } => event.type === type);

describe('the queue', () => {
  test('messages start turns one after the other, in the order that the person gave them', async () => {
    const { agent, asked, told, prompts } = gatedAgent([text('1'), text('2'), text('3')]);
    const session = await start(agent);
    const end = session.run('first');
    await asked.opened;
    await session.send('second', [], false);
    await session.send('third', [], false);
    await session.send('not this', [], false);
    const [second, third, last] = session.state.queue;
    await session.changeMessage(third?.message ?? '', { text: 'third, but sooner', before: second?.message ?? null });
    await session.cancelMessage(last?.message ?? '');
    told.open();
    await end;
    expect(said(prompts.at(-1))).toEqual(['first', 'third, but sooner', 'second']);
    expect(session.state).toMatchObject({ queue: [], turns: 3, turn: null });
  });

  test('a steering message goes with the next request of the turn that runs', async () => {
    const { agent, asked, told, prompts } = gatedAgent([look('r1'), text('done')]);
    const session = await start(agent);
    const end = session.run('look at a');
    await asked.opened;
    await session.send('and tell me its length', [], true);
    told.open();
    await end;
    expect(prompts).toHaveLength(2);
    expect(prompts[1]?.messages.at(-1)?.content).toMatchObject([
      { type: 'tool_result', tool_use_id: 'r1' },
      { type: 'text', text: 'and tell me its length' },
    ]);
    expect(session.state.turns).toBe(1);
  });

  test('one that comes with the last reply is still answered in this turn', async () => {
    const { agent, asked, told } = gatedAgent([text('done'), text('also done')]);
    const session = await start(agent);
    const end = session.run('do it');
    await asked.opened;
    await session.send('one more', [], true);
    told.open();
    expect(await end).toMatchObject({ kind: 'done', summary: 'also done' });
    expect(session.state.turns).toBe(1);
  });

  test('it waits after a stop, and goes on when the person says so', async () => {
    const { agent, asked } = gatedAgent([text('second answer')]);
    const session = await start(agent);
    const end = session.run('first');
    await asked.opened;
    await session.send('second', [], false);
    session.stop();
    expect(await end).toEqual({ kind: 'cancelled' });
    expect(session.state.queue).toMatchObject([{ text: 'second' }]);
    expect(await session.resume()).toMatchObject({ kind: 'done', summary: 'second answer' });
    expect(await session.resume()).toBeNull();
  });

  test('has a limit', async () => {
    const session = await start(worldAgent(newWorld()));
    for (let i = 0; i < 50; i++) await session.send(String(i), [], false);
    await expect(session.send('one too many', [], false)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('pause', () => {
  test('holds before the next request, also over a restart, and goes on from there', async () => {
    const { agent, asked, told, world } = gatedAgent([look('r1'), text('done')]);
    const session = await start(agent);
    const end = session.run('look');
    await asked.opened;
    await session.pause();
    told.open();
    expect(await end).toEqual({ kind: 'held' });
    expect(world.asked).toEqual([1]);
    await session.close();
    const again = await new Sessions(agent).open(session.id);
    expect(again.state.paused).toBe(true);
    expect(await again.cut()).toBeNull();
    expect(await again.resume()).toMatchObject({ kind: 'done', summary: 'done' });
    expect(world.asked).toEqual([1, 1]);
  });

  test('holds before the next effect of a reply', async () => {
    const reply = calls(call('read_file', { path: 'a.txt' }, 'r1'), call('run_command', { command: 'echo' }, 'c1'));
    const { agent, asked, told, world } = gatedAgent([reply, text('done')]);
    const session = await start(agent);
    const end = session.run('go');
    await asked.opened;
    await session.pause();
    told.open();
    expect(await end).toEqual({ kind: 'held' });
    expect(world.ran).toEqual([]);
    expect(await session.resume()).toMatchObject({ kind: 'done' });
    expect(world.ran).toEqual(['echo']);
  });

  test('taken back before it held, changes nothing', async () => {
    const { agent, asked, told } = gatedAgent([look('r1'), text('done')]);
    const session = await start(agent);
    const end = session.run('look');
    await asked.opened;
    await session.pause();
    expect(await session.resume()).toBeNull();
    told.open();
    expect(await end).toMatchObject({ kind: 'done' });
  });

  test('the time in between is not time of the turn', async () => {
    const clock = fakeClock();
    const { agent, asked, told } = gatedAgent([look('r1'), text('done')]);
    const session = await start({ ...agent, clock, log: memoryLog(clock) });
    const end = session.run('look');
    await asked.opened;
    clock.tick(1000);
    await session.pause();
    told.open();
    await end;
    clock.tick(24 * 3_600_000);
    expect(await session.resume()).toMatchObject({ kind: 'done' });
    expect(ofType(session.events, 'turn.ended')[0]?.ms).toBe(1000);
  });

  test('a stop ends what is held', async () => {
    const { agent, asked, told } = gatedAgent([look('r1')]);
    const session = await start(agent);
    const end = session.run('look');
    await asked.opened;
    await session.pause();
    told.open();
    await end;
    await session.leave();
    expect(session.state).toMatchObject({ turn: null, outcome: { kind: 'cancelled' } });
  });
});

/** The session as a kill leaves it right behind the first event for which `at` holds. */
async function cutAt(agent: Agent, world: World, at: (event: Event) => boolean): Promise<LiveSession> {
  const whole = await start(worldAgent(newWorld()));
  await whole.run('do it');
  const cut = whole.events.findIndex(at) + 1;
  world.asked.length = 0;
  const id = await logWith(agent.log, whole.events.slice(0, cut));
  return new Sessions(agent).open(id);
}

describe('after a kill', () => {
  const startOf = (id: string) => (event: Event) => event.type === 'tool.started' && event.call === id;

  test('a command that was started is not run again; the model reads what it had printed', async () => {
    const world = newWorld();
    world.spools.set('c1', 'half of its out');
    const session = await cutAt(worldAgent(world, memoryLog(fakeClock())), world, startOf('c1'));
    expect(await session.cut()).toMatchObject({
      step: 2,
      unknown: [{ call: 'c1', hasOutput: true, text: expect.stringContaining('will not be run again') as string }],
    });
    world.files.texts.set('a.txt', 'one\n2\nthree\n');
    await session.resume();
    expect(world.ran).toEqual(['npm test']);
    const [result] = ofType(session.events, 'tool.finished').filter(({ call: id }) => id === 'c1');
    expect(result?.result).toMatchObject({ status: 'interrupted' });
    expect(result?.result.text).toMatch(/^half of its out\n\[its end was not seen/);
  });

  test('an edit that stands in the file is done; one that does not is made', async () => {
    for (const before of ['one\ntwo\nthree\n', 'one\n2\nthree\n']) {
      const world = newWorld();
      world.files.texts.set('a.txt', before);
      const session = await cutAt(worldAgent(world, memoryLog(fakeClock())), world, startOf('e1'));
      const report = await session.cut();
      expect(report?.unknown).toEqual([]);
      expect(report?.known.join(' ')).toContain(before.includes('two') ? 'not written yet' : 'is in the files');
      await session.resume();
      expect(world.files.texts.get('a.txt')).toBe('one\n2\n3\n');
      const [result] = ofType(session.events, 'tool.finished').filter(({ call: id }) => id === 'e1');
      expect(result?.result).toMatchObject({ status: 'ok', text: 'Applied 1 change to a.txt: line 2.' });
      expect(ofType(session.events, 'change.applied').filter(({ call: id }) => id === 'e1')).toHaveLength(1);
    }
  });

  test('a file that somebody else has changed since is kept, and both are told', async () => {
    const world = newWorld();
    world.files.texts.set('a.txt', 'all mine\n');
    const session = await cutAt(worldAgent(world, memoryLog(fakeClock())), world, startOf('e1'));
    expect((await session.cut())?.unknown).toMatchObject([{ text: expect.stringContaining('someone else') as string }]);
    await session.leave();
    expect(world.files.texts.get('a.txt')).toBe('all mine\n');
    expect(session.state).toMatchObject({ turn: null, outcome: { kind: 'cancelled' } });
    const [result] = ofType(session.events, 'tool.finished').filter(({ call: id }) => id === 'e1');
    expect(result?.result).toMatchObject({ status: 'interrupted' });
  });

  test('a reply that was recorded is used; one that was on its way is asked for again, and counted', async () => {
    const world = newWorld();
    const session = await cutAt(
      worldAgent(world, memoryLog(fakeClock())),
      world,
      ({ type }) => type === 'model.responded',
    );
    expect((await session.cut())?.unknown).toEqual([]);
    await session.resume();
    expect(world.asked[0]).toBeUndefined();
    expect(session.state.cutRequests).toBe(0);

    const other = newWorld();
    const second = await cutAt(
      worldAgent(other, memoryLog(fakeClock())),
      other,
      ({ type }) => type === 'model.requested',
    );
    expect((await second.cut())?.unknown).toMatchObject([
      { text: expect.stringContaining('paid for twice') as string },
    ]);
    await second.resume();
    expect(other.asked[0]).toBe(1);
    expect(second.state.cutRequests).toBe(1);
    expect(
      ofType(second.events, 'model.requested')
        .map(({ step, attempt }) => [step, attempt])
        .slice(0, 3),
    ).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  test('a question waits again, with the words that were said on it', async () => {
    const world = newWorld();
    const agent = worldAgent(world, memoryLog(fakeClock()));
    const session = await cutAt(agent, world, (event) => event.type === 'approval.requested' && event.call === 'e1');
    expect(await session.cut()).toMatchObject({ onlyWaits: true, unknown: [] });
    await session.resume();
    expect(ofType(session.events, 'approval.requested').filter(({ call: id }) => id === 'e1')).toHaveLength(1);
  });

  test('a new message ends the cut turn as it stands and is answered', async () => {
    const world = newWorld();
    const session = await cutAt(worldAgent(world, memoryLog(fakeClock())), world, startOf('c1'));
    const end = session.run('something else');
    expect(await end).toMatchObject({ kind: 'done' });
    expect(session.state.turns).toBe(2);
    expect(world.ran).not.toContain('make one');
  });

  test('closing suspends what runs: it goes on later, without a word of the person', async () => {
    const { agent, asked } = gatedAgent([look('r1'), text('done')]);
    const session = await start(agent);
    const end = session.run('look');
    await asked.opened;
    await session.close();
    expect(await end).toEqual({ kind: 'held' });
    const again = await new Sessions(agent).open(session.id);
    expect(again.state.turn).not.toBeNull();
    expect(again.state.outcome).toBeNull();
  });
});

describe('going back', () => {
  test('an earlier message said anew goes on from before it; the log keeps everything', async () => {
    const world = newWorld();
    const { agent, asked, told, prompts } = gatedAgent([text('1'), text('2'), text('3')], world);
    const session = await start(agent);
    const first = session.run('first');
    await asked.opened;
    told.open();
    await first;
    await session.run('second');
    await session.edit(2, 'second, better', []);
    expect(said(prompts.at(-1))).toEqual(['first', 'second, better']);
    expect(ofType(session.events, 'turn.started')).toHaveLength(3);
    await expect(session.edit(9, 'x', [])).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a fork has all up to the end of a turn, and nothing that waited', async () => {
    const world = newWorld();
    const { agent, asked, told, prompts } = gatedAgent([text('1'), text('2'), text('3')], world);
    const session = await start(agent);
    const first = session.run('first');
    await asked.opened;
    told.open();
    await first;
    await session.run('second');
    await session.send('later', [], false);
    const sessions = new Sessions(agent);
    const fork = await sessions.open(await sessions.fork(session.id, 1));
    expect(fork.state).toMatchObject({ turns: 1, queue: [], turn: null });
    await fork.run('another way');
    expect(said(prompts.at(-1))).toEqual(['first', 'another way']);
    await expect(sessions.fork(session.id, 7)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what comes from a file brings no rights and starts nothing', () => {
    const rule = { action: 'allow', tool: 'shell', match: { kind: 'prefix', value: 'rm' }, source: 'session' } as const;
    const state = eventsOf(
      { ...(started as Fact & { type: 'session.started' }), mode: 'edit', rules: [rule] },
      { type: 'turn.started', text: 'go', attachments: [], message: null },
      { type: 'checkpoint.created', checkpoint: 'c', call: 'e1', files: [] },
      {
        type: 'files.changed',
        call: 'e1',
        files: [{ path: '.bashrc', before: { kind: 'link', target: '/etc/passwd' }, after: { kind: 'absent' } }],
      },
      { type: 'message.queued', message: 'm', text: 'then this', attachments: [], steer: false },
      { type: 'session.imported', from: 'x' },
    ).reduce(fold, emptySession);
    expect(state).toMatchObject({ mode: 'ask', rules: [], queue: [], turn: null, conversation: { mode: 'ask' } });
    expect([state.checkpoints.length, state.taken.length]).toEqual([0, 0]);
  });

  test('room is made: long results of all but the last replies give way, short ones stay', async () => {
    const world = newWorld();
    world.files.texts.set('long.txt', 'a long line of text\n'.repeat(100));
    const read = (id: string, path: string) => calls(call('read_file', { path }, id));
    const { agent, asked, told, prompts } = gatedAgent(
      [
        read('l1', 'long.txt'),
        read('l2', 'long.txt'),
        read('s1', 'a.txt'),
        read('l3', 'long.txt'),
        text('x'),
        text('y'),
      ],
      world,
    );
    const session = await start(agent);
    const first = session.run('read');
    await asked.opened;
    told.open();
    await first;
    await session.compact();
    await session.run('and?');
    const results = (prompts.at(-1)?.messages ?? []).flatMap(({ content }) =>
      content.flatMap((block) =>
        block.type === 'tool_result' ? [[block.tool_use_id, block.content.length > 500]] : [],
      ),
    );
    expect(results).toEqual([['l1', false], ['l2', false], ['s1', false], ['l3', true]]); // prettier-ignore
  });
});

describe('checkpoints', () => {
  const state = (name: string) => ({ kind: 'file', blob: { hash: name, bytes: 1 }, mode: 0o644 }) as const;

  /** Keeps names instead of bytes: what is asked of the port, and in which order. */
  function recording(asked: unknown[]): Checkpoints {
    let version = 0;
    return {
      ...noCheckpoints,
      keep: (_session, paths) => {
        asked.push(['keep', ...paths]);
        return Promise.resolve(paths.map((path) => ({ path, state: state(`${path}@${String(version)}`) })));
      },
      steps: (_session, before) => {
        version++;
        return Promise.resolve(
          before.map(({ path, state: old }) => ({ path, before: old, after: state(`${path}@${String(version)}`) })),
        );
      },
      preview: (_session, steps) => {
        asked.push(['preview', ...steps.map(({ file }) => file.path)]);
        return Promise.resolve(
          steps.map(({ file, call: id }): RestoreItem => ({
            path: file.path,
            action: 'back',
            why: '',
            lines: null,
            now: file.after,
            then: file.before,
            calls: id === null ? [] : [id],
          })),
        );
      },
      restore: (_session, items) => {
        asked.push(['restore', ...items.map(({ path }) => path)]);
        return Promise.resolve(
          items.map((item): FileStep => ({ path: item.path, before: item.now, after: item.then ?? item.now })),
        );
      },
    };
  }

  test('are made before each change and taken back from the newest on; a restore is one itself', async () => {
    const world = newWorld();
    const asked: unknown[] = [];
    const agent = worldAgent(world, memoryLog(fakeClock()), { checkpoints: recording(asked) });
    const session = await start(agent);
    await session.run('do it');
    const made = ofType(session.events, 'checkpoint.created');
    expect(made.map(({ call: id, files }) => [id, files.map(({ path }) => path)])).toEqual([
      ['e1', ['a.txt']],
      ['c1', []],
      ['w1', ['new.txt']],
      ['e2', ['a.txt']],
      ['c2', []],
      ['e3', ['b.txt']],
    ]);
    asked.length = 0;
    const second = made[2]?.checkpoint ?? '';
    expect((await session.previewRestore(second)).map(({ path }) => path)).toEqual(['new.txt', 'a.txt', 'b.txt']);
    await session.restore(second, 'both', { mine: [], old: [] });
    expect(asked).toEqual([
      ['preview', 'new.txt', 'a.txt', 'b.txt'],
      ['keep', 'new.txt', 'a.txt', 'b.txt'],
      ['restore', 'new.txt', 'a.txt', 'b.txt'],
    ]);
    const restored = ofType(session.events, 'checkpoint.restored')[0];
    expect(restored?.files).toHaveLength(3);
    expect(ofType(session.events, 'conversation.rewound')).toHaveLength(1);
    // Taking the restore back takes back what it did.
    expect(await session.previewRestore(restored?.as ?? '')).toHaveLength(3);
  });

  test('after files went back alone the model is told which', async () => {
    const world = newWorld();
    const prompts: Prompt[] = [];
    const model = scriptModel(world, [
      calls(call('edit_file', { path: 'a.txt', edits: [{ old_text: 'two', new_text: '2' }] }, 'e1')),
      text('done'),
      text('I see'),
    ]);
    const agent = worldAgent(world, memoryLog(fakeClock()), {
      checkpoints: recording([]),
      model: {
        ...model,
        reply(prompt, ...rest) {
          prompts.push(prompt);
          return model.reply(prompt, ...rest);
        },
      },
    });
    const session = await start(agent);
    await session.run('do it');
    await session.restore(ofType(session.events, 'checkpoint.created')[0]?.checkpoint ?? '', 'files', {
      mine: [],
      old: [],
    });
    await session.run('go on');
    expect(said(prompts.at(-1)).join('\n')).toContain('as they were before: a.txt');
  });

  test('after files and conversation went back, the next message follows what was said before that step', async () => {
    const world = newWorld();
    const prompts: Prompt[] = [];
    const model = scriptModel(world, [
      look('r1'),
      calls(call('edit_file', { path: 'a.txt', edits: [{ old_text: 'two', new_text: '2' }] }, 'e1')),
      text('done'),
    ]);
    const agent = worldAgent(world, memoryLog(fakeClock()), {
      checkpoints: recording([]),
      model: {
        ...model,
        reply(prompt, ...rest) {
          prompts.push(prompt);
          return prompts.length > 3 ? Promise.resolve(text('another way it is')) : model.reply(prompt, ...rest);
        },
      },
    });
    const session = await start(agent);
    await session.run('do it');
    await session.restore(ofType(session.events, 'checkpoint.created')[0]?.checkpoint ?? '', 'both', {
      mine: [],
      old: [],
    });
    await session.run('another way');
    expect(prompts.at(-1)?.messages.slice(1)).toMatchObject([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'r1' }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'r1' },
          { type: 'text', text: 'another way' },
        ],
      },
    ]);
  });

  test('nothing begins while files go back, and a cut turn is ended once', async () => {
    const world = newWorld();
    const agent = worldAgent(world, memoryLog(fakeClock()), { checkpoints: recording([]) });
    const session = await cutAt(agent, world, (event) => event.type === 'tool.started' && event.call === 'c1');
    const [first] = ofType(session.events, 'checkpoint.created');
    const restored = session.restore(first?.checkpoint ?? '', 'files', { mine: [], old: [] });
    await expect(session.run('go on')).rejects.toMatchObject({ code: 'denied' });
    expect(session.running).toBe(false);
    await restored;
    session.stop();
    await session.finish();
    expect(ofType(session.events, 'turn.ended')).toHaveLength(1);
    expect(ofType(session.events, 'tool.finished').filter(({ call: id }) => id === 'c1')).toHaveLength(1);
  });

  test('a cut turn that is closed is ended once', async () => {
    const world = newWorld();
    const session = await cutAt(
      worldAgent(world, memoryLog(fakeClock())),
      world,
      (event) => event.type === 'tool.started',
    );
    await session.finish();
    expect(ofType(session.events, 'turn.ended')).toHaveLength(1);
    expect(ofType(session.events, 'session.resumed')).toHaveLength(1);
  });

  test('nothing is restored while the agent works', async () => {
    const { agent, asked, told } = gatedAgent([text('1')]);
    const session = await start(agent);
    const end = session.run('go');
    await asked.opened;
    await expect(session.restore('x', 'files', { mine: [], old: [] })).rejects.toMatchObject({ code: 'denied' });
    told.open();
    await end;
  });
});

test('a session that is finished stays closed until something is said again', async () => {
  const { agent, asked, told } = gatedAgent([text('1'), text('2')]);
  const session = await start(agent);
  const end = session.run('go');
  await asked.opened;
  told.open();
  await end;
  await session.finish();
  const again = await new Sessions(agent).open(session.id);
  expect(again.state.closed).toBe(true);
  await again.run('one more thing');
  expect(again.state.closed).toBe(false);
});
