/** `journeyman sessions`: what there is, newest first, or where words stand. */
import { resolve } from 'node:path';
import { systemClock } from '../agent.ts';
import type { SessionSummary } from '../core/ports.ts';
import { fileLog } from '../log/fileLog.ts';
import type { SessionsOptions } from './arguments.ts';
import { storageFolder } from './storage.ts';

type Row = SessionSummary & { /** Where the words stand. */ readonly found?: string };

export async function sessionsCommand({ workspace, search, output }: SessionsOptions): Promise<number> {
  const log = fileLog(storageFolder(), systemClock);
  const all = await log.list();
  const folder = workspace === null ? null : resolve(workspace);
  const here: readonly Row[] = folder === null ? all : all.filter(({ folders }) => folders.includes(folder));
  const rows = search === null ? here : matching(here, await log.search(search));
  if (output === 'json') process.stdout.write(`${JSON.stringify(rows)}\n`);
  if (output === 'ndjson') for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
  if (output === 'text') {
    for (const row of rows) process.stdout.write(`${lineOf(row)}\n`);
    if (rows.length === 0) {
      process.stdout.write(
        search === null
          ? 'No sessions yet. "journeyman run" makes one.\n'
          : `No session has all the words "${search}".\n`,
      );
    }
  }
  return 0;
}

function matching(
  rows: readonly Row[],
  found: readonly { readonly id: string; readonly line: string }[],
): readonly Row[] {
  return found.flatMap(({ id, line }) => rows.filter((row) => row.id === id).map((row) => ({ ...row, found: line })));
}

function lineOf({ id, title, folders, updatedAtMs, open, closed, damage, found }: Row): string {
  const at = new Date(updatedAtMs).toISOString().slice(0, 16).replace('T', ' ');
  const state = damage !== null ? 'damaged  ' : open ? 'open  ' : closed ? 'closed  ' : '';
  const line = `${id}  ${at}  ${state}${title}  (${folders[0] ?? 'no folder'})`;
  return found === undefined ? line : `${line}\n    ${found}`;
}
