/** What the tools that change files share: writing what was accepted, and the report to the model in few words. */
import type { AppliedFile, ChangeSet, FileChange, Hunk } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files, TextFile } from '../core/ports.ts';
import { markerIn } from '../core/text.ts';
import type { ToolIo, ToolResult } from '../core/tool.ts';
import { revertHunks } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import { countTextLines, joinLines, withoutReturn } from '../workspace/lines.ts';

/** A marker is what the model was shown in place of a secret: it must never take the secret's place in the file. */
export function refuseMarker(text: string, field: string, path: string): void {
  const marker = markerIn(text);
  if (marker === null) return;
  throw new JourneymanError(
    'invalid_input',
    `${field} holds ${marker}, which only stands in place of a secret that you are not shown; in ${path} stands the secret itself. Nothing was written. Change the lines around it with edit_file and leave that one out; if the secret itself has to change, ask the user to do it.`,
  );
}

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
  const found = await Promise.all(accepted.map((change) => foundOf(files, change, signal)));
  if (found.every((one) => one === 'as before')) return 'not_done';
  const applied = found.flatMap((one) => (typeof one === 'string' ? [] : one));
  if (found.every((one) => typeof one !== 'string')) return resultOf(proposed, accepted, applied);
  const lines = accepted.map((change, i) => unsure(change, found[i] ?? 'changed'));
  return { status: 'interrupted', text: `Its end was not seen. The files were compared:\n${lines.join('\n')}` };
}

/** null: there is no such file. */
export async function readIfThere(files: Files, path: string, signal: AbortSignal): Promise<TextFile | null> {
  try {
    return await files.read(path, signal);
  } catch (thrown) {
    if (thrown instanceof JourneymanError && thrown.code === 'not_found') return null;
    throw thrown;
  }
}

function unsure({ path, fate }: FileChange, found: Found): string {
  const done = fate === undefined ? 'written' : fate.kind;
  if (found === 'as before') return `${path}: not ${done}, it is as it was before.`;
  if (found !== 'changed') return `${path}: ${done}.`;
  if (fate?.kind === 'moved') return `${path}: not moved as it should be. Look at it and at ${fate.to}.`;
  return `${path}: neither as before nor as it should be; somebody else changed it too. Read it.`;
}

type Found = readonly AppliedFile[] | 'as before' | 'changed';

async function foundOf(files: Files, change: FileChange, signal: AbortSignal): Promise<Found> {
  const { beforeHash, hunks, fate } = change;
  const now = await readIfThere(files, change.path, signal);
  const isBefore = (now?.hash ?? null) === beforeHash;
  if (fate?.kind === 'moved') {
    const there = await readIfThere(files, fate.to, signal);
    if (isBefore && there === null) return 'as before';
    return now === null && there?.hash === beforeHash ? [gone(change.path), standing(there)] : 'changed';
  }
  if (isBefore) return 'as before';
  if (fate?.kind === 'deleted') return now === null ? [gone(change.path)] : 'changed';
  if (now === null) return 'changed';
  const before = revertHunks(now.text, hunks);
  const isDone = beforeHash === null ? before === '' : before !== null && hashText(before) === beforeHash;
  return isDone ? [standing(now)] : 'changed';
}

function standing({ path, hash, unsaved }: TextFile): AppliedFile {
  return { path, afterHash: hash, saved: !unsaved };
}

function gone(path: string): AppliedFile {
  return { path, afterHash: hashText(''), saved: true };
}

function resultOf(proposed: ChangeSet, accepted: ChangeSet, applied: readonly AppliedFile[]): ToolResult {
  const lines = proposed.map((change) =>
    report(change, accepted.find(({ path }) => path === change.path)?.hunks ?? []),
  );
  lines.push(...applied.flatMap(({ path, formatted = [] }) => savedWords(path, formatted)));
  if (applied.some(({ saved }) => !saved)) lines.push('Not saved yet: commands see the older text on disk.');
  return { status: 'ok', text: lines.join('\n'), detail: { kind: 'edit', applied: accepted, files: applied } };
}

function report({ path, beforeHash, hunks, fate }: FileChange, accepted: readonly Hunk[]): string {
  if (fate !== undefined && accepted.length === 0) return `${path} was not ${fate.kind}.`;
  if (fate?.kind === 'moved') return `Moved ${path} to ${fate.to}.`;
  if (fate?.kind === 'deleted') {
    return `Deleted ${path}, ${counted(countTextLines(joinLines(accepted.flatMap(({ removed }) => removed))), 'line')}.`;
  }
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

/** What saving made of the agent's text (format on save, say), as it stands there now; whole changes, as far as there is room. */
function savedWords(path: string, hunks: readonly Hunk[]): readonly string[] {
  if (hunks.length === 0) return [];
  let room = limits.formattedLines;
  const shown: string[] = [];
  const longer: string[] = [];
  for (const [i, place] of newPlaces(hunks).entries()) {
    const lines = hunks[i]?.added ?? [];
    const numbered = lines.map(
      (line, n) => `${String(place.line + n)}\t${withoutReturn(line).slice(0, limits.lineChars)}`,
    );
    if (lines.length > room) longer.push(placeWords(place));
    else shown.push(...(lines.length === 0 ? [`${String(place.line)}\t[lines removed before this one]`] : numbered));
    room -= lines.length;
  }
  const head = `Saving it changed ${path} further, as the user's settings say (formatting): ${linesOf(hunks)}.`;
  return [
    shown.length === 0 ? head : `${head} There it now reads:\n${shown.join('\n')}`,
    ...(longer.length === 0 ? [] : [`Read lines ${longer.join(', ')} before you edit there.`]),
  ];
}

interface NewPlace {
  readonly line: number;
  readonly count: number;
}

/** Where the changes stand in the new text. */
function newPlaces(hunks: readonly Hunk[]): readonly NewPlace[] {
  let shift = 0;
  return hunks.map(({ startLine, removed, added }) => {
    const line = startLine + shift;
    shift += added.length - removed.length;
    return { line, count: added.length };
  });
}

function placeWords({ line, count }: NewPlace): string {
  if (count === 0) return `${String(line)} (removed)`;
  return count === 1 ? String(line) : `${String(line)}-${String(line + count - 1)}`;
}

function linesOf(hunks: readonly Hunk[]): string {
  const parts = newPlaces(hunks).map(placeWords);
  return `${parts.length === 1 && !parts[0]?.includes('-') ? 'line' : 'lines'} ${parts.join(', ')}`;
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
