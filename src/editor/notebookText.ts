/** A Jupyter notebook as text and as cells: what differs between two texts, and a text with other cells, each kept byte by byte where it is the same. */
import { isDeepStrictEqual } from 'node:util';
import { JourneymanError, toError } from '../core/error.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { lineEdits } from '../workspace/diff.ts';
import { elementsAt, skipBlanks, valueOf } from './jsonText.ts';

export type CellType = 'code' | 'markdown' | 'raw';

/** What a notebook editor shows of a cell and lets a person change. */
export interface Cell {
  /** Notebooks of older formats have none. */
  readonly id: string | null;
  readonly type: CellType;
  readonly source: string;
  readonly metadata: JsonObject;
  readonly hasOutputs: boolean;
}

export interface TextCell extends Cell {
  /** All of it, outputs and what else there is. */
  readonly json: JsonObject;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

export interface NotebookText {
  readonly cells: readonly TextCell[];
  /** All but the cells. */
  readonly rest: JsonObject;
  /** Of the brackets around the cells. */
  readonly start: number;
  readonly end: number;
}

/** Throws `invalid_input` for a text that no notebook editor could show. */
export function parseNotebook(path: string, text: string): NotebookText {
  const { cells, ...rest } = parseObject(path, text);
  if (!Array.isArray(cells)) throw broken(path, 'it has no list of cells');
  const list = valueOf(text, skipBlanks(text, 0), 'cells');
  const places = elementsAt(text, list.start);
  return {
    cells: (cells as readonly Json[]).map((cell, i) => ({ ...cellOf(path, cell), ...(places[i] ?? list) })),
    rest,
    ...list,
  };
}

/**
 * The text with these cells in it, and what `rest` says of other members that it has. What a notebook editor does not hold, or not as the text does
 * (outputs, counts, unknown members), stays as it stands in the text.
 */
export function withCells(path: string, stored: string, cells: readonly Cell[], rest: JsonObject): string {
  const text = withRest(path, stored, rest);
  const notebook = parseNotebook(path, text);
  const unit = unitOf(text);
  const own = matched(notebook.cells, cells);
  const texts = cells.map((cell, i) => {
    const old = own[i];
    return old ? cellText(text.slice(old.start, old.end), old, cell, unit) : freshText(notebook, cell, unit);
  });
  const isSameList = own.length === notebook.cells.length && own.every((cell, i) => cell === notebook.cells[i]);
  if (!isSameList) {
    const gap = unit === null ? '' : `\n${unit.repeat(2)}`;
    const end = unit === null ? '' : `\n${unit}`;
    const list = texts.length === 0 ? '[]' : `[${gap}${texts.join(`,${gap}`)}${end}]`;
    return text.slice(0, notebook.start) + list + text.slice(notebook.end);
  }
  let result = '';
  let at = 0;
  for (const [i, { start, end }] of notebook.cells.entries()) {
    result += text.slice(at, start) + (texts[i] ?? '');
    at = end;
  }
  return result + text.slice(at);
}

/** For each cell the one that it was: by id, else by what stands in it, else by order among what is left between those. */
export function matched<T extends Cell>(old: readonly T[], cells: readonly Cell[]): readonly (T | null)[] {
  const byId = new Map(old.flatMap((cell) => (cell.id === null ? [] : [[cell.id, cell]])));
  const found = cells.map(({ id }) => (id === null ? null : (byId.get(id) ?? null)));
  const taken = new Set(found);
  const oldLeft = old.filter((cell) => !taken.has(cell));
  const left = cells.flatMap((cell, i) => (found[i] === null ? [{ cell, i }] : []));
  const keyOf = ({ type, source }: Cell): string => `${type}\n${source}`;
  let oldAt = 0;
  let at = 0;
  const pairUpTo = (oldEnd: number, end: number, isSame: boolean): void => {
    for (; oldAt < oldEnd && at < end; at++, oldAt++) {
      const [was, now] = [oldLeft[oldAt], left[at]];
      if (was && now && (isSame || was.type === now.cell.type)) found[now.i] = was;
    }
    [oldAt, at] = [oldEnd, end];
  };
  const edits = lineEdits(
    oldLeft.map(keyOf),
    left.map(({ cell }) => keyOf(cell)),
  );
  for (const { oldStart, oldEnd, newStart, newEnd } of edits) {
    pairUpTo(oldStart, newStart, true);
    pairUpTo(oldEnd, newEnd, false);
  }
  pairUpTo(oldLeft.length, left.length, true);
  return found;
}

function isSameCell(a: Cell, b: Cell): boolean {
  return (
    a.type === b.type &&
    a.source === b.source &&
    isDeepStrictEqual(a.metadata, b.metadata) &&
    (b.hasOutputs || !a.hasOutputs)
  );
}

function withRest(path: string, stored: string, rest: JsonObject): string {
  const old = parseNotebook(path, stored).rest;
  const unit = unitOf(stored);
  let text = stored;
  for (const [name, value] of Object.entries(rest)) {
    if (!(name in old) || isDeepStrictEqual(old[name], value)) continue;
    const { start, end } = valueOf(text, skipBlanks(text, 0), name);
    text = text.slice(0, start) + indented(value, unit, 1) + text.slice(end);
  }
  return text;
}

/** null: all in one line. */
function unitOf(text: string): string | null {
  return /\n([ \t]+)"/.exec(text)?.[1] ?? null;
}

function cellOf(path: string, json: Json): Cell & { readonly json: JsonObject } {
  if (!isObject(json)) throw broken(path, 'a cell is no object');
  const { cell_type: type, source = '', metadata = {}, id } = json;
  if (type !== 'code' && type !== 'markdown' && type !== 'raw') throw broken(path, 'a cell has no known cell_type');
  const text = Array.isArray(source) ? source.join('') : source;
  if (typeof text !== 'string') throw broken(path, 'the source of a cell is neither text nor lines');
  if (!isObject(metadata)) throw broken(path, 'the metadata of a cell is no object');
  const hasOutputs = Array.isArray(json['outputs']) && json['outputs'].length > 0;
  return { id: typeof id === 'string' ? id : null, type, source: text, metadata, hasOutputs, json };
}

function parseObject(path: string, text: string): JsonObject {
  try {
    const json = JSON.parse(text) as Json;
    if (isObject(json)) return json;
  } catch (thrown) {
    throw broken(path, toError(thrown).message);
  }
  throw broken(path, 'it is no JSON object');
}

function broken(path: string, why: string): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `${path} is open as a notebook, and this text is none: ${why}. Nothing was written; mend the JSON.`,
  );
}

/** Only what differs is put in. */
function cellText(text: string, old: TextCell, cell: Cell, unit: string | null): string {
  if (isSameCell(old, cell)) return text;
  if (old.type !== cell.type)
    return indented({ ...jsonOf(cell, old.json['source']), ...idOf(old), ...emptyOf(cell) }, unit, 2);
  let result = text;
  const put = (name: 'source' | 'metadata' | 'outputs' | 'execution_count', value: Json): void => {
    if (!(name in old.json)) return;
    const { start, end } = valueOf(result, 0, name);
    result = result.slice(0, start) + indented(value, unit, 3) + result.slice(end);
  };
  if (old.source !== cell.source) put('source', sourceLines(cell.source, old.json['source']));
  if (!isDeepStrictEqual(old.metadata, cell.metadata)) put('metadata', cell.metadata);
  if (old.hasOutputs && !cell.hasOutputs) {
    put('outputs', []);
    put('execution_count', null);
  }
  return result;
}

function freshText({ cells }: NotebookText, cell: Cell, unit: string | null): string {
  const id = cells.some((one) => one.id === null) ? {} : idOf(cell);
  return indented({ ...jsonOf(cell, []), ...id, ...emptyOf(cell) }, unit, 2);
}

function idOf({ id }: Cell): JsonObject {
  return id === null ? {} : { id };
}

function emptyOf({ type }: Cell): JsonObject {
  return type === 'code' ? { execution_count: null, outputs: [] } : {};
}

function jsonOf({ type, source, metadata }: Cell, like: Json | undefined): JsonObject {
  return { cell_type: type, metadata, source: sourceLines(source, like) };
}

/** As the notebook has it: one text, or lines. */
function sourceLines(source: string, like: Json | undefined): Json {
  return typeof like === 'string' ? source : source.split(/(?<=\n)/).filter((line) => line !== '');
}

function indented(value: Json, unit: string | null, depth: number): string {
  return unit === null
    ? JSON.stringify(value)
    : JSON.stringify(value, null, unit).replaceAll('\n', `\n${unit.repeat(depth)}`);
}
