export type PlanState = 'todo' | 'doing' | 'done' | 'dropped';

export interface PlanItem {
  readonly text: string;
  readonly state: PlanState;
  /** Files the step edits or the command it runs, in a few words: "edits src/a.ts". */
  readonly detail?: string;
  /** Files or globs that the step changes; what is changed beyond those of the approved plan is flagged in the review. */
  readonly files?: readonly string[];
}

/** The agent's plan as the person sees it; every update replaces the whole. */
export interface Plan {
  readonly items: readonly PlanItem[];
  /** How one will know that the task is done: checks in plain words. */
  readonly doneWhen: readonly string[];
}
