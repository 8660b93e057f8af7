/** The models of an editor, without one: they answer from a script, and check each request as the editor's own providers do. */
import type { LmApi } from '../../src/editor/lmModel.ts';

class TextPart {
  value: string;
  constructor(value: string) {
    this.value = value;
  }
}
class CallPart {
  callId: string;
  name: string;
  input: object;
  constructor(callId: string, name: string, input: object) {
    [this.callId, this.name, this.input] = [callId, name, input];
  }
}
class ResultPart {
  callId: string;
  content: readonly unknown[];
  constructor(callId: string, content: readonly unknown[]) {
    [this.callId, this.content] = [callId, content];
  }
}
class ChatMessage {
  role: 'user' | 'assistant';
  content: readonly unknown[];
  constructor(role: 'user' | 'assistant', content: readonly unknown[]) {
    [this.role, this.content] = [role, content];
  }
  static readonly User = (content: readonly unknown[]): ChatMessage => new ChatMessage('user', content);
  static readonly Assistant = (content: readonly unknown[]): ChatMessage => new ChatMessage('assistant', content);
}
class TokenSource {
  readonly #listeners = new Set<() => void>();
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: () => void) => {
      this.#listeners.add(listener);
      return { dispose: () => this.#listeners.delete(listener) };
    },
  };
  cancel(): void {
    this.token.isCancellationRequested = true;
    for (const listener of this.#listeners) listener();
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export type LmPart =
  string | { readonly tool: string; readonly input: object; readonly id?: string } | { readonly data: number };
/** In a stream: nothing comes any more. */
export const hang = 'hang';
/** Parts of a stream; an error in between ends it, `hang` never does. Or what the request itself does. */
export type LmReply = readonly (LmPart | Error)[] | { readonly refuses: Error } | { readonly silent: true };

export interface FakeLm {
  readonly api: LmApi;
  /** What was sent, message by message. */
  readonly requests: ChatMessage[][];
  readonly options: unknown[];
  /** Requests that were cancelled. */
  readonly cancelled: () => number;
}

/** An error as the editor makes them. */
export function lmError(code: string, message: string, cause?: Error): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

export const lmId = 'acme/one';

export function fakeLm(replies: readonly LmReply[] | ((n: number) => LmReply)): FakeLm {
  const requests: ChatMessage[][] = [];
  const options: unknown[] = [];
  let cancels = 0;
  const chat = {
    id: 'one',
    vendor: 'acme',
    family: 'one',
    version: '1',
    name: 'One',
    maxInputTokens: 64_000,
    sendRequest(messages: ChatMessage[], how: unknown, token: TokenSource['token']) {
      check(messages);
      requests.push(messages);
      options.push(how);
      const n = requests.length;
      let ended = false;
      token.onCancellationRequested(() => {
        if (!ended) cancels++;
      });
      const reply = typeof replies === 'function' ? replies(n) : replies[n - 1];
      if (reply === undefined) return Promise.reject(new Error(`no reply for request ${String(n)}`));
      if ('silent' in reply) return new Promise(() => undefined);
      if ('refuses' in reply) return Promise.reject(reply.refuses);
      const stream = async function* (): AsyncGenerator {
        for (const [i, part] of reply.entries()) {
          await Promise.resolve();
          if (part === hang) await new Promise(() => undefined);
          else if (part instanceof Error) throw part;
          else if (typeof part === 'string') yield new TextPart(part);
          else if ('tool' in part)
            yield new CallPart(part.id ?? `call_${String(n)}_${String(i)}`, part.tool, part.input);
          else yield part;
        }
        ended = true;
      };
      return Promise.resolve({ stream: stream() });
    },
  };
  const api = {
    lm: { selectChatModels: () => Promise.resolve([chat]) },
    CancellationTokenSource: TokenSource,
    LanguageModelChatMessage: ChatMessage,
    LanguageModelTextPart: TextPart,
    LanguageModelToolCallPart: CallPart,
    LanguageModelToolResultPart: ResultPart,
  };
  return { api: api as unknown as LmApi, requests, options, cancelled: () => cancels };
}

/** Calls stand at the end of their message; the next one, a user's, holds their results and nothing else. */
function check(messages: readonly ChatMessage[]): void {
  messages.forEach(({ role, content }, i) => {
    if (content.length === 0) throw new Error(`message ${String(i)} is empty`);
    const asked = content.filter((part) => part instanceof CallPart).map(({ callId }) => callId);
    if (asked.length === 0) return;
    const next = messages[i + 1];
    const results = next?.content.map((part) => (part instanceof ResultPart ? part.callId : 'no result')) ?? [];
    if (role !== 'assistant' || next?.role !== 'user' || results.join() !== asked.join())
      throw new Error(
        'Tool call part must be followed by a User message with a LanguageModelToolResultPart with a matching callId.',
      );
  });
}
