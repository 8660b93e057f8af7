/** Words of the conversation with a language model: a subset of the Messages API, in its own names. */
import type { Json, JsonObject } from './json.ts';
import type { Effort } from './purpose.ts';

export interface TextBlock {
  readonly type: 'text';
  readonly text: string;
}
export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}
export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: Json;
}
export interface ToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content: string;
  readonly is_error?: true;
}
export type ReplyBlock = TextBlock | ThinkingBlock | RedactedThinkingBlock | ToolUseBlock;

export type Message =
  | { readonly role: 'user'; readonly content: readonly (TextBlock | ToolResultBlock)[] }
  | { readonly role: 'assistant'; readonly content: readonly ReplyBlock[] };

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly input_schema: JsonObject;
}

/** One request, whole. A pure function of the session's log. */
export interface Prompt {
  readonly model: string;
  readonly maxTokens: number;
  readonly system: readonly string[];
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  /** Indexes into `messages`: the last block of each carries a cache mark (with the end of `system`: at most 4 in all). */
  readonly cacheAfter: readonly number[];
  /** Absent: as the model does by itself. */
  readonly effort?: Effort;
}

/** Tokens by kind; disjoint. */
export interface Usage {
  readonly input: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
  readonly output: number;
}
export const noUsage: Usage = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    input: a.input + b.input,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheRead: a.cacheRead + b.cacheRead,
    output: a.output + b.output,
  };
}

export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' | 'context_overflow';

export interface Reply {
  /** The model that answered, as the API names it. */
  readonly model: string;
  readonly content: readonly ReplyBlock[];
  readonly stop: StopReason;
  readonly usage: Usage;
  /** The server counted nothing: the usage is a guess by length. */
  readonly guessed?: true;
}

/** Live only, never stored: losing one loses no truth. */
export type ReplyDelta =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'tool'; readonly name: string };

export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  /** Tokens of input and of output that it takes at most; null where the endpoint does not say. */
  readonly windowTokens: number | null;
  readonly outputTokensMax: number | null;
  /** Those that it takes; absent: the endpoint does not say. */
  readonly efforts?: readonly Effort[];
}

export interface Model {
  /** Throws a JourneymanError with a code that says whether to retry; ends within 100 ms of an abort. */
  reply(prompt: Prompt, onDelta: (delta: ReplyDelta) => void, signal: AbortSignal): Promise<Reply>;
  /** Models the endpoint offers; empty where it cannot say. */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Whether its server answers at all, asked with next to nothing; absent: not known. Throws only for an abort. */
  probe?(signal: AbortSignal): Promise<boolean>;
  /** USD for a usage, null when the price is unknown. */
  costUsd(model: string, usage: Usage): number | null;
}
