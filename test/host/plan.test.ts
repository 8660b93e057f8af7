// The plan that waits, as a document: edited, commented on, answered from its title or from anywhere else.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Event } from '../../src/core/event.ts';
import type { Decision } from '../../src/core/permission.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { App } from '../../src/editor/app.ts';
import { handleIntent } from '../../src/editor/intents.ts';
import { planUri } from '../../src/editor/planFiles.ts';
import { Plans } from '../../src/editor/plans.ts';
import { planText } from '../../src/review/planText.ts';
import { closeEditors, eventually, startApp } from './workspace.ts';

const plan: Plan = {
  items: [
    { text: 'Find the cause', state: 'todo' },
    { text: 'Mend it', state: 'todo', files: ['src/rates.js'] },
  ],
  doneWhen: ['npm test passes'],
};
const noNews = { hunk: () => undefined, rebased: () => undefined };

describe('the plan that waits', () => {
  let app: App;
  let stop: AbortController;
  let decision: Promise<Decision>;
  let call: string;
  let calls = 0;

  before(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    call = `plan${String(++calls)}`;
    stop = new AbortController();
    decision = app.parts.asks.ask(
      { session: 's', call, tool: 'update_plan', question: { kind: 'plan', plan, why: '' }, resolved: [] },
      noNews,
      stop.signal,
    );
    decision.catch(() => undefined);
  });
  afterEach(async () => {
    stop.abort();
    app.parts.plans.follow([decided()]);
    await eventually('the document is gone', () => openTabs() === 0);
  });
  after(() => closeEditors());

  const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(`journeyman.${command}`, ...args);
  const uri = () => planUri('s', call);
  const openTabs = () =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri().toString()).length;

  function decided(): Event {
    return { session: 's', call, type: 'tool.decided' } as unknown as Event;
  }

  async function open(): Promise<vscode.TextEditor> {
    await run('editPlan');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), uri().toString());
    return editor;
  }

  async function replace(editor: vscode.TextEditor, old: string, fresh: string): Promise<void> {
    const { document } = editor;
    const at = document.getText().indexOf(old);
    assert.ok(at >= 0, old);
    await editor.edit((edit) =>
      edit.replace(new vscode.Range(document.positionAt(at), document.positionAt(at + old.length)), fresh),
    );
  }

  /** As the workbench does when a comment is written beside a line. */
  async function comment(line: number, words: string): Promise<void> {
    const thread = controller.createCommentThread(uri(), new vscode.Range(line, 0, line, 0), []);
    await run('planComment', { thread, text: words });
  }
  const controller = vscode.comments.createCommentController('test.plan', 'test');
  after(() => controller.dispose());

  it('opens as Markdown, and starts as it was when nobody touched it', async () => {
    const { document } = await open();
    assert.equal(document.languageId, 'markdown');
    assert.equal(document.getText(), planText(plan));
    await run('planGo');
    assert.deepEqual(await decision, { action: 'allow', by: { kind: 'user' }, mode: 'ask' });
  });

  it('starts as the person edited it, unsaved, when they press Go in the panel', async () => {
    const editor = await open();
    await replace(editor, '2. Mend it\n', '2. Mend it in small steps\n   one file at a time\n');
    const [ask] = app.parts.asks.waiting;
    const answer = { action: 'allow', mode: 'edit' } as const;
    await handleIntent(app.parts, { type: 'answer', call, token: ask!.token, answer });
    const mended = {
      text: 'Mend it in small steps',
      state: 'todo',
      detail: 'one file at a time',
      files: ['src/rates.js'],
    };
    assert.deepEqual(await decision, {
      action: 'allow',
      by: { kind: 'user' },
      mode: 'edit',
      plan: { ...plan, items: [plan.items[0], mended] },
    });
  });

  it('does not start while its document cannot be read, and says where', async () => {
    const editor = await open();
    await replace(editor, '## Done when', '## Notes');
    const line = editor.document.getText().split('\n').indexOf('## Notes') + 1;
    assert.throws(
      () => app.parts.plans.planAnswer(call, { action: 'allow' }),
      new RegExp(
        `^JourneymanError: Line ${String(line)} of your edited plan cannot be read: The heading "Notes" has no place`,
      ),
    );
    await run('planGo');
    assert.equal(app.parts.asks.waiting.length, 1);
    assert.equal(editor.document.getText().includes('## Notes'), true);
    await eventually('the line is shown', () => vscode.window.activeTextEditor?.selection.active.line === line - 1);
  });

  it('is sent back with the comments on its lines and what was edited so far', async () => {
    const editor = await open();
    const lines = editor.document.getText().split('\n');
    await comment(lines.indexOf('2. Mend it'), 'Only in quote().');
    await comment(lines.indexOf('1. Find the cause'), 'The tests show it.');
    await replace(editor, '- npm test passes', '- npm test and npm run lint pass');
    await run('planChange', uri());
    const word = await decision;
    const reason = word.action === 'deny' ? word.reason : '';
    assert.equal(
      reason.slice(0, reason.indexOf('# Plan')),
      '> 1. Find the cause\nThe tests show it.\n\n> 2. Mend it\nOnly in quote().\n\nI began to edit the plan:\n\n',
    );
    assert.match(reason, /npm run lint pass$/);
  });

  it('is cancelled from its title', async () => {
    await open();
    await run('planCancel', uri());
    assert.deepEqual(await decision, { action: 'deny', by: { kind: 'user' }, reason: '', stop: true });
  });

  it('keeps what was saved and said over a reload', async () => {
    const editor = await open();
    await replace(editor, 'Find the cause', 'Find the cause first');
    await editor.document.save();
    await comment(4, 'Here.');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const later = new Plans(app.parts.asks, app.parts.context.workspaceState, () => 'ask');
    await later.open(call);
    assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /Find the cause first/);
    const answer = later.planAnswer(call, { action: 'allow' });
    assert.equal(answer.action === 'allow' && answer.plan?.items[0]?.text, 'Find the cause first');
    assert.match(answer.action === 'allow' ? (answer.note ?? '') : '', /Here\.$/);
    later.dispose();
  });

  it('leaves its document where it was stopped, and takes it away once it was answered', async () => {
    await open();
    stop.abort();
    assert.equal(openTabs(), 1);
    assert.equal(await app.parts.plans.open(call), false);
    app.parts.plans.follow([decided()]);
    await eventually('the document is gone', () => openTabs() === 0);
    await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(uri())), /FileNotFound|EntryNotFound/);
  });
});
