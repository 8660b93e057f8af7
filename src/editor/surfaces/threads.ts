/** Threads under changes: one to ask for another change in, and what was asked until the agent has answered with its next one. */
import * as vscode from 'vscode';
import { isObject } from '../../core/json.ts';
import type { ChangedFile, ChangedHunk, Changes } from '../changed.ts';
import { placesOf } from '../places.ts';
import type { Review } from '../review.ts';
import { openHunks, type Lines } from './openChanges.ts';
import { hunkTarget, isProposalTarget, type Target } from './targets.ts';

/** What was asked about one change. */
export interface Asked {
  readonly key: string;
  readonly uri: vscode.Uri;
  readonly line: number;
  readonly words: string;
}

export function askedOf(files: readonly ChangedFile[]): readonly Asked[] {
  return files.flatMap((file) =>
    openHunks(file)
      .filter(({ state }) => state === 'asked')
      .map((hunk) => ({
        key: keyOf(hunkTarget(file, hunk)),
        uri: file.uri,
        line: lastLine(hunk),
        words: hunk.reason ?? '',
      })),
  );
}

export class Threads {
  readonly #changes: Changes;
  readonly #review: Review;
  readonly #isOn: () => boolean;
  readonly #controller = vscode.comments.createCommentController('journeyman', 'Journeyman');
  readonly #disposables: vscode.Disposable;
  /** Where the person writes now: at most one. */
  #open: { readonly thread: vscode.CommentThread; readonly target: Target } | null = null;
  readonly #asked = new Map<string, { readonly thread: vscode.CommentThread; readonly asked: Asked }>();

  constructor(changes: Changes, review: Review, isOn: () => boolean) {
    this.#changes = changes;
    this.#review = review;
    this.#isOn = isOn;
    this.#disposables = vscode.Disposable.from(
      this.#controller,
      changes.onDidChange(() => {
        this.#update();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('journeyman.review.comments')) this.#update();
      }),
    );
    this.#update();
  }

  /** Where the person writes, and about what. */
  get open(): { readonly thread: vscode.CommentThread; readonly target: Target } | null {
    return this.#open;
  }

  get asked(): readonly Asked[] {
    return [...this.#asked.values()].map(({ asked }) => asked);
  }

  /** Opens one under a change, to write in; false: they are switched off, or the change is in no visible editor. */
  ask(target: Target): boolean {
    const place = this.#isOn() ? this.#placeOf(target) : null;
    if (!place) return false;
    this.close();
    const line = lastLine(place);
    // A comment that is being edited has the focus once it is shown, which an empty thread with a field to reply in has not.
    const field: vscode.Comment = {
      author: { name: 'You' },
      body: '',
      mode: vscode.CommentMode.Editing,
      contextValue: 'ask',
    };
    const thread = this.#controller.createCommentThread(place.uri, new vscode.Range(line, 0, line, 0), [field]);
    thread.label = `Journeyman, line ${place.line + 1}: ask for a change`;
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#open = { thread, target };
    return true;
  }

  /** What was written, where a button or a key of the thread hands it over; the thread goes. */
  take(comment: unknown): { readonly target: Target; readonly words: string } | null {
    const open = this.#open;
    if (!open || !isObject(comment) || typeof comment['body'] !== 'string') return null;
    const words = comment['body'].trim();
    if (words === '') return null;
    this.close();
    return { target: open.target, words };
  }

  close(): void {
    this.#open?.thread.dispose();
    this.#open = null;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #placeOf(target: Target): (Lines & { readonly uri: vscode.Uri }) | null {
    for (const { document } of vscode.window.visibleTextEditors) {
      const { uri } = document;
      if (isProposalTarget(target)) {
        const found = this.#review.find(uri);
        if (found?.edits.ask.token !== target.token || found.change.path !== target.path) continue;
        const place = placesOf(found.change, found.edits.ask.words).find(({ hunk }) => hunk.id === target.hunk);
        if (place) return { uri, ...place[found.side] };
      } else {
        const file = this.#changes
          .of(uri)
          .find(({ session, path }) => session === target.session && path === target.path);
        const hunk = file && openHunks(file).find(({ id }) => target.hunks?.includes(id));
        if (hunk) return { uri, line: hunk.line, count: hunk.count };
      }
    }
    return null;
  }

  #update(): void {
    const { files } = this.#changes;
    if (this.#open && !isProposalTarget(this.#open.target) && !isThere(this.#open.target, files)) this.close();
    const now = this.#isOn() ? askedOf(files) : [];
    for (const [key, { thread }] of this.#asked) {
      if (now.some((one) => one.key === key)) continue;
      thread.dispose();
      this.#asked.delete(key);
    }
    for (const asked of now) this.#show(asked);
  }

  #show(asked: Asked): void {
    const range = new vscode.Range(asked.line, 0, asked.line, 0);
    const known = this.#asked.get(asked.key);
    if (known) {
      if (known.asked.line !== asked.line) known.thread.range = range;
      if (known.asked.words !== asked.words) known.thread.comments = [commentOf(asked)];
      this.#asked.set(asked.key, { thread: known.thread, asked });
      return;
    }
    const thread = this.#controller.createCommentThread(asked.uri, range, [commentOf(asked)]);
    thread.label = 'Journeyman: asked for a change';
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#asked.set(asked.key, { thread, asked });
  }
}

function isThere(target: Target, files: readonly ChangedFile[]): boolean {
  return files.some((file) => openHunks(file).some((hunk) => keyOf(hunkTarget(file, hunk)) === keyOf(target)));
}

function keyOf(target: Target): string {
  return JSON.stringify(target);
}

/** The line that a thread goes under. */
function lastLine({ line, count }: Lines | ChangedHunk): number {
  return Math.max(0, line + count - 1);
}

/** In the head of the comment: for one with a body the workbench opens its panel of comments, which nobody asked for. */
function commentOf({ words }: Asked): vscode.Comment {
  return { author: { name: 'You' }, label: words, body: '', mode: vscode.CommentMode.Preview };
}
