/** The pure part: typing, words and reading a log, without an editor. */
import type { Hunk } from '../../src/core/change.ts';
import type { FileState } from '../../src/core/checkpoint.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import {
  applyChange,
  baseline,
  decide,
  editText,
  ledgerOf,
  observe,
  reopen,
  type FileLedger,
} from '../../src/review/ledger.ts';
import { readLedgers } from '../../src/review/record.ts';
import { lineEdits } from '../../src/workspace/diff.ts';
import { median, type Figure } from './table.ts';

const lineCount = 10_000;
const hunkCount = 300;
const fileCount = 100;

export async function ledgerFigures(runs: number): Promise<readonly Figure[]> {
  const file = largeFile();
  const inHunk = file.regions[hunkCount >> 1]?.start ?? 0;
  const typed = (line: number) => (i: number) =>
    void editText(file, { start: line, end: line + 1, lines: [`${file.lines[line] ?? ''}${String(i)}`] });
  const one = new Set([`c:1.${String(hunkCount >> 1)}`]);
  const all = new Set(file.regions.map(({ hunk }) => hunk));
  const rejected = decide(file, one, 'rejected').file;
  const formatted = file.lines.map((line, i) => (i % 40 === 7 ? `  ${line}` : line));
  return [
    { name: 'a key outside of the changes', value: medianOf(runs, typed(3)), unit: 'ms', aim: 1 },
    { name: 'a key in a change', value: medianOf(runs, typed(inHunk)), unit: 'ms', aim: 1 },
    { name: 'a new line in a change', value: medianOf(runs, newLine(file, inHunk + 1)), unit: 'ms', aim: 1 },
    { name: 'accept one', value: medianOf(runs, () => void decide(file, one, 'accepted')), unit: 'ms', aim: 5 },
    { name: 'reject one', value: medianOf(runs, () => void decide(file, one, 'rejected')), unit: 'ms', aim: 5 },
    { name: 'take that back', value: medianOf(runs, () => void reopen(rejected, one)), unit: 'ms', aim: 5 },
    { name: 'reject all', value: medianOf(runs, () => void decide(file, all, 'rejected')), unit: 'ms', aim: 5 },
    { name: 'the text without them', value: medianOf(runs, () => void baseline(file)), unit: 'ms', aim: 5 },
    {
      name: 'a formatter changes 250 lines, seen afterwards',
      value: medianOf(10, () => void observe(file, formatted, lineEdits)),
      unit: 'ms',
    },
    { name: `a log of ${String(fileCount)} changed files`, value: await readOpen(), unit: 'ms' },
    { name: 'a log of 1,000 changes, all decided', value: await readDecided(), unit: 'ms' },
  ];
}

function newLine(file: FileLedger, line: number): () => void {
  return () => void editText(file, { start: line, end: line, lines: [''] });
}

function medianOf(runs: number, run: (i: number) => void): number | null {
  for (let i = 0; i < 20; i++) run(i);
  const times = Array.from({ length: runs }, (_, i) => {
    const startMs = performance.now();
    run(i);
    return performance.now() - startMs;
  });
  return median(times);
}

function largeFile(): FileLedger {
  const lines = Array.from({ length: lineCount }, (_, i) =>
    i % 9 === 0 ? '' : `  const name${String(i)} = ${String(i)};`,
  );
  return applyChange(ledgerOf(lines), hunksIn(lines, 'c', hunkCount));
}

/** Two lines give way to three. */
function hunksIn(lines: readonly string[], call: string, count: number): readonly Hunk[] {
  const every = Math.floor(lines.length / count);
  return Array.from({ length: count }, (_, i) => {
    const start = i * every + 2;
    const removed = lines.slice(start, start + 2);
    const added = [0, 1, 2].map((part) => `  changed(${String(i)}, ${String(part)});`);
    return { id: `${call}:1.${String(i + 1)}`, startLine: start + 1, removed, added, before: [], after: [] };
  });
}

/** 200 lines and three changes in each file. */
async function readOpen(): Promise<number | null> {
  const lines = Array.from({ length: 200 }, (_, i) => `line ${String(i)}`);
  const text = lines.join('\n');
  const events = eventsOf(
    Array.from({ length: fileCount }, (_, i) => changeOf(String(i), `src/file${String(i)}.ts`, lines)).flat(),
  );
  return timeOf(events, async () => text);
}

async function readDecided(): Promise<number | null> {
  const lines = ['a', 'b', 'c', 'd'];
  const facts = Array.from({ length: 1000 }, (_, i): readonly Fact[] => {
    const path = `src/file${String(i % 50)}.ts`;
    const change = changeOf(String(i), path, lines, 1);
    return [
      ...change,
      { type: 'change.reviewed', path, hunks: [{ hunk: `${String(i)}:1.1`, state: 'accepted', line: 3 }] },
    ];
  });
  return timeOf(eventsOf(facts.flat()), async () => {
    throw new Error('nothing is to be read of what is decided');
  });
}

async function timeOf(
  events: readonly Event[],
  readText: (state: FileState) => Promise<string | null>,
): Promise<number | null> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    const startMs = performance.now();
    await readLedgers(events, readText, lineEdits);
    times.push(performance.now() - startMs);
  }
  return median(times);
}

function changeOf(call: string, path: string, lines: readonly string[], count = 3): readonly Fact[] {
  const state: FileState = { kind: 'file', blob: { hash: 'h', bytes: 1 }, mode: 0o644 };
  return [
    { type: 'tool.decided', call, decision: { action: 'allow', by: { kind: 'mode', mode: 'edit' } } },
    { type: 'checkpoint.created', checkpoint: call, call, files: [{ path, state }] },
    {
      type: 'change.applied',
      call,
      changes: [{ path, beforeHash: 'h', hunks: hunksIn(lines, call, count) }],
      files: [{ path, afterHash: 'h', saved: true }],
    },
    { type: 'tool.finished', call, result: { status: 'ok', text: '' }, ms: 1 },
  ];
}

function eventsOf(facts: readonly Fact[]): readonly Event[] {
  return facts.map((fact, i): Event => ({
    v: 2,
    session: 's',
    seq: i + 1,
    atMs: i,
    actor: { kind: 'system', room: 'bench' },
    turn: 1,
    step: 1,
    ...fact,
  }));
}
