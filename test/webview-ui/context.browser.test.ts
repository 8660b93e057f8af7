/** What the model sees, and `@`, in a real browser: what a person sees, clicks and types, and what the host is told of it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import type { HostMessage } from '../../src/protocol/messages.ts';
import * as fixture from '../support/fixtureEvents.ts';
import { app, buildPanel, openPanel, session, type Look, type OpenPanel, type PanelFiles } from './harness.ts';

/** A page takes a second or two where two cores are shared. */
vi.setConfig({ testTimeout: 30_000 });

const upload = 'src/export/resumableUpload.ts';
const frame: HostMessage = { type: 'frame', session: 's1', frame: { systemTokens: 1400, toolTokens: 2600 } };
const opened: HostMessage = { type: 'show', place: 'context', at: null };

describe('what the model sees, in a browser', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  async function withPanel(
    messages: readonly HostMessage[],
    run: (panel: OpenPanel) => Promise<void>,
    look: Look = {},
  ): Promise<void> {
    const panel = await openPanel(browser, files, look);
    try {
      await panel.send(...messages);
      await run(panel);
      expect(panel.errors).toEqual([]);
    } finally {
      await panel.close();
    }
  }

  const focused = ({ page }: OpenPanel): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('data-nav'));

  describe('the view', () => {
    const shown = [...session(fixture.withCode().events), frame];

    it('opens from the meter, tells each piece with its reason, and Esc leads back', async () => {
      await withPanel(shown, async (panel) => {
        const { page } = panel;
        await page.getByRole('button', { name: /^Context used/ }).click();
        expect(await page.locator('h1').innerText()).toBe('What the model sees');
        expect(await page.locator('.sum').innerText()).toMatch(/15,710 tokens\s+of 200,000 · 91.% read from cache/);
        expect(await page.locator('h2 .obj').allInnerTexts()).toEqual([
          'Code picked',
          'Files read',
          'What you said',
          'Command output',
          'Other results',
          'Its own replies',
          'Instructions',
          'Tools',
        ]);
        const rows = page.getByRole('list', { name: 'Code picked' }).locator('.two-line');
        expect((await rows.allInnerTexts()).map((text) => text.split('\n').join(' | '))).toEqual([
          'ExportQueue.drain | src/export/exportQueue.ts:60-94 | used by uploadInvoice · step 3 | 350',
          `ResumableUploadCoordinator.start | ${upload}:41-96 | the task names start() · step 1 | 560`,
          `ResumableUploadCoordinator | ${upload}:18-197 | matches upload, resume, offset · step 1 | 1,800`,
          'uploadInvoice | src/export/invoiceExport.ts:77-116 | uses start(); changed together with resumableUpload.ts · reads otherwise by now, and the model knows · step 1 | 400',
          'exportState.ts | packages/billing-service/src/export/exportState.ts:1-60 | beside resumableUpload.ts · in part · step 1 | 600',
        ]);
        await page.getByRole('button', { name: '2 more' }).click();
        await expect.poll(() => rows.count()).toBe(7);
        expect(await rows.nth(6).innerText()).toContain('dropped: not shown again, stays until room is made');
        await page.keyboard.press('Escape');
        await expect.poll(() => page.locator('h1').innerText()).toContain('invoice export');
      });
    });

    it('opens code, pins, drops and takes that back', async () => {
      await withPanel([...shown, opened], async ({ page, posted }) => {
        await page.getByTitle(new RegExp(`^Open ${upload}:18-197: matches`)).click();
        await page.getByRole('button', { name: 'Pin ExportQueue.drain: keep it in sight' }).click();
        await page.getByRole('button', { name: 'Unpin ResumableUploadCoordinator.start' }).click();
        await page.getByRole('button', { name: 'Drop uploadInvoice: do not show it again' }).click();
        await page.getByRole('button', { name: 'Let retryPolicy be picked again', exact: true }).click();
        await page.getByRole('button', { name: 'Add…' }).click();
        const start = { path: upload, symbol: 'ResumableUploadCoordinator.start' };
        expect(await posted()).toEqual([
          { type: 'open_file', path: upload, line: 18, endLine: 197 },
          {
            type: 'adjust_context',
            refs: [{ path: 'src/export/exportQueue.ts', symbol: 'ExportQueue.drain', as: 'pinned' }],
          },
          { type: 'adjust_context', refs: [{ ...start, as: 'free' }] },
          {
            type: 'adjust_context',
            refs: [{ path: 'src/export/invoiceExport.ts', symbol: 'uploadInvoice', as: 'dropped' }],
          },
          { type: 'adjust_context', refs: [{ path: 'src/net/retryPolicy.ts', symbol: 'retryPolicy', as: 'free' }] },
          { type: 'run', what: 'add_context' },
        ]);
      });
    });

    it('does all of it by keys', async () => {
      await withPanel([...shown, opened], async (panel) => {
        const { page } = panel;
        expect(await focused(panel)).toBe('cause:code');
        await page.keyboard.press('ArrowLeft');
        await expect.poll(() => page.getByRole('list', { name: 'Code picked' }).count()).toBe(0);
        await page.keyboard.press('ArrowRight');
        await page.getByRole('list', { name: 'Code picked' }).waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('p');
        await page.keyboard.press('Delete');
        await page.keyboard.press('Enter');
        const drain = { path: 'src/export/exportQueue.ts', symbol: 'ExportQueue.drain' };
        expect(await panel.posted()).toEqual([
          { type: 'adjust_context', refs: [{ ...drain, as: 'pinned' }] },
          { type: 'adjust_context', refs: [{ ...drain, as: 'dropped' }] },
          { type: 'open_file', path: drain.path, line: 60, endLine: 94 },
        ]);
      });
    });

    it('answers why some code is there, or says that it is not', async () => {
      const at = { path: 'src/net/retryPolicy.ts', line: 10 };
      await withPanel([...shown, { type: 'show', place: 'context', at }], async (panel) => {
        const { page } = panel;
        expect(await page.locator('.note').innerText()).toBe(
          'src/net/retryPolicy.ts:10 was picked: its path matches retry.',
        );
        expect(await page.locator('li.sel .obj').innerText()).toBe('retryPolicy');
        expect(await focused(panel)).toBe(await page.locator('li.sel [data-nav]').getAttribute('data-nav'));
        await panel.send({ type: 'show', place: 'context', at: { path: 'src/other.ts', line: 3 } });
        expect(await page.locator('.note').innerText()).toBe('src/other.ts:3 is not in what the model sees.');
        await panel.send({ type: 'show', place: 'context', at: { path: 'src/export/exportQueue.ts', line: 150 } });
        expect(await page.locator('.note').innerText()).toContain('was not picked: the model read it.');
      });
    });

    it('keeps out what room was made of, and what waits for the next step', async () => {
      const recorder = fixture.withCode();
      for (const line of ['npx tsc', 'npm run lint', 'npm test']) recorder.command(line, 0, 'ok '.repeat(400));
      recorder.add({ kind: 'user' }, { type: 'context.compacted', kept: 2 });
      await withPanel([...session(recorder.events), opened], async ({ page }) => {
        expect(await page.getByRole('list', { name: 'Code picked' }).count()).toBe(0);
        expect(await page.getByRole('list', { name: 'With the next step' }).locator('.obj').allInnerTexts()).toEqual([
          'ResumableUploadCoordinator.start',
          'ExportState',
        ]);
        expect(await page.getByRole('list', { name: 'Left out' }).locator('.obj').allInnerTexts()).toEqual([
          '9\u00a0pieces, and thinking',
          'retryPolicy',
        ]);
      });
    });

    it('says that nothing was sent, and how far the code is read', async () => {
      const index = { state: 'indexing', indexed: 1240, files: 5600, definitions: 9, message: null } as const;
      await withPanel([{ type: 'app', app: { ...app, index } }, opened], async ({ page, posted, send }) => {
        expect(await page.locator('.hero').innerText()).toContain('Nothing sent yet.');
        expect(await page.locator('.index').innerText()).toContain('Reading the code: 1,240 of 5,600\u00a0files');
        await page.getByRole('button', { name: 'Cancel' }).click();
        await send({ type: 'app', app: { ...app, index: { ...index, state: 'cancelled' } } });
        await page.getByRole('button', { name: 'Resume' }).click();
        await send({ type: 'app', app: { ...app, index: { ...index, state: 'failed', message: 'its thread ended' } } });
        expect(await page.locator('.index').innerText()).toContain('The code could not be read: its thread ended');
        await page.getByRole('button', { name: 'Try again' }).click();
        expect(await posted()).toEqual([
          { type: 'run', what: 'cancel_index' },
          { type: 'run', what: 'resume_index' },
          { type: 'run', what: 'rebuild_index' },
        ]);
        await send({ type: 'app', app: { ...app, index: { ...index, state: 'ready' } } });
        expect(await page.locator('.index').count()).toBe(0);
      });
    });

    it('only shows where the session is written elsewhere', async () => {
      const [first, second] = session(fixture.withCode().events);
      const readOnly = { ...second, readOnly: true } as HostMessage;
      await withPanel([first!, readOnly, opened], async ({ page }) => {
        expect(await page.getByRole('button', { name: /Pin|Drop|Add…/ }).count()).toBe(0);
        expect(await page.getByTitle(new RegExp(`^Open ${upload}:18-197: matches`)).count()).toBe(1);
      });
    });

    it.each([
      ['dark', 420],
      ['light', 300],
      ['hc', 260],
    ] as const)('fits in %s at %i px, and each button has a name', async (theme, width) => {
      await withPanel(
        [...shown, opened],
        async ({ page }) => {
          const look = await page.evaluate(() => ({
            beyond: [...document.querySelectorAll('main *')]
              .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
              .map((element) => element.outerHTML.slice(0, 120)),
            unnamed: [...document.querySelectorAll('button')].filter(
              (button) => (button.getAttribute('aria-label') ?? button.textContent).trim() === '',
            ).length,
          }));
          expect(look).toEqual({ beyond: [], unnamed: 0 });
        },
        { theme, width },
      );
    });
  });

  describe('@ in the composer', () => {
    const answer: HostMessage = { type: 'mentions', words: 'res', mentions: fixture.mentions, more: false };

    it('offers what the host knows, is chosen by keys, and goes along with the message', async () => {
      await withPanel([{ type: 'app', app }], async ({ page, posted, send }) => {
        const field = page.locator('textarea');
        await field.focus();
        await page.keyboard.type('Use @res');
        expect(await posted()).toEqual(['', 'r', 're', 'res'].map((words) => ({ type: 'ask_mentions', words })));
        await send(answer);
        expect(await field.getAttribute('role')).toBe('combobox');
        expect(await page.getByRole('option').count()).toBe(6);
        await page.keyboard.press('ArrowDown');
        await expect
          .poll(() => page.getByRole('option', { selected: true }).innerText())
          .toContain('resumableUpload.ts');
        await page.keyboard.press('ArrowUp');
        await page.keyboard.press('ArrowUp');
        await expect.poll(() => page.getByRole('option', { selected: true }).innerText()).toContain('uncommitted');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await expect.poll(() => field.inputValue()).toBe('Use @ResumableUploadCoordinator ');
        await expect.poll(() => field.getAttribute('role')).toBe(null);
        const { id } = fixture.mentions[0]!;
        await page.keyboard.type('here');
        await page.keyboard.press('Enter'); // its text is still being read
        const attachment = {
          kind: 'symbol',
          label: `${upload}:18-197`,
          text: 'class ResumableUploadCoordinator {}',
        } as const;
        expect((await posted()).slice(4)).toEqual([{ type: 'attach', mention: id }]);
        await send({ type: 'attached', mention: id, attachments: [attachment] });
        expect((await posted()).slice(5)).toEqual([
          { type: 'send', text: 'Use @ResumableUploadCoordinator here', attachments: [attachment] },
        ]);
        expect(await field.inputValue()).toBe('');
      });
    });

    it('is chosen by the pointer or Tab, closed by Esc, and leaves addresses alone', async () => {
      await withPanel([{ type: 'app', app }], async ({ page, posted, send }) => {
        const field = page.locator('textarea');
        await field.focus();
        await page.keyboard.type('mail ada@res');
        expect(await posted()).toEqual([]);
        await field.fill('');
        await page.getByRole('button', { name: 'Add context (@)' }).click();
        await page.keyboard.type('res');
        await send(answer);
        await page.keyboard.press('Escape');
        await expect.poll(() => page.getByRole('option').count()).toBe(0);
        await page.keyboard.type('u');
        expect((await posted()).at(-1)).toEqual({ type: 'ask_mentions', words: 'res' });
        await field.fill('');
        await page.keyboard.type('@res');
        await send(answer);
        await page.getByRole('option', { name: /resumable\b/ }).click();
        await expect.poll(() => field.inputValue()).toBe('@resumable ');
        await page.keyboard.type('and @res');
        await send(answer);
        await page.keyboard.press('Tab');
        await expect.poll(() => field.inputValue()).toBe('@resumable and @ResumableUploadCoordinator ');
        expect(await page.evaluate(() => document.activeElement?.localName)).toBe('vscode-text-area');
        for (const { id } of [fixture.mentions[2]!, fixture.mentions[0]!])
          await send({ type: 'attached', mention: id, attachments: [{ kind: 'file', label: id, text: 'x' }] });
        expect(await page.locator('.chips .chip').count()).toBe(2);
      });
    });

    it('says when nothing fits, and that more may come', async () => {
      await withPanel([{ type: 'app', app }], async ({ page, send }) => {
        await page.locator('textarea').focus();
        await page.keyboard.type('@zzz');
        await send({ type: 'mentions', words: 'zzz', mentions: [], more: true });
        expect(await page.locator('[data-mentions]').innerText()).toMatch(
          /Nothing here is called “zzz”\.\s+The code is still being read: more may come\./,
        );
        await page.keyboard.press('Enter'); // it is a message like any other
        await send({ type: 'mentions', words: 'zzz', mentions: fixture.mentions, more: false });
        expect(await page.getByRole('option').count()).toBe(0);
      });
    });
  });
});
