/** Handing over a task: into the open session or a new one, with what this window and folder allow. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { Attachment, CallId, Event } from '../core/event.ts';
import type { Mode } from '../core/permission.ts';
import type { Effort } from '../core/purpose.ts';
import type { Sandbox } from '../core/ports.ts';
import type { Agent } from '../session/agent.ts';
import { readEnvironment } from '../session/environment.ts';
import type { Asks } from '../session/asks.ts';
import type { Answer, Intent } from '../protocol/messages.ts';
import type { LiveSession, SessionStart } from '../session/sessions.ts';
import type { TurnEnd } from '../session/turn.ts';
import type { Desk } from './desk.ts';
import {
  faultNotice,
  noFolderNotice,
  noModelNotice,
  noSandboxId,
  noSandboxNotice,
  tellFault,
  untrustedNotice,
  type Notices,
} from './notices.ts';
import type { Provider } from './provider.ts';
import { readSettings, writeSetting } from './settings.ts';

export interface TaskParts {
  readonly agent: Agent;
  readonly shellName: string;
  readonly desk: Desk;
  readonly asks: Asks;
  readonly provider: Provider;
  readonly sandbox: Sandbox;
  readonly notices: Notices;
  /** What the person made of a plan's document goes with their answer. */
  readonly planAnswer: (call: CallId, answer: Answer) => Answer;
  /** Puts words back where the person wrote them. */
  readonly giveBack: (text: string, attachments: readonly Attachment[]) => void;
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

  /**
   * Words of the person. They start a turn; where one runs or is paused they wait in the queue, or with `steer` go to the model with its
   * next request. A turn that was cut goes on with `steer`, else it ends as it stands. Resolves when what they started has ended, or at
   * once where nothing can begin: a notice says why.
   */
  async send(text: string, attachments: readonly Attachment[], steer = false): Promise<void> {
    const { desk, notices, asks, planAnswer } = this.#parts;
    notices.dismiss(faultNotice, noFolderNotice.id, noModelNotice.id, untrustedNotice.id);
    const ask = asks.waiting.find(({ approval }) => approval.session === desk.live?.id);
    if (ask && !steer) {
      // "Or say what to do instead": words to a waiting question are a no with a reason.
      const { call } = ask.approval;
      asks.answer(call, ask.token, planAnswer(call, { action: 'deny', reason: text }));
      return;
    }
    await this.#keepingWords(text, attachments, async (into) => {
      if (desk.shown.kind === 'read') throw onlyRead();
      const session = (await desk.mended()) ?? (await this.#newSession());
      if (session === null) return;
      into(session);
      const { turn, paused } = session.state;
      if (!desk.works(session) && !paused && (turn === null || !steer)) {
        await this.#drive(session, () => session.run(text, attachments));
        return;
      }
      await session.send(text, attachments, steer);
      // Its turn may have ended while the words were written down.
      if (!desk.works(session) && !session.state.paused) await this.#drive(session, () => session.resume());
    });
  }

  /**
   * As `send`, in a session of its own: what lay on the desk is put away, and works on behind it. `mode`: of that session, where the task
   * wants another than the person's.
   */
  async begin(text: string, attachments: readonly Attachment[], mode: Mode | null): Promise<void> {
    if (!(await this.#attempt(() => this.clear()))) return;
    this.#nextMode = mode;
    await this.send(text, attachments);
  }

  /**
   * Asks in a session of its own behind the desk, which only reads and waits for nobody: what the model says at its end. null: it was
   * stopped, or could not begin or end well; then a notice says why.
   */
  async aside(
    title: string,
    text: string,
    attachments: readonly Attachment[],
    signal: AbortSignal,
  ): Promise<string | null> {
    const { desk, asks, notices } = this.#parts;
    notices.dismiss(faultNotice, noFolderNotice.id, noModelNotice.id);
    let said: string | null = null;
    await this.#attempt(async () => {
      const start = await this.#start('plan');
      if (start === null || signal.aborted) return;
      const session = await desk.createBehind(start);
      const stop = (): void => session.stop();
      const waitForNobody = asks.onChange(() => {
        for (const { approval, token } of asks.waiting)
          if (approval.session === session.id) asks.answer(approval.call, token, { action: 'deny', reason: wordsOnly });
      });
      signal.addEventListener('abort', stop);
      try {
        const end = await this.#drive(session, async () => {
          await session.change({ title });
          return signal.aborted ? null : session.run(text, attachments);
        });
        if (end?.kind === 'done') said = lastWords(session.events);
        else if (end?.kind === 'failed' || end?.kind === 'partial')
          throw new JourneymanError(end.kind === 'failed' ? end.code : end.why, end.message);
      } finally {
        signal.removeEventListener('abort', stop);
        waitForNobody();
      }
    });
    return said;
  }

  /** Goes on after a pause, a cut, or with a queue that waits. False: there is nothing to go on with. */
  async resume(): Promise<boolean> {
    const { desk, notices } = this.#parts;
    notices.dismiss(faultNotice);
    let goesOn = true;
    await this.#attempt(async () => {
      const session = await desk.mended();
      goesOn = session !== null && (await this.#goOn(session));
    });
    return goesOn;
  }

  /** As `resume`, with what the person gave it for that: more of a budget, or a hint. */
  async goOnWith({ add, hint }: Omit<Intent & { readonly type: 'go_on' }, 'type'>): Promise<void> {
    await this.#attempt(async () => {
      const session = await this.writable();
      if (add) await session.addBudget(add.scope, add.unit, add.amount);
      if (hint !== undefined) await session.send(hint, [], true);
      await this.#goOn(session);
    });
  }

  /** As `resume`, for a session that has come back to this window, on the desk or behind it. */
  async goOn(session: LiveSession): Promise<void> {
    await this.#attempt(() => this.#goOn(session), session);
  }

  /** Says an earlier message anew and goes on from there. */
  async edit(turn: number, text: string, attachments: readonly Attachment[]): Promise<void> {
    await this.#keepingWords(text, attachments, async (into) => {
      const session = await this.writable();
      into(session);
      await this.#drive(session, () => session.edit(turn, text, attachments));
    });
  }

  /** The session on the desk. Throws where there is none, or where it can only be read. */
  async writable(): Promise<LiveSession> {
    const { desk } = this.#parts;
    if (desk.shown.kind === 'read') throw onlyRead();
    const session = await desk.mended();
    if (!session) throw new JourneymanError('not_found', 'No session is open. Open one from the list first.');
    return session;
  }

  async setMode(mode: Mode): Promise<void> {
    const { desk, notices } = this.#parts;
    if (!vscode.workspace.isTrusted && mode !== 'plan') {
      notices.show(untrustedNotice);
      return;
    }
    if ((await this.#held(mode)) !== mode) return;
    notices.dismiss(noSandboxId);
    if (desk.live) await desk.live.change({ mode });
    else this.#nextMode = mode;
  }

  async setModel(id: string): Promise<void> {
    const { desk, provider } = this.#parts;
    if (provider.choice.kind !== 'practice') await writeSetting('model', id);
    if (desk.live && desk.live.state.model !== id) await desk.live.change({ model: id });
  }

  /** Of the open session and of new ones; null: as the model does by itself. */
  async setEffort(effort: Effort | null): Promise<void> {
    await writeSetting('effort', effort ?? '');
    const { live } = this.#parts.desk;
    if (live && live.state.effort !== effort) await live.change({ effort });
  }

  /** A clean desk; the next session starts as the settings say. */
  async clear(): Promise<void> {
    this.#nextMode = null;
    this.#parts.notices.dismiss(faultNotice);
    await this.#parts.desk.clear();
  }

  async #goOn(session: LiveSession): Promise<boolean> {
    const { paused } = session.state;
    if (session.running)
      await session.resume(); // it was about to pause
    else if (!this.#parts.desk.works(session))
      return (await this.#drive(session, () => session.resume())) !== null || paused;
    return true;
  }

  #drive(session: LiveSession, go: () => Promise<TurnEnd | null>): Promise<TurnEnd | null> {
    return this.#parts.desk.drive(session, async () => {
      await this.#adjust(session);
      return go();
    });
  }

  /** Words that did not come to stand in a log go back to where they were written. `work` says which session they go into. */
  async #keepingWords(
    text: string,
    attachments: readonly Attachment[],
    work: (into: (session: LiveSession) => void) => Promise<void>,
  ): Promise<void> {
    const kept: Event[] = [];
    const listening: (() => void)[] = [];
    await this.#attempt(() =>
      work((session) => {
        listening.push(session.onEvents((events) => kept.push(...events.filter((event) => says(event, text)))));
      }),
    );
    for (const stop of listening) stop();
    if (kept.length === 0) this.#parts.giveBack(text, attachments);
  }

  /** False: it went wrong, and a notice tells it; where the log could not be written, with a way to go on. */
  async #attempt(work: () => Promise<unknown>, about?: LiveSession): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (thrown) {
      const session = about ?? this.#parts.desk.live;
      if (session) this.#parts.desk.note(session, thrown);
      tellFault(this.#parts, thrown, session);
      return false;
    }
  }

  async #newSession(): Promise<LiveSession | null> {
    const start = await this.#start(this.nextMode);
    if (start === null) return null;
    const session = await this.#parts.desk.create(start);
    this.#nextMode = null;
    return session;
  }

  /** null: a session cannot begin here yet, and a notice says why. */
  async #start(mode: Mode): Promise<SessionStart | null> {
    const { agent, shellName, provider, notices } = this.#parts;
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
    const { files, guides, clock } = agent;
    const place = { files, shell: shellName, attended: true, guides, clock };
    const { environment, faults } = await readEnvironment(place, new AbortController().signal);
    return { environment, mode: await this.#held(mode), model, rules: [], faults };
  }

  /** Commands run by themselves only where something holds them; elsewhere it is the mode before, and a notice says so. */
  async #held(mode: Mode): Promise<Mode> {
    if (mode !== 'auto') return mode;
    const state = await this.#parts.sandbox.ready(new AbortController().signal);
    if (state.kind !== 'none') return mode;
    this.#parts.notices.show(noSandboxNotice(state.why));
    return 'edit';
  }

  /** A session that was started elsewhere, or before: what is no longer allowed or no longer there gives way. */
  async #adjust(session: LiveSession): Promise<void> {
    const { provider } = this.#parts;
    if (!vscode.workspace.isTrusted && session.state.mode !== 'plan') await session.change({ mode: 'plan' });
    const mode = await this.#held(session.state.mode);
    if (mode !== session.state.mode) await session.change({ mode });
    const { models, modelId } = provider;
    const known = models.length === 0 || models.some(({ id }) => id === session.state.model);
    if (!known && modelId !== null) await session.change({ model: modelId });
  }
}

function says(event: Event, text: string): boolean {
  return (event.type === 'turn.started' || event.type === 'message.queued') && event.text === text;
}

const wordsOnly = 'Nobody answers here: say it in words.';

/** What the model said last. */
function lastWords(events: readonly Event[]): string {
  const last = events.findLast((event) => event.type === 'model.responded');
  const content = last?.reply.content ?? [];
  return content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n');
}

function onlyRead(): JourneymanError {
  return new JourneymanError('locked', 'This session can only be read here. Fork it to go on from where it stands.');
}
