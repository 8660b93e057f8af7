/** The lines of an audit: each names the one before it by its hash and ends in its own, so that no line can be changed, moved or taken out unseen. */
import { createHash } from 'node:crypto';
import { isObject } from '../core/json.ts';
import type { AuditEntry } from '../core/ports.ts';

export interface Tail {
  readonly lines: number;
  /** Of the last line; of the session's name where there is none. */
  readonly hash: string;
}

export interface Checked {
  readonly entries: readonly AuditEntry[];
  readonly tail: Tail;
  /** The first place that is not as it was written; null: all is. */
  readonly broken: { readonly line: number; readonly why: string } | null;
  /** Bytes of whole lines; what follows was being written when its process ended, and counts for nothing. */
  readonly wholeBytes: number;
  readonly isTorn: boolean;
}

export function beginning(session: string): Tail {
  return { lines: 0, hash: hashOf(`journeyman audit ${session}`) };
}

export function nextLine(
  { lines, hash: prev }: Tail,
  entry: AuditEntry,
): { readonly line: string; readonly tail: Tail } {
  const body = JSON.stringify({ n: lines + 1, prev, ...entry });
  const hash = hashOf(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}\n`, tail: { lines: lines + 1, hash } };
}

/**
 * Of a whole file. A last line without an end is a crash; anything else that does not fit was changed. `kept`: an end of the chain that
 * was written down beside it, never ahead of it: what is missing behind the last line shows only there.
 */
export function check(session: string, text: string, kept: Tail | null = null): Checked {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const isTorn = whole.length < text.length;
  const wholeBytes = Buffer.byteLength(whole);
  const entries: AuditEntry[] = [];
  let tail = beginning(session);
  const hashes = [tail.hash];
  for (const line of whole.split('\n').slice(0, -1)) {
    const why = faultOf(line, tail, session);
    if (why !== null) return { entries, tail, broken: { line: tail.lines + 1, why }, wholeBytes, isTorn };
    const { hash, ...rest } = JSON.parse(line) as AuditEntry & { readonly hash: string };
    entries.push(
      Object.fromEntries(Object.entries(rest).filter(([name]) => !chained.has(name))) as unknown as AuditEntry,
    );
    tail = { lines: tail.lines + 1, hash };
    hashes.push(hash);
  }
  return { entries, tail, broken: kept && missing(tail, kept, hashes[kept.lines]), wholeBytes, isTorn };
}

function missing({ lines }: Tail, kept: Tail, hash: string | undefined): Checked['broken'] {
  if (hash === kept.hash) return null;
  if (kept.lines <= lines)
    return { line: Math.max(1, kept.lines), why: 'it is not what was written: the lines were written anew' };
  const gone = kept.lines - lines;
  const count = gone === 1 ? '1 line' : `${String(gone)} lines`;
  if (lines === 0) return { line: 1, why: `the whole audit is gone, ${count} of it` };
  return { line: lines + 1, why: `lines are missing at the end, ${count}` };
}

/** The end of the chain as it is kept in a file of its own: always as long, so that one write at its start replaces it. */
export function keptText({ lines, hash }: Tail): string {
  return `${String(lines).padStart(12)} ${hash}\n`;
}

/** null: none was kept yet. What cannot be read fits no chain. */
export function keptIn(text: string): Tail | null {
  if (text === '') return null;
  const [, lines, hash] = /^ *(\d{1,12}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return { lines: Number(lines ?? 0), hash: hash ?? 'unreadable' };
}

/** What a line says of its place, not of what was done. */
const chained: ReadonlySet<string> = new Set(['n', 'prev']);

function faultOf(line: string, { lines, hash }: Tail, session: string): string | null {
  const [, body = '', own] = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/s.exec(line) ?? [];
  if (own === undefined) return 'it is no line of an audit';
  if (hashOf(`${body}}`) !== own) return 'its text was changed after it was written';
  const value: unknown = JSON.parse(`${body}}`);
  if (!isObject(value)) return 'it is no line of an audit';
  if (value['prev'] !== hash || value['n'] !== lines + 1) return 'a line before it was taken out, put in or moved';
  return value['session'] === session ? null : `it is of session ${String(value['session'])}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
