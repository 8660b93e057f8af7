/** A question that nobody answers, in a real browser: what the panel says of it, and of those that wait elsewhere. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import type { AppState, HostMessage } from '../../src/protocol/messages.ts';
import * as fixture from '../support/fixtureEvents.ts';
import { buildPanel, openPanel, session, type OpenPanel, type PanelFiles } from './harness.ts';

/** A page takes a second or two where two cores are shared. */
vi.setConfig({ testTimeout: 30_000 });

const minute = 60_000;

describe('a question that waits', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  async function waiting(
    minutes: number,
    app: Partial<AppState>,
    run: (panel: OpenPanel) => Promise<void>,
  ): Promise<void> {
    const { recorder, call } = fixture.commandWaits();
    const nowMs = (recorder.events.at(-1)?.atMs ?? 0) + minutes * minute;
    const panel = await openPanel(browser, files, { nowMs, still: true });
    const messages: readonly HostMessage[] = session(recorder.events, {
      running: true,
      asks: [{ call, token: 't' }],
      app,
    });
    try {
      await panel.send(...messages);
      await panel.page.locator('[data-dock]').waitFor();
      await run(panel);
      expect(panel.errors).toEqual([]);
    } finally {
      await panel.close();
    }
  }
  const said = async ({ page }: OpenPanel): Promise<readonly string[]> =>
    (await page.locator('.waits').allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

  it('says nothing of it at first, then for how long, and that nothing runs meanwhile', async () => {
    await waiting(9, {}, async (panel) => {
      expect(await said(panel)).toEqual([]);
    });
    await waiting(10, {}, async (panel) => {
      expect(await said(panel)).toEqual(['Nobody answered for 10 minutes. Still waiting, nothing is running.']);
    });
    await waiting(150, {}, async (panel) => {
      expect(await said(panel)).toEqual(['Nobody answered for 2 h 30 m. Still waiting, nothing is running.']);
    });
  });

  it('says what becomes of it by itself, and what waits elsewhere, which leads to the sessions', async () => {
    await waiting(20, { questionMs: 30 * minute, asksElsewhere: 2 }, async (panel) => {
      expect(await said(panel)).toEqual([
        'Denied by itself if nobody answers within 30 m. 2 more wait in other sessions',
      ]);
      await panel.page.getByRole('button', { name: '2 more wait in other sessions' }).click();
      await panel.page.locator('h1', { hasText: 'Sessions' }).waitFor();
    });
  });
});
