import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import type { EventLog } from '../../src/core/ports.ts';
import { fileLog } from '../../src/log/fileLog.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import { eventLogContract, readAll } from '../contract/eventLog.ts';
import { entry, fakeClock, started } from '../support/events.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function make(): Promise<EventLog & { readonly file: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'journeyman-log-'));
  folders.push(folder);
  return { ...fileLog(folder, fakeClock()), folder, file: join(folder, 'sessions', 'abc', 'events.jsonl') };
}

eventLogContract('in files', make);
eventLogContract('in memory', () => Promise.resolve(memoryLog(fakeClock())));

const said = (text: string): Fact => ({ type: 'turn.started', text, attachments: [] });

async function filled() {
  const log = await make();
  const one = await log.create('abc');
  await one.append([entry(started, 0), entry(said('ä€😀')), entry(said('two\nlines'))]).durable;
  await one.close();
  return { log, whole: await readFile(log.file), events: await readAll(log, 'abc') };
}

test('a log cut at any byte opens to its whole events and goes on from there', async () => {
  const { log, whole, events } = await filled();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
      await writeFile(log.file, whole);
      await truncate(log.file, length);
      const kept = whole.subarray(0, length).filter((byte) => byte === 10).length;
      expect(await readAll(log, 'abc')).toEqual(events.slice(0, kept));
      const again = await log.open('abc');
      await again.append([entry(said('next'))]).durable;
      await again.close();
      const after = await readAll(log, 'abc');
      expect(after.map(({ seq }) => seq)).toEqual(after.map((_, i) => i + 1));
      expect(after.slice(0, -1)).toEqual(events.slice(0, kept));
    }),
    { numRuns: 60 },
  );
});

test('a damaged middle is refused with its place, and left as it is', async () => {
  const { log, whole } = await filled();
  const damaged = Buffer.from(whole);
  damaged[10] = 0;
  await writeFile(log.file, damaged);
  await expect(log.open('abc')).rejects.toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('event 1') as string,
  });
  expect(await readFile(log.file)).toEqual(damaged);
  expect(await log.list()).toMatchObject([{ title: 'Damaged session abc' }]);
});

test('ownership dies with its process, by kill -9 too', async () => {
  const { log } = await filled();
  const bundle = join(log.folder, 'fileLog.mjs');
  const source = join(import.meta.dirname, '../../src/log/fileLog.ts');
  await build({ entryPoints: [source], bundle: true, platform: 'node', format: 'esm', outfile: bundle });
  const script = `
    const { fileLog } = await import(${JSON.stringify(bundle)});
    await fileLog(${JSON.stringify(log.folder)}, { now: Date.now }).open('abc');
    process.stdout.write('held');
    setInterval(() => {}, 1000);`;
  const child = execFile(process.execPath, ['--input-type=module', '-e', script]);
  await new Promise<void>((done, failed) => {
    child.stdout?.once('data', () => {
      done();
    });
    child.once('exit', () => {
      failed(new Error('the other process ended early'));
    });
  });
  await expect(log.open('abc')).rejects.toMatchObject({ code: 'locked' });
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
  const mine = await log.open('abc');
  await mine.close();
});

test('ids that would leave the storage folder are no sessions', async () => {
  const log = await make();
  await expect(log.open('../../etc')).rejects.toMatchObject({ code: 'not_found' });
});
