/** A proposed plan while a person edits it: its steps keep their keys wherever they go, so that comments go with them. */
import type { Plan, PlanItem } from '../src/protocol/view.ts';

export interface DraftStep extends PlanItem {
  /** Its place in the proposal, from 0; of an added step a number beyond its end. */
  readonly key: number;
}
export type PlanDraft = readonly DraftStep[];

export function draftOf({ items }: Plan): PlanDraft {
  return items.map((item, key) => ({ ...item, key }));
}

/** The same draft where there is no place to go. */
export function moveStep(draft: PlanDraft, key: number, by: 1 | -1): PlanDraft {
  const at = draft.findIndex((step) => step.key === key);
  const [step, other] = [draft[at], draft[at + by]];
  if (!step || !other) return draft;
  return draft.map((one) => (one === step ? other : one === other ? step : one));
}

export function removeStep(draft: PlanDraft, key: number): PlanDraft {
  return draft.filter((step) => step.key !== key);
}

/** An empty step at the end; its key is the largest. */
export function addStep(plan: Plan, draft: PlanDraft): PlanDraft {
  const key = Math.max(plan.items.length - 1, ...draft.map((step) => step.key)) + 1;
  return [...draft, { key, text: '', state: 'todo' }];
}

/** `files` as a person writes them, separated by commas. */
export function writeStep(draft: PlanDraft, key: number, text: string, files: string): PlanDraft {
  const named = [...new Set(files.split(/[,\n]/).map((file) => file.trim()))].filter((file) => file !== '');
  return draft.map((step) =>
    step.key === key ? { key, ...itemOf({ ...step, text: text.trim(), files: named }) } : step,
  );
}

/** null: as proposed. */
export function editedPlan(plan: Plan, draft: PlanDraft | null): Plan | null {
  if (draft === null) return null;
  const items = draft.map(itemOf);
  const same = items.length === plan.items.length && items.every((item, at) => isSame(item, plan.items[at]));
  return same ? null : { ...plan, items };
}

/** Comments as lines, each with its step as it stands in the draft. */
export function commentLines(draft: PlanDraft, comments: ReadonlyMap<number, string>): readonly string[] {
  return draft.flatMap(({ key, text }, at) => {
    const comment = comments.get(key);
    return comment === undefined ? [] : [`- Step ${at + 1} (${text}): ${comment}`];
  });
}

/** For the model, which has seen only the proposal. */
export function planLines({ items }: Plan): readonly string[] {
  return items.map(
    ({ text, files = [] }, at) => `${at + 1}. ${text}${files.length > 0 ? ` (files: ${files.join(', ')})` : ''}`,
  );
}

/** Files that the steps name, each once. */
export function filesOf(steps: readonly PlanItem[]): readonly string[] {
  return [...new Set(steps.flatMap(({ files = [] }) => files))];
}

function itemOf({ text, state, detail, files = [] }: PlanItem): PlanItem {
  return { text, state, ...(detail !== undefined && { detail }), ...(files.length > 0 && { files }) };
}

function isSame(a: PlanItem, b: PlanItem | undefined): boolean {
  return b !== undefined && a.text === b.text && (a.files ?? []).join('\n') === (b.files ?? []).join('\n');
}
