// Two windows and the command line on one folder: one of them owns the session, the others say so and can read it; once the owner is
// dead another has it at once.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Frame, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openWorkbench } from '../../scripts/workbench/page.mjs';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const bench = useWorkbench({ copyOf: 'media/sample' });
const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');
const review = (frame: Frame) => frame.getByRole('region', { name: /Review 2 changes/ });
const elsewhere = (frame: Frame) => frame.getByText('This session runs in another window');

test('one window owns a session; another and the command line are told, and one takes over when the owner dies', async () => {
  const { page, workbench } = bench;
  const first = await openJourneyman(page);
  await first.locator('[data-field=composer]').click();
  await page.keyboard.type('Heavy parcels are quoted too low. Find out why and fix it.');
  await page.keyboard.press('Enter');
  await review(first).waitFor();
  const [owner] = workbench.extensionHosts();

  const second: Page = await openWorkbench(bench.browser, workbench.url(bench.folder));
  try {
    const other = await openJourneyman(second);
    await elsewhere(other).first().waitFor();
    await other.getByText('Found it. Above 30 kg').waitFor();
    await screenshot(second, 'windows-1-read-only');
    expect(await review(other).count()).toBe(0);
    expect(await elsewhere(first).count()).toBe(0);

    const { session, storage } = theSession();
    const told = await resume(session, storage);
    expect(told).toEqual({ code: 1, text: expect.stringContaining('is held by another process') as string });

    process.kill(owner ?? 0, 'SIGKILL');
    const killedMs = performance.now();
    await review(other).waitFor();
    const tookMs = performance.now() - killedMs;
    process.stderr.write(`the other window asks ${Math.round(tookMs).toString()} ms after the owner's death\n`);
    await screenshot(second, 'windows-2-taken-over');
    expect(await elsewhere(other).count()).toBe(0);

    // The first window's host comes back, and finds the session with the other.
    const back = await openJourneyman(page);
    await elsewhere(back).first().waitFor();
    expect(await review(back).count()).toBe(0);
    await back.getByRole('button', { name: 'Fork' }).click();
    await back.getByText('Forked from another session').waitFor();
    expect(await elsewhere(back).count()).toBe(0);
    expect(await review(other).count()).toBe(1);
  } finally {
    await second.context().close();
  }
});

/** The storage of the folder, for a command line that shares it. */
function theSession(): { readonly session: string; readonly storage: string } {
  const { stateDir } = bench.workbench;
  const log = readdirSync(stateDir, { recursive: true, encoding: 'utf8' }).find(
    (name) => path.basename(name) === 'events.jsonl',
  );
  const folder = path.dirname(path.join(stateDir, log ?? ''));
  return { session: path.basename(folder), storage: path.resolve(folder, '../..') };
}

async function resume(session: string, storage: string): Promise<{ readonly code: number; readonly text: string }> {
  const env = { ...process.env, JOURNEYMAN_HOME: storage, ANTHROPIC_API_KEY: 'none' };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'resume', session], {
      cwd: bench.folder,
      env,
    });
    return { code: 0, text: stdout };
  } catch (thrown) {
    const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
    return { code, text: `${stdout}${stderr}` };
  }
}
