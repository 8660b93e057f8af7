/**
 * The two requests of the Messages API that a model needs. The SDK gives the types and the reading of event streams. Its client is
 * left out: it costs 80 ms CPU before the first request, and takes credentials, headers and switches from the environment and from
 * files, to send them to whatever address this is.
 */
import { Stream } from '@anthropic-ai/sdk/core/streaming';
import { JourneymanError, toError } from '../core/error.ts';
import { isObject } from '../core/json.ts';
import type { Prompt, Reply, ReplyDelta } from '../core/model.ts';
import { eventsOfMessage, readReply } from './anthropicReply.ts';
import { isThinking, requestBytes, type Block, type Refusable } from './anthropicRequest.ts';
import { notReached, refused } from './faults.ts';
import { request, textOf, type Answer, type Ask, type Deadlines } from './http.ts';

/** The version that the SDK's types describe; and the one that every other server knows. */
const apiVersion = '2026-10-21';
const oldVersion = '2023-06-01';

/** More is no message. */
const errorCharsMax = 20_000;
const listCharsMax = 5_000_000;
const replyCharsMax = 20_000_000;

export interface Endpoint {
  readonly url: URL;
  readonly key: string | null;
  readonly deadlines: Deadlines;
  readonly learned: Learned;
}

/** What this endpoint does not take; filled here, as it says so. */
interface Learned {
  readonly refusedThinking: WeakSet<Block>;
  readonly refusedFields: Set<Refusable>;
  keyHeader: 'authorization' | 'x-api-key';
}

/**
 * Thinking that goes back is bound to all that stood before it: when anything there has changed (another version of our own system
 * prompt is enough), the API refuses the request, and would do so for ever. Thinking is no truth of the session: it is left out, and
 * the request sent once more. (platform.claude.com, "Preserved thinking", November 2026)
 */
export async function streamReply(
  endpoint: Endpoint,
  prompt: Prompt,
  onDelta: (delta: ReplyDelta) => void,
  signal: AbortSignal,
): Promise<Reply> {
  for (;;) {
    try {
      return await stream(endpoint, prompt, onDelta, signal);
    } catch (thrown) {
      if (!(thrown instanceof JourneymanError) || !learn(endpoint, prompt, thrown)) throw thrown;
    }
  }
}

/**
 * Servers that speak the API refuse what they do not know of it. Each of these is learned once, so that this ends. False: asking
 * again would bring the same.
 */
function learn({ learned }: Endpoint, prompt: Prompt, error: JourneymanError): boolean {
  const { refusedThinking, refusedFields } = learned;
  if (error.code !== 'rejected_request') return false;
  if (isAboutThinking(error)) {
    const sent = prompt.messages
      .flatMap(({ content }) => content as readonly Block[])
      .filter((block) => isThinking(block) && !refusedThinking.has(block));
    for (const block of sent) refusedThinking.add(block);
    if (sent.length > 0) return true;
  }
  const field = refusables.find((one) => refusableWords[one].test(error.message) && !refusedFields.has(one));
  if (field === undefined) return false;
  refusedFields.add(field);
  return true;
}

const refusableWords: Readonly<Record<Refusable, RegExp>> = {
  version: /anthropic-version/,
  effort: /output_config|\beffort\b/,
  thinking: /\bthinking\b/,
  cache_control: /cache_control/,
};
const refusables = Object.keys(refusableWords) as readonly Refusable[];

function isAboutThinking({ code, message }: JourneymanError): boolean {
  return (
    code === 'rejected_request' && /\bthinking\b/.test(message) && /signature|bound to|cannot be modified/.test(message)
  );
}

function stream(
  endpoint: Endpoint,
  prompt: Prompt,
  onDelta: (delta: ReplyDelta) => void,
  signal: AbortSignal,
): Promise<Reply> {
  return told(endpoint, signal, async () => {
    const { refusedThinking, refusedFields } = endpoint.learned;
    const body = requestBytes(prompt, refusedThinking, refusedFields);
    const answer = await send(endpoint, '/v1/messages', { method: 'POST', body }, signal);
    if (answer.status >= 300) throw await refusal(endpoint, answer);
    const type = answer.header('content-type') ?? 'no content type';
    if (type.includes('event-stream')) return readReply(eventsOf(endpoint, answer), prompt, onDelta);
    if (type.includes('json')) return readReply(await wholeOf(endpoint, answer), prompt, onDelta);
    answer.drop();
    throw new JourneymanError(
      'rejected_request',
      `${endpoint.url.host} answered with ${type.split(';')[0] ?? ''} where a stream of the Messages API was expected. Check the base URL.`,
    );
  });
}

/** A server that streams nothing sends the message whole; or an error that it calls a success. */
async function wholeOf({ url }: Endpoint, answer: Answer): Promise<AsyncIterable<unknown>> {
  const body = await textOf(answer, replyCharsMax);
  const message = JSON.parse(body) as unknown;
  if (!isObject(message) || message['type'] !== 'message')
    throw refused({ status: null, body, header: answer.header }, url.host);
  return eventsOfMessage(message);
}

/** Whether something answers there at all: a fault of the server itself, or of a gateway before it, is no answer. */
export async function answers({ url, deadlines, ...rest }: Endpoint, signal: AbortSignal): Promise<boolean> {
  const { connectMs } = deadlines;
  const short = { connectMs, firstByteMs: connectMs, idleMs: connectMs, totalMs: connectMs };
  try {
    const answer = await send({ url, deadlines: short, ...rest }, '/v1/models?limit=1', { method: 'GET' }, signal);
    answer.drop();
    return answer.status < 500 || answer.status === 501;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return false;
  }
}

/** null: the endpoint has no list. */
export function fetchModels(endpoint: Endpoint, signal: AbortSignal): Promise<unknown> {
  return told(endpoint, signal, async () => {
    const answer = await send(endpoint, '/v1/models?limit=1000', { method: 'GET' }, signal);
    if (answer.status === 404 || answer.status === 405 || answer.status === 501) {
      answer.drop();
      return null;
    }
    if (answer.status >= 300) throw await refusal(endpoint, answer);
    return JSON.parse(await textOf(answer, listCharsMax)) as unknown;
  });
}

/** Anthropic takes a key in either header, others in one of them: where it is not accepted, the other is tried. */
async function send(endpoint: Endpoint, path: string, ask: Omit<Ask, 'headers'>, signal: AbortSignal): Promise<Answer> {
  const answer = await sendOnce(endpoint, path, ask, signal);
  if (answer.status !== 401 || endpoint.key === null) return answer;
  answer.drop();
  const { learned } = endpoint;
  const { keyHeader } = learned;
  learned.keyHeader = keyHeader === 'authorization' ? 'x-api-key' : 'authorization';
  const second = await sendOnce(endpoint, path, ask, signal);
  if (second.status === 401) learned.keyHeader = keyHeader;
  return second;
}

function sendOnce(
  { url, key, deadlines, learned }: Endpoint,
  path: string,
  ask: Omit<Ask, 'headers'>,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = {
    'anthropic-version': learned.refusedFields.has('version') ? oldVersion : apiVersion,
    'content-type': 'application/json',
    'user-agent': 'journeyman',
    ...(key !== null &&
      (learned.keyHeader === 'x-api-key' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` })),
  };
  return request(new URL(`${url.href.replace(/\/$/, '')}${path}`), { ...ask, headers }, deadlines, signal);
}

/** The data of each event; what the server reports as an error in between is thrown. */
async function* eventsOf({ url }: Endpoint, answer: Answer): AsyncGenerator {
  for await (const { event, data } of Stream.rawEvents({ body: answer.body } as unknown as Response)) {
    if (event === 'error') throw refused({ status: null, body: data, header: answer.header }, url.host);
    if (data !== '') yield JSON.parse(data) as unknown;
  }
}

async function refusal({ url }: Endpoint, answer: Answer): Promise<JourneymanError> {
  const body = await textOf(answer, errorCharsMax);
  return refused({ status: answer.status, body, header: answer.header }, url.host);
}

/** Every fault leaves here as a JourneymanError. */
async function told<T>({ url }: Endpoint, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    if (signal.aborted)
      throw new JourneymanError('cancelled', 'Stopped while the model was answering.', { cause: thrown });
    if (thrown instanceof JourneymanError) throw thrown;
    if (thrown instanceof SyntaxError)
      throw new JourneymanError('unavailable', `${url.host} sent something that is not of the Messages API.`, {
        cause: thrown,
      });
    throw isNetwork(thrown) ? notReached(thrown, url.host) : toError(thrown);
  }
}

/** Node's errors of sockets, names and certificates carry a code; a fault of ours does not. */
function isNetwork(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown;
}
