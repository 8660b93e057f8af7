/** Checks tool inputs against their JSON Schema, with messages that tell a model how to mend its call. */
import { Validator } from '@cfworker/json-schema';
import type { Json, JsonObject } from './json.ts';

/** One line a fault, most telling first; empty when the input fits. */
export function checkSchema(schema: JsonObject, input: Json): readonly string[] {
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(input);
  if (valid) return [];
  const told = errors
    .filter(({ keyword }) => !['properties', 'items', 'anyOf', 'allOf', 'oneOf', '$ref'].includes(keyword))
    .map(({ instanceLocation, error }) => {
      const place = instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.');
      return place === '' ? error : `${place}: ${error}`;
    });
  return told.length > 0 ? [...new Set(told)] : ['The input does not fit the schema.'];
}
