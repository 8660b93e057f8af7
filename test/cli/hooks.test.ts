// A hook as a person writes one, through the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { parseCommandLine } from '../../src/cli/arguments.ts';
import { hooksCommand } from '../../src/cli/hooks.ts';
import type { Event } from '../../src/core/event.ts';
import { ownCli, run, type Printed } from './inProcess.ts';

let printed: Printed;
beforeEach(async () => {
  printed = await ownCli();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const said = (): readonly Event[] =>
  printed
    .take()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);

test.skipIf(process.platform === 'win32')(
  'is listed, agreed to as it is, and stops what it should (a POSIX shell)',
  async () => {
    const home = process.env['JOURNEYMAN_HOME'] ?? '';
    const command = `grep -q '"command":"npm test"' && { echo "no tests today" >&2; exit 2; }; exit 0`;
    const hooks = { PreToolUse: [{ matcher: 'run_command', hooks: [{ type: 'command', command }] }] };
    writeFileSync(
      join(home, 'settings.json'),
      JSON.stringify({ hooks, permissions: { allow: ['shell(exact: npm test)'] } }),
    );

    await run({ mode: 'edit', output: 'ndjson' });
    const waits = said().find((event) => event.type === 'tool.decided' && event.decision.action === 'deny');
    expect(waits).toMatchObject({
      decision: { reason: expect.stringContaining('runs only once the person has agreed') as string },
    });

    await hooksCommand({ what: 'list', hash: '', workspace: home, json: false });
    const hash = /hooks trust ([0-9a-f]{12})/.exec(printed.take())?.[1] ?? '';
    await hooksCommand({ what: 'trust', hash, workspace: home, json: false });
    printed.take();
    await run({ mode: 'edit', output: 'ndjson' });
    const denied = said().find((event) => event.type === 'tool.decided' && event.decision.action === 'deny');
    expect(denied).toMatchObject({
      decision: { by: { kind: 'hook', hook: command }, reason: 'A hook stopped this: no tests today' },
    });

    await hooksCommand({ what: 'distrust', hash, workspace: home, json: false });
    expect(printed.take()).toBe('It does not run any more.\n');
  },
);

test('what is typed', () => {
  expect(parseCommandLine(['hooks', '--workspace', '/w', '--json'])).toEqual({
    name: 'hooks',
    options: { what: 'list', hash: '', workspace: '/w', json: true },
  });
  expect(() => parseCommandLine(['hooks', 'trust'])).toThrow('The hash is missing.');
});
