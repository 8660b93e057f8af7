/** Which parts of a ranking go into a budget, and in which form: the best first, nothing that is known already. Pure. */
import { containerKinds } from '../core/symbols.ts';
import type { CodeRange, CodeRanking, ContextPiece, LineSpan, RankedSymbol, Reason } from '../core/symbols.ts';
import { shownLine } from '../core/text.ts';
import { refKey } from './codeState.ts';
import { charsIn, estimatedTokens, fileTokens, frameTokens, pieceTokens } from './codeText.ts';
import { uncovered } from './shown.ts';

/** Found by measuring how many of the symbols that commits change are whole in the budget. */
export const packing = {
  /** What a symbol's length takes from its score, times the logarithm of its length in `sizeChars`: for one long function there is room for five short ones. */
  sizeCost: 0.7,
  sizeChars: 400,
  sizeCharsMax: 12_000,
  /** A symbol is shown whole up to so many lines; of a longer one its head, the lines around a place in it, and those that tell most. */
  bodyLinesMax: 220,
  headLines: 12,
  aroundLines: 15,
  /** Lines more on both sides of those that tell most. */
  focusLinesMore: 6,
  /** The very first are shown whole whatever their length, where they take no more than this share. */
  wholeMax: 3,
  wholeShare: 0.5,
  placesMax: 2,
  /** Of something that holds others: its members rank by themselves. */
  containerHeadLines: 12,
  /** Runs of a symbol's lines that are not known yet; where there are more, it is known well enough. */
  runsMax: 6,
  runLinesMin: 2,
  /** What does not fit is named by its signature, so many at most. */
  signaturesMax: 16,
  signatureChars: 160,
} as const;

export interface PackOptions {
  /** Lines that results point at: of a long symbol the part around them is shown. */
  readonly places: readonly { readonly path: string; readonly line: number }[];
  /** Only symbols with at least this share of the best one's score. */
  readonly scoreShareMin: number;
  /** Without: what is left over takes no signatures. */
  readonly signatures: boolean;
}
export interface Already {
  readonly lines: ReadonlyMap<string, readonly LineSpan[]>;
  readonly signatures: ReadonlySet<string>;
}
/** What is to be shown, the most important first. */
export interface Planned extends CodeRange {
  readonly form: 'body' | 'part' | 'signature';
  readonly symbol: string | null;
  /** Of a signature; null: the lines. */
  readonly text: string | null;
  /** Of the file's text that the lines are of. */
  readonly version: string | null;
  /** At most, its file's line not counted. */
  readonly tokens: number;
  readonly why: readonly Reason[];
}

/** **Invariant:** within the budget by estimate; `fill` holds it to the letter. */
export function pack(
  { symbols }: CodeRanking,
  budgetTokens: number,
  already: Already,
  { places, scoreShareMin, signatures }: PackOptions,
): readonly Planned[] {
  const planned: Planned[] = [];
  const files = new Set<string>();
  const taken = new Map([...already.lines].map(([path, spans]) => [path, [...spans]]));
  let left = budgetTokens - frameTokens;
  const least = (symbols[0]?.score ?? 0) * scoreShareMin;
  let named = 0;

  const take = (pieces: readonly Planned[]): boolean => {
    const [first] = pieces;
    if (!first) return false;
    const header = files.has(first.path) ? 0 : fileTokens(first.path);
    const cost = pieces.reduce((sum, { tokens }) => sum + tokens, header);
    if (cost > left) return false;
    left -= cost;
    files.add(first.path);
    planned.push(...pieces);
    for (const { path, startLine, endLine, text } of pieces)
      if (text === null) taken.set(path, [...(taken.get(path) ?? []), { startLine, endLine }]);
    return true;
  };

  for (const [at, symbol] of byWorth(symbols.filter(({ score }) => score >= least)).entries()) {
    if (left <= 0) break;
    const known = taken.get(symbol.path) ?? [];
    const isFirst = at < packing.wholeMax && symbol.chars <= charsIn(budgetTokens * packing.wholeShare);
    const parts = isFirst && !containerKinds.has(symbol.kind) ? [symbol] : partsOf(symbol, symbols, places);
    const runs = parts
      .flatMap((one) => uncovered(one, known))
      .filter((run) => linesIn(run) >= Math.min(packing.runLinesMin, linesIn(symbol)));
    if (runs.length === 0 || runs.length > packing.runsMax) continue;
    if (take(runs.map((run) => linesOf(symbol, run)))) continue;
    const isKnown =
      already.signatures.has(refKey(symbol.path, signatureText(symbol))) ||
      uncovered(headOf(symbol), known).length === 0;
    if (signatures && !isKnown && named < packing.signaturesMax && take([signatureOf(symbol)])) named++;
  }
  return planned;
}

/**
 * With the texts of the lines, in the order of `planned`; null where they are not to be had. Pieces of one file together and in line
 * order, several signatures of one thing as an outline of it.
 */
export function fill(
  planned: readonly Planned[],
  texts: readonly (string | null)[],
  budgetTokens: number,
): readonly ContextPiece[] {
  const files = new Map<string, ContextPiece[]>();
  let left = budgetTokens - frameTokens;
  for (const [at, one] of planned.entries()) {
    const { path, startLine, form, symbol, why } = one;
    const text = one.text === null ? textOf(one, texts[at] ?? null) : { text: one.text, endLine: one.endLine };
    if (text === null) continue;
    const piece = { path, startLine, ...text, form, symbol };
    const known = files.get(path);
    const tokens = pieceTokens(piece) + (known ? 0 : fileTokens(path));
    if (tokens > left) continue;
    left -= tokens;
    files.set(path, [...(known ?? []), { ...piece, tokens, why }]);
  }
  return [...files.values()].flatMap((pieces) => outlined(pieces.sort((a, b) => a.startLine - b.startLine)));
}

/** What is worth most for the room that it takes goes first; of equal ones what was ranked higher. */
function byWorth(symbols: readonly RankedSymbol[]): readonly RankedSymbol[] {
  const { sizeCost, sizeChars, sizeCharsMax } = packing;
  return symbols
    .map((symbol) => ({
      symbol,
      worth: symbol.score - sizeCost * Math.log1p(Math.min(symbol.chars, sizeCharsMax) / sizeChars),
    }))
    .sort((a, b) => b.worth - a.worth)
    .map(({ symbol }) => symbol);
}

/** The lines of a symbol that are worth showing. */
function partsOf(
  symbol: RankedSymbol,
  all: readonly RankedSymbol[],
  places: PackOptions['places'],
): readonly LineSpan[] {
  if (linesIn(symbol) <= packing.bodyLinesMax) return [symbol];
  const { startLine, endLine } = symbol;
  const around = places
    .filter(({ path, line }) => path === symbol.path && line >= startLine && line <= endLine)
    .slice(0, packing.placesMax)
    .map(({ line }) => ({
      startLine: Math.max(startLine, line - packing.aroundLines),
      endLine: Math.min(endLine, line + packing.aroundLines),
    }));
  // What stands in a thing inside it is that one's to show.
  const inner = all.filter((one) => one.path === symbol.path && isWithin(one, symbol));
  const own = symbol.focus.filter((span) => !inner.some((one) => isWithin(middleOf(span), one)));
  return joined([headOf(symbol), ...around, ...own.map((span) => wider(span, symbol))]);
}

/** In order, those that overlap or nearly touch as one. */
function joined(spans: readonly LineSpan[]): readonly LineSpan[] {
  const runs: LineSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.startLine - b.startLine)) {
    const last = runs.at(-1);
    if (last !== undefined && span.startLine <= last.endLine + packing.runLinesMin)
      runs[runs.length - 1] = { startLine: last.startLine, endLine: Math.max(last.endLine, span.endLine) };
    else runs.push(span);
  }
  return runs;
}

function isWithin(one: LineSpan, other: LineSpan): boolean {
  return one.startLine >= other.startLine && one.endLine <= other.endLine && linesIn(one) < linesIn(other);
}

function middleOf({ startLine, endLine }: LineSpan): LineSpan {
  const middle = Math.floor((startLine + endLine) / 2);
  return { startLine: middle, endLine: middle };
}

function wider({ startLine, endLine }: LineSpan, within: LineSpan): LineSpan {
  const { focusLinesMore: more } = packing;
  return { startLine: Math.max(within.startLine, startLine - more), endLine: Math.min(within.endLine, endLine + more) };
}

function headOf({ kind, startLine, endLine }: RankedSymbol): LineSpan {
  const lines = containerKinds.has(kind) ? packing.containerHeadLines : packing.headLines;
  return { startLine, endLine: Math.min(endLine, startLine + lines - 1) };
}

function linesOf(symbol: RankedSymbol, run: LineSpan): Planned {
  const { path, qualified, startLine, endLine, chars, version, why } = symbol;
  const isWhole = run.startLine === startLine && run.endLine === endLine;
  // How its characters are spread over its lines is not known before they are read.
  const share = isWhole ? chars : Math.ceil((chars * linesIn(run)) / linesIn(symbol));
  const tokens = estimatedTokens(run.startLine, run.endLine, share + (isWhole ? 0 : partMark), qualified);
  return { path, ...spanOf(run), form: isWhole ? 'body' : 'part', symbol: qualified, text: null, version, tokens, why };
}

const partMark = ' (part)'.length;

function signatureText({ signature }: RankedSymbol): string {
  return signature.slice(0, packing.signatureChars);
}

function signatureOf(symbol: RankedSymbol): Planned {
  const { path, qualified, nameLine, version, why } = symbol;
  const text = signatureText(symbol);
  const piece = { path, startLine: nameLine, endLine: nameLine, form: 'signature', symbol: qualified, text } as const;
  return { ...piece, version, tokens: pieceTokens(piece), why };
}

/** As the model sees it; `endLine` where the file ends before. */
function textOf({ startLine, endLine }: CodeRange, text: string | null): { text: string; endLine: number } | null {
  if (text === null) return null;
  const lines = text
    .split('\n')
    .slice(0, endLine - startLine + 1)
    .map(shownLine);
  return { text: lines.join('\n'), endLine: startLine + lines.length - 1 };
}

/** Runs of signatures within one thing become its outline. */
function outlined(pieces: readonly ContextPiece[]): readonly ContextPiece[] {
  const out: ContextPiece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    const outline = last === undefined ? null : outlineOf(last, piece);
    if (outline !== null) out[out.length - 1] = outline;
    else out.push(piece);
  }
  return out;
}

/** null: they do not belong together, or would cost more so. */
function outlineOf(first: ContextPiece, next: ContextPiece): ContextPiece | null {
  const parent = parentOf(next.symbol);
  if (next.form !== 'signature' || parent === null) return null;
  const belongs =
    first.form === 'outline'
      ? first.symbol === parent
      : first.form === 'signature' && parentOf(first.symbol) === parent;
  if (!belongs) return null;
  const line = ({ startLine, text, form }: ContextPiece): string =>
    form === 'outline' ? text : `${String(startLine)} ${text}`;
  const why = [...first.why, ...next.why.filter(({ kind }) => !first.why.some((one) => one.kind === kind))];
  const text = `${line(first)}\n${line(next)}`;
  const outline = { ...first, endLine: next.endLine, form: 'outline', symbol: parent, text, why } as const;
  const tokens = first.tokens - pieceTokens(first) + pieceTokens(outline);
  return tokens > first.tokens + next.tokens ? null : { ...outline, tokens };
}

function parentOf(symbol: string | null): string | null {
  const at = symbol?.lastIndexOf('.') ?? -1;
  return at < 0 ? null : (symbol?.slice(0, at) ?? null);
}

function linesIn({ startLine, endLine }: LineSpan): number {
  return endLine - startLine + 1;
}

function spanOf({ startLine, endLine }: LineSpan): LineSpan {
  return { startLine, endLine };
}
