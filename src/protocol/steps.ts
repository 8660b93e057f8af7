/** What a call is to a person: what kind of step, on what, how it ended, which of its hunks were taken. */
import { countLines, type ChangeSet, type FileProblems, type HunkId, type HunkReview } from '../core/change.ts';
import type { CallId } from '../core/event.ts';
import { isObject, type Json } from '../core/json.ts';
import type { Decision, Effect, Resource } from '../core/permission.ts';
import type { ToolResult } from '../core/tool.ts';
import { callOfHunk } from './queries.ts';
import type { ChangedFile, ProblemCount, StepRow, StepState } from './view.ts';

/** The decision's word on every hunk, over what was said one by one. */
export function settle(step: StepRow, decision: Decision): StepRow['hunks'] {
  const hunks = new Map(step.hunks);
  const accepted =
    decision.action === 'allow'
      ? new Set((decision.accepted ?? step.changes).flatMap((file) => file.hunks.map(({ id }) => id)))
      : new Set<HunkId>();
  for (const file of step.changes) {
    for (const { id } of file.hunks) {
      if (accepted.has(id)) hunks.set(id, { state: 'accepted', reason: '', written: false });
      else if ((hunks.get(id)?.state ?? 'accepted') === 'accepted')
        hunks.set(id, { state: 'rejected', reason: '', written: false });
    }
  }
  for (const { hunk, verdict, reason } of decision.hunks ?? [])
    if (verdict !== 'proposed') hunks.set(hunk, { state: verdict, reason: reason ?? '', written: false });
  return hunks;
}

/** Hunks that a call has just written: what a person decided has their word, the rest waits for one. */
export function write(step: StepRow, changes: ChangeSet): StepRow['hunks'] {
  const hunks = new Map(step.hunks);
  const state = step.decision?.by.kind === 'user' ? 'accepted' : 'applied';
  for (const file of changes) for (const { id } of file.hunks) hunks.set(id, { state, reason: '', written: true });
  return hunks;
}

/** Reviews by the call that made the hunk. */
export function byCall(reviews: readonly HunkReview[]): ReadonlyMap<CallId, readonly HunkReview[]> {
  const groups = new Map<CallId, HunkReview[]>();
  for (const review of reviews) {
    const call = callOfHunk(review.hunk);
    const group = groups.get(call);
    if (group) group.push(review);
    else groups.set(call, [review]);
  }
  return groups;
}

export function review(step: StepRow, reviews: readonly HunkReview[]): StepRow['hunks'] {
  const hunks = new Map(step.hunks);
  for (const { hunk, state, reason } of reviews) hunks.set(hunk, { state, reason: reason ?? '', written: true });
  return hunks;
}

export function countProblems({ path, problems }: FileProblems): ProblemCount {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { path, errors, warnings: problems.length - errors };
}

export function stateOf(result: ToolResult): StepState {
  switch (result.status) {
    case 'ok':
      if (result.detail?.kind !== 'command') return 'done';
      if (result.detail.background?.isRunning === true) return 'behind';
      return result.detail.exitCode === 0 ? 'done' : 'failed';
    case 'error':
      if (result.code === 'cancelled') return 'stopped';
      if (result.code === 'denied') return 'denied';
      return result.code === 'interrupted' ? 'unseen' : 'failed';
    case 'denied':
      return 'denied';
    case 'interrupted':
      return 'unseen';
  }
}

const toolKinds: Readonly<Record<string, StepRow['what']>> = {
  read_file: 'read',
  list_files: 'list',
  search_text: 'search',
  edit_file: 'edit',
  write_file: 'edit',
  delete_file: 'edit',
  move_file: 'edit',
  run_command: 'command',
  read_output: 'background',
  send_input: 'background',
  stop_command: 'background',
  update_plan: 'plan',
};
const effectKinds: Readonly<Record<Effect, StepRow['what']>> = {
  read: 'read',
  plan: 'plan',
  note: 'other',
  write: 'edit',
  execute: 'command',
  network: 'other',
  destroy: 'edit',
};

export function whatOf(tool: string, resources: readonly Resource[] | null): StepRow['what'] {
  const known = Object.hasOwn(toolKinds, tool) ? toolKinds[tool] : undefined;
  const first = resources?.[0];
  return known ?? (first ? effectKinds[first.effect] : 'other');
}

export function objectOf(
  what: StepRow['what'],
  tool: string,
  input: Json,
  resources: readonly Resource[] | null,
): string {
  const field = (name: string): string => {
    const value = isObject(input) ? input[name] : undefined;
    return typeof value === 'string' ? value : '';
  };
  if (what === 'plan') return '';
  if (what === 'background') return field('id');
  if (what === 'search') return field('pattern') || field('query');
  return resources?.[0]?.target || field('path') || field('command') || (what === 'other' ? tool : '');
}

export function addChanges(changed: readonly ChangedFile[], changes: ChangeSet): readonly ChangedFile[] {
  const files = new Map(changed.map((file) => [file.path, file]));
  for (const file of changes) {
    const { added, removed } = countLines([file]);
    const known = files.get(file.path);
    files.set(file.path, {
      path: file.path,
      added: (known?.added ?? 0) + added,
      removed: (known?.removed ?? 0) + removed,
      isNew: known?.isNew ?? file.beforeHash === null,
      ...(file.fate && { fate: file.fate }),
    });
  }
  return [...files.values()];
}
