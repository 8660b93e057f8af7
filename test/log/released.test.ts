import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { claim, released } from '../../src/log/claim.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;

test('whoever waits for a session learns that it was given free', async () => {
  const folder = path.join(await tempFolder(), 's');
  const owner = await claim(folder);
  const [one, two] = [released(folder, never), released(folder, never)];
  await expect(claim(folder)).rejects.toMatchObject({ code: 'locked' });
  owner.release();
  await Promise.all([one, two]);
  (await claim(folder)).release();
});

test('a session that nobody holds is free at once, and a wait ends with its signal', async () => {
  const folder = path.join(await tempFolder(), 's');
  await released(folder, never);
  const owner = await claim(folder);
  const stop = new AbortController();
  const wait = released(folder, stop.signal);
  stop.abort();
  await wait;
  await released(folder, stop.signal);
  owner.release();
});

test('the death of the owner ends the wait, and the session can be taken over', async () => {
  const folder = path.join(await tempFolder(), 's');
  const script = path.join(path.dirname(folder), 'owner.mjs');
  await build({
    stdin: {
      contents: `import { claim } from './src/log/claim.ts';
        await claim(process.argv[2]);
        console.log('held');
        setInterval(() => {}, 1000);`,
      resolveDir: path.resolve(import.meta.dirname, '../..'),
    },
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const owner = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(owner.stdout, 'data');
    await expect(claim(folder)).rejects.toMatchObject({ code: 'locked' });
    const wait = released(folder, never);
    owner.kill('SIGKILL');
    await wait;
    (await claim(folder)).release();
  } finally {
    owner.kill('SIGKILL');
  }
});

test.runIf(process.platform === 'linux')('every version of Node means the same address by a claim', async () => {
  const addresses = (): readonly string[] =>
    readFileSync('/proc/net/unix', 'latin1')
      .split('\n')
      .flatMap((line) => /@journeyman-.*$/.exec(line)?.[0] ?? []);
  const before = new Set(addresses());
  const owner = await claim(path.join(await tempFolder(), 's'));
  const fresh = addresses().filter((one) => !before.has(one));
  owner.release();
  // `@` stands for a zero: no room is left that one version would fill with zeros and another would leave out.
  expect(fresh.map((one) => [one.length, one.endsWith('@')])).toContainEqual([108, false]);
});
