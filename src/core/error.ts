/**
 * What can go wrong, and who deals with it:
 * the first line goes back to the model with how to try again; the second is retried with backoff; `context_overflow` compacts
 * and retries; the fourth line ends the turn with a report; the last stops the session, keeps the log and tells the person.
 */
export type ErrorCode =
  | 'invalid_input' | 'not_found' | 'conflict' | 'denied' | 'timeout' | 'interrupted'
  | 'rate_limited' | 'overloaded' | 'unavailable'
  | 'context_overflow'
  | 'budget_exhausted' | 'stalled' | 'cancelled' | 'refused' | 'unauthorized' | 'rejected_request'
  | 'corrupt' | 'locked' | 'bug'; // prettier-ignore

/**
 * The one error class. `message` says what happened, to what, and what to do next.
 * `retryAfterMs` is set where a server asked for a wait.
 */
export class JourneymanError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterMs: number | null;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number | null } = {}) {
    super(message, { cause: options.cause });
    this.name = 'JourneymanError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** Any thrown value as a JourneymanError: aborts become `cancelled`, everything unknown is a `bug` of ours. */
export function toError(thrown: unknown): JourneymanError {
  if (thrown instanceof JourneymanError) return thrown;
  if (thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'TimeoutError')) {
    return new JourneymanError('cancelled', 'Stopped before it ended.', { cause: thrown });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new JourneymanError('bug', text, { cause: thrown });
}
