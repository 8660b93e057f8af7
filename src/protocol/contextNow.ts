/** What the model sees now by cause, made of what the fold has kept: what room was made of is gone, what reads otherwise is marked. */
import type { Seq } from '../core/event.ts';
import type { CodeRange, ContextPiece, StalePiece } from '../core/symbols.ts';
import { causes, isSame, wishOn, type Cause, type Measured, type SeenItem, type Sees, type Wish } from './context.ts';
import type { Attachment } from './view.ts';

/** What stands before the conversation, in tokens as the host estimates them: the log does not hold it. */
export interface Frame {
  /** With the instructions of the workspace. */
  readonly systemTokens: number;
  readonly toolTokens: number;
}

/** All tokens here are estimates, 4 characters each, but those of `measured`. */
export interface Seen {
  readonly measured: Measured | null;
  /** Of what came after that: it goes with the next request. */
  readonly sinceTokens: number;
  readonly causes: readonly SeenCause[];
  /** Sum of the causes. */
  readonly tokens: number;
  /** Shown with the next request, since the person wants it. */
  readonly awaited: readonly Wish[];
  readonly dropped: readonly Wish[];
  /** Results, code and thinking that are left out since room was made. */
  readonly gone: { readonly entries: number; readonly tokens: number };
}
export interface SeenCause {
  readonly cause: Cause;
  readonly tokens: number;
  /** Newest first for code, else in the order in which they came. */
  readonly entries: readonly SeenEntry[];
}
export interface SeenEntry {
  readonly key: string;
  readonly cause: Cause;
  readonly turn: number;
  readonly step: number;
  /** First line of what was said, path, command, name of an attachment. */
  readonly label: string;
  readonly tokens: number;
  readonly place: CodeRange | null;
  readonly as: Attachment['kind'] | null;
  readonly piece: ContextPiece | null;
  /** null: it reads as it was shown. */
  readonly now: StalePiece['now'] | null;
  readonly wish: Wish['as'] | null;
}

export function seenNow(sees: Sees, frame: Frame | null): Seen {
  const { standing, gone } = withoutRoom(sees.items);
  const entries = [...standing.flatMap((item) => entriesOf(item, sees.wishes)), ...frameEntries(sees, frame)];
  mark(entries, standing);
  const byCause = causes.flatMap((cause): readonly SeenCause[] => {
    const own = entries.filter((entry) => entry.cause === cause);
    if (own.length === 0) return [];
    const ordered = cause === 'code' ? newestFirst(own) : own;
    return [{ cause, tokens: sum(own.map(({ tokens }) => tokens)), entries: ordered }];
  });
  const after = sees.measured?.seq ?? 0;
  const since = standing.filter(({ seq, kind }) => seq > after && kind !== 'room');
  const shown = entries.flatMap(({ piece }) => (piece ? [piece] : []));
  return {
    measured: sees.measured,
    sinceTokens: sum(since.flatMap((item) => entriesOf(item, [])).map(({ tokens }) => tokens)),
    causes: byCause,
    tokens: sum(byCause.map(({ tokens }) => tokens)),
    awaited: sees.wishes.filter((one) => one.as === 'pinned' && !shown.some((piece) => covers(one, piece))),
    dropped: sees.wishes.filter(({ as }) => as === 'dropped'),
    gone,
  };
}

/** What stands at a line, for "why is this here?": code that was picked before what was read, of that the smallest. */
export function pieceAt(seen: Seen, path: string, line: number): SeenEntry | null {
  const placed = seen.causes.flatMap(({ entries }) => entries);
  const here = placed.filter(({ place }) => place?.path === path && place.startLine <= line && line <= place.endLine);
  const size = ({ place }: SeenEntry): number => (place ? place.endLine - place.startLine : 0);
  const rank = ({ piece }: SeenEntry): number => (piece ? 0 : 1);
  return here.toSorted((a, b) => rank(a) - rank(b) || size(a) - size(b))[0] ?? null;
}

/** The same rule as the conversation's own: see `context/compact.ts`. */
function withoutRoom(items: readonly SeenItem[]): {
  readonly standing: readonly SeenItem[];
  readonly gone: Seen['gone'];
} {
  let standing: readonly SeenItem[] = [];
  let entries = 0;
  let chars = 0;
  let upTo = 0;
  items.forEach((room, at) => {
    if (room.kind !== 'room') return;
    standing = [...standing, ...items.slice(upTo, at)];
    upTo = at + 1;
    const from = standing.filter(({ kind }) => kind === 'replied').at(-room.kept)?.seq ?? 0;
    const first = standing.find(({ kind }) => kind === 'replied')?.seq ?? 0;
    const left = new Set(room.left);
    if (room.recordChars !== null) {
      const last = standing.findLast(({ kind }) => kind === 'replied' || kind === 'result')?.seq ?? 0;
      const since = room.kept === 0 ? last + 1 : Math.max(from, first);
      const goes = (item: SeenItem): boolean => item.seq < since || (item.kind === 'result' && left.has(item.call));
      const gone = standing.filter(goes).flatMap((item) => entriesOf(item, []));
      entries += gone.length;
      chars += 4 * sum(gone.map(({ tokens }) => tokens));
      const { seq, turn, step, recordChars } = room;
      const parts = [{ label: 'What stayed when room was made', as: null, chars: recordChars }];
      standing = [{ seq, turn, step, kind: 'text', cause: 'said', parts }, ...standing.filter((item) => !goes(item))];
      return;
    }
    if (room.kept === 0 || (from <= first && left.size === 0)) return;
    standing = standing.flatMap((item): readonly SeenItem[] => {
      if (item.kind === 'replied') {
        chars += item.thinkingChars;
        return [{ ...item, thinkingChars: 0 }];
      }
      const isLeft = item.kind === 'result' && left.has(item.call);
      if (item.seq > from && !isLeft) return [item];
      if (item.kind === 'picked') {
        entries += item.pieces.length;
        chars += sum(item.pieces.map(({ tokens }) => 4 * tokens));
        return [];
      }
      if (item.kind !== 'result' || item.chars <= shortResultChars) return [item];
      entries += 1;
      chars += item.chars;
      return [];
    });
  });
  return {
    standing: upTo === 0 ? items : [...standing, ...items.slice(upTo)],
    gone: { entries, tokens: tokensOf(chars) },
  };
}

function entriesOf(item: SeenItem, wishes: readonly Wish[]): readonly SeenEntry[] {
  const { seq, turn, step } = item;
  const base = { key: `e${seq}`, turn, step, place: null, as: null, piece: null, now: null, wish: null };
  switch (item.kind) {
    case 'text':
      return item.parts.map(({ label, as, chars }, at) => {
        return { ...base, key: `e${seq}.${at}`, cause: item.cause, as, label, tokens: tokensOf(chars) };
      });
    case 'replied':
      return [{ ...base, cause: 'replies', label: item.label, tokens: tokensOf(item.chars + item.thinkingChars) }];
    case 'result':
      return [{ ...base, cause: item.cause, label: item.label, place: item.place, tokens: tokensOf(item.chars) }];
    case 'picked':
      return item.pieces.map((piece, at) => {
        const { path, startLine, endLine, symbol, tokens } = piece;
        const place = { path, startLine, endLine };
        const as = wishOn(wishes, { path, symbol })?.as ?? null;
        return { ...base, key: `e${seq}.${at}`, cause: 'code', label: symbol ?? path, tokens, place, piece, wish: as };
      });
    case 'room':
      return [];
  }
}

/** What the host counts of the system prompt, without the instructions in it that the log names one by one: those of the start. */
function frameEntries({ items }: Sees, frame: Frame | null): readonly SeenEntry[] {
  if (frame === null) return [];
  const named = sum(
    items.flatMap((item) =>
      item.kind === 'text' && item.cause === 'instructions' && item.turn === 0
        ? item.parts.map(({ chars }) => tokensOf(chars))
        : [],
    ),
  );
  const base = { turn: 0, step: 0, label: '', place: null, as: null, piece: null, now: null, wish: null };
  return [
    { ...base, key: 'system', cause: 'instructions', tokens: Math.max(0, frame.systemTokens - named) },
    { ...base, key: 'tools', cause: 'tools', tokens: frame.toolTokens },
  ];
}

/** What was told to read otherwise since; what has moved stands at its new lines. */
function mark(entries: SeenEntry[], standing: readonly SeenItem[]): void {
  for (const item of standing) {
    if (item.kind !== 'picked') continue;
    for (const { path, symbol, startLine, now, by } of item.stale) {
      entries.forEach((entry, at) => {
        const { piece, place } = entry;
        if (!piece || !place || seqOf(entry) >= item.seq || !isSame(piece, { path, symbol })) return;
        if (entry.now !== null && entry.now !== 'moved') return;
        if (symbol === null && place.startLine !== startLine) return;
        const shift = now === 'moved' ? by : 0;
        const moved = { path, startLine: place.startLine + shift, endLine: place.endLine + shift };
        entries[at] = { ...entry, now, place: moved };
      });
    }
  }
}

function newestFirst(entries: readonly SeenEntry[]): readonly SeenEntry[] {
  const order = entries.map((entry, at) => ({ entry, at }));
  return order.toSorted((a, b) => seqOf(b.entry) - seqOf(a.entry) || a.at - b.at).map(({ entry }) => entry);
}

function seqOf({ key }: SeenEntry): Seq {
  return Number.parseInt(key.slice(1), 10);
}

/** A word on a file counts for all that is in it. */
function covers(one: Wish, piece: ContextPiece): boolean {
  return one.path === piece.path && (one.symbol === null || one.symbol === piece.symbol);
}

function tokensOf(chars: number): number {
  return Math.ceil(chars / 4);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** Results up to here stay whole when room is made. */
const shortResultChars = 500;
