import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/event.ts';
import { statusText, type StatusInput } from '../../src/editor/statusText.ts';
import { emptySession, type Session } from '../../src/session/fold.ts';

const idle: StatusInput = {
  nowMs: 0,
  provider: 'anthropic',
  session: null,
  running: false,
  cutAtStep: null,
  othersRunning: 0,
  asks: null,
  retryAtMs: null,
  serverGone: false,
  keyRefused: false,
  noSandbox: null,
  openChanges: { own: 0, all: 0 },
};
const command: Question = { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1, why: '' };
const edits: Question = { kind: 'edits', changes: [], why: '' };
const turn = { startedAtMs: 1000, waitedMs: 50_000, awayMs: 10_000, step: 14 } as NonNullable<Session['turn']>;
const done: Session = { ...emptySession, outcome: { kind: 'done', verified: false, summary: '', evidence: [] } };

describe('the status bar', () => {
  const cases: readonly (readonly [says: string, input: Partial<StatusInput>])[] = [
    ['$(tools) Journeyman', {}],
    ['$(tools) Journeyman practice', { provider: 'practice' }],
    ['$(tools) Journeyman, no sandbox', { noSandbox: 'bubblewrap is not installed' }],
    ['$(loading~spin) Step 14, 2 m 08 s', { session: { ...emptySession, turn }, running: true, nowMs: 189_000 }],
    ['$(loading~spin) Step 1, 0 s, 2 more working', { session: emptySession, running: true, othersRunning: 2 }],
    [
      '$(bell-dot) Journeyman asks: run a command',
      { asks: { question: command, openHunks: 0, more: 0 }, running: true },
    ],
    ['$(bell-dot) Journeyman asks: run a command, 2 more wait', { asks: { question: command, openHunks: 0, more: 2 } }],
    ['$(diff-multiple) 5 changes to review', { asks: { question: edits, openHunks: 5, more: 0 } }],
    ['$(diff-multiple) 9 changes to review', { openChanges: { own: 0, all: 9 } }],
    ['$(circle-large-outline) Done, not verified', { session: done, openChanges: { own: 0, all: 9 } }],
    ['$(diff-multiple) 4 changes to review', { session: done, openChanges: { own: 4, all: 9 } }],
    [
      '$(loading~spin) Step 14, 2 m 08 s',
      { session: { ...emptySession, turn }, running: true, nowMs: 189_000, openChanges: { own: 4, all: 9 } },
    ],
    ['$(clock) Waiting 38 s for the server', { running: true, nowMs: 2000, retryAtMs: 39_500 }],
    ['$(debug-disconnect) Journeyman: no connection, waits', { running: true, serverGone: true }],
    ['$(error) Journeyman: key not accepted', { keyRefused: true, session: done }],
    ['$(circle-large-outline) Done, not verified', { session: done }],
    ['$(debug-pause) Pausing after step 14', { session: { ...emptySession, turn, paused: true }, running: true }],
    ['$(debug-pause) Paused at step 14', { session: { ...emptySession, turn, paused: true } }],
    ['$(debug-disconnect) Stopped at step 23, waiting for you', { session: { ...emptySession, turn }, cutAtStep: 23 }],
  ];
  for (const [says, input] of cases) {
    it(`says: ${says}`, () => {
      expect(statusText({ ...idle, ...input }).text.replaceAll('\u00a0', ' ')).toBe(says);
    });
  }

  it('leads to the cause, and has a colour only where the run is blocked', () => {
    const where = (input: Partial<StatusInput>) => {
      const { command: to, tone } = statusText({ ...idle, ...input });
      return [to, tone];
    };
    expect(where({ asks: { question: command, openHunks: 0, more: 0 } })).toEqual(['journeyman.answer', 'warning']);
    expect(where({ asks: { question: edits, openHunks: 1, more: 0 } })).toEqual(['journeyman.goToAsk', 'warning']);
    expect(where({ keyRefused: true })).toEqual(['journeyman.setApiKey', 'error']);
    expect(where({ cutAtStep: 3 })).toEqual(['journeyman.goToAsk', 'warning']);
    expect(where({ running: true })).toEqual(['journeyman.openPanel', 'plain']);
  });
});
