/** What went wrong at a model's server, in our words, with the code that says who deals with it. */
import { JourneymanError, type ErrorCode } from '../core/error.ts';
import { isObject } from '../core/json.ts';

/** An error as the server sent it: with a status, or in the middle of a stream, with a type only. */
export interface Refusal {
  readonly status: number | null;
  /** The body, or the data of the event: JSON in the API's shape, or whatever a proxy in between made of it. */
  readonly body: string;
  readonly header: (name: string) => string | null;
}

export function refused(refusal: Refusal, host: string): JourneymanError {
  const { status, body, header } = refusal;
  const { type, words } = read(body);
  const code = codeOf(status, type, words, header('x-should-retry') === 'false');
  const answer = `${host} answered ${status === null ? 'with an error' : String(status)}`;
  const next = code === 'unauthorized' ? ' Set another key or choose another model.' : '';
  return new JourneymanError(code, `${answer}${words === '' ? '.' : `: ${words}`}${next}`, {
    retryAfterMs: waits.has(code) ? retryAfterMs(header) : null,
  });
}

const waits: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded', 'unavailable']);

/** The server's own words, without the page around them that proxies like to send. */
function read(body: string): { readonly type: string | null; readonly words: string } {
  let error: unknown = null;
  try {
    const parsed: unknown = JSON.parse(body);
    error = isObject(parsed) ? (parsed['error'] ?? parsed) : parsed;
  } catch {
    error = body; // a page of a proxy
  }
  const type = isObject(error) && typeof error['type'] === 'string' ? error['type'] : null;
  const message = isObject(error) ? error['message'] : error;
  const text = (typeof message === 'string' ? message : body)
    .replace(/<(style|script)\b.*?<\/\1>|<[^>]*>/gis, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return { type, words: short === '' || /[.!?…]$/.test(short) ? short : `${short}.` };
}

/** `final`: the server says that trying again does not help. */
function codeOf(status: number | null, type: string | null, words: string, final: boolean): ErrorCode {
  if (status === 401 || status === 403 || type === 'authentication_error' || type === 'permission_error')
    return 'unauthorized';
  const isBadRequest = status === 400 || (status === null && type === 'invalid_request_error');
  if (status === 413 || (isBadRequest && /too long|exceed\w* (the )?(context|maximum)/i.test(words)))
    return 'context_overflow';
  if (final || isBadRequest) return 'rejected_request';
  if (status === 429 || type === 'rate_limit_error') return 'rate_limited';
  if (status === 529 || type === 'overloaded_error') return 'overloaded';
  if (status === null || status >= 500 || status === 408 || status === 409) return 'unavailable';
  return 'rejected_request';
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date. */
function retryAfterMs(header: Refusal['header']): number | null {
  const ms = Number(header('retry-after-ms') ?? Number.NaN);
  if (ms > 0) return ms;
  const after = header('retry-after') ?? '';
  if (after === '') return null;
  const wait = Number.isNaN(Number(after)) ? Date.parse(after) - Date.now() : Number(after) * 1000;
  return wait > 0 ? Math.round(wait) : null;
}

/** What Node throws when a connection fails: with a code like ENOTFOUND, or that of a certificate's fault. */
export function notReached(thrown: unknown, host: string): JourneymanError {
  // Where a name has several addresses, Node gathers one error for each.
  const error: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason given';
  const reason = reasons[code];
  const message =
    reason === undefined
      ? `The connection to ${host} failed (${code}).`
      : `${host} was not reached: ${reason} (${code}). Check the network and the base URL.`;
  return new JourneymanError('unavailable', message, { cause: thrown });
}

const untrusted = 'its certificate is of nobody whom this machine trusts';
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it did not take the connection',
  EPROTO: 'it does not speak TLS, its address may begin with http://',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS, its address may begin with http://',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};
