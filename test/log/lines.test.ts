import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { damageWords, decode, encode } from '../../src/log/lines.ts';
import { isEvent } from '../../src/log/shape.ts';
import { emptySession, fold } from '../../src/session/fold.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { allFacts } from '../support/allFacts.ts';
import { eventsOf } from '../support/events.ts';

const v1Session = 'cf2c8b7d6a80';
const everything = eventsOf(...allFacts());
let v1: Buffer;
/** A real session of before checksums, as it is written today. */
let real: readonly Event[];
beforeAll(async () => {
  v1 = await readFile(join(import.meta.dirname, 'fixtures/v1.jsonl'));
  real = (await decode(Buffer.from(v1), v1Session)).events;
});

const bytesOf = (events: readonly Event[]): Buffer => Buffer.from(events.map(encode).join(''));

test('lines give back what they were made of, and nothing of their checksums', async () => {
  const data = bytesOf(everything);
  const before = Buffer.from(data);
  expect(await decode(data, 's')).toStrictEqual({ events: everything, bytes: data.length, damage: null });
  expect(data.equals(before)).toBe(true);
});

test('a line is JSON that ends in its checksum', () => {
  const [first] = eventsOf({ type: 'session.paused' });
  expect(encode(first!)).toBe(
    '{"v":2,"session":"s","seq":1,"atMs":1000,"actor":{"kind":"system","room":"test"},"turn":0,"step":0,"type":"session.paused","crc":"0cedaa12"}\n',
  );
});

test('any text survives, halves of characters too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), async (texts) => {
      const events = eventsOf(...texts.map((text) => ({ type: 'session.changed', title: text }) as const));
      expect((await decode(bytesOf(events), 's')).events).toStrictEqual(events);
    }),
  );
});

test('a real log of version 1 opens as events of today', async () => {
  const { events, bytes, damage } = await decode(v1, v1Session);
  expect({ count: events.length, bytes, damage }).toEqual({ count: 82, bytes: v1.length, damage: null });
  expect(events.every(isEvent)).toBe(true);
  const old = v1
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events).toStrictEqual(
    old.map((event) => ({
      ...event,
      v: 2,
      ...(event['type'] === 'turn.started' ? { message: null } : {}),
      ...(event['type'] === 'session.started'
        ? { environment: { attended: true, topLevel: [], ...(event['environment'] as object) } }
        : {}),
    })),
  );
  expect(reduceAll(emptyView, events).turn?.outcome).toMatchObject({ kind: 'done', verified: true });
});

test('a log of both versions is one log', async () => {
  const next: Event = { ...real[0]!, seq: 83, type: 'session.paused' };
  const data = Buffer.concat([v1, Buffer.from(encode(next))]);
  expect((await decode(data, v1Session)).events.slice(-2)).toEqual([real[81], next]);
});

test('every kind of event has its shape, and is none without one of its fields', () => {
  for (const event of everything) {
    expect(isEvent(event), event.type).toBe(true);
    const optional = [
      'title',
      'mode',
      'model',
      'text',
      'steer',
      'before',
      'changes',
      'reason',
      'whole',
      'unpricedTokens',
    ];
    for (const name of Object.keys(event)) {
      if (['effort', 'route', 'waits', 'held'].includes(name)) continue;
      if (event.type === 'context.compacted' && name !== 'kept' && !['type', 'v', 'session', 'seq', 'atMs', 'actor', 'turn', 'step'].includes(name)) continue; // prettier-ignore
      if (optional.includes(name) && !['turn.started', 'message.queued', 'message.delivered', 'session.started', 'model.requested', 'change.applied'].includes(event.type)) continue; // prettier-ignore
      expect(isEvent({ ...event, [name]: undefined }), `${event.type} without ${name}`).toBe(false);
    }
  }
});

test('any prefix of a real log decodes to its whole events and a torn tail', async () => {
  const data = bytesOf(real);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: data.length }), async (length) => {
      const cut = Buffer.from(data.subarray(0, length));
      const count = cut.filter((byte) => byte === 10).length;
      const bytes = cut.lastIndexOf(10) + 1;
      const { events, ...rest } = await decode(cut, v1Session);
      expect(bytesOf(events).equals(data.subarray(0, bytes))).toBe(true);
      expect(rest).toEqual({
        bytes,
        damage: bytes === length ? null : { kind: 'torn', seq: count + 1, byte: bytes },
      });
    }),
    { numRuns: 200 },
  );
});

/** What became of a log: how many events, and whether it is refused. */
async function flipped(data: Buffer, at: number, to: number, session: string) {
  const altered = Buffer.from(data);
  altered[at] = to;
  const { events, damage } = await decode(altered, session);
  return { events, damage, words: damageWords(session, damage) };
}

test('any single altered byte of a real log is found: refused with its place, or a tail that is torn', async () => {
  const data = bytesOf(real);
  const starts = [0, ...real.map((_, i) => bytesOf(real.slice(0, i + 1)).length)];
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: data.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const { events, damage, words } = await flipped(data, at, data[at]! ^ change, v1Session);
      const line = starts.findIndex((start) => start > at) - 1;
      expect(bytesOf(events).equals(data.subarray(0, starts[line]))).toBe(true);
      expect(damage).toEqual({ kind: 'damaged', seq: line + 1, byte: starts[line] });
      expect(words).toMatch(`damaged at event ${String(line + 1)} (byte ${String(starts[line])})`);
    }),
    { numRuns: 400 },
  );
});

test('each altered byte of the last line of a log is found', async () => {
  const [one, two] = eventsOf({ type: 'session.changed', title: 'ä' }, { type: 'session.paused' });
  const data = bytesOf([one!, two!]);
  const second = encode(one!).length + 1; // "ä" has two bytes
  for (let at = second; at < data.length; at++)
    for (const change of [1, 2, 0x20, 0x80, data[at]! ^ 10]) {
      if (change === 0) continue;
      const { events, damage } = await flipped(data, at, data[at]! ^ change, 's');
      expect(events).toEqual([one]);
      expect(damage, `byte ${String(at)} changed by ${String(change)}`).toMatchObject({ kind: 'damaged', seq: 2 });
    }
});

test('a log of version 1 with an altered byte never breaks what is made of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: v1.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const { events, damage, words } = await flipped(v1, at, v1[at]! ^ change, v1Session);
      expect(events.length === real.length || damage !== null).toBe(true);
      expect(damage === null || damage.kind === 'torn' || words !== null).toBe(true);
      events.reduce(fold, emptySession);
      reduceAll(emptyView, events);
    }),
    { numRuns: 300 },
  );
});

test('a whole line in a wrong place is damage, at the end too', async () => {
  const events = eventsOf({ type: 'session.paused' }, { type: 'session.closed' });
  for (const lines of [[events[1]!], [events[0]!, events[0]!], [{ ...events[0]!, session: 'other' }]])
    expect((await decode(bytesOf(lines), 's')).damage).toMatchObject({ kind: 'damaged', seq: lines.length });
});
