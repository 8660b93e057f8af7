/**
 * Notebooks that are open as such: their text with the cells as they stand, and changes of that text made cell by cell, so that outputs,
 * kernel and undo stay.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { JsonObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { changedSpan } from './lineEdits.ts';
import { matched, parseNotebook, withCells, type Cell, type TextCell } from './notebookText.ts';

/** The open Jupyter notebook of a file. */
export function openNotebook(absolute: string): vscode.NotebookDocument | null {
  const wanted = vscode.Uri.file(absolute).toString();
  return (
    vscode.workspace.notebookDocuments.find(
      (one) => !one.isClosed && one.notebookType === 'jupyter-notebook' && one.uri.toString() === wanted,
    ) ?? null
  );
}

/** What the notebook would be as a file; `stored` is the file as it stands. */
export function notebookText(path: string, notebook: vscode.NotebookDocument, stored: string): string {
  return withCells(path, stored, notebook.getCells().map(liveCell), notebook.metadata);
}

/**
 * What makes `after` of `before`, which is what the notebook holds. Throws `invalid_input` for a text that is no notebook, and for
 * outputs that the text makes up: they come from running a cell.
 */
export function notebookEdit(
  path: string,
  notebook: vscode.NotebookDocument,
  before: string,
  after: string,
): vscode.WorkspaceEdit {
  const old = parseNotebook(path, before);
  const fresh = parseNotebook(path, after);
  const texts: [vscode.Uri, vscode.TextEdit][] = [];
  // The workbench takes all indexes for those of the notebook as it stands.
  const edits: vscode.NotebookEdit[] = [];
  let at = 0;
  let waiting: vscode.NotebookCellData[] = [];
  const replaceUpTo = (end: number): void => {
    if (at < end || waiting.length > 0)
      edits.push(vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(at, end), waiting));
    [at, waiting] = [end, []];
  };
  const own = matched(old.cells, fresh.cells);
  for (const [i, cell] of fresh.cells.entries()) {
    const was = own[i] ?? null;
    const index = was === null ? -1 : old.cells.indexOf(was);
    if (was !== null && index >= at && staysItself(was, cell)) {
      replaceUpTo(index);
      at = index + 1;
      const live = notebook.cellAt(index);
      if (was.source !== cell.source) texts.push([live.document.uri, sourceEdit(live, cell)]);
      const metadata = cellMetadata(was.source === cell.source ? cell : uncounted(cell));
      if (!isDeepStrictEqual(cellMetadata(was), metadata))
        edits.push(vscode.NotebookEdit.updateCellMetadata(index, { ...live.metadata, ...metadata }));
    } else {
      waiting.push(
        cellData(path, notebook, withId(cell, fresh.rest), was === null ? null : notebook.cellAt(index), was),
      );
    }
  }
  replaceUpTo(old.cells.length);
  if (!isDeepStrictEqual(old.rest, fresh.rest))
    edits.push(vscode.NotebookEdit.updateNotebookMetadata({ ...notebook.metadata, ...fresh.rest }));
  const edit = new vscode.WorkspaceEdit();
  if (edits.length > 0) edit.set(notebook.uri, edits);
  for (const [uri, text] of texts) edit.replace(uri, text.range, text.newText);
  return edit;
}

/**
 * Right after an edit the workbench may refuse to save: the extension host, which writes the file, has not seen the last version yet. A
 * moment later it has, and the error that the workbench shows goes away with the next try.
 */
export async function saveNotebook(notebook: vscode.NotebookDocument): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    if (await notebook.save()) return true;
    if (tries === limits.notebookSaves) return false;
    await new Promise((resolve) => setTimeout(resolve, limits.notebookSaveWaitMs));
  }
}

/** False for a notebook that has not seen yet what a command has just written, be it a notebook or not. */
export function holds(notebook: vscode.NotebookDocument, path: string, stored: string): boolean {
  try {
    return isDeepStrictEqual(
      notebook.getCells().map((cell) => [liveCell(cell).type, liveCell(cell).source]),
      parseNotebook(path, stored).cells.map(({ type, source }) => [type, source]),
    );
  } catch {
    return false;
  }
}

function liveCell({ kind, document, metadata, outputs }: vscode.NotebookCell): Cell {
  const { id, metadata: own } = metadata as { readonly id?: unknown; readonly metadata?: JsonObject };
  const isMarkdown = kind === vscode.NotebookCellKind.Markup;
  return {
    id: typeof id === 'string' ? id : null,
    type: isMarkdown ? 'markdown' : document.languageId === 'raw' ? 'raw' : 'code',
    source: document.getText().replaceAll('\r\n', '\n'),
    metadata: own ?? {},
    hasOutputs: outputs.length > 0,
  };
}

/** It can be changed where it stands: nothing is asked of it but other text and other metadata. */
function staysItself(was: TextCell, cell: TextCell): boolean {
  return was.type === cell.type && isDeepStrictEqual(was.json['outputs'], cell.json['outputs']);
}

function sourceEdit({ document }: vscode.NotebookCell, { source }: Cell): vscode.TextEdit {
  const { start, end, text } = changedSpan(document.getText(), source);
  return vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
}

/**
 * The extension behind the notebook forgets the count of a cell whose text changes, and gives new cells an id: by edits of its own, a
 * moment later, at which a save that has begun fails. So both are done before it sees the change.
 */
function uncounted(cell: TextCell): TextCell {
  return 'execution_count' in cell.json ? { ...cell, json: { ...cell.json, execution_count: null } } : cell;
}

function withId(cell: TextCell, { nbformat, nbformat_minor: minor }: JsonObject): TextCell {
  const hasIds = Number(nbformat) > 4 || (Number(nbformat) === 4 && Number(minor) >= 5);
  return hasIds && cell.id === null ? { ...cell, id: randomUUID().slice(0, 8) } : cell;
}

/** As the notebook editor keeps it beside the text of a cell. */
function cellMetadata({ id, metadata, json }: TextCell): JsonObject {
  const { execution_count: count, attachments } = json;
  return {
    metadata,
    ...(id !== null && { id }),
    ...(count !== undefined && { execution_count: count }),
    ...(attachments !== undefined && { attachments }),
  };
}

/** A new cell, or one that comes to another place, is of another type or loses its outputs. */
function cellData(
  path: string,
  notebook: vscode.NotebookDocument,
  cell: TextCell,
  live: vscode.NotebookCell | null,
  was: TextCell | null,
): vscode.NotebookCellData {
  const keepsOutputs = isDeepStrictEqual(was?.json['outputs'] ?? [], cell.json['outputs'] ?? []);
  if (cell.hasOutputs && !keepsOutputs) {
    throw new JourneymanError(
      'invalid_input',
      `${path} is open as a notebook: outputs come from running its cells and cannot be written. Nothing was written; leave them as they are, or empty.`,
    );
  }
  const kind = cell.type === 'markdown' ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code;
  const data = new vscode.NotebookCellData(kind, cell.source, languageOf(notebook, cell, live));
  data.metadata = { ...live?.metadata, ...cellMetadata(cell) };
  if (live !== null && cell.hasOutputs) {
    data.outputs = [...live.outputs];
    if (live.executionSummary) data.executionSummary = live.executionSummary;
  }
  return data;
}

function languageOf(notebook: vscode.NotebookDocument, { type }: Cell, live: vscode.NotebookCell | null): string {
  if (type !== 'code') return type;
  const isCode = (one: vscode.NotebookCell): boolean => liveCell(one).type === 'code';
  const like = live !== null && isCode(live) ? live : notebook.getCells().find(isCode);
  return like?.document.languageId ?? 'python';
}
