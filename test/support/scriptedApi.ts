/**
 * A server that speaks the Messages API on loopback and answers from a script. It checks every request as the API would (and the
 * stability of the prefix on top): a fault is answered with 400, and `close` throws it, so that no test passes over one.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../src/core/json.ts';
import type { Usage } from '../../src/core/model.ts';
import { promptCache, tokensOf } from './promptCache.ts';
import { faultsOf, inOrder, parseRequest, type WireRequest } from './requestRules.ts';

/** A block of a reply; `id` of a tool call is given by the server where it is not named. */
export type ScriptedBlock =
  | string
  | { readonly tool: string; readonly input: Json; readonly id?: string }
  | { readonly thinking: string; readonly signature?: string }
  | { readonly redacted: string };

/** The name of an event, or `headers`: nothing but the status line and the headers were sent. */
export type Place =
  'headers' | 'message_start' | 'content_block_start' | 'content_block_delta' | 'content_block_stop' | 'message_delta';

export interface StreamedReply {
  readonly content: readonly ScriptedBlock[];
  /** By default what fits the content. */
  readonly stop?: string;
  readonly model?: string;
  /** In place of what the cache says; null: the endpoint leaves the counters out. */
  readonly usage?: Partial<Usage> | null;
  readonly chunkChars?: number;
  /** The bytes of the stream are sent in pieces of this size, wherever that cuts. */
  readonly pieceBytes?: number;
  /** Keep-alive events before the content, each this long after the one before. */
  readonly pings?: { readonly count: number; readonly everyMs: number };
  /** The last tool's input ends after so many characters, as when the model runs into its limit. */
  readonly toolInputChars?: number;
  /** What goes wrong after the first event of this name (or its n-th). */
  readonly fault?: {
    readonly after: Place;
    readonly nth?: number;
    readonly then: 'cut' | 'stall' | { readonly type: string; readonly message: string };
  };
}

export interface PlainReply {
  readonly status: number;
  readonly type?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of an error in the API's shape. */
  readonly body?: string;
}

/** A string: a reply with this text. */
export type ScriptedReply = string | StreamedReply | PlainReply | { readonly noAnswer: true };
export type Reply = (request: WireRequest, n: number) => ScriptedReply;

export interface SeenRequest {
  readonly body: WireRequest;
  readonly bytes: number;
  readonly headers: IncomingMessage['headers'];
  /** On the clock of `performance.now()`: its first byte arrived; the last byte of the answer was handed to the socket. */
  readonly arrivedMs: number;
  answeredMs: number | null;
  usage: Usage;
}

export interface ScriptedApi {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** Sessions of the next request may begin anew: a compaction happened. */
  allowNewPrefix(): void;
  /** Throws what was wrong with the requests. */
  close(): Promise<void>;
}

export interface Script {
  /** One an request, in order; a further request is a fault. Or a function of the request and its number, from 1. */
  readonly replies: readonly ScriptedReply[] | Reply;
  /** The key that is accepted; any, or none, by default. */
  readonly key?: string;
  /** True: the test of the connection is a request like any other. Else it is answered as it should be, and counts for nothing. */
  readonly scriptsChecks?: boolean;
  /** What `GET /v1/models` answers; by default an empty list. */
  readonly models?: PlainReply | readonly Json[];
  /** Which requests belong together, for the check of the prefix: by default those with the same first message. */
  readonly sessionOf?: (request: WireRequest) => string;
}

export async function startScriptedApi(script: Script): Promise<ScriptedApi> {
  const {
    replies,
    key,
    models = [],
    sessionOf = (request: WireRequest) => JSON.stringify(request.messages[0]),
  } = script;
  const requests: SeenRequest[] = [];
  const faults: string[] = [];
  const cache = promptCache();
  const prefixes = new Map<string, readonly string[]>();
  let newPrefix = false;

  const prefixFault = (request: WireRequest): string | null => {
    const session = sessionOf(request);
    const blocks = inOrder(request);
    const earlier = prefixes.get(session) ?? [];
    prefixes.set(
      session,
      blocks.slice(0, blocks.findLastIndex(({ marked }) => marked) + 1).map(({ bytes }) => bytes),
    );
    const changed = earlier.findIndex((bytes, i) => blocks[i]?.bytes !== bytes);
    if (changed < 0 || newPrefix) return null;
    return `the prefix changed at block ${String(changed)}: ${String(earlier[changed]).slice(0, 200)} became ${String(blocks[changed]?.bytes).slice(0, 200)}`;
  };

  const answerMessages = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedMs = performance.now();
    const text = await bodyOf(request);
    const body = parseRequest(text);
    const blocks = inOrder(body);
    const usage = { ...cache.take(body.model, blocks), output: 0 };
    const seen: SeenRequest = {
      body,
      bytes: text.length,
      headers: request.headers,
      arrivedMs,
      answeredMs: null,
      usage,
    };
    if (script.scriptsChecks !== true && isCheck(body)) {
      await stream(response, { content: [{ tool: 'ready', input: { word: 'yes' } }] }, seen, 0);
      return;
    }
    requests.push(seen);
    const n = requests.length;

    const found = [...faultsOf(body)];
    const prefix = prefixFault(body);
    if (prefix !== null) found.push(prefix);
    if (!request.headers['anthropic-version']) found.push('anthropic-version: header is required');
    newPrefix = false;
    if (found.length > 0) {
      faults.push(...found.map((fault) => `request ${String(n)}: ${fault}`));
      plain(response, { status: 400, type: 'invalid_request_error', message: found.join('; ') });
      return;
    }
    const reply = typeof replies === 'function' ? replies(body, n) : replies[n - 1];
    if (reply === undefined) {
      faults.push(`request ${String(n)}: the script has no reply left`);
      plain(response, { status: 500, type: 'api_error', message: 'The script has no reply left.' });
    } else if (typeof reply === 'object' && 'noAnswer' in reply) {
      return;
    } else if (typeof reply === 'object' && 'status' in reply) {
      plain(response, reply);
    } else {
      await stream(response, typeof reply === 'string' ? { content: [reply] } : reply, seen, n);
    }
    seen.answeredMs = performance.now();
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    response.on('error', () => undefined);
    if (
      key !== undefined &&
      request.headers.authorization !== `Bearer ${key}` &&
      request.headers['x-api-key'] !== key
    ) {
      plain(response, { status: 401, type: 'authentication_error', message: 'invalid x-api-key' });
    } else if (request.method === 'POST' && path === '/v1/messages') {
      answerMessages(request, response).catch((thrown: unknown) => {
        faults.push(String(thrown));
        response.destroy();
      });
    } else if (request.method === 'POST' && path === '/v1/messages/count_tokens') {
      void bodyOf(request).then((text) => json(response, 200, { input_tokens: tokensOf(text) }));
    } else if (path === '/v1/models') {
      if ('status' in models) plain(response, models);
      else json(response, 200, { data: models, has_more: false, first_id: null, last_id: null });
    } else {
      plain(response, { status: 404, type: 'not_found_error', message: 'Not found' });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    requests,
    allowNewPrefix: () => {
      newPrefix = true;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (faults.length > 0) throw new Error(`The Messages API would have refused:\n${faults.join('\n')}`);
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function plain(
  response: ServerResponse,
  { status, type = 'api_error', message = 'As the script says.', headers = {}, body }: PlainReply,
): void {
  if (body !== undefined) response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  else json(response, status, { type: 'error', error: { type, message } }, headers);
}

interface WireEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function stream(response: ServerResponse, reply: StreamedReply, seen: SeenRequest, n: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const { fault, pings } = reply;
  const events = eventsOf(reply, seen, n);
  let times = 0;
  const faulty = (name: Place): boolean => fault?.after === name && ++times === (fault.nth ?? 1);

  if (fault && faulty('headers')) {
    fail(response, fault.then);
    return;
  }
  for (const [i, event] of events.entries()) {
    await send(response, event, reply.pieceBytes);
    if (i === 0 && pings) {
      for (let sent = 0; sent < pings.count; sent++) {
        await new Promise((resolve) => setTimeout(resolve, pings.everyMs));
        await send(response, { name: 'ping', data: { type: 'ping' } });
      }
    }
    if (fault && faulty(event.name as Place)) {
      fail(response, fault.then);
      return;
    }
  }
  response.end();
}

function fail(response: ServerResponse, then: (StreamedReply['fault'] & object)['then']): void {
  if (then === 'stall') return;
  if (then === 'cut') {
    // What was written first arrives first; a cut is no end of the body.
    setImmediate(() => response.socket?.destroy());
    return;
  }
  response.end(sse({ name: 'error', data: { type: 'error', error: then } }));
}

function sse({ name, data }: WireEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function send(response: ServerResponse, event: WireEvent, pieceBytes?: number): Promise<void> {
  const bytes = Buffer.from(sse(event));
  if (pieceBytes === undefined) {
    response.write(bytes);
    return;
  }
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    response.write(bytes.subarray(at, at + pieceBytes));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function eventsOf(reply: StreamedReply, seen: SeenRequest, n: number): readonly WireEvent[] {
  const { content, model = seen.body.model, chunkChars = 40 } = reply;
  const blocks = content.map((block, i) =>
    blockEvents(block, i, n, chunkChars, i === content.length - 1 ? reply.toolInputChars : undefined),
  );
  const output = blocks.flat().reduce((sum, { data }) => sum + tokensOf(JSON.stringify(data['delta'] ?? '')), 0);
  if (reply.usage === null) seen.usage = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };
  else seen.usage = { ...seen.usage, output, ...reply.usage };
  const stop =
    reply.stop ?? (content.some((block) => typeof block === 'object' && 'tool' in block) ? 'tool_use' : 'end_turn');
  const { usage } = seen;
  const wire = {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
  };
  const message = {
    id: `msg_${String(n)}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  return [
    {
      name: 'message_start',
      data: {
        type: 'message_start',
        message: reply.usage === null ? message : { ...message, usage: { ...wire, output_tokens: 1 } },
      },
    },
    ...blocks.flat(),
    {
      name: 'message_delta',
      data: {
        type: 'message_delta',
        delta: { stop_reason: stop, stop_sequence: null },
        ...(reply.usage === null ? {} : { usage: { ...wire, output_tokens: usage.output } }),
      },
    },
    { name: 'message_stop', data: { type: 'message_stop' } },
  ];
}

function blockEvents(block: ScriptedBlock, index: number, n: number, chunkChars: number, cutAt?: number): WireEvent[] {
  const start = (contentBlock: object): WireEvent => ({
    name: 'content_block_start',
    data: { type: 'content_block_start', index, content_block: contentBlock },
  });
  const delta = (value: object): WireEvent => ({
    name: 'content_block_delta',
    data: { type: 'content_block_delta', index, delta: value },
  });
  const stop: WireEvent = { name: 'content_block_stop', data: { type: 'content_block_stop', index } };
  if (typeof block === 'string') {
    return [
      start({ type: 'text', text: '' }),
      ...chunks(block, chunkChars).map((text) => delta({ type: 'text_delta', text })),
      stop,
    ];
  }
  if ('tool' in block) {
    const { tool: name, input, id = `toolu_${String(n)}_${String(index)}` } = block;
    return [
      start({ type: 'tool_use', id, name, input: {} }),
      ...chunks(JSON.stringify(input).slice(0, cutAt), chunkChars).map((part) =>
        delta({ type: 'input_json_delta', partial_json: part }),
      ),
      stop,
    ];
  }
  if ('redacted' in block) return [start({ type: 'redacted_thinking', data: block.redacted }), stop];
  const { thinking, signature = 'c2lnbmF0dXJl' } = block;
  return [
    start({ type: 'thinking', thinking: '', signature: '' }),
    ...chunks(thinking, chunkChars).map((part) => delta({ type: 'thinking_delta', thinking: part })),
    ...(signature === '' ? [] : [delta({ type: 'signature_delta', signature })]),
    stop,
  ];
}

function chunks(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += size) parts.push(text.slice(at, at + size));
  return parts;
}

/** What is sent once a model was set up (`model/check.ts`). */
function isCheck({ system }: WireRequest): boolean {
  return system[0]?.['text'] === 'This is a test of the connection.';
}
