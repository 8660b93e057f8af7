/** What a turn, a session and a day may use: the words, what of it is used up, and how that is told. */
import { limits } from './limits.ts';

export const budgetScopes = ['turn', 'session', 'day'] as const;
export type BudgetScope = (typeof budgetScopes)[number];
export const budgetUnits = ['usd', 'tokens', 'steps', 'minutes'] as const;
export type BudgetUnit = (typeof budgetUnits)[number];

/** null: no limit. */
export type Budget = Readonly<Record<BudgetUnit, number | null>>;
export type Budgets = Readonly<Record<BudgetScope, Budget>>;

export const noBudget: Budget = { usd: null, tokens: null, steps: null, minutes: null };
export const noBudgets: Budgets = { turn: noBudget, session: noBudget, day: noBudget };
/** Where nobody has set anything: a turn ends at some time. */
export const defaultBudgets: Budgets = {
  ...noBudgets,
  turn: { ...noBudget, steps: limits.stepsPerTurn, minutes: limits.minutesPerTurn },
};

export interface Spent {
  /** Of replies whose price is known. */
  readonly usd: number;
  /** Of replies whose price is not known: they stand in no amount of money. */
  readonly unpricedTokens: number;
  /** All of them. */
  readonly tokens: number;
  readonly steps: number;
  readonly minutes: number;
}
export const nothingSpent: Spent = { usd: 0, unpricedTokens: 0, tokens: 0, steps: 0, minutes: 0 };

export function addSpent(a: Spent, b: Spent): Spent {
  return {
    usd: a.usd + b.usd,
    unpricedTokens: a.unpricedTokens + b.unpricedTokens,
    tokens: a.tokens + b.tokens,
    steps: a.steps + b.steps,
    minutes: a.minutes + b.minutes,
  };
}

/** A share of one limit is used. */
export interface Reached {
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  readonly used: number;
  readonly limit: number;
  /** Tokens of unknown price that stand for money in `used`. */
  readonly unpricedTokens?: number;
}

/** Of `unit`, with what stands for it. */
export function usedOf(spent: Spent, unit: BudgetUnit): number {
  return unit === 'usd' ? spent.usd + spent.unpricedTokens / limits.tokensForUsd : spent[unit];
}

/** The first limit of which `share` is used, the widest scope first: more of a narrower one would not help. */
export function reachedOf(
  budgets: Budgets,
  spent: Readonly<Record<BudgetScope, Spent>>,
  share: number,
  but: (scope: BudgetScope, unit: BudgetUnit) => boolean = () => false,
): Reached | null {
  for (const scope of budgetScopes.toReversed()) {
    for (const unit of budgetUnits) {
      const limit = budgets[scope][unit];
      const used = usedOf(spent[scope], unit);
      if (limit === null || used < limit * share || but(scope, unit)) continue;
      const { unpricedTokens } = spent[scope];
      return { scope, unit, used, limit, ...(unit === 'usd' && unpricedTokens > 0 && { unpricedTokens }) };
    }
  }
  return null;
}

/** The lower of each. */
export function lowest(a: Budgets, b: Budgets): Budgets {
  return eachLimit((scope, unit) => {
    const [one, other] = [a[scope][unit], b[scope][unit]];
    return one === null || (other !== null && other < one) ? other : one;
  });
}

export function eachLimit(limit: (scope: BudgetScope, unit: BudgetUnit) => number | null): Budgets {
  const budget = (scope: BudgetScope): Budget => ({
    usd: limit(scope, 'usd'),
    tokens: limit(scope, 'tokens'),
    steps: limit(scope, 'steps'),
    minutes: limit(scope, 'minutes'),
  });
  return { turn: budget('turn'), session: budget('session'), day: budget('day') };
}

/** "$2.00", "1,310,000 tokens", "100 steps", "60 minutes" */
export function amountWords(unit: BudgetUnit, amount: number): string {
  if (unit === 'usd') return `$${amount.toFixed(2)}`;
  const whole = unit === 'minutes' ? Math.round(amount * 10) / 10 : Math.round(amount);
  return `${whole.toLocaleString('en-US')} ${whole === 1 ? unit.slice(0, -1) : unit}`;
}

const scopeWords: Readonly<Record<BudgetScope, string>> = {
  turn: 'for this task',
  session: 'for this session',
  day: 'for today',
};

/** "the budget of $2.00 for this session" */
export function budgetWords({ scope, unit, limit }: Pick<Reached, 'scope' | 'unit' | 'limit'>): string {
  return `the budget of ${amountWords(unit, limit)} ${scopeWords[scope]}`;
}

/** "The budget of $2.00 for this session is used." */
export function usedUpWords(reached: Reached): string {
  const unpriced =
    reached.unpricedTokens === undefined
      ? ''
      : ` ${amountWords('tokens', reached.unpricedTokens)} of unknown price count in it, ${amountWords('tokens', limits.tokensForUsd)} for $1.00.`;
  return `T${budgetWords(reached).slice(1)} is used.${unpriced}`;
}

/** "80 % of the budget of $2.00 for this session is used: $1.61." */
export function nearWords(reached: Reached): string {
  const share = Math.floor((reached.used / reached.limit) * 100);
  return `${String(share)} % of ${budgetWords(reached)} is used: ${amountWords(reached.unit, reached.used)}.`;
}

/** What cannot be kept, and what holds instead; '' where nothing is set in USD. */
export function unpricedWords(model: string, budgets: Budgets): string {
  const [scope] = budgetScopes.filter((one) => budgets[one].usd !== null);
  const limit = scope && budgets[scope].usd;
  if (scope === undefined || limit === undefined || limit === null) return '';
  return `The price of ${model} is not known, so ${budgetWords({ scope, unit: 'usd', limit })} cannot be kept. ${amountWords('tokens', limit * limits.tokensForUsd)} hold instead.`;
}

/** What is offered to be added: half of the limit, rounded up, and enough to go on with. */
export function addedAtFirst({ unit, used, limit }: Reached): number {
  const least = Math.max(limit / 2, used - limit + limit / 4);
  const grain = unit === 'usd' ? 0.05 : 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, least))) - 1);
  return Number((Math.ceil(least / grain - 1e-9) * grain).toFixed(2));
}

/** Of settings: what is no amount is no limit. */
export function budgetIn(value: unknown): Budget {
  const fields = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const amount = (unit: BudgetUnit): number | null => {
    const one = fields[unit];
    return typeof one === 'number' && Number.isFinite(one) && one > 0 ? one : null;
  };
  return { usd: amount('usd'), tokens: amount('tokens'), steps: amount('steps'), minutes: amount('minutes') };
}

/** What all sessions of one storage have used in a day. */
export interface DayBook {
  /** Writes down what this one has used, with what its next request takes at least. */
  write(day: string, session: string, spent: Spent): Promise<void>;
  /** What all but this one have used. */
  others(day: string, session: string): Promise<Spent>;
}

/** The day on the person's clock: 2026-11-22. */
export function dayOf(atMs: number): string {
  const date = new Date(atMs);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
