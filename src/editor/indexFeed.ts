/**
 * The index of this window: begun when something first needs it, told what is typed, saved and changed from outside. The work is done in
 * other threads; here events are only handed on.
 */
import * as vscode from 'vscode';
import { toError } from '../core/error.ts';
import type { CodeIndex, Files } from '../core/ports.ts';
import type { IndexStatus } from '../core/symbols.ts';

export interface IndexSources {
  readonly files: Pick<Files, 'locate'>;
  /** Absolute paths of the folders as they are now. */
  readonly folders: () => readonly string[];
  readonly start: (folders: readonly string[]) => Promise<CodeIndex>;
  /** Switched on, and the folder is trusted. */
  readonly allowed: () => boolean;
}

/** Before `need`, and where it is not allowed, every answer is empty. */
export class EditorIndex implements CodeIndex {
  readonly #sources: IndexSources;
  readonly #listeners = new Set<(status: IndexStatus) => void>();
  /** Documents that differ from what the index was told last, and files that changed on disk. */
  readonly #typed = new Set<vscode.TextDocument>();
  readonly #changed = new Set<string>();
  readonly #events: vscode.Disposable;
  #watchers: readonly vscode.Disposable[] = [];
  #running: Promise<CodeIndex | null> | null = null;
  #index: CodeIndex | null = null;
  /** Why it could not begin. */
  #failed: IndexStatus | null = null;
  #needed = false;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(sources: IndexSources) {
    this.#sources = sources;
    const { workspace } = vscode;
    this.#events = vscode.Disposable.from(
      // Also told without changes: when what was unsaved is thrown away.
      workspace.onDidChangeTextDocument(({ document }) => this.#onTyped(document)),
      workspace.onDidSaveTextDocument((document) => this.#onSaved(document)),
      workspace.onDidCloseTextDocument((document) => this.#onTyped(document)),
      workspace.onDidChangeWorkspaceFolders(() => void this.restart()),
      workspace.onDidGrantWorkspaceTrust(() => void this.restart()),
    );
  }

  /** null: nothing has needed it, or it is not allowed. */
  get known(): IndexStatus | null {
    return this.#index?.status() ?? this.#failed;
  }

  /** Switched on, in a folder that is trusted. */
  get allowed(): boolean {
    return this.#sources.allowed() && this.#sources.folders().length > 0;
  }

  /** Somebody is going to ask: begins it where that is allowed. Never throws: what fails is its status. */
  need(): Promise<CodeIndex | null> {
    this.#needed = true;
    if (this.#closed || !this.allowed) return Promise.resolve(null);
    return (this.#running ??= this.#begin());
  }

  /** With the folders, trust and settings as they are now. */
  async restart(): Promise<void> {
    await this.#end();
    if (this.#needed) await this.need();
    this.#tell(this.status());
  }

  status(): IndexStatus {
    return this.known ?? (this.allowed ? notBegun : switchedOff);
  }

  onStatus(listener: (status: IndexStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ready(signal: AbortSignal): Promise<IndexStatus> {
    return (await this.#current())?.ready(signal) ?? notBegun;
  }

  async find(...[query, signal]: Parameters<CodeIndex['find']>): ReturnType<CodeIndex['find']> {
    return (await this.#current())?.find(query, signal) ?? [];
  }

  async outline(...[path, max, signal]: Parameters<CodeIndex['outline']>): ReturnType<CodeIndex['outline']> {
    return (await this.#current())?.outline(path, max, signal) ?? { definitions: [], cut: false };
  }

  async references(...[query, signal]: Parameters<CodeIndex['references']>): ReturnType<CodeIndex['references']> {
    return (await this.#current())?.references(query, signal) ?? { references: [], cut: false };
  }

  async rank(...[query, signal]: Parameters<CodeIndex['rank']>): ReturnType<CodeIndex['rank']> {
    return (await this.#current())?.rank(query, signal) ?? { files: [], symbols: [], complete: false };
  }

  async lines(...[ranges, signal]: Parameters<CodeIndex['lines']>): ReturnType<CodeIndex['lines']> {
    return (await this.#current())?.lines(ranges, signal) ?? ranges.map(() => null);
  }

  unsaved(path: string, text: string | null): void {
    this.#index?.unsaved(path, text);
  }

  changed(paths: readonly string[]): void {
    this.#index?.changed(paths);
  }

  cancel(): void {
    this.#index?.cancel();
  }

  /** Goes on with what was cancelled; what is known stays known. */
  resume(): void {
    if (this.#index) this.#index.changed(['.']);
    else void this.need();
  }

  /** From nothing; one that was never begun begins. */
  rebuild(): void {
    this.#needed = true;
    if (this.#index) this.#index.rebuild();
    else void this.restart();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#events.dispose();
    this.#listeners.clear();
    await this.#end();
  }

  /** With all that was typed and changed until now. */
  async #current(): Promise<CodeIndex | null> {
    const index = await this.need();
    this.#flush();
    return index;
  }

  async #begin(): Promise<CodeIndex | null> {
    const folders = this.#sources.folders();
    const mine = this.#watch(folders);
    this.#watchers = mine;
    let index: CodeIndex;
    try {
      index = await this.#sources.start(folders);
    } catch (thrown) {
      this.#failed = { ...notBegun, state: 'failed', message: toError(thrown).message };
      this.#tell(this.#failed);
      return null;
    }
    if (this.#watchers !== mine) {
      await index.close(); // ended while it began
      return null;
    }
    this.#index = index;
    index.onStatus((status) => {
      if (this.#index === index) this.#tell(status);
    });
    for (const document of vscode.workspace.textDocuments) if (document.isDirty) this.#typed.add(document);
    this.#flush();
    this.#tell(index.status());
    return index;
  }

  async #end(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
    this.#running = null;
    this.#failed = null;
    const index = this.#index;
    this.#index = null;
    await index?.close();
  }

  /** One for each folder: what is outside of all of them is nobody's. */
  #watch(folders: readonly string[]): readonly vscode.Disposable[] {
    const onFile = ({ fsPath }: vscode.Uri): void => {
      const { path, inside } = this.#sources.files.locate(fsPath);
      if (!inside || inGit.test(path)) return;
      this.#changed.add(path);
      this.#soon(changesMs);
    };
    return folders.map((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), '**'),
      );
      return vscode.Disposable.from(
        watcher,
        watcher.onDidCreate(onFile),
        watcher.onDidChange(onFile),
        watcher.onDidDelete(onFile),
      );
    });
  }

  #onTyped(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || this.#index === null) return;
    this.#typed.add(document);
    this.#soon(frameMs);
  }

  /** The disk may be told of later than the document. */
  #onSaved(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || this.#index === null) return;
    this.#typed.add(document);
    this.#changed.add(this.#sources.files.locate(document.uri.fsPath).path);
    this.#soon(frameMs);
  }

  #soon(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, ms);
  }

  #flush(): void {
    const index = this.#index;
    if (index === null) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    for (const document of this.#typed) {
      const { path, inside } = this.#sources.files.locate(document.uri.fsPath);
      if (inside && document.uri.scheme === 'file')
        index.unsaved(path, document.isDirty && !document.isClosed ? document.getText() : null);
    }
    if (this.#changed.size > 0) index.changed([...this.#changed]);
    this.#typed.clear();
    this.#changed.clear();
  }

  #tell(status: IndexStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}

const notBegun: IndexStatus = { state: 'starting', indexed: 0, files: 0, definitions: 0, message: null };
const switchedOff: IndexStatus = { ...notBegun, state: 'cancelled', message: 'The index is switched off.' };

/** Between typing and telling: one frame. Changes on disk come in crowds. */
const frameMs = 16;
const changesMs = 100;
const inGit = /(?:^|\/)\.git(?:\/|$)/;
