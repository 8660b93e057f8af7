import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { atProgram, denial } from '../../src/cli/person.ts';
import type { Control } from '../../src/cli/control.ts';
import type { Approval } from '../../src/core/ports.ts';
import type { LiveSession } from '../../src/session/sessions.ts';
import { noNews } from '../support/fakeAgent.ts';

const approval: Approval = {
  session: 's',
  call: 'c1',
  tool: 'run_command',
  question: { kind: 'command', line: 'npm test', cwd: '.', timeoutMs: 1000, why: 'It runs a command.' },
  resolved: [],
};

function open(whenAlone: 'suspend' | 'deny') {
  const streams = { input: new PassThrough(), output: new PassThrough() };
  const person = atProgram(streams, whenAlone);
  const heard: (Control | 'gone' | 'waits')[] = [];
  const gone = new Promise<void>((resolve) => {
    person.listen({} as LiveSession, {
      control: (control) => heard.push(control),
      gone: () => {
        heard.push('gone');
        resolve();
      },
      waits: () => heard.push('waits'),
    });
  });
  const said = (): unknown[] =>
    String(streams.output.read() ?? '')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
  return { ...streams, person, heard, gone, said };
}
const { signal } = new AbortController();

test('a question is told with its token, and answered with it once', async () => {
  const { person, said } = open('suspend');
  const decision = person.approver.ask(approval, noNews, signal);
  const [ask] = said() as { token: string }[];
  expect(ask).toEqual({ type: 'ask', session: 's', call: 'c1', token: expect.any(String) as string });
  expect(person.asks?.answer('c1', 'another', { action: 'allow' })).toBe(false);
  expect(person.asks?.answer('c1', ask?.token ?? '', { action: 'allow' })).toBe(true);
  expect(await decision).toEqual({ action: 'allow', by: { kind: 'user' } });
  expect(person.asks?.answer('c1', ask?.token ?? '', { action: 'allow' })).toBe(false);
  person.close();
});

test('what cannot be read is answered by an error, and the rest is heard', async () => {
  const { person, input, heard, gone, said } = open('suspend');
  input.end('nonsense\n\n{"type":"pause"}\n');
  await gone;
  expect(heard).toEqual([{ type: 'pause' }, 'gone']);
  expect(said()).toMatchObject([{ type: 'error', line: 'nonsense' }]);
  person.close();
});

test('after the end of the input a question waits, and the session is told that it does', async () => {
  const { person, input, heard, gone } = open('suspend');
  const stop = new AbortController();
  const waiting = person.approver.ask(approval, noNews, stop.signal);
  input.end();
  await gone;
  const later = person.approver.ask(approval, noNews, stop.signal);
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['gone', 'waits', 'waits']);
  stop.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
  await expect(later).rejects.toThrow('closed');
});

test('or is denied, where the run was told so', async () => {
  const { person, input, heard, gone } = open('deny');
  const waiting = person.approver.ask(approval, noNews, signal);
  input.end();
  await gone;
  expect(await waiting).toMatchObject({ action: 'deny', by: { kind: 'nobody' } });
  expect(await person.approver.ask(approval, noNews, signal)).toMatchObject({ action: 'deny' });
  expect(heard).toEqual(['gone']);
});

test('without a person it is told which rule would have allowed it, as one word of a shell', async () => {
  const told = async (question: Approval['question']): Promise<string> => {
    const decision = await denial.ask({ ...approval, question }, noNews, signal);
    return decision.action === 'deny' ? (/--allow.*/.exec(decision.reason)?.[0] ?? '') : '';
  };
  const command = { kind: 'command', line: "echo 'a'", cwd: '.', timeoutMs: null, why: '' } as const;
  expect(await told(command)).toBe(`--allow 'shell(exact: echo '\\''a'\\'')'.`);
  const always = [{ rule: 'net(a.dev:443)', also: [] }];
  expect(await told({ ...command, always })).toBe("--allow 'net(a.dev:443)'.");
});
