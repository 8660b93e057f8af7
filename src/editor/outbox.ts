/** Messages to the panel, gathered so that one post carries what one frame shows. */
import type { Delta } from '../core/event.ts';
import type { HostMessage } from '../protocol/messages.ts';

/** About one frame: more often is more work for the same picture. */
const gatherMs = 16;

export class Outbox {
  readonly #post: (messages: readonly HostMessage[]) => void;
  #waiting: HostMessage[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(post: (messages: readonly HostMessage[]) => void) {
    this.#post = post;
  }

  push(message: HostMessage): void {
    this.#waiting.push(message);
    this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const messages = gather(this.#waiting);
    this.#waiting = [];
    if (messages.length > 0) this.#post(messages);
  }

  /** Drops what was not posted yet. */
  clear(): void {
    this.#waiting = [];
    this.flush();
  }
}

/** Neighbours of one kind and session become one message; the order of what differs stays. */
export function gather(messages: readonly HostMessage[]): readonly HostMessage[] {
  const gathered: HostMessage[] = [];
  for (const message of messages) {
    const last = gathered.at(-1);
    if (message.type === 'events' && last?.type === 'events' && last.session === message.session) {
      gathered[gathered.length - 1] = { ...last, events: [...last.events, ...message.events] };
    } else if (message.type === 'deltas' && last?.type === 'deltas' && last.session === message.session) {
      gathered[gathered.length - 1] = { ...last, deltas: message.deltas.reduce(addDelta, last.deltas) };
    } else gathered.push(message);
  }
  return gathered;
}

function addDelta(deltas: readonly Delta[], delta: Delta): readonly Delta[] {
  const last = deltas.at(-1);
  const joined = last === undefined ? null : join(last, delta);
  return joined ? [...deltas.slice(0, -1), joined] : [...deltas, delta];
}

function join(a: Delta, b: Delta): Delta | null {
  if (a.kind === 'output' && b.kind === 'output' && a.call === b.call) return { ...a, text: a.text + b.text };
  if ((a.kind === 'text' || a.kind === 'thinking') && a.kind === b.kind) return { ...a, text: a.text + b.text };
  return null;
}
