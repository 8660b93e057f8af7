/** Sessions that end in the middle: a log that can be cut at any event, and lives of the loop on what is left of it. */
import { factOf, type Event } from '../../src/core/event.ts';
import type { EventLog } from '../../src/core/ports.ts';
import type { Agent } from '../../src/session/agent.ts';
import { Sessions, type LiveSession } from '../../src/session/sessions.ts';
import { environment } from './events.ts';

export function start(agent: Agent): Promise<LiveSession> {
  return new Sessions(agent).create({ environment, mode: 'ask', model: 'm', rules: [] });
}

/** A log that holds exactly these events, as after the death of the process that wrote them. */
export async function logWith(log: EventLog, events: readonly Event[]): Promise<string> {
  const [first] = events;
  if (!first) throw new Error('no events');
  const open = await log.create(first.session);
  for (const event of events) {
    const { actor, turn, step } = event;
    await open.append([{ actor, turn, step, fact: factOf(event) }]).durable;
  }
  await open.close();
  return first.session;
}
