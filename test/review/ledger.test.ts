// What becomes of the agent's changes when somebody else writes, one rule at a time.
import { describe, expect, test } from 'vitest';
import type { Hunk } from '../../src/core/change.ts';
import {
  applyChange,
  ask,
  baseline,
  decide,
  editText,
  hunksOf,
  ledgerOf,
  observe,
  reopen,
  type FileLedger,
  type LineEdit,
} from '../../src/review/ledger.ts';
import { lineEdits } from '../../src/workspace/diff.ts';

function change(id: string, startLine: number, removed: readonly string[], added: readonly string[]): Hunk {
  return { id, startLine, removed, added, before: [], after: [] };
}

function edit(start: number, end: number, ...lines: readonly string[]): LineEdit {
  return { start, end, lines };
}

/** The text, then each change with what stands there. */
function brief(file: FileLedger): readonly string[] {
  const changes = hunksOf(file).map(({ hunk, state, regions }) => {
    const own = regions.map(({ start, count }) => file.lines.slice(start, start + count).join(' '));
    return `${hunk} ${state}: ${own.join(' / ')}`;
  });
  return [file.lines.join(' '), ...changes];
}

const before = ledgerOf(['a', 'b', 'c', 'd']);
/** `b` gives way to `B1 B2`. */
const file = applyChange(before, [change('1', 2, ['b'], ['B1', 'B2'])]);
/** `b` and `c` are gone. */
const without = applyChange(before, [change('1', 2, ['b', 'c'], [])]);

describe('typing', () => {
  test.each<[string, FileLedger, readonly LineEdit[], readonly string[]]>([
    ['in front of it', file, [edit(1, 1, 'x')], ['a x B1 B2 c d', '1 applied: B1 B2']],
    ['behind it', file, [edit(3, 3, 'x')], ['a B1 B2 x c d', '1 applied: B1 B2']],
    ['into it', file, [edit(1, 2, 'B1 x')], ['a B1 x B2 c d', '1 edited: B1 x B2']],
    ['into it, and back', file, [edit(1, 2, 'x'), edit(1, 2, 'B1')], ['a B1 B2 c d', '1 applied: B1 B2']],
    ['between its lines', file, [edit(2, 2, 'x')], ['a B1 x B2 c d', '1 applied: B1 / B2']],
    ['between its lines, and back', file, [edit(2, 2, 'x'), edit(2, 3)], ['a B1 B2 c d', '1 applied: B1 B2']],
    ['over its edge', file, [edit(0, 2, 'x')], ['x B2 c d', '1 edited: x B2']],
    ['one line of it away', file, [edit(1, 2)], ['a B2 c d', '1 edited: B2']],
    ['what was there before', file, [edit(1, 3, 'b')], ['a b c d', '1 rejected: b']],
    ['where lines are gone', without, [edit(1, 1, 'x')], ['a x d', '1 applied: ']],
    ['what was taken away', without, [edit(1, 1, 'b', 'c')], ['a b c d', '1 rejected: b c']],
    ['over the place of what is gone', without, [edit(0, 2, 'x')], ['x', '1 edited: x']],
    ['away what stands around the place', without, [edit(0, 2)], ['', '1 edited: ']],
  ])('%s', (_what, start, edits, expected) => {
    expect(brief(edits.reduce(editText, start))).toEqual(expected);
  });

  test('into what was accepted leaves nothing to take back', () => {
    const accepted = decide(file, new Set(['1']), 'accepted').file;
    const typed = editText(accepted, edit(1, 2, 'x'));
    expect(brief(typed)).toEqual(['a x B2 c d']);
    expect(reopen(typed, new Set(['1'])).writes).toEqual([]);
  });

  test('between lines that came back keeps their order when the word is taken back', () => {
    const both = applyChange(before, [change('1', 2, ['b', 'c'], ['B', 'C'])]);
    const typed = editText(decide(both, new Set(['1']), 'rejected').file, edit(2, 2, 'x'));
    expect(brief(typed)).toEqual(['a b x c d', '1 rejected: b / c']);
    expect(brief(reopen(typed, new Set(['1'])).file)).toEqual(['a x B C d', '1 applied:  / B C']);
  });
});

describe('a later change of the agent', () => {
  test.each<[string, Hunk, readonly string[], readonly string[]]>([
    [
      'at another place',
      change('2', 5, ['d'], ['D']),
      ['a B1 B2 c D', '1 applied: B1 B2', '2 applied: D'],
      ['a', 'b', 'c', 'd'],
    ],
    [
      'in front of it',
      change('2', 2, [], ['x']),
      ['a x B1 B2 c d', '2 applied: x', '1 applied: B1 B2'],
      ['a', 'b', 'c', 'd'],
    ],
    ['in its place', change('2', 2, ['B1'], ['x']), ['a x B2 c d', '2 applied: x B2'], ['a', 'b', 'c', 'd']],
    ['over its edge', change('2', 3, ['B2', 'c'], ['x']), ['a B1 x d', '2 applied: B1 x'], ['a', 'b', 'c', 'd']],
    ['that takes it back', change('2', 2, ['B1', 'B2'], ['b']), ['a b c d'], ['a', 'b', 'c', 'd']],
  ])('%s', (_what, hunk, expected, without2) => {
    const after = applyChange(file, [hunk]);
    expect(brief(after)).toEqual(expected);
    expect(baseline(after)).toEqual(without2);
  });

  test('over several takes the place of all of them', () => {
    const two = applyChange(file, [change('2', 5, ['d'], ['D'])]);
    const after = applyChange(two, [change('3', 2, ['B1', 'B2', 'c', 'D'], ['x'])]);
    expect(brief(after)).toEqual(['a x', '3 applied: x']);
    expect(after.superseded).toEqual(['1', '2']);
    expect(decide(after, new Set(['3']), 'rejected').file.lines).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('words', () => {
  test('a word names the lines that it writes', () => {
    expect(decide(file, new Set(['1']), 'rejected').writes).toEqual([edit(1, 3, 'b')]);
    expect(decide(file, new Set(['1']), 'accepted').writes).toEqual([]);
    expect(reopen(decide(file, new Set(['1']), 'rejected').file, new Set(['1'])).writes).toEqual([
      edit(1, 2, 'B1', 'B2'),
    ]);
  });

  test('what the person typed into is theirs: no word changes it', () => {
    const typed = editText(file, edit(1, 2, 'mine'));
    expect(decide(typed, new Set(['1']), 'rejected')).toEqual({ file: typed, writes: [] });
  });

  test('a question about a change stays with it when it is typed into and that is taken back', () => {
    const asked = ask(file, '1', 'why?');
    const back = [edit(1, 2, 'x'), edit(1, 2, 'B1')].reduce(editText, asked);
    expect(back).toEqual(asked);
  });
});

describe('files that come and go', () => {
  test('a file that the agent made and the person removed is taken out', () => {
    const made = applyChange(ledgerOf([]), [change('1', 1, [], ['a', ''])]);
    const gone = editText(made, edit(0, 2));
    expect(brief(gone)).toEqual(['', '1 rejected: ']);
    expect(brief(editText(gone, edit(0, 0, 'a', '')))).toEqual(['a ', '1 applied: a ']);
  });

  test('of a file that the person removed nothing comes back', () => {
    for (const one of [file, without])
      expect(brief(editText(one, edit(0, one.lines.length)))).toEqual(['', '1 edited: ']);
  });

  test('a file that the agent removed and the person made anew is theirs, unless it is the same', () => {
    const removed = applyChange(before, [change('1', 1, before.lines, [])]);
    expect(brief(editText(removed, edit(0, 0, 'x')))).toEqual(['x', '1 edited: x']);
    expect(brief(editText(removed, edit(0, 0, ...before.lines)))).toEqual(['a b c d', '1 rejected: a b c d']);
  });
});

describe('line ends', () => {
  const crLf = (text: string): readonly string[] => text.replaceAll('\n', '\r\n').split('\n');

  test.each<[string, string, Hunk]>([
    ['in the middle', 'a\nb\nc\n', change('1', 2, ['b'], ['B', ''])],
    ['at the end', 'a\nb\n', change('1', 2, ['b', ''], ['B', ''])],
    ['at the end of a text without a last line end', 'a\nb', change('1', 2, ['b'], ['B'])],
    ['that are added behind the last', 'a\nb', change('1', 3, [], ['c'])],
    ['that were the last', 'a\nb', change('1', 2, ['b'], [])],
  ])('of a change %s are switched with the rest, and back', (_what, text, hunk) => {
    const start = applyChange(ledgerOf(text.split('\n')), [hunk]);
    const after = start.lines.join('\n');
    const switched = observe(start, crLf(after), lineEdits);
    expect(hunksOf(switched).map(({ state }) => state)).toEqual(['applied']);
    expect(switched.lines).toEqual(crLf(after));
    if (after.includes('\n')) expect(baseline(switched)).toEqual(crLf(text));
    const back = observe(switched, after.split('\n'), lineEdits);
    expect([back.lines, baseline(back)]).toEqual([after.split('\n'), text.split('\n')]);
  });

  test('that were mixed are made one by the editor without touching a change', () => {
    const mixed = applyChange(ledgerOf(['a\r', 'b', 'c\r', '']), [change('1', 2, ['b'], ['B'])]);
    const opened = observe(mixed, ['a\r', 'B\r', 'c\r', ''], lineEdits);
    expect([brief(opened)[1], baseline(opened)]).toEqual(['1 applied: B\r', ['a\r', 'b\r', 'c\r', '']]);
  });
});
