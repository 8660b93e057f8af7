import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProtected, protectedNames } from '../../src/permission/names.ts';
import type { Policy } from '../../src/sandbox/policy.ts';
import { isOrdinaryWork } from '../../src/sandbox/protected.ts';
import { seatbelted, seatbeltProfile } from '../../src/sandbox/seatbelt.ts';
import { allows } from '../support/seatbeltRules.ts';

const names = protectedNames.filter((name) => name !== '.git' && !isOrdinaryWork(name));
const temporary = '/private/var/folders/x/T/journeyman-1';

function policy(given: Partial<Policy> = {}): Policy {
  return {
    write: ['/Users/u/work'],
    temporary,
    fixed: [],
    hidden: [],
    sockets: [],
    repositories: ['/Users/u/work/.git'],
    names,
    network: { kind: 'none' },
    ...given,
  };
}

const plain = policy();
const profile = seatbeltProfile(plain);

/** May `path` be made, changed and taken away? Undecided where not all three are the same. */
function writable(given: Policy, path: string, profile = seatbeltProfile(given)): boolean | 'undecided' {
  const each = ['file-write-create', 'file-write-data', 'file-write-unlink'].map((one) => allows(profile, one, path));
  return each.every((one) => one === each[0]) ? (each[0] ?? false) : 'undecided';
}

describe('the profile of the macOS sandbox', () => {
  test('stands as it stands', async () => {
    const { text, parameters } = seatbeltProfile(
      policy({
        names: ['.vscode', '*.code-workspace'],
        fixed: ['/Users/u/work/a/.husky'],
        hidden: [],
        network: { kind: 'port', port: 4711 },
      }),
    );
    await expect(`${text}${JSON.stringify(parameters, null, 2)}\n`).toMatchFileSnapshot('seatbelt.golden.txt');
  });

  test.each([
    ['/Users/u/work/src/a.ts', true],
    [`${temporary}/x`, true],
    ['/Users/u/work/package.json', true],
    ['/Users/u/work/.env', true],
    ['/Users/u/work/.git/index', true],
    ['/Users/u/work/.git/refs/heads/config', true],
    ['/Users/u/work/new/.git/config', true],
    ['/Users/u/work/node_modules/x/.vscode/a', true],
    ['/Users/u/work/.venv/lib/AGENTS.md', true],
    ['/Users/u/work/vscode/a', true],
    ['/Users/u/work/.vscode', false],
    ['/Users/u/work/.VSCode/tasks.json', false],
    ['/Users/u/work/a/b/.husky/pre-commit', false],
    ['/Users/u/work/x.code-workspace', false],
    ['/Users/u/work/.git/hooks', false],
    ['/Users/u/work/.git/Hooks/pre-commit', false],
    ['/Users/u/work/.git/config', false],
    ['/Users/u/workaround/a', false],
    ['/Users/u/.zshrc', false],
    ['/private/tmp/x', false],
    ['/tmp/x', false],
    ['/etc/hosts', false],
    ['/dev/disk0', false],
  ])('%s: %s', (path, is) => {
    expect(writable(policy(), path)).toBe(is);
  });

  test('a repository, the workspace and folders that hold something fixed cannot be moved away', () => {
    const given = policy({ fixed: ['/Users/u/work/a/b/.husky', '/Users/u/work/a/b/.husky/c/hooks'] });
    const places = [
      '/Users/u/work',
      '/Users/u/work/.git',
      '/Users/u/work/a',
      '/Users/u/work/a/b',
      '/Users/u/work/a/b/.husky/c',
    ];
    const profile = seatbeltProfile(given);
    expect(places.map((path) => allows(profile, 'file-write-unlink', path))).toEqual(places.map(() => false));
    expect(allows(profile, 'file-write-create', '/Users/u/work/a/b/new.txt')).toBe(true);
  });

  test('every protected name is kept from being made, wherever, in whatever case; what it holds too', () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        word,
        fc.array(word, { maxLength: 4 }),
        fc.array(word, { maxLength: 2 }),
        fc.infiniteStream(fc.boolean()),
        (pattern, star, above, below, upper) => {
          const name = pattern
            .replaceAll('*', star)
            .replace(/[a-z]/g, (sign) => (upper.next().value === true ? sign.toUpperCase() : sign));
          const path = ['/Users/u/work', ...above, name, ...below].join('/');
          expect([isProtected(name), writable(plain, path, profile)]).toEqual([true, false]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('what is not protected may be written', () => {
    const word = fc.stringMatching(/^[a-z0-9._ -]{1,8}$/).filter((one) => !/^\.{1,2}$/.test(one) && !isProtected(one));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (parts) => {
        expect(writable(plain, ['/Users/u/work', ...parts].join('/'), profile)).toBe(true);
      }),
    );
  });

  test('no path is written into its text, whatever is in it', () => {
    const odd = fc
      .stringMatching(/^[ -~\u00e4\u4e2d\ud83d\ude00\n\t"\\()#;*[\]$^]{1,20}$/)
      .filter((one) => !one.includes('/'));
    fc.assert(
      fc.property(odd, odd, (folder, name) => {
        const root = `/Users/u/${folder}`;
        const given = policy({
          write: [root],
          repositories: [`${root}/.git`],
          fixed: [`${root}/${name}.fixed`],
          hidden: [],
        });
        const other = policy({ write: ['/w'], repositories: ['/w/.git'], fixed: ['/w/x.fixed'], hidden: [] });
        expect(seatbeltProfile(given).text).toBe(seatbeltProfile(other).text);
        expect(writable(given, `${root}/a.ts`)).toBe(true);
        expect(
          [`${root}/${name}.fixed`, `${root}/.vscode`, `${root}/.git/hooks/a`, `${root}x`].map((path) =>
            writable(given, path),
          ),
        ).toEqual([false, false, false, false]);
      }),
    );
  });

  test('a folder that lies under such a name itself can be worked in', () => {
    const given = policy({ write: ['/Users/u/.claude/trees/a'], repositories: [] });
    expect(writable(given, '/Users/u/.claude/trees/a/src/a.ts')).toBe(true);
    expect(writable(given, '/Users/u/.claude/trees/a/.vscode/a')).toBe(false);
    const inPackages = policy({ write: ['/Users/u/node_modules/a'], repositories: [] });
    expect(writable(inPackages, '/Users/u/node_modules/a/.vscode/a')).toBe(false);
  });

  test('what is hidden is not read; a folder to work in may lie in it, and hold something hidden', () => {
    const hidden = [process.cwd(), `${process.cwd()}/package.json`];
    const profile = seatbeltProfile(policy({ write: [`${process.cwd()}/src`], hidden, repositories: [] }));
    const reads = (path: string): boolean => allows(profile, 'file-read-data', path);
    expect(reads('/usr/bin/git')).toBe(true);
    expect([`${process.cwd()}/README.md`, `${process.cwd()}/package.json`].map(reads)).toEqual([false, false]);
    expect(reads(`${process.cwd()}/src/agent.ts`)).toBe(true);
  });

  test('no network, no loopback; the one port where hosts are listed; no service that acts for others', () => {
    const none = seatbeltProfile(policy());
    const port = seatbeltProfile(policy({ network: { kind: 'port', port: 4711 } }));
    const reached = ['localhost:4711', 'localhost:4712', 'localhost:*', '*:443', '/private/var/run/mDNSResponder'];
    const out = (profile: typeof none): readonly boolean[] =>
      reached.map((to) => allows(profile, 'network-outbound', to));
    expect(out(none)).toEqual([false, false, false, false, false]);
    expect(out(port)).toEqual([true, false, false, false, false]);
    expect(allows(port, 'network-bind', 'localhost:3000')).toBe(false);
    expect(allows(none, 'network-bind', `${temporary}/x.sock`)).toBe(true);
    const services = [
      'com.apple.coreservices.launchservicesd',
      'com.apple.SecurityServer',
      'com.apple.pasteboard.1',
      'com.apple.trustd.agent',
    ];
    expect(services.map((name) => allows(none, 'mach-lookup', name))).toEqual([false, false, false, false]);
    expect(allows(none, 'sysctl-read', 'kern.procargs2')).toBe(false);
    expect(['appleevent-send', 'job-creation', 'iokit-open'].map((one) => allows(none, one, ''))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

test('a held program is started by the system’s sandbox, with its limits, words and temporary folder', () => {
  const program = {
    file: '/bin/bash',
    args: ['-c', 'echo "$1"', 'a  b', '-p'],
    cwd: '/Users/u/work',
    env: { A: '1', TMPDIR: '/x' },
  };
  const held = seatbelted('/usr/bin/sandbox-exec', policy(), program);
  const { text, parameters } = seatbeltProfile(policy());
  const given = Object.entries(parameters).flatMap(([name, path]) => ['-D', `${name}=${path}`]);
  expect(held).toEqual({
    file: '/usr/bin/sandbox-exec',
    args: [
      '-p',
      text,
      ...given,
      '--',
      '/bin/sh',
      '-c',
      expect.stringContaining('exec "$@"') as unknown,
      'sandbox',
      program.file,
      ...program.args,
    ],
    cwd: '/Users/u/work',
    env: {
      A: '1',
      TMPDIR: temporary,
      TMP: temporary,
      TEMP: temporary,
      GOCACHE: `${temporary}/go-build`,
      npm_config_logs_max: '0',
    },
  });
});
