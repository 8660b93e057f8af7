/** Two processes and one session: the second is told who holds it, and takes over at once when the first is dead. */
import { argumentsFor, eventsOf, makeWorld } from './run.ts';
import { start } from './spawned.ts';

export interface TakeoverResult {
  /** What the second process was told. */
  readonly message: string;
  /** From the death of the owner to the first event of the next one, the start of its process included. */
  readonly takeoverMs: number;
  readonly faults: readonly string[];
}

export async function takeover(cli: string): Promise<TakeoverResult> {
  const world = await makeWorld(cli);
  const faults: string[] = [];
  try {
    const owner = start(world, argumentsFor(world, []));
    await owner.line((line) => line.includes('"type":"ask"'));
    const events = await eventsOf(world.log);
    const args = argumentsFor(world, events);
    const second = start(world, args);
    const exitCode = await second.ended;
    const message = second.stderr().trim();
    if (exitCode !== 1) faults.push(`the second process ended with ${String(exitCode)}, not 1`);
    if (!message.includes('is held by another process'))
      faults.push(`the second process was not told who holds the session: ${message}`);
    if ((await eventsOf(world.log)).length !== events.length) faults.push('the second process wrote to the log');

    owner.kill();
    await owner.ended;
    const diedAtMs = performance.now();
    const next = start(world, args);
    await next.line((line) => line.includes('"type":"session.resumed"'));
    const takeoverMs = performance.now() - diedAtMs;
    await next.line((line) => line.includes('"type":"ask"')); // it waits again
    next.kill();
    await next.ended;
    if (takeoverMs > 1000) faults.push(`the takeover took ${takeoverMs.toFixed(0)} ms`);
    return { message, takeoverMs, faults };
  } finally {
    await world.close();
  }
}
