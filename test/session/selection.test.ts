// Code that is picked for the model, in the loop: shown once at the end of what was sent, corrected where it changed, recorded.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeSelector, type Selector } from '../../src/context/select.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import { limits } from '../../src/core/limits.ts';
import type { Prompt, Reply } from '../../src/core/model.ts';
import type { Checkpoints, Clock } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { promptAt } from '../../src/session/pastPrompt.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { fakeAgent } from '../support/fakeAgent.ts';
import { noCheckpoints } from '../support/fakeKeeping.ts';
import { fakeIndex, type FakeIndex } from '../support/fakeIndex.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { fakeClock } from '../support/events.ts';
import { logWith, start } from '../support/lives.ts';
import { memoryFiles, type MemoryFiles } from '../support/memoryFiles.ts';
import { newWorld, saysYes, scriptModel, worldShell, type World } from '../support/script.ts';

const upload = `export class Uploader {
  // Sends all parts.
  upload(parts) {
    return countParts(parts);
  }

  close() {
    this.closed = true;
  }
}
`;
const parts = `export function countParts(parts) {
  return parts.length;
}

export function splitParts(text) {
  return text.split('\\n');
}
`;

/** Time that only passes when a test says so: nothing comes too late. */
const still: Clock = { now: () => 5, sleep: () => new Promise(() => undefined) };

interface Bench {
  readonly world: World;
  readonly files: MemoryFiles;
  readonly index: FakeIndex;
  readonly agent: (parts: Partial<Agent>) => Agent;
}

function bench(status = {}): Bench {
  const world = {
    ...newWorld(),
    files: memoryFiles({ 'src/upload.js': upload, 'src/parts.js': parts, '.env': 'KEY=1' }, { folder: '/w' }),
  };
  const { files } = world;
  const index = fakeIndex(files.texts, status);
  const search = { text: () => Promise.reject(new Error('not used')) };
  return {
    world,
    files,
    index,
    agent: (given) => {
      const tools = createTools({ files, search, shell: worldShell(world), index });
      const selector = codeSelector({ index, files, clock: still });
      return fakeAgent(given.model ?? scriptModel(world), tools, { files, approver: saysYes, selector, ...given });
    },
  };
}

const edit = (id: string, path: string, from: string, to: string) =>
  calls(call('edit_file', { path, edits: [{ old_text: from, new_text: to }] }, id));
const read = (id: string, path: string) => calls(call('read_file', { path }, id));
const run = (id: string, command: string) => calls(call('run_command', { command }, id));
const selected = (events: readonly Event[]) => events.filter((event) => event.type === 'context.selected');
const blocks = (prompt: Prompt | undefined): readonly string[] =>
  prompt?.messages.at(-1)?.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])) ?? [];

test('a turn begins with the code that its words mean, as read_file shows it, after the words', async () => {
  const { agent } = bench();
  const model = fakeModel(text('Done.'));
  const session = await start(agent({ model }));
  await session.run('Why does upload not count the parts?');
  expect(blocks(model.prompts[0]).slice(1)).toEqual([
    'Why does upload not count the parts?',
    `<code>
Picked automatically from the workspace as it stands now; it may be incomplete or beside the point.
src/parts.js
1-3 countParts
1\texport function countParts(parts) {
2\t  return parts.length;
3\t}
5-7 splitParts
5\texport function splitParts(text) {
6\t  return text.split('\\n');
7\t}
src/upload.js
3-5 Uploader.upload
3\t  upload(parts) {
4\t    return countParts(parts);
5\t  }
</code>`,
  ]);
  const [event] = selected(session.events);
  expect(event).toMatchObject({ budgetTokens: 6000, complete: true, ms: 0, stale: [] });
  expect(event?.type === 'context.selected' && event.pieces[0]).toEqual({
    path: 'src/parts.js',
    startLine: 1,
    endLine: 3,
    form: 'body',
    symbol: 'countParts',
    text: 'export function countParts(parts) {\n  return parts.length;\n}',
    tokens: expect.any(Number) as number,
    why: [{ kind: 'words', of: ['count', 'part'] }],
  });
});

test('a later step shows what its results point at, and nothing twice', async () => {
  const { world, agent, index } = bench();
  const output = '    at splitParts (/w/src/parts.js:6:3)\n    at upload (/w/src/upload.js:4:1)\n';
  const shell = { ...worldShell(world), run: () => Promise.resolve({ ...end, output }) };
  const end = {
    exitCode: 1,
    signal: null,
    timedOut: false,
    outputBytes: 9,
    outputLines: 2,
    ms: 1,
    held: 'none',
  } as const;
  const model = fakeModel(run('c1', 'npm test'), run('c2', 'npm test'), text('Done.'));
  const { files } = world;
  const tools = createTools({ files, search: { text: () => Promise.reject(new Error()) }, shell, index });
  const session = await start({ ...agent({ model }), tools });
  await session.run('The close of the connection fails.');
  expect(selected(session.events).map((event) => event.pieces.map(({ symbol }) => symbol))).toEqual([
    ['Uploader.close'],
    ['splitParts', 'Uploader', 'Uploader.upload'],
  ]);
});

test('what the agent read is not shown again; what it edited is known as it stands', async () => {
  const { agent } = bench();
  const model = fakeModel(
    read('r1', 'src/parts.js'),
    edit('e1', 'src/parts.js', 'parts.length', 'parts.length + 1'),
    edit('e2', 'src/parts.js', 'export function countParts', '// Counts.\nexport function countParts'),
    text('Done.'),
  );
  const session = await start(agent({ model }));
  await session.run('nothing that is named');
  await session.resume();
  expect(selected(session.events)).toEqual([]);
});

test('what somebody else changed is told in a line, once', async () => {
  const { files, agent } = bench();
  const model = fakeModel(
    () => read('r1', 'src/parts.js'),
    () => {
      files.texts.set('src/parts.js', parts.replace('parts.length', 'parts.size').replace('}\n\n', '}\n\n\n\n'));
      return read('r2', 'src/upload.js');
    },
    () => {
      files.texts.delete('src/upload.js');
      return run('c1', 'true');
    },
    run('c2', 'true'),
    text('Done.'),
  );
  const session = await start(agent({ model }));
  await session.run('nothing that is named');
  const told = model.prompts.map((prompt) => blocks(prompt).filter((block) => block.startsWith('<code>')));
  expect(told.slice(1)).toEqual([
    [],
    [
      '<code>\nsrc/parts.js:2-3 above has changed since, and what followed it stands 2 lines down; read it again before editing there.\n</code>',
    ],
    ['<code>\nsrc/upload.js above is gone.\n</code>'],
    [],
  ]);
});

test('what the person pinned comes whatever its rank, and again when it changed; what they dropped does not come', async () => {
  const { files, agent } = bench();
  const model = fakeModel(
    () => run('c1', 'true'),
    () => {
      files.texts.set('src/parts.js', parts.replace('parts.length', 'parts.size'));
      return run('c2', 'true');
    },
    text('Done.'),
  );
  const session = await start(agent({ model }));
  const adjust = (refs: (Fact & { type: 'context.adjusted' })['refs']) =>
    session.note({ type: 'context.adjusted', refs });
  await adjust([
    { path: 'src/parts.js', symbol: 'countParts', as: 'pinned' },
    { path: 'src/parts.js', symbol: 'splitParts', as: 'pinned' },
    { path: '.env', symbol: null, as: 'pinned' },
    { path: 'src/upload.js', symbol: 'Uploader.close', as: 'dropped' },
  ]);
  await adjust([{ path: 'src/parts.js', symbol: 'splitParts', as: 'free' }]);
  await session.run('The close of the connection fails.');
  const found = selected(session.events).map((event) => [
    event.pieces.map(({ symbol, text: code, why }) => [symbol, code.split('\n')[1], why[0]?.kind]),
    event.stale.map(({ now }) => now),
  ]);
  expect(found).toEqual([
    [[['countParts', '  return parts.length;', 'pinned']], []],
    [[['countParts', undefined, 'pinned']], ['changed']],
  ]);
});

test('whoever keeps the index hears of what calls changed', async () => {
  const { agent } = bench();
  const heard: string[] = [];
  const model = fakeModel(edit('e1', 'src/parts.js', 'parts.length', 'parts.size'), text('Done.'));
  const checkpoints: Checkpoints = {
    ...noCheckpoints,
    steps: (_session, before) =>
      Promise.resolve(before.map(({ path, state }) => ({ path, before: state, after: { kind: 'link', target: 'x' } }))),
  };
  const session = await start(agent({ model, checkpoints, changed: (paths) => heard.push(...paths) }));
  await session.run('nothing that is named');
  expect(heard).toEqual(['src/parts.js']);
});

test('nothing where the budget is 0, the index has failed or the rules forbid reading it', async () => {
  const prompt = async (given: Partial<Agent>, status = {}, rules: SessionRules = []): Promise<number> => {
    const { agent } = bench(status);
    const model = fakeModel(text('Done.'));
    const session = await new Sessions(agent({ model, ...given })).create({
      environment: env,
      mode: 'ask',
      model: 'm',
      rules,
    });
    await session.run('upload the parts');
    return selected(session.events).length;
  };
  const runLimits = { stepsMax: 20, turnMs: 60_000, replyTokensMax: 1000, contextTokens: 0 };
  const deny = { action: 'deny', tool: 'read', match: { kind: 'glob', value: 'src/**' }, source: 'cli' } as const;
  expect(await prompt({})).toBe(1);
  expect(await prompt({ limits: runLimits })).toBe(0);
  expect(await prompt({}, { state: 'failed' })).toBe(0);
  expect(await prompt({}, {}, [deny])).toBe(0);
});

test('an index that is still being made is waited for once, and what it then has is said to be incomplete', async () => {
  const { index, files, agent } = bench({ state: 'indexing' });
  const slept: number[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (ms) => {
      slept.push(ms);
      return ms === limits.indexWaitMs ? Promise.resolve() : new Promise(() => undefined);
    },
  };
  const model = fakeModel(text('One.'), text('Two.'));
  const session = await start({ ...agent({ model }), selector: codeSelector({ index, files, clock }) });
  await session.run('upload');
  await session.run('splitParts');
  expect(slept).toEqual([limits.indexWaitMs + limits.selectMs, limits.indexWaitMs, limits.selectMs]);
  expect(blocks(model.prompts[0]).at(-1)).toContain('The index is still being made: more may turn up later.');
});

test('an index that breaks or does not answer keeps no request', async () => {
  const { index, files, agent } = bench();
  const broken: Selector = codeSelector({
    files,
    index: { ...index, rank: () => Promise.reject(new Error('gone')) },
    clock: still,
  });
  const silent: Selector = codeSelector({
    files,
    index: { ...index, rank: () => new Promise(() => undefined) },
    clock: { now: () => 0, sleep: () => new Promise((resolve) => setImmediate(resolve)) },
  });
  for (const selector of [broken, silent]) {
    const session = await start({ ...agent({ model: fakeModel(text('Done.')) }), selector });
    expect(await session.run('upload')).toMatchObject({ kind: 'done' });
    expect(selected(session.events)).toEqual([]);
  }
});

describe('bytes and lives', () => {
  const steps: readonly Reply[] = [
    read('r1', 'src/upload.js'),
    edit('e1', 'src/parts.js', 'parts.length', 'parts.size'),
    run('c1', 'cat src/parts.js:6:1'),
    edit('e2', 'src/upload.js', 'this.closed = true;', 'splitParts(this);'),
    text('Done.'),
  ];

  test('what was sent stays as it was, whatever others do to the files in between', async () => {
    const meddling = fc.array(fc.tuple(fc.nat(4), fc.constantFrom('src/upload.js', 'src/parts.js'), fc.nat(8)), {
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(meddling, fc.constantFrom('upload', 'count parts', 'nothing'), async (changes, task) => {
        const { files, agent } = bench();
        // `fakeModel` compares each prompt with the one before.
        const model = fakeModel(
          ...steps.map((reply, at) => () => {
            for (const [step, path, line] of changes) {
              if (step !== at) continue;
              files.texts.set(path, (files.texts.get(path) ?? '').split('\n').toSpliced(line, 0, '// mine').join('\n'));
            }
            return reply;
          }),
        );
        const session = await start(agent({ model }));
        await session.run(task);
        expect(session.state.outcome?.kind).toBe('done');
        const { tools } = agent({ model });
        for (const [at, prompt] of model.prompts.entries())
          expect(promptAt(session.events, 1, at + 1, tools, 1000)).toMatchObject({ prompt, same: true });
      }),
      { numRuns: 20 },
    );
  });

  const whole = async (): Promise<LiveSession> => {
    const { world, agent } = bench();
    const session = await start(agent({ model: scriptModel(world, steps) }));
    await session.run('upload');
    return session;
  };

  test('it replays, and so does every prefix', async () => {
    const { events } = await whole();
    expect(selected(events).length).toBeGreaterThan(1);
    const { agent } = bench();
    const { tools, files } = agent({});
    for (let n = 1; n <= events.length; n++)
      expect(
        (await replaySession(events.slice(0, n), tools, files, 1000)).divergence,
        `${String(n)} events`,
      ).toBeNull();
  });

  test('cut after any event it goes on, and nothing is picked twice for a request', async () => {
    const { events } = await whole();
    const first = events.findIndex(({ type }) => type === 'turn.started') + 1;
    for (let cut = first; cut < events.length; cut++) {
      const { world, agent } = bench();
      const log = memoryLog(fakeClock());
      const id = await logWith(log, events.slice(0, cut));
      const session = await new Sessions(agent({ log, model: scriptModel(world, steps) })).open(id);
      await session.resume();
      const types = session.events
        .map(({ type }) => type)
        .filter((type) => type === 'context.selected' || type === 'model.responded');
      expect(
        types.some((type, at) => type === 'context.selected' && types[at + 1] === type),
        `cut at ${String(cut)}`,
      ).toBe(false);
      const report = await replaySession(session.events, agent({}).tools, world.files, 1000);
      expect(report.divergence, `cut at ${String(cut)}`).toBeNull();
    }
  });

  test('going back forgets what was shown since, and keeps what the person pinned', async () => {
    const { world, agent } = bench();
    const session = await start(agent({ model: scriptModel(world, [...steps, ...steps]) }));
    await session.run('upload');
    await session.note({ type: 'context.adjusted', refs: [{ path: 'src/parts.js', symbol: null, as: 'pinned' }] });
    const [turn] = session.events.filter(({ type }) => type === 'turn.started');
    await session.note({ type: 'conversation.rewound', to: turn?.seq ?? 0 });
    expect([session.state.code.shown.size, session.state.code.replies, session.state.code.adjusted.size]).toEqual([
      0, 0, 1,
    ]);
  });

  test('making room leaves the picked code out with the results', async () => {
    const { world, agent } = bench();
    const session = await start(agent({ model: scriptModel(world, steps) }));
    await session.run('upload');
    await session.compact();
    const model = fakeModel(text('Yes.'));
    const again = await start(agent({ model }));
    await again.run('upload');
    await again.note({ type: 'context.compacted', kept: 1 });
    const prompt = promptAt(
      [
        ...session.events,
        {
          ...(session.events[0] as Event),
          ...({ type: 'model.requested', model: 'm', promptHash: '', messages: 1, attempt: 1 } satisfies Fact),
          seq: 999,
          turn: 9,
          step: 9,
        },
      ],
      9,
      9,
      [],
      10,
    );
    expect(JSON.stringify(prompt?.prompt.messages[0])).toContain('was left out to make room');
  });
});

type SessionRules = Parameters<Sessions['create']>[0]['rules'];
const env = {
  folders: ['/w'],
  platform: 'linux',
  shell: 'bash',
  date: '2026-01-02',
  attended: true,
  topLevel: [],
  instructions: [],
};
