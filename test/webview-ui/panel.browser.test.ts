/** The panel in a real browser: what a person sees, clicks and types, and what the host is told of it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import type { HostMessage, ReviewedFile } from '../../src/protocol/messages.ts';
import { restorePoints } from '../../src/protocol/copies.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import * as fixture from '../support/fixtureEvents.ts';
import { someRules } from '../support/fixtureRules.ts';
import { app, buildPanel, openPanel, session, type Look, type OpenPanel, type PanelFiles } from './harness.ts';

/** A page takes a second or two where two cores are shared. */
vi.setConfig({ testTimeout: 30_000 });

describe('the panel in a browser', () => {
  let browser: Browser;
  let files: PanelFiles;
  beforeAll(async () => {
    files = await buildPanel();
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
  });

  /** No test leaves an error in the console, a breach of the page's policy among them. */
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

  function asking({ recorder, call }: { recorder: fixture.Recorder; call: string }): readonly HostMessage[] {
    return session(recorder.events, { running: true, asks: [{ call, token: 't' }] });
  }

  async function answerable({ page }: OpenPanel): Promise<void> {
    await page.waitForSelector('[data-dock][data-ready]');
  }

  describe('without a session', () => {
    it('offers models first, and puts what is tried into the composer', async () => {
      await withPanel(
        [{ type: 'app', app: { ...app, provider: 'none', models: [], model: null } }],
        async ({ page, posted }) => {
          await page.getByRole('button', { name: 'Try it' }).click();
          await page.getByRole('button', { name: /Explain how this project/ }).click();
          await expect
            .poll(() => page.locator('textarea').inputValue())
            .toBe('Explain how this project fits together.');
          expect(await page.evaluate(() => document.activeElement?.localName)).toBe('vscode-text-area');
          await page.keyboard.press('Enter'); // there is no model to send it to
          expect(await posted()).toEqual([{ type: 'run', what: 'practice' }]);
        },
      );
    });

    it('sends with Enter, writes a line with Shift+Enter', async () => {
      await withPanel([{ type: 'app', app }], async ({ page, posted }) => {
        await page.locator('textarea').focus();
        await page.keyboard.type('Fix');
        await page.keyboard.press('Shift+Enter');
        await page.keyboard.type('it');
        await page.keyboard.press('Enter');
        expect(await posted()).toEqual([{ type: 'send', text: 'Fix\nit', attachments: [] }]);
        await expect.poll(() => page.locator('textarea').inputValue()).toBe('');
      });
    });

    it('does not send while an input method composes', async () => {
      await withPanel([{ type: 'app', app }], async ({ page, posted }) => {
        await page.locator('textarea').focus();
        const input = await page.context().newCDPSession(page);
        await input.send('Input.imeSetComposition', { text: 'か', selectionStart: 1, selectionEnd: 1 });
        await page.locator('textarea').evaluate((field) => {
          field.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, composed: true }),
          );
        });
        expect(await posted()).toEqual([]);
      });
    });

    it('always says that the practice model is one', async () => {
      await withPanel([{ type: 'app', app: { ...app, provider: 'practice' } }], async ({ page }) => {
        expect(await page.locator('.practice').innerText()).toBe('Practice');
        expect(await page.locator('.now').innerText()).toContain('recorded replies');
      });
    });
  });

  it.each([
    ['asks again in a while', fixture.retries, 'Rate limit: goes on in'],
    ['waits for a server that is gone', fixture.offline, 'No connection'],
  ])('while it %s, it can be tried now, sent elsewhere or stopped', async (_name, make, title) => {
    await withPanel(session(make().events, { running: true }), async ({ page, posted }) => {
      const notice = page.getByRole('group', { name: title.split(':')[0] ?? '' });
      expect(await notice.getByRole('heading').innerText()).toContain(title);
      for (const name of ['Try now', 'Switch model…', 'Stop']) await notice.getByRole('button', { name }).click();
      expect(await posted()).toEqual([{ type: 'try_now' }, { type: 'run', what: 'choose_model' }, { type: 'stop' }]);
    });
  });

  it('offers the effort that a model takes, beside the models', async () => {
    const models = [
      { id: 'a', name: 'A', windowTokens: null, outputTokensMax: null, efforts: ['low', 'max'] as const },
    ];
    await withPanel([{ type: 'app', app: { ...app, models, model: 'a', effort: 'low' } }], async ({ page, posted }) => {
      await page.locator('[data-menu=model]').click();
      const shown = (await page.getByRole('option', { name: /^Effort/ }).allInnerTexts()).map((text) => text.trim());
      expect(shown).toEqual(['Effort: as the model decides', 'Effort: low', 'Effort: highest']);
      await page.getByRole('option', { name: 'Effort: highest' }).click();
      expect(await posted()).toEqual([{ type: 'set', effort: 'max' }]);
    });
  });

  it('offers Auto where a sandbox holds commands, and a mark with the reason where none does', async () => {
    const noSandbox = 'bubblewrap is not installed';
    await withPanel([{ type: 'app', app }], async ({ page, send }) => {
      const names = async (): Promise<readonly string[]> => {
        await page.locator('[data-menu=mode]').click();
        await page.getByRole('option').first().waitFor();
        const shown = await page.getByRole('option').allInnerTexts();
        await page.keyboard.press('Escape');
        await page.getByRole('option').first().waitFor({ state: 'detached' });
        return shown.map((text) => text.split('\n')[0] ?? '');
      };
      const mark = page.getByRole('img', { name: /^No sandbox/ });
      expect([await names(), await mark.count()]).toEqual([['Plan', 'Ask first', 'Edit', 'Auto'], 0]);
      await send({ type: 'app', app: { ...app, noSandbox } });
      await mark.waitFor();
      expect(await mark.getAttribute('title')).toContain('Bubblewrap is not installed');
      expect(await names()).toEqual(['Plan', 'Ask first', 'Edit']);
    });
  });

  it('rules are listed by source, tried, added, changed and revoked; what a folder allows counts once it is agreed to', async () => {
    const messages: readonly HostMessage[] = [
      { type: 'app', app },
      { type: 'show', place: 'rules' },
      { type: 'rules', rules: someRules },
    ];
    await withPanel(messages, async ({ page, posted, send }) => {
      await page.getByLabel('A command line to try').fill('npm test');
      await page.getByRole('button', { name: 'Try', exact: true }).click();
      const why = 'It runs without a question: the rule shell(exact: npm test) allows it.';
      await send({ type: 'rule_tested', test: { line: 'npm test', action: 'allow', tier: 'write', why } });
      await page.getByText(why).waitFor();
      await page.getByText('line 3, column 5: a comma with nothing after it').waitFor();

      await page.getByLabel('The rule', { exact: true }).fill('shell(prefix: rm)');
      await page.getByLabel('What the rule does').selectOption('deny');
      await page.getByRole('button', { name: 'Add' }).click();
      await page.getByRole('button', { name: 'Change write(docs/**)' }).click();
      await page.getByLabel('The rule', { exact: true }).fill('write(docs/*.md)');
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByRole('button', { name: 'Revoke shell(exact: make)' }).click();
      await page.getByRole('button', { name: 'Agree to these rules' }).click();
      await page.getByRole('button', { name: 'Agree to this hook' }).click();
      await page.getByRole('button', { name: '/home/ada/.config/journeyman/settings.json' }).click();
      const instead = { kind: 'user', action: 'ask', rule: 'write(docs/**)' };
      expect(await posted()).toEqual([
        { type: 'list_rules' },
        { type: 'test_rule', line: 'npm test' },
        { type: 'add_rule', reach: 'workspace', action: 'deny', rule: 'shell(prefix: rm)' },
        { type: 'add_rule', reach: 'everywhere', action: 'ask', rule: 'write(docs/*.md)', instead },
        { type: 'remove_rule', rule: { kind: 'session', action: 'allow', rule: 'shell(exact: make)' } },
        { type: 'trust_rules', path: '/home/ada/billing/.journeyman/settings.json', hash: 'cd34' },
        { type: 'trust_hook', hash: 'ef56', isAgreed: true },
        { type: 'open_rules', path: '/home/ada/.config/journeyman/settings.json' },
      ]);
    });
  });

  describe('a command that asks', () => {
    it('is always allowed as far as the person says, and a wider rule says what else it allows', async () => {
      const asked = fixture.commandWaits();
      await withPanel(asking(asked), async (panel) => {
        const { page, posted } = panel;
        await answerable(panel);
        expect(await page.locator('[data-dock]').innerText()).toContain(
          'of this session also npm test, npm test -- --run',
        );
        await page.getByRole('button', { name: 'in this session' }).click();
        await page.getByRole('option', { name: /everywhere/ }).click();
        await page.getByRole('button', { name: /^npm test/ }).click();
        const answer = { action: 'allow', remember: 'everywhere', rule: 'shell(prefix: npm test)' };
        await expect.poll(posted).toContainEqual({ type: 'answer', call: asked.call, token: 't', answer });
      });
    });

    it('takes no key and no click before half a second has passed', async () => {
      const { recorder, call } = fixture.commandWaits();
      await withPanel(session(recorder.events.slice(0, -1), { running: true }), async (panel) => {
        const { page } = panel;
        await panel.send(
          { type: 'events', session: 's1', events: recorder.events.slice(-1) },
          { type: 'asks', session: 's1', asks: [{ call, token: 't' }] },
        );
        await page.evaluate(() => {
          const dock = document.querySelector<HTMLElement>('[data-dock]');
          dock?.querySelector<HTMLElement>('.btn.pri')?.click();
          dock?.querySelector('h2')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'y', bubbles: true }));
        });
        expect(await panel.posted()).toEqual([]);
        await answerable(panel);
        await page.locator('.dock .btn.pri').click();
        expect(await panel.posted()).toEqual([{ type: 'answer', call, token: 't', answer: { action: 'allow' } }]);
      });
    });

    it('never takes focus, and no letter while another field has it', async () => {
      const asked = fixture.commandWaits();
      await withPanel([{ type: 'app', app }], async (panel) => {
        await panel.page.locator('textarea').focus();
        await panel.send(...asking(asked));
        await answerable(panel);
        await panel.page.keyboard.press('y');
        expect(await panel.page.evaluate(() => document.activeElement?.localName)).toBe('vscode-text-area');
        expect(await panel.posted()).toEqual([]);
      });
    });

    it('is allowed by Y from its heading, which Ctrl+Up reaches', async () => {
      const asked = fixture.commandWaits();
      await withPanel(asking(asked), async (panel) => {
        await panel.page.locator('textarea').focus();
        await panel.page.keyboard.press('Control+ArrowUp');
        await answerable(panel);
        await panel.page.keyboard.press('y');
        expect(await panel.posted()).toEqual([
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'allow' } },
        ]);
      });
    });

    it('that is dangerous has its safe answer first, no letter, and is run by its button alone', async () => {
      const asked = fixture.commandWaits('rm -rf build', { tier: 'dangerous', part: 'rm -rf build' });
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        await answerable(panel);
        await page.locator('.dock h2').focus();
        for (const key of ['y', 'Shift+Y', 'Enter']) await page.keyboard.press(key);
        expect(await panel.posted()).toEqual([]);
        const buttons = page.locator('.dock .acts button');
        expect((await buttons.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual(['Deny… N', 'Run it this once']); // prettier-ignore
        expect(await page.locator('.dock .btn.pri').count()).toBe(0);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Space');
        expect(await panel.posted()).toEqual([
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'allow' } },
        ]);
      });
    });

    it('is denied with a reason, and Esc goes back', async () => {
      const asked = fixture.commandWaits();
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        await answerable(panel);
        await page.locator('.dock h2').focus();
        await page.keyboard.press('n');
        await page.locator('.dock textarea:focus').pressSequentially('not y');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Deny…' }).click();
        await page.locator('.dock textarea:focus').press('Enter');
        expect(await panel.posted()).toEqual([
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'deny', reason: 'not y' } },
        ]);
      });
    });

    it('is answered in words from the composer', async () => {
      const asked = fixture.commandWaits();
      await withPanel(asking(asked), async (panel) => {
        await panel.page.locator('textarea').fill('Use pnpm');
        await panel.page.locator('textarea').press('Enter');
        expect(await panel.posted()).toEqual([
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'deny', reason: 'Use pnpm' } },
        ]);
      });
    });

    it('shows every character, and a long script to its end before it can be allowed', async () => {
      const script = `echo \u202Eabc\n${'echo more\n'.repeat(30)}rm -rf build`;
      await withPanel(asking(fixture.commandWaits(script)), async (panel) => {
        const { page } = panel;
        await answerable(panel);
        expect(await page.locator('.dock .cmd').innerText()).toBe(script.replace('\u202E', 'U+202E'));
        expect(await page.locator('.dock .btn.pri').isDisabled()).toBe(true);
        await page.locator('.dock .cmd').evaluate((box) => box.scrollTo(0, box.scrollHeight));
        await page.locator('.dock .btn.pri:not([disabled])').click();
        expect(await panel.posted()).toHaveLength(1);
      });
    });

    it('cannot be answered in a window that was not asked', async () => {
      const { recorder } = fixture.commandWaits();
      await withPanel(session(recorder.events, { running: true }), async (panel) => {
        expect(await panel.page.locator('.dock .btn.pri').isDisabled()).toBe(true);
      });
    });
  });

  describe('changes that wait', () => {
    it('are decided one by one by letters, and focus stays with them', async () => {
      const asked = fixture.editsWait();
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        await answerable(panel);
        await page.locator('.hunk.cur').focus();
        await page.keyboard.press('j');
        await page.keyboard.press('k');
        await page.keyboard.press('y');
        const { recorder, call } = asked;
        recorder.add({ kind: 'user' }, { type: 'hunk.resolved', call, hunk: `${call}:1.2`, verdict: 'accepted' });
        await panel.send({ type: 'events', session: 's1', events: recorder.events.slice(-1) });
        expect(await page.locator('.hunk.cur .where').innerText()).toBe('Line 88, abort()');
        await page.locator('.hunk.cur').focus();
        await page.keyboard.press('e');
        await page.locator('.ask textarea:focus').fill('Shorter');
        await page.keyboard.press('Enter');
        await page.locator('.dock h2').focus();
        await page.keyboard.press('u');
        await page.keyboard.press('o');
        expect(await panel.posted()).toEqual([
          { type: 'hunk', call, token: 't', hunk: `${call}:1.2`, verdict: 'accepted' },
          { type: 'hunk', call, token: 't', hunk: `${call}:1.3`, verdict: 'asked', reason: 'Shorter' },
          { type: 'hunk', call, token: 't', hunk: `${call}:1.3`, verdict: 'proposed' },
          { type: 'open_review', call, path: fixture.upload[0]?.path },
        ]);
      });
    });

    it('are accepted by file and all at once', async () => {
      const { recorder, call } = fixture.editsWait();
      await withPanel(asking({ recorder, call }), async (panel) => {
        await answerable(panel);
        await panel.page.getByRole('button', { name: 'Reject all of exportState.ts' }).click();
        await panel.page.getByRole('button', { name: 'Accept all 3' }).click();
        expect(await panel.posted()).toEqual([
          { type: 'hunk', call, token: 't', hunk: `${call}:2.1`, verdict: 'rejected' },
          { type: 'answer', call, token: 't', answer: { action: 'accept_rest' } },
        ]);
      });
    });

    it('of many files are reviewed in the editor first', async () => {
      await withPanel(asking(fixture.manyEditsWait()), async ({ page }) => {
        expect(await page.locator('.dock .btn').allInnerTexts()).toEqual([
          'Review in the editor',
          'Accept all 76',
          'Reject all',
        ]);
        expect(await page.locator('.card').count()).toBe(5);
      });
    });
  });

  describe('changes that stand in files', () => {
    const { recorder, calls } = fixture.applied();
    const [edit, made] = calls;
    const path = fixture.upload[0]?.path ?? '';
    const files = fixture.reviewedFiles(calls);
    const review = (...states: readonly ReviewedFile[]): HostMessage => ({
      type: 'review',
      session: 's1',
      files: states,
    });
    /** As the host says it once the hunk has another state. */
    const now = (id: string, state: ReviewedFile['hunks'][number]['state']): HostMessage =>
      review(
        ...files.map((file) => ({
          ...file,
          hunks: file.hunks.map((one) => (one.id === id ? { id, line: one.line, state } : one)),
        })),
      );
    const running = session(recorder.events, { running: true });
    const live = [...running, review(...files)];
    async function open({ page }: OpenPanel, name: string): Promise<void> {
      await page.locator('.row', { hasText: `Edited ${name}` }).click();
      await page.locator(`.card[aria-label^=${name}] .hunk`).first().waitFor();
    }
    const places = ({ page }: OpenPanel) => page.locator('.card .where').allInnerTexts();

    it('are decided one by one with the mouse, from what the log tells', async () => {
      await withPanel(running, async (panel) => {
        const { page } = panel;
        await open(panel, 'resumableUpload');
        expect(await places(panel)).toEqual(['Line 12, imports: accepted', 'Line 42, start()', 'Line 88, abort()']);
        await page.getByRole('button', { name: 'Reject, Line 42, start()' }).click();
        await page.getByRole('button', { name: 'Ask for a change, Line 88, abort()' }).click();
        await page.locator('.ask textarea:focus').fill('Say why');
        await page.getByRole('button', { name: 'Ask for this change' }).click();
        await page.getByRole('button', { name: 'Review in the editor (O)' }).click();
        await page.getByRole('button', { name: 'Accept all of resumableUpload.ts (Shift+Y)' }).click();
        expect(await panel.posted()).toEqual([
          { type: 'review', hunks: [`${edit}:1.2`], word: 'reject' },
          { type: 'ask_change', hunk: `${edit}:1.3`, text: 'Say why' },
          { type: 'open_changes', path },
          { type: 'review', hunks: [`${edit}:1.2`, `${edit}:1.3`], word: 'accept' },
        ]);
      });
    });

    it('show what the editor says of them now, and take a word back', async () => {
      await withPanel(live, async (panel) => {
        const { page } = panel;
        await open(panel, 'resumableUpload');
        await open(panel, 'exportState');
        expect(await places(panel)).toEqual([
          'Line 12, imports: accepted',
          'Line 44, start()',
          'Line 90, abort(): you changed it, kept as you wrote it',
          'Line 1',
          'You asked: Say in the comment who writes it',
        ]);
        expect(await page.locator('.card .tag').allInnerTexts()).toEqual([
          '2\u00a0errors',
          '1\u00a0warning',
          'Not in the plan',
        ]);
        await page.getByRole('button', { name: 'Undo, Line 12, imports' }).click();
        await page.getByRole('button', { name: 'Show, Line 90, abort()' }).click();
        await page.getByRole('button', { name: 'Undo, Line 1', exact: true }).click();
        await panel.send(now(`${edit}:1.2`, 'superseded'));
        expect((await places(panel))[1]).toBe('start(): a later change took its place');
        expect(await panel.posted()).toEqual([
          { type: 'review', hunks: [`${edit}:1.1`], word: 'reopen' },
          { type: 'open_file', path, line: 90 },
          { type: 'review', hunks: [`${made}:1.1`], word: 'reopen' },
        ]);
      });
    });

    it('are gone through by letters from the bar, over all files, and focus stays with them', async () => {
      await withPanel(running, async (panel) => {
        const { page } = panel;
        const focused = () =>
          page.evaluate(() => {
            const element = document.activeElement as HTMLElement;
            return element.dataset['hunk'] ?? element.textContent.trim();
          });
        const bar = page.getByRole('button', { name: /to review in/ });
        expect(await bar.innerText()).toBe('3\u00a0changes to review in 2\u00a0files');
        await bar.focus();
        await page.keyboard.press('y'); // no letter decides from the bar
        await page.keyboard.press('j');
        await expect.poll(focused).toBe(`${edit}:1.2`);
        await page.keyboard.press('k');
        await expect.poll(focused).toBe(`${made}:1.1`);
        await page.keyboard.press('j');
        await expect.poll(focused).toBe(`${edit}:1.2`);
        await page.keyboard.press('y');
        await panel.send(
          { type: 'events', session: 's1', events: [] },
          review(
            {
              path,
              outsidePlan: false,
              problems: null,
              hunks: [
                { id: `${edit}:1.2`, state: 'accepted', line: 42 },
                { id: `${edit}:1.3`, state: 'applied', line: 88 },
              ],
            },
            { ...files[1]!, hunks: [{ id: `${made}:1.1`, state: 'applied', line: 1 }] },
          ),
        );
        await expect.poll(focused).toBe(`${edit}:1.3`);
        await page.keyboard.press('e');
        await page.locator('.ask textarea:focus').fill('n and y are words here');
        await page.keyboard.press('Escape');
        await expect.poll(focused).toBe(`${edit}:1.3`);
        await page.keyboard.press('o');
        await page.keyboard.press('Shift+N');
        await page.keyboard.press('u');
        expect(await panel.posted()).toEqual([
          { type: 'review', hunks: [`${edit}:1.2`], word: 'accept' },
          { type: 'open_changes', path },
          { type: 'review', hunks: [`${edit}:1.3`], word: 'reject' },
          { type: 'review', hunks: [`${edit}:1.3`], word: 'reopen' },
        ]);
      });
    });

    it('keep a letter for themselves while a command asks', async () => {
      const asked = fixture.applied().recorder;
      const call = asked.use('run_command', { command: 'make' });
      asked.step('', call).request(call).question(call.id, fixture.commandQuestion('make'));
      await withPanel(asking({ recorder: asked, call: call.id }), async (panel) => {
        const { page } = panel;
        await answerable(panel);
        await open(panel, 'resumableUpload');
        await page.getByRole('button', { name: 'Fold resumableUpload.ts' }).focus();
        await page.keyboard.press('y');
        await page.locator('.hunk[tabindex="0"]').focus();
        await page.keyboard.press('y');
        expect(await panel.posted()).toEqual([{ type: 'review', hunks: [`${edit}:1.2`], word: 'accept' }]);
      });
    });

    it('have one word all at once, which can be taken back where it was said', async () => {
      await withPanel(running, async (panel) => {
        const { page } = panel;
        const bar = page.locator('.review');
        const all = [`${edit}:1.2`, `${edit}:1.3`, `${made}:1.1`];
        await bar.getByRole('button', { name: 'Review in the editor' }).click();
        await bar.getByRole('button', { name: 'Reject all' }).click();
        await panel.send(review());
        expect(await bar.locator('.what').innerText()).toBe('3\u00a0changes rejected');
        await bar.getByRole('button', { name: /Undo/ }).click();
        await bar.waitFor({ state: 'detached' });
        expect(await panel.posted()).toEqual([
          { type: 'open_changes' },
          { type: 'review', hunks: all, word: 'reject' },
          { type: 'review', hunks: all, word: 'reopen' },
        ]);
      });
    });

    it('of a turn that has ended are told in its report and found in its steps', async () => {
      const ended = fixture.appliedAndDone().recorder;
      await withPanel(session(ended.events), async (panel) => {
        const { page } = panel;
        await page.locator('.row', { hasText: 'Changed 4' }).click();
        await expect
          .poll(() => page.locator('.report .kids .obj').allInnerTexts())
          .toEqual(['resumableUpload.ts', 'exportState.ts', 'offsets.ts', 'partReader.ts to parts/reader.ts']);
        await page.locator('.report .kids .row', { hasText: 'exportState' }).click();
        await page.getByRole('button', { name: 'Review 5' }).click();
        await page.getByRole('button', { name: /to review in/ }).click();
        await expect
          .poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['hunk']))
          .toBe(`${edit}:1.2`);
        expect(await panel.posted()).toEqual([
          { type: 'open_changes', path: fixture.state[0]?.path },
          { type: 'open_changes' },
        ]);
      });
    });

    it('are only shown where the session is written elsewhere', async () => {
      const [, told] = running;
      await withPanel([running[0]!, { ...told, readOnly: true } as HostMessage], async (panel) => {
        const { page } = panel;
        await open(panel, 'resumableUpload');
        expect(await places(panel)).toEqual([
          'Line 12, imports: accepted',
          'Line 42, start(): to review',
          'Line 88, abort(): to review',
        ]);
        expect(await page.locator('.card .act, .review').count()).toBe(0);
        await page.getByRole('button', { name: 'Fold resumableUpload.ts' }).focus();
        await page.keyboard.press('y');
        expect(await panel.posted()).toEqual([]);
      });
    });

    it('keep the words of a wish when what it was about changes under them', async () => {
      await withPanel(live, async (panel) => {
        const { page } = panel;
        await open(panel, 'resumableUpload');
        await page.getByRole('button', { name: 'Ask for a change, Line 44, start()' }).click();
        await page.locator('.ask textarea:focus').fill('Shorter');
        await panel.send(now(`${edit}:1.2`, 'edited'));
        expect(await page.locator('.ask textarea').inputValue()).toBe('Shorter');
        await page.locator('.ask textarea').press('Enter');
        expect(await panel.posted()).toEqual([{ type: 'ask_change', hunk: `${edit}:1.2`, text: 'Shorter' }]);
      });
    });
  });

  describe('a plan that waits', () => {
    it('is edited by keys before it starts, and goes as edited with the comments beside it', async () => {
      const asked = fixture.planWaits();
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        const field = page.locator('.steps textarea:focus');
        const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['step']);
        await answerable(panel);
        await page.locator('[data-step="0"]').focus();
        await page.keyboard.press('ArrowDown');
        await expect.poll(focused).not.toBe('0');
        // Both before anything is drawn: the step moves, and its comment is open.
        await page.evaluate(() => {
          for (const init of [{ key: 'ArrowDown', altKey: true }, { key: 'c' }])
            document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { ...init, bubbles: true }));
        });
        await field.fill('Keep the header');
        await page.keyboard.press('Enter');
        await expect.poll(focused).toBe('1');
        await page.keyboard.press('F2');
        await field.fill('Store it');
        await page.keyboard.press('Tab');
        await field.fill('src/a.ts, src/**');
        await page.keyboard.press('Enter');
        await expect.poll(focused).toBe('1');
        await page.keyboard.press('ArrowDown');
        await expect.poll(focused).not.toBe('1');
        await page.keyboard.press('Delete');
        await expect.poll(focused).toBe('4');
        await page.keyboard.press('ArrowDown');
        await expect.poll(focused).toBe('add');
        await page.keyboard.press('Enter');
        await field.fill('Write it down');
        await page.keyboard.press('Enter');
        await expect.poll(focused).toBe('5');
        await page.keyboard.press('y');
        const [find, , resume, , run] = fixture.planAt().items;
        expect(await panel.posted()).toEqual([
          {
            type: 'answer',
            call: asked.call,
            token: 't',
            answer: {
              action: 'allow',
              mode: 'ask',
              plan: {
                ...fixture.planAt(),
                items: [
                  find,
                  resume,
                  { text: 'Store it', state: 'todo', files: ['src/a.ts', 'src/**'] },
                  run,
                  { text: 'Write it down', state: 'todo' },
                ],
              },
              note: '- Step 3 (Store it): Keep the header',
            },
          },
        ]);
      });
    });

    it('is edited with the mouse, and as it was again', async () => {
      const asked = fixture.planWaits();
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        const texts = () => page.locator('.steps [data-step] .item').allInnerTexts();
        await answerable(panel);
        const before = await texts();
        await page.locator('[data-step="1"]').hover();
        await page.getByRole('button', { name: /^Move step 2/ }).click();
        await page.getByRole('option', { name: /Move up/ }).click();
        await page.getByRole('button', { name: 'Remove step 3 (Delete)' }).click();
        await page.getByRole('button', { name: 'Add a step' }).click();
        await page.locator('.steps textarea:focus').press('Escape'); // a step without words is none
        await expect.poll(texts).toEqual([before[1], before[0], before[3], before[4]]);
        await expect.poll(() => page.getByRole('button', { name: 'Edit as a document' }).count()).toBe(0);
        await page.getByRole('button', { name: 'Undo edits' }).click();
        await expect.poll(texts).toEqual(before);
        await page.getByRole('button', { name: 'Edit as a document' }).click();
        await page.getByRole('button', { name: 'Go' }).click();
        expect(await panel.posted()).toEqual([
          { type: 'open_plan', call: asked.call, token: 't' },
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'allow', mode: 'ask' } },
        ]);
      });
    });

    it('goes back with what was edited, which outlives a reload of the page', async () => {
      const asked = fixture.planWaits();
      await withPanel(asking(asked), async (panel) => {
        const { page } = panel;
        for (const at of [4, 3, 2, 1]) {
          await page.locator(`[data-step="${at}"]`).press('Delete');
          await page.locator(`[data-step="${at}"]`).waitFor({ state: 'detached' });
        }
        await page.waitForFunction(() => sessionStorage.getItem('state')?.includes('"plan":{"call"'));
        await page.reload();
        await panel.send(...asking(asked));
        await answerable(panel);
        expect(await page.locator('.steps [data-step]').count()).toBe(2); // and the one to add another
        await page.locator('[data-step="0"]').press('Delete'); // the last one stays
        await page.getByRole('button', { name: 'Change…' }).click();
        await page.locator('.dock textarea:focus').fill('And test it');
        await page.keyboard.press('Enter');
        expect(await panel.posted()).toMatchObject([
          {
            answer: {
              reason: [
                'Change the plan before you start:',
                'I have edited it to:',
                `1. Find where the offset is lost (files: ${fixture.planAt().items[0]?.files?.join(', ') ?? ''})`,
                'And test it',
              ].join('\n'),
            },
          },
        ]);
      });
    });

    it('goes on in the mode that is chosen', async () => {
      const asked = fixture.planWaits();
      await withPanel(asking(asked), async (panel) => {
        await answerable(panel);
        await panel.page.locator('[data-menu=after]').click();
        await panel.page.keyboard.press('ArrowDown');
        await panel.page.keyboard.press('Enter');
        await panel.page.getByRole('button', { name: 'Go' }).click();
        expect(await panel.posted()).toEqual([
          { type: 'answer', call: asked.call, token: 't', answer: { action: 'allow', mode: 'edit' } },
        ]);
      });
    });

    it('goes back with the comments on its steps', async () => {
      const asked = fixture.planWaits();
      await withPanel(asking(asked), async (panel) => {
        await answerable(panel);
        await panel.page.getByRole('button', { name: 'Comment on step 2 (C)' }).focus();
        await panel.page.keyboard.press('c');
        await panel.page.locator('.steps textarea:focus').fill('Keep the header');
        await panel.page.keyboard.press('Enter');
        await panel.page.getByRole('button', { name: 'Change with 1' }).click();
        expect(await panel.posted()).toEqual([
          {
            type: 'answer',
            call: asked.call,
            token: 't',
            answer: {
              action: 'deny',
              reason: 'Change the plan before you start:\n- Step 2 (Store the offset after each part): Keep the header',
            },
          },
        ]);
      });
    });
  });

  describe('a run', () => {
    it('shows what streams in, and lets the person stop it', async () => {
      const { recorder, call, output } = fixture.running();
      await withPanel(session(recorder.events, { running: true }), async (panel) => {
        const { page } = panel;
        await panel.send({
          type: 'deltas',
          session: 's1',
          deltas: [
            { kind: 'output', call, text: output },
            { kind: 'text', text: 'Now `abort()`' },
          ],
        });
        expect(await page.locator('.out').innerText()).toContain('14 tests');
        expect(await page.locator('[aria-busy=true] code').innerText()).toBe('abort()');
        expect(await page.locator('.codicon-modifier-spin').count()).toBe(2);
        await page.getByRole('button', { name: /^Stop now/ }).click();
        expect(await panel.posted()).toEqual([{ type: 'stop' }]);
      });
    });

    it('is paused, stopped and gone on with', async () => {
      const recorder = fixture.paused();
      const running = session(fixture.queued().recorder.events, { running: true });
      await withPanel(running, async (panel) => {
        const { page } = panel;
        await page.getByRole('button', { name: /^Pause after this step/ }).click();
        const [done, ...rest] = [recorder.events.at(-1)!, recorder.events.at(-2)!];
        await panel.send({ type: 'events', session: 's1', events: rest });
        expect(await page.locator('.now b').innerText()).toBe('Pausing after this step');
        await panel.send(
          { type: 'events', session: 's1', events: [done] },
          { type: 'app', app: { ...app, running: false } },
        );
        expect(await page.locator('.now b').innerText()).toBe('Paused by you');
        await page.getByRole('button', { name: /^Resume/ }).click();
        await page.getByRole('button', { name: /^Stop now/ }).click();
        expect(await panel.posted()).toEqual([{ type: 'pause' }, { type: 'resume' }, { type: 'stop' }]);
      });
    });

    it('comes back as it was after a reload of the page', async () => {
      const messages = session(fixture.done().events);
      await withPanel(messages, async (panel) => {
        const { page } = panel;
        await page.getByRole('button', { name: /15.steps/ }).click();
        await page.locator('textarea').fill('A draft');
        await page.waitForFunction(() => sessionStorage.getItem('state')?.includes('A draft'));
        await page.reload();
        await panel.send(...messages);
        await expect.poll(() => page.locator('textarea').inputValue()).toBe('A draft');
        expect(await page.locator('[data-log] .row', { hasText: 'Ran npm test' }).count()).toBe(2);
      });
    });
  });

  describe('messages to a run', () => {
    const running = () => session(fixture.queued().recorder.events, { running: true });

    it('queue with Enter, steer with Ctrl+Enter; both sleep until there are words', async () => {
      await withPanel(running(), async ({ page, posted }) => {
        const steer = page.locator('.composer').getByRole('button', { name: /^Steer/ });
        const queue = page.getByRole('button', { name: 'Queue for after this turn (Enter)' });
        expect([await steer.isDisabled(), await queue.isDisabled()]).toEqual([true, true]);
        await page.locator('textarea').fill('Next');
        await page.locator('textarea').press('Enter');
        await page.locator('textarea').fill('Now');
        await page.locator('textarea').press('Control+Enter');
        await page.locator('textarea').fill('Now too');
        await steer.click();
        expect(await posted()).toEqual([
          { type: 'send', text: 'Next', attachments: [] },
          { type: 'steer', text: 'Now', attachments: [] },
          { type: 'steer', text: 'Now too', attachments: [] },
        ]);
      });
    });

    it('that wait are one line each, moved and removed by keys; focus stays with them', async () => {
      const { recorder } = fixture.queued();
      await withPanel(running(), async (panel) => {
        const { page } = panel;
        const rows = page.locator('.queue li');
        expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')))).toEqual([
          'Next: Also add a line to the changelog of billing-service',
          'At the next step: Keep the header name as it is',
          'Then: Then open a pull request with all of it',
        ]);
        expect(await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))).toEqual([
          26, 26, 26,
        ]);
        await rows.first().focus();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown'); // the end
        await page.keyboard.press('Alt+ArrowUp');
        recorder.add({ kind: 'user' }, { type: 'message.changed', message: 'm3', before: 'm2' });
        await panel.send({ type: 'events', session: 's1', events: recorder.events.slice(-1) });
        const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['queue']);
        expect(await focused()).toBe('m3');
        await page.keyboard.press('Delete');
        recorder.add({ kind: 'user' }, { type: 'message.cancelled', message: 'm3' });
        await panel.send({ type: 'events', session: 's1', events: recorder.events.slice(-1) });
        expect(await focused()).toBe('m2');
        await page
          .locator('[data-queue=m1]')
          .getByRole('button', { name: /^Steer/ })
          .click();
        await page.locator('[data-queue=m1]').getByRole('button', { name: /^Move/ }).click();
        await page.getByRole('option', { name: /Move down/ }).click();
        expect(await panel.posted()).toEqual([
          { type: 'change_message', message: 'm3', before: 'm2' },
          { type: 'cancel_message', message: 'm3' },
          { type: 'change_message', message: 'm1', steer: true },
          { type: 'change_message', message: 'm1', before: null },
        ]);
      });
    });

    it('are mended in the composer, and the draft comes back', async () => {
      await withPanel(running(), async ({ page, posted }) => {
        const field = page.locator('textarea');
        await field.fill('A draft');
        await page.locator('[data-queue=m1]').focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => field.inputValue()).toBe('Also add a line to the changelog of billing-service');
        await page.keyboard.press('Escape');
        await expect.poll(() => field.inputValue()).toBe('A draft');
        await page.locator('[data-queue=m1]').getByRole('button', { name: /^Edit/ }).click();
        await field.fill('No changelog');
        await field.press('Enter');
        await expect.poll(() => field.inputValue()).toBe('A draft');
        expect(await posted()).toEqual([{ type: 'change_message', message: 'm1', text: 'No changelog' }]);
      });
    });

    it('are said anew from an earlier one, not while it works', async () => {
      const { events } = fixture.done();
      await withPanel(session(events), async (panel) => {
        const { page } = panel;
        await page.getByRole('button', { name: 'Edit and run again from here' }).click();
        expect(await page.locator('.editing').innerText()).toContain('files stay');
        const field = page.locator('textarea');
        await field.fill('Resume exports');
        await panel.send({ type: 'app', app: { ...app, running: true } });
        await field.press('Enter');
        await panel.send({ type: 'app', app });
        await field.press('Enter');
        expect(await panel.posted()).toEqual([{ type: 'edit_turn', turn: 1, text: 'Resume exports', attachments: [] }]);
        await page.locator('.editing').waitFor({ state: 'detached' });
      });
    });
  });

  describe('a cut', () => {
    const recovery = (report = fixture.cutReport): readonly HostMessage[] => [
      ...session(fixture.closedInTheMiddle().events),
      { type: 'recovery', session: 's1', report },
    ];

    it('says what is known and what is not, and goes on by one click', async () => {
      await withPanel(recovery(), async (panel) => {
        const { page } = panel;
        expect(await page.locator('.row', { hasText: 'Started' }).innerText()).toContain('end not seen');
        expect(await page.locator('.dock h2, .dock h3').allInnerTexts()).toEqual([
          'The editor closed in the middle of step 14',
          'Known',
          'Not known',
        ]);
        await answerable(panel);
        await page.getByRole('button', { name: 'Show its output' }).click();
        await page.getByRole('button', { name: 'Go on, check first' }).click();
        await page.locator('.dock h2').focus();
        await page.keyboard.press('n');
        expect(await panel.posted()).toEqual([
          { type: 'show_output', call: 'toolu_13' },
          { type: 'resume' },
          { type: 'leave' },
        ]);
      });
    });

    it('is announced at once', async () => {
      await withPanel(recovery(), async ({ page }) => {
        expect(await page.locator('[aria-live=assertive]').innerText()).toBe(
          'The editor closed in the middle of step 14. Press Shift+Alt+G',
        );
      });
    });

    it('that only waits for an answer has no dock of its own, and ends when the turn goes on', async () => {
      await withPanel(recovery({ ...fixture.cutReport, onlyWaits: true }), async ({ page }) => {
        expect(await page.locator('.dock').count()).toBe(0);
      });
      await withPanel(recovery(), async (panel) => {
        await panel.send({ type: 'recovery', session: 's1', report: null });
        expect(await panel.page.locator('.dock').count()).toBe(0);
        expect(await panel.page.getByRole('button', { name: /^Resume/ }).count()).toBe(1);
      });
    });
  });

  describe('restore points', () => {
    const { events } = fixture.done();
    const [, point] = restorePoints(reduceAll(emptyView, events).copies);
    const checkpoint = point?.checkpoint ?? '';
    const preview: HostMessage = { type: 'restore', session: 's1', checkpoint, items: fixture.restoreItems };

    async function opened(panel: OpenPanel): Promise<void> {
      const { page } = panel;
      await page.getByRole('button', { name: /15.steps/ }).click();
      await page
        .getByRole('button', { name: /^Restore… / })
        .nth(1)
        .click();
      await panel.send(preview);
    }

    it('are reached from their line, show what would change, and leave conflicts to the person', async () => {
      await withPanel(session(events), async (panel) => {
        const { page } = panel;
        await opened(panel);
        expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['nav'])).toBe(
          `point:${checkpoint}`,
        );
        expect(await page.locator('.dock h2').innerText()).toBe('Restore to 14:02, before step 11?');
        await page.getByRole('combobox').selectOption('Take the old text');
        await page.getByRole('button', { name: /exportState/ }).click();
        await page.getByRole('button', { name: /^Restore 4.files/ }).click();
        await expect.poll(() => page.getByRole('button', { name: /^Restore 4.files/ }).isDisabled()).toBe(true);
        const path = (name: string) => fixture.restoreItems.find((item) => item.path.endsWith(name))?.path ?? '';
        expect(await panel.posted()).toEqual([
          { type: 'preview_restore', checkpoint },
          { type: 'compare_restore', checkpoint, path: path('exportState.ts') },
          { type: 'restore', checkpoint, scope: 'both', mine: [], old: [path('invoiceExport.ts')] },
        ]);
        const recorder = fixture.done();
        recorder.add({ kind: 'user' }, { type: 'checkpoint.restored', checkpoint, as: 'r1', files: [] });
        await panel.send({ type: 'events', session: 's1', events: recorder.events.slice(-1) });
        expect(await page.locator('[data-log]').innerText()).toContain('Restored to 14:02');
        expect(await page.evaluate(() => document.activeElement?.localName)).toBe('vscode-text-area');
      });
    });

    it('are chosen by arrows, scoped by radios, left by Esc', async () => {
      await withPanel(session(events), async (panel) => {
        const { page } = panel;
        await panel.send({ type: 'show', place: 'restore' });
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await panel.send(preview);
        await page.getByRole('radio', { name: 'Conversation only' }).check();
        await page.getByRole('button', { name: 'Go back' }).click();
        await page.keyboard.press('Escape');
        await expect.poll(() => page.locator('.composer').count()).toBe(1);
        expect((await panel.posted()).slice(1)).toEqual([
          { type: 'preview_restore', checkpoint },
          {
            type: 'restore',
            checkpoint,
            scope: 'conversation',
            mine: [fixture.restoreItems.find(({ action }) => action === 'conflict')?.path],
            old: [],
          },
        ]);
      });
    });

    it('wait while it works', async () => {
      await withPanel(session(events, { running: true }), async (panel) => {
        await opened(panel);
        expect(await panel.page.locator('.dock').innerText()).toContain('pause or stop it first');
        expect(await panel.page.locator('.dock .btn.pri').isDisabled()).toBe(true);
      });
    });

    it('of a later task fork the conversation before it', async () => {
      await withPanel(session(fixture.restored().events), async ({ page, posted }) => {
        await page.locator('[data-menu=title]').click();
        await page.getByRole('option', { name: /Restore to a checkpoint/ }).click();
        await page.locator('[data-nav^=point]').nth(1).click();
        await page.getByRole('radio', { name: /new fork/ }).check();
        await page.getByRole('button', { name: 'Fork', exact: true }).click();
        expect((await posted()).at(-1)).toEqual({ type: 'fork', turn: 1 });
      });
    });
  });

  describe('an answer', () => {
    it('is safe Markdown: no raw HTML, no images, only https links, which the host opens', async () => {
      const text = [
        '<img src=x onerror=alert(1)> <b>bold</b>',
        '![picture](https://example.org/a.png)',
        '[good](https://example.org/a) [bad](javascript:alert(1)) [worse](command:x) [plain](http://example.org)',
        '```js\nconst a = "<i>";\n```',
      ].join('\n\n');
      const recorder = new fixture.Recorder().say('x').step(text);
      await withPanel(session(recorder.events, { running: true }), async ({ page, posted }) => {
        expect(await page.locator('.t img, .t b').count()).toBe(0);
        expect(await page.locator('.t a').allInnerTexts()).toEqual(['picture', 'good']);
        await page.getByText('good', { exact: true }).click();
        await page.getByRole('button', { name: 'Copy code' }).click();
        expect(await posted()).toEqual([
          { type: 'open_link', href: 'https://example.org/a' },
          { type: 'copy', text: 'const a = "<i>";\n' },
        ]);
      });
    });
  });

  describe('ten thousand rows', () => {
    it('keep a window of rows in the page, and scroll to both ends', async () => {
      const { events } = fixture.long(2600);
      await withPanel(session(events, { running: true }), async (panel) => {
        const { page } = panel;
        const rows = page.locator('[data-log] [data-key]');
        expect(await rows.count()).toBeLessThanOrEqual(300);
        await expect.poll(() => page.locator('[data-log]').innerText()).toContain('Answer 2599');
        await page.locator('[data-log]').evaluate((log) => log.scrollTo(0, 0));
        await expect.poll(() => page.locator('[data-log]').innerText()).toContain('Question 0');
        expect(await rows.count()).toBeLessThanOrEqual(300);
        const more = new fixture.Recorder().say('Later').step('More').events.slice(1);
        await panel.send({
          type: 'events',
          session: 's1',
          events: more.map((event, at) => ({ ...event, seq: events.length + 1 + at })),
        });
        await page.getByRole('button', { name: /new below/ }).click();
        await expect.poll(() => page.locator('[data-log]').innerText()).toContain('More');
        await page.locator('[data-log] [data-nav]').last().focus();
        await page.keyboard.press('Home');
        await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('file0.ts');
      });
    });
  });

  describe('sessions', () => {
    const row = (id: string, title: string) => ({
      id,
      title,
      updatedAtMs: Date.now(),
      state: 'idle' as const,
      line: 'Done',
    });
    const list: readonly HostMessage[] = [
      { type: 'app', app },
      { type: 'sessions', rows: [row('a', 'Exports'), row('b', 'Imports')] },
      { type: 'show', place: 'sessions' },
    ];

    it('are searched, renamed, deleted after a second word, and opened', async () => {
      await withPanel(list, async ({ page, posted }) => {
        await page.keyboard.type('exp');
        await expect.poll(() => page.locator('.list .two.open').count()).toBe(1);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('F2');
        await page.locator('.list input:focus').fill('Exports again');
        await page.keyboard.press('Enter');
        await page.locator('.two.open').focus();
        await page.keyboard.press('Delete');
        await page.getByRole('button', { name: 'Delete', exact: true }).click();
        await page.locator('.two.open').click();
        expect((await posted()).filter(({ type }) => !/^(list|search)_sessions$/.test(type))).toEqual([
          { type: 'rename_session', id: 'a', title: 'Exports again' },
          { type: 'delete_session', id: 'a' },
          { type: 'open_session', id: 'a' },
        ]);
      });
    });

    it('are found by what was said in them, after the typing rests', async () => {
      await withPanel(list, async (panel) => {
        const { page } = panel;
        await page.keyboard.type('tax');
        await expect.poll(() => panel.posted()).toContainEqual({ type: 'search_sessions', words: 'tax' });
        expect((await panel.posted()).filter(({ type }) => type === 'search_sessions')).toHaveLength(1);
        const found = { ...row('b', 'Imports'), line: '… the new tax format …' };
        await panel.send({ type: 'found', words: 'ta', rows: [], searched: 9 }); // an answer to an older question
        await panel.send({ type: 'found', words: 'tax', rows: [found], searched: 48 });
        expect(await page.locator('.list .l2').allInnerTexts()).toEqual(['… the new tax format …']);
        expect(await page.locator('p.foot').innerText()).toBe('1 of 48\u00a0sessions. They stay on this machine.');
      });
    });

    it('say in words where they stand, and have what can be done with them beside them', async () => {
      const states = (['paused', 'cut', 'closed', 'damaged'] as const).map((state) => ({
        ...row(state, state),
        state,
      }));
      const messages: readonly HostMessage[] = [
        { type: 'app', app },
        { type: 'sessions', rows: states },
      ];
      await withPanel([...messages, { type: 'show', place: 'sessions' }], async ({ page, posted }) => {
        expect(await page.locator('.list .l2').allInnerTexts()).toEqual([
          'Cut off · Done',
          'Paused · Done',
          'Closed · Done',
          'Damaged, can only be read · Done',
        ]);
        await page.getByRole('button', { name: 'Import a session…' }).click();
        const rows = page.locator('.list li');
        await rows.nth(0).hover();
        await rows.nth(0).getByRole('button', { name: 'Fork cut' }).click();
        await rows.nth(0).getByRole('button', { name: 'Export cut' }).click();
        await rows.nth(0).getByRole('button', { name: 'Close cut' }).click();
        expect(await rows.nth(3).locator('.tools button').count()).toBe(3);
        expect((await posted()).slice(1)).toEqual([
          { type: 'import_session' },
          { type: 'fork', id: 'cut', turn: null },
          { type: 'export_session', id: 'cut' },
          { type: 'close_session', id: 'cut' },
        ]);
      });
    });

    it('that are not found say so, and Esc leads back', async () => {
      await withPanel(list, async ({ page, send }) => {
        await page.keyboard.type('exprot');
        await send({ type: 'found', words: 'exprot', rows: [], searched: 48 });
        await expect.poll(() => page.locator('.hero').innerText()).toContain('No session says “exprot”.');
        await page.keyboard.press('Escape');
        await expect.poll(() => page.locator('.composer').count()).toBe(1);
      });
    });
  });

  describe('every state', () => {
    const states: Readonly<Record<string, () => readonly HostMessage[]>> = {
      empty: () => [{ type: 'app', app: { ...app, provider: 'none' } }],
      ready: () => [{ type: 'app', app }],
      running: () => session(fixture.running().recorder.events, { running: true }),
      plan: () => asking(fixture.planWaits()),
      edits: () => asking(fixture.editsWait()),
      many: () => asking(fixture.manyEditsWait()),
      applied: () => {
        const { recorder, calls } = fixture.applied();
        return [
          ...session(recorder.events, { running: true }),
          { type: 'review', session: 's1', files: fixture.reviewedFiles(calls) },
        ];
      },
      appliedAndDone: () => session(fixture.appliedAndDone().recorder.events),
      command: () => asking(fixture.commandWaits()),
      done: () => session(fixture.done().events),
      unverified: () => session(fixture.unverified().events),
      partial: () => session(fixture.partial().events),
      failed: () => session(fixture.failed().events),
      answered: () => session(fixture.answered().events),
      queued: () => session(fixture.queued().recorder.events, { running: true }),
      paused: () => session(fixture.paused().events),
      resumed: () => session(fixture.resumed().events, { running: true }),
      restored: () => session(fixture.restored().events),
      recovered: () => [
        ...session(fixture.closedInTheMiddle().events),
        { type: 'recovery', session: 's1', report: fixture.cutReport },
      ],
      retries: () => session(fixture.retries().events, { running: true }),
      offline: () => session(fixture.offline().events, { running: true }),
      restore: () => [
        ...session(fixture.restored().events),
        { type: 'show', place: 'restore' },
        { type: 'restore', session: 's1', checkpoint: 'r1', items: fixture.restoreItems },
      ],
      sessions: () => [
        { type: 'app', app },
        { type: 'sessions', rows: [{ id: 'a', title: 'Exports', updatedAtMs: 0, state: 'cut', line: 'Step 4' }] },
        { type: 'show', place: 'sessions' },
      ],
    };
    /** Views in the place of the session. */
    const withoutComposer: ReadonlySet<string> = new Set(['restore', 'sessions']);

    it.each(Object.entries(states))(
      '%s: controls are named, ids are unique, nothing goes beyond the edge',
      async (name, make) => {
        await withPanel(make(), async ({ page }) => {
          for (const row of await page.locator('.row', { hasText: 'Edited' }).all()) await row.click();
          for (const width of [260, 420]) {
            await page.setViewportSize({ width, height: 785 });
            const faults = await page.evaluate(() => {
              const nameOf = (element: Element) =>
                element.getAttribute('aria-label') ??
                ((element instanceof HTMLInputElement ? element.labels?.[0] : null) ?? element).textContent.trim();
              const controls = [
                ...document.querySelectorAll('button, a, [role=meter], [role=region], textarea, input, select'),
              ];
              const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
              const wide = [...document.querySelectorAll<HTMLElement>('.jm *')].filter(
                (element) =>
                  element.getBoundingClientRect().right > window.innerWidth + 1 &&
                  !element.closest('.scroll-x, pre, .cut, .dir, .w, .now, .sr'),
              );
              return {
                nameless: controls
                  .filter((element) => nameOf(element) === '')
                  .map(({ outerHTML }) => outerHTML.slice(0, 200)),
                twice: ids.filter((id, at) => ids.indexOf(id) !== at),
                wide: wide.map(({ outerHTML }) => outerHTML.slice(0, 120)),
                field: document.querySelector('vscode-text-area')?.getAttribute('aria-label'),
              };
            });
            const field = withoutComposer.has(name) ? undefined : 'Message to Journeyman';
            expect(faults).toEqual({ nameless: [], twice: [], wide: [], field });
          }
        });
      },
    );
  });
});
