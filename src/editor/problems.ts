/** What the editor says of files that agents changed: only what was said of the text as it stands, and what is new since the change. */
import * as vscode from 'vscode';
import type { FileProblems, Problem } from '../core/change.ts';
import type { Event, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Clock, Files } from '../core/ports.ts';
import { hashText } from '../workspace/files.ts';
import { newProblems } from './newProblems.ts';

export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
}

/**
 * **Invariant:** problems count for a text only when they were told after its last change. Diagnostics carry no version, and a document
 * that nobody speaks of may be clean or not looked at: it is "not known", never "none".
 */
export class Problems {
  readonly #files: Files;
  readonly #clock: Clock;
  /** Open documents, by address. */
  readonly #open = new Map<string, Seen>();
  /** What was said of a file before a session first changed it, by session and address. */
  readonly #before = new Map<string, readonly Problem[]>();
  /** The last answer of `counts`, for those who asked. */
  readonly #counted = new Map<string, ProblemCounts | null>();
  /** Languages of which something was ever told in this window: for others nobody is waited for. */
  readonly #spoken = new Set<string>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #told = new vscode.EventEmitter<void>();
  readonly #disposables: readonly vscode.Disposable[];
  /** Some answer of `counts` is another one now. */
  readonly onDidChange = this.#changed.event;

  constructor(files: Files, clock: Clock) {
    this.#files = files;
    this.#clock = clock;
    for (const document of vscode.workspace.textDocuments) this.#onText(document);
    for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
      const seen = this.#open.get(uri.toString());
      if (seen && diagnostics.length > 0) this.#onTold(seen);
    }
    this.#disposables = [
      this.#changed,
      this.#told,
      vscode.workspace.onDidOpenTextDocument((document) => this.#onText(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#open.delete(uri.toString());
        this.#recount([uri]);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#onText(document);
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) {
          const seen = this.#open.get(uri.toString());
          if (seen && this.#isOfThisText(seen)) this.#onTold(seen);
        }
        this.#recount(uris);
        this.#told.fire();
      }),
    ];
  }

  /** Events of a session as they fall: what is said of files that it is about to change is remembered. */
  follow(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type !== 'checkpoint.created' || event.call === null) continue;
      for (const { path } of event.files) {
        const key = keyOf(event.session, this.#uri(path));
        if (!this.#before.has(key)) this.#before.set(key, this.#now(this.#uri(path)));
      }
    }
  }

  /** Of the text as it stands, old problems included; null: not known. */
  counts(path: string): ProblemCounts | null {
    const uri = this.#uri(path);
    const counted = this.#count(uri);
    this.#counted.set(uri.toString(), counted);
    return counted;
  }

  /**
   * What is new in these files since the session first changed them, for those of which it is known; of very many, the last ones. After
   * a change it waits until something was told and all is quiet, but not for long.
   */
  async freshProblems(
    session: SessionId,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly FileProblems[]> {
    const last = paths.slice(-limits.problemsFilesMax);
    const found = await Promise.all(last.map((path) => this.#fresh(session, path, signal)));
    return found.filter((file) => file !== null);
  }

  dispose(): void {
    for (const one of this.#disposables) one.dispose();
  }

  async #fresh(session: SessionId, path: string, signal: AbortSignal): Promise<FileProblems | null> {
    const document = await this.#document(path);
    if (document === null) return null;
    await this.#settled(document, signal);
    const text = await this.#files.read(path, signal).catch(() => null); // gone meanwhile
    signal.throwIfAborted();
    const textHash = hashText(document.getText());
    // A clean document may lag behind a file that was just written: what is said of it then is of the text before.
    if (text?.hash !== textHash) return null;
    const seen = this.#open.get(document.uri.toString());
    if (!seen || !this.#isKnown(seen)) return null;
    const before = this.#before.get(keyOf(session, document.uri)) ?? [];
    const problems = newProblems(this.#now(document.uri), before).slice(0, limits.problemsPerFile);
    return { path: text.path, textHash, problems };
  }

  #uri(path: string): vscode.Uri {
    return vscode.Uri.file(this.#files.locate(path).absolute);
  }

  #onText(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file') return;
    this.#open.set(document.uri.toString(), {
      document,
      changedAtMs: this.#clock.now(),
      toldAtMs: null,
      old: vscode.languages.getDiagnostics(document.uri),
    });
    this.#recount([document.uri]);
  }

  #onTold(seen: Seen): void {
    seen.toldAtMs = this.#clock.now();
    this.#spoken.add(seen.document.languageId);
  }

  /** The workbench tells some things twice: what stood there when the text changed is of the text before, however late it comes. */
  #isOfThisText({ document, changedAtMs, old }: Seen): boolean {
    const now = vscode.languages.getDiagnostics(document.uri);
    const differs = now.length !== old.length || now.some((one, at) => one !== old[at]);
    return differs || (now.length === 0 && this.#clock.now() - changedAtMs >= limits.problemsLateMs);
  }

  #isKnown({ document, toldAtMs }: Seen): boolean {
    if (toldAtMs === null || document.isClosed) return false;
    // One that begins beyond the text was computed for another.
    return vscode.languages.getDiagnostics(document.uri).every(({ range }) => range.start.line < document.lineCount);
  }

  #now(uri: vscode.Uri): readonly Problem[] {
    return vscode.languages.getDiagnostics(uri).flatMap((diagnostic) => problemOf(diagnostic) ?? []);
  }

  #count(uri: vscode.Uri): ProblemCounts | null {
    const seen = this.#open.get(uri.toString());
    if (!seen || !this.#isKnown(seen)) return null;
    const problems = this.#now(uri);
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    return { errors, warnings: problems.length - errors };
  }

  #recount(uris: readonly vscode.Uri[]): void {
    const changed = uris.filter((uri) => {
      const known = this.#counted.get(uri.toString());
      if (known === undefined) return false;
      const counted = this.#count(uri);
      this.#counted.set(uri.toString(), counted);
      return counted?.errors !== known?.errors || counted?.warnings !== known?.warnings;
    });
    if (changed.length > 0) this.#changed.fire();
  }

  /** Opened where it is not: language servers speak of open documents. null: it is gone, or no text. */
  async #document(path: string): Promise<vscode.TextDocument | null> {
    try {
      return await vscode.workspace.openTextDocument(this.#uri(path));
    } catch {
      return null; // not known, as of any file that nothing was said of
    }
  }

  async #settled(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const seen = this.#open.get(document.uri.toString());
      const leftMs = seen ? this.#leftMs(seen) : 0;
      if (leftMs <= 0) return;
      await this.#next(leftMs, signal);
    }
  }

  #leftMs({ document, changedAtMs, toldAtMs }: Seen): number {
    const nowMs = this.#clock.now();
    if (toldAtMs === null && !this.#spoken.has(document.languageId)) return 0;
    const untilMs = changedAtMs + limits.problemsWaitMs;
    return (toldAtMs === null ? untilMs : Math.min(untilMs, toldAtMs + limits.problemsQuietMs)) - nowMs;
  }

  /** Until something is told, but at most so long. */
  async #next(ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const told = this.#told.event(() => over.abort());
    try {
      await this.#clock.sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    } finally {
      told.dispose();
    }
    signal.throwIfAborted();
  }
}

/** An open document and when its text and what is said of it changed last. */
interface Seen {
  readonly document: vscode.TextDocument;
  readonly changedAtMs: number;
  /** null: nothing was told of this text yet. */
  toldAtMs: number | null;
  /** What was said when the text changed. */
  readonly old: readonly vscode.Diagnostic[];
}

function keyOf(session: SessionId, uri: vscode.Uri): string {
  return `${session} ${uri.toString()}`;
}

/** null: a hint, which is advice. */
export function problemOf({ range, severity, message, source, code }: vscode.Diagnostic): Problem | null {
  if (severity > vscode.DiagnosticSeverity.Warning) return null;
  const name = typeof code === 'object' ? code.value : code;
  const from = [source, name].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    line: range.start.line + 1,
    severity: severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning',
    message: message.slice(0, limits.lineChars),
    ...(from !== '' && { source: from }),
  };
}
