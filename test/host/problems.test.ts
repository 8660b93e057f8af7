// What the editor says of changed files: early, late, and of texts that are not there any more.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { Clock } from '../../src/core/ports.ts';
import { limits } from '../../src/core/limits.ts';
import type { App } from '../../src/editor/app.ts';
import { Problems } from '../../src/editor/problems.ts';
import { hashText } from '../../src/workspace/files.ts';
import { closeEditors, eventually, put, show, startApp, type } from './workspace.ts';

/** Time that moves when the test says so. */
class StandingClock implements Clock {
  #nowMs = 1_000_000;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  get sleeping(): number {
    return this.#sleepers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    const awake = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter((one) => !awake.includes(one));
    for (const { wake } of awake) wake();
  }
}

describe('problems of changed files', () => {
  /** Another file for each test: what is said of one comes to an end late. */
  let name: string;
  let tests = 0;
  const { signal } = new AbortController();
  let app: App;
  let clock: StandingClock;
  let problems: Problems;
  let server: vscode.DiagnosticCollection;
  let editor: vscode.TextEditor;

  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    clock = new StandingClock();
    server = vscode.languages.createDiagnosticCollection('test');
    name = `problems${String(++tests)}.txt`;
    editor = await show(put(name, 'one\ntwo\nthree\n'));
    problems = new Problems(app.parts.files, clock);
    clock.pass(60_000);
  });
  afterEach(async () => {
    problems.dispose();
    server.dispose();
    await closeEditors();
  });
  after(() => closeEditors());

  function diagnostic(line: number, message: string, severity = vscode.DiagnosticSeverity.Error): vscode.Diagnostic {
    const made = new vscode.Diagnostic(new vscode.Range(line, 0, line, 3), message, severity);
    made.source = 'test';
    made.code = 7;
    return made;
  }

  /** Says it, and waits until the workbench has told it on: it gathers for a moment. */
  async function tell(...diagnostics: readonly vscode.Diagnostic[]): Promise<void> {
    const told = new Promise<void>((resolve) => {
      const listener = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (!uris.some(({ path }) => path === editor.document.uri.path)) return;
        listener.dispose();
        resolve();
      });
    });
    server.set(editor.document.uri, [...diagnostics]);
    await told;
  }

  it('are known once something is told of the text, and not before', async () => {
    assert.equal(problems.counts(name), null);
    await tell(
      diagnostic(0, 'bad'),
      diagnostic(1, 'odd', vscode.DiagnosticSeverity.Warning),
      diagnostic(2, 'hm', vscode.DiagnosticSeverity.Hint),
    );
    assert.deepEqual(problems.counts(name), { errors: 1, warnings: 1 });
    clock.pass(limits.problemsQuietMs);
    assert.deepEqual(await problems.freshProblems('s', [name], signal), [
      {
        path: name,
        textHash: hashText('one\ntwo\nthree\n'),
        problems: [
          { line: 1, severity: 'error', message: 'bad', source: 'test 7' },
          { line: 2, severity: 'warning', message: 'odd', source: 'test 7' },
        ],
      },
    ]);
  });

  it('of an earlier text are none of this one', async () => {
    await tell(diagnostic(0, 'bad'));
    let changes = 0;
    problems.counts(name);
    const listener = problems.onDidChange(() => changes++);
    await type(editor, 0, 'typed ');
    assert.equal(problems.counts(name), null);
    assert.equal(changes, 1);
    await tell();
    assert.equal(problems.counts(name)?.errors, 0);
    listener.dispose();
  });

  it('that were said just before a change and told after it are none of the new text', async () => {
    const told = tell(diagnostic(0, 'bad'));
    await type(editor, 0, 'typed ');
    await told;
    assert.equal(problems.counts(name), null);
    await tell(diagnostic(0, 'bad'));
    assert.deepEqual(problems.counts(name), { errors: 1, warnings: 0 });
  });

  it('that begin beyond the end of the text were computed for another', async () => {
    await tell(diagnostic(7, 'bad'));
    assert.equal(problems.counts(name), null);
  });

  it('are waited for after a change until all is quiet', async () => {
    await tell(diagnostic(0, 'old'));
    await type(editor, 0, 'typed ');
    let found: unknown = null;
    const fresh = problems.freshProblems('s', [name], signal).then((files) => (found = files));
    await eventually('it waits', () => clock.sleeping === 1);
    await tell(diagnostic(0, 'late'));
    await eventually('it waits for quiet', () => clock.sleeping === 1);
    assert.equal(found, null);
    clock.pass(limits.problemsQuietMs);
    await fresh;
    assert.deepEqual(found, [
      {
        path: name,
        textHash: hashText(editor.document.getText()),
        problems: [{ line: 1, severity: 'error', message: 'late', source: 'test 7' }],
      },
    ]);
  });

  it('are not waited for longer than servers take, and then are not known', async () => {
    await tell(diagnostic(0, 'old'));
    await type(editor, 0, 'typed ');
    const fresh = problems.freshProblems('s', [name], signal);
    await eventually('it waits', () => clock.sleeping === 1);
    clock.pass(limits.problemsWaitMs);
    assert.deepEqual(await fresh, []);
    const stop = new AbortController();
    await type(editor, 0, 'more ');
    const stopped = problems.freshProblems('s', [name], stop.signal);
    await eventually('it waits', () => clock.sleeping === 1);
    stop.abort(new Error('stopped'));
    await assert.rejects(stopped, /stopped/);
  });

  it('are not waited for where nobody speaks of that language', async () => {
    await type(editor, 0, 'typed ');
    assert.deepEqual(await problems.freshProblems('s', [name], signal), []);
  });

  it('that were there before the session changed the file are not told', async () => {
    await tell(diagnostic(2, 'old'), diagnostic(1, 'gone'));
    problems.follow([
      {
        v: 2,
        session: 's',
        seq: 1,
        atMs: 0,
        actor: { kind: 'system', room: 'session' },
        turn: 1,
        step: 1,
        type: 'checkpoint.created',
        checkpoint: 'c',
        call: 'c',
        files: [{ path: name, state: { kind: 'absent' } }],
      },
    ]);
    await type(editor, 0, 'typed\n');
    await tell(diagnostic(3, 'old'), diagnostic(0, 'new'));
    clock.pass(limits.problemsQuietMs);
    const messages = async (session: string) =>
      (await problems.freshProblems(session, [name], signal)).map((file) => file.problems.map((one) => one.message));
    assert.deepEqual(await messages('s'), [['new']]);
    assert.deepEqual(await messages('another'), [['new', 'old']]);
  });

  it('of a document that was closed are not known when it is opened again: servers take back what they said', async () => {
    await tell(diagnostic(0, 'bad'));
    assert.notEqual(problems.counts(name), null);
    await vscode.languages.setTextDocumentLanguage(editor.document, 'markdown'); // closes it, and opens it
    assert.equal(problems.counts(name), null);
  });
});
