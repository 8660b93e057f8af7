/** Copies of files before each change, and the points that a person can restore to: one for each step that changed files. */
import type { CheckpointId } from '../core/checkpoint.ts';
import type { CallId, Event } from '../core/event.ts';
import type { StepRow } from './view.ts';

/** What was kept before a call, or before a restore. */
export interface Copy {
  readonly checkpoint: CheckpointId;
  /** null: made before a restore. */
  readonly call: CallId | null;
  readonly turn: number;
  readonly step: number;
  readonly atMs: number;
  /** What the call did then: `nothing` where no file is another one since. */
  readonly then: 'unknown' | 'changed' | 'nothing';
  /** Files that it holds; once they are known, those that changed. */
  readonly paths: readonly string[];
  /** The line of a command; null for anything else. */
  readonly line: string | null;
  /** When files last went back to it. */
  readonly restoredAtMs: number | null;
}

export interface RestorePoint {
  readonly checkpoint: CheckpointId;
  readonly turn: number;
  readonly step: number;
  readonly atMs: number;
  /** Files that would be looked at for this step alone. */
  readonly files: number;
  readonly lines: readonly string[];
  readonly edits: boolean;
  readonly isRestore: boolean;
  readonly restoredAtMs: number | null;
}

/** Mends the list in place: a log of thousands of changes is folded without copying it each time. */
export function foldCopies(copies: Copy[], event: Event, step: StepRow | null): void {
  switch (event.type) {
    case 'checkpoint.created': {
      const { checkpoint, call, turn, step: at, atMs, files } = event;
      const line = step?.what === 'command' ? step.object : null;
      const paths = files.map(({ path }) => path);
      copies.push({ checkpoint, call, turn, step: at, atMs, then: 'unknown', paths, line, restoredAtMs: null });
      return;
    }
    case 'files.changed':
      if (event.files.length > 0)
        mend(copies, event.call, { then: 'changed', paths: event.files.map(({ path }) => path) });
      return;
    case 'tool.finished': {
      if (step !== null && looks.has(step.what)) return;
      // What it changed is told before its end; an end that nobody saw tells nothing.
      const copy = copies.findLast(({ call }) => call === event.call);
      if (copy?.then === 'unknown' && event.result.status !== 'interrupted')
        mend(copies, event.call, { then: 'nothing' });
      return;
    }
    case 'checkpoint.restored': {
      const at = copies.findLastIndex(({ checkpoint }) => checkpoint === event.checkpoint);
      const copy = copies[at];
      if (copy) copies[at] = { ...copy, restoredAtMs: event.atMs };
      return;
    }
    default:
  }
}

/** Calls that never have a copy: the list is not searched for them. */
const looks: ReadonlySet<StepRow['what']> = new Set(['read', 'list', 'search', 'plan']);

/** A copy that a person can go back to. */
function changedBy({ then, paths, call }: Copy): boolean {
  return then === 'changed' || (then === 'unknown' && (paths.length > 0 || call === null));
}

/** The first copy of a step: with it all that the step changed goes back. */
export function firstCopyOf(copies: readonly Copy[], turn: number, step: number): Copy | null {
  let first: Copy | null = null;
  for (let at = copies.length - 1; at >= 0; at--) {
    const copy = copies[at];
    if (!copy || copy.turn !== turn || copy.step !== step) break;
    if (copy.call !== null && changedBy(copy)) first = copy;
  }
  return first;
}

/** Newest first. */
export function restorePoints(copies: readonly Copy[]): readonly RestorePoint[] {
  const points: RestorePoint[] = [];
  let paths = new Set<string>();
  for (const copy of copies) {
    if (!changedBy(copy)) continue;
    const last = points.at(-1);
    const { checkpoint, turn, step, atMs, line, restoredAtMs } = copy;
    const isRestore = copy.call === null;
    const lines = line === null ? [] : [line];
    if (!last || isRestore || last.isRestore || last.turn !== turn || last.step !== step) {
      paths = new Set(copy.paths);
      const edits = line === null && !isRestore;
      points.push({ checkpoint, turn, step, atMs, files: paths.size, lines, edits, isRestore, restoredAtMs });
    } else {
      for (const path of copy.paths) paths.add(path);
      points[points.length - 1] = {
        ...last,
        files: paths.size,
        lines: [...last.lines, ...lines],
        edits: last.edits || line === null,
      };
    }
  }
  return points.reverse();
}

function mend(copies: Copy[], call: CallId, patch: Partial<Copy>): void {
  const at = copies.findLastIndex((copy) => copy.call === call);
  const copy = copies[at];
  if (copy) copies[at] = { ...copy, ...patch };
}
