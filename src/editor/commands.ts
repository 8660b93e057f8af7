/** The commands of package.json, each by its name there. */
import * as vscode from 'vscode';
import { modes } from '../core/permission.ts';
import type { Question } from '../core/event.ts';
import type { Answer } from '../protocol/messages.ts';
import { modeWords, questionTitle } from '../protocol/words.ts';
import { openHunksOf, type WaitingAsk } from '../session/asks.ts';
import { pickAnswer } from './answerPick.ts';
import { contextCommands } from './contextActions.ts';
import { memoryCommands } from './memory.ts';
import { chooseModel, setApiKey, setEndpoint, testModel, useEditorModel } from './modelCommands.ts';
import type { Parts } from './parts.ts';
import { planCommands } from './planCommands.ts';
import { goToChange } from './reviewMoves.ts';
import { noModelNotice } from './notices.ts';
import { isSample, openSample } from './sample.ts';
import { sessionCommands } from './sessionCommands.ts';
import { taskCommands } from './taskCommands.ts';
import { selectionOf } from './taskContext.ts';

export type Command = (...args: readonly unknown[]) => Promise<void>;

export function editorCommands(parts: Parts): Readonly<Record<string, Command>> {
  const { asks, desk, tasks, provider, panel, actions, notices, feed, sessions, pages, surfaces, plans, sandbox } =
    parts;

  const inReview =
    (act: (args: readonly unknown[]) => Promise<boolean>): Command =>
    async (...args) => {
      if (!(await act(args))) await say('There is no change to decide here.');
    };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a word that is said while the next change is being opened is about that one. */
  const inOrder = (act: (args: readonly unknown[]) => Promise<boolean>): Command =>
    inReview((args) => {
      const next = last.then(() => act(args));
      last = next.catch(() => undefined); // whoever called it has the error
      return next;
    });
  /** `otherwise`: where the command was called without saying what it is about. */
  const decide = (otherwise: 'atCursor' | 'ofFile' | 'all', word: 'accepted' | 'rejected') =>
    inOrder((args) => actions.decide(actions.read(args) ?? actions[otherwise](), word));
  const go = (direction: 1 | -1): Command =>
    inOrder(async () => {
      const went = await goToChange({ ...parts, baselines: surfaces.baselines }, direction);
      parts.updateKeys(); // so that the next key finds the change without waiting for the workbench to say where the cursor is
      return went;
    });

  return {
    ...sessionCommands(parts, say),
    ...taskCommands(parts, say),
    ...planCommands(parts, say),
    ...contextCommands(parts, say),
    ...memoryCommands(parts, say),
    'journeyman.openPanel': () => panel.open({ type: 'show', place: 'composer' }),
    'journeyman.newSession': async () => {
      await tasks.clear();
      await panel.open({ type: 'show', place: 'composer' });
    },
    'journeyman.backgroundCommands': () => panel.open({ type: 'show', place: 'commands' }),
    'journeyman.sessions': () => panel.open({ type: 'show', place: 'sessions' }),
    'journeyman.askSelection': async () => {
      const attachment = selectionOf(parts.files, vscode.window.activeTextEditor);
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
      const { call, question } = ask.approval;
      // The list takes no key that was on its way, and has nothing picked for what is dangerous; a dialog has its button picked.
      if (question.kind === 'command' || question.kind === 'access') return pickAnswer(parts);
      const mode = question.kind === 'plan' ? { mode: plans.modeAfter() } : {};
      const answer = plans.planAnswer(call, { action: 'allow', ...mode });
      const { title, detail } = exactly(ask, answer);
      const button = question.kind === 'edits' ? 'Accept all' : 'Allow once';
      const picked = await vscode.window.showWarningMessage(title, { modal: true, detail }, button);
      if (picked === button) asks.answer(call, ask.token, answer);
    },
    'journeyman.answer': () => pickAnswer(parts),
    'journeyman.deny': async (...args) => {
      const [token] = args;
      const ask =
        asks.waiting.find((one) => one.token === token) ?? (token === undefined ? asks.waiting[0] : undefined);
      if (!ask) return say('Nothing waits for you.');
      const reason = await vscode.window.showInputBox({
        title: `Deny: ${exactly(ask).title}`,
        prompt: 'What should it do instead? Empty: just no.',
        ignoreFocusOut: true,
      });
      if (reason === undefined) return;
      const { call } = ask.approval;
      asks.answer(call, ask.token, plans.planAnswer(call, { action: 'deny', reason: reason.trim() }));
    },
    'journeyman.review': async (...args) => {
      if (!(await actions.review(actions.read(args)))) await say('No changes wait for review.');
    },
    // The source control view says last whether the focus is to stay there.
    'journeyman.compare': inReview((args) =>
      actions.compare(actions.read(args) ?? actions.ofFile(), args.at(-1) === true),
    ),
    'journeyman.acceptHunk': decide('atCursor', 'accepted'),
    'journeyman.rejectHunk': decide('atCursor', 'rejected'),
    'journeyman.askHunk': inReview(async (args) => {
      const [target] = actions.read(args) ?? actions.atCursor();
      const words = args[1];
      return target !== undefined && actions.ask(target, typeof words === 'string' ? words : null);
    }),
    'journeyman.submitAsk': async (comment) => {
      const said = surfaces.threads.take(comment);
      if (!said) return;
      await backToEditor();
      if (!(await actions.ask(said.target, said.words)))
        await say(`This change is not open any more. You wrote: “${said.words}”`);
    },
    'journeyman.closeAsk': async () => {
      surfaces.threads.close();
      await backToEditor();
    },
    'journeyman.acceptFile': decide('ofFile', 'accepted'),
    'journeyman.rejectFile': decide('ofFile', 'rejected'),
    'journeyman.acceptAll': decide('all', 'accepted'),
    'journeyman.rejectAll': decide('all', 'rejected'),
    'journeyman.undoDecision': inOrder((args) => actions.undo(actions.read(args))),
    'journeyman.nextHunk': go(1),
    'journeyman.previousHunk': go(-1),
    'journeyman.nextMode': async () => {
      const offered = modes.filter((mode) => mode !== 'auto' || sandbox.missing() === null);
      const next = offered[(offered.indexOf(tasks.mode) + 1) % offered.length] ?? 'ask';
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
      if (!(await setApiKey(provider))) return;
      notices.dismiss(noModelNotice.id);
      await testModel(provider);
    },
    'journeyman.setEndpoint': async () => {
      if (!(await setEndpoint(provider))) return;
      notices.dismiss(noModelNotice.id);
      await testModel(provider);
    },
    'journeyman.useEditorModel': async () => {
      const id = await useEditorModel(provider);
      if (id === null) return;
      notices.dismiss(noModelNotice.id);
      await tasks.setModel(id);
      feed.app();
      await testModel(provider);
    },
    'journeyman.testModel': () => testModel(provider),
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

/** The thread that a person wrote in is gone, and the focus with it. */
async function backToEditor(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
}

/** Nobody has to click it away before anything goes on. */
function say(what: string): Promise<void> {
  void vscode.window.showInformationMessage(what);
  return Promise.resolve();
}

/** What an answer would allow, whole and to the letter: nothing is allowed that was not shown. */
function exactly(ask: WaitingAsk, answer?: Answer): { readonly title: string; readonly detail: string } {
  const asked = ask.approval.question;
  const plan = answer?.action === 'allow' ? answer.plan : undefined;
  const question = asked.kind === 'plan' && plan !== undefined ? { ...asked, plan } : asked;
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
      return [...question.resources.map(({ effect, target }) => `${effect} ${target}`), question.text ?? '']
        .join('\n')
        .trim();
  }
}
