// A rule's life: "always" given in the panel, kept over a reload, tried and revoked in the view of the rules.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, reloadWindow } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const run = (line: string): ScriptedReply => ({ content: [{ tool: 'run_command', input: { command: line } }] });
const line = 'touch made.txt';
let api: ScriptedApi;
beforeAll(async () => {
  const model = { type: 'model', id: 'own', display_name: 'Own model', max_input_tokens: 100_000, max_tokens: 8000 };
  const replies = [run(line), 'Made once.', run(`rm made.txt; ${line}`), run(line), 'Made twice.'];
  api = await startScriptedApi({ replies, models: [model] });
});
afterAll(() => api.close());

const bench = useWorkbench({ files: { 'a.txt': 'a\n' }, viewport: { width: 1400, height: 900 } });
const isMade = (): boolean => existsSync(path.join(bench.folder, 'made.txt'));
/** A dock takes no key and no click for half a second after it appeared. */
const ready = (frame: Frame, title: RegExp) =>
  frame.getByRole('region', { name: title }).and(frame.locator('[data-ready]'));

async function say(frame: Frame, text: string): Promise<void> {
  await frame.locator('[data-field=composer]').click();
  await bench.page.keyboard.type(text);
  await bench.page.keyboard.press('Enter');
}

test('"always" is given with the answer, as far as the person says', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await frame.getByRole('button', { name: 'Connect…' }).click();
  const list = page.locator('.quick-input-widget:visible');
  await list.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await list.getByText('Key for').waitFor();
  await page.keyboard.press('Enter');
  await frame.getByText('Own model').first().waitFor();
  await say(frame, 'Make a mark');
  const dock = ready(frame, /Run this command/);
  await dock.waitFor();
  await dock.getByRole('button', { name: /in this session/ }).click();
  await dock
    .getByRole('option', { name: /everywhere/ })

    .click();
  await screenshot(page, 'rules-1-always');
  await dock.getByRole('button', { name: 'exactly this' }).click();
  await frame.getByText('Made once.').first().waitFor();
  expect(isMade()).toBe(true);
});

test('after a reload it holds in another session, for this line and no other', async () => {
  const { page } = bench;
  await reloadWindow(page);
  await openJourneyman(page);
  await command(page, 'Journeyman: New Session');
  const frame = await openJourneyman(page);
  await frame.getByText('Made once.').first().waitFor({ state: 'detached' });
  await say(frame, 'Make it again');
  const dock = ready(frame, /Run this command|dangerous/);
  await dock.waitFor(); // the other line asks
  expect(isMade()).toBe(true);
  await dock.getByRole('button', { name: /^Deny/ }).click();
  await frame.getByLabel('Why, or what to do instead').fill('only make it');
  await frame.getByRole('button', { name: 'Deny and tell' }).click();
  await frame.getByText('Made twice.').first().waitFor(); // and this one has not
});

test('the view lists it with its file, says what a line would meet, and revokes it', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await command(page, 'Journeyman: Rules…');
  const rule = frame.getByText(`shell(exact: ${line})`, { exact: true });
  await rule.waitFor();
  const tryIt = async (): Promise<string> => {
    await frame.getByLabel('A command line to try').fill(line);
    await frame.getByRole('button', { name: 'Try', exact: true }).click();
    return frame.locator('.tested').innerText();
  };
  expect(await tryIt()).toMatch(/^\s*Runs/);
  await screenshot(page, 'rules-2-view');
  await frame.getByRole('button', { name: `Revoke shell(exact: ${line})` }).click();
  await rule.waitFor({ state: 'detached' });
  await eventually('the line asks again', async () => /Asks/.test(await tryIt()));
});
