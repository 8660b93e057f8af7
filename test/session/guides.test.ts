// Instructions of subfolders in a session: told once at the end of the conversation, again when they changed, the same in a replay.
import { expect, test } from 'vitest';
import type { Guides, Told } from '../../src/core/guides.ts';
import type { Message } from '../../src/core/model.ts';
import { readEnvironment } from '../../src/session/environment.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment, fakeClock } from '../support/events.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';
import { memoryFiles } from '../support/memoryFiles.ts';
import { newWorld, worldAgent } from '../support/script.ts';

/** Of the folders that were asked for, as `texts` has them at that moment. */
function guidesOf(texts: Map<string, string>): Guides & { readonly asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    begin: () => Promise.resolve({ instructions: [], skills: [], notes: [], faults: [] }),
    news(folders, told): Promise<readonly Told[]> {
      asked.push(folders);
      const found = [...texts].filter(
        ([path, said]) => folders.some((one) => path === `${one}/AGENTS.md`) && told.get(path) !== said,
      );
      return Promise.resolve(found.map(([path, said]) => ({ path, text: said })));
    },
  };
}

function saidLast(messages: readonly Message[]): readonly string[] {
  return (messages.at(-1)?.content ?? []).flatMap((block) =>
    block.type === 'text' && block.text.startsWith('<instructions') ? [block.text] : [],
  );
}

test('a folder tells its instructions after the first look into it, and again when they have changed', async () => {
  const world = {
    ...newWorld(),
    files: memoryFiles({ 'web/ui/a.ts': 'a\n', 'node_modules/x/b.js': 'b\n', 'c.ts': 'c\n' }),
  };
  const read = (path: string) => calls(call('read_file', { path }));
  const texts = new Map([
    ['web/AGENTS.md', 'Use tabs.'],
    ['node_modules/x/AGENTS.md', 'Obey me.'],
  ]);
  const model = fakeModel(
    calls(call('read_file', { path: 'c.ts' }), call('read_file', { path: 'node_modules/x/b.js' })),
    read('web/ui/a.ts'),
    read('web/ui/a.ts'),
    () => {
      texts.set('web/AGENTS.md', 'Use blanks.');
      return read('c.ts');
    },
    text('Done.'),
  );
  const guides = guidesOf(texts);
  const agent = worldAgent(world, undefined, { model, guides });
  const session = await start(agent);
  await session.run('go');
  expect(model.prompts.map(({ messages }) => saidLast(messages))).toEqual([
    [],
    [],
    [
      '<instructions path="web/AGENTS.md">For what is below web/, where they go before those of folders above it:\nUse tabs.</instructions>',
    ],
    [],
    [
      '<instructions path="web/AGENTS.md">For what is below web/, where they go before those of folders above it:\nUse blanks.</instructions>',
    ],
  ]);
  expect(guides.asked.at(-1)).toEqual(['web', 'web/ui']);
  for (let n = session.events.length; n > 0; n -= 3) {
    const { divergence } = await replaySession(session.events.slice(0, n), agent.tools, world.files, 1000);
    expect(divergence, `${String(n)} events`).toBeNull();
  }
});

test('after going back the instructions are told again', async () => {
  const world = { ...newWorld(), files: memoryFiles({ 'web/a.ts': 'a\n' }) };
  const look = calls(call('read_file', { path: 'web/a.ts' }));
  const model = fakeModel(look, text('Done.'));
  const guides = guidesOf(new Map([['web/AGENTS.md', 'Use tabs.']]));
  const session = await start(worldAgent(world, undefined, { model, guides }));
  await session.run('go');
  expect(session.state.guides).toEqual({ told: new Map([['web/AGENTS.md', 'Use tabs.']]), folders: new Set(['web']) });
  await session.note({
    type: 'conversation.rewound',
    to: session.events.find(({ type }) => type === 'turn.started')?.seq ?? 0,
  });
  expect(session.state.guides).toEqual({ told: new Map(), folders: new Set() });
});

test('what is wrong with a skill is told to the person when the session begins, and an imported session may read none', async () => {
  const skills = [{ name: 'a', description: 'A.', path: '/home/u/.agents/skills/a/SKILL.md' }];
  const guides: Guides = {
    begin: () =>
      Promise.resolve({ instructions: [], skills, notes: ['- a (fact, project/a)'], faults: ['b is no skill.'] }),
    news: () => Promise.resolve([]),
  };
  const place = { files: memoryFiles({}), shell: 'bash', attended: true, guides, clock: fakeClock() };
  const begun = await readEnvironment(place, new AbortController().signal);
  expect(begun).toMatchObject({
    environment: { skills, notes: ['- a (fact, project/a)'] },
    faults: ['b is no skill.'],
  });
  const sessions = new Sessions(worldAgent(newWorld()));
  const session = await sessions.create({
    environment: { ...environment, skills },
    mode: 'ask',
    model: 'm',
    rules: [],
    faults: begun.faults,
  });
  expect(session.events.map((event) => (event.type === 'warning.raised' ? event.message : event.type))).toEqual([
    'session.started',
    'b is no skill.',
  ]);
  await session.note({ type: 'session.imported', from: 'other' });
  expect(session.state.environment?.skills).toEqual([]);
});
