// What is typed, saved and changed from outside reaches the index; language servers are asked without opening a tab.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { CodeIndex } from '../../src/core/ports.ts';
import type { Definition, IndexStatus } from '../../src/core/symbols.ts';
import type { App } from '../../src/editor/app.ts';
import { EditorIndex } from '../../src/editor/indexFeed.ts';
import { editorLanguageServers } from '../../src/editor/languageServers.ts';
import { Mentions } from '../../src/editor/mentions.ts';
import { closeEditors, eventually, folder, put, show, startApp, type } from './workspace.ts';

const { signal } = new AbortController();
const start: Definition = {
  path: 'indexed/a.ts',
  startLine: 1,
  endLine: 3,
  name: 'start',
  kind: 'function',
  qualified: 'start',
  nameLine: 1,
  nameColumn: 9,
  signature: 'function start()',
  doc: '',
};

/** Writes down what it is told, in order. */
class ToldIndex implements CodeIndex {
  readonly told: string[] = [];
  #status: IndexStatus = { state: 'indexing', indexed: 1, files: 2, definitions: 0, message: null };
  #listener: (status: IndexStatus) => void = () => undefined;

  status(): IndexStatus {
    return this.#status;
  }
  onStatus(listener: (status: IndexStatus) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }
  say(status: Partial<IndexStatus>): void {
    this.#status = { ...this.#status, ...status };
    this.#listener(this.#status);
  }
  ready(): Promise<IndexStatus> {
    return Promise.resolve(this.#status);
  }
  find({ name }: { readonly name: string }): Promise<readonly Definition[]> {
    this.told.push(`find ${name}`);
    return Promise.resolve(start.name.startsWith(name) ? [start] : []);
  }
  outline(): ReturnType<CodeIndex['outline']> {
    return Promise.resolve({ definitions: [start], cut: false });
  }
  references(): ReturnType<CodeIndex['references']> {
    return Promise.resolve({ references: [], cut: false });
  }
  rank(): ReturnType<CodeIndex['rank']> {
    this.told.push('rank');
    return Promise.resolve({ files: [], symbols: [], complete: true });
  }
  lines(): ReturnType<CodeIndex['lines']> {
    return Promise.resolve(['function start() {\n}\n']);
  }
  unsaved(name: string, text: string | null): void {
    this.told.push(`unsaved ${name} ${text === null ? 'no more' : JSON.stringify(text)}`);
  }
  changed(paths: readonly string[]): void {
    for (const name of paths) this.told.push(`changed ${name}`);
  }
  cancel(): void {
    this.say({ state: 'cancelled' });
  }
  rebuild(): void {
    this.told.push('rebuild');
    this.say({ state: 'indexing' });
  }
  close(): Promise<void> {
    this.told.push('close');
    return Promise.resolve();
  }
}

describe('the index of a window', () => {
  let app: App;
  let told: ToldIndex;
  let index: EditorIndex;
  let allowed = true;
  let starts = 0;

  before(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    told = new ToldIndex();
    allowed = true;
    starts = 0;
    index = new EditorIndex({
      files: app.parts.files,
      folders: () => [folder],
      start: () => {
        starts += 1;
        return Promise.resolve(told);
      },
      allowed: () => allowed,
    });
  });
  afterEach(async () => {
    await index.close();
    await closeEditors();
  });
  after(() => rmSync(path.join(folder, 'indexed'), { recursive: true, force: true }));

  it('begins once, when something first needs it, and where it is allowed', async () => {
    allowed = false;
    assert.deepEqual(await index.find({ name: 'start', path: null, max: 9 }, signal), []);
    assert.deepEqual([starts, index.known, index.status().state], [0, null, 'cancelled']);
    allowed = true;
    await Promise.all([index.need(), index.find({ name: 'start', path: null, max: 9 }, signal)]);
    assert.deepEqual([starts, index.known?.state, told.told], [1, 'indexing', ['find start']]);
  });

  it('says why it could not begin, and begins again when asked to', async () => {
    const broken = new EditorIndex({
      files: app.parts.files,
      folders: () => [folder],
      start: () => (starts++ === 0 ? Promise.reject(new Error('no thread')) : Promise.resolve(told)),
      allowed: () => true,
    });
    assert.equal(await broken.need(), null);
    assert.deepEqual([broken.known?.state, broken.known?.message], ['failed', 'no thread']);
    broken.rebuild();
    await eventually('it begins again', () => broken.known?.state === 'indexing');
    await broken.close();
  });

  it('knows what is typed before it is asked, and the disk again once that is saved or thrown away', async () => {
    const editor = await show(put('indexed/typed.txt', 'let a;\n'));
    /** The disk speaks when it wants: of the file that was just made, too. */
    const taken = (): readonly string[] => told.told.splice(0).filter((one) => !one.startsWith('changed'));
    await type(editor, 0, 'let b;\n');
    await index.need();
    assert.deepEqual(taken(), ['unsaved indexed/typed.txt "let b;\\nlet a;\\n"']);
    await type(editor, 0, 'let c;\n');
    await index.rank(
      { texts: [], seen: [], edited: [], open: [], places: [], without: [], filesMax: 1, symbolsMax: 1 },
      signal,
    );
    assert.deepEqual(taken(), ['unsaved indexed/typed.txt "let c;\\nlet b;\\nlet a;\\n"', 'rank']);
    await editor.document.save();
    const saved = ['unsaved indexed/typed.txt no more', 'changed indexed/typed.txt'];
    await eventually('the save is told', () => saved.every((one) => told.told.includes(one)));
    told.told.splice(0);
    await type(editor, 0, 'let d;\n');
    await eventually('the typing is told', () => told.told.some((one) => one.includes('let d')));
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await eventually('it is told to be the disk again', () => told.told.includes('unsaved indexed/typed.txt no more'));
  });

  it('hears of files that come, change and go outside of the editor', async () => {
    await index.need();
    const file = put('indexed/outside.ts', 'a');
    await eventually('it came', () => told.told.includes('changed indexed/outside.ts'));
    told.told.splice(0);
    writeFileSync(file.fsPath, 'abc');
    await eventually('it changed', () => told.told.includes('changed indexed/outside.ts'));
    told.told.splice(0);
    rmSync(file.fsPath);
    await eventually('it went', () => told.told.includes('changed indexed/outside.ts'));
  });

  it('is ended and begun anew when folders or settings change, and tells each status', async () => {
    const states: string[] = [];
    index.onStatus(({ state }) => states.push(state));
    await index.need();
    told.say({ state: 'ready' });
    index.cancel();
    index.resume();
    allowed = false;
    await index.restart();
    assert.deepEqual(told.told, ['changed .', 'close']);
    assert.deepEqual([states, index.known], [['indexing', 'ready', 'cancelled', 'cancelled'], null]);
  });

  it('offers symbols, files, the selection and problems after @, and attaches only what it offered', async () => {
    const editor = await show(put('indexed/started.ts', 'let start;\nlet b;\n'));
    editor.selection = new vscode.Selection(0, 0, 1, 6);
    const names = ['indexed/started.ts', 'indexed/.env.start', 'src/restart.ts', 'other.ts'];
    const mentions = new Mentions({ files: app.parts.files, index, names: () => Promise.resolve(names) });
    const found = await mentions.find('start');
    assert.deepEqual(
      found?.offers.map(({ kind, name, place }) => [kind, name, place]),
      [
        ['symbol', 'start', 'indexed/a.ts:1'],
        ['file', 'started.ts', 'indexed'],
        ['file', 'restart.ts', 'src'],
      ],
    );
    assert.deepEqual(await mentions.read(found.offers[0]?.id ?? ''), [
      { kind: 'symbol', label: 'indexed/a.ts:1-3', text: 'function start() {\n}\n' },
    ]);
    assert.deepEqual(await mentions.read(found.offers[1]?.id ?? ''), [
      { kind: 'file', label: 'indexed/started.ts', text: 'let start;\nlet b;\n' },
    ]);
    assert.equal(await mentions.read('file:other.ts'), null);
    const here = (await mentions.find('sel'))?.offers ?? [];
    assert.deepEqual(
      here.map(({ kind, note }) => [kind, note.replace('\u00a0', ' ')]),
      [['selection', '2 lines']],
    );
    const [first, second] = await Promise.all([mentions.find('o'), mentions.find('ot')]);
    assert.deepEqual([first, second?.offers.map(({ label }) => label)], [null, ['other.ts']]);
  });
});

describe('language servers', () => {
  let app: App;
  const given: vscode.Disposable[] = [];

  before(async () => {
    app = await startApp();
  });
  afterEach(async () => {
    for (const one of given.splice(0)) one.dispose();
    await closeEditors();
  });
  after(() => rmSync(path.join(folder, 'indexed'), { recursive: true, force: true }));

  it('tell references and outlines of the workspace, by the name of the language, and open no tab', async () => {
    const uri = put('indexed/speak.jm', 'part one\n  call two\npart two\n');
    const selector = { pattern: '**/*.jm' };
    const outside = vscode.Uri.file('/usr/share/other.jm');
    given.push(
      vscode.languages.registerReferenceProvider(selector, {
        provideReferences: (_document, position) => [
          new vscode.Location(uri, new vscode.Range(position, position)),
          new vscode.Location(outside, new vscode.Position(0, 0)),
        ],
      }),
      vscode.languages.registerDocumentSymbolProvider(selector, {
        provideDocumentSymbols: () => {
          const { Function: fn, Method: method } = vscode.SymbolKind;
          const range = (from: number, to: number): vscode.Range => new vscode.Range(from, 0, to, 9);
          const one = new vscode.DocumentSymbol('one', '', fn, range(0, 1), new vscode.Range(0, 5, 0, 8));
          one.children.push(new vscode.DocumentSymbol('call', '', method, range(1, 1), new vscode.Range(1, 2, 1, 6)));
          return [one];
        },
      }),
    );
    const servers = editorLanguageServers(app.parts.files);
    assert.deepEqual(await servers.references({ path: 'indexed/speak.jm', line: 3, column: 5 }, signal), {
      name: 'plaintext',
      places: [{ path: 'indexed/speak.jm', line: 3, column: 5 }],
    });
    const told = await servers.outline('indexed/speak.jm', signal);
    assert.deepEqual(
      told?.definitions.map((one) => [
        one.qualified,
        one.kind,
        one.startLine,
        one.endLine,
        one.nameLine,
        one.nameColumn,
      ]),
      [
        ['one', 'function', 1, 2, 1, 5],
        ['one.call', 'method', 2, 2, 2, 2],
      ],
    );
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 0);
  });

  it('are none where nobody speaks, the file is gone or elsewhere, and where the answer takes too long', async () => {
    const servers = editorLanguageServers(app.parts.files, 50);
    put('indexed/silent.zz', 'nothing\n');
    const at = (name: string) => servers.references({ path: name, line: 1, column: 0 }, signal);
    assert.deepEqual(
      [await at('indexed/silent.zz'), await at('indexed/gone.zz'), await at('/etc/hosts')],
      [null, null, null],
    );
    assert.equal(await servers.outline('indexed/silent.zz', signal), null);
    given.push(
      vscode.languages.registerReferenceProvider(
        { pattern: '**/*.zz' },
        { provideReferences: () => new Promise<vscode.Location[]>(() => undefined) },
      ),
    );
    assert.equal(await at('indexed/silent.zz'), null);
    const stop = new AbortController();
    const asked = servers.references({ path: 'indexed/silent.zz', line: 1, column: 0 }, stop.signal);
    stop.abort(new Error('stopped'));
    await assert.rejects(asked, /stopped/);
  });
});
