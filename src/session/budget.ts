/** Keeps a session to its budgets and out of circles: looked at before each request, told in the log, held until the person says more. */
import { isDeepStrictEqual } from 'node:util';
import {
  addSpent,
  budgetScopes,
  dayOf,
  nothingSpent,
  reachedOf,
  usedUpWords,
  type Budgets,
  type DayBook,
  type Reached,
  type Spent,
} from '../core/budget.ts';
import { JourneymanError } from '../core/error.ts';
import type { Actor } from '../core/event.ts';
import { noUsage, type Model } from '../core/model.ts';
import type { Stall } from '../core/stall.ts';
import type { Purpose } from '../core/purpose.ts';
import { limitsNow, spentNow } from '../protocol/budget.ts';
import type { Agent } from './agent.ts';
import type { Session } from './fold.ts';
import type { Journal } from './journal.ts';
import { findStall } from './stall.ts';

const system: Actor = { kind: 'system', room: 'session' };

/** From here on a warning. */
const nearShare = 0.8;

export interface BudgetNews {
  /** Where they are not what the log says. */
  readonly set: { readonly limits: Budgets; readonly unpriced: string | null } | null;
  readonly reached: (Reached & { readonly isNear: boolean }) | null;
}

/** What is known of budgets before a request. */
export interface BudgetWatch {
  look(session: Session, nowMs: number): Promise<BudgetNews>;
  /** No request is on its way any more. */
  rest(session: Session, nowMs: number): Promise<void>;
}

export function budgetWatch({
  limits,
  model,
  days,
}: {
  readonly limits: () => Budgets;
  readonly model: Pick<Model, 'costUsd'>;
  readonly days?: DayBook;
}): BudgetWatch {
  return {
    async look(session, nowMs) {
      const { budget, id, model: name, contextTokens } = session;
      const wanted = limits();
      const inMoney = budgetScopes.some((scope) => wanted[scope].usd !== null);
      const unpriced = inMoney && model.costUsd(name, noUsage) === null ? name : null;
      const isSame = unpriced === budget.unpriced && isDeepStrictEqual(wanted, budget.limits);
      const spent = spentNow(budget, nowMs);
      const day = dayOf(nowMs);
      const least = model.costUsd(name, { ...noUsage, cacheRead: contextTokens });
      const next: Spent =
        least === null
          ? { ...nothingSpent, tokens: contextTokens, unpricedTokens: contextTokens }
          : { ...nothingSpent, tokens: contextTokens, usd: least };
      const isDaily = Object.values(wanted.day).some((one) => one !== null);
      await days?.write(day, id ?? '', addSpent(spent.day, next)).catch((thrown: unknown) => {
        if (isDaily) throw thrown; // else nobody has to keep to it, and the log tells of a disk that fails
      });
      const others = isDaily && days ? await days.others(day, id ?? '') : nothingSpent;
      const all = { ...spent, day: addSpent(spent.day, others) };
      const now = limitsNow(budget, wanted, nowMs);
      const full = reachedOf(now, all, 1);
      const near = full ?? reachedOf(now, all, nearShare, (scope, unit) => budget.warned.includes(`${scope}.${unit}`));
      return {
        set: isSame ? null : { limits: wanted, unpriced },
        reached: near && { ...near, isNear: full === null },
      };
    },
    async rest(session, nowMs) {
      const { day } = spentNow(session.budget, nowMs);
      await days?.write(dayOf(nowMs), session.id ?? '', day).catch(() => undefined); // too much stands there
    },
  };
}

/**
 * Before each request, also before those beside the steps: overshoot is at most one request. A reply is not made shorter for what is
 * left: one that is cut runs none of its calls, and is paid for all the same. True: it is paused until the person says how it goes on.
 * Throws `budget_exhausted` where there is nobody to say it.
 */
export async function isOverBudget({ budget }: Agent, journal: Journal, purpose: Purpose = 'main'): Promise<boolean> {
  if (!budget) return false;
  const { set, reached: news } = await budget.look(journal.state, journal.clock.now());
  if (set) void journal.append(system, { type: 'budget.set', ...set });
  if (news === null) return false;
  const { isNear, ...reached } = news;
  const { turn, environment } = journal.state;
  if (isNear) {
    if (turn) void journal.append(system, { type: 'budget.reached', ...reached, then: 'goes_on' });
    return false;
  }
  // A title is worth no question, and no end.
  const pauses = environment?.attended === true && turn !== null && purpose !== 'title';
  void journal.append(system, { type: 'budget.reached', ...reached, then: pauses ? 'pauses' : 'ends' });
  if (!pauses) throw new JourneymanError('budget_exhausted', usedUpWords(reached));
  return true;
}

/** As `isOverBudget`, for what repeats: the model is told first. Throws `stalled` where nobody can say how it goes on. */
export function isInCircles({ stalls = findStall }: Agent, journal: Journal): boolean {
  const found = stalls(journal.state.stall);
  if (found === null) return false;
  const { stall, isTold } = found;
  const pauses = journal.state.environment?.attended === true;
  const then = isTold ? (pauses ? 'pauses' : 'ends') : 'tells';
  void journal.append(system, { type: 'stall.found', ...stall, then });
  if (then === 'ends') throw inCircles(stall);
  return then === 'pauses';
}

/** What a paused turn waits for more of, as it would end for it; null: it was paused by the person. */
export function heldFor({ budget, stall, paused }: Session): JourneymanError | null {
  if (!paused) return null;
  if (budget.reached !== null) return new JourneymanError('budget_exhausted', usedUpWords(budget.reached));
  return stall.holds && inCircles(stall.holds);
}

function inCircles({ what }: Stall): JourneymanError {
  return new JourneymanError('stalled', `It was going in circles. ${what}`);
}
