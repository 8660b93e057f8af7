/** Replies of the model, asked for as often as its faults allow; every try and every fault is in the log. */
import { promptHash, promptOf } from '../context/prompt.ts';
import { JourneymanError, toError, type ErrorCode } from '../core/error.ts';
import type { Actor, Fact } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Prompt, Reply, ReplyDelta } from '../core/model.ts';
import type { Purpose, Route } from '../core/purpose.ts';
import { routeOf } from '../model/route.ts';
import type { Agent } from './agent.ts';
import { isOverBudget } from './budget.ts';
import type { Journal } from './journal.ts';

const passing: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'overloaded', 'unavailable', 'timeout']);
/** The server itself was not heard: whether it is there can be asked with next to nothing. */
const unheard: ReadonlySet<ErrorCode> = new Set(['unavailable', 'timeout']);
const system: Actor = { kind: 'system', room: 'session' };

/** Who answers for a purpose in this session, as things are set now. */
export function routeFor(agent: Agent, { state }: Journal, purpose: Purpose): Route {
  const own = { model: state.model, effort: state.effort };
  return agent.route?.(purpose, own) ?? routeOf(purpose, own, {});
}

/** The reply to the next step; when it returns, the reply is appended. Throws what could not be retried. `held`: paused in between. */
export function requestReply(agent: Agent, journal: Journal, signal: AbortSignal): Promise<Reply | 'held'> {
  const { environment, mode, conversation } = journal.state;
  if (environment === null) throw new JourneymanError('bug', 'The session has no start.');
  // A request that was cut off with its process is asked again as a further try of the same step.
  const before = journal.state.turn?.attempt ?? 0;
  return ask(
    agent,
    journal,
    {
      routeNow: () => routeFor(agent, journal, mode === 'plan' ? 'plan' : 'main'),
      promptFor: ({ model, effort }) =>
        promptOf({
          model,
          effort,
          maxTokens: agent.limits.replyTokensMax,
          environment,
          tools: agent.tools,
          conversation,
        }),
      triesMax: limits.modelAttempts,
      isStep: true,
      requested: ({ purpose, model, effort, why }, prompt, tries) => ({
        type: 'model.requested',
        model,
        promptHash: promptHash(prompt),
        messages: prompt.messages.length,
        attempt: before + tries,
        ...((model !== journal.state.model || effort !== null) && { route: { purpose, effort, why } }),
      }),
      responded: (reply, firstByteMs, ms, costUsd) => ({ type: 'model.responded', reply, firstByteMs, ms, costUsd }),
      failed: ({ code, message }, retryInMs, _ms, waits) => ({
        type: 'model.failed',
        code,
        message,
        retryInMs,
        ...(waits && { waits }),
      }),
      delta: (delta) => {
        journal.delta(delta);
      },
    },
    signal,
  );
}

/** A reply beside the steps: it stands in the log and in the bill, and nowhere in the conversation. Works between turns too. */
export async function askBeside(
  agent: Agent,
  journal: Journal,
  purpose: Purpose,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<Reply> {
  if (await isOverBudget(agent, journal, purpose))
    throw new JourneymanError('budget_exhausted', 'It is paused for its budget.');
  const { model } = prompt;
  const reply = await ask(
    agent,
    journal,
    {
      routeNow: () => ({ purpose, model, effort: prompt.effort ?? null, why: '' }),
      promptFor: () => prompt,
      triesMax: purpose === 'title' ? 1 : limits.modelAttempts, // nobody waits for a title
      isStep: false,
      requested: (_route, _prompt, tries) => ({
        type: 'side.requested',
        purpose,
        model,
        ...(prompt.effort && { effort: prompt.effort }),
        promptHash: promptHash(prompt),
        attempt: tries,
      }),
      responded: (answer, _firstByteMs, ms, costUsd) => {
        return { type: 'side.ended', purpose, reply: answer, fault: null, ms, costUsd };
      },
      failed: ({ code, message }, retryInMs, ms) => {
        return { type: 'side.ended', purpose, reply: null, fault: { code, message, retryInMs }, ms, costUsd: 0 };
      },
      delta: () => undefined,
    },
    signal,
  );
  if (reply === 'held') throw new JourneymanError('bug', 'A request beside the steps was held.');
  return reply;
}

/** One request, and how its tries and their ends are told. */
interface Asking {
  /** Asked again after each wait: the person may have chosen another model meanwhile. */
  readonly routeNow: () => Route;
  readonly promptFor: (route: Route) => Prompt;
  readonly triesMax: number;
  /** A step goes to another model, waits for a server that is gone, and is held by a pause. */
  readonly isStep: boolean;
  readonly requested: (route: Route, prompt: Prompt, tries: number) => Fact;
  readonly responded: (reply: Reply, firstByteMs: number | null, ms: number, costUsd: number | null) => Fact;
  readonly failed: (error: JourneymanError, retryInMs: number | null, ms: number, waits: boolean) => Fact;
  readonly delta: (delta: ReplyDelta) => void;
}

async function ask(agent: Agent, journal: Journal, asking: Asking, signal: AbortSignal): Promise<Reply | 'held'> {
  const { isStep, triesMax } = asking;
  const { clock } = journal;
  let usual = asking.routeNow();
  let route = usual;
  let prompt = asking.promptFor(route);
  let overloads = 0;
  for (let tries = 1; ; tries++) {
    await journal.append(system, asking.requested(route, prompt, tries));
    const sentAtMs = clock.now();
    let firstByteMs: number | null = null;
    try {
      const reply = await agent.model.reply(
        prompt,
        (delta) => {
          firstByteMs ??= clock.now() - sentAtMs;
          asking.delta(delta);
        },
        signal,
      );
      const costUsd = agent.model.costUsd(reply.model, reply.usage);
      // On disk before the first effect, with the calls in it.
      void journal.append(
        { kind: 'agent', model: reply.model },
        asking.responded(reply, firstByteMs, clock.now() - sentAtMs, costUsd),
      );
      return reply;
    } catch (thrown) {
      const error = capped(toError(thrown));
      if (signal.aborted) throw new JourneymanError('cancelled', 'Stopped.', { cause: thrown });
      const ms = clock.now() - sentAtMs;
      const isPassing = passing.has(error.code);
      overloads = error.code === 'overloaded' ? overloads + 1 : 0;
      const other = isStep && overloads >= limits.overloadsMax ? (agent.fallbackModel?.() ?? null) : null;
      if (other !== null && other !== route.model) {
        await journal.append(system, asking.failed(error, 0, ms, false));
        const why = `${route.model} was overloaded ${String(overloads)} times in a row`;
        route = { ...route, model: other, effort: null, why };
        prompt = asking.promptFor(route);
        overloads = 0;
        continue;
      }
      const retryInMs = isPassing && tries < triesMax ? waitMs(tries, error.retryAfterMs, agent.random) : null;
      const waits = isPassing && retryInMs === null && isStep && holds(agent, journal);
      await journal.append(system, asking.failed(error, retryInMs, ms, waits));
      if (retryInMs !== null) await journal.wait(retryInMs, signal);
      else if (waits) await untilHeard(agent, journal, error.code, tries - triesMax, signal);
      else throw isPassing && tries > 1 ? inVain(error, tries) : error;
      if (isStep && journal.state.paused) return 'held';
      const now = asking.routeNow();
      if (now.model === usual.model && now.effort === usual.effort) continue;
      usual = route = now;
      prompt = asking.promptFor(route);
      overloads = 0;
    }
  }
}

/** With a person, a run whose server is gone waits: nothing is lost, and it goes on when the server is back. Alone, it ends. */
function holds(agent: Agent, { state }: Journal): boolean {
  return agent.waitsForServer?.() ?? state.environment?.attended ?? false;
}

/** Until the server answers a small question again, or the person says that it should be tried; `round`: how often it was waited so. */
async function untilHeard(
  { model }: Agent,
  journal: Journal,
  code: ErrorCode,
  round: number,
  signal: AbortSignal,
): Promise<void> {
  for (let i = round; ; i++) {
    const isWoken = await journal.wait(Math.min(limits.serverProbeMs * 2 ** i, limits.serverProbeMsMax), signal);
    if (isWoken || !unheard.has(code) || !model.probe || (await model.probe(signal))) return;
  }
}

/** A wait that nobody would sit out is cut short, and said to be. */
function capped(error: JourneymanError): JourneymanError {
  const { code, message, retryAfterMs } = error;
  if (retryAfterMs === null || retryAfterMs <= limits.retryAfterMsMax) return error;
  const words = `It asks to wait ${seconds(retryAfterMs)}; it is asked again after ${seconds(limits.retryAfterMsMax)}.`;
  return new JourneymanError(code, `${message} ${words}`, { cause: error, retryAfterMs: limits.retryAfterMsMax });
}

function inVain({ code, message, cause }: JourneymanError, tries: number): JourneymanError {
  return new JourneymanError(code, `${message} It was asked ${String(tries)} times.`, { cause });
}

/** Spread, so that those who were turned away together do not come back together. */
function waitMs(tries: number, retryAfterMs: number | null, random: () => number = () => 0): number {
  const least = retryAfterMs ?? Math.min(limits.modelBackoffMs * 2 ** (tries - 1), limits.modelBackoffMsMax);
  return Math.min(Math.round(least * (1 + random() / 4)), limits.retryAfterMsMax);
}

function seconds(ms: number): string {
  return `${String(Math.round(ms / 1000))} s`;
}
