/** What every `Files` keeps: the disk, the editor, the fake. */
import assert from 'node:assert/strict';
import type { ChangeSet } from '../../src/core/change.ts';
import type { Files } from '../../src/core/ports.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { aborted, never, thrownBy, type ContractCase } from './contract.ts';

/** A workspace with these files in it; `read` sees what others see after a write. */
export interface FilesSubject {
  readonly files: Files;
}
export type MakeFiles = (texts: Readonly<Record<string, string>>) => Promise<FilesSubject>;

export const filesContract: readonly ContractCase<MakeFiles>[] = [
  {
    name: 'names files relative to the first folder, whatever way they are called',
    async run(make) {
      const { files } = await make({ 'src/a.ts': 'a\n' });
      const folder = files.folders[0] ?? '';
      for (const name of ['src/a.ts', './src//a.ts', 'src/../src/a.ts', `${folder}/src/a.ts`]) {
        const { path, inside } = files.locate(name);
        assert.deepEqual({ path, inside }, { path: 'src/a.ts', inside: true });
      }
      assert.equal(files.locate('.').path, '.');
      assert.equal(files.locate('../elsewhere/b.ts').inside, false);
      assert.throws(() => files.locate(''), { code: 'invalid_input' });
      assert.throws(() => files.locate('a\0b'), { code: 'invalid_input' });
    },
  },
  {
    name: 'reads a text as it is, with the hash of exactly that text',
    async run(make) {
      const text = 'ä\r\nb\n\nlast';
      const { files } = await make({ 'src/a.ts': text });
      assert.deepEqual(await files.read('./src/a.ts', never), {
        path: 'src/a.ts',
        text,
        hash: hashText(text),
        unsaved: false,
      });
    },
  },
  {
    name: 'says which file is missing and what it may be called',
    async run(make) {
      const { files } = await make({ 'parser.ts': '', 'other.md': '' });
      const { code, message } = await thrownBy(files.read('parsr.ts', never));
      assert.equal(code, 'not_found');
      assert.match(message, /^parsr\.ts does not exist\..*parser\.ts/);
    },
  },
  {
    name: 'refuses to read a folder and a binary file',
    async run(make) {
      const { files } = await make({ 'src/a.ts': '', 'data.bin': 'a\0b' });
      assert.equal((await thrownBy(files.read('src', never))).code, 'invalid_input');
      assert.equal((await thrownBy(files.read('data.bin', never))).code, 'invalid_input');
    },
  },
  {
    name: 'lists folders before what is in them, to a depth, without what ignore files hide',
    async run(make) {
      const { files } = await make({
        '.gitignore': 'dist/\n*.log\n',
        '.git/HEAD': 'x',
        '.journeymanignore': 'secret.txt\n',
        'a.ts': 'abc',
        'b.log': '',
        'dist/out.js': '',
        'secret.txt': '',
        'src/.gitignore': '!keep.log\ngen.ts\n',
        'src/gen.ts': '',
        'src/keep.log': '',
        'src/deep/c.ts': '',
        'src-b/d.ts': '',
      });
      const names = async (path: string, depth: number): Promise<readonly string[]> =>
        (await files.list(path, depth, never)).entries.map((one) => one.path);
      assert.deepEqual(await names('.', 1), ['.gitignore', '.journeymanignore', 'a.ts', 'src/', 'src-b/']);
      assert.deepEqual(await names('src', 2), ['src/.gitignore', 'src/deep/', 'src/deep/c.ts', 'src/keep.log']);
      assert.deepEqual((await names('.', 3)).slice(3), [
        'src/',
        'src/.gitignore',
        'src/deep/',
        'src/deep/c.ts',
        'src/keep.log',
        'src-b/',
        'src-b/d.ts',
      ]);
      const { entries } = await files.list('.', 1, never);
      assert.deepEqual(entries[2], { path: 'a.ts', sizeBytes: 3 });
      assert.equal((await thrownBy(files.list('a.ts', 1, never))).code, 'invalid_input');
      assert.equal((await thrownBy(files.list('nowhere', 1, never))).code, 'not_found');
    },
  },
  {
    name: 'writes a part of a change, keeps everything else, and says the new hash',
    async run(make) {
      const before = 'one\r\ntwo\nthree\nfour\nfive\nsix\nseven';
      const { files } = await make({ 'src/a.ts': before });
      const whole = changeFile(
        'src/a.ts',
        await files.read('src/a.ts', never),
        'ONE\r\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n',
        'call',
      );
      const part = { ...whole, hunks: whole.hunks.slice(1) };
      const after = 'one\r\ntwo\nthree\nfour\nfive\nsix\nSEVEN\n';
      const applied = await files.apply([part], never);
      assert.deepEqual(
        applied.map(({ path, afterHash }) => ({ path, afterHash })),
        [{ path: 'src/a.ts', afterHash: hashText(after) }],
      );
      assert.equal((await files.read('src/a.ts', never)).text, after);
    },
  },
  {
    name: 'creates a file and the folders above it',
    async run(make) {
      const { files } = await make({ 'a.ts': '' });
      await files.apply([changeFile('new/deep/b.ts', null, 'b\n', 'call')], never);
      assert.equal((await files.read('new/deep/b.ts', never)).text, 'b\n');
    },
  },
  {
    name: 'writes nothing at all when one file is not what its change was made against',
    async run(make) {
      const { files } = await make({ 'a.ts': 'a\n', 'b.ts': 'b\n' });
      const a = changeFile('a.ts', await files.read('a.ts', never), 'A\n', 'call', 1);
      const b = changeFile('b.ts', { text: 'old b\n', hash: hashText('old b\n') }, 'B\n', 'call', 2);
      assert.equal((await thrownBy(files.apply([a, b], never))).code, 'conflict');
      assert.equal((await files.read('a.ts', never)).text, 'a\n');
      assert.equal((await thrownBy(files.apply([changeFile('a.ts', null, 'x\n', 'call')], never))).code, 'conflict');
      assert.equal((await files.read('a.ts', never)).text, 'a\n');
    },
  },
  {
    name: 'deletes a file and leaves its folder, when it is what the deletion was made against',
    async run(make) {
      const { files } = await make({ 'src/a.ts': 'a\nb', 'src/b.ts': '', 'src/c.ts': 'c\n' });
      const gone = async (path: string, text: string): Promise<ChangeSet> => [
        { ...changeFile(path, { text, hash: hashText(text) }, '', 'call'), fate: { kind: 'deleted' } },
      ];
      const [empty] = await gone('src/b.ts', '');
      const whole = { id: 'call:1.1', startLine: 1, removed: [''], added: [], before: [], after: [] };
      for (const change of [await gone('src/a.ts', 'a\nb'), [{ ...empty!, hunks: [whole] }]])
        assert.deepEqual(await files.apply(change, never), [
          { path: change[0]?.path, afterHash: hashText(''), saved: true },
        ]);
      assert.equal((await thrownBy(files.apply(await gone('src/c.ts', 'older\n'), never))).code, 'conflict');
      assert.deepEqual((await files.list('src', 1, never)).entries, [{ path: 'src/c.ts', sizeBytes: 2 }]);
      for (const path of ['src/a.ts', 'src/b.ts'])
        assert.equal((await thrownBy(files.read(path, never))).code, 'not_found');
    },
  },
  {
    name: 'moves a file as it is, makes the folders above it, and never moves it over another',
    async run(make) {
      const text = 'one\r\ntwo';
      const { files } = await make({ 'src/a.ts': text, 'taken.ts': 't\n' });
      const moved = (path: string, to: string): ChangeSet => [
        {
          path,
          beforeHash: hashText(text),
          hunks: [{ id: 'call:1.1', startLine: 1, removed: [], added: [], before: [], after: [] }],
          fate: { kind: 'moved', to },
        },
      ];
      assert.equal((await thrownBy(files.apply(moved('src/a.ts', 'taken.ts'), never))).code, 'conflict');
      assert.equal((await thrownBy(files.apply(moved('taken.ts', 'new.ts'), never))).code, 'conflict');
      assert.deepEqual(
        [(await files.read('src/a.ts', never)).text, (await files.read('taken.ts', never)).text],
        [text, 't\n'],
      );
      assert.deepEqual(await files.apply(moved('src/a.ts', 'lib/deep/b.ts'), never), [
        { path: 'src/a.ts', afterHash: hashText(''), saved: true },
        { path: 'lib/deep/b.ts', afterHash: hashText(text), saved: true },
      ]);
      assert.equal((await files.read('lib/deep/b.ts', never)).text, text);
      assert.equal((await thrownBy(files.read('src/a.ts', never))).code, 'not_found');
    },
  },
  {
    name: 'does nothing once it was stopped',
    async run(make) {
      const { files } = await make({ 'a.ts': 'a\n' });
      const change = changeFile('a.ts', await files.read('a.ts', never), 'A\n', 'call');
      assert.equal((await thrownBy(files.apply([change], aborted()))).message, 'stopped');
      assert.equal((await files.read('a.ts', never)).text, 'a\n');
    },
  },
];
