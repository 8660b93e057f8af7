/** From two texts to hunks that can be decided one by one, and from any of those hunks back to a text. */
import { diffArrays } from 'diff';
import type { FileChange, Hunk } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { CallId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { indentOf, joinLines, splitLines } from './lines.ts';

/** `before` null: the file does not exist yet. Equal texts make a change without hunks. */
export function changeFile(
  path: string,
  before: { readonly text: string; readonly hash: string } | null,
  after: string,
  call: CallId,
  file = 1,
): FileChange {
  const old = before === null ? [] : splitLines(before.text);
  const fresh = splitLines(after);
  const hunks = diffLines(old, fresh).map((edit, index): Hunk => {
    const where = enclosing(old, fresh, edit);
    return {
      id: `${call}:${String(file)}.${String(index + 1)}`,
      startLine: edit.oldStart + 1,
      removed: old.slice(edit.oldStart, edit.oldEnd),
      added: fresh.slice(edit.newStart, edit.newEnd),
      before: old.slice(Math.max(0, edit.oldStart - limits.hunkContext), edit.oldStart),
      after: withoutFinalEmpty(old.slice(edit.oldEnd, edit.oldEnd + limits.hunkContext), edit.oldEnd, old.length),
      ...(where === null ? {} : { where }),
    };
  });
  return { path, beforeHash: before?.hash ?? null, hunks };
}

/** The file goes, all its lines with it: one hunk, all or nothing. */
export function deleteFileChange(
  path: string,
  before: { readonly text: string; readonly hash: string },
  call: CallId,
  file = 1,
): FileChange {
  const hunk = { ...wholeFile(call, file), removed: splitLines(before.text) };
  return { path, beforeHash: before.hash, hunks: [hunk], fate: { kind: 'deleted' } };
}

/** The file gets another name and keeps its text: one hunk without lines stands for it. */
export function moveFileChange(
  path: string,
  before: { readonly hash: string },
  to: string,
  call: CallId,
  file = 1,
): FileChange {
  return { path, beforeHash: before.hash, hunks: [wholeFile(call, file)], fate: { kind: 'moved', to } };
}

function wholeFile(call: CallId, file: number): Hunk {
  return { id: `${call}:${String(file)}.1`, startLine: 1, removed: [], added: [], before: [], after: [] };
}

/**
 * The text with these hunks in it: all of a change, or any subset. `text` null: the file does not exist yet.
 * Throws `conflict` where the text is not the one that the hunks were made against.
 */
export function applyHunks(text: string | null, hunks: readonly Hunk[]): string {
  const old = text === null ? [] : splitLines(text);
  const result: string[] = [];
  let at = 0;
  for (const { startLine, removed, added } of [...hunks].sort((a, b) => a.startLine - b.startLine)) {
    const start = startLine - 1;
    if (start < at || start > old.length || removed.some((line, i) => old[start + i] !== line)) {
      throw new JourneymanError('conflict', `Line ${String(startLine)} is not what the change was made against.`);
    }
    for (; at < start; at++) result.push(old[at] ?? '');
    for (const line of added) result.push(line);
    at = start + removed.length;
  }
  for (; at < old.length; at++) result.push(old[at] ?? '');
  return joinLines(result);
}

/** The text before these hunks, all of which went into it; null when this is not the text after them. '' for a file they created. */
export function revertHunks(text: string, hunks: readonly Hunk[]): string | null {
  const lines = splitLines(text);
  const result: string[] = [];
  let at = 0;
  let shift = 0;
  for (const { startLine, removed, added } of [...hunks].sort((a, b) => a.startLine - b.startLine)) {
    const start = startLine - 1 + shift;
    if (start < at || start > lines.length || added.some((line, i) => lines[start + i] !== line)) return null;
    for (; at < start; at++) result.push(lines[at] ?? '');
    for (const line of removed) result.push(line);
    at = start + added.length;
    shift += added.length - removed.length;
  }
  for (; at < lines.length; at++) result.push(lines[at] ?? '');
  return joinLines(result);
}

/** Lines `oldStart..oldEnd` give way to lines `newStart..newEnd`; from 0, ends excluded. */
export interface Edit {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** As a reader would cut them; for what is shown and decided. */
function diffLines(old: readonly string[], fresh: readonly string[]): readonly Edit[] {
  const edits = lineEdits(old, fresh);
  const slid: Edit[] = [];
  for (const [i, edit] of edits.entries())
    slid.push(slide(edit, old, fresh, slid.at(-1)?.oldEnd ?? 0, edits[i + 1]?.oldStart ?? old.length));
  return joinFragments(slid, old, fresh);
}

/** The smallest edits from one text to the other, in order; one that spans them all where the search would take too long. */
export function lineEdits(old: readonly string[], fresh: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let oldEnd = old.length;
  let newEnd = fresh.length;
  while (oldEnd > head && newEnd > head && old[oldEnd - 1] === fresh[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  if (oldEnd === head && newEnd === head) return [];
  const whole: Edit = { oldStart: head, oldEnd, newStart: head, newEnd };
  if (oldEnd === head || newEnd === head) return [whole];

  // Lines that only one side has cannot match: without them a rewrite costs no search.
  const inOld = new Set(old.slice(head, oldEnd));
  const inNew = new Set(fresh.slice(head, newEnd));
  const oldKept = range(head, oldEnd).filter((i) => inNew.has(old[i] ?? ''));
  const newKept = range(head, newEnd).filter((i) => inOld.has(fresh[i] ?? ''));
  const parts = diffArrays(
    oldKept.map((i) => old[i]),
    newKept.map((i) => fresh[i]),
    { maxEditLength: limits.diffEditsMax },
  );
  if (parts === undefined) return [whole];
  const edits: Edit[] = [];
  let edit = { oldStart: head, newStart: head };
  const endEdit = (oldAt: number, newAt: number): void => {
    if (oldAt > edit.oldStart || newAt > edit.newStart) edits.push({ ...edit, oldEnd: oldAt, newEnd: newAt });
    edit = { oldStart: oldAt + 1, newStart: newAt + 1 };
  };
  let oldCount = 0;
  let newCount = 0;
  for (const { added, removed, count } of parts) {
    if (!added && !removed) {
      for (let i = 0; i < count; i++) endEdit(oldKept[oldCount + i] ?? oldEnd, newKept[newCount + i] ?? newEnd);
    }
    if (!added) oldCount += count;
    if (!removed) newCount += count;
  }
  endEdit(oldEnd, newEnd);
  return edits;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/**
 * Moves a pure insertion or deletion, where it may lie in several places, to where a reader would put it: starting after a blank line
 * or at the least indentation, so that a new function is shown whole instead of from one `}` to the next (the idea of git's indent
 * heuristic, https://github.com/mhagger/diff-slider-tools).
 */
function slide(edit: Edit, old: readonly string[], fresh: readonly string[], oldMin: number, oldMax: number): Edit {
  const deletion = edit.newStart === edit.newEnd;
  if (!deletion && edit.oldStart !== edit.oldEnd) return edit;
  const lines = deletion ? old : fresh;
  const start = deletion ? edit.oldStart : edit.newStart;
  const end = deletion ? edit.oldEnd : edit.newEnd;
  let up = 0;
  while (edit.oldStart - up > oldMin && lines[start - up - 1] === lines[end - up - 1]) up++;
  let down = 0;
  while (edit.oldEnd + down < oldMax && lines[start + down] === lines[end + down]) down++;
  let best = 0;
  let bestCost = Infinity;
  for (let by = -up; by <= down; by++) {
    const cost = splitCost(lines, start + by) + splitCost(lines, end + by);
    if (cost <= bestCost) {
      best = by;
      bestCost = cost;
    }
  }
  return {
    oldStart: edit.oldStart + best,
    oldEnd: edit.oldEnd + best,
    newStart: edit.newStart + best,
    newEnd: edit.newEnd + best,
  };
}

/** How odd it is to cut before line `at`: inside a block more than outside, mid-paragraph more than after a blank line. */
function splitCost(lines: readonly string[], at: number): number {
  if (at <= 0 || at >= lines.length) return -1;
  const line = lines[at] ?? '';
  const previous = indentOf(lines[at - 1] ?? '');
  const indent = indentOf(line);
  if (indent === null) return 3 + 2 * (previous ?? 0);
  const closes = /^\s*[)\]}]/.test(line) || /^\s*end\b/.test(line);
  return 2 * indent + (previous === null ? 0 : 2) + (closes ? 3 : 0);
}

/**
 * Joins neighbours that only brackets or blank lines inside one body hold apart: a rewritten function is one change, not five. What
 * stands at the margin (an import, then a function) stays apart. Two at one place are always one.
 */
function joinFragments(edits: readonly Edit[], old: readonly string[], fresh: readonly string[]): readonly Edit[] {
  const joined: Edit[] = [];
  for (const edit of edits) {
    const last = joined.at(-1);
    if (last && isFragment(last, edit, old, fresh)) {
      joined[joined.length - 1] = { ...last, oldEnd: edit.oldEnd, newEnd: edit.newEnd };
    } else {
      joined.push(edit);
    }
  }
  return joined;
}

function isFragment(a: Edit, b: Edit, old: readonly string[], fresh: readonly string[]): boolean {
  const between = old.slice(a.oldEnd, b.oldStart);
  if (between.length === 0) return true;
  if (between.length > 2 || between.some((line) => /[\p{L}\p{N}_]/u.test(line))) return false;
  const end = (a.oldEnd > a.oldStart ? old[a.oldEnd - 1] : fresh[a.newEnd - 1]) ?? '';
  const start = (b.oldEnd > b.oldStart ? old[b.oldStart] : fresh[b.newStart]) ?? '';
  return (indentOf(end) ?? 1) > 0 && (indentOf(start) ?? 1) > 0;
}

/** The empty piece after a final newline is nothing to show. */
function withoutFinalEmpty(lines: readonly string[], from: number, total: number): readonly string[] {
  return from + lines.length === total && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** Name of the definition that the edit stands in, or changes the head of; null at the top of a file. */
function enclosing(
  old: readonly string[],
  fresh: readonly string[],
  { oldStart, oldEnd, newStart, newEnd }: Edit,
): string | null {
  const own = oldEnd > oldStart ? old.slice(oldStart, oldEnd) : fresh.slice(newStart, newEnd);
  const first = own.find((line) => indentOf(line) !== null) ?? '';
  const named = oldEnd > oldStart ? definitionName(first) : null;
  if (named !== null) return named;
  let indent = indentOf(first) ?? 0;
  for (let at = oldStart - 1; at >= 0 && indent > 0; at--) {
    const line = old[at] ?? '';
    const here = indentOf(line);
    if (here === null || here >= indent) continue;
    indent = here;
    const name = definitionName(line);
    if (name !== null) return name;
  }
  return null;
}

const modifiers =
  '^\\s*(?:(?:export|default|declare|public|private|protected|internal|static|abstract|final|sealed|data|partial|pub|pub\\(\\w+\\)|async|unsafe|const|inline|suspend|open|override)\\s+)*';
const typeLine = new RegExp(
  `${modifiers}(?:class|interface|enum|struct|trait|impl|module|namespace|object|record)\\s+([\\p{L}_$][\\w$]*)`,
  'u',
);
const functionLine = new RegExp(
  `${modifiers}(?:function\\*?|def|func|fn|fun)\\s+(?:\\([^)]*\\)\\s*)?([\\p{L}_$][\\w$]*)`,
  'u',
);
const constantFunction =
  /^\s*(?:export\s+)?(?:const|let|var|val)\s+([\p{L}_$][\w$]*)\s*(?::[^=]*)?=\s*(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>)/u;
const methodLine = /^\s*(?:[\w<>[\],.?]+\s+)*([#\p{L}_$][\w$]*)\s*(?:<[^>]*>)?\([^;]*[{:,(]\s*$/u;
const statement =
  /^\s*(?:if|for|while|switch|catch|with|return|else|elif|do|until|match|when|await|new|throw|case|assert|not|and|or|yield)\b/;

/** For display only, and only as far as one line tells: `start()` for what can be called, `Queue` for a type. */
function definitionName(line: string): string | null {
  if (line.length > 200 || statement.test(line)) return null;
  const type = typeLine.exec(line)?.[1];
  if (type !== undefined) return type;
  const name = functionLine.exec(line)?.[1] ?? constantFunction.exec(line)?.[1] ?? methodLine.exec(line)?.[1];
  return name === undefined ? null : `${name}()`;
}
