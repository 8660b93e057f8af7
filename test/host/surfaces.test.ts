// What shows the changes in the editor, on changes of a file that the test makes up: each view on its own, on and off, and what a
// person does with keys and menus.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { App } from '../../src/editor/app.ts';
import type { ChangedFile, ChangedHunk, Changes, ChangeTarget } from '../../src/editor/changed.ts';
import { reviewActions, type ReviewActions } from '../../src/editor/reviewActions.ts';
import { goToChange } from '../../src/editor/reviewMoves.ts';
import type { ReviewSettings } from '../../src/editor/settings.ts';
import { lensesOf } from '../../src/editor/surfaces/lenses.ts';
import { marksOf } from '../../src/editor/surfaces/marks.ts';
import { groupsOf, markOf } from '../../src/editor/surfaces/sourceControl.ts';
import { startSurfaces, type Surfaces } from '../../src/editor/surfaces/surfaces.ts';
import { readTargets } from '../../src/editor/surfaces/targets.ts';
import { askedOf } from '../../src/editor/surfaces/threads.ts';
import { closeEditors, folder, put, show, startApp } from './workspace.ts';

const on: ReviewSettings = { decorations: true, codeLens: true, quickDiff: true, sourceControl: true, comments: true };
const text = ['one', 'TWO', 'three', 'four', 'six', 'seven', 'new', ''].join('\n');
const before_ = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', ''].join('\n');

function hunk(id: string, line: number, count: number, removed: readonly string[], more: Partial<ChangedHunk> = {}) {
  return { id, state: 'applied', line, count, removed, reason: null, number: 1, total: 3, ...more } as const;
}

function file(path: string, hunks: readonly ChangedHunk[], more: Partial<ChangedFile> = {}): ChangedFile {
  const uri = vscode.Uri.joinPath(vscode.Uri.file(folder), path);
  const baseline = uri.with({ scheme: 'journeyman-baseline', query: 's' });
  const openCount = new Set(hunks.filter(({ state }) => state === 'applied' || state === 'asked').map(({ id }) => id))
    .size;
  return {
    session: 's',
    title: 'Shout',
    path,
    uri,
    baseline,
    fate: 'changed',
    hunks,
    openCount,
    outsidePlan: false,
    ...more,
  };
}

const changed = () =>
  file('changed.txt', [
    hunk('a', 1, 1, ['two']),
    hunk('b', 4, 0, ['five'], { number: 2 }),
    hunk('c', 6, 1, [], { number: 3 }),
  ]);
const second = () => file('second.txt', [hunk('d', 0, 1, [], { total: 1 })], { fate: 'created' });

/** Changes that stand still, and the words that were said. */
class StillChanges implements Changes {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly said: unknown[] = [];
  decided = false;
  files: readonly ChangedFile[];

  constructor(files: readonly ChangedFile[]) {
    this.files = files;
  }

  of(uri: vscode.Uri): readonly ChangedFile[] {
    return this.files.filter((one) => one.uri.toString() === uri.toString());
  }

  baselineText(uri: vscode.Uri): string | null {
    const known = this.files.find(({ baseline }) => baseline.toString() === uri.toString());
    return known ? (known.fate === 'created' ? '' : before_) : null;
  }

  become(files: readonly ChangedFile[]): void {
    this.files = files;
    this.#changed.fire();
  }

  decide(target: ChangeTarget, word: 'accepted' | 'rejected'): Promise<boolean> {
    this.said.push([word, target]);
    return Promise.resolve(true);
  }

  reopen(target: ChangeTarget | null): Promise<boolean> {
    this.said.push(['reopen', target]);
    return Promise.resolve(true);
  }

  ask(target: ChangeTarget, words: string): Promise<boolean> {
    this.said.push([words, target]);
    return Promise.resolve(true);
  }
}

const titles = (lenses: readonly { readonly line: number; readonly title: string }[]) =>
  lenses.map(({ line, title }) => `${line} ${title}`.replaceAll('\u00a0', ' '));

describe('the surfaces of the review', () => {
  let app: App;
  let settings: ReviewSettings;
  let changes: StillChanges;
  let surfaces: Surfaces;
  let actions: ReviewActions;
  const go = (direction: 1 | -1) =>
    goToChange({ review: app.parts.review, changes, baselines: surfaces.baselines }, direction);
  const at = () => {
    const editor = vscode.window.activeTextEditor;
    return `${editor?.document.uri.path.split('/').at(-1) ?? ''}:${String(editor?.selection.active.line)}`;
  };

  before(async () => {
    app = await startApp();
  });
  beforeEach(() => {
    put('changed.txt', text);
    put('second.txt', 'fresh\n');
    settings = on;
    changes = new StillChanges([changed(), second()]);
    surfaces = startSurfaces(changes, app.parts.review, () => settings);
    actions = reviewActions({ asks: app.parts.asks, review: app.parts.review, changes, ...surfaces });
  });
  afterEach(async () => {
    surfaces.dispose();
    await closeEditors();
  });

  async function lensesIn(uri: vscode.Uri): Promise<readonly string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
    return titles(found.map(({ range, command }) => ({ line: range.start.line, title: command?.title ?? '' })));
  }

  it('puts a lens above each open change, and one for all at the top', async () => {
    await vscode.workspace.openTextDocument(changed().uri);
    assert.deepEqual(await lensesIn(changed().uri), [
      '0 3 agent changes',
      '0 Accept all',
      '0 Reject all',
      '0 Compare',
      ...[1, 4, 6].flatMap((line, i) => [
        `${line} $(check) Accept`,
        `${line} $(discard) Reject`,
        `${line} $(comment) Ask for a change`,
        `${line} ${i + 1} of 3`,
      ]),
    ]);
    settings = { ...on, codeLens: false };
    assert.deepEqual(await lensesIn(changed().uri), []);
  });

  it('says in a lens what was asked, whose the changes are, and that they are not in the plan', () => {
    const one = file('a.txt', [hunk('a', 99, 1, [], { state: 'asked', reason: 'shorter', total: 1 })]);
    const other = file('a.txt', [hunk('b', 0, 1, [], { total: 1 })], {
      session: 't',
      title: 'Other',
      outsidePlan: true,
    });
    assert.deepEqual(titles(lensesOf([one, other], 3, [])), [
      '0 1 agent change of “Shout”',
      '0 Accept all',
      '0 Reject all',
      '0 Compare',
      '2 $(check) Accept',
      '2 $(discard) Reject',
      '2 $(comment) Asked: shorter',
      '2 1 of 1',
      '0 1 agent change of “Other”',
      '0 Accept all',
      '0 Reject all',
      '0 Compare',
      '0 $(warning) Not in the plan',
      '0 $(check) Accept',
      '0 $(discard) Reject',
      '0 $(comment) Ask for a change',
      '0 1 of 1',
    ]);
  });

  it('shows of very many lenses those near to what is looked at', () => {
    const many = file(
      'many.txt',
      Array.from({ length: 300 }, (_, i) => hunk(`m${i}`, i * 33, 1, ['old'], { number: i + 1, total: 300 })),
    );
    const accept = lensesOf([many], 10_000, [[5000, 5040]]).filter(({ title }) => title.endsWith(' Accept'));
    assert.deepEqual(
      accept.map(({ line }) => line),
      [4917, 4950, 4983, 5016, 5049, 5082, 5115],
    );
    assert.equal(lensesOf([many], 10_000, []).length, 4);
  });

  it('marks added, changed and removed lines, and mutes what the person has changed', () => {
    const marked = file('a.txt', [
      hunk('a', 1, 2, ['two']),
      hunk('b', 4, 0, ['five']),
      hunk('c', 6, 1, []),
      hunk('mine', 8, 2, ['x'], { state: 'edited' }),
      hunk('done', 11, 1, ['x'], { state: 'accepted' }),
      hunk('end', 20, 0, ['last']),
    ]);
    assert.deepEqual(marksOf([marked], 20), {
      added: [[6, 6]],
      changed: [[1, 2]],
      removed: [[4, 4]],
      removedAtEnd: [[19, 19]],
      yours: [[8, 9]],
    });
  });

  it('lists the files of each session in the source control view, with their number of open changes', () => {
    const yours = file('mine.txt', [hunk('m', 0, 1, [], { state: 'edited' })]);
    const gone = file('gone.txt', [hunk('g', 0, 0, ['x'])], { session: 't', title: 'Tidy', fate: 'deleted' });
    const files = [changed(), second(), yours, gone];
    assert.deepEqual(
      groupsOf(files).map(({ title, rows }) => [
        title,
        ...rows.map(({ resourceUri, decorations, contextValue }) => [
          decorations?.tooltip?.replaceAll('\u00a0', ' '),
          markOf(resourceUri, files)?.badge,
          contextValue,
          decorations?.faded,
          decorations?.strikeThrough,
        ]),
      ]),
      [
        [
          'Shout',
          ['changed.txt: 3 changes', '3', 'open', false, false],
          ['second.txt: 1 change, new file', '1', 'open', false, false],
          ['mine.txt: changed by you', undefined, 'yours', true, false],
        ],
        ['Tidy', ['gone.txt: 1 change, deleted', '1', 'open', false, true]],
      ],
    );
    assert.equal(markOf(changed().uri, files), null);
  });

  it('keeps the view only while there are changes and it is switched on', async () => {
    const { agentChanges } = surfaces;
    const counted = () => agentChanges.view?.count ?? null;
    assert.deepEqual([counted(), agentChanges.groups.map(({ label }) => label)], [4, ['Shout']]);
    const original = () =>
      Promise.resolve(
        agentChanges.view?.quickDiffProvider?.provideOriginalResource?.(
          changed().uri,
          new vscode.CancellationTokenSource().token,
        ),
      );
    assert.equal(String(await original()), changed().baseline.toString());
    settings = { ...on, quickDiff: false };
    changes.become([changed()]);
    assert.deepEqual([counted(), await original()], [3, undefined]);
    settings = { ...on, sourceControl: false };
    changes.become([changed()]);
    assert.equal(counted(), null);
    settings = on;
    changes.become([changed()]);
    assert.equal(counted(), 3);
    changes.become([]);
    assert.equal(counted(), null);
  });

  it('shows what was there before, in step, beside the file', async () => {
    assert.equal(await actions.compare([{ session: 's', path: 'changed.txt' }], false), true);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.equal(String(input.modified), changed().uri.toString());
    assert.equal((await vscode.workspace.openTextDocument(input.original)).getText(), before_);
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), changed().uri.toString());
  });

  it('decides, asks about and takes back the change at the cursor, its file, everything', async () => {
    const editor = await show(changed().uri);
    const cursor = (line: number) => (editor.selection = new vscode.Selection(line, 0, line, 0));
    cursor(4);
    assert.deepEqual(actions.atCursor(), [{ session: 's', path: 'changed.txt', hunks: ['b'] }]);
    cursor(2);
    assert.deepEqual(actions.atCursor(), []);
    cursor(1);
    await actions.decide(actions.atCursor(), 'accepted');
    await actions.ask(actions.atCursor()[0]!, 'louder');
    await actions.undo(null);
    await actions.decide(actions.ofFile(), 'rejected');
    await actions.decide(actions.all(), 'accepted');
    assert.deepEqual(changes.said, [
      ['accepted', { session: 's', path: 'changed.txt', hunks: ['a'] }],
      ['louder', { session: 's', path: 'changed.txt', hunks: ['a'] }],
      ['reopen', null],
      ['rejected', { session: 's', path: 'changed.txt' }],
      ['accepted', { session: 's' }],
    ]);
  });

  it('goes from change to change and on into the next file, both ways around', async () => {
    const stops: string[] = [];
    for (const direction of [1, 1, 1, 1, 1, -1, -1] as const) {
      assert.equal(await go(direction), true);
      stops.push(at());
    }
    const [a, b, c, d] = ['changed.txt:1', 'changed.txt:4', 'changed.txt:6', 'second.txt:0'];
    assert.deepEqual(stops, [a, b, c, d, a, d, c]);
    changes.become([]);
    assert.equal(await go(1), false);
  });

  it('understands what each menu of the workbench hands over', () => {
    const read = (...args: unknown[]) => readTargets(args, changes, () => null);
    const { uri } = changed();
    const peek = (start: number, end: number, removed: number) => {
      const change = { modifiedStartLineNumber: start, modifiedEndLineNumber: end };
      const original = { originalStartLineNumber: 1, originalEndLineNumber: removed };
      return read(uri, [{ ...change, ...original }], 0);
    };
    const [group] = surfaces.agentChanges.groups;
    const whole = { session: 's', path: 'changed.txt' };
    assert.deepEqual(
      {
        key: read(),
        file: read(uri, { groupId: 0 }),
        other: read(vscode.Uri.file('/nothing')),
        changedLine: peek(2, 2, 1),
        removedLine: peek(4, 0, 1),
        removedLineMovedByOne: peek(3, 0, 1),
        twoInOne: peek(2, 7, 3),
        touchingOne: peek(3, 3, 5),
        farFromAll: peek(20, 22, 5),
        row: read(...group!.resourceStates),
        group: read(group),
        view: read(surfaces.agentChanges.view),
        anything: read({ session: 1 }, 'x', null),
      },
      {
        key: null,
        file: [whole],
        other: [],
        changedLine: [{ ...whole, hunks: ['a'] }],
        removedLine: [{ ...whole, hunks: ['b'] }],
        removedLineMovedByOne: [{ ...whole, hunks: ['b'] }],
        twoInOne: [{ ...whole, hunks: ['a', 'b', 'c'] }],
        touchingOne: [{ ...whole, hunks: ['a'] }],
        farFromAll: [],
        row: [whole, { session: 's', path: 'second.txt' }],
        group: [{ session: 's' }],
        view: [{ session: 's' }],
        anything: null,
      },
    );
  });

  it('asks in a thread under the change, which goes with its words or with the change', async () => {
    await show(changed().uri);
    const target = { session: 's', path: 'changed.txt', hunks: ['c'] };
    assert.equal(await actions.ask(target, null), true);
    const { threads } = surfaces;
    assert.deepEqual(
      [threads.open?.thread.label, threads.open?.thread.range?.start.line],
      ['Journeyman, line 7: ask for a change', 6],
    );
    assert.equal(threads.take({ body: ' ' }), null);
    assert.deepEqual(threads.take({ body: ' say why ' }), { target, words: 'say why' });
    assert.equal(threads.open, null);
    await actions.ask(target, null);
    changes.become([second()]);
    assert.equal(threads.open, null);
    settings = { ...on, comments: false };
    assert.equal(threads.ask({ session: 's', path: 'second.txt', hunks: ['d'] }), false);
  });

  it('keeps what was asked at its change until the agent has answered', () => {
    const asked = file('changed.txt', [hunk('a', 1, 2, ['two'], { state: 'asked', reason: 'shorter' })]);
    changes.become([asked]);
    assert.deepEqual(
      surfaces.threads.asked.map(({ line, words }) => [line, words]),
      [[2, 'shorter']],
    );
    assert.deepEqual(surfaces.threads.asked, askedOf([asked]));
    changes.become([changed()]);
    assert.deepEqual(surfaces.threads.asked, []);
  });

  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
});
