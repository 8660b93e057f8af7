// The review where the code is: each surface used once with the mouse and once with the keyboard, a reload in the middle, and the focus
// recorded all the while: what nobody asked for never moves it.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, eventually, openFile, reloadWindow, statusItem } from '../../scripts/workbench/page.mjs';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';
import { openJourneyman } from './support/journeyman.ts';
import { screenshot, useWorkbench } from './support/workbench.ts';

const upload = [
  'export class Upload {',
  '  offset = 0;',
  '',
  '  start(file) {',
  '    this.offset = 0;',
  '    return this.open(file);',
  '  }',
  '',
  '  // Nobody needs this.',
  '  unused() {}',
  '',
  '  open(file) {',
  '    return [file, this.offset];',
  '  }',
  '}',
  '',
];
const rates = ['export const low = 1;', 'export const mid = 2;', 'export const high = 3;', ''];
const edits = [
  { old_text: '    this.offset = 0;\n', new_text: '    const saved = read(file);\n    this.offset = saved ?? 0;\n' },
  { old_text: '  // Nobody needs this.\n  unused() {}\n\n', new_text: '' },
  {
    old_text: '    return [file, this.offset];\n  }\n',
    new_text:
      '    return [file, this.offset];\n  }\n\n  cancel() {\n    this.offset = 0; // or a second one begins\n  }\n',
  },
];
const replies: readonly ScriptedReply[] = [
  {
    // While it works the person has gone to an editor.
    pings: { count: 12, everyMs: 250 },
    content: [
      'I change three places, a new file and the rates.',
      { tool: 'edit_file', input: { path: 'src/upload.js', edits } },
      { tool: 'write_file', input: { path: 'src/fresh.js', content: 'export const fresh = true;\n' } },
      {
        tool: 'edit_file',
        input: {
          path: 'src/rates.js',
          edits: [
            { old_text: 'low = 1', new_text: 'low = 10' },
            { old_text: 'high = 3', new_text: 'high = 30' },
          ],
        },
      },
    ],
  },
  'It resumes now.',
  {
    content: [
      'I say it in the comment.',
      {
        tool: 'edit_file',
        input: {
          path: 'src/upload.js',
          edits: [{ old_text: '// or a second one begins', new_text: '// else two run' }],
        },
      },
    ],
  },
  'It is shorter now.',
  'I leave it as it is: it is ten for a reason.',
];

let api: ScriptedApi;
beforeAll(async () => {
  const model = { type: 'model', id: 'own', display_name: 'Own model', max_input_tokens: 100_000, max_tokens: 8000 };
  api = await startScriptedApi({ replies, models: [model] });
});
afterAll(() => api.close());

const bench = useWorkbench({
  files: { 'src/upload.js': upload.join('\n'), 'src/rates.js': rates.join('\n') },
  settings: {
    'files.autoSave': 'off',
    'workbench.colorTheme': 'Default Dark Modern',
    // The gutter is shared with git, whose own changes are not what is looked at here.
    'git.enabled': false,
  },
  git: false,
  viewport: { width: 1280, height: 800 },
});

type Part = 'editor' | 'thread' | 'source control' | 'panel' | 'elsewhere';

/** Where the focus is. */
function focusOf(page: Page): Promise<Part> {
  return page.evaluate((): Part => {
    const { activeElement: element } = document;
    if (element?.closest('.review-widget')) return 'thread';
    if (element?.closest('.part.editor')) return 'editor';
    if (element?.closest('.scm-view')) return 'source control';
    return element?.closest('.webview') || element?.tagName === 'IFRAME' ? 'panel' : 'elsewhere';
  });
}

interface Recorder {
  /** What the focus went to while nobody did anything. */
  readonly moved: string[];
  /** The name of what the person does now; '': nothing. */
  doing: string;
}

async function recordFocus(page: Page): Promise<void> {
  await page.evaluate(() => {
    const recorder: Recorder = { moved: [], doing: 'begin' };
    Object.assign(globalThis, { recorder });
    addEventListener('focusin', ({ target }) => {
      if (recorder.doing === '' && target instanceof Element)
        recorder.moved.push(`${target.tagName}.${target.className} after ${performance.now().toFixed(0)} ms`);
    });
  });
}

/** The person does one thing; what it leads to by itself comes later, and is recorded. */
async function person(what: string, act: () => Promise<unknown>): Promise<void> {
  const { page } = bench;
  const doing = (name: string) =>
    page.evaluate((now) => {
      (globalThis as unknown as { recorder: Recorder }).recorder.doing = now;
    }, name);
  await doing(what);
  await act();
  await page.waitForTimeout(400); // an editor that opens has the focus once it is drawn
  await doing('');
}

async function focusHasNotMoved(): Promise<void> {
  const moved = await bench.page.evaluate(() => (globalThis as unknown as { recorder: Recorder }).recorder.moved);
  expect(moved).toEqual([]);
}

/** Of the file itself, not of a comparison: `upload.js: agent changes`. */
const tab = (name: string) => bench.page.getByRole('tab', { name: new RegExp(`^${name}(?!:)`) });
const why = 'Why ten? Ask the tariff for the number, and say in the comment above where it came from, with its date.';
const lens = (title: RegExp) => bench.page.locator('.codelens-decoration a:visible', { hasText: title });
/** Of the change that is the first, the second … of its file. */
const lensOf = (place: RegExp, title: RegExp) =>
  bench.page.locator('.codelens-decoration:visible', { hasText: place }).locator('a', { hasText: title });
const row = (name: string) => bench.page.locator('.scm-view .monaco-list-row', { hasText: name });
const key = (keys: string) => () => bench.page.keyboard.press(keys);
const cursorAt = (place: RegExp) => statusItem(bench.page, place).waitFor();
const shown = (file: string) => bench.read(file).split('\n');
const line = (text: string) =>
  bench.page.locator('.editor-group-container.active .view-line', { hasText: text }).first();

test('the agent writes while the person is in an editor, and the focus stays there', async () => {
  const { page } = bench;
  const panel = await openJourneyman(page);
  await panel.getByRole('button', { name: 'Connect…' }).click();
  const box = page.locator('.quick-input-widget:visible');
  await box.locator('input').fill(api.baseUrl);
  await page.keyboard.press('Enter');
  await box.getByText('Key for').waitFor();
  await page.keyboard.press('Enter');
  await panel.getByText('Own model').first().waitFor();
  await panel.getByRole('button', { name: 'Ask first' }).click();
  await panel.getByRole('option', { name: /^Edit/ }).click();
  await openFile(page, 'upload.js');
  await recordFocus(page);
  await person('say the task', async () => {
    await panel.locator('[data-field=composer]').click();
    await page.keyboard.type('Resume dropped uploads');
    await page.keyboard.press('Enter');
  });
  await person('go to the editor', () => line('offset = 0;').click());
  expect(await focusOf(page)).toBe('editor');
  await panel.getByText('It resumes now.').first().waitFor();
  await lens(/Ask for a change$/)
    .first()
    .waitFor();
  await person('open the source control view', async () => {
    await page.keyboard.press('Control+Shift+G');
    await row('upload.js').waitFor();
  });
  await person('go back to the editor', () => line('offset = 0;').click());
  await eventually('the surfaces are there', async () => (await lens(/Accept$/).count()) === 3);
  await page.waitForTimeout(1000);
  await screenshot(page, 'review-1-editor');
  expect((await lens(/./).allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' ').trim()).slice(0, 3)).toEqual([
    'Accept all',
    'Reject all',
    'Compare',
  ]);
  await page.getByText('6 changes to review').first().waitFor();
  await focusHasNotMoved();
});

test('lenses and keys decide one change each; the last word is taken back', async () => {
  const { page } = bench;
  await person('accept with the lens', () => lensOf(/1 of 3/, /Accept$/).click());
  await eventually('two are left', async () => (await lens(/Accept$/).count()) === 2);
  await person('go to the next change', key('Shift+Alt+J'));
  await cursorAt(/Ln 10, Col 1/);
  await person('reject it with a key', key('Shift+Alt+N'));
  await eventually('the removed lines are back', () => shown('src/upload.js').includes('  unused() {}'));
  await person('take that back', key('Shift+Alt+U'));
  // A file that is just being written is read as empty.
  await eventually('they are gone again', () => {
    const lines = shown('src/upload.js');
    return lines.includes('    const saved = read(file);') && !lines.includes('  unused() {}');
  });
  expect(await focusOf(page)).toBe('editor');
  await focusHasNotMoved();
});

test('another change is asked for in a thread under it', async () => {
  const { page } = bench;
  const canWrite = () => eventually('one can write at once', async () => (await focusOf(page)) === 'thread');
  // The thread closes once what was asked is in the log: the focus goes back then, which is part of what the person did.
  const isBack = () => eventually('one is back in the editor', async () => (await focusOf(page)) === 'editor');
  await person('ask with the lens', async () => {
    await lensOf(/2 of 2/, /Ask for a change$/).click();
    await canWrite();
  });
  await page.keyboard.type('Say it shorter');
  await screenshot(page, 'review-2-thread');
  await person('send it', async () => {
    await page.locator('.review-widget').getByRole('button', { name: 'Ask for this change' }).click();
    await isBack();
  });
  await eventually('the answer stands in the file', () => bench.read('src/upload.js').includes('// else two run'));
  await eventually('and in its lens', async () => (await lens(/Ask for a change$/).count()) === 2);
  const asked = JSON.stringify(api.requests[2]?.body.messages.at(-1));
  expect(asked).toMatch(/Say it shorter/);
  expect(asked).toMatch(/or a second one begins/);
  await person('go to the rates', async () => {
    await openFile(page, 'rates.js');
    await line('low = 10').click();
  });
  await lens(/Ask for a change$/)
    .first()
    .waitFor();
  await person('ask with a key', async () => {
    await page.keyboard.press('Shift+Alt+E');
    await canWrite();
  });
  await page.keyboard.type(why);
  await person('send it with a key', async () => {
    await page.keyboard.press('Control+Enter');
    await isBack();
  });
  await lens(/Asked: Why ten\?/).waitFor();
  expect(await focusOf(page)).toBe('editor');
  await eventually('it was told', () => api.requests.length === 5);
  await page.waitForTimeout(1000);
  await screenshot(page, 'review-3-asked');
  await focusHasNotMoved();
});

test('after a reload all that waits is there again', async () => {
  const { page } = bench;
  await reloadWindow(page);
  await lens(/Asked: Why ten\?/).waitFor({ timeout: 60_000 });
  await recordFocus(page);
  await person('look at the source control view', key('Control+Shift+G'));
  await row('upload.js').waitFor();
  await screenshot(page, 'review-4-reloaded');
  await page.getByText('5 changes to review').first().waitFor();
  await focusHasNotMoved();
});

test('the source control view opens, accepts and rejects', async () => {
  const { page } = bench;
  const opened = (title: string) => page.locator('.tab.active', { hasText: title }).waitFor();
  await person('click on a file', () => row('upload.js').click());
  await opened('upload.js: agent changes');
  expect(await focusOf(page)).toBe('source control');
  await screenshot(page, 'review-5-compare');
  await person('go down to the next file, and open it', async () => {
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await opened('rates.js: agent changes');
  });
  expect(await focusOf(page)).toBe('editor'); // as for any file that is opened with Enter
  await person('accept the new file', async () => {
    await row('fresh.js').hover();
    await row('fresh.js').locator('.codicon-check-all').click();
  });
  await eventually('it is not listed any more', async () => (await row('fresh.js').count()) === 0);
  expect(bench.read('src/fresh.js')).toBe('export const fresh = true;\n');
  await focusHasNotMoved();
});

test('the gutter shows what was removed, and decides', async () => {
  const { page } = bench;
  await person('open the rates', async () => {
    await tab('rates.js').click();
    await line('mid = 2').click();
  });
  const mark = page.locator('.editor-group-container.active .dirty-diff-glyph');
  await person('click on the mark', () => mark.first().click({ position: { x: 2, y: 8 } }));
  const peek = page.locator('.peekview-widget');
  await peek
    .getByText(/^Agent changes - /)
    .first()
    .waitFor();
  await screenshot(page, 'review-6-peek');
  await person('reject it there', () => peek.locator('.codicon-discard').click());
  await eventually('the old line is back', () => bench.read('src/rates.js').includes('low = 1;'));
  await person('close the peek, go to the next one with keys', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+F3');
  });
  await peek
    .getByText(/^Agent changes - /)
    .first()
    .waitFor();
  await person('close it, accept with a key', async () => {
    await page.keyboard.press('Escape');
    await line('high = 30').click();
    await page.keyboard.press('Shift+Alt+Y');
  });
  await eventually('nothing is left in the file', async () => (await lens(/Accept$/).count()) === 0);
  await eventually('what was accepted stays', () => bench.read('src/rates.js').includes('high = 30'));
  await focusHasNotMoved();
});

test('all changes are compared side by side, with the same lenses and keys', async () => {
  const { page } = bench;
  await person('click on the status bar', () => page.getByText('2 changes to review').first().click());
  await page.locator('.tab.active', { hasText: 'Agent changes (1 file)' }).waitFor();
  await lens(/Accept$/)
    .first()
    .waitFor();
  await screenshot(page, 'review-7-all');
  await person('go to the file', () => tab('upload.js').click());
  await person('compare it', () => command(page, 'Journeyman: Compare with Before the Changes'));
  await page.locator('.tab.active', { hasText: 'upload.js: agent changes' }).waitFor();
  await person('go to the next one there', key('Shift+Alt+J'));
  await cursorAt(/Ln 1[03], Col 1/);
  await person('reject it', key('Shift+Alt+N'));
  await eventually('it went back', async () => (await lens(/Accept$/).count()) === 1);
  await person('accept the rest', () =>
    lens(/^Accept all$/)
      .first()
      .click(),
  );
  await page.getByText('changes to review').waitFor({ state: 'detached' });
  await eventually('nothing is left in the view', async () => (await row('upload.js').count()) === 0);
  await screenshot(page, 'review-8-done');
  await focusHasNotMoved();
});
