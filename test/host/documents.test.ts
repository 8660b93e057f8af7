// Unsaved texts as checkpoints see and change them, in a real document model.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { editorDocuments } from '../../src/editor/documents.ts';
import { closeEditors, onDisk, put, show, type } from './workspace.ts';

describe('unsaved documents', () => {
  afterEach(closeEditors);

  it('are the text of their file; saved ones are not', async () => {
    const { fsPath } = put('unsaved.txt', 'one\n');
    const editor = await show(vscode.Uri.file(fsPath));
    assert.equal(editorDocuments.unsaved(fsPath), null);
    await type(editor, 0, 'typed ');
    assert.equal(editorDocuments.unsaved(fsPath), 'typed one\n');
  });

  it('are changed in one undo step and stay unsaved', async () => {
    const { fsPath } = put('restored.txt', 'a\nb\nc\nd\n');
    const editor = await show(vscode.Uri.file(fsPath));
    await type(editor, 0, 'mine\n');
    assert.equal(await editorDocuments.write(fsPath, 'mine\na\nB\nc\nD\n', 'mine\na\nb\nc\nd\n'), true);
    const { document } = editor;
    assert.deepEqual(
      [document.getText(), document.isDirty, onDisk('restored.txt')],
      ['mine\na\nB\nc\nD\n', true, 'a\nb\nc\nd\n'],
    );
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'mine\na\nb\nc\nd\n');
  });

  it('get the line ends that they had', async () => {
    const { fsPath } = put('line-ends.txt', 'a\nb\n');
    const editor = await show(vscode.Uri.file(fsPath));
    await type(editor, 0, 'x\n');
    assert.equal(await editorDocuments.write(fsPath, 'a\r\nb\r\n', 'x\na\nb\n'), true);
    assert.equal(editor.document.getText(), 'a\r\nb\r\n');
    assert.equal(await editorDocuments.write(fsPath, 'a\nc\n', 'a\r\nb\r\n'), true);
    assert.equal(editor.document.getText(), 'a\nc\n');
  });

  it('are left alone when they are not what was expected', async () => {
    const { fsPath } = put('typed-since.txt', 'one\n');
    const editor = await show(vscode.Uri.file(fsPath));
    await type(editor, 0, 'typed ');
    assert.equal(await editorDocuments.write(fsPath, 'old\n', 'one\n'), false);
    assert.equal(await editorDocuments.write(fsPath, null, 'one\n'), false);
    assert.deepEqual([editor.document.getText(), existsSync(fsPath)], ['typed one\n', true]);
    assert.equal(await editorDocuments.write(`${fsPath}.none`, 'x', 'x'), false);
  });

  it('go away with their file', async () => {
    const { fsPath } = put('made.txt', 'one\n');
    const editor = await show(vscode.Uri.file(fsPath));
    await type(editor, 0, 'typed ');
    assert.equal(await editorDocuments.write(fsPath, null, 'typed one\n'), true);
    assert.equal(existsSync(fsPath), false);
    assert.equal(editorDocuments.unsaved(fsPath), null);
  });
});
