/** The event log in memory: the same contract without a disk, for tests and for runs that need no record. */
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import type { Clock, EventLog, OpenLog } from '../core/ports.ts';
import { titleOf } from './lines.ts';

export function memoryLog(clock: Clock): EventLog {
  const sessions = new Map<SessionId, Event[]>();
  const held = new Set<SessionId>();

  const find = (session: SessionId): Event[] => {
    const events = sessions.get(session);
    if (!events) throw new JourneymanError('not_found', `There is no session ${session}.`);
    return events;
  };
  const hold = (session: SessionId): OpenLog => {
    if (held.has(session))
      throw new JourneymanError('locked', 'This session runs in another window. Only one can write to it.');
    const events = find(session);
    held.add(session);
    return {
      session,
      get seq() {
        return events.length;
      },
      append(entries) {
        if (!held.has(session)) throw new JourneymanError('bug', 'The session is closed.');
        const added = entries.map(({ actor, turn, step, fact }, i): Event => ({
          v: 2,
          session,
          seq: events.length + i + 1,
          atMs: clock.now(),
          actor,
          turn,
          step,
          ...fact,
        }));
        events.push(...added);
        return { events: added, durable: Promise.resolve() };
      },
      close() {
        held.delete(session);
        return Promise.resolve();
      },
    };
  };

  return {
    open: (session) => Promise.resolve().then(() => hold(session)),
    create: (session) =>
      Promise.resolve().then(() => {
        if (sessions.has(session)) throw new JourneymanError('bug', `Session ${session} exists already.`);
        sessions.set(session, []);
        return hold(session);
      }),
    async *read(session, from = 1) {
      await Promise.resolve();
      yield* find(session).slice(from - 1);
    },
    list: () =>
      Promise.resolve(
        [...sessions].map(([id, events]) => {
          const first = events[0];
          const folders = first?.type === 'session.started' ? first.environment.folders : [];
          return { id, title: titleOf(events), folders, updatedAtMs: events.at(-1)?.atMs ?? 0, sizeBytes: 0 };
        }),
      ),
    delete(session) {
      sessions.delete(session);
      return Promise.resolve();
    },
  };
}
