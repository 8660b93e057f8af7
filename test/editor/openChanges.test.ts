// Where open changes stand, and which comes next.
import { describe, expect, it } from 'vitest';
import type { ChangedFile, ChangedHunk } from '../../src/editor/changed.ts';
import { at, inBaseline, nextStop, openHunks } from '../../src/editor/surfaces/openChanges.ts';

const hunk = (id: string, line: number, count: number, removed: number, state: ChangedHunk['state'] = 'applied') => ({
  id,
  state,
  line,
  count,
  removed: Array.from({ length: removed }, () => 'old'),
  reason: null,
  number: 1,
  total: 1,
});
const file = (...hunks: ChangedHunk[]) => ({ hunks }) as unknown as ChangedFile;

describe('open changes', () => {
  it('count once each, at their first piece', () => {
    const parted = file(hunk('a', 1, 1, 1), hunk('a', 4, 2, 0), hunk('b', 9, 0, 3), hunk('c', 12, 1, 1, 'accepted'));
    expect(openHunks(parted).map(({ id, line }) => [id, line])).toEqual([
      ['a', 1],
      ['b', 9],
    ]);
  });

  it('stand in the baseline where the open ones before them do not count', () => {
    const changed = file(hunk('a', 1, 3, 1), hunk('mine', 6, 2, 0, 'edited'), hunk('b', 9, 0, 3), hunk('c', 12, 1, 2));
    expect(inBaseline(changed).map(({ hunk: { id }, line, count }) => [id, line, count])).toEqual([
      ['a', 1, 1],
      ['b', 7, 3],
      ['c', 13, 2],
    ]);
  });

  it('hold their lines; one without lines holds the line it stands before, unless that is another one’s', () => {
    const gap = { line: 5, count: 0 };
    const next = { line: 5, count: 2 };
    expect(at([gap], 5)).toBe(gap);
    expect(at([gap], 4)).toBeNull();
    expect(at([gap, next], 5)).toBe(next);
    expect(at([gap, next], 7)).toBeNull();
  });
});

describe('the next stop', () => {
  const stops = [
    { file: 0, line: 2, count: 1 },
    { file: 0, line: 8, count: 3 },
    { file: 2, line: 0, count: 0 },
  ];
  const from = (file: number, line: number, direction: 1 | -1) =>
    stops.indexOf(nextStop(stops, { file, line }, direction)!);

  it('goes through a file, on into the next one, and around', () => {
    expect([from(0, 0, 1), from(0, 2, 1), from(0, 8, 1), from(1, 50, 1), from(2, 0, 1)]).toEqual([0, 1, 2, 2, 0]);
  });

  it('goes back to a change that the cursor is behind, not to the one it is in', () => {
    expect([from(0, 20, -1), from(0, 10, -1), from(0, 2, -1), from(1, 0, -1), from(2, 0, -1)]).toEqual([1, 0, 2, 1, 1]);
  });

  it('begins at the first or the last one where the cursor is in none of the files', () => {
    expect(nextStop(stops, null, 1)).toBe(stops[0]);
    expect(nextStop(stops, null, -1)).toBe(stops[2]);
    expect(nextStop([], null, 1)).toBeNull();
  });
});
