/** What every Model keeps, run by each adapter. */
import { describe, expect, test } from 'vitest';
import type { Model, Prompt, ReplyBlock, ReplyDelta } from '../../src/core/model.ts';
import { frozen } from '../support/prompts.ts';

export interface ModelUnderTest {
  readonly model: Model;
  /** Is answered with text and at least one tool call. */
  readonly prompt: Prompt;
  /** Is answered with a beginning; the rest takes longer than any test. */
  readonly slow: Prompt;
  readonly close: () => Promise<void>;
}

const forever = new AbortController().signal;

export function modelContract(name: string, make: () => Promise<ModelUnderTest>): void {
  const run = async (body: (made: ModelUnderTest) => Promise<void>): Promise<void> => {
    const made = await make();
    try {
      await body(made);
    } finally {
      await made.close();
    }
  };

  describe(`Model: ${name}`, () => {
    test('streams what it then returns', () =>
      run(async ({ model, prompt }) => {
        const deltas: ReplyDelta[] = [];
        const reply = await model.reply(frozen(prompt), (delta) => deltas.push(delta), forever);
        const streamed = deltas.flatMap((delta) => (delta.kind === 'text' ? [delta.text] : [])).join('');
        const texts = reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
        expect(streamed).toBe(texts);
        expect(texts).not.toBe('');
        expect(deltas.flatMap((delta) => (delta.kind === 'tool' ? [delta.name] : []))).toEqual(
          reply.content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : [])),
        );
        expect(reply.stop).toBe('tool_use');
        expect(reply.model).not.toBe('');
      }));

    test('counts tokens of each kind, never below zero', () =>
      run(async ({ model, prompt }) => {
        const { usage } = await model.reply(prompt, () => undefined, forever);
        for (const count of Object.values(usage)) expect(Number.isInteger(count) && count >= 0).toBe(true);
        expect(usage.output).toBeGreaterThan(0);
      }));

    test('gives each call an id of its own, in the next reply too', () =>
      run(async ({ model, prompt }) => {
        const first = await model.reply(prompt, () => undefined, forever);
        const idsOf = (content: readonly ReplyBlock[]): readonly string[] =>
          content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
        const results = idsOf(first.content).map((id) => {
          return { type: 'tool_result', tool_use_id: id, content: 'x' } as const;
        });
        const messages = [
          ...prompt.messages,
          { role: 'assistant', content: first.content } as const,
          { role: 'user', content: results } as const,
        ];
        const second = await model.reply({ ...prompt, messages }, () => undefined, forever);
        const ids = [...idsOf(first.content), ...idsOf(second.content)];
        expect(ids.length).toBeGreaterThan(0);
        expect([new Set(ids).size, ids.includes('')]).toEqual([ids.length, false]);
      }));

    test('prices a usage at zero or more, or says that the price is not known', () =>
      run(async ({ model, prompt }) => {
        const { model: answered, usage } = await model.reply(prompt, () => undefined, forever);
        expect(model.costUsd(answered, usage) ?? 0).toBeGreaterThanOrEqual(0);
      }));

    test('does not begin after an abort', () =>
      run(async ({ model, prompt }) => {
        const deltas: ReplyDelta[] = [];
        const reply = model.reply(prompt, (delta) => deltas.push(delta), AbortSignal.abort());
        await expect(reply).rejects.toMatchObject({ code: 'cancelled' });
        expect(deltas).toEqual([]);
      }));

    test('stops in the middle of a reply', () =>
      run(async ({ model, slow }) => {
        const stop = new AbortController();
        const reply = model.reply(
          slow,
          () => {
            stop.abort();
          },
          stop.signal,
        );
        await expect(reply).rejects.toMatchObject({ code: 'cancelled' });
      }));

    test('lists its models', () =>
      run(async ({ model }) => {
        for (const info of await model.list(forever)) {
          expect(info.id).not.toBe('');
          expect(info.name).not.toBe('');
        }
      }));
  });
}
