// The loop reaches the world only through its ports: killed at any of its calls it goes on from the log, and a journal of the calls alone
// brings it to the same place.
import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { EventLog, OpenLog } from '../../src/core/ports.ts';
import { memoryLog } from '../../src/log/memoryLog.ts';
import type { Agent } from '../../src/session/agent.ts';
import { Journal } from '../../src/session/journal.ts';
import { Sessions } from '../../src/session/sessions.ts';
import { runTurn } from '../../src/session/turn.ts';
import { environment, fakeClock } from '../support/events.ts';
import { gist, newWorld, worldAgent, type World } from '../support/script.ts';
import { latch } from '../support/latch.ts';
import { logWith, start } from '../support/lives.ts';

const never = new Promise<never>(() => undefined);

/** A process that dies: every call of a port from the `n`th on never returns, and nothing it appends is kept. */
class Mortal {
  calls = 0;
  readonly #dies: number;
  readonly #onDeath: () => void;

  constructor(dies: number, onDeath: () => void) {
    this.#dies = dies;
    this.#onDeath = onDeath;
  }

  private get dead(): boolean {
    return this.calls >= this.#dies;
  }

  /** Dies before, or after the effect of the call: both happen to real processes. */
  async port<T>(work: () => Promise<T>): Promise<T> {
    if (this.#step()) return never;
    const result = await work();
    return this.#step() ? never : result;
  }

  log(inner: EventLog): EventLog {
    const mortal = (open: OpenLog): OpenLog => ({
      session: open.session,
      get seq() {
        return open.seq;
      },
      append: (entries) => {
        if (this.#step()) return { events: fakeEvents(open, entries.length), durable: never };
        const { events, durable } = open.append(entries);
        return { events, durable: this.#step() ? never : durable };
      },
      close: () => open.close(),
    });
    return {
      ...inner,
      open: async (id) => mortal(await inner.open(id)),
      create: async (id) => mortal(await inner.create(id)),
    };
  }

  #step(): boolean {
    if (this.dead) return true;
    this.calls++;
    const died = this.calls >= this.#dies;
    if (died) this.#onDeath();
    return died;
  }
}

/** What a dead process would have folded is of no matter to anybody. */
function fakeEvents(open: OpenLog, count: number): readonly Event[] {
  return Array.from({ length: count }, (_, i): Event => ({
    v: 2,
    session: open.session,
    seq: open.seq + i + 1,
    atMs: 0,
    actor: { kind: 'system', room: 'dead' },
    turn: 1,
    step: 0,
    type: 'session.changed',
  }));
}

function mortalAgent(agent: Agent, life: Mortal): Agent {
  const { model, approver, tools, log } = agent;
  return {
    ...agent,
    log: life.log(log),
    model: { ...model, reply: (...args) => life.port(() => model.reply(...args)) },
    approver: { ask: (...args) => life.port(() => approver.ask(...args)) },
    tools: tools.map((tool) => ({ ...tool, run: (input, io) => life.port(() => tool.run(input, io)) })),
  };
}

/** Runs the script, killed at the given calls one life after the other, until it ends. */
async function runWithDeaths(
  deaths: readonly number[],
): Promise<{ world: World; events: readonly Event[]; calls: number }> {
  const world = newWorld();
  let log = memoryLog(fakeClock());
  const { id, close } = await started(worldAgent(world, log));
  await close();
  for (const dies of [...deaths, Infinity]) {
    const death = latch();
    const life = new Mortal(dies, death.open);
    const agent = mortalAgent(worldAgent(world, log), life);
    const work = async (): Promise<'ended'> => {
      const live = await new Sessions(agent).open(id);
      if (live.state.turns === 0) await live.run('do it');
      else await live.resume();
      return 'ended';
    };
    const end = await Promise.race([work(), death.opened]);
    if (end === 'ended') return { world, events: await all(log, id), calls: life.calls };
    await new Promise((resolve) => setImmediate(resolve));
    // What was acknowledged, in a log that nobody holds: a claim dies with its process.
    const events = await all(log, id);
    log = memoryLog(fakeClock(2_000_000));
    await logWith(log, events);
  }
  throw new Error('it never ended');
}

async function started(agent: Agent) {
  const session = await start(agent);
  return { id: session.id, close: () => session.close() };
}

async function all(log: EventLog, id: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for await (const event of log.read(id)) events.push(event);
  return events;
}

test('killed at any call of a port, it goes on from its log: the same files, no effect twice, no recorded reply asked for again', async () => {
  const whole = await runWithDeaths([]);
  expect(whole.world.ran).toEqual(['make one', 'npm test']);
  for (let dies = 1; dies < whole.calls; dies++) {
    const { world, events } = await runWithDeaths([dies]);
    expect([...world.files.texts], `killed at ${String(dies)}`).toEqual([...whole.world.files.texts]);
    const interrupted = events.filter(
      (event) => event.type === 'tool.finished' && event.result.status === 'interrupted',
    );
    // A command whose end was not seen is not run again: it ran once or, killed before it began, not at all.
    expect(world.ran.length).toBeGreaterThanOrEqual(2 - interrupted.length);
    expect(new Set(world.ran).size).toBe(world.ran.length);
    expect(events.filter(({ type }) => type === 'model.responded')).toHaveLength(5);
    // Only a request that was on its way when the process died comes twice.
    const twice = world.asked.filter((times) => times > 1).length;
    const cut = events.filter((event) => event.type === 'session.resumed' && event.cutRequest).length;
    expect(twice).toBeLessThanOrEqual(cut);
    if (interrupted.length === 0) expect(gist(events)).toEqual(gist(whole.events));
  }
});

test('killed again and again', async () => {
  const whole = await runWithDeaths([]);
  const { world, events } = await runWithDeaths(Array.from({ length: 12 }, (_, i) => 7 + (i % 3)));
  expect([...world.files.texts]).toEqual([...whole.world.files.texts]);
  expect(new Set(world.ran).size).toBe(world.ran.length);
  expect(events.at(-1)).toMatchObject({ type: 'turn.ended', outcome: { kind: 'done' } });
});

/** As a durable-execution engine does it: the results of calls are journaled; a new life runs from the start and gets them back. */
class CallJournal {
  readonly entries: { readonly name: string; readonly value: unknown }[] = [];
  #at = 0;
  #dies = Infinity;
  #die: () => void = () => undefined;

  /** A new life that ends after `calls` calls that are not in the journal yet. */
  live(calls: number): Promise<'died'> {
    this.#at = 0;
    this.#dies = this.entries.length + calls;
    return new Promise((resolve) => {
      this.#die = () => {
        resolve('died');
      };
    });
  }

  call<T>(name: string, work: () => T): T {
    const at = this.#at++;
    const known = this.entries[at];
    if (known) {
      expect(known.name, `call ${String(at)}`).toBe(name);
      return known.value as T;
    }
    if (at >= this.#dies) {
      this.#die();
      throw new Error('the process has died');
    }
    const value = work();
    this.entries.push({ name, value });
    return value;
  }

  async wait<T>(name: string, work: () => Promise<T>): Promise<T> {
    const at = this.#at++;
    const known = this.entries[at];
    if (known) {
      expect(known.name, `call ${String(at)}`).toBe(name);
      return known.value as Promise<T>;
    }
    if (at >= this.#dies) {
      this.#die();
      return never;
    }
    // What went wrong is an answer too.
    const value = work();
    await value.catch(() => undefined);
    this.entries[at] = { name, value };
    return value;
  }
}

test('the journal of its calls alone brings the same turn to the same end, whichever call it is killed at', async () => {
  const expected = await runWithDeaths([]);
  const world = newWorld();
  const agent = worldAgent(world);
  const clock = fakeClock();
  const journal = new CallJournal();
  const inner = await memoryLog(clock).create('s');
  const replies = { ...agent.model };
  const journaled: Agent = {
    ...agent,
    clock: { ...clock, now: () => journal.call('now', () => clock.now()) },
    newId: () => journal.call('id', agent.newId),
    model: { ...replies, reply: (...args) => journal.wait('reply', () => replies.reply(...args)) },
    approver: { ask: (...args) => journal.wait('ask', () => agent.approver.ask(...args)) },
    tools: agent.tools.map((tool) => ({
      ...tool,
      ...(tool.propose
        ? {
            propose: (input: unknown, id: string, signal: AbortSignal) =>
              journal.wait(`propose ${id}`, () => tool.propose?.(input, id, signal) ?? never),
          }
        : {}),
      run: (input, io) => journal.wait(`run ${io.call}`, () => tool.run(input, io)),
    })),
    checkpoints: {
      ...agent.checkpoints,
      keep: (...args) => journal.wait('keep', () => agent.checkpoints.keep(...args)),
      steps: (...args) => journal.wait('steps', () => agent.checkpoints.steps(...args)),
    },
  };
  const log: OpenLog = {
    session: 's',
    seq: 0,
    append: (entries) => ({
      events: journal.call(`append ${entries.map(({ fact }) => fact.type).join()}`, () => inner.append(entries).events),
      durable: Promise.resolve(),
    }),
    close: () => Promise.resolve(),
  };
  const signal = new AbortController().signal;
  let lives = 0;
  for (;;) {
    lives++;
    const death = journal.live(1);
    const life = async () => {
      const live = new Journal(log, [], journaled.clock);
      await live.append({ kind: 'user' }, { type: 'session.started', environment, mode: 'ask', model: 'm', rules: [] });
      return runTurn(journaled, live, { text: 'do it', attachments: [], message: null }, signal);
    };
    const end = await Promise.race([life().catch(() => 'died' as const), death]);
    if (end !== 'died') {
      expect(end).toMatchObject({ kind: 'done', summary: 'All done.' });
      break;
    }
    // What a dead process would still have done is not heard in the next life.
    await new Promise((resolve) => setImmediate(resolve));
    if (lives > 1000)
      throw new Error(
        `it does not come to its end: ${journal.entries
          .slice(-12)
          .map(({ name }) => name)
          .join('; ')}`,
      );
  }
  expect(lives).toBeGreaterThan(50);
  expect([...world.files.texts]).toEqual([...expected.world.files.texts]);
  expect(world.ran).toEqual(expected.world.ran);
  expect(world.asked).toEqual([1, 1, 1, 1, 1]);
});
