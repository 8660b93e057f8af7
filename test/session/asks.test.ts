import { describe, expect, it } from 'vitest';
import type { HunkResolution } from '../../src/core/change.ts';
import type { Question } from '../../src/core/event.ts';
import type { Decision } from '../../src/core/permission.ts';
import { Asks, openHunksOf } from '../../src/session/asks.ts';
import { askIfTrusted } from '../../src/editor/trust.ts';
import { hunk, noNews } from '../support/fakeAgent.ts';

const changes = [
  { path: 'a', beforeHash: 'h', hunks: [hunk('c:1.1'), hunk('c:1.2')] },
  { path: 'b', beforeHash: null, hunks: [hunk('c:2.1')] },
];
const edits: Question = { kind: 'edits', changes, why: 'It writes.' };
const command: Question = { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1000, why: 'It runs.' };
const person = { kind: 'user' } as const;

function asked(question: Question, resolved: readonly HunkResolution[] = []) {
  let tokens = 0;
  const asks = new Asks(() => `token${String(++tokens)}`);
  const said: HunkResolution[] = [];
  const stop = new AbortController();
  const decision = asks.ask(
    { session: 's', call: 'c', tool: 't', question, resolved },
    { ...noNews, hunk: (one) => said.push(one) },
    stop.signal,
  );
  return { asks, said, stop, decision };
}

describe('a question that waits for a person', () => {
  it('ends with the answer that has its token', async () => {
    const { asks, decision } = asked(command);
    expect(asks.answer('c', 'token1', { action: 'allow', note: 'once' })).toBe(true);
    expect(await decision).toEqual({ action: 'allow', by: person, note: 'once' } satisfies Decision);
    expect(asks.waiting).toEqual([]);
  });

  it('takes no answer with another token, for another call, or a second time', async () => {
    const { asks, decision } = asked(command);
    expect(asks.answer('c', 'token2', { action: 'allow' })).toBe(false);
    expect(asks.answer('d', 'token1', { action: 'allow' })).toBe(false);
    expect(asks.answer('c', 'token1', { action: 'deny', reason: 'not now', stop: true })).toBe(true);
    expect(asks.answer('c', 'token1', { action: 'allow' })).toBe(false);
    expect(await decision).toEqual({ action: 'deny', by: person, reason: 'not now', stop: true });
  });

  it('is brought up to date before an answer counts, and may end by that', async () => {
    const { asks, decision } = asked(edits);
    const stop = asks.onAnswer(({ approval, token }) =>
      asks.rebase(approval.call, token, changes, [
        { hunk: 'c:1.1', verdict: 'edited' },
        { hunk: 'c:1.2', verdict: 'edited' },
        { hunk: 'c:2.1', verdict: 'edited' },
      ]),
    );
    expect(asks.answer('c', 'token1', { action: 'accept_rest' })).toBe(false);
    stop();
    expect((await decision).action).toBe('deny');
  });

  it('remembers exactly the line that was asked about', async () => {
    const { asks, decision } = asked(command);
    asks.answer('c', 'token1', { action: 'allow', remember: 'session' });
    expect(await decision).toEqual({
      action: 'allow',
      by: person,
      remember: { action: 'allow', tool: 'shell', match: { kind: 'exact', value: 'npm test' }, source: 'session' },
    });
  });

  it('remembers where the person says, and only a rule that the question offered', async () => {
    const always = [
      { rule: 'shell(exact: npm test)', also: [] },
      { rule: 'shell(prefix: npm test)', also: [] },
    ];
    const offered = { ...command, always };
    const first = asked(offered);
    const rule = 'shell(prefix: npm test)';
    first.asks.answer('c', 'token1', { action: 'allow', remember: 'everywhere', rule });
    expect(await first.decision).toEqual({
      action: 'allow',
      by: person,
      remember: { action: 'allow', tool: 'shell', match: { kind: 'prefix', value: 'npm test' }, source: 'session' },
      keep: 'everywhere',
    });
    const second = asked(offered);
    second.asks.answer('c', 'token1', { action: 'allow', remember: 'everywhere', rule: 'shell(prefix: npm)' });
    expect(await second.decision).toEqual({ action: 'allow', by: person });
  });

  it('ends when the turn is stopped', async () => {
    const { asks, stop, decision } = asked(command);
    stop.abort(new Error('stopped'));
    await expect(decision).rejects.toThrow('stopped');
    expect(asks.waiting).toEqual([]);
  });

  it('tells of coming, words and going', () => {
    const counts: number[] = [];
    const asks = new Asks(() => 'token');
    asks.onChange(() => counts.push(asks.waiting[0] ? openHunksOf(asks.waiting[0]).length : -1));
    void asks.ask(
      { session: 's', call: 'c', tool: 't', question: edits, resolved: [] },
      noNews,
      new AbortController().signal,
    );
    asks.decideHunk('c', 'token', { hunk: 'c:1.1', verdict: 'accepted' });
    asks.answer('c', 'token', { action: 'accept_rest' });
    expect(counts).toEqual([3, 2, -1]);
  });
});

describe('a question about edits', () => {
  it('ends with the word on its last hunk: exactly what was accepted, and why not the others', async () => {
    const { asks, said, decision } = asked(edits);
    asks.decideHunk('c', 'token1', { hunk: 'c:1.1', verdict: 'accepted' });
    asks.decideHunk('c', 'token1', { hunk: 'c:1.2', verdict: 'rejected' });
    asks.decideHunk('c', 'token1', { hunk: 'c:2.1', verdict: 'asked', reason: 'shorter' });
    expect(await decision).toEqual({
      action: 'allow',
      by: person,
      accepted: [{ path: 'a', beforeHash: 'h', hunks: [hunk('c:1.1')] }],
      hunks: [
        { hunk: 'c:1.2', verdict: 'rejected' },
        { hunk: 'c:2.1', verdict: 'asked', reason: 'shorter' },
      ],
    });
    expect(said.map(({ hunk: id, verdict }) => `${id} ${verdict}`)).toEqual([
      'c:1.1 accepted',
      'c:1.2 rejected',
      'c:2.1 asked',
    ]);
  });

  it('allows all of it in few words', async () => {
    const { asks, said, decision } = asked(edits);
    asks.answer('c', 'token1', { action: 'accept_rest' });
    expect(await decision).toEqual({ action: 'allow', by: person });
    expect(said).toHaveLength(3);
  });

  it('is denied when nothing is accepted, with a common reason said once', async () => {
    const { asks, decision } = asked(edits);
    asks.answer('c', 'token1', { action: 'deny', reason: 'wrong file' });
    expect(await decision).toEqual({
      action: 'deny',
      by: person,
      reason: 'wrong file',
      hunks: ['c:1.1', 'c:1.2', 'c:2.1'].map((id) => ({ hunk: id, verdict: 'rejected' })),
    });
  });

  it('keeps the reasons with the hunks when they differ', async () => {
    const { asks, decision } = asked(edits);
    asks.decideHunk('c', 'token1', { hunk: 'c:1.1', verdict: 'asked', reason: 'say why' });
    asks.answer('c', 'token1', { action: 'reject_rest' });
    expect(await decision).toMatchObject({
      action: 'deny',
      reason: '',
      hunks: [{ verdict: 'asked', reason: 'say why' }, { verdict: 'rejected' }, { verdict: 'rejected' }],
    });
  });

  it('takes a word back', async () => {
    const { asks, said, decision } = asked(edits);
    asks.decideHunk('c', 'token1', { hunk: 'c:1.1', verdict: 'rejected' });
    asks.decideHunk('c', 'token1', { hunk: 'c:1.1', verdict: 'proposed' });
    expect(openHunksOf(asks.waiting[0]!)).toEqual(['c:1.1', 'c:1.2', 'c:2.1']);
    asks.answer('c', 'token1', { action: 'allow' });
    expect(await decision).toEqual({ action: 'allow', by: person });
    expect(said.slice(0, 2).map(({ verdict }) => verdict)).toEqual(['rejected', 'proposed']);
  });

  it('goes on with the words that were said before a restart', async () => {
    const { asks, decision } = asked(edits, [{ hunk: 'c:1.1', verdict: 'accepted' }]);
    asks.answer('c', 'token1', { action: 'reject_rest' });
    expect(await decision).toMatchObject({ action: 'allow', accepted: [{ path: 'a', hunks: [{ id: 'c:1.1' }] }] });
  });

  it('knows only its own hunks', () => {
    const { asks } = asked(edits);
    expect(asks.decideHunk('c', 'token1', { hunk: 'c:9.9', verdict: 'accepted' })).toBe(false);
  });
});

describe('a question about a plan', () => {
  const proposed = { items: [{ text: 'look', state: 'todo' }], doneWhen: [] } as const;
  const changed = { items: [{ text: 'look twice', state: 'todo' }], doneWhen: ['seen'] } as const;

  it('is allowed with the plan as the person changed it', async () => {
    const { asks, decision } = asked({ kind: 'plan', plan: proposed, why: '' });
    asks.answer('c', 'token1', { action: 'allow', mode: 'edit', plan: changed, note: 'Go.' });
    expect(await decision).toEqual({ action: 'allow', by: person, mode: 'edit', plan: changed, note: 'Go.' });
  });

  it('is the only one that a plan is an answer to', async () => {
    const { asks, decision } = asked({ kind: 'command', line: 'x', cwd: '.', timeoutMs: 1, why: '' });
    asks.answer('c', 'token1', { action: 'allow', plan: changed });
    expect(await decision).toEqual({ action: 'allow', by: person });
  });
});

describe('before a folder is trusted', () => {
  const untrusted = (asks: Asks) => askIfTrusted(asks, () => false);
  const approval = (question: Question) => ({ session: 's', call: 'c', tool: 't', question, resolved: [] });
  const { signal } = new AbortController();

  it('nothing but reading is asked about', async () => {
    const asks = new Asks(() => 'token');
    for (const question of [edits, command, { kind: 'plan', plan: { items: [], doneWhen: [] }, why: '' } as const]) {
      expect((await untrusted(asks).ask(approval(question), noNews, signal)).action).toBe('deny');
    }
    expect(asks.waiting).toEqual([]);
  });

  it('reading outside the folder is', async () => {
    const asks = new Asks(() => 'token');
    const question: Question = {
      kind: 'access',
      tool: 'read_file',
      resources: [{ effect: 'read', target: '/x' }],
      why: '',
    };
    const decision = untrusted(asks).ask(approval(question), noNews, signal);
    asks.answer('c', 'token', { action: 'allow' });
    expect((await decision).action).toBe('allow');
  });
});

it('what is dangerous is never remembered, whatever the answer says', async () => {
  const { asks, decision } = asked({ ...command, line: 'rm -rf dist', tier: 'dangerous', part: 'rm -rf dist' });
  const [waiting] = asks.waiting;
  asks.answer(waiting?.approval.call ?? '', waiting?.token ?? '', { action: 'allow', remember: 'session' });
  expect(await decision).toEqual({ action: 'allow', by: { kind: 'user' } });
});
