import { describe, expect, it } from 'vitest';
import { auditText } from '../../src/audit/auditText.ts';
import type { Hook, Hooks } from '../../src/core/hooks.ts';
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

  it('tells the end of a command in the background, once, whoever saw it', async () => {
    const detail = { kind: 'command', timedOut: false, outputBytes: 0, outputLines: 0 } as const;
    const starts: Tool = {
      ...command,
      run: (_, { call: of }) => {
        const id = of === 'c1' ? 'bg1' : 'bg2';
        const background = { id, isRunning: true };
        return Promise.resolve({ status: 'ok', text: '', detail: { ...detail, exitCode: null, background } });
      },
    };
    const looks: Tool = {
      ...look,
      run: () =>
        Promise.resolve({
          status: 'ok',
          text: '',
          detail: { ...detail, exitCode: 3, held: 'bubblewrap', background: { id: 'bg1', isRunning: false } },
        }),
    };
    const audit = memoryAudit();
    const model = fakeModel(
      calls(call('run_command', { command: 'make' }, 'c1'), call('run_command', { command: 'make all' }, 'c2')),
      calls(call('look', { target: 'a' }, 'c3')),
      text('done'),
    );
    const session = await start(fakeAgent(model, [starts, looks], { audit, approver: fakeApprover(yes, yes) }));
    await session.run('go');
    const ended = { type: 'command.ended', call: 'c2', id: 'bg2', line: 'make all', exitCode: null, held: 'none' } as const;
    await session.note({ ...ended, how: 'stopped' });
    await session.note({ ...ended, how: 'gone' });
    const lines = audit.entries.filter(({ phase }) => phase !== 'before');
    expect(lines.map(({ phase, call: id, background, exitCode, sandbox, how }) => [phase, id, background, exitCode, sandbox, how])).toEqual([
      ['after', 'c1', 'bg1', null, null, undefined],
      ['after', 'c2', 'bg2', null, null, undefined],
      ['ended', 'c1', 'bg1', 3, 'bubblewrap', undefined],
      ['ended', 'c2', 'bg2', null, 'none', 'stopped'],
    ]);
    const report = { session: 's', entries: audit.entries, broken: null, isTorn: false };
    const told = auditText(report).split('\n').filter((line) => /turn/.test(line)).map((line) => line.replace(/.*step \d+ {2}/, ''));
    expect(told).toEqual([
      'goes on in the background as bg1',
      'goes on in the background as bg2',
      'bg1 ended, exit 3',
      'bg2 was stopped',
    ]);
  });

  it('tells what held a hook and what it left, and the line that a hook put in place of another', async () => {
    const audit = memoryAudit();
    const hook: Hook = { command: './h', file: '/u.json', hash: 'h', timeoutMs: 1, consent: 'given' };
    const said = { command: './h', says: 'nothing', reason: '', context: '', failed: false, input: { command: 'rm -rf out' } } as const;
    const hooks: Hooks = {
      wanted: ({ event }) => Promise.resolve(event === 'PreToolUse' ? [hook] : []),
      run: () => Promise.resolve([{ ...said, ran: { exitCode: 0, held: 'bubblewrap', left: ['.envrc was moved away'] } }]),
    };
    const model = fakeModel(calls(call('run_command', { command: 'make' }, 'c1')), text('done'));
    const session = await start(fakeAgent(model, [command], { audit, hooks, approver: fakeApprover(yes) }));
    await session.run('go');
    expect(audit.entries).toMatchObject([
      { phase: 'before', tool: 'hook PreToolUse' },
      { phase: 'after', tool: 'hook PreToolUse', status: 'ok', exitCode: 0, sandbox: 'bubblewrap', left: ['.envrc was moved away'] },
      { phase: 'before', tool: 'run_command', input: '{"command":"rm -rf out"}', tier: 'dangerous' },
      { phase: 'after', tool: 'run_command', input: '{"command":"rm -rf out"}', tier: 'dangerous', exitCode: 0 },
    ]);
    // Its end is not taken for that of the call, nor the other way round.
    const cut = { session: 's', entries: audit.entries.slice(0, 3), broken: null, isTorn: false };
    expect(auditText(cut)).toContain('started, its end is not here');
    expect(auditText(cut)).toContain('      left: .envrc was moved away');
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
