/** Whether a model works for an agent: one small request with a tool, and what is wrong in words that say what to do. */
import { JourneymanError, toError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Model, ModelInfo, Prompt } from '../core/model.ts';

export interface ModelCheck {
  /** False: an agent cannot work with it as it is. */
  readonly works: boolean;
  /** What is told, the most important first; whole sentences. */
  readonly lines: readonly string[];
}

/** `offered`: what the server lists; empty where it does not say. Throws only for an abort. */
export async function checkModel(
  model: Model,
  id: string,
  offered: readonly ModelInfo[],
  now: () => number,
  signal: AbortSignal,
): Promise<ModelCheck> {
  const sentAtMs = now();
  const heard: number[] = [];
  try {
    const reply = await model.reply(promptFor(id), () => heard.push(now()), signal);
    const waitedMs = (heard[0] ?? now()) - sentAtMs;
    if (!reply.content.some(({ type }) => type === 'tool_use')) {
      const why = `${id} answers, but did not call the tool that it was asked to call. An agent cannot work without tools:`;
      return { works: false, lines: [`${why} choose a model that has them, or switch them on at its server.`] };
    }
    const windowTokens = offered.find((one) => one.id === id)?.windowTokens ?? null;
    return {
      works: true,
      lines: [
        `${id} answers and calls tools. Its first word came after ${seconds(waitedMs)}.`,
        ...(waitedMs > limits.slowFirstByteMs
          ? ['That is slow: each step takes at least as long, and longer prompts longer.']
          : []),
        ...(windowTokens !== null && windowTokens < limits.windowTokensMin
          ? [
              `Its window of ${count(windowTokens)} tokens is small: an agent needs ${count(limits.windowTokensMin)} or more. Raise it at the server, or choose another model.`,
            ]
          : []),
        ...(reply.guessed === true ? ['It does not count tokens: they are guessed by length.'] : []),
      ],
    };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return { works: false, lines: [wordsOf(toError(thrown), id, offered)] };
  }
}

function promptFor(model: string): Prompt {
  const name = 'ready';
  return {
    model,
    maxTokens: 2000, // some think before they call
    system: ['This is a test of the connection.'],
    tools: [
      {
        name,
        description: 'Says that you can call tools.',
        input_schema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
      },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: `Call the tool ${name} with the word "yes". Say nothing.` }] },
    ],
    cacheAfter: [],
  };
}

/** Most faults say themselves what to do; these are the ones of a set-up. */
function wordsOf({ code, message }: JourneymanError, id: string, offered: readonly ModelInfo[]): string {
  const ids = offered.map((one) => one.id);
  if (code === 'rejected_request' && !ids.includes(id) && /\b404\b|model/i.test(message)) {
    const some =
      ids.length === 0
        ? ''
        : ` It has ${ids.slice(0, namedMax).join(', ')}${ids.length > namedMax ? ' and others' : ''}.`;
    return `${message} There seems to be no model ${id} there.${some} Choose another one.`;
  }
  if (code === 'rejected_request' && /tool/i.test(message))
    return `${message} An agent cannot work without tools: choose a model that has them, or switch them on at its server.`;
  if (code === 'timeout')
    return `${message} A model that is being loaded, or that runs on little, takes minutes: allow it more with the setting journeyman.modelTimeout, or --model-timeout.`;
  if (code === 'rate_limited' || code === 'overloaded')
    return `${message} The key and the address are right; try again later.`;
  return message;
}

const namedMax = 8;

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}
