/** One request, whole, from what the log says: system, tools, conversation, cache marks. */
import { createHash } from 'node:crypto';
import type { Environment } from '../core/event.ts';
import type { Message, Prompt, ToolSpec } from '../core/model.ts';
import type { Effort } from '../core/purpose.ts';
import type { Tool } from '../core/tool.ts';
import { messagesOf, type Conversation } from './conversation.ts';
import { systemPrompt } from './system.ts';

export interface PromptParts {
  readonly model: string;
  /** Absent, or null: as the model does by itself. */
  readonly effort?: Effort | null;
  readonly maxTokens: number;
  readonly environment: Environment;
  readonly tools: readonly Tool[];
  readonly conversation: Conversation;
}

export function promptOf({ model, effort, maxTokens, environment, tools, conversation }: PromptParts): Prompt {
  const messages = messagesOf(conversation);
  return {
    model,
    maxTokens,
    system: systemPrompt(environment),
    tools: tools.map(specOf),
    messages,
    cacheAfter: cacheMarks(messages, conversation.steadyReplies),
    ...(effort && { effort }),
  };
}

export function specOf({ name, description, schema }: Tool): ToolSpec {
  return { name, description, input_schema: schema };
}

/**
 * The API looks back 20 blocks from a mark for an earlier one: with a mark on only the last message, a reply of more than nine
 * parallel calls loses the cache. The mark before it bridges the gap. And where something in the middle was left out, a mark before that
 * finds what is still as it was.
 */
function cacheMarks(messages: readonly Message[], steadyReplies: number): readonly number[] {
  const users: number[] = [];
  for (let i = messages.length - 1; i >= 0 && users.length < 2; i--) if (messages[i]?.role === 'user') users.unshift(i);
  let replies = 0;
  const steady = messages.findIndex(({ role }) => role === 'assistant' && ++replies === steadyReplies) - 1;
  return steady >= 0 && !users.includes(steady) ? [steady, ...users] : users;
}

/** sha256 of all that is sent; each message is hashed once in its life, so a long session costs no more than a short one. */
export function promptHash(prompt: Prompt): string {
  const hash = createHash('sha256').update(
    JSON.stringify([
      prompt.model,
      prompt.maxTokens,
      prompt.system,
      prompt.tools,
      ...(prompt.effort ? [prompt.effort] : []),
    ]),
  );
  for (const { role, content } of prompt.messages) {
    hash.update(role);
    for (const block of content) hash.update(blockHash(block));
  }
  return hash.digest('hex');
}

type Block = Message['content'][number];
const known = new WeakMap<Block, string>();

function blockHash(block: Block): string {
  let digest = known.get(block);
  if (digest === undefined) {
    digest = createHash('sha256').update(JSON.stringify(block)).digest('base64');
    known.set(block, digest);
  }
  return digest;
}
