// Hooks in a session: they deny, ask, change and add; what they said is in the log, so that neither a replay nor a new life runs one again.
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Hook, HookMoment, HookSaid, Hooks } from '../../src/core/hooks.ts';
import type { Audit } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { fakeClock } from '../support/events.ts';
import { call, calls, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';
import { newWorld, scriptModel, worldAgent } from '../support/script.ts';

const hook: Hook = { command: './hook', file: '/u.json', hash: 'h', timeoutMs: 1000, consent: 'given' };
const nothing: HookSaid = { command: './hook', says: 'nothing', reason: '', context: '', failed: false };

/** Says what `says` makes of a moment; wants to hear of nothing else. */
function fakeHooks(says: (moment: HookMoment) => Partial<HookSaid> | null): Hooks & { readonly ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    wanted: (moment) => Promise.resolve(says(moment) === null ? [] : [hook]),
    run: (_hooks, moment) => {
      ran.push('call' in moment ? `${moment.event} ${moment.call}` : moment.event);
      return Promise.resolve([{ ...nothing, ...says(moment) }]);
    },
  };
}

async function replays(events: readonly Event[]): Promise<void> {
  const { tools, files } = worldAgent(newWorld());
  for (let n = events.length; n > 0; n -= 4)
    expect((await replaySession(events.slice(0, n), tools, files, 1000)).divergence, `${String(n)} events`).toBeNull();
}

const of = (name: string, moment: HookMoment): boolean =>
  moment.event === 'PreToolUse' && 'tool' in moment && moment.tool === name;

describe('before a call', () => {
  test('a denial goes to the model and nothing runs; reads of the same reply run all the same', async () => {
    const hooks = fakeHooks((moment) => (of('run_command', moment) ? { says: 'block', reason: 'not today' } : null));
    const world = newWorld();
    const session = await start(worldAgent(world, undefined, { hooks }));
    await session.run('do it');
    expect(world.ran).toEqual([]);
    expect(hooks.ran).toEqual(['PreToolUse c1', 'PreToolUse c2']);
    const decided = session.events.find((event) => event.type === 'tool.decided' && event.call === 'c1');
    expect(decided).toMatchObject({
      decision: { action: 'deny', by: { kind: 'hook', hook: './hook' }, reason: 'A hook stopped this: not today' },
    });
    await replays(session.events);
  });

  test('a hook that asks has a person asked where a mode would allow; none that allows spares the question', async () => {
    const hooks = fakeHooks((moment) => (of('edit_file', moment) ? { says: 'ask', reason: 'look twice' } : null));
    const session = await start(worldAgent(newWorld(), undefined, { hooks }));
    await session.change({ mode: 'edit' });
    await session.run('do it');
    const asked = session.events.filter((event) => event.type === 'approval.requested');
    expect(asked.map((event) => [event.call, event.question.why])).toEqual([
      ['e1', 'It asks because your hook `./hook` wants you to decide: look twice.'],
      ['c1', expect.stringContaining('It asks because') as string],
      ['e2', 'It asks because your hook `./hook` wants you to decide: look twice.'],
      ['c2', expect.stringContaining('It asks because') as string],
      ['e3', 'It asks because your hook `./hook` wants you to decide: look twice.'],
    ]);
    await replays(session.events);
  });

  test('a changed input is judged anew, and is what runs', async () => {
    const replies = [calls(call('run_command', { command: 'make' }, 'c1')), text('Done.')];
    const hooks = fakeHooks((moment) => (of('run_command', moment) ? { input: { command: 'make -n' } } : null));
    const world = newWorld();
    const session = await start(worldAgent(world, undefined, { hooks, model: scriptModel(world, replies) }));
    await session.run('do it');
    expect(world.ran).toEqual(['make -n']);
    expect(session.events.find(({ type }) => type === 'approval.requested')).toMatchObject({
      question: { line: 'make -n' },
    });
    await replays(session.events);

    const odd = fakeHooks((moment) => (of('run_command', moment) ? { input: { nothing: 1 } } : null));
    const second = newWorld();
    const other = await start(worldAgent(second, undefined, { hooks: odd, model: scriptModel(second, replies) }));
    await other.run('do it');
    expect(second.ran).toEqual([]);
    await replays(other.events);
  });

  test('what it said before the process was killed counts in the next life: it does not run twice', async () => {
    const clock = fakeClock();
    const hooks = fakeHooks((moment) => (of('run_command', moment) ? { says: 'block', reason: 'no' } : null));
    const session = await start(worldAgent(newWorld(), undefined, { hooks }));
    await session.run('do it');
    const cut = session.events.findIndex(
      ({ type, ...rest }) => type === 'hooks.ended' && 'call' in rest && rest.call === 'c1',
    );
    const log = memoryLog(clock);
    const open = await log.create('again');
    open.append(
      session.events
        .slice(0, cut + 1)
        .map(({ actor, turn, step, ...event }) => ({ actor, turn, step, fact: event as never })),
    );
    await open.close();
    const fresh = fakeHooks(() => null);
    const life = await new Sessions(worldAgent(newWorld(), log, { hooks: fresh })).open('again');
    await life.resume();
    expect(fresh.ran).toEqual([]);
    expect(life.events.find((event) => event.type === 'tool.decided' && event.call === 'c1')).toMatchObject({
      decision: { action: 'deny', by: { kind: 'hook' } },
    });
  });
});

test('what hooks add stands in the conversation, and after a call they hear what became of it', async () => {
  const hooks = fakeHooks((moment) => {
    if (moment.event === 'SessionStart') return { context: 'Use tabs.' };
    if (moment.event === 'UserPromptSubmit') return { context: `It was said: ${moment.prompt}` };
    if (moment.event === 'PostToolUse' && moment.tool === 'run_command') return { says: 'block', reason: 'lint fails' };
    return null;
  });
  const prompts: string[] = [];
  const world = newWorld();
  const model = scriptModel(world);
  const session = await start(
    worldAgent(world, undefined, {
      hooks,
      model: {
        ...model,
        reply(prompt, ...rest) {
          prompts.push(JSON.stringify(prompt.messages));
          return model.reply(prompt, ...rest);
        },
      },
    }),
  );
  await session.run('do it');
  expect(hooks.ran).toEqual(['SessionStart', 'UserPromptSubmit', 'PostToolUse c1', 'PostToolUse c2']);
  expect(prompts[0]).toContain('<hook event=\\"SessionStart\\">Use tabs.</hook>');
  expect(prompts[0]).toContain('<hook event=\\"UserPromptSubmit\\">It was said: do it</hook>');
  expect(prompts[2]).toContain('<hook event=\\"PostToolUse\\">lint fails</hook>');
  await replays(session.events);
});

test('a message that a hook stops begins no turn', async () => {
  const hooks = fakeHooks((moment) =>
    moment.event === 'UserPromptSubmit' ? { says: 'block', reason: 'no names' } : null,
  );
  const session = await start(worldAgent(newWorld(), undefined, { hooks }));
  await expect(session.run('tell Ada')).rejects.toThrow('A hook stopped this message: no names');
  await expect(session.send('tell Ada', [], true)).rejects.toThrow('no names');
  expect(session.state.turns).toBe(0);
  expect(session.state.queue).toEqual([]);
  await replays(session.events);
});

test('a hook can have it go on that would have ended, three times at most', async () => {
  const hooks = fakeHooks((moment) => (moment.event === 'Stop' ? { says: 'block', reason: 'tests fail' } : null));
  const world = newWorld();
  const replies = ['one', 'two', 'three', 'four', 'five'].map((one) => text(one));
  const session = await start(worldAgent(world, undefined, { hooks, model: scriptModel(world, replies) }));
  expect(await session.run('do it')).toMatchObject({ kind: 'done' });
  expect(hooks.ran).toEqual(['Stop', 'Stop', 'Stop', 'Stop']);
  expect(session.state.turn).toBeNull();
  await replays(session.events);
});

test('a hook can keep the conversation whole', async () => {
  const hooks = fakeHooks((moment) => (moment.event === 'PreCompact' ? { says: 'block', reason: 'not yet' } : null));
  const session = await start(worldAgent(newWorld(), undefined, { hooks }));
  await session.run('do it');
  await expect(session.compact()).rejects.toThrow('A hook stopped this: not yet');
  expect(session.events.some(({ type }) => type === 'context.compacted')).toBe(false);
  await replays(session.events);
});

test('the audit has a line before each hook and one after it', async () => {
  const hooks = fakeHooks((moment) => (of('run_command', moment) ? { says: 'block', reason: 'no' } : null));
  const lines: string[] = [];
  const audit: Audit = {
    write: (_session, entries) => {
      for (const { phase, call: id, tool, input, status } of entries)
        lines.push(`${phase} ${String(id)} ${tool} ${input} ${String(status)}`);
      return Promise.resolve();
    },
    sessions: () => Promise.resolve([]),
    read: () => Promise.reject(new Error('not used')),
  };
  const session = await start(worldAgent(newWorld(), undefined, { hooks, audit }));
  await session.run('do it');
  expect(lines.filter((line) => line.includes(' c1 '))).toEqual([
    'before c1 hook PreToolUse {"command":"./hook"} null',
    'after c1 hook PreToolUse {"command":"./hook"} denied',
    'denied c1 run_command {"command":"make one"} denied',
  ]);
});
