/** What a command of the review is about, whoever called it: a lens, a key, a menu of the workbench, another extension. */
import * as vscode from 'vscode';
import { isObject } from '../../core/json.ts';
import type { ChangedFile, ChangedHunk, Changes, ChangeTarget } from '../changed.ts';
import type { ReviewTarget } from '../review.ts';
import { isOpen } from './openChanges.ts';

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
    const range = Array.isArray(second) && typeof third === 'number' ? parseRange((second as unknown[])[third]) : null;
    return range === null ? files.map(fileTarget) : files.flatMap((file) => hunksIn(file, range));
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

/** Lines of the document, from 0, as the gutter's own comparison has them; it knows nothing of ours and may see two of them as one. */
interface LineRange {
  readonly line: number;
  readonly count: number;
}

function parseRange(value: unknown): LineRange | null {
  if (!isObject(value)) return null;
  const { modifiedStartLineNumber: start, modifiedEndLineNumber: end } = value;
  if (typeof start !== 'number' || typeof end !== 'number') return null;
  // Lines that were only removed have no end; they stood behind the line that is named.
  return end < start ? { line: start, count: 0 } : { line: start - 1, count: end - start + 1 };
}

function hunksIn(file: ChangedFile, range: LineRange): readonly ChangeTarget[] {
  const open = file.hunks.filter(isOpen);
  const overlapping = open.filter((hunk) => distance(hunk, range) < 0);
  const found = overlapping.length > 0 ? overlapping : open.filter((hunk) => distance(hunk, range) === 0);
  const { session, path } = file;
  return found.length === 0 ? [] : [{ session, path, hunks: [...new Set(found.map(({ id }) => id))] }];
}

/** Lines between the two; 0: they touch, less: they overlap. */
function distance(a: LineRange, b: LineRange): number {
  return Math.max(a.line - b.line - b.count, b.line - a.line - a.count);
}
