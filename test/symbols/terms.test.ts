import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexOfString, stringAt, StringsBuilder } from '../../src/symbols/baseStrings.ts';
import { termFinder } from '../../src/symbols/termBytes.ts';
import { findTerms } from '../../src/symbols/terms.ts';

const letters = fc.constantFrom(...'aeisSgGdnlLuyBT09_$.'.split(''), 'ing', 'ed', 'ies', 'sses', 'ss', 'us', 'Parse', 'HTTP', 'é', 'Ü', '😀'); // prettier-ignore
const word = fc.array(letters, { maxLength: 12 }).map((parts) => parts.join(''));

test('terms that are told from bytes are those that are told from the word', () => {
  fc.assert(
    fc.property(fc.uniqueArray(word, { minLength: 1 }), (all) => {
      const words = new StringsBuilder(0, 0);
      for (const one of all) words.idOf(one);
      const terms = new StringsBuilder(0, 0);
      const termsOf = termFinder(terms);
      const told = all.map((_, i) => [...termsOf(words, i)].map((term) => stringAt(terms, term)));
      expect(told).toEqual(all.map((one) => [...findTerms(one)]));
    }),
    { numRuns: 500 },
  );
  const long = 'partOf_'.repeat(300);
  const words = new StringsBuilder(0, 0);
  words.idOf(long);
  const terms = new StringsBuilder(0, 0);
  expect(Array.from(termFinder(terms)(words, 0), (term) => stringAt(terms, term))).toEqual(findTerms(long));
});

test('each string has one number, and what is not among them has none, whatever letters it has', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'é', 'Ã', '©', '\u00ff', '中', '😀'), { maxLength: 4 }).map((one) => one.join('')); // prettier-ignore
  fc.assert(
    fc.property(fc.uniqueArray(text), fc.array(text), (all, others) => {
      const strings = new StringsBuilder(0, 0);
      const numbers = all.map((one) => strings.idOf(`-${one}-`, 1, one.length + 1));
      expect(numbers).toEqual(all.map((_, i) => i));
      expect(all.map((_, i) => stringAt(strings, i))).toEqual(all);
      for (const one of [...all, ...others]) expect(indexOfString(strings, one)).toBe(all.indexOf(one));
    }),
  );
});
