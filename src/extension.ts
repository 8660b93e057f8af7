/** The door of VS Code: registers what package.json contributes, and loads everything else on first use. */
import * as vscode from 'vscode';
import type { App } from './editor/app.ts';
import { planFiles, planScheme } from './editor/planFiles.ts';
import { quickFix, quickFixKinds } from './editor/quickFix.ts';
import { storageFolder } from './editor/storage.ts';
import { waitingMark } from './editor/waitingMark.ts';

/** What tests inside the host may reach; absent in normal use. */
export interface TestApi {
  app(): Promise<App>;
}

/** VS Code hands `deactivate` nothing, so what it has to end is kept here. */
let started: Promise<App> | null = null;

/**
 * Registers only: no file is read, no folder is looked at, no code of the agent is loaded (measured by `bench:start`). Only where changes
 * wait for a word all is loaded with the window: they are shown in the files, whether the panel is looked at or not.
 * The list of commands is the one in package.json.
 */
export function activate(context: vscode.ExtensionContext): TestApi | undefined {
  const app = () => (started ??= start(context));
  const manifest = context.extension.packageJSON as { contributes: { commands: readonly { command: string }[] } };
  for (const { command } of manifest.contributes.commands) {
    context.subscriptions.push(
      vscode.commands.registerCommand(command, async (...args: unknown[]) => (await app()).run(command, args)),
    );
  }
  context.subscriptions.push(
    vscode.window.registerWebviewViewProvider(
      'journeyman.panel',
      { resolveWebviewView: async (view) => (await app()).showPanel(view) },
      // What is typed, opened and scrolled to stays while another view is looked at.
      { webviewOptions: { retainContextWhenHidden: true } },
    ),
  );
  const plans = planFiles(context.globalStorageUri);
  context.subscriptions.push(
    plans,
    vscode.workspace.registerFileSystemProvider(planScheme, plans, { isCaseSensitive: true }),
    vscode.languages.registerCodeActionsProvider({ scheme: 'file' }, quickFix, quickFixKinds),
  );
  void waitingMark(storageFolder(context))
    .isSet()
    .then((waits) => (waits ? app() : null));
  return context.extensionMode === vscode.ExtensionMode.Test ? { app } : undefined;
}

/** Runs end, files are closed and sessions given back; VS Code waits a few seconds at most. */
export async function deactivate(): Promise<void> {
  const app = await started?.catch(() => null);
  await app?.close();
}

async function start(context: vscode.ExtensionContext): Promise<App> {
  const [{ startApp }, { createAgent }] = await Promise.all([import('./editor/app.ts'), import('./agent.ts')]);
  return startApp(context, createAgent);
}
