/** Past sessions of a workspace as a place in which `recall` looks: what was asked, what came of it, which files, what was said at the end. */
import type { Event, Outcome } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { EventLog, SessionSummary } from '../core/ports.ts';
import type { RecallSource } from '../core/recall.ts';

/** `folder`: the first of the workspace; only its sessions count, and none whose turn is open. */
export function pastSource(
  log: Pick<EventLog, 'list' | 'search' | 'salvage'>,
  folder: () => string | undefined,
): RecallSource {
  const sessions = async (): Promise<ReadonlyMap<string, SessionSummary>> => {
    const own = (await log.list()).filter(({ folders, open }) => !open && folders[0] === folder());
    return new Map(own.map((one) => [one.id, one]));
  };
  return {
    name: 'past',
    async search(query, signal) {
      const words = [...new Set(query.toLowerCase().split(/[^\p{L}\p{N}_./-]+/u))].filter((word) => word.length > 1);
      const known = await sessions();
      const hits = new Map<string, { count: number; line: string }>();
      for (const word of words.slice(0, limits.pastWords)) {
        signal.throwIfAborted();
        for (const { id, line } of await log.search(word)) {
          if (known.has(id)) hits.set(id, { count: (hits.get(id)?.count ?? 0) + 1, line: hits.get(id)?.line ?? line });
        }
      }
      return [...hits]
        .map(([id, hit]) => ({ id, ...hit, summary: known.get(id) }))
        .sort((a, b) => b.count - a.count || (b.summary?.updatedAtMs ?? 0) - (a.summary?.updatedAtMs ?? 0))
        .map(({ id, line, summary }) => ({
          id,
          place: `${dayOf(summary?.updatedAtMs ?? 0)} ${summary?.title ?? ''}`,
          text: line,
        }));
    },
    async read(id) {
      if (!(await sessions()).has(id)) return null;
      const { events } = await log.salvage(id);
      return episodeOf(events);
    },
  };
}

/** One paragraph a turn. */
export function episodeOf(events: readonly Event[]): string {
  const turns = new Map<number, { task: string; files: Set<string>; said: string; end: string; atMs: number }>();
  for (const event of events) {
    if (event.type === 'turn.started')
      turns.set(event.turn, { task: event.text, files: new Set(), said: '', end: 'has no end', atMs: event.atMs });
    const turn = turns.get(event.turn);
    if (!turn) continue;
    if (event.type === 'change.applied') for (const { path } of event.files) turn.files.add(path);
    if (event.type === 'model.responded') {
      const words = event.reply.content.flatMap((block) => (block.type === 'text' ? [block.text.trim()] : []));
      turn.said = words.join('\n\n').trim() || turn.said;
    }
    if (event.type === 'turn.ended') turn.end = endOf(event.outcome);
  }
  return [...turns.values()]
    .map(({ task, files, said, end, atMs }) =>
      [
        `${dayOf(atMs)}: ${cut(task)}`,
        `Outcome: ${end}`,
        ...(files.size > 0 ? [`Changed: ${[...files].join(', ')}`] : []),
        ...(said === '' ? [] : [`Said at the end: ${cut(said)}`]),
      ].join('\n'),
    )
    .join('\n\n');
}

function endOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.verified ? 'done' : 'done, not verified';
    case 'partial':
      return `partial: ${outcome.message}`;
    case 'failed':
      return `failed: ${outcome.message}`;
    case 'cancelled':
      return 'stopped by the user';
  }
}

function cut(text: string): string {
  const { episodeChars } = limits;
  return text.length > episodeChars ? `${text.slice(0, episodeChars)} …` : text;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
