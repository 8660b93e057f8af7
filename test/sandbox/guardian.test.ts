import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { bundle, otherProcess } from '../support/otherProcess.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe.skipIf(process.platform === 'win32')('the guardian', () => {
  test('ends the commands of a process that is killed, and leaves those that had ended alone', async () => {
    const folder = await tempFolder();
    const shell = await bundle('sandbox/shell.ts', folder);
    const owner = otherProcess(`
      import { systemShell } from ${JSON.stringify(shell)};
      const shell = systemShell();
      const cwd = ${JSON.stringify(folder)};
      const never = new AbortController().signal;
      const run = (line, onOutput) => shell.run({ line, cwd, timeoutMs: 60_000 }, onOutput, never);
      await run('true', () => undefined);
      void run('echo $$ > first; (trap "" TERM HUP; sleep 600) & echo $! > second; setsid bash -c "echo \\$\\$ > third; sleep 600" >/dev/null 2>&1 & command -v setsid >/dev/null || echo 0 > third; until [ -s third ]; do sleep 0.02; done; echo started; wait', () => console.log('runs'));
    `);
    await owner.said;
    const pids = [...'first second'.split(' '), ...(process.platform === 'linux' ? ['third'] : [])].map((file) =>
      Number(readFileSync(join(folder, file), 'utf8')),
    );
    expect(pids.every(isRunning)).toBe(true);
    await owner.kill();
    await vi.waitFor(
      () => {
        expect(pids.some(isRunning)).toBe(false);
      },
      { timeout: 10_000 },
    );
  });
});

/** The dead that nobody has collected do not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    return !/\) [ZX] /.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
