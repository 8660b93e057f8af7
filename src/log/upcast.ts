/** Events of older versions as events of today, so that nothing behind the log knows that there ever were others. */
import type { Event } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import { isEvent } from './shape.ts';

/** The version that is written. */
export const version = 2;

/** A line of version 1, which had no checksum; null where it is no event. */
export function upcast(value: Readonly<Record<string, unknown>>): Event | null {
  const event = { ...value, v: version, ...added(value) };
  return isEvent(event) ? event : null;
}

function added(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  switch (value['type']) {
    case 'turn.started': // there was no queue
      return { message: null };
    case 'session.started': // the first ones did not say who was there, nor what lay at the top
      return isObject(value['environment'])
        ? { environment: { attended: true, topLevel: [], ...value['environment'] } }
        : {};
    default:
      return {};
  }
}
