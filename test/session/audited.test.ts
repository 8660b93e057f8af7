import { describe, expect, it } from 'vitest';
import type { Audit, AuditEntry } from '../../src/core/ports.ts';
import type { Tool } from '../../src/core/tool.ts';
import { redactor } from '../../src/sandbox/redact.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { environment } from '../support/events.ts';
import { command, edit, fakeAgent, fakeApprover, look } from '../support/fakeAgent.ts';
import { call, calls, fakeModel, text } from '../support/fakeModel.ts';
import { start } from '../support/lives.ts';

const yes = { action: 'allow', by: { kind: 'user' } } as const;
const no = { action: 'deny', by: { kind: 'user' }, reason: 'not now' } as const;

function memoryAudit(fault: Error | null = null): Audit & { readonly entries: AuditEntry[] } {
  const entries: AuditEntry[] = [];
  return {
    entries,
    write(_session, more) {
      if (fault) return Promise.reject(fault);
      entries.push(...more);
      return Promise.resolve();
    },
    sessions: () => Promise.resolve([]),
    read: (session) => Promise.resolve({ session, entries, broken: null, isTorn: false }),
  };
}

describe('what the audit holds of a session', () => {
  it('is a line before and after each effect and one for each denial, none for looking, and no secret', async () => {
    const audit = memoryAudit();
    const model = fakeModel(
      calls(
        call('look', { target: 'a' }, 'c1'),
        call('run_command', { command: 'API_KEY=EXAMPLE-k1 make' }, 'c2'),
        call('run_command', { command: 'make clean' }, 'c3'),
        call('edit', { target: 'a.ts' }, 'c4'),
      ),
      text('done'),
    );
    const approver = fakeApprover(yes, no, yes);
    const redacts = redactor(() => []);
    const session = await start(fakeAgent(model, [look, command, edit], { audit, approver, redactor: redacts }));
    await session.run('go');
    expect(audit.entries.map(({ phase, call: id, input, status, exitCode }) => [phase, id, input, status, exitCode])).toEqual([
      ['before', 'c2', '{"command":"API_KEY=[redacted: key] make"}', null, null],
      ['after', 'c2', '{"command":"API_KEY=[redacted: key] make"}', 'ok', 0],
      ['denied', 'c3', '{"command":"make clean"}', 'denied', null],
      ['before', 'c4', '{"target":"a.ts"}', null, null],
      ['after', 'c4', '{"target":"a.ts"}', 'ok', null],
    ]);
    expect(audit.entries[0]).toMatchObject({
      session: session.id,
      turn: 1,
      step: 1,
      tool: 'run_command',
      effect: 'execute',
      tier: 'write',
      by: { kind: 'user' },
      sandbox: null,
      files: [],
    });
    expect(audit.entries[1]).toMatchObject({ tier: 'write', sandbox: 'none' });
  });

  it('tells the tier of a line that was not asked about, and the rule that allowed it', async () => {
    const audit = memoryAudit();
    const model = fakeModel(calls(call('run_command', { command: 'make all' }, 'c1')), text('done'));
    const rule = { action: 'allow', tool: 'shell', match: { kind: 'exact', value: 'make all' }, source: 'user' } as const;
    const sessions = new Sessions(fakeAgent(model, [command], { audit }));
    const session = await sessions.create({ environment, mode: 'ask', model: 'm', rules: [rule] });
    await session.run('go');
    const by = { kind: 'rule', rule: 'shell(exact: make all)' };
    expect(audit.entries).toMatchObject([
      { phase: 'before', tier: 'write', by },
      { phase: 'after', tier: 'write', by },
    ]);
  });

  it('tells what held a command', async () => {
    const audit = memoryAudit();
    const held: Tool = {
      ...command,
      run: () =>
        Promise.resolve({
          status: 'ok',
          text: '',
          detail: { kind: 'command', exitCode: 0, timedOut: false, outputBytes: 0, outputLines: 0, held: 'bubblewrap' },
        }),
    };
    const model = fakeModel(calls(call('run_command', { command: 'make' }, 'c1')), text('done'));
    const session = await start(fakeAgent(model, [held], { audit, approver: fakeApprover(yes) }));
    await session.run('go');
    expect(audit.entries.map(({ sandbox }) => sandbox)).toEqual([null, 'bubblewrap']);
  });

  it('stops effects when it cannot be written', async () => {
    const audit = memoryAudit(new Error('no space'));
    let ran = 0;
    const counting = { ...command, run: () => Promise.reject(new Error(String(ran++))) };
    const model = fakeModel(calls(call('run_command', { command: 'make' }, 'c1')), text('done'));
    const session = await start(fakeAgent(model, [counting], { audit, approver: fakeApprover(yes) }));
    await expect(session.run('go')).rejects.toThrow('no space');
    expect(ran).toBe(0);
  });
}); // prettier-ignore
