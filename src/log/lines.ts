/**
 * Events as the lines of a log and back: JSON whose last field is the checksum of what stands before it. A line that was cut while it
 * was written is told apart from one that was damaged afterwards, and from one that a newer version wrote.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { JourneymanError } from '../core/error.ts';
import type { Event, Seq, SessionId } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import { isKnown } from './shape.ts';
import { upcast, version } from './upcast.ts';

export interface Damage {
  /** `torn`: the end of a write that never came to its end, and that nobody was told of as done. */
  readonly kind: 'torn' | 'damaged' | 'newer';
  /** The first event that cannot be read, and where it begins. */
  readonly seq: Seq;
  readonly byte: number;
}

export interface Decoded {
  readonly events: readonly Event[];
  /** Length of their lines. */
  readonly bytes: number;
  readonly damage: Damage | null;
}

const newline = 10;
const comma = 0x2c;
const brace = 0x7d;
/** `,"crc":"01234567"}` */
const tailBytes = 18;
const tailHead = Buffer.from('"crc":"');
/** Decoded at a stretch: about 15 ms. Then others of the thread have their turn. */
const stretchBytes = 1 << 20;

export function encode(event: Event): string {
  const json = JSON.stringify(event);
  return `${json.slice(0, -1)},${tail(crc32(json))}\n`;
}

/** The events that stand in `data` in their places after `after`, up to its end or to the first line that cannot be read. */
export async function decode(data: Buffer, session: SessionId, after: Seq = 0): Promise<Decoded> {
  const events: Event[] = [];
  let bytes = 0;
  let stretch = stretchBytes;
  while (bytes < data.length) {
    const seq = after + events.length + 1;
    const end = data.indexOf(newline, bytes);
    const line = end < 0 ? 'unreadable' : decodeLine(data, bytes, end, session, seq);
    if (typeof line === 'string') {
      const kind = line === 'newer' ? line : end < 0 ? tailKind(data, bytes, session, seq) : 'damaged';
      return { events, bytes, damage: { kind, seq, byte: bytes } };
    }
    events.push(line);
    bytes = end + 1;
    if (bytes > stretch) {
      stretch = bytes + stretchBytes;
      await breathe();
    }
  }
  return { events, bytes, damage: null };
}

/** A cut write has no newline at its end; a whole line whose newline became something else was damaged, and may count for much. */
function tailKind(data: Buffer, start: number, session: SessionId, seq: Seq): Damage['kind'] {
  if (decodeLine(data, start, data.length, session, seq) === 'newer') return 'newer';
  return decodeLine(data, start, data.length - 1, session, seq) === 'unreadable' ? 'torn' : 'damaged';
}

/** One line, without its newline, from `start` to `end`. `misplaced`: whole, but not the one that belongs there. */
export function decodeLine(
  data: Buffer,
  start: number,
  end: number,
  session: SessionId,
  seq: Seq,
): Event | 'unreadable' | 'misplaced' | 'newer' {
  let value: unknown;
  const checked = endsLike(data, start, end);
  try {
    value = JSON.parse(checked ? verified(data, start, end) : data.toString('utf8', start, end));
  } catch {
    return 'unreadable';
  }
  if (!isObject(value)) return 'unreadable';
  const { v } = value;
  if (typeof v === 'number' && v > version) return 'newer';
  if (v === version && checked) {
    if (!isKnown(value['type'])) return 'newer';
    return value['seq'] === seq && value['session'] === session ? (value as unknown as Event) : 'misplaced';
  }
  const event = v === 1 && !checked ? upcast(value) : null;
  return event === null ? 'unreadable' : event.seq === seq && event.session === session ? event : 'misplaced';
}

function endsLike(data: Buffer, start: number, end: number): boolean {
  const at = end - tailBytes;
  return at > start && data[at] === comma && data[at + 2] === 0x63 && data[at + 3] === 0x72 && data[at + 4] === 0x63; // ,"crc
}

/** The JSON that the checksum was made of; empty where they do not agree. It differs from the line in one byte, which is lent. */
function verified(data: Buffer, start: number, end: number): string {
  const at = end - tailBytes;
  data[at] = brace;
  const crc = crc32(data.subarray(start, at + 1));
  const json = isTail(data, at + 1, crc) ? data.toString('utf8', start, at + 1) : '';
  data[at] = comma;
  return json;
}

function tail(crc: number): string {
  return `"crc":"${(crc + 0x1_0000_0000).toString(16).slice(1)}"}`;
}

/** `tail(crc)` stands there: compared byte by byte, since one string less for each line is a tenth of the time. */
function isTail(data: Buffer, at: number, crc: number): boolean {
  for (let i = 0; i < 7; i++) if (data[at + i] !== tailHead[i]) return false;
  for (let i = 0; i < 8; i++) {
    const digit = (crc >>> (28 - 4 * i)) & 15;
    if (data[at + 7 + i] !== (digit < 10 ? 48 + digit : 87 + digit)) return false;
  }
  return data[at + 15] === 0x22 && data[at + 16] === brace;
}

/** For a person: what is wrong, what is whole, what can be done. Null for a torn tail, which is no damage. */
export function damageWords(session: SessionId, damage: Damage | null): string | null {
  if (damage === null || damage.kind === 'torn') return null;
  const { kind, seq, byte } = damage;
  const whole =
    seq === 1
      ? 'Nothing of it can be read.'
      : `What comes before it is whole: it can be read, and a fork goes on from there.`;
  return kind === 'newer'
    ? `Session ${session} was written by a newer version from event ${String(seq)} on; nothing was changed. Update Journeyman to go on with it. ${whole}`
    : `Session ${session} is damaged at event ${String(seq)} (byte ${String(byte)}); nothing was changed. ${whole}`;
}

export function refuseDamage(session: SessionId, damage: Damage | null): void {
  const words = damageWords(session, damage);
  if (words !== null) throw new JourneymanError('corrupt', words);
}
