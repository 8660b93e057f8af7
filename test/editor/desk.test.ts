import { beforeEach, describe, expect, it } from 'vitest';
import { Desk, type DeskMemory } from '../../src/editor/desk.ts';
import { lastLine } from '../../src/editor/sessionRows.ts';
import { Sessions, type SessionStart } from '../../src/session/sessions.ts';
import { fakeAgent } from '../support/fakeAgent.ts';
import { fakeModel, text } from '../support/fakeModel.ts';
import { latch } from '../support/latch.ts';
import type { Agent } from '../../src/session/agent.ts';

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

let kept: string | null;
let told: string[];
const memory: DeskMemory = {
  read: () => Promise.resolve(kept),
  write: (id) => Promise.resolve(void (kept = id)),
};

function deskOf(agent: Agent): Desk {
  return new Desk(new Sessions(agent), memory, {
    onShown: () => told.push('shown'),
    onEvents: (id, events) => told.push(...events.map(({ type }) => `${id} ${type}`)),
    onDelta: () => undefined,
    onRunning: ({ id, running }) => told.push(`${id} ${running ? 'runs' : 'ended'}`),
  });
}

beforeEach(() => {
  kept = null;
  told = [];
});

describe('the desk', () => {
  it('shows a new session, remembers it and tells what happens in it', async () => {
    const desk = deskOf(fakeAgent(fakeModel(text('Done.'))));
    const session = await desk.create(start);
    await desk.run(session, 'do it', []);
    expect([desk.shownId, kept]).toEqual(['id-1', 'id-1']);
    expect(told.filter((one) => !one.includes('model.'))).toEqual([
      'shown',
      'id-1 runs',
      'id-1 turn.started',
      'id-1 turn.ended',
      'id-1 ended',
    ]);
    expect(lastLine(session.events)).toBe('Done · $0.02');
  });

  it('lets a session run on behind another one, and gives it free at its end', async () => {
    const { opened, open } = latch();
    const desk = deskOf(fakeAgent(fakeModel(async () => opened.then(() => text('Done.')))));
    const first = await desk.create(start);
    const run = desk.run(first, 'do it', []);
    const second = await desk.create(start);
    expect([desk.live?.id, desk.held.map(({ id }) => id)]).toEqual([second.id, [first.id, second.id]]);
    open();
    await run;
    expect(desk.held.map(({ id }) => id)).toEqual([second.id]);
  });

  it('gives a session free when it leaves the desk', async () => {
    const desk = deskOf(fakeAgent(fakeModel()));
    await desk.create(start);
    await desk.clear();
    expect([desk.held, desk.shownId, kept]).toEqual([[], null, null]);
  });

  it('opens what another window holds for reading only', async () => {
    const agent = fakeAgent(fakeModel());
    const other = await new Sessions(agent).create(start);
    const desk = deskOf(agent);
    expect(await desk.open(other.id)).toEqual({ kind: 'read', id: other.id, events: other.events });
    expect(desk.live).toBe(null);
    await other.close();
    expect((await desk.open(other.id)).kind).toBe('live');
  });

  it('brings back what lay on it when the process ended, cut turn and all', async () => {
    const agent = fakeAgent(fakeModel());
    const before = await new Sessions(agent).create(start);
    kept = before.id;
    await before.close();
    const desk = deskOf(agent);
    await desk.restore();
    expect(desk.live?.events.map(({ type }) => type)).toEqual(['session.started']);
  });

  it('forgets a session that is gone', async () => {
    kept = 'gone';
    const desk = deskOf(fakeAgent(fakeModel()));
    await desk.restore();
    expect([desk.shownId, kept]).toEqual([null, null]);
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

  it('does not delete a session that works', async () => {
    const { opened, open } = latch();
    const desk = deskOf(fakeAgent(fakeModel(async () => opened.then(() => text('Done.')))));
    const session = await desk.create(start);
    const run = desk.run(session, 'do it', []);
    await expect(desk.delete(session.id)).rejects.toMatchObject({ code: 'conflict' });
    open();
    await run;
  });
});
