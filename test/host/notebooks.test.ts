// Notebooks cell by cell, in a real notebook editor.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { ChangeSet } from '../../src/core/change.ts';
import { toError } from '../../src/core/error.ts';
import { editorDocuments } from '../../src/editor/documents.ts';
import { editorFiles } from '../../src/editor/files.ts';
import type { SavePolicy } from '../../src/editor/settings.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText, nodeFiles } from '../../src/workspace/files.ts';
import { closeEditors, folder, onDisk, put } from './workspace.ts';

const { signal } = new AbortController();
const filesWith = (policy: SavePolicy = 'whenClean') => editorFiles(nodeFiles([folder]), () => policy);

const text = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 2,
   "id": "a1",
   "metadata": {
    "tags": [
     "x"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "1\\n"
     ]
    }
   ],
   "source": [
    "print(1)\\n",
    "x = 2"
   ]
  },
  {
   "cell_type": "markdown",
   "id": "b2",
   "metadata": {},
   "source": [
    "# Title"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "c3",
   "metadata": {},
   "outputs": [],
   "source": [
    "last"
   ]
  }
 ],
 "metadata": {
  "language_info": {
   "name": "python"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;
const outputs = /"outputs": \[\n[^]*?\n {3}\]/.exec(text)?.[0] ?? '';
const titleCell = /  \{\n   "cell_type": "markdown"[^]*?\n  \},\n/.exec(text)?.[0] ?? '';
const lastCell = text.slice(text.indexOf(titleCell) + titleCell.length, text.indexOf('\n ],\n "metadata"'));
const newCell = `  {
   "cell_type": "code",
   "execution_count": null,
   "id": "d4",
   "metadata": {},
   "outputs": [],
   "source": [
    "new()"
   ]
  },
`;

async function opened(name: string): Promise<vscode.NotebookDocument> {
  const notebook = await vscode.workspace.openNotebookDocument(put(name, text));
  await vscode.window.showNotebookDocument(notebook);
  return notebook;
}

function edit(path: string, before: string, after: string): ChangeSet {
  return [changeFile(path, { text: before, hash: hashText(before) }, after, 'call')];
}

function cells(notebook: vscode.NotebookDocument): readonly string[] {
  return notebook.getCells().map((cell) => `${cell.document.getText()} [${String(cell.outputs.length)}]`);
}

async function closeNotebooks(): Promise<void> {
  for (const notebook of vscode.workspace.notebookDocuments) {
    if (!notebook.isDirty) continue;
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await closeEditors();
}

describe('an open notebook', () => {
  afterEach(closeNotebooks);

  it('is changed cell by cell, keeps its outputs, is saved, and goes back in one undo', async () => {
    const notebook = await opened('n1.ipynb');
    const [first, second] = notebook.getCells();
    const after = text
      .replace('"x = 2"', '"x = 3"')
      .replace('"# Title"', '"# Title\\n",\n    "more"')
      .replace('  {\n   "cell_type": "code",\n   "execution_count": null', `${newCell}$&`);
    const [applied] = await filesWith().apply(edit('n1.ipynb', text, after), signal);
    assert.deepEqual(cells(notebook), ['print(1)\nx = 3 [1]', '# Title\nmore [0]', 'new() [0]', 'last [0]']);
    assert.deepEqual([notebook.cellAt(0) === first, notebook.cellAt(1) === second], [true, true]);
    // The count of a cell that was edited after it ran says nothing any more.
    const saved = after.replace('"execution_count": 2', '"execution_count": null');
    assert.deepEqual([notebook.isDirty, onDisk('n1.ipynb')], [false, saved]);
    const { hunks: formatted } = changeFile('n1.ipynb', { text: after, hash: '' }, saved, 'saved');
    assert.deepEqual(applied, { path: 'n1.ipynb', afterHash: hashText(saved), saved: true, formatted });
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(cells(notebook), ['print(1)\nx = 2 [1]', '# Title [0]', 'last [0]']);
  });

  it('is read and changed with what the person typed into its cells, and stays unsaved', async () => {
    const notebook = await opened('n2.ipynb');
    const typed = new vscode.WorkspaceEdit();
    typed.insert(notebook.cellAt(2).document.uri, new vscode.Position(0, 0), 'mine\n');
    await vscode.workspace.applyEdit(typed);
    const files = filesWith();
    const read = await files.read('n2.ipynb', signal);
    const live = text.replace('"last"', '"mine\\n",\n    "last"');
    assert.deepEqual(read, { path: 'n2.ipynb', text: live, hash: hashText(live), unsaved: true });
    const after = live.replace('"# Title"', '"# Theirs"');
    const applied = await files.apply(edit('n2.ipynb', live, after), signal);
    assert.deepEqual(applied, [{ path: 'n2.ipynb', afterHash: hashText(after), saved: false }]);
    assert.deepEqual(
      [cells(notebook), onDisk('n2.ipynb')],
      [['print(1)\nx = 2 [1]', '# Theirs [0]', 'mine\nlast [0]'], text],
    );
  });

  it('is told as it then stands when cells came, went, changed their type or lost their outputs', async () => {
    const notebook = await opened('n3.ipynb');
    const files = filesWith('never');
    const after = text
      .replace(outputs, '"outputs": []')
      .replace('"execution_count": 2', '"execution_count": null')
      .replace(titleCell, newCell)
      .replace(lastCell, lastCell.replace('code', 'markdown').replace(/ {3}"(execution_count|outputs)".*\n/g, ''));
    const [applied] = await files.apply(edit('n3.ipynb', text, after), signal);
    assert.deepEqual(cells(notebook), ['print(1)\nx = 2 [0]', 'new() [0]', 'last [0]']);
    assert.equal(notebook.cellAt(2).kind, vscode.NotebookCellKind.Markup);
    const now = await files.read('n3.ipynb', signal);
    assert.deepEqual(JSON.parse(now.text), JSON.parse(after));
    assert.deepEqual([applied?.saved, applied?.afterHash, now.unsaved], [false, now.hash, true]);
  });

  it('refuses a text that is no notebook and outputs that are made up, and is left as it is', async () => {
    const notebook = await opened('n4.ipynb');
    for (const [after, why] of [
      [text.replace('"nbformat": 4,', '"nbformat": 4'), /this text is none/],
      [text.replace('"1\\n"', '"2\\n"'), /outputs come from running its cells/],
    ] as const) {
      const thrown = await filesWith()
        .apply(edit('n4.ipynb', text, after), signal)
        .then(() => assert.fail('it was not refused'), toError);
      assert.deepEqual([thrown.code, why.test(thrown.message)], ['invalid_input', true]);
    }
    assert.deepEqual([notebook.isDirty, onDisk('n4.ipynb')], [false, text]);
  });

  it('counts with its unsaved cells for checkpoints, and goes back to them', async () => {
    const notebook = await opened('n6.ipynb');
    const { fsPath } = notebook.uri;
    assert.equal(editorDocuments.unsaved(fsPath), null);
    const typed = text.replace('"last"', '"mine"');
    await filesWith('never').apply(edit('n6.ipynb', text, typed), signal);
    assert.equal(editorDocuments.unsaved(fsPath), typed);
    assert.equal(await editorDocuments.write(fsPath, text, text), false);
    assert.equal(await editorDocuments.write(fsPath, text, typed), true);
    assert.deepEqual([cells(notebook), onDisk('n6.ipynb')], [['print(1)\nx = 2 [1]', '# Title [0]', 'last [0]'], text]);
  });

  it('keeps the ids of its cells, and gives one to each that is new', async () => {
    const notebook = await opened('n5.ipynb');
    const after = text.replace(titleCell, titleCell + newCell.replace('   "id": "d4",\n', ''));
    await filesWith().apply(edit('n5.ipynb', text, after), signal);
    const ids = (JSON.parse(onDisk('n5.ipynb')) as { cells: { id?: string }[] }).cells.map(({ id }) => id ?? '');
    assert.deepEqual([notebook.isDirty, ids.map((id) => id.length)], [false, [2, 2, 8, 2]]);
  });
});

describe('a notebook whose file a command has written', () => {
  afterEach(closeNotebooks);

  it('is what stands in the file, even where that is no notebook any more', async () => {
    await opened('n7.ipynb');
    put('n7.ipynb', '{');
    assert.equal((await filesWith().read('n7.ipynb', signal)).text, '{');
  });
});

describe('a notebook that is not open', () => {
  it('is a file like any other', async () => {
    put('closed.ipynb', text);
    const after = text.replace('"1\\n"', '"2\\n"');
    await filesWith().apply(edit('closed.ipynb', text, after), signal);
    assert.equal(onDisk('closed.ipynb'), after);
  });
});
