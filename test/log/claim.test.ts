import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claim, claimAddress, inTurn } from '../../src/log/claim.ts';
import { bundle, otherProcess } from '../support/otherProcess.ts';
import { tempFolder } from '../support/tempFolder.ts';

test('of many who claim a folder at once, one holds it', async () => {
  const folder = await tempFolder();
  const tries = await Promise.allSettled(Array.from({ length: 20 }, () => claim(folder)));
  const held = tries.filter((one) => one.status === 'fulfilled');
  expect(held).toHaveLength(1);
  for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'locked' });
  held[0]?.value.release();
  (await claim(folder)).release();
});

test('a folder that is not there yet is held under the name that it will have', async () => {
  const folder = join(await tempFolder(), 'not-there');
  const first = await claim(folder);
  await expect(claim(join(folder, '.'))).rejects.toMatchObject({ code: 'locked' });
  first.release();
});

// Where sockets are files, as on macOS: what a dead process left is no owner.
test.skipIf(process.platform === 'win32')('a socket file outlives its process, its claim does not', async () => {
  const folder = await tempFolder();
  const address = join(folder, 'a.sock');
  const other = otherProcess(`
    const { claimAddress } = await import(${JSON.stringify(await bundle('log/claim.ts', await tempFolder()))});
    await claimAddress(${JSON.stringify(address)});
    process.stdout.write('held');
    setInterval(() => {}, 1000);`);
  await other.said;
  await expect(claimAddress(address)).rejects.toMatchObject({ code: 'locked' });
  await other.kill();
  expect(await readdir(folder)).toEqual(['a.sock']);
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => claimAddress(address)));
  const held = tries.filter((one) => one.status === 'fulfilled');
  expect(held).toHaveLength(1);
  await expect(claimAddress(address)).rejects.toMatchObject({ code: 'locked' });
  held[0]?.value.release();
  expect(await readdir(folder)).toEqual([]);
});

test.skipIf(process.platform === 'win32')('what is no socket at all is no owner', async () => {
  const address = join(await tempFolder(), 'a.sock');
  await writeFile(address, 'a file');
  (await claimAddress(address)).release();
});

test('what is done in turn is done one after the other, and the next one goes on where one fails', async () => {
  const path = join(await tempFolder(), 'settings.json');
  let inside = 0;
  const order: string[] = [];
  const work = (name: string) => async (): Promise<string> => {
    expect(++inside).toBe(1);
    await readdir('.');
    inside--;
    order.push(name);
    if (name === 'b') throw new Error('not this one');
    return name;
  };
  const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => inTurn(path, work(name))));
  expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(order.sort()).toEqual(['a', 'b', 'c', 'd']);
});
