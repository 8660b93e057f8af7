/** The SDK's client, set up so that nothing is taken from the machine behind the person's back, and its errors in our words. */
import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { APIError, APIUserAbortError } from '@anthropic-ai/sdk/core/error';
import type { Stream } from '@anthropic-ai/sdk/core/streaming';
import { JourneymanError, type ErrorCode } from '../core/error.ts';
import type { Prompt, Reply, ReplyDelta } from '../core/model.ts';
import { readReply, requestOf } from './anthropicWire.ts';
import { nodeFetch, type Deadlines } from './nodeFetch.ts';

/** The base class: the whole client loads every resource of the API, which costs 40 ms more before the first request. */
export function createClient(baseUrl: string, key: string | null, deadlines: Deadlines): BaseAnthropic {
  return new BaseAnthropic({
    baseURL: baseUrl,
    // Without a key nothing is sent. (With `null` the SDK looks for credentials in the environment and on disk, and would hand
    // them to whatever endpoint this is.)
    apiKey: key ?? 'none',
    ...(key === null ? { defaultHeaders: { authorization: null } } : {}),
    maxRetries: 0, // the session asks again, and its log says so
    timeout: deadlines.firstByteMs + 60_000, // ours comes first
    fetch: nodeFetch(deadlines),
    logLevel: 'off',
    openTelemetry: false,
  });
}

export async function streamReply(
  client: BaseAnthropic,
  prompt: Prompt,
  onDelta: (delta: ReplyDelta) => void,
  signal: AbortSignal,
): Promise<Reply> {
  const options = { body: requestOf(prompt), stream: true, signal };
  const { data, response } = await client.post<Stream<unknown>>('/v1/messages', options).withResponse();
  const type = response.headers.get('content-type') ?? 'no content type';
  if (!type.includes('event-stream')) {
    data.controller.abort();
    throw new JourneymanError(
      'rejected_request',
      `The server answered with ${type.split(';')[0] ?? ''} where a stream of the Messages API was expected. Check the base URL.`,
    );
  }
  return readReply(data, prompt.model, onDelta);
}

/** null: the endpoint has no list. */
export async function fetchModels(client: BaseAnthropic, signal: AbortSignal): Promise<unknown> {
  try {
    return await client.get<unknown>('/v1/models', { query: { limit: 1000 }, signal });
  } catch (thrown) {
    if (thrown instanceof APIError && (thrown.status === 404 || thrown.status === 405 || thrown.status === 501))
      return null;
    throw thrown;
  }
}

/** Any fault of a request, with the code that says who deals with it. `host` names the server for the person. */
export function toModelError(thrown: unknown, host: string, signal: AbortSignal): JourneymanError {
  if (signal.aborted || thrown instanceof APIUserAbortError) {
    return new JourneymanError('cancelled', 'Stopped while the model was answering.', { cause: thrown });
  }
  const own = ownError(thrown);
  if (own) return own;
  if (isApiError(thrown) && (thrown.status !== undefined || thrown.type !== null)) return answered(thrown, host);
  if (thrown instanceof SyntaxError) {
    return new JourneymanError(
      'unavailable',
      `${host} sent something that is not of the Messages API. It is asked again.`,
      {
        cause: thrown,
      },
    );
  }
  const reason = networkReason(thrown);
  return new JourneymanError('unavailable', `${host} was not reached: ${reason}. Check the network and the base URL.`, {
    cause: thrown,
  });
}

function isApiError(thrown: unknown): thrown is APIError {
  return thrown instanceof APIError;
}

function ownError(thrown: unknown): JourneymanError | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof JourneymanError) return error;
  }
  return null;
}

/** What Node says of a failed connection: `ECONNREFUSED`, `ENOTFOUND`, a certificate's fault. */
function networkReason(thrown: unknown): string {
  let reason = 'the connection failed';
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') reason = reasons[error.code] ?? error.code;
    else if (error instanceof AggregateError) error.cause ??= error.errors[0];
  }
  return reason;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'its name is not known (ENOTFOUND)',
  EAI_AGAIN: 'its name could not be looked up (EAI_AGAIN)',
  ECONNRESET: 'the connection broke (ECONNRESET)',
  ETIMEDOUT: 'it did not answer in time (ETIMEDOUT)',
};

/** An error that the server sent, as a status or, in the middle of a stream, as an event with a type only. */
function answered(error: APIError, host: string): JourneymanError {
  const { status, type, headers } = error;
  const words = wordsOf(error);
  const code = codeOf(status, type, words, headers?.get('x-should-retry') === 'false');
  const answer = `${host} answered ${status === undefined ? 'with an error' : String(status)}`;
  return new JourneymanError(code, `${answer}: ${words}${next[code] ?? ''}`, {
    cause: error,
    retryAfterMs:
      code === 'rate_limited' || code === 'overloaded' || code === 'unavailable' ? retryAfterMs(headers) : null,
  });
}

const next: Partial<Record<ErrorCode, string>> = {
  unauthorized: ' Set another key or choose another model.',
};

function codeOf(status: number | undefined, type: string | null, words: string, final: boolean): ErrorCode {
  if (status === 401 || status === 403 || type === 'authentication_error' || type === 'permission_error')
    return 'unauthorized';
  if (status === 413 || (isBadRequest(status, type) && /too long|exceed\w* (the )?(context|maximum)/i.test(words)))
    return 'context_overflow';
  if (final) return 'rejected_request';
  if (status === 429 || type === 'rate_limit_error') return 'rate_limited';
  if (status === 529 || type === 'overloaded_error') return 'overloaded';
  if (isBadRequest(status, type)) return 'rejected_request';
  if (status === undefined || status >= 500 || status === 408 || status === 409) return 'unavailable';
  return 'rejected_request';
}

function isBadRequest(status: number | undefined, type: string | null): boolean {
  return status === 400 || (status === undefined && type === 'invalid_request_error');
}

/** The server's own words, without the page around them that proxies like to send. */
function wordsOf({ apiMessage, message }: APIError): string {
  const text = (apiMessage ?? message)
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const short = text.length > 400 ? `${text.slice(0, 400)}…` : text;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date. */
function retryAfterMs(headers: Headers | undefined): number | null {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (ms > 0) return ms;
  const after = headers?.get('retry-after') ?? '';
  if (after === '') return null;
  const wait = Number.isNaN(Number(after)) ? Date.parse(after) - Date.now() : Number(after) * 1000;
  return wait > 0 ? Math.round(wait) : null;
}
