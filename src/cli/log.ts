/** `journeyman log`: what happened in a session, step by step. */
import { systemClock } from '../agent.ts';
import { JourneymanError } from '../core/error.ts';
import type { Event } from '../core/event.ts';
import { fileLog } from '../log/fileLog.ts';
import type { LogOptions } from './arguments.ts';
import { storageFolder } from './storage.ts';
import { lineOf, outcomeWords, totalsWords } from './words.ts';

export async function logCommand({ session, output }: LogOptions): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const id = session ?? (await log.list())[0]?.id;
  if (id === undefined)
    throw new JourneymanError('not_found', 'There are no sessions yet. "journeyman run" makes one.');
  const events: Event[] = [];
  for await (const event of log.read(id)) events.push(event);
  if (output === 'json') process.stdout.write(`${JSON.stringify(events)}\n`);
  if (output === 'ndjson') for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
  if (output === 'text') {
    const calls = new Map<string, string>();
    for (const event of events) {
      const line =
        event.type === 'turn.ended'
          ? `\n${outcomeWords(event.outcome)}\n${totalsWords(event.usage, event.costUsd, event.ms, event.step)}`
          : lineOf(event, calls);
      if (line !== null) process.stdout.write(`${line}\n`);
    }
  }
  return 0;
}
