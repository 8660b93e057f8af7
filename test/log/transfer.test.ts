import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { encode } from '../../src/log/lines.ts';
import { blobRefs, pack, unpack } from '../../src/log/transfer.ts';
import { bytesOf, chunksOf } from '../contract/eventLog.ts';
import { allFacts } from '../support/allFacts.ts';
import { eventsOf } from '../support/events.ts';

const session = 'abc';
const events = eventsOf(...allFacts()).map((event): Event => ({ ...event, session }));
const content = Buffer.from('abc');
const file = (): Promise<Buffer> => bytesOf(pack(session, events, async () => content));
const take = (data: Uint8Array) => unpack(chunksOf(data), async () => undefined);

test('a file is lines that say what they are', async () => {
  const lines = gunzipSync(await file())
    .toString()
    .split('\n');
  const named = '0'.repeat(64);
  expect(lines).toEqual([
    '{"journeyman":"session","version":1,"session":"abc"}',
    ...events.map((event) => encode(event).trimEnd()),
    `{"blob":"${named}","data":"YWJj"}`,
    `{"end":{"events":${String(events.length)},"blobs":1}}`,
    '',
  ]);
});

test('each place that names bytes is known', () => {
  const found = events.flatMap((event) => blobRefs(event).map(() => event.type));
  expect([...new Set(found)]).toEqual([
    'checkpoint.created',
    'files.changed',
    'checkpoint.restored',
    'tool.finished',
    'command.ended',
  ]);
});

test('a file with an altered byte is refused, or nothing of what it says was altered', async () => {
  const whole = await file();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const altered = Buffer.from(whole);
      altered[at] = whole[at]! ^ change;
      const taken = await take(altered).catch((error: unknown) => error);
      if (taken instanceof Error) expect(taken).toMatchObject({ code: 'invalid_input' });
      else expect(taken).toEqual({ session, events });
    }),
  );
});

test('a file that is cut anywhere is refused', async () => {
  const whole = await file();
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), async (length) => {
      await expect(take(whole.subarray(0, length))).rejects.toMatchObject({ code: 'invalid_input' });
    }),
  );
});

test('an event with a good checksum that is none of ours is refused all the same', async () => {
  const lines = gunzipSync(await file())
    .toString()
    .split('\n');
  const bad: readonly unknown[] = [
    { ...events[1], turn: -1 },
    { ...events[1], actor: { kind: 'nobody' } },
    { ...events[1], type: 'model.responded', reply: null },
    { ...events[1], type: 'files.changed', call: 'c', files: [{ path: 1 }] },
    { ...events[1], type: 'tool.finished', call: 'c', result: { status: '__proto__' }, ms: 1 },
    { ...events[1], type: '__proto__' },
  ];
  for (const event of bad) {
    const data = gzipSync(lines.toSpliced(2, 1, encode(event as Event).trimEnd()).join('\n'));
    await expect(take(data), JSON.stringify(event)).rejects.toMatchObject({ code: 'invalid_input' });
  }
});

test('a reader that stops early ends the packing', async () => {
  let asked = 0;
  const many = Array.from({ length: 5000 }, (_, i): Event => ({ ...events[0]!, seq: i + 1 }));
  for await (const chunk of pack(session, many, async () => (asked++, content))) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(asked).toBe(0);
});
