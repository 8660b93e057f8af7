import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { fileBlobs } from '../../src/log/blobs.ts';
import { blobsContract } from '../contract/blobs.ts';
import { tempFolder } from '../support/tempFolder.ts';

blobsContract('in files', async () => fileBlobs(await tempFolder()));

const content = Buffer.from('the same words again\n'.repeat(1000));

async function filled() {
  const storage = await tempFolder();
  const blobs = fileBlobs(storage);
  const ref = await blobs.put('abc', content);
  const folder = join(storage, 'sessions/abc/blobs');
  return { storage, blobs, ref, folder, file: join(folder, ref.hash) };
}

test('a blob lies under its hash, packed in a way that any tool reads', async () => {
  const { folder, file, ref } = await filled();
  expect(await readdir(folder)).toEqual([ref.hash]);
  const data = await readFile(file);
  expect(data.length).toBeLessThan(content.length / 10);
  expect(gunzipSync(data).equals(content)).toBe(true);
});

test('damaged bytes are told, never given out', async () => {
  const { blobs, ref, file } = await filled();
  const whole = await readFile(file);
  for (const at of [0, 1, 10, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    await writeFile(file, damaged);
    await expect(blobs.get('abc', ref.hash)).rejects.toMatchObject({ code: 'corrupt' });
  }
  await writeFile(file, whole.subarray(0, -5));
  await expect(blobs.get('abc', ref.hash)).rejects.toMatchObject({ code: 'corrupt' });
});

test('known content is not written again, and what a killed process left is swept', async () => {
  const { storage, blobs, folder, file, ref } = await filled();
  await writeFile(join(folder, `.unfinished-${'a'.repeat(64)}`), 'half');
  await writeFile(file, 'a mark of this test');
  expect(await blobs.put('abc', content)).toEqual(ref);
  expect(await readFile(file, 'utf8')).toBe('a mark of this test');
  await fileBlobs(storage).put('abc', Buffer.from('other'));
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('the end of what a dead process has spooled can be read, in whole characters', async () => {
  const { storage, blobs } = await filled();
  const spool = blobs.spool('abc', 'toolu_1');
  spool.write('€'.repeat(limits.commandOutputBytes));
  await spool.end(false);
  expect(await blobs.spooled('abc', 'toolu_1')).toBeNull();
  const left = blobs.spool('abc', 'toolu_2');
  left.write('€'.repeat(limits.commandOutputBytes));
  const file = join(storage, 'sessions/abc/spool/toolu_2');
  const written = async (): Promise<number> => (await readFile(file).catch(() => Buffer.alloc(0))).length;
  while ((await written()) < 3 * limits.commandOutputBytes) await new Promise(setImmediate);
  const end = await fileBlobs(storage).spooled('abc', 'toolu_2');
  expect(end).toBe('€'.repeat(Math.floor(limits.commandOutputBytes / 3)));
  expect(await fileBlobs(storage).spool('abc', 'toolu_2').end(false)).toBeNull();
  expect(await blobs.spooled('abc', 'toolu_2')).toBeNull();
});

test('where nothing can be written a spool takes what comes and keeps nothing; a blob says why', async () => {
  const storage = await tempFolder({ sessions: 'a file where a folder has to be' });
  const blobs = fileBlobs(storage);
  const spool = blobs.spool('abc', 'toolu_1');
  spool.write('a');
  spool.write('b');
  expect(await spool.end(true)).toBeNull();
  await expect(blobs.put('abc', content)).rejects.toThrow();
});

test('ids that would leave the storage folder are no sessions', async () => {
  const { blobs, ref } = await filled();
  await expect(blobs.get('../abc', ref.hash)).rejects.toMatchObject({ code: 'not_found' });
  await expect(blobs.put('../../abc', content)).rejects.toMatchObject({ code: 'not_found' });
});
