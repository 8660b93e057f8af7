/**
 * The one loop. **Invariant (the durable seam):** it reaches the world only through the agent's ports, in an order that depends on
 * nothing but what they returned; no clock, randomness or I/O of its own.
 */
import { askOf } from '../context/select.ts';
import type { BackgroundCommands } from '../core/command.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Attachment, MessageId, Outcome } from '../core/event.ts';
import type { Reply, ToolUseBlock } from '../core/model.ts';
import { limits } from '../core/limits.ts';
import { decide } from '../permission/decide.ts';
import type { Agent } from './agent.ts';
import { isInCircles, isOverBudget } from './budget.ts';
import { runCalls } from './calls.ts';
import { readGuides } from './guides.ts';
import { runHooks } from './hooks.ts';
import type { Journal } from './journal.ts';
import { replyWithRoom } from './makeRoom.ts';
import { doneOutcome, outcomeOfError } from './report.ts';
import { readRules, rulesNow } from './rules.ts';
import { findSandbox } from './sandbox.ts';
import { isSuspended } from './signal.ts';

const system = { kind: 'system', room: 'session' } as const;
/** Replies cut at their length that are asked to go on, one after the other. */
const cutRepliesMax = 3;

/** `held`: paused, or suspended with its process; the turn has no end in the log and goes on with `resumeTurn`. */
export type TurnEnd = Outcome | typeof held;
const held = { kind: 'held' } as const;

export interface Said {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** It came from the queue. */
  readonly message: MessageId | null;
}

/**
 * From a person's message to a report. Never throws for what can happen in a run: the outcome says it. Throws only when the log
 * cannot be written, since then nothing more may happen.
 */
export async function runTurn(agent: Agent, journal: Journal, said: Said, signal: AbortSignal): Promise<TurnEnd> {
  await journal.append({ kind: 'user' }, { type: 'turn.started', ...said });
  return resumeTurn(agent, journal, signal);
}

/** From wherever the log says that the open turn stands. A recorded reply is used, not asked for again. */
export async function resumeTurn(agent: Agent, journal: Journal, signal: AbortSignal): Promise<TurnEnd> {
  let outcome: Outcome;
  try {
    const end = await steps(agent, journal, signal);
    if (end.kind === 'held') return await hold(agent, journal);
    outcome = end;
  } catch (thrown) {
    // A request beside the steps may have been what is not paid for.
    if (isSuspended(signal) || isHeldForBudget(journal, thrown)) return await hold(agent, journal);
    outcome = outcomeOfError(
      journal.state,
      signal.aborted ? new JourneymanError('cancelled', 'Stopped.', { cause: thrown }) : toError(thrown),
    );
  }
  await endTurn(journal, outcome);
  await agent.budget?.rest(journal.state, journal.clock.now());
  return outcome;
}

async function hold({ budget }: Agent, journal: Journal): Promise<typeof held> {
  await journal.settled();
  await budget?.rest(journal.state, journal.clock.now());
  return held;
}

function isHeldForBudget({ state }: Journal, thrown: unknown): boolean {
  return state.paused && state.budget.reached !== null && toError(thrown).code === 'budget_exhausted';
}

export async function endTurn(journal: Journal, outcome: Outcome): Promise<void> {
  const { turn } = journal.state;
  if (turn === null) return;
  const { usage, costUsd, startedAtMs, awayMs } = turn;
  const ms = journal.clock.now() - startedAtMs - awayMs;
  await journal.append(system, { type: 'turn.ended', outcome, usage, costUsd, ms });
  await journal.settled();
}

async function steps(agent: Agent, journal: Journal, signal: AbortSignal): Promise<TurnEnd> {
  const attempt = agent.newId();
  let reply = journal.state.turn?.reply ?? null;
  for (;;) {
    if (reply === null) {
      signal.throwIfAborted();
      if (journal.state.paused) return held;
      if (await isOverBudget(agent, journal)) return held;
      deliverSteering(journal);
      if (isInCircles(agent, journal)) return held;
      await readRules(agent, journal);
      if (agent.sandbox) await findSandbox(agent.sandbox, journal, signal);
      if (agent.commands) await tellCommands(agent.commands, journal);
      await agent.feedback?.tell(journal.state.id ?? '', signal);
      await readGuides(agent, journal, signal);
      await selectCode(agent, journal, signal);
      const answer = await replyWithRoom(agent, journal, signal);
      if (answer === 'held') return held;
      reply = answer;
    }
    const end = await follow(agent, journal, reply, attempt, signal);
    if (end !== 'next') return end;
    reply = null;
  }
}

/** Of commands in the background, what has become of them since the last request. */
async function tellCommands(commands: BackgroundCommands, journal: Journal): Promise<void> {
  const { id, commands: known } = journal.state;
  for (const news of await commands.news(id ?? '', known))
    void journal.append({ kind: 'system', room: 'tools' }, { type: 'command.ended', ...news });
}

/** What a reply asks for, as far as it is not done yet. */
async function follow(
  agent: Agent,
  journal: Journal,
  reply: Reply,
  attempt: string,
  signal: AbortSignal,
): Promise<TurnEnd | 'next'> {
  if (reply.stop === 'refusal')
    throw new JourneymanError('refused', 'The model declined to answer and gave no reason.');
  const calls = reply.content.filter((block) => block.type === 'tool_use');
  const open = calls.filter(({ id }) => journal.state.turn?.answered.has(id) !== true);
  if (reply.stop === 'max_tokens') {
    const cutReplies = journal.state.turn?.cutReplies ?? 0;
    if (cutReplies > cutRepliesMax) {
      throw new JourneymanError(
        'stalled',
        `${String(cutReplies)} replies in a row were cut at ${String(agent.limits.replyTokensMax)} tokens.`,
      );
    }
    dropCalls(journal, open); // answered, not run: the last may lack its end
    void journal.append(system, { type: 'warning.raised', code: 'reply_cut', message: cutText });
    return 'next';
  }
  if (reply.stop === 'context_overflow') {
    dropCalls(journal, open); // as above; room is made before the next request
    return 'next';
  }
  if (calls.length === 0) {
    if (journal.state.queue.some(({ steer }) => steer)) return 'next';
    const stops = journal.state.turn?.hookStops ?? 0;
    const word = await runHooks(agent, journal, { event: 'Stop', active: stops > 0 }, signal);
    return word?.says === 'block' && stops < limits.hookStopsMax ? 'next' : doneOutcome(journal.state);
  }
  const denied = open.find(({ id }) => journal.state.turn?.calls.get(id)?.decision?.action === 'deny');
  if (journal.state.turn?.stopped === true && !denied) return { kind: 'cancelled' };
  const end = await runCalls(agent, journal, open, attempt, signal);
  if (end === 'held') return held;
  return end === 'stop' ? { kind: 'cancelled' } : 'next';
}

/** Messages that are to be given at once go with the next request. */
function deliverSteering(journal: Journal): void {
  for (const { message, text, attachments, steer } of journal.state.queue)
    if (steer) void journal.append({ kind: 'user' }, { type: 'message.delivered', message, text, attachments });
}

/** What the code that comes next is about goes with the request, once; nothing that the rules keep from the agent. */
async function selectCode({ selector, files, limits, windowTokens }: Agent, journal: Journal, signal: AbortSignal) {
  const { code, turn, turns, model, mode, contextTokens: usedTokens } = journal.state;
  if (!selector || turn === null) return;
  const locate = (path: string) => files.locate(path);
  const moment = {
    step: turn.step - (turn.attempt === 0 ? 0 : 1),
    turn: turns,
    tokens: limits.contextTokens,
    windowTokens: windowTokens?.(model) ?? null,
    usedTokens,
  };
  const ask = askOf(code, moment, locate);
  const selected = ask && (await selector.select(ask, signal));
  if (!selected) return;
  const pieces = selected.pieces.filter(({ path }) => {
    const resources = [{ effect: 'read', target: path }] as const;
    return decide({ mode, ...rulesNow(journal.state), resources, locate }).action === 'allow';
  });
  if (pieces.length > 0 || selected.stale.length > 0)
    void journal.append({ kind: 'system', room: 'context' }, { type: 'context.selected', ...selected, pieces });
}

const cutText =
  'Your last reply was cut at the output limit and none of its tool calls was run. Go on in smaller pieces: fewer calls a reply, files in several edits.';

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
