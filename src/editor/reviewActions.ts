/**
 * What a person does in the review: decides the change at the cursor, a file, everything, or asks for another one. The same for changes
 * that are proposed and for those that stand in a file.
 */
import * as vscode from 'vscode';
import type { HunkVerdict } from '../core/change.ts';
import { openHunksOf, type Asks } from '../session/asks.ts';
import type { ChangedFile, Changes } from './changed.ts';
import type { Review, ReviewTarget } from './review.ts';
import { atCursor, currentEdits, ofFile, proposalOf, questionOf } from './reviewCursor.ts';
import type { Baselines } from './surfaces/baselines.ts';
import { hasOpen } from './surfaces/openChanges.ts';
import { isProposalTarget, readTargets, type Target } from './surfaces/targets.ts';
import type { Threads } from './surfaces/threads.ts';

export interface ReviewActions {
  /** What a command was handed; null: nothing, so that the place of the cursor counts. */
  read(args: readonly unknown[]): readonly Target[] | null;
  atCursor(): readonly Target[];
  ofFile(): readonly Target[];
  /** Of the question or the sessions that are looked at. */
  all(): readonly Target[];
  /** False: nothing of them is open. */
  decide(targets: readonly Target[], word: 'accepted' | 'rejected'): Promise<boolean>;
  /** `words` null: asks for them, under the change where that can be. */
  ask(target: Target, words: string | null): Promise<boolean>;
  /** Takes back the words on `targets`; null: the last one that was said. */
  undo(targets: readonly Target[] | null): Promise<boolean>;
  /** Opens the changes of `targets` side by side with what was there; null: what waits longest. */
  review(targets: readonly Target[] | null): Promise<boolean>;
  compare(targets: readonly Target[], preserveFocus: boolean): Promise<boolean>;
}

export interface ReviewParts {
  readonly asks: Asks;
  readonly review: Review;
  readonly changes: Changes;
  readonly baselines: Baselines;
  readonly threads: Threads;
}

export function reviewActions(parts: ReviewParts): ReviewActions {
  const { asks, review, changes, baselines, threads } = parts;
  /** What was decided last: the word that is taken back first. */
  let last: 'proposed' | 'applied' = 'proposed';

  const sayTo = (target: ReviewTarget, verdict: HunkVerdict, reason?: string): boolean => {
    last = 'proposed';
    const { call, token, path, hunk } = target;
    const say = (id: string): boolean =>
      asks.decideHunk(call, token, { hunk: id, verdict, ...(reason !== undefined && { reason }) });
    if (hunk !== undefined) return say(hunk);
    if (path === undefined)
      return asks.answer(call, token, { action: verdict === 'accepted' ? 'accept_rest' : 'reject_rest' });
    const edits = review.waiting.find(({ ask }) => ask.token === token);
    const change = edits?.changes.find((one) => one.path === path);
    if (!edits || !change) return false;
    const open = new Set(openHunksOf(edits.ask));
    for (const { id } of change.hunks) if (open.has(id)) say(id);
    return true;
  };

  const undoProposed = (): boolean => {
    const ask = currentEdits(review)?.ask;
    const hunk = [...(ask?.words.keys() ?? [])].at(-1);
    return ask !== undefined && hunk !== undefined && sayTo({ ...questionOf(ask), hunk }, 'proposed');
  };

  const filesOf = (targets: readonly Target[]): readonly ChangedFile[] =>
    changes.files.filter(({ session, path }) =>
      targets.some(
        (target) =>
          !isProposalTarget(target) &&
          target.session === session &&
          (target.path === undefined || target.path === path),
      ),
    );

  return {
    read: (args) => readTargets(args, changes, (uri) => proposalOf(review, uri)),
    atCursor: () => atCursor(parts),
    ofFile: () => ofFile(parts),
    all() {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const isOfFile = uri !== undefined && changes.of(uri).some(hasOpen);
      const ask = currentEdits(review)?.ask;
      if (ask && !isOfFile) return [questionOf(ask)];
      const open = changes.files.filter(hasOpen);
      return [...new Set(open.map(({ session }) => session))].map((session) => ({ session }));
    },
    async decide(targets, word) {
      let decided = false;
      for (const target of targets) {
        if (isProposalTarget(target)) decided = sayTo(target, word) || decided;
        else {
          last = 'applied';
          decided = (await changes.decide(target, word)) || decided;
        }
      }
      return decided;
    },
    async ask(target, words) {
      if (words === null && threads.ask(target)) return true;
      const reason = words ?? (await askForWords());
      if (reason === undefined || reason === '') return true;
      if (isProposalTarget(target)) return sayTo(target, 'asked', reason);
      last = 'applied';
      return changes.ask(target, reason);
    },
    async undo(targets) {
      if (targets === null)
        return last === 'proposed'
          ? undoProposed() || (await changes.reopen(null))
          : (await changes.reopen(null)) || undoProposed();
      let undone = false;
      for (const target of targets) {
        undone = (isProposalTarget(target) ? sayTo(target, 'proposed') : await changes.reopen(target)) || undone;
      }
      return undone;
    },
    async review(targets) {
      const edits = targets === null ? currentEdits(review) : null;
      if (edits) {
        await review.open(edits, null, true);
        return true;
      }
      const files = (targets === null ? changes.files : filesOf(targets)).filter(hasOpen);
      if (files.length > 0) await baselines.reviewAll(files);
      return files.length > 0;
    },
    async compare(targets, preserveFocus) {
      const [file] = filesOf(targets);
      if (file) await baselines.compare(file, preserveFocus);
      return file !== undefined;
    },
  };
}

async function askForWords(): Promise<string | undefined> {
  const words = await vscode.window.showInputBox({
    title: 'Ask for a change',
    prompt: 'The agent reads your words and proposes another one.',
    placeHolder: 'Say what to do instead',
    ignoreFocusOut: true,
  });
  return words?.trim();
}
