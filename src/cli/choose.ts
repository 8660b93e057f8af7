/** Which session is meant where none is named, and how it began. */
import { resolve } from 'node:path';
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import type { EventLog } from '../core/ports.ts';

/** The named one, else the last one; `workspace`: the last one of that folder. */
export async function chooseSession(
  log: EventLog,
  named: SessionId | null,
  workspace: string | null = null,
): Promise<SessionId> {
  if (named !== null) return named;
  const folder = workspace === null ? null : resolve(workspace);
  const last = (await log.list()).find(({ folders }) => folder === null || folders.includes(folder));
  if (last) return last.id;
  throw new JourneymanError(
    'not_found',
    folder === null
      ? 'There are no sessions yet. "journeyman run" makes one.'
      : `There are no sessions of ${folder} yet. "journeyman run" makes one; "journeyman sessions" lists those of all folders.`,
  );
}

export async function eventsOf(log: EventLog, session: SessionId): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of log.read(session)) events.push(event);
  return events;
}

export function startOf(session: SessionId, events: readonly Event[]): Event & { readonly type: 'session.started' } {
  const [first] = events;
  if (first?.type === 'session.started') return first;
  throw new JourneymanError('corrupt', `Session ${session} has no beginning, so that it cannot be gone on with.`);
}

/** As it was named or chosen last. */
export function modelOf(events: readonly Event[]): string | null {
  for (const event of events.toReversed()) {
    if (event.type === 'session.started') return event.model;
    if (event.type === 'session.changed' && event.model !== undefined) return event.model;
  }
  return null;
}

/** What holds a session for writing, with words on what to do when somebody else does. */
export async function owning<T>(session: SessionId, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof JourneymanError) || error.code !== 'locked') throw error;
    throw new JourneymanError(
      'locked',
      `Session ${session} is held by another process: a window of the editor, or a journeyman that runs it. End it there first; "journeyman log ${session}" shows what happens in it meanwhile.`,
      { cause: error },
    );
  }
}
