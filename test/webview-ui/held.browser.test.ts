/** The docks of a run that is paused for what it may use, or for going in circles, in a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import * as fixture from '../support/fixtureEvents.ts';
import { buildPanel, openPanel, session, type OpenPanel, type PanelFiles } from './harness.ts';

/** A page takes a second or two where two cores are shared. */
vi.setConfig({ testTimeout: 30_000 });

describe('a run that is paused for', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  async function held(recorder: fixture.Recorder, run: (panel: OpenPanel) => Promise<void>): Promise<void> {
    const panel = await openPanel(browser, files, { nowMs: recorder.nowMs });
    try {
      await panel.send(...session(recorder.events));
      await panel.page.locator('[data-dock]').waitFor();
      await run(panel);
      expect(panel.errors).toEqual([]);
    } finally {
      await panel.close();
    }
  }
  /** A new dock takes no answer for a moment. */
  const ready = ({ page }: OpenPanel): Promise<void> => page.locator('[data-dock][data-ready]').waitFor();

  it('its budget shows what is used of what, and goes on with more', async () => {
    await held(fixture.budgetUsed(), async (panel) => {
      const { page } = panel;
      const dock = page.getByRole('region', { name: 'Needs you: Paused: the budget of $2.00 is used' });
      expect(await dock.innerText()).toMatch(/Cost\s+\$2\.01 of \$2\.00\s+Steps\s+\d+ of 100[^]*Left: /);
      expect(await page.locator('.now b').innerText()).toBe('Paused, waiting for you');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
      await ready(panel);
      await dock.getByRole('button', { name: 'Add $1.00 and go on' }).click();
      expect(await panel.posted()).toEqual([{ type: 'go_on', add: { scope: 'session', unit: 'usd', amount: 1 } }]);
    });
  });

  it('its budget goes on with another budget, and with less than is used not', async () => {
    await held(fixture.budgetUsed(), async (panel) => {
      const { page } = panel;
      await ready(panel);
      await page.getByRole('button', { name: 'Other budget…' }).click();
      const field = page.getByLabel('The budget from now on, in dollars');
      await field.fill('1.5');
      await field.press('Enter');
      expect(await page.getByRole('button', { name: 'Set it and go on' }).isDisabled()).toBe(true);
      await field.fill('$5');
      await field.press('Enter');
      expect(await panel.posted()).toEqual([{ type: 'go_on', add: { scope: 'session', unit: 'usd', amount: 3 } }]);
    });
  });

  it('its budget ends with a report, by its letter', async () => {
    await held(fixture.budgetUsed(), async (panel) => {
      await ready(panel);
      await panel.page.locator('[data-focus=dock]').focus();
      await panel.page.keyboard.press('n');
      expect(await panel.posted()).toEqual([{ type: 'conclude' }]);
    });
  });

  it('going in circles shows what repeats, and takes a hint', async () => {
    await held(fixture.inCircles(), async (panel) => {
      const { page } = panel;
      const dock = page.getByRole('region', { name: 'Needs you: It is going in circles' });
      expect(await dock.innerText()).toMatch(
        /failed 4 times in the same way[^]*Timed out in 5000 ms[^]*Since\s+step 3/,
      );
      expect(await page.getByText('It repeats itself, and was told so').count()).toBe(1);
      await ready(panel);
      await dock.getByRole('button', { name: 'Give a hint…' }).click();
      await page.getByLabel('What it should know, or do instead').fill('The wait is in retryPolicy.ts.');
      await page.keyboard.press('Enter');
      expect(await panel.posted()).toEqual([{ type: 'go_on', hint: 'The wait is in retryPolicy.ts.' }]);
    });
  });

  it('going in circles goes on, or stops with a report, by its letters', async () => {
    await held(fixture.inCircles(), async (panel) => {
      await ready(panel);
      await panel.page.locator('[data-focus=dock]').focus();
      await panel.page.keyboard.press('y');
      await panel.page.locator('[data-focus=dock]').focus();
      await panel.page.keyboard.press('n');
      expect(await panel.posted()).toEqual([{ type: 'go_on' }, { type: 'conclude' }]);
    });
  });
});
