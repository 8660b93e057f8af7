// Notes on disk: written without secrets, merged by title, pruned by use, found by words.
import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import type { NewNote, Note } from '../../src/core/notes.ts';
import { manifestOf, searchNotes } from '../../src/memory/manifest.ts';
import { noteBook, noteFolders } from '../../src/memory/noteBook.ts';
import { noteSource } from '../../src/memory/noteSource.ts';
import { tempFolder } from '../support/tempFolder.ts';

const { signal } = new AbortController();

async function setting(isTrusted = true) {
  const config = await tempFolder();
  const workspace = await tempFolder();
  const places = { config, folders: () => [workspace], isTrusted: () => isTrusted };
  const clean = (text: string): string => text.replaceAll('hunter2', '[secret]');
  return { config, workspace, places, book: noteBook(places, clean, () => Date.UTC(2026, 10, 22)) };
}

function note(title: string, more: Partial<NewNote> = {}): NewNote {
  return { scope: 'project', kind: 'fact', title, text: `about ${title}`, source: 'you', ...more };
}

test('a note is a file that reads as it was written, without secrets', async () => {
  const { book } = await setting();
  const { note: kept } = await book.write(
    note('Tests: how?', { text: 'npm test\n\nwith hunter2', kind: 'feedback' }),
    signal,
  );
  expect(await readFile(kept.path, 'utf8')).toBe(
    '---\nkind: feedback\ntitle: "Tests: how?"\ncreated: 2026-11-22\nupdated: 2026-11-22\nsource: you\n---\n\nnpm test\n\nwith [secret]\n',
  );
  expect(await book.list(signal)).toEqual([kept]);
  expect(kept).toMatchObject({ id: 'project/tests-how', title: 'Tests: how?', text: 'npm test\n\nwith [secret]' });
});

test('a note of the same title is replaced, whatever its case and signs, and keeps its day', async () => {
  const { book } = await setting();
  const { note: first } = await book.write(note('Run the tests'), signal);
  await writeFile(
    first.path,
    (await readFile(first.path, 'utf8')).replace('created: 2026-11-22', 'created: 2025-01-02'),
  );
  const { note: second } = await book.write(note('run the TESTS!', { text: 'make test' }), signal);
  expect(await book.list(signal)).toEqual([second]);
  expect(second).toMatchObject({ path: first.path, created: '2025-01-02', updated: '2026-11-22', text: 'make test' });
  await book.write(note('Run the tests', { scope: 'user' }), signal);
  expect((await book.list(signal)).map(({ id }) => id)).toEqual(['project/run-the-tests', 'user/run-the-tests']);
});

test('notes of a project lie in it where it has the folder, is trusted, and no link leads out', async () => {
  const { book, workspace, places, config } = await setting();
  await book.write(note('before'), signal);
  await mkdir(join(workspace, '.journeyman/memory'), { recursive: true });
  const { note: shared } = await book.write(note('after'), signal);
  expect(shared.path).toBe(join(workspace, '.journeyman/memory/after.md'));
  expect((await book.list(signal)).map(({ title }) => title)).toEqual(['after', 'before']);
  const untrusted = noteBook({ ...places, isTrusted: () => false }, String);
  expect((await untrusted.list(signal)).map(({ title }) => title)).toEqual(['before']);
  const other = await tempFolder();
  await mkdir(join(other, '.journeyman'));
  await symlink(config, join(other, '.journeyman/memory'));
  expect(await noteFolders({ ...places, folders: () => [other] }, 'project')).toEqual([
    expect.stringContaining(join(config, 'memory', 'projects')),
  ]);
});

test('forgotten by title or id, in one place or both; what is not there is told', async () => {
  const { book } = await setting();
  await book.write(note('a', { scope: 'user' }), signal);
  expect(await book.forget('A', 'project', signal)).toBeNull();
  expect(await book.forget('user/a', null, signal)).toMatchObject({ title: 'a' });
  expect(await book.list(signal)).toEqual([]);
});

test('where there are too many the one that was not used for longest goes, and is named', async () => {
  const { book } = await setting();
  const first = (await book.write(note('n0'), signal)).note;
  for (let i = 1; i < limits.notesMax; i++)
    await writeFile(first.path.replace('n0.md', `n${String(i)}.md`), `---\ntitle: n${String(i)}\n---\n\nx\n`);
  for (const { path } of await book.list(signal)) await utimes(path, 1000, path === first.path ? 2000 : 3000);
  await noteSource(book).read(first.id, signal); // used now
  const n7 = (await book.list(signal)).find(({ title }) => title === 'n7');
  await utimes(n7?.path ?? '', 1000, 2500);
  expect((await book.write(note('new'), signal)).dropped.map(({ title }) => title)).toEqual(['n7']);
  expect(await readdir(join(first.path, '..'))).toHaveLength(limits.notesMax);
});

test.each<[string, Partial<NewNote>, string]>([
  ['no words in the title', { title: '--' }, 'A note needs a title of a few words.'],
  ['a long title', { title: 'x'.repeat(101) }, 'The title has more than 100 characters'],
  ['no text', { text: ' ' }, 'A note needs a text.'],
  ['a document', { text: 'x'.repeat(4001) }, 'The note has more than 4000 characters'],
])('not kept: %s', async (_what, more, message) => {
  const { book } = await setting();
  await expect(book.write(note('t', more), signal)).rejects.toThrow(message);
  expect(await book.list(signal)).toEqual([]);
});

test('a file that a person wrote by hand is a note, whatever its head', async () => {
  const { book, workspace } = await setting();
  await mkdir(join(workspace, '.journeyman/memory'), { recursive: true });
  await writeFile(join(workspace, '.journeyman/memory/release-steps.md'), 'Tag first.\n');
  expect(await book.list(signal)).toMatchObject([
    { id: 'project/release-steps', title: 'release steps', kind: 'fact', text: 'Tag first.', source: '' },
  ]);
});

const kept = (title: string, more: Partial<Note> = {}): Note => ({
  ...note(title),
  id: `project/${title}`,
  created: '',
  updated: '2026-01-01',
  path: '/x',
  ...more,
});

test('the manifest has a line a note: preferences first, short ones whole, and says how many are left out', () => {
  expect(manifestOf([kept('a', { text: 'x'.repeat(201) }), kept('b', { kind: 'preference', text: 'Short.' })])).toEqual(
    ['- b (preference, project/b): Short.', '- a (fact, project/a)'],
  );
  const many = Array.from({ length: 50 }, (_, i) => kept(`n${String(i)}`));
  expect(manifestOf(many)).toHaveLength(41);
  expect(manifestOf(many).at(-1)).toBe('(10 more)');
});

test('notes are found by words, those that hold most of them first', () => {
  const notes = [kept('tests', { text: 'use make' }), kept('make', { text: 'tests by make' }), kept('other')];
  expect(searchNotes(notes, 'make the tests').map(({ title }) => title)).toEqual(['make', 'tests']);
  expect(searchNotes(notes, 'nothing here')).toEqual([]);
});
