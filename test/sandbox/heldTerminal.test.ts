import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noStanding } from '../../src/core/tool.ts';
import { systemShell } from '../../src/sandbox/shell.ts';
import { createTools } from '../../src/tools/catalogue.ts';
import { Commands } from '../../src/tools/commands.ts';
import { prepareCall, runCall } from '../../src/tools/run.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { heldWorld, noBubblewrap, type HeldWorld } from '../support/held.ts';

const title = `the terminal in a sandbox${noBubblewrap === null ? '' : ` (skipped: ${noBubblewrap})`}`;

describe.skipIf(noBubblewrap !== null)(title, () => {
  let world: HeldWorld;
  let canHold = false;
  beforeAll(async () => {
    world = await heldWorld({ 'src/a.txt': 'a' });
    canHold = (await world.sandbox.ready(new AbortController().signal)).kind !== 'none';
  }, 30_000);
  afterAll(async () => {
    await world.close();
  });

  test('tells the folder, goes on in the background, takes what is typed, and ends with all that it started', async (context) => {
    if (!canHold) context.skip('nothing can be held here');
    const shell = systemShell({ sandbox: world.sandbox });
    const times = { promptQuietMs: 800, backgroundStartMs: 60_000 };
    const commands = new Commands({ shell, clock: { now: () => Date.now() }, times });
    const search = { text: () => Promise.reject(new Error('no search here')) };
    const tools = createTools({ files: nodeFiles([world.folder]), search, shell, commands });
    const standing = { ...noStanding, commands: new Map([['bg1', { line: 'x', outside: false }]]) };
    const call = async (name: string, input: Readonly<Record<string, string | number | boolean>>) => {
      const prepared = prepareCall(tools, name, input, standing);
      if (!prepared.ok) return prepared.result;
      const { signal } = new AbortController();
      const io = { session: 's', call: name, proposed: null, accepted: null, onOutput: () => undefined, signal };
      return runCall(prepared.tool, prepared.input, io);
    };
    expect(await call('run_command', { command: 'cd src' })).toMatchObject({
      detail: { exitCode: 0, held: 'bubblewrap', cwd: 'src' },
    });
    const command = 'printf "Name: "; read name; echo "Hello $name"; setsid sleep 98765 & sleep 98765';
    expect((await call('run_command', { command, background: true })).text).toMatch(/^Name:\n\[bg1 seems to wait/);
    expect((await call('send_input', { id: 'bg1', text: 'Ada' })).text).toMatch(
      /^Name: Hello Ada\n\[bg1 still runs\]$/,
    );
    expect((await call('stop_command', { id: 'bg1' })).text).toMatch(/bg1 has ended after .*: it was stopped\]$/);
    expect(await call('run_command', { command: 'pgrep -x sleep || echo none' })).toMatchObject({
      text: expect.stringMatching(/none/) as unknown,
    });
  });
});
