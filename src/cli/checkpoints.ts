/** `journeyman checkpoints`: the points that the files of a session can go back to. */
import { systemClock } from '../agent.ts';
import { toArray } from '../core/list.ts';
import { fileLog } from '../log/fileLog.ts';
import { emptySession, foldAll } from '../session/fold.ts';
import type { SessionViewOptions } from './arguments.ts';
import { chooseSession, eventsOf } from './choose.ts';
import { storageFolder } from './storage.ts';
import { callWords } from './words.ts';

export async function checkpointsCommand({ session, output }: SessionViewOptions): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const events = await eventsOf(log, await chooseSession(log, session));
  const calls = new Map(
    events.flatMap((event) =>
      event.type === 'tool.requested' ? [[event.call, callWords(event.tool, event.input)]] : [],
    ),
  );
  const { checkpoints, taken } = foldAll(emptySession, events);
  const rows = toArray(checkpoints).map(({ checkpoint, call, turn, step, atMs }) => {
    const files = toArray(taken).flatMap((one) =>
      one.checkpoint === checkpoint ? one.files.map(({ path }) => path) : [],
    );
    const before = call === null ? 'a restore' : (calls.get(call) ?? call);
    return { checkpoint, atMs, turn, step, before, files };
  });
  if (output === 'json') process.stdout.write(`${JSON.stringify(rows)}\n`);
  if (output === 'ndjson') for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  if (output === 'text') {
    for (const { checkpoint, atMs, turn, step, before, files } of rows) {
      const at = new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
      const changed = files.length === 0 ? '' : `  changed ${files.join(', ')}`;
      process.stdout.write(
        `${checkpoint}  ${at}  turn ${String(turn)}, step ${String(step)}, before ${before}${changed}\n`,
      );
    }
    if (rows.length === 0) process.stdout.write('No checkpoints: nothing has changed a file in this session.\n');
  }
  return 0;
}
