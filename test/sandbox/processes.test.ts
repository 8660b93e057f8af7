import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { markName } from '../../src/sandbox/environment.ts';
import { endOrphans, newMark, ownerMark } from '../../src/sandbox/processes.ts';

describe.skipIf(process.platform !== 'linux')('what commands of a dead process have left running', () => {
  async function marked(mark: string) {
    const child = spawn('sleep', ['600'], { env: { ...process.env, [markName]: mark }, stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    return child;
  }

  test('is ended at the next start; what belongs to living ones, or to other containers, is left alone', async () => {
    const [pid = '', start = '', namespace = ''] = ownerMark().split('.');
    const ours = await marked(newMark());
    const elsewhere = await marked(`${pid}.1.1.x`);
    const unknown = await marked('an older mark');
    // The number of a living process that was started later than the owner: another one.
    const orphan = await marked(`${pid}.${String(Number(start) - 1)}.${namespace}.x`);
    const end = once(orphan, 'exit');
    endOrphans();
    expect(await end).toEqual([null, 'SIGKILL']);
    expect([ours, elsewhere, unknown].map((child) => child.exitCode ?? child.signalCode)).toEqual([null, null, null]);
  });
});
