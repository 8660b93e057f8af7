/** Makers of events and entries for tests: whole values, with places and times counted up. */
import type { Environment, Event, Fact } from '../../src/core/event.ts';
import type { Clock, Entry } from '../../src/core/ports.ts';

export const environment: Environment = {
  folders: ['/w'],
  platform: 'linux',
  shell: 'bash',
  date: '2026-01-02',
  attended: true,
  topLevel: [],
  instructions: [],
};

export const started: Fact = { type: 'session.started', environment, mode: 'ask', model: 'm', rules: [] };

export function entry(fact: Fact, turn = 1, step = 0): Entry {
  return { actor: { kind: 'system', room: 'test' }, turn, step, fact };
}

/** Facts as events of one session; `turn.started` and `model.requested` count as in a real run. */
export function eventsOf(...facts: readonly Fact[]): readonly Event[] {
  let turn = 0;
  let step = 0;
  return facts.map((fact, i): Event => {
    if (fact.type === 'turn.started') [turn, step] = [turn + 1, 0];
    if (fact.type === 'model.requested') step++;
    return {
      v: 2,
      session: 's',
      seq: i + 1,
      atMs: 1000 + i,
      actor: { kind: 'system', room: 'test' },
      turn,
      step,
      ...fact,
    };
  });
}

/** Time that moves only when someone sleeps, or by `tick`. */
export function fakeClock(startMs = 1_000_000): Clock & { tick(ms: number): void; readonly slept: number[] } {
  let nowMs = startMs;
  const slept: number[] = [];
  return {
    slept,
    now: () => nowMs,
    tick(ms) {
      nowMs += ms;
    },
    sleep(ms, signal) {
      slept.push(ms);
      nowMs += ms;
      return signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve();
    },
  };
}
