/** Accept, reject and ask above each open change of a file, and a line for all of them at its top. */
import * as vscode from 'vscode';
import { count } from '../../protocol/words.ts';
import type { ChangedFile, ChangedHunk, Changes } from '../changed.ts';
import { hasOpen, openHunks } from './openChanges.ts';
import { fileTarget, hunkTarget, type Target } from './targets.ts';

export interface Lens {
  readonly line: number;
  readonly title: string;
  /** Without one it only says something. */
  readonly command?: string;
  readonly target?: Target;
}

/** Each row of lenses is a row of the editor: a file with more than this many changes has only those near to what is looked at. */
const rowsMax = 200;
/** About two screens around it. */
const nearLines = 100;

/** `seen`: first and last lines that are looked at, or hold a cursor; what is far from all of them is left out of files with many changes. */
export function lensesOf(
  files: readonly ChangedFile[],
  lineCount: number,
  seen: readonly (readonly [first: number, last: number])[],
): readonly Lens[] {
  const changed = files.filter(hasOpen);
  return changed.flatMap((file) => {
    const open = openHunks(file);
    const isNear = ({ line }: ChangedHunk): boolean =>
      seen.some(([first, last]) => line >= first - nearLines && line <= last + nearLines);
    const shown = hasMany([file]) ? open.filter(isNear) : open;
    return [
      ...fileLenses(file, changed.length > 1),
      ...shown.flatMap((hunk) => hunkLenses(file, hunk, Math.min(hunk.line, Math.max(0, lineCount - 1)))),
    ];
  });
}

export function showLenses(changes: Changes, isOn: () => boolean): vscode.Disposable {
  const fresh = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | null = null;
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: fresh.event,
    provideCodeLenses(document) {
      const files = isOn() ? changes.of(document.uri) : [];
      if (files.length === 0) return [];
      const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document === document);
      const seen = editors.flatMap(({ visibleRanges, selections }) => [...visibleRanges, ...selections]);
      return lensesOf(
        files,
        document.lineCount,
        seen.map(({ start, end }) => [start.line, end.line]),
      ).map(toCodeLens);
    },
  };
  return vscode.Disposable.from(
    fresh,
    vscode.languages.registerCodeLensProvider({ scheme: 'file' }, provider),
    changes.onDidChange(() => {
      fresh.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('journeyman.review.codeLens')) fresh.fire();
    }),
    vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
      if (timer || !hasMany(changes.of(textEditor.document.uri))) return;
      timer = setTimeout(() => {
        timer = null;
        fresh.fire();
      }, scrollMs);
    }),
    { dispose: () => timer && clearTimeout(timer) },
  );
}

/** While a person scrolls, lenses follow this often. */
const scrollMs = 150;

function hasMany(files: readonly ChangedFile[]): boolean {
  return files.some(({ openCount }) => openCount > rowsMax);
}

function fileLenses(file: ChangedFile, isOneOfSeveral: boolean): readonly Lens[] {
  const target = fileTarget(file);
  const whose = isOneOfSeveral ? ` of “${file.title}”` : '';
  return [
    { line: 0, title: `${count(file.openCount, 'agent change')}${whose}` },
    { line: 0, title: 'Accept all', command: 'journeyman.acceptFile', target },
    { line: 0, title: 'Reject all', command: 'journeyman.rejectFile', target },
    { line: 0, title: 'Compare', command: 'journeyman.compare', target },
    ...(file.outsidePlan ? [{ line: 0, title: '$(warning) Not in the plan' }] : []),
  ];
}

function hunkLenses(file: ChangedFile, hunk: ChangedHunk, line: number): readonly Lens[] {
  const target = hunkTarget(file, hunk);
  const ask = { line, command: 'journeyman.askHunk', target };
  return [
    { line, title: '$(check) Accept', command: 'journeyman.acceptHunk', target },
    { line, title: '$(discard) Reject', command: 'journeyman.rejectHunk', target },
    {
      ...ask,
      title: hunk.state === 'asked' ? `$(comment) Asked: ${short(hunk.reason ?? '')}` : '$(comment) Ask for a change',
    },
    { line, title: `${hunk.number} of ${hunk.total}` },
  ];
}

/** A lens is one line; the thread below has all of it. */
function short(words: string): string {
  return words.length <= wordsMax ? words : `${words.slice(0, wordsMax).trimEnd()}…`;
}

const wordsMax = 40;

function toCodeLens({ line, title, command = '', target }: Lens): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    command,
    arguments: target ? [target] : [],
  });
}
