/** A few kills of the real process with every run of the tests; `npm run test:crash` does hundreds. */
import { expect, test } from 'vitest';
import { freshBuild } from './cli.ts';
import { places } from './record.ts';
import { crashRun, type Plan } from './run.ts';
import { takeover } from './takeover.ts';

test('killed ten times along one run, it ends as a run without a kill; a second process is told who holds the session', async () => {
  const cli = await freshBuild();
  try {
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
    expect((await takeover(cli.path)).faults).toEqual([]);
  } finally {
    cli.remove();
  }
});
