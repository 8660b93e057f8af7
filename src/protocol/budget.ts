/** What a session may use and has used, folded from its log; for the loop, which keeps to it, and for the panel, which shows it. */
import {
  addSpent,
  dayOf,
  eachLimit,
  noBudgets,
  nothingSpent,
  type Budgets,
  type BudgetScope,
  type BudgetUnit,
  type Reached,
  type Spent,
} from '../core/budget.ts';
import type { CallId, Event } from '../core/event.ts';
import type { Usage } from '../core/model.ts';

export interface BudgetState {
  /** As the settings have them; `added` comes on top. */
  readonly limits: Budgets;
  /** The model whose price is not known, where something is limited in USD. */
  readonly unpriced: string | null;
  readonly added: readonly Added[];
  /** Of the last turn, of the session, and of the session on the day of the last event. */
  readonly turn: Spent;
  readonly session: Spent;
  readonly day: Spent;
  readonly dayName: string;
  /** Limits that a warning was given for in this turn, as `scope.unit`. */
  readonly warned: readonly string[];
  /** It is paused for this; null: it is not. */
  readonly reached: Reached | null;
  /** Time counts: a turn is open and nobody is waited for. */
  readonly turnNumber: number;
  readonly isOpen: boolean;
  readonly asks: readonly CallId[];
  readonly lastAtMs: number;
}

interface Added {
  readonly scope: BudgetScope;
  readonly unit: BudgetUnit;
  readonly amount: number;
  readonly turn: number;
  readonly dayName: string;
}

export const unlimited: BudgetState = {
  limits: noBudgets,
  unpriced: null,
  added: [],
  turn: nothingSpent,
  session: nothingSpent,
  day: nothingSpent,
  dayName: '',
  warned: [],
  reached: null,
  turnNumber: 0,
  isOpen: false,
  asks: [],
  lastAtMs: 0,
};

export function foldBudget(before: BudgetState, event: Event): BudgetState {
  if (asides.has(event.type)) return before;
  const state = tick(before, event);
  switch (event.type) {
    case 'turn.started':
      return {
        ...state,
        turn: nothingSpent,
        warned: [],
        reached: null,
        turnNumber: event.turn,
        isOpen: true,
        asks: [],
      };
    case 'turn.ended':
    case 'conversation.rewound':
      return { ...state, reached: null, isOpen: false, asks: [] };
    case 'session.forked':
    case 'session.imported':
      // What was spent before was spent by another session, and its limits were that one's.
      return { ...unlimited, lastAtMs: event.atMs };
    case 'session.resumed':
      return { ...state, reached: null };
    case 'model.responded':
      return spend(state, { ...bill(event.reply.usage, event.costUsd), steps: 1 });
    case 'side.ended':
      return event.reply ? spend(state, bill(event.reply.usage, event.costUsd)) : state;
    case 'approval.requested':
      return { ...state, asks: [...state.asks, event.call] };
    case 'tool.decided':
    case 'tool.finished':
      return state.asks.length === 0 ? state : { ...state, asks: state.asks.filter((call) => call !== event.call) };
    case 'budget.set':
      return { ...state, limits: event.limits, unpriced: event.unpriced };
    case 'budget.added': {
      const { scope, unit, amount, turn, atMs } = event;
      const added = { scope, unit, amount, turn, dayName: dayOf(atMs) };
      const warned = state.warned.filter((one) => one !== `${scope}.${unit}`);
      return { ...state, added: [...state.added, added], warned };
    }
    case 'budget.reached': {
      const { scope, unit, used, limit, unpricedTokens, then } = event;
      const warned = [...state.warned, `${scope}.${unit}`];
      if (then !== 'pauses') return { ...state, warned };
      const reached = { scope, unit, used, limit, ...(unpricedTokens !== undefined && { unpricedTokens }) };
      return { ...state, warned, reached };
    }
    default:
      return state;
  }
}

/** With what the person added: for this turn, for this session, for that day. */
export function limitsNow(state: BudgetState, limits: Budgets = state.limits, nowMs: number = state.lastAtMs): Budgets {
  const { added, turnNumber } = state;
  if (added.length === 0) return limits;
  const today = dayOf(nowMs);
  return eachLimit((scope, unit) => {
    const limit = limits[scope][unit];
    if (limit === null) return null;
    return added
      .filter((one) => one.scope === scope && one.unit === unit)
      .filter((one) => (scope === 'turn' ? one.turn === turnNumber : scope === 'day' ? one.dayName === today : true))
      .reduce((sum, { amount }) => sum + amount, limit);
  });
}

/** What the session has used by now, the time since the last event counted. */
export function spentNow(state: BudgetState, nowMs: number): Readonly<Record<BudgetScope, Spent>> {
  const { turn, session, day } = tick(state, { atMs: nowMs });
  return { turn, session, day };
}

/** Time passes: it is work unless somebody is waited for, or nobody worked. */
function tick(
  state: BudgetState,
  { atMs, type }: { readonly atMs: number; readonly type?: Event['type'] },
): BudgetState {
  const { isOpen, asks, lastAtMs, dayName } = state;
  const worked = isOpen && asks.length === 0 && state.reached === null && type !== 'session.resumed';
  const minutes = worked ? Math.max(0, atMs - lastAtMs) / 60_000 : 0;
  const today = dayOf(atMs);
  const now = today === dayName ? state : { ...state, day: nothingSpent, dayName: today };
  const timed = { ...now, lastAtMs: atMs };
  return minutes === 0 ? timed : spend(timed, { minutes });
}

function spend(state: BudgetState, more: Partial<Spent>): BudgetState {
  const spent = { ...nothingSpent, ...more };
  return {
    ...state,
    turn: addSpent(state.turn, spent),
    session: addSpent(state.session, spent),
    day: addSpent(state.day, spent),
  };
}

function bill(usage: Usage, costUsd: number | null): Partial<Spent> {
  const tokens = usage.input + usage.cacheWrite + usage.cacheRead + usage.output;
  return costUsd === null ? { tokens, unpricedTokens: tokens } : { tokens, usd: costUsd };
}

/** What a person or the host says beside the loop: a turn that was cut may have stood still for days before it. */
const asides: ReadonlySet<Event['type']> = new Set([
  'session.changed',
  'session.closed',
  'session.paused',
  'message.queued',
  'message.changed',
  'message.cancelled',
  'change.reviewed',
  'problems.found',
  'context.adjusted',
  'rule.removed',
]);
