/**
 * Room in the conversation: what is left out, in the order of what it costs to miss it. First results that later ones took the place of, and
 * old long ones, each replaced by a line that says how to read it again; then everything before the last replies.
 */
import type { CallId, Compaction, Seq } from '../core/event.ts';
import { isObject, type Json } from '../core/json.ts';
import type { ReplyBlock, ToolUseBlock } from '../core/model.ts';
import type { Item } from './conversation.ts';

/** What is left of the items; with a record, those that come after it. */
export function compacted(items: readonly Item[], { kept, why, left, record }: Compaction): readonly Item[] {
  const replies = repliesOf(items);
  const from = kept === 0 ? afterLast(items) : (replies.at(-kept) ?? replies[0] ?? 0);
  const gone = new Set(left);
  if (record !== undefined) return items.slice(from).map((item) => noted(unthought(item), gone));
  if (kept === 0) return items;
  const isAged = (replies.at(-kept) ?? 0) > 0; // else nothing goes for its age
  if (why === undefined && !isAged) return items;
  const shorter = items.map((item, at): Item => {
    if (!isAged) return noted(item, gone);
    if (item.kind === 'code' && at < from) return { ...item, block: { type: 'text', text: codeLeftOut } };
    if (at > from || item.kind !== 'result' || item.block.content.length <= shortResult) return noted(item, gone);
    return { ...item, block: { ...item.block, content: why === undefined ? leftOut : leftOutAt(item.seq) } };
  });
  const first = why === undefined ? 0 : steadyItems(items, shorter);
  return shorter.map((item, at) => (at < first ? item : unthought(item)));
}

/** How many of them are as they were before the first that is not. */
export function steadyItems(before: readonly Item[], after: readonly Item[]): number {
  const first = before.findIndex((item, at) => after[at] !== item);
  return first < 0 ? before.length : first;
}

/** How many replies there are. */
export function repliesIn(items: readonly Item[]): number {
  return repliesOf(items).length;
}

/**
 * Long results before the last `kept` replies that say nothing any more: of a call that was made again just so, of lines that were read again,
 * and, `byEdits`, of a file that was changed since: its other lines are missed then.
 */
export function superseded(items: readonly Item[], kept: number, byEdits: boolean): readonly CallId[] {
  const calls = items.flatMap((item) => (item.kind === 'replied' ? item.content.filter(isCall) : []));
  const before = new Set(
    repliesOf(items)
      .slice(0, -kept || undefined)
      .flatMap((at) => (items[at]?.kind === 'replied' ? items[at].content.filter(isCall).map(({ id }) => id) : [])),
  );
  const long = new Set(
    items.flatMap((item) =>
      item.kind === 'result' && item.block.content.length > shortResult ? [item.block.tool_use_id] : [],
    ),
  );
  const gone: CallId[] = [];
  const seen = new Set<string>();
  const later = new Map<string, { readonly whole: boolean; readonly from: number; readonly to: number }[]>();
  for (const one of calls.toReversed()) {
    const key = `${one.name} ${JSON.stringify(one.input)}`;
    const span = spanOf(one);
    const covers = span === null ? [] : (later.get(span.path) ?? []);
    const isOld = seen.has(key) || (span?.reads === true && covers.some((by) => by.whole || (by.from <= span.from && by.to >= span.to))); // prettier-ignore
    if (isOld && before.has(one.id) && long.has(one.id)) gone.push(one.id);
    seen.add(key);
    if (span && (span.reads || byEdits))
      later.set(span.path, [...covers, { whole: !span.reads, from: span.from, to: span.to }]);
  }
  return gone.reverse();
}

/** Of results that stand twice, those that a cache gives way to cheaply: of replies from the `since`-th on. */
export function repeated(items: readonly Item[], kept: number, since: number): readonly CallId[] {
  const late = items.slice(repliesOf(items)[since] ?? items.length);
  const calls = new Set(
    late.flatMap((item) => (item.kind === 'replied' ? item.content.filter(isCall).map(({ id }) => id) : [])),
  );
  return superseded(items, kept, false).filter((call) => calls.has(call));
}

/** Tokens of what `left` would leave out, and of what stands behind the first of it and would be written to the cache anew. */
export function costOf(
  items: readonly Item[],
  left: readonly CallId[],
  tokensOf: (item: Item) => number,
): { readonly freed: number; readonly rewritten: number } {
  const gone = new Set(left);
  const isGone = (item: Item): boolean => item.kind === 'result' && gone.has(item.block.tool_use_id);
  const from = items.findIndex(isGone);
  let freed = 0;
  let rewritten = 0;
  for (const item of from < 0 ? [] : items.slice(from)) {
    if (isGone(item)) freed += tokensOf(item);
    else rewritten += tokensOf(item);
  }
  return { freed, rewritten };
}

/** The results of the last `kept` replies, the longest first. */
export function longestResults(items: readonly Item[], kept: number): readonly CallId[] {
  const from = repliesOf(items).at(-kept) ?? 0;
  return items
    .flatMap((item, at) =>
      at > from && item.kind === 'result' && item.block.content.length > shortResult ? [item.block] : [],
    )
    .sort((a, b) => b.content.length - a.content.length)
    .map((block) => block.tool_use_id);
}

/** Results that are shorter say what they say in fewer tokens than a note would save. */
const shortResult = 500;
const codeLeftOut = '(Code that was picked here was left out to make room.)';
/** In logs from before there were handles. */
const leftOut = '(This result was left out to make room. Call the tool again if you need it.)';

function leftOutAt(seq: Seq): string {
  return `(Left out to make room: recall reads it by handle #${String(seq)}; call the tool again for how it is now.)`;
}

function noted(item: Item, gone: ReadonlySet<CallId>): Item {
  if (item.kind !== 'result' || !gone.has(item.block.tool_use_id)) return item;
  return { ...item, block: { ...item.block, content: leftOutAt(item.seq) } };
}

/** The API takes thinking back only with all that was before it. */
function unthought(item: Item): Item {
  if (item.kind !== 'replied' || !item.content.some(isThinking)) return item;
  const content = item.content.filter((block) => !isThinking(block));
  return content.length === 0 ? item : { ...item, content };
}

function isThinking({ type }: ReplyBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

function isCall(block: ReplyBlock): block is ToolUseBlock {
  return block.type === 'tool_use';
}

function repliesOf(items: readonly Item[]): readonly number[] {
  return items.flatMap(({ kind }, at) => (kind === 'replied' ? [at] : []));
}

/** What came after the last reply and its results: it is for the request that comes next. */
function afterLast(items: readonly Item[]): number {
  return items.findLastIndex(({ kind }) => kind === 'replied' || kind === 'result' || kind === 'started') + 1;
}

/** The lines of a file that a call reads, or that it changes a file; null: neither. */
function spanOf({ name, input }: ToolUseBlock): {
  readonly path: string;
  readonly reads: boolean;
  readonly from: number;
  readonly to: number;
} | null {
  // prettier-ignore
  const path = isObject(input) ? (input as { readonly path?: Json }).path : undefined;
  if (typeof path !== 'string' || !isObject(input)) return null;
  if (changing.has(name)) return { path, reads: false, from: 1, to: Infinity };
  if (name !== 'read_file') return null;
  const { start_line: from = 1, end_line: to = Infinity } = input as { start_line?: number; end_line?: number };
  return { path, reads: true, from, to };
}

const changing: ReadonlySet<string> = new Set(['edit_file', 'write_file', 'delete_file', 'move_file']);
