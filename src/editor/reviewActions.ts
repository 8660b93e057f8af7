/** What a person does in the review: decides the change at the cursor, a file, everything; goes from change to change. */
import * as vscode from 'vscode';
import type { HunkResolution } from '../core/change.ts';
import { isObject } from '../core/json.ts';
import { openHunksOf, type Asks } from '../session/asks.ts';
import { placeAt, placesOf, type Place } from './places.ts';
import type { EditsAsk, Review, ReviewTarget } from './review.ts';

export interface ReviewActions {
  /** `target` comes from a lens; without one it is the change at the cursor. False: there is none. */
  accept(target: ReviewTarget | null): boolean;
  reject(target: ReviewTarget | null): boolean;
  /** `words` null: asks for them. */
  ask(target: ReviewTarget | null, words: string | null): Promise<boolean>;
  decideFile(target: ReviewTarget | null, verdict: 'accepted' | 'rejected'): boolean;
  decideAll(verdict: 'accepted' | 'rejected'): boolean;
  /** Takes back the word on one change, or the last word that was said. */
  undo(target: ReviewTarget | null): boolean;
  review(): Promise<boolean>;
  go(direction: 1 | -1): Promise<boolean>;
  isAtHunk(): boolean;
}

export function reviewActions(asks: Asks, review: Review): ReviewActions {
  const decide = (target: ReviewTarget | null, word: Omit<HunkResolution, 'hunk'>): boolean => {
    const chosen = target ?? targetAtCursor(review);
    return chosen?.hunk !== undefined && asks.decideHunk(chosen.call, chosen.token, { hunk: chosen.hunk, ...word });
  };

  return {
    accept: (target) => decide(target, { verdict: 'accepted' }),
    reject: (target) => decide(target, { verdict: 'rejected' }),
    async ask(target, words) {
      const chosen = target ?? targetAtCursor(review); // the cursor may have moved by the time the words are there
      if (!chosen) return false;
      const reason = words ?? (await askForWords());
      if (reason === undefined || reason === '') return true;
      return decide(chosen, { verdict: 'asked', reason });
    },
    decideFile(target, verdict) {
      const file = target ?? fileAtCursor(review);
      const edits = review.waiting.find(({ ask }) => ask.token === file?.token);
      const change = edits?.changes.find(({ path }) => path === file?.path);
      if (!file || !edits || !change) return false;
      const open = new Set(openHunksOf(edits.ask));
      for (const { id } of change.hunks) {
        if (open.has(id)) asks.decideHunk(file.call, file.token, { hunk: id, verdict });
      }
      return true;
    },
    decideAll(verdict) {
      const edits = currentEdits(review);
      if (!edits) return false;
      const { approval, token } = edits.ask;
      return asks.answer(approval.call, token, { action: verdict === 'accepted' ? 'accept_rest' : 'reject_rest' });
    },
    undo(target) {
      if (target) return decide(target, { verdict: 'proposed' });
      const ask = currentEdits(review)?.ask ?? null;
      const last = ask ? [...ask.words.keys()].at(-1) : undefined;
      if (!ask || last === undefined) return false;
      return asks.decideHunk(ask.approval.call, ask.token, { hunk: last, verdict: 'proposed' });
    },
    async review() {
      const edits = currentEdits(review);
      if (edits) await review.open(edits, null, true);
      return edits !== null;
    },
    async go(direction) {
      const edits = currentEdits(review);
      const next = edits && nextStop(edits, review, direction);
      if (!edits || !next) return false;
      const shown = vscode.window.activeTextEditor && review.find(vscode.window.activeTextEditor.document.uri);
      if (shown?.edits.ask.token !== edits.ask.token || shown.change.path !== next.path)
        await review.open(edits, next.path, true);
      reveal(review, next.place);
      return true;
    },
    isAtHunk: () => targetAtCursor(review) !== null,
  };
}

/** What a lens handed to its command, checked: commands can be called by anyone. */
export function parseTarget(value: unknown): ReviewTarget | null {
  if (!isObject(value)) return null;
  const { call, token, path, hunk } = value;
  if (typeof call !== 'string' || typeof token !== 'string' || typeof path !== 'string') return null;
  return { call, token, path, ...(typeof hunk === 'string' && { hunk }) };
}

interface Stop {
  readonly path: string;
  readonly place: Place;
}

/** The question of the active editor, else the one that waits longest. */
function currentEdits(review: Review): EditsAsk | null {
  const { activeTextEditor } = vscode.window;
  const shown = activeTextEditor && review.find(activeTextEditor.document.uri);
  return shown?.edits ?? review.waiting[0] ?? null;
}

function fileAtCursor(review: Review): ReviewTarget | null {
  const { activeTextEditor } = vscode.window;
  const found = activeTextEditor && review.find(activeTextEditor.document.uri);
  if (!found) return null;
  const { ask } = found.edits;
  return { call: ask.approval.call, token: ask.token, path: found.change.path };
}

function targetAtCursor(review: Review): ReviewTarget | null {
  const { activeTextEditor } = vscode.window;
  const found = activeTextEditor && review.find(activeTextEditor.document.uri);
  const file = fileAtCursor(review);
  if (!activeTextEditor || !found || !file) return null;
  const place = placeAt(
    placesOf(found.change, found.edits.ask.words),
    found.side,
    activeTextEditor.selection.active.line,
  );
  return place?.verdict === 'proposed' ? { ...file, hunk: place.hunk.id } : null;
}

/** The open change after (or before) the cursor, through all files of the question and around. */
function nextStop({ ask, changes }: EditsAsk, review: Review, direction: 1 | -1): Stop | null {
  const stops = changes.flatMap((change) => placesOf(change, ask.words).map((place) => ({ path: change.path, place })));
  const open = stops.filter(({ place }) => place.verdict === 'proposed');
  const { activeTextEditor } = vscode.window;
  const found = activeTextEditor && review.find(activeTextEditor.document.uri);
  if (!activeTextEditor || found?.edits.ask.token !== ask.token) return open.at(direction > 0 ? 0 : -1) ?? null;
  const { side, change } = found;
  const fileIndex = changes.indexOf(change);
  const line = activeTextEditor.selection.active.line;
  const isAfter = ({ path, place }: Stop): boolean => {
    const index = changes.findIndex((one) => one.path === path);
    return index === fileIndex ? place[side].line > line : index > fileIndex;
  };
  const isBefore = ({ path, place }: Stop): boolean => {
    const index = changes.findIndex((one) => one.path === path);
    const end = place[side].line + Math.max(1, place[side].count);
    return index === fileIndex ? end <= line : index < fileIndex;
  };
  if (direction > 0) return open.find(isAfter) ?? open[0] ?? null;
  return open.findLast(isBefore) ?? open.at(-1) ?? null;
}

function reveal(review: Review, place: Place): void {
  const editor = vscode.window.activeTextEditor;
  const found = editor && review.find(editor.document.uri);
  if (!editor || !found) return;
  const line = Math.min(place[found.side].line, editor.document.lineCount - 1);
  editor.selection = new vscode.Selection(line, 0, line, 0);
  editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function askForWords(): Promise<string | undefined> {
  const words = await vscode.window.showInputBox({
    title: 'Ask for a change',
    prompt: 'The change is not written. The agent reads your words and proposes another one.',
    placeHolder: 'Say what to do instead',
    ignoreFocusOut: true,
  });
  return words?.trim();
}
