/** The lines of open changes in the colours of a diff, with marks in the overview ruler. */
import * as vscode from 'vscode';
import type { ChangedFile, Changes } from '../changed.ts';
import { isOpen } from './openChanges.ts';

export type MarkKind = 'added' | 'changed' | 'removed' | 'removedAtEnd' | 'yours';

/** First and last line of each, from 0. */
export type Marks = Readonly<Record<MarkKind, readonly (readonly [first: number, last: number])[]>>;

/** `lineCount`: of the document. */
export function marksOf(files: readonly ChangedFile[], lineCount: number): Marks {
  const marks: Record<MarkKind, [number, number][]> = {
    added: [],
    changed: [],
    removed: [],
    removedAtEnd: [],
    yours: [],
  };
  const last = Math.max(0, lineCount - 1);
  for (const { hunks } of files) {
    for (const { state, line, count, removed } of hunks) {
      const range: [number, number] = [Math.min(line, last), Math.min(line + Math.max(1, count) - 1, last)];
      if (state === 'edited') {
        if (count > 0) marks.yours.push(range);
      } else if (!isOpen({ state })) continue;
      else if (count > 0) marks[removed.length > 0 ? 'changed' : 'added'].push(range);
      else if (removed.length > 0) marks[line > last ? 'removedAtEnd' : 'removed'].push(range);
    }
  }
  return marks;
}

export function showMarks(changes: Changes, isOn: () => boolean): vscode.Disposable {
  const types = decorationTypes();
  const shown = new WeakMap<vscode.TextEditor, Map<MarkKind, string>>();
  const update = (editor: vscode.TextEditor): void => {
    const { document } = editor;
    // An editor inside a diff has no column of its own; the diff colours its lines by itself.
    const isPlain = editor.viewColumn !== undefined;
    const marks = marksOf(isPlain && isOn() ? changes.of(document.uri) : [], document.lineCount);
    const before = shown.get(editor) ?? new Map<MarkKind, string>();
    shown.set(editor, before);
    for (const kind of kinds) {
      const key = marks[kind].join(' ');
      if ((before.get(kind) ?? '') === key) continue;
      before.set(kind, key);
      editor.setDecorations(
        types[kind],
        marks[kind].map(([first, last]) => new vscode.Range(first, 0, last, 0)),
      );
    }
  };
  const updateAll = (): void => {
    for (const editor of vscode.window.visibleTextEditors) update(editor);
  };
  updateAll();
  return vscode.Disposable.from(
    ...Object.values(types),
    changes.onDidChange(updateAll),
    vscode.window.onDidChangeVisibleTextEditors(updateAll),
    vscode.window.onDidChangeTextEditorViewColumn(({ textEditor }) => {
      update(textEditor);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('journeyman.review.decorations')) updateAll();
    }),
  );
}

const kinds = ['added', 'changed', 'removed', 'removedAtEnd', 'yours'] as const satisfies readonly MarkKind[];

function decorationTypes(): Readonly<Record<MarkKind, vscode.TextEditorDecorationType>> {
  const colour = (id: string): vscode.ThemeColor => new vscode.ThemeColor(id);
  const lines = (ruler: string): vscode.DecorationRenderOptions => ({
    isWholeLine: true,
    backgroundColor: colour('diffEditor.insertedLineBackground'),
    // High contrast themes have no background but this; others have none of it, which makes it transparent.
    outlineStyle: 'dashed',
    outlineWidth: '1px',
    outlineColor: colour('diffEditor.insertedTextBorder'),
    overviewRulerColor: colour(ruler),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    // What the person types at its edges is not the agent's.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  const edge = (width: string): vscode.DecorationRenderOptions => ({
    isWholeLine: true,
    borderStyle: 'solid',
    borderWidth: width,
    borderColor: colour('editorGutter.deletedBackground'),
    overviewRulerColor: colour('editorOverviewRuler.deletedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  const type = (options: vscode.DecorationRenderOptions): vscode.TextEditorDecorationType =>
    vscode.window.createTextEditorDecorationType(options);
  return {
    added: type(lines('editorOverviewRuler.addedForeground')),
    changed: type(lines('editorOverviewRuler.modifiedForeground')),
    removed: type(edge('1px 0 0 0')),
    removedAtEnd: type(edge('0 0 1px 0')),
    yours: type({ isWholeLine: true, backgroundColor: colour('diffEditor.unchangedCodeBackground') }),
  };
}
