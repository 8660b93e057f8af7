// Each kind of question, asked and answered as a person does it: plan, command, dangerous command, changes, a file outside; in the panel
// and from the status bar; and what the audit says of it afterwards.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, statusItem } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const run = (line: string): ScriptedReply => ({ content: [{ tool: 'run_command', input: { command: line } }] });
const replies: readonly ScriptedReply[] = [
  { content: [{ tool: 'update_plan', input: { items: [{ text: 'Make a mark', state: 'todo' }], done_when: ['it is there'] } }] },
  run('touch made.txt'),
  run('rm -rf gone'),
  { content: [{ tool: 'write_file', input: { path: 'new.txt', content: 'fresh\n' } }] },
  { content: [{ tool: 'read_file', input: { path: '/etc/hostname' } }] },
  'All is done.',
]; // prettier-ignore

let api: ScriptedApi;
beforeAll(async () => {
  const model = { type: 'model', id: 'own', display_name: 'Own model', max_input_tokens: 100_000, max_tokens: 8000 };
  api = await startScriptedApi({ replies, models: [model] });
});
afterAll(() => api.close());

const bench = useWorkbench({
  files: { 'a.txt': 'a\n', 'gone/b.txt': 'b\n' },
  viewport: { width: 1400, height: 900 },
});
const is = (file: string): boolean => existsSync(path.join(bench.folder, file));
/** A dock takes no key and no click for half a second after it appeared. */
const ready = (frame: Frame, title: RegExp) =>
  frame.getByRole('region', { name: title }).and(frame.locator('[data-ready]'));
const list = () => bench.page.locator('.quick-input-widget:visible');

test('a plan waits for its Go', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await frame.getByRole('button', { name: 'Connect…' }).click();
  await list().locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await list().getByText('Key for').waitFor();
  await page.keyboard.press('Enter');
  await frame.getByText('Own model').first().waitFor();
  await frame.getByRole('button', { name: 'Ask first' }).click();
  await frame.getByRole('option', { name: /^Plan/ }).click();
  await frame.locator('[data-field=composer]').click();
  await page.keyboard.type('Make a mark');
  await page.keyboard.press('Enter');
  await ready(frame, /Plan ready/)
    .getByRole('button', { name: /^Go/ })
    .click();
});

test('a command is allowed from the status bar, where it is shown whole', async () => {
  const { page } = bench;
  await statusItem(page, 'Journeyman asks: run a command').click();
  await list().getByText('touch made.txt', { exact: true }).waitFor();
  await screenshot(page, 'questions-1-command');
  expect(is('made.txt')).toBe(false);
  await eventually('it is allowed', async () => {
    const allow = list().getByText('Allow once');
    if (await allow.isVisible()) await allow.click({ timeout: 1000 }).catch(() => undefined);
    return is('made.txt');
  });
});

test('a dangerous one has no answer to pick: a word is typed', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await ready(frame, /dangerous/).waitFor();
  await statusItem(page, 'Journeyman asks: run a command').click();
  await list().getByText('rm -rf gone', { exact: true }).waitFor();
  await screenshot(page, 'questions-2-dangerous');
  expect(await list().getByText('Allow once').count()).toBe(0);
  await page.keyboard.press('Enter');
  await list().getByText('rm -rf gone', { exact: true }).waitFor();
  expect(is('gone/b.txt')).toBe(true);
  await list().locator('input').fill('run');
  await eventually('it is allowed', async () => {
    if ((await list().count()) > 0) await list().locator('input').press('Enter');
    return !is('gone/b.txt');
  });
});

test('a change and a file outside are answered in the panel, by its keys', async () => {
  const { page } = bench;
  const frame = await openJourneyman(page);
  await ready(frame, /Review 1 change in 1 file/)
    .getByRole('button', { name: /^Accept/ })
    .click();
  await eventually('the file is there', () => is('new.txt'));
  const outside = ready(frame, /Read this file/);
  await outside.waitFor();
  await outside.getByText('/etc/hostname').first().waitFor();
  await outside.getByRole('heading').focus();
  await page.keyboard.press('n');
  await frame.getByLabel('Why, or what to do instead').fill('not needed');
  await page.keyboard.press('Enter');
  await frame.getByText('All is done.').first().waitFor();
});

test('the audit tells what was done, on whose word, and that it is as it was written', async () => {
  const { page } = bench;
  await command(page, 'Journeyman: Show Audit');
  const text = page.locator('.editor-group-container.active .view-lines');
  await text.waitFor();
  let shown = '';
  await eventually('it is shown', async () => {
    shown = (await text.innerText()).replaceAll('\u00a0', ' ');
    return shown.includes('7 lines as written');
  });
  await screenshot(page, 'questions-3-audit');
  for (const part of ['touch made.txt', 'rm -rf gone', 'dangerous, by the person', 'new.txt', 'denied'])
    expect(shown).toContain(part);
});
