import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileAudit } from '../../src/audit/fileAudit.ts';
import { auditCommand } from '../../src/cli/audit.ts';
import { ownCli } from './inProcess.ts';

const entry = {
  atMs: 0,
  session: 's1',
  turn: 1,
  step: 2,
  phase: 'after',
  call: 'c1',
  tool: 'run_command',
  input: '{"command":"npm test"}',
  effect: 'execute',
  tier: 'write',
  by: { kind: 'rule', rule: 'shell(exact: npm test)' },
  sandbox: 'none',
  status: 'ok',
  exitCode: 0,
  files: ['a.ts'],
} as const;

test('the audit is listed and checked', async () => {
  const printed = await ownCli();
  const storage = process.env['JOURNEYMAN_HOME'] ?? '';
  await fileAudit(storage).write('s1', [entry]);
  const list = { session: null, verify: false, json: false };
  expect(await auditCommand(list)).toBe(0);
  expect(printed.take()).toBe(
    's1: 1 line as written\n  1970-01-01 00:00:00  turn 1, step 2  ok, exit 0\n      run_command {"command":"npm test"}\n      write, by rule shell(exact: npm test), sandbox none\n      files: a.ts\n',
  );
  expect(await auditCommand({ ...list, json: true })).toBe(0);
  expect(JSON.parse(printed.take())).toEqual(entry);
  expect(await auditCommand({ ...list, verify: true })).toBe(0);
  expect(printed.take()).toBe('s1: 1 line as written\n');

  const path = join(storage, 'audit', 's1.jsonl');
  writeFileSync(path, readFileSync(path, 'utf8').replace('npm test', 'npm best'));
  expect(await auditCommand({ ...list, verify: true })).toBe(1);
  expect(printed.take()).toContain('s1: CHANGED at line 1: its text was changed after it was written.');
  await expect(auditCommand({ ...list, session: 'other' })).rejects.toMatchObject({ code: 'not_found' });
});

test('a name in the audit can neither hide nor pass for a line of it', async () => {
  const printed = await ownCli();
  const forged = 'a\n  1970-01-01 00:00:00  turn 9, step 9  ok';
  await fileAudit(process.env['JOURNEYMAN_HOME'] ?? '').write('s1', [
    { ...entry, files: [forged, 'l\u200bs\u001b[2K'] },
  ]);
  await auditCommand({ session: null, verify: false, json: false });
  const lines = printed.take().split('\n');
  expect(lines).toHaveLength(6);
  expect(lines[4]).toBe('      files: a   1970-01-01 00:00:00  turn 9, step 9  ok, l<U+200B>s<U+001B>[2K');
});
