/** One reply of the model, asked for as often as its faults allow; every try and every fault is in the log. */
import { promptHash, promptOf } from '../context/prompt.ts';
import { JourneymanError, toError, type ErrorCode } from '../core/error.ts';
import type { Fact } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Reply } from '../core/model.ts';
import type { Agent } from './agent.ts';
import type { Journal } from './journal.ts';

const passing: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded', 'unavailable', 'timeout']);

/** Throws what could not be retried. When it returns, the reply is appended. */
export async function requestReply(agent: Agent, journal: Journal, signal: AbortSignal): Promise<Reply> {
  const { environment, model, conversation } = journal.state;
  if (environment === null) throw new JourneymanError('bug', 'The session has no start.');
  const prompt = promptOf({
    model,
    maxTokens: agent.limits.replyTokensMax,
    environment,
    tools: agent.tools,
    conversation,
  });
  const hash = promptHash(prompt);
  // A request that was cut off with its process is asked again as a further try of the same step.
  const before = journal.state.turn?.attempt ?? 0;
  for (let tries = 1; ; tries++) {
    const attempt = before + tries;
    const system = { kind: 'system', room: 'session' } as const;
    const fact: Fact = { type: 'model.requested', model, promptHash: hash, messages: prompt.messages.length, attempt };
    await journal.append(system, fact);
    const sentAtMs = journal.clock.now();
    let firstByteMs: number | null = null;
    try {
      const reply = await agent.model.reply(
        prompt,
        (delta) => {
          firstByteMs ??= journal.clock.now() - sentAtMs;
          journal.delta(delta);
        },
        signal,
      );
      const ms = journal.clock.now() - sentAtMs;
      const responded: Fact = {
        type: 'model.responded',
        reply,
        firstByteMs,
        ms,
        costUsd: agent.model.costUsd(reply.model, reply.usage),
      };
      void journal.append({ kind: 'agent', model: reply.model }, responded); // on disk before the first effect, with the calls in it
      return reply;
    } catch (thrown) {
      const error = toError(thrown);
      if (signal.aborted) throw new JourneymanError('cancelled', 'Stopped.', { cause: thrown });
      const retryInMs =
        passing.has(error.code) && tries < limits.modelAttempts ? waitMs(tries, error.retryAfterMs) : null;
      await journal.append(system, { type: 'model.failed', code: error.code, message: error.message, retryInMs });
      if (retryInMs === null) throw error;
      await journal.clock.sleep(retryInMs, signal);
    }
  }
}

function waitMs(attempt: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(limits.modelBackoffMs * 2 ** (attempt - 1), limits.modelBackoffMsMax);
}
