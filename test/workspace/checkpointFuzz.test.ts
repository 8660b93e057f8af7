/**
 * Random lives of a workspace: a person edits, types without saving and uses git; the agent edits and runs commands; checkpoints are
 * restored. Each sequence is told by its seed. `FUZZ=1000 npx vitest run test/workspace/checkpointFuzz.test.ts` runs a thousand of
 * them, `FUZZ_SEED=17,18` only those.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileState, FileStep, RestoreItem } from '../../src/core/checkpoint.ts';
import type { Checkpoints, TakenStep } from '../../src/core/ports.ts';
import { memoryBlobs } from '../../src/log/memoryBlobs.ts';
import { fileCheckpoints } from '../../src/workspace/checkpoint.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { never } from '../contract/contract.ts';
import { memoryDocuments } from '../support/memoryDocuments.ts';
import { tempFolder } from '../support/tempFolder.ts';

const count = Number(process.env['FUZZ'] ?? 40);
const only = process.env['FUZZ_SEED'];
const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : only.split(',').map(Number);

describe('any life of a workspace', () => {
  it(`loses no character of the person's and never writes to their git (${String(seeds.length)} lives)`, { timeout: 1_200_000 }, async () => {
    const template = await gitTemplate();
    const counts = { restores: 0, conflicts: 0, merges: 0, commands: 0, recovered: 0 };
    const failed: Error[] = [];
    for (const seed of seeds) {
      const life = new Life(seed, await tempFolder(), await tempFolder(), template, counts);
      try {
        await life.run();
      } catch (thrown) {
        failed.push(new Error(`seed ${String(seed)}:\n${life.story.join('\n')}\n${String(thrown)}`, { cause: thrown }));
      } finally {
        await life.end();
      }
    }
    if (failed.length > 0) throw new AggregateError(failed, failed.map(({ message }) => message).slice(0, 5).join('\n\n'));
    if (count > 100) process.stdout.write(`fuzz: ${String(seeds.length)} lives, ${JSON.stringify(counts)}\n`);
  }); // prettier-ignore
});

type Counts = Record<'restores' | 'conflicts' | 'merges' | 'commands' | 'recovered', number>;

const session = 'fuzz';
const names = [
  'a.txt',
  'b.txt',
  'c.bin',
  'sub/d.txt',
  'sub/e.txt',
  'sub/deep/f.txt',
  'new/g.txt',
  'sub',
  'h.txt',
  'ignored/i.txt',
];

class Life {
  readonly story: string[] = [];
  readonly #random: () => number;
  readonly #folder: string;
  readonly #storage: string;
  readonly #isGit: boolean;
  readonly #counts: Counts;
  readonly #documents = memoryDocuments();
  readonly #blobs = memoryBlobs();
  readonly #all: Checkpoints[] = [];
  #checkpoints: Checkpoints;
  /** What is recorded: the snapshot before each, and whether the person did something after it. */
  readonly #taken: { steps: TakenStep[]; before: Map<string, string>; tokens: number; isAlone: boolean }[] = [];
  #tokens = 0;

  constructor(seed: number, folder: string, storage: string, template: string, counts: Counts) {
    this.#random = mulberry32(seed);
    this.#folder = folder;
    this.#storage = storage;
    this.#counts = counts;
    this.#isGit = this.#chance(0.8);
    if (this.#isGit) cpSync(template, join(folder, '.git'), { recursive: true, preserveTimestamps: true });
    writeFileSync(join(folder, '.gitignore'), 'ignored/\n');
    for (const name of ['a.txt', 'b.txt', 'sub/d.txt', 'ignored/i.txt']) this.#write(name, this.#lines(6));
    if (this.#isGit) this.#git('first', 'add', '-A');
    if (this.#isGit) this.#git('first', 'commit', '-qm', 'first');
    this.#checkpoints = this.#make();
  }

  async run(): Promise<void> {
    for (let left = 6 + this.#below(10); left > 0; left--) {
      const dice = this.#random();
      if (dice < 0.25) this.#personEdits();
      else if (dice < 0.35) this.#personTypes();
      else if (dice < 0.5) this.#personUsesGit();
      else if (dice < 0.7) await this.#agentEdits();
      else if (dice < 0.88) await this.#agentRuns();
      else await this.#restores();
    }
    await this.#restores();
  }

  async end(): Promise<void> {
    for (const one of this.#all) await one.close();
  }

  #make(): Checkpoints {
    const made = fileCheckpoints({
      files: nodeFiles([this.#folder]),
      blobs: this.#blobs,
      documents: this.#documents,
      storage: this.#storage,
    });
    this.#all.push(made);
    return made;
  }

  // The person

  #personEdits(): void {
    this.#personActs();
    const path = this.#pick(names);
    const dice = this.#random();
    if (dice < 0.6) this.#tell('person edits', path, () => this.#write(path, this.#withLine(this.#read(path), this.#token('user'))));
    else if (dice < 0.7) this.#tell('person deletes', path, () => this.#delete(path));
    else if (dice < 0.8) this.#tell('person makes executable', path, () => this.#isFile(path) && chmodSync(this.#at(path), 0o755));
    else if (dice < 0.9) this.#tell('person moves', path, () => this.#move(path, this.#pick(names)));
    else this.#tell('person links', path, () => this.#link(path));
  } // prettier-ignore

  #personTypes(): void {
    this.#personActs();
    const path = this.#pick(names);
    const text = this.#documents.unsaved(this.#at(path));
    if (text !== null && this.#chance(0.4)) {
      this.#tell('person saves', path, () => {
        this.#write(path, text);
        this.#documents.forget(this.#at(path));
      });
    } else if (this.#isFile(path)) {
      const now = text ?? readFileSync(this.#at(path), 'utf8');
      if (!now.includes('\0')) this.#tell('person types', path, () => this.#documents.type(this.#at(path), this.#withLine(now, this.#token('user'))));
    } // prettier-ignore
  }

  #personUsesGit(): void {
    if (!this.#isGit) return;
    this.#personActs();
    const [a, b] = [this.#pick(names), this.#pick(names)];
    const command = this.#pick([
      ['add', '-A'],
      ['add', a],
      ['commit', '-qam', 'more'],
      ['checkout', '-q', '-b', `branch${String(this.#tokens++)}`],
      ['checkout', '-q', '-'],
      ['checkout', '-q', '-f', 'HEAD~1'],
      ['stash', '-q'],
      ['stash', 'pop', '-q'],
      ['reset', '-q', '--hard'],
      ['reset', '-q'],
      ['mv', a, b],
      ['rm', '-q', '--cached', a],
    ]);
    this.#git('person', ...command);
  }

  // The agent

  async #agentEdits(): Promise<void> {
    const paths = [...new Set([this.#pick(names), this.#pick(names)])].filter((path) => this.#isEditable(path));
    const before = this.#snapshot();
    const tokens = this.#tokens;
    const kept = await this.#ours('keep', () => this.#checkpoints.keep(session, paths, never));
    for (const path of paths) {
      this.#tell('agent edits', path, () => {
        const text = this.#documents.unsaved(this.#at(path));
        const changed = this.#rewritten(text ?? this.#read(path));
        if (text === null) this.#write(path, changed);
        else this.#documents.type(this.#at(path), changed);
      });
    }
    const steps = await this.#ours('steps', () => this.#checkpoints.steps(session, kept, never));
    this.#record(before, tokens, steps);
  }

  async #agentRuns(): Promise<void> {
    this.#counts.commands++;
    const call = `call${String(this.#tokens++)}`;
    const isKilled = this.#chance(0.2);
    const before = this.#snapshot();
    const tokens = this.#tokens;
    const disk = this.#disk();
    const hidden = identity(this.#stat('ignored/i.txt'));
    const watch = await this.#ours('watch', () => this.#checkpoints.watch(session, call, never));
    for (let left = 1 + this.#below(4); left > 0; left--) this.#commandActs();
    let steps: readonly FileStep[] | null;
    if (isKilled) {
      this.story.push('killed');
      this.#counts.recovered++;
      this.#checkpoints = this.#make();
      steps = await this.#ours('recover', () => this.#checkpoints.recover(session, call, never));
      expect(await this.#checkpoints.recover(session, call, never)).toEqual(steps);
    } else {
      steps = await this.#ours('end', () => watch.end(never));
    }
    // What comes out of an ignored folder was there before: it is not for a restore to remove.
    const isHidden = (path: string) => hidden !== null && identity(this.#stat(path)) === hidden;
    const expected = differences(disk, this.#disk()).map(([path, from, to]) => [path, from === 'absent' && isHidden(path) ? 'unkept' : from, to]);
    expect(steps?.map(({ path, before: from, after: to }) => [path, shown(from), shown(to)])).toEqual(expected);
    this.#record(before, tokens, steps ?? []);
  } // prettier-ignore

  #commandActs(): void {
    const [path, other] = [this.#pick(names), this.#pick(names)];
    const dice = this.#random();
    if (dice < 0.3) this.#tell('command writes', path, () => this.#write(path, this.#rewritten(this.#read(path))));
    else if (dice < 0.4) this.#tell('command appends', path, () => this.#isFile(path) && appendFileSync(this.#at(path), this.#lines(1)));
    else if (dice < 0.5) this.#tell('command writes bytes', path, () => this.#write(path, `\0${this.#token('agent')}`));
    else if (dice < 0.6) this.#tell('command deletes', path, () => this.#delete(path));
    else if (dice < 0.75) this.#tell(`command moves to ${other}`, path, () => this.#move(path, other));
    else if (dice < 0.8) this.#tell('command links', path, () => this.#link(path));
    else if (dice < 0.87) this.#tell('command changes mode', path, () => this.#isFile(path) && chmodSync(this.#at(path), 0o700));
    else if (dice < 0.92) this.#tell('command moves folder', 'sub', () => this.#move('sub', 'moved'));
    else if (this.#isGit) this.#git('command', ...this.#pick([['add', '-A'], ['commit', '-qam', 'agent'], ['checkout', '-q', '--', '.']]));
  } // prettier-ignore

  // Restoring

  async #restores(): Promise<void> {
    if (this.#taken.length === 0) return;
    this.#counts.restores++;
    const from = this.#below(this.#taken.length);
    const since = this.#taken.slice(from);
    const items = await this.#ours('preview', () => this.#checkpoints.preview(session, since.flatMap(({ steps }) => steps), never));
    const conflicts = items.filter(({ action }) => action === 'conflict').map(({ path }) => path);
    this.#counts.conflicts += conflicts.length;
    this.#counts.merges += items.filter(({ action }) => action === 'merge').length;
    const old = conflicts.filter(() => this.#chance(0.4));
    const mine = conflicts.filter((path) => !old.includes(path));
    const before = this.#snapshot();
    const tokens = this.#tokens;
    const paths = items.flatMap(({ path, then }) => (then === null ? [] : [path]));
    this.story.push(`restore to ${String(from)}: ${items.map(({ path, action }) => `${path} ${action}${old.includes(path) ? ' old' : ''}`).join(', ')}`);
    await this.#ours('keep', () => this.#checkpoints.keep(session, paths, never));
    let steps: readonly FileStep[];
    try {
      steps = await this.#ours('restore', () => this.#checkpoints.restore(session, items, { mine, old }, never));
    } catch (thrown) {
      if (!/has no room/.test(String(thrown))) throw thrown;
      this.story.push(String(thrown));
      expect(this.#snapshot()).toEqual(before);
      return;
    }
    const after = this.#snapshot();
    this.#checkRestored(before, after, items, { mine, old }, since[0]!);
    const isWhole = items.every(({ action }) => action !== 'conflict' && action !== 'cannot');
    if (isWhole && since.every(({ isAlone }) => isAlone)) expect(after).toEqual(since[0]?.before);
    this.#record(before, tokens, steps);
  } // prettier-ignore

  #checkRestored(
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
    items: readonly RestoreItem[],
    { mine, old }: { readonly mine: readonly string[]; readonly old: readonly string[] },
    checkpoint: { readonly before: ReadonlyMap<string, string>; readonly tokens: number },
  ): void {
    const moving = items.filter(({ then, path }) => then !== null && !mine.includes(path)).map(({ path }) => path);
    const others = (all: ReadonlyMap<string, string>) => [...all].filter(([path]) => !moving.includes(path));
    expect(others(after)).toEqual(others(before));
    const given = new Set(old.flatMap((path) => tokensIn(before.get(path) ?? '')));
    const left = new Set([...after.values()].flatMap(tokensIn));
    const then = new Set([...checkpoint.before.values()].flatMap(tokensIn));
    // What the person had typed before the checkpoint, and what stood nowhere at that time, belongs to another state of the files.
    const isOlder = (token: string) => Number(token.slice('user'.length)) < checkpoint.tokens && !then.has(token);
    const lost = [...before.values()].flatMap(tokensIn).filter((token) => !left.has(token) && !given.has(token));
    expect(lost.filter((token) => !isOlder(token))).toEqual([]);
  }

  #record(before: Map<string, string>, tokens: number, steps: readonly FileStep[]): void {
    const checkpoint = String(this.#taken.length);
    const taken = steps.map((file) => ({ checkpoint, call: `c${checkpoint}`, file }));
    this.#taken.push({ steps: taken, before, tokens, isAlone: true });
  }

  #personActs(): void {
    const last = this.#taken.at(-1);
    if (last) last.isAlone = false;
  }

  /** One call of ours: git's folder is byte for byte the same afterwards. */
  async #ours<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.story.push(`[${name}]`);
    const before = this.#gitState();
    const result = await work();
    expect(this.#gitState(), `git after ${name}`).toEqual(before);
    return result;
  }

  #gitState(): ReadonlyMap<string, string> {
    return this.#isGit ? gitState(join(this.#folder, '.git')) : new Map();
  }

  #git(who: string, ...args: readonly string[]): void {
    this.story.push(`${who}: git ${args.join(' ')}`);
    try {
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: this.#folder, stdio: 'ignore' });
    } catch {
      this.story.push('  (git refused)');
    }
  } // prettier-ignore

  // The disk

  /** Of the person: what each file holds, unsaved text before what is on the disk. */
  #snapshot(): Map<string, string> {
    const all = this.#disk();
    for (const [absolute, text] of this.#documents.all()) {
      const path = relative(this.#folder, absolute);
      const mode = all.get(path)?.split(' ', 1)[0] ?? '644';
      all.set(path, `${/^\d+$/.test(mode) ? mode : '644'} ${text}`);
    }
    return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Ignored files left out. */
  #disk(): Map<string, string> {
    const all = new Map<string, string>();
    const read = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const absolute = join(folder, entry.name);
        const path = relative(this.#folder, absolute);
        if (path === '.git' || path === 'ignored') continue;
        if (entry.isDirectory()) read(absolute);
        else if (entry.isSymbolicLink()) all.set(path, `-> ${readlinkSync(absolute)}`);
        else all.set(path, `${(lstatSync(absolute).mode & 0o777).toString(8)} ${readFileSync(absolute, 'latin1')}`);
      }
    };
    read(this.#folder);
    return all;
  }

  #at(path: string): string {
    return join(this.#folder, path);
  }

  #stat(path: string): Stats | undefined {
    try {
      return lstatSync(this.#at(path));
    } catch {
      return undefined;
    }
  }

  #isFile(path: string): boolean {
    return this.#stat(path)?.isFile() === true && !this.#isBehindLink(path);
  }

  #isBehindLink(path: string): boolean {
    return path.split('/').slice(0, -1).some((_, i, parts) => this.#stat(parts.slice(0, i + 1).join('/'))?.isSymbolicLink() === true); // prettier-ignore
  }

  /** By a tool: a text file, or none. */
  #isEditable(path: string): boolean {
    const stat = this.#stat(path);
    return !path.startsWith('ignored') && (stat === undefined || stat.isFile()) && !this.#isBehindLink(path) && this.#isFolder(dirname(path)); // prettier-ignore
  }

  #isFolder(path: string): boolean {
    return path === '.' || this.#stat(path)?.isDirectory() !== false;
  }

  #read(path: string): string {
    return this.#isFile(path) ? readFileSync(this.#at(path), 'utf8') : '';
  }

  #write(path: string, text: string): void {
    if (this.#isBehindLink(path) || this.#stat(path)?.isSymbolicLink() === true) return;
    if (existsSync(this.#at(path)) && !this.#isFile(path)) return;
    mkdirSync(dirname(this.#at(path)), { recursive: true });
    if (this.#chance(0.3) && existsSync(this.#at(path))) {
      writeFileSync(this.#at(`${path}.tmp`), text, { mode: lstatSync(this.#at(path)).mode });
      renameSync(this.#at(`${path}.tmp`), this.#at(path));
    } else {
      writeFileSync(this.#at(path), text);
    }
  } // prettier-ignore

  #delete(path: string): void {
    if (!this.#isBehindLink(path)) rmSync(this.#at(path), { recursive: true, force: true });
  }

  #move(from: string, to: string): void {
    if (this.#isBehindLink(from) || this.#isBehindLink(to) || from === to) return;
    if (!existsSync(this.#at(from)) || existsSync(this.#at(to)) || to.startsWith(`${from}/`)) return;
    mkdirSync(dirname(this.#at(to)), { recursive: true });
    renameSync(this.#at(from), this.#at(to));
  }

  #link(path: string): void {
    if (this.#isBehindLink(path) || !this.#isFolder(dirname(path))) return;
    mkdirSync(dirname(this.#at(path)), { recursive: true });
    if (this.#stat(path)?.isDirectory() === true) return;
    if (this.#stat(path)) unlinkSync(this.#at(path));
    symlinkSync(this.#pick(['a.txt', 'nowhere', 'sub', '../out']), this.#at(path));
  }

  // Chance

  #tell(what: string, path: string, work: () => unknown): void {
    this.story.push(`${what} ${path}`);
    try {
      work();
    } catch (thrown) {
      if (!/ENOTDIR|EEXIST|EISDIR|ENOENT/.test(String(thrown))) throw thrown;
      this.story.push(`  (${String(thrown)})`);
    }
  }

  #token(who: 'user' | 'agent'): string {
    return `${who}${String(this.#tokens++)}`;
  }

  #lines(lines: number): string {
    return Array.from({ length: lines }, () => `${this.#token('agent')}\n`).join('');
  }

  #withLine(text: string, line: string): string {
    const lines = text.split('\n');
    lines.splice(this.#below(lines.length + 1), this.#chance(0.2) ? 1 : 0, this.#chance(0.1) ? `${line}\r` : line);
    return lines.join('\n');
  }

  #rewritten(text: string): string {
    const lines = text.split('\n');
    lines.splice(this.#below(lines.length), this.#below(3), this.#token('agent'));
    return lines.join('\n');
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #chance(of: number): boolean {
    return this.#random() < of;
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.#below(all.length)]!;
  }
}

/** Numbers of files are given anew; with the time of its birth it is one file. */
function identity(stat: Stats | undefined): string | null {
  return stat === undefined ? null : `${String(stat.ino)} ${String(stat.birthtimeMs)}`;
}

function tokensIn(text: string): readonly string[] {
  return text.match(/user\d+/g) ?? [];
}

function shown(state: FileState): string {
  return state.kind === 'file' ? `${state.mode.toString(8)} ${state.blob.hash}` : state.kind === 'link' ? `-> ${state.target}` : state.kind; // prettier-ignore
}

/** What happened to each file, by comparing all of them. */
function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly [string, string, string][] {
  const show = (text: string | undefined): string => {
    if (text === undefined) return 'absent';
    if (text.startsWith('-> ')) return text;
    const space = text.indexOf(' ');
    return `${text.slice(0, space)} ${createHash('sha256').update(text.slice(space + 1), 'latin1').digest('hex')}`; // prettier-ignore
  };
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => [path, show(before.get(path)), show(after.get(path))]);
}

/** Everything in git's folder: bytes, mode, and of the index its dates too. */
function gitState(folder: string): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = lstatSync(join(folder, name));
    const dates = name === 'index' ? `${String(stat.mtimeMs)} ${String(stat.ctimeMs)} ${String(stat.ino)}` : '';
    const held = stat.isFile() && !name.startsWith('objects/') ? readFileSync(join(folder, name), 'latin1') : '';
    all.set(name, `${stat.mode.toString(8)} ${dates} ${held}`);
  }
  return all;
}

async function gitTemplate(): Promise<string> {
  const folder = await tempFolder();
  execFileSync('git', ['init', '-q', '--template=', folder]);
  const hooks = join(folder, '.git/hooks');
  mkdirSync(hooks);
  for (const hook of ['post-index-change', 'pre-commit', 'post-checkout']) {
    writeFileSync(join(hooks, hook), `#!/bin/sh\necho ${hook} >> "$GIT_DIR/hooks-that-ran"\n`, { mode: 0o755 });
  }
  return join(folder, '.git');
}

/** A small generator whose whole state is one number (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
