/** `journeyman replay`: a session run again from its record, and where it first differs. */
import { systemClock } from '../agent.ts';
import { fileLog } from '../log/fileLog.ts';
import { replaySession } from '../session/replay.ts';
import type { SessionViewOptions } from './arguments.ts';
import { assembleWithoutModel } from './assembly.ts';
import { chooseSession, eventsOf, startOf } from './choose.ts';
import { exitCodes } from './exit.ts';
import { storageFolder } from './storage.ts';

export async function replayCommand({ session, output }: SessionViewOptions): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const id = await chooseSession(log, session);
  const events = await eventsOf(log, id);
  // Of the folders only the names count: nothing is opened, so they need not be there any more.
  const { tools, files, limits } = assembleWithoutModel(startOf(id, events).environment.folders);
  const report = await replaySession(events, tools, files, limits.replyTokensMax);
  const { divergence } = report;
  if (output !== 'text') process.stdout.write(`${JSON.stringify({ session: id, ...report })}\n`);
  else {
    const compared = `${String(report.prompts)} prompts and ${String(report.events)} of ${String(events.length)} events of session ${id} compared`;
    process.stdout.write(
      divergence === null
        ? `The same: ${compared}.\n`
        : `It differs at event ${String(divergence.seq)} (turn ${String(divergence.turn)}, step ${String(divergence.step)}): ${divergence.what}\n  recorded: ${short(divergence.recorded)}\n  replayed: ${short(divergence.replayed)}\n${compared}.\n`,
    );
  }
  return divergence === null ? exitCodes.verified : exitCodes.unverified;
}

/** `--output json` has it whole. */
function short(value: unknown): string {
  const text = typeof value === 'string' ? value : ((JSON.stringify(value) as string | undefined) ?? 'nothing');
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
