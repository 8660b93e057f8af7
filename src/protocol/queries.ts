/** What surfaces read out of a view: what the session is doing, the step of a call, how far a review is. */
import type { CallId, Outcome, Question } from '../core/event.ts';
import type { Retry, StepRow, View } from './view.ts';

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly question: Question }
  | { readonly kind: 'retry'; readonly retry: Retry }
  | { readonly kind: 'working'; readonly doing: 'thinking' | 'writing' | 'reading' | 'command' }
  /** Paused, and what was begun before still runs. */
  | { readonly kind: 'pausing' }
  | { readonly kind: 'paused' }
  /** The turn has no end in the log, and nobody works on it. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** `running`: this or another process works on the session now; the log alone cannot say. */
export function phase(view: View, running: boolean): Phase {
  const { turn } = view;
  if (turn === null) return { kind: 'idle' };
  if (turn.outcome !== null) return { kind: 'ended', outcome: turn.outcome };
  if (!running) return { kind: view.paused ? 'paused' : 'interrupted' };
  const [first] = view.waiting;
  if (first) return { kind: 'waiting', question: first.question };
  if (view.paused) return { kind: isBusy(view) ? 'pausing' : 'paused' };
  if (view.retry) return { kind: 'retry', retry: view.retry };
  const active = runningSteps(view);
  if (active.some(({ what }) => what === 'command')) return { kind: 'working', doing: 'command' };
  if (active.some(({ what }) => what === 'edit')) return { kind: 'working', doing: 'writing' };
  if (active.length > 0) return { kind: 'working', doing: 'reading' };
  return { kind: 'working', doing: view.live.doing === 'writing' ? 'writing' : 'thinking' };
}

export function stepOf(view: View, call: CallId): StepRow | null {
  const row = view.rows[view.calls.get(call) ?? -1];
  return row?.kind === 'step' ? row : null;
}

/** How many hunks of a step wait for a word, and in how many files; what was said on the others. */
export function tally(step: StepRow): {
  open: number;
  files: number;
  accepted: number;
  rejected: number;
  asked: number;
  edited: number;
} {
  const counts = { open: 0, files: 0, accepted: 0, rejected: 0, asked: 0, edited: 0 };
  for (const { hunks } of step.changes) {
    const before = counts.open;
    for (const { id } of hunks) {
      const verdict = step.verdicts.get(id)?.verdict ?? 'proposed';
      counts[verdict === 'proposed' ? 'open' : verdict] += 1;
    }
    if (counts.open > before) counts.files += 1;
  }
  return counts;
}

function isBusy(view: View): boolean {
  return view.inFlight || view.retry !== null || runningSteps(view).length > 0;
}

function runningSteps(view: View): readonly StepRow[] {
  const active: StepRow[] = [];
  for (const at of view.calls.values()) {
    const row = view.rows[at];
    if (row?.kind === 'step' && row.state === 'running') active.push(row);
  }
  return active;
}
