import { expect, test } from 'vitest';
import { countLines, pickHunks, type ChangeSet, type Hunk } from '../../src/core/change.ts';

const hunk = (id: string, removed: readonly string[], added: readonly string[]): Hunk => ({
  id,
  startLine: 1,
  removed,
  added,
  before: [],
  after: [],
});
const changes: ChangeSet = [
  { path: 'a', beforeHash: 'h', hunks: [hunk('1', ['x'], ['y', 'z']), hunk('2', [], ['new', ''])] },
  { path: 'b', beforeHash: null, hunks: [hunk('3', [], ['one', 'two', ''])] },
];

test('counts lines as a reader does: the piece after a final newline is none', () => {
  expect(countLines(changes)).toEqual({ added: 5, removed: 1 });
  const inTheMiddle: Hunk = { ...hunk('4', [], ['def a():', '    pass', '']), after: ['def b():'] };
  expect(countLines([{ path: 'c', beforeHash: 'h', hunks: [inTheMiddle] }])).toEqual({ added: 3, removed: 0 });
});

test('picks hunks by id and drops files without any', () => {
  expect(pickHunks(changes, new Set(['2']))).toEqual([
    { path: 'a', beforeHash: 'h', hunks: [hunk('2', [], ['new', ''])] },
  ]);
});
