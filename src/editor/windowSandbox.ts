/** What holds the commands of this window, and what the person is told where nothing does. */
import * as vscode from 'vscode';
import type { Files, Sandbox } from '../core/ports.ts';
import { isProtected, isSecret, protectedNames } from '../permission/names.ts';
import { ownFolders } from '../permission/settingsFiles.ts';
import { systemSandbox } from '../sandbox/sandbox.ts';
import { readSettings } from './settings.ts';

export interface WindowSandbox {
  readonly port: Sandbox;
  /** Why nothing holds commands, as a clause; null: something does, or it is not known yet. */
  missing(): string | null;
  /** Tries it out, where the folder is trusted. */
  find(): void;
  dispose(): void;
}

/** Before the folder is trusted nothing runs, the trial neither. */
export function windowSandbox(storage: string, files: Files, onChange: () => void): WindowSandbox {
  const port = systemSandbox({
    folders: () => files.folders,
    storage,
    own: ownFolders(),
    isProtected,
    protectedNames,
    isSecret,
    off: () => (readSettings().sandbox === 'off' ? 'it is switched off in the settings' : null),
  });
  let isKnown = false;
  const { signal } = new AbortController();
  const find = (): void => {
    if (vscode.workspace.isTrusted)
      void port.ready(signal).then(() => {
        isKnown = true;
        onChange();
      });
  };
  const listeners = vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(find),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('journeyman.sandbox')) find();
    }),
  );
  return {
    port,
    find,
    missing() {
      const state = port.state();
      return isKnown && state.kind === 'none' ? state.why : null;
    },
    dispose() {
      listeners.dispose();
      void port.close();
    },
  };
}
