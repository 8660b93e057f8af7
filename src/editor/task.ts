/** Handing over a task: into the open session or a new one, with what this window and folder allow. */
import * as vscode from 'vscode';
import { toError } from '../core/error.ts';
import type { Attachment } from '../core/event.ts';
import type { Mode } from '../core/permission.ts';
import type { Agent } from '../session/agent.ts';
import { readEnvironment } from '../session/environment.ts';
import type { LiveSession } from '../session/sessions.ts';
import type { Asks } from '../session/asks.ts';
import type { Desk } from './desk.ts';
import { errorNotice, noFolderNotice, noModelNotice, faultNotice, untrustedNotice, type Notices } from './notices.ts';
import type { Provider } from './provider.ts';
import { readSettings, writeSetting } from './settings.ts';

export interface TaskParts {
  readonly agent: Agent;
  readonly shellName: string;
  readonly desk: Desk;
  readonly asks: Asks;
  readonly provider: Provider;
  readonly notices: Notices;
}

export class Tasks {
  readonly #parts: TaskParts;
  /** The person's choice for the session that is not there yet; null: the setting. */
  #nextMode: Mode | null = null;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /** Of the open session, else of the next one. */
  get mode(): Mode {
    if (!vscode.workspace.isTrusted) return 'plan';
    return this.#parts.desk.live?.state.mode ?? this.#nextMode ?? readSettings().defaultMode;
  }

  /** Of the next session. */
  get nextMode(): Mode {
    return vscode.workspace.isTrusted ? (this.#nextMode ?? readSettings().defaultMode) : 'plan';
  }

  /** Resolves when the turn has ended, or at once where it cannot begin: a notice says why. */
  async send(text: string, attachments: readonly Attachment[]): Promise<void> {
    const { desk, notices, asks } = this.#parts;
    notices.dismiss(faultNotice, noFolderNotice.id, noModelNotice.id, untrustedNotice.id);
    const { live } = desk;
    const ask = asks.waiting.find(({ approval }) => approval.session === live?.id);
    if (ask) {
      // "Or say what to do instead": words to a waiting question are a no with a reason.
      asks.answer(ask.approval.call, ask.token, { action: 'deny', reason: text });
      return;
    }
    try {
      const session = live ?? (await this.#newSession());
      if (session === null) return;
      await this.#adjust(session);
      await desk.run(session, text, attachments);
    } catch (thrown) {
      const notice = errorNotice(toError(thrown));
      if (notice) notices.show(notice);
    }
  }

  async setMode(mode: Mode): Promise<void> {
    const { desk, notices } = this.#parts;
    if (!vscode.workspace.isTrusted && mode !== 'plan') {
      notices.show(untrustedNotice);
      return;
    }
    if (desk.live) await desk.live.change({ mode });
    else this.#nextMode = mode;
  }

  async setModel(id: string): Promise<void> {
    const { desk, provider } = this.#parts;
    if (provider.choice.kind !== 'practice') await writeSetting('model', id);
    if (desk.live && desk.live.state.model !== id) await desk.live.change({ model: id });
  }

  /** A clean desk; the next session starts as the settings say. */
  async clear(): Promise<void> {
    this.#nextMode = null;
    this.#parts.notices.dismiss(faultNotice, 'locked');
    await this.#parts.desk.clear();
  }

  async #newSession(): Promise<LiveSession | null> {
    const { agent, shellName, desk, provider, notices } = this.#parts;
    if (vscode.workspace.workspaceFolders === undefined) {
      notices.show(noFolderNotice);
      return null;
    }
    if (provider.modelId === null) await provider.refresh();
    const model = provider.modelId;
    if (model === null) {
      notices.show(noModelNotice);
      return null;
    }
    const environment = await readEnvironment(agent.files, shellName, true, agent.clock, new AbortController().signal);
    const session = await desk.create({ environment, mode: this.nextMode, model, rules: [] });
    this.#nextMode = null;
    return session;
  }

  /** A session that was started elsewhere, or before: what is no longer allowed or no longer there gives way. */
  async #adjust(session: LiveSession): Promise<void> {
    const { provider } = this.#parts;
    if (!vscode.workspace.isTrusted && session.state.mode !== 'plan') await session.change({ mode: 'plan' });
    const { models, modelId } = provider;
    const known = models.length === 0 || models.some(({ id }) => id === session.state.model);
    if (!known && modelId !== null) await session.change({ model: modelId });
  }
}
