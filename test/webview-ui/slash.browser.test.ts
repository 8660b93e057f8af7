/** `/` in the composer, in a real browser: what is offered, and what a choice sends. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import type { HostMessage } from '../../src/protocol/messages.ts';
import * as fixture from '../support/fixtureEvents.ts';
import { app, buildPanel, openPanel, type PanelFiles } from './harness.ts';

/** A page takes a second or two where two cores are shared. */
vi.setConfig({ testTimeout: 30_000 });

const offered = (words: string, ...mentions: typeof fixture.slashes): HostMessage => ({
  type: 'mentions',
  words,
  mentions,
  more: false,
  sign: '/',
});

describe('/ in the composer', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  it('offers at the start only; what takes arguments waits for them, the rest is sent at once', async () => {
    const panel = await openPanel(browser, files, {});
    const { page, posted, send } = panel;
    try {
      await send({ type: 'app', app });
      const field = page.locator('textarea');
      await field.focus();
      await page.keyboard.type('See /re');
      expect(await posted()).toEqual([]);
      await field.fill('');
      await page.keyboard.type('/r');
      await expect.poll(() => posted()).toEqual(['', 'r'].map((words) => ({ type: 'ask_mentions', words, sign: '/' })));
      await send(offered('r', ...fixture.slashes));
      await expect
        .poll(() => page.getByRole('listbox', { name: 'Commands' }).getByRole('option').count())
        .toBe(fixture.slashes.length);
      await page.keyboard.press('Enter');
      await expect.poll(() => field.inputValue()).toBe('/review ');
      await page.keyboard.type('src/a.ts');
      await page.keyboard.press('Enter');
      await expect
        .poll(async () => (await posted()).at(-1))
        .toEqual({ type: 'send', text: '/review src/a.ts', attachments: [] });
      await send({ type: 'compose', text: 'Review src/a.ts now.', attachments: [] });
      await expect.poll(() => field.inputValue()).toBe('Review src/a.ts now.');
      await field.fill('');
      await page.keyboard.type('/c');
      await send(offered('c', ...fixture.slashes.slice(1, 2)));
      await page.keyboard.press('Tab');
      await expect.poll(async () => (await posted()).at(-1)).toEqual({ type: 'send', text: '/clear', attachments: [] });
      await expect.poll(() => field.inputValue()).toBe('');
      await page.keyboard.type('/usr/bin is full');
      await page.keyboard.press('Enter');
      await expect
        .poll(async () => (await posted()).at(-1))
        .toEqual({ type: 'send', text: '/usr/bin is full', attachments: [] });
      expect(panel.errors).toEqual([]);
    } finally {
      await panel.close();
    }
  });
});
