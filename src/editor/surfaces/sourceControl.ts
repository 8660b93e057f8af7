/** "Agent changes" in the source control view, and the marks and peek of the gutter that belong to it. */
import * as vscode from 'vscode';
import { count } from '../../protocol/words.ts';
import type { SessionId } from '../../core/event.ts';
import type { ChangedFile, Changes } from '../changed.ts';
import { countOpen, hasOpen } from './openChanges.ts';
import { fileTarget, sourceControlId, type Target } from './targets.ts';

/** A row of the view. */
export interface Row extends vscode.SourceControlResourceState {
  /** What its actions are about. */
  readonly target: Target;
}

export interface Group {
  readonly session: SessionId;
  readonly title: string;
  readonly rows: readonly Row[];
}

export function groupsOf(files: readonly ChangedFile[]): readonly Group[] {
  const groups = new Map<SessionId, Group & { readonly rows: Row[] }>();
  for (const file of files) {
    const group = groups.get(file.session) ?? { session: file.session, title: file.title, rows: [] };
    groups.set(file.session, group);
    group.rows.push(rowOf(file));
  }
  return [...groups.values()];
}

/**
 * The row's address is the file's with a fragment, so that the number of its changes can stand beside it as the mark of a file: those of
 * git, which know nothing of fragments, belong elsewhere.
 */
export function markOf(uri: vscode.Uri, files: readonly ChangedFile[]): vscode.FileDecoration | null {
  if (!uri.fragment.startsWith(fragment)) return null;
  const file = files.find((one) => rowUri(one).toString() === uri.toString());
  if (!file || file.openCount === 0) return null;
  // Two characters are the most that fit.
  const badge = file.openCount > 99 ? '9+' : String(file.openCount);
  const colour = colours[file.fate];
  return { badge, tooltip: wordsOf(file), ...(colour !== null && { color: new vscode.ThemeColor(colour) }) };
}

export interface SourceControlSwitches {
  readonly sourceControl: boolean;
  readonly quickDiff: boolean;
}

export class AgentChanges implements vscode.FileDecorationProvider {
  readonly #changes: Changes;
  readonly #switches: () => SourceControlSwitches;
  readonly #marks = new vscode.EventEmitter<undefined>();
  readonly #disposables: vscode.Disposable;
  /** Only while there are changes: nothing of it is left in the view otherwise. */
  #view: vscode.SourceControl | null = null;
  readonly #groups = new Map<SessionId, { readonly group: vscode.SourceControlResourceGroup; shown: string }>();
  readonly onDidChangeFileDecorations = this.#marks.event;

  constructor(changes: Changes, switches: () => SourceControlSwitches) {
    this.#changes = changes;
    this.#switches = switches;
    this.#disposables = vscode.Disposable.from(
      this.#marks,
      vscode.window.registerFileDecorationProvider(this),
      changes.onDidChange(() => {
        this.#update();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('journeyman.review')) this.#update();
      }),
    );
    this.#update();
  }

  /** What the view shows; null: it is not there. */
  get view(): vscode.SourceControl | null {
    return this.#view;
  }

  get groups(): readonly vscode.SourceControlResourceGroup[] {
    return [...this.#groups.values()].map(({ group }) => group);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    return markOf(uri, this.#changes.files) ?? undefined;
  }

  dispose(): void {
    this.#remove();
    this.#disposables.dispose();
  }

  #update(): void {
    const { files } = this.#changes;
    const { sourceControl, quickDiff } = this.#switches();
    if (!sourceControl || files.length === 0) {
      this.#remove();
      return;
    }
    if (this.#view && (this.#view.quickDiffProvider !== undefined) !== quickDiff) this.#remove();
    this.#view ??= createView();
    if (quickDiff) this.#view.quickDiffProvider ??= { provideOriginalResource: (uri) => this.#originalOf(uri) };
    this.#view.count = countOpen(files);
    const groups = groupsOf(files);
    for (const [session, { group }] of this.#groups) {
      if (groups.some((one) => one.session === session)) continue;
      group.dispose();
      this.#groups.delete(session);
    }
    for (const { session, title, rows } of groups) this.#show(this.#view, session, title, rows);
    this.#marks.fire(undefined);
  }

  #show(view: vscode.SourceControl, session: SessionId, title: string, rows: readonly Row[]): void {
    const known = this.#groups.get(session) ?? { group: view.createResourceGroup(session, title), shown: '' };
    this.#groups.set(session, known);
    if (known.group.label !== title) known.group.label = title;
    const shown = JSON.stringify(rows);
    if (known.shown === shown) return;
    known.shown = shown;
    known.group.resourceStates = [...rows];
  }

  #originalOf(uri: vscode.Uri): vscode.Uri | undefined {
    return this.#changes.of(uri).find(hasOpen)?.baseline;
  }

  #remove(): void {
    for (const { group } of this.#groups.values()) group.dispose();
    this.#groups.clear();
    this.#view?.dispose();
    this.#view = null;
  }
}

const fragment = 'journeyman-';

const colours: Readonly<Record<ChangedFile['fate'], string | null>> = {
  changed: null,
  created: 'gitDecoration.addedResourceForeground',
  deleted: 'gitDecoration.deletedResourceForeground',
  moved: 'gitDecoration.renamedResourceForeground',
};

function createView(): vscode.SourceControl {
  const view = vscode.scm.createSourceControl(sourceControlId, 'Agent changes');
  view.inputBox.visible = false;
  return view;
}

function rowOf(file: ChangedFile): Row {
  const target = fileTarget(file);
  const icon = iconOf(file);
  return {
    target,
    resourceUri: rowUri(file),
    command: { title: 'Compare', command: 'journeyman.compare', arguments: [target] },
    contextValue: file.openCount > 0 ? 'open' : 'yours',
    decorations: {
      tooltip: wordsOf(file),
      faded: file.openCount === 0,
      strikeThrough: file.fate === 'deleted',
      ...(icon !== null && { iconPath: new vscode.ThemeIcon(icon) }),
    },
  };
}

function rowUri({ uri, session }: ChangedFile): vscode.Uri {
  return uri.with({ fragment: `${fragment}${session}` });
}

/** Takes the place of the number. */
function iconOf({ openCount, outsidePlan }: ChangedFile): string | null {
  return openCount === 0 ? 'person' : outsidePlan ? 'warning' : null;
}

function wordsOf({ path, fate, from, openCount, outsidePlan }: ChangedFile): string {
  const what = openCount === 0 ? 'changed by you' : count(openCount, 'change');
  const how =
    openCount === 0
      ? ''
      : fate === 'created'
        ? ', new file'
        : fate === 'deleted'
          ? ', deleted'
          : fate === 'moved' && from !== undefined
            ? `, was ${from}`
            : '';
  return `${path}: ${what}${how}${outsidePlan ? ', not in the plan' : ''}`;
}
