/** The tasks of palette and menus: each begins a session with what it is about, in the mode that fits. */
import * as vscode from 'vscode';
import type { Attachment } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import type { Command } from './commands.ts';
import { writeCommitMessage } from './commitMessage.ts';
import { findRepository, uncommitted } from './git.ts';
import type { Parts } from './parts.ts';
import {
  problemsAt,
  problemsSubject,
  selectionOf,
  subjectAtCursor,
  subjectOfFiles,
  type Subject,
} from './taskContext.ts';
import { taskTexts, type TaskText } from './taskTexts.ts';

export function taskCommands(parts: Parts, say: (what: string) => Promise<void>): Readonly<Record<string, Command>> {
  const { agent, files, panel, tasks } = parts;

  /** The run is its own affair: a command ends when it has begun. Where nothing can begin, a notice in the panel says why. */
  const begin = async ({ text, mode }: TaskText, attachments: readonly Attachment[]): Promise<void> => {
    void tasks.begin(text, attachments, mode);
    await panel.reveal();
  };

  /** What was picked in the explorer, else what the cursor is at. */
  const about =
    (textOf: (what: string) => TaskText): Command =>
    async (uri, uris) => {
      const subject = await subjectOf(uri, uris);
      if (subject === null) return say('Open a file in an editor first.');
      await begin(textOf(subject.name), subject.attachments);
    };
  const subjectOf = async (uri: unknown, uris: unknown): Promise<Subject | null> => {
    // The explorer hands over all that is selected there; the menu of an editor only its own address.
    const picked = Array.isArray(uris) ? uris.filter((one) => one instanceof vscode.Uri) : [];
    if (picked.length > 0) return subjectOfFiles(files, picked);
    const active = vscode.window.activeTextEditor?.document.uri.toString();
    if (uri instanceof vscode.Uri && uri.toString() !== active) return subjectOfFiles(files, [uri]);
    return subjectAtCursor(files, agent.clock);
  };

  const commands: Readonly<Record<string, Command>> = {
    'journeyman.explain': about(taskTexts.explain),
    'journeyman.writeTests': about(taskTexts.tests),
    'journeyman.document': about(taskTexts.document),
    // The quick fix names the file and its problems.
    'journeyman.fixProblem': async (uri, chosen) => {
      const editor = vscode.window.activeTextEditor;
      const named = uri instanceof vscode.Uri ? await vscode.workspace.openTextDocument(uri) : null;
      const document = named ?? editor?.document;
      if (!document) return say('Open the file with the problem first.');
      const isActive = editor?.document === document;
      const range = isActive ? editor.selection : new vscode.Range(0, 0, 0, 0);
      const problems = isDiagnostics(chosen) ? chosen : problemsAt(document, range);
      if (problems.length === 0) return say('The editor knows of no problem in this file.');
      const { lines, attachments } = problemsSubject(files, document, problems);
      await begin(taskTexts.fix(lines), attachments);
    },
    // `said`: from a keybinding that knows what it wants.
    'journeyman.refactorSelection': async (_uri, said) => {
      const selected = selectionOf(files, vscode.window.activeTextEditor);
      if (!selected) return say('Select some text in an editor first.');
      const words =
        typeof said === 'string'
          ? said
          : await vscode.window.showInputBox({
              title: `Refactor ${selected.label}`,
              prompt: 'What should become of it? “Extract the parsing into a function of its own”',
              ignoreFocusOut: true,
            });
      if (words === undefined || words.trim() === '') return;
      await begin(taskTexts.refactor(`the lines \`${selected.label}\``, words.trim()), [selected]);
    },
    'journeyman.reviewChanges': async () => {
      const repository = await findRepository(null);
      if (repository === null) return say('There is no git repository here.');
      const text = await uncommitted(repository, files, false);
      if (text === '') return say('There are no uncommitted changes.');
      await begin(taskTexts.review(), [{ kind: 'diff', label: 'uncommitted changes', text }]);
    },
    'journeyman.commitMessage': (control) => writeCommitMessage(parts, control, say),
  };

  return {
    ...commands,
    'journeyman.runTask': async () => {
      const picked = await vscode.window.showQuickPick(picks(), { title: 'Run Task', matchOnDetail: true });
      if (picked) await vscode.commands.executeCommand(picked.command);
    },
  };
}

function picks(): readonly (vscode.QuickPickItem & { readonly command: string })[] {
  const editor = vscode.window.activeTextEditor;
  const what = editor ? (editor.selection.isEmpty ? 'What the cursor is at' : 'The selection') : 'Needs an open file';
  return [
    {
      label: '$(comment-discussion) Ask About Selection',
      detail: 'You write the question',
      command: 'journeyman.askSelection',
    },
    { label: '$(book) Explain', detail: `${what}. Only reads`, command: 'journeyman.explain' },
    {
      label: '$(wrench) Fix This Problem',
      detail: 'The one at the cursor, else the next in the file',
      command: 'journeyman.fixProblem',
    },
    { label: '$(beaker) Write Tests for This', detail: what, command: 'journeyman.writeTests' },
    {
      label: '$(edit) Refactor Selection…',
      detail: 'You say what should become of it',
      command: 'journeyman.refactorSelection',
    },
    { label: '$(note) Document This', detail: what, command: 'journeyman.document' },
    {
      label: '$(diff-multiple) Review My Changes',
      detail: 'All that is not committed. Only reads',
      command: 'journeyman.reviewChanges',
    },
    {
      label: '$(git-commit) Write a Commit Message',
      detail: 'For what is staged, else for all changes',
      command: 'journeyman.commitMessage',
    },
  ];
}

function isDiagnostics(value: unknown): value is readonly vscode.Diagnostic[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(
      (one: unknown) => isObject(one) && one['range'] instanceof vscode.Range && typeof one['message'] === 'string',
    )
  );
}
