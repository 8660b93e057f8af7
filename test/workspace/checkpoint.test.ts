import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { FileChange } from '../../src/core/change.ts';
import type { Files } from '../../src/core/ports.ts';
import { deleteFileChange, moveFileChange } from '../../src/workspace/diff.ts';
import { fileCheckpoints } from '../../src/workspace/checkpoint.ts';
import { isGitName } from '../../src/workspace/fileState.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { aborted, never, thrownBy } from '../contract/contract.ts';
import { checkpointed, held, session } from '../support/checkpointed.ts';
import { tempFolder } from '../support/tempFolder.ts';

const absent = { kind: 'absent' };
const unkept = (why: string) => ({ kind: 'unkept', why });

describe('keeping files', () => {
  it('keeps every byte, the mode and the links, and says what is not there', async () => {
    const own = await checkpointed({ 'a.ts': '\ufeffä\r\nb', 'bin/run': Buffer.from([0, 255, 10]), 'empty.txt': '' });
    chmodSync(own.at('bin/run'), 0o755);
    own.link('link', 'a.ts');
    own.link('loose', '../nowhere');
    const paths = ['a.ts', 'bin/run', 'empty.txt', 'link', 'loose', 'no.ts', 'no/such/folder.ts', 'bin', 'link/below', './bin/../a.ts']; // prettier-ignore
    const kept = await own.checkpoints.keep(session, paths, never);
    expect(kept.map(({ path, state }) => [path, state])).toEqual([
      ['a.ts', held('\ufeffä\r\nb')],
      ['bin/run', held(Buffer.from([0, 255, 10]), 0o755)],
      ['empty.txt', held('')],
      ['link', { kind: 'link', target: 'a.ts' }],
      ['loose', { kind: 'link', target: '../nowhere' }],
      ['no.ts', absent],
      ['no/such/folder.ts', { kind: 'absent', folders: 2 }],
      ['bin', absent],
      ['link/below', absent],
      ['./bin/../a.ts', held('\ufeffä\r\nb')],
    ]);
    const content = await Promise.all(kept.slice(0, 4).map(({ state }) => own.checkpoints.content(session, state)));
    expect(content).toEqual([Buffer.from('\ufeffä\r\nb'), Buffer.from([0, 255, 10]), Buffer.from(''), null]);
  });

  it('takes the unsaved text for the file, with the mark and the mode of the file on disk', async () => {
    const own = await checkpointed({ 'a.ts': '\ufeffold', 'b.ts': 'old' });
    chmodSync(own.at('a.ts'), 0o600);
    own.documents.type(own.at('a.ts'), 'typed');
    own.documents.type(own.at('new.ts'), 'never saved');
    const kept = await own.checkpoints.keep(session, ['a.ts', 'b.ts', 'new.ts'], never);
    expect(kept.map(({ state }) => state)).toEqual([
      { ...held('\ufefftyped', 0o600), unsaved: true },
      held('old'),
      { ...held('never saved'), unsaved: true },
    ]);
  });

  it('says of each file that it cannot keep why', async () => {
    const own = await checkpointed({ '.git/HEAD': 'x', 'large.bin': Buffer.alloc(limits.checkpointFileBytes + 1) });
    execFileSync('mkfifo', [own.at('pipe')]);
    const outside = await tempFolder({ 'real/a.ts': 'a' });
    own.link('out', outside);
    execFileSync('ln', ['-s', 'real', `${outside}/linked`]);
    const paths = ['.git/HEAD', '.GIT./HEAD', 'large.bin', 'pipe', '', `${outside}/linked/a.ts`];
    const kept = await own.checkpoints.keep(session, paths, never);
    expect(kept.map(({ state }) => state)).toEqual([
      unkept('it belongs to git, which is never touched'),
      unkept('it belongs to git, which is never touched'),
      unkept('it is larger than the 10 MB that are kept of a file'),
      unkept('it is a device, pipe or socket'),
      unkept('The path is empty or holds a NUL. Name a file or folder relative to the workspace'),
      unkept(`it is a link to ${outside}/real. Name that path instead`),
    ]);
    expect(await own.checkpoints.keep(session, [`${outside}/real/a.ts`], never)).toEqual([
      { path: `${outside}/real/a.ts`, state: held('a') },
    ]);
  });

  it.each(['.git', '.GIT', '.git.', '.git ', '.git::$INDEX_ALLOCATION', 'GIT~1', '.g\u200cit', '.ｇit'])(
    'knows %j for a name of git',
    (name) => {
      expect(isGitName(name)).toBe(true);
    },
  );

  it.each(['.gitignore', '.gitattributes', 'git', 'agit', '.github', 'x.git'])(
    'knows %j for a name of ours',
    (name) => {
      expect(isGitName(name)).toBe(false);
    },
  );

  it('keeps nothing once it was stopped', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    expect((await thrownBy(own.checkpoints.keep(session, ['a.ts'], aborted()))).message).toBe('stopped');
  });

  it('refuses what is no session', async () => {
    const own = await checkpointed();
    expect((await thrownBy(own.checkpoints.watch('../elsewhere', 'call', never))).code).toBe('not_found');
  });
});

describe('what a restore would do', () => {
  const text = 'one\ntwo\nthree\nfour\nfive\nsix\n';

  it('says it of each file', async () => {
    const own = await checkpointed({
      'back.ts': text,
      'gone.ts': text,
      'merge.ts': text,
      'conflict.ts': text,
      'mine.ts': text,
      'binary.png': '\0old',
    });
    await own.edit(() => own.write('back.ts', text.replace('two', 'TWO')), 'back.ts');
    await own.edit(
      () => {
        own.write('back.ts', text.replace('two', '2').replace('five', '5'));
        own.write('made.ts', 'a\nb\n');
        own.remove('gone.ts');
        own.write('merge.ts', text.replace('two', 'TWO'));
        own.write('conflict.ts', text.replace('two', 'TWO'));
        own.write('binary.png', '\0new');
      },
      ...['back.ts', 'made.ts', 'gone.ts', 'merge.ts', 'conflict.ts', 'binary.png', 'mine.ts'],
    );
    own.write('merge.ts', `${text.replace('two', 'TWO')}mine\n`);
    own.write('conflict.ts', text.replace('two', 'mine'));
    own.write('mine.ts', 'mine\n');
    own.write('binary.png', '\0mine');
    const calls = ['call1'];
    expect(await own.preview()).toEqual([
      {
        path: 'back.ts',
        action: 'back',
        why: 'goes back to how it was, 2 changes taken out',
        lines: { added: 2, removed: 2 },
        now: held(text.replace('two', '2').replace('five', '5')),
        then: held(text),
        calls: ['call0', 'call1'],
      },
      {
        path: 'made.ts',
        action: 'remove',
        why: 'removed: the agent made it',
        lines: { added: 0, removed: 2 },
        now: held('a\nb\n'),
        then: absent,
        calls,
      },
      {
        path: 'gone.ts',
        action: 'create',
        why: 'comes back: the agent removed it',
        lines: { added: 6, removed: 0 },
        now: absent,
        then: held(text),
        calls,
      },
      {
        path: 'merge.ts',
        action: 'merge',
        why: 'goes back around your own changes, 1 change taken out',
        lines: { added: 1, removed: 1 },
        now: held(`${text.replace('two', 'TWO')}mine\n`),
        then: held(`${text}mine\n`),
        calls,
      },
      {
        path: 'conflict.ts',
        action: 'conflict',
        why: 'you edited the same lines',
        lines: { added: 1, removed: 1 },
        now: held(text.replace('two', 'mine')),
        then: held(text),
        calls,
      },
      {
        path: 'binary.png',
        action: 'conflict',
        why: 'you changed it too, and it is no text',
        lines: null,
        now: held('\0mine'),
        then: held('\0old'),
        calls,
      },
      {
        path: 'mine.ts',
        action: 'keep',
        why: 'kept: only you changed it',
        lines: null,
        now: held('mine\n'),
        then: null,
        calls,
      },
    ]);
    expect(own.read('back.ts')).toBe(text.replace('two', '2').replace('five', '5'));
  });

  it.each([
    ['the person removed what the agent changed', { 'a.ts': 'a\n' }, 'A\n', null, 'keep', 'kept: you removed it'],
    ['the person took the change out', { 'a.ts': 'a\n' }, 'A\n', 'a\n', 'keep', 'stands as it was'],
    ['the person changed what the agent made', {}, 'A\n', 'B\n', 'conflict', 'the agent made it, and you changed it since'],
    ['the person made anew what the agent removed', { 'a.ts': 'a\n' }, null, 'B\n', 'conflict', 'the agent removed it, and you made it anew'],
  ] as const)('knows when %s', async (_, texts, agents, persons, action, why) => {
    const own = await checkpointed(texts);
    const put = (text: string | null) => (text === null ? own.remove('a.ts') : own.write('a.ts', text));
    await own.edit(() => put(agents), 'a.ts');
    put(persons);
    expect((await own.preview()).map((item) => [item.action, item.why])).toEqual([[action, why]]);
  }); // prettier-ignore

  it('takes out what the agent did before and after the person', async () => {
    const own = await checkpointed({ 'a.ts': text });
    await own.edit(() => own.write('a.ts', text.replace('one', 'ONE')), 'a.ts');
    own.write('a.ts', text.replace('one', 'ONE').replace('three', 'mine'));
    await own.edit(() => own.write('a.ts', text.replace('one', 'ONE').replace('three', 'mine').replace('six', 'SIX')), 'a.ts');
    expect((await own.preview()).map(({ action, then }) => [action, then])).toEqual([
      ['merge', held(text.replace('three', 'mine'))],
    ]);
  }); // prettier-ignore

  it('merges into the unsaved text', async () => {
    const own = await checkpointed({ 'a.ts': `\ufeff${text}` });
    await own.edit(() => own.write('a.ts', `\ufeff${text.replace('two', 'TWO')}`), 'a.ts');
    own.documents.type(own.at('a.ts'), `${text.replace('two', 'TWO')}typed\n`);
    expect((await own.preview()).map(({ action, then }) => [action, then])).toEqual([
      ['merge', held(`\ufeff${text}typed\n`)],
    ]);
    await own.restore();
    expect([own.documents.unsaved(own.at('a.ts')), own.read('a.ts')]).toEqual([
      `${text}typed\n`,
      `\ufeff${text.replace('two', 'TWO')}`,
    ]);
  });

  it('asks before it loses what the agent moved and the person wrote', async () => {
    const own = await checkpointed({ 'a.ts': 'typed by a person\n' });
    await own.run(() => renameSync(own.at('a.ts'), own.at('b.ts')));
    own.write('a.ts', 'another\n');
    expect((await own.preview()).map(({ path, action, why }) => [path, action, why])).toEqual([
      ['a.ts', 'conflict', 'the agent removed it, and you made it anew'],
      ['b.ts', 'conflict', 'the agent moved lines here from a.ts'],
    ]);
  });

  it('says that it cannot where the old content is not kept or could not be put back', async () => {
    const own = await checkpointed({ 'large.bin': Buffer.alloc(limits.checkpointFileBytes + 1), 'open.bin': '\0' });
    await own.edit(() => {
      own.write('large.bin', 'small');
      own.write('open.bin', 'text');
    }, 'large.bin', 'open.bin'); // prettier-ignore
    own.documents.type(own.at('open.bin'), 'text');
    expect((await own.preview()).map(({ path, action, why, then }) => [path, action, why, then])).toEqual([
      ['large.bin', 'cannot', 'cannot go back: it is larger than the 10 MB that are kept of a file', null],
      ['open.bin', 'cannot', 'cannot go back: it is open with unsaved changes, and its old content is no text', null],
    ]);
  });

  it('says that it cannot where the kept bytes are gone', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    await own.edit(() => own.write('a.ts', 'b'), 'a.ts');
    own.blobs.delete(session);
    expect((await own.preview()).map(({ action, why }) => [action, why])).toEqual([
      ['cannot', 'cannot go back: its old content is no longer there'],
    ]);
  });
});

describe('restoring', () => {
  it('puts back bytes, modes and links, and removes what the agent made with the folders it made for it', async () => {
    const own = await checkpointed({ 'a.bin': Buffer.from([0, 1]), 'run.sh': '#!', 'kept/x.ts': 'x', 'dir/y.ts': 'y' });
    own.link('link', 'a.bin');
    mkdirSync(own.at('empty'));
    const steps = await own.run(() => {
      own.write('a.bin', 'changed');
      chmodSync(own.at('run.sh'), 0o755);
      own.remove('link');
      own.write('link', 'no link any more');
      own.write('made/by/agent.ts', 'a');
      own.write('made/by/other.ts', 'b');
      own.write('empty/agent.ts', 'c');
      own.remove('dir');
      own.write('dir', 'a file where a folder was');
      own.remove('kept/x.ts');
      own.write('kept/x.ts/z.ts', 'a folder where a file was');
    });
    expect(steps.map(({ path }) => path)).toEqual(['a.bin', 'dir', 'dir/y.ts', 'empty/agent.ts', 'kept/x.ts', 'kept/x.ts/z.ts', 'link', 'made/by/agent.ts', 'made/by/other.ts', 'run.sh']); // prettier-ignore
    const restored = await own.restore();
    expect(restored.map(({ path, before, after }) => [path, before.kind, after.kind])).toEqual(
      steps.map(({ path, before, after }) => [path, after.kind, before.kind]),
    );
    expect([own.read('a.bin'), own.read('kept/x.ts'), own.read('dir/y.ts')]).toEqual(['\0\u0001', 'x', 'y']);
    expect(readlinkSync(own.at('link'))).toBe('a.bin');
    expect(lstatSync(own.at('run.sh')).mode & 0o777).toBe(0o644);
    expect([own.names(), own.names('empty')]).toEqual([['a.bin', 'dir', 'empty', 'kept', 'link', 'run.sh'], []]);
  }); // prettier-ignore

  it('can be taken back itself', async () => {
    const own = await checkpointed({ 'a.ts': 'a\n', 'b.ts': 'b\n' });
    await own.edit(() => {
      own.write('a.ts', 'A\n');
      own.remove('b.ts');
      own.write('c/c.ts', 'c\n');
    }, 'a.ts', 'b.ts', 'c/c.ts'); // prettier-ignore
    const restored = await own.restore();
    expect(own.names()).toEqual(['a.ts', 'b.ts']);
    const items = await own.preview(restored.map((file) => ({ checkpoint: 'r', call: null, file })));
    await own.checkpoints.restore(session, items, { mine: [], old: [] }, never);
    expect([own.names(), own.read('a.ts'), own.read('c/c.ts')]).toEqual([['a.ts', 'c'], 'A\n', 'c\n']);
  });

  it('clears away what a killed process left of an earlier one', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    await own.edit(() => own.write('a.ts', 'b'), 'a.ts');
    const name = createHash('sha256').update(own.at('a.ts')).digest('hex').slice(0, 12);
    own.write(`.journeyman-${name}`, 'half of');
    await own.restore();
    expect([own.names(), own.read('a.ts')]).toEqual([['a.ts'], 'a']);
  });

  it('writes nothing when a file is not what the preview saw', async () => {
    const own = await checkpointed({ 'a.ts': 'a\n', 'b.ts': 'b\n' });
    await own.edit(() => {
      own.write('a.ts', 'A\n');
      own.write('b.ts', 'B\n');
    }, 'a.ts', 'b.ts'); // prettier-ignore
    const items = await own.preview();
    own.write('b.ts', 'typed\n');
    expect(await thrownBy(own.checkpoints.restore(session, items, { mine: [], old: [] }, never))).toEqual({
      code: 'conflict',
      message: 'b.ts has changed since the preview; look at it again. Nothing was restored.',
    });
    expect([own.read('a.ts'), own.read('b.ts'), own.names()]).toEqual(['A\n', 'typed\n', ['a.ts', 'b.ts']]);
  });

  it('brings back what the agent deleted, and moves back what it moved, around what the person changed', async () => {
    const own = await checkpointed({ 'a.sh': '\ufeffa\r\n', 'b.ts': '1\n2\n3\n', 'c.ts': 'c\n', 'd.ts': 'd\n' });
    chmodSync(own.at('a.sh'), 0o755);
    const files = nodeFiles([own.folder]);
    const fresh = async (path: string): Promise<FileChange> =>
      deleteFileChange(path, await files.read(path, never), 'call');
    const to = async (path: string, target: string): Promise<FileChange> =>
      moveFileChange(path, await files.read(path, never), target, 'call');
    const apply = async (...changes: readonly FileChange[]): Promise<void> => {
      const paths = changes.flatMap(({ path, fate }) => (fate?.kind === 'moved' ? [path, fate.to] : [path]));
      const before = await own.checkpoints.keep(session, paths, never);
      await files.apply(changes, never);
      await own.record(before);
    };
    await apply(await fresh('a.sh'));
    await apply(await to('b.ts', 'lib/deep/b.ts'));
    await apply(await to('c.ts', 'lib/c.ts'), await fresh('d.ts'));
    own.write('lib/deep/b.ts', '1\n2\n3\nmine\n');
    own.write('d.ts', 'anew\n');
    expect((await own.preview()).map(({ path, action }) => [path, action])).toEqual([
      ['a.sh', 'create'],
      ['b.ts', 'create'],
      ['lib/deep/b.ts', 'conflict'],
      ['c.ts', 'create'],
      ['lib/c.ts', 'remove'],
      ['d.ts', 'conflict'],
    ]);
    await own.restore({ mine: ['lib/deep/b.ts', 'd.ts'] });
    expect(['a.sh', 'b.ts', 'lib/deep/b.ts', 'c.ts', 'lib/c.ts', 'd.ts'].map((path) => own.read(path))).toEqual([
      '\ufeffa\r\n',
      '1\n2\n3\n',
      '1\n2\n3\nmine\n',
      'c\n',
      null,
      'anew\n',
    ]);
    expect(lstatSync(own.at('a.sh')).mode & 0o777).toBe(0o755);
  });

  it('waits for a word on each conflict, and keeps to it', async () => {
    const own = await checkpointed({ 'a.ts': 'a\n', 'b.ts': 'b\n', 'c.ts': 'c\n' });
    await own.edit(() => ['a.ts', 'b.ts', 'c.ts'].forEach((path) => own.write(path, 'agent\n')), 'a.ts', 'b.ts', 'c.ts');
    for (const path of ['a.ts', 'b.ts']) own.write(path, 'mine\n');
    expect(await thrownBy(own.restore({ mine: ['a.ts'] }))).toEqual({
      code: 'conflict',
      message:
        'b.ts: changed by you and by the agent. Say for each whether yours stays or the old content comes back. Nothing was restored.',
    });
    expect(own.read('c.ts')).toBe('agent\n');
    expect((await own.restore({ mine: ['a.ts'], old: ['b.ts'] })).map(({ path }) => path)).toEqual(['b.ts', 'c.ts']);
    expect(['a.ts', 'b.ts', 'c.ts'].map((path) => own.read(path))).toEqual(['mine\n', 'b\n', 'c\n']);
  }); // prettier-ignore

  it.each([
    ['a file of the person stands where its folder was', (at: string) => renameSync(`${at}/other.ts`, `${at}/dir`)],
    ['a link of the person does', (at: string) => execFileSync('ln', ['-s', '/', `${at}/dir`])],
  ])('writes nothing when %s', async (_, block) => {
    const own = await checkpointed({ 'dir/a.ts': 'a\n', 'other.ts': 'o\n' });
    await own.run(() => {
      own.remove('dir');
      own.write('made.ts', 'm');
    });
    block(own.folder);
    const { message } = await thrownBy(own.restore());
    expect(message).toBe('dir/a.ts has no room: another file, link or folder stands in its way; move it away. Nothing was restored.'); // prettier-ignore
    expect(own.read('made.ts')).toBe('m');
  });

  it('lets go of the unsaved text of a file that the agent made', async () => {
    const own = await checkpointed();
    await own.edit(() => own.documents.type(own.at('a.ts'), 'agent\n'), 'a.ts');
    own.write('a.ts', '');
    await own.restore();
    expect([own.documents.unsaved(own.at('a.ts')), own.names()]).toEqual([null, []]);
  });

  it('does nothing once it was stopped', async () => {
    const own = await checkpointed({ 'a.ts': 'a' });
    await own.edit(() => own.write('a.ts', 'b'), 'a.ts');
    const items = await own.preview();
    await thrownBy(own.checkpoints.restore(session, items, { mine: [], old: [] }, aborted()));
    expect([own.read('a.ts'), own.names()]).toEqual(['b', ['a.ts']]);
  });
});

it('a folder that is added to the workspace later counts from then on', async () => {
  const first = await tempFolder({ 'a.ts': 'a' });
  const second = await tempFolder({ 'b.ts': 'b' });
  let folders = [first];
  const { blobs, documents, storage } = await checkpointed({});
  const files: Files = {
    ...nodeFiles([first]),
    get folders() {
      return folders;
    },
  };
  const checkpoints = fileCheckpoints({ files, blobs, documents, storage });
  const before = await checkpoints.keep(session, ['a.ts'], never);
  folders = [first, second];
  const path = join(second, 'b.ts');
  const watch = await checkpoints.watch(session, 'c1', never);
  writeFileSync(path, 'changed');
  const { path: named } = nodeFiles(folders).locate(path);
  expect(await watch.end(never)).toMatchObject([{ path: named, before: held('b'), after: held('changed') }]);
  expect(await checkpoints.keep(session, ['a.ts'], never)).toEqual(before);
  await checkpoints.close();
});
