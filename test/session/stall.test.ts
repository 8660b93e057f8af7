import { describe, expect, test } from 'vitest';
import type { Event, Fact } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';
import type { Model, Prompt, ReplyBlock, TextBlock, ToolResultBlock } from '../../src/core/model.ts';
import type { Effect } from '../../src/core/permission.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment } from '../support/events.ts';
import { fakeAgent, fakeTool } from '../support/fakeAgent.ts';
import { call, calls, text } from '../support/fakeModel.ts';

/** One call and what it comes to. */
interface Act {
  readonly tool: string;
  readonly input: Json;
  readonly result: ToolResult;
}
type Script = (step: number) => Act | null;

const effects: Readonly<Record<string, Effect>> = {
  read_file: 'read',
  search_text: 'read',
  read_output: 'read',
  edit_file: 'write',
  run_command: 'execute',
  update_plan: 'plan',
};

const read = (path: string, startLine = 1, lines = 50, hash = 'h'): Act => ({
  tool: 'read_file',
  input: { path, start_line: startLine },
  result: { status: 'ok', text: `${path} ${hash}`, detail: { kind: 'read', path, lines, startLine, hash } },
});
const search = (pattern: string, text: string): Act => ({
  tool: 'search_text',
  input: { pattern },
  result: { status: 'ok', text, detail: { kind: 'search', matches: 1, files: 1 } },
});
const edit = (path: string, before: string, after: string): Act => ({
  tool: 'edit_file',
  input: { path, edits: after },
  result: {
    status: 'ok',
    text: 'Applied 1 change.',
    detail: {
      kind: 'edit',
      applied: [{ path, beforeHash: before, hunks: [] }],
      files: [{ path, afterHash: after, saved: true }],
    },
  },
});
const run = (command: string, exitCode: number, output: string): Act => ({
  tool: 'run_command',
  input: { command },
  result: {
    status: 'ok',
    text: output,
    detail: { kind: 'command', exitCode, timedOut: false, outputBytes: 1, outputLines: 1 },
  },
});
const poll = (output: string): Act => ({
  tool: 'read_output',
  input: { id: 'bg1', wait_s: 60 },
  result: {
    status: 'ok',
    text: output,
    detail: {
      kind: 'command',
      exitCode: null,
      timedOut: false,
      outputBytes: 1,
      outputLines: 1,
      background: { id: 'bg1', isRunning: true },
    },
  },
});
const failed = (tool: string, input: Json, message: string): Act => ({
  tool,
  input,
  result: { status: 'error', code: 'not_found', text: message },
});
const plan = (...states: Plan['items'][number]['state'][]): Act => {
  const items = states.map((state, i) => ({ text: `part ${String(i + 1)}`, state }));
  const made = { items, doneWhen: [] };
  return {
    tool: 'update_plan',
    input: made,
    result: { status: 'ok', text: 'noted', detail: { kind: 'plan', plan: made } },
  };
};

const names = ['path', 'start_line', 'edits', 'pattern', 'command', 'id', 'wait_s', 'items', 'doneWhen'];
const anyInput = { type: 'object', properties: Object.fromEntries(names.map((name) => [name, {}])) };

/** The script by the real loop, to its end or to where it is broken. */
async function play(script: Script, attended = false) {
  const acts = new Map<string, Act>();
  const prompts: Prompt[] = [];
  const model: Model = {
    reply(prompt) {
      prompts.push(prompt);
      const act = script(prompts.length - 1);
      if (act === null) return Promise.resolve(text('All done.'));
      const one = call(act.tool, act.input);
      if (one.type === 'tool_use') acts.set(one.id, act);
      return Promise.resolve(calls(one));
    },
    list: () => Promise.resolve([]),
    costUsd: () => 0,
  };
  const tools = Object.entries(effects).map(([name, effect]) => ({
    ...fakeTool(name, effect, (_input, { call: id }) => acts.get(id)?.result ?? { status: 'ok', text: '' }),
    schema: anyInput,
    parse: () => ({ target: name === 'run_command' ? 'make' : 'a.ts' }),
  }));
  const approver = { ask: () => Promise.resolve({ action: 'allow', by: { kind: 'user' } } as const) };
  const session = await new Sessions(fakeAgent(model, tools, { approver })).create({
    environment: { ...environment, attended },
    mode: 'edit',
    model: 'm',
    rules: [],
  });
  const end = await session.run('go');
  return { session, end, requests: prompts.length, told: found(session.events), prompts };
}

function found(events: readonly Event[]): readonly (Fact & { readonly type: 'stall.found' })[] {
  return events.flatMap((event) => (event.type === 'stall.found' ? [event] : []));
}

const cycle =
  (...acts: readonly Act[]): Script =>
  (step) =>
    acts[step % acts.length] ?? null;
const failing = (line = 41, ms = 12): string =>
  `FAIL test/upload.test.ts:${String(line)}:3\n  expected 3, received 4\n 1 of 7 failed in ${String(ms)} ms`;

/** Each with the requests at which it has to be over. */
const stalls: readonly (readonly [title: string, kind: string, requests: number, Script])[] = [
  ['the same command again and again', 'same_call', 8, cycle(run('git status', 0, 'clean'))],
  ['one search, then another, and again', 'same_call', 15, cycle(search('a', 'x:1'), search('b', 'y:2'))],
  ['a command in the background that prints nothing more', 'same_call', 36, cycle(poll('[bg1 still runs]'))],
  [
    'the same test fails the same way after each edit, in other lines and other times',
    'same_failure',
    14,
    (step) =>
      step % 2 === 0
        ? edit('src/upload.ts', `v${String(step)}`, `v${String(step + 2)}`)
        : run('npm test', 1, failing(40 + step, 10 * step)),
  ],
  [
    'an edit, a look at the file and a test that fails as before',
    'same_failure',
    22,
    (step) =>
      [
        edit('src/upload.ts', `v${String(step)}`, `v${String(step + 3)}`),
        read('src/upload.ts', 1, 50, `v${String(step)}`),
        run('npm test', 1, failing()),
      ][step % 3] ?? null,
  ],
  ['one edit and its undoing', 'ping_pong', 10, cycle(edit('a.ts', 'A', 'B'), edit('a.ts', 'B', 'A'))],
  [
    'three states of a file in a circle',
    'ping_pong',
    12,
    cycle(edit('a.ts', 'A', 'B'), edit('a.ts', 'B', 'C'), edit('a.ts', 'C', 'A')),
  ],
  [
    'parts of files that were read before',
    'old_reads',
    20,
    (step) => (step < 2 ? read(`${String(step)}.ts`, 1, 200) : read(`${String(step % 2)}.ts`, 1 + (step % 90), 20)),
  ],
  [
    'the same error with other words each time',
    'same_error',
    9,
    (step) => failed('edit_file', { path: 'a.ts', edits: step }, `old_text was not found: try ${String(step)}`),
  ],
  [
    'edits of one file, nothing run, and a plan that stands still',
    'plan',
    42,
    (step) => (step === 0 ? plan('doing', 'todo') : edit('a.ts', `v${String(step)}`, `v${String(step + 1)}`)),
  ],
];

describe('ten runs in circles are broken: the model is told first, in words that name what repeats', () => {
  test.each(stalls)('%s', async (_title, kind, bound, script) => {
    const { end, requests, told, prompts } = await play((step) => (step < 100 ? script(step) : null));
    expect(told.map((one) => [one.kind, one.then])).toEqual([
      [kind, 'tells'],
      [kind, 'ends'],
    ]);
    const [first] = told;
    expect(end).toMatchObject({
      kind: 'partial',
      why: 'stalled',
      message: expect.stringContaining('It was') as string,
    });
    expect(requests).toBeLessThanOrEqual(bound);
    const said = prompts.flatMap(({ messages }): readonly (ReplyBlock | TextBlock | ToolResultBlock)[] => [
      ...(messages.at(-1)?.content ?? []),
    ]);
    const tellings = said.filter((block) => block.type === 'text' && block.text.startsWith('<no_progress>'));
    expect(tellings).toHaveLength(1);
    expect(JSON.stringify(tellings[0])).toContain(JSON.stringify(first?.what).slice(1, -1).split('times')[0]);
  });
});

/** Sixty steps and more that get on, each in its own way. */
const healthy: readonly (readonly [title: string, Script])[] = [
  ['sixty different files are read', (step) => (step < 60 ? read(`${String(step)}.ts`) : null)],
  ['one long file is read piece by piece', (step) => (step < 60 ? read('long.ts', 1 + 50 * step) : null)],
  [
    'reads and edits of one file after the other, the plan untouched',
    (step) =>
      step >= 60
        ? null
        : step === 0
          ? plan('doing', 'todo', 'todo')
          : step % 2 === 1
            ? read(`${String(step)}.ts`)
            : edit(`${String(step - 1)}.ts`, `a${String(step)}`, `b${String(step)}`),
  ],
  [
    'red, green, red, green, with one test after the other',
    (step) =>
      step >= 80
        ? null
        : ([
            edit('test/a.ts', `t${String(step)}`, `t${String(step + 4)}`),
            run('npm test', 1, `FAIL case ${String(step)}\n expected ${String(step)}, received 0`),
            edit('src/a.ts', `s${String(step)}`, `s${String(step + 4)}`),
            run('npm test', 0, 'all passed'),
          ][step % 4] ?? null),
  ],
  [
    'a test that fails less and less',
    (step) =>
      step >= 60
        ? null
        : step % 2 === 0
          ? edit('src/a.ts', `s${String(step)}`, `s${String(step + 2)}`)
          : run('npm test', 1, `${String(60 - step)} of 70 failed`),
  ],
  [
    'a build in the background that prints more each time',
    (step) => (step < 60 ? poll(`compiled ${String(step)} of 90 files\n[bg1 still runs]`) : null),
  ],
  [
    'a build in the background that is silent for eleven minutes',
    (step) => (step < 11 ? poll('[bg1 still runs]') : step < 60 ? read(`${String(step)}.ts`) : null),
  ],
  [
    'a test is proved by breaking the code and mending it again, once for each of many files',
    (step) => {
      const at = Math.floor(step / 4);
      return step >= 60
        ? null
        : ([
            edit(`${String(at)}.ts`, 'good', `bad${String(at)}`),
            run(`npx vitest ${String(at)}`, 1, `FAIL ${String(at)}`),
            edit(`${String(at)}.ts`, `bad${String(at)}`, 'good'),
            run(`npx vitest ${String(at)}`, 0, 'passed'),
          ][step % 4] ?? null);
    },
  ],
  [
    'a wrong name here and there, and the right one after it',
    (step) =>
      step >= 60
        ? null
        : step % 3 === 0
          ? failed('read_file', { path: `no${String(step)}.ts` }, `no${String(step)}.ts does not exist`)
          : read(`${String(step)}.ts`),
  ],
  [
    'the state of the repository is looked at after each edit, and the file read again',
    (step) =>
      step >= 60
        ? null
        : ([
            edit('a.ts', `v${String(step)}`, `v${String(step + 3)}`),
            run('git status --short', 0, ' M a.ts'),
            read('a.ts', 1, 50, `v${String(step + 2)}`),
          ][step % 3] ?? null),
  ],
];

test.each(healthy)('no false alarm: %s', async (_title, script) => {
  const { end, told } = await play(script);
  expect(told).toEqual([]);
  expect(end).toMatchObject({ kind: 'done' });
});

test('where a person is, it is paused with what shows it; a hint lets it go on, and is read by the model', async () => {
  const { session, end, told } = await play(
    (step) => (step < 7 ? run('git status', 0, 'clean\nnothing to do') : null),
    true,
  );
  expect(end).toEqual({ kind: 'held' });
  expect(told.at(-1)).toMatchObject({
    kind: 'same_call',
    what: '`git status` gave the same result 7 times, with no edit in between.',
    evidence: 'clean\nnothing to do',
    since: 1,
    then: 'pauses',
  });
  expect(session.state).toMatchObject({ paused: true, stall: { holds: { kind: 'same_call' } } });
  await session.send('Look at src/b.ts.', [], true);
  expect(await session.resume()).toMatchObject({ kind: 'done' });
  expect(session.state.stall.holds).toBeNull();
});

test('stopped with a report there, the turn says why', async () => {
  const { session } = await play(cycle(run('git status', 0, 'clean')), true);
  await session.conclude();
  expect(session.state.outcome).toMatchObject({
    kind: 'partial',
    why: 'stalled',
    message: 'It was going in circles. `git status` gave the same result 7 times, with no edit in between.',
  });
});

test('who has changed its way after it was told is left alone, and told anew of a new circle', async () => {
  const { end, told } = await play((step) =>
    step < 5 || (step >= 20 && step < 25)
      ? run('git status', 0, 'clean')
      : step < 30
        ? edit('a.ts', `v${String(step)}`, `v${String(step + 1)}`)
        : null,
  );
  expect(told.map(({ then, since }) => [then, since])).toEqual([['tells', 1], ['tells', 21]]); // prettier-ignore
  expect(end).toMatchObject({ kind: 'done' });
});
