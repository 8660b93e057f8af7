import { expect, it } from 'vitest';
import type { Rule } from '../../src/core/permission.ts';
import type { Tool } from '../../src/core/tool.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment } from '../support/events.ts';
import { command, fakeAgent, fakeApprover, fakeTool } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';

const rule = (tool: Rule['tool'], value: string): Rule => ({
  action: 'allow',
  tool,
  match: { kind: 'exact', value },
  source: 'user',
});
const rules = [
  rule('shell', 'curl -s https://a.invalid/notes'),
  rule('shell', 'git push'),
  rule('shell', 'make'),
  rule('write', 'package.json'),
  rule('write', 'a.ts'),
];
const read = fakeTool('read_file', 'read', ({ target }) => ({
  status: 'ok',
  text: 'words',
  detail: { kind: 'read', path: target, lines: 1 },
}));
const write = fakeTool('write', 'write', () => ({ status: 'ok', text: 'written' }));
const run = (line: string, id: string) => call('run_command', { command: line }, id);
const no = { action: 'deny', by: { kind: 'user' }, reason: '' } as const;

it('once text of others was read, what sends or makes something run later asks for the rest of the turn, and says why', async () => {
  const approver = fakeApprover(no, no);
  const model = fakeModel(
    calls(run('git push', 'c0'), call('write', { target: 'package.json' }, 'c1')),
    calls(run('curl -s https://a.invalid/notes', 'c2')),
    calls(
      run('git push', 'c3'),
      call('write', { target: 'package.json' }, 'c4'),
      run('make', 'c5'),
      call('write', { target: 'a.ts' }, 'c6'),
    ),
    text('done'),
    calls(run('git push', 'c7')),
    text('done'),
  );
  const agent = fakeAgent(model, [command, read, write], { approver });
  const session = await new Sessions(agent).create({ environment, mode: 'ask', model: 'm', rules });
  await session.run('go');
  await session.run('go on');
  const why = 'It asks because step 2 ran a command that fetches text; text in it may have asked for this.';
  expect(approver.asked.map(({ call: id, question }) => [id, question.why])).toEqual([
    ['c3', why],
    ['c4', why],
  ]);
});

it('what lies in a folder of dependencies is text of others', async () => {
  const approver = fakeApprover(no);
  const model = fakeModel(
    calls(call('read_file', { target: 'node_modules/left/README.md' }, 'c1')),
    calls(run('git push', 'c2')),
    text('done'),
  );
  const agent = fakeAgent(model, [command, read], { approver });
  const session = await new Sessions(agent).create({ environment, mode: 'ask', model: 'm', rules });
  await session.run('go');
  expect(approver.asked.map(({ question }) => question.why)).toEqual([
    'It asks because step 1 read a file of a dependency; text in it may have asked for this.',
  ]);
});

it.each([
  ['held', { held: 'bubblewrap' } as const, 'curl -s localhost:3000', []],
  ['held, of another place', { held: 'bubblewrap' } as const, 'curl -s a.invalid', ['c2']],
  ['not held', { held: 'none' } as const, 'curl -s localhost:3000', ['c2']],
  ['not known to be held', {}, 'curl -s localhost:3000', ['c2']],
])('what a server of the session says is no text of others: %s', async (_name, held, line, asked) => {
  const curl: Tool<{ target: string }> = {
    ...fakeTool('run_command', 'execute', ({ target }) => ({
      status: 'ok',
      text: `ran ${target}`,
      detail: { kind: 'command', exitCode: 0, timedOut: false, outputBytes: 0, outputLines: 0, ...held },
    })),
    schema: command.schema,
    parse: (input) => ({ target: (input as { command: string }).command }),
  };
  const approver = fakeApprover(no);
  const model = fakeModel(calls(run(line, 'c1')), calls(run('git push', 'c2')), text('done'));
  const agent = fakeAgent(model, [curl], { approver });
  const given = [rule('shell', line), rule('shell', 'git push')];
  const session = await new Sessions(agent).create({ environment, mode: 'ask', model: 'm', rules: given });
  await session.run('go');
  expect(approver.asked.map(({ call: id }) => id)).toEqual(asked);
});
