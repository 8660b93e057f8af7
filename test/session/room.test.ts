// Room in the conversation: made before the window is full and when a request was refused, and nothing that matters is lost.
import { expect, test } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Model, Prompt, Reply, ReplyBlock } from '../../src/core/model.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { fakeClock } from '../support/events.ts';
import { command, edit, fakeAgent, fakeTool, plan } from '../support/fakeAgent.ts';
import { call, calls, checkPrompt, text } from '../support/fakeModel.ts';
import { logWith, start } from '../support/lives.ts';

const window = 32_000;
/** The server's own measure: not ours. */
const tokensOf = (prompt: Prompt): number =>
  Math.ceil(JSON.stringify([prompt.system, prompt.tools, prompt.messages]).length / 3.4);
const isSummary = (prompt: Prompt): boolean => JSON.stringify(prompt.messages.at(-1)).includes('<room>Room is needed');
const ofType = <T extends Fact['type']>(events: readonly Event[], type: T) =>
  events.filter((event): event is Event & { readonly type: T } => event.type === type);
const words = (prompt: Prompt): string =>
  prompt.messages
    .flatMap(({ content }) =>
      content.flatMap((block) =>
        block.type === 'text' ? [block.text] : block.type === 'tool_result' ? [block.content] : [],
      ),
    )
    .join('\n');

const page = (target: string): string =>
  Array.from({ length: 60 }, (_, i) => `${String(i)}\tconst ${target}_${String(i)} = read(${String(i)});`).join('\n');
const read = fakeTool('look', 'read', ({ target }) => ({ status: 'ok', text: page(target) }));
const serve = fakeTool('serve', 'read', ({ target }) => ({
  status: 'ok',
  text: 'it runs',
  detail: {
    kind: 'command',
    exitCode: null,
    timedOut: false,
    outputBytes: 0,
    outputLines: 0,
    background: { id: target, isRunning: true },
  },
}));

/** Answers as it is told; refuses what is longer than the window, as a server does. `sent` holds what it has answered. */
function windowModel(
  answer: (prompt: Prompt, nth: number) => Reply | Promise<Reply>,
  summary: (nth: number) => Reply = (nth) => text(`Summary ${String(nth)}.`),
  most = window,
): Model & { readonly sent: Prompt[]; refused: number; summaries: number } {
  const model = {
    sent: [] as Prompt[],
    refused: 0,
    summaries: 0,
    async reply(prompt: Prompt): Promise<Reply> {
      if (model.sent.length % 25 < 2) checkPrompt(prompt, undefined); // hundreds of checks each
      const input = tokensOf(prompt);
      if (input > most) {
        model.refused++;
        throw new JourneymanError('context_overflow', 'prompt is too long');
      }
      if (!isSummary(prompt)) model.sent.push(prompt);
      const reply = isSummary(prompt) ? summary(++model.summaries) : await answer(prompt, model.sent.length);
      const output = Math.ceil(JSON.stringify(reply.content).length / 3.4);
      return { ...reply, usage: { input, cacheWrite: 0, cacheRead: 0, output } };
    },
    list: () => Promise.resolve([]),
    costUsd: () => 0,
  };
  return model;
}

function roomAgent(model: Model, parts: Partial<Agent> = {}, windowTokens = window): Agent {
  return fakeAgent(model, [read, edit, command, serve, plan], {
    limits: { replyTokensMax: 4000, contextTokens: 0, windowTokens },
    ...parts,
  });
}
const look = (target: string): ReplyBlock => call('look', { target });
/** Words that no results stand for: only a summary makes room of them. */
const thoughts = (about: string): ReplyBlock => ({
  type: 'text',
  text: `On ${about}: ${'it goes on and on. '.repeat(120)}`,
});

test('2,000 steps in a window of 32,000 tokens: room is made again and again, and every fact stands in the prompt after each time', async () => {
  /** Written down here, by hand: what the prompt has to hold from then on. */
  const facts: string[] = [];
  const first = 'Rename the helper `parseAll` to `parseEvery`, keep its tests — and mind the “quotes”.';
  facts.push(first);
  let checked = 0;
  let rooms = 0;
  let made = 0;
  const model = windowModel(async (prompt, nth) => {
    if (made > rooms) {
      rooms = made;
      const seen = words(prompt);
      for (const fact of facts)
        expect(seen.includes(fact), `after ${String(rooms)} times, at step ${String(nth)}: ${fact}`).toBe(true);
      checked++;
    }
    if (nth === 2000) return text('done');
    const n = String(nth);
    if (nth % 100 === 3) {
      await session.send(`Also look at part ${n}, please.`, [], true);
      facts.push(`Also look at part ${n}, please.`);
    }
    if (nth % 150 === 5) {
      const items = [{ text: `step for ${n}`, state: 'doing' }];
      facts.splice(
        0,
        facts.length,
        ...facts.filter((fact) => !fact.includes('[doing] step for')),
        `[doing] step for ${n}`,
      );
      return calls(call('update_plan', { items, doneWhen: [`check ${n} passes`] }));
    }
    if (nth % 50 === 7) {
      facts.push(`- src/file${n}.ts: +2 −2 in 1 edit`);
      return calls(call('edit', { target: `src/file${n}.ts` }));
    }
    if (nth % 200 === 11) {
      facts.push(`run_command \`rm -r part${n}\`: The user said no: never touch part ${n}`);
      return calls(call('run_command', { command: `rm -r part${n}` }));
    }
    if (nth % 250 === 13) {
      facts.push(`- npm test fail-${n}: failed with exit code 1`);
      return calls(call('run_command', { command: `npm test fail-${n}` }));
    }
    if (nth === 20) {
      facts.push('- bg7: ');
      return calls(call('serve', { target: 'bg7' }));
    }
    if (nth === 30) {
      await session.note({
        type: 'context.adjusted',
        refs: [{ path: 'src/pinned.ts', symbol: 'Pin.it', as: 'pinned' }],
      });
      await session.note({ type: 'rule.added', rule: { action: 'deny', tool: 'shell', match: { kind: 'prefix', value: 'git push' }, source: 'session' } }); // prettier-ignore
      facts.push('- src/pinned.ts Pin.it', '- deny shell(prefix: git push)', '<mode>Permission mode: ask.');
    }
    return calls(thoughts(n), look(`part${n}`));
  });
  const agent = roomAgent(model, {
    approver: {
      ask: ({ question }) => {
        const part = question.kind === 'command' ? /^rm -r part(\d+)/.exec(question.line)?.[1] : undefined;
        return Promise.resolve(
          part === undefined
            ? { action: 'allow', by: { kind: 'user' } }
            : { action: 'deny', by: { kind: 'user' }, reason: `never touch part ${part}` },
        );
      },
    },
  });
  const session = await start(agent);
  session.onEvents((events) => (made += ofType(events, 'context.compacted').length));
  const end = await session.run(first);
  expect(end, JSON.stringify(end).slice(0, 2000)).toMatchObject({ kind: 'done' });
  const all = ofType(session.events, 'context.compacted');
  expect(all.filter(({ record }) => record !== undefined).length).toBeGreaterThanOrEqual(10);
  expect(checked).toBe(all.length);
  expect(model.refused).toBe(0);
  for (const { beforeTokens = 0, afterTokens = 0 } of all) expect(afterTokens).toBeLessThan(0.9 * beforeTokens);
}, 60_000);

test('a request that is refused for its length is sent again with room made, and replays', async () => {
  const model = windowModel(
    (_prompt, nth) => (nth < 40 ? calls(look(`a${String(nth)}`), look(`b${String(nth)}`)) : text('done')),
    undefined,
    12_000,
  );
  const session = await start(roomAgent(model, {}, 100_000));
  expect(await session.run('look around')).toMatchObject({ kind: 'done' });
  const made = ofType(session.events, 'context.compacted');
  expect(model.refused).toBeGreaterThanOrEqual(1);
  expect(made[0]).toMatchObject({ why: 'overflow' });
  // What did not fit is known from then on.
  expect(model.refused).toBeLessThanOrEqual(2);
  expect(made.length).toBeGreaterThan(1);
  const { tools, files } = roomAgent(model);
  expect(await replaySession(session.events, tools, files, 4000)).toMatchObject({
    divergence: null,
    events: session.events.length,
  });
});

test('where not even the record fits it ends with words that say so, after two tries', async () => {
  const model = windowModel(() => text('never'), undefined, 10);
  const session = await start(roomAgent(model));
  const end = await session.run('hello');
  expect(end).toMatchObject({ kind: 'failed', code: 'context_overflow' });
  expect(model.refused).toBeLessThanOrEqual(4);
});

test('a reply that filled the window runs none of its calls, and the task goes on', async () => {
  const model = windowModel((_prompt, nth) => {
    if (nth < 4) return calls(look(`a${String(nth)}`));
    return nth === 4 ? { ...calls(look('cut')), stop: 'context_overflow' } : text('done');
  });
  const session = await start(roomAgent(model));
  expect(await session.run('look')).toMatchObject({ kind: 'done' });
  expect(ofType(session.events, 'tool.requested').map(({ input }) => input)).not.toContainEqual({ target: 'cut' });
  expect(ofType(session.events, 'context.compacted')).toMatchObject([{ why: 'overflow' }]);
});

const full = (summary?: (nth: number) => Reply) =>
  windowModel(
    (_prompt, nth) => (nth < 60 ? calls(thoughts(String(nth)), look(`p${String(nth)}`)) : text('done')),
    summary,
  );

test('a summary that fails, is cut or wants to go on leaves the record alone', async () => {
  for (const bad of [{ ...text('half'), stop: 'max_tokens' as const }, calls(look('more')), text('  ')]) {
    const session = await start(roomAgent(full(() => bad)));
    expect(await session.run('look')).toMatchObject({ kind: 'done' });
    const made = ofType(session.events, 'context.compacted').filter(({ record }) => record !== undefined);
    expect(made.length).toBeGreaterThan(0);
    for (const one of made) expect(one.summary).toBeNull();
  }
});

test('what the record contradicts in a summary is said in it', async () => {
  const model = windowModel(
    (_prompt, nth) =>
      nth === 1
        ? calls(call('run_command', { command: 'npm test fail' }))
        : nth < 60
          ? calls(thoughts(String(nth)), look(`p${String(nth)}`))
          : text('done'),
    () => text('All tests pass. Read `look` and src/made/up.ts.'),
  );
  const approver: Agent['approver'] = { ask: () => Promise.resolve({ action: 'allow', by: { kind: 'user' } }) };
  const session = await start(roomAgent(model, { approver }));
  await session.run('look');
  const made = ofType(session.events, 'context.compacted').find(({ summary }) => typeof summary === 'string');
  expect(made?.summary).toMatch(
    /^All tests pass\. .*\n\[Checked against the record\. These stand nowhere in the record: src\/made\/up\.ts\. By the record not all checks pass: npm test fail: failed with exit code 1 at turn 1 step 1 \(#\d+\)\.\]$/s,
  );
});

test('killed between the summary and the room, the summary is not paid for again', async () => {
  const whole = await start(roomAgent(full()));
  await whole.run('look');
  const at = whole.events.findIndex(({ type }) => type === 'side.ended');
  const log = memoryLog(fakeClock());
  const id = await logWith(log, whole.events.slice(0, at + 1));
  const model = full(() => text('Paid twice.'));
  const session = await new Sessions(roomAgent(model, { log })).open(id);
  expect(await session.resume()).toMatchObject({ kind: 'done' });
  expect(ofType(session.events, 'context.compacted')[0]).toMatchObject({ summary: 'Summary 1.' });
});

test('a session in which room was made replays, whole and from every place near it', async () => {
  const session = await start(roomAgent(full()));
  await session.run('look');
  const { tools, files } = roomAgent(full());
  const at = session.events.findIndex(({ type }) => type === 'context.compacted');
  for (const end of [at - 1, at, at + 1, at + 2, session.events.length])
    expect(await replaySession(session.events.slice(0, end), tools, files, 4000), String(end)).toMatchObject({
      divergence: null,
    });
});

test('by hand: said with what to keep, done at once between turns and at the next boundary of a running one', async () => {
  const model = windowModel(async (_prompt, nth) => {
    if (nth === 8) await session.compact('the names of the parts');
    return nth % 12 === 0 ? text('done') : calls(look(`p${String(nth)}`));
  });
  const session = await start(roomAgent(model, {}, 400_000));
  await session.run('look');
  expect(ofType(session.events, 'context.compacted')).toMatchObject([{ why: 'asked', kept: 4 }]);
  await session.run('look again');
  const preview = session.previewRoom('');
  await session.compact();
  expect(ofType(session.events, 'context.compacted')[1]).toMatchObject(preview);
});

test('what stands twice is left out once that pays, and nothing else is', async () => {
  let runs = 0;
  const check = fakeTool('check', 'read', ({ target }) => ({ status: 'ok', text: page(`${target}${String(++runs)}`) }));
  const next = (nth: number): ReplyBlock =>
    nth % 2 === 0 ? call('check', { target: 'run' }) : look(`p${String(nth)}`);
  const model = windowModel((_prompt, nth) => (nth === 80 ? text('done') : calls(next(nth))), undefined, 1e9);
  const agent = roomAgent(model, { tools: [read, check] }, 1e9);
  const session = await start(agent);
  expect(await session.run('look')).toMatchObject({ kind: 'done' });
  const made = ofType(session.events, 'context.compacted');
  expect(made.map(({ why, record }) => ({ why, record }))).toEqual(
    made.map(() => ({ why: 'cost', record: undefined })),
  );
  expect(made.length).toBeGreaterThan(0);
  expect(made.length).toBeLessThan(8); // each writes to the cache anew
  const last = model.sent.at(-1);
  const said = last ? words(last) : '';
  for (let nth = 1; nth < 80; nth += 2) expect(said).toContain(page(`p${String(nth)}`));
  expect(said).toContain(page(`run${String(runs)}`));
  expect(said).not.toContain(page('run1'));
  expect(await replaySession(session.events, agent.tools, agent.files, 4000)).toMatchObject({ divergence: null });
});
