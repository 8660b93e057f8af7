// The past of a workspace as git tells it: which files changed together, with which words, behind this HEAD alone.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { readHistory, type HistoryOptions } from '../../src/symbols/history.ts';
import { HistoryCache } from '../../src/symbols/historyCache.ts';
import { CommitParser } from '../../src/symbols/historyGit.ts';
import { messageOf } from '../../src/symbols/historyMessage.ts';
import { addCommits, git, makeRepository, type MadeCommit } from '../support/gitHistory.ts';
import { tempFolder } from '../support/tempFolder.ts';

const never = new AbortController().signal;

/** Subject and paths of each commit. */
async function told(folders: readonly string[], options: Partial<HistoryOptions> = {}): Promise<readonly unknown[]> {
  const { commits } = await readHistory({ folders, ...options }, never);
  return commits.map(({ subject, paths }) => [subject, ...paths]);
}

async function repository(...commits: readonly MadeCommit[]): Promise<string> {
  const folder = await tempFolder();
  makeRepository(folder, commits);
  return folder;
}

describe('what is told', () => {
  test('each commit with its time, its words and its files, newest first', async () => {
    const folder = await repository(
      { message: 'Begin', files: { 'a.ts': '1', 'b/c.ts': '1' } },
      { message: 'Mend it\n\nSince it was broken.\n\nSigned-off-by: A <a@example.com>\n', files: { 'b/c.ts': '2' } },
    );
    expect(await readHistory({ folders: [folder] }, never)).toEqual({
      commits: [
        { timeS: 1_000_000_001, subject: 'Mend it', message: 'Mend it\n\nSince it was broken.', paths: ['b/c.ts'] },
        { timeS: 1_000_000_000, subject: 'Begin', message: 'Begin', paths: ['a.ts', 'b/c.ts'] },
      ],
    });
  });

  test('merges are left out, what they bring is not; branches that HEAD does not have behind it are', async () => {
    const folder = await repository(
      { message: 'one', files: { a: '1' } },
      { message: 'side', files: { b: '1' }, branch: 'side' },
      { message: 'two', files: { a: '2' } },
      { message: 'merge', merges: 'side', files: { b: '1' } },
      { message: 'other', files: { c: '1' }, branch: 'other' },
    );
    expect(await told([folder])).toEqual([
      ['two', 'a'],
      ['side', 'b'],
      ['one', 'a'],
    ]);
    git(folder, 'update-ref', '--no-deref', 'HEAD', 'side');
    expect(await told([folder])).toEqual([
      ['side', 'b'],
      ['one', 'a'],
    ]);
  });

  test('a file that moves is gone in one place and new in another; files that are gone count', async () => {
    const text = 'the same\n'.repeat(20);
    const folder = await repository(
      { message: 'one', files: { 'old.ts': text } },
      { message: 'move', files: { 'old.ts': null, 'new.ts': text } },
    );
    git(folder, 'config', 'diff.renames', 'copies');
    expect(await told([folder])).toEqual([
      ['move', 'new.ts', 'old.ts'],
      ['one', 'old.ts'],
    ]);
  });

  test('names of any kind', async () => {
    const names = [
      'é/ü.ts',
      '名前.ts',
      'a b.ts',
      '"q".ts',
      'tab\t.ts',
      '\nfirst.ts',
      'in\nside.ts',
      ':100644 x',
      'f'.repeat(40),
      '-v',
    ];
    const folder = await repository({ message: 'names', files: Object.fromEntries(names.map((name) => [name, '1'])) });
    const [commit] = (await readHistory({ folders: [folder] }, never)).commits;
    expect([...(commit?.paths ?? [])].sort()).toEqual([...names].sort());
  });

  test('commits of very many files, and those of none, are left out', async () => {
    const many = Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`f${String(i)}`, '1']));
    const folder = await repository(
      { message: 'all', files: many },
      { message: 'none' },
      { message: 'one', files: { f1: '2' } },
    );
    expect(await told([folder])).toEqual([['one', 'f1']]);
  });

  test('the newest ones, so many as are wanted', async () => {
    const folder = await repository(...['1', '2', '3', '4'].map((message) => ({ message, files: { a: message } })));
    expect(await told([folder], { max: 2 })).toEqual([
      ['4', 'a'],
      ['3', 'a'],
    ]);
  });

  test('paths that nobody shall hear of are left out', async () => {
    const folder = await repository(
      { message: 'one', files: { '.env': '1', a: '1' } },
      { message: 'two', files: { '.env': '2' } },
    );
    const cache = new HistoryCache();
    expect(await told([folder], { cache, isLeftOut: (path) => path === '.env' })).toEqual([['one', 'a']]);
    const kept = join(await tempFolder(), 'history.json');
    await cache.save(kept);
    expect(await readFile(kept, 'utf8')).not.toContain('.env');
  });

  test('what settings of the repository say changes nothing', async () => {
    const folder = await repository({ message: 'é', files: { é: '1' } }, { message: 'two', files: { b: '1' } });
    const settings = ['log.showRoot=false', 'diff.relative=true', 'core.quotePath=true', 'i18n.logOutputEncoding=latin1', 'color.ui=always', 'diff.noprefix=true', 'format.pretty=oneline', 'log.follow=true', 'core.worktree=/nowhere']; // prettier-ignore
    for (const setting of settings) git(folder, 'config', ...setting.split('='));
    expect(await told([folder])).toEqual([
      ['two', 'b'],
      ['é', 'é'],
    ]);
  });
});

test.each<[what: string, raw: string, message: string]>([
  [
    'trailers',
    'Do it\n\nWhy.\n\nReviewed-by: B <b@example.com>\nChange-Id: I12\nCo-Authored-By: C <c@example.com>\n',
    'Do it\n\nWhy.',
  ],
  ['addresses', 'Thanks <a@example.com> for it', 'Thanks  for it'],
  ['what only looks like one', 'fix: the parser\n\nNote: by the way', 'fix: the parser\n\nNote: by the way'],
  ['all there is', `x\n${'long '.repeat(1000)}`, `x\n${'long '.repeat(300)}`.slice(0, 1500).trimEnd()],
])('a message without %s', (_what, raw, message) => {
  expect(messageOf(raw)).toBe(message);
});

describe('where the repository lies', () => {
  const commits: readonly MadeCommit[] = [
    { message: 'app', files: { 'app/a.ts': '1' } },
    { message: 'lib', files: { 'lib/b.ts': '1', 'lib2/c.ts': '1' } },
    { message: 'both', files: { 'app/a.ts': '2', 'lib/b.ts': '2', 'README.md': '1' } },
  ];

  test('above the folder: only what belongs to it, however far back', async () => {
    const top = await repository(
      ...commits,
      ...['x', 'y'].map((message) => ({ message, files: { 'lib/b.ts': message } })),
    );
    await mkdir(join(top, 'app'));
    expect(await told([join(top, 'app')], { max: 2 })).toEqual([
      ['both', 'a.ts'],
      ['app', 'a.ts'],
    ]);
  });

  test('around several folders: paths from the first one', async () => {
    const top = await repository(...commits);
    expect(await told([join(top, 'app'), join(top, 'lib')])).toEqual([['both', 'a.ts', '../lib/b.ts'], ['lib', '../lib/b.ts'], ['app', 'a.ts']]); // prettier-ignore
    expect(await told([join(top, 'app'), top])).toEqual([
      ['both', '../README.md', 'a.ts', '../lib/b.ts'],
      ['lib', '../lib/b.ts', '../lib2/c.ts'],
      ['app', 'a.ts'],
    ]);
  });

  test('below the folder, and several of them: by time', async () => {
    const folder = await tempFolder();
    for (const [name, extra] of [
      ['one', 0],
      ['deep/two', 1],
    ] as const) {
      await mkdir(join(folder, name), { recursive: true });
      makeRepository(join(folder, name), [...commits.slice(0, extra), { message: name, files: { 'a.ts': '1' } }]);
    }
    expect(await told([folder])).toEqual([
      ['deep/two', 'deep/two/a.ts'],
      ['app', 'deep/two/app/a.ts'],
      ['one', 'one/a.ts'],
    ]);
  });

  test('a linked worktree and a submodule have their own', async () => {
    const main = await repository(...commits);
    const side = join(await tempFolder(), 'side');
    git(main, 'worktree', 'add', '-q', '--detach', side, 'main~1');
    expect(await told([side])).toEqual([
      ['lib', 'lib/b.ts', 'lib2/c.ts'],
      ['app', 'app/a.ts'],
    ]);
    const outer = await repository({ message: 'outer', files: { a: '1' } });
    git(outer, 'reset', '-q', '--hard');
    git(outer, 'submodule', '--quiet', 'add', main, 'inner');
    expect(await told([join(outer, 'inner')], { max: 1 })).toEqual([['both', 'README.md', 'app/a.ts', 'lib/b.ts']]);
  });

  test('a folder that is reached by a link', async () => {
    const top = await repository(...commits);
    await mkdir(join(top, 'app'));
    const link = join(await tempFolder(), 'link');
    await symlink(join(top, 'app'), link);
    expect(await told([link])).toEqual([
      ['both', 'a.ts'],
      ['app', 'a.ts'],
    ]);
  });

  test('a `.git` that is a link, or that names a place which does not name it back, is none', async () => {
    const secret = await repository({ message: 'private', files: { a: '1' } });
    const forged = await tempFolder({
      'file/.git': `gitdir: ${secret}/.git\n`,
      'made/.git': 'gitdir: ../made.git\n',
      'made.git/HEAD': 'ref: refs/heads/main\n',
      'made.git/commondir': `${secret}/.git\n`,
      'made.git/gitdir': '../made/.git\n',
      'w/worktrees/x/HEAD': 'ref: refs/heads/main\n',
      'w/worktrees/x/commondir': `${secret}/.git\n`,
      'tree/.git': 'gitdir: ../w/worktrees/x\n',
      'common/.git/HEAD': 'ref: refs/heads/main\n',
      'common/.git/commondir': `${secret}/.git\n`,
      'long/.git': `gitdir: ${'x'.repeat(10_000)}`,
    });
    await writeFile(join(forged, 'w/worktrees/x/gitdir'), join(forged, 'tree/.git'));
    await mkdir(join(forged, 'link'));
    await symlink(join(secret, '.git'), join(forged, 'link/.git'));
    for (const name of ['file', 'made', 'tree', 'common', 'long', 'link'])
      expect(await told([join(forged, name)])).toEqual([]);
  });
});

describe('nothing to tell', () => {
  test('no folder, no repository, no commit, no git', async () => {
    expect(await told([])).toEqual([]);
    expect(await told([await tempFolder()])).toEqual([]);
    expect(await told(['/nowhere/at/all'])).toEqual([]);
    expect(await told([await repository()])).toEqual([]);
    const folder = await repository({ message: 'one', files: { a: '1' } });
    expect(await told([folder], { gitPath: '/nowhere/git' })).toEqual([]);
  });

  test('a damaged repository tells what it can', async () => {
    const folder = await repository(...['1', '2', '3', '4'].map((message) => ({ message, files: { a: message } })));
    const tree = git(folder, 'rev-parse', 'main~1^{tree}');
    await rm(join(folder, '.git/objects', tree.slice(0, 2), tree.slice(2)));
    expect(await told([folder])).toEqual([
      ['2', 'a'],
      ['1', 'a'],
    ]);
    await writeFile(join(folder, '.git/HEAD'), 'damaged');
    expect(await told([folder])).toEqual([]);
  });

  test('a shallow clone: its last commit seems to make all files, and is left out', async () => {
    const from = await repository(
      ...['1', '2', '3'].map((message) => ({ message, files: { a: message, [message]: '1' } })),
    );
    const folder = join(await tempFolder(), 'clone');
    git(from, 'clone', '-q', '--depth', '2', `file://${from}`, folder);
    expect(await told([folder])).toEqual([['3', '3', 'a']]);
  });

  test('an abort ends it', async () => {
    const folder = await repository({ message: 'one', files: { a: '1' } });
    await expect(readHistory({ folders: [folder] }, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    const sleeper = join(await tempFolder({ git: '#!/bin/sh\nexec sleep 60\n' }), 'git');
    await chmod(sleeper, 0o755);
    const stop = new AbortController();
    const reading = readHistory({ folders: [folder], gitPath: sleeper }, stop.signal);
    setImmediate(() => { stop.abort(new Error('stop')); }); // prettier-ignore
    await expect(reading).rejects.toThrow('stop');
  });
});

describe('a repository that names programs', () => {
  /** Writes its name and its first word to `ran`. */
  async function trap(): Promise<{ readonly program: string; ran: () => Promise<string> }> {
    const folder = await tempFolder({ trap: '#!/bin/sh\necho "$1" >> "$0.ran"\n' });
    const program = join(folder, 'trap');
    await chmod(program, 0o755);
    return { program, ran: () => readFile(`${program}.ran`, 'utf8').catch(() => '') };
  }
  const names = [
    'core.fsmonitor', 'core.pager', 'pager.log', 'pager.rev-list', 'pager.diff-tree', 'core.editor', 'core.sshCommand', 'core.askPass', 'core.gitProxy',
    'core.alternateRefsCommand', 'diff.external', 'diff.trap.command', 'diff.trap.textconv', 'filter.trap.process', 'filter.trap.clean', 'filter.trap.smudge',
    'gpg.program', 'gpg.ssh.program', 'credential.helper', 'interactive.diffFilter', 'merge.trap.driver', 'sequence.editor', 'uploadpack.packObjectsHook',
    'remote.origin.uploadpack', 'remote.origin.receivepack', 'remote.origin.proxy', 'trace2.normalTarget', 'alias.rev-list', 'alias.diff-tree', 'alias.rev-parse',
  ]; // prettier-ignore

  async function trapped(program: string): Promise<string> {
    const folder = await repository({ message: 'one', files: { 'a.txt': '1', '.gitattributes': '* diff=trap filter=trap merge=trap\n' } }, { message: 'two', files: { 'a.txt': '2' } }); // prettier-ignore
    for (const name of names) git(folder, 'config', name, name.startsWith('alias.') ? `!${program}` : program);
    for (const [name, value] of [['log.showSignature', 'true'], ['diff.mnemonicPrefix', 'true'], ['core.hooksPath', join(program, '..', 'hooks')]] as const) git(folder, 'config', name, value); // prettier-ignore
    return folder;
  }

  test('none of them runs, though git itself would start some', async () => {
    const { program, ran } = await trap();
    const folder = await trapped(program);
    const before = await readdir(join(folder, '.git'));
    expect(await told([folder])).toEqual([
      ['two', 'a.txt'],
      ['one', '.gitattributes', 'a.txt'],
    ]);
    expect(await ran()).toBe('');
    expect(await readdir(join(folder, '.git'))).toEqual(before);
    git(folder, 'log', '-p', '--ext-diff');
    expect(await ran()).not.toBe('');
  });

  test('what a partial clone lacks is not fetched', async () => {
    const { program, ran } = await trap();
    const from = await repository({ message: 'one', files: { a: '1' } }, { message: 'two', files: { a: '2' } });
    git(from, 'config', 'uploadpack.allowFilter', 'true');
    const folder = join(await tempFolder(), 'clone');
    git(from, 'clone', '-q', '--bare', '--filter=tree:0', `file://${from}`, join(folder, '.git'));
    git(folder, 'config', 'core.bare', 'false');
    for (const [name, value] of [['remote.origin.uploadpack', program], ['remote.origin.url', from], ['protocol.allow', 'always'], ['protocol.file.allow', 'always'], ['core.fsmonitor', program]] as const) git(folder, 'config', name, value); // prettier-ignore
    expect(await told([folder])).toEqual([]);
    expect(await ran()).toBe('');
    expect(() => git(folder, 'log', '--stat')).toThrow();
    expect(await ran()).not.toBe('');
  });

  test('nor does what the environment names', async () => {
    const { program, ran } = await trap();
    const folder = await repository({ message: 'one', files: { a: '1' } });
    const elsewhere = await repository({ message: 'elsewhere', files: { b: '1' } });
    const set = { GIT_DIR: join(elsewhere, '.git'), GIT_EXTERNAL_DIFF: program, GIT_PAGER: program, PAGER: program, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: program, GIT_TRACE: `${program}.ran` }; // prettier-ignore
    for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value);
    onTestFinished(() => { vi.unstubAllEnvs(); }); // prettier-ignore
    expect(await told([folder])).toEqual([['one', 'a']]);
    expect(await ran()).toBe('');
  });

  test('a git file that is a queue or a device holds nothing up for good', async () => {
    const folder = await tempFolder({ 'a/.git/refs/x': '', 'b/x': '' });
    execFileSync('mkfifo', [join(folder, 'a/.git/HEAD'), join(folder, 'b/.git')]);
    expect(await told([join(folder, 'a')])).toEqual([]);
    expect(await told([join(folder, 'b')])).toEqual([]);
  });
});

describe('what is known is not read again', () => {
  /** A git that notes what it is asked, and for how many commits. */
  async function notingGit(): Promise<{ readonly gitPath: string; asked: () => Promise<readonly string[]> }> {
    const folder = await tempFolder({
      git: `#!/bin/sh\nfor a; do case $a in rev-parse|rev-list|diff-tree) break;; esac; done\nif [ $a = diff-tree ]; then tee "$0.in" | git "$@"; code=$?; echo "$a $(wc -l < "$0.in" | tr -d ' ')" >> "$0.log"; exit $code; else echo $a >> "$0.log"; exec git "$@"; fi\n`,
    });
    await chmod(join(folder, 'git'), 0o755);
    return {
      gitPath: join(folder, 'git'),
      async asked() {
        const lines = (await readFile(join(folder, 'git.log'), 'utf8')).trim().split('\n');
        await writeFile(join(folder, 'git.log'), '');
        return lines;
      },
    };
  }
  const three = ['1', '2', '3'].map((message) => ({ message, files: { a: message } }));

  test('a HEAD that stands still, one that moves on, one that goes back', async () => {
    const { gitPath, asked } = await notingGit();
    const folder = await repository(...three);
    const cache = new HistoryCache();
    const read = () => readHistory({ folders: [folder], gitPath, cache }, never);
    const first = await read();
    expect(await asked()).toEqual(['rev-parse', 'rev-list', 'diff-tree 3']);
    expect(await read()).toBe(first);
    expect(await asked()).toEqual(['rev-parse']);
    addCommits(folder, [{ message: '4', files: { b: '1' } }]);
    expect((await read()).commits.map(({ subject }) => subject)).toEqual(['4', '3', '2', '1']);
    expect(await asked()).toEqual(['rev-parse', 'rev-list', 'diff-tree 1']);
    git(folder, 'update-ref', 'HEAD', 'HEAD~2');
    expect((await read()).commits.map(({ subject }) => subject)).toEqual(['2', '1']);
    expect(await asked()).toEqual(['rev-parse', 'rev-list']);
  });

  test('checkouts of one repository share its commits, and each sees its own past alone', async () => {
    const { gitPath, asked } = await notingGit();
    const from = await repository(...three);
    const cache = new HistoryCache();
    const seen: unknown[] = [];
    for (const at of ['main', 'main~2', 'main~1']) {
      const checkout = await tempFolder();
      git(checkout, 'init', '-q', '.');
      await writeFile(join(checkout, '.git/objects/info/alternates'), `${from}/.git/objects\n`);
      git(checkout, 'update-ref', '--no-deref', 'HEAD', git(from, 'rev-parse', at));
      seen.push((await told([checkout], { gitPath, cache })).flat().filter((word) => word !== 'a'));
    }
    expect(seen).toEqual([['3', '2', '1'], ['1'], ['2', '1']]);
    expect(await asked()).toEqual([
      'rev-parse',
      'rev-list',
      'diff-tree 3',
      'rev-parse',
      'rev-list',
      'rev-parse',
      'rev-list',
    ]);
  });

  test('what git cannot tell is not asked for again and again', async () => {
    const { gitPath, asked } = await notingGit();
    const folder = await repository(...three);
    await rm(join(folder, '.git/objects', ...((tree) => [tree.slice(0, 2), tree.slice(2)])(git(folder, 'rev-parse', 'main^{tree}')))); // prettier-ignore
    const cache = new HistoryCache();
    for (let i = 0; i < 3; i++) expect(await told([folder], { gitPath, cache })).toEqual([['2', 'a'], ['1', 'a']]); // prettier-ignore
    const tries = (await asked()).map((line) => line.replace(/ \d+$/, ''));
    expect(tries).toEqual(['rev-parse', 'rev-list', 'diff-tree', 'diff-tree', 'rev-parse', 'diff-tree', 'rev-parse']);
  });

  test('across processes', async () => {
    const { gitPath, asked } = await notingGit();
    const folder = await repository(...three);
    const storage = join(await tempFolder(), 'deep', 'history.json');
    const cache = await HistoryCache.load(storage);
    const first = await readHistory({ folders: [folder], gitPath, cache }, never);
    await cache.save(storage);
    await cache.save(storage);
    expect(await readdir(join(storage, '..'))).toEqual(['history.json']);
    await asked();
    expect(await readHistory({ folders: [folder], gitPath, cache: await HistoryCache.load(storage) }, never)).toEqual(
      first,
    );
    expect(await asked()).toEqual(['rev-parse']);
    const text = await readFile(storage, 'utf8');
    for (const damaged of [
      '',
      '{',
      'null',
      '[]',
      '{"version":2}',
      text.slice(0, -9),
      text.replace(/"a"/g, '7'),
      text.replace(/\[/g, '{'),
    ]) {
      await writeFile(storage, damaged);
      const again = await readHistory({ folders: [folder], cache: await HistoryCache.load(storage) }, never);
      expect(again.commits.length).toBeLessThanOrEqual(3);
    }
  });

  test('a place that cannot be written is no error', async () => {
    const file = join(await tempFolder({ a: '' }), 'a', 'history.json');
    const cache = await HistoryCache.load(file);
    cache.setList('k', 'h', []);
    await cache.save(file);
    expect(cache.list('k', 'h')).toEqual([]);
  });
});

test('what git says means the same wherever it is cut', () => {
  const id = (digit: string): string => digit.repeat(40);
  const text = `${id('a')}\x001\0two\nlines\n\0\0\n:100644 x M\0é/a\0:100644 x A\0${id('b')}\0${id('c')}\x002\0none\n\0\0${id('d')}\x003\0\0\0\n:000000 x A\0\nb\0`;
  const data = Buffer.from(text);
  fc.assert(
    fc.property(fc.array(fc.nat(data.length)), (cuts) => {
      const found: unknown[] = [];
      const parser = new CommitParser((one, commit) =>
        found.push([one[0], commit.timeS, commit.message, commit.paths]),
      );
      const ends = [0, ...cuts.sort((a, b) => a - b), data.length];
      for (let i = 1; i < ends.length; i++) parser.push(data.subarray(ends[i - 1], ends[i]));
      parser.end();
      expect(found).toEqual([
        ['a', 1, 'two\nlines', ['é/a', id('b')]],
        ['c', 2, 'none', []],
        ['d', 3, '', ['\nb']],
      ]);
    }),
  );
});
