/**
 * One HTTP request with deadlines between bytes, over Node's own http.
 * Measured on Node 20: the built-in fetch costs 110 ms CPU at its first use (its Headers alone 50 ms) and 1 to 5 ms more at each
 * later one. In the editor's extension host http and https follow the user's proxy settings.
 */
import type { IncomingMessage } from 'node:http';
import { JourneymanError } from '../core/error.ts';

export interface Deadlines {
  /** Until the server has taken the connection, TLS included. */
  readonly connectMs: number;
  /** From the request to the first byte of the answer's body. */
  readonly firstByteMs: number;
  /** Between two bytes, keep-alive pings included. */
  readonly idleMs: number;
  /** From the request to the end of the answer. */
  readonly totalMs: number;
}

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  /** By its name in lower case; null when it is not there. */
  readonly header: (name: string) => string | null;
  /** To be read once, to its end or not at all: whoever stops reading ends the connection. */
  readonly body: AsyncIterable<Buffer>;
  /** Ends the connection of an answer that nobody wants to read. */
  readonly drop: () => void;
}

/**
 * Throws `timeout` when a deadline passes, an AbortError, or Node's own errors when the connection fails; so does reading the body.
 * Follows no redirects: a request carries a key.
 */
export async function request(
  url: URL,
  ask: Ask,
  { connectMs, firstByteMs, idleMs, totalMs }: Deadlines,
  signal: AbortSignal,
): Promise<Answer> {
  const http = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  signal.throwIfAborted();
  const { method, headers, body } = ask;
  const sent = http.request(url, { method, headers });

  let waiting: { destroy(error: Error): unknown } = sent;
  const after = (ms: number, error: () => Error): NodeJS.Timeout =>
    setTimeout(() => {
      waiting.destroy(error());
    }, ms);
  const connecting = after(connectMs, () => notTaken(url, connectMs));
  const whole = after(totalMs, () => tooLong(url, totalMs));
  let silence = after(firstByteMs, () => noAnswer(url, firstByteMs));
  let answered = false;
  const onBytes = (): void => {
    if (answered) {
      silence.refresh();
      return;
    }
    answered = true;
    clearTimeout(silence);
    silence = after(idleMs, () => wentSilent(url, idleMs));
  };
  const taken = (): void => {
    clearTimeout(connecting);
  };
  sent.once('socket', (socket) => {
    if (sent.reusedSocket) taken();
    else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', taken);
  });
  sent.once('finish', taken); // where an agent of the editor brings a connection of its own
  // Not by the `signal` of http.request: when the answer has arrived and is being read, Node 20 throws that abort at nobody.
  const onAbort = (): void => {
    waiting.destroy(new DOMException('The request was aborted.', 'AbortError'));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  sent.once('close', () => {
    for (const timer of [connecting, whole, silence]) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });

  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.once('response', (message) => {
      waiting = message;
      message.on('error', ignored);
      resolve({
        status: message.statusCode ?? 0,
        header: (name) => message.headersDistinct[name]?.join(', ') ?? null,
        body: bytes(message, onBytes),
        drop: () => void message.destroy(),
      });
    });
    sent.end(body);
  });
}

/** Whoever reads the body has the error thrown; without a listener Node would end the process. */
function ignored(): void {}

async function* bytes(message: IncomingMessage, onBytes: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of message as AsyncIterable<Buffer>) {
    onBytes();
    yield chunk;
  }
}

/** A body whole, as text; what is beyond `charsMax` is left out. */
export async function textOf({ body }: Answer, charsMax: number): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > charsMax) return text.slice(0, charsMax);
  }
  return text + decoder.decode();
}

function notTaken(url: URL, ms: number): JourneymanError {
  const message = `${url.host} did not take the connection within ${seconds(ms)}. Check the network and the base URL.`;
  return new JourneymanError('unavailable', message);
}

function tooLong(url: URL, ms: number): JourneymanError {
  return new JourneymanError('timeout', `${url.host} was still answering after ${seconds(ms)}.`);
}

function noAnswer(url: URL, ms: number): JourneymanError {
  return new JourneymanError('timeout', `${url.host} did not answer for ${seconds(ms)}.`);
}

function wentSilent(url: URL, ms: number): JourneymanError {
  return new JourneymanError('timeout', `${url.host} stopped sending in the middle of an answer, for ${seconds(ms)}.`);
}

function seconds(ms: number): string {
  return `${String(ms / 1000)} s`;
}
