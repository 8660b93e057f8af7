// A proposal whose file changes while a person looks at it.
import { expect, test } from 'vitest';
import { rebaseChange } from '../../src/review/rebase.ts';
import { lineEdits } from '../../src/workspace/diff.ts';
import { hunkAt } from './tokens.ts';

const base = ['a', 'b', 'c', 'd', 'e'];
const change = {
  path: 'a.ts',
  beforeHash: 'old',
  hunks: [hunkAt('1:1.1', base, 1, 2, ['B']), hunkAt('1:1.2', base, 4, 4, ['new'])],
};

test('changes move with their lines, and show those that stand around them now', () => {
  expect(rebaseChange(change, base, ['mine', ...base], 'new', lineEdits, 1)).toEqual({
    change: {
      path: 'a.ts',
      beforeHash: 'new',
      hunks: [
        { id: '1:1.1', startLine: 3, removed: ['b'], added: ['B'], before: ['a'], after: ['c'] },
        { id: '1:1.2', startLine: 6, removed: [], added: ['new'], before: ['d'], after: ['e'] },
      ],
    },
    edited: new Set(),
  });
});

test('a change whose lines were written into stays known, with what stands there, and is never to be written', () => {
  expect(rebaseChange(change, base, ['a', 'b!', 'b!!', 'c', 'd', 'e'], 'new', lineEdits, 1)).toEqual({
    change: {
      path: 'a.ts',
      beforeHash: 'new',
      hunks: [
        { id: '1:1.1', startLine: 2, removed: ['b!', 'b!!'], added: ['B'], before: ['a'], after: ['c'] },
        { id: '1:1.2', startLine: 6, removed: [], added: ['new'], before: ['d'], after: ['e'] },
      ],
    },
    edited: new Set(['1:1.1']),
  });
});

test('of a file that is gone, or that somebody made meanwhile, nothing is written', () => {
  const gone = rebaseChange(change, base, [], null, lineEdits, 1);
  expect([gone.change.beforeHash, gone.edited]).toEqual([null, new Set(['1:1.1', '1:1.2'])]);

  const created = { path: 'b.ts', beforeHash: null, hunks: [hunkAt('1:1.1', [], 0, 0, ['x', ''])] };
  const made = rebaseChange(created, [], ['theirs'], 'new', lineEdits, 1);
  expect([made.change.hunks[0]?.removed, made.edited]).toEqual([['theirs'], new Set(['1:1.1'])]);
});

test('a move has no lines and stays what it is, whatever is typed', () => {
  const moved = {
    path: 'a.ts',
    beforeHash: 'old',
    hunks: [hunkAt('1:1.1', base, 0, 0, [])],
    fate: { kind: 'moved', to: 'b.ts' },
  } as const;
  const { change: after, edited } = rebaseChange(moved, base, ['x', 'y'], 'new', lineEdits, 0);
  expect([after, edited]).toEqual([{ ...moved, beforeHash: 'new' }, new Set()]);
});

test('other line ends are no change', () => {
  const { change: after, edited } = rebaseChange(change, base, ['a\r', 'b\r', 'c\r', 'd\r', 'e'], 'new', lineEdits, 0);
  expect([after.hunks.map(({ removed, added }) => [removed, added]), edited]).toEqual([
    [
      [['b\r'], ['B\r']],
      [[], ['new\r']],
    ],
    new Set(),
  ]);
});
