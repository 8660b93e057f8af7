/** Prompts for tests of models. */
import type { Message, Prompt } from '../../src/core/model.ts';

export function promptOf(...messages: readonly (string | Message)[]): Prompt {
  return {
    model: 'claude-test',
    maxTokens: 1000,
    system: ['You are a test.', 'You run here.'],
    tools: [
      {
        name: 'read_file',
        description: 'Reads a file.',
        input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
      },
    ],
    messages: messages.map((message) =>
      typeof message === 'string' ? { role: 'user', content: [{ type: 'text', text: message }] } : message,
    ),
    cacheAfter: [messages.length - 1],
  };
}

/** Fails on any change of what it is given. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}
