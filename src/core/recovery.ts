/** What is known of a turn whose process ended in the middle of it; shown to the person before they decide how to go on. */
import type { CallId } from './event.ts';

export interface CutReport {
  /** The step that was cut, counted within its turn. */
  readonly step: number;
  /** When its last event was written. */
  readonly atMs: number;
  /** One sentence each. */
  readonly known: readonly string[];
  readonly unknown: readonly CutFact[];
  /** It only waits for an answer: going on asks again and does nothing else. */
  readonly onlyWaits: boolean;
}
export interface CutFact {
  readonly text: string;
  /** The call that it is about; its output so far can be shown where `hasOutput`. */
  readonly call: CallId | null;
  readonly hasOutput: boolean;
}
