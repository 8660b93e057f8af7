/** The messages that wait, as a fold: the next one first. */
import type { Attachment, Event, MessageId } from '../core/event.ts';
import { limits } from '../core/limits.ts';

export interface QueuedMessage {
  readonly message: MessageId;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Given to the model with its next request; else it starts the next turn. */
  readonly steer: boolean;
}

export function foldQueue(queue: readonly QueuedMessage[], event: Event): readonly QueuedMessage[] {
  switch (event.type) {
    case 'message.queued': {
      const { message, text, attachments, steer } = event;
      return [...without(queue, message), { message, text, attachments, steer }];
    }
    case 'message.changed':
      return change(queue, event);
    case 'message.cancelled':
    case 'message.delivered':
      return without(queue, event.message);
    case 'turn.started':
      return event.message === null ? queue : without(queue, event.message);
    case 'session.forked':
    case 'session.imported':
      return [];
    default:
      return queue;
  }
}

export function isFull(queue: readonly QueuedMessage[]): boolean {
  return queue.length >= limits.queueMax;
}

/** Before which message one has to go to move by a place; null: to the end; undefined: it cannot move so. */
export function placeAfterMove(
  queue: readonly QueuedMessage[],
  message: MessageId,
  by: 1 | -1,
): MessageId | null | undefined {
  const at = queue.findIndex((one) => one.message === message);
  const to = at + by;
  if (at < 0 || to < 0 || to >= queue.length) return undefined;
  return queue[by === -1 ? to : to + 1]?.message ?? null;
}

function change(
  queue: readonly QueuedMessage[],
  { message, text, steer, before }: Event & { readonly type: 'message.changed' },
): readonly QueuedMessage[] {
  const old = queue.find((one) => one.message === message);
  if (!old) return queue;
  const fresh = { ...old, text: text ?? old.text, steer: steer ?? old.steer };
  if (before === undefined || before === message) return queue.map((one) => (one === old ? fresh : one));
  const others = queue.filter((one) => one !== old);
  const at = others.findIndex((one) => one.message === before);
  return at < 0 ? [...others, fresh] : others.toSpliced(at, 0, fresh);
}

function without(queue: readonly QueuedMessage[], message: MessageId): readonly QueuedMessage[] {
  return queue.filter((one) => one.message !== message);
}
