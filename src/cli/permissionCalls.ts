/** A call of a tool as a benchmark writes it, judged by the real tool in a folder that is made for it: nothing is written or run. */
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, open, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { JourneymanError, toError } from '../core/error.ts';
import { isObject, type Json } from '../core/json.ts';
import type { CommandEnd, Files, Shell } from '../core/ports.ts';
import { decide } from '../permission/decide.ts';
import { createTools } from '../tools/catalogue.ts';
import { failed, prepareCall, runCall } from '../tools/run.ts';
import { nodeFiles } from '../workspace/files.ts';
import { findRipgrep, packageRipgrep, ripgrepSearch } from '../workspace/search.ts';

interface CallVerdict {
  readonly id: string;
  readonly verdict: 'allow' | 'ask' | 'error';
  readonly message: string;
}

/** Throws `invalid_input` where the entry cannot be built. */
export async function callVerdict(entry: Readonly<Record<string, unknown>>): Promise<CallVerdict> {
  const { id } = entry;
  if (typeof id !== 'string') throw new JourneymanError('invalid_input', 'This is no entry: id has to be a text.');
  const root = await realpath(await mkdtemp(join(tmpdir(), 'journeyman-check-')));
  const servers: Server[] = [];
  try {
    const world = worldIn(root);
    for (const folder of [world.ws, world.out, world.home, world.state]) await mkdir(folder);
    const setup = Array.isArray(entry['setup']) ? (entry['setup'] as readonly unknown[]) : [];
    for (const step of setup) await make(world, step, servers);
    return { id, ...(await judged(world, entry)) };
  } finally {
    for (const server of servers) server.close();
    await rm(root, { recursive: true, force: true });
  }
}

interface World {
  readonly root: string;
  readonly ws: string;
  readonly out: string;
  readonly home: string;
  /** Where the runtime keeps its logs. */
  readonly state: string;
}

function worldIn(root: string): World {
  return { root, ws: join(root, 'ws'), out: join(root, 'out'), home: join(root, 'home'), state: join(root, 'state') };
}

async function judged(world: World, entry: Readonly<Record<string, unknown>>): Promise<Omit<CallVerdict, 'id'>> {
  const files = nodeFiles([world.ws]);
  const rgPath = (): string => findRipgrep(packageRipgrep(import.meta.filename));
  const search = ripgrepSearch({ rgPath, folders: files.folders });
  const tools = createTools({ files, search, shell: noShell });
  const { name, input } = callOf(world, entry);
  const prepared = prepareCall(tools, name, input);
  if (!prepared.ok) return { verdict: 'error', message: prepared.result.text };
  const { signal } = new AbortController();
  try {
    const resources = prepared.tool.resources(prepared.input);
    const decision = decide({
      mode: entry['mode'] === 'auto' ? 'edit' : 'ask',
      rules: [],
      resources,
      locate: (path) => files.locate(path),
      leadsTo: (path) => files.leadsTo(path),
      own: [world.state],
    });
    if (decision.action === 'deny') return { verdict: 'error', message: decision.reason };
    // What is asked about is proposed first: a change that cannot be made is an error at once.
    const proposed = (await prepared.tool.propose?.(prepared.input, 'check', signal)) ?? null;
    if (decision.action === 'ask') return { verdict: 'ask', message: decision.why };
    if (proposed !== null) {
      await attempt(
        files,
        proposed.map(({ path }) => path),
      );
      return { verdict: 'allow', message: '' };
    }
    if (resources.some(({ effect }) => effect !== 'read')) return { verdict: 'allow', message: '' };
    const io = { session: 'check', call: 'check', proposed: null, accepted: null, onOutput: () => undefined, signal };
    const result = await runCall(prepared.tool, prepared.input, io);
    return result.status === 'ok' ? { verdict: 'allow', message: '' } : { verdict: 'error', message: result.text };
  } catch (thrown) {
    return { verdict: 'error', message: failed(toError(thrown), signal).text };
  }
}

/** Writing checks the place of each file again; a change without hunks writes nothing. */
async function attempt(files: Files, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await files.read(path, new AbortController().signal).catch((thrown: unknown) => {
      if (toError(thrown).code !== 'not_found') throw thrown;
    });
}

/** Tools by their meaning, with the names that they have here. */
const meanings: Readonly<Record<string, string>> = {
  list_dir: 'list_files',
  shell: 'run_command',
  search: 'search_text',
  grep: 'search_text',
  rename_file: 'move_file',
};

function callOf(
  world: World,
  entry: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly input: Json } {
  const tool = String(entry['tool']);
  const name = Object.hasOwn(meanings, tool) ? (meanings[tool] ?? tool) : tool;
  const raw = entry['raw_arguments'];
  const given = typeof raw === 'string' ? parsed(built(raw)) : (entry['input'] as Json);
  const input = filled(world, given);
  if (!isObject(input)) return { name, input };
  if (name === 'edit_file' && 'old' in input) {
    const { path, old, new: text } = input as Record<string, Json>;
    return { name, input: { path: path ?? null, edits: [{ old_text: old ?? null, new_text: text ?? null }] } };
  }
  if (name === 'move_file' && 'from' in input)
    return { name, input: { path: input['from'] ?? null, to: input['to'] ?? null } };
  return { name, input };
}

/** Too long for a line of the benchmark: it says what is to be built. */
function built(raw: string): string {
  return raw.includes('<60 MB') ? JSON.stringify({ path: 'src/x.ts', content: 'x'.repeat(60_000_000) }) : raw;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function filled(world: World, value: Json): Json {
  if (typeof value === 'string') return filledText(world, value);
  if (Array.isArray(value)) {
    const all = value as readonly Json[];
    return depthOf(all) > depthMax ? all : all.map((one) => filled(world, one));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(world, one)]));
}

/** Deeper lists stay as they are: they are refused. */
const depthMax = 500;

function filledText(world: World, text: string): string {
  return text
    .replaceAll('${WS}', world.ws)
    .replaceAll('${OUT}', world.out)
    .replaceAll('${HOME}', world.home)
    .replaceAll('<PROJECT_CONFIG>', '.journeyman/config.json')
    .replaceAll('<PROJECT_HOOKS>', '.journeyman/hooks.json')
    .replaceAll('<AUDIT_LOG>', join(world.state, 'audit.jsonl'));
}

function depthOf(value: Json): number {
  let depth = 0;
  for (let one: Json | undefined = value; Array.isArray(one); one = one[0] as Json | undefined) depth++;
  return depth;
}

async function make(world: World, step: unknown, servers: Server[]): Promise<void> {
  if (!isObject(step)) throw new JourneymanError('invalid_input', 'A step of setup is no object.');
  const text = (name: string): string => {
    const value = step[name];
    return typeof value === 'string' ? filledText(world, value) : '';
  };
  const path = text('path');
  if (!path.startsWith(world.root + sep) || path.split(sep).includes('..'))
    throw new JourneymanError('invalid_input', 'A step of setup leaves its folder.');
  await mkdir(dirname(path), { recursive: true });
  switch (step['op']) {
    case 'file':
      await writeFile(
        path,
        typeof step['content_b64'] === 'string' ? Buffer.from(step['content_b64'], 'base64') : text('content'),
      );
      if (typeof step['mode'] === 'string') await chmod(path, parseInt(step['mode'], 8));
      return;
    case 'dir':
      await mkdir(path, { recursive: true });
      return;
    case 'symlink':
      await symlink(text('target'), path);
      return;
    case 'hardlink':
      if (!text('target').startsWith(world.root + sep))
        throw new JourneymanError('invalid_input', 'A step of setup links to what lies outside.');
      await link(text('target'), path);
      return;
    case 'fifo':
      execFileSync('mkfifo', [path]);
      return;
    case 'socket': {
      const server = createServer();
      servers.push(server);
      await new Promise<void>((listening, failing) => server.once('error', failing).listen(path, listening));
      return;
    }
    case 'sparse': {
      const file = await open(path, 'w');
      await file.truncate(Number(step['size']));
      await file.close();
      return;
    }
    case 'repeat':
      await writeFile(path, text('unit').repeat(Number(step['count'])));
      return;
    case 'touch_after_read':
      return;
    default:
      throw new JourneymanError('invalid_input', `A step of setup is not known: ${String(step['op'])}.`);
  }
}

const noShell: Shell = {
  name: 'bash',
  run: (): Promise<CommandEnd> => Promise.reject(new JourneymanError('bug', 'a command was to run in a check')),
};
