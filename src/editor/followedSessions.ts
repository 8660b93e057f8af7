/** The sessions whose changes stand in this window's files, kept in step with their logs and with the texts, whichever moves first. */
import { sep } from 'node:path';
import * as vscode from 'vscode';
import type { FileState } from '../core/checkpoint.ts';
import { toError } from '../core/error.ts';
import type { Event, SessionId } from '../core/event.ts';
import type { Checkpoints, Files } from '../core/ports.ts';
import type { Lines } from '../review/ledger.ts';
import { readLedgers, trackedFile } from '../review/record.ts';
import type { Sessions } from '../session/sessions.ts';
import { lineEdits } from '../workspace/diff.ts';
import { textOf, withoutMark } from '../workspace/fileState.ts';
import { splitLines } from '../workspace/lines.ts';
import { openDocument } from './files.ts';
import { FollowedFile, hasOpen, type FileStep } from './followedFile.ts';
import { FollowedSession, newEntry, type Entry } from './followedSession.ts';

export interface FollowedParts {
  readonly sessions: Sessions;
  readonly files: Files;
  readonly checkpoints: Checkpoints;
  /** This process writes its log. */
  readonly isHeld: (id: SessionId) => boolean;
  /** A call of it may write in this moment. */
  readonly isRunning: (id: SessionId) => boolean;
}

/** A session with what is still to be folded. */
interface Following {
  readonly session: FollowedSession;
  /** The last event that is folded or waits for it. */
  known: number;
  /** Batches that wait: until they are folded, texts are not compared. */
  folding: number;
  last: Promise<void>;
}

const frameMs = 16;

const { signal } = new AbortController();

export class FollowedSessions {
  readonly #parts: FollowedParts;
  readonly #all = new Map<SessionId, Following>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables: readonly vscode.Disposable[];
  readonly onDidChange = this.#changed.event;
  #timer: NodeJS.Timeout | null = null;
  #toldAtMs = -frameMs;
  /** Counts what changed; whoever listens hears of it a moment later. */
  revision = 1;

  constructor(parts: FollowedParts) {
    this.#parts = parts;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const compare = (uri: vscode.Uri): void => this.#compare(uri);
    this.#disposables = [
      this.#changed,
      watcher,
      watcher.onDidChange(compare),
      watcher.onDidCreate(compare),
      watcher.onDidDelete(compare),
      vscode.workspace.onDidChangeTextDocument((change) => this.#typed(change)),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#compare(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#compare(uri)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#renamed(oldUri.fsPath, newUri.fsPath);
      }),
    ];
  }

  get all(): readonly FollowedSession[] {
    return [...this.#all.values()].map(({ session }) => session);
  }

  find(id: SessionId): FollowedSession | null {
    return this.#all.get(id)?.session ?? null;
  }

  /**
   * Folds what is new in `events`, all that there are or the last ones; resolves when the files are compared too. `isOwn`: what they say
   * of words was written into the ledger before it was told.
   */
  async take(id: SessionId, events: readonly Event[], isOwn = this.#parts.isHeld(id)): Promise<void> {
    const following = this.#all.get(id) ?? this.#follow(id);
    const { session, known } = following;
    const fresh = events.slice(Math.max(0, known + 1 - (events[0]?.seq ?? 1)));
    if (fresh.length > 0) {
      following.known = fresh.at(-1)?.seq ?? known;
      for (const event of fresh) session.begins(event);
      following.folding++;
      const work = following.last
        .then(() => (known === 0 ? this.#load(session, fresh) : this.#fold(session, fresh, isOwn)))
        .finally(() => following.folding--)
        .then(async (touched) => {
          if (following.folding === 0 && (await this.#syncAll(session, touched))) this.changed();
          else if (touched.size > 0) this.changed();
        });
      following.last = work.catch(() => undefined); // whoever brought the events has the error
      await work;
    }
    await following.last;
  }

  /** Reads the logs of this folder's sessions that have open changes, and what other windows wrote since. */
  async refresh(): Promise<void> {
    const { sessions, files, isHeld } = this.#parts;
    const list = await sessions.list();
    for (const { id, folders, openChanges, updatedAtMs } of list) {
      const known = this.find(id);
      const isNews = known ? updatedAtMs > known.atMs : openChanges > 0 && folders[0] === files.folders[0];
      if (isNews && !isHeld(id)) await this.take(id, (await sessions.salvage(id)).events);
    }
    const there = new Set(list.map(({ id }) => id));
    for (const id of this.#all.keys()) if (!there.has(id) && !isHeld(id)) this.#forget(id);
  }

  /** The text as it stands now: of its document, else of the disk. False: the ledger had it. */
  async sync(entry: Entry): Promise<boolean> {
    const { followed } = entry;
    const before = followed.ledger;
    for (;;) {
      const document = openDocument(this.#absolute(followed.file.path));
      if (document?.isDirty === true) {
        this.#standsIn(entry, document);
        return followed.ledger !== before;
      }
      const { revision } = entry;
      const lines = await this.#onDisk(followed.file.path);
      const now = openDocument(this.#absolute(followed.file.path));
      if (revision !== entry.revision || now?.isDirty === true) continue;
      // A clean document may lag behind the disk, and tells when it follows; without its file it is only what is left on the screen.
      if (now && lines?.length !== 0) this.#standsIn(entry, now);
      else {
        entry.version = null;
        if (lines) followed.stands(lines);
      }
      return followed.ledger !== before;
    }
  }

  /** Typing comes in bursts: whoever draws it hears of the first at once, and of more once a frame. */
  changed(): void {
    this.revision++;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#toldAtMs = performance.now();
        this.#changed.fire();
      },
      Math.max(0, this.#toldAtMs + frameMs - performance.now()),
    );
  }

  /** The ledger has what the open document shows. Whether the disk has something newer is not looked at. */
  isInStep({ followed, version }: Entry): boolean {
    return version !== null && openDocument(this.#absolute(followed.file.path))?.version === version;
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const one of this.#disposables) one.dispose();
  }

  #follow(id: SessionId): Following {
    const session = new FollowedSession(id, (path) => this.#absolute(path));
    const following: Following = { session, known: 0, folding: 0, last: Promise.resolve() };
    this.#all.set(id, following);
    return following;
  }

  #forget(id: SessionId): void {
    if (this.#all.delete(id)) this.changed();
  }

  async #load(session: FollowedSession, events: readonly Event[]): Promise<ReadonlySet<Entry>> {
    for (const event of events) session.take(event);
    if (!this.#parts.isRunning(session.id)) session.rests();
    const read = (state: FileState): Promise<string | null> => this.#kept(session.id, state);
    const files = await readLedgers(events, read, lineEdits);
    const entries = [...files.values()].map((file) => newEntry(new FollowedFile(file)));
    for (const entry of entries) session.entries.set(this.#absolute(entry.followed.file.path), entry);
    return new Set(entries);
  }

  async #fold(session: FollowedSession, events: readonly Event[], isOwn: boolean): Promise<ReadonlySet<Entry>> {
    const touched = new Set<Entry>();
    for (const event of events) {
      for (const step of session.take(event)) {
        if (step.kind === 'left') session.entries.clear();
        else if (step.kind === 'applied' || !isOwn) {
          const entry = await this.#step(session, step);
          if (entry) touched.add(entry);
        }
      }
    }
    return touched;
  }

  async #step(session: FollowedSession, step: FileStep): Promise<Entry | null> {
    const path = step.kind === 'applied' ? step.change.path : step.path;
    const known = this.#entryOf(session, step);
    if (!known && (step.kind !== 'applied' || !step.waits)) return null;
    const isSeen = step.kind === 'applied' && known?.followed.knows(step.change) === true;
    const text = isSeen ? null : await this.#linesOf(session.id, step);
    const entry = known ?? newEntry(new FollowedFile(trackedFile(path, text ?? [])));
    entry.followed.take(step, text);
    entry.version = null;
    this.place(session, entry);
    return entry;
  }

  /** Where its file is now. */
  place(session: FollowedSession, entry: Entry): void {
    const now = this.#absolute(entry.followed.file.path);
    if (session.entries.get(now) === entry) return;
    for (const [absolute, one] of session.entries) if (one === entry) session.entries.delete(absolute);
    session.entries.set(now, entry);
  }

  #entryOf(session: FollowedSession, step: FileStep): Entry | null {
    if (step.kind !== 'reviewed')
      return session.entries.get(this.#absolute(step.kind === 'applied' ? step.change.path : step.path)) ?? null;
    const hunks = new Set(step.hunks.map(({ hunk }) => hunk));
    const isOf = ({ followed }: Entry): boolean => followed.ledger.regions.some(({ hunk }) => hunks.has(hunk));
    return [...session.entries.values()].find(isOf) ?? null;
  }

  async #linesOf(id: SessionId, step: FileStep): Promise<Lines | null> {
    if (step.kind === 'reviewed') return null;
    const state = step.kind === 'applied' ? step.before : step.after;
    if (state?.kind === 'absent' || (step.kind === 'applied' && step.change.beforeHash === null)) return [];
    const text = state && (await this.#kept(id, state));
    return text === null ? null : splitLines(text);
  }

  async #kept(id: SessionId, state: FileState): Promise<string | null> {
    const bytes = await this.#parts.checkpoints.content(id, state).catch(() => null); // gone: nothing can be told of it
    const text = bytes && textOf(bytes);
    return text === null ? null : withoutMark(text);
  }

  async #syncAll(session: FollowedSession, touched: ReadonlySet<Entry>): Promise<boolean> {
    let isChanged = false;
    for (const [absolute, entry] of session.entries) {
      if (session.writing.has(absolute)) continue;
      if (touched.has(entry) || (entry.version === null && hasOpen(entry.followed.ledger)))
        isChanged = (await this.sync(entry)) || isChanged;
    }
    return isChanged;
  }

  /** Something happened to a file outside of its document, or it has one now, or none any more. */
  #compare(uri: vscode.Uri): void {
    if (uri.scheme !== 'file') return;
    for (const entry of this.#entriesOf(uri)) {
      entry.revision++;
      entry.version = null;
      void this.sync(entry).then((isChanged) => {
        if (isChanged) this.changed();
      });
    }
  }

  /** The person gave a file, or a folder of it, another name. */
  #renamed(from: string, to: string): void {
    for (const { session } of this.#all.values()) {
      for (const [absolute, entry] of [...session.entries]) {
        if (absolute !== from && !absolute.startsWith(from + sep)) continue;
        entry.followed.renamed(this.#parts.files.locate(to + absolute.slice(from.length)).path);
        this.place(session, entry);
        this.#compare(vscode.Uri.file(this.#absolute(entry.followed.file.path)));
        this.changed();
      }
    }
  }

  #typed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (document.uri.scheme !== 'file') return;
    let isChanged = false;
    for (const entry of this.#entriesOf(document.uri)) {
      const { followed, version } = entry;
      const before = followed.ledger;
      const now = (): Lines => splitLines(document.getText());
      if (version === document.version) continue; // only whether it is saved changed
      entry.revision++;
      entry.version = document.version;
      const isNext = version === document.version - 1 && contentChanges.length > 0;
      if (isNext) followed.typed(contentChanges, document.lineCount, now, reason !== undefined);
      else followed.stands(now(), reason !== undefined);
      isChanged ||= followed.ledger !== before;
    }
    if (isChanged) this.changed();
  }

  /** What the agent writes, and what is not folded yet, is compared when the log has told it. */
  #entriesOf({ fsPath }: vscode.Uri): readonly Entry[] {
    const absolute = this.#absolute(fsPath);
    return [...this.#all.values()].flatMap(({ session, folding }) => {
      const entry = session.entries.get(absolute);
      if (!entry) return [];
      if (folding === 0 && !entry.moving && !session.writing.has(absolute)) return [entry];
      entry.revision++;
      entry.version = null;
      return [];
    });
  }

  #standsIn(entry: Entry, document: vscode.TextDocument): void {
    if (entry.version !== document.version) entry.followed.stands(splitLines(document.getText()));
    entry.version = document.version;
  }

  async #onDisk(path: string): Promise<Lines | null> {
    try {
      return splitLines((await this.#parts.files.read(path, signal)).text);
    } catch (thrown) {
      return toError(thrown).code === 'not_found' ? [] : null; // no text any more: it stays as it was
    }
  }

  #absolute(path: string): string {
    return this.#parts.files.locate(path).absolute;
  }
}
