import { appendFileSync, chmodSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditText } from '../../src/audit/auditText.ts';
import { beginning, check, nextLine } from '../../src/audit/chain.ts';
import { fileAudit } from '../../src/audit/fileAudit.ts';
import type { AuditEntry } from '../../src/core/ports.ts';
import { tempFolder } from '../support/tempFolder.ts';

const entry = (step: number, phase: AuditEntry['phase'] = 'before'): AuditEntry => ({
  atMs: 1000 + step,
  session: 's1',
  turn: 1,
  step,
  phase,
  call: `c${String(step)}`,
  tool: 'run_command',
  input: `{"command":"make ${String(step)} \\u2713"}`,
  effect: 'execute',
  tier: 'write',
  by: { kind: 'user' },
  sandbox: phase === 'after' ? 'none' : null,
  status: phase === 'after' ? 'ok' : null,
  exitCode: phase === 'after' ? 0 : null,
  files: [],
});
const three = [entry(1), entry(1, 'after'), entry(2, 'denied')];

async function written(): Promise<{ readonly storage: string; readonly path: string }> {
  const storage = await tempFolder();
  const audit = fileAudit(storage);
  await audit.write('s1', three.slice(0, 2));
  await audit.write('s1', three.slice(2));
  return { storage, path: join(storage, 'audit', 's1.jsonl') };
}

describe('the audit of a session', () => {
  it('gives back what was written, for nobody else to read', async () => {
    const { storage, path } = await written();
    expect(await fileAudit(storage).read('s1')).toEqual({ session: 's1', entries: three, broken: null, isTorn: false });
    expect(await fileAudit(storage).sessions()).toEqual(['s1']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on after a crash in the middle of a line', async () => {
    const { storage, path } = await written();
    appendFileSync(path, '{"n":4,"prev":"ab');
    expect(await fileAudit(storage).read('s1')).toMatchObject({ entries: three, broken: null, isTorn: true });
    await fileAudit(storage).write('s1', [entry(3)]);
    expect(await fileAudit(storage).read('s1')).toEqual({
      session: 's1',
      entries: [...three, entry(3)],
      broken: null,
      isTorn: false,
    });
  });

  it('says where the first line is that was changed, taken out, put in or moved', async () => {
    const { storage, path } = await written();
    const whole = readFileSync(path, 'utf8');
    const [a = '', b = '', c = ''] = whole.split('\n');
    const broken = async (text: string): Promise<string> => {
      writeFileSync(path, text);
      const report = await fileAudit(storage).read('s1');
      return report.broken === null ? 'whole' : `${String(report.broken.line)}: ${report.broken.why}`;
    };
    expect({
      changed: await broken(whole.replace('"exitCode":0', '"exitCode":1')),
      'taken out': await broken(`${a}\n${c}\n`),
      'the first taken out': await broken(`${b}\n${c}\n`),
      moved: await broken(`${b}\n${a}\n${c}\n`),
      'put in': await broken(`${a}\n${a}\n${b}\n`),
      'no line': await broken(`${a}\nhello\n`),
    }).toEqual({
      changed: '2: its text was changed after it was written',
      'taken out': '2: a line before it was taken out, put in or moved',
      'the first taken out': '1: a line before it was taken out, put in or moved',
      moved: '1: a line before it was taken out, put in or moved',
      'put in': '2: a line before it was taken out, put in or moved',
      'no line': '2: it is no line of an audit',
    });
  });

  it('tells that lines are missing at the end, that all of it is gone, and that it was written anew', async () => {
    const { storage, path } = await written();
    const [a = '', b = ''] = readFileSync(path, 'utf8').split('\n');
    const verdict = async (): Promise<unknown> => (await fileAudit(storage).read('s1')).broken;
    writeFileSync(path, `${a}\n${b}\n`);
    expect(await verdict()).toEqual({ line: 3, why: 'lines are missing at the end, 1 line' });
    await expect(fileAudit(storage).write('s1', [entry(3)])).rejects.toMatchObject({ code: 'corrupt' });
    rmSync(path);
    expect(await verdict()).toEqual({ line: 1, why: 'the whole audit is gone, 3 lines of it' });
    expect(await fileAudit(storage).sessions()).toEqual(['s1']);
    await expect(fileAudit(storage).write('s1', [entry(3)])).rejects.toMatchObject({ code: 'corrupt' });
    const forged = await tempFolder();
    await fileAudit(forged).write('s1', [entry(1), entry(5), entry(6), entry(7)]);
    writeFileSync(path, readFileSync(join(forged, 'audit', 's1.jsonl')));
    expect(await verdict()).toEqual({ line: 3, why: 'it is not what was written: the lines were written anew' });
    rmSync(path);
    rmSync(join(storage, 'audit', 's1.end'));
    await fileAudit(storage).write('s1', [entry(3)]); // both were moved away: a new one begins
    expect((await fileAudit(storage).read('s1')).entries).toEqual([entry(3)]);
  });

  it('takes an end that lags behind, or that was never kept, as a crash', async () => {
    const { storage } = await written();
    const end = join(storage, 'audit', 's1.end');
    const kept = readFileSync(end);
    await fileAudit(storage).write('s1', [entry(3)]);
    for (const text of [kept, '']) {
      writeFileSync(end, text);
      expect((await fileAudit(storage).read('s1')).broken).toBe(null);
    }
    writeFileSync(end, 'something else');
    expect((await fileAudit(storage).read('s1')).broken).not.toBe(null);
  });

  it('is a block for each effect with its end, in words', () => {
    const restore = { ...entry(4), call: null, tool: 'restore', input: '{"checkpoint":"k"}', tier: null };
    const report = {
      session: 's1',
      entries: [...three, entry(3), restore, { ...restore, phase: 'after', status: 'ok', files: ['a.ts'] } as const],
      broken: null,
      isTorn: false,
    };
    const by = { kind: 'rule', rule: 'shell(prefix: make)', source: 'workspace' } as const;
    expect(auditText({ ...report, entries: [{ ...entry(1, 'after'), by, sandbox: 'bubblewrap' }] })).toContain(
      'write, by rule shell(prefix: make) of the folder, sandbox bubblewrap\n',
    );
    expect(auditText(report)).toBe(
      `s1: 6 lines as written
  1970-01-01 00:00:01  turn 1, step 1  ok, exit 0
      run_command {"command":"make 1 \\u2713"}
      write, by the person, sandbox none
  1970-01-01 00:00:01  turn 1, step 2  denied
      run_command {"command":"make 2 \\u2713"}
      write, by the person
  1970-01-01 00:00:01  turn 1, step 3  started, its end is not here
      run_command {"command":"make 3 \\u2713"}
      write, by the person
  1970-01-01 00:00:01  turn 1, step 4  ok
      restore {"checkpoint":"k"}
      by the person
      files: a.ts
`,
    );
  });

  it('is not written on where it was changed', async () => {
    const { storage, path } = await written();
    writeFileSync(path, readFileSync(path, 'utf8').replace('make 1', 'make x'));
    await expect(fileAudit(storage).write('s1', [entry(3)])).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('is not written on where somebody else wrote meanwhile', async () => {
    const { storage, path } = await written();
    const audit = fileAudit(storage);
    await audit.write('s1', [entry(3)]);
    writeFileSync(path, '');
    await expect(audit.write('s1', [entry(4)])).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('says that it cannot be written', async () => {
    const storage = await tempFolder();
    writeFileSync(join(storage, 'audit'), 'a file where the folder should be');
    const error: unknown = await fileAudit(storage)
      .write('s1', [entry(1)])
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'corrupt' });
    expect(String(error)).toContain('cannot be written');
    chmodSync(storage, 0o700);
  });

  it('tells every single changed byte', () => {
    let tail = beginning('s1');
    let text = '';
    for (const one of three) {
      const next = nextLine(tail, one);
      text += next.line;
      tail = next.tail;
    }
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ by;
        const { broken, entries, isTorn } = check('s1', changed.toString('utf8'));
        expect(broken !== null || isTorn || entries.length < three.length).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
