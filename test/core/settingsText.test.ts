import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../src/core/settingsText.ts';

describe('the text of a settings file', () => {
  it('is any JSON, and says on which line each value stands', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(parseSettings(JSON.stringify(value, null, indent)).value).toEqual(value);
      }),
    );
    const { value, placeOf } = parseSettings('\uFEFF{\n  "permissions": {\n    "deny": ["a",\n      "b"]\n  }\n}\n');
    expect(value).toEqual({ permissions: { deny: ['a', 'b'] } });
    expect(['', 'permissions.deny', 'permissions.deny[1]'].map(placeOf)).toEqual(['line 1', 'line 3', 'line 4']);
  });

  it.each([
    ['', 'line 1, column 1: the file ends where a value is expected'],
    ['{\n  "a": 1,\n}', 'line 3, column 1: a comma with nothing after it'],
    ['{"a": [1 2]}', 'line 1, column 10: `,` or `]` is expected, not "2"'],
    ['{"a": 1\n', 'line 2, column 1: the file ends where `,` or `}` is expected'],
    ["{'a': 1}", 'line 1, column 2: a name in quotes is expected, not "\'"'],
    ['{\n  // mine\n}', 'line 2, column 3: a comment; JSON has none, take it out'],
    ['{"a": 1, "a": 2}', 'line 1, column 10: "a" stands here twice'],
    ['{"a": "x\n"}', 'line 1, column 7: a text has no closing quote, or holds a line break or an unknown escape'],
    ['{} {}', 'line 1, column 4: the file should end here'],
    ['{"a": tru}', 'line 1, column 7: a value is expected, not "t"'],
    ['['.repeat(60), 'line 1, column 52: it is nested too deeply'],
  ])('%j is told with its place', (text, message) => {
    expect(() => parseSettings(text)).toThrow(message);
  });

  it('no text makes it do anything but give a value or say a place', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', 'a', '\\', '\n', ' ') }),
        (text) => {
          let ok: unknown;
          try {
            ok = JSON.parse(text);
          } catch {
            expect(() => parseSettings(text)).toThrow(/^line \d+, column \d+: /);
            return;
          }
          try {
            expect(parseSettings(text).value).toEqual(ok);
          } catch (thrown) {
            expect(String(thrown)).toMatch(/stands here twice|nested too deeply/);
          }
        },
      ),
    );
  });
});
