// Tokens by kind of text.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { charsWithin, tokensIn } from '../../src/core/tokens.ts';

const perToken = (text: string) => text.length / tokensIn(text);

test('prose and code come to about four characters a token', () => {
  const prose = 'The quick brown fox jumps over the lazy dog, and then it goes home to sleep. '.repeat(40);
  const code = 'export function add(a: number, b: number): number {\n  return a + b;\n}\n'.repeat(40);
  expect(perToken(prose)).toBeGreaterThan(3.8);
  expect(perToken(prose)).toBeLessThan(5);
  expect(perToken(code)).toBeGreaterThan(3);
  expect(perToken(code)).toBeLessThan(4.5);
});

test('base64, minified text and Chinese come to fewer', () => {
  expect(perToken(Buffer.from('x'.repeat(3000)).toString('base64'))).toBeLessThan(2.3);
  expect(perToken('a=b?c(1,2):d[3];'.repeat(200))).toBeLessThan(3);
  expect(perToken('我们今天去公园散步'.repeat(100))).toBe(1);
});

test('what fits from an end has no more tokens than asked for, and cuts no character in half', () => {
  const any = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '7', '}', '語', '😀') });
  fc.assert(
    fc.property(any, fc.nat(60), fc.nat(60), (text, tokens, chars) => {
      const head = text.slice(0, charsWithin(text, { tokens, chars }, 'start'));
      const tailChars = charsWithin(text, { tokens, chars }, 'end');
      const tail = text.slice(text.length - tailChars);
      for (const part of [head, tail]) {
        expect(part.length).toBeLessThanOrEqual(chars);
        expect(Buffer.from(part).toString()).toBe(part);
        // A run of letters weighs by where it begins.
        expect(tokensIn(part)).toBeLessThanOrEqual(tokens + 1);
      }
    }),
  );
});
