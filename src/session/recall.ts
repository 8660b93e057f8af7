/** What was said and seen in one session, from its log: read again by the place of an event, or found by words. */
import type { BlobRef } from '../core/checkpoint.ts';
import type { CallId, Event, Seq } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Blobs } from '../core/ports.ts';
import type { RecallHit } from '../core/recall.ts';
import type { SessionHistory, ToolResult } from '../core/tool.ts';

/** `events` as they stand when it is asked. */
export function sessionHistory(session: string, events: readonly Event[], blobs: Blobs): SessionHistory {
  const find = (id: string): Event | undefined => events[Number(id) - 1];
  return {
    name: 'session',
    search: (query) => Promise.resolve(searchIn(events, query)),
    async read(id) {
      const event = find(id);
      const entry = event && entryOf(event, events);
      if (!entry) return null;
      const whole = entry.whole && (await blobs.get(session, entry.whole.hash).catch(() => null));
      return whole ? whole.toString('utf8') : entry.text;
    },
    untrustedIn(id) {
      const event = find(id);
      const entry = event && entryOf(event, events);
      return entry?.untrusted ?? null;
    },
  };
}

interface Entry {
  readonly seq: Seq;
  readonly place: string;
  readonly text: string;
  readonly whole: BlobRef | null;
  readonly untrusted: string | null;
}

/** null: the event is nothing to read. A call is read as its result. */
function entryOf(event: Event, events: readonly Event[]): Entry | null {
  const at = `turn ${String(event.turn)}${event.step > 0 ? ` step ${String(event.step)}` : ''}`;
  const entry = (what: string, text: string, more: Partial<Entry> = {}): Entry => {
    return { seq: event.seq, place: `${at}, ${what}`, text, whole: null, untrusted: null, ...more };
  };
  switch (event.type) {
    case 'turn.started':
    case 'message.delivered': {
      const attached = event.attachments.map(({ kind, label, text }) => `[${kind} ${label}]\n${text}`);
      return entry('message of the user', [event.text, ...attached].join('\n\n'));
    }
    case 'model.responded': {
      const said = event.reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      return said.length === 0 ? null : entry('your words', said.join('\n\n'));
    }
    case 'tool.requested': {
      const end = events.slice(event.seq).find((one) => one.type === 'tool.finished' && one.call === event.call);
      const input = JSON.stringify(event.input);
      return (end && entryOf(end, events)) ?? entry(`${event.tool} without an end`, input);
    }
    case 'tool.finished': {
      const { result } = event;
      if (result.status !== 'ok') return entry(callWords(event.call, event.seq, events), result.text, wholeOf(result));
      const { detail, untrusted = null } = result;
      const all = detail?.kind === 'command' && detail.whole ? { whole: detail.whole } : wholeOf(result);
      return entry(callWords(event.call, event.seq, events), result.text, { ...all, untrusted });
    }
    case 'command.ended':
      return entry(`${event.id} ${event.line}`, `${event.id} ended: ${event.how}`, { whole: event.whole ?? null });
    default:
      return null;
  }
}

function wholeOf(result: ToolResult): { readonly whole: BlobRef | null } {
  return { whole: 'whole' in result ? result.whole : null };
}

/** What was called, with its input as far as it fits a line. */
function callWords(call: CallId, before: Seq, events: readonly Event[]): string {
  for (let at = Math.min(before, events.length) - 1; at >= 0; at--) {
    const event = events[at];
    if (event?.type === 'tool.requested' && event.call === call)
      return `${event.tool} ${JSON.stringify(event.input).slice(0, inputChars)}`;
  }
  return 'a result';
}

const inputChars = 120;

/** Rare words count more than frequent ones, each the less the more often it stands in one text; of equals the newer. */
function searchIn(events: readonly Event[], query: string): readonly RecallHit[] {
  const words = [...new Set(query.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [])];
  const phrase = query.trim().toLowerCase();
  const entries = events.flatMap((event) => {
    if (event.type === 'tool.requested' || isRecall(event, events)) return [];
    const entry = entryOf(event, events);
    return entry ? [{ entry, text: `${entry.place}\n${entry.text}`.toLowerCase() }] : [];
  });
  const inTexts = words.map((word) => entries.filter(({ text }) => text.includes(word)).length);
  const scored = entries.flatMap(({ entry, text }) => {
    let score = words.length > 1 && text.includes(phrase) ? 1 : 0;
    words.forEach((word, i) => {
      const times = countOf(text, word);
      score += (Math.log(1 + entries.length / Math.max(1, inTexts[i] ?? 0)) * times) / (times + 1);
    });
    return score > 0 ? [{ entry, score }] : [];
  });
  return scored
    .sort((a, b) => b.score - a.score || b.entry.seq - a.entry.seq)
    .slice(0, limits.recallHits)
    .map(({ entry }) => ({ id: String(entry.seq), place: entry.place, text: around(entry.text, words) }));
}

/** It would find what it found before. */
function isRecall(event: Event, events: readonly Event[]): boolean {
  return event.type === 'tool.finished' && callWords(event.call, event.seq, events).startsWith('recall ');
}

function countOf(text: string, word: string): number {
  let times = 0;
  for (let at = text.indexOf(word); at >= 0 && times < timesMax; at = text.indexOf(word, at + word.length)) times++;
  return times;
}

/** More say nothing more. */
const timesMax = 10;

/** On one line, around the first place where any of the words stands. */
function around(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
  const at = Math.max(0, Math.min(...(places.length > 0 ? places : [0])) - limits.recallHitChars / 4);
  const cut = text
    .slice(at, at + limits.recallHitChars)
    .replace(/\s+/g, ' ')
    .trim();
  return `${at > 0 ? '…' : ''}${cut}${at + limits.recallHitChars < text.length ? '…' : ''}`;
}
