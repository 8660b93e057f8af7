/** A workspace on disk with its checkpoints, in git or not, for tests of one thing at a time. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FileState, FileStep, PathState, RestoreItem } from '../../src/core/checkpoint.ts';
import type { Checkpoints, TakenStep } from '../../src/core/ports.ts';
import { memoryBlobs, type MemoryBlobs } from '../../src/log/memoryBlobs.ts';
import { fileCheckpoints } from '../../src/workspace/checkpoint.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { never } from '../contract/contract.ts';
import { memoryDocuments, type MemoryDocuments } from './memoryDocuments.ts';
import { tempFolder } from './tempFolder.ts';

export const session = 'session';

export class Checkpointed {
  readonly folder: string;
  readonly storage: string;
  readonly blobs: MemoryBlobs = memoryBlobs();
  readonly documents: MemoryDocuments = memoryDocuments();
  readonly checkpoints: Checkpoints;
  readonly taken: TakenStep[] = [];

  constructor(folder: string, storage: string, folders: readonly string[]) {
    this.folder = folder;
    this.storage = storage;
    this.checkpoints = this.another(folders);
  }

  /** As another process has it. */
  another(folders: readonly string[] = [this.folder]): Checkpoints {
    const { blobs, documents, storage } = this;
    const made = fileCheckpoints({ files: nodeFiles(folders), blobs, documents, storage });
    onTestFinished(() => made.close());
    return made;
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  write(path: string, text: string | Uint8Array, mode?: number): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
    if (mode !== undefined) chmodSync(this.at(path), mode);
  }

  remove(path: string): void {
    rmSync(this.at(path), { recursive: true });
  }

  link(path: string, target: string): void {
    symlinkSync(target, this.at(path));
  }

  read(path: string): string | null {
    const stat = lstatSync(this.at(path), { throwIfNoEntry: false });
    return stat?.isFile() === true ? readFileSync(this.at(path), 'utf8') : null;
  }

  names(folder = '.'): readonly string[] {
    return readdirSync(this.at(folder)).sort();
  }

  git(...args: readonly string[]): string {
    const own = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'protocol.file.allow=always'];
    return execFileSync('git', [...own, ...args], { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } // prettier-ignore

  /** All of it committed; the files are older than the index, as they are everywhere but in tests. */
  commit(): void {
    this.git('init', '-q', '--template=');
    for (const path of this.git('ls-files', '-co', '--exclude-standard', '-z').split('\0')) this.age(path);
    this.git('add', '-A');
    this.git('commit', '-qm', 'all');
  }

  age(path: string): void {
    if (path !== '' && !lstatSync(this.at(path)).isSymbolicLink()) utimesSync(this.at(path), 1_700_000_000, 1_700_000_000); // prettier-ignore
  }

  /** What a tool writes, as the loop records it. */
  async edit(work: () => void, ...paths: readonly string[]): Promise<readonly FileStep[]> {
    const before = await this.checkpoints.keep(session, paths, never);
    work();
    return this.record(before);
  }

  /** What was done since these were kept. */
  async record(before: readonly PathState[]): Promise<readonly FileStep[]> {
    return this.#record(await this.checkpoints.steps(session, before, never));
  }

  /** What a command does. */
  async run(work: () => void): Promise<readonly FileStep[]> {
    const watch = await this.checkpoints.watch(session, `call${String(this.taken.length)}`, never);
    work();
    return this.#record(await watch.end(never));
  }

  #record(steps: readonly FileStep[]): readonly FileStep[] {
    const call = `call${String(this.taken.length)}`;
    for (const file of steps) this.taken.push({ checkpoint: call, call, file });
    return steps;
  }

  preview(steps: readonly TakenStep[] = this.taken): Promise<readonly RestoreItem[]> {
    return this.checkpoints.preview(session, steps, never);
  }

  async restore(choices: { mine?: readonly string[]; old?: readonly string[] } = {}): Promise<readonly FileStep[]> {
    const { mine = [], old = [] } = choices;
    return this.checkpoints.restore(session, await this.preview(), { mine, old }, never);
  }
}

export async function checkpointed(texts: Readonly<Record<string, string | Uint8Array>> = {}): Promise<Checkpointed> {
  const folder = await tempFolder(texts);
  return new Checkpointed(folder, await tempFolder(), [folder]);
}

export function held(text: string | Uint8Array, mode = 0o644): FileState {
  const bytes = Buffer.from(text);
  return { kind: 'file', blob: { hash: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }, mode };
}
