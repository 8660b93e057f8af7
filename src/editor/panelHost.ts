/** The panel's frame in the workbench: its page, its strict policy, and the two ways that words go. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { parseIntent } from '../protocol/intent.ts';
import type { HostMessage, Intent } from '../protocol/messages.ts';
import { Outbox } from './outbox.ts';
import { panelPolicy } from './panelPolicy.ts';

export const viewId = 'journeyman.panel';

export class PanelHost {
  readonly #extensionUri: vscode.Uri;
  readonly #onIntent: (intent: Intent) => void;
  readonly #outbox: Outbox;
  #view: vscode.WebviewView | null = null;
  /** The page has said `ready`; what is posted before that is lost, and posted whole afterwards. */
  #ready = false;
  /** A person's command that opened the panel: told once the page is there. */
  readonly #onceReady: HostMessage[] = [];

  /** `onIntent` gets every intent of the page, checked. `ready` means: post everything whole. */
  constructor(extensionUri: vscode.Uri, onIntent: (intent: Intent) => void) {
    this.#extensionUri = extensionUri;
    this.#onIntent = onIntent;
    this.#outbox = new Outbox((messages) => {
      for (const message of messages) void this.#view?.webview.postMessage(message);
    });
  }

  /** VS Code opens the view, anew after it was closed or the extension host died. */
  show(view: vscode.WebviewView): void {
    this.#view = view;
    this.#ready = false;
    // An extension host that died leaves its badge; only a change takes it away.
    this.setBadge(0, '');
    view.onDidDispose(() => {
      if (this.#view !== view) return;
      this.#view = null;
      this.#ready = false;
      this.#outbox.clear();
    });
    view.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#extensionUri, 'dist')],
    };
    view.webview.onDidReceiveMessage((message: unknown) => {
      const intent = parseIntent(message);
      if (intent === null) return; // nothing the page itself sends; it has no voice here
      if (intent.type === 'ready') {
        this.#ready = true;
        this.#outbox.clear();
      }
      this.#onIntent(intent);
      if (intent.type === 'ready') for (const kept of this.#onceReady.splice(0)) this.post(kept);
    });
    view.webview.html = page(view.webview, this.#extensionUri);
  }

  /** Reaches the page when it is there. The run does not depend on it: a page that comes later gets everything whole. */
  post(message: HostMessage): void {
    if (this.#ready) this.#outbox.push(message);
  }

  /** Opens the panel on a person's command, then tells it. */
  async open(...messages: readonly HostMessage[]): Promise<void> {
    if (this.#ready) for (const message of messages) this.post(message);
    else this.#onceReady.push(...messages);
    await vscode.commands.executeCommand(`${viewId}.focus`);
  }

  /** Brings the panel into view on a person's command; the focus stays where they work. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${viewId}.open`, { preserveFocus: true });
  }

  setBadge(count: number, tooltip: string): void {
    if (!this.#view) return;
    this.#view.badge = { value: count, tooltip };
    if (count === 0) this.#view.badge = undefined;
  }
}

function page(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const asset = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${panelPolicy(webview.cspSource, nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Journeyman</title>
<link rel="stylesheet" href="${asset('webview.css')}">
</head>
<body>
<script nonce="${nonce}" src="${asset('webview.js')}"></script>
</body>
</html>`;
}
