/** What the log costs: appends beside a bare write and sync of the same bytes on the same disk, and the opening of long sessions. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fdatasyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../src/agent.ts';
import type { Event } from '../../src/core/event.ts';
import { fileLog } from '../../src/log/fileLog.ts';
import { encode } from '../../src/log/lines.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import { emptySession, foldAll } from '../../src/session/fold.ts';
import { realisticEntries, realisticEvents } from './durableEvents.ts';
import type { Row } from './durableTable.ts';
import { median } from './table.ts';

const sizes = [1000, 10_000, 100_000];
const openAimsMs: Readonly<Record<number, number>> = { 10_000: 150 };
const coldRuns = 5;
const appends = 300;
const groups = 40;
const groupSize = 50;

/** `disk`: a folder on the disk that is measured. `self`: this bench, which is run again to open sessions in a fresh process. */
export async function logRows(disk: string, self: string): Promise<readonly Row[]> {
  const folder = mkdtempSync(path.join(disk, 'journeyman-durable-'));
  try {
    return [...(await appendRows(folder)), ...(await openRows(folder, self)), ...(await listRows(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function appendRows(folder: string): Promise<readonly Row[]> {
  const part = 'Appending, beside a bare write and fdatasync of the same bytes';
  const entries = realisticEntries(appends);
  const events = realisticEvents('bare', appends);
  const file = openSync(path.join(folder, 'bare'), 'w');
  const log = await fileLog(folder, systemClock).create('appends');
  const bare: number[] = [];
  const ours: number[] = [];
  const thread: number[] = [];
  const bareGroups: number[] = [];
  const ourGroups: number[] = [];
  // In turns, so that what else the disk does falls on both.
  for (const [i, entry] of entries.entries()) {
    bare.push(timed(() => writeDown(file, events.slice(i, i + 1))));
    const from = performance.now();
    const { durable } = log.append([entry]);
    thread.push(performance.now() - from);
    await durable;
    ours.push(performance.now() - from);
  }
  for (let group = 0; group < groups; group++) {
    bareGroups.push(timed(() => writeDown(file, events.slice(0, groupSize))));
    const from = performance.now();
    await Promise.all(entries.slice(0, groupSize).map((entry) => log.append([entry]).durable));
    ourGroups.push(performance.now() - from);
  }
  await log.close();
  closeSync(file);
  const rate = (ms: readonly number[]): number =>
    (groupSize * ms.length * 1000) / ms.reduce((sum, one) => sum + one, 0);
  return [
    { part, name: 'bare, median', value: median(bare), unit: 'ms' },
    { part, name: 'append, median', value: median(ours), unit: 'ms' },
    { part, name: 'append to bare, medians', value: ratio(median(ours), median(bare)), unit: 'x', aim: 1.3 },
    { part, name: 'bare, 95 %', value: percentile(bare, 0.95), unit: 'ms' },
    { part, name: 'append, 95 %', value: percentile(ours, 0.95), unit: 'ms' },
    { part, name: 'of it on the thread of the host, 95 %', value: percentile(thread, 0.95), unit: 'ms' },
    { part, name: `bare, ${String(groupSize)} events a sync`, value: rate(bareGroups), unit: '/s' },
    { part, name: `append, ${String(groupSize)} events in one tick`, value: rate(ourGroups), unit: '/s' },
    {
      part,
      name: 'group to bare group, medians',
      value: ratio(median(ourGroups), median(bareGroups)),
      unit: 'x',
      aim: 1.3,
    },
  ];
}

function writeDown(file: number, events: readonly Event[]): void {
  writeSync(file, events.map(encode).join(''));
  fdatasyncSync(file);
}

/** Each in a process of its own, as after a start: nothing of the code has run before. */
async function openRows(folder: string, self: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const part = `Opening a session of ${size.toLocaleString('en-US')} events, in a fresh process`;
    const storage = path.join(folder, String(size));
    const file = path.join(storage, 'sessions', 'long', 'events.jsonl');
    writeSession(file, size);
    const runs = Array.from({ length: coldRuns }, () => opened(self, storage));
    const of = (pick: (one: Opened) => number): number | null => median(runs.map(pick));
    const aim = openAimsMs[size];
    rows.push(
      { part, name: 'size', value: statSync(file).size / 1024 / 1024, unit: 'MB' },
      { part, name: 'own and decode', value: of(({ openMs }) => openMs), unit: 'ms' },
      { part, name: 'fold to the session', value: of(({ foldMs }) => foldMs), unit: 'ms' },
      { part, name: 'reduce to the view', value: of(({ viewMs }) => viewMs), unit: 'ms' },
      { part, name: 'in all', value: of(({ allMs }) => allMs), unit: 'ms', ...(aim === undefined ? {} : { aim }) },
      { part, name: 'in all, CPU of all its threads', value: of(({ cpuMs }) => cpuMs), unit: 'ms' },
    );
  }
  return rows;
}

interface Opened {
  readonly openMs: number;
  readonly foldMs: number;
  readonly viewMs: number;
  readonly allMs: number;
  readonly cpuMs: number;
}

function opened(self: string, storage: string): Opened {
  const { stdout, stderr, status } = spawnSync(process.execPath, [self, '--open', storage], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Opened;
}

/** What the fresh process does: as `Sessions.open` and the panel do it. */
export async function openOnce(storage: string): Promise<Opened> {
  const log = fileLog(storage, systemClock);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const held = await log.open('long');
  const events: Event[] = [];
  for await (const event of log.read('long')) events.push(event);
  const read = performance.now();
  foldAll(emptySession, events);
  const folded = performance.now();
  reduceAll(emptyView, events);
  const seen = performance.now();
  const { user, system } = process.cpuUsage(cpu);
  await held.close();
  return {
    openMs: read - start,
    foldMs: folded - read,
    viewMs: seen - folded,
    allMs: seen - start,
    cpuMs: (user + system) / 1000,
  };
}

async function listRows(folder: string): Promise<readonly Row[]> {
  const part = 'A list of 200 sessions of 500 events';
  const storage = path.join(folder, 'many');
  for (let i = 0; i < 200; i++)
    writeSession(path.join(storage, 'sessions', `one-${String(i)}`, 'events.jsonl'), 500, `one-${String(i)}`);
  const log = fileLog(storage, systemClock);
  const first = await timedAsync(() => log.list());
  const again = await timedAsync(() => log.list());
  const search = await timedAsync(() => log.search('mend tests'));
  return [
    { part, name: 'the first time, from the logs', value: first, unit: 'ms' },
    { part, name: 'from then on', value: again, unit: 'ms' },
    { part, name: 'search', value: search, unit: 'ms' },
  ];
}

function writeSession(file: string, size: number, session = 'long'): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, realisticEvents(session, size).map(encode).join(''));
}

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a / b;
}

function percentile(values: readonly number[], share: number): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? null;
}
