/** A stream of events of the Messages API as a reply. */
import { randomUUID } from 'node:crypto';
import { JourneymanError } from '../core/error.ts';
import { isNestedWithin, isObject, type Json, type JsonObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import {
  noUsage,
  type Prompt,
  type Reply,
  type ReplyBlock,
  type ReplyDelta,
  type StopReason,
  type Usage,
} from '../core/model.ts';

/** What arrives, read with care: endpoints other than Anthropic's leave fields out. */
interface WireEvent {
  readonly type?: string;
  readonly index?: number;
  readonly message?: { readonly model?: string; readonly usage?: WireUsage };
  readonly content_block?: {
    readonly type?: string;
    readonly text?: string;
    readonly thinking?: string;
    readonly signature?: string;
    readonly data?: string;
    readonly id?: string;
    readonly name?: string;
    readonly input?: Json;
  };
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly thinking?: string;
    readonly signature?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string | null;
  };
  readonly usage?: WireUsage;
}
interface WireUsage {
  readonly input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly output_tokens?: number | null;
}

type Draft =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; json: string; whole: JsonObject };

/**
 * Reads a stream of events to its end. Throws `unavailable` when it ends early: a cut stream is never a short reply, and half of a
 * tool's input never a call. Only where the model itself ran into its limit is an unfinished last block left out and the rest kept.
 */
export async function readReply(
  events: AsyncIterable<unknown>,
  prompt: Prompt,
  onDelta: (delta: ReplyDelta) => void,
): Promise<Reply> {
  const asked = prompt.model;
  const drafts = new Map<number, Draft>();
  let model = asked;
  let stopReason: string | null = null;
  let usage: Usage = noUsage;
  let ended = false;

  for await (const arrived of events) {
    const event = (isObject(arrived) ? arrived : {}) as WireEvent;
    switch (event.type ?? '') {
      case 'message_start':
        model = event.message?.model ?? asked;
        usage = withUsage(usage, event.message?.usage);
        break;
      case 'content_block_start': {
        const draft = draftOf(event.content_block ?? {});
        if (draft === null) break;
        drafts.set(event.index ?? drafts.size, draft);
        if (draft.type === 'text' && draft.text !== '') onDelta({ kind: 'text', text: draft.text });
        if (draft.type === 'tool_use') onDelta({ kind: 'tool', name: draft.name });
        break;
      }
      case 'content_block_delta': {
        const draft = drafts.get(event.index ?? drafts.size - 1);
        if (draft) extend(draft, event.delta ?? {}, onDelta);
        break;
      }
      case 'message_delta':
        stopReason = event.delta?.stop_reason ?? stopReason;
        usage = withUsage(usage, event.usage);
        break;
      case 'message_stop':
        ended = true;
        break;
      default: // content_block_stop says nothing new; types that do not exist yet are for others
    }
  }
  if (!ended) throw cut();

  const inOrder = [...drafts.entries()].sort(([a], [b]) => a - b).map(([, draft]) => draft);
  const limited =
    stopReason === 'max_tokens' || stopReason === 'length' || stopReason === 'model_context_window_exceeded';
  const blocks = inOrder.flatMap((draft, i) => {
    const block = blockOf(draft, limited && i === inOrder.length - 1);
    if (block === 'cut' && !limited) throw cut();
    return block === null || block === 'cut' ? [] : [block];
  });
  const stop = stopOf(stopReason, blocks);
  const content = stop === 'refusal' ? blocks.filter(({ type }) => type === 'text') : withOwnIds(blocks, prompt);
  const isCounted = Object.values(usage).some((tokens) => tokens > 0);
  return isCounted
    ? { model, content, stop, usage }
    : { model, content, stop, usage: guess(prompt, content), guessed: true };
}

/** A message that came whole, as the events that would have made it. */
export async function* eventsOfMessage(message: Readonly<Record<string, unknown>>): AsyncGenerator {
  yield { type: 'message_start', message };
  const content: readonly unknown[] = Array.isArray(message['content']) ? message['content'] : [];
  for (const [index, content_block] of content.entries()) yield { type: 'content_block_start', index, content_block };
  yield { type: 'message_delta', delta: { stop_reason: message['stop_reason'] ?? null } };
  yield await Promise.resolve({ type: 'message_stop' });
}

/** Four characters a token, as texts and code come to. */
export function guess({ system, tools, messages }: Prompt, content: readonly ReplyBlock[]): Usage {
  const tokens = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);
  return { ...noUsage, input: tokens([system, tools, messages]), output: tokens(content) };
}

/** Some servers give calls no ids, or the same ones in every reply: a call is known by its id for the whole session. */
export function withOwnIds(blocks: readonly ReplyBlock[], { messages }: Prompt): readonly ReplyBlock[] {
  const calls = blocks.filter(({ type }) => type === 'tool_use');
  if (calls.length === 0) return blocks;
  const taken = new Set(
    messages.flatMap(({ content }) =>
      (content as readonly ReplyBlock[]).flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])),
    ),
  );
  return blocks.map((block) => {
    if (block.type !== 'tool_use') return block;
    const id = block.id === '' || taken.has(block.id) ? `toolu_${randomUUID().replaceAll('-', '')}` : block.id;
    taken.add(id);
    return id === block.id ? block : { ...block, id };
  });
}

function cut(): JourneymanError {
  return new JourneymanError('unavailable', 'The reply was cut off before its end.');
}

function draftOf(block: WireEvent['content_block'] & object): Draft | null {
  switch (block.type ?? '') {
    case 'text':
      return { type: 'text', text: block.text ?? '' };
    case 'thinking':
      return { type: 'thinking', thinking: block.thinking ?? '', signature: block.signature ?? '' };
    case 'redacted_thinking':
      return { type: 'redacted_thinking', data: block.data ?? '' };
    case 'tool_use':
      return {
        type: 'tool_use',
        id: block.id ?? '',
        name: block.name ?? '',
        json: '',
        whole: isObject(block.input) ? block.input : {},
      };
    default:
      return null; // results of tools that run at the server: never asked for
  }
}

function extend(draft: Draft, delta: WireEvent['delta'] & object, onDelta: (delta: ReplyDelta) => void): void {
  if (draft.type === 'text' && delta.text !== undefined) {
    draft.text += delta.text;
    onDelta({ kind: 'text', text: delta.text });
  } else if (draft.type === 'thinking') {
    draft.thinking += delta.thinking ?? '';
    draft.signature += delta.signature ?? '';
    if (delta.thinking) onDelta({ kind: 'thinking', text: delta.thinking });
  } else if (draft.type === 'tool_use') {
    draft.json += delta.partial_json ?? '';
  }
}

/** null: nothing in it, and the API would refuse it when sent back. */
function blockOf(draft: Draft, maybeUnfinished: boolean): ReplyBlock | null | 'cut' {
  switch (draft.type) {
    case 'text':
      return draft.text.trim() === '' ? null : draft;
    case 'thinking':
      return maybeUnfinished && draft.signature === '' ? 'cut' : draft;
    case 'redacted_thinking':
      return draft;
    case 'tool_use': {
      const { id, name, json, whole } = draft;
      if (json === '') return maybeUnfinished ? 'cut' : { type: 'tool_use', id, name, input: kept(whole) };
      try {
        const input = JSON.parse(json) as Json;
        return isObject(input) ? { type: 'tool_use', id, name, input: kept(input) } : 'cut'; // sent back, the API would refuse all else
      } catch {
        return 'cut';
      }
    }
  }
}

/** No log could hold it, and no tool takes it: the model is told so, since this is no input of any. */
const tooDeep: JsonObject = { nested_too_deeply: 'This input was left out. Send it flat.' };

function kept(input: JsonObject): JsonObject {
  return isNestedWithin(input, limits.inputDepthMax) ? input : tooDeep;
}

/** Some endpoints call a reply ended although it asks for tools. */
function stopOf(reason: string | null, blocks: readonly ReplyBlock[]): StopReason {
  if (reason === 'max_tokens' || reason === 'refusal') return reason;
  if (reason === 'length') return 'max_tokens';
  if (reason === 'content_filter') return 'refusal';
  if (reason === 'model_context_window_exceeded') return 'context_overflow';
  return blocks.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
}

/** Counters are totals so far: a later one replaces an earlier one, a missing one leaves it. */
function withUsage(usage: Usage, wire: WireUsage | undefined): Usage {
  return {
    input: wire?.input_tokens ?? usage.input,
    cacheWrite: wire?.cache_creation_input_tokens ?? usage.cacheWrite,
    cacheRead: wire?.cache_read_input_tokens ?? usage.cacheRead,
    output: wire?.output_tokens ?? usage.output,
  };
}
