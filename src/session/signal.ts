/** Two ways in which a running turn is ended from outside: stopped by the person, or suspended with its process. */
import { JourneymanError } from '../core/error.ts';

/** The turn gets no end in the log: it can be gone on with. */
export function suspension(): JourneymanError {
  return new JourneymanError('interrupted', 'The session was closed while it worked.');
}

export function isSuspended({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof JourneymanError && reason.code === 'interrupted';
}
