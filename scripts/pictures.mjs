#!/usr/bin/env node
// Takes the pictures of the README from the real thing: the sample project, the practice model, a real workbench.
//
//   npm run pictures        writes media/panel-dark.png, media/panel-light.png, media/report-dark.png
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser, openWorkbench, webview } from './workbench/page.mjs';
import { startWorkbench } from './workbench/start.mjs';
import { testEnvironment } from './workbench/testEnvironment.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const task =
  'Heavy parcels are quoted too low: 31.2 kg within Germany should cost 21.39 €, we say 20.44 €. Find out why and fix it.';

for (const [theme, name] of [
  ['Default Dark Modern', 'dark'],
  ['Default Light Modern', 'light'],
]) {
  const temporary = mkdtempSync(path.join(tmpdir(), 'journeyman-pictures-'));
  const folder = path.join(temporary, 'parcels');
  cpSync(path.join(root, 'media/sample'), folder, { recursive: true });
  const workbench = await startWorkbench({
    stateDir: path.join(temporary, 'state'),
    vsix: [path.join(root, 'out/journeyman.vsix')],
    settings: { 'workbench.colorTheme': theme, 'window.commandCenter': false },
    env: testEnvironment(temporary),
  });
  const browser = await launchBrowser();
  try {
    const page = await openWorkbench(browser, workbench.url(folder), { viewport: { width: 1360, height: 860 } });
    await page.locator('.activitybar .action-item', { has: page.locator('a[aria-label^="Journeyman"]') }).click();
    const panel = await webview(page, 'journeyman.journeyman', '[data-field=composer]');
    await widen(page, 460);
    await panel.locator('[data-field=composer]').click();
    await page.keyboard.type(task);
    await page.keyboard.press('Enter');
    const dock = (/** @type {RegExp} */ title) => panel.getByRole('region', { name: title });
    await dock(/Review 2 changes/).waitFor();
    await page.waitForTimeout(800); // a dock takes no click for half a second after it appeared
    await dock(/Review 2 changes/)
      .getByRole('button', { name: 'Review in the editor' })
      .click();
    await page
      .locator('.codelens-decoration a:visible', { hasText: /Accept$/ })
      .first()
      .waitFor();
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(root, `media/panel-${name}.png`) });
    if (name === 'dark') {
      for (const [title, button] of /** @type {const} */ ([
        [/Review 2 changes/, /^Accept all/],
        [/Review 1 change/, /^Accept/],
        [/Run this command/, /^Allow once/],
      ])) {
        await dock(title).waitFor();
        await page.waitForTimeout(800);
        await dock(title).getByRole('button', { name: button }).first().click();
      }
      await panel.locator('.report').waitFor();
      await page.waitForTimeout(500);
      await page.screenshot({ path: path.join(root, 'media/report-dark.png') });
    }
  } finally {
    await browser.close();
    await workbench.stop();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Drags the edge of the side bar.
 * @param {import('playwright-core').Page} page
 * @param {number} width
 */
async function widen(page, width) {
  const box = await page.locator('.part.sidebar').boundingBox();
  if (!box) throw new Error('no side bar');
  await page.mouse.move(box.x + box.width, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(box.x + width, box.y + 300, { steps: 8 });
  await page.mouse.up();
}
