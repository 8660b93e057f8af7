// Commands that went on in the background, over the life of a session: told, proved by, ended, gone, replayed.
import { expect, test } from 'vitest';
import type { Prompt, Reply } from '../../src/core/model.ts';
import type { CommandEnd, Shell } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { replaySession } from '../../src/session/replay.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { Commands } from '../../src/tools/commands.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { fakeClock } from '../support/events.ts';
import { fakeAgent } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';
import { tempFolder } from '../support/tempFolder.ts';

const ended: CommandEnd = {
  exitCode: 0,
  signal: null,
  timedOut: false,
  output: '',
  outputBytes: 0,
  outputLines: 0,
  ms: 5,
  held: 'none',
};

/** Runs each line until the test ends it, or somebody stops it; at once, and into another folder, where `moves` says so. */
function fakeShell(moves?: (line: string, cwd: string) => string) {
  const running = new Map<string, { print: (text: string) => void; end: (exitCode: number | null) => void }>();
  const shell: Shell = {
    name: 'bash',
    run: ({ line, cwd, onStart }, onOutput, signal) =>
      new Promise((resolve) => {
        if (moves) {
          resolve({ ...ended, cwd: moves(line, cwd) });
          return;
        }
        const end = (exitCode: number | null): void => {
          running.delete(line);
          resolve({ ...ended, exitCode });
        };
        running.set(line, { print: onOutput, end });
        signal.addEventListener('abort', () => end(null));
        onStart?.({ type: () => undefined, endInput: () => undefined, stop: () => end(null) });
        onOutput(`begun ${line}\n`);
      }),
  };
  return { shell, running };
}

async function world(
  replies: readonly Reply[],
  log = memoryLog(fakeClock()),
  moves?: (line: string, cwd: string) => string,
) {
  const { shell, running } = fakeShell(moves);
  const commands = new Commands({ shell, clock: fakeClock(), times: { promptQuietMs: 10, backgroundStartMs: 20 } });
  const files = nodeFiles([await tempFolder()]);
  const search = { text: () => Promise.reject(new Error('no search here')) };
  const tools = createTools({ files, search, shell, commands });
  const model = fakeModel(...replies);
  const yes = { action: 'allow', by: { kind: 'user' } } as const;
  const agent: Agent = fakeAgent(model, tools, { log, files, commands, approver: { ask: async () => yes } });
  const replay = (events: Parameters<typeof replaySession>[0]) => replaySession(events, tools, files, 1000);
  return { agent, commands, running, model, replay };
}

const dev = (id: string): Reply => calls(call('run_command', { command: 'npm test', background: true }, id));
const lastOf = (prompt: Prompt | undefined): string => JSON.stringify(prompt?.messages.at(-1)?.content);

test('its end is told before the next request, counts as a check, and all of it replays', async () => {
  const { agent, commands, running, model, replay } = await world([dev('c1'), text('started'), text('I see')]);
  const session = await start(agent);
  await session.run('go');
  expect(lastOf(model.prompts[1])).toMatch(/begun npm test\\n\[bg1 goes on in the background/);
  expect(session.state.commands.get('bg1')).toMatchObject({ call: 'c1', line: 'npm test', isRunning: true });
  running.get('npm test')?.end(1);
  await commands.find(session.id, 'bg1').ended;
  const end = await session.run('and now?');
  expect(lastOf(model.prompts[2])).toMatch(/<commands>In the background:\\n- bg1, npm test: has ended: exit code 1\./);
  expect(session.state.commands.get('bg1')?.isRunning).toBe(false);
  expect(end).toMatchObject({ kind: 'done', evidence: [{ text: 'npm test: failed with exit code 1' }] });
  const { events } = session;
  expect(await replay(events)).toEqual({ events: events.length, prompts: 3, divergence: null });
  for (let n = 1; n < events.length; n++) expect((await replay(events.slice(0, n))).divergence).toBeNull();
});

test('read_output tells it instead, once', async () => {
  const read = calls(call('read_output', { id: 'bg1', wait_s: 60 }, 'c2'));
  const { agent, running, model, replay } = await world([dev('c1'), read, text('passed')]);
  const session = await start(agent);
  session.onEvents((events) => {
    if (events.some((event) => event.type === 'tool.started' && event.call === 'c2')) running.get('npm test')?.end(0);
  });
  expect(await session.run('go')).toMatchObject({ kind: 'done', evidence: [{ text: 'npm test: passed' }] });
  expect(lastOf(model.prompts[2])).toMatch(/bg1 has ended after .*: exit code 0/);
  expect(session.events.some(({ type }) => type === 'command.ended')).toBe(false);
  expect((await replay(session.events)).divergence).toBeNull();
});

test('a stop ends it, and so does closing the session; the next process tells that it is gone', async () => {
  const log = memoryLog(fakeClock());
  const first = await world([dev('c1'), text('ok'), dev('c2'), text('ok')], log);
  const session = await start(first.agent);
  await session.run('go');
  session.stop();
  await first.commands.find(session.id, 'bg1').ended;
  expect(first.running.size).toBe(0);
  await session.run('again');
  expect(lastOf(first.model.prompts[2])).toMatch(/bg1, npm test: was stopped by the user/);
  expect(first.running.size).toBe(1);
  await session.close();
  expect(first.running.size).toBe(0);

  const second = await world([text('I see')], log);
  const opened = await new Sessions(second.agent).open(session.id);
  await opened.run('still there?');
  expect(lastOf(second.model.prompts[0])).toMatch(/bg2, npm test: was ended together with the process that ran it/);
});

test('the folder of a line is where those of the next reply begin, and are judged from', async () => {
  const cd = calls(call('run_command', { command: 'cd src' }, 'c1'), call('run_command', { command: 'ls' }, 'c2'));
  const ls = calls(call('run_command', { command: 'ls' }, 'c3'));
  const { agent, replay } = await world([cd, ls, text('ok')], undefined, (line, cwd) =>
    line === 'cd src' ? `${cwd}/src` : cwd,
  );
  const session = await start(agent);
  await session.run('go');
  const requested = session.events.flatMap((event) => (event.type === 'tool.requested' ? [event.resources] : []));
  expect(requested.map((resources) => resources?.slice(1))).toEqual([[], [], [{ effect: 'read', target: 'src' }]]);
  expect((await replay(session.events)).divergence).toBeNull();
});
