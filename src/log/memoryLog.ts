/** The event log in memory: the same contract without a disk, for tests and for runs that need no record. */
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import type { Clock, EventLog, OpenLog } from '../core/ports.ts';
import { hashOf } from './blobs.ts';
import { digest, found, newDigest, searchWords, summaryOf, type Digest } from './catalogue.ts';
import { noSession } from './folders.ts';
import { memoryBlobs, type MemoryBlobs } from './memoryBlobs.ts';
import { blobRefs, pack, unpack } from './transfer.ts';
import { version } from './upcast.ts';

/** `blobs`: what goes with a session when it is copied, exported or deleted. */
export function memoryLog(clock: Clock, blobs: MemoryBlobs = memoryBlobs()): EventLog {
  const sessions = new Map<SessionId, Event[]>();
  const held = new Set<SessionId>();

  const find = (session: SessionId): Event[] => {
    const events = sessions.get(session);
    if (!events) throw noSession(session);
    return events;
  };
  const free = (session: SessionId): void => {
    if (held.has(session))
      throw new JourneymanError('locked', 'This session runs in another window. Only one can write to it.');
  };
  const unused = (session: SessionId): void => {
    if (sessions.has(session)) throw new JourneymanError('bug', `Session ${session} exists already.`);
  };
  const hold = (session: SessionId): OpenLog => {
    const events = find(session);
    free(session);
    held.add(session);
    let closed = false;
    return {
      session,
      get seq() {
        return events.length;
      },
      append(entries) {
        const added = entries.map(({ actor, turn, step, fact }, i): Event => ({
          v: version,
          session,
          seq: events.length + i + 1,
          atMs: clock.now(),
          actor,
          turn,
          step,
          ...fact,
        }));
        if (closed)
          return { events: added, durable: Promise.reject(new JourneymanError('bug', 'The session is closed.')) };
        events.push(...added);
        return { events: added, durable: Promise.resolve() };
      },
      async close() {
        if (closed) return;
        closed = true;
        held.delete(session);
        if (events.length === 0) sessions.delete(session);
      },
    };
  };
  const all = (): readonly { readonly id: SessionId; readonly known: Digest }[] =>
    [...sessions]
      .filter(([, events]) => events.length > 0)
      .map(([id, events]) => ({ id, known: digest(newDigest(), events) }))
      .sort((a, b) => b.known.updatedAtMs - a.known.updatedAtMs || (a.id < b.id ? -1 : 1));

  return {
    open: async (session) => hold(session),
    async create(session) {
      unused(session);
      sessions.set(session, []);
      return hold(session);
    },
    async *read(session, from = 1) {
      yield* find(session).slice(from - 1);
    },
    salvage: async (session) => ({ events: [...find(session)], damage: null }),
    list: async () => all().map(({ id, known }) => summaryOf(id, known, 0)),
    async search(words) {
      const wanted = searchWords(words);
      return all()
        .map(({ id, known }) => found(id, known, wanted))
        .filter((one) => one !== null);
    },
    async delete(session) {
      free(session);
      sessions.delete(session);
      blobs.delete(session);
    },
    async copy(from, through, to) {
      const events = find(from);
      if (through < 1 || through > events.length)
        throw new JourneymanError('invalid_input', `Session ${from} has no event ${String(through)} that can be read.`);
      unused(to);
      const copied = events.slice(0, through).map((event): Event => ({ ...event, session: to }));
      for (const { hash } of copied.flatMap(blobRefs)) {
        const data = await blobs.get(from, hash).catch(() => null); // lost there, lost here
        if (data) await blobs.put(to, data);
      }
      sessions.set(to, copied);
    },
    async *export(session) {
      yield* pack(session, [...find(session)], (hash) => blobs.get(session, hash));
    },
    async import(data, to) {
      unused(to);
      try {
        const { session, events } = await unpack(data, async (bytes, hash) => {
          if ((await hashOf(bytes)) !== hash) throw new JourneymanError('corrupt', 'The kept bytes are damaged.');
          await blobs.put(to, bytes);
        });
        sessions.set(
          to,
          events.map((event) => ({ ...event, session: to })),
        );
        return session;
      } catch (error) {
        blobs.delete(to);
        throw error;
      }
    },
  };
}
