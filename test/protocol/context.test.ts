import { describe, expect, it } from 'vitest';
import { converse, messagesOf, noConversation } from '../../src/context/conversation.ts';
import { pieceAt, seenNow, type Seen, type SeenEntry } from '../../src/protocol/contextNow.ts';
import { indexWords, whyWords } from '../../src/protocol/contextWords.ts';
import { reduce, reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView } from '../../src/protocol/view.ts';
import * as fixture from '../support/fixtureEvents.ts';

const frame = { systemTokens: 1400, toolTokens: 2600 };
const upload = 'src/export/resumableUpload.ts';

function seen(recorder: fixture.Recorder): Seen {
  return seenNow(reduceAll(emptyView, recorder.events).sees, frame);
}

/** What a test compares: cause, name, tokens, and what is said of it. */
function brief({ causes }: Seen): readonly string[] {
  const said = ({ label, tokens, now, wish, turn, step }: SeenEntry): string =>
    [label || '-', tokens, `${turn}.${step}`, now, wish].filter((part) => part !== null).join(' ');
  return causes.flatMap(({ cause, tokens, entries }) => [
    `${cause} ${tokens}`,
    ...entries.map((one) => `  ${said(one)}`),
  ]);
}

describe('what the model sees', () => {
  it('is told by cause, newest code first, each with what became of it', () => {
    expect(brief(seen(fixture.withCode()))).toEqual([
      'code 4450',
      '  ExportQueue.drain 350 1.3',
      '  ResumableUploadCoordinator.start 560 1.1 pinned',
      '  ResumableUploadCoordinator 1800 1.1',
      '  uploadInvoice 400 1.1 changed',
      '  packages/billing-service/src/export/exportState.ts 600 1.1',
      '  keeps its offset 300 1.1',
      '  retryPolicy 440 1.1 dropped',
      'files 9',
      '  src/export/exportQueue.ts 9 1.1',
      'said 47',
      `  ${fixture.task.slice(0, 79).trimEnd()}… 33 1.0`,
      `  ${upload}:41-96 14 1.0`,
      'commands 525',
      '  npm test 525 1.3',
      'results 9',
      '  uploadInvoice( 9 1.2',
      'replies 40',
      '  - 12 1.1',
      '  - 10 1.2',
      '  - 9 1.3',
      '  The offset is kept in memory only. 9 1.4',
      'instructions 1400',
      '  - 1400 0.0',
      'tools 2600',
      '  - 2600 0.0',
    ]);
  });

  it('counts instructions of a subfolder beside the system prompt, which does not hold them', () => {
    const recorder = new fixture.Recorder().say('go').ask();
    recorder.add(
      { kind: 'system', room: 'memory' },
      { type: 'instructions.read', path: 'web/AGENTS.md', text: 'x'.repeat(400) },
    );
    expect(brief(seen(recorder)).slice(2, 5)).toEqual(['instructions 1500', '  web/AGENTS.md 100 1.1', '  - 1400 0.0']);
  });

  it('says what was measured, what came since, and what waits for the next step', () => {
    const { measured, sinceTokens, awaited, dropped, gone } = seen(fixture.withCode().say('Now the test'));
    expect({ ...measured, sinceTokens, awaited, dropped, gone }).toEqual({
      seq: 29,
      turn: 1,
      step: 4,
      usage: { input: 200, cacheWrite: 1200, cacheRead: 14_000, output: 310 },
      costUsd: 0.03,
      sinceTokens: 3,
      awaited: [{ path: 'src/export/exportState.ts', symbol: 'ExportState', as: 'pinned' }],
      dropped: [{ path: 'src/net/retryPolicy.ts', symbol: 'retryPolicy', as: 'dropped' }],
      gone: { entries: 0, tokens: 0 },
    });
  });

  it('loses code, long results and thinking when room is made, and has them again when it goes back to before that', () => {
    const recorder = fixture.withCode();
    const before = brief(seen(recorder));
    for (const line of ['npx tsc', 'npm test']) recorder.command(line, 0, 'ok '.repeat(400));
    const next = recorder.events.find(({ type, seq }) => type === 'model.requested' && seq > 29)?.seq ?? 0;
    recorder.add({ kind: 'user' }, { type: 'context.compacted', kept: 1 });
    const made = seen(recorder);
    expect({ causes: made.causes.map(({ cause, entries }) => [cause, entries.length]), gone: made.gone }).toEqual({
      causes: [
        ['files', 1],
        ['said', 2],
        ['commands', 1],
        ['results', 1],
        ['replies', 6],
        ['instructions', 1],
        ['tools', 1],
      ],
      gone: { entries: 9, tokens: 5275 },
    });
    recorder.add({ kind: 'user' }, { type: 'conversation.rewound', to: next });
    expect(brief(seen(recorder))).toEqual(before);
    expect(seen(recorder).measured).toBe(null);
  });

  it('takes the last word of the person on each piece, on a file for all that is in it', () => {
    const recorder = fixture.withCode().adjust('dropped', upload, null);
    recorder
      .adjust('free', 'src/net/retryPolicy.ts', 'retryPolicy')
      .adjust('dropped', 'src/export/exportQueue.ts', 'ExportQueue.drain');
    recorder.adjust('pinned', 'src/export/exportQueue.ts', 'ExportQueue.drain');
    const code = seen(recorder).causes.find(({ cause }) => cause === 'code')?.entries ?? [];
    expect(code.map(({ label, wish }) => [label, wish])).toEqual([
      ['ExportQueue.drain', 'pinned'],
      ['ResumableUploadCoordinator.start', 'pinned'],
      ['ResumableUploadCoordinator', 'dropped'],
      ['uploadInvoice', null],
      ['packages/billing-service/src/export/exportState.ts', null],
      ['keeps its offset', null],
      ['retryPolicy', null],
    ]);
  });

  it('moves with the text, and is found by its lines', () => {
    const recorder = fixture.withCode();
    const start = { path: upload, symbol: 'ResumableUploadCoordinator.start', startLine: 41, endLine: 96 };
    recorder.pick([], [{ ...start, now: 'moved', by: 10 }]);
    const found = (line: number, path = upload): string | undefined => pieceAt(seen(recorder), path, line)?.label;
    expect([
      found(45),
      found(55),
      found(106),
      found(500),
      found(100, 'src/export/exportQueue.ts'),
      found(1, 'x.ts'),
    ]).toEqual([
      'ResumableUploadCoordinator',
      'ResumableUploadCoordinator.start',
      'ResumableUploadCoordinator.start',
      undefined,
      'src/export/exportQueue.ts',
      undefined,
    ]);
  });

  it('counts what is sent: in words of the log it is nearly as long as the conversation itself, at each step', () => {
    const recorder = fixture.withCode();
    recorder.add({ kind: 'user' }, { type: 'context.compacted', kept: 1 });
    let conversation = noConversation;
    let view = emptyView;
    for (const event of recorder.events) {
      conversation = converse(conversation, event);
      view = reduce(view, event);
      const sent =
        JSON.stringify(messagesOf(conversation).flatMap(({ content }) => content as readonly unknown[])).length / 4;
      // What differs: the mode, tags, ids of calls, line numbers.
      expect(Math.abs(sent - seenNow(view.sees, null).tokens)).toBeLessThan(0.15 * sent + 260);
    }
  });

  it('is folded event by event as all at once', () => {
    const { events } = fixture.withCode();
    expect(events.reduce(reduce, emptyView).sees).toEqual(reduceAll(emptyView, events).sees);
  });
});

describe('words for it', () => {
  it('tell why', () => {
    expect(
      whyWords([
        { kind: 'pinned', of: [] },
        { kind: 'named', of: ['start()'] },
        { kind: 'place', of: ['src/a.ts:12'] },
        { kind: 'words', of: ['upload', 'retry', 'offset', 'part', 'store', 'wait'] },
        { kind: 'path', of: ['export'] },
        { kind: 'history', of: ['Fix retry', 'Resume uploads', 'Third'] },
        { kind: 'together', of: ['src/b.ts'] },
        { kind: 'uses', of: ['Store'] },
        { kind: 'used_by', of: ['main'] },
        { kind: 'near', of: ['src/export/c.ts'] },
      ]).split('; '),
    ).toEqual([
      'you pinned it',
      'the task names start()',
      'a result points at it: src/a.ts:12',
      'matches upload, retry, offset, part and 2\u00a0more',
      'its path matches export',
      'changed by past commits: “Fix retry”, “Resume uploads”',
      'changed together with b.ts',
      'uses Store',
      'used by main',
      'beside c.ts',
    ]);
  });

  it('tell how far the code is read', () => {
    const status = { state: 'indexing', indexed: 1240, files: 5600, definitions: 0, message: null } as const;
    expect([
      indexWords({ ...status, state: 'starting' }),
      indexWords(status),
      indexWords({ ...status, files: 0 }),
      indexWords({ ...status, state: 'cancelled' }),
      indexWords({ ...status, state: 'failed', message: 'the disk is full' }),
      indexWords({ ...status, state: 'ready' }),
    ]).toEqual([
      'Looking for the code of this folder',
      'Reading the code: 1,240 of 5,600\u00a0files',
      'Reading the code',
      'Reading the code was cancelled at 1,240 of 5,600\u00a0files. Code is picked from these.',
      'The code could not be read: the disk is full',
      null,
    ]);
  });
});
