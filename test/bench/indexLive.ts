/** An index in use: its start with what was kept, an edit in a large open file, and how long it holds up the host's thread. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Session } from 'node:inspector/promises';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { createExtractor } from '../../src/symbols/extract/extractor.ts';
import type { IndexClient } from '../../src/symbols/client.ts';
import { dist, grammarFolder } from './indexFiles.ts';
import { openIndex } from './indexWork.ts';
import { median, type Figure } from './table.ts';

const warmStarts = 7;
const edits = 200;
/** After so long an edit counts as lost. */
const editMs = 5000;
const signal = new AbortController().signal;

export async function liveRows(tree: string): Promise<readonly Figure[]> {
  const storage = mkdtempSync(path.join(tmpdir(), 'journeyman-index-'));
  try {
    const idle = await pausesOf(() => wait(2000));
    let index: IndexClient | null = null;
    let work = 0;
    const pauses = await pausesOf(async () => {
      work = await longestWorkOf(async () => {
        index = openIndex(tree, storage);
        await index.ready(signal);
      });
    });
    const { files } = await opened(index).figures(signal);
    await opened(index).close();
    const answers: number[] = [];
    const validated: number[] = [];
    for (let start = 0; start < warmStarts; start++) {
      const startedMs = performance.now();
      const warm = openIndex(tree, storage);
      await warm.find({ name: 'main', path: null, max: 1 }, signal);
      answers.push(performance.now() - startedMs);
      await warm.ready(signal);
      validated.push(performance.now() - startedMs);
      await warm.close();
    }
    const perFiles = Math.max(1, files / 10_000);
    return [
      { name: 'files of the tree in the index', value: files, unit: '' },
      { name: 'longest pause of the host thread, idle', value: idle, unit: 'ms' },
      {
        name: 'longest pause of the host thread while indexing, on a machine as busy as it is',
        value: pauses,
        unit: 'ms',
      },
      { name: 'longest work of the host thread while indexing', value: work, unit: 'ms', aim: 5 },
      { name: 'warm start: first answer', value: median(answers), unit: 'ms', aim: 50 },
      { name: 'warm start: all files compared', value: median(validated), unit: 'ms', aim: 200 * perFiles },
      ...(await editRows(storage)),
    ];
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
}

/** Deflated, as it lies in the package. */
export function packageRow(): Figure {
  const grammars = readdirSync(grammarFolder).map((file) => path.join(grammarFolder, file));
  const threads = ['indexer.js', 'extractor.js'].map((file) => path.join(dist, file));
  const bytes = [...grammars, ...threads].reduce((sum, file) => sum + deflateRawSync(readFileSync(file)).length, 0);
  return { name: 'share of the .vsix', value: bytes / 1e6, unit: 'MB', aim: 4 };
}

/** A name is typed into an open file of 5,000 lines: what it costs to read it again, and until it is found. */
async function editRows(storage: string): Promise<readonly Figure[]> {
  const extractor = await createExtractor({ grammars: grammarFolder });
  const textWith = (name: string): string => {
    const one = (place: number): string =>
      `export class Part${String(place)} {\n  constructor(private readonly size: number) {}\n\n  area(by: number): number {\n    if (by > this.size) return 0;\n    return this.size * by;\n  }\n}\n\n`;
    const parts = Array.from({ length: 555 }, (_, place) => one(place));
    parts.splice(277, 0, `export function ${name}(): void {}\n`);
    return parts.join('');
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'journeyman-index-edit-'));
  const file = path.join(folder, 'open.ts');
  writeFileSync(file, textWith('start'));
  const index = openIndex(folder, storage);
  await index.ready(signal);
  extractor.follow(file, textWith('start'));
  const reads: number[] = [];
  const founds: number[] = [];
  for (let edit = 0; edit < edits; edit++) {
    const text = textWith(`start${String(edit)}`);
    const startedMs = performance.now();
    extractor.follow(file, text);
    reads.push(performance.now() - startedMs);
  }
  for (let edit = 0; edit < edits / 10; edit++) {
    const name = `typedHere${String(edit)}`;
    const text = textWith(name);
    const startedMs = performance.now();
    index.unsaved('open.ts', text);
    const isThere = async (): Promise<boolean> =>
      (await index.find({ name, path: null, max: 1 }, signal)).some((one) => one.name === name);
    let there = false;
    while (!there && performance.now() - startedMs < editMs) there = await isThere();
    if (there) founds.push(performance.now() - startedMs);
  }
  await index.close();
  rmSync(folder, { recursive: true, force: true });
  return [
    { name: 'edit in an open file of 5,000 lines, read again', value: median(reads), unit: 'ms', aim: 5 },
    { name: 'the same, until it is found through the threads', value: median(founds), unit: 'ms' },
  ];
}

async function pausesOf(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await wait(50);
  delays.reset();
  await work();
  delays.disable();
  return delays.max / 1e6;
}

/** Without a look at anything else: what this thread itself does, not what it waits for while others have the processor. */
async function longestWorkOf(work: () => Promise<unknown>): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  await wait(50);
  await work();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const idle = profile.nodes.find(({ callFrame }) => callFrame.functionName === '(idle)')?.id;
  let longestUs = 0;
  let us = -Infinity; // until it is idle for the first time it starts the measuring itself
  profile.samples?.forEach((node, i) => {
    us = node === idle ? 0 : us + (profile.timeDeltas?.[i] ?? 0);
    longestUs = Math.max(longestUs, us);
  });
  return longestUs / 1000;
}

function opened(index: IndexClient | null): IndexClient {
  if (index === null) throw new Error('The index did not open.');
  return index;
}
