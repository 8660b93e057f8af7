// The life of a session through the commands and the panel's intents: paused and resumed, queued and steered, forked, taken back,
// exported and imported, held elsewhere and taken over.
import assert from 'node:assert/strict';
import { cpSync, createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { JourneymanError } from '../../src/core/error.ts';
import { toArray } from '../../src/core/list.ts';
import type { Event } from '../../src/core/event.ts';
import type { App } from '../../src/editor/app.ts';
import { handleIntent } from '../../src/editor/intents.ts';
import { pageScheme } from '../../src/editor/pages.ts';
import { readRows } from '../../src/editor/sessionRows.ts';
import { writeWhole } from '../../src/editor/transfer.ts';
import { practiceTasks } from '../../src/model/practiceTasks.ts';
import type { HostMessage, Intent } from '../../src/protocol/messages.ts';
import { closeEditors, eventually, folder, onDisk, put, show, startApp, type } from './workspace.ts';

const [heavy, explain] = practiceTasks.map(({ text }) => text);

describe('the life of a session', () => {
  let app: App;
  let stopAnswering = (): void => undefined;

  before(async () => {
    app = await startApp();
    await app.parts.provider.choose('practice');
  });
  beforeEach(async () => {
    const { extensionPath } = vscode.extensions.getExtension('journeyman.journeyman')!;
    cpSync(path.join(extensionPath, 'media', 'sample'), folder, { recursive: true });
    await app.parts.tasks.clear();
    // Edits apply at once; each command is allowed as it asks.
    await app.parts.tasks.setMode('edit');
    stopAnswering = app.parts.asks.onChange(() => {
      for (const { approval, token } of app.parts.asks.waiting)
        queueMicrotask(() => app.parts.asks.answer(approval.call, token, { action: 'allow' }));
    });
  });
  afterEach(async () => {
    stopAnswering();
    await vscode.commands.executeCommand('journeyman.stop');
    await closeEditors();
  });
  after(async () => {
    await app.parts.tasks.clear();
    await app.parts.provider.choose('none');
  });

  const desk = () => app.parts.desk;
  const events = (): readonly Event[] => desk().live?.events ?? [];
  const types = (): readonly string[] => events().map(({ type }) => type);
  const intend = (intent: Intent): Promise<void> => handleIntent(app.parts, intent);
  const run = (command: string): Thenable<unknown> => vscode.commands.executeCommand(`journeyman.${command}`);
  const status = (): string => app.status().replaceAll('\u00a0', ' ');

  /** Once, when the session on the desk has said so. */
  async function once(type: Event['type'], nth = 1): Promise<void> {
    await eventually(`${type} (${nth})`, () => types().filter((one) => one === type).length >= nth, 60_000);
  }

  async function whatIsPosted(work: () => Promise<void>): Promise<readonly HostMessage[]> {
    const posted: HostMessage[] = [];
    const { panel } = app.parts;
    const post = panel.post.bind(panel);
    panel.post = (message) => {
      posted.push(message);
      post(message);
    };
    try {
      await work();
    } finally {
      panel.post = post;
    }
    return posted;
  }

  it('holds at the next boundary when it is paused, and goes on when it is resumed', async () => {
    const sent = app.parts.tasks.send(heavy!, []);
    await once('model.responded');
    await run('pause');
    await sent;
    assert.match(status(), /Paused at step 1/);
    assert.equal(desk().live?.state.paused, true);
    assert.equal(types().includes('turn.ended'), false);
    const [row] = await readRows(app.parts.sessions, {
      held: desk().held,
      waiting: [],
      cut: (id) => desk().cut(id),
    });
    assert.deepEqual([row?.state, row?.line], ['paused', 'Paused at step 1']);
    await run('resume');
    assert.equal(desk().live?.state.outcome?.kind, 'done');
    assert.match(onDisk('src/rates.js'), /Math\.ceil/);
    // What was asked for before the pause was not asked for again.
    const requested = events().filter((event) => event.type === 'model.requested');
    assert.deepEqual(
      requested.map(({ step }) => step),
      requested.map((_, i) => i + 1),
    );
  });

  it('queues what is sent while it works, in the order that the person wants, and goes on with it by itself', async () => {
    const sent = app.parts.tasks.send(heavy!, []);
    await once('turn.started');
    await intend({ type: 'send', text: 'never mind', attachments: [] });
    await intend({ type: 'send', text: heavy!, attachments: [] });
    await intend({ type: 'send', text: explain!, attachments: [] });
    const [first, second, third] = desk().live!.state.queue;
    await intend({ type: 'change_message', message: third!.message, before: second!.message });
    await intend({ type: 'cancel_message', message: first!.message });
    await intend({ type: 'cancel_message', message: second!.message });
    await sent;
    const turns = events().flatMap((event) => (event.type === 'turn.started' ? [event.text] : []));
    assert.deepEqual(turns, [heavy, explain]);
    assert.deepEqual([desk().live!.state.queue, desk().live!.state.outcome?.kind], [[], 'done']);
  });

  it('gives a message to the model with the next request when it is steered', async () => {
    const sent = app.parts.tasks.send(heavy!, []);
    await once('model.requested');
    await intend({ type: 'steer', text: 'go on, and mind the tests', attachments: [] });
    await sent;
    const order = types().filter(
      (one) => one === 'message.delivered' || one === 'turn.ended' || one === 'turn.started',
    );
    assert.deepEqual(order, ['turn.started', 'message.delivered', 'turn.ended']);
  });

  it('shows first what a restore would do, leaves what the person wrote, and can be taken back itself', async () => {
    const before = onDisk('src/rates.js');
    await app.parts.tasks.send(heavy!, []);
    const changed = onDisk('src/rates.js');
    assert.notEqual(changed, before);
    put('src/rates.js', `// mine\n${changed}`);
    const { checkpoint } = toArray(desk().live!.state.checkpoints)[0]!;
    const posted = await whatIsPosted(() => intend({ type: 'preview_restore', checkpoint }));
    const preview = posted.find((message) => message.type === 'restore');
    const item = preview?.items.find(({ path: name }) => name === 'src/rates.js');
    assert.equal(item?.action, 'merge');
    await intend({ type: 'compare_restore', checkpoint, path: 'src/rates.js' });
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    const right = await vscode.workspace.openTextDocument(input.modified);
    assert.deepEqual([right.uri.scheme, right.getText()], [pageScheme, `// mine\n${before}`]);

    await intend({ type: 'restore', checkpoint, scope: 'both', mine: [], old: [] });
    assert.equal(onDisk('src/rates.js'), `// mine\n${before}`);
    assert.deepEqual(types().slice(-2), ['checkpoint.restored', 'conversation.rewound']);
    const undo = toArray(desk().live!.state.checkpoints).at(-1)!.checkpoint;
    await intend({ type: 'restore', checkpoint: undo, scope: 'files', mine: [], old: [] });
    assert.equal(onDisk('src/rates.js'), `// mine\n${changed}`);
  });

  it('restores the unsaved text of an open file as an edit, and writes nothing over it', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    const editor = await show(vscode.Uri.file(path.join(folder, 'src/rates.js')));
    // An editor takes a moment to see that the file was put back for this test; what is typed before that goes with the old text.
    await eventually('the editor shows the file', () => editor.document.getText() === onDisk('src/rates.js'));
    await type(editor, 0, '// not saved\n');
    const before = editor.document.getText();
    assert.match(before, /not saved/);
    await app.parts.tasks.send(heavy!, []);
    assert.match(editor.document.getText(), /Math\.ceil/);
    const { checkpoint } = toArray(desk().live!.state.checkpoints)[0]!;
    await intend({ type: 'restore', checkpoint, scope: 'files', mine: [], old: [] });
    assert.deepEqual([editor.document.getText(), editor.document.isDirty], [before, true]);
    assert.doesNotMatch(onDisk('src/rates.js'), /not saved/);
    await files.update('autoSave', undefined, vscode.ConfigurationTarget.Global);
  });

  it('says an earlier message anew, and goes on from there', async () => {
    await app.parts.tasks.send(explain!, []);
    await app.parts.tasks.send('thanks', []);
    await intend({ type: 'edit_turn', turn: 1, text: heavy!, attachments: [] });
    assert.equal(types().includes('conversation.rewound'), true);
    await once('turn.ended', 3);
    assert.match(onDisk('src/rates.js'), /Math\.ceil/);
    // Code that is picked for the new message may hold the same words: what counts is what was said.
    const said = toArray(desk().live!.state.conversation.items).filter(({ kind }) => kind === 'replied');
    assert.equal(JSON.stringify(said).includes('fits together'), false);
  });

  it('is forked, renamed, closed and deleted by commands', async () => {
    await app.parts.tasks.send(explain!, []);
    const from = desk().shownId!;
    await run('forkSession');
    const fork = desk().shownId!;
    assert.notEqual(fork, from);
    assert.equal(types().at(-1), 'session.forked');
    await intend({ type: 'rename_session', id: fork, title: 'Another way' });
    await desk().live!.compact();
    assert.equal(types().at(-1), 'context.compacted');
    await run('closeSession');
    assert.equal(desk().shownId, null);
    const row = async (id: string) =>
      (await readRows(app.parts.sessions, { held: [], waiting: [], cut: () => null })).find((one) => one.id === id);
    assert.deepEqual([(await row(fork))?.title, (await row(fork))?.state], ['Another way', 'closed']);
    const found = await app.parts.sessions.search('another way');
    assert.deepEqual(
      found.map(({ id }) => id),
      [fork],
    );
    await intend({ type: 'delete_session', id: fork });
    assert.equal(await row(fork), undefined);
    assert.notEqual(await row(from), undefined);
  });

  it('is written to a file and read in again as it was, with no rights', async () => {
    await app.parts.tasks.send(explain!, []);
    const { id } = desk().live!;
    const before = types();
    const temporary = mkdtempSync(path.join(tmpdir(), 'journeyman-export-'));
    try {
      const file = path.join(temporary, 'session.journeyman');
      await writeWhole(file, app.parts.sessions.export(id));
      await desk().import(createReadStream(file) as AsyncIterable<Uint8Array>);
      assert.deepEqual(types(), [...before, 'session.imported']);
      assert.deepEqual([desk().live!.state.mode, desk().live!.state.rules], ['ask', []]);
    } finally {
      rmSync(temporary, { recursive: true });
    }
  });

  it('shows all that a command has printed', async () => {
    await app.parts.tasks.send(heavy!, []);
    const commands = events().flatMap((event) =>
      event.type === 'tool.requested' && event.tool === 'run_command' ? [event.call] : [],
    );
    await intend({ type: 'show_output', call: commands[0]! });
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.uri.scheme, pageScheme);
    assert.match(document.getText(), /pass/);
  });

  it('says that it could not be saved, gives the words back, and goes on from the disk', async () => {
    await app.parts.tasks.send(explain!, []);
    const { id } = desk().live!;
    await app.parts.tasks.clear();
    // The suite is a bundle of its own: the error has to be of the extension's class.
    const Known = await app.parts.sessions.open('none').then(
      () => assert.fail('there is no such session'),
      (error: unknown) => (error as JourneymanError).constructor as typeof JourneymanError,
    );
    const log = app.parts.agent.log as { open: typeof app.parts.agent.log.open };
    const open = log.open.bind(log);
    log.open = async (session) => {
      const opened = await open(session);
      opened.append = () => ({
        events: [],
        durable: Promise.reject(new Known('unavailable', 'The session could not be saved: the disk is full.')),
      });
      return opened;
    };
    try {
      await intend({ type: 'open_session', id });
      const posted = await whatIsPosted(() => intend({ type: 'send', text: heavy!, attachments: [] }));
      assert.deepEqual(
        posted.filter((message) => message.type === 'compose'),
        [{ type: 'compose', text: heavy, attachments: [] }],
      );
    } finally {
      log.open = open;
    }
    const notice = app.parts.notices.all.at(-1);
    assert.match(notice?.body ?? '', /could not be saved: the disk is full/);
    const [goOn] = notice?.actions ?? [];
    assert.equal(goOn?.label, 'Go on');
    await intend(goOn.intent);
    assert.equal(app.parts.notices.all.includes(notice!), false);
    await intend({ type: 'send', text: explain!, attachments: [] });
    assert.deepEqual([desk().shownId, desk().live!.state.turns], [id, 2]);
  });

  it('can be read while somebody else holds it, and is taken over at once when they are gone', async () => {
    await app.parts.tasks.send(explain!, []);
    const { id } = desk().live!;
    await app.parts.tasks.clear();
    const owner = await app.parts.agent.log.open(id);
    await intend({ type: 'open_session', id });
    const notice = () => app.parts.notices.all.find((one) => one.id === 'read-only');
    assert.deepEqual([desk().shown.kind, notice()?.title], ['read', 'This session runs in another window']);
    await intend({ type: 'send', text: 'hello', attachments: [] });
    assert.match(app.parts.notices.all.at(-1)?.body ?? '', /can only be read here/);
    await owner.close();
    await eventually('it is taken over', () => desk().live?.id === id, 1000);
    assert.equal(notice(), undefined);
  });
}).timeout(90_000); // whole runs, on machines that do other things too
