/** Plans as documents of an address of their own: kept in the extension's storage, so that edits outlive a reload. */
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { CallId, SessionId } from '../core/event.ts';

export const planScheme = 'journeyman-plan';

/** One document for each plan that was ever asked about. */
export function planUri(session: SessionId, call: CallId): vscode.Uri {
  const name = createHash('sha256').update(call).digest('hex').slice(0, 16);
  return vscode.Uri.from({ scheme: planScheme, path: `/${session}/${name}/Plan.md` });
}

/** Registered at the start of the window, since an editor may be waiting for its document by then. */
export function planFiles(storage: vscode.Uri): vscode.FileSystemProvider & { dispose(): void } {
  const changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const { fs } = vscode.workspace;
  /** **Invariant:** an address names a plan in the storage and nothing else, whoever made it. */
  const kept = (uri: vscode.Uri): vscode.Uri => {
    const [, session, name] = /^\/([\w-]+)\/([0-9a-f]{16})\/Plan\.md$/.exec(uri.path) ?? [];
    if (session === undefined || name === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return vscode.Uri.joinPath(storage, 'plans', `${session}-${name}.md`);
  };
  const tell = (type: vscode.FileChangeType, uri: vscode.Uri): void => changed.fire([{ type, uri }]);
  return {
    onDidChangeFile: changed.event,
    watch: () => new vscode.Disposable(() => undefined), // only this window writes them
    // The workbench looks for the folder before it writes a file.
    stat: (uri) =>
      isFolder(uri) ? { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 } : fs.stat(kept(uri)),
    readFile: (uri) => fs.readFile(kept(uri)),
    async writeFile(uri, content) {
      await fs.writeFile(kept(uri), content);
      tell(vscode.FileChangeType.Changed, uri);
    },
    async delete(uri) {
      await fs.delete(kept(uri));
      tell(vscode.FileChangeType.Deleted, uri);
    },
    readDirectory: () => [],
    createDirectory: (uri) => {
      throw vscode.FileSystemError.NoPermissions(uri);
    },
    rename: (uri) => {
      throw vscode.FileSystemError.NoPermissions(uri);
    },
    dispose: () => changed.dispose(),
  };
}

function isFolder({ path }: vscode.Uri): boolean {
  return /^\/([\w-]+(\/[0-9a-f]{16})?)?$/.test(path);
}
