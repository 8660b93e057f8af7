/** Models of the editor (`vscode.lm`) behind the port of all models: tools, streaming, cancellation, faults in our words. */
import type * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import { isNestedWithin, isObject, type Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { Message, Model, ModelInfo, Prompt, Reply, ReplyBlock, ReplyDelta } from '../core/model.ts';
import { guess, withOwnIds } from '../model/anthropicReply.ts';
import { faultOf } from './lmFaults.ts';

/** What is needed of `vscode`: handed over, so that it can be tried without an editor. */
export type LmApi = Pick<
  typeof vscode,
  | 'lm'
  | 'CancellationTokenSource'
  | 'LanguageModelChatMessage'
  | 'LanguageModelTextPart'
  | 'LanguageModelToolCallPart'
  | 'LanguageModelToolResultPart'
>;
type Chat = vscode.LanguageModelChat;
type Part = vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart | vscode.LanguageModelToolResultPart;

export interface LmDeadlines {
  readonly firstPartMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
const defaultDeadlines: LmDeadlines = {
  firstPartMs: limits.modelFirstByteMs,
  idleMs: limits.lmIdleMs,
  totalMs: limits.modelTotalMs,
};

export interface LmOptions {
  /** How long the first part of a reply is waited for, as the person set it; null: as usual. */
  readonly firstPartMs?: () => number | null;
  /** The person has agreed to its use; else they are asked by the editor, and may take their time. */
  readonly isAllowed?: (chat: Chat) => boolean;
  readonly deadlines?: LmDeadlines;
}

export function lmModel(api: LmApi, options: LmOptions = {}): Model {
  const { firstPartMs, isAllowed = () => true, deadlines = defaultDeadlines } = options;
  return {
    async reply(prompt, onDelta, signal) {
      const source = new api.CancellationTokenSource();
      const wait = new Waits({ ...deadlines, firstPartMs: firstPartMs?.() ?? deadlines.firstPartMs }, signal);
      try {
        const chat = await wait.until(chatOf(api, prompt.model));
        const how = {
          justification: 'Journeyman carries out the task that you gave it.',
          tools: prompt.tools.map(({ name, description, input_schema }) => ({
            name,
            description,
            inputSchema: input_schema,
          })),
        };
        if (isAllowed(chat)) wait.begin();
        const response = await wait.until(chat.sendRequest(messagesOf(api, prompt), how, source.token));
        wait.begin();
        return await readReply(api, chat, prompt, response.stream, wait, onDelta);
      } catch (thrown) {
        throw signal.aborted
          ? new JourneymanError('cancelled', 'Stopped while the model was answering.', { cause: thrown })
          : faultOf(thrown);
      } finally {
        wait.end();
        source.cancel();
        source.dispose();
      }
    },
    async list() {
      return (await api.lm.selectChatModels({})).map(infoOf);
    },
    costUsd: () => null,
  };
}

/** Ids are unique only within their vendor. */
function idOf({ vendor, id }: Chat): string {
  return `${vendor}/${id}`;
}

function infoOf(chat: Chat): ModelInfo {
  const windowTokens = Number.isFinite(chat.maxInputTokens) && chat.maxInputTokens > 0 ? chat.maxInputTokens : null;
  return { id: idOf(chat), name: `${chat.name} (${chat.vendor})`, windowTokens, outputTokensMax: null };
}

async function chatOf({ lm }: LmApi, id: string): Promise<Chat> {
  const found = (await lm.selectChatModels({})).find((chat) => idOf(chat) === id);
  if (found) return found;
  throw new JourneymanError('rejected_request', `The editor has no model ${id} now. Choose another one.`);
}

/**
 * A result of a tool stands alone in the message right after its call, and calls at the end of theirs: whoever provides the models
 * checks it. There is no place for a system text, so it opens the conversation.
 */
function messagesOf(api: LmApi, { system, messages }: Prompt): vscode.LanguageModelChatMessage[] {
  const text = (words: string): vscode.LanguageModelTextPart => new api.LanguageModelTextPart(words);
  const made = messages.flatMap((message) => partsOf(api, message).map((parts) => ({ role: message.role, parts })));
  const [first, ...rest] = made;
  const opening = system.map(text);
  const all =
    first?.role === 'user'
      ? [{ role: first.role, parts: [...opening, ...first.parts] }, ...rest]
      : [{ role: 'user' as const, parts: opening }, ...made];
  return all.map(({ role, parts }) =>
    role === 'user'
      ? api.LanguageModelChatMessage.User(
          parts as (vscode.LanguageModelTextPart | vscode.LanguageModelToolResultPart)[],
        )
      : api.LanguageModelChatMessage.Assistant(
          parts as (vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart)[],
        ),
  );
}

function partsOf(api: LmApi, { role, content }: Message): readonly (readonly Part[])[] {
  const texts: Part[] = [];
  const calls: Part[] = [];
  for (const block of content) {
    if (block.type === 'text') texts.push(new api.LanguageModelTextPart(block.text));
    else if (block.type === 'tool_use')
      calls.push(new api.LanguageModelToolCallPart(block.id, block.name, isObject(block.input) ? block.input : {}));
    else if (block.type === 'tool_result')
      calls.push(
        new api.LanguageModelToolResultPart(block.tool_use_id, [new api.LanguageModelTextPart(block.content)]),
      );
  }
  if (role === 'user') return [calls, texts].filter(({ length }) => length > 0);
  // Thinking has no part: a message of nothing else keeps its place.
  return [
    texts.length + calls.length > 0 ? [...texts, ...calls] : [new api.LanguageModelTextPart('(thinking, left out)')],
  ];
}

/** The stream says neither why it ended nor what it cost: an end is an end, and the usage is guessed by length. */
async function readReply(
  api: LmApi,
  chat: Chat,
  prompt: Prompt,
  stream: AsyncIterable<unknown>,
  wait: Waits,
  onDelta: (delta: ReplyDelta) => void,
): Promise<Reply> {
  const content: ReplyBlock[] = [];
  const parts = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await wait.next(parts.next());
    if (next.done === true) break;
    const part = next.value;
    if (part instanceof api.LanguageModelTextPart) {
      const last = content.at(-1);
      if (last?.type === 'text') content[content.length - 1] = { type: 'text', text: last.text + part.value };
      else content.push({ type: 'text', text: part.value });
      if (part.value !== '') onDelta({ kind: 'text', text: part.value });
    } else if (part instanceof api.LanguageModelToolCallPart) {
      content.push({ type: 'tool_use', id: part.callId, name: part.name, input: inputOf(part.input) });
      onDelta({ kind: 'tool', name: part.name });
    }
  }
  const kept = withOwnIds(
    content.filter((block) => block.type !== 'text' || block.text.trim() !== ''),
    prompt,
  );
  if (kept.length === 0) throw new JourneymanError('unavailable', `${chat.name} answered with nothing.`);
  const stop = kept.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
  return { model: idOf(chat), content: kept, stop, usage: guess(prompt, kept), guessed: true };
}

function inputOf(input: unknown): Json {
  if (!isObject(input)) return {};
  const json = input as Json;
  return isNestedWithin(json, limits.inputDepthMax)
    ? json
    : { nested_too_deeply: 'This input was left out. Send it flat.' };
}

/** Deadlines of one request: nobody who provides a model has to keep any. */
class Waits {
  readonly #deadlines: LmDeadlines;
  readonly #fail: Promise<never>;
  #reject: (error: unknown) => void = () => undefined;
  #silence: NodeJS.Timeout | null = null;
  readonly #total: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => {
    this.#reject(new JourneymanError('cancelled', 'Stopped.'));
  };

  constructor(deadlines: LmDeadlines, signal: AbortSignal) {
    this.#deadlines = deadlines;
    this.#signal = signal;
    this.#fail = new Promise((_resolve, reject) => (this.#reject = reject));
    this.#fail.catch(() => undefined); // whoever waits has it
    this.#total = this.#after(deadlines.totalMs, 'was still answering after');
    if (signal.aborted) this.#onAbort();
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** The first part is waited for from now on. */
  begin(): void {
    this.#silence ??= this.#after(this.#deadlines.firstPartMs, 'did not answer for');
  }

  until<T>(work: PromiseLike<T>): Promise<T> {
    return Promise.race([this.#fail, work]);
  }

  async next<T>(work: Promise<T>): Promise<T> {
    const value = await Promise.race([this.#fail, work]);
    if (this.#silence) clearTimeout(this.#silence);
    this.#silence = this.#after(this.#deadlines.idleMs, 'stopped in the middle of an answer, for');
    return value;
  }

  end(): void {
    clearTimeout(this.#total);
    if (this.#silence) clearTimeout(this.#silence);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #after(ms: number, words: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#reject(new JourneymanError('timeout', `The editor's model ${words} ${String(ms / 1000)} s.`));
    }, ms);
  }
}
