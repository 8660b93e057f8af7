/** What a turn came to, from what the log says: never more than was seen. */
import type { JourneymanError } from '../core/error.ts';
import type { Outcome } from '../core/event.ts';
import { evidenceOf, isVerified } from './evidence.ts';
import type { Session } from './fold.ts';

export function doneOutcome({ turn }: Session): Outcome {
  if (turn === null) return { kind: 'done', verified: false, summary: '', evidence: [] };
  const evidence = evidenceOf(turn);
  return { kind: 'done', verified: isVerified(turn, evidence), summary: turn.lastText, evidence };
}

/** Stopped by the person: cancelled. Nothing done yet: failed. Else partial, with what the plan says is done and left. */
export function outcomeOfError({ turn, plan }: Session, error: JourneymanError): Outcome {
  if (error.code === 'cancelled') return { kind: 'cancelled' };
  const changed = turn !== null && turn.changes.length > 0;
  if (!changed && error.code !== 'budget_exhausted' && error.code !== 'stalled')
    return { kind: 'failed', code: error.code, message: error.message };
  const items = plan?.items ?? [];
  return {
    kind: 'partial',
    summary: turn?.lastText ?? '',
    done: items.filter(({ state }) => state === 'done').map(({ text }) => text),
    left: items.filter(({ state }) => state === 'todo' || state === 'doing').map(({ text }) => text),
    why: error.code,
    message: error.message,
    evidence: turn === null ? [] : evidenceOf(turn),
  };
}
