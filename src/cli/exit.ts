/** Exit codes: what a script may rely on. */
import type { Event, Outcome } from '../core/event.ts';

export const exitCodes = {
  verified: 0,
  error: 1,
  unverified: 2,
  partial: 3,
  needsPerson: 4,
  budget: 5,
  interrupted: 130,
} as const;

/** `events`: those of the turn. A call that was denied for want of a person outweighs a model that calls itself done. */
export function exitCodeOf(outcome: Outcome, events: readonly Event[]): number {
  switch (outcome.kind) {
    case 'cancelled':
      return exitCodes.interrupted;
    case 'failed':
      return outcome.code === 'budget_exhausted' ? exitCodes.budget : exitCodes.error;
    case 'partial':
      return outcome.why === 'budget_exhausted' ? exitCodes.budget : exitCodes.partial;
    case 'done':
      if (
        events.some(
          (event) =>
            event.type === 'tool.decided' && event.decision.action === 'deny' && event.decision.by.kind === 'nobody',
        )
      ) {
        return exitCodes.needsPerson;
      }
      return outcome.verified ? exitCodes.verified : exitCodes.unverified;
  }
}
