import { describe, expect, it, vi } from 'vitest';
import { JourneymanError } from '../../src/core/error.ts';
import { limits } from '../../src/core/limits.ts';
import type { Tool, ToolIo, ToolResult } from '../../src/core/tool.ts';
import { runCall } from '../../src/tools/run.ts';

function tool(run: (io: ToolIo) => Promise<ToolResult>): Tool {
  return {
    name: 'probe',
    description: '',
    schema: {},
    timeoutMs: 1000,
    parse: (input) => input,
    resources: () => [],
    run: (_input, io) => run(io),
  };
}

function io(signal: AbortSignal = new AbortController().signal): ToolIo {
  return { session: 's', call: 'call', proposed: null, accepted: null, onOutput: () => undefined, signal };
}

describe('running a tool', () => {
  it('turns what is thrown into words for the model', async () => {
    const conflict = tool(() => Promise.reject(new JourneymanError('conflict', 'It changed.')));
    expect(await runCall(conflict, {}, io())).toEqual({ status: 'error', code: 'conflict', text: 'It changed.' });
    const broken = tool(() => {
      throw new TypeError('x is undefined');
    });
    expect(await runCall(broken, {}, io())).toEqual({
      status: 'error',
      code: 'bug',
      text: 'A fault of Journeyman itself, not of your call: x is undefined. Try another way.',
    });
  });

  it('cuts a result that is too long in its middle, at lines', async () => {
    const long = tool(async () => ({
      status: 'ok',
      text: Array.from({ length: 10_000 }, (_, i) => `line ${String(i)}`).join('\n'),
    }));
    const { text } = await runCall(long, {}, io());
    expect(text.length).toBeLessThanOrEqual(limits.resultChars);
    expect(text).toMatch(/^line 0\n/);
    expect(text).toMatch(
      /\nline \d+\n\[\d+ of \d+ characters cut here; ask for less at once to see them\]\nline \d+\n/,
    );
    expect(text).toMatch(/\nline 9999$/);
  });

  it('does not start when it was stopped before, and ends when stopped, whatever the tool does', async () => {
    let started = false;
    const deaf = tool(() => {
      started = true;
      return new Promise(() => undefined);
    });
    const stopped = { status: 'interrupted', text: 'Stopped by the user before it ended.' };
    expect(await runCall(deaf, {}, io(AbortSignal.abort()))).toEqual(stopped);
    expect(started).toBe(false);
    const stop = new AbortController();
    const work = runCall(deaf, {}, io(stop.signal));
    stop.abort();
    expect(await work).toEqual(stopped);
  });

  it('keeps what a tool can still say when it is stopped', async () => {
    const stop = new AbortController();
    const telling = tool(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ status: 'interrupted', text: 'half of it' }));
        }),
    );
    const work = runCall(telling, {}, io(stop.signal));
    stop.abort();
    expect(await work).toEqual({ status: 'interrupted', text: 'half of it' });
  });

  it('ends at the time limit of the tool', async () => {
    vi.useFakeTimers();
    try {
      const listening = tool(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          }),
      );
      const deaf = tool(() => new Promise(() => undefined));
      const both = Promise.all([runCall(listening, {}, io()), runCall(deaf, {}, io())]);
      await vi.advanceTimersByTimeAsync(1100);
      const late = {
        status: 'error',
        code: 'timeout',
        text: 'probe did not end within 1 s and was stopped. Ask for less at once.',
      };
      expect(await both).toEqual([late, late]);
    } finally {
      vi.useRealTimers();
    }
  });
});
