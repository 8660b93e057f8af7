/** What a call is to a person: what kind of step, on what, how it ended, which of its hunks were taken. */
import { countLines, type ChangeSet, type HunkId } from '../core/change.ts';
import { isObject, type Json } from '../core/json.ts';
import type { Decision, Effect, Resource } from '../core/permission.ts';
import type { ToolResult } from '../core/tool.ts';
import type { ChangedFile, StepRow, StepState } from './view.ts';

/** The decision's word on every hunk, over what was said one by one. */
export function settle(step: StepRow, decision: Decision): StepRow['verdicts'] {
  const verdicts = new Map(step.verdicts);
  const accepted =
    decision.action === 'allow'
      ? new Set((decision.accepted ?? step.changes).flatMap(({ hunks }) => hunks.map(({ id }) => id)))
      : new Set<HunkId>();
  for (const { hunks } of step.changes) {
    for (const { id } of hunks) {
      if (accepted.has(id)) verdicts.set(id, { verdict: 'accepted', reason: '' });
      else if ((verdicts.get(id)?.verdict ?? 'accepted') === 'accepted') {
        verdicts.set(id, { verdict: 'rejected', reason: '' });
      }
    }
  }
  for (const { hunk, verdict, reason } of decision.hunks ?? []) {
    if (verdict !== 'proposed') verdicts.set(hunk, { verdict, reason: reason ?? '' });
  }
  return verdicts;
}

export function stateOf(result: ToolResult): StepState {
  switch (result.status) {
    case 'ok':
      return result.detail?.kind === 'command' && result.detail.exitCode !== 0 ? 'failed' : 'done';
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
  run_command: 'command',
  update_plan: 'plan',
};
const effectKinds: Readonly<Record<Effect, StepRow['what']>> = {
  read: 'read',
  plan: 'plan',
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
    });
  }
  return [...files.values()];
}
