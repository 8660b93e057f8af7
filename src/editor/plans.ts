/** The plan that waits for a person, as a document that they edit and comment on; what they made of it goes with their answer. */
import * as vscode from 'vscode';
import { JourneymanError } from '../core/error.ts';
import type { CallId, Event } from '../core/event.ts';
import type { Mode } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Answer } from '../protocol/messages.ts';
import { parsePlan, planText } from '../review/planText.ts';
import type { Asks, WaitingAsk } from '../session/asks.ts';
import { answerWith } from './planAnswer.ts';
import { PlanComments } from './planComments.ts';
import { planScheme, planUri } from './planFiles.ts';

/** A plan that waits, and its document. */
export interface PlanAsk {
  readonly ask: WaitingAsk;
  readonly plan: Plan;
  readonly uri: vscode.Uri;
}

export class Plans {
  readonly #asks: Asks;
  readonly #disposables: readonly { dispose(): unknown }[];
  /** What is kept of each document, as saved last; in memory, since an answer does not wait. */
  readonly #saved = new Map<string, string>();
  /** Documents of plans that waited here. */
  readonly #known = new Set<string>();
  readonly comments: PlanComments;
  readonly modeAfter: () => Mode;

  /** `modeAfter`: in which a plan goes on where the person did not choose. */
  constructor(asks: Asks, memory: vscode.Memento, modeAfter: () => Mode) {
    this.#asks = asks;
    this.modeAfter = modeAfter;
    this.comments = new PlanComments(memory);
    this.#disposables = [
      this.comments,
      { dispose: asks.onChange(() => void this.#remember()) },
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (document.uri.scheme === planScheme) this.#saved.set(document.uri.toString(), document.getText());
      }),
    ];
  }

  /** Oldest first. */
  get waiting(): readonly PlanAsk[] {
    return this.#asks.waiting.flatMap((ask) => {
      const { session, call, question } = ask.approval;
      return question.kind === 'plan' ? [{ ask, plan: question.plan, uri: planUri(session, call) }] : [];
    });
  }

  /** False: no plan waits. `call` null: the oldest. */
  async open(call: CallId | null): Promise<boolean> {
    const plan = this.waiting.find(({ ask }) => call === null || ask.approval.call === call);
    if (!plan) return false;
    await this.#load(plan.uri);
    if (!this.#saved.has(plan.uri.toString())) {
      const text = planText(plan.plan);
      await vscode.workspace.fs.writeFile(plan.uri, Buffer.from(text));
      this.#saved.set(plan.uri.toString(), text);
    }
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(plan.uri), { preview: false });
    return true;
  }

  /**
   * An answer with what the person made of the document: the plan as they edited it, their comments. Every answer to a plan goes through
   * this, wherever it was given. Throws `invalid_input`, and shows the place, where the document cannot be read: then nothing is answered.
   */
  planAnswer(call: CallId, answer: Answer): Answer {
    const waiting = this.waiting.find(({ ask }) => ask.approval.call === call);
    if (!waiting) return answer;
    const { uri } = waiting;
    const document = { edited: this.#edited(waiting), comments: this.comments.words(uri) };
    return answerWith(answer, document, (text) => this.#parse(uri, text));
  }

  /** Events of a session as they fall. What was stopped or put off may wait again: only the document of an answered plan goes. */
  follow(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type !== 'tool.decided') continue;
      const uri = planUri(event.session, event.call);
      if (this.#known.has(uri.toString())) void this.#remove(uri);
    }
  }

  /** From the title of the document: `uri` is its address. False: it does not wait any more. */
  go(uri: unknown): boolean {
    return this.#answer(uri, { action: 'allow', mode: this.modeAfter() });
  }

  /** Asks what to change, unless the document says so. */
  async change(uri: unknown): Promise<boolean> {
    const plan = this.#find(uri);
    if (!plan) return false;
    const isSaid = this.#edited(plan) !== null || this.comments.words(plan.uri) !== '';
    const reason = isSaid
      ? ''
      : await vscode.window.showInputBox({ title: 'What should change in the plan?', ignoreFocusOut: true });
    if (reason === undefined || (reason.trim() === '' && !isSaid)) return true;
    return this.#answer(plan.uri, { action: 'deny', reason: reason.trim() });
  }

  cancel(uri: unknown): boolean {
    return this.#answer(uri, { action: 'deny', reason: '', stop: true });
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  #answer(uri: unknown, answer: Answer): boolean {
    const plan = this.#find(uri);
    if (!plan) return false;
    const { approval, token } = plan.ask;
    return this.#asks.answer(approval.call, token, this.planAnswer(approval.call, answer));
  }

  /** Without an address the document that is looked at. */
  #find(uri: unknown): PlanAsk | null {
    const address = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
    return this.waiting.find((plan) => plan.uri.toString() === address?.toString()) ?? null;
  }

  /** The text of the document where it is not as the plan was proposed. */
  #edited({ uri, plan }: PlanAsk): string | null {
    const text = openDocument(uri)?.getText() ?? this.#saved.get(uri.toString());
    const asProposed = planText(plan);
    return text === undefined || text.replaceAll('\r\n', '\n') === asProposed ? null : text;
  }

  #parse(uri: vscode.Uri, text: string): Plan {
    const parsed = parsePlan(text);
    if ('plan' in parsed) return parsed.plan;
    const at = new vscode.Position(parsed.line - 1, 0);
    void vscode.window.showTextDocument(uri, {
      selection: new vscode.Range(at, at),
      preview: false,
      preserveFocus: true,
    });
    throw new JourneymanError(
      'invalid_input',
      `Line ${String(parsed.line)} of your edited plan cannot be read: ${parsed.error} Then press Go again.`,
    );
  }

  /** Reads what an earlier window kept of plans that wait. */
  async #remember(): Promise<void> {
    for (const { uri } of this.waiting) {
      if (this.#known.has(uri.toString())) continue;
      this.#known.add(uri.toString());
      await this.#load(uri);
    }
  }

  async #load(uri: vscode.Uri): Promise<void> {
    if (this.#saved.has(uri.toString())) return;
    const text = await vscode.workspace.fs.readFile(uri).then(
      (bytes) => Buffer.from(bytes).toString('utf8'),
      () => null, // it was never opened
    );
    if (text !== null && !this.#saved.has(uri.toString())) this.#saved.set(uri.toString(), text);
  }

  async #remove(uri: vscode.Uri): Promise<void> {
    this.#known.delete(uri.toString());
    this.comments.forget(uri);
    const document = openDocument(uri);
    if (document?.isDirty === true) await document.save(); // else closing it would ask
    const tabs = vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString());
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    if (this.#saved.delete(uri.toString())) await vscode.workspace.fs.delete(uri).then(undefined, () => undefined); // it is gone, which was wanted
  }
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | null {
  return vscode.workspace.textDocuments.find((one) => !one.isClosed && one.uri.toString() === uri.toString()) ?? null;
}
