/** `journeyman log`: what happened in a session, step by step, or the exact prompt of one step. */
import { systemClock } from '../agent.ts';
import type { Event } from '../core/event.ts';
import { fileLog } from '../log/fileLog.ts';
import type { LogOptions } from './arguments.ts';
import { chooseSession } from './choose.ts';
import { exitCodes } from './exit.ts';
import { storageFolder } from './storage.ts';
import { lineOf, outcomeWords, totalsWords, withoutControls } from './words.ts';

export async function logCommand({ session, step, turn, cost, output }: LogOptions): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const id = await chooseSession(log, session);
  const { events, damage } = await log.salvage(id);
  if (cost === true) await printCosts(events, output);
  else if (step === null) printEvents(events, output);
  else (await import('./prompt.ts')).printPrompt(id, events, turn, step, output);
  if (damage === null) return 0;
  process.stderr.write(`journeyman: ${damage} What is above is all up to there.\n`);
  return exitCodes.error;
}

async function printCosts(events: readonly Event[], output: LogOptions['output']): Promise<void> {
  const { costsOf, costWords } = await import('./cost.ts');
  const costs = costsOf(events);
  process.stdout.write(output === 'text' ? withoutControls(costWords(costs)) : `${JSON.stringify(costs)}\n`);
}

function printEvents(events: readonly Event[], output: LogOptions['output']): void {
  if (output === 'json') process.stdout.write(`${JSON.stringify(events)}\n`);
  if (output === 'ndjson') for (const event of events) process.stdout.write(`${JSON.stringify(event)}\n`);
  if (output !== 'text') return;
  const calls = new Map<string, string>();
  for (const event of events) {
    const line =
      event.type === 'turn.ended'
        ? `\n${outcomeWords(event.outcome)}\n${totalsWords(event.usage, event.costUsd, event.ms, event.step)}`
        : lineOf(event, calls);
    if (line !== null) process.stdout.write(`${withoutControls(line)}\n`);
  }
}
