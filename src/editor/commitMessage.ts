/** A commit message from the person's uncommitted changes, written into the box of the source control view. */
import * as vscode from 'vscode';
import type { Attachment } from '../core/event.ts';
import { commitMessageOf, commitPrompt } from './commitText.ts';
import { findRepository, lastSubjects, uncommitted, type Repository } from './git.ts';
import type { Parts } from './parts.ts';

/** From the title of the source control view: `control` is that of a repository. `say` tells what is missing. */
export async function writeCommitMessage(
  { tasks, files, panel, provider }: Parts,
  control: unknown,
  say: (what: string) => Promise<void>,
): Promise<void> {
  if (provider.choice.kind === 'practice')
    return say('The practice model has no reply for this. Choose another model in the panel first.');
  const root = control !== null && typeof control === 'object' && 'rootUri' in control ? control.rootUri : null;
  const repository = await findRepository(root instanceof vscode.Uri ? root : null);
  if (repository === null) return say('There is no git repository here.');
  const staged = await uncommitted(repository, files, true);
  const diff = staged === '' ? await uncommitted(repository, files, false) : staged;
  if (diff === '') return say('There is nothing to commit.');
  const label = staged === '' ? 'uncommitted changes' : 'staged changes';
  const attachments: readonly Attachment[] = [{ kind: 'diff', label, text: diff }];
  const begun = repository.inputBox.value;
  const prompt = commitPrompt(await lastSubjects(repository), begun.trim());

  const progress = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: 'Writing a commit message',
  };
  await vscode.window.withProgress(progress, async (_report, token) => {
    const stop = new AbortController();
    const listener = token.onCancellationRequested(() => stop.abort());
    try {
      const answer = await tasks.aside('Commit message', prompt, attachments, stop.signal);
      const message = commitMessageOf(answer ?? '');
      if (message !== '') await put(repository, begun, message);
      else if (!stop.signal.aborted) await panel.reveal(); // a notice there says what was missing
    } finally {
      listener.dispose();
    }
  });
}

/** The person's words win: what they wrote meanwhile gives way only when they say so. */
async function put({ inputBox }: Repository, begun: string, message: string): Promise<void> {
  const written = inputBox.value;
  if (written !== begun && written !== message) {
    const replace = 'Replace it';
    const word = await vscode.window.showInformationMessage(
      'The commit message was changed meanwhile. Yours is kept unless you replace it.',
      replace,
    );
    if (word !== replace) return;
  }
  inputBox.value = message;
}
