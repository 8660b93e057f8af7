import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RestoreOptions } from '../../src/cli/arguments.ts';
import { checkpointsCommand } from '../../src/cli/checkpoints.ts';
import { logCommand } from '../../src/cli/log.ts';
import { closeCommand, deleteCommand, forkCommand, renameCommand } from '../../src/cli/manage.ts';
import { replayCommand } from '../../src/cli/replay.ts';
import { restoreCommand } from '../../src/cli/restore.ts';
import { sessionsCommand } from '../../src/cli/sessions.ts';
import { exportCommand, importCommand } from '../../src/cli/transfer.ts';
import { tempFolder } from '../support/tempFolder.ts';
import { ownCli, run, type Printed } from './inProcess.ts';

let printed: Printed;
let workspace: string;
let session: string;
beforeEach(async () => {
  printed = await ownCli();
  ({ workspace } = await run({ mode: 'edit', allow: ['shell(exact: npm test)'] }));
  session = (JSON.parse(printed.take()) as { session: string }).session;
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const rates = (): string => readFileSync(join(workspace, 'src/rates.js'), 'utf8');

async function rows(search: string | null = null): Promise<unknown> {
  await sessionsCommand({ workspace, search, output: 'json' });
  return JSON.parse(printed.take());
}

async function firstCheckpoint(): Promise<string> {
  await checkpointsCommand({ session, output: 'json' });
  const found = JSON.parse(printed.take()) as { checkpoint: string; files: readonly string[] }[];
  return found.find(({ files }) => files.includes('src/rates.js'))?.checkpoint ?? '';
}

async function restore(checkpoint: string, options: Partial<RestoreOptions>): Promise<string> {
  const defaults = { scope: 'files', dryRun: false, yes: true, mine: [], old: [], output: 'text' } as const;
  await restoreCommand({ session, checkpoint, ...defaults, ...options });
  return printed.take();
}

test('a restore shows first what it would do, then does it, around what the person changed since', async () => {
  const checkpoint = await firstCheckpoint();
  const after = rates();
  expect(await restore(checkpoint, { dryRun: true })).toMatch(/ {2}src\/rates\.js \+4 −4 {2}/);
  expect(rates()).toBe(after);
  writeFileSync(join(workspace, 'src/rates.js'), `${after}// mine\n`);
  expect(await restore(checkpoint, {})).toMatch(/Restored\. The files as they stood before are a checkpoint too/);
  expect(rates()).toMatch(/Math\.floor[^]*\/\/ mine\n$/);
});

test('a conflict needs a word for its file, and no other file takes one', async () => {
  const checkpoint = await firstCheckpoint();
  const changed = rates().replaceAll('Math.ceil', 'Math.round');
  writeFileSync(join(workspace, 'src/rates.js'), changed);
  await expect(restore(checkpoint, {})).rejects.toThrow('Both have changed the same lines of src/rates.js.');
  await expect(restore(checkpoint, { mine: ['src/no.js'] })).rejects.toThrow('There is no conflict in src/no.js');
  expect(rates()).toBe(changed);
  await restore(checkpoint, { old: ['src/rates.js'] });
  expect(rates()).toContain('Math.floor');
});

test('a copy, an exported and imported one, a title, an end, and nothing any more', async () => {
  await forkCommand({ session, turn: 1 });
  const fork = printed.take().trim();
  const file = join(await tempFolder(), 'copy.journeyman');
  await exportCommand({ session, file });
  await expect(exportCommand({ session, file })).rejects.toThrow('exists already. Name another file.');
  await importCommand({ file });
  const imported = printed.take().trim();
  await renameCommand({ session: fork, title: 'A second try' });
  await closeCommand({ session: imported });
  expect(await rows()).toMatchObject([
    { id: imported, closed: true, open: false },
    { id: fork, title: 'A second try', closed: false },
    { id: session, title: 'Heavy parcels are quoted too low', closed: false, outcome: 'done' },
  ]);
  expect(await rows('second try')).toMatchObject([{ id: fork, found: 'A second try' }]);
  for (const id of [fork, imported, session]) await deleteCommand({ session: id, yes: true });
  expect(await rows()).toEqual([]);
  await expect(deleteCommand({ session, yes: true })).rejects.toThrow(`There is no session ${session}.`);
});

test('its record replays to the same, and each prompt can be shown', async () => {
  expect(await replayCommand({ session, output: 'text' })).toBe(0);
  expect(printed.take()).toMatch(/^The same: \d+ prompts and (\d+) of \1 events/);
  await logCommand({ session, step: 2, turn: null, output: 'json' });
  expect(JSON.parse(printed.take())).toMatchObject({ turn: 1, step: 2, same: true, prompt: { model: 'practice' } });
  await expect(logCommand({ session, step: 99, turn: 1, output: 'text' })).rejects.toThrow('no step 99 in turn 1');
});
