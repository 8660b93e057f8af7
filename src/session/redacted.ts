/** An agent that lets no secret through: what its tools return and print, what is picked of the code, and what goes to the model. */
import type { Selector } from '../context/select.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Attachment } from '../core/event.ts';
import type { Message, Model, Prompt } from '../core/model.ts';
import type { Redactor } from '../core/ports.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import type { Agent } from './agent.ts';

/** Of texts whose redaction is remembered: a conversation is sent again with each request, and the largest has this many. */
const rememberedChars = 4_000_000;

export function redacted(agent: Agent, redactor: Redactor): Agent {
  return {
    ...agent,
    redactor,
    model: redactedModel(agent.model, redactor),
    tools: agent.tools.map((tool) => redactedTool(tool, redactor)),
    ...(agent.selector && { selector: redactedSelector(agent.selector, redactor) }),
  };
}

/** What a person says: `isChanged` where something certain was taken out. What they attached is text of files, and taken as such. */
export function redactedWords(
  redactor: Redactor | undefined,
  said: { readonly text: string; readonly attachments: readonly Attachment[] },
): { readonly text: string; readonly attachments: readonly Attachment[]; readonly isChanged: boolean } {
  if (!redactor) return { ...said, isChanged: false };
  const text = redactor.typed(said.text);
  const attachments = said.attachments.map((one) => ({ ...one, text: redactor.text(one.text) }));
  const isChanged = text !== said.text || attachments.some((one, i) => one.text !== said.attachments[i]?.text);
  return { text, attachments, isChanged };
}

function redactedTool(tool: Tool, redactor: Redactor): Tool {
  const propose = tool.propose?.bind(tool);
  const settle = tool.settle?.bind(tool);
  const shows = tool.shows?.bind(tool);
  return {
    ...tool,
    ...(shows && { shows: (input) => redactor.text(shows(input)) }),
    ...(propose && {
      propose: (input, call, signal) => cleanly(redactor, () => propose(input, call, signal)),
    }),
    async run(input, io) {
      const stream = redactor.stream(io.onOutput);
      const onOutput = (text: string): void => {
        stream.write(text);
      };
      try {
        return cleanResult(redactor, await cleanly(redactor, () => tool.run(input, { ...io, onOutput })));
      } finally {
        stream.end();
      }
    },
    ...(settle && {
      settle: async (input, io) => {
        const end = await cleanly(redactor, () => settle(input, io));
        return end === 'not_done' ? end : cleanResult(redactor, end);
      },
    }),
  };
}

function cleanResult(redactor: Redactor, result: ToolResult): ToolResult {
  return { ...result, text: redactor.text(result.text) };
}

/** What is thrown says what it read: a line of a file, an address with its password. */
async function cleanly<T>(redactor: Redactor, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    const error = toError(thrown);
    const message = redactor.text(error.message);
    if (message === error.message) throw thrown;
    throw new JourneymanError(error.code, message, { retryAfterMs: error.retryAfterMs });
  }
}

/** The last gate: results of old sessions were logged as they came. */
function redactedModel(model: Model, redactor: Redactor): Model {
  const known = new Map<string, string>();
  let knownChars = 0;
  const once = (kind: 'text' | 'typed', text: string): string => {
    const key = `${kind}${text}`;
    let clean = known.get(key);
    if (clean === undefined) {
      clean = redactor[kind](text);
      knownChars += 2 * text.length;
      if (knownChars > 2 * rememberedChars) {
        known.clear();
        knownChars = 2 * text.length;
      }
      known.set(key, clean);
    }
    return clean;
  };
  const message = (one: Message): Message =>
    one.role === 'assistant'
      ? one // its own words, and signed
      : {
          ...one,
          content: one.content.map((block) =>
            block.type === 'text'
              ? { ...block, text: once('typed', block.text) }
              : { ...block, content: once('text', block.content) },
          ),
        };
  const clean = (prompt: Prompt): Prompt => ({
    ...prompt,
    system: prompt.system.map((text) => once('typed', text)),
    messages: prompt.messages.map(message),
  });
  return {
    reply: (prompt, onDelta, signal) => cleanly(redactor, () => model.reply(clean(prompt), onDelta, signal)),
    list: (signal) => cleanly(redactor, () => model.list(signal)),
    ...(model.probe && { probe: (signal) => model.probe?.(signal) ?? Promise.resolve(true) }),
    costUsd: (id, usage) => model.costUsd(id, usage),
  };
}

function redactedSelector(selector: Selector, redactor: Redactor): Selector {
  return {
    async select(ask, signal) {
      const selected = await selector.select(ask, signal);
      if (selected === null) return null;
      // A piece is told with its lines: one that loses lines with a key block is not shown at all.
      const pieces = selected.pieces
        .map((piece) => ({ ...piece, text: redactor.text(piece.text) }))
        .filter(({ text }, i) => lines(text) === lines(selected.pieces[i]?.text ?? ''));
      return { ...selected, pieces };
    },
  };
}

function lines(text: string): number {
  return text.split('\n').length;
}
