import { beforeEach, describe, expect, it } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Model } from '../../src/core/model.ts';
import type { EventLog } from '../../src/core/ports.ts';
import { Desk, type DeskMemory, type DeskRecord } from '../../src/editor/desk.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { Sessions, type LiveSession, type SessionStart } from '../../src/session/sessions.ts';
import { fakeClock } from '../support/events.ts';
import { fakeAgent } from '../support/fakeAgent.ts';
import { fakeModel, text } from '../support/fakeModel.ts';
import { latch } from '../support/latch.ts';

const start: SessionStart = {
  environment: {
    folders: ['/w'],
    platform: 'linux',
    shell: 'bash',
    date: '2026-01-01',
    attended: true,
    topLevel: [],
    instructions: [],
  },
  mode: 'ask',
  model: 'm',
  rules: [],
};

const locked = { code: 'locked' };
let kept: DeskRecord;
let told: string[];
const memory: DeskMemory = {
  read: () => Promise.resolve(kept),
  write: (record) => Promise.resolve(void (kept = record)),
};

/** `onTaken`: what the window does with a session that it may write to from now on. */
function deskOf(agent: Agent, onTaken: (desk: Desk, session: LiveSession) => void = () => undefined): Desk {
  const desk: Desk = new Desk(new Sessions(agent), memory, {
    onShown: () => told.push('shown'),
    onEvents: (id, events) => told.push(...events.map(({ type }) => `${id} ${type}`)),
    onDelta: () => undefined,
    keeps: () => false,
    onChange: (session) => told.push(`${session.id} ${desk.works(session) ? 'works' : 'rests'}`),
    onEnd: (session, { kind }) => told.push(`${session.id} ${kind}`),
    onTaken: (session, back) => {
      told.push(`${session.id} ${back ? 'back' : 'opened'}`);
      onTaken(desk, session);
    },
  });
  return desk;
}

/** A model that answers nothing until its request is aborted, as at the end of a process. */
const silent: Model = {
  reply: (_prompt, _onDelta, signal) =>
    new Promise((_resolve, reject) => {
      const end = (): void => reject(signal.reason as Error);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    }),
  list: () => Promise.resolve([]),
  costUsd: () => null,
};

/** A session whose process ended in the middle of a turn. */
async function cutSession(agent: Agent): Promise<string> {
  const session = await new Sessions({ ...agent, model: silent }).create(start);
  const { opened, open } = latch();
  session.onEvents((events) => {
    if (events.some(({ type }) => type === 'model.requested')) open();
  });
  const run = session.run('do it');
  await opened;
  await session.close();
  expect(await run).toEqual({ kind: 'held' });
  return session.id;
}

/** A log that can be opened or written no longer from `fail` on. */
function failingLog(): { readonly log: EventLog; readonly fail: (how: 'appends' | 'opens' | 'stored' | null) => void } {
  let failing: 'appends' | 'opens' | 'stored' | null = null;
  const log = memoryLog(fakeClock());
  return {
    fail: (how) => void (failing = how),
    log: {
      ...log,
      async open(id) {
        if (failing === 'stored') throw new JourneymanError('unavailable', 'The storage is read-only.');
        if (failing === 'opens') throw new JourneymanError('corrupt', 'Event 2 is not readable.');
        const open = await log.open(id);
        return {
          session: open.session,
          get seq() {
            return open.seq;
          },
          append: (entries) =>
            failing === 'appends'
              ? { events: [], durable: Promise.reject(new JourneymanError('unavailable', 'The disk is full.')) }
              : open.append(entries),
          close: () => open.close(),
        };
      },
      salvage: async (id) => ({ ...(await log.salvage(id)), damage: failing === 'opens' ? 'Event 2 is lost.' : null }),
    },
  };
}

beforeEach(() => {
  kept = { shown: null, behind: [] };
  told = [];
});

describe('the desk', () => {
  it('shows a new session, remembers it and tells what happens in it', async () => {
    const desk = deskOf(fakeAgent(fakeModel(text('Done.'))));
    const session = await desk.create(start);
    await desk.drive(session, () => session.run('do it', []));
    expect([desk.shownId, kept]).toEqual(['id-1', { shown: 'id-1', behind: [] }]);
    expect(told.filter((one) => !one.includes('model.'))).toEqual([
      'shown',
      'id-1 works',
      'id-1 turn.started',
      'id-1 turn.ended',
      'id-1 done',
      'id-1 rests',
    ]);
  });

  it('lets a session run on behind another one, and gives it free at its end', async () => {
    const { opened, open } = latch();
    const desk = deskOf(fakeAgent(fakeModel(async () => opened.then(() => text('Done.')))));
    const first = await desk.create(start);
    const run = desk.drive(first, () => first.run('do it', []));
    const second = await desk.create(start);
    expect([desk.live?.id, desk.held.map(({ id }) => id)]).toEqual([second.id, [first.id, second.id]]);
    expect(kept).toEqual({ shown: second.id, behind: [first.id] });
    open();
    await run;
    expect(desk.held.map(({ id }) => id)).toEqual([second.id]);
    expect(kept).toEqual({ shown: second.id, behind: [] });
  });

  it('lets a session do one thing at a time', async () => {
    const desk = deskOf(fakeAgent(fakeModel(text('Done.'))));
    const session = await desk.create(start);
    const run = desk.drive(session, () => session.run('do it', []));
    await expect(desk.drive(session, () => session.run('and this', []))).rejects.toMatchObject({ code: 'denied' });
    await run;
    expect(desk.works(session)).toBe(false);
  });

  it('gives a session free when it leaves the desk', async () => {
    const desk = deskOf(fakeAgent(fakeModel()));
    await desk.create(start);
    await desk.clear();
    expect([desk.held, desk.shownId, kept]).toEqual([[], null, { shown: null, behind: [] }]);
  });

  it('opens what another window holds for reading only, reads on, and takes over when its owner is gone', async () => {
    const agent = fakeAgent(fakeModel());
    const other = await new Sessions(agent).create(start);
    const desk = deskOf(agent);
    expect(await desk.open(other.id)).toMatchObject({ kind: 'read', id: other.id, events: other.events, why: locked });
    expect(desk.live).toBe(null);
    await other.change({ title: 'Better' });
    await desk.retry();
    expect(desk.shown).toMatchObject({ kind: 'read', id: other.id, events: other.events, why: locked });
    await other.close();
    await desk.retry();
    expect(desk.live?.id).toBe(other.id);
    expect(told).toEqual(['shown', `${other.id} session.changed`, 'shown', `${other.id} back`]);
  });

  it('shows a damaged session up to the damage, and puts a fork of it on the desk', async () => {
    const { log, fail } = failingLog();
    const agent = fakeAgent(fakeModel(), [], { log });
    const desk = deskOf(agent);
    const { id, events } = await desk.create(start);
    await desk.clear();
    fail('opens');
    expect(await desk.open(id)).toMatchObject({
      kind: 'read',
      id,
      events,
      why: { code: 'corrupt', message: 'Event 2 is not readable.' },
    });
    await desk.retry();
    expect(desk.shown.kind).toBe('read');
    fail(null);
    await desk.fork(id, null);
    expect(desk.live?.events.map(({ type }) => type)).toEqual(['session.started', 'session.forked']);
    expect(desk.shownId).not.toBe(id);
  });

  it('shows a session that cannot be written to now, and has it once it can', async () => {
    const { log, fail } = failingLog();
    const desk = deskOf(fakeAgent(fakeModel(), [], { log }));
    const { id } = await desk.create(start);
    await desk.clear();
    fail('stored');
    expect(await desk.open(id)).toMatchObject({ kind: 'read', id, why: { code: 'unavailable' } });
    fail(null);
    await desk.retry();
    expect(desk.live?.id).toBe(id);
  });

  it('brings back what lay on it and worked behind it when the process ended, and knows what was cut', async () => {
    const agent = fakeAgent(fakeModel());
    const [shown, behind] = [await cutSession(agent), await cutSession(agent)];
    kept = { shown, behind: [behind, 'gone'] };
    const desk = deskOf(agent);
    await desk.restore();
    expect([desk.live?.id, desk.cut(shown)?.step, desk.cut(shown)?.onlyWaits]).toEqual([shown, 1, false]);
    expect(told).toEqual(['shown', `${shown} back`, `${behind} back`]);
    // What nobody goes on with is given free, and no longer remembered: it stands in the list.
    expect([desk.held.map(({ id }) => id), kept]).toEqual([[shown], { shown, behind: [] }]);
  });

  it('keeps behind it what goes on after the restart, and forgets that it was cut', async () => {
    const agent = fakeAgent(fakeModel(text('Done.'), text('Done.')));
    const [shown, behind] = [await cutSession(agent), await cutSession(agent)];
    kept = { shown, behind: [behind] };
    const runs: Promise<unknown>[] = [];
    const desk = deskOf(agent, (at, session) => runs.push(at.drive(session, () => session.resume())));
    await desk.restore();
    await Promise.all(runs);
    expect(told.filter((one) => one.endsWith(' done'))).toEqual([`${shown} done`, `${behind} done`]);
    expect([desk.cut(shown), kept]).toEqual([null, { shown, behind: [] }]);
  });

  it('forgets that a session was cut when it is left as it stands', async () => {
    const agent = fakeAgent(fakeModel());
    const desk = deskOf(agent);
    const id = await cutSession(agent);
    await desk.open(id);
    await desk.live?.leave();
    expect([desk.cut(id), desk.live?.state.outcome]).toEqual([null, { kind: 'cancelled' }]);
    expect(told).toContain(`${id} rests`);
  });

  it('holds what works when it closes, so that it is there again, and goes on remembering it', async () => {
    const agent = fakeAgent(silent);
    const desk = deskOf(agent);
    const session = await desk.create(start);
    const run = desk.drive(session, () => session.run('do it'));
    await desk.clear();
    await desk.close();
    expect(await run).toEqual({ kind: 'held' });
    expect(kept).toEqual({ shown: null, behind: [session.id] });
    expect((await new Sessions(agent).open(session.id)).state.turn).not.toBe(null);
  });

  it('opens a session anew whose log could not be written, and goes on from what is on disk', async () => {
    const { log, fail } = failingLog();
    const agent = fakeAgent(fakeModel(text('Done.')), [], { log });
    const desk = deskOf(agent);
    const { id } = await desk.create(start);
    await desk.clear();
    await desk.open(id);
    const broken = desk.live!;
    fail('appends');
    await expect(desk.drive(broken, () => broken.run('do it'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(desk.isBroken(broken)).toBe(true);
    fail(null);
    const mended = (await desk.mended())!;
    expect([mended === broken, desk.live === mended, mended.events.length]).toEqual([false, true, 1]);
    expect(await desk.drive(mended, () => mended.run('do it'))).toMatchObject({ kind: 'done' });
  });

  it('forgets a session that is gone', async () => {
    kept = { shown: 'gone', behind: [] };
    const desk = deskOf(fakeAgent(fakeModel()));
    await desk.restore();
    expect([desk.shownId, kept]).toEqual([null, { shown: null, behind: [] }]);
  });

  it('ends with the second of two quick choices', async () => {
    const agent = fakeAgent(fakeModel());
    const sessions = new Sessions(agent);
    const [a, b] = [await sessions.create(start), await sessions.create(start)];
    await Promise.all([a.close(), b.close()]);
    const desk = deskOf(agent);
    await Promise.all([desk.open(a.id), desk.open(b.id)]);
    expect([desk.shownId, desk.held.map(({ id }) => id)]).toEqual([b.id, [b.id]]);
  });

  it('renames a session that lies elsewhere, and deletes one that does not work', async () => {
    const agent = fakeAgent(fakeModel());
    const sessions = new Sessions(agent);
    const a = await sessions.create(start);
    await a.close();
    const desk = deskOf(agent);
    await desk.rename(a.id, 'Better');
    expect((await sessions.read(a.id)).at(-1)).toMatchObject({ type: 'session.changed', title: 'Better' });
    await desk.delete(a.id);
    expect(await sessions.list()).toEqual([]);
  });

  it('closes a session for good on request, open turn and all', async () => {
    const agent = fakeAgent(fakeModel());
    const id = await cutSession(agent);
    const desk = deskOf(agent);
    await desk.open(id);
    await desk.finish(id);
    expect([desk.shown, desk.held]).toEqual([{ kind: 'none' }, []]);
    expect((await new Sessions(agent).read(id)).slice(-2).map(({ type }) => type)).toEqual([
      'turn.ended',
      'session.closed',
    ]);
  });

  it('does not delete a session that works', async () => {
    const { opened, open } = latch();
    const desk = deskOf(fakeAgent(fakeModel(async () => opened.then(() => text('Done.')))));
    const session = await desk.create(start);
    const run = desk.drive(session, () => session.run('do it', []));
    await expect(desk.delete(session.id)).rejects.toMatchObject({ code: 'conflict' });
    open();
    await run;
  });
});
