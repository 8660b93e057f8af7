import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/core/permission.ts';
import { formatRule, narrowestRule, parseRule } from '../../src/permission/rules.ts';

describe('the text of a rule', () => {
  it.each([
    ['shell(exact: npm test)', 'shell', 'exact', 'npm test'],
    ['shell(exact:npm test)', 'shell', 'exact', 'npm test'],
    ['shell(exact:  ls (x) )', 'shell', 'exact', ' ls (x) '],
    [' shell(prefix: git log) ', 'shell', 'prefix', 'git log'],
    ['read(src/**)', 'read', 'glob', 'src/**'],
    ['write(exact: src/[id].ts)', 'write', 'exact', 'src/[id].ts'],
  ] as const)('%s', (text, tool, kind, value) => {
    expect(parseRule(text, 'allow', 'cli')).toEqual({ action: 'allow', tool, match: { kind, value }, source: 'cli' });
  });

  it.each([
    ['npm test', 'it is not of a form known'],
    ['mcp(a:b)', 'rules for `mcp` have no effect in this version; take it out'],
    ['net(a.dev)', 'a place is a name and a port, such as `registry.example.com:443`'],
    ['net(127.0.0.1:80)', 'a place is a name and a port, such as `registry.example.com:443`'],
    ['shell()', 'nothing stands between the brackets'],
    ['shell(exact: )', 'nothing stands between the brackets'],
    ['shell(npm test)', 'a shell rule says `exact:` or `prefix:`'],
    ['shell(prefix: ls; rm)', 'a prefix may not hold `;`; use `exact:`'],
    ['shell(prefix: A=1 ls)', 'a prefix may not hold a variable before the command; use `exact:`'],
    ['read(prefix: src)', 'a prefix is for commands; name files by a glob such as `docs/**`'],
    ['read(src\\**)', 'folders are parted by `/`'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseRule(text, 'allow', 'cli')).toThrow(
      `The rule "${text}" cannot be used: ${why}. Write it as shell(exact: npm test), shell(prefix: git log), read(src/**), write(docs/**), net(registry.example.com:443) or note(**).`,
    );
  });

  it('comes back whole for any command and any path', () => {
    const target = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(target, fc.constantFrom('execute', 'read', 'write'), (text, effect) => {
        const rule = narrowestRule([{ effect, target: text }]) as Rule;
        expect(parseRule(formatRule(rule), rule.action, rule.source)).toEqual(rule);
      }),
    );
  });
});

describe('the narrowest rule', () => {
  it('covers exactly one thing', () => {
    expect(narrowestRule([{ effect: 'execute', target: 'npm test' }])).toEqual({
      action: 'allow',
      tool: 'shell',
      match: { kind: 'exact', value: 'npm test' },
      source: 'session',
    });
  });

  it('is none where one rule cannot say it', () => {
    expect(narrowestRule([])).toBeNull();
    expect(narrowestRule([{ effect: 'network', target: 'https://a.dev' }])).toBeNull();
    expect(
      narrowestRule([
        { effect: 'execute', target: 'a' },
        { effect: 'read', target: 'b' },
      ]),
    ).toBeNull();
  });
});
