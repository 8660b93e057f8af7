/** One run of the scenario through as many lives as its kills leave it, and what was wrong with it. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../../src/agent.ts';
import type { Event } from '../../src/core/event.ts';
import { isObject } from '../../src/core/json.ts';
import type { EventLog } from '../../src/core/ports.ts';
import { fileLog } from '../../src/log/fileLog.ts';
import { emptySession, foldAll } from '../../src/session/fold.ts';
import { startScriptedApi, type ScriptedApi } from '../support/scriptedApi.ts';
import { live, type LifeEnd } from './life.ts';
import { effectsIn, filesIn, interruptedCalls, places, tailOf } from './record.ts';
import { allowed, replyTo, task, workspace } from './scenario.ts';

export interface World {
  readonly folder: string;
  readonly home: string;
  readonly api: ScriptedApi;
  readonly cli: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: EventLog;
  close(): Promise<void>;
}

export async function makeWorld(cli: string): Promise<World> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'journeyman-crash-')));
  const [folder, home] = [join(root, 'work'), join(root, 'home')];
  for (const [path, text] of Object.entries(workspace)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const api = await startScriptedApi({ replies: (request) => replyTo(numberOf(request)), sessionOf: () => 'the run' });
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const env = { PATH, HOME, TMPDIR, LANG, JOURNEYMAN_HOME: home, ANTHROPIC_BASE_URL: api.baseUrl };
  return {
    folder,
    home,
    api,
    cli,
    env,
    log: fileLog(home, systemClock),
    async close() {
      await api.close().finally(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
    },
  };
}

/** The number of the reply that a request asks for. */
export function numberOf({ messages }: { readonly messages: readonly { readonly role: string }[] }): number {
  return messages.filter(({ role }) => role === 'assistant').length + 1;
}

/** Arguments of a life that goes on from these events. */
export function argumentsFor(world: World, events: readonly Event[]): readonly string[] {
  const both = ['--output', 'ndjson', '--input', 'ndjson'];
  const [first] = events;
  if (first === undefined) {
    const rules = allowed.flatMap((rule) => ['--allow', rule]);
    return ['run', task, '--workspace', world.folder, '--model', 'scripted', ...rules, ...both];
  }
  const begun = events.some(({ type }) => type === 'turn.started');
  return ['resume', first.session, ...(begun ? [] : [task]), ...both];
}

export async function eventsOf(log: EventLog): Promise<readonly Event[]> {
  const [session] = await log.list();
  if (!session) return [];
  const events: Event[] = [];
  for await (const event of log.read(session.id)) events.push(event);
  return events;
}

/** What a run without kills leaves behind. */
export interface Baseline {
  readonly events: readonly Event[];
  readonly files: ReadonlyMap<string, string>;
  readonly effects: ReadonlyMap<string, number>;
  /** Body of each request, by the number of the reply; the folder of the run is written as `/w`. */
  readonly requests: ReadonlyMap<number, string>;
}

/** When to kill a life, given what its log held as it began; null: it may come to its end. */
export type Plan = (
  known: readonly Event[],
) => { readonly kills: (events: readonly Event[]) => boolean; readonly afterMs: number | null } | null;

export interface RunResult extends Baseline {
  readonly lives: number;
  readonly kills: number;
  /** How many places the log had after each kill. */
  readonly landed: readonly number[];
  readonly requestsSent: number;
  /** On their way when their process was killed, and sent again. */
  readonly requestsCut: number;
  readonly repliesAskedAgain: number;
  readonly effectsRepeated: number;
  readonly eventsLost: number;
  readonly interrupted: number;
  /** Requests that were compared with those of the baseline, to the byte but for results of commands whose end was not seen. */
  readonly promptsCompared: number;
  readonly faults: readonly string[];
}

const livesMax = 400;

export async function crashRun(cli: string, plan: Plan, baseline: Baseline | null): Promise<RunResult> {
  const world = await makeWorld(cli);
  const faults: string[] = [];
  const landed: number[] = [];
  let [lives, kills, requestsCut, repliesAskedAgain, eventsLost] = [0, 0, 0, 0, 0];
  let events: readonly Event[] = [];
  try {
    while (!isOver(events) && faults.length === 0) {
      if (++lives > livesMax) throw new Error('the run does not come to an end');
      const next = plan(events);
      const sentBefore = world.api.requests.length;
      if (hasFreshCompaction(events)) world.api.allowNewPrefix();
      const end = await live({
        cli,
        args: argumentsFor(world, events),
        env: world.env,
        known: events,
        kills: (all) => {
          if (all.at(-1)?.type === 'room.asked') world.api.allowNewPrefix();
          return next?.kills(all) ?? false;
        },
        killAfterMs: next?.afterMs ?? null,
        lifeMsMax: 60_000,
      });
      const recorded = count(events, 'model.responded');
      const sent = world.api.requests.map(({ body }) => numberOf(body));
      for (const [i, number] of sent.entries()) {
        if (i < sentBefore) continue;
        if (number <= recorded) repliesAskedAgain++;
        else if (sent.slice(0, i).includes(number)) requestsCut++;
      }
      const after = await eventsOf(world.log);
      const lost = end.told.filter((event) => !isDeepStrictEqual(event, after[event.seq - 1]));
      eventsLost += lost.length;
      if (lost.length > 0) faults.push(`lost, though told: ${JSON.stringify(lost[0])}`);
      faults.push(...faultsOf(end, lives));
      if (end.killed) {
        kills++;
        landed.push(places(after));
      } else if (!isOver(after))
        faults.push(`life ${String(lives)} ended before its run: exit code ${String(end.exitCode)}: ${end.stderr}`);
      events = after;
    }
    const diverged = isOver(events) ? await replayed(world, events) : null;
    if (diverged !== null) faults.push(diverged);
    const [files, effects] = [await filesIn(world.folder), await effectsIn(world.folder)];
    const requests = new Map(
      // Handles are places in the log, which holds the resumptions too.
      world.api.requests.map(({ body }) => [numberOf(body), JSON.stringify(body).replaceAll(world.folder, '/w').replace(/#\d+/g, '#n')]), // prettier-ignore
    );
    const state = { events, files, effects, requests };
    const judged = judge(state, baseline ?? state);
    return {
      ...state,
      lives,
      kills,
      landed,
      requestsSent: world.api.requests.length,
      requestsCut,
      repliesAskedAgain,
      effectsRepeated: judged.repeated,
      eventsLost,
      interrupted: interruptedCalls(events).size,
      promptsCompared: requests.size,
      faults: [...faults, ...judged.faults],
    };
  } finally {
    await world.close().catch((error: unknown) => {
      faults.push(String(error));
    });
  }
}

/** Says where the record, run again offline, differs from itself; null: nowhere. */
async function replayed({ cli, env }: World, [first]: readonly Event[]): Promise<string | null> {
  const child = spawn(process.execPath, [cli, 'replay', first?.session ?? ''], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  return exitCode === 0 ? null : `replay: ${said.slice(0, 1500)}`;
}

export function isOver(events: readonly Event[]): boolean {
  const { turn, turns, queue } = foldAll(emptySession, events);
  return turns === 3 && turn === null && queue.length === 0;
}

function hasFreshCompaction(events: readonly Event[]): boolean {
  const at = events.findLastIndex(({ type }) => type === 'room.asked');
  return at >= 0 && !events.slice(at).some(({ type }) => type === 'model.responded');
}

function faultsOf({ hung, faults, killed, exitCode, stderr }: LifeEnd, life: number): readonly string[] {
  const where = `life ${String(life)}`;
  return [
    ...(hung ? [`${where} hung`] : []),
    ...faults.map((line) => `${where} said ${line}`),
    ...(!killed && exitCode === 1 ? [`${where} failed: ${stderr}`] : []),
  ];
}

function judge(run: Baseline, baseline: Baseline): { readonly faults: readonly string[]; readonly repeated: number } {
  const faults: string[] = [];
  const interrupted = interruptedCalls(run.events);
  for (const call of interrupted) {
    const asked = run.events.find((event) => event.type === 'tool.requested' && event.call === call);
    if (asked?.type !== 'tool.requested' || asked.tool !== 'run_command')
      faults.push(`${call} is no command and has an unknown end`);
  }

  let repeated = 0;
  const repeat = (what: string): void => {
    repeated++;
    faults.push(`repeated: ${what}`);
  };
  for (const [line, times] of run.effects) if (times > 1) repeat(`the effect ${line}`);
  const commands = commandsIn(run.events);
  for (const type of ['tool.started', 'change.applied', 'tool.finished', 'tool.decided', 'tool.requested'] as const) {
    const seen = new Set<string>();
    for (const event of run.events) {
      if (event.type !== type || (type === 'tool.started' && !commands.has(event.call))) continue;
      if (seen.has(event.call)) repeat(`${type} of ${event.call}`);
      seen.add(event.call);
    }
  }
  for (const [call, line] of commands) {
    const times = run.effects.get(line) ?? 0;
    const ended = run.events.find((event) => event.type === 'tool.finished' && event.call === call);
    const ran = ended?.type === 'tool.finished' && ended.result.status === 'ok';
    if (ran && times === 0) faults.push(`${call} is told as done and left no line`);
  }
  for (const line of run.effects.keys()) if (!baseline.effects.has(line)) faults.push(`an effect of nowhere: ${line}`);

  for (const [path, text] of baseline.files)
    if (run.files.get(path) !== text) faults.push(`${path} differs:\n${String(run.files.get(path))}`);
  for (const path of run.files.keys()) if (!baseline.files.has(path)) faults.push(`${path} is there and should not be`);

  const [tail, wanted] = [tailOf(run.events, interrupted), tailOf(baseline.events, interrupted)];
  const at = wanted.findIndex((line, i) => line !== tail[i]);
  if (at >= 0 || tail.length !== wanted.length) {
    const place = at >= 0 ? at : wanted.length;
    faults.push(
      `the logs differ at place ${String(place + 1)}:\n  wanted ${from(wanted[place], tail[place])}\n  got    ${from(tail[place], wanted[place])}`,
    );
  }

  for (const [number, body] of run.requests) {
    const before = baseline.requests.get(number) ?? '';
    if (body !== before && withoutResults(body, interrupted) !== withoutResults(before, interrupted))
      faults.push(`request ${String(number)} differs from that of the run without a kill`);
  }
  return { faults, repeated };
}

/** The line that each command leaves, by its call. */
function commandsIn(events: readonly Event[]): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) => {
      if (event.type !== 'tool.requested' || event.tool !== 'run_command') return [];
      return [[event.call, /\be\w+/.exec(JSON.stringify(event.input))?.[0] ?? ''] as const];
    }),
  );
}

function withoutResults(body: string, calls: ReadonlySet<string>): string {
  if (body === '') return '';
  return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
    isObject(value) && typeof value['tool_use_id'] === 'string' && calls.has(value['tool_use_id']) ? 'masked' : value,
  );
}

/** A line from a little before it differs. */
function from(line = 'nothing', other = ''): string {
  let at = 0;
  while (at < line.length && line[at] === other[at]) at++;
  return `${line.slice(0, 120)} … ${line.slice(Math.max(120, at - 40), at + 200)}`;
}

function count(events: readonly Event[], type: Event['type']): number {
  return events.filter((event) => event.type === type).length;
}
