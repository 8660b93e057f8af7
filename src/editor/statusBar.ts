/** The item in the status bar, and the seconds it counts while something works. */
import * as vscode from 'vscode';
import type { StatusText } from './statusText.ts';

const tickMs = 1000;

export class StatusBar {
  readonly #read: () => { readonly status: StatusText; readonly visible: boolean; readonly ticking: boolean };
  readonly #item = vscode.window.createStatusBarItem('journeyman.status', vscode.StatusBarAlignment.Right, 100);
  #timer: NodeJS.Timeout | null = null;

  constructor(read: () => { readonly status: StatusText; readonly visible: boolean; readonly ticking: boolean }) {
    this.#read = read;
    this.#item.name = 'Journeyman';
  }

  get text(): string {
    return this.#item.text;
  }

  update(): void {
    const { status, visible, ticking } = this.#read();
    if (ticking && visible) this.#timer ??= setInterval(() => this.update(), tickMs);
    else this.#stopTicking();
    this.#item.text = status.text;
    this.#item.tooltip = status.tooltip;
    this.#item.command = status.command;
    this.#item.backgroundColor =
      status.tone === 'plain' ? undefined : new vscode.ThemeColor(`statusBarItem.${status.tone}Background`);
    if (visible) this.#item.show();
    else this.#item.hide();
  }

  dispose(): void {
    this.#stopTicking();
    this.#item.dispose();
  }

  #stopTicking(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}
