/** Answers what waits from a list that a person opened: the question whole, then the answers; what is dangerous needs a typed word. */
import * as vscode from 'vscode';
import type { Answer } from '../protocol/messages.ts';
import { answerRows, type AnswerRow } from './answerRows.ts';
import type { Parts } from './parts.ts';

/** Keys that were on their way when the list came count for nothing. */
const graceMs = 500;

/** Of the question that waits longest. What cannot be shown whole in a list is answered in the panel. */
export async function pickAnswer({ asks }: Parts): Promise<void> {
  const [ask, ...others] = asks.waiting;
  const shown = ask && answerRows(ask.approval.question, others.length);
  if (!ask || !shown) return show();
  const { call } = ask.approval;
  const does = await pick(shown.rows, shown.title, shown.word, (left) =>
    asks.onChange(() => {
      if (!asks.waiting.some(({ token }) => token === ask.token)) left(); // it was answered elsewhere
    }),
  );
  const answer = (said: Answer): void => {
    if (!asks.answer(call, ask.token, said))
      void vscode.window.showInformationMessage('This was answered in another place meanwhile.');
  };
  if (typeof does === 'object' && does !== null) {
    answer({ action: 'allow', remember: does.reach, rule: does.rule });
    return;
  }
  switch (does) {
    case 'allow':
      answer({ action: 'allow' });
      return;
    case 'deny':
      await vscode.commands.executeCommand('journeyman.deny', ask.token);
      return;
    case 'show':
      return show();
    case null:
  }
}

async function show(): Promise<void> {
  await vscode.commands.executeCommand('journeyman.goToAsk');
}

type Item = vscode.QuickPickItem & { readonly does: AnswerRow['does'] };

/** `whenLeft` is told how to close it; null: it was closed without an answer. */
function pick(
  rows: readonly AnswerRow[],
  title: string,
  word: string | null,
  whenLeft: (left: () => void) => () => void,
): Promise<AnswerRow['does']> {
  const list = vscode.window.createQuickPick<Item>();
  list.title = title;
  list.placeholder = word === null ? 'Choose an answer' : `Dangerous. Type ${word} and press Enter to run it this once`;
  list.ignoreFocusOut = true;
  const items = rows.map(({ label, does }): Item => ({ label, does, alwaysShow: true }));
  list.items = items;
  list.activeItems = word === null ? items.filter(({ does }) => does === 'allow') : [];
  const openedAtMs = performance.now();
  return new Promise((resolve) => {
    const stop = whenLeft(() => list.hide());
    list.onDidAccept(() => {
      const typed = word !== null && list.value.trim().toLowerCase() === word;
      const does = typed ? 'allow' : (list.selectedItems[0]?.does ?? null);
      if (does === null || performance.now() - openedAtMs < graceMs) {
        list.selectedItems = []; // a row that is selected already is not told again when it is clicked
        return;
      }
      resolve(does);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(null);
      stop();
      list.dispose();
    });
    list.show();
  });
}
