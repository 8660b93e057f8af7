import { appendFile, chmod, mkdir, readFile, readdir, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import { fileBlobs } from '../../src/log/blobs.ts';
import { fileLog } from '../../src/log/fileLog.ts';
import { encode } from '../../src/log/lines.ts';
import { eventLogContract, fill, readAll, said } from '../contract/eventLog.ts';
import { entry, fakeClock, started } from '../support/events.ts';
import { bundle, otherProcess } from '../support/otherProcess.ts';
import { tempFolder } from '../support/tempFolder.ts';

async function make() {
  const storage = await tempFolder();
  const folder = join(storage, 'sessions', 'abc');
  return {
    storage,
    log: fileLog(storage, fakeClock()),
    blobs: fileBlobs(storage),
    folder,
    file: join(folder, 'events.jsonl'),
    root: join(storage, 'sessions'),
  };
}

eventLogContract('in files', make);

async function filled(...facts: readonly Fact[]) {
  const stored = await make();
  const events = await fill(stored.log, 'abc', started, said('ä€😀'), said('two\nlines'), ...facts);
  return { ...stored, events, whole: await readFile(stored.file) };
}

const torn = async (folder: string): Promise<readonly Buffer[]> => {
  const names = (await readdir(folder)).filter((name) => name.startsWith('torn-')).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name))));
};

test('a log cut at any byte opens to its whole events, keeps the rest aside, and goes on from there', async () => {
  const { log, folder, file, whole, events } = await filled();
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (length) => {
      await writeFile(file, whole);
      await truncate(file, length);
      const count = whole.subarray(0, length).filter((byte) => byte === 10).length;
      const lineBytes = whole.lastIndexOf(10, length - 1) + 1;
      expect(await readAll(log, 'abc')).toEqual(events.slice(0, count));
      const again = await log.open('abc');
      if (length > lineBytes) kept += 1;
      expect(await torn(folder)).toHaveLength(kept);
      if (length > lineBytes)
        expect(await readFile(join(folder, `torn-${String(kept)}`))).toEqual(whole.subarray(lineBytes, length));
      await again.append([entry(said('next'))]).durable;
      await again.close();
      const after = await readAll(log, 'abc');
      expect(after.map(({ seq }) => seq)).toEqual(after.map((_, i) => i + 1));
      expect(after.slice(0, -1)).toEqual(events.slice(0, count));
    }),
    { numRuns: 60 },
  );
});

test('a damaged middle is refused with its place, can be read up to there and forked, and stays as it is', async () => {
  const { log, file, whole, events } = await filled();
  const damaged = Buffer.from(whole);
  const second = whole.indexOf(10) + 1;
  damaged[second + 10] = 0;
  await writeFile(file, damaged);
  const message = `Session abc is damaged at event 2 (byte ${String(second)}); nothing was changed. What comes before it is whole: it can be read, and a fork goes on from there.`;
  await expect(log.open('abc')).rejects.toMatchObject({ code: 'corrupt', message });
  await expect(readAll(log, 'abc')).rejects.toMatchObject({ code: 'corrupt', message });
  expect(await log.salvage('abc')).toEqual({ events: events.slice(0, 1), damage: message });
  expect(await log.list()).toMatchObject([{ id: 'abc', title: 'New session', folders: ['/w'], damage: message }]);
  await log.copy('abc', 1, 'abd');
  await (await log.open('abd')).close();
  expect(await readFile(file)).toEqual(damaged);
  damaged[3] = 0;
  await writeFile(file, damaged);
  expect(await log.list()).toMatchObject([{ id: 'abc', title: 'Damaged session abc' }, { id: 'abd' }]);
});

test('a line of a newer version is never cut off: the session can be read up to there', async () => {
  const { log, file, whole, events, folder } = await filled();
  const message =
    'Session abc was written by a newer version from event 4 on; nothing was changed. Update Journeyman to go on with it. What comes before it is whole: it can be read, and a fork goes on from there.';
  const newer = [
    `{"v":3,"session":"abc","seq":4,"something":"else"}\n`,
    `{"v":3,"session":"abc","seq":4,"something":"else"}`,
    encode({ ...events[0]!, seq: 4, type: 'robot.dreamt' } as never),
    encode({ ...events[0]!, v: 3, seq: 4 } as never),
  ];
  for (const line of newer) {
    await writeFile(file, whole);
    await appendFile(file, line);
    await expect(log.open('abc'), line).rejects.toMatchObject({ code: 'corrupt', message });
    expect(await log.salvage('abc')).toEqual({ events, damage: message });
    expect(await readFile(file, 'utf8')).toBe(whole.toString() + line);
  }
  expect(await torn(folder)).toEqual([]);
});

test('the list follows a log that others write, and reads only what came', async () => {
  const { storage, log, folder, file, events } = await filled();
  expect(await log.list()).toMatchObject([{ title: 'ä€😀', sizeBytes: (await readFile(file)).length }]);
  await appendFile(file, encode({ ...events[0]!, seq: 4, type: 'session.changed', title: 'Anew' } as never));
  expect(await log.list()).toMatchObject([{ title: 'Anew' }]);
  expect(await fileLog(storage, fakeClock()).search('anew')).toEqual([{ id: 'abc', line: 'Anew' }]);
  for (const kept of [
    '',
    '{}',
    '{"format":1,"size":1}',
    (await readFile(join(folder, 'summary.json'), 'utf8')).slice(9),
  ]) {
    await writeFile(join(folder, 'summary.json'), kept);
    expect(await log.list()).toMatchObject([{ title: 'Anew', updatedAtMs: 1_000_000 }]);
  }
});

test('a list is made without the logs, where nothing was written since', async () => {
  const { log, file, whole } = await filled();
  await utimes(file, 1, 1);
  const rows = await log.list();
  await (await log.open('abc')).close();
  expect(await log.list()).toEqual(rows);
  await writeFile(file, Buffer.alloc(whole.length)); // as long and as old: only whoever opens it finds out
  await utimes(file, 1, 1);
  expect(await log.list()).toEqual(rows);
});

test('what a dead process left half made or half deleted is swept, and never listed', async () => {
  const { log, root, storage } = await filled();
  for (const name of ['.coming-abd', '.going-abe']) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'events.jsonl'), 'half');
  }
  await mkdir(join(root, 'abf', 'blobs'), { recursive: true });
  await mkdir(join(root, 'Not an id'));
  expect((await log.list()).map(({ id }) => id)).toEqual(['abc']);
  await log.copy('abc', 1, 'abd');
  expect((await readdir(join(storage, 'sessions'))).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('ids that would leave the storage folder are no sessions', async () => {
  const { log } = await make();
  await expect(log.open('../../etc')).rejects.toMatchObject({ code: 'not_found' });
  await expect(log.delete('..')).rejects.toMatchObject({ code: 'not_found' });
  await expect(log.create('a/b')).rejects.toMatchObject({ code: 'not_found' });
});

const inOtherProcess = (module: string, storage: string): string => `
  const { fileLog } = await import(${JSON.stringify(module)});
  const log = fileLog(${JSON.stringify(storage)}, { now: Date.now });
  const user = { kind: 'user' };
  const entry = (fact) => ({ actor: user, turn: 0, step: 0, fact });`;

test('ownership keeps other processes out, and dies with its own by kill -9 too: the first try after it holds', async () => {
  const { storage, log, events } = await filled();
  const module = await bundle('log/fileLog.ts', await tempFolder());
  const other = otherProcess(`${inOtherProcess(module, storage)}
    await log.open('abc');
    process.stdout.write('held');
    setInterval(() => {}, 1000);`);
  await other.said;
  await expect(log.open('abc')).rejects.toMatchObject({ code: 'locked' });
  await expect(log.delete('abc')).rejects.toMatchObject({ code: 'locked' });
  const link = join(await tempFolder(), 'by-another-name');
  await symlink(storage, link);
  await expect(fileLog(link, fakeClock()).open('abc')).rejects.toMatchObject({ code: 'locked' });
  expect(await readAll(log, 'abc')).toEqual(events);
  await other.kill();
  const mine = await log.open('abc');
  await mine.append([entry(said('taken over'))]).durable;
  await mine.close();
  await log.delete('abc');
});

test('what was acknowledged before kill -9 is there after it', async () => {
  const { storage, log } = await make();
  const module = await bundle('log/fileLog.ts', await tempFolder());
  const other = otherProcess(`${inOtherProcess(module, storage)}
    const one = await log.create('abc');
    for (let i = 1; ; i++) {
      await one.append([entry({ type: 'session.changed', title: 'x'.repeat(i % 5000) })]).durable;
      if (i >= 20) process.stdout.write(i + ' ');
    }`);
  let seen = await other.said;
  void other.end.catch(() => undefined);
  await other.kill();
  seen = await other.said;
  const acknowledged = Number(seen.trim().split(' ').at(-1));
  const one = await log.open('abc');
  expect(one.seq).toBeGreaterThanOrEqual(acknowledged);
  await one.close();
});

/** Files cannot be limited everywhere; where they can, this is a full disk as a log meets it. */
test.skipIf(process.platform === 'win32')(
  'a full disk fails the appends it met and all after them; all before are safe, and the session goes on later',
  async () => {
    const { storage, log, file } = await make();
    const module = await bundle('log/fileLog.ts', await tempFolder());
    const other = otherProcess(
      `${inOtherProcess(module, storage)}
      const one = await log.create('abc');
      const failed = [];
      let safe = 0;
      for (let i = 1; i <= 40; i++) {
        const { durable } = one.append([entry({ type: 'session.changed', title: 'ä'.repeat(300) })]);
        await durable.then(() => (safe = i), (error) => failed.push([i, error.code, error.message]));
      }
      await one.close();
      process.stdout.write(JSON.stringify({ safe, failed }));`,
      { fileKb: 8 },
    );
    const { safe, failed } = JSON.parse(await other.end) as { safe: number; failed: [number, string, string][] };
    expect(safe).toBeGreaterThan(3);
    const message = `The session could not be saved: the file may not become larger. All ${String(safe)} events before are safe. Mend that and open the session again.`;
    expect(failed).toEqual(Array.from({ length: 40 - safe }, (_, i) => [safe + 1 + i, 'unavailable', message]));
    expect((await readFile(file)).at(-1)).toBe(10);
    const again = await log.open('abc');
    expect(again.seq).toBe(safe);
    await again.append([entry(said('there is room again'))]).durable;
    await again.close();
    expect(await readAll(log, 'abc')).toHaveLength(safe + 1);
  },
);

test.skipIf(process.platform === 'win32')('a session whose first event found no room leaves nothing', async () => {
  const { storage, log, root } = await make();
  const module = await bundle('log/fileLog.ts', await tempFolder());
  const other = otherProcess(
    `${inOtherProcess(module, storage)}
    const one = await log.create('abc');
    const code = await one.append([entry({ type: 'session.paused' })]).durable.then(() => 'saved', (error) => error.code);
    await one.close();
    const copied = await log.copy('abc', 1, 'abd').catch((error) => error.code);
    process.stdout.write(code + ' ' + copied);`,
    { fileKb: 0 },
  );
  expect(await other.end).toBe('unavailable not_found');
  expect(await readdir(root)).toEqual([]);
  expect(await log.list()).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a copy that finds no room leaves nothing of itself', async () => {
  const { storage, log, root } = await filled({ type: 'session.changed', title: 'x'.repeat(20_000) });
  const module = await bundle('log/fileLog.ts', await tempFolder());
  const other = otherProcess(
    `${inOtherProcess(module, storage)}
    const copied = await log.copy('abc', 4, 'abd').catch((error) => error);
    process.stdout.write(copied.code + ': ' + copied.message);`,
    { fileKb: 8 },
  );
  expect(await other.end).toBe(
    'unavailable: The session abd could not be made: the file may not become larger. Nothing of it was kept; mend that first.',
  );
  expect(await readdir(root)).toEqual(['abc']);
  expect((await log.list()).map(({ id }) => id)).toEqual(['abc']);
});

test.skipIf(process.platform === 'win32')('read-only storage is told, and what is there can be read', async () => {
  const { storage, file, root, folder } = await filled();
  const module = await bundle('log/fileLog.ts', storage);
  await Promise.all([storage, root, folder].map((path) => chmod(path, 0o555)));
  await chmod(file, 0o444);
  const other = otherProcess(
    `${inOtherProcess(module, storage)}
    const said = (error) => error.code + ': ' + error.message;
    let count = 0;
    for await (const event of log.read('abc')) count++;
    const rows = await log.list();
    process.stdout.write(JSON.stringify([
      await log.open('abc').catch(said), await log.create('abd').catch(said), await log.copy('abc', 1, 'abe').catch(said),
      await log.delete('abc').then(() => 'deleted', (error) => error.code), count, rows.map(({ title }) => title),
    ]));`,
    { nobody: true },
  );
  const answers = JSON.parse(await other.end.finally(() => Promise.all([storage, root, folder].map((path) => chmod(path, 0o755))))) as unknown; // prettier-ignore
  expect(answers).toEqual([
    'unavailable: Session abc cannot be written to: the storage is read-only. It can still be read.',
    'unavailable: A new session could not be made: the storage is read-only. Mend that and try again.',
    'unavailable: The session abe could not be made: the storage is read-only. Nothing of it was kept; mend that first.',
    'unavailable',
    3,
    ['ä€😀'],
  ]);
});
