/** The review in the editor: what a waiting question proposes, as a diff with a lens above each change. */
import * as vscode from 'vscode';
import type { FileChange } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { CallId } from '../core/event.ts';
import type { Files } from '../core/ports.ts';
import { count } from '../protocol/words.ts';
import { applyHunks } from '../workspace/diff.ts';
import type { Asks, WaitingAsk } from '../session/asks.ts';
import { isProposed, placesOf, type Place } from './places.ts';
import type { Rebases } from './rebases.ts';

export const proposalScheme = 'journeyman-proposal';

/** What a lens hands to its command; without `hunk`: all that are open in the file, without `path`: of the question. */
export interface ReviewTarget {
  readonly call: CallId;
  readonly token: string;
  readonly path?: string;
  readonly hunk?: string;
}

/** A waiting question about edits, and one of its files. */
export interface EditsAsk {
  readonly ask: WaitingAsk;
  readonly changes: readonly FileChange[];
}

export class Review implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider {
  readonly #asks: Asks;
  readonly #files: Files;
  readonly #rebases: Rebases;
  readonly #showLenses: () => boolean;
  readonly #offered = new Map<string, Offered>();
  readonly #titles = new Map<string, CallId>();
  readonly #documents = new vscode.EventEmitter<vscode.Uri>();
  readonly #lenses = new vscode.EventEmitter<void>();
  readonly #disposables: readonly { dispose(): unknown }[];
  /**
   * Counts offers. Each document gets an address of its own: the workbench fails with "model already exists" where an address is offered
   * again after it was withdrawn, and a diff of several files stays empty.
   */
  #revision = 0;
  readonly onDidChange = this.#documents.event;
  readonly onDidChangeCodeLenses = this.#lenses.event;

  constructor(asks: Asks, files: Files, rebases: Rebases, showLenses: () => boolean) {
    this.#asks = asks;
    this.#files = files;
    this.#rebases = rebases;
    this.#showLenses = showLenses;
    this.#disposables = [
      vscode.workspace.registerTextDocumentContentProvider(proposalScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: proposalScheme }, this),
      { dispose: asks.onChange(() => void this.#follow()) },
    ];
  }

  /** Questions about edits, oldest first. */
  get waiting(): readonly EditsAsk[] {
    return this.#asks.waiting.flatMap((ask) => {
      const { question } = ask.approval;
      return question.kind === 'edits' ? [{ ask, changes: question.changes }] : [];
    });
  }

  /** Opens one file of a question, or all of them; without `focus` the focus stays where it is (a diff of several files takes it). */
  async open({ ask: { approval, token } }: EditsAsk, path: string | null, focus: boolean): Promise<void> {
    this.#rebases.flush();
    const now = this.waiting.find((one) => one.ask.token === token);
    if (!now) return; // what was typed has decided it
    const { ask, changes } = now;
    const wanted = changes.filter((change) => path === null || change.path === path);
    const offers = await Promise.all(wanted.map((change) => this.#offer(ask, change)));
    const [first] = offers;
    if (first && offers.length === 1) {
      const title = `${first.change.path.split('/').at(-1) ?? ''}: ${count(first.change.hunks.length, 'agent change')}`;
      await vscode.commands.executeCommand('vscode.diff', first.left, first.right, title, {
        preserveFocus: !focus,
        preview: true,
      });
    } else if (first) {
      const hunks = count(changes.flatMap((change) => change.hunks).length, 'agent change');
      const title = `${hunks} in ${count(changes.length, 'file')}`;
      this.#titles.set(title, approval.call);
      await vscode.commands.executeCommand(
        'vscode.changes',
        title,
        offers.map(({ file, left, right }) => [file, left, right]),
      );
    }
  }

  /** The question and the file that a document of the editor belongs to; `side` says whose lines it has. */
  find(
    uri: vscode.Uri,
  ): { readonly edits: EditsAsk; readonly change: FileChange; readonly side: 'old' | 'fresh' } | null {
    const offered = this.#offered.get(uri.toString());
    for (const edits of this.waiting) {
      for (const change of edits.changes) {
        if (
          offered &&
          !offered.before &&
          offered.call === edits.ask.approval.call &&
          offered.change.path === change.path
        ) {
          return { edits, change, side: 'fresh' };
        }
        if (
          uri.scheme === 'file' &&
          vscode.Uri.file(this.#files.locate(change.path).absolute).toString() === uri.toString()
        ) {
          return { edits, change, side: 'old' };
        }
      }
    }
    return null;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const offered = this.#offered.get(uri.toString());
    if (!offered || offered.before) return '';
    const ask = this.#askOf(offered.call);
    const { change, baseText } = ask ? this.#asItIs(ask, offered) : offered;
    const hunks = change.hunks.filter(({ id }) => isProposed(ask?.words.get(id)?.verdict ?? 'proposed'));
    return applyHunks(baseText, hunks);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const found = this.find(document.uri);
    if (!found || found.side === 'old' || !this.#showLenses()) return [];
    const { ask } = found.edits;
    const target: ReviewTarget = { call: ask.approval.call, token: ask.token, path: found.change.path };
    const places = placesOf(found.change, ask.words);
    return [...fileLenses(places, target), ...places.flatMap((place) => placeLenses(place, target))];
  }

  dispose(): void {
    for (const one of [...this.#disposables, this.#documents, this.#lenses]) one.dispose();
  }

  async #offer(ask: WaitingAsk, change: FileChange) {
    const { absolute } = this.#files.locate(change.path);
    const file = vscode.Uri.file(absolute);
    const base = change.beforeHash === null ? null : await this.#files.read(change.path, new AbortController().signal);
    if (base && base.hash !== change.beforeHash) {
      throw new JourneymanError(
        'conflict',
        `${change.path} changed since this was proposed. Your text is kept; the agent looks again.`,
      );
    }
    const baseText = base?.text ?? null;
    const common = { call: ask.approval.call, change, baseText };
    const right = this.#address(file, { ...common, before: false });
    // A file that is not there yet has nothing to compare with: an empty document stands for it.
    const left = change.beforeHash === null ? this.#address(file, { ...common, before: true }) : file;
    return { change, file, left, right };
  }

  #address(file: vscode.Uri, offered: Offered): vscode.Uri {
    this.#revision++;
    const uri = file.with({ scheme: proposalScheme, query: `revision=${this.#revision}` });
    this.#offered.set(uri.toString(), offered);
    return uri;
  }

  /** The file may have moved on since it was offered. */
  #asItIs({ approval, token }: WaitingAsk, offered: Offered): Pick<Offered, 'change' | 'baseText'> {
    const { question } = approval;
    const change = question.kind === 'edits' && question.changes.find(({ path }) => path === offered.change.path);
    if (!change || change.beforeHash === offered.change.beforeHash) return offered;
    const baseText = this.#rebases.textOf(token, change.path);
    return baseText === undefined ? offered : { change, baseText };
  }

  #askOf(call: CallId): WaitingAsk | undefined {
    return this.#asks.waiting.find(({ approval }) => approval.call === call);
  }

  /** Keeps the documents in step with words said anywhere; closes those whose question has its answer. */
  async #follow(): Promise<void> {
    if (this.#offered.size === 0) return;
    const answered = new Set<string>();
    for (const [address, { call }] of this.#offered) {
      if (this.#askOf(call)) this.#documents.fire(vscode.Uri.parse(address));
      else answered.add(address);
    }
    this.#lenses.fire();
    if (answered.size === 0) return;
    const tabs = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter((tab) => this.#isAnswered(tab, answered));
    for (const address of answered) this.#offered.delete(address);
    for (const [title, call] of this.#titles) if (!this.#askOf(call)) this.#titles.delete(title);
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  #isAnswered({ input, label }: vscode.Tab, answered: ReadonlySet<string>): boolean {
    if (input instanceof vscode.TabInputTextDiff) return answered.has(input.modified.toString());
    // The stable API does not say what a diff of several files holds. Its label does: the title, then how many files.
    return [...this.#titles].some(([title, call]) => label.startsWith(title) && !this.#askOf(call));
  }
}

/** A document that an editor may ask for. */
interface Offered {
  readonly call: CallId;
  readonly change: FileChange;
  /** The text that the change was made against; null: there was no file. */
  readonly baseText: string | null;
  /** The empty document that stands for a file that is not there yet. */
  readonly before: boolean;
}

function fileLenses(places: readonly Place[], target: ReviewTarget): readonly vscode.CodeLens[] {
  const open = places.filter(({ verdict }) => verdict === 'proposed').length;
  const title =
    open === places.length ? count(open, 'agent change') : `${open} of ${count(places.length, 'agent change')} open`;
  if (open === 0) return [lens(0, title, '', [])];
  return [
    lens(0, title, '', []),
    lens(0, 'Accept all', 'journeyman.acceptFile', [target]),
    lens(0, 'Reject all', 'journeyman.rejectFile', [target]),
  ];
}

function placeLenses(place: Place, file: ReviewTarget): readonly vscode.CodeLens[] {
  const { verdict, reason, number, total } = place;
  const target = { ...file, hunk: place.hunk.id };
  const { line } = place.fresh;
  const where = lens(line, `${number} of ${total}`, '', []);
  const undo = lens(line, 'Undo', 'journeyman.undoDecision', [target]);
  switch (verdict) {
    case 'proposed':
      return [
        lens(line, '$(check) Accept', 'journeyman.acceptHunk', [target]),
        lens(line, '$(discard) Reject', 'journeyman.rejectHunk', [target]),
        lens(line, '$(comment) Ask for a change', 'journeyman.askHunk', [target]),
        where,
      ];
    case 'accepted':
      return [lens(line, '$(check) Accepted', '', []), undo, where];
    case 'rejected':
      return [lens(line, '$(discard) Rejected', '', []), undo, where];
    case 'asked':
      return [lens(line, `$(comment) Asked: ${reason}`, '', []), undo, where];
    case 'edited':
      return [lens(line, '$(person) Changed by you', '', []), where];
  }
}

function lens(line: number, title: string, command: string, args: readonly ReviewTarget[]): vscode.CodeLens {
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [...args] });
}
