import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { modes, type Effect, type Mode, type Resource, type Rule, type Verdict } from '../../src/core/permission.ts';
import type { Location } from '../../src/core/ports.ts';
import { decide } from '../../src/permission/decide.ts';
import { parseRule } from '../../src/permission/rules.ts';
import { placesIn } from '../../src/workspace/place.ts';

const places = placesIn(['/project']);
const locate = (path: string): Location => places.locate(path);

function verdict(mode: Mode, resources: readonly Resource[], rules: readonly Rule[] = []): Verdict {
  return decide({ mode, rules, resources, locate });
}

function rule(text: string, action: Rule['action'] = 'allow'): Rule {
  return parseRule(text, action, 'user');
}

function on(effect: Effect, target: string): readonly Resource[] {
  return [{ effect, target }];
}

test('the folders of the person\u2019s skills are read without a question, also among our own, and nothing else there', () => {
  const place = {
    readable: ['/home/u/.agents/skills/release'],
    own: ['/home/u/.agents'],
    mode: 'ask',
    rules: [],
    locate,
  } as const;
  const judged = (effect: Effect, target: string): string => decide({ ...place, resources: on(effect, target) }).action;
  expect([
    judged('read', '/home/u/.agents/skills/release/SKILL.md'),
    judged('read', '/home/u/.agents/skills/release/notes/steps.md'),
    judged('read', '/home/u/.agents/skills/release/.env'),
    judged('read', '/home/u/.agents/skills/release/../other/SKILL.md'),
    judged('write', '/home/u/.agents/skills/release/SKILL.md'),
    decide({ ...place, own: [], resources: on('read', '/home/u/.agents/skills/releases/SKILL.md') }).action,
  ]).toEqual(['allow', 'allow', 'ask', 'deny', 'ask', 'ask']);
});

describe('modes', () => {
  it.each([
    ['plan', 'read', 'src/a.ts', 'allow'],
    ['plan', 'write', 'src/a.ts', 'deny'],
    ['plan', 'execute', 'npm test', 'deny'],
    ['plan', 'network', 'https://a.dev', 'deny'],
    ['plan', 'plan', '', 'ask'],
    ['plan', 'note', 'Tests', 'ask'],
    ['auto', 'note', 'Tests', 'ask'],
    ['ask', 'read', 'src/a.ts', 'allow'],
    ['ask', 'write', 'src/a.ts', 'ask'],
    ['ask', 'execute', 'npm test', 'ask'],
    ['ask', 'plan', '', 'allow'],
    ['edit', 'read', 'src/a.ts', 'allow'],
    ['edit', 'write', 'src/a.ts', 'allow'],
    ['edit', 'execute', 'npm test', 'ask'],
    ['edit', 'network', 'https://a.dev', 'ask'],
    ['edit', 'destroy', 'everything', 'ask'],
    ['edit', 'plan', '', 'allow'],
  ] as const)('%s: %s %s → %s', (mode, effect, target, action) => {
    expect(verdict(mode, on(effect, target)).action).toBe(action);
  });

  it('tells the model in plan mode how to go on', () => {
    expect(verdict('plan', on('execute', 'npm test'))).toEqual({
      action: 'deny',
      by: { kind: 'mode', mode: 'plan' },
      reason:
        'Plan mode only reads: edits and commands are not possible yet. Find out what you need, then call update_plan with the whole plan; the work starts when the user approves it.',
    });
  });

  it.each(['../other/a.ts', '/etc/hosts', 'src/../../other/a.ts'])(
    'ask before %s, outside the folder, is read or written',
    (path) => {
      for (const mode of ['ask', 'edit'] as const) {
        expect(verdict(mode, on('read', path)).action).toBe('ask');
        expect(verdict(mode, on('write', path)).action).toBe('ask');
      }
      expect(verdict('plan', on('read', path)).action).toBe('ask');
    },
  );
});

describe('command lines', () => {
  it.each(['ask', 'edit'] as const)('in the mode %s, what only looks runs, and what is dangerous asks', (mode) => {
    expect(verdict(mode, on('execute', 'cat src/a.ts | head -20'))).toEqual({
      action: 'allow',
      by: { kind: 'mode', mode },
    });
    expect(verdict(mode, on('execute', 'rm -rf src')).action).toBe('ask');
  });

  it('a prefix never covers what is dangerous, an exact rule does, and a denial stands before both', () => {
    const line = on('execute', 'git push --force');
    expect(verdict('ask', line, [rule('shell(prefix: git push)')]).action).toBe('ask');
    expect(verdict('ask', line, [rule('shell(exact: git push --force)')]).action).toBe('allow');
    expect(
      verdict('ask', line, [rule('shell(exact: git push --force)'), rule('shell(prefix: git)', 'deny')]).action,
    ).toBe('deny');
  });

  it('what a line opens is judged as a read of it: by rules, by its folder, by where links lead', () => {
    expect(verdict('ask', on('execute', 'cat private/a'), [rule('read(private/**)', 'deny')]).action).toBe('deny');
    expect(verdict('ask', on('execute', 'cat ~/notes')).action).toBe('ask');
    expect(verdict('ask', [...on('execute', 'cat ../a'), ...on('read', 'src')]).action).toBe('allow');
    expect(verdict('ask', [...on('execute', 'cat ../../a'), ...on('read', 'src')]).action).toBe('ask');
    const leadsTo = (path: string): readonly Location[] => [places.locate(path), places.locate('/home/me/.ssh/id_rsa')];
    const linked = {
      mode: 'ask',
      rules: [],
      locate,
      leadsTo,
      resources: on('execute', 'cat notes.md'),
    } as const;
    expect(decide(linked).action).toBe('ask');
  });

  it('the own folders of the runtime are opened by nothing, whatever allows it', () => {
    const own = ['/data/journeyman'];
    const rules = [
      rule('read(**)'),
      rule('write(exact: /data/journeyman/s/events.jsonl)'),
      rule('shell(prefix: tail)'),
    ];
    for (const resources of [
      on('read', '/data/journeyman/s/events.jsonl'),
      on('write', '/data/Journeyman/s/events.jsonl'),
      on('write', '/data/journeyman'),
      on('execute', 'tail /data/journeyman/s/events.jsonl'),
      on('execute', "rm -r '/data/journey'man"),
    ])
      expect(decide({ mode: 'edit', rules, locate, own, resources }).action).toBe('deny');
  });

  it('no line of a shell that is not read runs without a question', () => {
    for (const shell of ['zsh', 'powershell', 'cmd'] as const)
      expect(decide({ mode: 'edit', rules: [], locate, shell, resources: on('execute', 'ls') }).action).toBe('ask');
  });
});

describe('files that ask in every mode', () => {
  const secret = [
    '.env',
    '.env.local',
    'config/.ENV',
    '.ssh/config',
    'a/id_rsa',
    'certs/server.pem',
    '.npmrc',
    'x/.aws/credentials',
    '.env.',
    '.env::$DATA',
    '.e\u200bnv',
    'x\\.env',
  ];
  it.each(secret)('%s is not read or written unasked', (path) => {
    for (const mode of modes) expect(verdict(mode, on('read', path)).action).toBe('ask');
    expect(verdict('edit', on('write', path)).action).toBe('ask');
    expect(verdict('edit', on('read', path), [rule('read(**)')]).action).toBe('ask');
  });

  const guarded = [
    '.git/hooks/pre-commit',
    'sub/.git/config',
    '.GIT/config',
    'GIT~1/config',
    '.git./config',
    '.gitattributes',
    '.vscode/tasks.json',
    'x.code-workspace',
    '.github/ci.yml',
    'AGENTS.md',
    'docs/CLAUDE.md',
    '.mcp.json',
    'tools/mcp.json',
    '.husky/pre-push',
    'package.json',
    'packages/a/package.json',
    'node_modules/.bin/tsc',
    '.journeyman/settings.json',
    '.pre-commit-config.yaml',
  ];
  it.each(guarded)('%s is not written unasked', (path) => {
    expect(verdict('edit', on('write', path)).action).toBe('ask');
    expect(verdict('edit', on('write', path), [rule('write(**)')]).action).toBe('ask');
    expect(verdict('edit', on('read', path)).action).toBe(path.includes('~') ? 'ask' : 'allow');
  });

  it.each([
    'src/environment.ts',
    'src/git/a.ts',
    'docs/agents/a.md',
    'src/package.ts',
    'id_rsa.md',
    'src/keys.ts',
    'a:b/c.ts',
  ])('%s is an ordinary file', (path) => {
    expect(verdict('edit', on('write', path)).action).toBe('allow');
  });

  it('can be allowed by their exact name only', () => {
    expect(verdict('ask', on('write', '.github/ci.yml'), [rule('write(exact: .github/ci.yml)')]).action).toBe('allow');
    expect(verdict('ask', on('read', '.env'), [rule('read(exact: .env)')]).action).toBe('allow');
    expect(verdict('ask', on('read', 'sub/.env'), [rule('read(.env)')]).action).toBe('ask');
  });
});

describe('rules', () => {
  it('deny wins over ask, ask over allow, in any order and mode', () => {
    const rules = [rule('write(src/**)'), rule('write(src/a.ts)', 'ask'), rule('write(**)', 'deny')];
    fc.assert(
      fc.property(fc.shuffledSubarray(rules, { minLength: 1 }), fc.constantFrom('ask', 'edit'), (some, mode) => {
        const worst = (['deny', 'ask', 'allow'] as const).find((action) => some.some((one) => one.action === action));
        expect(verdict(mode as Mode, on('write', 'src/a.ts'), some).action).toBe(worst);
      }),
    );
  });

  it('what may not be read may not be written', () => {
    expect(verdict('edit', on('write', 'src/a.ts'), [rule('read(src/**)', 'deny')]).action).toBe('deny');
    expect(verdict('edit', on('write', 'src/a.ts'), [rule('read(src/**)', 'ask')]).action).toBe('ask');
    expect(verdict('ask', on('write', 'src/a.ts'), [rule('read(src/**)')]).action).toBe('ask');
  });

  it('the worst of all resources counts', () => {
    const both: readonly Resource[] = [
      { effect: 'read', target: 'src' },
      { effect: 'execute', target: 'npm test' },
    ];
    expect(verdict('ask', both, [rule('shell(exact: npm test)')]).action).toBe('allow');
    expect(verdict('ask', both).action).toBe('ask');
    expect(verdict('ask', both, [rule('read(src)', 'deny')]).action).toBe('deny');
  });

  it('does not lift plan mode', () => {
    expect(verdict('plan', on('execute', 'npm test'), [rule('shell(exact: npm test)')]).action).toBe('deny');
    expect(verdict('plan', on('write', 'src/a.ts'), [rule('write(src/**)')]).action).toBe('deny');
  });

  it.each([
    ['shell(exact: npm test)', 'npm test', true],
    ['shell(exact: npm test)', 'npm test ', false],
    ['shell(exact: npm test)', 'npm test; rm -rf /', false],
    ['shell(prefix: git log)', 'git log', true],
    ['shell(prefix: git log)', 'git log --oneline HEAD~3 "a b"', true],
    ['shell(prefix: git log)', 'git logs', false],
    ['shell(prefix: git log)', 'git  log', false],
  ])('%s on `%s`: %s', (text, line, allowed) => {
    expect(verdict('ask', on('execute', line), [rule(text)]).action).toBe(allowed ? 'allow' : 'ask');
  });

  it('a prefix never covers a line that holds more than one plain command', () => {
    const poison = fc.constantFrom(
      ';',
      '&',
      '|',
      '<',
      '>',
      '(',
      ')',
      '{',
      '}',
      '$',
      '`',
      '\\',
      '\n',
      '\r',
      "'",
      '"',
      '\u0000',
      '\u200b',
      '\u202e',
      '\u00a0',
      '\u001b',
    );
    fc.assert(
      fc.property(fc.string(), poison, fc.string(), (before, char, after) => {
        const line = `git log ${before.replace(/['"]/g, '')}${char}${after.replace(/['"]/g, '')}`;
        expect(verdict('ask', on('execute', line), [rule('shell(prefix: git log)')]).action).toBe('ask');
      }),
    );
  });

  it.each([
    'rm -rf x',
    'ls; rm x',
    'sudo  rm x',
    '$(rm x)',
    '/bin/rm x',
    '\\rm x',
    "r''m x",
    'RM x',
    'ls &&rm x',
    'ls\nrm x',
  ])('deny shell(prefix: rm) stops `%s`', (line) => {
    expect(
      verdict('edit', on('execute', line), [rule('shell(prefix: rm)', 'deny'), rule(`shell(exact: ${line})`)]).action,
    ).toBe('deny');
  });

  it.each(['npm run format', 'terminal x', 'git rm-cached'])('deny shell(prefix: rm) leaves `%s` alone', (line) => {
    expect(verdict('ask', on('execute', line), [rule('shell(prefix: rm)', 'deny')]).action).toBe('ask');
  });

  it('deny globs also cover names in other case', () => {
    expect(verdict('edit', on('write', 'Secret/A.ts'), [rule('write(secret/**)', 'deny')]).action).toBe('deny');
    expect(verdict('ask', on('write', 'Docs/A.md'), [rule('write(docs/**)')]).action).toBe('ask');
  });

  it('judge a path as it resolves, not as it is written', () => {
    expect(verdict('ask', on('write', 'docs/../src/a.ts'), [rule('write(docs/**)')]).action).toBe('ask');
  });
});

describe('what a person reads', () => {
  it.each([
    [on('write', 'src/a.ts'), [], 'It asks because each edit asks before it is written.'],
    [on('write', '.github/ci.yml'), [], 'It asks because `.github/ci.yml` is protected.'],
    [on('read', '.env'), [], 'It asks because `.env` looks like it holds secrets.'],
    [on('read', '../x'), [], 'It asks because `/x` is outside the folder you opened.'],
    [on('write', 'a.md'), [rule('write(*.md)', 'ask')], 'It asks because your rule `write(*.md)` says so.'],
  ])('%j', (resources, rules, why) => {
    expect(verdict('ask', resources, rules)).toEqual({ action: 'ask', why });
  });

  it.each([
    ['npm test', [], 'It asks because `npm` is not one of the commands that only look.', 'write', 'npm test'],
    ['git status', [], 'It asks because git may start programs that the repository names.', 'write', 'git status'],
    ['ls; rm -r src', [], 'It asks because it deletes files for good.', 'dangerous', 'rm -r src'],
    ['cat .env', [], 'It asks because it names .env, which may hold secrets.', 'dangerous', 'cat .env'],
    [
      'git log $(x)',
      [rule('shell(prefix: git log)')],
      'It asks because this line cannot be read safely: it holds `$`.',
      'write',
      'git log $(x)',
    ],
    [
      'git log \u200b',
      [rule('shell(prefix: git log)')],
      'It asks because it holds the character U+200B, which is not seen or changes what is seen; `shell(prefix: git log)` does not reach that far.',
      'dangerous',
      'git log <U+200B>',
    ],
    ['cat ../x', [], 'It asks because `/x` is outside the folder you opened.', 'write', 'cat ../x'],
  ] as const)('of %j: the reason, the tier and the part', (line, rules, why, tier, part) => {
    expect(verdict('ask', on('execute', line), rules)).toEqual({ action: 'ask', why, asked: { tier, part } });
  });

  it('names the rule to the model when it denies', () => {
    expect(verdict('edit', on('write', 'a.md'), [rule('write(*.md)', 'deny')])).toEqual({
      action: 'deny',
      by: { kind: 'rule', rule: 'write(*.md)', source: 'user' },
      reason: 'Your rule forbids this: write(*.md). Do it another way, or tell the user what you need and why.',
    });
  });
});

describe('places in the network', () => {
  const at = (mode: Mode, rules: readonly Rule[], ...hosts: readonly string[]): Verdict => {
    const places = hosts.map((target) => ({ effect: 'network', target }) as const);
    return decide({ mode, rules, resources: [...on('execute', 'npm ci'), ...places], locate, sandbox: true });
  };
  it('ask unless a rule names them, and are told with the command', () => {
    const list = [rule('net(registry.example.com:443)'), rule('net(*.evil.dev:443)', 'deny')];
    expect(at('auto', list, 'registry.example.com:443')).toMatchObject({ action: 'allow' });
    expect(at('auto', list, 'registry.example.com:443', 'get.example.dev:80')).toMatchObject({
      action: 'ask',
      why: 'It asks because it reaches get.example.dev:80, which is not on your list. It may reach registry.example.com:443, get.example.dev:80 then.',
    });
    expect(at('ask', list, 'registry.example.com:443')).toMatchObject({
      action: 'ask',
      why: expect.stringMatching(/^It asks because .* It may reach registry\.example\.com:443 then\.$/) as unknown,
    });
    expect(at('auto', list, 'a.evil.dev:443').action).toBe('deny');
    expect(at('plan', list, 'registry.example.com:443').action).toBe('deny');
  });
});

describe('a sandbox', () => {
  const at = (
    mode: Mode,
    sandbox: boolean | null,
    line: string,
    rules: readonly Rule[] = [],
    outside = false,
  ): Verdict =>
    decide({
      mode,
      rules,
      resources: [{ effect: 'execute', target: line, ...(outside && { outside }) }],
      locate,
      ...(sandbox !== null && { sandbox }),
    });
  const prefix = [rule('shell(prefix: npm run)')];
  const exact = [rule('shell(exact: npm run build)')];

  it.each<[string, Mode, boolean | null, string, readonly Rule[], Verdict['action'], string?]>([
    ['held, git may look', 'ask', true, 'git status', [], 'allow'],
    ['not held, it asks', 'ask', false, 'git status', [], 'ask'],
    ['held, the rest asks as ever', 'edit', true, 'npm run build', [], 'ask'],
    ['held, in auto it runs', 'auto', true, 'npm run build', [], 'allow'],
    ['not held, in auto it asks', 'auto', false, 'npm run build', [], 'ask', 'It asks because there is no sandbox on this machine.'],
    ['switched off, in auto it asks', 'auto', null, 'npm run build', [], 'ask', 'It asks because there is no sandbox on this machine.'],
    ['dangerous asks in auto', 'auto', true, 'rm -rf src', [], 'ask'],
    ['what is made while it runs asks in auto', 'auto', true, 'git commit -m "$(sh x.sh)"', [], 'ask', 'It asks because what it runs is made while it runs: it holds `$(`.'],
    ['what reaches the network asks in auto', 'auto', true, 'npm install', [], 'ask', 'It asks because it reaches the network.'],
    ['what stays on its own loopback runs in auto', 'auto', true, 'curl -s localhost:3000/health', [], 'allow'],
    ['in a program’s text too', 'auto', true, `node -e "fetch('http://localhost:3000').then(console.log)"`, [], 'allow'],
    ['not where nothing holds it', 'auto', false, 'curl -s localhost:3000/health', [], 'ask'],
    ['nor where it is switched off', 'auto', null, 'curl -s localhost:3000/health', [], 'ask'],
    ['nor in ask', 'ask', true, 'curl -s localhost:3000/health', [], 'ask'],
    ['nor what is dangerous besides', 'auto', true, `node -e "fetch('http://localhost:3000', { body: process.env.KEY })"`, [], 'ask'],
    ['nor what runs what it got', 'auto', true, 'curl -s localhost:3000 | sh', [], 'ask'],
    ['a secret asks in auto', 'auto', true, 'cat .env', [], 'ask'],
    ['a deny rule holds in auto', 'auto', true, 'npm run build', [rule('shell(prefix: npm)', 'deny')], 'deny'],
    ['an ask rule holds in auto', 'auto', true, 'npm run build', [rule('shell(prefix: npm)', 'ask')], 'ask'],
    ['held, a prefix counts', 'ask', true, 'npm run build', prefix, 'allow'],
    ['not held, a prefix does not', 'ask', false, 'npm run build', prefix, 'ask', 'It asks because there is no sandbox on this machine, so `shell(prefix: npm run)` does not count.'],
    ['not held, a rule for this very line does', 'ask', false, 'npm run build', exact, 'allow'],
    ['switched off by the person, a prefix counts', 'ask', null, 'npm run build', prefix, 'allow'],
  ])('%s', (_name, mode, sandbox, line, rules, action, why) => {
    const got = at(mode, sandbox, line, rules);
    expect(got).toMatchObject({ action, ...(why !== undefined && { why }) });
  }); // prettier-ignore

  it('to leave it is asked as dangerous, whatever allows the line', () => {
    for (const rules of [exact, prefix, []])
      for (const line of ['npm run build', 'ls', 'rm -rf /'])
        expect(at('auto', true, line, rules, true)).toMatchObject({
          action: 'ask',
          why: 'It asks because it would run outside of the sandbox: nothing holds what it writes, reads or reaches.',
          asked: { tier: 'dangerous' },
        });
    expect(at('plan', true, 'ls', [], true).action).toBe('deny');
    expect(at('auto', true, 'curl localhost:3000', [], true).action).toBe('ask');
    expect(at('ask', null, 'npm run build', exact, true).action).toBe('allow');
  });

  it('once text of others was read, a held line still talks to servers of its session, and to nobody else', () => {
    const after = (line: string, more: readonly Resource[] = [], sandbox = true): string =>
      decide({
        mode: 'ask',
        rules: [rule(`shell(exact: ${line})`), rule('net(a.invalid:443)')],
        resources: [...on('execute', line), ...more],
        locate,
        sandbox,
        taint: 'step 1 read it',
      }).action;
    expect([
      after('curl localhost:3000'),
      after('curl a.invalid'),
      after('curl localhost:3000', on('network', 'a.invalid:443')),
      after('curl localhost:3000', [], false),
    ]).toEqual(['allow', 'ask', 'ask', 'ask']);
  });

  it('edits apply in auto, protected and secret files ask', () => {
    const write = (path: string): string => verdict('auto', on('write', path)).action;
    expect(['src/a.ts', '.github/ci.yml', '.env', '/elsewhere'].map(write)).toEqual(['allow', 'ask', 'ask', 'ask']);
  });
});
