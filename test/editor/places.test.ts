import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HunkResolution, HunkVerdict } from '../../src/core/change.ts';
import { isProposed, placeAt, placesOf } from '../../src/editor/places.ts';
import { applyHunks, changeFile } from '../../src/workspace/diff.ts';

const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const after = 'one\nTWO\nand more\nthree\nfour\nfive\nseven\n';
const change = changeFile('f', { text: before, hash: 'h' }, after, 'call');

function words(...said: readonly HunkResolution[]): ReadonlyMap<string, HunkResolution> {
  return new Map(said.map((one) => [one.hunk, one]));
}

describe('the places of a proposal', () => {
  it('are those of the proposed text while nothing is decided', () => {
    expect(
      placesOf(change, words()).map(({ number, total, verdict, old, fresh }) => ({
        number,
        total,
        verdict,
        old,
        fresh,
      })),
    ).toEqual([
      { number: 1, total: 2, verdict: 'proposed', old: { line: 1, count: 1 }, fresh: { line: 1, count: 2 } },
      { number: 2, total: 2, verdict: 'proposed', old: { line: 5, count: 1 }, fresh: { line: 6, count: 0 } },
    ]);
  });

  it('move up when an earlier change is rejected', () => {
    const places = placesOf(change, words({ hunk: 'call:1.1', verdict: 'rejected', reason: 'no' }));
    expect(places.map(({ verdict, reason, fresh }) => ({ verdict, reason, fresh }))).toEqual([
      { verdict: 'rejected', reason: 'no', fresh: { line: 1, count: 1 } },
      { verdict: 'proposed', reason: '', fresh: { line: 5, count: 0 } },
    ]);
  });

  it('are found by the line of the cursor, on either side', () => {
    const places = placesOf(change, words());
    const at = (side: 'old' | 'fresh', line: number) => placeAt(places, side, line)?.number ?? null;
    expect([0, 1, 2, 3, 6, 7].map((line) => at('fresh', line))).toEqual([null, 1, 1, null, 2, null]);
    expect([0, 1, 2, 5, 6].map((line) => at('old', line))).toEqual([null, 1, null, 2, null]);
  });

  it('hold exactly the lines that the proposed text has there', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 10 });
    const verdict = fc.constantFrom<HunkVerdict>('accepted', 'rejected', 'asked', 'proposed');
    fc.assert(
      fc.property(lines, lines, fc.infiniteStream(verdict), (old, fresh, verdicts) => {
        const any = changeFile('f', { text: old.join('\n'), hash: 'h' }, fresh.join('\n'), 'call');
        const said = words(...any.hunks.map(({ id }) => ({ hunk: id, verdict: verdicts.next().value as HunkVerdict })));
        const places = placesOf(any, said);
        const taken = any.hunks.filter((_, i) => isProposed(places[i]!.verdict));
        const text = applyHunks(old.join('\n'), taken).split('\n');
        for (const { hunk, verdict: one, fresh: at } of places) {
          expect(text.slice(at.line, at.line + at.count)).toEqual(isProposed(one) ? hunk.added : hunk.removed);
        }
      }),
    );
  });
});
