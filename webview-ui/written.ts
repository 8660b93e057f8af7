/** Changes that stand in files: what the log tells of each, over it what the editor says of it now, and a person's words on them. */
import type { ReviewedFile } from '../src/protocol/messages.ts';
import { callOfHunk, editOf, isOpen } from '../src/protocol/queries.ts';
import type { CallId, HunkId, HunkState, StepRow, View } from '../src/protocol/view.ts';
import { after, fileKey, hunkIds, type Panel } from './panel.ts';

/** The last word of a person on changes. */
export type LastWord =
  | { readonly on: 'question'; readonly call: CallId; readonly hunk: HunkId }
  | { readonly on: 'files'; readonly hunks: readonly HunkId[]; readonly word: 'accept' | 'reject' };

/** The host's last word on the files of the session. */
export interface LiveFiles {
  readonly files: ReadonlyMap<string, ReviewedFile>;
  readonly hunks: ReadonlyMap<HunkId, ReviewedFile['hunks'][number]>;
}

export interface HunkNow {
  readonly state: HunkState;
  readonly reason: string;
  /** From 1, as the file stands now; null: not known. */
  readonly line: number | null;
  /** What a person can do: say a word, or take one back; `see`: it is settled otherwise, and the editor still knows where it is. */
  readonly can: 'decide' | 'undo' | 'see' | null;
}

export interface ToReview {
  readonly hunks: readonly HunkId[];
  readonly files: number;
  /** How many in each file. */
  readonly byFile: ReadonlyMap<string, number>;
}

export class Written {
  readonly #panel: Panel;
  #live: LiveFiles | null = null;
  #waiting: { open: View['open']; live: LiveFiles | null; value: ToReview } | null = null;

  constructor(panel: Panel) {
    this.#panel = panel;
  }

  /** null: the editor has not spoken (yet), the log counts. */
  receive(files: readonly ReviewedFile[] | null): void {
    this.#live = files && liveFiles(files);
  }

  get toReview(): ToReview {
    const { open } = this.#panel.view;
    if (this.#waiting?.open !== open || this.#waiting.live !== this.#live)
      this.#waiting = { open, live: this.#live, value: toReview(this.#panel.view, this.#live) };
    return this.#waiting.value;
  }

  now(step: StepRow, hunk: HunkId): HunkNow {
    const now = hunkNow(step, hunk, this.#panel.view, this.#live);
    return this.#panel.readOnly ? { ...now, can: null } : now;
  }

  /** What the editor says of a file with changes. */
  fileNow(path: string): ReviewedFile | null {
    return this.#live?.files.get(path) ?? null;
  }

  holds(hunk: HunkId): boolean {
    return this.#stepOf(hunk)?.hunks.get(hunk)?.written ?? false;
  }

  /** Several changes had one word just now: it can be taken back where it was said. */
  get lastOfMany(): (LastWord & { readonly on: 'files' }) | null {
    const last = this.#panel.lastWord;
    return last?.on === 'files' && last.hunks.length > 1 ? last : null;
  }

  say(hunks: readonly HunkId[], word: 'accept' | 'reject' | 'reopen'): void {
    const panel = this.#panel;
    if (panel.readOnly || hunks.length === 0) return;
    panel.post({ type: 'review', hunks, word });
    panel.lastWord = word === 'reopen' ? null : { on: 'files', hunks, word };
    const { written, asking } = panel.ui;
    const next = word === 'reopen' ? (hunks[0] ?? null) : written === null ? null : this.#nextBeside(written, hunks);
    panel.change((ui) => {
      ui.written = next;
      if (asking !== null && hunks.includes(asking)) {
        ui.asking = null;
        ui.askText = '';
      }
    });
  }

  /** All of one file of a step that waits. */
  sayOfFile(step: StepRow, path: string, word: 'accept' | 'reject'): void {
    const hunks = step.changes.find((file) => file.path === path)?.hunks ?? [];
    this.say(
      hunks.map(({ id }) => id).filter((id) => this.now(step, id).can === 'decide'),
      word,
    );
  }

  ask(hunk: HunkId, text: string): void {
    this.#panel.post({ type: 'ask_change', hunk, text });
    this.#panel.change((ui) => {
      ui.asking = null;
      ui.askText = '';
      ui.written = hunk;
    });
  }

  /** Goes to the next change that waits, from the current one or from an end; its row is opened for it. */
  next(by: 1 | -1): void {
    const panel = this.#panel;
    const all = writtenHunks(panel.view);
    const ordered = by === 1 ? all : all.toReversed();
    const at = ordered.findIndex(({ id }) => id === panel.ui.written);
    const next = [...ordered.slice(at + 1), ...ordered.slice(0, at + 1)].find(
      ({ id, step }) => this.now(step, id).can === 'decide',
    );
    if (!next) return;
    const { id, step } = next;
    const report = panel.view.rows.find((row) => row.kind === 'report' && row.turn === step.turn);
    const file = step.changes.find(({ hunks }) => hunks.some((hunk) => hunk.id === id));
    panel.unfold([step.key, fileKey(step, file?.path ?? ''), ...(report ? [`turn:${report.key}`] : [])]);
    panel.focusWritten = { hunk: id, row: step.key };
    panel.change((ui) => {
      ui.written = id;
    });
  }

  /** The next change of the same step that waits, once some have their word: what is out of sight is not gone on to. */
  #nextBeside(hunk: HunkId, decided: readonly HunkId[]): HunkId | null {
    const step = this.#stepOf(hunk);
    if (!step) return null;
    const gone = new Set(decided);
    const waits = (id: HunkId): boolean => !gone.has(id) && this.now(step, id).can === 'decide';
    return waits(hunk) ? hunk : after(hunkIds(step), hunk, waits);
  }

  #stepOf(hunk: HunkId): StepRow | null {
    return editOf(this.#panel.view, callOfHunk(hunk));
  }
}

function liveFiles(files: readonly ReviewedFile[]): LiveFiles {
  const hunks = new Map<HunkId, ReviewedFile['hunks'][number]>();
  // A hunk that was parted is told by its first piece.
  for (const file of files) for (const hunk of file.hunks) if (!hunks.has(hunk.id)) hunks.set(hunk.id, hunk);
  return { files: new Map(files.map((file) => [file.path, file])), hunks };
}

function hunkNow(step: StepRow, id: HunkId, view: View, live: LiveFiles | null): HunkNow {
  const told = step.hunks.get(id) ?? { state: 'proposed', reason: '', written: false };
  const now = live?.hunks.get(id);
  if (now) {
    const { state, line, reason = '' } = now;
    const decided = state === 'accepted' || state === 'rejected';
    return { state, reason, line, can: isOpen(state) ? 'decide' : decided ? 'undo' : 'see' };
  }
  const { state, reason } = told;
  return { state, reason, line: null, can: live === null && view.open.has(id) ? 'decide' : null };
}

/** Until the editor has spoken, what the log tells is open. */
function toReview(view: View, live: LiveFiles | null): ToReview {
  const open = live
    ? [...live.files.values()].flatMap(({ path, hunks }) =>
        hunks.filter(({ state }) => isOpen(state)).map(({ id }) => [id, path] as const),
      )
    : [...view.open];
  const paths = new Map(open); // a hunk that was parted counts once
  const byFile = new Map<string, number>();
  for (const path of paths.values()) byFile.set(path, (byFile.get(path) ?? 0) + 1);
  return { hunks: [...paths.keys()], files: byFile.size, byFile };
}

/** All written hunks of the session with their steps, in the order of the timeline. */
function writtenHunks({ rows, edits }: View): readonly { readonly id: HunkId; readonly step: StepRow }[] {
  return [...edits.values()].flatMap((at) => {
    const step = rows[at];
    if (step?.kind !== 'step') return [];
    return step.changes.flatMap(({ hunks }) =>
      hunks.filter(({ id }) => step.hunks.get(id)?.written).map(({ id }) => ({ id, step })),
    );
  });
}
