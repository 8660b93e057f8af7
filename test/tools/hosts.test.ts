import { expect, test } from 'vitest';
import type { Shell, ShellCommand } from '../../src/core/ports.ts';
import { noStanding } from '../../src/core/tool.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { Commands } from '../../src/tools/commands.ts';
import { prepareCall, runCall } from '../../src/tools/run.ts';
import { memoryFiles } from '../support/memoryFiles.ts';

test('the places that a command may reach are judged with it, and go to the shell; what is no place is refused', async () => {
  const ran: ShellCommand[] = [];
  const end = { exitCode: 0, signal: null, timedOut: false, output: '', outputBytes: 0, outputLines: 0, ms: 1, held: 'bubblewrap' } as const; // prettier-ignore
  const shell: Shell = {
    name: 'bash',
    run: (command) => {
      ran.push(command);
      return Promise.resolve(end);
    },
  };
  const commands = new Commands({ shell, clock: { now: () => 0 } });
  const search = { text: () => Promise.reject(new Error('no search here')) };
  const tools = createTools({ files: memoryFiles({}), search, shell, commands });
  const prepare = (hosts: readonly string[]) =>
    prepareCall(tools, 'run_command', { command: 'npm ci', hosts: [...hosts] }, noStanding);
  const call = prepare(['Registry.Example.com:443']);
  if (!call.ok) throw new Error(call.result.text);
  expect(call.tool.resources(call.input)).toEqual([
    { effect: 'execute', target: 'npm ci' },
    { effect: 'network', target: 'registry.example.com:443' },
  ]);
  const io = { session: 's', call: 'c', proposed: null, accepted: null, signal: new AbortController().signal };
  await runCall(call.tool, call.input, { ...io, onOutput: () => undefined });
  expect(ran.map(({ line, hosts }) => ({ line, hosts }))).toEqual([
    { line: 'npm ci', hosts: [{ host: 'registry.example.com', port: 443 }] },
  ]);
  expect(prepare(['127.0.0.1:80'])).toMatchObject({
    ok: false,
    result: {
      text: '"127.0.0.1:80" is no place to reach. Name a host and its port, such as registry.example.com:443; numeric addresses and wild cards are not possible.',
    },
  });
});
