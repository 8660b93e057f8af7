/** Which rows a person sees as one: reads side by side become a group, the steps of an ended turn one line. */
import type { ReportRow, Row, StepRow } from './view.ts';

export type Item =
  | { readonly kind: 'row'; readonly key: string; readonly row: Row; readonly inGroup: boolean }
  | { readonly kind: 'group'; readonly key: string; readonly steps: readonly StepRow[]; readonly open: boolean }
  /** All between a message and its report. */
  | { readonly kind: 'turn'; readonly key: string; readonly report: ReportRow; readonly open: boolean }
  /** The end of a turn that only answered: nothing to prove, nothing to review. */
  | { readonly kind: 'end'; readonly key: string; readonly report: ReportRow };

/** `isOpen` tells of a group or turn by its key; both are closed until a person opens them. */
export function timeline(rows: readonly Row[], isOpen: (key: string) => boolean): readonly Item[] {
  const items: Item[] = [];
  for (let start = 0; start < rows.length;) {
    let end = start + 1;
    while (end < rows.length && !begins(rows[end])) end += 1;
    addTurn(items, rows.slice(start, end), isOpen);
    start = end;
  }
  return items;
}

function addTurn(items: Item[], rows: readonly Row[], isOpen: (key: string) => boolean): void {
  const at = rows.findIndex(({ kind }) => kind === 'report');
  const report = rows[at];
  if (report?.kind !== 'report') {
    addRows(items, rows, isOpen);
    return;
  }
  const first = rows[0]?.kind === 'said' ? 1 : 0;
  addRows(items, rows.slice(0, first), isOpen);
  const inside = rows.slice(first, at);
  const answer = inside.findLast(({ kind }) => kind === 'answer');
  const onlyAnswers = isOnlyAnswer(report) && answer !== undefined;
  // A report repeats the last answer as its summary; said once is enough.
  const repeats = answer?.kind === 'answer' && summaryOf(report) === answer.text.trim();
  const steps = onlyAnswers || repeats ? inside.filter((row) => row !== answer) : inside;
  if (steps.length > 1) {
    const key = `turn:${report.key}`;
    const open = isOpen(key);
    items.push({ kind: 'turn', key, report, open });
    if (open) addRows(items, steps, isOpen);
  } else addRows(items, steps, isOpen);
  if (onlyAnswers) {
    items.push({ kind: 'row', key: answer.key, row: answer, inGroup: false }, { kind: 'end', key: report.key, report });
  } else items.push({ kind: 'row', key: report.key, row: report, inGroup: false });
  addRows(items, rows.slice(at + 1), isOpen);
}

/** Reads and searches in a row fold once something else has followed; never a write or a command. */
function addRows(items: Item[], rows: readonly Row[], isOpen: (key: string) => boolean): void {
  for (let start = 0; start < rows.length;) {
    const steps: StepRow[] = [];
    for (let at = start; at < rows.length; at++) {
      const row = rows[at];
      if (!row || !isRead(row)) break;
      steps.push(row);
    }
    const [head] = steps;
    if (head && steps.length > 1 && start + steps.length < rows.length) {
      const key = `group:${head.key}`;
      const open = isOpen(key);
      items.push({ kind: 'group', key, steps, open });
      if (open) for (const row of steps) items.push({ kind: 'row', key: row.key, row, inGroup: true });
      start += steps.length;
      continue;
    }
    const row = rows[start];
    if (row) items.push({ kind: 'row', key: row.key, row, inGroup: false });
    start += 1;
  }
}

/** What was said in the middle of a turn is a part of it. */
function begins(row: Row | undefined): boolean {
  return row?.kind === 'said' && !row.steered;
}

function isRead(row: Row): row is StepRow {
  if (row.kind !== 'step' || row.state === 'asks' || row.state === 'denied') return false;
  return row.what === 'read' || row.what === 'list' || row.what === 'search';
}

function isOnlyAnswer({ outcome, changed }: ReportRow): boolean {
  return outcome.kind === 'done' && outcome.evidence.length === 0 && changed.length === 0;
}

function summaryOf({ outcome }: ReportRow): string | null {
  return outcome.kind === 'done' || outcome.kind === 'partial' ? outcome.summary.trim() : null;
}
