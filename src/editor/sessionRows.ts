/** The list of sessions: what each one is called and how it stands. */
import type { Event, SessionId } from '../core/event.ts';
import type { SessionSummary } from '../core/ports.ts';
import type { SessionRow } from '../protocol/messages.ts';
import { askWords, cost, outcomeTitle } from '../protocol/words.ts';
import type { LiveSession, Sessions } from '../session/sessions.ts';
import type { WaitingAsk } from '../session/asks.ts';

/** The logs that are read for their last line: the newest, and none so large that the list would wait for it. */
const rowsRead = 30;
const bytesRead = 2_000_000;

export class SessionRows {
  readonly #sessions: Sessions;
  /** Last lines by session and time of its last change. */
  readonly #lines = new Map<SessionId, { readonly updatedAtMs: number; readonly line: string }>();

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** Newest first. `held`: those that this window works on or shows. */
  async read(held: readonly LiveSession[], waiting: readonly WaitingAsk[]): Promise<readonly SessionRow[]> {
    const summaries = [...(await this.#sessions.list())].sort((a, b) => b.updatedAtMs - a.updatedAtMs);
    const rows: SessionRow[] = [];
    for (const [index, summary] of summaries.entries()) {
      const live = held.find(({ id }) => id === summary.id);
      const ask = waiting.find(({ approval }) => approval.session === summary.id);
      const line = ask
        ? `Asks to ${askWords(ask.approval.question)}`
        : live?.running === true
          ? `Step ${Math.max(1, live.state.turn?.step ?? 1)}`
          : live
            ? lastLine(live.events)
            : await this.#line(summary, index);
      const { id, title, updatedAtMs } = summary;
      rows.push({ id, title, updatedAtMs, state: ask ? 'waiting' : live?.running === true ? 'working' : 'idle', line });
    }
    return rows;
  }

  async #line({ id, updatedAtMs, sizeBytes }: SessionSummary, index: number): Promise<string> {
    const known = this.#lines.get(id);
    if (known?.updatedAtMs === updatedAtMs) return known.line;
    if (index >= rowsRead || sizeBytes > bytesRead) return '';
    const line = await this.#sessions.read(id).then(lastLine, () => 'Cannot be read');
    this.#lines.set(id, { updatedAtMs, line });
    return line;
  }
}

/** "Done · $0.03" */
export function lastLine(events: readonly Event[]): string {
  const last = events.findLast(({ type }) => type === 'turn.ended' || type === 'turn.started');
  if (last === undefined) return 'Not started';
  if (last.type !== 'turn.ended') return 'Stopped: the editor closed';
  let usd: number | null = 0;
  for (const event of events) {
    if (event.type === 'turn.ended') usd = usd === null || event.costUsd === null ? null : usd + event.costUsd;
  }
  return usd === null || usd === 0 ? outcomeTitle(last.outcome) : `${outcomeTitle(last.outcome)} · ${cost(usd)}`;
}
