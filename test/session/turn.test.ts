import { expect, test, vi } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Prompt } from '../../src/core/model.ts';
import type { Mode } from '../../src/core/permission.ts';
import type { EventLog } from '../../src/core/ports.ts';
import { emptySession, fold } from '../../src/session/fold.ts';
import type { ToolIo } from '../../src/core/tool.ts';
import type { Agent } from '../../src/session/agent.ts';
import { budgetWatch } from '../../src/session/budget.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment, fakeClock } from '../support/events.ts';
import { latch } from '../support/latch.ts';
import { command, edit, fakeAgent, fakeApprover, fakeTool, hunk, limitsOf, look, plan } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';

const byUser = { kind: 'user' } as const;
const yes = { action: 'allow', by: byUser } as const;

async function start(agent: Agent, mode: Mode = 'ask', attended = true) {
  return new Sessions(agent).create({ environment: { ...environment, attended }, mode, model: 'm', rules: [] });
}

function ofType<T extends Fact['type']>(events: readonly Event[], type: T): (Event & { readonly type: T })[] {
  return events.filter((event): event is Event & { readonly type: T } => event.type === type);
}

/** Texts and results that the model read last. */
function lastRead(prompts: readonly Prompt[]): string {
  const content = prompts.at(-1)?.messages.at(-1)?.content ?? [];
  return content
    .map((block) => (block.type === 'text' ? block.text : block.type === 'tool_result' ? block.content : ''))
    .join('\n');
}

test('a question that needs no tool is answered, and nothing was changed that had to be verified', async () => {
  const session = await start(fakeAgent(fakeModel(text('It parses.'))));
  expect(await session.run('what does it do?')).toEqual({
    kind: 'done',
    verified: true,
    summary: 'It parses.',
    evidence: [],
  });
  expect(session.events.map(({ type }) => type)).toEqual([
    'session.started',
    'turn.started',
    'model.requested',
    'model.responded',
    'turn.ended',
  ]);
  expect(session.events.map(({ turn, step }) => [turn, step])).toEqual([[0, 0], [1, 0], [1, 1], [1, 1], [1, 1]]); // prettier-ignore
  expect(session.state).toMatchObject({ turn: null, turns: 1, contextTokens: 135, costUsd: 0.02 });
});

test('calls that only look run side by side, everything else in order', async () => {
  const order: string[] = [];
  const both = latch();
  const slow = fakeTool('look', 'read', async ({ target }) => {
    order.push(`start ${target}`);
    if (order.length === 2) both.open();
    await both.opened; // neither ends before both have started
    order.push(`end ${target}`);
    return { status: 'ok', text: target };
  });
  const write = fakeTool('write', 'write', async ({ target }) => {
    order.push(`start ${target}`);
    await Promise.resolve();
    order.push(`end ${target}`);
    return { status: 'ok', text: target };
  });
  const reply = calls(
    call('look', { target: 'a' }),
    call('look', { target: 'b' }),
    call('write', { target: 'c' }),
    call('write', { target: 'd' }),
  );
  const session = await start(fakeAgent(fakeModel(reply, text('done')), [slow, write]), 'edit');
  await session.run('go');
  expect(order.slice(0, 2).sort()).toEqual(['start a', 'start b']);
  expect(order.slice(4)).toEqual(['start c', 'end c', 'start d', 'end d']);
});

test('what was rejected is not run, and the reason reaches the model', async () => {
  const run = vi.fn();
  const model = fakeModel(calls(call('run_command', { command: 'rm -r x' })), text('I leave it.'));
  const approver = fakeApprover({ action: 'deny', by: byUser, reason: 'keep x' });
  const session = await start(fakeAgent(model, [{ ...command, run }], { approver }));
  await session.run('go');
  expect(run).not.toHaveBeenCalled();
  expect(lastRead(model.prompts)).toBe('The user said no: keep x');
  expect(approver.asked[0]?.question).toEqual({
    kind: 'command',
    line: 'rm -r x',
    cwd: '/w',
    timeoutMs: null,
    why: expect.any(String) as string,
    tier: 'dangerous',
    part: 'rm -r x',
  });
  expect(ofType(session.events, 'tool.started')).toEqual([]);
});

test('a partly accepted change runs with exactly the accepted hunks, and the model reads what was rejected and why', async () => {
  const model = fakeModel(calls(call('edit', { target: 'a.ts' }, 'e1')), text('done'));
  const resolutions = [
    { hunk: 'e1:1.1', verdict: 'accepted' },
    { hunk: 'e1:1.2', verdict: 'rejected', reason: 'not my style' },
  ] as const;
  const accepted = [{ path: 'a.ts', beforeHash: 'before', hunks: [hunk('e1:1.1')] }];
  const approver = fakeApprover((_approval, news) => {
    for (const one of resolutions) news.hunk(one);
    return Promise.resolve({ ...yes, accepted, hunks: resolutions });
  });
  const session = await start(fakeAgent(model, [edit], { approver }));
  const outcome = await session.run('go');
  expect(ofType(session.events, 'hunk.resolved')).toMatchObject(resolutions);
  expect(ofType(session.events, 'change.applied')).toMatchObject([{ changes: accepted }]);
  expect(lastRead(model.prompts)).toBe('applied 1\nChange 1.2: rejected by the user: not my style');
  expect(outcome).toMatchObject({ kind: 'done', verified: false });
});

test('a proposal that moved while the person looked is decided, written and told as it stands then', async () => {
  const model = fakeModel(calls(call('edit', { target: 'a.ts' }, 'e1')), text('done'));
  const moved = [{ path: 'a.ts', beforeHash: 'typed', hunks: [{ ...hunk('e1:1.1'), startLine: 7 }, hunk('e1:1.2')] }];
  const theirs = { hunk: 'e1:1.2', verdict: 'edited' } as const;
  const approver = fakeApprover((_approval, news) => {
    news.rebased(moved, [theirs]);
    news.hunk({ hunk: 'e1:1.1', verdict: 'accepted' });
    const accepted = [{ path: 'a.ts', beforeHash: 'typed', hunks: [{ ...hunk('e1:1.1'), startLine: 7 }] }];
    return Promise.resolve({ ...yes, accepted, hunks: [theirs] });
  });
  const session = await start(fakeAgent(model, [edit], { approver }));
  await session.run('go');
  expect(ofType(session.events, 'approval.requested').map(({ question }) => question)).toMatchObject([
    { changes: [{ beforeHash: 'before' }] },
    { changes: moved, why: expect.any(String) as string },
  ]);
  expect(ofType(session.events, 'change.applied')).toMatchObject([
    { changes: [{ beforeHash: 'typed', hunks: [{ id: 'e1:1.1', startLine: 7 }] }] },
  ]);
  expect(lastRead(model.prompts)).toBe(
    'applied 1\nChange 1.2: not written, the user changed these lines meanwhile; they are theirs',
  );
});

test('who watches the files may speak before each request, and the model reads it with that request', async () => {
  const model = fakeModel(calls(call('edit', { target: 'a.ts' }, 'e1')), text('done'));
  const told: string[] = [];
  const review: Fact = {
    type: 'change.reviewed',
    path: 'a.ts',
    hunks: [{ hunk: 'e1:1.1', state: 'rejected', line: 1, reason: 'no' }],
  };
  const agent: Agent = {
    ...fakeAgent(model, [edit]),
    feedback: {
      async tell(id) {
        told.push(id);
        if (told.length === 2) await session.note(review);
      },
    },
  };
  const session = await start(agent, 'edit');
  const outcome = await session.run('go');
  expect(told).toEqual([session.id, session.id]);
  expect(lastRead(model.prompts)).toContain('- a.ts:1: your change (`new`) was taken out again');
  expect(outcome).toMatchObject({ kind: 'done', verified: false });
});

test('no effect before its decision and its start are on disk; looking does not wait', async () => {
  const ran: string[] = [];
  const disk = latch();
  const inner = fakeAgent(fakeModel()).log;
  let held = false;
  const log: EventLog = {
    ...inner,
    async create(id) {
      const open = await inner.create(id);
      return {
        session: open.session,
        get seq() {
          return open.seq;
        },
        append(entries) {
          held ||= entries.some(({ fact }) => fact.type === 'tool.started');
          return { events: open.append(entries).events, durable: held ? disk.opened : Promise.resolve() };
        },
        close: () => open.close(),
      };
    },
  };
  const reader = fakeTool('look', 'read', () => {
    ran.push('look');
    return { status: 'ok', text: '' };
  });
  const writer = fakeTool('write', 'write', () => {
    ran.push('write');
    return { status: 'ok', text: '' };
  });
  const model = fakeModel(calls(call('look', { target: 'a' }), call('write', { target: 'a' })), text('done'));
  const session = await start(fakeAgent(model, [reader, writer], { log }), 'edit');
  const end = session.run('go');
  await vi.waitFor(() => {
    expect(session.events.filter(({ type }) => type === 'tool.started')).toHaveLength(2);
  });
  expect(ran).toEqual(['look']);
  disk.open();
  await end;
  expect(ran).toEqual(['look', 'write']);
});

test('when the log cannot be written nothing more happens, and the run says so', async () => {
  const inner = fakeAgent(fakeModel()).log;
  const full = new JourneymanError('unavailable', 'The session could not be saved: the disk is full.');
  const log: EventLog = {
    ...inner,
    async create(id) {
      const open = await inner.create(id);
      return {
        session: open.session,
        seq: 0,
        append: (entries) => ({
          events: open.append(entries).events,
          durable: entries.some(({ fact }) => fact.type === 'tool.decided') ? Promise.reject(full) : Promise.resolve(),
        }),
        close: () => open.close(),
      };
    },
  };
  const run = vi.fn();
  const session = await start(
    fakeAgent(fakeModel(calls(call('write', { target: 'a' }))), [fakeTool('write', 'write', run)], { log }),
    'edit',
  );
  await expect(session.run('go')).rejects.toBe(full);
  expect(run).not.toHaveBeenCalled();
  expect(session.running).toBe(false);
});

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, failed) => {
    signal.addEventListener('abort', () => {
      failed(signal.reason as Error);
    });
  });

test.each([
  ['the model answers', 'look', (_prompt: Prompt, signal: AbortSignal) => untilAborted(signal)],
  ['a command runs', 'run_command', calls(call('run_command', { command: 'sleep' }, 'c1'))],
  ['it waits for the person', 'write', calls(call('write', { target: 'a' }, 'c1'))],
])('Stop while %s ends the turn, and the next turn has a whole conversation', async (_title, tool, answer) => {
  const model = fakeModel(answer, text('hello again'));
  const waiting = fakeTool(
    tool,
    tool === 'look' ? 'read' : tool === 'run_command' ? 'execute' : 'write',
    (_input, { signal }) => untilAborted(signal),
  );
  const tools = [
    tool === 'run_command'
      ? { ...command, run: (_input: unknown, { signal }: ToolIo) => untilAborted(signal) }
      : waiting,
  ];
  const approver = fakeApprover(tool === 'run_command' ? yes : (_approval, _onHunk, signal) => untilAborted(signal));
  const session = await start(fakeAgent(model, tools, { approver }));
  const end = session.run('go');
  const last = { look: 'model.requested', run_command: 'tool.started', write: 'approval.requested' }[tool];
  await vi.waitFor(() => {
    expect(session.events.at(-1)?.type).toBe(last);
  });
  session.stop();
  expect(await end).toEqual({ kind: 'cancelled' });
  expect(await session.run('hello?')).toMatchObject({ kind: 'done', summary: 'hello again' });
});

test('a turn has a limit of steps, and says what is left', async () => {
  const again = calls(call('look', { target: 'a' }));
  const items = [
    { text: 'one', state: 'done' },
    { text: 'two', state: 'doing' },
  ];
  const model = fakeModel(
    calls(call('update_plan', { items, doneWhen: [] })),
    ...Array.from({ length: 2 }, () => ({ ...again, content: [call('look', { target: 'a' })] })),
  );
  const session = await start(
    fakeAgent(model, [look, plan], { budget: budgetWatch({ limits: () => limitsOf({ steps: 3 }), model }) }),
    'ask',
    false,
  );
  expect(await session.run('go')).toMatchObject({
    kind: 'partial',
    why: 'budget_exhausted',
    done: ['one'],
    left: ['two'],
    message: expect.stringContaining('3 steps') as string,
  });
});

test('a turn has a limit of time, which the person does not use up', async () => {
  const clock = fakeClock();
  const approver = fakeApprover(() => {
    clock.tick(50_000);
    return Promise.resolve(yes);
  });
  const slow = fakeTool('look', 'read', () => {
    clock.tick(50_000);
    return { status: 'ok', text: '' };
  });
  const model = fakeModel(
    calls(call('run_command', { command: 'x' })),
    calls(call('look', { target: 'a' })),
    calls(call('look', { target: 'b' })),
    text('never'),
  );
  const session = await start(
    fakeAgent(model, [command, slow], {
      clock,
      approver,
      budget: budgetWatch({ limits: () => limitsOf({ minutes: 1 }), model }),
    }),
    'ask',
    false,
  );
  expect(await session.run('go')).toMatchObject({
    why: 'budget_exhausted',
    message: expect.stringContaining('1 minute ') as string,
  });
  expect(model.prompts).toHaveLength(3);
});

test('passing faults of the server are waited out, as long as it asks for', async () => {
  const model = fakeModel(
    new JourneymanError('rate_limited', 'slow down', { retryAfterMs: 7000 }),
    new JourneymanError('overloaded', 'busy'),
    text('hi'),
  );
  const clock = fakeClock();
  const session = await start(fakeAgent(model, [], { clock }));
  expect(await session.run('go')).toMatchObject({ kind: 'done' });
  expect(clock.slept).toEqual([7000, 2000]);
  expect(ofType(session.events, 'model.failed').map(({ retryInMs }) => retryInMs)).toEqual([7000, 2000]);
  expect(ofType(session.events, 'model.requested').map(({ attempt, step }) => [attempt, step])).toEqual([[1, 1], [2, 1], [3, 1]]); // prettier-ignore
});

test('other faults end the turn with their words', async () => {
  const session = await start(fakeAgent(fakeModel(new JourneymanError('unauthorized', 'The key is wrong.'))));
  expect(await session.run('go')).toEqual({ kind: 'failed', code: 'unauthorized', message: 'The key is wrong.' });
  const refusing = await start(fakeAgent(fakeModel({ ...text(''), stop: 'refusal' })));
  expect(await refusing.run('go')).toMatchObject({ kind: 'failed', code: 'refused' });
});

test('the calls of a reply that was cut are not run, and the model is told', async () => {
  const run = vi.fn();
  const model = fakeModel({ ...calls(call('look', { target: 'a' })), stop: 'max_tokens' }, text('done'));
  const session = await start(fakeAgent(model, [{ ...look, run }]));
  expect(await session.run('go')).toMatchObject({ kind: 'done' });
  expect(run).not.toHaveBeenCalled();
  expect(lastRead(model.prompts)).toMatch(/Not run[^]*cut at the output limit/);
});

test('in plan mode the plan asks, and a yes goes on in the mode that the person chose', async () => {
  const items = [{ text: 'one', state: 'todo' }];
  const model = fakeModel(
    calls(call('write', { target: 'a' })),
    calls(call('update_plan', { items, doneWhen: [] })),
    calls(call('write', { target: 'a' })),
    text('done'),
  );
  const approver = fakeApprover({ ...yes, mode: 'edit' });
  const session = await start(
    fakeAgent(model, [plan, fakeTool('write', 'write', () => ({ status: 'ok', text: 'written' }))], { approver }),
    'plan',
  );
  await session.run('go');
  expect(approver.asked.map(({ question }) => question.kind)).toEqual(['plan']);
  expect(ofType(session.events, 'tool.finished').map(({ result }) => result.status)).toEqual(['denied', 'ok', 'ok']);
  expect(session.state.mode).toBe('edit');
  expect(session.state.plan?.items).toEqual(items);
});

test('the plan that the person edited is what the agent works from', async () => {
  const items = [{ text: 'one', state: 'todo' }] as const;
  const approved = { items: [{ text: 'two', state: 'todo', files: ['b.ts'] }], doneWhen: ['tests pass'] } as const;
  const model = fakeModel(calls(call('update_plan', { items, doneWhen: [] })), text('done'));
  const session = await start(
    fakeAgent(model, [plan], { approver: fakeApprover({ ...yes, mode: 'ask', plan: approved }) }),
    'plan',
  );
  await session.run('go');
  expect(session.state.plan).toEqual(approved);
  expect(lastRead(model.prompts)).toContain(
    'noted\nThe user changed the plan before approving it. Work from this one:\n1. two (files: b.ts)\nDone when: tests pass',
  );
});

test('a no with "stop" ends the turn', async () => {
  const model = fakeModel(calls(call('run_command', { command: 'x' }), call('run_command', { command: 'y' })));
  const approver = fakeApprover({ action: 'deny', by: byUser, reason: '', stop: true });
  expect(await (await start(fakeAgent(model, [command], { approver }))).run('go')).toEqual({ kind: 'cancelled' });
});

test.each([
  [['edit', 'npm test'], true],
  [['npm test', 'edit'], false],
  [['edit', 'npm test fail'], false],
  [['edit', 'npm test', 'edit'], false],
  [['edit', 'ls'], false],
  [['npm test'], true],
  [['npm test fail'], false],
])('%j: verified %s', async (steps, verified) => {
  const replies = steps.map((step) =>
    calls(step === 'edit' ? call('edit', { target: 'a' }) : call('run_command', { command: step })),
  );
  const approver = fakeApprover(...replies.map(() => yes));
  const session = await start(fakeAgent(fakeModel(...replies, text('done')), [edit, command], { approver }), 'edit');
  expect(await session.run('go')).toMatchObject({ kind: 'done', verified });
});

test('"always" holds for the rest of the session, for exactly that', async () => {
  const line = (command: string) => calls(call('run_command', { command }));
  const rule = {
    action: 'allow',
    tool: 'shell',
    match: { kind: 'exact', value: 'npm test' },
    source: 'session',
  } as const;
  const approver = fakeApprover({ ...yes, remember: rule }, yes);
  const session = await start(
    fakeAgent(fakeModel(line('npm test'), line('npm test'), line('npm test -- -u'), text('done')), [command], {
      approver,
    }),
  );
  await session.run('go');
  expect(approver.asked).toHaveLength(2);
  expect(session.state.rules).toEqual([rule]);
});

test('an input that does not fit, or a tool that does not exist, is an answer to the model and no effect', async () => {
  const model = fakeModel(calls(call('look', {}), call('fly', {})), text('done'));
  const session = await start(fakeAgent(model, [look]));
  await session.run('go');
  expect(ofType(session.events, 'tool.finished').map(({ result }) => result)).toMatchObject([
    { status: 'error', code: 'invalid_input', text: expect.stringContaining('target') as string },
    { status: 'error', code: 'invalid_input', text: expect.stringContaining('look') as string },
  ]);
  expect(ofType(session.events, 'tool.started')).toEqual([]);
});

test('a tool that breaks is an error for the model, not the end of the run', async () => {
  const broken = fakeTool('look', 'read', () => {
    throw new Error('kaput');
  });
  const session = await start(
    fakeAgent(fakeModel(calls(call('look', { target: 'a' })), text('I saw it break.')), [broken]),
  );
  expect(await session.run('go')).toMatchObject({ kind: 'done', summary: 'I saw it break.' });
  expect(ofType(session.events, 'tool.finished')[0]?.result).toMatchObject({ status: 'error', code: 'bug' });
});

test('one turn at a time', async () => {
  const session = await start(fakeAgent(fakeModel((_prompt, signal) => untilAborted(signal))));
  const end = session.run('go');
  await expect(session.run('and this')).rejects.toMatchObject({ code: 'denied' });
  await session.close();
  expect(await end).toEqual({ kind: 'held' });
});

test('any prefix of the log gives a state, and the whole gives the one that ran', async () => {
  const replies = [
    calls(call('edit', { target: 'a' }, 'e1')),
    calls(call('run_command', { command: 'npm test' })),
    text('done'),
  ];
  const session = await start(fakeAgent(fakeModel(...replies), [edit, command], { approver: fakeApprover(yes, yes) }));
  await session.run('go');
  const { events } = session;
  for (let n = 0; n <= events.length; n++) {
    const prefix = events.slice(0, n);
    expect(prefix.reduce(fold, emptySession)).toEqual(structuredClone(prefix).reduce(fold, emptySession));
  }
  expect(events.reduce(fold, emptySession)).toEqual(session.state);
});

test('the same answers of the ports give the same log', async () => {
  const run = async () => {
    const replies = [calls(call('look', { target: 'a' }, 'l1'), call('edit', { target: 'a' }, 'e1')), text('done')];
    const session = await start(fakeAgent(fakeModel(...replies), [look, edit], { approver: fakeApprover(yes) }));
    await session.run('go');
    return session.events;
  };
  expect(await run()).toEqual(await run());
});
