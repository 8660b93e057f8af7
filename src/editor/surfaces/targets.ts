/** What a command of the review is about, whoever called it: a lens, a key, a menu of the workbench, another extension. */
import * as vscode from 'vscode';
import { isObject } from '../../core/json.ts';
import type { ChangedFile, ChangedHunk, Changes, ChangeTarget } from '../changed.ts';
import type { ReviewTarget } from '../review.ts';
import { isOpen, type Lines } from './openChanges.ts';

/** Changes that are proposed, or that stand in a file. */
export type Target = ReviewTarget | ChangeTarget;

/** Of the source control "Agent changes"; its groups have the ids of their sessions. */
export const sourceControlId = 'journeyman';

/** null: nothing was named, so that the cursor says it. */
export function readTargets(
  args: readonly unknown[],
  changes: Changes,
  proposed: (uri: vscode.Uri) => ReviewTarget | null,
): readonly Target[] | null {
  const [first, second, third] = args;
  if (first instanceof vscode.Uri) {
    const proposal = proposed(first);
    if (proposal) return [proposal];
    const files = changes.of(first);
    const change =
      Array.isArray(second) && typeof third === 'number' ? parseGutterChange((second as unknown[])[third]) : null;
    return change === null ? files.map(fileTarget) : files.flatMap((file) => hunksIn(file, change));
  }
  if (isObject(first) && first['id'] === sourceControlId && 'inputBox' in first) {
    return [...new Set(changes.files.map(({ session }) => session))].map((session) => ({ session }));
  }
  const named = args.flatMap((arg): readonly Target[] => {
    if (!isObject(arg)) return [];
    if ('resourceStates' in arg && typeof arg['id'] === 'string') return [{ session: arg['id'] }];
    const target = parseTarget('target' in arg ? arg['target'] : arg);
    return target ? [target] : [];
  });
  return named.length > 0 ? named : null;
}

export function fileTarget({ session, path }: ChangedFile): ChangeTarget {
  return { session, path };
}

export function hunkTarget({ session, path }: ChangedFile, { id }: ChangedHunk): ChangeTarget {
  return { session, path, hunks: [id] };
}

export function isProposalTarget(target: Target): target is ReviewTarget {
  return 'call' in target;
}

/** Commands can be called by anyone. */
function parseTarget(value: unknown): Target | null {
  if (!isObject(value)) return null;
  const { call, token, path, hunk, session, hunks } = value;
  if (typeof call === 'string' && typeof token === 'string') {
    return {
      call,
      token,
      ...(typeof path === 'string' && { path }),
      ...(typeof hunk === 'string' && { hunk }),
    };
  }
  if (typeof session !== 'string') return null;
  const ids = Array.isArray(hunks) ? hunks.filter((id) => typeof id === 'string') : null;
  return { session, ...(typeof path === 'string' && { path }), ...(ids && { hunks: ids }) };
}

/** Lines of the document, from 0, as the gutter's own comparison has them, and how many were removed there. */
interface GutterChange {
  readonly line: number;
  readonly count: number;
  readonly removed: number;
}

function parseGutterChange(value: unknown): GutterChange | null {
  if (!isObject(value)) return null;
  const { modifiedStartLineNumber: start, modifiedEndLineNumber: end } = value;
  const { originalStartLineNumber: oldStart, originalEndLineNumber: oldEnd } = value;
  if (![start, end, oldStart, oldEnd].every((one) => typeof one === 'number')) return null;
  const [first, last, oldFirst, oldLast] = [start, end, oldStart, oldEnd] as [number, number, number, number];
  const removed = Math.max(0, oldLast - oldFirst + 1);
  // Where lines were only removed there is no end; they stood behind the line that is named.
  return last < first ? { line: first, count: 0, removed } : { line: first - 1, count: last - first + 1, removed };
}

/**
 * The gutter compares for itself: it may see two changes as one, or lines that are like their neighbours as moved by some. So those that
 * lie under it, else the nearest one of the same size, else what it touches.
 */
function hunksIn(file: ChangedFile, change: GutterChange): readonly ChangeTarget[] {
  const open = file.hunks.filter(isOpen).map((hunk) => ({ hunk, away: linesBetween(hunk, change) }));
  const under = open.filter(({ away }) => away < 0);
  const alike = open
    .filter(({ hunk }) => hunk.count === change.count && hunk.removed.length === change.removed)
    .sort((a, b) => a.away - b.away)
    .slice(0, 1);
  const found = under.length > 0 ? under : alike.length > 0 ? alike : open.filter(({ away }) => away === 0);
  const { session, path } = file;
  return found.length === 0 ? [] : [{ session, path, hunks: [...new Set(found.map(({ hunk }) => hunk.id))] }];
}

/** 0: they touch, less: they overlap. */
function linesBetween(a: Lines, b: Lines): number {
  return Math.max(a.line - b.line - b.count, b.line - a.line - a.count);
}
