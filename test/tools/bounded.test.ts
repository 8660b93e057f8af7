// No result has more tokens in the prompt than one may have; the rest is kept, and said where.
import { expect, test } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { tokensIn } from '../../src/core/tokens.ts';
import { boundedText } from '../../src/tools/bounded.ts';
import { runCall } from '../../src/tools/run.ts';
import type { ToolIo } from '../../src/core/tool.ts';
import { fakeTool } from '../support/fakeAgent.ts';
import { fakeBlobs } from '../support/fakeKeeping.ts';

const noteTokens = 60;

test('one line of 50 MB, Chinese, base64: head and tail within the limit, with the handle', () => {
  const texts = [
    'x'.repeat(50_000_000),
    '語'.repeat(29_000),
    Buffer.from('y'.repeat(22_000)).toString('base64'),
    'a line of text\n'.repeat(100_000),
  ];
  for (const text of texts) {
    const cut = boundedText(text, '#12') ?? '';
    expect(tokensIn(cut)).toBeLessThanOrEqual(limits.resultTokens + noteTokens);
    expect(cut.length).toBeLessThanOrEqual(limits.resultChars);
    expect(cut).toContain(`of ${String(text.length)} characters cut here; recall with handle #12 reads them]`);
    expect(text.startsWith(cut.slice(0, 1000))).toBe(true);
    expect(text.endsWith(cut.slice(-1000))).toBe(true);
    expect(boundedText(cut, '#12')).toBeNull();
  }
});

test('what fits stays as it is', () => {
  expect(boundedText('a line of text\n'.repeat(1900), '#1')).toBeNull();
});

test('the whole is kept beside the log; where that fails the note promises nothing', async () => {
  const text = 'a long line\n'.repeat(10_000);
  const tool = fakeTool('big', 'read', () => ({ status: 'ok', text }));
  const blobs = fakeBlobs();
  const io = (keep: ToolIo['keep']): ToolIo => ({
    session: 's',
    call: 'c1',
    proposed: null,
    accepted: null,
    onOutput: () => undefined,
    signal: new AbortController().signal,
    handle: '#7',
    ...(keep && { keep }),
  });
  const kept = await runCall(
    tool,
    {},
    io((whole) => blobs.put('s', Buffer.from(whole))),
  );
  const hash = kept.status === 'ok' ? (kept.whole?.hash ?? '') : '';
  expect((await blobs.get('s', hash)).toString()).toBe(text);
  expect(kept.text).toContain('recall with handle #7');
  const lost = await runCall(
    tool,
    {},
    io(() => Promise.resolve(null)),
  );
  expect(lost).not.toHaveProperty('whole');
  expect(lost.text).not.toContain('recall');
});
