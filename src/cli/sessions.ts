/** `journeyman sessions`: what there is, newest first. */
import { resolve } from 'node:path';
import { systemClock } from '../agent.ts';
import { fileLog } from '../log/fileLog.ts';
import type { SessionsOptions } from './arguments.ts';
import { storageFolder } from './storage.ts';

export async function sessionsCommand({ workspace, output }: SessionsOptions): Promise<number> {
  const all = await fileLog(storageFolder(), systemClock).list();
  const folder = workspace === null ? null : resolve(workspace);
  const rows = folder === null ? all : all.filter(({ folders }) => folders.includes(folder));
  if (output === 'json') process.stdout.write(`${JSON.stringify(rows)}\n`);
  if (output === 'ndjson') for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  if (output === 'text') {
    for (const { id, title, folders, updatedAtMs } of rows) {
      process.stdout.write(
        `${id}  ${new Date(updatedAtMs).toISOString().slice(0, 16).replace('T', ' ')}  ${title}  (${folders[0] ?? 'no folder'})\n`,
      );
    }
    if (rows.length === 0) process.stdout.write('No sessions yet. "journeyman run" makes one.\n');
  }
  return 0;
}
