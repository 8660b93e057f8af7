/** A few kills of the real process with every run of the tests; `npm run test:crash` does hundreds. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshBuild, type BuiltCli } from './cli.ts';
import { places } from './record.ts';
import { argumentsFor, crashRun, eventsOf, makeWorld, type Plan } from './run.ts';
import { start } from './spawned.ts';
import { takeover } from './takeover.ts';

let cli: BuiltCli;
beforeAll(async () => {
  cli = await freshBuild();
});
afterAll(() => {
  cli.remove();
});

test('killed ten times along one run, it ends as a run without a kill', async () => {
  const baseline = await crashRun(cli.path, () => null, null);
  expect(baseline.faults).toEqual([]);
  const total = places(baseline.events);
  const aims = Array.from({ length: 10 }, (_, i) => Math.floor(((i + 0.5) * total) / 10));
  const plan: Plan = (known) => {
    const aim = aims.find((place) => place > places(known));
    return aim === undefined ? null : { kills: (events) => places(events) >= aim, afterMs: null };
  };
  const { kills, faults, repliesAskedAgain, effectsRepeated, eventsLost } = await crashRun(cli.path, plan, baseline);
  expect({ kills, faults, repliesAskedAgain, effectsRepeated, eventsLost }).toEqual({
    kills: 10,
    faults: [],
    repliesAskedAgain: 0,
    effectsRepeated: 0,
    eventsLost: 0,
  });
});

test('a second process is told that another holds the session, and takes over when it is dead', async () => {
  expect((await takeover(cli.path)).faults).toEqual([]);
});

test.each([
  ['SIGTERM', 'signal', 130],
  ['the end of its input', 'question', 4],
] as const)('%s suspends a run at a question, and the question waits again', async (what, why, exitCode) => {
  const world = await makeWorld(cli.path);
  try {
    const run = start(world, argumentsFor(world, []));
    await run.line((line) => line.includes('"type":"ask"'));
    if (what === 'SIGTERM') run.kill(what);
    else run.endInput();
    expect(await run.ended).toBe(exitCode);
    expect(JSON.parse(run.lines.at(-1) ?? '')).toMatchObject({ type: 'suspended', why, exitCode });
    const before = await eventsOf(world.log);
    expect(before.at(-1)?.type).toBe('approval.requested');

    const next = start(world, argumentsFor(world, before));
    await next.line((line) => line.includes('"type":"ask"'));
    next.kill();
    await next.ended;
    const after = await eventsOf(world.log);
    expect(after.slice(before.length)).toMatchObject([{ type: 'session.resumed', after: 'cut' }]);
  } finally {
    await world.close();
  }
});
