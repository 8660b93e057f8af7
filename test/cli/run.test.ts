import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { logCommand } from '../../src/cli/log.ts';
import { sessionsCommand } from '../../src/cli/sessions.ts';
import { noBudget, noBudgets } from '../../src/core/budget.ts';
import type { Event } from '../../src/core/event.ts';
import { ownCli, run, type Printed } from './inProcess.ts';

let printed: Printed;
beforeEach(async () => {
  printed = await ownCli();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** The last line, without what differs from run to run. */
function report(): unknown {
  return JSON.parse(printed.take().trim().split('\n').at(-1) ?? '');
}

test('a task done with evidence: exit code 0, and a report that a script can read', async () => {
  const { exitCode, workspace } = await run({ mode: 'edit', allow: ['shell(exact: npm test)'] });
  expect(exitCode).toBe(0);
  expect(report()).toMatchObject({
    type: 'report',
    exitCode: 0,
    outcome: { kind: 'done', verified: true, evidence: [{ text: 'npm test: passed', passed: true, stale: false }] },
    changes: [
      { path: 'src/rates.js', added: 4, removed: 4 },
      { path: 'CHANGELOG.md', added: 1, removed: 0 },
    ],
    costUsd: 0,
  });
  expect(readFileSync(join(workspace, 'src/rates.js'), 'utf8')).toContain('Math.ceil');
});

test('without a person a question is a denial that says so: exit code 4, and nothing was changed', async () => {
  const { exitCode, workspace } = await run({ output: 'ndjson' });
  expect(exitCode).toBe(4);
  const events = printed
    .take()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['session.started', 'turn.started']);
  const denied = events.find((event) => event.type === 'tool.decided' && event.decision.action === 'deny');
  expect(denied).toMatchObject({
    decision: { by: { kind: 'nobody' }, reason: expect.stringContaining('--permission-mode edit') as string },
  });
  expect(readFileSync(join(workspace, 'src/rates.js'), 'utf8')).toContain('Math.floor');
});

test('a limit of steps: exit code 5', async () => {
  expect((await run({ mode: 'edit', budgets: { ...noBudgets, turn: { ...noBudget, steps: 2 } } })).exitCode).toBe(5);
  expect(report()).toMatchObject({ steps: 2, outcome: { kind: 'partial', why: 'budget_exhausted' } });
});

test('the session can be listed and read afterwards', async () => {
  const { workspace } = await run({ task: 'Explain how this project fits together.', output: 'text' });
  expect(printed.take()).toMatch(/^> Explain how[^]*search_text|^> Explain how[^]*list_files[^]*\nDone\n/);
  await sessionsCommand({ workspace, search: null, output: 'json' });
  const rows = JSON.parse(printed.take()) as { id: string; title: string }[];
  expect(rows).toMatchObject([{ title: 'Explain how this project fits together.' }]);
  await sessionsCommand({ workspace: '/somewhere/else', search: null, output: 'text' });
  expect(printed.take()).toBe('No sessions yet. "journeyman run" makes one.\n');
  await logCommand({ session: rows[0]?.id ?? '', step: null, turn: null, output: 'text' });
  expect(printed.take()).toMatch(/^> Explain how[^]*\nDone\n/);
});

test('a workspace that is not there is told before anything is asked of a model', async () => {
  await expect(run({ workspace: '/nowhere/at/all' })).rejects.toThrow(
    'The workspace /nowhere/at/all does not exist. Name the folder',
  );
});
