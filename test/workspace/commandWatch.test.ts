import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, lstatSync, readFileSync, readdirSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileState, FileStep } from '../../src/core/checkpoint.ts';
import { limits } from '../../src/core/limits.ts';
import { Tree } from '../../src/workspace/tree.ts';
import { FolderWatches } from '../../src/workspace/treeWatch.ts';
import { aborted, never, thrownBy } from '../contract/contract.ts';
import { Checkpointed, checkpointed, held, session } from '../support/checkpointed.ts';
import { tempFolder } from '../support/tempFolder.ts';

const absent: FileState = { kind: 'absent' };
const shown = (steps: readonly FileStep[] | null) => steps?.map(({ path, before, after }) => [path, before, after]);

describe.each([
  ['in git', true],
  ['without git', false],
])('what a command changed, %s', (_, isGit) => {
  const prepared = async (texts: Readonly<Record<string, string | Uint8Array>>): Promise<Checkpointed> => {
    const own = await checkpointed(texts);
    if (isGit) own.commit();
    return own;
  };

  it('is found with all that stood there before', async () => {
    const own = await prepared({
      'a.ts': 'a\n',
      'b.bin': '\0b',
      'dir/c.ts': 'c',
      'dir/deep/d.ts': 'd',
      'run.sh': '#!',
    });
    own.write('dirty.ts', 'not in git\n');
    const steps = await own.run(() => {
      own.write('a.ts', 'A\n');
      own.remove('b.bin');
      renameSync(own.at('dir'), own.at('moved'));
      own.write('moved/deep/d.ts', 'D');
      own.write('new/e.ts', 'e');
      chmodSync(own.at('run.sh'), 0o755);
      own.write('dirty.ts', 'changed\n');
      own.link('link', 'a.ts');
      own.write('gone again.ts', 'x');
      own.remove('gone again.ts');
    });
    expect(shown(steps)).toEqual([
      ['a.ts', held('a\n'), held('A\n')],
      ['b.bin', held('\0b'), absent],
      ['dir/c.ts', held('c'), { kind: 'absent', folders: 1 }],
      ['dir/deep/d.ts', held('d'), { kind: 'absent', folders: 2 }],
      ['dirty.ts', held('not in git\n'), held('changed\n')],
      ['link', absent, { kind: 'link', target: 'a.ts' }],
      ['moved/c.ts', { kind: 'absent', folders: 1 }, held('c')],
      ['moved/deep/d.ts', { kind: 'absent', folders: 2 }, held('D')],
      ['new/e.ts', { kind: 'absent', folders: 1 }, held('e')],
      ['run.sh', held('#!'), held('#!', 0o755)],
    ]);
    expect((await own.checkpoints.content(session, steps[0]!.before))?.toString()).toBe('a\n');
  });

  it('is found again at the next command, and nothing of what came in between', async () => {
    const own = await prepared({ 'a.ts': 'a', 'b.ts': 'b', 'dir/c.ts': 'c' });
    await own.run(() => own.write('a.ts', 'A'));
    own.write('b.ts', 'mine');
    own.remove('dir');
    own.write('later/d.ts', 'mine too');
    expect(shown(await own.run(() => undefined))).toEqual([]);
    const steps = await own.run(() => ['a.ts', 'b.ts', 'later/d.ts'].forEach((path) => own.write(path, 'x')));
    expect(shown(steps)).toEqual([
      ['a.ts', held('A'), held('x')],
      ['b.ts', held('mine'), held('x')],
      ['later/d.ts', held('mine too'), held('x')],
    ]);
  });

  it('leaves ignored files out, by the rules from before the command and those it made', async () => {
    const own = await prepared({ '.gitignore': 'out/\nsecret\n', 'out/a': '1', secret: 's', 'a.ts': 'a' });
    const steps = await own.run(() => {
      own.write('.gitignore', 'out/\nmodules/\n'); // does not hide `secret` any more
      own.write('out/a', '2');
      own.write('secret', 'S');
      own.write('modules/m.js', 'm');
      own.write('a.ts', 'A');
    });
    expect(steps.map(({ path }) => path)).toEqual(['.gitignore', 'a.ts']);
    expect(shown(await own.run(() => own.write('secret', '!')))).toEqual([['secret', held('S'), held('!')]]);
  });

  it('does not take for new what was moved here from where nobody watches', async () => {
    const own = await prepared({ '.gitignore': 'out/\n', 'out/typed.md': 'by a person' });
    const steps = await own.run(() => renameSync(own.at('out/typed.md'), own.at('typed.md')));
    expect(shown(steps)).toEqual([
      ['typed.md', { kind: 'unkept', why: 'it was moved here from a place that is not watched' }, held('by a person')],
    ]);
  });

  it('is found even where it left the length and the dates as they were', async () => {
    const own = await prepared({ 'a.ts': '0' });
    for (let i = 1; i < 10; i++) {
      own.write('a.ts', String(i));
      expect(shown(await own.run(() => own.write('a.ts', 'x')))).toEqual([['a.ts', held(String(i)), held('x')]]);
    }
  });

  it('counts from the start of the command, not from when it was made ready for', async () => {
    const own = await prepared({ 'a.ts': 'a', 'b.ts': 'b' });
    await own.checkpoints.warm(never);
    own.write('a.ts', 'mine');
    own.write('c.ts', 'mine too');
    const steps = await own.run(() => {
      own.write('b.ts', 'B');
      own.write('c.ts', 'of the command');
    });
    expect(shown(steps)).toEqual([
      ['b.ts', held('b'), held('B')],
      ['c.ts', held('mine too'), held('of the command')],
    ]);
    await own.checkpoints.warm(aborted());
  });

  it('does not see unsaved text', async () => {
    const own = await prepared({ 'a.ts': 'a' });
    own.documents.type(own.at('a.ts'), 'typed');
    expect(shown(await own.run(() => own.write('a.ts', 'A')))).toEqual([['a.ts', held('a'), held('A')]]);
  });

  it('says of a large file that it was not kept', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    own.write('large', Buffer.alloc(limits.checkpointFileBytes + 1));
    if (isGit) own.commit();
    const why = 'it is larger than the 10 MB that are kept of a file';
    expect(shown(await own.run(() => own.write('large', 'x')))).toEqual([
      ['large', { kind: 'unkept', why }, held('x')],
    ]);
  });

  it('is found after the process was killed, as often as it is asked for', async () => {
    const own = await prepared({ 'a.ts': 'a', 'b.ts': 'b', '.gitignore': 'out/\n', 'out/x': 'x' });
    own.write('dirty.ts', 'd');
    await own.run(() => own.write('b.ts', 'B'));
    await own.checkpoints.watch(session, 'cut', never);
    own.write('a.ts', 'A');
    own.remove('dirty.ts');
    own.write('new/c.ts', 'c');
    own.write('.gitignore', '');
    const expected = [
      ['.gitignore', held('out/\n'), held('')],
      ['a.ts', held('a'), held('A')],
      ['dirty.ts', held('d'), absent],
      ['new/c.ts', { kind: 'absent', folders: 1 }, held('c')],
    ];
    const next = own.another();
    for (let i = 0; i < 2; i++) expect(shown(await next.recover(session, 'cut', never))).toEqual(expected);
    expect(shown(await own.checkpoints.recover(session, 'cut', never))).toEqual(expected);
    expect([await next.recover(session, 'other', never), await next.recover('nobody', 'cut', never)]).toEqual([null, null]);
  }); // prettier-ignore

  it('is not known after the process was killed once the command had ended, or the list is torn', async () => {
    const own = await prepared({ 'a.ts': 'a' });
    const watch = await own.checkpoints.watch(session, 'ended', never);
    await watch.end(never);
    expect(await own.another().recover(session, 'ended', never)).toBeNull();
    await own.checkpoints.watch(session, 'torn', never);
    const list = join(own.storage, 'sessions', session, 'tree', 'list.jsonl');
    execFileSync('truncate', ['-s', '-3', list]);
    expect(await own.another().recover(session, 'torn', never)).toBeNull();
  });

  it('is found while another session runs a command as well', async () => {
    const own = await prepared({ 'a.ts': 'a', 'b.ts': 'b' });
    const one = await own.checkpoints.watch('one', 'c1', never);
    own.write('a.ts', 'A');
    const two = await own.checkpoints.watch('two', 'c2', never);
    own.write('b.ts', 'B');
    expect(shown(await one.end(never))).toEqual([['a.ts', held('a'), held('A')], ['b.ts', held('b'), held('B')]]); // prettier-ignore
    expect(shown(await two.end(never))).toEqual([['b.ts', held('b'), held('B')]]);
    const three = await own.checkpoints.watch('three', 'c3', never);
    own.write('a.ts', 'x');
    expect(shown(await three.end(never))).toEqual([['a.ts', held('A'), held('x')]]);
  });

  it('leaves nothing on the disk afterwards but what is kept', async () => {
    const own = await prepared({ 'a.ts': 'a', 'b.ts': 'b' });
    await own.run(() => own.write('a.ts', 'A'));
    await own.checkpoints.close();
    expect(readdirSync(own.storage, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())).toEqual([]);
  }); // prettier-ignore

  it('ends its wait when it is stopped, and can still be asked for', async () => {
    const own = await prepared({ 'a.ts': 'a' });
    expect((await thrownBy(own.checkpoints.watch(session, 'call', aborted()))).message).toBe('stopped');
    const watch = await own.checkpoints.watch(session, 'call', never);
    own.write('a.ts', 'A');
    expect((await thrownBy(watch.end(aborted()))).message).toBe('stopped');
    expect(shown(await watch.end(never))).toEqual([['a.ts', held('a'), held('A')]]);
  });
});

describe('what git knows of a file', () => {
  it('is believed, without a copy, only where the file stands as it was recorded', async () => {
    const own = await checkpointed({ 'clean.ts': 'clean', 'touched.ts': 'touched', 'dirty.ts': 'old' });
    own.commit();
    utimesSync(own.at('touched.ts'), 1_600_000_000, 1_600_000_000);
    own.write('dirty.ts', 'new');
    const watch = await own.checkpoints.watch(session, 'call', never);
    const list = readFileSync(join(own.storage, 'sessions', session, 'tree', 'list.jsonl'), 'utf8');
    const sources = new Map(list.split('\n').slice(0, -1).map((line) => JSON.parse(line) as { path?: string; git?: unknown; source?: { kind: string } }).map((line) => [line.path, line.git ? 'git' : line.source?.kind])); // prettier-ignore
    expect([sources.get(own.at('clean.ts')), sources.get(own.at('touched.ts')), sources.get(own.at('dirty.ts'))]).toEqual(['git', 'git', 'copy']); // prettier-ignore
    for (const path of ['clean.ts', 'touched.ts', 'dirty.ts']) own.write(path, 'x');
    expect((await watch.end(never)).map(({ before }) => before)).toEqual([held('clean'), held('new'), held('touched')]);
  });

  it('is not believed of a second writing in the same tick of the clock', async () => {
    const own = await checkpointed({ 'a.ts': '1' });
    own.commit();
    own.write('a.ts', '2');
    own.git('add', '-A');
    const { mtime } = lstatSync(own.at('a.ts'));
    own.write('a.ts', '3');
    utimesSync(own.at('a.ts'), mtime, mtime);
    expect(shown(await own.run(() => own.write('a.ts', '4')))).toEqual([['a.ts', held('3'), held('4')]]);
  });

  it('comes back with the line ends of the working tree', async () => {
    const own = await checkpointed({ 'a.ts': 'a\r\nb\r\n', 'lf.ts': 'a\nb\n', '.gitattributes': '*.ts text\n' });
    own.commit();
    const steps = await own.run(() => {
      own.write('a.ts', 'x');
      own.write('lf.ts', 'x');
    });
    expect(steps.map(({ before }) => before)).toEqual([held('a\r\nb\r\n'), held('a\nb\n')]);
  });

  it('is not asked for through filters, and starts no program of the repository', async () => {
    const own = await checkpointed({ 'a.txt': 'plain', 'b.ts': 'b', '.gitattributes': '*.txt filter=rot diff=rot\n' });
    const marker = own.at('../ran');
    own.git('init', '-q', '--template=');
    const tool = own.at('.git/tool');
    own.write('.git/tool', `#!/bin/sh\necho ran >> '${marker}'\ntr a-z n-za-m\n`, 0o755);
    for (const [key, value] of [['filter.rot.clean', tool], ['filter.rot.smudge', tool], ['core.fsmonitor', tool], ['core.hooksPath', own.at('.git')], ['diff.rot.textconv', tool], ['diff.rot.command', tool], ['diff.external', tool], ['core.pager', tool], ['pager.cat-file', 'true'], ['pager.check-attr', 'true']]) own.git('config', key!, value!); // prettier-ignore
    own.write('.git/post-index-change', `#!/bin/sh\necho ran >> '${marker}'\n`, 0o755);
    for (const path of ['a.txt', 'b.ts', '.gitattributes']) own.age(path);
    own.git('add', '-A');
    own.git('commit', '-qm', 'all');
    expect(own.git('cat-file', 'blob', ':a.txt')).toBe('cynva');
    execFileSync('rm', ['-f', marker]);
    const steps = await own.run(() => {
      own.write('a.txt', 'x');
      own.write('b.ts', 'x');
    });
    expect(steps.map(({ before }) => before)).toEqual([held('plain'), held('b')]);
    expect(existsSync(marker)).toBe(false);
  });

  it('is not taken from a replacement', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    own.commit();
    own.write('b.ts', 'fake');
    own.git('replace', own.git('rev-parse', ':a.ts').trim(), own.git('hash-object', '-w', 'b.ts').trim());
    expect(shown(await own.run(() => own.write('a.ts', 'x')))).toEqual([['a.ts', held('a'), held('x')]]);
  });

  it('includes files that are tracked though ignored', async () => {
    const own = await checkpointed({ '.gitignore': 'dist/\n', 'dist/out.js': 'o', 'dist/other.js': 'p' });
    own.git('init', '-q', '--template=');
    own.git('add', '-f', '.gitignore', 'dist/out.js');
    own.git('commit', '-qm', 'all');
    const steps = await own.run(() => ['dist/out.js', 'dist/other.js', 'dist/new.js'].forEach((path) => own.write(path, 'x')));
    expect(shown(steps)).toEqual([['dist/out.js', held('o'), held('x')]]);
  }); // prettier-ignore

  it('is found in nested repositories, submodules, linked working trees and above the folder', async () => {
    const library = await checkpointed({ 'lib.ts': 'lib' });
    library.commit();
    const own = await checkpointed({ 'a.ts': 'a', 'nested/n.ts': 'n', 'packages/p/p.ts': 'p' });
    own.commit();
    execFileSync('git', ['init', '-q'], { cwd: own.at('nested') });
    own.git('submodule', '--quiet', 'add', library.folder, 'sub');
    own.git('worktree', 'add', '-q', 'tree');
    const change = (base: string, ...paths: readonly string[]) => () => paths.forEach((path) => own.write(join(base, path), 'x')); // prettier-ignore
    const steps = await own.run(change('', 'a.ts', 'nested/n.ts', 'sub/lib.ts', 'tree/a.ts', 'tree/.git'));
    expect(shown(steps)).toEqual([
      ['a.ts', held('a'), held('x')],
      ['nested/n.ts', held('n'), held('x')],
      ['sub/lib.ts', held('lib'), held('x')],
      ['tree/a.ts', held('a'), held('x')],
    ]);
    const inner = new Checkpointed(own.at('packages/p'), await tempFolder(), [own.at('packages/p'), own.at('nested')]);
    const watch = await inner.checkpoints.watch(session, 'call', never);
    change('', 'packages/p/p.ts', 'nested/m.ts')();
    expect(shown(await watch.end(never))).toEqual([
      [join('../../nested/m.ts'), absent, held('x')],
      ['p.ts', held('p'), held('x')],
    ]);
  });

  it('is never written: not even the dates in the index are refreshed', async () => {
    const own = await checkpointed({ 'a.ts': 'a', 'b.ts': 'b' });
    own.commit();
    own.write('a.ts', 'changed');
    own.git('stash', '-q');
    utimesSync(own.at('b.ts'), 1_600_000_000, 1_600_000_000);
    const state = () => readdirSync(own.at('.git'), { recursive: true, encoding: 'utf8' }).sort().map((name) => {
      const stat = lstatSync(own.at(join('.git', name)));
      return [name, stat.mode, stat.mtimeMs, stat.ctimeMs, stat.isFile() ? readFileSync(own.at(join('.git', name)), 'latin1') : ''];
    }); // prettier-ignore
    const before = state();
    await own.run(() => own.write('b.ts', 'B'));
    await own.edit(() => own.write('a.ts', 'A'), 'a.ts');
    await own.restore();
    await own.another().recover(session, 'call', never);
    expect(state()).toEqual(before);
  });
});

describe('a command that changes very much', () => {
  it('keeps so many files of one command and no more, those first that were there', async () => {
    const own = await checkpointed({ 'z.ts': 'z' });
    const steps = await own.run(() => {
      for (let i = 0; i < limits.checkpointFilesMax; i++) own.write(`many/${String(i)}`, 'x');
      own.write('z.ts', 'Z');
    });
    expect(steps.length).toBe(limits.checkpointFilesMax + 1);
    expect(shown(steps.slice(-2))).toEqual([
      ['z.ts', held('z'), held('Z')],
      [
        '.',
        { kind: 'unkept', why: '1 more files that the command changed are not kept' },
        { kind: 'unkept', why: '1 more files that the command changed are not kept' },
      ],
    ]);
    expect((await own.preview()).at(-1)).toMatchObject({ path: '.', action: 'cannot' });
  });
});

describe('the tree', () => {
  const changesOf = async (tree: Tree): Promise<readonly string[]> => {
    const paths: string[] = [];
    await tree.update((absolute) => paths.push(absolute), never);
    return paths.sort();
  };

  it('compares names and dates where the system gives no watches', async () => {
    const own = await checkpointed({ 'a.ts': 'a', 'dir/b.ts': 'b', 'c.ts': 'c' });
    const watches = new FolderWatches(join(own.storage, 'sentinels'));
    watches.close();
    const tree = new Tree([own.folder], watches);
    expect(await changesOf(tree)).toEqual(['a.ts', 'c.ts', 'dir/b.ts'].map((path) => own.at(path)));
    own.write('dir/b.ts', 'longer');
    own.remove('c.ts');
    own.write('new/d.ts', 'd');
    const expected = ['c.ts', 'dir/b.ts', 'new/d.ts'].map((path) => own.at(path));
    expect(await changesOf(tree)).toEqual(expect.arrayContaining(expected));
    tree.close();
  });

  it('takes in everything after an update that was stopped', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    const watches = new FolderWatches(join(own.storage, 'sentinels'));
    const tree = new Tree([own.folder], watches);
    await changesOf(tree);
    own.write('a.ts', 'changed');
    await thrownBy(tree.update(() => undefined, aborted()));
    expect(await changesOf(tree)).toContain(own.at('a.ts'));
    tree.close();
    watches.close();
  });

  it('does not follow links, nor names that are no text', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    own.link('self', '.');
    linkSync(own.at('a.ts'), own.at('b.ts'));
    execFileSync('sh', ['-c', 'touch "$(printf \'bad\\377name\')"'], { cwd: own.folder });
    const watches = new FolderWatches(join(own.storage, 'sentinels'));
    const tree = new Tree([own.folder], watches);
    expect(await changesOf(tree)).toEqual(['a.ts', 'b.ts', 'self'].map((path) => own.at(path)));
    tree.close();
    watches.close();
  });
});
