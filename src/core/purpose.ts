/** What a model is asked for, and who answers it. */

/** `main` the steps of a task · `plan` those in plan mode · `summarise`, `title` beside the steps · `verify`, `subagent` sessions of their own. */
export const purposes = ['main', 'plan', 'summarise', 'title', 'verify', 'subagent'] as const;
export type Purpose = (typeof purposes)[number];

export const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
/** How much a model thinks before it answers, where it can be told. */
export type Effort = (typeof efforts)[number];

/** The choice for one purpose. */
export interface Route {
  readonly purpose: Purpose;
  readonly model: string;
  /** null: as the model does by itself. */
  readonly effort: Effort | null;
  /** As a clause for a person: "set for summaries". */
  readonly why: string;
}
