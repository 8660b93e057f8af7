import { describe, expect, it } from 'vitest';
import {
  bytes,
  cost,
  count,
  cutRequestWords,
  cutTitle,
  duration,
  elapsed,
  exact,
  outcomeTitle,
  percent,
  phaseWords,
  questionTitle,
  spent,
  tokens,
} from '../../src/protocol/words.ts';
import * as fixture from '../support/fixtureEvents.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('units', () => {
  it.each([
    [0, '0 ms'],
    [99, '99 ms'],
    [210, '0.2 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [59_499, '59 s'],
    [59_600, '1 m'],
    [128_000, '2 m 08 s'],
    [3_600_000, '1 h 00 m'],
    [3_840_000, '1 h 04 m'],
    [-5, '0 ms'],
  ])('%i ms is %s', (ms, words) => {
    expect(plain(duration(ms))).toBe(words);
  });

  it('are never parted from their number', () => {
    expect([duration(128_000), tokens(1234), bytes(18_000), percent(38, 100), count(2, 'file')].join('')).not.toContain(
      ' ',
    );
  });

  it('count tokens, bytes, dollars and things', () => {
    expect([tokens(980), tokens(1234), tokens(99_960), tokens(1_290_000), exact(76_412)].map(plain)).toEqual([
      '980 tokens',
      '1.2k tokens',
      '100k tokens',
      '1.3M tokens',
      '76,412',
    ]);
    expect([bytes(999), bytes(18_400), bytes(31_000_000)].map(plain)).toEqual(['999 B', '18 kB', '31.0 MB']);
    expect([cost(0), cost(0.004), cost(0.42)]).toEqual(['$0.00', 'under $0.01', '$0.42']);
    expect([count(1, 'match', 'matches'), count(2, 'match', 'matches')].map(plain)).toEqual(['1 match', '2 matches']);
  });

  it('of a clock are whole seconds', () => {
    expect([elapsed(900), elapsed(9999), elapsed(41_000)].map(plain)).toEqual(['0 s', '9 s', '41 s']);
  });
});

describe('a sum', () => {
  it('is never said as less than it may be', () => {
    expect([spent(0.42, 0), spent(0.42, 1)]).toEqual(['$0.42', '$0.42 or more']);
    expect([cutRequestWords(0), cutRequestWords(1), cutRequestWords(3)]).toEqual([
      '',
      'One request was cut off before its answer came. It may have been paid for, and is not in this sum.',
      '3 requests were cut off before their answers came. They may have been paid for, and are not in this sum.',
    ]);
  });
});

describe('titles', () => {
  it('say what a session does while nobody asks', () => {
    expect((['pausing', 'paused', 'interrupted'] as const).map((kind) => phaseWords({ kind }))).toEqual([
      'Pausing after this step',
      'Paused by you',
      'Stopped, waiting for you',
    ]);
    expect([cutTitle(fixture.cutReport), cutTitle({ ...fixture.cutReport, step: 0 })]).toEqual([
      'The editor closed in the middle of step 14',
      'The editor closed before the first step',
    ]);
  });

  it('say what an outcome is, and no more', () => {
    const evidence = [] as const;
    expect([
      outcomeTitle({ kind: 'done', verified: true, summary: '', evidence }),
      outcomeTitle({ kind: 'done', verified: false, summary: '', evidence }),
      outcomeTitle({ kind: 'partial', summary: '', done: ['a'], left: ['b'], why: 'stalled', message: '', evidence }),
      outcomeTitle({ kind: 'partial', summary: '', done: [], left: [], why: 'stalled', message: '', evidence }),
      outcomeTitle({ kind: 'failed', code: 'bug', message: '' }),
      outcomeTitle({ kind: 'cancelled' }),
    ]).toEqual([
      'Done',
      'Done, not verified',
      'Stopped: 1 of 2 done',
      'Stopped before the end',
      'Failed',
      'Stopped by you',
    ]);
  });

  it('count what is open to review', () => {
    expect(plain(questionTitle({ kind: 'edits', changes: [], why: '' }, { hunks: 3, files: 2 }))).toBe(
      'Review 3 changes in 2 files',
    );
  });
});
