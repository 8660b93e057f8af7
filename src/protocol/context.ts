/** What stands in front of the model now, in the order in which it came: folded from the events, and read out by cause. */
import type { Attachment, CallId, Event, Seq } from '../core/event.ts';
import type { ReplyBlock, Usage } from '../core/model.ts';
import type { CodeRange, CodeRef, ContextPiece, StalePiece } from '../core/symbols.ts';
import { firstLine } from '../core/text.ts';
import type { StepRow } from './view.ts';

/** Why tokens are spent, as a person would ask. */
export const causes = [
  'code', 'files', 'said', 'commands', 'results', 'replies', 'news', 'instructions', 'tools',
] as const; // prettier-ignore
export type Cause = (typeof causes)[number];

/** Each with its place in the log, so that a conversation that goes back loses what came later. */
export type SeenItem = { readonly seq: Seq; readonly turn: number; readonly step: number } & (
  | { readonly kind: 'text'; readonly cause: Cause; readonly parts: readonly SeenText[] }
  | { readonly kind: 'replied'; readonly label: string; readonly chars: number; readonly thinkingChars: number }
  | {
      readonly kind: 'result';
      readonly cause: Cause;
      readonly label: string;
      readonly place: CodeRange | null;
      readonly call: CallId;
      readonly chars: number;
    }
  | { readonly kind: 'picked'; readonly pieces: readonly ContextPiece[]; readonly stale: readonly StalePiece[] }
  /** `recordChars` null: only results are left out, those before the kept replies and those of the calls in `left`. */
  | {
      readonly kind: 'room';
      readonly kept: number;
      readonly left: readonly CallId[];
      readonly recordChars: number | null;
    }
);

export interface SeenText {
  /** First line of what was said, path, name of an attachment. */
  readonly label: string;
  readonly as: Attachment['kind'] | null;
  readonly chars: number;
}

/** What the person wants seen or not seen; without one the selection decides. */
export interface Wish extends CodeRef {
  readonly as: 'pinned' | 'dropped';
}

export interface Sees {
  readonly items: readonly SeenItem[];
  readonly wishes: readonly Wish[];
  /** Of the last reply, counted by the server. */
  readonly measured: Measured | null;
}
export interface Measured {
  readonly seq: Seq;
  readonly turn: number;
  readonly step: number;
  readonly usage: Usage;
  /** null: the price of this model is not known. */
  readonly costUsd: number | null;
}

export const seesNothing: Sees = { items: [], wishes: [], measured: null };

export type SeesDraft = { -readonly [K in keyof Sees]: Sees[K] } & { items: SeenItem[] };

/** Mends in place: a log of thousands of events is folded without copying each time. `step` is that of the event's call. */
export function foldSees(sees: SeesDraft, event: Event, step: StepRow | null): void {
  const { items } = sees;
  const at = { seq: event.seq, turn: event.turn, step: event.step };
  const text = (cause: Cause, parts: readonly SeenText[]): void => {
    if (parts.length > 0) items.push({ ...at, kind: 'text', cause, parts });
  };
  switch (event.type) {
    case 'session.started':
      text(
        'instructions',
        event.environment.instructions.map((one) => part(one.path, one.text.length)),
      );
      return;
    case 'instructions.read':
      text('instructions', [part(event.path, event.text.length)]);
      return;
    case 'turn.started':
    case 'message.delivered':
      text('said', [
        part(firstLine(event.text), event.text.length),
        ...event.attachments.map((one) => ({ label: one.label, as: one.kind, chars: one.text.length + tagChars })),
      ]);
      return;
    case 'context.selected':
      // What is picked is picked for the request that comes next.
      items.push({ ...at, step: event.step + 1, kind: 'picked', pieces: event.pieces, stale: event.stale });
      return;
    case 'context.adjusted':
      sees.wishes = event.refs.reduce(wish, sees.wishes);
      return;
    case 'context.compacted':
      items.push({
        ...at,
        kind: 'room',
        kept: event.kept,
        left: event.left ?? [],
        recordChars: event.record === undefined ? null : event.record.length + (event.summary?.length ?? 0),
      });
      if (event.afterTokens !== undefined) sees.measured = null; // known again with the next reply
      return;
    case 'model.responded': {
      const { content, usage } = event.reply;
      const said = content.flatMap((block) => (block.type === 'text' && block.text.trim() !== '' ? [block.text] : []));
      const thinkingChars = sum(content.filter(isThinking).map(charsOf));
      const chars = sum(content.filter((block) => !isThinking(block)).map(charsOf));
      if (chars + thinkingChars > 0)
        items.push({ ...at, kind: 'replied', label: firstLine(said[0] ?? ''), chars, thinkingChars });
      sees.measured = { ...at, usage, costUsd: event.costUsd };
      return;
    }
    case 'tool.finished': {
      const { text: result, ...rest } = event.result;
      const detail = 'detail' in rest ? rest.detail : undefined;
      const place =
        detail?.kind === 'read' ? rangeOf(detail.path, detail.startLine ?? 1, Math.max(1, detail.lines)) : null;
      const label = place?.path ?? (step === null || step.object === '' ? (step?.tool ?? '') : step.object);
      items.push({
        ...at,
        kind: 'result',
        call: event.call,
        cause: causeOf(step),
        label,
        place,
        chars: Math.max(1, result.length),
      });
      return;
    }
    case 'change.reviewed':
      text('news', [part(event.path, JSON.stringify(event.hunks.map((one) => [one.reason, one.text])).length)]);
      return;
    case 'problems.found':
      text(
        'news',
        event.files.map(({ path, problems }) => part(path, JSON.stringify(problems).length)),
      );
      return;
    case 'checkpoint.restored':
      text(
        'news',
        event.files.map(({ path }) => part(path, path.length + tagChars)),
      );
      return;
    case 'conversation.rewound':
      sees.items = items.filter((item) => item.seq < event.to);
      sees.measured = null; // known again with the next reply
      return;
    default:
  }
}

function part(label: string, chars: number): SeenText {
  return { label, as: null, chars };
}

function wish(
  wishes: readonly Wish[],
  { path, symbol, as }: CodeRef & { readonly as: Wish['as'] | 'free' },
): readonly Wish[] {
  const others = wishes.filter((one) => !isSame(one, { path, symbol }));
  return as === 'free' ? others : [...others, { path, symbol, as }];
}

export function isSame(a: CodeRef, b: CodeRef): boolean {
  return a.path === b.path && a.symbol === b.symbol;
}

/** On the symbol, else on its file. */
export function wishOn(wishes: readonly Wish[], ref: CodeRef): Wish | null {
  return wishes.find((one) => isSame(one, ref)) ?? wishes.find((one) => isSame(one, { ...ref, symbol: null })) ?? null;
}

function causeOf(step: StepRow | null): Cause {
  if (step?.what === 'read') return 'files';
  return step?.what === 'command' ? 'commands' : 'results';
}

function rangeOf(path: string, startLine: number, lines: number): CodeRange {
  return { path, startLine, endLine: startLine + lines - 1 };
}

function isThinking({ type }: ReplyBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function charsOf(block: ReplyBlock): number {
  switch (block.type) {
    case 'text':
      return block.text.length;
    case 'thinking':
      return block.thinking.length;
    case 'redacted_thinking':
      return 0; // what it weighs is known to the server alone
    case 'tool_use':
      return block.name.length + JSON.stringify(block.input).length;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** What stands around an attached text or a path that is told. */
const tagChars = 40;
