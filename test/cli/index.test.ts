import { expect, onTestFinished, test } from 'vitest';
import { indexed } from '../../src/cli/index.ts';
import { isSecret } from '../../src/permission/names.ts';
import type { IndexClient } from '../../src/symbols/client.ts';
import { createEngine } from '../../src/symbols/engine.ts';
import { directExtractor } from '../../src/symbols/extractorPorts.ts';
import { codeFiles } from '../../src/workspace/codeFiles.ts';
import { plainExtractor } from '../symbols/plainExtractor.ts';
import { tempFolder } from '../support/tempFolder.ts';

async function index(): Promise<Pick<IndexClient, 'ready' | 'figures' | 'rebuild' | 'cancel'>> {
  const folders = [await tempFolder({ 'a.ts': 'function alpha() {}\n', 'b.ts': 'function beta() {}\n', 'c.py': 'def gamma(): pass\n' })]; // prettier-ignore
  const engine = createEngine({
    folders,
    lister: codeFiles(folders),
    isSecret,
    startExtractor: () => directExtractor(plainExtractor(() => undefined)),
    rank: () => ({ files: [], symbols: [], complete: false }),
    version: 'v1',
    storage: null,
  });
  onTestFinished(() => engine.close());
  return {
    ready: (signal) => engine.ready(signal),
    figures: () => Promise.resolve(engine.figures()),
    rebuild: () => {
      engine.rebuild();
    },
    cancel: () => {
      engine.cancel();
    },
  };
}

const options = { workspace: '.', stats: false, rebuild: false, output: 'text' } as const;

test('what is in the index is said in one line, and by language on request', async () => {
  const made = await index();
  const { text, exitCode } = await indexed(made, { ...options, stats: true });
  expect(exitCode).toBe(0);
  expect(text.replace(/\d+\.\d\d s/, 'N s').replace(/\d+ MB\./, 'N MB.')).toBe(
    `3 files, 3 definitions, 6 lines: 3 read in N s.

Language    Files  Definitions   MB
typescript      2            2  0.0
python          1            1  0.0

Memory at most N MB.
`,
  );
});

test('for a program it is one JSON value; rebuilt, all is read again', async () => {
  const made = await index();
  await indexed(made, options);
  const { text } = await indexed(made, { ...options, rebuild: true, output: 'json' });
  expect(JSON.parse(text)).toMatchObject({ state: 'ready', files: 3, definitions: 3, read: 6, storedAt: null });
});

test('stopped it says how far it came', async () => {
  const made = await index();
  const asked = indexed(made, options);
  made.cancel();
  const { text, exitCode } = await asked;
  expect(exitCode).toBe(130);
  expect(text).toMatch(/^Stopped at \d of \d files; what there is counts\. /);
});
