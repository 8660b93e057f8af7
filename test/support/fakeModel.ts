/** A Model that answers from a list and checks every prompt as the API would. */
import { expect } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import type { Model, Prompt, Reply, ReplyBlock, Usage } from '../../src/core/model.ts';

export const usage: Usage = { input: 10, cacheWrite: 5, cacheRead: 100, output: 20 };

export function text(words: string): Reply {
  return { model: 'm', content: [{ type: 'text', text: words }], stop: 'end_turn', usage };
}

let counted = 0;
export function call(name: string, input: Json, id = `call${String(++counted)}`): ReplyBlock {
  return { type: 'tool_use', id, name, input };
}

export function calls(...blocks: readonly ReplyBlock[]): Reply {
  return { model: 'm', content: blocks, stop: 'tool_use', usage };
}

type Answer = Reply | Error | ((prompt: Prompt, signal: AbortSignal) => Reply | Promise<Reply>);

/** Fails when asked more often than it has answers. `prompts` keeps what it was sent. */
export function fakeModel(...answers: readonly Answer[]): Model & { readonly prompts: Prompt[] } {
  const prompts: Prompt[] = [];
  return {
    prompts,
    async reply(prompt, onDelta, signal) {
      checkPrompt(prompt, prompts.at(-1));
      prompts.push(prompt);
      const answer = answers[prompts.length - 1];
      if (answer === undefined) throw new Error(`no answer for request ${String(prompts.length)}`);
      if (answer instanceof Error) throw answer;
      const reply = typeof answer === 'function' ? await answer(prompt, signal) : answer;
      for (const block of reply.content) if (block.type === 'text') onDelta({ kind: 'text', text: block.text });
      return reply;
    },
    list: () => Promise.resolve([]),
    costUsd: (_model, { output }) => output / 1000,
  };
}

/** The API's rules, and ours: each call answered once and at once, roles alternate, what was sent stays as it was. */
export function checkPrompt(prompt: Prompt, earlier: Prompt | undefined): void {
  const { messages } = prompt;
  expect(messages[0]?.role).toBe('user');
  messages.forEach(({ role, content }, i) => {
    expect(content.length, `message ${String(i)} is empty`).toBeGreaterThan(0);
    expect(role).toBe(i % 2 === 0 ? 'user' : 'assistant');
    const asked =
      i === 0 ? [] : (messages[i - 1]?.content ?? []).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    const answered = content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    expect(answered).toEqual(asked);
  });
  expect(messages.at(-1)?.role).toBe('user');
  if (!earlier) return;
  expect([prompt.system, prompt.tools]).toEqual([earlier.system, earlier.tools]);
  earlier.messages.forEach((message, i) => {
    expect(messages[i]?.content.slice(0, message.content.length)).toEqual(message.content);
  });
}
