/** Whether a session goes on by itself once this window has it. */
import type { CutReport } from '../core/recovery.ts';
import type { Session } from '../session/fold.ts';

export interface Taken {
  readonly state: Session;
  readonly report: CutReport | null;
  /** It comes back after its window or process has ended; else the person has opened it to look. */
  readonly back: boolean;
  /** The person's setting. */
  readonly continueAfterRestart: boolean;
}

/** What only waits for an answer asks again: nothing else would happen. All else is the person's to start, or their setting's. */
export function goesOnByItself({ state, report, back, continueAfterRestart }: Taken): boolean {
  if (state.paused) return false;
  if (report) return report.onlyWaits || (back && continueAfterRestart);
  // It was cut between a turn that had ended well and the next message of the queue.
  return back && continueAfterRestart && state.queue.length > 0 && state.outcome?.kind === 'done';
}
