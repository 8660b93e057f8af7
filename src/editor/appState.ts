/** What the panel shows besides a session, read from the workbench as it stands now. */
import path from 'node:path';
import * as vscode from 'vscode';
import { practiceTasks } from '../model/practiceTasks.ts';
import type { AppState } from '../protocol/messages.ts';
import type { Asks } from '../session/asks.ts';
import type { Desk } from './desk.ts';
import type { EditorIndex } from './indexFeed.ts';
import type { Provider } from './provider.ts';
import { readSettings } from './settings.ts';
import type { Tasks } from './task.ts';
import type { WindowSandbox } from './windowSandbox.ts';

export function readAppState(
  provider: Provider,
  tasks: Tasks,
  desk: Desk,
  asks: Asks,
  index: EditorIndex,
  sandbox: WindowSandbox,
): AppState {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const { questionMs, effort } = readSettings();
  return {
    folder: folder === undefined ? 'none' : vscode.workspace.isTrusted ? 'ready' : 'untrusted',
    folderName: folder?.name ?? '',
    provider: provider.choice.kind,
    providerHint: provider.hint,
    models: provider.models,
    model: provider.modelId,
    effort,
    mode: tasks.nextMode,
    noSandbox: sandbox.missing(),
    running: desk.live?.running ?? false,
    problems: countProblems(),
    openFileName: openFileName(),
    asksElsewhere: asks.waiting.filter(({ approval }) => approval.session !== desk.shownId).length,
    ...(questionMs !== null && { questionMs }),
    index: index.known,
    ...(provider.choice.kind === 'practice'
      ? { tries: practiceTasks.map(({ title, hint, text }) => ({ title, hint, text })) }
      : {}),
  };
}

/** Calls back, gathered, when something of the workbench changes that the panel shows. */
export function onWorkbenchChange(listener: () => void): vscode.Disposable {
  let timer: NodeJS.Timeout | null = null;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      listener();
    }, gatherMs);
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(soon),
    vscode.workspace.onDidGrantWorkspaceTrust(soon),
    vscode.languages.onDidChangeDiagnostics(soon),
    vscode.window.onDidChangeActiveTextEditor(soon),
    {
      dispose() {
        if (timer) clearTimeout(timer);
      },
    },
  );
}

/** Language servers report file by file; one word about all of them is enough. */
const gatherMs = 250;

function countProblems(): number {
  let problems = 0;
  for (const [, diagnostics] of vscode.languages.getDiagnostics()) {
    for (const { severity } of diagnostics) if (severity <= vscode.DiagnosticSeverity.Warning) problems++;
  }
  return problems;
}

function openFileName(): string | null {
  const document = vscode.window.activeTextEditor?.document;
  return document?.uri.scheme === 'file' ? path.basename(document.uri.fsPath) : null;
}
