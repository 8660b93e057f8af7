/** What surfaces read out of a view: what the session is doing, the step of a call, how far a review is. */
import type { ChangeSet, HunkId, HunkState } from '../core/change.ts';
import type { CallId, Outcome, Question } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Plan } from '../core/plan.ts';
import type { Fate, Retry, StepRow, View } from './view.ts';

export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'waiting'; readonly question: Question }
  | { readonly kind: 'retry'; readonly retry: Retry }
  | { readonly kind: 'working'; readonly doing: 'thinking' | 'writing' | 'reading' | 'command' }
  /** Paused, and what was begun before still runs. */
  | { readonly kind: 'pausing' }
  /** `held`: not by the person, who has to say how it goes on. */
  | { readonly kind: 'paused'; readonly held?: 'budget' | 'stall' }
  /** The turn has no end in the log, and nobody works on it. */
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** `running`: this or another process works on the session now; the log alone cannot say. */
export function phase(view: View, running: boolean): Phase {
  const { turn } = view;
  if (turn === null) return { kind: 'idle' };
  if (turn.outcome !== null) return { kind: 'ended', outcome: turn.outcome };
  if (!running && !view.paused) return { kind: 'interrupted' };
  if (!running) return { kind: 'paused', ...heldOf(view) };
  const [first] = view.waiting;
  if (first) return { kind: 'waiting', question: first.question };
  if (view.paused) return isBusy(view) ? { kind: 'pausing' } : { kind: 'paused', ...heldOf(view) };
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

/** The step of a call of any turn that has changed files. */
export function editOf(view: View, call: CallId): StepRow | null {
  const row = view.rows[view.edits.get(call) ?? -1];
  return row?.kind === 'step' && row.call === call ? row : null;
}

/** The call that made a hunk is the first part of its id. */
export function callOfHunk(hunk: HunkId): CallId {
  return hunk.slice(0, Math.max(0, hunk.lastIndexOf(':')));
}

export function stateOfHunk(step: StepRow, hunk: HunkId): HunkState {
  return step.hunks.get(hunk)?.state ?? 'proposed';
}

/** It stands in the file and waits for a word. */
export function isOpen(state: HunkState): boolean {
  return state === 'applied' || state === 'asked';
}

/** How many hunks of a step have no word yet, and in how many files; what became of the others. */
export function tally(
  step: StepRow,
  stateOf: (hunk: HunkId) => HunkState = (hunk) => stateOfHunk(step, hunk),
): {
  open: number;
  files: number;
  accepted: number;
  rejected: number;
  asked: number;
  edited: number;
  superseded: number;
} {
  const counts = { open: 0, files: 0, accepted: 0, rejected: 0, asked: 0, edited: 0, superseded: 0 };
  for (const { hunks } of step.changes) {
    const before = counts.open;
    for (const { id } of hunks) {
      const state = stateOf(id);
      counts[state === 'proposed' || state === 'applied' ? 'open' : state] += 1;
    }
    if (counts.open > before) counts.files += 1;
  }
  return counts;
}

/** What waits for a word in the files of a session, as its log tells. */
export function openChanges({ open }: View): { readonly hunks: number; readonly files: number } {
  return { hunks: open.size, files: new Set(open.values()).size };
}

/** What becomes of the files of a change, where that is the same for all of them and all that it does. */
export function fateOf(changes: ChangeSet): Fate['kind'] | null {
  const [first] = changes;
  const kind = first?.fate?.kind ?? null;
  return changes.every(({ fate }) => (fate?.kind ?? null) === kind) ? kind : null;
}

/** Steps of a plan that the host takes. */
export const planStepsMax = limits.planItemsMax;

/** The plan of a step: as the person approved it, else as it was made or proposed. */
export function planOf({ decision, detail, question }: StepRow): Plan | null {
  if (decision?.action === 'allow' && decision.plan) return decision.plan;
  if (detail?.kind === 'plan') return detail.plan;
  return question?.kind === 'plan' ? question.plan : null;
}

function heldOf({ budget, stall }: View): { readonly held?: 'budget' | 'stall' } {
  if (budget.reached !== null) return { held: 'budget' };
  return stall === null ? {} : { held: 'stall' };
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
