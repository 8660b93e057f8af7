// What a person does in a workbench, done in a page by Playwright. The selectors are those of VS Code 1.139.
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { ensureChromium } from './chromium.mjs';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Frame} Frame */

const DRAWN_MS = 60_000;
const SOON_MS = 15_000;
const WEBVIEW_MS = 60_000; // a busy machine takes 10 s after a reload
const PICK_MS = 4000;
const PICK_ATTEMPTS = 5;

/**
 * A headless Chromium, installed if need be.
 * @returns {Promise<Browser>}
 */
export function launchBrowser() {
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    args: [
      '--no-sandbox', // root in a container has none; the pages are our own
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Opens a workbench in a browser profile of its own and waits until it is drawn. A request that is not to this machine
 * is refused, and its address added to `outside`.
 * @param {Browser} browser
 * @param {string} url
 * @param {{ viewport?: { width: number, height: number }, outside?: string[] }} [options]
 * @returns {Promise<Page>}
 */
export async function openWorkbench(browser, url, { viewport = { width: 1280, height: 800 }, outside = [] } = {}) {
  // Without the permissions, env.clipboard.readText() never settles.
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  await context.route(
    (to) => to.protocol.startsWith('http') && to.hostname !== '127.0.0.1',
    (route) => {
      outside.push(route.request().url());
      return route.abort();
    },
  );
  const page = await context.newPage();
  await page.goto(url, { waitUntil: 'commit' });
  await workbenchDrawn(page);
  return page;
}

/** @param {Page} page */
export async function workbenchDrawn(page) {
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: DRAWN_MS });
}

/**
 * Runs a command by its title, category included ("Developer: Reload Window").
 * @param {Page} page
 * @param {string} title
 */
export async function command(page, title) {
  await quickPick(page, 'F1', `>${title}`, title);
}

/**
 * Opens a file of the workspace by its name.
 * @param {Page} page
 * @param {string} name
 */
export async function openFile(page, name) {
  await quickPick(page, 'ControlOrMeta+P', name, name);
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

/**
 * Types into the quick input and clicks the row. The input closes when anything takes the focus (an editor that the
 * command before is still opening), so an attempt whose row was never clicked is made again.
 * @param {Page} page
 * @param {string} key
 * @param {string} text
 * @param {string} label
 */
async function quickPick(page, key, text, label) {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press(key);
      await page.locator('.quick-input-widget:visible input').first().fill(text, { timeout: PICK_MS });
      // Not Enter: before the list is filtered it would run whatever comes first.
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first();
      await row.click({ timeout: PICK_MS });
      return;
    } catch (error) {
      if (attempt === PICK_ATTEMPTS) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/**
 * Reloads as a person does it. page.reload() skips the orderly end, and loses state younger than a minute.
 * @param {Page} page
 */
export async function reloadWindow(page) {
  const gone = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await command(page, 'Developer: Reload Window');
  await gone;
  await workbenchDrawn(page);
}

/**
 * @param {Page} page
 * @param {string | RegExp} text
 */
export function statusItem(page, text) {
  return page.locator('.statusbar-item', { hasText: text });
}

/**
 * A notification toast. Workbenches started for development show none: see the notification center there.
 * @param {Page} page
 * @param {string | RegExp} text
 */
export function toast(page, text) {
  return page.locator('.notification-toast', { hasText: text });
}

/**
 * The document inside a webview of an extension, once it is there. A webview is two frames deep, and an overlay at the
 * root of the workbench rather than a child of its view: so it is found by the extension it belongs to and, where there
 * are several, by what it holds.
 * @param {Page} page
 * @param {string} extensionId publisher.name
 * @param {string} [holding] a selector
 * @returns {Promise<Frame>}
 */
export async function webview(page, extensionId, holding = 'body *') {
  return eventually(
    `a webview of ${extensionId} that holds ${holding}`,
    async () => {
      for (const frame of page.frames()) {
        const host = frame.parentFrame();
        if (frame.name() === '' || !host?.parentFrame()) continue;
        if (new URL(host.url()).searchParams.get('extensionId')?.toLowerCase() !== extensionId.toLowerCase()) continue;
        if ((await frame.locator(holding).count()) > 0) return frame;
      }
      return undefined;
    },
    WEBVIEW_MS,
  );
}

/**
 * Asks until the answer is truthy, for what sends no event: a file on disk, the text in an editor. For elements use
 * locator.waitFor() and the like.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} ask
 * @param {number} [timeoutMs]
 * @returns {Promise<NonNullable<T>>}
 */
export async function eventually(what, ask, timeoutMs = SOON_MS) {
  /** @type {unknown} */
  let last;
  for (const untilMs = Date.now() + timeoutMs; Date.now() < untilMs; await sleep(50)) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`${what}: not within ${timeoutMs} ms (last: ${String(last)})`);
}
