// The extension is there, wakes up when it is asked to, and keeps what its manifest promises.
import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
  };
}

function journeyman(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('journeyman.journeyman');
  assert.ok(extension, 'the extension is installed');
  return extension;
}

describe('the extension', () => {
  let contributes: Manifest['contributes'];
  before(() => {
    contributes = (journeyman().packageJSON as Manifest).contributes;
  });

  it('runs beside the workspace, where the files and the commands are', () => {
    assert.equal(journeyman().extensionKind, vscode.ExtensionKind.Workspace);
  });

  it('wakes up when its view is opened', async () => {
    const views = Object.values(contributes.views).flat();
    assert.ok(views[0], 'it contributes a view');
    await vscode.commands.executeCommand(`${views[0].id}.focus`);
    await journeyman().activate(); // resolves when the activation that is under way has ended
    assert.equal(journeyman().isActive, true);
  });

  it('knows every command that its manifest names', async () => {
    await journeyman().activate();
    const known = new Set(await vscode.commands.getCommands(true));
    assert.ok(contributes.commands.length > 0);
    assert.deepEqual(
      contributes.commands.map((c) => c.command).filter((command) => !known.has(command)),
      [],
    );
  });
});
