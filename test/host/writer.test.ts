// The writer in a real document model: undo, saving and what it changes, encodings, files that go, move or cannot be written.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { AppliedFile, ChangeSet } from '../../src/core/change.ts';
import { toError } from '../../src/core/error.ts';
import { editorFiles, openDocument } from '../../src/editor/files.ts';
import type { SavePolicy } from '../../src/editor/settings.ts';
import { changeFile, deleteFileChange, moveFileChange } from '../../src/workspace/diff.ts';
import { hashText, nodeFiles } from '../../src/workspace/files.ts';
import { filesContract } from '../contract/files.ts';
import { closeEditors, folder, onDisk, put, show, type, until } from './workspace.ts';

const { signal } = new AbortController();
const gone = { afterHash: hashText(''), saved: true };
const undo = (): Thenable<void> => vscode.commands.executeCommand('undo');

function filesWith(policy: SavePolicy = 'whenClean', saveMs?: number) {
  return editorFiles(nodeFiles([folder]), () => policy, saveMs);
}

function edit(path: string, before: string, after: string): ChangeSet {
  return [changeFile(path, { text: before, hash: hashText(before) }, after, 'call')];
}

async function refused(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (thrown: unknown) => toError(thrown),
  );
  return `${error.code}: ${error.message}`;
}

/** Makes text of `.up` files upper case, and takes lines `//` out, whenever one is saved. */
async function withFormatter(work: () => Promise<void>, format?: () => Promise<never>): Promise<void> {
  const formatter = vscode.languages.registerDocumentFormattingEditProvider(
    { pattern: '**/*.up', scheme: 'file' },
    {
      provideDocumentFormattingEdits: async (document) => {
        await format?.();
        const text = document.getText().toUpperCase().replaceAll('//\n', '');
        return [vscode.TextEdit.replace(new vscode.Range(0, 0, document.lineCount, 0), text)];
      },
    },
  );
  const settings = vscode.workspace.getConfiguration('editor');
  await settings.update('formatOnSave', true, vscode.ConfigurationTarget.Global);
  try {
    await work();
  } finally {
    await settings.update('formatOnSave', undefined, vscode.ConfigurationTarget.Global);
    formatter.dispose();
  }
}

describe('what every writer keeps, in the editor', () => {
  let made = 0;
  for (const contract of filesContract) {
    const { name } = contract;
    for (const opened of /^(reads|writes|deletes|moves) /.test(name) ? [false, true] : [false]) {
      it(`${name}${opened ? ', with the files open' : ''}`, async () => {
        const own = `contract/${String(made++)}`;
        await contract.run(async (texts) => {
          for (const [path, text] of Object.entries(texts)) {
            const uri = put(`${own}/${path}`, text);
            if (opened && !text.includes('\0') && !path.startsWith('.git')) await show(uri);
          }
          return { files: editorFiles(nodeFiles([`${folder}/${own}`]), () => 'whenClean') };
        });
        await closeEditors();
      });
    }
  }
});

describe('saving after an edit', () => {
  afterEach(closeEditors);

  it('tells what a formatter made of it, and both are taken back by undo', () =>
    withFormatter(async () => {
      const before = 'ONE\nTWO\nTHREE\n';
      const { document } = await show(put('saved.up', before));
      const written = 'ONE\ntwo\nnew\nTHREE\n//\n';
      const after = 'ONE\nTWO\nNEW\nTHREE\n';
      const applied = await filesWith().apply(edit('saved.up', before, written), signal);
      assert.deepEqual(applied, [
        {
          path: 'saved.up',
          afterHash: hashText(after),
          saved: true,
          formatted: changeFile('saved.up', { text: written, hash: '' }, after, 'saved').hunks,
        },
      ] satisfies AppliedFile[]);
      assert.deepEqual([document.getText(), onDisk('saved.up')], [after, after]);
      const texts: string[] = [];
      for (let i = 0; i < 2; i++) {
        await undo();
        texts.push(document.getText());
      }
      assert.deepEqual(texts, [written, before]);
    }));

  it('tells what the settings for ends of lines and files made of it', async () => {
    const settings = vscode.workspace.getConfiguration('files');
    const names = ['insertFinalNewline', 'trimTrailingWhitespace'];
    for (const name of names) await settings.update(name, true, vscode.ConfigurationTarget.Global);
    try {
      await show(put('trimmed.txt', 'one\n'));
      const [applied] = await filesWith().apply(edit('trimmed.txt', 'one\n', 'one  \ntwo'), signal);
      assert.deepEqual([onDisk('trimmed.txt'), applied?.afterHash], ['one\ntwo\n', hashText('one\ntwo\n')]);
      assert.deepEqual(
        applied?.formatted?.map(({ startLine, removed, added }) => ({ startLine, removed, added })),
        [
          { startLine: 1, removed: ['one  '], added: ['one'] },
          { startLine: 3, removed: [], added: [''] },
        ],
      );
    } finally {
      for (const name of names) await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('is not waited for without end', () =>
    withFormatter(
      async () => {
        const { document } = await show(put('hangs.up', 'ONE\n'));
        const applied = await filesWith('whenClean', 300).apply(edit('hangs.up', 'ONE\n', 'TWO\n'), signal);
        assert.deepEqual(applied, [{ path: 'hangs.up', afterHash: hashText('TWO\n'), saved: false }]);
        assert.deepEqual([document.getText(), onDisk('hangs.up')], ['TWO\n', 'ONE\n']);
      },
      () => new Promise<never>(() => undefined),
    ));
});

describe('what a file is written in', () => {
  afterEach(closeEditors);

  it('stays: a byte order mark', async () => {
    const { document } = await show(put('marked.txt', '\ufeffone\n'));
    await filesWith().apply(edit('marked.txt', 'one\n', 'two\n'), signal);
    assert.deepEqual([document.getText(), onDisk('marked.txt')], ['two\n', '\ufefftwo\n']);
  });

  it('stays: line ends that are mixed', async () => {
    const before = 'one\r\ntwo\nthree\r\n';
    await show(put('mixed.txt', before));
    const files = filesWith();
    assert.equal((await files.read('mixed.txt', signal)).text, before);
    await files.apply(edit('mixed.txt', before, 'one\r\nTWO\nthree\r\n'), signal);
    assert.equal(onDisk('mixed.txt'), 'one\r\nTWO\nthree\r\n');
  });

  it('stays: an encoding that only the editor knows; without it the file is left alone', async () => {
    const uri = put('latin.txt', '');
    writeFileSync(uri.fsPath, Buffer.from('ä\n', 'latin1'));
    const files = filesWith();
    assert.match(await refused(files.read('latin.txt', signal)), /^invalid_input: latin\.txt is not valid UTF-8/);
    const document = await vscode.workspace.openTextDocument(uri, { encoding: 'iso88591' });
    await vscode.window.showTextDocument(document);
    assert.deepEqual(await files.read('latin.txt', signal), {
      path: 'latin.txt',
      text: 'ä\n',
      hash: hashText('ä\n'),
      unsaved: false,
    });
    await files.apply(edit('latin.txt', 'ä\n', 'ä\nö\n'), signal);
    assert.deepEqual(readFileSync(uri.fsPath), Buffer.from('ä\nö\n', 'latin1'));
  });
});

describe('files that cannot be written', () => {
  afterEach(closeEditors);
  const why = (path: string): string =>
    `denied: ${path} is read-only; nothing was written. Leave it as it is, or ask the user to make it writable.`;

  it('are left alone and clean: by their mode, by a setting, for this session', async () => {
    chmodSync(put('mode.txt', 'one\n').fsPath, 0o444);
    put('setting.txt', 'one\n');
    put('session.txt', 'one\n');
    const settings = vscode.workspace.getConfiguration('files');
    await settings.update('readonlyInclude', { '**/setting.txt': true }, vscode.ConfigurationTarget.Global);
    try {
      for (const path of ['mode.txt', 'setting.txt', 'session.txt']) {
        for (const opened of path === 'session.txt' ? [true] : [false, true]) {
          if (opened) await show(vscode.Uri.file(`${folder}/${path}`));
          if (path === 'session.txt')
            await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
          assert.equal(await refused(filesWith().apply(edit(path, 'one\n', 'two\n'), signal)), why(path));
          const document = openDocument(`${folder}/${path}`);
          assert.deepEqual(
            [onDisk(path), document?.isDirty ?? false, document?.getText() ?? 'one\n'],
            ['one\n', false, 'one\n'],
          );
        }
      }
    } finally {
      await vscode.commands.executeCommand('workbench.action.files.resetActiveEditorReadonlyInSession');
      await settings.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
      chmodSync(`${folder}/mode.txt`, 0o644);
    }
  });

  it('are not brought back once they were deleted under a clean editor', async () => {
    const { document } = await show(put('vanished.txt', 'one\n'));
    rmSync(`${folder}/vanished.txt`);
    const files = filesWith();
    assert.match(await refused(files.read('vanished.txt', signal)), /^not_found: /);
    assert.match(await refused(files.apply(edit('vanished.txt', 'one\n', 'two\n'), signal)), /^not_found: /);
    assert.deepEqual(
      [document.getText(), document.isDirty, existsSync(`${folder}/vanished.txt`)],
      ['one\n', false, false],
    );
  });

  it('keep their unsaved text when they were deleted under it', async () => {
    const editor = await show(put('lost.txt', 'one\n'));
    await type(editor, 0, 'mine\n');
    rmSync(`${folder}/lost.txt`);
    const applied = await filesWith().apply(edit('lost.txt', 'mine\none\n', 'mine\ntwo\n'), signal);
    assert.deepEqual(applied, [{ path: 'lost.txt', afterHash: hashText('mine\ntwo\n'), saved: false }]);
    assert.deepEqual([editor.document.getText(), existsSync(`${folder}/lost.txt`)], ['mine\ntwo\n', false]);
  });
});

describe('open files that go or move', () => {
  afterEach(closeEditors);
  const tabs = (): readonly string[] =>
    vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all.map(({ label }) => label));

  it('go with their tabs, unsaved text and all', async () => {
    const files = filesWith();
    for (const typed of ['', 'typed ']) {
      const editor = await show(put('goes.txt', 'one\n'));
      if (typed !== '') await type(editor, 0, typed);
      const before = await files.read('goes.txt', signal);
      assert.equal(before.text, `${typed}one\n`);
      assert.deepEqual(await files.apply([deleteFileChange('goes.txt', before, 'call')], signal), [
        { path: 'goes.txt', ...gone },
      ]);
      assert.equal(existsSync(`${folder}/goes.txt`), false);
      await until(() => !tabs().includes('goes.txt'), vscode.window.tabGroups.onDidChangeTabs);
    }
  });

  it('stay when the person types at that very moment', async () => {
    const editor = await show(put('typing.txt', 'one\n'));
    const files = filesWith();
    const deletion = deleteFileChange('typing.txt', await files.read('typing.txt', signal), 'call');
    const typing = type(editor, 0, 'mine ');
    assert.match(await refused(files.apply([deletion], signal)), /^conflict: typing\.txt changed since it was read/);
    await typing;
    assert.deepEqual([editor.document.getText(), onDisk('typing.txt')], ['mine one\n', 'one\n']);
  });

  it('move with their tabs and their unsaved text, and back by undo', async () => {
    const editor = await show(put('old.txt', 'one\n'));
    await type(editor, 0, 'typed ');
    const files = filesWith();
    const before = await files.read('old.txt', signal);
    const applied = await files.apply([moveFileChange('old.txt', before, 'moved/deep/new.txt', 'call')], signal);
    assert.deepEqual(applied, [
      { path: 'old.txt', ...gone },
      { path: 'moved/deep/new.txt', afterHash: hashText('typed one\n'), saved: false },
    ]);
    assert.deepEqual(
      [existsSync(`${folder}/old.txt`), onDisk('moved/deep/new.txt'), tabs()],
      [false, 'one\n', ['new.txt']],
    );
    assert.equal((await files.read('moved/deep/new.txt', signal)).text, 'typed one\n');
    await undo();
    assert.deepEqual([onDisk('old.txt'), (await files.read('old.txt', signal)).text], ['one\n', 'typed one\n']);
  });

  it('never move over another file, open or not', async () => {
    await show(put('mover.txt', 'one\n'));
    put('there.txt', 'two\n');
    const files = filesWith();
    const move = moveFileChange('mover.txt', await files.read('mover.txt', signal), 'there.txt', 'call');
    const taken =
      'conflict: there.txt exists already; nothing was moved. Choose another name, or move or delete that file first.';
    assert.equal(await refused(files.apply([move], signal)), taken);
    const other = await show(vscode.Uri.file(`${folder}/there.txt`));
    await type(other, 0, 'mine ');
    assert.equal(await refused(files.apply([move], signal)), taken);
    assert.deepEqual(
      [onDisk('mover.txt'), onDisk('there.txt'), other.document.getText()],
      ['one\n', 'two\n', 'mine two\n'],
    );
  });
});
