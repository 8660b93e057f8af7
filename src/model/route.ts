/** Which model answers for what, and how much it thinks, with the reason. Pure: a session's own choice, and what is set for a purpose. */
import type { Effort, Purpose, Route } from '../core/purpose.ts';

export interface Choice {
  readonly model?: string;
  readonly effort?: Effort;
}
/** What is set, by purpose. The model of `main` is the session's own. */
export type Routes = Readonly<Partial<Record<Purpose, Choice>>>;

/** What a session works with, as it was last chosen in it; `effort` null: nothing was. */
export interface OwnChoice {
  readonly model: string;
  readonly effort: Effort | null;
}

/** Without a model of its own, a purpose has the session's: that one reads what the steps have put into the cache. */
export function routeOf(purpose: Purpose, own: OwnChoice, routes: Routes): Route {
  const set: Choice = routes[purpose] ?? {};
  const other = purpose === 'main' ? undefined : set.model;
  const model = other ?? own.model;
  const usual = model === own.model ? (own.effort ?? routes.main?.effort ?? null) : null;
  const effort = purpose === 'main' ? usual : (set.effort ?? usual);
  const isOwn = own.effort !== null && effort === own.effort && model === own.model;
  const isSet = other !== undefined || set.effort !== undefined;
  const why = isOwn
    ? 'chosen in this session'
    : isSet
      ? `set for ${purposeWords[purpose]}`
      : 'the model of the session';
  return { purpose, model, effort, why };
}

const purposeWords: Readonly<Record<Purpose, string>> = {
  main: 'the steps of a task',
  plan: 'plan mode',
  summarise: 'summaries',
  title: 'titles',
  verify: 'checks of the work',
  subagent: 'agents that it starts',
};
