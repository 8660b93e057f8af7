/** How full the window of the model is, and what to leave out of it. Pure, of the log alone. */
import { converse, messagesOf, type Conversation, type Item } from '../context/conversation.ts';
import { costOf, longestResults, repeated, repliesIn, superseded } from '../context/compact.ts';
import { promptOf } from '../context/prompt.ts';
import type { Compaction, Event } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { toArray } from '../core/list.ts';
import type { Message, Prompt } from '../core/model.ts';
import { tokensIn } from '../core/tokens.ts';
import type { Agent } from './agent.ts';
import { factsText } from './factsText.ts';
import type { Session } from './fold.ts';

export interface RoomAsk {
  readonly why: Compaction['why'] & string;
  /** What the person wants kept above all. */
  readonly keep: string;
}

/** null: there is room for the next request and its reply. */
export function roomDue(agent: Agent, session: Session): RoomAsk | null {
  if (session.turn?.reply?.stop === 'context_overflow') return { why: 'overflow', keep: '' };
  if (session.roomAsked !== null) return { why: 'asked', keep: session.roomAsked };
  const { windowTokens, replyTokens } = windowOf(agent, session);
  if (usedTokens(agent, session) + replyTokens > windowTokens * limits.roomAtShare) return { why: 'full', keep: '' };
  return pays(session) ? { why: 'cost', keep: '' } : null;
}

/**
 * What stands in the conversation twice is read with every request, a tenth of a token's price each time; to take it out, all behind it is
 * written to the cache anew, 1.15 more than reading it. How long the turn will go on nobody knows: as long again as it did is the guess that
 * is never far off, and the gain is to be twice the price.
 */
function pays({ conversation, turn }: Session): boolean {
  const items = toArray(conversation.items);
  const left = repeated(items, limits.compactKeepsReplies, conversation.roomReplies);
  if (turn === null || left.length === 0) return false;
  const { freed, rewritten } = costOf(items, left, (item) => contentTokens([{ content: blocksOf(item) }]));
  return freed >= limits.repeatedTokensMin && 0.1 * freed * turn.step >= 2 * 1.15 * rewritten;
}

function blocksOf(item: Item): readonly Block[] {
  if (item.kind === 'replied') return item.content;
  return item.kind === 'started' ? [] : [item.block];
}

/** Tokens of the request that comes next: what the server counted, and what came since in the same measure. */
export function usedTokens(agent: Agent, session: Session): number {
  return Math.ceil(weight(session.conversation, headTokens(agent, session)));
}

/**
 * What is left out. For its cost, only what stands there again further down. For room, in two stages. **First** old results, without a model. That breaks the cache from the first of them on: what stands behind
 * is written anew, 1.15 of a token's price more than reading it, and each later request saves 0.1 of what was left out. With F tokens left
 * out of T, that pays after 11.5 (T − F) / F requests: 23 where a third goes. It also has to last: a window fills at some hundred tokens a
 * step, so that a third of it is a hundred steps. **Else** everything but the last replies gives way to the record and a summary, which
 * frees the most and costs a request that reads all of it from the cache.
 */
export function planRoom(agent: Agent, session: Session, { why, keep }: RoomAsk): Compaction {
  const { conversation, facts, turn, turns, overflows } = session;
  const head = headTokens(agent, session);
  const window = windowOf(agent, session);
  const items = toArray(conversation.items);
  const beforeTokens = Math.ceil(weight(conversation, head));
  const scale = scaleOf(conversation, head);
  const about = { why, beforeTokens, windowTokens: window.windowTokens };
  const replies = repliesIn(items);
  // Refused for its length: nobody knows how much is too much, so the second time as little as can be.
  const most = Math.min(window.windowTokens, why === 'overflow' ? beforeTokens : Infinity) * limits.roomToShare;
  const target = (why === 'asked' ? Math.min(most, beforeTokens * keptOfResults) : most) / (overflows > 0 ? 2 : 1);

  const weighed = (one: Compaction): Compaction => {
    const after = converse({ ...conversation, weighed: null }, asEvent(one));
    return { ...one, afterTokens: Math.ceil(scale * (head + contentTokens(messagesOf(after)))) };
  };
  const fits = ({ afterTokens = Infinity }: Compaction, tokens: number): boolean => afterTokens <= tokens;

  const least = limits.compactKeepsReplies;
  if (why === 'cost')
    return weighed({ kept: replies + 1, left: repeated(items, least, conversation.roomReplies), ...about });
  const old = superseded(items, least, true);
  const keeps = [replies, 0.75 * replies, 0.5 * replies, 0.25 * replies, least].map((kept) => Math.max(least, Math.floor(kept))); // prettier-ignore
  for (const kept of replies > least ? keeps : []) {
    const plan = weighed({ kept, left: old, ...about });
    if (fits(plan, Math.min(target, beforeTokens * keptOfResults))) return plan;
  }

  const record = factsText(facts, turn?.number ?? turns, keep, window.windowTokens * limits.recordShare);
  let plan: Compaction = { kept: least, ...about };
  for (let kept = Math.min(least, replies); kept >= 0; kept--) {
    const longest = longestResults(items, kept);
    // Of the last reply what is needed most: its results, as far as they fit.
    const lefts = kept === 1 ? [...longest.keys(), longest.length] : [0];
    for (const count of lefts) {
      plan = weighed({ kept, left: longest.slice(0, count), record, ...about });
      if (fits(plan, target)) break;
    }
    if (fits(plan, target)) break;
  }
  // By hand there may be little to gain: then old results give way, as far as there are any.
  return why === 'asked' && !fits(plan, target) ? weighed({ kept: least, left: [], ...about }) : plan;
}

/** A stage that leaves more than this is not worth its cache. */
const keptOfResults = 2 / 3;

export interface Window {
  readonly windowTokens: number;
  /** Room for the reply. */
  readonly replyTokens: number;
}

export function windowOf({ limits: own, windowTokens }: Agent, { model, tooManyTokens }: Session): Window {
  const known = own.windowTokens ?? windowTokens?.(model) ?? null;
  const assumed = model.startsWith('claude') ? limits.windowTokens : limits.windowTokensOther;
  const tokens = Math.min(known ?? assumed, tooManyTokens ?? Infinity);
  return { windowTokens: tokens, replyTokens: Math.min(own.replyTokensMax, tokens * limits.replyShare) };
}

/** The prompt as it stands, without an ask of its own; null before a session has begun. */
export function promptNow(agent: Agent, session: Session): Prompt | null {
  const { environment, model, conversation } = session;
  if (environment === null) return null;
  return promptOf({ model, maxTokens: agent.limits.replyTokensMax, environment, tools: agent.tools, conversation });
}

function asEvent(compaction: Compaction): Event {
  const place = { v: 2, session: '', seq: 0, atMs: 0, turn: 0, step: 0, actor: { kind: 'system', room: 'session' } } as const; // prettier-ignore
  return { ...place, type: 'context.compacted', ...compaction };
}

function weight(conversation: Conversation, head: number): number {
  const all = head + contentTokens(messagesOf(conversation));
  const { weighed } = conversation;
  return weighed === null ? all : weighed.tokens + scaleOf(conversation, head) * Math.max(0, all - estimateOf(conversation, head)); // prettier-ignore
}

/** The server's tokens for one of ours. */
function scaleOf(conversation: Conversation, head: number): number {
  const { weighed } = conversation;
  if (weighed === null) return 1;
  return Math.min(scaleMax, Math.max(1 / scaleMax, weighed.tokens / Math.max(1, estimateOf(conversation, head))));
}

/** Beyond it a counter counts something else. */
const scaleMax = 3;

/** Of what was counted, by our own measure. */
function estimateOf(conversation: Conversation, head: number): number {
  const items = conversation.items.items.slice(0, conversation.weighed?.items ?? 0);
  return head + contentTokens(messagesOf({ ...conversation, items: { items, length: items.length }, news: [] }));
}

type Block = Message['content'][number];
const known = new WeakMap<object, number>();

function once(key: object, text: () => string): number {
  let tokens = known.get(key);
  if (tokens === undefined) {
    tokens = tokensIn(text());
    known.set(key, tokens);
  }
  return tokens;
}

/** What stands around a block. */
const blockTokens = 5;

function contentTokens(messages: readonly { readonly content: readonly Block[] }[]): number {
  let tokens = 0;
  for (const { content } of messages)
    for (const block of content) tokens += blockTokens + once(block, () => textOf(block));
  return tokens;
}

function textOf(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'thinking':
      return block.thinking;
    case 'redacted_thinking':
      return block.data;
    case 'tool_use':
      return `${block.name} ${JSON.stringify(block.input)}`;
    case 'tool_result':
      return block.content;
  }
}

function headTokens(agent: Agent, session: Session): number {
  const { environment } = session;
  if (environment === null) return 0;
  return once(environment, () => {
    const prompt = promptNow(agent, session);
    return prompt === null ? '' : JSON.stringify([prompt.system, prompt.tools]);
  });
}
