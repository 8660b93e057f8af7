/** `journeyman select`: the code that a task would be shown first, with the reasons and what each piece costs. */
import { pick, selecting } from '../context/select.ts';
import type { CodeIndex, Files } from '../core/ports.ts';
import type { CodeQuery, ContextPiece, RankedFile, RankedSymbol } from '../core/symbols.ts';
import { placeWords, whyWords } from '../protocol/contextWords.ts';
import { indexNote } from '../tools/symbolLines.ts';
import { nodeFiles } from '../workspace/files.ts';
import type { SelectOptions } from './arguments.ts';
import { workspaceFolder } from './assembly.ts';
import { neededIndex } from './codeIndex.ts';
import { withoutControls } from './words.ts';

export async function selectCommand(options: SelectOptions): Promise<number> {
  const folder = await workspaceFolder(options.workspace);
  const index = neededIndex([folder]);
  try {
    process.stdout.write(await selection(index, nodeFiles([folder]), options));
    return 0;
  } finally {
    await index.close();
  }
}

/** What is printed. Throws `not_found` for a seen file that is not there. */
export async function selection(index: CodeIndex, files: Files, options: SelectOptions): Promise<string> {
  const { signal } = new AbortController();
  const { task, budget, output } = options;
  const seen: string[] = [];
  for (const path of options.seen) seen.push((await files.read(path, signal)).path);
  await index.ready(signal);
  const note = indexNote(index);
  const query: CodeQuery = {
    texts: [{ text: task, weight: 1 }],
    seen,
    edited: [],
    open: [],
    places: [],
    without: [],
    filesMax,
    symbolsMax,
  };
  const already = { lines: new Map(seen.map((path) => [path, [wholeFile]])), signatures: new Set<string>() };
  const startedAtMs = performance.now();
  const { ranking, pieces } = await pick(index, query, budget, already, selecting.turnScoreShareMin, signal);
  const ms = Math.round(performance.now() - startedAtMs);
  const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
  if (output === 'json') return `${JSON.stringify({ ...ranking, pieces, tokens, budget, ms })}\n`;
  if (ranking.files.length === 0 && pieces.length === 0) return `Nothing in this folder has to do with these words.\n`;
  const parts = [
    ...table('Files', ranking.files.slice(0, filesShown).map(fileRow)),
    ...table('Symbols', ranking.symbols.slice(0, symbolsShown).map(symbolRow)),
    ...table('Picked', pieces.map(pieceRow)),
    `${String(tokens)} of ${String(budget)} tokens, ${String(ms)} ms`,
    ...(note === '' ? [] : [note]),
  ];
  return withoutControls(`${parts.join('\n')}\n`);
}

const filesMax = 20;
const symbolsMax = 60;
const filesShown = 10;
const symbolsShown = 20;
/** All of them are in the JSON. */
const reasonsShown = 2;
const wholeFile = { startLine: 1, endLine: 1_000_000 };

function fileRow({ path, why }: RankedFile): readonly string[] {
  return [path, whyWords(why.slice(0, reasonsShown))];
}

function symbolRow(symbol: RankedSymbol): readonly string[] {
  return [placeWords(symbol), symbol.qualified, whyWords(symbol.why.slice(0, reasonsShown))];
}

function pieceRow(piece: ContextPiece): readonly string[] {
  const { form, symbol, tokens } = piece;
  return [
    placeWords(piece),
    `${symbol ?? ''}${form === 'body' ? '' : ` (${form})`}`.trim(),
    `${String(tokens)} tokens`,
  ];
}

/** Columns as wide as their longest, the last as it is. */
function table(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.min(columnChars, Math.max(...rows.map((row) => row[at]?.length ?? 0))),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [title, ...lines.map((line) => `  ${line}`), ''];
}

const columnChars = 60;
