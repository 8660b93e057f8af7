/** What every EventLog keeps, run by each adapter. */
import { describe, expect, test } from 'vitest';
import type { Event, Fact } from '../../src/core/event.ts';
import type { EventLog } from '../../src/core/ports.ts';
import { entry, started } from '../support/events.ts';

const said = (text: string): Fact => ({ type: 'turn.started', text, attachments: [] });

export async function readAll(log: EventLog, session: string): Promise<Event[]> {
  const events: Event[] = [];
  for await (const event of log.read(session)) events.push(event);
  return events;
}

export function eventLogContract(name: string, make: () => Promise<EventLog>): void {
  describe(`EventLog: ${name}`, () => {
    test('gives back what was appended, in places without gaps', async () => {
      const log = await make();
      const one = await log.create('abc');
      const first = one.append([entry(started, 0), entry(said('a'))]);
      const second = one.append([entry(said('b'))]);
      await Promise.all([first.durable, second.durable]);
      const all = [...first.events, ...second.events];
      expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(one.seq).toBe(3);
      expect(await readAll(log, 'abc')).toEqual(all);
      await one.close();
    });

    test('goes on where it was after closing', async () => {
      const log = await make();
      const one = await log.create('abc');
      await one.append([entry(started, 0)]).durable;
      await one.close();
      const again = await log.open('abc');
      expect(again.seq).toBe(1);
      await again.append([entry(said('b'))]).durable;
      await again.close();
      expect((await readAll(log, 'abc')).map(({ seq, type }) => [seq, type])).toEqual([
        [1, 'session.started'],
        [2, 'turn.started'],
      ]);
    });

    test('has one writer: a second one is refused until the first lets go', async () => {
      const log = await make();
      const one = await log.create('abc');
      await expect(log.open('abc')).rejects.toMatchObject({ code: 'locked' });
      await one.close();
      const two = await log.open('abc');
      await two.close();
    });

    test('can be read while another writes', async () => {
      const log = await make();
      const one = await log.create('abc');
      await one.append([entry(started, 0)]).durable;
      expect(await readAll(log, 'abc')).toHaveLength(1);
      await one.close();
    });

    test('says that a session is not there', async () => {
      const log = await make();
      await expect(log.open('nothing')).rejects.toMatchObject({ code: 'not_found' });
      await expect(readAll(log, 'nothing')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('lists sessions with title and folders, and deletes them', async () => {
      const log = await make();
      expect(await log.list()).toEqual([]);
      const one = await log.create('abc');
      await one.append([entry(started, 0), entry(said('fix the parser\nplease'))]).durable;
      await one.close();
      expect(await log.list()).toMatchObject([{ id: 'abc', title: 'fix the parser', folders: ['/w'] }]);
      await log.delete('abc');
      expect(await log.list()).toEqual([]);
    });
  });
}
