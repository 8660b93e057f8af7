import { expect, test } from 'vitest';
import {
  dayOf,
  noBudget,
  noBudgets,
  nothingSpent,
  type Budgets,
  type DayBook,
  type Spent,
} from '../../src/core/budget.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Model, Reply } from '../../src/core/model.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { budgetWatch } from '../../src/session/budget.ts';
import { replaySession } from '../../src/session/replay.ts';
import { askBeside } from '../../src/session/request.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { environment, fakeClock } from '../support/events.ts';
import { fakeAgent, limitsOf, look } from '../support/fakeAgent.ts';
import { call, calls, text } from '../support/fakeModel.ts';

const usage = { input: 100, cacheWrite: 0, cacheRead: 900, output: 0 };

/** Each request costs $0.50 and 1,000 tokens; after `last` of them it is done. */
function paidModel(last: number, price: number | null = 0.5) {
  const model = {
    asked: 0,
    reply(): Promise<Reply> {
      model.asked++;
      const reply = model.asked > last ? text('done') : calls(call('look', { target: String(model.asked) }));
      return Promise.resolve({ ...reply, usage });
    },
    list: () => Promise.resolve([]),
    costUsd: (_model: string, { input }: { input: number }) => (price === null ? null : input === 0 ? 0 : price),
  };
  return model;
}

async function start(agent: Agent, attended: boolean): Promise<LiveSession> {
  return new Sessions(agent).create({ environment: { ...environment, attended }, mode: 'ask', model: 'm', rules: [] });
}

function agentOf(model: Model, budgets: () => Budgets, parts: Partial<Agent> = {}, days?: DayBook): Agent {
  return fakeAgent(model, [look], { budget: budgetWatch({ limits: budgets, model, ...(days && { days }) }), ...parts });
}

function reached(events: readonly Event[]): readonly unknown[] {
  return events.flatMap((event) =>
    event.type === 'budget.reached' ? [[event.scope, event.unit, event.used, event.limit, event.then]] : [],
  );
}

const each: readonly (readonly [string, Budgets, number, string])[] = [
  ['dollars', limitsOf({ usd: 2 }), 4, 'The budget of $2.00 for this task is used.'],
  [
    'dollars of a session',
    { ...noBudgets, session: { ...noBudget, usd: 1.2 } },
    3,
    'The budget of $1.20 for this session is used.',
  ],
  ['tokens', limitsOf({ tokens: 3500 }), 4, 'The budget of 3,500 tokens for this task is used.'],
  ['steps', limitsOf({ steps: 3 }), 3, 'The budget of 3 steps for this task is used.'],
  ['steps of a day', { ...noBudgets, day: { ...noBudget, steps: 2 } }, 2, 'The budget of 2 steps for today is used.'],
];
test.each(each)(
  'a budget of %s is overshot by one request at most, and without a person the turn ends with a report',
  async (_unit, budgets, requests, message) => {
    const model = paidModel(20);
    const session = await start(
      agentOf(model, () => budgets),
      false,
    );
    expect(await session.run('go')).toMatchObject({ kind: 'partial', why: 'budget_exhausted', message });
    expect(model.asked).toBe(requests);
    expect(session.events.filter(({ type }) => type === 'model.requested')).toHaveLength(requests);
  },
);

test('at 80 % a warning, once; at 100 % it pauses until more is given, and that is in the log', async () => {
  const model = paidModel(12);
  const session = await start(
    agentOf(model, () => limitsOf({ usd: 5 })),
    true,
  );
  expect(await session.run('go')).toEqual({ kind: 'held' });
  expect(reached(session.events)).toEqual([
    ['turn', 'usd', 4, 5, 'goes_on'],
    ['turn', 'usd', 5, 5, 'pauses'],
  ]);
  expect(session.state.paused).toBe(true);
  // Without more, it asks again.
  expect(await session.resume()).toEqual({ kind: 'held' });
  expect(model.asked).toBe(10);
  await session.addBudget('turn', 'usd', 2.5);
  expect(await session.resume()).toMatchObject({ kind: 'done' });
  expect(model.asked).toBe(13);
  expect(reached(session.events).slice(3)).toEqual([['turn', 'usd', 6, 7.5, 'goes_on']]);
});

test('what a task was given more is not for the next; what a session was given is', async () => {
  const budgets = { ...limitsOf({ steps: 2 }), session: { ...noBudget, usd: 3 } };
  const session = await start(
    agentOf(paidModel(20), () => budgets),
    true,
  );
  await session.run('go');
  await session.addBudget('turn', 'steps', 1);
  await session.addBudget('session', 'usd', 2);
  expect(await session.resume()).toEqual({ kind: 'held' });
  expect(reached(session.events).at(-1)).toEqual(['turn', 'steps', 3, 3, 'pauses']);
  await session.conclude();
  expect(session.state.outcome).toMatchObject({ kind: 'partial', why: 'budget_exhausted' });
  expect(await session.run('and now?')).toEqual({ kind: 'held' });
  expect(reached(session.events).at(-1)).toEqual(['turn', 'steps', 2, 2, 'pauses']);
  await session.addBudget('turn', 'steps', 100);
  await session.resume();
  expect(reached(session.events).at(-1)).toEqual(['session', 'usd', 5, 5, 'pauses']);
});

test('a pause for a budget outlives its process, and asks again; what was given counts there too', async () => {
  const clock = fakeClock();
  const log = memoryLog(clock);
  const agent = agentOf(paidModel(5), () => limitsOf({ usd: 2 }), { clock, log });
  const first = await start(agent, true);
  await first.run('go');
  await first.close();
  clock.tick(3 * 86_400_000);
  const again = await new Sessions(agent).open(first.id);
  expect(again.state).toMatchObject({
    paused: true,
    budget: { reached: { scope: 'turn', unit: 'usd', used: 2, limit: 2 } },
  });
  await again.addBudget('turn', 'usd', 0.5);
  await again.close();
  const third = await new Sessions(agent).open(first.id);
  expect(await third.resume()).toEqual({ kind: 'held' });
  expect(reached(third.events).at(-1)).toEqual(['turn', 'usd', 2.5, 2.5, 'pauses']);
});

test('settings that change while it works hold from the next request on', async () => {
  let budgets = limitsOf({ steps: 50 });
  const model = paidModel(20);
  const session = await start(
    agentOf(model, () => {
      if (model.asked === 3) budgets = limitsOf({ steps: 2 });
      return budgets;
    }),
    false,
  );
  expect(await session.run('go')).toMatchObject({ why: 'budget_exhausted' });
  expect(session.events.flatMap((event) => (event.type === 'budget.set' ? [event.limits.turn.steps] : []))).toEqual([
    50, 2,
  ]);
});

test('a price that is not known is said at the start, and tokens hold in the place of dollars', async () => {
  const model = paidModel(3000, null);
  const session = await start(
    agentOf(
      { ...model, reply: () => model.reply().then((reply) => ({ ...reply, usage: { ...usage, cacheRead: 99_900 } })) },
      () => limitsOf({ usd: 1 }),
    ),
    false,
  );
  expect(await session.run('go')).toMatchObject({
    why: 'budget_exhausted',
    message:
      'The budget of $1.00 for this task is used. 500,000 tokens of unknown price count in it, 500,000 tokens for $1.00.',
  });
  expect(model.asked).toBe(5);
  expect(session.events.find(({ type }) => type === 'budget.set')).toMatchObject({ unpriced: 'm' });
  expect(session.state.costUsd).toBeNull();
});

test('requests beside the steps count, and are not made when it is used up', async () => {
  const model = paidModel(1);
  const agent = agentOf(model, () => ({ ...noBudgets, session: { ...noBudget, usd: 1 } }));
  const session = await start(agent, true);
  await session.run('go');
  const { Journal } = await import('../../src/session/journal.ts');
  const journal = new Journal(await agent.log.create('other'), session.events, agent.clock);
  const prompt = { model: 'm', maxTokens: 10, system: [], tools: [], messages: [], cacheAfter: [] };
  await expect(askBeside(agent, journal, 'title', prompt, new AbortController().signal)).rejects.toThrow('is used');
  expect(model.asked).toBe(2);
});

test('time that a person takes to answer, or that nobody works, is no time of a budget', async () => {
  const clock = fakeClock();
  const model = paidModel(3);
  const slow = { ...model, reply: () => (clock.tick(60_000), model.reply()) };
  const session = await start(
    agentOf(slow, () => limitsOf({ minutes: 3 }), { clock }),
    true,
  );
  await session.run('go');
  expect(reached(session.events)).toEqual([['turn', 'minutes', 3, 3, 'pauses']]);
  clock.tick(600_000);
  await session.addBudget('turn', 'minutes', 5);
  expect(await session.resume()).toMatchObject({ kind: 'done' });
  expect(session.state.budget.turn.minutes).toBe(4);
});

test('the day counts all sessions, this one on other days not; what a request takes at least stands there before it is sent', async () => {
  const clock = fakeClock();
  const written: [string, string, Spent][] = [];
  const days: DayBook = {
    write: (day, session, spent) => Promise.resolve(void written.push([day, session, spent])),
    others: () => Promise.resolve({ ...nothingSpent, usd: 9 }),
  };
  const session = await start(
    agentOf(paidModel(20), () => ({ ...noBudgets, day: { ...noBudget, usd: 10 } }), { clock }, days),
    true,
  );
  await session.run('go');
  expect(reached(session.events)).toEqual([
    ['day', 'usd', 9, 10, 'goes_on'],
    ['day', 'usd', 10, 10, 'pauses'],
  ]);
  expect(written.map(([day, id, { usd, tokens, steps }]) => [day, id, usd, tokens, steps])).toEqual([
    [dayOf(clock.now()), session.id, 0, 0, 0],
    [dayOf(clock.now()), session.id, 0.5, 2000, 1],
    [dayOf(clock.now()), session.id, 1, 3000, 2],
    [dayOf(clock.now()), session.id, 1, 2000, 2],
  ]);
  clock.tick(86_400_000);
  expect(await session.resume()).toEqual({ kind: 'held' });
  expect(reached(session.events).at(-1)).toEqual(['day', 'usd', 10, 10, 'pauses']);
  expect(session.state.budget.day.usd).toBe(1);
});

test('a copy of a session has spent nothing yet', async () => {
  const agent = agentOf(paidModel(2), () => limitsOf({ usd: 20 }));
  const session = await start(agent, true);
  await session.run('go');
  const fork = await new Sessions(agent).open(await new Sessions(agent).fork(session.id, 1));
  expect([session.state.budget.session.usd, fork.state.budget.session.usd]).toEqual([1.5, 0]);
});

test('a run that was held, given more and ended for its budget runs again from its record', async () => {
  const model = paidModel(20);
  const session = await start(
    agentOf(model, () => limitsOf({ usd: 2 })),
    true,
  );
  await session.run('go');
  await session.addBudget('turn', 'usd', 1);
  await session.resume();
  await session.conclude();
  const report = await replaySession(session.events, [look], fakeAgent(model).files, 1000);
  expect(report).toEqual({ events: session.events.length, prompts: 6, divergence: null });
});

test('an old log that ended at its limit says no more of it, and runs again', async () => {
  const model = paidModel(20);
  const session = await start(
    agentOf(model, () => limitsOf({ steps: 2 })),
    false,
  );
  await session.run('go');
  const old = session.events
    .filter(({ type }) => !type.startsWith('budget.'))
    .map((event, i) => ({ ...event, seq: i + 1 }));
  expect(await replaySession(old, [look], fakeAgent(model).files, 1000)).toMatchObject({ divergence: null });
  const facts = old.map(({ type }): Fact['type'] => type);
  expect(facts.at(-1)).toBe('turn.ended');
});
