import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Program, Sandbox } from '../../src/core/ports.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { shellContract } from '../contract/shell.ts';
import { tempFolder } from '../support/tempFolder.ts';

shellContract('the system shell without a sandbox', (env) => systemShell(env ? { env } : {}));

const never = new AbortController().signal;

/** Holds a program by another one: `env` starts it with a variable more. */
function fakeSandbox(notes: readonly string[] = []): Sandbox & { readonly freed: Program[] } {
  const freed: Program[] = [];
  const state = { kind: 'bubblewrap' } as const;
  return {
    freed,
    state: () => state,
    ready: async () => state,
    onState: () => () => undefined,
    hold: async (program) => ({
      program: { ...program, file: '/usr/bin/env', args: ['HELD=yes', program.file, ...program.args] },
      done: async () => (freed.push(program), notes),
    }),
    close: async () => undefined,
  };
}

describe.skipIf(process.platform === 'win32')('the system shell with a sandbox', () => {
  test('runs what the sandbox gives, frees it, and tells what it says of it', async () => {
    const cwd = await tempFolder();
    const sandbox = fakeSandbox(['a hook was taken away']);
    const run = { line: 'printf "held $HELD"', cwd, timeoutMs: 20_000 };
    expect(await systemShell({ sandbox }).run(run, () => undefined, never)).toMatchObject({
      output: 'held yes\n[a hook was taken away]',
      held: 'bubblewrap',
      cwd,
    });
    expect(sandbox.freed.map((program) => program.cwd)).toEqual([cwd]);
  });

  test('what is to run outside of it does, and says so', async () => {
    const run = { line: 'printf "held $HELD"', cwd: await tempFolder(), timeoutMs: 20_000, outside: true };
    const end = await systemShell({ sandbox: fakeSandbox() }).run(run, () => undefined, never);
    expect(end).toMatchObject({ output: 'held ', held: 'none' });
  });

  test('what was stopped while the sandbox was made does not run, and is freed', async () => {
    const cwd = await tempFolder();
    const stop = new AbortController();
    const sandbox = fakeSandbox();
    const held: Sandbox = { ...sandbox, hold: (...args) => (stop.abort(), sandbox.hold(...args)) };
    const run = { line: 'touch ran', cwd, timeoutMs: 20_000 };
    await expect(systemShell({ sandbox: held }).run(run, () => undefined, stop.signal)).rejects.toBe(
      stop.signal.reason,
    );
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
    expect(sandbox.freed).toHaveLength(1);
  });
});
