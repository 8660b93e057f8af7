/** Replies of the model, asked for as often as its faults allow; every try and every fault is in the log. */
import { promptHash, promptOf } from '../context/prompt.ts';
import { JourneymanError, toError, type ErrorCode } from '../core/error.ts';
import type { Actor, Fact } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Prompt, Reply, ReplyDelta } from '../core/model.ts';
import type { Purpose } from '../core/purpose.ts';
import type { Agent } from './agent.ts';
import type { Journal } from './journal.ts';

const passing: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded', 'unavailable', 'timeout']);
const system: Actor = { kind: 'system', room: 'session' };

/** The reply to the next step. Throws what could not be retried. When it returns, the reply is appended. */
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
  const messages = prompt.messages.length;
  // A request that was cut off with its process is asked again as a further try of the same step.
  const before = journal.state.turn?.attempt ?? 0;
  const told: Told = {
    requested: (tries) => ({ type: 'model.requested', model, promptHash: hash, messages, attempt: before + tries }),
    responded: (reply, firstByteMs, ms, costUsd) => ({ type: 'model.responded', reply, firstByteMs, ms, costUsd }),
    failed: ({ code, message }, retryInMs) => ({ type: 'model.failed', code, message, retryInMs }),
    delta: (delta) => {
      journal.delta(delta);
    },
  };
  return ask(agent, journal, prompt, told, signal);
}

/** A reply beside the steps: it stands in the log and in the bill, and nowhere in the conversation. Works between turns too. */
export function askBeside(
  agent: Agent,
  journal: Journal,
  purpose: Purpose,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<Reply> {
  const { model } = prompt;
  const hash = promptHash(prompt);
  const told: Told = {
    requested: (tries) => ({ type: 'side.requested', purpose, model, promptHash: hash, attempt: tries }),
    responded: (reply, _firstByteMs, ms, costUsd) => ({ type: 'side.ended', purpose, reply, fault: null, ms, costUsd }),
    failed: ({ code, message }, retryInMs, ms) => {
      return { type: 'side.ended', purpose, reply: null, fault: { code, message, retryInMs }, ms, costUsd: 0 };
    },
    delta: () => undefined,
  };
  return ask(agent, journal, prompt, told, signal);
}

/** How tries of one request and their ends are told. */
interface Told {
  readonly requested: (tries: number) => Fact;
  readonly responded: (reply: Reply, firstByteMs: number | null, ms: number, costUsd: number | null) => Fact;
  readonly failed: (error: JourneymanError, retryInMs: number | null, ms: number) => Fact;
  readonly delta: (delta: ReplyDelta) => void;
}

async function ask(agent: Agent, journal: Journal, prompt: Prompt, told: Told, signal: AbortSignal): Promise<Reply> {
  const { model } = agent;
  const { clock } = journal;
  for (let tries = 1; ; tries++) {
    await journal.append(system, told.requested(tries));
    const sentAtMs = clock.now();
    let firstByteMs: number | null = null;
    try {
      const reply = await model.reply(
        prompt,
        (delta) => {
          firstByteMs ??= clock.now() - sentAtMs;
          told.delta(delta);
        },
        signal,
      );
      const costUsd = model.costUsd(reply.model, reply.usage);
      // On disk before the first effect, with the calls in it.
      void journal.append(
        { kind: 'agent', model: reply.model },
        told.responded(reply, firstByteMs, clock.now() - sentAtMs, costUsd),
      );
      return reply;
    } catch (thrown) {
      const error = toError(thrown);
      if (signal.aborted) throw new JourneymanError('cancelled', 'Stopped.', { cause: thrown });
      const retryInMs =
        passing.has(error.code) && tries < limits.modelAttempts ? waitMs(tries, error.retryAfterMs) : null;
      await journal.append(system, told.failed(error, retryInMs, clock.now() - sentAtMs));
      if (retryInMs === null) throw error;
      await clock.sleep(retryInMs, signal);
    }
  }
}

function waitMs(attempt: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(limits.modelBackoffMs * 2 ** (attempt - 1), limits.modelBackoffMsMax);
}
