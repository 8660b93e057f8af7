/** What checkpoints cost on a repository of 50,000 files with 10 changed: before an edit, around a command, and back again. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FileStep } from '../../src/core/checkpoint.ts';
import type { Checkpoints, TakenStep } from '../../src/core/ports.ts';
import { fileBlobs } from '../../src/log/blobs.ts';
import { fileCheckpoints, noDocuments } from '../../src/workspace/checkpoint.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import type { Row } from './durableTable.ts';

const folders = 2500;
const filesInFolder = 20;
const changedFiles = 10;
const rounds = 40;
const session = 'bench';
const never = new AbortController().signal;

/** `disk`: a folder on the disk that is measured. */
export async function checkpointRows(disk: string): Promise<readonly Row[]> {
  const scratch = mkdtempSync(path.join(disk, 'journeyman-checkpoints-'));
  const [tree, storage] = [path.join(scratch, 'tree'), path.join(scratch, 'storage')];
  try {
    makeRepository(tree);
    const checkpoints = fileCheckpoints({
      files: nodeFiles([tree]),
      blobs: fileBlobs(storage),
      documents: noDocuments,
      storage,
    });
    const rows = await measure(checkpoints, tree, storage);
    return rows.map((row) => ({ ...row, part: 'Checkpoints, on a git repository of 50,000 files with 10 changed' }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function measure(checkpoints: Checkpoints, tree: string, storage: string): Promise<readonly Omit<Row, 'part'>[]> {
  const kept: number[] = [];
  const after: number[] = [];
  const began: number[] = [];
  const ended: number[] = [];
  const around: number[] = [];
  const bare: number[] = [];
  const previewed: number[] = [];
  const restored: number[] = [];
  const taken: TakenStep[] = [];
  let bytesChanged = 0;
  const take = (files: readonly FileStep[]): void => {
    for (const file of files) taken.push({ checkpoint: 'c', call: 'c', file });
    for (const { before, after: left } of files)
      for (const state of [before, left]) if (state.kind === 'file') bytesChanged += state.blob.bytes;
  };

  const first = await timed(async () => (await checkpoints.watch(session, 'first', never)).end(never));
  const listBytes = bytesIn(storage);
  for (let round = 0; round < rounds; round++) {
    const paths = Array.from({ length: changedFiles }, (_, i) => fileName(round * changedFiles + i));
    let before = await checkpoints.keep(session, [], never);
    kept.push(await timed(async () => (before = await checkpoints.keep(session, paths, never))));
    for (const name of paths) edit(tree, name, 'edited');
    bare.push(await timed(() => writeBare(storage, tree, paths)));
    after.push(await timed(async () => take(await checkpoints.steps(session, before, never))));
  }
  for (let round = 0; round < rounds; round++) {
    const paths = Array.from({ length: changedFiles }, (_, i) => fileName(20_000 + round * changedFiles + i));
    const from = performance.now();
    const watch = await checkpoints.watch(session, `call${String(round)}`, never);
    const begun = performance.now();
    for (const name of paths) edit(tree, name, 'written by a command');
    const finished = performance.now();
    const files = await watch.end(never);
    const to = performance.now();
    if (files.length !== changedFiles) throw new Error(`${String(files.length)} changes were seen`);
    began.push(begun - from);
    ended.push(to - finished);
    around.push(begun - from + to - finished);
    take(files);
  }
  for (let round = 0; round < rounds; round++) {
    const steps = taken.slice(round * changedFiles, (round + 1) * changedFiles);
    let items = await checkpoints.preview(session, [], never);
    previewed.push(await timed(async () => (items = await checkpoints.preview(session, steps, never))));
    restored.push(
      await timed(async () => {
        await checkpoints.keep(session, items.map((item) => item.path), never);
        await checkpoints.restore(session, items, { mine: [], old: [] }, never);
      }),
    ); // prettier-ignore
  }
  await checkpoints.close();

  const ms = (name: string, values: readonly number[], aim?: number): readonly Omit<Row, 'part'>[] => [
    { name: `${name}, p50`, value: quantile(values, 0.5), unit: 'ms' },
    { name: `${name}, p95`, value: quantile(values, 0.95), unit: 'ms', ...(aim === undefined ? {} : { aim }) },
  ];
  return [
    ...ms('for comparison: 10 such files written and synced, nothing else', bare),
    ...ms('copies before an edit of 10 files', kept, 30),
    ...ms('what the edit made of them', after),
    ...ms('before a command', began, 30),
    ...ms('after a command that changed 10 files', ended, 30),
    ...ms('around a command, both together', around),
    ...ms('preview of a restore of 10 files', previewed),
    ...ms('restore of 10 files, with its own checkpoint', restored, 200),
    { name: 'kept on disk / bytes of the files before and after', value: bytesIn(storage) / bytesChanged, unit: 'x', aim: 1.2 },
    { name: 'first command of a process: names and dates of 50,000 files', value: first, unit: 'ms' },
    { name: 'their list on disk, while the process lives', value: listBytes / 1024 / 1024, unit: 'MB' },
  ]; // prettier-ignore
}

function makeRepository(tree: string): void {
  for (let i = 0; i < folders * filesInFolder; i++) {
    const file = path.join(tree, fileName(i));
    if (i % filesInFolder === 0) mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, sourceText(i));
  }
  const git = (...args: readonly string[]): void => {
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'gc.auto=0', ...args], {
      cwd: tree,
      stdio: 'ignore',
    });
  };
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'All of it');
}

function fileName(i: number): string {
  const folder = Math.floor(i / filesInFolder);
  return `packages/p${String(folder % 50)}/src/m${String(folder)}/file${String(i)}.ts`;
}

/** Between 0.4 and 7 kB, most of them small, as sources are. */
function sourceText(i: number): string {
  const lines = 8 + ((i * 37) % 130);
  return Array.from({ length: lines }, (_, line) => `export const value${String(i)}_${String(line)} = ${String(i * line)};\n`).join(''); // prettier-ignore
}

function edit(tree: string, name: string, comment: string): void {
  const file = path.join(tree, name);
  writeFileSync(file, `// ${comment}\n${readFileSync(file, 'utf8')}`);
}

async function writeBare(storage: string, tree: string, paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (name, i) => {
      const file = path.join(storage, `bare${String(i)}`);
      const handle = await open(file, 'w');
      await handle.writeFile(await readFile(path.join(tree, name)));
      await handle.datasync();
      await handle.close();
      await rm(file);
    }),
  );
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function quantile(values: readonly number[], of: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? 0;
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += lstatSync(path.join(entry.parentPath, entry.name)).size;
  return bytes;
}
