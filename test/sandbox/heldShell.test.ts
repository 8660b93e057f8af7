import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CommandEnd } from '../../src/core/ports.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { heldWorld, noBubblewrap, type HeldWorld } from '../support/held.ts';

const title = `the system shell in a sandbox${noBubblewrap === null ? '' : ` (skipped: ${noBubblewrap})`}`;

describe.skipIf(noBubblewrap !== null)(title, () => {
  let world: HeldWorld;
  beforeAll(async () => {
    world = await heldWorld({ 'sub/a.txt': 'a\n' });
  });
  afterAll(() => world.close());
  const run = (line: string, timeoutMs = 20_000, signal = new AbortController().signal): Promise<CommandEnd> =>
    systemShell({ sandbox: world.sandbox, env: { PATH: process.env['PATH'], SECRET_KEY: 'decoy-of-env' } }).run(
      { line, cwd: world.folder, timeoutMs },
      () => undefined,
      signal,
    );

  test('keeps order, exit code and what it says of its folder; sees no key of the environment', async () => {
    const end = await run('echo one; echo two >&2; env | grep -c decoy; cd sub; exit 3');
    expect(end).toMatchObject({ exitCode: 3, output: 'one\ntwo\n0\n', held: 'bubblewrap', timedOut: false });
    expect(end.cwd).toBe(join(world.folder, 'sub'));
  });

  test('leaves nothing running: after a timeout, a stop, or its own end', async () => {
    expect(await run('(setsid sleep 61.371 &); trap "" TERM; sleep 61.371', 300)).toMatchObject({ timedOut: true });
    const stop = new AbortController();
    const stopped = run('setsid sleep 61.372 & echo x; sleep 61.372', 20_000, stop.signal);
    await vi.waitFor(() => {
      expect(running('61.372')).not.toEqual([]);
    });
    stop.abort();
    await stopped;
    await run('(setsid sleep 61.373 >/dev/null 2>&1 &)');
    await vi.waitFor(() => {
      expect([...running('61.371'), ...running('61.372'), ...running('61.373')]).toEqual([]);
    });
  });
});

function running(seconds: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
    } catch {
      return false; // no process, or gone
    }
  });
}
