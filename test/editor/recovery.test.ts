import { describe, expect, it } from 'vitest';
import type { CutReport } from '../../src/core/recovery.ts';
import { goesOnByItself, type Taken } from '../../src/editor/recovery.ts';
import { emptySession, type Session } from '../../src/session/fold.ts';

const report: CutReport = { step: 3, atMs: 0, known: [], unknown: [], onlyWaits: false };
const waits: CutReport = { ...report, onlyWaits: true };
const paused: Session = { ...emptySession, paused: true };
const queued: Session = {
  ...emptySession,
  queue: [{ message: 'm', text: 'next', attachments: [], steer: false }],
  outcome: { kind: 'done', verified: true, summary: '', evidence: [] },
};
const failed: Session = { ...queued, outcome: { kind: 'cancelled' } };

describe('a session that this window takes', () => {
  const usual: Taken = { state: emptySession, report: null, back: true, continueAfterRestart: false };
  const cases: readonly (readonly [does: string, goesOn: boolean, taken: Partial<Taken>])[] = [
    ['waits for the person when its turn was cut', false, { report }],
    ['goes on when its turn was cut and the setting says so', true, { report, continueAfterRestart: true }],
    ['is only looked at when the person opened it', false, { report, continueAfterRestart: true, back: false }],
    ['asks again at once when it only waited for an answer', true, { report: waits }],
    ['asks again when the person opens it, too', true, { report: waits, back: false }],
    ['stays paused', false, { state: paused, report: waits, continueAfterRestart: true }],
    ['goes on with its queue when it was cut between two turns', true, { state: queued, continueAfterRestart: true }],
    ['leaves its queue alone after a turn that did not end well', false, { state: failed, continueAfterRestart: true }],
    ['leaves its queue alone without the setting', false, { state: queued }],
    ['rests when nothing was cut', false, { continueAfterRestart: true }],
  ];
  for (const [does, goesOn, taken] of cases) {
    it(does, () => {
      expect(goesOnByItself({ ...usual, ...taken })).toBe(goesOn);
    });
  }
});
