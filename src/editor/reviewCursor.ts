/** What the cursor is at: the change, the file, the question. */
import * as vscode from 'vscode';
import type { WaitingAsk } from '../session/asks.ts';
import type { Changes } from './changed.ts';
import { placeAt, placesOf } from './places.ts';
import type { EditsAsk, Review, ReviewTarget } from './review.ts';
import type { Baselines } from './surfaces/baselines.ts';
import { at, hasOpen, inBaseline, isOpen } from './surfaces/openChanges.ts';
import { fileTarget, hunkTarget, type Target } from './surfaces/targets.ts';

export interface CursorParts {
  readonly review: Review;
  readonly changes: Changes;
  readonly baselines: Baselines;
}

/** The open change at the cursor. */
export function atCursor({ review, changes, baselines }: CursorParts): readonly Target[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return [];
  const { uri } = editor.document;
  const { line } = editor.selection.active;
  for (const file of changes.of(uri)) {
    const hunk = at(file.hunks.filter(isOpen), line);
    if (hunk) return [hunkTarget(file, hunk)];
  }
  const compared = baselines.fileOf(uri);
  const there = compared && at(inBaseline(compared), line);
  if (compared && there) return [hunkTarget(compared, there.hunk)];
  const found = review.find(uri);
  const place = found && placeAt(placesOf(found.change, found.edits.ask.words), found.side, line);
  const proposal = proposalOf(review, uri);
  return proposal && place?.verdict === 'proposed' ? [{ ...proposal, hunk: place.hunk.id }] : [];
}

/** All changes of the file in the active editor. */
export function ofFile({ review, changes, baselines }: CursorParts): readonly Target[] {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) return [];
  const files = changes.of(uri).filter(hasOpen);
  if (files.length > 0) return files.map(fileTarget);
  const compared = baselines.fileOf(uri);
  if (compared) return [fileTarget(compared)];
  const proposal = proposalOf(review, uri);
  return proposal ? [proposal] : [];
}

/** What is proposed for a document, or in one. */
export function proposalOf(review: Review, uri: vscode.Uri): ReviewTarget | null {
  const found = review.find(uri);
  if (!found) return null;
  return { ...questionOf(found.edits.ask), path: found.change.path };
}

export function questionOf({ approval, token }: WaitingAsk): ReviewTarget {
  return { call: approval.call, token };
}

/** The question of the active editor, else the one that waits longest. */
export function currentEdits(review: Review): EditsAsk | null {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const shown = uri && review.find(uri);
  return shown?.edits ?? review.waiting[0] ?? null;
}
