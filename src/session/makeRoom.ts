/**
 * Room in the conversation: before a request that would not fit, after one that did not, and when a person asks for it. What is left out can
 * be read again with `recall`; what must not be forgotten stands in the record, word for word.
 */
import { checkedSummary, summaryIn, summaryPrompt } from '../context/summary.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Actor, Compaction } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Prompt, Reply } from '../core/model.ts';
import type { Agent } from './agent.ts';
import { isOverBudget } from './budget.ts';
import { failingChecks } from './factsText.ts';
import type { Session } from './fold.ts';
import { runHooks } from './hooks.ts';
import type { Journal } from './journal.ts';
import { askBeside, requestReply, routeFor } from './request.ts';
import { planRoom, promptNow, roomDue, usedTokens, windowOf, type RoomAsk } from './room.ts';

const system: Actor = { kind: 'system', room: 'context' };

/** `requestReply`, with room made before it, and again where the server says that it does not fit. */
export async function replyWithRoom(agent: Agent, journal: Journal, signal: AbortSignal): Promise<Reply | 'held'> {
  const due = roomDue(agent, journal.state);
  if (due && (await isHeldAfterRoom(agent, journal, due, signal))) return 'held';
  for (;;) {
    try {
      return await requestReply(agent, journal, signal);
    } catch (thrown) {
      if (signal.aborted || toError(thrown).code !== 'context_overflow') throw thrown;
      if (await isHeldAfterRoom(agent, journal, { why: 'overflow', keep: '' }, signal)) return 'held';
    }
  }
}

/** A summary is paid for: what may be used is looked at again before the request itself. */
async function isHeldAfterRoom(agent: Agent, journal: Journal, ask: RoomAsk, signal: AbortSignal): Promise<boolean> {
  await makeRoom(agent, journal, ask, signal);
  return journal.state.paused || isOverBudget(agent, journal);
}

/** Throws `context_overflow` where nothing that may be left out is left. */
export async function makeRoom(agent: Agent, journal: Journal, ask: RoomAsk, signal: AbortSignal): Promise<void> {
  const { overflows } = journal.state;
  const isForced = ask.why === 'overflow';
  if (isForced && overflows >= limits.overflowsMax) throw tooLong(journal.state);
  // They hear of it; without room there would be no next request, so none can keep it from being made.
  if (ask.why !== 'asked') await runHooks(agent, journal, { event: 'PreCompact', trigger: 'auto' }, signal);
  const plan = planRoom(agent, journal.state, ask);
  const { beforeTokens = 0, afterTokens = 0 } = plan;
  if (isForced && afterTokens >= beforeTokens) throw tooLong(journal.state);
  // By our own measure alone nothing is given up: the server has the last word.
  if (ask.why === 'full' && afterTokens > beforeTokens * limits.roomGain) return;
  const summary = plan.record === undefined ? undefined : await summaryOf(agent, journal, ask, signal);
  await journal.append(system, { type: 'context.compacted', ...plan, ...(summary !== undefined && { summary }) });
}

/** What making room would come to, for a person: nothing is done. */
export function previewRoom(agent: Agent, session: Session, keep: string): Compaction {
  return planRoom(agent, session, { why: 'asked', keep });
}

/** null: there is none; a session without one still has its record. */
async function summaryOf(
  agent: Agent,
  journal: Journal,
  { keep }: RoomAsk,
  signal: AbortSignal,
): Promise<string | null> {
  const { state } = journal;
  const { model, effort } = routeFor(agent, journal, 'summarise');
  const now = promptNow(agent, state);
  const prompt = now && { ...now, model, ...(effort && { effort }) };
  if (prompt === null || prompt.messages.length === 0) return null;
  const reply = await replyBeside(agent, journal, summaryPrompt(prompt, keep, limits.summaryTokens), signal);
  const summary = reply && summaryIn(reply);
  if (summary === null) return null;
  const seen = JSON.stringify([prompt.system, prompt.messages]);
  const stands = (name: string): boolean => seen.includes(JSON.stringify(name).slice(1, -1));
  return checkedSummary(summary, stands, failingChecks(state.facts));
}

/** One that was paid for already is used. What does not fit is not asked for. */
async function replyBeside(agent: Agent, journal: Journal, prompt: Prompt, signal: AbortSignal): Promise<Reply | null> {
  const { beside } = journal.state;
  if (beside?.purpose === 'summarise') return beside.reply;
  const { windowTokens } = windowOf(agent, journal.state);
  if (usedTokens(agent, journal.state) + limits.summaryTokens > windowTokens) return null;
  try {
    return await askBeside(agent, journal, 'summarise', prompt, signal);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return null;
  }
}

function tooLong({ model }: Session): JourneymanError {
  return new JourneymanError(
    'context_overflow',
    `The conversation does not fit the window of ${model}, even with nothing in it but your messages and what was decided. Choose a model with a larger window, set its window in the settings, or begin a new session.`,
  );
}
