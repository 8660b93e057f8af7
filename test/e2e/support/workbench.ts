// A workbench with Journeyman installed and a browser on it, for the tests of one file.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser, openWorkbench } from '../../../scripts/workbench/page.mjs';
import { startWorkbench, type Workbench } from '../../../scripts/workbench/start.mjs';
import { testEnvironment } from '../../../scripts/workbench/testEnvironment.mjs';

const root = path.resolve(import.meta.dirname, '../../..');
const screenshots = path.join(root, 'out/screenshots');

export interface WorkbenchOptions {
  /** The files of the workspace, text by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Starts from a copy of a folder of the repository, such as `media/sample`; `files` go over it. */
  readonly copyOf?: string;
  /** Makes the workspace a git repository in which everything is committed; true unless said otherwise. */
  readonly git?: boolean;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** For the extension host; undefined unsets. It gets an empty home and no keys in any case. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Valid within tests and hooks. `page` is the one that was opened at the start. */
export interface OpenWorkbench {
  readonly page: Page;
  readonly browser: Browser;
  readonly workbench: Workbench;
  /** The workspace folder. */
  readonly folder: string;
  /** Text of a file of the workspace, as it is on disk. */
  read(file: string): string;
  write(file: string, text: string): void;
  /** The end of the extension hosts' log. */
  hostLog(): string;
}

/**
 * Call it at the top of a file or of a describe(). Starts before the first test, ends after the last. A failed test
 * leaves a screenshot in out/screenshots; a request to another machine fails the file.
 */
export function useWorkbench(options: WorkbenchOptions = {}): OpenWorkbench {
  let temporary = '';
  let browser: Browser | undefined;
  let workbench: Workbench | undefined;
  let page: Page | undefined;
  const outside: string[] = [];
  const folder = (): string => path.join(temporary, 'workspace');
  const resolve = (file: string): string => path.join(folder(), file);

  beforeAll(async () => {
    temporary = mkdtempSync(path.join(tmpdir(), 'journeyman-e2e-'));
    makeWorkspace(folder(), options);
    workbench = await startWorkbench({
      stateDir: path.join(temporary, 'state'),
      vsix: [path.join(root, 'out/journeyman.vsix')],
      settings: { ...options.settings },
      env: { ...testEnvironment(temporary), ...options.env },
    });
    browser = await launchBrowser();
    const viewport = options.viewport ?? { width: 1280, height: 800 };
    page = await openWorkbench(browser, workbench.url(folder()), { viewport: { ...viewport }, outside });
  });

  beforeEach((test) => {
    test.onTestFailed(async () => {
      const name = `${path.basename(test.task.file.name, '.e2e.ts')}-${test.task.name}`;
      if (page) await screenshot(page, name.replace(/[^\w-]+/g, '-'));
      if (workbench) process.stderr.write(`the end of the extension host's log:\n${hostLog(workbench)}\n`);
    });
  });

  afterAll(async () => {
    await browser?.close();
    await workbench?.stop();
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
    expect(outside, 'requests to other machines').toEqual([]);
  });

  return {
    get page() {
      return present(page);
    },
    get browser() {
      return present(browser);
    },
    get workbench() {
      return present(workbench);
    },
    get folder() {
      return folder();
    },
    read: (file) => readFileSync(resolve(file), 'utf8'),
    write(file, text) {
      mkdirSync(path.dirname(resolve(file)), { recursive: true });
      writeFileSync(resolve(file), text);
    },
    hostLog: () => hostLog(present(workbench)),
  };
}

/** Saves what the page shows to out/screenshots and says where. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  const file = path.join(screenshots, `${name}.png`);
  await page.screenshot({ path: file });
  process.stderr.write(`screenshot: ${path.relative(root, file)}\n`);
}

function makeWorkspace(folder: string, { files = {}, copyOf, git = true }: WorkbenchOptions): void {
  mkdirSync(folder, { recursive: true });
  if (copyOf !== undefined) cpSync(path.join(root, copyOf), folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  if (!git) return;
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...identity, 'commit', '-q', '--allow-empty', '-m', 'Start'],
  ]) {
    execFileSync('git', args, { cwd: folder });
  }
}

function hostLog(workbench: Workbench): string {
  const files = existsSync(workbench.stateDir)
    ? readdirSync(workbench.stateDir, { recursive: true, encoding: 'utf8' }).filter((f) => /exthost\.log$/.test(f))
    : [];
  const text = files.map((f) => readFileSync(path.join(workbench.stateDir, f), 'utf8')).join('\n');
  return text.split('\n').slice(-40).join('\n');
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the workbench exists only within tests and hooks');
  return value;
}
