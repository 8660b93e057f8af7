// Changes of the agent that stand in files: decided, typed into, undone and redone, read again from the log.
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { FileChange } from '../../src/core/change.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import type { App } from '../../src/editor/app.ts';
import { ChangeDesk } from '../../src/editor/changes.ts';
import type { LiveSession } from '../../src/session/sessions.ts';
import { changeFile } from '../../src/workspace/diff.ts';
import { hashText } from '../../src/workspace/files.ts';
import { closeEditors, eventually, folder, onDisk, put, show, startApp, type, until } from './workspace.ts';

const { signal } = new AbortController();
const old = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
const fresh = 'one\nTWO\nthree\nfour\nfive\nSIX\nseven\n';

describe('changes that stand in files', () => {
  let app: App;
  let live: LiveSession;
  let calls = 0;

  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    live = await begin();
  });
  afterEach(async () => {
    await app.parts.desk.clear();
    for (const { session } of app.parts.changes.files)
      if (app.parts.desk.find(session) === null)
        await app.parts.changes.decide({ session }, 'accepted').catch(() => false);
    await closeEditors();
  });
  after(async () => {
    await app.parts.desk.clear();
  });

  const changes = () => app.parts.changes;

  async function begin(): Promise<LiveSession> {
    const { folders } = app.parts.files;
    const environment = {
      folders,
      platform: 'linux',
      shell: 'bash',
      date: '2026-01-01',
      attended: true,
      topLevel: [],
      instructions: [],
    };
    const session = await app.parts.desk.create({ environment, mode: 'edit', model: 'm', rules: [] });
    await session.note({ type: 'turn.started', text: 'change it', attachments: [], message: null });
    return session;
  }

  /** What a call of a run does: copies, the start, the files, what became of them. */
  async function agentWrites(session: LiveSession, ...made: readonly FileChange[]): Promise<void> {
    const { files, agent } = app.parts;
    const call = `c${String(++calls)}`;
    const own = made.map((change, i) => ({
      ...change,
      hunks: change.hunks.map((hunk, j) => ({ ...hunk, id: `${call}:${String(i + 1)}.${String(j + 1)}` })),
    }));
    const facts = async (...all: readonly Fact[]): Promise<void> => {
      for (const fact of all) await session.note(fact);
    };
    const kept = await agent.checkpoints.keep(
      session.id,
      own.flatMap(({ path: name, fate }) => (fate?.kind === 'moved' ? [name, fate.to] : [name])),
      signal,
    );
    await facts(
      { type: 'tool.requested', call, tool: 'edit_file', input: {}, resources: [] },
      { type: 'tool.decided', call, decision: { action: 'allow', by: { kind: 'mode', mode: 'edit' } } },
      { type: 'checkpoint.created', checkpoint: call, call, files: kept },
      { type: 'tool.started', call, attempt: 'a', changes: own },
    );
    const applied = await files.apply(own, signal);
    const steps = await agent.checkpoints.steps(session.id, kept, signal);
    await facts(
      { type: 'change.applied', call, changes: own, files: applied },
      { type: 'files.changed', call, files: steps },
      { type: 'tool.finished', call, result: { status: 'ok', text: 'done' }, ms: 1 },
    );
    await changes().take(session.id, session.events);
  }

  function change(name: string, before: string | null, text: string): FileChange {
    return changeFile(name, before === null ? null : { text: before, hash: hashText(before) }, text, 'c');
  }

  /** Open changes and edited ones as a person would tell them. */
  function told(desk: Pick<ChangeDesk, 'files'> = changes(), session = live.id): readonly string[] {
    return desk.files
      .filter((file) => file.session === session)
      .flatMap((file) =>
        file.hunks.map(({ state, line, count }) => `${file.path}:${String(line + 1)}+${String(count)} ${state}`),
      );
  }

  async function decide(word: 'accepted' | 'rejected', name: string, at: number): Promise<boolean> {
    const file = changes().files.find((one) => one.session === live.id && one.path === name);
    const ids = [...new Set(file?.hunks.map(({ id }) => id))];
    return changes().decide({ session: live.id, path: name, hunks: [ids[at] ?? ''] }, word);
  }

  const reviewed = (): readonly (Event & { type: 'change.reviewed' })[] =>
    live.events.filter((event) => event.type === 'change.reviewed');

  async function withApplied(name: string, text = old, after2 = fresh): Promise<vscode.TextEditor> {
    const editor = await show(put(name, text));
    await agentWrites(live, change(name, text, after2));
    return editor;
  }

  it('are open until a person says a word, wherever they type in between', async () => {
    const editor = await withApplied('stays-a.txt');
    assert.deepEqual(told(), ['stays-a.txt:2+1 applied', 'stays-a.txt:6+1 applied']);
    await type(editor, 0, 'zero\n');
    await type(editor, 4, 'mine\n');
    assert.deepEqual(told(), ['stays-a.txt:3+1 applied', 'stays-a.txt:8+1 applied']);
    assert.equal(await decide('accepted', 'stays-a.txt', 0), true);
    assert.equal(await decide('rejected', 'stays-a.txt', 1), true);
    assert.equal(editor.document.getText(), 'zero\none\nTWO\nthree\nmine\nfour\nfive\nsix\nseven\n');
    assert.deepEqual(
      reviewed().map(({ path: name, hunks }) => [name, ...hunks.map(({ state, line }) => `${state} ${String(line)}`)]),
      [
        ['stays-a.txt', 'accepted 3'],
        ['stays-a.txt', 'rejected 8'],
      ],
    );
    assert.deepEqual(told(), []);
    assert.equal(await decide('rejected', 'stays-a.txt', 0), false);
  });

  it('follow native undo and redo', async () => {
    const editor = await withApplied('stays-undo.txt');
    await decide('rejected', 'stays-undo.txt', 1);
    assert.deepEqual(told(), ['stays-undo.txt:2+1 applied', 'stays-undo.txt:6+1 rejected']);
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(
      [editor.document.getText(), told()],
      [fresh, ['stays-undo.txt:2+1 applied', 'stays-undo.txt:6+1 applied']],
    );
    await vscode.commands.executeCommand('redo');
    assert.deepEqual(told(), ['stays-undo.txt:2+1 applied', 'stays-undo.txt:6+1 rejected']);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.deepEqual([editor.document.getText(), told()], [old, []]);
    await changes().tell(live.id);
    assert.deepEqual(
      reviewed()
        .at(-1)
        ?.hunks.map(({ state }) => state),
      ['rejected'],
    );
    await vscode.commands.executeCommand('redo');
    assert.deepEqual(
      [editor.document.getText(), told()],
      [fresh, ['stays-undo.txt:2+1 applied', 'stays-undo.txt:6+1 applied']],
    );
    await changes().tell(live.id);
    assert.deepEqual(
      reviewed()
        .at(-1)
        ?.hunks.map(({ state }) => state),
      ['applied', 'applied'],
    );
  });

  it('are the person’s own once they type into them, and the model is told', async () => {
    const editor = await withApplied('stays-own.txt');
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 3), ' more'));
    assert.deepEqual(told(), ['stays-own.txt:2+1 edited', 'stays-own.txt:6+1 applied']);
    await changes().tell(live.id);
    assert.deepEqual(reviewed().at(-1)?.hunks, [
      { hunk: `c${String(calls)}:1.1`, state: 'edited', line: 2, text: ['TWO more'] },
    ]);
    assert.equal(await decide('rejected', 'stays-own.txt', 0), false);
    await changes().decide({ session: live.id, path: 'stays-own.txt' }, 'rejected');
    assert.equal(editor.document.getText(), 'one\nTWO more\nthree\nfour\nfive\nsix\nseven\n');
  });

  it('are read from the log as they stand, typing that nobody told included', async () => {
    const editor = await withApplied('stays-log.txt');
    await type(editor, 0, 'zero\n');
    await decide('accepted', 'stays-log.txt', 0);
    await editor.edit((edit) => edit.insert(new vscode.Position(6, 0), 'new '));
    const { desk, sessions, files, agent } = app.parts;
    const again = new ChangeDesk({
      desk,
      sessions,
      files,
      checkpoints: agent.checkpoints,
      send: () => Promise.resolve(),
      problems: () => null,
    });
    try {
      await again.take(live.id, live.events);
      assert.deepEqual(told(again), told());
      assert.deepEqual(told(again), ['stays-log.txt:3+1 accepted', 'stays-log.txt:7+1 edited']);
    } finally {
      again.dispose();
    }
  });

  it('are found in sessions that nobody has opened, and decided there', async () => {
    put('stays-later.txt', old);
    await agentWrites(live, change('stays-later.txt', old, fresh));
    const { id } = live;
    await app.parts.desk.clear();
    const { desk, sessions, files, agent } = app.parts;
    const again = new ChangeDesk({
      desk,
      sessions,
      files,
      checkpoints: agent.checkpoints,
      send: () => Promise.resolve(),
      problems: () => null,
    });
    try {
      await again.refresh();
      assert.deepEqual(told(again, id), ['stays-later.txt:2+1 applied', 'stays-later.txt:6+1 applied']);
      assert.equal(await again.decide({ session: id }, 'rejected'), true);
      assert.equal(onDisk('stays-later.txt'), old);
      const owner = await agent.log.open(id);
      await assert.rejects(again.reopen(null), ({ code }: { code: string }) => code === 'locked');
      await owner.close();
      assert.equal(await again.reopen(null), true);
      assert.equal(onDisk('stays-later.txt'), fresh);
    } finally {
      again.dispose();
    }
  });

  it('are taken back word by word', async () => {
    const editor = await withApplied('stays-back.txt');
    await decide('accepted', 'stays-back.txt', 0);
    await decide('rejected', 'stays-back.txt', 1);
    assert.equal(changes().decided, true);
    assert.equal(await changes().reopen(null), true);
    assert.equal(editor.document.getText(), fresh);
    assert.deepEqual(told(), ['stays-back.txt:2+1 accepted', 'stays-back.txt:6+1 applied']);
    assert.equal(await changes().reopen(null), true);
    assert.deepEqual(told(), ['stays-back.txt:2+1 applied', 'stays-back.txt:6+1 applied']);
  });

  it('make a file that is removed when its creation is rejected, and back again', async () => {
    await agentWrites(live, change('stays-made/new.txt', null, 'hello\n'));
    const file = path.join(folder, 'stays-made/new.txt');
    const fate = changes().files.find(({ path: name }) => name === 'stays-made/new.txt')?.fate;
    assert.deepEqual([fate, existsSync(file)], ['created', true]);
    await decide('rejected', 'stays-made/new.txt', 0);
    assert.equal(existsSync(file), false);
    assert.equal(await changes().reopen(null), true);
    assert.equal(onDisk('stays-made/new.txt'), 'hello\n');
    // With a line of the person's in it, it stays.
    const editor = await show(vscode.Uri.file(file));
    await type(editor, 0, 'mine\n');
    await editor.document.save();
    await decide('rejected', 'stays-made/new.txt', 0);
    assert.equal(onDisk('stays-made/new.txt'), 'mine'); // the empty line at the end was the agent's
  });

  it('bring a deleted file back byte for byte, and a moved one to where it was', async () => {
    const marked = '\ufeffone\r\ntwo\r\n';
    put('stays-removed.txt', marked);
    const lines = marked.slice(1).split('\n');
    await agentWrites(live, {
      path: 'stays-removed.txt',
      beforeHash: hashText(marked.slice(1)),
      hunks: [{ id: '', startLine: 1, removed: lines, added: [], before: [], after: [] }],
      fate: { kind: 'deleted' },
    });
    const fileOf = (name: string) => changes().files.find((file) => file.session === live.id && file.path === name);
    assert.deepEqual(
      [existsSync(path.join(folder, 'stays-removed.txt')), fileOf('stays-removed.txt')?.fate],
      [false, 'deleted'],
    );
    await decide('rejected', 'stays-removed.txt', 0);
    assert.equal(onDisk('stays-removed.txt'), marked);

    put('stays-here.txt', old);
    await agentWrites(live, {
      path: 'stays-here.txt',
      beforeHash: hashText(old),
      hunks: [{ id: '', startLine: 1, removed: [], added: [], before: [], after: [] }],
      fate: { kind: 'moved', to: 'stays-sub/there.txt' },
    });
    assert.deepEqual(
      [fileOf('stays-sub/there.txt')?.fate, fileOf('stays-sub/there.txt')?.from],
      ['moved', 'stays-here.txt'],
    );
    await agentWrites(live, change('stays-sub/there.txt', old, old.replace('two', 'TWO')));
    const [move] = fileOf('stays-sub/there.txt')!.hunks;
    await changes().decide({ session: live.id, hunks: [move!.id] }, 'rejected');
    assert.deepEqual(
      [onDisk('stays-here.txt'), existsSync(path.join(folder, 'stays-sub/there.txt')), told()],
      [old.replace('two', 'TWO'), false, ['stays-here.txt:1+0 rejected', 'stays-here.txt:2+1 applied']],
    );
    assert.equal(await changes().reopen(null), true);
    assert.equal(onDisk('stays-sub/there.txt'), old.replace('two', 'TWO'));
  });

  it('are closed by hand when their file is deleted, and come back with it', async () => {
    const file = put('stays-gone.txt', old);
    await agentWrites(live, change('stays-gone.txt', old, fresh));
    rmSync(file.fsPath);
    await until(() => told().every((one) => !one.includes('applied')), changes().onDidChange);
    put('stays-gone.txt', fresh);
    await until(() => told().filter((one) => one.includes('applied')).length === 2, changes().onDidChange);
  });

  it('follow a file that changes on the disk while no editor has it', async () => {
    put('stays-disk.txt', old);
    await agentWrites(live, change('stays-disk.txt', old, fresh));
    put('stays-disk.txt', `zero\n${fresh.replace('SIX', 'SIXTH')}`);
    await until(() => told().includes('stays-disk.txt:3+1 applied'), changes().onDidChange);
    assert.deepEqual(told(), ['stays-disk.txt:3+1 applied', 'stays-disk.txt:7+1 edited']);
    await changes().decide({ session: live.id }, 'rejected');
    assert.equal(onDisk('stays-disk.txt'), 'zero\none\ntwo\nthree\nfour\nfive\nSIXTH\nseven\n');
  });

  it('stay exact in unsaved documents, which stay unsaved', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    const editor = await show(put('stays-dirty.txt', old));
    await type(editor, 3, 'typed\n');
    const text = editor.document.getText();
    await agentWrites(live, change('stays-dirty.txt', text, text.replace('two', 'TWO').replace('six', 'SIX')));
    assert.deepEqual(told(), ['stays-dirty.txt:2+1 applied', 'stays-dirty.txt:7+1 applied']);
    await decide('rejected', 'stays-dirty.txt', 0);
    assert.deepEqual([editor.document.getText(), editor.document.isDirty], [text.replace('six', 'SIX'), true]);
    assert.equal(onDisk('stays-dirty.txt'), old);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(() => told().length === 0, changes().onDidChange);
    await files.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
  });

  it('keep the kind of line end, also when it changes', async () => {
    const crlf = old.replaceAll('\n', '\r\n');
    const editor = await withApplied('stays-crlf.txt', crlf, fresh.replaceAll('\n', '\r\n'));
    await type(editor, 0, 'zero\n');
    await decide('rejected', 'stays-crlf.txt', 0);
    assert.equal(editor.document.getText(), `zero\n${old.replace('six', 'SIX')}`.replaceAll('\n', '\r\n'));
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.LF));
    assert.deepEqual(told(), ['stays-crlf.txt:3+1 rejected', 'stays-crlf.txt:7+1 applied']);
    await decide('rejected', 'stays-crlf.txt', 1);
    assert.equal(editor.document.getText(), `zero\n${old}`);
  });

  it('of two sessions in one file are decided apart', async () => {
    const editor = await withApplied('stays-both.txt', old, old.replace('two', 'TWO'));
    const first = live;
    live = await begin();
    const text = old.replace('two', 'TWO');
    await agentWrites(live, change('stays-both.txt', text, text.replace('six', 'SIX')));
    assert.deepEqual(
      [told(changes(), first.id), told()],
      [['stays-both.txt:2+1 applied'], ['stays-both.txt:6+1 applied']],
    );
    await changes().decide({ session: first.id }, 'rejected');
    assert.equal(editor.document.getText(), old.replace('six', 'SIX'));
    await changes().decide({ session: live.id }, 'rejected');
    assert.equal(editor.document.getText(), old);
  });

  it('go to the model with the person’s words', async () => {
    await withApplied('stays-ask.txt');
    await app.parts.desk.live?.pause();
    await changes().ask({ session: live.id, path: 'stays-ask.txt', hunks: [`c${String(calls)}:1.2`] }, 'keep it small');
    await eventually('it is asked', () => live.state.queue.length === 1);
    assert.deepEqual(
      live.state.queue.map(({ text, attachments }) => [text, attachments]),
      [['keep it small', [{ kind: 'change', label: 'stays-ask.txt:6', text: '- six\n+ SIX' }]]],
    );
    assert.deepEqual(told(), ['stays-ask.txt:2+1 applied', 'stays-ask.txt:6+1 asked']);
  });

  it('are many in a long file, and typing there stays quick', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `line ${String(i)}`);
    const text = lines.join('\n');
    const changed = lines.map((line, i) => (i % 33 === 5 && i < 9900 ? line.toUpperCase() : line)).join('\n');
    const editor = await withApplied('stays-long.txt', text, changed);
    assert.equal(told().length, 300);
    for (let i = 0; i < 20; i++) await type(editor, 100 * i, 'x\n');
    assert.equal(told().length, 300);
    await changes().decide({ session: live.id }, 'rejected');
    assert.equal(editor.document.getText().replaceAll('x\n', ''), text);
  });
}).timeout(60_000);
