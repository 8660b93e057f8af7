/** What two runs of the same scenario must have in common: their logs without what differs from life to life, and their files. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Event } from '../../src/core/event.ts';
import { effectsFile } from './scenario.ts';

/**
 * Said again by a further life about what is there already: it went on, asked a request again that had no reply, or made copies and
 * started again what had not been done.
 */
function isExtra(event: Event, i: number, events: readonly Event[]): boolean {
  switch (event.type) {
    case 'session.resumed':
      return true;
    case 'model.requested':
      return event.attempt > 1;
    case 'checkpoint.created':
    case 'tool.started':
      return events.findIndex((one) => one.type === event.type && one.call === event.call) < i;
    default:
      return false;
  }
}

/** Events that count as places of the run: the same in each run of it. */
export function places(events: readonly Event[]): number {
  return events.filter((...at) => !isExtra(...at)).length;
}

/** Calls whose end was not seen. */
export function interruptedCalls(events: readonly Event[]): ReadonlySet<string> {
  return new Set(
    events.flatMap((event) =>
      event.type === 'tool.finished' && event.result.status === 'interrupted' ? [event.call] : [],
    ),
  );
}

/** One line an event: types, tools, questions, decisions, results, outcomes. `masked`: calls of which only the end is told. */
export function tailOf(events: readonly Event[], masked: ReadonlySet<string>): readonly string[] {
  const names = new Map<string, string>();
  const [first] = events;
  const folder = (first?.type === 'session.started' && first.environment.folders[0]) || '/w';
  return events
    .filter((...at) => !isExtra(...at))
    .filter((event) => !(event.type === 'files.changed' && masked.has(event.call)))
    .map((event) => {
      if (event.type === 'message.queued') names.set(event.message, `message “${event.text}”`);
      const fact: unknown =
        event.type === 'tool.finished' && masked.has(event.call) ? { ...event, result: 'masked' } : event;
      return JSON.stringify(fact, (name, value: unknown) => {
        if (/^(?:v|session|ms|atMs|firstByteMs|attempt|promptHash|checkpoint|seq)$/.test(name)) return undefined;
        if (event.type === 'files.changed' && (name === 'before' || name === 'after') && isEffects(event))
          return 'state';
        return typeof value === 'string' ? (names.get(value) ?? value.replaceAll(folder, '/w')) : value;
      });
    });
}

function isEffects({ files }: Event & { readonly type: 'files.changed' }): boolean {
  return files.some(({ path }) => path === effectsFile);
}

/** All files but that of the effects. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(
    names.map(async (name) => [name.slice(folder.length + 1), await readFile(name, 'utf8')] as const),
  );
  return new Map(texts.filter(([name]) => name !== effectsFile));
}

/** How often each command has left its line. */
export async function effectsIn(folder: string): Promise<ReadonlyMap<string, number>> {
  const text = await readFile(join(folder, effectsFile), 'utf8').catch(() => '');
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) if (line !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
