/** What one session has changed in the files: what its log says of each change, and the files as they stand now. */
import type { Problem } from '../core/change.ts';
import type { CallId, Event, Question, Seq, SessionId } from '../core/event.ts';
import { firstLine } from '../core/text.ts';
import { reviewReader, type ReviewStep } from '../review/record.ts';
import type { FollowedFile } from './followedFile.ts';

/** A file of a session. */
export interface Entry {
  readonly followed: FollowedFile;
  /** Of the document whose text the ledger has; null: of none, or it has to be compared. */
  version: number | null;
  /** Its file is on the way to another place: what is not there is no sign of anything. */
  moving: boolean;
  /** Counts what happens to it: whoever reads the disk sees whether the text is still the newest. */
  revision: number;
}

export class FollowedSession {
  readonly id: SessionId;
  /** The last event that is in here. */
  seq: Seq = 0;
  atMs = 0;
  /** By absolute path. */
  readonly entries = new Map<string, Entry>();
  /** Files that a call writes right now, by absolute path: what happens to them is not the person's. */
  readonly writing = new Map<string, CallId>();
  /** Files that it has changed, by the names of the tools; those that it changed last stand last. */
  readonly written = new Set<string>();
  /** What the log says of problems in files, the last time that it says anything. */
  readonly problems = new Map<string, readonly Problem[]>();
  readonly #absolute: (path: string) => string;
  readonly #read = reviewReader();
  readonly #questions = new Map<CallId, Question>();
  #title: string | null = null;
  #opening: string | null = null;

  constructor(id: SessionId, absolute: (path: string) => string) {
    this.id = id;
    this.#absolute = absolute;
  }

  get title(): string {
    return this.#title ?? this.#opening ?? 'New session';
  }

  /** A call begins to write: told at once, before anything is folded. */
  begins(event: Event): void {
    if (event.type === 'approval.requested') this.#questions.set(event.call, event.question);
    if (event.type !== 'tool.started') return;
    const question = this.#questions.get(event.call);
    for (const { path, fate } of event.changes ?? (question?.kind === 'edits' ? question.changes : [])) {
      this.writing.set(this.#absolute(path), event.call);
      if (fate?.kind === 'moved') this.writing.set(this.#absolute(fate.to), event.call);
    }
  }

  /** What the event says; the texts are somebody else's work. */
  take(event: Event): readonly ReviewStep[] {
    this.seq = event.seq;
    this.atMs = event.atMs;
    switch (event.type) {
      case 'session.changed':
        this.#title = event.title ?? this.#title;
        break;
      case 'turn.started':
        this.#opening ??= firstLine(event.text);
        break;
      case 'change.applied':
        for (const { path } of event.files) {
          this.written.delete(path);
          this.written.add(path);
        }
        break;
      case 'problems.found':
        for (const { path, problems } of event.files) this.problems.set(path, problems);
        break;
      case 'tool.finished':
        this.#questions.delete(event.call);
        this.#ends((call) => call === event.call);
        break;
      case 'turn.ended':
        this.rests();
        break;
      default:
    }
    return this.#read(event);
  }

  /** Nothing of it runs: a call whose end was not seen writes no more. */
  rests(): void {
    this.#questions.clear();
    this.#ends(() => true);
  }

  #ends(isOver: (call: CallId) => boolean): void {
    for (const [absolute, call] of this.writing) if (isOver(call)) this.writing.delete(absolute);
  }
}

export function newEntry(followed: FollowedFile): Entry {
  return { followed, version: null, moving: false, revision: 0 };
}
