/** Files as they were before their open changes, as documents: to compare with, one file or all of them. */
import * as vscode from 'vscode';
import type { ChangedFile, Changes } from '../changed.ts';
import { baselineScheme } from '../changedFiles.ts';

export class Baselines implements vscode.TextDocumentContentProvider {
  readonly #changes: Changes;
  readonly #documents = new vscode.EventEmitter<vscode.Uri>();
  /** What the editors were given last, by address. */
  readonly #given = new Map<string, string>();
  readonly #disposables: vscode.Disposable;
  readonly onDidChange = this.#documents.event;

  constructor(changes: Changes) {
    this.#changes = changes;
    this.#disposables = vscode.Disposable.from(
      this.#documents,
      vscode.workspace.registerTextDocumentContentProvider(baselineScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#given.delete(uri.toString())),
      changes.onDidChange(() => {
        this.#follow();
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const text = this.#textOf(uri);
    this.#given.set(uri.toString(), text);
    return text;
  }

  /** The file that a document of a comparison belongs to, on its side without the open changes. */
  fileOf(uri: vscode.Uri): ChangedFile | null {
    if (uri.scheme !== baselineScheme) return null;
    const address = uri.with({ fragment: '' }).toString();
    return this.#changes.files.find(({ baseline }) => baseline.toString() === address) ?? null;
  }

  /** The real file, which can be edited there, beside what it was. */
  async compare(file: ChangedFile, preserveFocus: boolean): Promise<void> {
    const name = file.path.split('/').at(-1) ?? file.path;
    const right = file.fate === 'deleted' ? goneOf(file) : file.uri;
    await vscode.commands.executeCommand('vscode.diff', file.baseline, right, `${name}: agent changes`, {
      preserveFocus,
      preview: true,
    });
  }

  async reviewAll(files: readonly ChangedFile[]): Promise<void> {
    await vscode.commands.executeCommand(
      'vscode.changes',
      'Agent changes', // how many files the workbench adds
      files.map((file) => [
        file.uri,
        file.fate === 'created' ? undefined : file.baseline,
        file.fate === 'deleted' ? undefined : file.uri,
      ]),
    );
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #textOf(uri: vscode.Uri): string {
    if (uri.fragment === gone) return '';
    return this.#changes.baselineText(uri) ?? this.#given.get(uri.toString()) ?? '';
  }

  #follow(): void {
    for (const [address, given] of this.#given) {
      const uri = vscode.Uri.parse(address);
      if (this.#textOf(uri) !== given) this.#documents.fire(uri);
    }
  }
}

const gone = 'gone';

/** An empty document in place of a file that is not there any more. */
function goneOf({ baseline }: ChangedFile): vscode.Uri {
  return baseline.with({ fragment: gone });
}
