import { expect, test } from 'vitest';
import { checkSchema } from '../../src/core/schema.ts';

const schema = {
  type: 'object',
  properties: {
    path: { type: 'string' },
    edits: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { old_text: { type: 'string' } },
        required: ['old_text'],
        additionalProperties: false,
      },
    },
  },
  required: ['path'],
  additionalProperties: false,
};

test('an input that fits has no faults', () => {
  expect(checkSchema(schema, { path: 'a', edits: [{ old_text: 'x' }] })).toEqual([]);
});

test.each([
  ['a missing property', {}, /path/],
  ['a wrong type, with its place', { path: 1 }, /path.*string/i],
  ['a property that does not exist', { path: 'a', pth: 'b' }, /pth/],
  ['a fault deep inside', { path: 'a', edits: [{ old: 'x' }] }, /edits\.0/],
  ['something that is no object', 'a', /object/],
])('%s is named', (_title, input, expected) => {
  expect(checkSchema(schema, input).join('\n')).toMatch(expected);
});
