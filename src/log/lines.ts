/** The bytes of a log as events: whole lines only, places without gaps, a torn tail told apart from a damaged middle. */
import { JourneymanError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import { isObject } from '../core/json.ts';

export interface Decoded {
  readonly events: readonly Event[];
  /** Length of the whole lines; what stands behind is torn. */
  readonly bytes: number;
  readonly torn: boolean;
}

/** Throws `corrupt` when a line that is not the last cannot be read. */
export function decode(data: Buffer, session: SessionId): Decoded {
  const events: Event[] = [];
  let bytes = 0;
  while (bytes < data.length) {
    const end = data.indexOf(10, bytes);
    const event = end < 0 ? null : decodeLine(data.toString('utf8', bytes, end), events.length + 1, session);
    if (event === null) {
      const last = end < 0 || end === data.length - 1;
      if (last) return { events, bytes, torn: true };
      throw new JourneymanError(
        'corrupt',
        `Session ${session} is damaged at event ${String(events.length + 1)} (byte ${String(bytes)}). The ${String(events.length)} events before are whole; nothing was changed.`,
      );
    }
    events.push(event);
    bytes = end + 1;
  }
  return { events, bytes, torn: false };
}

function decodeLine(line: string, seq: number, session: SessionId): Event | null {
  try {
    const value: unknown = JSON.parse(line);
    if (
      !isObject(value) ||
      value['v'] !== 1 ||
      value['seq'] !== seq ||
      value['session'] !== session ||
      typeof value['type'] !== 'string'
    )
      return null;
    return value as unknown as Event;
  } catch {
    return null;
  }
}

/** What the person named it, else the first line of the first message. */
export function titleOf(events: readonly Event[]): string {
  let title: string | null = null;
  for (const event of events) {
    if (event.type === 'turn.started') title ??= firstLine(event.text);
    if (event.type === 'session.changed' && event.title !== undefined) title = event.title;
  }
  return title ?? 'New session';
}

export function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 80 ? `${line.slice(0, 79).trimEnd()}…` : line;
}
