/** Read-only documents of this window: a session's log, what a command has printed, a file as it would stand. */
import * as vscode from 'vscode';

export const pageScheme = 'journeyman-page';

export class Pages implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #disposables: readonly vscode.Disposable[];
  #revision = 0;

  constructor() {
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(pageScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    ];
  }

  /** `name` is what its tab is called; its ending chooses the language. */
  async show(name: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(name, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** The address of a text for a diff. Each has its own: one that was withdrawn is not offered again. */
  add(name: string, text: string): vscode.Uri {
    this.#revision++;
    const uri = vscode.Uri.from({
      scheme: pageScheme,
      path: `/${name.replace(/^\/+/, '')}`,
      query: `revision=${this.#revision}`,
    });
    this.#texts.set(uri.toString(), text);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This page belonged to an earlier window. Open it again.\n';
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
    this.#texts.clear();
  }
}
