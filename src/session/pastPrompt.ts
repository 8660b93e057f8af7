/** The prompt of a past step, made again from what the log held then. */
import { promptHash, promptOf } from '../context/prompt.ts';
import type { Event } from '../core/event.ts';
import type { Prompt } from '../core/model.ts';
import type { Tool } from '../core/tool.ts';
import { emptySession, foldAll } from './fold.ts';

export interface PastPrompt {
  readonly prompt: Prompt;
  readonly event: Event & { readonly type: 'model.requested' };
  /** It has the hash that was recorded, so it is to the byte what was sent. */
  readonly same: boolean;
}

/** null: there is no such step. */
export function promptAt(
  events: readonly Event[],
  turn: number,
  step: number,
  tools: readonly Tool[],
  maxTokens: number,
): PastPrompt | null {
  const at = events.findLastIndex((one) => one.type === 'model.requested' && one.turn === turn && one.step === step);
  const event = events[at];
  if (event?.type !== 'model.requested') return null;
  const { environment, conversation } = foldAll(emptySession, events.slice(0, at));
  if (environment === null) return null;
  const prompt = promptOf({ model: event.model, maxTokens, environment, tools, conversation });
  return { prompt, event, same: promptHash(prompt) === event.promptHash };
}
