import fc from 'fast-check';
import { expect, test } from 'vitest';
import { append, emptyList, toArray, type List } from '../../src/core/list.ts';

test('every value stays what it was, whatever is appended to it or to its forks', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.array(fc.integer(), { maxLength: 3 }))), (steps) => {
      const made: { list: List<number>; expected: readonly number[] }[] = [{ list: emptyList(), expected: [] }];
      for (const [from, added] of steps) {
        const base = made[from % made.length];
        if (base) made.push({ list: append(base.list, ...added), expected: [...base.expected, ...added] });
      }
      for (const { list, expected } of made) expect(toArray(list)).toEqual(expected);
    }),
  );
});
