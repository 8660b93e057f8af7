/** The commands of package.json, each by its name there. */
import * as vscode from 'vscode';
import { limits } from '../core/limits.ts';
import { modes } from '../core/permission.ts';
import type { Attachment, Question } from '../core/event.ts';
import { modeWords, questionTitle } from '../protocol/words.ts';
import { openHunksOf, type WaitingAsk } from '../session/asks.ts';
import { chooseModel, setApiKey, setEndpoint } from './modelCommands.ts';
import type { Parts } from './parts.ts';
import { noModelNotice } from './notices.ts';
import { parseTarget } from './reviewActions.ts';
import { isSample, openSample } from './sample.ts';
import { sessionCommands } from './sessionCommands.ts';

export type Command = (...args: readonly unknown[]) => Promise<void>;

export function editorCommands(parts: Parts): Readonly<Record<string, Command>> {
  const { asks, desk, tasks, provider, panel, actions, notices, feed, sessions, pages } = parts;

  const inReview =
    (act: (first: unknown, second: unknown) => boolean | Promise<boolean>): Command =>
    async (first, second) => {
      if (!(await act(first, second))) await say('There is no change to decide here.');
    };

  return {
    ...sessionCommands(parts, say),
    'journeyman.openPanel': () => panel.open({ type: 'show', place: 'composer' }),
    'journeyman.newSession': async () => {
      await tasks.clear();
      await panel.open({ type: 'show', place: 'composer' });
    },
    'journeyman.sessions': () => panel.open({ type: 'show', place: 'sessions' }),
    'journeyman.askSelection': async () => {
      const attachment = selectionOf(parts);
      if (!attachment) return say('Select some text in an editor first.');
      await panel.open({ type: 'compose', text: '', attachments: [attachment] }, { type: 'show', place: 'composer' });
    },
    'journeyman.goToAsk': async () => {
      const [ask] = asks.waiting;
      const cut = desk.live !== null && desk.cut(desk.live.id) !== null;
      if (!ask && !cut) return say('Nothing waits for you.');
      if (ask && desk.shownId !== ask.approval.session) await desk.open(ask.approval.session);
      await panel.open({ type: 'show', place: 'dock' });
    },
    'journeyman.allow': async () => {
      const [ask] = asks.waiting;
      if (!ask) return say('Nothing waits for you.');
      const { title, detail } = exactly(ask);
      const button = ask.approval.question.kind === 'edits' ? 'Accept all' : 'Allow once';
      const picked = await vscode.window.showWarningMessage(title, { modal: true, detail }, button);
      if (picked === button) asks.answer(ask.approval.call, ask.token, { action: 'allow' });
    },
    'journeyman.deny': async () => {
      const [ask] = asks.waiting;
      if (!ask) return say('Nothing waits for you.');
      const reason = await vscode.window.showInputBox({
        title: `Deny: ${exactly(ask).title}`,
        prompt: 'What should it do instead? Empty: just no.',
        ignoreFocusOut: true,
      });
      if (reason !== undefined) asks.answer(ask.approval.call, ask.token, { action: 'deny', reason: reason.trim() });
    },
    'journeyman.review': async () => {
      if (!(await actions.review())) await say('No changes wait for review.');
    },
    'journeyman.acceptHunk': inReview((target) => actions.accept(parseTarget(target))),
    'journeyman.rejectHunk': inReview((target) => actions.reject(parseTarget(target))),
    'journeyman.askHunk': inReview((target, words) =>
      actions.ask(parseTarget(target), typeof words === 'string' ? words : null),
    ),
    // From the title of an editor the first argument is its address; the file is that of the active editor all the same.
    'journeyman.acceptFile': inReview((target) => actions.decideFile(parseTarget(target), 'accepted')),
    'journeyman.rejectFile': inReview((target) => actions.decideFile(parseTarget(target), 'rejected')),
    'journeyman.acceptAll': inReview(() => actions.decideAll('accepted')),
    'journeyman.rejectAll': inReview(() => actions.decideAll('rejected')),
    'journeyman.undoDecision': inReview((target) => actions.undo(parseTarget(target))),
    'journeyman.nextHunk': inReview(() => actions.go(1)),
    'journeyman.previousHunk': inReview(() => actions.go(-1)),
    'journeyman.nextMode': async () => {
      const next = modes[(modes.indexOf(tasks.mode) + 1) % modes.length] ?? 'ask';
      await tasks.setMode(next);
      feed.app();
      const { name, hint } = modeWords[tasks.mode];
      vscode.window.setStatusBarMessage(`Journeyman: ${name}. ${hint}`, 4000);
    },
    'journeyman.chooseModel': async () => {
      if (provider.choice.kind === 'none') return vscode.commands.executeCommand('journeyman.openPanel');
      const id = await chooseModel(provider);
      if (id !== null) await tasks.setModel(id);
      feed.app();
    },
    'journeyman.setApiKey': async () => {
      if (await setApiKey(provider)) notices.dismiss(noModelNotice.id);
    },
    'journeyman.setEndpoint': async () => {
      if (await setEndpoint(provider)) notices.dismiss(noModelNotice.id);
    },
    'journeyman.practice': async () => {
      if (await isSample(parts.files.folders[0])) {
        await provider.choose('practice');
        notices.dismiss(noModelNotice.id);
        await panel.open({ type: 'show', place: 'composer' });
      } else await openSample(parts.context);
    },
    'journeyman.showLog': async () => {
      const id = desk.shownId;
      if (id === null) return say('No session is open.');
      const { events } = await sessions.salvage(id);
      await pages.show(`${id}.jsonl`, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    },
    'journeyman.openSettings': async () => {
      await vscode.commands.executeCommand('workbench.action.openSettings', '@ext:journeyman.journeyman');
    },
  };
}

/** Nobody has to click it away before anything goes on. */
function say(what: string): Promise<void> {
  void vscode.window.showInformationMessage(what);
  return Promise.resolve();
}

/** What an answer would allow, whole and to the letter: nothing is allowed that was not shown. */
function exactly(ask: WaitingAsk): { readonly title: string; readonly detail: string } {
  const { question } = ask.approval;
  const open = new Set(openHunksOf(ask));
  const files =
    question.kind === 'edits' ? question.changes.filter(({ hunks }) => hunks.some(({ id }) => open.has(id))) : [];
  return {
    title: questionTitle(question, { hunks: open.size, files: files.length }),
    detail: `${question.why}\n\n${content(
      question,
      files.map(({ path }) => path),
    )}`,
  };
}

function content(question: Question, files: readonly string[]): string {
  switch (question.kind) {
    case 'command':
      return `${question.line}\n\nin ${question.cwd}`;
    case 'edits':
      return files.join('\n');
    case 'plan':
      return question.plan.items.map(({ text }, index) => `${index + 1}. ${text}`).join('\n');
    case 'access':
      return question.resources.map(({ effect, target }) => `${effect} ${target}`).join('\n');
  }
}

function selectionOf({ files }: Parts): Attachment | null {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.selection.isEmpty) return null;
  const { document, selection } = editor;
  const name = document.uri.scheme === 'file' ? files.locate(document.uri.fsPath).path : document.uri.path;
  const last =
    selection.end.character === 0 && selection.end.line > selection.start.line
      ? selection.end.line
      : selection.end.line + 1;
  const first = selection.start.line + 1;
  const lines = first === last ? String(first) : `${first}-${last}`;
  return {
    kind: 'selection',
    label: `${name}:${lines}`,
    text: document.getText(selection).slice(0, limits.messageChars),
  };
}
