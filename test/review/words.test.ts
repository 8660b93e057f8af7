import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChangeSet, HunkResolution, HunkVerdict } from '../../src/core/change.ts';
import { decisionOf, openHunks, withWord, wordsOf } from '../../src/review/words.ts';
import { hunk } from '../support/fakeAgent.ts';

const changes: ChangeSet = [
  { path: 'a.ts', beforeHash: 'a', hunks: [hunk('c:1.1'), hunk('c:1.2')] },
  { path: 'b.ts', beforeHash: null, hunks: [hunk('c:2.1')] },
];
const by = { kind: 'user' } as const;
const say = (hunk: string, verdict: HunkVerdict, reason?: string): HunkResolution =>
  reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };

test('while a change has no word nothing is decided', () => {
  const words = wordsOf([say('c:1.1', 'accepted'), say('c:1.2', 'rejected')]);
  expect(openHunks(changes, words)).toEqual(['c:2.1']);
  expect(decisionOf(changes, words)).toBe(null);
});

test('all accepted is a plain yes', () => {
  const words = wordsOf(['c:1.1', 'c:1.2', 'c:2.1'].map((id) => say(id, 'accepted')));
  expect(decisionOf(changes, words)).toEqual({ action: 'allow', by });
});

test('some accepted is a yes to exactly those, with the words on the others', () => {
  const others = [say('c:1.2', 'rejected', 'no'), say('c:2.1', 'asked', 'smaller')];
  expect(decisionOf(changes, wordsOf([say('c:1.1', 'accepted'), ...others]))).toEqual({
    action: 'allow',
    by,
    accepted: [{ path: 'a.ts', beforeHash: 'a', hunks: [hunk('c:1.1')] }],
    hunks: others,
  });
});

test('none accepted is a no; one reason for all is said once', () => {
  const all = (reason: string) => wordsOf(['c:1.1', 'c:1.2', 'c:2.1'].map((id) => say(id, 'rejected', reason)));
  expect(decisionOf(changes, all('not here'))).toEqual({
    action: 'deny',
    by,
    reason: 'not here',
    hunks: ['c:1.1', 'c:1.2', 'c:2.1'].map((id) => say(id, 'rejected')),
  });
  const mixed = withWord(all('not here'), say('c:2.1', 'asked', 'a test instead'));
  expect(decisionOf(changes, mixed)).toMatchObject({ action: 'deny', reason: '', hunks: [...mixed.values()] });
});

test('the last word counts, and a word taken back leaves the change open', () => {
  const verdict = fc.constantFrom<HunkVerdict>('accepted', 'rejected', 'asked', 'proposed');
  const said = fc.array(fc.tuple(fc.constantFrom('c:1.1', 'c:1.2', 'c:2.1'), verdict));
  fc.assert(
    fc.property(said, (pairs) => {
      const words = wordsOf(pairs.map(([id, word]) => say(id, word)));
      const last = new Map(pairs);
      for (const id of ['c:1.1', 'c:1.2', 'c:2.1'] as const) {
        const word = last.get(id);
        expect(words.get(id)?.verdict).toBe(word === 'proposed' ? undefined : word);
      }
      expect(decisionOf(changes, words) === null).toBe(openHunks(changes, words).length > 0);
    }),
  );
});
