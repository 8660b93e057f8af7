import { expect, test } from 'vitest';
import { coversHost, formatHostPort, parseHostPort } from '../../src/core/hostPort.ts';

test.each([
  ['registry.example.com:443', 'registry.example.com:443'],
  ['Registry.Example.COM.:80', 'registry.example.com:80'],
  ['*.example.com:443', '*.example.com:443'],
  ['example.com', null],
  ['example.com:0', null],
  ['example.com:65536', null],
  ['localhost:80', null],
  ['127.0.0.1:80', null],
  ['0x7f.1:80', null],
  ['2130706433:80', null],
  ['1.2.3.0x10:80', null],
  ['[::1]:80', null],
  ['user@example.com:80', null],
  ['example.com:80@evil.dev:80', null],
  ['exa\tmple.com:80', null],
  ['ex\u0430mple.com:80', null],
  ['-a.example.com:80', null],
  ['a..example.com:80', null],
  ['a.*.example.com:80', null],
  ['*:443', null],
  ['', null],
])('%j is the place %j', (text, place) => {
  const found = parseHostPort(text, true);
  expect(found && formatHostPort(found)).toBe(place);
});

test('a pattern covers whole labels from the right, and one port; a program asks by no pattern', () => {
  const covers = (pattern: string, target: string): boolean => {
    const [one, other] = [parseHostPort(pattern, true), parseHostPort(target)];
    return one !== null && other !== null && coversHost(one, other);
  };
  expect(
    [
      ['example.com:443', 'example.com:443'],
      ['example.com:443', 'example.com:80'],
      ['example.com:443', 'a.example.com:443'],
      ['example.com:443', 'notexample.com:443'],
      ['*.example.com:443', 'a.b.example.com:443'],
      ['*.example.com:443', 'example.com:443'],
      ['*.example.com:443', 'notexample.com:443'],
      ['*.example.com:443', '*.example.com:443'],
    ].map(([pattern = '', target = '']) => covers(pattern, target)),
  ).toEqual([true, false, false, false, true, false, false, false]);
});
