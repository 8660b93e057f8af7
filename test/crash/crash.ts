/**
 * `npm run test:crash`: the command line is killed with `kill -9` at every place of its log and at random instants, and resumed until the
 * run is over; each run must end as the one without a kill did. Prints the counts in words and as JSON; fails on any difference.
 *
 *   npm run test:crash [-- --random N] [--stride N] [--seed N] [--json FILE]
 */
import { parseArgs } from 'node:util';
import { writeJson } from '../bench/table.ts';
import { copyOfBuild } from './cli.ts';
import { places } from './record.ts';
import { crashRun, type Plan, type RunResult } from './run.ts';
import { steps } from './scenario.ts';
import { takeover } from './takeover.ts';

const { values } = parseArgs({
  options: {
    random: { type: 'string', default: '120' },
    stride: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    json: { type: 'string' },
  },
});
const stride = Number(values.stride);
const randomKills = Number(values.random);
const seed = Number(values.seed);
const runsAtOnce = 2;
const startedAtMs = performance.now();

const cli = copyOfBuild();
try {
  const baseline = await crashRun(cli.path, () => null, null);
  stopAt('the run without a kill', baseline.faults);
  const total = places(baseline.events);
  say(`Without a kill: ${String(steps)} steps, ${String(baseline.events.length)} events, ${seconds()}.`);

  const aims = Array.from({ length: total }, (_, i) => i + 1);
  const aimed: RunResult[] = [];
  let open: readonly number[] = aims;
  // What was overtaken by an earlier kill of its run, or was not reached since a command without an end says less, is aimed at again.
  for (let round = 1; open.length > 0 && round <= 4; round++) {
    const missed: number[] = [];
    const apart = spread(open, stride);
    aimed.push(...(await inParallel(apart, (some) => atPlaces(some, baseline, missed), 'at places')));
    open = missed.sort((a, b) => a - b);
  }

  const random: RunResult[] = [];
  const next = randomNumbers(seed);
  while (sum(random, ({ kills }) => kills) < randomKills && random.every(({ faults }) => faults.length === 0)) {
    const plans = Array.from({ length: runsAtOnce }, () => atRandom(30, next));
    random.push(...(await inParallel(plans, (plan) => crashRun(cli.path, plan, baseline), 'at random')));
  }

  const handover = await takeover(cli.path);
  const all = [...aimed, ...random];
  const faults = [...all.flatMap((run) => run.faults), ...handover.faults];
  const result = {
    steps,
    events: baseline.events.length,
    places: total,
    placesMissed: open.length,
    runs: all.length,
    kills: sum(all, ({ kills }) => kills),
    killsAtPlaces: sum(aimed, ({ kills }) => kills),
    killsAtRandom: sum(random, ({ kills }) => kills),
    logStatesAfterKills: new Set(all.flatMap(({ landed }) => landed)).size,
    requests: sum(all, ({ requestsSent }) => requestsSent),
    requestsCutAndSentAgain: sum(all, ({ requestsCut }) => requestsCut),
    recordedRepliesAskedAgain: sum(all, ({ repliesAskedAgain }) => repliesAskedAgain),
    effectsRepeated: sum(all, ({ effectsRepeated }) => effectsRepeated),
    acknowledgedEventsLost: sum(all, ({ eventsLost }) => eventsLost),
    commandsInterrupted: sum(all, ({ interrupted }) => interrupted),
    requestsTheSameToTheByte: sum(all, ({ promptsCompared }) => promptsCompared),
    takeoverMs: Math.round(handover.takeoverMs),
    secondProcessWasTold: handover.message,
    seed,
    durationS: Math.round((performance.now() - startedAtMs) / 1000),
    faults,
  };
  say(`
${String(result.kills)} kills in ${String(result.runs)} runs of ${String(steps)} steps: ${String(result.killsAtPlaces)} at ${String(total)} places of the log (${String(result.placesMissed)} missed), ${String(result.killsAtRandom)} at random.
  states of the log that they left   ${String(result.logStatesAfterKills)} (what is written together is there together)
  recorded replies asked for again   ${String(result.recordedRepliesAskedAgain)}
  effects repeated                   ${String(result.effectsRepeated)}
  acknowledged events lost           ${String(result.acknowledgedEventsLost)}
  requests cut and sent again        ${String(result.requestsCutAndSentAgain)} of ${String(result.requests)}
  commands whose end was not seen    ${String(result.commandsInterrupted)}
  requests the same to the byte      ${String(result.requestsTheSameToTheByte)}
  a second process was told          ${result.secondProcessWasTold}
  takeover after the owner's death   ${String(result.takeoverMs)} ms
  ${faults.length === 0 ? 'Every run ended as the one without a kill.' : `${String(faults.length)} FAULTS:`} (${seconds()}, seed ${String(seed)})
${faults.slice(0, 20).join('\n')}`);
  say(JSON.stringify(result));
  writeJson(values.json, result);
  if (faults.length > 0 || result.kills < 200 || result.placesMissed > 0) process.exitCode = 1;
} finally {
  cli.remove();
}

/** Each life is killed at the next place that still lies ahead of it. */
async function atPlaces(aims: readonly number[], baseline: RunResult, missed: number[]): Promise<RunResult> {
  const left = [...aims];
  const taken: number[] = [];
  const plan: Plan = (known) => {
    const at = places(known);
    while (left.length > 0 && (left[0] ?? 0) <= at) missed.push(left.shift() ?? 0);
    const aim = left.shift();
    if (aim === undefined) return null;
    taken.push(aim);
    return { kills: (events) => places(events) >= aim, afterMs: null };
  };
  const result = await crashRun(cli.path, plan, baseline);
  missed.push(...taken.slice(result.kills), ...left);
  return result;
}

function atRandom(kills: number, next: () => number): Plan {
  let left = kills;
  return () => (left-- > 0 ? { kills: () => false, afterMs: next() * 900 } : null);
}

/** Into lists whose numbers lie at least `apart` apart. */
function spread(numbers: readonly number[], apart: number): readonly (readonly number[])[] {
  const lists: number[][] = [];
  for (const number of numbers) {
    const fit = lists.find((list) => number - (list.at(-1) ?? -Infinity) >= apart);
    if (fit) fit.push(number);
    else lists.push([number]);
  }
  return lists;
}

async function inParallel<T>(
  jobs: readonly T[],
  run: (job: T) => Promise<RunResult>,
  name: string,
): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  const left = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      const result = await run(job);
      results.push(result);
      const { kills, faults } = result;
      say(
        `  ${name}: ${String(kills)} kills${faults.length === 0 ? '' : `, FAULT: ${faults[0] ?? ''}`} (${seconds()})`,
      );
    }
  };
  await Promise.all(Array.from({ length: runsAtOnce }, work));
  return results;
}

function stopAt(what: string, faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`${what} failed already:\n${faults.join('\n')}`);
}

function sum(runs: readonly RunResult[], of: (run: RunResult) => number): number {
  return runs.reduce((total, run) => total + of(run), 0);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function seconds(): string {
  return `${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`;
}

/** mulberry32: the same seed, the same instants. */
function randomNumbers(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
