// The review of a waiting question, in the workbench: documents, lenses, words at the cursor.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { pickHunks, type ChangeSet } from '../../src/core/change.ts';
import type { Decision } from '../../src/core/permission.ts';
import type { App } from '../../src/editor/app.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { closeEditors, put, show, startApp, until } from './workspace.ts';

const old = 'one\ntwo\nthree\nfour\nfive\n';
const proposed = 'ONE\ntwo\nthree\nfour\nFIVE\n';
const changes = [
  changeFile('review.txt', { text: old, hash: hashText(old) }, proposed, 'call', 1),
  changeFile('fresh.txt', null, 'new\n', 'call', 2),
];

describe('the review in the editor', () => {
  let app: App;
  let stop: AbortController;
  let decision: Promise<Decision>;

  before(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    put('review.txt', old);
    stop = new AbortController();
    decision = app.parts.asks.ask(
      {
        session: 's',
        call: 'call',
        tool: 'edit_file',
        question: { kind: 'edits', changes, why: 'It writes.' },
        resolved: [],
      },
      { hunk: () => undefined, rebased: () => undefined },
      stop.signal,
    );
    decision.catch(() => undefined);
  });
  afterEach(async () => {
    stop.abort();
    await closeEditors();
  });

  const tab = () => vscode.window.tabGroups.activeTabGroup.activeTab;
  async function openFile(path: string): Promise<vscode.TextDocument> {
    const [edits] = app.parts.review.waiting;
    await app.parts.review.open(edits!, path, true);
    const input = tab()?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff, 'a diff is open');
    return vscode.workspace.openTextDocument(input.modified);
  }
  async function lenses(document: vscode.TextDocument): Promise<readonly string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    return found.map(({ range, command }) => `${range.start.line} ${command?.title ?? ''}`.replaceAll('\u00a0', ' '));
  }

  it('shows the file beside what is proposed, a lens on each change', async () => {
    const document = await openFile('review.txt');
    assert.equal(document.getText(), proposed);
    assert.deepEqual(await lenses(document), [
      '0 2 agent changes',
      '0 Accept all',
      '0 Reject all',
      '0 $(check) Accept',
      '0 $(discard) Reject',
      '0 $(comment) Ask for a change',
      '0 1 of 2',
      '4 $(check) Accept',
      '4 $(discard) Reject',
      '4 $(comment) Ask for a change',
      '4 2 of 2',
    ]);
  });

  it('follows a word said in the panel', async () => {
    const document = await openFile('review.txt');
    const [ask] = app.parts.asks.waiting;
    app.parts.asks.decideHunk('call', ask!.token, { hunk: 'call:1.1', verdict: 'rejected' });
    await until(() => document.getText() === 'one\ntwo\nthree\nfour\nFIVE\n', vscode.workspace.onDidChangeTextDocument);
    assert.deepEqual((await lenses(document)).slice(0, 6), [
      '0 1 of 2 agent changes open',
      '0 Accept all',
      '0 Reject all',
      '0 $(discard) Rejected',
      '0 Undo',
      '0 1 of 2',
    ]);
  });

  it('decides the change at the cursor, goes to the next, and ends with the last word', async () => {
    const run = (command: string, ...args: unknown[]) =>
      vscode.commands.executeCommand(`journeyman.${command}`, ...args);
    await openFile('review.txt');
    await run('nextHunk');
    await run('acceptHunk');
    await run('undoDecision');
    await run('previousHunk');
    const first = vscode.window.activeTextEditor!;
    first.selection = new vscode.Selection(0, 0, 0, 0);
    await run('acceptHunk');
    await run('nextHunk');
    assert.equal(vscode.window.activeTextEditor!.selection.active.line, 4);
    await run('askHunk', undefined, 'keep the old word');
    await run('nextHunk');
    assert.equal(vscode.window.activeTextEditor!.document.getText(), 'new\n');
    await run('rejectFile');
    assert.deepEqual(await decision, {
      action: 'allow',
      by: { kind: 'user' },
      accepted: pickHunks(changes, new Set(['call:1.1'])),
      hunks: [
        { hunk: 'call:1.2', verdict: 'asked', reason: 'keep the old word' },
        { hunk: 'call:2.1', verdict: 'rejected' },
      ],
    });
  });

  it('says a word about the change that is being gone to, not the one that is left', async () => {
    const editor = await show(put('review.txt', old));
    editor.selection = new vscode.Selection(4, 0, 4, 0);
    const going = vscode.commands.executeCommand('journeyman.nextHunk');
    await vscode.commands.executeCommand('journeyman.rejectHunk');
    await going;
    assert.deepEqual([...app.parts.asks.waiting[0]!.words.values()], [{ hunk: 'call:2.1', verdict: 'rejected' }]);
  });

  it('works at the cursor in the file itself, too', async () => {
    const editor = await show(put('review.txt', old));
    editor.selection = new vscode.Selection(4, 0, 4, 0);
    assert.equal(app.parts.actions.atCursor().length, 1);
    await vscode.commands.executeCommand('journeyman.rejectHunk');
    assert.equal(app.parts.actions.atCursor().length, 0);
    assert.deepEqual([...app.parts.asks.waiting[0]!.words.values()], [{ hunk: 'call:1.2', verdict: 'rejected' }]);
  });

  it('closes what it opened once everything is decided', async () => {
    await openFile('review.txt');
    const [edits] = app.parts.review.waiting;
    await app.parts.review.open(edits!, null, true);
    const open = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length;
    assert.equal(open() > 0, true);
    await vscode.commands.executeCommand('journeyman.acceptAll');
    assert.deepEqual(await decision, { action: 'allow', by: { kind: 'user' } });
    await until(() => open() === 0, vscode.window.tabGroups.onDidChangeTabs);
  });

  it('moves with its file while it waits, and leaves out what was typed into', async () => {
    const file = await vscode.workspace.openTextDocument(put('review.txt', old));
    const insert = async (line: number, column: number, text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(file.uri, new vscode.Position(line, column), text);
      await vscode.workspace.applyEdit(edit);
    };
    stop.abort();
    stop = new AbortController();
    const told: ChangeSet[] = [];
    decision = app.parts.asks.ask(
      {
        session: 's',
        call: 'call',
        tool: 'edit_file',
        question: { kind: 'edits', changes: [changes[0]!], why: 'It writes.' },
        resolved: [],
      },
      { hunk: () => undefined, rebased: (moved) => told.push(moved) },
      stop.signal,
    );
    const document = await openFile('review.txt');
    await insert(0, 0, 'zero\n');
    await insert(5, 4, ' and more');
    const shown = 'zero\nONE\ntwo\nthree\nfour\nfive and more\n';
    await until(() => document.getText() === shown, vscode.workspace.onDidChangeTextDocument);
    assert.deepEqual((await lenses(document)).slice(3), [
      '1 $(check) Accept',
      '1 $(discard) Reject',
      '1 $(comment) Ask for a change',
      '1 1 of 2',
      '5 $(person) Changed by you',
      '5 2 of 2',
    ]);
    // What is typed right before the answer counts as well.
    await insert(0, 0, 'minus one\n');
    const [ask] = app.parts.asks.waiting;
    app.parts.asks.answer('call', ask!.token, { action: 'accept_rest' });
    const decided = await decision;
    assert.ok(decided.action === 'allow');
    assert.deepEqual(decided.hunks, [{ hunk: 'call:1.2', verdict: 'edited' }]);
    await app.parts.files.apply(decided.accepted ?? [], stop.signal);
    assert.equal(file.getText(), 'minus one\nzero\nONE\ntwo\nthree\nfour\nfive and more\n');
    assert.equal(told.at(-1)?.[0]?.beforeHash, decided.accepted?.[0]?.beforeHash);
  });

  it('says in the status bar how many changes wait', () => {
    assert.equal(app.status().replaceAll('\u00a0', ' '), '$(diff-multiple) 3 changes to review');
  });
});
