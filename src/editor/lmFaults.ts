/** What went wrong with a model of the editor, in our words, with the code that says who deals with it. */
import { JourneymanError, toError, type ErrorCode } from '../core/error.ts';
import { isObject } from '../core/json.ts';

/** Providers throw errors of their own kind: what comes from the editor has a code, the rest says it in its words or its cause's. */
export function faultOf(thrown: unknown): JourneymanError {
  if (thrown instanceof JourneymanError) return thrown;
  const error = toError(thrown);
  const cause = isObject(thrown) && thrown['cause'] instanceof Error ? thrown['cause'].message : '';
  const words =
    [error.message, cause].filter((part, i, all) => part !== '' && all.indexOf(part) === i).join(': ') ||
    'It gave no reason';
  const { code, next } = kindOf(isObject(thrown) ? thrown['code'] : null, words);
  return new JourneymanError(code, `The editor's model did not answer: ${words.replace(/[.\s]+$/, '')}.${next}`, {
    cause: thrown,
  });
}

function kindOf(code: unknown, words: string): { readonly code: ErrorCode; readonly next: string } {
  if (code === 'NoPermissions')
    return {
      code: 'unauthorized',
      next: ' Allow Journeyman to use it (Manage Language Model Access), or choose another model.',
    };
  if (code === 'NotFound') return { code: 'rejected_request', next: ' Choose another model.' };
  if (/context|too (long|many tokens|large)|token limit|exceeds.*(limit|token)/i.test(words))
    return { code: 'context_overflow', next: '' };
  if (/rate.?limit|quota|\b429\b|too many requests/i.test(words) || code === 'Blocked')
    return { code: 'rate_limited', next: '' };
  if (/overload|\b529\b/i.test(words)) return { code: 'overloaded', next: '' };
  if (/off.?topic|content filter|responsible ai|filtered/i.test(words)) return { code: 'refused', next: '' };
  if (/\b(401|403)\b|unauthori[sz]ed|sign(ed)? in/i.test(words))
    return { code: 'unauthorized', next: ' Sign in there, or choose another model.' };
  if (/\b400\b|invalid request|not support/i.test(words)) return { code: 'rejected_request', next: '' };
  return { code: 'unavailable', next: '' };
}
