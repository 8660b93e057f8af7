/** The changes that stand in the files of this window, as every surface shows them, and the person's words on them. */
import * as vscode from 'vscode';
import type { HunkId, HunkReview, Problem } from '../core/change.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Attachment, Event, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Checkpoints, Files } from '../core/ports.ts';
import type { ReviewedFile } from '../protocol/messages.ts';
import { ask, baseline, decide, hunksOf, reopen, type FileLedger, type LineEdit } from '../review/ledger.ts';
import type { TrackedFile } from '../review/record.ts';
import type { LiveSession, Sessions } from '../session/sessions.ts';
import { joinLines } from '../workspace/lines.ts';
import type { ChangedFile, Changes, ChangeTarget } from './changed.ts';
import { attachmentOf, baselineScheme, changedFile, openIds, reviewedFile, reviewsOf } from './changedFiles.ts';
import { moveFile, writeFile, type KeptFile } from './changeWriter.ts';
import type { Desk } from './desk.ts';
import type { Entry, FollowedSession } from './followedSession.ts';
import { FollowedSessions } from './followedSessions.ts';

export interface ChangeParts {
  readonly desk: Desk;
  readonly sessions: Sessions;
  readonly files: Files;
  readonly checkpoints: Checkpoints;
  /** Words to the session on the desk. */
  readonly send: (text: string, attachments: readonly Attachment[]) => Promise<void>;
  readonly problems: (path: string) => ReviewedFile['problems'];
}

/** A word that was said in this window. */
interface Said {
  readonly session: SessionId;
  readonly hunks: ReadonlySet<HunkId>;
}

export class ChangeDesk implements Changes {
  readonly #parts: ChangeParts;
  readonly #followed: FollowedSessions;
  readonly onDidChange: vscode.Event<void>;
  /** Oldest first. */
  readonly #said: Said[] = [];
  #files: readonly ChangedFile[] = [];
  /** Of what `#files` were made. */
  #revision = 0;
  #made = new Map<Entry, Made>();
  /** Words are written one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ChangeParts) {
    this.#parts = parts;
    this.#followed = new FollowedSessions({
      ...parts,
      isHeld: (id) => parts.desk.find(id) !== null,
      isRunning: (id) => parts.desk.find(id)?.running === true,
    });
    this.onDidChange = this.#followed.onDidChange;
  }

  get files(): readonly ChangedFile[] {
    if (this.#revision === this.#followed.revision) return this.#files;
    this.#revision = this.#followed.revision;
    const made = new Map<Entry, Made>();
    for (const session of this.#followed.all) {
      for (const entry of session.entries.values()) {
        const { file } = entry.followed;
        const before = this.#made.get(entry);
        const isSame = before?.from === file && before.title === session.title;
        const absolute = (path: string): string => this.#absolute(path);
        made.set(
          entry,
          isSame ? before : { from: file, title: session.title, file: changedFile(session, file, absolute) },
        );
      }
    }
    this.#made = made;
    const files = [...made.values()].flatMap(({ file }) => file ?? []);
    files.sort((a, b) => compareText(a.session, b.session) || compareText(a.path, b.path));
    const isSame = files.length === this.#files.length && files.every((file, i) => file === this.#files[i]);
    if (!isSame) this.#files = files;
    return this.#files;
  }

  get decided(): boolean {
    return this.#lastSaid() !== null;
  }

  of(uri: vscode.Uri): readonly ChangedFile[] {
    const address = uri.toString();
    return this.files.filter((file) => file.uri.toString() === address);
  }

  baselineText(uri: vscode.Uri): string | null {
    if (uri.scheme !== baselineScheme) return null;
    const entry = this.#followed.find(uri.query)?.entries.get(this.#absolute(uri.fsPath));
    return entry ? joinLines(baseline(entry.followed.ledger)) : null;
  }

  /** All that this window knows of a session's changes, decided ones too. */
  reviewed(id: SessionId): readonly ReviewedFile[] {
    const entries = [...(this.#followed.find(id)?.entries.values() ?? [])];
    return entries.map(({ followed: { file } }) => reviewedFile(file, this.#parts.problems(file.path)));
  }

  /** Files that a session has changed, those that it changed last at the end. */
  writtenPaths(id: SessionId): readonly string[] {
    return [...(this.#followed.find(id)?.written ?? [])];
  }

  /** By path. */
  toldProblems(id: SessionId): ReadonlyMap<string, readonly Problem[]> {
    return this.#followed.find(id)?.problems ?? new Map();
  }

  /** Events of a session, all that there are or the last ones. */
  take(id: SessionId, events: readonly Event[]): Promise<void> {
    return this.#followed.take(id, events);
  }

  /** Finds what is open in sessions that nobody has opened here, and what other windows did. */
  refresh(): Promise<void> {
    return this.#followed.refresh();
  }

  decide(target: ChangeTarget, word: 'accepted' | 'rejected'): Promise<boolean> {
    return this.#inOrder(async () => {
      if (this.#chosen(target).length === 0) return false;
      return this.#writing(target.session, async (live, session) => {
        let decided = false;
        for (const entry of this.#chosen(target))
          decided = (await this.#decide(live, session, entry, target, word)) || decided;
        return decided;
      });
    });
  }

  reopen(target: ChangeTarget | null): Promise<boolean> {
    return this.#inOrder(async () => {
      const said = target === null ? this.#lastSaid() : this.#saidOf(target);
      if (!said || this.#entriesOf(said).length === 0) return false;
      return this.#writing(said.session, async (live, session) => {
        for (const entry of this.#entriesOf(said)) await this.#reopen(live, session, entry, said.hunks);
        const at = this.#said.indexOf(said);
        if (at >= 0) this.#said.splice(at, 1);
        return true;
      });
    });
  }

  async ask(target: ChangeTarget, words: string): Promise<boolean> {
    const { desk, send } = this.#parts;
    const attachment = await this.#inOrder(async () => {
      if (this.#chosen(target).length === 0) return null;
      if (desk.shownId !== target.session) await desk.open(target.session);
      if (desk.live === null)
        throw new JourneymanError('locked', 'This session is at work elsewhere. Ask there, or wait until it ends.');
      return this.#writing(target.session, (live, session) => this.#ask(live, session, target, words));
    });
    if (attachment === null) return false;
    void send(words, [attachment]);
    return true;
  }

  /** Notes what became of a running session's changes that its log does not hold: what was typed into them, taken out, brought back. */
  tell(id: SessionId): Promise<void> {
    return this.#inOrder(async () => {
      const live = this.#parts.desk.find(id);
      if (live === null) return;
      await this.#followed.take(id, live.events);
      const session = this.#followed.find(id);
      for (const entry of [...(session?.entries.values() ?? [])]) {
        await this.#followed.sync(entry);
        const news = entry.followed.news.map((review) => shortened(review));
        if (session && news.length > 0) await this.#tell(live, session, entry, news);
      }
    });
  }

  dispose(): void {
    this.#followed.dispose();
  }

  async #decide(
    live: LiveSession,
    session: FollowedSession,
    entry: Entry,
    target: ChangeTarget,
    word: 'accepted' | 'rejected',
  ): Promise<boolean> {
    const turned = await this.#turn(live, entry, (ledger) => {
      const hunks = wanted(openIds(ledger), target);
      return { ...decide(ledger, hunks, word), hunks };
    });
    if (turned === null) return false;
    this.#say({ session: session.id, hunks: turned.hunks });
    await this.#tell(live, session, entry, reviewsOf(turned.file, turned.hunks));
    return true;
  }

  async #reopen(live: LiveSession, session: FollowedSession, entry: Entry, hunks: ReadonlySet<HunkId>): Promise<void> {
    const turned = await this.#turn(live, entry, (ledger) => {
      const back = new Set(closedIds(ledger).filter((id) => hunks.has(id)));
      return { ...reopen(ledger, back), hunks: back };
    });
    if (turned) await this.#tell(live, session, entry, reviewsOf(turned.file, turned.hunks));
  }

  async #ask(
    live: LiveSession,
    session: FollowedSession,
    target: ChangeTarget,
    words: string,
  ): Promise<Attachment | null> {
    const [entry] = this.#chosen(target);
    if (!entry) return null;
    await this.#followed.sync(entry);
    const { file, ledger } = entry.followed;
    const [id] = wanted(openIds(ledger), target);
    const hunk = hunksOf(ledger).find((one) => one.hunk === id);
    if (!hunk) return null;
    const next = ask(ledger, hunk.hunk, words);
    entry.followed.set(next);
    this.#say({ session: session.id, hunks: new Set([hunk.hunk]) });
    await this.#tell(live, session, entry, reviewsOf(next, new Set([hunk.hunk])));
    return attachmentOf(file.path, ledger, hunk);
  }

  /** Into the file first; what is saved or typed at the same moment is no reason to give up. null: there is nothing to turn. */
  async #turn(live: LiveSession, entry: Entry, turn: (ledger: FileLedger) => Turn): Promise<Turn | null> {
    for (let attempt = 1; ; attempt++) {
      // The word is about what the person sees; whoever writes it looks at the disk, and where that is newer it is compared first.
      if (attempt > 1 || !this.#followed.isInStep(entry)) await this.#followed.sync(entry);
      const turned = turn(entry.followed.ledger);
      if (turned.hunks.size === 0) return null;
      try {
        await this.#write(live, entry, turned);
        return turned;
      } catch (thrown) {
        if (attempt === writesMax || toError(thrown).code !== 'conflict') throw thrown;
      }
    }
  }

  async #write(live: LiveSession, entry: Entry, { file: next, writes, hunks }: Turn): Promise<void> {
    const { followed } = entry;
    const { ledger, file } = followed;
    const { files } = this.#parts;
    followed.expect(next);
    try {
      await writeFile(files, {
        path: file.path,
        before: ledger.lines,
        after: next.lines,
        edits: writes,
        kept: () => this.#keptOf(live, file.path),
      });
    } finally {
      if (followed.isExpecting) followed.expect(null);
    }
    if (followed.ledger === ledger) followed.set(next);
    for (const { hunk, from, to } of file.moves) {
      const isBack = next.regions.some((region) => region.hunk === hunk && region.state === 'rejected');
      if (!hunks.has(hunk) || file.path !== (isBack ? to : from)) continue;
      entry.moving = true;
      try {
        await moveFile(files, file.path, isBack ? from : to);
      } finally {
        entry.moving = false;
      }
      followed.renamed(isBack ? from : to);
    }
  }

  /** What the log says of a file before the agent took it away. */
  async #keptOf(live: LiveSession, path: string): Promise<KeptFile | null> {
    const event = live.events.findLast(
      (one) =>
        one.type === 'checkpoint.created' && one.files.some((file) => file.path === path && file.state.kind === 'file'),
    );
    const state =
      event?.type === 'checkpoint.created' ? event.files.find((file) => file.path === path)?.state : undefined;
    if (!state) return null;
    const bytes = await this.#parts.checkpoints.content(live.id, state).catch(() => null); // its text is known all the same
    return { state, bytes };
  }

  async #tell(live: LiveSession, session: FollowedSession, entry: Entry, hunks: readonly HunkReview[]): Promise<void> {
    const { path } = entry.followed.file;
    this.#followed.changed();
    try {
      await live.note({ type: 'change.reviewed', path, hunks });
    } catch (thrown) {
      this.#parts.desk.note(live, thrown);
      throw thrown;
    }
    entry.followed.told(hunks);
    this.#followed.place(session, entry);
    await this.#followed.sync(entry);
    this.#followed.changed();
  }

  /** Writes to a session's log; one that is not held is opened for that moment. Throws `locked` where another window has it. */
  #writing<T>(id: SessionId, work: (live: LiveSession, session: FollowedSession) => Promise<T>): Promise<T> {
    return this.#parts.desk.write(id, async (live) => {
      await this.#followed.take(id, live.events);
      const session = this.#followed.find(id);
      if (!session) throw new JourneymanError('not_found', 'There is no such session any more.');
      try {
        return await work(live, session);
      } finally {
        await this.#followed.take(id, live.events, true);
      }
    });
  }

  /** Files with open hunks of a target. */
  #chosen(target: ChangeTarget): readonly Entry[] {
    const entries = [...(this.#followed.find(target.session)?.entries.values() ?? [])];
    return entries.filter(
      ({ followed: { file } }) =>
        (target.path === undefined || target.path === file.path) && wanted(openIds(file.ledger), target).size > 0,
    );
  }

  #say(said: Said): void {
    this.#said.push(said);
    if (this.#said.length > saidMax) this.#said.shift();
  }

  /** The last word that can be taken back. */
  #lastSaid(): Said | null {
    return this.#said.findLast((said) => this.#entriesOf(said).length > 0) ?? null;
  }

  #saidOf({ session, path, hunks }: ChangeTarget): Said {
    if (hunks) return { session, hunks: new Set(hunks) };
    const entries = [...(this.#followed.find(session)?.entries.values() ?? [])];
    const own = entries.filter(({ followed: { file } }) => path === undefined || path === file.path);
    return { session, hunks: new Set(own.flatMap(({ followed: { ledger } }) => closedIds(ledger))) };
  }

  #entriesOf({ session, hunks }: Said): readonly Entry[] {
    const entries = [...(this.#followed.find(session)?.entries.values() ?? [])];
    return entries.filter(({ followed: { ledger } }) => closedIds(ledger).some((id) => hunks.has(id)));
  }

  #absolute(path: string): string {
    return this.#parts.files.locate(path).absolute;
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined); // whoever asked for it has the error
    return next;
  }
}

/** What a word makes of a file. */
interface Turn {
  readonly file: FileLedger;
  readonly writes: readonly LineEdit[];
  readonly hunks: ReadonlySet<HunkId>;
}

/** Times that a word is written where the file moves on meanwhile. */
const writesMax = 3;

interface Made {
  readonly from: TrackedFile;
  readonly title: string;
  readonly file: ChangedFile | null;
}

/** More words are not taken back one by one. */
const saidMax = 200;

/** Hunks whose word can be taken back. */
function closedIds({ regions }: FileLedger): readonly HunkId[] {
  const closed = regions.filter(({ state }) => state === 'accepted' || state === 'rejected' || state === 'asked');
  return [...new Set(closed.map(({ hunk }) => hunk))];
}

function wanted(open: ReadonlySet<HunkId>, { hunks }: ChangeTarget): ReadonlySet<HunkId> {
  return hunks ? new Set(hunks.filter((id) => open.has(id))) : open;
}

/** The model reads the file where it needs more. */
function shortened(review: HunkReview): HunkReview {
  return review.text ? { ...review, text: review.text.slice(0, limits.reviewedLines) } : review;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
