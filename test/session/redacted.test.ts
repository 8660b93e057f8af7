import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { redactor } from '../../src/sandbox/redact.ts';
import { redacted } from '../../src/session/redacted.ts';
import { Sessions } from '../../src/session/sessions.ts';
import type { Tool } from '../../src/core/tool.ts';
import type { Reply } from '../../src/core/model.ts';
import { fakeAgent, fakeApprover, fakeTool } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';

const key = 'EXAMPLE-known-value-1';
const secrets = redactor(() => [{ name: 'DEPLOY_KEY', value: key }]);

async function turn(said: string, tools: readonly Tool[], ...answers: readonly Reply[]) {
  const model = fakeModel(...answers);
  const approver = fakeApprover({ action: 'allow', by: { kind: 'user' } });
  const session = await start(redacted(fakeAgent(model, tools, { approver }), secrets));
  const live: string[] = [];
  session.onDelta((delta) => {
    if (delta.kind === 'output') live.push(delta.text);
  });
  await session.run(said, [{ kind: 'file', label: '.conf', text: 'DB_PASSWORD=EXAMPLE-hunter2' }]);
  return { model, session, live, log: JSON.stringify(session.events), sent: JSON.stringify(model.prompts) };
}

describe('an agent without secrets', () => {
  it('takes them out of what tools print, return and throw, before log, panel and model', async () => {
    const prints = fakeTool('run_command', 'execute', (_input, io) => {
      io.onOutput(`key ${key.slice(0, 10)}`);
      io.onOutput(`${key.slice(10)}\n`);
      return { status: 'ok', text: `API_KEY=${key} and password: EXAMPLE-hunter2` };
    });
    const throws = fakeTool('look', 'read', () => {
      throw new Error(`cannot open postgres://u:EXAMPLE-pw-1@db/x`);
    });
    const { live, log, sent } = await turn(
      'go',
      [prints, throws],
      calls(call('run_command', { target: 'x' }, 'c1'), call('look', { target: 'y' }, 'c2')),
      text('done'),
    );
    expect(live.join('')).toBe('key [redacted: DEPLOY_KEY]\n');
    for (const secret of [key, 'EXAMPLE-hunter2', 'EXAMPLE-pw-1']) {
      expect(log).not.toContain(secret);
      expect(sent).not.toContain(secret);
    }
    expect(sent).toContain('API_KEY=[redacted: DEPLOY_KEY] and password: [redacted: password]');
  });

  it('takes what is certain out of what a person says, and tells them', async () => {
    const { log, session } = await turn(`deploy with ${key}, the password: EXAMPLE-other1`, [], text('done'));
    const facts = session.events.filter(({ type }) => type === 'warning.raised' || type === 'turn.started');
    const [warned, said] = facts as readonly Fact[];
    expect(warned).toMatchObject({ type: 'warning.raised', code: 'secret_removed' });
    expect(said).toMatchObject({
      text: 'deploy with [redacted: DEPLOY_KEY], the password: EXAMPLE-other1',
      attachments: [{ label: '.conf', text: 'DB_PASSWORD=[redacted: password]' }],
    });
    expect(log).not.toContain(key);
  });

  it('takes them out of a message that waits', async () => {
    const session = await start(redacted(fakeAgent(fakeModel()), secrets));
    await session.send(`use ${key}`, [], false);
    await session.changeMessage(session.state.queue[0]?.message ?? '', { text: `now ${key}` });
    expect(session.state.queue[0]?.text).toBe('now [redacted: DEPLOY_KEY]');
    expect(JSON.stringify(session.events)).not.toContain(key);
  });

  it('sends nothing that an older session has logged as it came', async () => {
    const agent = fakeAgent(fakeModel(text('one')));
    const before = await start(agent);
    await before.run(`the key is ${key}`);
    await before.close();
    const model = fakeModel(text('two'));
    const session = await new Sessions(redacted({ ...agent, model }, secrets)).open(before.id);
    await session.run('and now?');
    expect(JSON.stringify(model.prompts)).not.toContain(key);
    expect(JSON.stringify(model.prompts)).toContain('the key is [redacted: DEPLOY_KEY]');
  });
});
