/**
 * A prompt as the bytes of a request to the Messages API. Each block is written as JSON once in its life: at step 200 writing all of
 * them anew cost 10 ms of the 15 that a step may take.
 */
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  TextBlockParam,
  ThinkingConfigParam,
} from '@anthropic-ai/sdk/resources/messages';
import type { Message, Prompt } from '../core/model.ts';

type Head = Omit<MessageCreateParamsStreaming, 'messages'>;
export type Block = Message['content'][number];

const mark: { cache_control: CacheControlEphemeral } = { cache_control: { type: 'ephemeral' } };

/** What servers other than Anthropic's may refuse; `version` stands in a header. */
export type Refusable = 'cache_control' | 'thinking' | 'effort' | 'version';

/** `leftOut`: blocks of thinking, `refused`: fields, that the server would refuse. */
export function requestBytes(
  prompt: Prompt,
  leftOut: WeakSet<Block>,
  refused: ReadonlySet<Refusable> = new Set(),
): Buffer {
  const { messages } = prompt;
  const cacheAfter = refused.has('cache_control') ? [] : prompt.cacheAfter;
  const parts: Buffer[] = [Buffer.from(`${JSON.stringify(headOf(prompt, refused)).slice(0, -1)},"messages":[`)];
  messages.forEach(({ role, content: whole }, i) => {
    const content = without(whole, leftOut);
    parts.push(Buffer.from(`${i === 0 ? '' : ','}{"role":"${role}","content":[`));
    const marked = cacheAfter.includes(i) ? lastMarkable(content) : -1;
    content.forEach((block, j) => {
      if (j > 0) parts.push(comma);
      parts.push(j === marked ? Buffer.from(JSON.stringify({ ...block, ...mark })) : blockBytes(block));
    });
    parts.push(endOfMessage);
  });
  parts.push(endOfRequest);
  return Buffer.concat(parts);
}

/** A message that was nothing but thinking says so: the API refuses an empty one. */
function without(content: readonly Block[], leftOut: WeakSet<Block>): readonly Block[] {
  if (!content.some((block) => leftOut.has(block))) return content;
  const rest = content.filter((block) => !leftOut.has(block));
  return rest.length > 0 ? rest : [onlyThought];
}

const onlyThought: Block = { type: 'text', text: '(thinking, left out)' };
const comma = Buffer.from(',');
const endOfMessage = Buffer.from(']}');
const endOfRequest = Buffer.from(']}');

function headOf({ model, maxTokens, system, tools, effort }: Prompt, refused: ReadonlySet<Refusable>): Head {
  const thinking = refused.has('thinking') ? null : thinkingFor(model);
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    ...(thinking ? { thinking } : {}),
    ...(effort !== undefined && !refused.has('effort') && { output_config: { effort } }),
    ...(tools.length > 0 ? { tools: tools as Head['tools'] & object } : {}),
    ...(system.length > 0
      ? {
          system: system.map((text, i): TextBlockParam => ({
            type: 'text',
            text,
            ...(i === system.length - 1 && !refused.has('cache_control') ? mark : {}),
          })),
        }
      : {}),
  };
}

/**
 * Models of the fifth generation think unless told otherwise, some cannot be told, and what they say between two tool calls arrives
 * as thinking whose text is left out by default: the person would see nothing for minutes. Asking for the summary changes neither
 * the thinking nor its price. Elsewhere nothing is sent: older models think only when asked, other endpoints may not know the field.
 * (platform.claude.com, "Thinking" and "What's new in Claude Opus 5.5", read in November 2026)
 */
function thinkingFor(model: string): ThinkingConfigParam | null {
  return /^claude-[a-z]+-5(-|$)/.test(model) ? { type: 'adaptive', display: 'summarized' } : null;
}

/** The API refuses a mark on a thinking block. */
function lastMarkable(content: readonly Block[]): number {
  return content.findLastIndex((block) => !isThinking(block));
}

export function isThinking({ type }: Block): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** Blocks never change: their bytes live as long as they do. */
const written = new WeakMap<Block, Buffer>();

function blockBytes(block: Block): Buffer {
  let bytes = written.get(block);
  if (bytes === undefined) {
    bytes = Buffer.from(JSON.stringify(block satisfies ContentBlockParam));
    written.set(block, bytes);
  }
  return bytes;
}
