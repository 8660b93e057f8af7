/** Commands that go on in the background, with the tools that the model has for them, on the real shell. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { noStanding, type ToolResult } from '../../src/core/tool.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { Commands } from '../../src/tools/commands.ts';
import { isQuestion } from '../../src/tools/liveCommand.ts';
import { prepareCall, runCall } from '../../src/tools/run.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { tempFolder } from '../support/tempFolder.ts';

const clock = { now: () => Date.now() };
const noSearch = { text: () => Promise.reject(new Error('no search here')) };

/** The tools in a folder of their own; what still runs is ended with the test. */
async function terminal(
  texts: Readonly<Record<string, string>> = {},
  { startMs = 400, quietMs = 60 }: { readonly startMs?: number; readonly quietMs?: number } = {},
) {
  const folder = await tempFolder(texts);
  const shell = systemShell();
  const commands = new Commands({ shell, clock, times: { promptQuietMs: quietMs, backgroundStartMs: startMs } });
  onTestFinished(async () => {
    await commands.endAll('s');
  });
  const tools = createTools({ files: nodeFiles([folder]), search: noSearch, shell, commands });
  let calls = 0;
  const call = async (name: string, input: Json, signal = new AbortController().signal): Promise<ToolResult> => {
    const standing = { ...noStanding, commands: new Map([['bg1', { line: 'started', outside: false }]]) };
    const prepared = prepareCall(tools, name, input, standing);
    if (!prepared.ok) return prepared.result;
    const io = { session: 's', call: `c${String(++calls)}`, proposed: null, accepted: null, signal };
    return runCall(prepared.tool, prepared.input, { ...io, onOutput: () => undefined });
  };
  const text = async (name: string, input: Json): Promise<string> => (await call(name, input)).text;
  return { folder, commands, tools, call, text };
}

describe.skipIf(process.platform === 'win32')('a command in the background', () => {
  test('outlives its wait, is read as it goes on, and tells its end', async () => {
    const { call, text, commands } = await terminal();
    const started = await call('run_command', {
      command: 'echo one; until [ -e go ]; do sleep 0.02; done; echo two; exit 3',
      wait_s: 1,
    });
    expect(started).toMatchObject({
      status: 'ok',
      text: 'one\n[bg1 goes on in the background: read_output shows more, stop_command ends it]',
      detail: { exitCode: null, background: { id: 'bg1', isRunning: true } },
    });
    expect(await text('read_output', { id: 'bg1' })).toBe('[no output, bg1 still runs]');
    await text('run_command', { command: 'touch go' });
    expect(await call('read_output', { id: 'bg1', wait_s: 60 })).toMatchObject({
      text: expect.stringMatching(/^two\n\[bg1 has ended after .*: exit code 3\]$/) as unknown,
      detail: { exitCode: 3, background: { id: 'bg1', isRunning: false } },
    });
    expect(await text('read_output', { id: 'bg1', offset: 0 })).toMatch(
      /^one\ntwo\n\[bg1 has ended .*, characters 0 to 8\]$/,
    );
    expect(await commands.news('s', new Map())).toEqual([]); // it was told by the call
  });

  test('is there at once with background, and told at once where it fails', async () => {
    const short = await terminal();
    expect(await short.text('run_command', { command: 'sleep 600', background: true })).toMatch(/^\[no output, bg1 goes on/); // prettier-ignore
    const long = await terminal({}, { startMs: 60_000 });
    expect(await long.text('run_command', { command: 'echo no; exit 2', background: true })).toBe('no\n[exit code 2]');
  });

  test('goes on when it is ready', async () => {
    const { text } = await terminal();
    const command = 'echo starting; sleep 0.1; echo "Listening on 8080"; sleep 600';
    expect(await text('run_command', { command, ready: 'compiled|listening ON' })).toBe(
      'starting\nListening on 8080\n[bg1 is ready and goes on in the background]',
    );
    expect(await text('stop_command', { id: 'bg1' })).toMatch(
      /^\[no output, bg1 has ended after .*: it was stopped\]$/,
    );
  });

  test('is waited for until it prints a text', async () => {
    const { text } = await terminal();
    await text('run_command', {
      command: 'for i in 1 2 3 4 5; do echo $i; sleep 0.2; done; sleep 600',
      background: true,
    });
    expect(await text('read_output', { id: 'bg1', until: '4' })).toMatch(/4\n\[bg1 still runs\]$/);
  });

  test('asks, is answered and ends', async () => {
    const { text } = await terminal({}, { startMs: 60_000, quietMs: 800 });
    const command = 'printf "Name: "; read name; echo "Hello $name"; cat; echo over';
    expect(await text('run_command', { command, background: true })).toBe(
      'Name:\n[bg1 seems to wait for input: answer with send_input or end it with stop_command]',
    );
    expect(await text('send_input', { id: 'bg1', text: 'Ada' })).toMatch(/^Name: Hello Ada\n\[bg1 still runs\]$/);
    expect(await text('send_input', { id: 'bg1', text: 'last', end: true })).toMatch(
      /^last\nover\n\[bg1 has ended .*exit code 0\]$/,
    );
  });

  test('is ended with all that it started, also what does not listen', async () => {
    const { text, commands } = await terminal();
    await text('run_command', {
      command: `trap '' TERM; (trap '' TERM; sleep 64.7) & wait; sleep 64.7`,
      background: true,
    });
    expect(await commands.endAll('s')).toHaveLength(1);
    expect(await text('run_command', { command: 'pgrep -f "^sleep 64[.]7$" || echo none' })).toBe(
      'none\n[exit code 0]',
    );
  });

  test('is known by its session only, and its end is told once where no call has told it', async () => {
    const { text, commands } = await terminal();
    const live = commands.list.bind(commands);
    await text('run_command', { command: 'until [ -e go ]; do sleep 0.02; done; exit 4', wait_s: 1 });
    expect(() => commands.find('other', 'bg1')).toThrow('There is no command bg1 here.');
    expect(live()).toMatchObject([{ id: 'bg1', state: 'runs', exitCode: null }]);
    await text('run_command', { command: 'touch go' });
    await commands.find('s', 'bg1').ended;
    const news = await commands.news('s', new Map());
    expect(news).toMatchObject([{ id: 'bg1', how: 'itself', exitCode: 4 }]);
    expect(await commands.news('s', new Map())).toEqual([]);
    expect(live()).toMatchObject([{ id: 'bg1', state: 'ended', exitCode: 4 }]);
  });

  test('that an earlier process ran is told as gone, and its number is not used again', async () => {
    const { text, commands } = await terminal();
    const known = { call: 'c0', line: 'npm run dev', outside: false, isRunning: true, seq: 3 };
    expect(await commands.news('s', new Map([['bg4', known]]))).toEqual([
      { call: 'c0', id: 'bg4', line: 'npm run dev', how: 'gone', exitCode: null },
    ]);
    expect(await text('run_command', { command: 'sleep 600', background: true })).toMatch(/bg5/);
  });

  test('that the user stops while it is waited for ends; one that is only read goes on until all are ended', async () => {
    const { call, text, commands } = await terminal();
    const stop = new AbortController();
    const waiting = call('run_command', { command: 'echo begun; sleep 600' }, stop.signal);
    const stopSoon = setInterval(() => stop.abort(), 200);
    expect((await waiting).status).toBe('interrupted');
    clearInterval(stopSoon);
    await text('run_command', { command: 'sleep 600', background: true });
    expect(commands.isRunning('s')).toBe(true);
    expect(await commands.endAll('s')).toEqual(['sleep 600']);
    expect(commands.isRunning('s')).toBe(false);
  });

  test('what is typed is judged with the line that it is typed into', async () => {
    const { tools } = await terminal();
    const standing = { ...noStanding, commands: new Map([['bg1', { line: 'python3\n -i', outside: true }]]) };
    const prepared = prepareCall(tools, 'send_input', { id: 'bg1', text: 'ls' }, standing);
    expect(prepared.ok && prepared.tool.resources(prepared.input)).toEqual([
      { effect: 'execute', target: 'send_input bg1 # python3 -i\nls\n', outside: true },
    ]);
    const unknown = prepareCall(tools, 'send_input', { id: 'bg2', text: 'ls' }, standing);
    expect(!unknown.ok && unknown.result).toMatchObject({ code: 'not_found' });
  });
});

describe.skipIf(process.platform === 'win32')('the folder of the next line', () => {
  test('is the one that the last ended in, as far as the workspace reaches', async () => {
    const { call, folder } = await terminal({ 'a/b/x': '' });
    const cwd = async (input: Json) => {
      const result = await call('run_command', input);
      return result.status === 'ok' && result.detail?.kind === 'command' ? [result.detail.cwd, result.text] : result;
    };
    expect(await cwd({ command: 'cd a/b' })).toEqual(['a/b', '[no output, exit code 0; the next line begins in a/b]']);
    expect(await cwd({ command: 'cd a && exit 3' })).toEqual([
      'a',
      '[no output, exit code 3; the next line begins in a]',
    ]);
    expect(await cwd({ command: 'cd a && cd ..' })).toEqual([undefined, '[no output, exit code 0]']);
    expect(await cwd({ command: '(cd a)' })).toEqual([undefined, '[no output, exit code 0]']);
    expect(await cwd({ command: 'cd b', cwd: 'a' })).toEqual([undefined, '[no output, exit code 0]']);
    expect(await cwd({ command: 'cd /' })).toEqual([
      '.',
      '[no output, exit code 0; it ended in /, outside the workspace: the next line begins in the workspace again]',
    ]);
    expect(folder).not.toBe('/');
  });
});

test.each([
  ['Password: ', true],
  ["Enter passphrase for key '/x/id': ", true],
  ['Proceed? [y/N] ', true],
  ['Are you sure (yes/no/[fingerprint])? ', true],
  ['package name: (app) ', true],
  ['? Which framework ›', false],
  ['>>> ', true],
  ['sh-5.2$ ', true],
  ['(END)', true],
  ['--More--', true],
  ['Press any key to continue . . . ', true],
  ['compiling 34 %', false],
  ['building', false],
  ['', false],
])('%j is a question: %j', (tail, is) => {
  expect(isQuestion(tail)).toBe(is);
});
