/**
 * The one loop. **Invariant (the durable seam):** it reaches the world only through the agent's ports, in an order that depends on
 * nothing but what they returned; no clock, randomness or I/O of its own.
 */
import { JourneymanError, toError } from '../core/error.ts';
import type { Attachment, Outcome } from '../core/event.ts';
import type { Reply, ToolUseBlock } from '../core/model.ts';
import type { Agent } from './agent.ts';
import { runCalls } from './calls.ts';
import type { Journal } from './journal.ts';
import { doneOutcome, outcomeOfError } from './report.ts';
import { requestReply } from './request.ts';

const system = { kind: 'system', room: 'session' } as const;
/** Replies cut at their length that are asked to go on, one after the other. */
const cutRepliesMax = 3;

/**
 * From a person's message to a report. Never throws for what can happen in a run: the outcome says it. Throws only when the log
 * cannot be written, since then nothing more may happen.
 */
export async function runTurn(
  agent: Agent,
  journal: Journal,
  text: string,
  attachments: readonly Attachment[],
  signal: AbortSignal,
): Promise<Outcome> {
  const startedAtMs = journal.clock.now();
  await journal.append({ kind: 'user' }, { type: 'turn.started', text, attachments, message: null });
  let outcome: Outcome;
  try {
    outcome = await steps(agent, journal, startedAtMs, signal);
  } catch (thrown) {
    outcome = outcomeOfError(
      journal.state,
      signal.aborted ? new JourneymanError('cancelled', 'Stopped.', { cause: thrown }) : toError(thrown),
    );
  }
  const { usage, costUsd } = journal.state.turn ?? { usage: journal.state.usage, costUsd: null };
  await journal.append(system, { type: 'turn.ended', outcome, usage, costUsd, ms: journal.clock.now() - startedAtMs });
  await journal.settled();
  return outcome;
}

async function steps(agent: Agent, journal: Journal, startedAtMs: number, signal: AbortSignal): Promise<Outcome> {
  const attempt = agent.newId();
  for (let step = 1, cut = 0; ; step++) {
    signal.throwIfAborted();
    if (step > agent.limits.stepsMax) {
      throw new JourneymanError(
        'budget_exhausted',
        `The limit of ${String(agent.limits.stepsMax)} steps in one turn was reached.`,
      );
    }
    if (journal.clock.now() - startedAtMs - (journal.state.turn?.waitedMs ?? 0) > agent.limits.turnMs) {
      throw new JourneymanError(
        'budget_exhausted',
        `The limit of ${String(agent.limits.turnMs / 60_000)} minutes in one turn was reached.`,
      );
    }
    const reply = await requestReply(agent, journal, signal);
    if (reply.stop === 'refusal')
      throw new JourneymanError('refused', 'The model declined to answer and gave no reason.');
    if (reply.stop === 'context_overflow')
      throw new JourneymanError('context_overflow', 'The conversation no longer fits the window of the model.');
    const calls = callsIn(reply);
    if (reply.stop === 'max_tokens') {
      if (++cut > cutRepliesMax)
        throw new JourneymanError(
          'stalled',
          `${String(cut)} replies in a row were cut at ${String(agent.limits.replyTokensMax)} tokens.`,
        );
      dropCalls(journal, calls); // answered, not run: the last may lack its end
      void journal.append(system, { type: 'warning.raised', code: 'reply_cut', message: cutText });
      continue;
    }
    cut = 0;
    if (calls.length === 0) return doneOutcome(journal.state);
    if ((await runCalls(agent, journal, calls, attempt, signal)) === 'stop') return { kind: 'cancelled' };
  }
}

const cutText =
  'Your last reply was cut at the output limit and none of its tool calls was run. Go on in smaller pieces: fewer calls a reply, files in several edits.';

function callsIn(reply: Reply): readonly ToolUseBlock[] {
  return reply.content.filter((block) => block.type === 'tool_use');
}

function dropCalls(journal: Journal, calls: readonly ToolUseBlock[]): void {
  for (const { id } of calls) {
    void journal.append(system, {
      type: 'tool.finished',
      call: id,
      result: { status: 'error', code: 'interrupted', text: 'Not run: the reply was cut.' },
      ms: 0,
    });
  }
}
