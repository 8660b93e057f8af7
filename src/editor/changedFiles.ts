/** What surfaces, panel and model are told of a file with changes, made from its ledger. */
import * as vscode from 'vscode';
import type { HunkId, HunkReview } from '../core/change.ts';
import type { Attachment } from '../core/event.ts';
import type { ReviewedFile } from '../protocol/messages.ts';
import { hunksOf, isOpen, type FileLedger, type LedgerHunk, type Region } from '../review/ledger.ts';
import { fateOf, type TrackedFile } from '../review/record.ts';
import type { ChangedFile, ChangedHunk } from './changed.ts';
import type { FollowedSession } from './followedSession.ts';

export const baselineScheme = 'journeyman-baseline';

/** null: nothing of it is open or was typed into. */
export function changedFile(
  session: FollowedSession,
  file: TrackedFile,
  absolute: (path: string) => string,
): ChangedFile | null {
  const { path, ledger, outsidePlan } = file;
  const hunks = changedHunks(ledger);
  if (!hunks.some(({ state }) => isOpen({ state }) || state === 'edited')) return null;
  const uri = vscode.Uri.file(absolute(path));
  return {
    session: session.id,
    title: session.title,
    path,
    uri,
    baseline: uri.with({ scheme: baselineScheme, query: session.id }),
    ...fateOf(file),
    hunks,
    openCount: openIds(ledger).size,
    outsidePlan,
  };
}

/** What the panel shows; decided ones too. */
export function reviewedFile(
  { path, ledger, outsidePlan }: TrackedFile,
  problems: ReviewedFile['problems'],
): ReviewedFile {
  const superseded = ledger.superseded.map((id) => ({ id, state: 'superseded', line: 1 }) as const);
  const hunks = hunksOf(ledger).flatMap(({ hunk, state, regions: [first] }) => {
    if (state === 'proposed' || !first) return [];
    const { reason, start } = first;
    return [{ id: hunk, state, line: start + 1, ...(reason !== undefined && { reason }) }];
  });
  return { path, outsidePlan, problems, hunks: [...hunks, ...superseded] };
}

export function openIds({ regions }: FileLedger): ReadonlySet<HunkId> {
  return new Set(regions.filter(isOpen).map(({ hunk }) => hunk));
}

/** What the log is told of hunks, with the lines where they stand. */
export function reviewsOf(ledger: FileLedger, hunks: ReadonlySet<HunkId>): readonly HunkReview[] {
  return hunksOf(ledger).flatMap(({ hunk, state, regions: [first] }) => {
    if (!hunks.has(hunk) || !first || state === 'proposed') return [];
    const { reason, start } = first;
    return [{ hunk, state, line: start + 1, ...(reason !== undefined && { reason }) }];
  });
}

/** A hunk as it goes to the model with the person's words: what stood there, and what stands there now. */
export function attachmentOf(path: string, { lines }: FileLedger, { regions }: LedgerHunk): Attachment {
  const first = regions[0]?.start ?? 0;
  const last = regions.at(-1);
  const end = last ? last.start + last.count : first;
  const removed = regions.flatMap(({ base }) => base).map((line) => `- ${withoutReturn(line)}`);
  const added = lines.slice(first, end).map((line) => `+ ${withoutReturn(line)}`);
  const place = end - first > 1 ? `${String(first + 1)}-${String(end)}` : String(first + 1);
  return { kind: 'change', label: `${path}:${place}`, text: [...removed, ...added].join('\n') };
}

function changedHunks({ regions }: FileLedger): readonly ChangedHunk[] {
  const open = [...openIds({ lines: [], regions, superseded: [] })];
  return regions.flatMap((region): ChangedHunk | readonly ChangedHunk[] => {
    const { hunk, state, start, count, reason } = region;
    if (state === 'proposed') return [];
    const number = isOpen(region) ? open.indexOf(hunk) + 1 : 0;
    return {
      id: hunk,
      state,
      line: start,
      count,
      removed: removedOf(region),
      reason: reason ?? null,
      number,
      total: number === 0 ? 0 : open.length,
    };
  });
}

/** What stood there before; nothing where it stands there again. */
function removedOf({ state, base }: Region): readonly string[] {
  return state === 'rejected' ? [] : base.map(withoutReturn);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
