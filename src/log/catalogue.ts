/**
 * What is shown of a session without reading its log: a fold over its events, kept beside the log in a file that can be made anew at
 * any time and is trusted for nothing but lists and searches.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HunkId } from '../core/change.ts';
import type { CallId, Event, Seq, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { FoundSession, SessionSummary } from '../core/ports.ts';
import { firstLine } from '../core/text.ts';
import { replaceFile } from './folders.ts';
import { count, fields, flag, listOf, number, oneOf, orNull, text } from './shape.ts';

export interface Digest {
  /** Of the log up to and with the last event that is in here. */
  seq: Seq;
  bytes: number;
  title: string | null;
  /** The first line that the person wrote. */
  opening: string | null;
  folders: readonly string[];
  updatedAtMs: number;
  open: boolean;
  closed: boolean;
  outcome: SessionSummary['outcome'];
  costUsd: number | null;
  damage: string | null;
  /** Changes that stand in the files and that nobody has said a word on. */
  openHunks: Set<HunkId>;
  /** Of those, more than are told apart. */
  openMore: number;
  /** Calls that the person decided and that have not written yet: what they write has its word. */
  decided: Set<CallId>;
  /** The person's messages and the names of changed files, newest last; for searching. */
  texts: Set<string>;
  chars: number;
}

export function newDigest(): Digest {
  return {
    seq: 0,
    bytes: 0,
    title: null,
    opening: null,
    folders: [],
    updatedAtMs: 0,
    open: false,
    closed: false,
    outcome: null,
    costUsd: 0,
    damage: null,
    openHunks: new Set(),
    openMore: 0,
    decided: new Set(),
    texts: new Set(),
    chars: 0,
  };
}

/** Adds events in place: whole logs pass through here. */
export function digest(into: Digest, events: readonly Event[]): Digest {
  for (const event of events) take(into, event);
  return into;
}

function take(into: Digest, event: Event): void {
  into.seq = event.seq;
  into.updatedAtMs = event.atMs;
  switch (event.type) {
    case 'session.started':
      into.folders = event.environment.folders;
      return;
    case 'session.changed':
      into.title = event.title ?? into.title;
      return;
    case 'turn.started':
      into.opening ??= firstLine(event.text);
      into.open = true;
      into.closed = false;
      into.outcome = null;
      keep(into, event.text);
      return;
    case 'message.queued':
    case 'message.delivered':
      keep(into, event.text);
      return;
    case 'model.responded':
    case 'side.ended':
      into.costUsd = into.costUsd === null || event.costUsd === null ? null : into.costUsd + event.costUsd;
      return;
    case 'tool.decided':
      if (event.decision.by.kind === 'user') into.decided.add(event.call);
      return;
    case 'change.applied':
      for (const { path } of event.files) keep(into, path);
      if (into.decided.delete(event.call)) return;
      for (const { hunks } of event.changes) for (const { id } of hunks) addOpen(into, id);
      return;
    case 'change.reviewed':
      for (const { hunk, state } of event.hunks) {
        if (state === 'applied' || state === 'asked') addOpen(into, hunk);
        else into.openHunks.delete(hunk);
      }
      return;
    case 'files.changed':
      for (const { path } of event.files) keep(into, path);
      return;
    case 'turn.ended':
      into.decided.clear();
      into.open = false;
      into.outcome = event.outcome.kind === 'done' && !event.outcome.verified ? 'unverified' : event.outcome.kind;
      return;
    case 'conversation.rewound':
      into.open = false;
      into.closed = false;
      return;
    case 'session.forked':
    case 'session.imported':
      into.open = false;
      into.closed = false;
      into.openHunks.clear();
      into.openMore = 0;
      return;
    case 'session.closed':
      into.closed = true;
      return;
    default:
  }
}

/** Beyond some number they are only counted: too many is a hint as well. */
function addOpen(into: Digest, hunk: HunkId): void {
  if (into.openHunks.has(hunk)) return;
  if (into.openHunks.size < openHunksMax) into.openHunks.add(hunk);
  else into.openMore++;
}

const openHunksMax = 2000;

/** Said or changed again counts as new; the oldest give way. */
function keep(into: Digest, words: string): void {
  const cut = words.slice(0, limits.searchedMessageChars);
  if (!into.texts.delete(cut)) into.chars += cut.length;
  into.texts.add(cut);
  for (const oldest of into.texts) {
    if (into.chars <= limits.searchedChars) return;
    into.texts.delete(oldest);
    into.chars -= oldest.length;
  }
}

export function summaryOf(id: SessionId, known: Digest, sizeBytes: number): SessionSummary {
  const { title, opening, folders, updatedAtMs, open, closed, outcome, costUsd, damage } = known;
  const shown = title ?? opening ?? (known.seq === 0 ? `Damaged session ${id}` : 'New session');
  const openChanges = known.openHunks.size + known.openMore;
  return { id, title: shown, folders, updatedAtMs, sizeBytes, open, closed, outcome, costUsd, damage, openChanges };
}

/** What a person looks for: the session is found when all words stand somewhere in it. */
export function searchWords(words: string): readonly string[] {
  return [...new Set(words.toLowerCase().split(/\s+/).filter(Boolean))];
}

/** The line that holds most of the words, cut around the first of them; null where some word is nowhere. */
export function found(id: SessionId, known: Digest, words: readonly string[]): FoundSession | null {
  const { title } = summaryOf(id, known, 0);
  const lines = [...[...known.texts].reverse().flatMap((said) => said.split('\n')), title]; // it is shown anyway
  const whole = lines.join('\n').toLowerCase();
  if (words.length === 0 || !words.every((word) => whole.includes(word))) return null;
  let best = { line: title, held: 0, at: 0 };
  for (const line of lines) {
    const places = words.map((word) => line.toLowerCase().indexOf(word)).filter((at) => at >= 0);
    if (places.length > best.held) best = { line, held: places.length, at: Math.min(...places) };
  }
  return { id, line: around(best.line, best.at) };
}

const shownChars = 120;
const charsBefore = 40;

function around(line: string, at: number): string {
  const from = line.length <= shownChars ? 0 : Math.max(0, Math.min(at - charsBefore, line.length - shownChars));
  const cut = line.slice(from, from + shownChars).trim();
  return `${from > 0 ? '…' : ''}${cut}${from + shownChars < line.length ? '…' : ''}`;
}

/** A digest with the size and the time of the log that it was made of. */
export interface Kept {
  readonly known: Digest;
  readonly size: number;
  readonly mtimeMs: number;
}

const fileName = 'summary.json';
const format = 2;

/** Null where there is none that can be used. */
export async function readKept(folder: string): Promise<Kept | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, fileName), 'utf8'));
    if (!isFile(value)) return null;
    const { size, mtimeMs, known } = value;
    const chars = known.texts.reduce((sum, one) => sum + one.length, 0);
    const sets = {
      texts: new Set(known.texts),
      openHunks: new Set(known.openHunks),
      decided: new Set(known.decided),
    };
    return { size, mtimeMs, known: { ...known, ...sets, chars } };
  } catch {
    return null; // it is made anew from the log
  }
}

export async function writeKept(folder: string, { known, size, mtimeMs }: Kept): Promise<void> {
  const lists = { texts: [...known.texts], openHunks: [...known.openHunks], decided: [...known.decided] };
  const file = { format, size, mtimeMs, known: { ...known, ...lists } };
  // Where it cannot be written the log is read again the next time.
  await replaceFile(join(folder, fileName), JSON.stringify(file)).catch(() => undefined);
}

interface Lists {
  readonly texts: readonly string[];
  readonly openHunks: readonly HunkId[];
  readonly decided: readonly CallId[];
}

interface File {
  readonly format: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly known: Omit<Digest, keyof Lists | 'chars'> & Lists;
}

const checkFile = fields<File>({
  format: (value) => value === format,
  size: count,
  mtimeMs: number,
  known: fields<File['known']>({
    seq: count,
    bytes: count,
    title: orNull(text),
    opening: orNull(text),
    folders: listOf(text),
    updatedAtMs: number,
    open: flag,
    closed: flag,
    outcome: orNull(oneOf('done', 'unverified', 'partial', 'failed', 'cancelled')),
    costUsd: orNull(number),
    damage: orNull(text),
    openHunks: listOf(text),
    openMore: count,
    decided: listOf(text),
    texts: listOf(text),
  }),
});
function isFile(value: unknown): value is File {
  return checkFile(value);
}
