/** Models behind the Messages API: Anthropic's own, or any endpoint that speaks it (Ollama, LM Studio, llama.cpp, vLLM, gateways). */
import { JourneymanError } from '../core/error.ts';
import { isObject } from '../core/json.ts';
import { efforts, type Effort } from '../core/purpose.ts';
import type { Model, ModelInfo } from '../core/model.ts';
import { deadlinesFor } from './deadlines.ts';
import { costUsd } from './price.ts';
import type { Deadlines } from './http.ts';
import type { Endpoint } from './messagesApi.ts';

export interface AnthropicOptions {
  /** null: Anthropic. With or without `/v1` at its end. */
  readonly baseUrl: string | null;
  /** Asked before each request, so that a new key counts at once. null: none is set; local endpoints need none. */
  readonly apiKey: () => Promise<string | null>;
  /** How long the first byte of a reply is waited for; null, as without this: as long as fits the server. */
  readonly firstByteMs?: () => number | null;
  /** In place of those that fit the server. */
  readonly deadlines?: Partial<Deadlines>;
}

const anthropicUrl = 'https://api.anthropic.com';

export function anthropicModel({ baseUrl, apiKey, firstByteMs, deadlines }: AnthropicOptions): Model {
  const learned: Endpoint['learned'] = {
    refusedThinking: new WeakSet(),
    refusedFields: new Set(),
    keyHeader: 'authorization',
  };

  /** The rest is loaded by the first request: activation, and a run with another model, do without it. */
  async function withEndpoint<T>(
    use: (endpoint: Endpoint, api: typeof import('./messagesApi.ts')) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const url = normalUrl(baseUrl ?? anthropicUrl);
    const [given, api] = await orAborted(Promise.all([apiKey(), import('./messagesApi.ts')]), signal);
    const key = given?.trim() || null;
    if (key === null && baseUrl === null) {
      throw new JourneymanError('unauthorized', 'No API key is set. Set one, or choose a local model.');
    }
    return use({ url, key, deadlines: { ...deadlinesFor(url, firstByteMs?.() ?? null), ...deadlines }, learned }, api);
  }

  return {
    reply: (prompt, onDelta, signal) =>
      withEndpoint((endpoint, { streamReply }) => streamReply(endpoint, prompt, onDelta, signal), signal),
    list: async (signal) =>
      parseModels(await withEndpoint((endpoint, { fetchModels }) => fetchModels(endpoint, signal), signal)),
    probe: async (signal) => {
      try {
        return await withEndpoint((endpoint, { answers }) => answers(endpoint, signal), signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        return true; // no key, or no address: the request itself says so best
      }
    },
    costUsd,
  };
}

/** People paste what stands in a tool's manual: with `/v1`, with `/v1/messages`, with a slash at the end. */
function normalUrl(text: string): URL {
  const trimmed = text
    .trim()
    .replace(/\/+$/, '')
    .replace(/\/v1(\/messages)?$/, '');
  if (!URL.canParse(trimmed) || !/^https?:$/.test(new URL(trimmed).protocol)) {
    throw new JourneymanError(
      'rejected_request',
      `“${text}” is not the address of an endpoint. Set one like http://127.0.0.1:11434.`,
    );
  }
  return new URL(trimmed);
}

/** Tolerates lists in the shape of other vendors (no names, no limits) and leaves out what can no longer be called. */
function parseModels(list: unknown): readonly ModelInfo[] {
  const rows: readonly unknown[] = isObject(list) && Array.isArray(list['data']) ? list['data'] : [];
  return rows.flatMap((row) => {
    if (!isObject(row) || typeof row['id'] !== 'string' || row['lifecycle'] === 'retired') return [];
    const { id, display_name: name, max_input_tokens: windowTokens, max_tokens: outputTokensMax } = row;
    const taken = effortsOf(row['capabilities']);
    return [
      {
        id,
        name: typeof name === 'string' ? name : id,
        windowTokens: typeof windowTokens === 'number' ? windowTokens : null,
        outputTokensMax: typeof outputTokensMax === 'number' ? outputTokensMax : null,
        ...(taken.length > 0 && { efforts: taken }),
      },
    ];
  });
}

/** Those that the model takes, as the server says; none where it says nothing. */
function effortsOf(capabilities: unknown): readonly Effort[] {
  const said = isObject(capabilities) ? capabilities['effort'] : null;
  if (!isObject(said)) return [];
  return efforts.filter((effort) => {
    const level = said[effort];
    return isObject(level) && level['supported'] === true;
  });
}

/** A secret store or a module being loaded knows no signals; nobody waits for it after an abort. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new JourneymanError('cancelled', 'Stopped before the model was asked.'));
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
