import { expect, it } from 'vitest';
import type { Resource } from '../../src/core/permission.ts';
import { alwaysOffers } from '../../src/permission/always.ts';

const run = (target: string): readonly Resource[] => [{ effect: 'execute', target }];
const rules = (line: string): readonly string[] => alwaysOffers(run(line), []).map(({ rule }) => rule);

it('offers exactly this first, then the program with its subcommand, and what of the session that would allow too', () => {
  const past = ['npm test', 'npm test -- a', 'npm test -- a', 'npm run build', 'npm test; rm x', 'npm test -- b'];
  expect(alwaysOffers(run('npm test'), past)).toEqual([
    { rule: 'shell(exact: npm test)', also: [] },
    { rule: 'shell(prefix: npm test)', also: ['npm test -- b', 'npm test -- a'] },
  ]);
});

it.each([
  ['npm run build -- --watch', 'shell(prefix: npm run build)'],
  ['cargo build --release', 'shell(prefix: cargo build)'],
  ['make', null],
  ['npm run', null],
  ['bash build.sh', null],
  ['/usr/bin/python3 a.py', null],
  ['sudo make install', null],
  ['python -m pytest', null],
  ['rm -rf build', null],
  ['npm  test', null],
  ['npm test > out', null],
  ['X=1 npm test', null],
])('for %s the wider rule is %s', (line, wide) => {
  expect(rules(line)).toEqual([`shell(exact: ${line})`, ...(wide === null ? [] : [wide])]);
});

it('offers the one place that a command may reach, too', () => {
  const places = [
    { effect: 'network', target: 'a.dev:443' } as const,
    { effect: 'network', target: 'b.dev:443' } as const,
  ];
  const offers = (count: number) =>
    alwaysOffers([...run('make'), ...places.slice(0, count)], []).map(({ rule }) => rule);
  expect([1, 2].map(offers)).toEqual([['shell(exact: make)', 'net(a.dev:443)'], ['shell(exact: make)']]);
});

it('offers nothing where one rule cannot say it', () => {
  expect(alwaysOffers([{ effect: 'network', target: 'https://a.dev' }], [])).toEqual([]);
  expect(alwaysOffers([{ effect: 'read', target: '/a' }], ['ls'])).toEqual([{ rule: 'read(exact: /a)', also: [] }]);
});
