import { createHash } from 'node:crypto';
import { chmod, link, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { changeFile, deleteFileChange, moveFileChange } from '../../src/workspace/diff.ts';
import { nodeFiles } from '../../src/workspace/files.ts';
import { never, thrownBy } from '../contract/contract.ts';
import { filesContract } from '../contract/files.ts';
import { memoryFiles } from '../support/memoryFiles.ts';
import { tempFolder } from '../support/tempFolder.ts';

describe('files on disk', () => {
  it.each(filesContract)('$name', (contract) =>
    contract.run(async (texts) => ({ files: nodeFiles([await tempFolder(texts)]) })),
  );
});

describe('files in memory', () => {
  it.each(filesContract)('$name', (contract) => contract.run(async (texts) => ({ files: memoryFiles(texts) })));
});

describe('reading from disk', () => {
  it.each([
    ['a folder', async (path: string) => mkdir(path), 'invalid_input', 'x is a folder. List it with list_files.'],
    [
      'a binary',
      async (path: string) => writeFile(path, Buffer.from([1, 0, 2])),
      'invalid_input',
      'x is a binary file of 3 bytes, not text.',
    ],
    [
      'UTF-16',
      async (path: string) => writeFile(path, Buffer.from('\ufeffhi', 'utf16le')),
      'invalid_input',
      'x is encoded in UTF-16; only UTF-8 can be read and edited. Convert it with a command if it has to change.',
    ],
    [
      'Latin-1',
      async (path: string) => writeFile(path, Buffer.from('ä', 'latin1')),
      'invalid_input',
      'x is not valid UTF-8, so that it could not be written back unharmed. Use a command if it has to change.',
    ],
    [
      'a file too large',
      async (path: string) => writeFile(path, Buffer.alloc(limits.fileBytesMax + 1, 'a')),
      'invalid_input',
      'x has 10 MB, more than the 10 MB that can be read. Look for the part you need with search_text or a command.',
    ],
    [
      'a pipe',
      async (path: string) => execFileSync('mkfifo', [path]),
      'invalid_input',
      'x is a device, pipe or socket, not a file.',
    ],
    [
      'a link out of the workspace',
      async (path: string) => symlink('/etc/hosts', path),
      'denied',
      'x is a link that leads out of the workspace, to /etc/hosts. Name that path instead.',
    ],
    [
      'a link within',
      async (path: string) => symlink('.env', path),
      'denied',
      'x is a link to .env. Name that path instead.',
    ],
    ['a link to itself', async (path: string) => symlink('x', path), 'denied', 'x could not be opened: it is a link.'],
  ] as const)('refuses %s and says why', async (_, make, code, message) => {
    const folder = await tempFolder({ '.env': 'A=1' });
    await make(join(folder, 'x'));
    expect(await thrownBy(nodeFiles([folder]).read('x', never))).toEqual({ code, message });
  });

  it('refuses what lies behind a linked folder, for writing too', async () => {
    const folder = await tempFolder({ 'real/a.ts': 'a' });
    await symlink('real', join(folder, 'linked'));
    const files = nodeFiles([folder]);
    expect(await thrownBy(files.read('linked/a.ts', never))).toEqual({
      code: 'denied',
      message: 'linked/a.ts is a link to real/a.ts. Name that path instead.',
    });
    expect((await thrownBy(files.apply([changeFile('linked/new.ts', null, 'x', 'call')], never))).code).toBe('denied');
  });

  it('never creates through a link that leads nowhere', async () => {
    const folder = await tempFolder();
    const outside = join(await tempFolder(), 'target');
    await symlink(outside, join(folder, 'x'));
    expect((await thrownBy(nodeFiles([folder]).apply([changeFile('x', null, 'a', 'call')], never))).code).toBe(
      'denied',
    );
    expect((await thrownBy(lstat(outside))).code).toBe('ENOENT');
  });

  it('works in a folder that is itself reached by a link', async () => {
    const folder = await tempFolder({ 'project/a.ts': 'a' });
    await symlink('project', join(folder, 'alias'));
    expect((await nodeFiles([join(folder, 'alias')]).read('a.ts', never)).text).toBe('a');
  });

  it('reads a file outside that is named outright', async () => {
    const outside = await tempFolder({ 'b.ts': 'b' });
    const files = nodeFiles([await tempFolder()]);
    expect(await files.read(join(outside, 'b.ts'), never)).toMatchObject({ path: join(outside, 'b.ts'), text: 'b' });
  });

  it('names the part of a path that is missing', async () => {
    const files = nodeFiles([await tempFolder({ 'source/core/a.ts': '' })]);
    expect((await thrownBy(files.read('sorce/core/a.ts', never))).message).toBe(
      'sorce/core/a.ts does not exist: there is no sorce. Near names: source.',
    );
    expect((await thrownBy(files.read('source/core/zzzz.py', never))).message).toBe(
      'source/core/zzzz.py does not exist. Look for it with list_files or search_text.',
    );
  });
});

describe('writing to disk', () => {
  it('keeps the byte order mark and the mode bits and leaves nothing else behind', async () => {
    const folder = await tempFolder({ 'run.sh': '\ufeffa\r\nb\r\n' });
    await chmod(join(folder, 'run.sh'), 0o750);
    const files = nodeFiles([folder]);
    const before = await files.read('run.sh', never);
    expect(before.text).toBe('a\r\nb\r\n');
    await files.apply([changeFile('run.sh', before, 'a\r\nc\r\n', 'call')], never);
    expect(await readFile(join(folder, 'run.sh'), 'utf8')).toBe('\ufeffa\r\nc\r\n');
    expect((await stat(join(folder, 'run.sh'))).mode & 0o777).toBe(0o750);
    expect(await readdir(folder)).toEqual(['run.sh']);
  });

  it('leaves a read-only file alone and says what is left', async () => {
    const folder = await tempFolder({ 'a.ts': 'a\n' });
    await chmod(join(folder, 'a.ts'), 0o444);
    const files = nodeFiles([folder]);
    const before = await files.read('a.ts', never);
    const refused = {
      code: 'denied',
      message: 'a.ts is read-only; nothing was written. Leave it as it is, or ask the user to make it writable.',
    };
    for (const change of [changeFile('a.ts', before, 'b\n', 'call'), deleteFileChange('a.ts', before, 'call')])
      expect(await thrownBy(files.apply([change], never))).toEqual(refused);
    expect([await readFile(join(folder, 'a.ts'), 'utf8'), await readdir(folder)]).toEqual(['a\n', ['a.ts']]);
  });

  it('moves a file with its bytes and mode, and never through a link or out of a file', async () => {
    const folder = await tempFolder({ 'run.sh': '\ufeffa\r\n', 'b.ts': 'b\n' });
    await chmod(join(folder, 'run.sh'), 0o750);
    await symlink('nowhere', join(folder, 'link'));
    const files = nodeFiles([folder]);
    const move = async (to: string): Promise<string | undefined> => {
      const change = moveFileChange('run.sh', await files.read('run.sh', never), to, 'call');
      return (await thrownBy(files.apply([change], never))).message;
    };
    expect([await move('link'), await move('b.ts/run.sh'), await move('b.ts')]).toEqual([
      'link is a link that leads nowhere. Nothing is written through it; remove it or name another path.',
      'b.ts/run.sh cannot be made: a part of the path is a file, not a folder.',
      'b.ts exists already; nothing was moved. Choose another name, or move or delete that file first.',
    ]);
    await files.apply([moveFileChange('run.sh', await files.read('run.sh', never), 'bin/run', 'call')], never);
    expect(await readFile(join(folder, 'bin/run'), 'utf8')).toBe('\ufeffa\r\n');
    expect((await stat(join(folder, 'bin/run'))).mode & 0o777).toBe(0o750);
    expect((await readdir(folder)).sort()).toEqual(['b.ts', 'bin', 'link']);
  });

  it('does not open a file with a second name, which may be one that nobody means; a package may have it', async () => {
    const outside = await tempFolder({ 'b.ts': 'b\n' });
    const folder = await tempFolder({ 'node_modules/p/package.json': '{}' });
    await link(join(outside, 'b.ts'), join(folder, 'a.ts'));
    await link(join(outside, 'b.ts'), join(folder, 'node_modules/p/b.ts'));
    const files = nodeFiles([folder]);
    expect((await thrownBy(files.read('a.ts', never))).code).toBe('denied');
    expect((await files.read('node_modules/p/b.ts', never)).text).toBe('b\n');
  });

  it('cuts a long list at whole levels', async () => {
    const names = Array.from({ length: limits.listEntries }, (_, i) => `many/f${String(i).padStart(4, '0')}`);
    const files = nodeFiles([
      await tempFolder(Object.fromEntries([...names, 'z.ts', 'a/b.ts'].map((name) => [name, '']))),
    ]);
    const { entries, truncated } = await files.list('.', 2, never);
    expect({ truncated, count: entries.length, last: entries.at(-1)?.path }).toEqual({
      truncated: true,
      count: limits.listEntries,
      last: 'z.ts',
    });
  });

  it('clears away what a killed write has left, and nothing else', async () => {
    const folder = await tempFolder({ 'a.txt': 'old\n', '.journeyman-mine': 'keep' });
    const files = nodeFiles([folder]);
    const before = await files.read('a.txt', never);
    const first = changeFile('a.txt', before, 'new\n', 'c');
    const name = `.journeyman-${createHash('sha256').update(join(folder, 'a.txt')).digest('hex').slice(0, 12)}`;
    await writeFile(join(folder, name), 'half');
    await files.apply([first], never);
    expect((await readdir(folder)).sort()).toEqual(['.journeyman-mine', 'a.txt']);
    await writeFile(join(folder, name), 'half');
    await files.tidy(['a.txt', 'b.txt']);
    expect((await readdir(folder)).sort()).toEqual(['.journeyman-mine', 'a.txt']);
  });
});
