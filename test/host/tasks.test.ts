// The tasks of palette and menus, with a model that answers from a script: what goes along, and where the answer goes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Event } from '../../src/core/event.ts';
import type { App } from '../../src/editor/app.ts';
import { noModelNotice } from '../../src/editor/notices.ts';
import { startScriptedApi, type ScriptedApi, type ScriptedReply } from '../support/scriptedApi.ts';
import { closeEditors, eventually, folder, put, show, startApp } from './workspace.ts';

describe('tasks of palette and menus', () => {
  let app: App;
  let api: ScriptedApi;
  let replies: ScriptedReply[];

  before(async () => {
    app = await startApp();
    const model = { type: 'model', id: 'own', display_name: 'Own', max_input_tokens: 100_000, max_tokens: 8000 };
    api = await startScriptedApi({ replies: () => replies.shift() ?? 'Done.', models: [model] });
    await app.parts.provider.choose('endpoint', api.baseUrl);
  });
  beforeEach(async () => {
    replies = [];
    await app.parts.tasks.clear();
  });
  afterEach(() => closeEditors());
  after(async () => {
    await app.parts.tasks.clear();
    await app.parts.provider.choose('none', '');
    await closeEditors();
    await api.close();
  });

  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(`journeyman.${command}`, ...args);
  const events = (): readonly Event[] => app.parts.desk.live?.events ?? [];
  const notices = () => app.parts.notices.all.map(({ id }) => id);

  /** What the session on the desk was begun with, once it has ended. */
  async function begun() {
    await eventually('the run has ended', () => events().some(({ type }) => type === 'turn.ended'));
    const started = events().find((event) => event.type === 'turn.started')!;
    const session = events().find((event) => event.type === 'session.started')!;
    const attached = started.attachments.map(({ kind, label }) => `${kind} ${label}`);
    return { mode: session.mode, text: started.text, attached, attachments: started.attachments };
  }

  const code = 'import x from "x";\n\nfunction quote(kg) {\n  const price = kg * 2;\n  return price;\n}\n';

  /** Stands for a language server. */
  function symbols(): vscode.Disposable {
    const range = new vscode.Range(2, 0, 5, 1);
    const inner = new vscode.Range(3, 8, 3, 22);
    const { Function, Variable } = vscode.SymbolKind;
    const quote = new vscode.DocumentSymbol('quote', '', Function, range, range);
    quote.children = [new vscode.DocumentSymbol('price', '', Variable, inner, inner)];
    return vscode.languages.registerDocumentSymbolProvider(
      { pattern: '**/tasks.txt' },
      { provideDocumentSymbols: () => [quote] },
    );
  }

  it('explain the function around the cursor, and only read', async () => {
    const provider = symbols();
    const editor = await show(put('tasks.txt', code));
    editor.selection = new vscode.Selection(3, 10, 3, 10);
    await run('explain');
    const task = await begun();
    provider.dispose();
    assert.deepEqual([task.mode, task.attached], ['plan', ['selection tasks.txt:3-6']]);
    assert.match(task.text, /^Explain `quote` in `tasks.txt:3-6`:/);
    assert.equal(task.attachments[0]?.text, code.split('\n').slice(2, 6).join('\n'));
    assert.equal(vscode.window.activeTextEditor, editor);
  });

  it('take the selection before the function, and the file where there is neither', async () => {
    const editor = await show(put('tasks.txt', code));
    editor.selection = new vscode.Selection(3, 0, 5, 0);
    await run('writeTests');
    assert.deepEqual((await begun()).attached, ['selection tasks.txt:4-5']);
    await app.parts.tasks.clear();
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await run('document');
    const task = await begun();
    assert.deepEqual([task.mode, task.attached], ['ask', ['file tasks.txt']]);
    assert.match(task.text, /^Document `tasks.txt` in the style/);
  });

  it('take the files that were picked in the explorer', async () => {
    const uris = [put('one.txt', 'one\n'), put('two.txt', 'two\n')];
    await run('explain', uris[0], uris);
    const task = await begun();
    assert.deepEqual(task.attached, ['file one.txt', 'file two.txt']);
    assert.match(task.text, /^Explain `one.txt` and `two.txt`:/);
  });

  it('begin a session of their own, whatever lies on the desk', async () => {
    await show(put('tasks.txt', code));
    await run('explain');
    await begun();
    const first = app.parts.desk.shownId;
    await run('explain');
    await eventually('another session', () => app.parts.desk.shownId !== null && app.parts.desk.shownId !== first);
    await begun();
  });

  it('fix a problem from its quick fix', async () => {
    const collection = vscode.languages.createDiagnosticCollection('test');
    const uri = put('tasks.txt', code);
    await show(uri);
    const range = new vscode.Range(3, 8, 3, 13);
    const problem = new vscode.Diagnostic(range, 'price is\nwrong', vscode.DiagnosticSeverity.Error);
    problem.source = 'test';
    const hint = new vscode.Diagnostic(range, 'a hint', vscode.DiagnosticSeverity.Hint);
    collection.set(uri, [problem, hint]);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
    );
    const action = actions.find(({ title }) => title === 'Fix with Journeyman');
    assert.ok(action?.command, 'it is offered');
    await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments as unknown[]));
    const task = await begun();
    collection.dispose();
    assert.deepEqual([task.mode, task.attached], ['ask', ['problem tasks.txt:4']]);
    assert.match(task.text, /^Fix this problem, .*\n\n- `tasks.txt:4`: price is wrong \(test\)$/);
    assert.match(
      task.attachments[0]?.text ?? '',
      /^price is\nwrong \(test\)\n\n {2}1: import[^]*\n> 4: {3}const price/,
    );
  });

  it('fix the next problem in the file from the palette', async () => {
    const collection = vscode.languages.createDiagnosticCollection('test');
    const uri = put('tasks.txt', code);
    collection.set(uri, [new vscode.Diagnostic(new vscode.Range(4, 2, 4, 8), 'late')]);
    await show(uri);
    await run('fixProblem');
    assert.deepEqual((await begun()).attached, ['problem tasks.txt:5']);
    collection.dispose();
  });

  it('refactor what is selected, as the person says', async () => {
    const editor = await show(put('tasks.txt', code));
    editor.selection = new vscode.Selection(2, 0, 6, 0);
    await run('refactorSelection', editor.document.uri, 'use a table');
    const task = await begun();
    assert.deepEqual([task.mode, task.attached], ['ask', ['selection tasks.txt:3-6']]);
    assert.match(task.text, /^Refactor the lines `tasks.txt:3-6`: use a table\n/);
  });

  it('say in the panel what is missing where there is no model', async () => {
    await app.parts.provider.choose('none');
    await show(put('tasks.txt', code));
    await run('explain');
    await eventually('the notice', () => notices().includes(noModelNotice.id));
    assert.equal(app.parts.desk.shownId, null);
    app.parts.notices.dismiss(noModelNotice.id);
    assert.equal(await app.parts.tasks.aside('Commit message', 'say', [], new AbortController().signal), null);
    assert.equal(notices().includes(noModelNotice.id), true);
    await app.parts.provider.choose('endpoint', api.baseUrl);
  });

  describe('on uncommitted changes', () => {
    const root = path.join(folder, 'repository');
    const git = (...args: readonly string[]) =>
      execFileSync(
        'git',
        ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main', ...args],
        {
          cwd: root,
          encoding: 'utf8',
        },
      );
    interface Git {
      getAPI(version: 1): { openRepository(uri: vscode.Uri): Promise<{ readonly inputBox: { value: string } } | null> };
    }
    let box: { value: string };

    before(async () => {
      mkdirSync(root, { recursive: true });
      git('init', '--quiet');
      put('repository/a.txt', 'one\ntwo\n');
      git('add', '.');
      git('commit', '--quiet', '-m', 'start: a first commit\n\nwith a body');
      put('repository/a.txt', 'one\nTWO\n');
      put('repository/b.txt', 'staged\n');
      git('add', 'b.txt');
      put('repository/c.txt', 'new\n');
      const extension = await vscode.extensions.getExtension<Git>('vscode.git')!.activate();
      const repository = await extension.getAPI(1).openRepository(vscode.Uri.file(root));
      assert.ok(repository, 'git knows the repository');
      box = repository.inputBox;
    });
    beforeEach(async () => {
      box.value = '';
      await show(vscode.Uri.file(path.join(root, 'a.txt')));
    });
    after(async () => {
      await vscode.commands.executeCommand('git.close', vscode.Uri.file(root));
      rmSync(root, { recursive: true, force: true });
    });

    it('review all of them, new files included', async () => {
      await run('reviewChanges');
      const task = await begun();
      assert.deepEqual([task.mode, task.attached], ['plan', ['diff uncommitted changes']]);
      const diff = task.attachments[0]?.text ?? '';
      assert.match(diff, /^diff --git a\/b.txt b\/b.txt\n[^]*\+staged\n/);
      assert.match(diff, /-two\n\+TWO\n/);
      assert.match(diff, /diff --git a\/c.txt b\/c.txt\nnew file\n--- \/dev\/null\n\+\+\+ b\/c.txt\n\+new\n$/);
    });

    it('write a commit message for what is staged, behind the desk', async () => {
      replies = ['```\nfiles: add b\n\nIt was missing.\n```'];
      const before = api.requests.length;
      const editor = vscode.window.activeTextEditor;
      await run('commitMessage', { rootUri: vscode.Uri.file(root) });
      assert.equal(box.value, 'files: add b\n\nIt was missing.');
      assert.equal(api.requests.length, before + 1);
      const said = JSON.stringify(api.requests.at(-1)?.body.messages);
      assert.match(said, /label=\\"staged changes\\"[^]*\+staged/);
      assert.doesNotMatch(said, /TWO/);
      assert.match(said, /last commits here:\\nstart: a first commit\\?/);
      assert.equal(app.parts.desk.shownId, null);
      assert.equal(vscode.window.activeTextEditor, editor);
      const [last] = [...(await app.parts.sessions.list())].sort((a, b) => b.updatedAtMs - a.updatedAtMs);
      assert.deepEqual([last?.title, last?.outcome], ['Commit message', 'done']);
      assert.deepEqual(app.parts.desk.held, []);
    });

    it('goes on from what the person has begun, and waits for nobody', async () => {
      box.value = 'files:';
      const items = [{ text: 'look', state: 'todo' }];
      replies = [{ content: [{ tool: 'update_plan', input: { items } }] }, 'files: add b'];
      await run('commitMessage', { rootUri: vscode.Uri.file(root) });
      assert.equal(box.value, 'files: add b');
      assert.match(JSON.stringify(api.requests.at(-2)?.body.messages), /I have begun it, go on from there:\\nfiles:/);
      assert.match(JSON.stringify(api.requests.at(-1)?.body.messages), /Nobody answers here: say it in words\./);
    });

    it('leaves the box alone when it is stopped', async () => {
      replies = [{ content: ['files: a'], fault: { after: 'content_block_delta', then: 'stall' } }];
      const stop = new AbortController();
      const before = api.requests.length;
      const said = app.parts.tasks.aside('Commit message', 'say', [], stop.signal);
      await eventually('it was asked', () => api.requests.length > before);
      stop.abort();
      assert.equal(await said, null);
      assert.deepEqual(notices(), []);
      assert.deepEqual(app.parts.desk.held, []);
    });
  });
});
