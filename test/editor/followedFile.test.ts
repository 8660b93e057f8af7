import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/core/change.ts';
import { FollowedFile } from '../../src/editor/followedFile.ts';
import { decide, hunksOf, type Lines } from '../../src/review/ledger.ts';
import { trackedFile, type ReviewStep } from '../../src/review/record.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { joinLines, splitLines } from '../../src/workspace/lines.ts';

const old = splitLines('one\ntwo\nthree\nfour\nfive\n');
const fresh = splitLines('one\nTWO\nthree\nfour\nFIVE\n');

function made(before: Lines, after: Lines, call = 'c'): ReviewStep & { readonly kind: 'applied' } {
  const text = joinLines(before);
  const change: FileChange = changeFile('a', { text, hash: hashText(text) }, joinLines(after), call);
  return { kind: 'applied', change, formatted: [], before: null, waits: true, outsidePlan: false };
}

function states({ ledger }: FollowedFile): readonly string[] {
  return hunksOf(ledger).map(({ hunk, state }) => `${hunk} ${state}`);
}

function rejected(file: FollowedFile, ...hunks: readonly string[]): void {
  file.set(decide(file.ledger, new Set(hunks), 'rejected').file);
}

describe('a file that is followed', () => {
  it('has the agent’s changes, whether its text or its log tells of them first', () => {
    const logFirst = new FollowedFile(trackedFile('a', old));
    logFirst.take(made(old, fresh), null);
    logFirst.stands(fresh);
    const textFirst = new FollowedFile(trackedFile('a', old));
    textFirst.stands(fresh);
    textFirst.take(made(old, fresh), null);
    for (const file of [logFirst, textFirst]) expect(states(file)).toEqual(['c:1.1 applied', 'c:1.2 applied']);
  });

  it('opens a change again when its rejection is undone, and closes it when that is redone', () => {
    const file = new FollowedFile(trackedFile('a', old));
    file.take(made(old, fresh), null);
    rejected(file, 'c:1.1');
    const after = file.ledger.lines;
    file.stands(fresh, true);
    expect(states(file)).toEqual(['c:1.1 applied', 'c:1.2 applied']);
    file.stands(after, true);
    expect(states(file)).toEqual(['c:1.1 rejected', 'c:1.2 applied']);
  });

  it('tells what an undo took out of the agent’s work, and nothing once that is redone', () => {
    const file = new FollowedFile(trackedFile('a', old));
    file.take(made(old, fresh), null);
    const next = [...fresh.slice(0, 1), 'TWICE', ...fresh.slice(2)];
    file.take(made(fresh, next, 'd'), null);
    expect(states(file)).toEqual(['d:1.1 applied', 'c:1.2 applied']);
    file.stands(fresh, true);
    expect(states(file)).toEqual(['c:1.1 applied', 'c:1.2 applied']);
    expect(file.news.map(({ hunk, state }) => `${hunk} ${state}`)).toEqual(['d:1.1 rejected']);
    file.stands(next, true);
    expect(states(file)).toEqual(['d:1.1 applied', 'c:1.2 applied']);
    expect(file.news.map(({ hunk, state }) => `${hunk} ${state}`)).toEqual(['c:1.1 superseded']);
  });

  it('keeps what was accepted when typing from before that is undone', () => {
    const file = new FollowedFile(trackedFile('a', old));
    file.take(made(old, fresh), null);
    file.stands(['zero', ...fresh]);
    file.set(decide(file.ledger, new Set(['c:1.1']), 'accepted').file);
    file.stands(fresh, true);
    expect(states(file)).toEqual(['c:1.1 accepted', 'c:1.2 applied']);
  });

  it('always has the text that stands there, whatever is undone and redone', () => {
    const line = fc.constantFrom('a', 'b', 'c', '');
    const text = fc.array(line, { minLength: 1, maxLength: 8 });
    const step = fc.oneof(
      fc.record({ kind: fc.constant('typed' as const), text }),
      fc.record({ kind: fc.constant('agent' as const), text }),
      fc.record({ kind: fc.constant('reject' as const), at: fc.nat(3) }),
      fc.record({ kind: fc.constant('undo' as const), back: fc.nat(4) }),
    );
    fc.assert(
      fc.property(text, fc.array(step, { maxLength: 12 }), (start, steps) => {
        const file = new FollowedFile(trackedFile('a', start));
        const texts: Lines[] = [start];
        for (const [i, one] of steps.entries()) {
          const now = file.ledger.lines;
          let next: Lines = now;
          if (one.kind === 'typed') file.stands((next = one.text));
          if (one.kind === 'agent') file.take(made(now, (next = one.text), `c${String(i)}`), null);
          if (one.kind === 'undo') file.stands((next = texts.at(-1 - one.back) ?? now), true);
          if (one.kind === 'reject') {
            const hunk = hunksOf(file.ledger)[one.at];
            if (hunk) rejected(file, hunk.hunk);
            next = file.ledger.lines;
          }
          expect(file.ledger.lines).toEqual(next);
          texts.push(next);
        }
      }),
    );
  });
});
