// Rules of files in a session: read again before each judgement, in the log as they counted, so that a replay needs no files.
import { expect, test } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Event } from '../../src/core/event.ts';
import type { Rule } from '../../src/core/permission.ts';
import type { Approver } from '../../src/core/ports.ts';
import type { Rules, RuleSet } from '../../src/core/settings.ts';
import { parseRule } from '../../src/permission/rules.ts';
import { replaySession } from '../../src/session/replay.ts';
import { call, calls, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';
import { newWorld, scriptModel, worldAgent } from '../support/script.ts';

const allowed = (line: string): Rule => parseRule(`shell(exact: ${line})`, 'allow', 'user');

/** Files that change by themselves: the next set with each look, then the last one. */
function changing(...sets: readonly RuleSet[]): Rules {
  let at = 0;
  return {
    read: () => Promise.resolve(sets[Math.min(at++, sets.length - 1)] ?? { rules: [], broken: [] }),
    add: () => Promise.reject(new Error('not used')),
  };
}

async function replays(events: readonly Event[]): Promise<void> {
  const { tools, files } = worldAgent(newWorld());
  for (let n = events.length; n > 0; n -= 5)
    expect((await replaySession(events.slice(0, n), tools, files, 1000)).divergence, `${String(n)} events`).toBeNull();
}

test('a rule of a file lets a command run, and the decision says whose rule it was', async () => {
  const rules = changing({ rules: [allowed('make one'), allowed('npm test')], broken: [] });
  const session = await start(worldAgent(newWorld(), undefined, { rules }));
  await session.run('do it');
  const decided = session.events.filter((event) => event.type === 'tool.decided' && event.call.startsWith('c'));
  expect(decided).toMatchObject([
    { decision: { action: 'allow', by: { kind: 'rule', rule: 'shell(exact: make one)', source: 'user' } } },
    { decision: { action: 'allow', by: { kind: 'rule', rule: 'shell(exact: npm test)', source: 'user' } } },
  ]);
  expect(session.events.filter(({ type }) => type === 'rules.read')).toHaveLength(1);
  await replays(session.events);
});

test('a file that breaks while it works is told once, and lets the next command ask', async () => {
  const whole: RuleSet = { rules: [allowed('npm test')], broken: [] };
  const broken: RuleSet = { rules: [], broken: ['/u/settings.json cannot be used: line 1. Mend it'] };
  const session = await start(worldAgent(newWorld(), undefined, { rules: changing(whole, whole, whole, broken) }));
  await session.run('do it');
  expect(session.events.filter(({ type }) => type === 'warning.raised')).toMatchObject([
    { code: 'rules_broken', message: expect.stringContaining('/u/settings.json cannot be used') as string },
  ]);
  const asked = session.events.findLast((event) => event.type === 'approval.requested' && event.call === 'c2');
  expect(asked).toMatchObject({ question: { why: expect.stringContaining('/u/settings.json') as string } });
  await replays(session.events);
});

/** A file that holds what is added to it. */
function keeping(fails = false): Rules & { readonly kept: [string, Rule][] } {
  const kept: [string, Rule][] = [];
  return {
    kept,
    read: () => Promise.resolve({ rules: kept.map(([, rule]) => ({ ...rule, source: 'user' })), broken: [] }),
    add(reach, rule) {
      if (fails) return Promise.reject(new JourneymanError('conflict', 'The rule was not written: it is broken.'));
      kept.push([reach, rule]);
      return Promise.resolve();
    },
  };
}

const again = [
  calls(call('run_command', { command: 'make one' }, 'c1')),
  calls(call('run_command', { command: 'make one' }, 'c2')),
  text('Done.'),
];
const keepsIt: Approver = {
  ask: ({ question }) => {
    const offers = question.kind === 'command' ? question.always : undefined;
    const [offer] = offers ?? [];
    if (offer === undefined) throw new Error('nothing is offered');
    const remember = parseRule(offer.rule, 'allow', 'session');
    return Promise.resolve({ action: 'allow', by: { kind: 'user' }, remember, keep: 'everywhere' });
  },
};

test('"always, everywhere" is written where the person keeps their rules, and holds at once', async () => {
  const rules = keeping();
  const world = newWorld();
  const session = await start(
    worldAgent(world, undefined, { rules, approver: keepsIt, model: scriptModel(world, again) }),
  );
  await session.run('do it');
  expect(rules.kept).toEqual([['everywhere', parseRule('shell(exact: make one)', 'allow', 'session')]]);
  expect(world.ran).toEqual(['make one', 'make one']);
  expect(session.events.filter(({ type }) => type === 'approval.requested')).toHaveLength(1);
  await replays(session.events);
});

test('what cannot be written holds in the session, and the person is told', async () => {
  const world = newWorld();
  const session = await start(
    worldAgent(world, undefined, { rules: keeping(true), approver: keepsIt, model: scriptModel(world, again) }),
  );
  await session.run('do it');
  expect(session.events.filter(({ type }) => type === 'approval.requested')).toHaveLength(1);
  expect(session.events.find(({ type }) => type === 'warning.raised')).toMatchObject({
    code: 'rule_not_kept',
    message: 'The rule was not written: it is broken.',
  });
  await replays(session.events);
});

test('nothing is offered where a rule would change nothing: another one asks, or a file is broken', async () => {
  const ask = parseRule('shell(prefix: make)', 'ask', 'managed');
  const session = await start(worldAgent(newWorld(), undefined, { rules: changing({ rules: [ask], broken: [] }) }));
  await session.run('do it');
  const asked = session.events.flatMap((event) =>
    event.type === 'approval.requested' && event.question.kind === 'command'
      ? [[event.question.line, event.question.always?.map(({ rule }) => rule)]]
      : [],
  );
  expect(asked).toEqual([
    ['make one', undefined],
    ['npm test', ['shell(exact: npm test)', 'shell(prefix: npm test)']],
  ]);
});
