/** The ways in which a run goes on without getting on. */
export const stallKinds = ['same_call', 'same_failure', 'ping_pong', 'old_reads', 'same_error', 'plan'] as const;
export type StallKind = (typeof stallKinds)[number];

/** What repeats, as seen in the log. */
export interface Stall {
  readonly kind: StallKind;
  /** One sentence for the person and the model: "`npm test` failed 4 times with the same message, with edits in between." */
  readonly what: string;
  /** Lines that show it; '' where the sentence says all. */
  readonly evidence: string;
  readonly times: number;
  /** The step in which it began. */
  readonly since: number;
}
