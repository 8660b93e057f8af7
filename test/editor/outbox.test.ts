import { describe, expect, it } from 'vitest';
import { gather, Outbox } from '../../src/editor/outbox.ts';
import type { HostMessage } from '../../src/protocol/messages.ts';

const words = (text: string, session = 's'): HostMessage => ({
  type: 'deltas',
  session,
  deltas: [{ kind: 'text', text }],
});

describe('messages to the panel', () => {
  it('of one kind and session become one, and words that follow each other one text', () => {
    const output = (text: string): HostMessage => ({
      type: 'deltas',
      session: 's',
      deltas: [{ kind: 'output', call: 'c', text }],
    });
    expect(gather([words('a'), words('b'), output('1'), output('2'), words('c')])).toEqual([
      {
        type: 'deltas',
        session: 's',
        deltas: [
          { kind: 'text', text: 'ab' },
          { kind: 'output', call: 'c', text: '12' },
          { kind: 'text', text: 'c' },
        ],
      },
    ]);
  });

  it('keep their order across kinds and sessions', () => {
    const notices: HostMessage = { type: 'notices', notices: [] };
    const messages = [words('a'), notices, words('b'), words('c', 't')];
    expect(gather(messages)).toEqual(messages);
  });

  it('are posted together, or not at all once the page is gone', () => {
    const posted: HostMessage[][] = [];
    const outbox = new Outbox((messages) => posted.push([...messages]));
    outbox.push(words('a'));
    outbox.push(words('b'));
    outbox.flush();
    outbox.push(words('c'));
    outbox.clear();
    outbox.flush();
    expect(posted).toEqual([[words('ab')]]);
  });
});
