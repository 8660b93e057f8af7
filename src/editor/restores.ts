/** Going back to a checkpoint: what it would do to each file, one file beside how it would stand, and doing it. */
import * as vscode from 'vscode';
import type { CheckpointId, FileState, RestoreItem } from '../core/checkpoint.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { SessionId } from '../core/event.ts';
import type { Checkpoints, Files } from '../core/ports.ts';
import type { HostMessage, Intent } from '../protocol/messages.ts';
import type { LiveSession } from '../session/sessions.ts';
import type { Pages } from './pages.ts';

export interface RestoreParts {
  readonly checkpoints: Checkpoints;
  readonly files: Files;
  readonly pages: Pages;
  readonly post: (message: HostMessage) => void;
}

export class Restores {
  readonly #parts: RestoreParts;
  /** What the person sees in the panel. */
  #preview: {
    readonly session: SessionId;
    readonly checkpoint: CheckpointId;
    readonly items: readonly RestoreItem[];
  } | null = null;

  constructor(parts: RestoreParts) {
    this.#parts = parts;
  }

  async preview(session: LiveSession, checkpoint: CheckpointId): Promise<void> {
    const items = await session.previewRestore(checkpoint);
    this.#preview = { session: session.id, checkpoint, items };
    this.#parts.post({ type: 'restore', ...this.#preview });
  }

  async restore(session: LiveSession, { checkpoint, scope, mine, old }: Intent & { type: 'restore' }): Promise<void> {
    try {
      await session.restore(checkpoint, scope, { mine, old });
      this.#preview = null;
    } catch (thrown) {
      // A file is not what the preview saw: nothing was written, and the person looks at it as it stands now.
      if (toError(thrown).code === 'conflict') await this.preview(session, checkpoint);
      throw thrown;
    }
  }

  /** The file as it stands, unsaved text and all, beside how it would stand. */
  async compare(session: LiveSession, checkpoint: CheckpointId, path: string): Promise<void> {
    if (this.#preview?.session !== session.id || this.#preview.checkpoint !== checkpoint)
      await this.preview(session, checkpoint);
    const item = this.#preview?.items.find((one) => one.path === path);
    if (!item) throw new JourneymanError('not_found', `${path} is not among the files that this restore would change.`);
    const { pages, files } = this.#parts;
    const file = vscode.Uri.file(files.locate(path).absolute);
    const name = path.split('/').at(-1) ?? path;
    const left = item.now.kind === 'file' ? file : pages.add(name, await this.#text(session.id, item.now, path));
    const right = item.then ? pages.add(name, await this.#text(session.id, item.then, path)) : left;
    const title = item.then ? `${name}: now and restored` : `${name}: stays as it is`;
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  async #text(session: SessionId, state: FileState, path: string): Promise<string> {
    if (state.kind === 'link') return `${state.target}\n`;
    const bytes = await this.#parts.checkpoints.content(session, state);
    if (bytes === null) return '';
    if (bytes.subarray(0, 8192).includes(0))
      throw new JourneymanError('invalid_input', `${path} is no text, so it cannot be shown line by line.`);
    return bytes.toString('utf8').replace(/^\uFEFF/, '');
  }
}
