/** The real panel in a real browser, without an editor: built as it ships, under the policy of its page, fed by a test. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { panelPolicy } from '../../src/editor/panelPolicy.ts';
import type { AppState, Ask, HostMessage, Intent } from '../../src/protocol/messages.ts';
import type { Event } from '../../src/core/event.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const origin = 'https://panel.test';

export type Theme = 'dark' | 'light' | 'hc';

export interface PanelFiles {
  readonly [name: string]: { readonly contentType: string; readonly body: Buffer };
}

/** As `scripts/build.mjs` builds it; kept out of dist so that tests and builds do not meet. */
export async function buildPanel(): Promise<PanelFiles> {
  const outdir = mkdtempSync(path.join(tmpdir(), 'panel-'));
  await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'webview-ui/main.ts', out: 'webview' },
      { in: 'webview-ui/panel.css', out: 'webview' },
    ],
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    logLevel: 'error',
  });
  const file = (name: string, contentType: string) => ({ contentType, body: readFileSync(path.join(outdir, name)) });
  return {
    'webview.js': file('webview.js', 'text/javascript'),
    'webview.css': file('webview.css', 'text/css'),
    'codicon.ttf': file('codicon.ttf', 'font/ttf'),
    'themes.css': { contentType: 'text/css', body: readFileSync(path.join(root, 'test/webview-ui/themes.css')) },
  };
}

export interface OpenPanel {
  readonly page: Page;
  /** Errors of the console and of the page, policy violations among them. */
  readonly errors: readonly string[];
  readonly send: (...messages: readonly HostMessage[]) => Promise<void>;
  /** All that the panel said, `ready` aside. */
  readonly posted: () => Promise<readonly Intent[]>;
  /** Sends, and tells how long it took until rows of the timeline were drawn and laid out. */
  readonly drawnMs: (messages: readonly HostMessage[]) => Promise<number>;
  readonly close: () => Promise<void>;
}

export interface Look {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** The page's clock when it starts. */
  readonly nowMs?: number;
  /** Where the page's clock stands still. */
  readonly still?: boolean;
}

export async function openPanel(browser: Browser, files: PanelFiles, look: Look = {}): Promise<OpenPanel> {
  const { theme = 'dark', width = 420, height = 785, nowMs, still = false } = look;
  const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'UTC', locale: 'en-GB' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.route(`${origin}/**`, async (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const file = files[name];
    if (name === '') await route.fulfill({ contentType: 'text/html', body: html(theme) });
    else if (file) await route.fulfill(file);
    else await route.fulfill({ status: 404 });
  });
  if (nowMs !== undefined && still) await page.clock.setFixedTime(nowMs);
  await page.addInitScript(() => {
    const posted: unknown[] = [];
    let state: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
    Object.assign(window, {
      posted,
      acquireVsCodeApi: () => ({
        postMessage: (message: unknown) => posted.push(structuredClone(message)),
        getState: () => state,
        setState: (next: unknown) => {
          state = structuredClone(next);
          sessionStorage.setItem('state', JSON.stringify(next));
        },
      }),
    });
  });
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => (window as unknown as { posted: unknown[] }).posted.length > 0);
  return {
    page,
    errors,
    send: async (...messages) => {
      await page.evaluate(async (json) => {
        for (const message of JSON.parse(json) as unknown[]) window.postMessage(message, '*');
        // Messages arrive, then a frame draws them.
        await new Promise((resolve) => setTimeout(resolve, 0));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }, JSON.stringify(messages));
    },
    posted: async () => {
      const all = JSON.parse(
        await page.evaluate(() => JSON.stringify((window as unknown as { posted: unknown }).posted)),
      ) as Intent[];
      return all.filter(({ type }) => type !== 'ready');
    },
    drawnMs: (messages) =>
      page.evaluate(async (json) => {
        const parsed = JSON.parse(json) as readonly unknown[];
        const fromMs = performance.now();
        for (const message of parsed) window.postMessage(message, '*');
        while (!document.querySelector('[data-log] [data-key]')) await new Promise(requestAnimationFrame);
        document.querySelector('[data-log]')?.getBoundingClientRect();
        return performance.now() - fromMs;
      }, JSON.stringify(messages)),
    close: () => context.close(),
  };
}

/** The workbench sets these classes; the policy is the one of the panel's page in the editor. */
function html(theme: Theme): string {
  const bodyClass = { dark: 'vscode-dark', light: 'vscode-light', hc: 'vscode-high-contrast' }[theme];
  return `<!DOCTYPE html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${panelPolicy(origin, 'n')}">
<link rel="icon" href="data:,"><link rel="stylesheet" href="themes.css"><link rel="stylesheet" href="webview.css"><title>Journeyman</title></head>
<body class="${bodyClass}"><script nonce="n" src="webview.js"></script></body></html>`;
}

export const app: AppState = {
  folder: 'ready',
  folderName: 'billing',
  provider: 'anthropic',
  providerHint: 'key ending in …7Qk2',
  models: [
    { id: 'claude-sonnet', name: 'Claude Sonnet', windowTokens: 200_000, outputTokensMax: 64_000 },
    { id: 'claude-haiku', name: 'Claude Haiku', windowTokens: 200_000, outputTokensMax: 64_000 },
  ],
  model: 'claude-sonnet',
  mode: 'ask',
  noSandbox: null,
  running: false,
  problems: 3,
  openFileName: 'invoiceExport.ts',
  index: null,
};

/** A whole session as the host sends it after `ready`. */
export function session(
  events: readonly Event[],
  options: { running?: boolean; asks?: readonly Ask[]; app?: Partial<AppState> } = {},
): readonly HostMessage[] {
  const id = events[0]?.session ?? 's1';
  return [
    { type: 'app', app: { ...app, ...options.app, running: options.running ?? false } },
    { type: 'session', id, events, readOnly: false },
    { type: 'asks', session: id, asks: options.asks ?? [] },
  ];
}
