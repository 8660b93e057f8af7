// The right code goes along with a task by itself: the request holds it, the panel says why, and the person's word on it counts.
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, openFile } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

let api: ScriptedApi;
beforeAll(async () => {
  const model = {
    type: 'model',
    id: 'own-model',
    display_name: 'Own model',
    max_input_tokens: 100_000,
    max_tokens: 8000,
  };
  api = await startScriptedApi({ replies: (_request, n) => `Reply ${String(n)}.`, models: [model] });
});
afterAll(() => api.close());

const bench = useWorkbench({
  copyOf: 'media/sample',
  viewport: { width: 1400, height: 900 },
});

/** The text of the last message that the model was sent. */
function lastSent(): string {
  return JSON.stringify(api.requests.at(-1)?.body.messages.at(-1));
}

function pieceOf(panel: Frame, name: string): Locator {
  const pieces = panel.getByRole('list', { name: 'Code picked' }).locator('li');
  return pieces.filter({ has: panel.locator('.obj', { hasText: new RegExp(`^${name}$`) }) }).first();
}

async function say(text: string): Promise<void> {
  const panel = await openJourneyman(bench.page);
  const n = api.requests.length + 1;
  await panel.locator('[data-field=composer]').click();
  await bench.page.keyboard.type(text);
  await bench.page.keyboard.press('Enter');
  await panel
    .getByText(`Reply ${String(n)}.`)
    .first()
    .waitFor();
}

test('the code that a task names is in its first request', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  await command(page, 'Journeyman: Set Endpoint');
  const box = page.locator('.quick-input-widget:visible');
  await box.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await box.getByText('Key for').waitFor();
  await page.keyboard.press('Enter'); // it needs none
  await panel.getByText('Own model').first().waitFor();
  await say('Why does priceOf charge too little for heavy parcels?');
  expect(lastSent()).toContain('export function priceOf(');
});

test('the panel shows it with its reason, and opens it', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  await panel.getByRole('button', { name: /^Context used/ }).click();
  await panel.getByRole('button', { name: /more/ }).click();
  const row = pieceOf(panel, 'priceOf');
  await row.waitFor();
  await screenshot(page, 'context-1-view');
  expect(await row.innerText()).toMatch(/priceOf[^]*src\/rates\.js:\d+-\d+[^]*(names|matches) [^]*step 1/);
  await row.locator('[data-nav]').click();
  await page.locator('.tab.active', { hasText: 'rates.js' }).waitFor();
});

test('"why is this here" answers at the cursor', async () => {
  const { page } = bench;
  await openFile(page, 'CHANGELOG.md');
  await command(page, 'Journeyman: Show Why This Code Is in the Context');
  const panel = await openJourneyman(page);
  await panel.locator('.note', { hasText: 'CHANGELOG.md:1' }).waitFor();
});

test('what is dropped is not picked again, what is pinned waits for the next step', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  const row = pieceOf(panel, 'priceOf');
  await row.getByRole('button', { name: /^Drop/ }).click();
  await row.getByText('dropped: not shown again').waitFor();
  await panel.getByRole('list', { name: 'Left out' }).getByText('priceOf').waitFor();
  await page.keyboard.press('Escape');
  await say('And where is priceOf tested?');
  expect(lastSent()).not.toContain('export function priceOf(');
});

test('@ finds a symbol, and its code goes along', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  await panel.locator('[data-field=composer]').click();
  await page.keyboard.type('Explain @priceO');
  await panel
    .getByRole('option', { name: /priceOf/ })
    .first()
    .waitFor();
  await screenshot(page, 'context-2-mention');
  await page.keyboard.press('Enter');
  await panel.locator('.chip', { hasText: 'src/rates.js:' }).waitFor();
  const n = api.requests.length + 1;
  await page.keyboard.type('shortly');
  await page.keyboard.press('Enter');
  await panel
    .getByText(`Reply ${String(n)}.`)
    .first()
    .waitFor();
  await eventually('it was sent', () => lastSent().includes('Explain @priceOf shortly'));
  expect(lastSent()).toMatch(
    /<attached kind=\\"symbol\\" label=\\"src\/rates\.js:\d+-\d+\\">\\nexport function priceOf\(/,
  );
});
