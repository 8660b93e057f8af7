import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../src/core/ports.ts';
import { rowOf, type RowSources } from '../../src/editor/sessionRows.ts';
import { emptySession, type Session } from '../../src/session/fold.ts';

const summary: SessionSummary = {
  id: 's',
  title: 'Fix it',
  folders: ['/w'],
  updatedAtMs: 1000,
  sizeBytes: 10,
  open: false,
  closed: false,
  outcome: 'done',
  costUsd: 0.034,
  damage: null,
  openChanges: 0,
};
const none: RowSources = { held: [], waiting: [], cut: () => null };
const turn = { step: 14 } as NonNullable<Session['turn']>;
const held = (running: boolean, paused = false): RowSources => ({
  ...none,
  held: [{ id: 's', running, state: { ...emptySession, turn, paused } }],
});
const question = { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1, why: '' } as const;
const approval = { session: 's', call: 'c', tool: 'run_command', question, resolved: [] };
const report = { step: 23, atMs: 0, known: [], unknown: [], onlyWaits: false };

describe('a row of the list of sessions', () => {
  const cases: readonly (readonly [string, string, Partial<SessionSummary>, RowSources?])[] = [
    ['idle', 'Done · $0.03', {}],
    ['idle', 'Done, not verified', { outcome: 'unverified', costUsd: null }],
    ['idle', 'Stopped before the end · $0.03', { outcome: 'partial' }],
    ['idle', 'Failed', { outcome: 'failed', costUsd: 0 }],
    ['closed', 'Stopped by you · $0.03', { outcome: 'cancelled', closed: true }],
    ['idle', 'Not started', { outcome: null }],
    ['cut', 'Cut off, or at work in another window', { open: true, outcome: null }],
    ['damaged', 'Line 7 cannot be read.', { damage: 'Line 7 cannot be read.' }],
    ['working', 'Step 14', { open: true }, held(true)],
    ['paused', 'Paused at step 14', { open: true }, held(false, true)],
    ['cut', 'Stopped at step 23, waiting for you', { open: true }, { ...held(false), cut: () => report }],
    [
      'waiting',
      'Asks to run npm test',
      { open: true },
      { ...held(true), waiting: [{ approval, token: 't', words: new Map() }] },
    ],
  ];
  for (const [state, line, given, sources = none] of cases) {
    it(`says: ${line}`, () => {
      expect(rowOf({ ...summary, ...given }, sources)).toEqual({
        id: 's',
        title: 'Fix it',
        updatedAtMs: 1000,
        state,
        line,
      });
    });
  }
});
