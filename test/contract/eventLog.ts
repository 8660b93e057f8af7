/** What every EventLog keeps, run by each adapter. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Event, Fact } from '../../src/core/event.ts';
import type { DecidedBy } from '../../src/core/permission.ts';
import type { Blobs, EventLog } from '../../src/core/ports.ts';
import { allFacts } from '../support/allFacts.ts';
import { entry, started } from '../support/events.ts';

export interface Stored {
  readonly log: EventLog;
  /** Of the same storage. */
  readonly blobs: Blobs;
}

export const said = (text: string): Fact => ({ type: 'turn.started', text, attachments: [], message: null });

export async function readAll(log: EventLog, session: string, from?: number): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of log.read(session, from)) events.push(event);
  return events;
}

/** A session with these facts, not held. */
export async function fill(log: EventLog, session: string, ...facts: readonly Fact[]): Promise<readonly Event[]> {
  const one = await log.create(session);
  const { events, durable } = one.append(facts.map((fact) => entry(fact)));
  await durable;
  await one.close();
  return events;
}

export async function bytesOf(data: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of data) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function* chunksOf(data: Uint8Array, bytes = 100): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += bytes) yield data.subarray(at, at + bytes);
}

/** A session with one of each event, and the bytes that they name. */
export async function fillWhole({ log, blobs }: Stored, session: string): Promise<readonly Event[]> {
  const one = await log.create(session);
  const before = await blobs.put(session, Buffer.from('before'));
  const after = await blobs.put(session, Buffer.from('äfter'.repeat(2000)));
  const output = await blobs.put(session, Buffer.from([0, 159, 31, 139]));
  const { events, durable } = one.append(allFacts({ before, after, output }).map((fact) => entry(fact)));
  await durable;
  await one.close();
  return events;
}

export function eventLogContract(name: string, make: () => Promise<Stored>): void {
  describe(`EventLog: ${name}`, () => {
    test('gives back what was appended, in places without gaps', async () => {
      const { log } = await make();
      const one = await log.create('abc');
      const first = one.append([entry(started, 0), entry(said('a'))]);
      const second = one.append([entry(said('b'))]);
      await Promise.all([first.durable, second.durable]);
      const all = [...first.events, ...second.events];
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(one.seq).toBe(3);
      expect(await readAll(log, 'abc')).toEqual(all);
      expect(await readAll(log, 'abc', 3)).toEqual(second.events);
      await one.close();
    });

    test('gives back every kind of event as it was, on the first reading and after', async () => {
      const stored = await make();
      const events = await fillWhole(stored, 'abc');
      expect(await readAll(stored.log, 'abc')).toStrictEqual(events);
      const again = await stored.log.open('abc');
      expect(await readAll(stored.log, 'abc')).toStrictEqual(events);
      expect(await readAll(stored.log, 'abc')).toStrictEqual(events);
      await again.close();
      expect(await stored.log.salvage('abc')).toStrictEqual({ events, damage: null });
    });

    test('goes on where it was after closing', async () => {
      const { log } = await make();
      await fill(log, 'abc', started);
      const again = await log.open('abc');
      expect(again.seq).toBe(1);
      await again.append([entry(said('b'))]).durable;
      expect((await readAll(log, 'abc')).map(({ seq, type }) => [seq, type])).toEqual([
        [1, 'session.started'],
        [2, 'turn.started'],
      ]);
      await again.close();
    });

    test('has one writer: a second one is refused until the first lets go', async () => {
      const { log } = await make();
      const one = await log.create('abc');
      await one.append([entry(started, 0)]).durable;
      await expect(log.open('abc')).rejects.toMatchObject({ code: 'locked' });
      await expect(log.create('abc')).rejects.toMatchObject({ code: 'bug' });
      await expect(log.delete('abc')).rejects.toMatchObject({ code: 'locked' });
      await one.close();
      await one.close();
      const two = await log.open('abc');
      await two.close();
    });

    test('takes nothing more once it is closed', async () => {
      const { log } = await make();
      const events = await fill(log, 'abc', started);
      const one = await log.open('abc');
      await one.close();
      await expect(one.append([entry(said('late'))]).durable).rejects.toMatchObject({ code: 'bug' });
      expect(await readAll(log, 'abc')).toEqual(events);
    });

    test('can be read while another writes', async () => {
      const { log } = await make();
      const one = await log.create('abc');
      await one.append([entry(started, 0)]).durable;
      expect(await readAll(log, 'abc')).toHaveLength(1);
      await one.close();
    });

    test('says that a session is not there', async () => {
      const { log } = await make();
      await expect(log.open('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(readAll(log, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(log.salvage('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(log.copy('nothing', 1, 'abc')).rejects.toMatchObject({ code: 'not_found' });
      await expect(bytesOf(log.export('nothing'))).rejects.toMatchObject({ code: 'not_found' });
      await log.delete('nothing');
    });

    test('leaves nothing of a session in which nothing happened', async () => {
      const { log } = await make();
      await (await log.create('abc')).close();
      expect(await log.list()).toEqual([]);
      await expect(log.open('abc')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('deletes a session with all that was kept in it', async () => {
      const stored = await make();
      await fillWhole(stored, 'abc');
      const { hash } = await stored.blobs.put('abc', Buffer.from('before'));
      await stored.log.delete('abc');
      expect(await stored.log.list()).toEqual([]);
      await expect(stored.blobs.get('abc', hash)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('lists sessions with how they stand, newest first', async () => {
      const { log } = await make();
      expect(await log.list()).toEqual([]);
      const reply = allFacts().find((fact) => fact.type === 'model.responded')!;
      const end = allFacts().find(({ type }) => type === 'turn.ended')!;
      await fill(log, 'abc', started, said('fix the parser\nplease'), reply, reply, end);
      await fill(log, 'abd', started, said('x'), reply, { ...reply, costUsd: null });
      await fill(log, 'abe', started, said('x'), { type: 'session.changed', title: 'Named' }, end, {
        type: 'session.closed',
      });
      const rows = await log.list();
      const common = { folders: ['/w'], damage: null, updatedAtMs: 1_000_000 };
      expect(rows).toMatchObject([
        {
          ...common,
          id: 'abc',
          title: 'fix the parser',
          open: false,
          closed: false,
          outcome: 'unverified',
          costUsd: 0.5,
        },
        { ...common, id: 'abd', title: 'x', open: true, closed: false, outcome: null, costUsd: null },
        { ...common, id: 'abe', title: 'Named', open: false, closed: true, outcome: 'unverified', costUsd: 0 },
      ]);
    });

    test('counts the changes in the files that nobody has said a word on', async () => {
      const { log } = await make();
      const hunk = (id: string) => ({ id, startLine: 1, removed: [], added: ['x'], before: [], after: [] });
      const applied = (call: string, ...ids: readonly string[]): Fact => ({
        type: 'change.applied',
        call,
        changes: [{ path: 'a', beforeHash: 'h', hunks: ids.map(hunk) }],
        files: [{ path: 'a', afterHash: 'h', saved: true }],
      });
      const decided = (call: string, by: DecidedBy): Fact => ({
        type: 'tool.decided',
        call,
        decision: { action: 'allow', by },
      });
      const reviewed = (state: 'accepted' | 'applied', ...hunks: readonly string[]): Fact => ({
        type: 'change.reviewed',
        path: 'a',
        hunks: hunks.map((id) => ({ hunk: id, state, line: 1 })),
      });
      const openOf = async (...facts: readonly Fact[]): Promise<number | undefined> => {
        await fill(log, 'abc', ...facts);
        return (await log.list())[0]?.openChanges;
      };
      expect(await openOf(started, said('x'), decided('1', { kind: 'user' }), applied('1', '1:1.1'))).toBe(0);
      await log.delete('abc');
      const mode = { kind: 'mode', mode: 'edit' } as const;
      expect(await openOf(started, said('x'), decided('2', mode), applied('2', '2:1.1', '2:1.2'))).toBe(2);
      await log.delete('abc');
      const all = [started, said('x'), decided('2', mode), applied('2', '2:1.1', '2:1.2')];
      expect(await openOf(...all, reviewed('accepted', '2:1.1', '2:1.2'), reviewed('applied', '2:1.2'))).toBe(1);
      await log.delete('abc');
      expect(await openOf(...all, { type: 'session.forked', from: 'abd', through: 4 })).toBe(0);
    });

    test('lists a session as it stands while it is written', async () => {
      const { log } = await make();
      const one = await log.create('abc');
      await one.append([entry(started), entry(said('a'))]).durable;
      expect(await log.list()).toMatchObject([{ id: 'abc', title: 'a', open: true }]);
      await one.append([entry({ type: 'session.changed', title: 'b' })]).durable;
      expect(await log.list()).toMatchObject([{ id: 'abc', title: 'b' }]);
      await one.close();
    });

    test('finds sessions by words of titles, messages and file names, all of them, in any case', async () => {
      const { log } = await make();
      const changed = allFacts().find(({ type }) => type === 'change.applied')!;
      await fill(log, 'abc', started, said('Fix the parser\nIt loses the Last line of a file.'), changed);
      await fill(log, 'abd', started, said('The parser is slow'), { type: 'session.changed', title: 'Speed' });
      expect(await log.search('LAST file parser')).toEqual([{ id: 'abc', line: 'It loses the Last line of a file.' }]);
      expect(await log.search('parser')).toEqual([
        { id: 'abc', line: 'Fix the parser' },
        { id: 'abd', line: 'The parser is slow' },
      ]);
      expect(await log.search('src/ä')).toEqual([{ id: 'abc', line: 'src/ä.ts' }]);
      expect(await log.search('speed')).toEqual([{ id: 'abd', line: 'Speed' }]);
      expect(await log.search('parser nowhere')).toEqual([]);
      expect(await log.search('  ')).toEqual([]);
    });

    test('copies the events up to a place, with the bytes that they name', async () => {
      const stored = await make();
      const { log, blobs } = stored;
      const events = await fillWhole(stored, 'abc');
      const early = await blobs.put('abc', Buffer.from('before'));
      const late = await blobs.put('abc', Buffer.from([0, 159, 31, 139]));
      const through = events.find(({ type }) => type === 'checkpoint.created')!.seq;
      await log.copy('abc', through, 'abd');
      expect(await readAll(log, 'abd')).toStrictEqual(
        events.slice(0, through).map((event) => ({ ...event, session: 'abd' })),
      );
      await log.delete('abc');
      expect((await blobs.get('abd', early.hash)).toString()).toBe('before');
      await expect(blobs.get('abd', late.hash)).rejects.toMatchObject({ code: 'not_found' });
      const one = await log.open('abd');
      await one.append([entry({ type: 'session.forked', from: 'abc', through })]).durable;
      await one.close();
      await expect(log.copy('abd', through + 2, 'abe')).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(log.copy('abd', 1, 'abd')).rejects.toMatchObject({ code: 'bug' });
      expect((await log.list()).map(({ id }) => id)).toEqual(['abd']);
    });

    test('copies without bytes that are lost', async () => {
      const { log } = await make();
      const events = await fill(log, 'abc', ...allFacts());
      await log.copy('abc', events.length, 'abd');
      expect(await readAll(log, 'abd')).toHaveLength(events.length);
    });

    test('exports a session as one file that imports as the same session', async () => {
      const stored = await make();
      const { log, blobs } = stored;
      const events = await fillWhole(stored, 'abc');
      const file = await bytesOf(log.export('abc'));
      const elsewhere = await make();
      expect(await elsewhere.log.import(chunksOf(file), 'new-one')).toBe('abc');
      expect(await readAll(elsewhere.log, 'new-one')).toStrictEqual(
        events.map((event) => ({ ...event, session: 'new-one' })),
      );
      const { hash } = await blobs.put('abc', Buffer.from('äfter'.repeat(2000)));
      expect((await elsewhere.blobs.get('new-one', hash)).toString()).toBe('äfter'.repeat(2000));
      await (await elsewhere.log.open('new-one')).close();
      await expect(elsewhere.log.import(chunksOf(file), 'new-one')).rejects.toMatchObject({ code: 'bug' });
      expect(await readAll(elsewhere.log, 'new-one')).toHaveLength(events.length);
    });

    test('imports nothing that is cut off, altered or made up, and leaves nothing of it', async () => {
      const stored = await make();
      const { log } = stored;
      await fillWhole(stored, 'abc');
      const file = await bytesOf(log.export('abc'));
      const lines = gunzipSync(file).toString().trimEnd().split('\n');
      const packed = (...some: readonly string[]): Buffer => gzipSync(`${some.join('\n')}\n`);
      const [head = '', ...rest] = lines;
      const end = rest.at(-1)!;
      const blobAt = lines.findIndex((line) => line.startsWith('{"blob"'));
      const bad: Readonly<Record<string, Buffer>> = {
        'no gzip': Buffer.from('hello'),
        nothing: Buffer.alloc(0),
        'nothing, packed': packed(),
        'cut in the middle': file.subarray(0, file.length >> 1),
        'cut at the end': file.subarray(0, -1),
        'without its end': packed(...lines.slice(0, -1)),
        'without an event': packed(head, ...rest.slice(1)),
        'without the last event': packed(...lines.toSpliced(blobAt - 1, 1)),
        'without a kept file': packed(...lines.toSpliced(blobAt, 1)),
        'an event altered': packed(...lines.map((line) => line.replace('fix the parser', 'fix the purser'))),
        'a kept file altered': packed(...lines.map((line) => line.replace('"data":"Y', '"data":"Z'))),
        'a kept file that nobody names': packed(
          ...lines.toSpliced(blobAt, 0, `{"blob":"${'a'.repeat(64)}","data":"AAAA"}`),
        ),
        'a path for a kept file': packed(...lines.toSpliced(blobAt, 0, '{"blob":"../../x","data":"AAAA"}')),
        'more behind its end': packed(...lines, end),
        'another kind of file': packed('{"name":"x"}', end),
        'a path for an id': packed(head.replace('abc', '../abc'), ...rest),
        'of a newer version': packed(head.replace('"version":1', '"version":2'), ...rest),
      };
      for (const [what, data] of Object.entries(bad)) {
        const imported = log.import(chunksOf(data), 'new-one');
        await expect(imported, what).rejects.toMatchObject({ code: 'invalid_input' });
      }
      expect((await log.list()).map(({ id }) => id)).toEqual(['abc']);
      await log.import(chunksOf(file), 'new-one');
    });
  });
}
