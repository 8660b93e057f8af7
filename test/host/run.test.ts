// A whole run on the sample project, with the practice model, a real shell and a person who answers.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Event } from '../../src/core/event.ts';
import type { WaitingAsk } from '../../src/session/asks.ts';
import type { App } from '../../src/editor/app.ts';
import { pageScheme } from '../../src/editor/pages.ts';
import { practiceTasks } from '../../src/model/practiceTasks.ts';
import { closeEditors, folder, onDisk, put, show, startApp } from './workspace.ts';

describe('a run on the sample project', () => {
  let app: App;
  let stopAnswering = (): void => undefined;

  function putSample(): void {
    const extension = vscode.extensions.getExtension('journeyman.journeyman');
    cpSync(path.join(extension!.extensionPath, 'media', 'sample'), folder, { recursive: true });
  }

  before(async () => {
    putSample();
    app = await startApp();
    await app.parts.provider.choose('practice');
  });
  after(async () => {
    stopAnswering();
    await app.parts.tasks.clear();
    await app.parts.provider.choose('none');
    await closeEditors();
  });

  /** Answers each question once, after the event that brought it. */
  function answering(answer: (ask: WaitingAsk) => void): void {
    stopAnswering();
    const seen = new Set<string>();
    stopAnswering = app.parts.asks.onChange(() => {
      for (const ask of app.parts.asks.waiting) {
        if (seen.has(ask.token)) continue;
        seen.add(ask.token);
        queueMicrotask(() => answer(ask));
      }
    });
  }

  function of<T extends Event['type']>(type: T): readonly (Event & { readonly type: T })[] {
    return (app.parts.desk.live?.events ?? []).filter(
      (event): event is Event & { readonly type: T } => event.type === type,
    );
  }

  it('is planned, reviewed, tested and reported; a rejected change is not written', async () => {
    const changelog = onDisk('CHANGELOG.md');
    const asked: string[] = [];
    answering(({ approval, token }) => {
      const { question, call } = approval;
      asked.push(question.kind === 'command' ? question.line : question.kind);
      const reject = question.kind === 'edits' && question.changes.some(({ path: name }) => name === 'CHANGELOG.md');
      if (question.kind === 'plan') app.parts.asks.answer(call, token, { action: 'allow', mode: 'ask' });
      else
        app.parts.asks.answer(
          call,
          token,
          reject ? { action: 'reject_rest', reason: 'Not yet.' } : { action: 'allow' },
        );
    });
    await app.parts.tasks.setMode('plan');
    await app.parts.tasks.send(practiceTasks[0]!.text, []);
    const outcome = of('turn.ended')[0]?.outcome;
    assert.deepEqual([outcome?.kind, outcome?.kind === 'done' && outcome.verified], ['done', true]);
    assert.deepEqual([...new Set(asked)], ['plan', 'edits', 'npm test']);
    assert.match(onDisk('src/rates.js'), /Math\.ceil/);
    assert.equal(onDisk('CHANGELOG.md'), changelog);
    assert.match(app.status(), /Done$/);
  });

  it('ends within a moment when it is stopped, wherever it is', async () => {
    await app.parts.tasks.clear();
    answering(() => void vscode.commands.executeCommand('journeyman.stop'));
    putSample();
    await app.parts.tasks.send(practiceTasks[0]!.text, []);
    assert.deepEqual(of('turn.ended').at(-1)?.outcome, { kind: 'cancelled' });
    assert.deepEqual(app.parts.asks.waiting, []);
  });

  it('takes the selected text along', async () => {
    const editor = await show(put('src/note.txt', 'one\ntwo\nthree\n'));
    editor.selection = new vscode.Selection(0, 0, 2, 0);
    await vscode.commands.executeCommand('journeyman.askSelection');
    assert.equal(vscode.window.activeTextEditor?.document.uri.path.endsWith('note.txt'), true);
  });

  it('shows the audit of its session, verified', async () => {
    await vscode.commands.executeCommand('journeyman.showAudit');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, pageScheme);
    assert.match(document.getText(), new RegExp(`^${app.parts.desk.shownId}: \\d+ lines? as written\\n`));
  });

  it('leaves a log that can be read line by line', async () => {
    await vscode.commands.executeCommand('journeyman.showLog');
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, pageScheme);
    const types = document
      .getText()
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Event).type);
    assert.deepEqual(
      types,
      app.parts.desk.live?.events.map(({ type }) => type),
    );
  });
});
