// Files through the document model, in a real one.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ChangeSet } from '../../src/core/change.ts';
import type { JourneymanError } from '../../src/core/error.ts';
import { editorFiles } from '../../src/editor/files.ts';
import { editorSearch } from '../../src/editor/search.ts';
import type { SavePolicy } from '../../src/editor/settings.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText, nodeFiles } from '../../src/workspace/files.ts';
import { editorRipgrep, findRipgrep, ripgrepSearch } from '../../src/workspace/search.ts';
import { closeEditors, folder, onDisk, put, show, type } from './workspace.ts';

const { signal } = new AbortController();

function filesWith(policy: SavePolicy = 'whenClean') {
  return editorFiles(nodeFiles([folder]), () => policy);
}

function change(path: string, before: string, after: string): ChangeSet {
  return [changeFile(path, { text: before, hash: hashText(before) }, after, 'call')];
}

const isConflict = ({ code }: JourneymanError): boolean => code === 'conflict';

describe('files in the editor', () => {
  afterEach(closeEditors);

  it('are read as the person sees them, unsaved text and all', async () => {
    const editor = await show(put('dirty.txt', 'saved\n'));
    await type(editor, 0, 'typed ');
    const { text, hash, unsaved } = await filesWith().read('dirty.txt', signal);
    assert.deepEqual([text, hash, unsaved], ['typed saved\n', hashText('typed saved\n'), true]);
  });

  it('are edited in one undo step, however many changes there are, and saved when they were saved before', async () => {
    const before = 'one\ntwo\nthree\nfour\n';
    const after = 'ONE\ntwo\nthree\nFOUR\nfive\n';
    const { document } = await show(put('clean.txt', before));
    const changes = change('clean.txt', before, after);
    assert.equal(changes[0]!.hunks.length, 2);
    const applied = await filesWith().apply(changes, signal);
    assert.deepEqual(applied, [{ path: 'clean.txt', afterHash: hashText(after), saved: true }]);
    assert.deepEqual([document.getText(), document.isDirty, onDisk('clean.txt')], [after, false, after]);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('keep what the person typed, and stay unsaved when they were', async () => {
    const editor = await show(put('typed.txt', 'one\ntwo\n'));
    await type(editor, 0, 'mine\n');
    const changes = change('typed.txt', 'mine\none\ntwo\n', 'mine\none\nTWO\n');
    const applied = await filesWith().apply(changes, signal);
    assert.equal(applied[0]!.saved, false);
    assert.deepEqual([editor.document.getText(), onDisk('typed.txt')], ['mine\none\nTWO\n', 'one\ntwo\n']);
  });

  it('are saved, or not, as the setting says', async () => {
    const editor = await show(put('policy.txt', 'one\n'));
    const never = await filesWith('never').apply(change('policy.txt', 'one\n', 'two\n'), signal);
    assert.deepEqual([never[0]!.saved, onDisk('policy.txt')], [false, 'one\n']);
    const always = await filesWith('always').apply(change('policy.txt', 'two\n', 'three\n'), signal);
    assert.deepEqual([always[0]!.saved, onDisk('policy.txt'), editor.document.isDirty], [true, 'three\n', false]);
  });

  it('are left alone, all of them, when one is not what the change was made against', async () => {
    const first = await show(put('first.txt', 'a\n'));
    const second = await show(put('second.txt', 'b\n'));
    const changes = [...change('first.txt', 'a\n', 'A\n'), ...change('second.txt', 'b\n', 'B\n')];
    await type(second, 0, 'typed since\n');
    await assert.rejects(filesWith().apply(changes, signal), isConflict);
    assert.deepEqual([first.document.getText(), second.document.getText()], ['a\n', 'typed since\nb\n']);
  });

  it('keep their kind of line end', async () => {
    const before = 'one\r\ntwo\r\nthree\r\n';
    const { document } = await show(put('crlf.txt', before));
    await filesWith().apply(change('crlf.txt', before, 'one\r\nTWO\r\nand\r\nthree\r\n'), signal);
    assert.equal(document.getText(), 'one\r\nTWO\r\nand\r\nthree\r\n');
    assert.equal(onDisk('crlf.txt'), 'one\r\nTWO\r\nand\r\nthree\r\n');
  });

  it('are edited at their very start and end, final newline or none', async () => {
    const { document } = await show(put('ends.txt', 'one\ntwo'));
    await filesWith().apply(change('ends.txt', 'one\ntwo', 'zero\none\ntwo\nthree\n'), signal);
    assert.equal(document.getText(), 'zero\none\ntwo\nthree\n');
    await filesWith().apply(change('ends.txt', 'zero\none\ntwo\nthree\n', 'one'), signal);
    assert.equal(document.getText(), 'one');
  });

  it('are edited and saved while their last editor closes', async () => {
    for (const delayed of [false, true]) {
      await show(put('closing.txt', 'one\n'));
      const closing = vscode.commands.executeCommand('workbench.action.closeAllEditors');
      if (delayed) await Promise.resolve();
      const applied = await filesWith().apply(change('closing.txt', 'one\n', 'two\n'), signal);
      await closing;
      assert.deepEqual([applied[0]!.saved, onDisk('closing.txt')], [true, 'two\n']);
    }
  });

  it('follow the disk when a command has changed it under a clean editor', async () => {
    await show(put('command.txt', 'old\n'));
    put('command.txt', 'from a command\n');
    const files = filesWith();
    const { text } = await files.read('command.txt', signal);
    assert.equal(text, 'from a command\n');
    await files.apply(change('command.txt', text, 'edited\n'), signal);
    assert.equal((await files.read('command.txt', signal)).text, 'edited\n');
  });

  it('are written on disk when no editor has them, new ones too', async () => {
    put('closed.txt', 'one\n');
    await filesWith().apply(change('closed.txt', 'one\n', 'two\n'), signal);
    await filesWith().apply([changeFile('made/new.txt', null, 'new\n', 'call')], signal);
    assert.deepEqual([onDisk('closed.txt'), onDisk('made/new.txt')], ['two\n', 'new\n']);
  });

  it('are searched as they stand, unsaved text and all', async () => {
    const files = filesWith();
    const searchIn = (inFolder: string) =>
      ripgrepSearch({ rgPath: findRipgrep(editorRipgrep(vscode.env.appRoot)), folders: [inFolder] });
    const editor = await show(put('search/dirty.txt', 'needle saved\n'));
    put('search/closed.txt', 'needle closed\n');
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, 0, 12), 'first\nneedle typed'));
    const query = { regex: false, caseSensitive: true, glob: null, contextLines: 0, matchesMax: 10 };
    const found = await editorSearch(searchIn(folder), files, searchIn).text(
      { ...query, pattern: 'needle', path: 'search' },
      signal,
    );
    assert.deepEqual(
      found.matches.map(({ path, line, text }) => `${path}:${line} ${text}`),
      ['search/closed.txt:1 needle closed', 'search/dirty.txt:2 needle typed'],
    );
  });
});
