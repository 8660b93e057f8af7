/**
 * What the model is shown of the code by itself, step by step: when to look, for what, and how much. What is asked comes from the log
 * alone; the answer of the index is recorded as `context.selected`, so that a request stays a pure function of the log.
 */
import { toError } from '../core/error.ts';
import type { Fact } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Clock, CodeIndex, Files, Location } from '../core/ports.ts';
import type { CodeQuery, CodeRanking, CodeRef, ContextPiece, Definition, StalePiece } from '../core/symbols.ts';
import { shownLine } from '../core/text.ts';
import { isSecret } from '../permission/names.ts';
import type { CodeState } from './codeState.ts';
import { estimatedTokens } from './codeText.ts';
import { fill, pack, packing, type Already, type Planned } from './pack.ts';
import { codeQuestion } from './query.ts';
import { correct, endOf, staleIn, uncovered, type ShownCode } from './shown.ts';

export type Selected = Omit<Fact & { readonly type: 'context.selected' }, 'type'>;

export interface SelectAsk {
  /** null: only what the person wants, and what has changed. */
  readonly query: CodeQuery | null;
  readonly code: CodeState;
  readonly budgetTokens: number;
  /** For what the person pinned. */
  readonly pinnedTokens: number;
  readonly scoreShareMin: number;
  /** How long to wait for an index that is still being made. */
  readonly waitMs: number;
}

/** Whoever answers what a step asks; null: nothing to show. Throws only when it was stopped. */
export interface Selector {
  select(ask: SelectAsk, signal: AbortSignal): Promise<Selected | null>;
}

export interface Moment {
  /** Requests of this turn so far. */
  readonly step: number;
  readonly turn: number;
  /** What a turn begins with at most; 0: nothing. */
  readonly tokens: number;
  readonly windowTokens: number | null;
  /** Tokens of the last request and its reply. */
  readonly usedTokens: number;
}

/** How a step differs from the first one of a turn. */
export const selecting = {
  /** Of the tokens that a turn begins with: at one step, and in all of them together, so much more with each step. */
  stepShare: 0.25,
  stepsShare: 0.25,
  moreShare: 0.01,
  /** Fewer are not worth a look. */
  stepTokensMin: 300,
  turnScoreShareMin: 0.1,
  /** Well above noise. */
  stepScoreShareMin: 0.4,
  /** Of the model's window at most; nothing more once so much of it is used. */
  windowShare: 0.05,
  fullShare: 0.8,
} as const;

/** Pure. null: nothing is to be asked before this request. */
export function askOf(code: CodeState, moment: Moment, locate: (path: string) => Location): SelectAsk | null {
  const { step, turn, tokens, windowTokens, usedTokens } = moment;
  if (tokens <= 0 || code.selected) return null;
  const turnTokens =
    windowTokens === null ? tokens : Math.min(tokens, Math.floor(windowTokens * selecting.windowShare));
  // Where the index was not there yet, a later step begins with what the first one would have shown.
  const isFirst = step === 0 || !code.begun;
  const isFull = windowTokens !== null && usedTokens > windowTokens * selecting.fullShare;
  const budgetTokens = isFirst ? turnTokens : stepTokens(turnTokens, step, code.laterTokens);
  const { query, isNews } = codeQuestion(code, locate);
  return {
    query: !isFull && (isFirst || isNews) && budgetTokens > 0 ? query : null,
    code,
    budgetTokens,
    pinnedTokens: isFull ? 0 : turnTokens,
    scoreShareMin: isFirst ? selecting.turnScoreShareMin : selecting.stepScoreShareMin,
    waitMs: step === 0 && turn <= 1 ? limits.indexWaitMs : 0,
  };
}

/**
 * What is shown is sent again with each later request: 1,500 tokens at every edit of fifty steps cost more than all calls of these steps
 * together (`bench:tokens`). So it is rationed, and there is always some for the next steps.
 */
function stepTokens(turnTokens: number, step: number, usedTokens: number): number {
  const { stepShare, stepsShare, moreShare, stepTokensMin } = selecting;
  const left = Math.floor(turnTokens * (stepsShare + moreShare * step)) - usedTokens;
  return left < Math.min(stepTokensMin, turnTokens * stepShare)
    ? 0
    : Math.min(Math.floor(turnTokens * stepShare), left);
}

export interface SelectorParts {
  readonly index: CodeIndex;
  readonly files: Files;
  readonly clock: Clock;
  /** Files that the person has open, the active one first. */
  readonly open?: () => readonly string[];
}

export function codeSelector(parts: SelectorParts): Selector {
  const { clock } = parts;
  return {
    async select(ask, signal) {
      const startedAtMs = clock.now();
      const over = new AbortController();
      const stop = AbortSignal.any([signal, over.signal]);
      const late = clock.sleep(ask.waitMs + limits.selectMs, stop).then(() => null);
      late.catch(() => undefined); // it was not late
      try {
        const found = await Promise.race([look(parts, ask, stop), late]);
        return found === null ? null : { ...found, ms: clock.now() - startedAtMs };
      } catch (thrown) {
        if (signal.aborted) throw toError(thrown);
        return null; // an index that fails takes nothing away: the tools find what it does not
      } finally {
        over.abort();
      }
    },
  };
}

/** The best for a query within a budget, and the ranking that it is of. */
export async function pick(
  index: CodeIndex,
  query: CodeQuery,
  budgetTokens: number,
  already: Already,
  scoreShareMin: number,
  signal: AbortSignal,
): Promise<{ readonly ranking: CodeRanking; readonly pieces: readonly ContextPiece[] }> {
  const ranking = withoutSecrets(await index.rank(query, signal));
  const signatures = scoreShareMin < selecting.stepScoreShareMin;
  const planned = pack(ranking, budgetTokens, already, { places: query.places, scoreShareMin, signatures });
  return { ranking, pieces: fill(planned, await textsOf(index, planned, signal), budgetTokens) };
}

async function look(
  parts: SelectorParts,
  { query, code, budgetTokens, pinnedTokens, scoreShareMin, waitMs }: SelectAsk,
  signal: AbortSignal,
): Promise<Omit<Selected, 'ms'> | null> {
  const { index, clock, open } = parts;
  if (index.status().state === 'failed') return null;
  if (waitMs > 0 && query !== null && !isSettled(index)) {
    await index.rank(query, signal); // so that what is asked is read first
    await Promise.race([index.ready(signal), clock.sleep(waitMs, signal)]);
  }

  const stale = await staleOf(parts, code.shown, signal);
  const shown = correct(code.shown, stale);
  const pinned = await pinnedOf(index, code, shown, signal);
  const first = fill(pinned, await textsOf(index, pinned, signal), pinnedTokens);
  const already: Already = { lines: spansOf(shown, pinned), signatures: code.signatures };
  const wanted = query !== null && budgetTokens > 0 ? { ...query, open: open?.() ?? [] } : null;
  const picked = wanted && (await pick(index, wanted, budgetTokens, already, scoreShareMin, signal));
  const pieces = together([...first, ...(picked?.pieces ?? [])]);
  if (pieces.length === 0 && stale.length === 0) return null;
  return { pieces, stale, budgetTokens, complete: picked?.ranking.complete ?? true };
}

function isSettled(index: CodeIndex): boolean {
  const { state } = index.status();
  return state !== 'starting' && state !== 'indexing';
}

/** What was shown and reads otherwise now. Files that the index does not know of, or cannot answer for, are looked at themselves. */
async function staleOf(
  { index, files }: SelectorParts,
  shown: ShownCode,
  signal: AbortSignal,
): Promise<readonly StalePiece[]> {
  const known = [...shown].flatMap(([path, all]) => all.map((lines) => ({ path, lines })));
  if (known.length === 0) return [];
  const ranges = known.map(({ path, lines }) => ({ path, startLine: lines.startLine, endLine: endOf(lines) }));
  const texts = await index.lines(
    ranges.map((range) => ({ ...range, version: null })),
    signal,
  );
  const differ = known.filter(({ lines: { lines } }, at) => {
    const now = linesOf(texts[at] ?? null);
    return now === null || now.length !== lines.length || now.some((line, n) => line !== lines[n]);
  });
  const whole = new Map<string, readonly string[] | null | undefined>();
  for (const { path } of differ) if (!whole.has(path)) whole.set(path, await wholeOf(files, path, signal));
  return differ.flatMap(({ path, lines }) => {
    const file = whole.get(path);
    return file === undefined ? [] : staleIn(path, lines, file);
  });
}

/** null: it is gone; undefined: that cannot be told. */
async function wholeOf(files: Files, path: string, signal: AbortSignal): Promise<readonly string[] | null | undefined> {
  try {
    return linesOf((await files.read(path, signal)).text);
  } catch (thrown) {
    signal.throwIfAborted();
    return toError(thrown).code === 'not_found' ? null : undefined;
  }
}

function linesOf(text: string | null): readonly string[] | null {
  return text === null ? null : text.split('\n').map(shownLine);
}

/** What the person pinned and the model does not see as it stands. */
async function pinnedOf(
  index: CodeIndex,
  code: CodeState,
  shown: ShownCode,
  signal: AbortSignal,
): Promise<readonly Planned[]> {
  const planned: Planned[] = [];
  for (const ref of code.adjusted.values()) {
    if (ref.as !== 'pinned' || isSecret(ref.path)) continue;
    const range = await rangeOf(index, ref, signal);
    if (range === null) continue;
    for (const run of uncovered(range, spansOf(shown, planned).get(ref.path) ?? [])) {
      const isWhole = run.startLine === range.startLine && run.endLine === range.endLine;
      const tokens = estimatedTokens(run.startLine, run.endLine, 0, ref.symbol);
      const form = isWhole ? 'body' : 'part';
      planned.push({
        path: ref.path,
        ...run,
        form,
        symbol: ref.symbol,
        text: null,
        version: null,
        tokens,
        why: [pinnedByPerson],
      });
    }
  }
  return planned;
}

const pinnedByPerson = { kind: 'pinned', of: [] } as const;

/** Of a long one its head: the model can read the rest. */
async function rangeOf(index: CodeIndex, { path, symbol }: CodeRef, signal: AbortSignal) {
  if (symbol === null) {
    const [text] = await index.lines([{ path, startLine: 1, endLine: packing.bodyLinesMax, version: null }], signal);
    const lines = linesOf(text ?? null);
    if (lines === null) return null;
    const endLine = lines.at(-1) === '' ? lines.length - 1 : lines.length;
    return endLine < 1 ? null : { startLine: 1, endLine };
  }
  const { definitions } = await index.outline(path, limits.outlineSymbols, signal);
  const found: Definition | undefined = definitions.find(({ qualified }) => qualified === symbol);
  if (!found) return null;
  const { startLine, endLine } = found;
  return { startLine, endLine: Math.min(endLine, startLine + packing.bodyLinesMax - 1) };
}

function textsOf(
  index: CodeIndex,
  planned: readonly Planned[],
  signal: AbortSignal,
): Promise<readonly (string | null)[]> {
  if (planned.length === 0) return Promise.resolve([]);
  return index.lines(
    planned.map(({ path, startLine, endLine, version }) => ({ path, startLine, endLine, version })),
    signal,
  );
}

function spansOf(shown: ShownCode, planned: readonly Planned[]) {
  const spans = new Map(
    [...shown].map(([path, all]) => [path, all.map((one) => ({ startLine: one.startLine, endLine: endOf(one) }))]),
  );
  for (const { path, startLine, endLine } of planned)
    spans.set(path, [...(spans.get(path) ?? []), { startLine, endLine }]);
  return spans;
}

/** None comes from the index; what the model is shown does not depend on that. */
function withoutSecrets(ranking: CodeRanking): CodeRanking {
  const open = ({ path }: { readonly path: string }): boolean => !isSecret(path);
  return { ...ranking, files: ranking.files.filter(open), symbols: ranking.symbols.filter(open) };
}

/** Pieces of one file stand together, in line order. */
function together(pieces: readonly ContextPiece[]): readonly ContextPiece[] {
  const files = new Map<string, ContextPiece[]>();
  for (const piece of pieces) files.set(piece.path, [...(files.get(piece.path) ?? []), piece]);
  return [...files.values()].flatMap((all) => all.sort((a, b) => a.startLine - b.startLine));
}
