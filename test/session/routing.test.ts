// Who answers for what: by the mode, by what is set, and by the person's word in a session.
import { expect, test } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import { routeOf, type Routes } from '../../src/model/route.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { ruleWords } from '../../src/protocol/words.ts';
import type { Agent } from '../../src/session/agent.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { environment } from '../support/events.ts';
import { fakeAgent, fakeTool } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';

function ofType<T extends Fact['type']>(events: readonly Event[], type: T): readonly (Event & { readonly type: T })[] {
  return events.filter((event): event is Event & { readonly type: T } => event.type === type);
}

function routed(model: ReturnType<typeof fakeModel>, routes: Routes): Agent {
  return fakeAgent(model, [], {
    route: (purpose, own) => routeOf(purpose, own, routes),
    asksTitles: () => routes.title?.model !== undefined,
  });
}

async function begin(agent: Agent, mode: 'plan' | 'ask' = 'ask'): Promise<LiveSession> {
  return new Sessions(agent).create({ environment, mode, model: 'm', rules: [] });
}

async function same(session: LiveSession, agent: Agent, replyTokensMax = 1000): Promise<void> {
  expect((await replaySession(session.events, agent.tools, agent.files, replyTokensMax)).divergence).toBeNull();
}

const told = (events: readonly Event[]): readonly string[] =>
  reduceAll(emptyView, events).rows.flatMap((row) => (row.kind === 'rule' ? [ruleWords(row.fact, row.atMs)] : []));

test('the mode Plan has its own model, and the way back is told', async () => {
  const model = fakeModel(text('A plan.'), text('Done.'));
  const agent = routed(model, { plan: { model: 'p', effort: 'high' } });
  const session = await begin(agent, 'plan');
  await session.run('plan it');
  await session.change({ mode: 'ask' });
  await session.run('do it');
  expect(model.prompts.map((prompt) => [prompt.model, prompt.effort])).toEqual([
    ['p', 'high'],
    ['m', undefined],
  ]);
  expect(told(session.events)).toEqual([
    'This goes to p, effort high: set for plan mode',
    'Mode: Ask first',
    'Back to m',
  ]);
  await same(session, agent);
});

test('an effort chosen in a session holds until another model is chosen', async () => {
  const model = fakeModel(text('One.'), text('Two.'), text('Three.'));
  const agent = routed(model, { main: { effort: 'low' } });
  const session = await begin(agent);
  await session.run('a');
  await session.change({ effort: 'max' });
  await session.run('b');
  await session.change({ model: 'n' });
  await session.run('c');
  expect(model.prompts.map((prompt) => [prompt.model, prompt.effort])).toEqual([
    ['m', 'low'],
    ['m', 'max'],
    ['n', 'low'],
  ]);
  expect(ofType(session.events, 'model.requested').map(({ route }) => route?.why)).toEqual([
    'set for the steps of a task',
    'chosen in this session',
    'set for the steps of a task',
  ]);
  await same(session, agent);
});

test('a title is asked for once, after the first turn, where a model is set for it', async () => {
  const prompts: string[] = [];
  const answers = ['I did it.', '"Mend the broken parser."\n', 'And that.'];
  const agent: Agent = { ...routed(fakeModel(), { title: { model: 't' } }), model: untouched(prompts, answers) };
  const named = await begin(agent);
  await named.run('mend it');
  await named.run('and that');
  expect(prompts).toEqual(['m', 't', 'm']);
  expect(named.state.title).toBe('Mend the broken parser');
  expect(ofType(named.events, 'session.changed')).toMatchObject([{ actor: { kind: 'agent', model: 'm' } }]);
  await same(named, agent);
});

test('a title that does not come changes nothing, and is asked for once', async () => {
  const prompts: string[] = [];
  const agent: Agent = {
    ...routed(fakeModel(), { title: { model: 't' } }),
    model: untouched(prompts, ['Done.', busy]),
  };
  const session = await begin(agent);
  expect(await session.run('mend it')).toMatchObject({ kind: 'done' });
  expect([prompts, session.state.title]).toEqual([['m', 't'], null]);
  await same(session, agent);
});

test('summaries go to the model that is set for them', async () => {
  const look = fakeTool('look', 'read', ({ target }) => ({ status: 'ok', text: target.repeat(500) }));
  const asked = new Set<string>();
  let steps = 0;
  const thoughts = { type: 'text', text: 'It goes on and on. '.repeat(120) } as const;
  const model: Agent['model'] = {
    reply(prompt) {
      const { model: id, effort } = prompt;
      const input = Math.ceil(JSON.stringify([prompt.system, prompt.tools, prompt.messages]).length / 4);
      const usage = { input, cacheWrite: 0, cacheRead: 0, output: 600 };
      asked.add(`${id} ${effort ?? 'by itself'}`);
      if (id === 's') return Promise.resolve({ ...text('In short.'), usage });
      steps++;
      const next = calls(thoughts, call('look', { target: `a${String(steps)}` }));
      return Promise.resolve({ ...(steps > 60 ? text('Done.') : next), usage });
    },
    list: () => Promise.resolve([]),
    costUsd: () => 0,
  };
  const routes: Routes = { summarise: { model: 's', effort: 'low' } };
  const limits = { stepsMax: 100, turnMs: Infinity, replyTokensMax: 4000, contextTokens: 0, windowTokens: 32_000 };
  const agent: Agent = {
    ...fakeAgent(model, [look], { limits }),
    route: (purpose, own) => routeOf(purpose, own, routes),
  };
  const session = await begin(agent);
  expect(await session.run('look around')).toMatchObject({ kind: 'done' });
  expect([...asked].toSorted()).toEqual(['m by itself', 's low']);
  await same(session, agent, 4000);
});

const busy = new JourneymanError('overloaded', 'Busy.');

/** Answers in turn, whatever the conversation; keeps who was asked. */
function untouched(asked: string[], answers: readonly (string | Error)[]): Agent['model'] {
  return {
    reply(prompt) {
      asked.push(prompt.model);
      const answer = answers[asked.length - 1];
      return typeof answer === 'string'
        ? Promise.resolve(text(answer))
        : Promise.reject(answer ?? new Error('no answer'));
    },
    list: () => Promise.resolve([]),
    costUsd: () => 0,
  };
}
