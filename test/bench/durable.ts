/**
 * What it costs that nothing is lost: the log, the panel and the checkpoints, beside their aims.
 *
 *   npm run bench:durable -- [--only log|panel|checkpoints] [--disk DIR] [--json FILE]
 *
 * `--disk`: a folder on the disk to measure; the system's temporary folder by default, which must not be one in memory.
 */
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { checkpointRows } from './durableCheckpoint.ts';
import { logRows, openOnce } from './durableLog.ts';
import { panelRows } from './durablePanel.ts';
import { printRows, type Row } from './durableTable.ts';
import { writeJson } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    disk: { type: 'string', default: tmpdir() },
    json: { type: 'string' },
    /** For the bench itself: opens the one session of a storage folder in a fresh process. */
    open: { type: 'string' },
  },
});
if (values.open === undefined) await bench();
else process.stdout.write(JSON.stringify(await openOnce(values.open)));

async function bench(): Promise<void> {
  const { only, disk, json } = values;
  const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
    log: () => logRows(disk, process.argv[1] ?? ''),
    panel: panelRows,
    checkpoints: () => checkpointRows(disk),
  };
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts))
    if (only === undefined || only === name) rows.push(...(await measure()));
  printRows(rows);
  writeJson(json, { node: process.version, platform: process.platform, rows });
}
