import { expect, it } from 'vitest';
import type { Rule } from '../../src/core/permission.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment } from '../support/events.ts';
import { command, edit, fakeAgent, look, plan } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';

const rule = (tool: Rule['tool'], value: string): Rule => ({
  action: 'allow',
  tool,
  match: { kind: 'exact', value },
  source: 'user',
});

it('in a folder that is not trusted only looks are done, whatever mode and rules allow, and nobody is asked', async () => {
  const model = fakeModel(
    calls(
      call('look', { target: 'a' }, 'c1'),
      call('edit', { target: 'a.ts' }, 'c2'),
      call('run_command', { command: 'make' }, 'c3'),
      call('run_command', { command: 'ls' }, 'c4'),
    ),
    text('done'),
  );
  const agent = fakeAgent(model, [look, edit, command, plan], { trusted: () => false });
  const rules = [rule('shell', 'make'), rule('shell', 'ls'), rule('write', 'a.ts')];
  const session = await new Sessions(agent).create({ environment, mode: 'edit', model: 'm', rules });
  await session.run('go');
  const results = session.events.flatMap((event) =>
    event.type === 'tool.finished' ? [[event.call, event.result.status, event.result.text.slice(0, 33)]] : [],
  );
  expect(results).toEqual([
    ['c1', 'ok', 'saw a'],
    ['c2', 'denied', 'The user has not trusted this fol'],
    ['c3', 'denied', 'The user has not trusted this fol'],
    ['c4', 'denied', 'The user has not trusted this fol'],
  ]);
});
