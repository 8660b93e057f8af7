/** Trees of open files: an edit is parsed as an edit, so that what is typed is known a few milliseconds later. */
import { Edit, type Point, type Tree } from 'web-tree-sitter';
import { indexLimits } from '../indexLimits.ts';
import { HeapMemo } from './heapMemo.ts';
import { isTooDeep } from './nature.ts';
import { parse, type Grammar } from './parser.ts';

export interface FollowedTree {
  readonly tree: Tree;
  readonly memo: HeapMemo;
}

interface Followed extends FollowedTree {
  readonly grammar: Grammar;
  readonly text: string;
}

export interface Trees {
  /** The tree of the text, which stays ours; null when it cannot be parsed. */
  treeOf(path: string, grammar: Grammar, text: string): FollowedTree | null;
  drop(path: string): void;
}

export function keepTrees(): Trees {
  /** The one asked for longest ago first. */
  const kept = new Map<string, Followed>();
  const drop = (path: string): void => {
    kept.get(path)?.tree.delete();
    kept.delete(path);
  };
  return {
    treeOf(path, grammar, text) {
      const before = kept.get(path);
      if (before?.grammar === grammar && before.text === text) {
        kept.delete(path);
        kept.set(path, before);
        return before;
      }
      const edited = before?.grammar === grammar ? before : null;
      const tree = edited === null ? parseFirst(grammar, text) : reparse(edited, text);
      // Not earlier: as long as the tree before is there, nothing else can have the address of one of its nodes.
      drop(path);
      if (tree === null) return null;
      const followed = { grammar, text, tree, memo: new HeapMemo(edited === null ? null : edited.memo) };
      kept.set(path, followed);
      for (const oldest of kept.keys()) if (kept.size > indexLimits.followedFiles) drop(oldest);
      return followed;
    },
    drop,
  };
}

function parseFirst(grammar: Grammar, text: string): Tree | null {
  return isTooDeep(text) ? null : parse(grammar, text);
}

/** What is broken may be read in several ways; where it costs little it is read as if there had been no text before. */
function reparse({ grammar, text: before, tree }: Followed, text: string): Tree | null {
  const after = parse(grammar, text, { tree, edit: editBetween(before, text) });
  if (after?.rootNode.hasError !== true || text.length > indexLimits.reparsedChars) return after;
  after.delete();
  return parse(grammar, text);
}

/** One edit that makes the one text of the other: what is not the same at both ends. */
function editBetween(before: string, after: string): Edit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  const step = 4096;
  while (start + step <= most && before.slice(start, start + step) === after.slice(start, start + step)) start += step;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (same + step <= most - start && endsAlike(before, after, same, step)) same += step;
  while (
    same < most - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  const oldEnd = before.length - same;
  const newEnd = after.length - same;
  const startPosition = pointAfter({ row: 0, column: 0 }, before, 0, start);
  return new Edit({
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition,
    oldEndPosition: pointAfter(startPosition, before, start, oldEnd),
    newEndPosition: pointAfter(startPosition, after, start, newEnd),
  });
}

/** Whether `count` units before the last `from` are the same. */
function endsAlike(one: string, other: string, from: number, count: number): boolean {
  const part = (text: string): string => text.slice(text.length - from - count, text.length - from);
  return part(one) === part(other);
}

function pointAfter(start: Point, text: string, from: number, to: number): Point {
  let { row } = start;
  let line = -1;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    row++;
    line = at + 1;
  }
  return { row, column: line < 0 ? start.column + to - from : to - line };
}
