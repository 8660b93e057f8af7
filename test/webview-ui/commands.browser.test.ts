/** The commands in the background, in a real browser: what a person sees of them, and what the host is told. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import type { BackgroundCommand, HostMessage } from '../../src/protocol/messages.ts';
import * as fixture from '../support/fixtureEvents.ts';
import { buildPanel, openPanel, session, type PanelFiles } from './harness.ts';

vi.setConfig({ testTimeout: 30_000 });

const base = { session: 's1', call: 'c1', startedAtMs: 0, endedAtMs: null, exitCode: null };
const commands: readonly BackgroundCommand[] = [
  { ...base, id: 'bg1', line: 'npm run dev', state: 'runs', startedAtMs: Date.now(), lastLine: 'ready on 5173' },
  { ...base, id: 'bg2', line: 'npm init', state: 'asks', startedAtMs: Date.now(), lastLine: 'package name:' },
  { ...base, id: 'bg3', line: 'npm test', state: 'ended', endedAtMs: 3200, exitCode: 1, lastLine: '1 failed' },
];

describe('the commands in the background, in a browser', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  it('stand in a list with their time and last words; they can be shown and stopped, and Esc leads back', async () => {
    const panel = await openPanel(browser, files);
    try {
      const { page } = panel;
      const show: HostMessage = { type: 'show', place: 'commands' };
      await panel.send(...session(fixture.done().events), show);
      expect(await page.locator('.hero').innerText()).toBe('No commands in the background.');
      await panel.send({ type: 'commands', commands });
      expect(await page.locator('.subhead .badge').innerText()).toBe('2 running');
      expect(await page.locator('.list code').allInnerTexts()).toEqual(['npm test', 'npm init', 'npm run dev']);
      const [test, init, dev] = await page.locator('.list .l2').allInnerTexts();
      expect(test).toMatch(/^Ended with code 1 after 3\.2.s · 1 failed$/);
      expect(init).toMatch(/^Waits for input, .* · package name:$/);
      expect(dev).toMatch(/^Running for .* · ready on 5173$/);
      await page.locator('.list li').nth(2).hover();
      await page.getByRole('button', { name: 'Stop bg1' }).click();
      await page.locator('.list li').nth(0).hover();
      await page.getByRole('button', { name: 'Show output of bg3' }).click();
      expect(await page.getByRole('button', { name: 'Stop bg3' }).count()).toBe(0);
      expect((await panel.posted()).slice(-2)).toEqual([
        { type: 'stop_command', session: 's1', id: 'bg1' },
        { type: 'show_command', session: 's1', id: 'bg3' },
      ]);
      await page.keyboard.press('Escape');
      await page.getByRole('heading', { name: 'Background commands' }).waitFor({ state: 'detached' });
      expect(panel.errors).toEqual([]);
    } finally {
      await panel.close();
    }
  });
});
