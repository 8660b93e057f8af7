/** The list of sessions: what each one is called and how it stands. */
import type { SessionSummary } from '../core/ports.ts';
import type { CutReport } from '../core/recovery.ts';
import type { SessionRow } from '../protocol/messages.ts';
import { askWords, cost, outcomeTitle } from '../protocol/words.ts';
import type { WaitingAsk } from '../session/asks.ts';
import type { Session } from '../session/fold.ts';
import type { Sessions } from '../session/sessions.ts';

/** A session of this window, whose state is known without its log. */
export interface HeldSession {
  readonly id: string;
  readonly running: boolean;
  readonly state: Session;
}

export interface RowSources {
  readonly held: readonly HeldSession[];
  readonly waiting: readonly WaitingAsk[];
  readonly cut: (id: string) => CutReport | null;
}

/** Newest first. */
export async function readRows(sessions: Sessions, sources: RowSources): Promise<readonly SessionRow[]> {
  const summaries = [...(await sessions.list())].sort((a, b) => b.updatedAtMs - a.updatedAtMs);
  return summaries.map((summary) => rowOf(summary, sources));
}

/** Rows whose line shows where the words stand, and of how many sessions. */
export async function findRows(
  sessions: Sessions,
  words: string,
  sources: RowSources,
): Promise<{ readonly rows: readonly SessionRow[]; readonly searched: number }> {
  const [found, all] = await Promise.all([sessions.search(words), readRows(sessions, sources)]);
  const byId = new Map(all.map((row) => [row.id, row]));
  const rows = found.flatMap(({ id, line }) => {
    const row = byId.get(id);
    return row ? [{ ...row, line }] : [];
  });
  return { rows, searched: all.length };
}

export function rowOf(summary: SessionSummary, { held, waiting, cut }: RowSources): SessionRow {
  const { id, title, updatedAtMs } = summary;
  const row = (state: SessionRow['state'], line: string): SessionRow => ({ id, title, updatedAtMs, state, line });
  const ask = waiting.find(({ approval }) => approval.session === id);
  if (ask) return row('waiting', `Asks to ${askWords(ask.approval.question)}`);
  const live = held.find((session) => session.id === id);
  const step = Math.max(1, live?.state.turn?.step ?? 1);
  if (live?.running === true) return row('working', `Step ${step}`);
  if (summary.damage !== null) return row('damaged', summary.damage);
  if (live?.state.paused === true) return row('paused', `Paused at step ${step}`);
  const report = cut(id);
  if (report) return row('cut', `Stopped at step ${report.step}, waiting for you`);
  if (summary.open) return row('cut', 'Cut off, or at work in another window');
  return row(summary.closed ? 'closed' : 'idle', ended(summary));
}

/** "Done · $0.03" */
function ended({ outcome, costUsd }: SessionSummary): string {
  if (outcome === null) return 'Not started';
  const title = outcome === 'partial' ? 'Stopped before the end' : outcomeTitle(wordsOnly[outcome]);
  return costUsd === null || costUsd === 0 ? title : `${title} · ${cost(costUsd)}`;
}

/** A summary knows how a turn ended, not its words; the title needs no more. */
const wordsOnly = {
  done: { kind: 'done', verified: true, summary: '', evidence: [] },
  unverified: { kind: 'done', verified: false, summary: '', evidence: [] },
  failed: { kind: 'failed', code: 'bug', message: '' },
  cancelled: { kind: 'cancelled' },
} as const;
