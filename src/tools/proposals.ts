/** What `edit_file` and `write_file` share: writing what was accepted, and the report to the model in few words. */
import type { FileChange, Hunk } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { Files } from '../core/ports.ts';
import type { ToolIo, ToolResult } from '../core/tool.ts';
import { countTextLines, joinLines } from '../workspace/lines.ts';

export async function applyAccepted(files: Files, { proposed, accepted, signal }: ToolIo): Promise<ToolResult> {
  if (proposed === null || accepted === null)
    throw new JourneymanError('bug', 'a change was run without a decision on it');
  const applied = await files.apply(accepted, signal);
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
