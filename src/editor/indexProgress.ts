/** The line at the foot of the window while the code is being read; it ends with the reading, however that ends. */
import * as vscode from 'vscode';
import type { IndexStatus } from '../core/symbols.ts';
import { indexWords } from '../protocol/contextWords.ts';

/** Shown only where it takes longer than a moment. */
const afterMs = 400;

export class IndexProgress {
  #report: ((status: IndexStatus) => void) | null = null;
  #end: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #last: IndexStatus | null = null;

  update(status: IndexStatus | null): void {
    this.#last = status;
    const works = status?.state === 'indexing' || status?.state === 'starting';
    if (!works) this.#stop();
    else if (this.#report) this.#report(status);
    else this.#timer ??= setTimeout(() => this.#begin(), afterMs);
  }

  dispose(): void {
    this.#stop();
  }

  #begin(): void {
    this.#timer = null;
    void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Journeyman' }, (progress) => {
      this.#report = (status) => progress.report({ message: indexWords(status) ?? '' });
      if (this.#last) this.#report(this.#last);
      return new Promise<void>((resolve) => {
        this.#end = resolve;
      });
    });
  }

  #stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#report = null;
    this.#end?.();
    this.#end = null;
  }
}
