/** Keeps proposals true while they wait: when a file changes under one, it is moved to where it fits, and what was typed into is left out. */
import * as vscode from 'vscode';
import type { ChangeSet, FileChange, HunkResolution } from '../core/change.ts';
import { toError } from '../core/error.ts';
import { limits } from '../core/limits.ts';
import type { Files } from '../core/ports.ts';
import { rebaseChange } from '../review/rebase.ts';
import type { Asks, WaitingAsk } from '../session/asks.ts';
import { lineEdits } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import { splitLines } from '../workspace/lines.ts';
import { openDocument } from './files.ts';

/** Without a change for so long, what was typed is looked at: while somebody types, nothing jumps. */
const quietMs = 300;

interface Waiting {
  /** As they were asked about first: each rebase is made of these, so that what is typed and taken back leaves no trace. */
  readonly changes: ChangeSet;
  readonly files: Map<string, Base>;
}

interface Base {
  /** That the change was made against; null: there was no file. undefined: it is not known, and nothing is moved. */
  base: string | null | undefined;
  /** That stands there now; undefined: as the question says. */
  now: string | null | undefined;
}

export class Rebases {
  readonly #asks: Asks;
  readonly #files: Files;
  /** By token. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #disposables: readonly { dispose(): unknown }[];
  #timer: NodeJS.Timeout | null = null;

  constructor(asks: Asks, files: Files) {
    this.#asks = asks;
    this.#files = files;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const onDisk = ({ fsPath }: vscode.Uri): void => void this.#onDisk(fsPath);
    this.#disposables = [
      watcher,
      watcher.onDidChange(onDisk),
      watcher.onDidCreate(onDisk),
      watcher.onDidDelete(onDisk),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (
          document.uri.scheme === 'file' &&
          contentChanges.length > 0 &&
          this.#basesOf(document.uri.fsPath).length > 0
        )
          this.#soon();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === 'file') void this.#onDisk(uri.fsPath);
      }),
      { dispose: asks.onChange(() => this.#follow()) },
      { dispose: asks.onAnswer((ask) => this.#rebase(ask)) },
    ];
  }

  /** The text that a file of a waiting question is proposed for now; null: no file. undefined: it is not known. */
  textOf(token: string, path: string): string | null | undefined {
    const known = this.#waiting.get(token)?.files.get(path);
    return known?.now === undefined ? known?.base : known.now;
  }

  /** Looks at once. */
  flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const ask of this.#asks.waiting) this.#rebase(ask);
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const one of this.#disposables) one.dispose();
  }

  #follow(): void {
    const tokens = new Set(this.#asks.waiting.map(({ token }) => token));
    for (const token of this.#waiting.keys()) if (!tokens.has(token)) this.#waiting.delete(token);
    for (const ask of this.#asks.waiting) {
      const { question } = ask.approval;
      if (question.kind !== 'edits' || this.#waiting.has(ask.token)) continue;
      const bases = question.changes.map((change) => [change, { base: undefined, now: undefined }] as const);
      this.#waiting.set(ask.token, {
        changes: question.changes,
        files: new Map(bases.map(([{ path }, base]) => [path, base])),
      });
      for (const [change, base] of bases) void this.#readBase(change, base);
    }
  }

  async #readBase({ path, beforeHash }: FileChange, into: Base): Promise<void> {
    const { absolute } = this.#files.locate(path);
    const text = openDocument(absolute)?.getText() ?? (await this.#read(path));
    if (text !== undefined && hashOf(text) === beforeHash) into.base = text;
  }

  /** Of the disk; null: there is no file. undefined: it cannot be read. */
  async #read(path: string): Promise<string | null | undefined> {
    try {
      return (await this.#files.read(path, new AbortController().signal)).text;
    } catch (thrown) {
      return toError(thrown).code === 'not_found' ? null : undefined;
    }
  }

  async #onDisk(absolute: string): Promise<void> {
    for (const [path, base] of this.#basesOf(absolute)) {
      const text = await this.#read(path);
      if (text !== undefined) base.now = text;
      this.#soon();
    }
  }

  #basesOf(absolute: string): readonly (readonly [string, Base])[] {
    return [...this.#waiting.values()].flatMap(({ files }) =>
      [...files].filter(([path]) => this.#files.locate(path).absolute === absolute),
    );
  }

  #soon(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), quietMs);
  }

  #rebase({ approval, token, words }: WaitingAsk): void {
    const waiting = this.#waiting.get(token);
    if (!waiting || approval.question.kind !== 'edits') return;
    const { changes: shown } = approval.question;
    const edited = new Set<string>();
    const changes = waiting.changes.map((change, i) => {
      const now = shown[i] ?? change;
      const own = waiting.files.get(change.path);
      const text = this.#now(change.path, own);
      if (!own || own.base === undefined || text === undefined) return now;
      own.now = text;
      const hash = hashOf(text);
      const rebased = rebaseChange(change, linesOf(own.base), linesOf(text), hash, lineEdits, limits.hunkContext);
      for (const id of rebased.edited) edited.add(id);
      return hash === now.beforeHash ? now : rebased.change;
    });
    if (changes.every((change, i) => change === shown[i])) return;
    const kept = [...words.values()].filter(({ hunk, verdict }) => verdict !== 'edited' && !edited.has(hunk));
    const resolved: readonly HunkResolution[] = [
      ...kept,
      ...[...edited].map((hunk): HunkResolution => ({ hunk, verdict: 'edited' })),
    ];
    this.#asks.rebase(approval.call, token, changes, resolved);
  }

  /** Of the open document, else of the disk as it was last seen. */
  #now(path: string, known: Base | undefined): string | null | undefined {
    return openDocument(this.#files.locate(path).absolute)?.getText() ?? known?.now;
  }
}

function hashOf(text: string | null): string | null {
  return text === null ? null : hashText(text);
}

function linesOf(text: string | null): readonly string[] {
  return text === null ? [] : splitLines(text);
}
