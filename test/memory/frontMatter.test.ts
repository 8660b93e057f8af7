// The head of a Markdown file, read and written.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readHead, writeHead } from '../../src/memory/frontMatter.ts';

function head(text: string): unknown {
  const { fields, body, isHeaded } = readHead(text);
  return isHeaded ? { ...Object.fromEntries(fields), body } : body;
}

test.each<[string, string, unknown]>([
  ['plain values', '---\nname: a\nDescription: b c\n---\n\nBody\n', { name: 'a', description: 'b c', body: 'Body' }],
  ['quotes', `---\na: "x: \\"y\\""\nb: 'it''s'\n---\n`, { a: 'x: "y"', b: "it's", body: '' }],
  ['comments', '---\na: b # c\nd: e#f\n---\n', { a: 'b', d: 'e#f', body: '' }],
  ['folded lines', '---\na: >-\n  one\n  two\nb: c\n---\nx', { a: 'one two', b: 'c', body: 'x' }],
  ['kept lines', '---\na: |\n  one\n  two\n---\nx', { a: 'one\ntwo', body: 'x' }],
  ['a value that goes on', '---\na: one\n  two\n---\n', { a: 'one two', body: '' }],
  ['lists and what is nested', '---\na:\n  - x\nb:\n  c: d\ne: f\n---\n', { e: 'f', body: '' }],
  ['ends of Windows, and a mark at the start', '\uFEFF---\r\na: b\r\n---\r\nBody\r\n', { a: 'b', body: 'Body' }],
  ['no head', '# Title\n---\na: b\n---\n', '# Title\n---\na: b\n---'],
  ['a head without an end', '---\na: b\n', '---\na: b'],
])('%s', (_what, text, expected) => {
  expect(head(text)).toEqual(expected);
});

test('what is written is read again, as one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, body) => {
      const { fields, body: read } = readHead(writeHead([['a', value]], body));
      expect(fields.get('a')).toBe(value.replace(/\s+/g, ' ').trim());
      expect(read).toBe(body.replaceAll('\r\n', '\n').trim());
    }),
  );
});
