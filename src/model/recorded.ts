/**
 * A model that says what was recorded: the practice model with replies for its tasks, and the replay of a session with those of its log.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { JourneymanError } from '../core/error.ts';
import type { Model, ModelInfo, Prompt, Reply, ReplyBlock, ReplyDelta } from '../core/model.ts';

export interface RecordedOptions {
  /** What comes next; throws where the recording has a fault. */
  readonly next: (prompt: Prompt, signal: AbortSignal) => Promise<Reply>;
  readonly offers?: readonly ModelInfo[];
  readonly costUsd?: Model['costUsd'];
  /** Before a reply, and between two pieces of its text, so that the panel shows it as it comes. */
  readonly startMs?: number;
  readonly pieceMs?: number;
}

export function recordedModel({ next, offers = [], costUsd = () => 0, ...pace }: RecordedOptions): Model {
  const { startMs = 0, pieceMs = 0 } = pace;
  return {
    async reply(prompt, onDelta, signal) {
      const reply = await next(prompt, signal);
      try {
        if (startMs > 0) await delay(startMs, undefined, { signal });
        await play(reply.content, pieceMs, onDelta, signal);
      } catch (thrown) {
        throw signal.aborted
          ? new JourneymanError('cancelled', 'Stopped in the middle of a reply.', { cause: thrown })
          : thrown;
      }
      return reply;
    },
    list: () => Promise.resolve(offers),
    costUsd,
  };
}

/** A few words at a time, as a model would. */
async function play(
  content: readonly ReplyBlock[],
  pieceMs: number,
  onDelta: (delta: ReplyDelta) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  for (const block of content) {
    if (block.type === 'tool_use') onDelta({ kind: 'tool', name: block.name });
    const pieces = block.type === 'text' ? (block.text.match(/(?:\S+\s*|\s+){1,3}/g) ?? []) : [];
    for (const text of pieces) {
      onDelta({ kind: 'text', text });
      if (pieceMs > 0) await delay(pieceMs, undefined, { signal });
      signal.throwIfAborted();
    }
  }
}
