/** The whole way: an extension host, a browser, and what a person waits for in them. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../scripts/workbench/page.mjs';
import { testEnvironment } from '../../scripts/workbench/testEnvironment.mjs';
import { largeFile, largeText, smallFiles, smallText, type Measured } from './reviewWork.ts';
import { median, type Figure } from './table.ts';

const root = path.resolve(import.meta.dirname, '../..');
const hangsMs = 300_000;
/** Nothing else works on the files meanwhile. */
const settings = { 'git.enabled': false, 'files.autoSave': 'off' };

export async function workbenchFigures(builds: boolean): Promise<readonly Figure[]> {
  if (builds) {
    const built = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), '--production'], {
      stdio: 'inherit',
    });
    if (built.status !== 0) throw new Error('the build failed');
  }
  const temporary = mkdtempSync(path.join(tmpdir(), 'journeyman-bench-'));
  // A copy: a build in the meantime would replace the files under our feet.
  const extension = path.join(temporary, 'extension');
  const folder = path.join(temporary, 'workspace');
  const results = path.join(temporary, 'results.json');
  try {
    for (const part of ['package.json', 'dist', 'media'])
      cpSync(path.join(root, part), path.join(extension, part), { recursive: true });
    const tests = path.join(temporary, 'suite.js');
    await build({
      entryPoints: [path.join(root, 'test/bench/reviewHost.ts')],
      outfile: tests,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode'],
    });
    mkdirSync(path.join(folder, 'src'), { recursive: true });
    writeFileSync(path.join(folder, largeFile), largeText());
    for (const name of smallFiles) writeFileSync(path.join(folder, name), smallText(name));
    const env = { ...testEnvironment(temporary), REVIEW_BENCH_RESULTS: results };
    const drawn = await run(extension, tests, folder, env);
    return figuresOf(JSON.parse(readFileSync(results, 'utf8')) as Measured, drawn);
  } finally {
    rmSync(temporary, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Gives the times at which a comparison of all files came to be drawn. */
async function run(
  extension: string,
  tests: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly number[]> {
  // Not bundled with the rest: it finds its own parts by path.
  const start = pathToFileURL(path.join(root, 'scripts/workbench/start.mjs')).href;
  const { startWorkbench } = (await import(start)) as typeof import('../../scripts/workbench/start.mjs');
  const workbench = await startWorkbench({ development: true, env, settings });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.addInitScript({ content: watchDrawing });
      const ended = new Promise<void>((resolve, reject) => {
        void page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
          if (process.env['BENCH_VERBOSE'] !== undefined) console.log(...args);
        });
        void page.exposeFunction('codeAutomationExit', (code: number) => {
          if (code === 0) resolve();
          else reject(new Error(`the host reported ${String(code)}; see its log with BENCH_VERBOSE=1`));
        });
        page.on('crash', () => {
          reject(new Error('the page crashed'));
        });
        setTimeout(() => {
          reject(new Error('no result'));
        }, hangsMs).unref();
      });
      await page.goto(workbench.url(folder, { development: extension, tests }), { waitUntil: 'commit' });
      await ended;
      return await page.evaluate(() => (globalThis as unknown as { drawnAtMs: number[] }).drawnAtMs);
    } finally {
      await browser.close();
    }
  } finally {
    await workbench.stop();
  }
}

/** Runs in the page: in each frame it is looked whether a file of a comparison shows what changed in it. */
const watchDrawing = `
  globalThis.drawnAtMs = [];
  let was = false;
  const look = () => {
    const is = document.querySelector('.multiDiffEntry .line-insert') !== null;
    if (is && !was) drawnAtMs.push(Date.now());
    was = is;
    requestAnimationFrame(look);
  };
  look();
`;

function figuresOf(measured: Measured, drawnAtMs: readonly number[]): readonly Figure[] {
  const untilDrawn = (asked: Measured['reviews']): readonly number[] =>
    asked.flatMap(({ askedAtMs }) => {
      const drawn = drawnAtMs.find((atMs) => atMs >= askedAtMs);
      return drawn === undefined ? [] : [drawn - askedAtMs];
    });
  const { rejects, accepts, back, logged, keys, reviews, plain } = measured;
  return [
    { name: 'reject a change, to text and ledger', value: median(rejects), unit: 'ms', aim: 16 },
    { name: 'accept a change, to the ledger', value: median(accepts), unit: 'ms', aim: 16 },
    { name: 'take a word back, to text and ledger', value: median(back), unit: 'ms', aim: 16 },
    { name: 'a word until it is on the disk', value: median(logged), unit: 'ms' },
    { name: 'a key in the file, to the ledger', value: median(keys), unit: 'ms', aim: 16 },
    {
      name: 'review 100 files: to the workbench',
      value: median(reviews.map(({ handedOverMs }) => handedOverMs)),
      unit: 'ms',
    },
    { name: 'review 100 files: to the first file drawn', value: median(untilDrawn(reviews)), unit: 'ms', aim: 300 },
    { name: 'the same from plain files, without ours', value: median(untilDrawn(plain)), unit: 'ms' },
  ];
}
