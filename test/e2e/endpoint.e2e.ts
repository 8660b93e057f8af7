// A model of one's own, behind an address: an answer that streams, a proposal on text that is not saved yet, decided in the editor
// change by change, one undo step for what was accepted, and Stop.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, openFile } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const edits = [
  { old_text: 'first line', new_text: 'FIRST line' },
  { old_text: 'third line', new_text: 'THIRD line' },
];
const replies: readonly ScriptedReply[] = [
  {
    content: [
      'It is a **list**:\n\n- one\n- two\n\n```js\nconst a = 1;\n```\n\n<b>no html</b> [a link](https://example.org)',
    ],
  },
  { content: ['I change two lines.', { tool: 'edit_file', input: { path: 'notes.txt', edits } }] },
  'One was left out, as you wished.',
  { content: ['This takes a while'], fault: { after: 'content_block_delta', then: 'stall' } },
];

let api: ScriptedApi;
beforeAll(async () => {
  const model = {
    type: 'model',
    id: 'own-model',
    display_name: 'Own model',
    max_input_tokens: 100_000,
    max_tokens: 8000,
  };
  api = await startScriptedApi({ replies, models: [model] });
});
afterAll(() => api.close());

const lines = ['first line', ...Array.from({ length: 12 }, (_, i) => `between ${String(i)}`), 'third line', ''];
const bench = useWorkbench({
  files: { 'notes.txt': lines.join('\n') },
  settings: { 'files.autoSave': 'off' },
  viewport: { width: 1400, height: 900 },
});

async function say(text: string): Promise<void> {
  const panel = await openJourneyman(bench.page);
  await panel.locator('[data-field=composer]').click();
  await bench.page.keyboard.type(text);
  await bench.page.keyboard.press('Enter');
}

test('the endpoint is named in the panel, and its models are listed', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  await panel.getByRole('button', { name: 'Connect…' }).click();
  const box = page.locator('.quick-input-widget:visible');
  await box.locator('input').fill('127.0.0.1');
  await page.keyboard.press('Enter');
  await box.getByText('This is not an address').waitFor();
  await box.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await box.getByText('Key for').waitFor();
  await page.keyboard.press('Enter'); // it needs none
  await panel.getByText('Own model').first().waitFor();
  await page.getByText('own-model answers and calls tools.').first().waitFor();
});

test('an answer is shown as safe Markdown', async () => {
  const panel = await openJourneyman(bench.page);
  await say('what is it?');
  await panel.locator('li', { hasText: /^two$/ }).waitFor();
  await panel.locator('strong', { hasText: 'list' }).waitFor();
  await panel.locator('code .hljs-keyword', { hasText: 'const' }).waitFor();
  expect(await panel.getByText('<b>no html</b>').count()).toBe(1);
  await screenshot(bench.page, 'endpoint-1-answer');
});

test('a proposal on unsaved text is decided in the editor, and what was accepted is one undo step', async () => {
  const { page } = bench;
  await openFile(page, 'notes.txt');
  const editor = page.locator('.editor-group-container.active .view-lines');
  await page.locator('.editor-group-container.active .monaco-editor').first().click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('mine, not saved');
  await say('shout');
  const panel = await openJourneyman(page);
  await panel.locator('[data-dock][data-ready]').waitFor();
  await panel.getByRole('button', { name: 'Review in the editor' }).first().click();
  const lens = (name: string) => page.locator('.codelens-decoration a:visible', { hasText: new RegExp(`${name}$`) });
  await lens('Reject').first().waitFor();
  await screenshot(page, 'endpoint-2-review');
  await lens('Reject').first().click();
  await eventually('one change is left', async () => (await lens('Accept').count()) === 1);
  await lens('Accept').first().click();
  await panel.getByText('One was left out, as you wished.').first().waitFor();

  const results = JSON.stringify(api.requests.at(-1)?.body.messages.at(-1));
  expect(results).toMatch(/rejected by the user/);
  expect(bench.read('notes.txt')).toBe(lines.join('\n')); // it was not saved before, so it is not saved now
  await openFile(page, 'notes.txt');
  const shown = async (): Promise<string> => (await editor.first().innerText()).replaceAll('\u00a0', ' ');
  await eventually('the accepted change stands in the editor', async () => (await shown()).includes('THIRD line'));
  expect(await shown()).toContain('first line');
  expect(await shown()).toContain('mine, not saved');
  await page.locator('.editor-group-container.active .monaco-editor').first().click();
  await page.keyboard.press('ControlOrMeta+Z');
  await eventually('one undo takes it back', async () => (await shown()).includes('third line'));
  expect(await shown()).toContain('mine, not saved');
});

test('Stop ends a reply that hangs, and the run says so', async () => {
  const { page } = bench;
  await say('take your time');
  const panel = await openJourneyman(page);
  await panel.getByText('This takes').first().waitFor();
  await command(page, 'Journeyman: Stop');
  await panel.getByText('Stopped by you').first().waitFor();
  await screenshot(page, 'endpoint-3-stopped');
});
