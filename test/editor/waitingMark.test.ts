import { expect, it } from 'vitest';
import { waitingMark } from '../../src/editor/waitingMark.ts';
import { tempFolder } from '../support/tempFolder.ts';

it('marks on the disk that changes wait, for the next window to see', async () => {
  const folder = await tempFolder();
  const mark = waitingMark(`${folder}/not there yet`);
  const next = () => waitingMark(`${folder}/not there yet`).isSet();
  const seen = [await next()];
  for (const waits of [true, true, false, true]) {
    await mark.set(waits);
    seen.push(await next());
  }
  await Promise.all([mark.set(false), mark.set(true), mark.set(false)]);
  seen.push(await next());
  expect(seen).toEqual([false, true, true, false, true, false]);
});
