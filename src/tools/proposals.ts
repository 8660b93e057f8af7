/** What `edit_file` and `write_file` share: writing what was accepted, and the report to the model in few words. */
import type { AppliedFile, ChangeSet, FileChange, Hunk } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { ToolIo, ToolResult } from '../core/tool.ts';
import { revertHunks } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import { countTextLines, joinLines } from '../workspace/lines.ts';

export async function applyAccepted(files: Files, { proposed, accepted, signal }: ToolIo): Promise<ToolResult> {
  if (proposed === null || accepted === null)
    throw new JourneymanError('bug', 'a change was run without a decision on it');
  return resultOf(proposed, accepted, await files.apply(accepted, signal));
}

/** After a run whose end was not seen: the files themselves tell. */
export async function settleAccepted(
  files: Files,
  { proposed, accepted, signal }: Omit<ToolIo, 'onOutput'>,
): Promise<ToolResult | 'not_done'> {
  if (proposed === null || accepted === null || accepted.length === 0) return 'not_done';
  await files.tidy(accepted.map(({ path }) => path));
  const fates = await Promise.all(accepted.map((change) => fateOf(files, change, signal)));
  if (fates.every((fate) => fate === 'as before')) return 'not_done';
  const applied = fates.flatMap((fate) => (typeof fate === 'string' ? [] : [fate]));
  if (applied.length === fates.length) return resultOf(proposed, accepted, applied);
  const lines = accepted.map(({ path }, i) => {
    const fate = fates[i];
    if (fate === 'as before') return `${path}: not written, it is as it was before.`;
    return fate === 'changed'
      ? `${path}: neither as before nor as it should be; somebody else changed it too. Read it.`
      : `${path}: written.`;
  });
  return { status: 'interrupted', text: `Its end was not seen. The files were compared:\n${lines.join('\n')}` };
}

async function fateOf(
  files: Files,
  change: FileChange,
  signal: AbortSignal,
): Promise<AppliedFile | 'as before' | 'changed'> {
  const now = await files.read(change.path, signal).catch((thrown: unknown) => {
    if (thrown instanceof JourneymanError && thrown.code === 'not_found') return null;
    throw thrown;
  });
  if ((now?.hash ?? null) === change.beforeHash) return 'as before';
  if (now === null) return 'changed';
  const before = revertHunks(now.text, change.hunks);
  const isDone = change.beforeHash === null ? before === '' : before !== null && hashText(before) === change.beforeHash;
  return isDone ? { path: now.path, afterHash: now.hash, saved: !now.unsaved } : 'changed';
}

function resultOf(proposed: ChangeSet, accepted: ChangeSet, applied: readonly AppliedFile[]): ToolResult {
  const lines = proposed.map((change) =>
    report(change, accepted.find(({ path }) => path === change.path)?.hunks ?? []),
  );
  if (applied.some(({ saved }) => !saved)) lines.push('Not saved yet: commands see the older text on disk.');
  return { status: 'ok', text: lines.join('\n'), detail: { kind: 'edit', applied: accepted, files: applied } };
}

function report({ path, beforeHash, hunks }: FileChange, accepted: readonly Hunk[]): string {
  const left = hunks.filter(({ id }) => !accepted.some((one) => one.id === id));
  if (beforeHash === null && left.length === 0) {
    return `Created ${path}, ${counted(countTextLines(joinLines(accepted.flatMap(({ added }) => added))), 'line')}.`;
  }
  const where = accepted.length === 0 ? '' : `: ${linesOf(accepted)}`;
  if (left.length === 0) return `Applied ${counted(hunks.length, 'change')} to ${path}${where}.`;
  const missing = left
    .map(({ id, startLine }) => `change ${id.slice(id.lastIndexOf(':') + 1)} (line ${String(startLine)})`)
    .join(', ');
  return `Applied ${String(accepted.length)} of ${counted(hunks.length, 'change')} to ${path}${where}. Not applied: ${missing}.`;
}

/** Where the changes stand in the new text. */
function linesOf(hunks: readonly Hunk[]): string {
  let shift = 0;
  const parts = hunks.map(({ startLine, removed, added }) => {
    const start = startLine + shift;
    shift += added.length - removed.length;
    if (added.length === 0) return `${String(start)} (removed)`;
    return added.length === 1 ? String(start) : `${String(start)}-${String(start + added.length - 1)}`;
  });
  return `${parts.length === 1 && !parts[0]?.includes('-') ? 'line' : 'lines'} ${parts.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
