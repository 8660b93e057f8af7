/**
 * A session as one file, for taking it elsewhere: gzip of lines. A header, the events as in the log, the kept bytes that they name in
 * base64, and an end that counts them. What comes in this way is another person's word: each line is checked.
 */
import { Readable, pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { BlobRef, FileState } from '../core/checkpoint.ts';
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { codeOf, isId } from './folders.ts';
import { decodeLine, encode } from './lines.ts';
import { isEvent } from './shape.ts';

const format = 1;

/** The bytes that an event names. */
export function blobRefs(event: Event): readonly BlobRef[] {
  switch (event.type) {
    case 'checkpoint.created':
      return event.files.flatMap(({ state }) => blobOf(state));
    case 'files.changed':
    case 'checkpoint.restored':
      return event.files.flatMap(({ before, after }) => [...blobOf(before), ...blobOf(after)]);
    case 'tool.finished': {
      const detail = 'detail' in event.result ? event.result.detail : undefined;
      const whole = 'whole' in event.result ? event.result.whole : undefined;
      return [...(detail?.kind === 'command' && detail.whole ? [detail.whole] : []), ...(whole ? [whole] : [])];
    }
    case 'command.ended':
      return event.whole ? [event.whole] : [];
    default:
      return [];
  }
}

function blobOf(state: FileState): readonly BlobRef[] {
  return state.kind === 'file' ? [state.blob] : [];
}

/** `blob` throws where the bytes are lost or damaged: the file goes without them, as the session does. */
export async function* pack(
  session: SessionId,
  events: readonly Event[],
  blob: (hash: string) => Promise<Buffer>,
): AsyncGenerator<Uint8Array> {
  async function* lines(): AsyncGenerator<string> {
    yield line({ journeyman: 'session', version: format, session });
    for (const event of events) yield encode(event);
    let blobs = 0;
    for (const hash of new Set(events.flatMap(blobRefs).map((ref) => ref.hash))) {
      const data = await blob(hash).catch((error: unknown) => {
        if (error instanceof JourneymanError) return null;
        throw error;
      });
      if (data === null) continue;
      blobs += 1;
      yield line({ blob: hash, data: data.toString('base64') });
    }
    yield line({ end: { events: events.length, blobs } });
  }
  // What goes wrong reaches the reader of the stream; the callback has nothing to add.
  yield* pipeline(Readable.from(lines()), createGzip(), () => undefined) as AsyncIterable<Uint8Array>;
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** `keep` gets each of the kept bytes with its hash, and throws `corrupt` when they do not agree. */
export async function unpack(
  data: AsyncIterable<Uint8Array>,
  keep: (data: Buffer, hash: string) => Promise<unknown>,
): Promise<{ readonly session: SessionId; readonly events: readonly Event[] }> {
  const events: Event[] = [];
  const named = new Map<string, number>();
  let session: SessionId | null = null;
  let blobs = 0;
  let ended = false;
  let number = 0;
  for await (const one of linesOf(data)) {
    number += 1;
    const wrong = (what: string): JourneymanError => refused(`line ${String(number)} ${what}`);
    if (ended) throw wrong('stands behind its end');
    if (session === null) {
      session = headerOf(one, wrong);
    } else if (blobs === 0 && isEventLine(one)) {
      const event = eventOf(one, session, events.length + 1, wrong);
      for (const { hash, bytes } of blobRefs(event)) named.set(hash, bytes);
      events.push(event);
    } else {
      const value = jsonOf(one, wrong);
      const { blob, data: base64, end } = value;
      if (typeof blob === 'string' && typeof base64 === 'string') {
        const bytes = Buffer.from(base64, 'base64');
        if (named.get(blob) !== bytes.length) throw wrong('holds bytes that no event names');
        named.delete(blob);
        await keep(bytes, blob).catch((error: unknown) => {
          throw error instanceof JourneymanError && error.code === 'corrupt' ? wrong('is damaged') : error;
        });
        blobs += 1;
      } else if (isObject(end)) {
        if (end['events'] !== events.length || end['blobs'] !== blobs) throw wrong('counts other than what came');
        ended = true;
      } else throw wrong('is no line of such a file');
    }
  }
  if (session === null || !ended) throw refused('it is cut off');
  return { session, events };
}

function refused(what: string, cause?: unknown): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `This is no session that can be imported: ${what}. Export it again where it came from.`,
    { cause },
  );
}

type Wrong = (what: string) => JourneymanError;

function headerOf(one: Buffer, wrong: Wrong): SessionId {
  const { journeyman, version, session } = jsonOf(one, wrong);
  if (journeyman !== 'session' || typeof version !== 'number') throw wrong('is not the head of such a file');
  if (version > format)
    throw new JourneymanError(
      'invalid_input',
      'This session was exported by a newer version. Update Journeyman first.',
    );
  if (version !== format || typeof session !== 'string' || !isId(session))
    throw wrong('is not the head of such a file');
  return session;
}

function isEventLine(one: Buffer): boolean {
  return one.toString('latin1', 0, 5) === '{"v":';
}

function eventOf(one: Buffer, session: SessionId, seq: number, wrong: Wrong): Event {
  const event = decodeLine(one, 0, one.length, session, seq);
  if (event === 'newer')
    throw new JourneymanError('invalid_input', 'This session was written by a newer version. Update Journeyman first.');
  if (event === 'unreadable') throw wrong('is damaged');
  if (event === 'misplaced') throw wrong('is not the event that belongs there');
  if (!isEvent(event)) throw wrong('is no event');
  if (seq === 1 && event.type !== 'session.started') throw wrong('is not the start of a session');
  return event;
}

function jsonOf(one: Buffer, wrong: Wrong): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(one.toString('utf8'));
    if (isObject(value)) return value;
  } catch {
    // said below
  }
  throw wrong('is no line of such a file');
}

/** Whole lines, each in bytes of its own; bounded as a whole and one by one. */
async function* linesOf(data: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let total = 0;
  for await (const chunk of unzipped(data)) {
    total += chunk.length;
    if (total > limits.importBytesMax)
      throw refused(`unpacked it is larger than ${String(limits.importBytesMax / 1024 / 1024)} MB`);
    let at = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
      yield Buffer.concat([...rest, chunk.subarray(at, end)]);
      rest = [];
      restBytes = 0;
      at = end + 1;
    }
    if (at === chunk.length) continue;
    rest.push(chunk.subarray(at));
    restBytes += chunk.length - at;
    if (restBytes > limits.importLineBytes) throw refused('one of its lines is too long');
  }
  if (rest.length > 0) throw refused('it is cut off');
}

async function* unzipped(data: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    yield* pipeline(Readable.from(data), createGunzip(), () => undefined) as AsyncIterable<Buffer>;
  } catch (error) {
    throw codeOf(error)?.startsWith('Z_') === true
      ? refused('it is cut off, altered or another kind of file', error)
      : error;
  }
}
