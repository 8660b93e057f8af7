// Models of the editor, with the editor's own messages, parts and cancellation; who provides them is played here, since a provider
// has to be contributed by another extension.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Prompt } from '../../src/core/model.ts';
import { lmModel, type LmApi } from '../../src/editor/lmModel.ts';

const forever = new AbortController().signal;
const prompt: Prompt = {
  model: 'acme/one',
  maxTokens: 1000,
  system: ['You are a test.'],
  tools: [{ name: 'read_file', description: 'Reads.', input_schema: { type: 'object' } }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'Mend it.' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'read_file', input: { path: 'x' } }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'gone', is_error: true },
        { type: 'text', text: 'Hurry.' },
      ],
    },
  ],
  cacheAfter: [],
};

function provided(stream: (token: vscode.CancellationToken) => AsyncIterable<unknown>): {
  readonly api: LmApi;
  readonly sent: vscode.LanguageModelChatMessage[][];
} {
  const sent: vscode.LanguageModelChatMessage[][] = [];
  const chat = {
    vendor: 'acme',
    id: 'one',
    name: 'One',
    maxInputTokens: 64_000,
    sendRequest(messages: vscode.LanguageModelChatMessage[], _options: unknown, token: vscode.CancellationToken) {
      sent.push(messages);
      return Promise.resolve({ stream: stream(token) });
    },
  };
  const lm = { selectChatModels: () => Promise.resolve([chat]) };
  return { api: { ...vscode, lm } as unknown as LmApi, sent };
}

function kindOf(part: unknown): string {
  if (part instanceof vscode.LanguageModelTextPart) return 'text';
  if (part instanceof vscode.LanguageModelToolCallPart) return 'call';
  return part instanceof vscode.LanguageModelToolResultPart ? 'result' : 'something else';
}

describe('models of the editor', () => {
  it('are listed, and one that is not there is told', async () => {
    const model = lmModel(vscode);
    assert.ok(Array.isArray(await model.list(forever)));
    await assert.rejects(
      model.reply(prompt, () => undefined, forever),
      { code: 'rejected_request', message: 'The editor has no model acme/one now. Choose another one.' },
    );
  });

  it('are asked with messages and parts of the editor, and their parts are understood', async () => {
    async function* stream(): AsyncGenerator {
      await Promise.resolve();
      yield new vscode.LanguageModelTextPart('Reading. ');
      yield new vscode.LanguageModelToolCallPart('b', 'read_file', { path: 'y' });
    }
    const { api, sent } = provided(stream);
    const reply = await lmModel(api).reply(prompt, () => undefined, forever);
    assert.deepEqual(reply.content, [
      { type: 'text', text: 'Reading. ' },
      { type: 'tool_use', id: 'b', name: 'read_file', input: { path: 'y' } },
    ]);
    const { User, Assistant } = vscode.LanguageModelChatMessageRole;
    assert.deepEqual(
      sent[0]?.map(({ role, content }) => [role, content.map(kindOf)]),
      [
        [User, ['text', 'text']],
        [Assistant, ['call']],
        [User, ['result']],
        [User, ['text']],
      ],
    );
  });

  it('hear of a stop', async () => {
    const cancelled = new Promise<void>((resolve) => {
      const { api } = provided(async function* (token): AsyncGenerator {
        token.onCancellationRequested(() => resolve());
        yield await Promise.resolve(new vscode.LanguageModelTextPart('So far'));
        await new Promise(() => undefined);
      });
      const stop = new AbortController();
      void assert.rejects(
        lmModel(api).reply(prompt, () => stop.abort(), stop.signal),
        { code: 'cancelled' },
      );
    });
    await cancelled;
  });
});
