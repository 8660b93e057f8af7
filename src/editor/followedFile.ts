/**
 * The ledger of one file, kept in step with a text that others change: the person types, undoes and redoes, the agent writes, a word is
 * written. Pure but for what it remembers.
 */
import type { FileChange, HunkId, HunkReview } from '../core/change.ts';
import { limits } from '../core/limits.ts';
import { decide, editText, isOpen, observe, type FileLedger, type Lines } from '../review/ledger.ts';
import { takeStep, untold, withTold, type ReviewStep, type TrackedFile } from '../review/record.ts';
import { lineEdits } from '../workspace/diff.ts';
import { hashText } from '../workspace/files.ts';
import { joinLines } from '../workspace/lines.ts';
import { wholeLines, type TextChange } from './textEdits.ts';

export type FileStep = Exclude<ReviewStep, { readonly kind: 'left' }>;

/** Changes of one event that are taken one by one; more come from a program. */
const changesMax = 20;

export class FollowedFile {
  #file: TrackedFile;
  /** Earlier states, newest last, each the last one of its text: undo and redo lead back to them. */
  readonly #remembered: FileLedger[] = [];
  #rememberedLines = 0;
  /** What the text becomes by a word that is being written. */
  #awaited: FileLedger | null = null;
  /** Hunks that an undo took out together with their place. */
  #undone: ReadonlySet<HunkId> = new Set();

  constructor(file: TrackedFile) {
    this.#file = file;
  }

  get file(): TrackedFile {
    return this.#file;
  }

  get ledger(): FileLedger {
    return this.#file.ledger;
  }

  /** A word is on its way into the text. */
  get isExpecting(): boolean {
    return this.#awaited !== null;
  }

  /** What became of its hunks that the log does not say. */
  get news(): readonly HunkReview[] {
    const { told } = this.#file;
    const gone = [...this.#undone].filter((hunk) => told.get(hunk) === 'applied' || told.get(hunk) === 'asked');
    const others = untold(this.#file).filter(({ hunk }) => !this.#undone.has(hunk));
    return [...others, ...gone.map((hunk): HunkReview => ({ hunk, state: 'rejected', line: 1 }))];
  }

  /** The document changed; `now` are its lines after it, made only when they are needed. */
  typed(changes: readonly TextChange[], lineCount: number, now: () => Lines, isUndo: boolean): void {
    if (this.#awaited !== null || changes.length > changesMax || changes.some(isRewrite)) {
      this.stands(now(), isUndo);
      return;
    }
    let next = this.ledger;
    for (const change of changes) next = editText(next, wholeLines(next.lines, change));
    if (next.lines.length === lineCount) this.#become(next, isUndo);
    else this.stands(now(), isUndo);
  }

  /** The text is this one, whatever led to it. No lines: there is no file. */
  stands(lines: Lines, isUndo = false): void {
    if (this.#awaited !== null && same(this.#awaited.lines, lines)) {
      this.set(this.#awaited);
    } else if (!same(this.ledger.lines, lines)) {
      const cameOrWent = (this.ledger.lines.length === 0) !== (lines.length === 0);
      this.#become(observe(this.ledger, lines, lineEdits), isUndo || cameOrWent);
    }
  }

  /** The text that a change of the agent was made against was seen here. */
  knows(change: FileChange): boolean {
    return this.#before(change) !== null;
  }

  /** What the log says. `text`: the one right before a change, where it was not seen here; null: not known. */
  take(step: FileStep, text: Lines | null): void {
    const before = step.kind === 'applied' ? this.#before(step.change) : null;
    const file = before === null ? this.#file : { ...this.#file, ledger: before };
    const next = takeStep(file, step, before?.lines ?? text, lineEdits);
    this.set(next.ledger);
    this.#file = { ...next, ledger: this.ledger };
  }

  /** The log says now what stands in the ledger. */
  told(reviews: readonly HunkReview[]): void {
    this.#file = withTold(this.#file, reviews);
  }

  renamed(path: string): void {
    this.#file = { ...this.#file, path };
  }

  #before({ hunks, beforeHash }: FileChange): FileLedger | null {
    const states = [this.ledger, ...this.#remembered.toReversed()];
    return states.find((one) => isMadeFor(one, hunks, beforeHash)) ?? null;
  }

  /** A word, or what the log says. */
  set(ledger: FileLedger): void {
    this.#awaited = null;
    if (!same(this.ledger.lines, ledger.lines)) this.#remember(this.ledger);
    this.#file = { ...this.#file, ledger };
    const known = new Set([...idsOf(ledger), ...ledger.superseded]);
    this.#undone = new Set([...this.#undone].filter((id) => !known.has(id)));
  }

  /** Its text is about to be written: when it stands there, this is the ledger. null: it was not written. */
  expect(ledger: FileLedger | null): void {
    this.#awaited = ledger;
  }

  #become(next: FileLedger, isUndo: boolean): void {
    const known = isUndo ? this.#lastWith(next) : null;
    this.set(known === null ? next : withWords(known, next));
    if (known === null) return;
    const left = new Set([...idsOf(known), ...known.superseded]);
    this.#undone = new Set([...this.#undone, ...idsOf(next).filter((id) => !left.has(id))]);
  }

  /**
   * The last state with this text that knows all of its hunks; else, where going back tore one that was open, the last one at all.
   */
  #lastWith(next: FileLedger): FileLedger | null {
    const states = this.#remembered.filter(({ lines }) => same(lines, next.lines)).reverse();
    const whole = states.find((state) => missing(state, next).length === 0);
    if (whole) return whole;
    const [last] = states;
    if (!last) return null;
    const rejected = new Set(next.regions.filter(({ state }) => state === 'rejected').map(({ hunk }) => hunk));
    return missing(last, next).every((id) => rejected.has(id)) ? null : last;
  }

  #remember(ledger: FileLedger): void {
    this.#remembered.push(ledger);
    this.#rememberedLines += ledger.lines.length;
    while (this.#remembered.length > limits.rememberedStates || this.#rememberedLines > limits.rememberedLines)
      this.#rememberedLines -= this.#remembered.shift()?.lines.length ?? 0;
  }
}

/** Lines for lines: a program tells all from the first line that differs to the last, and what differs is found by a comparison. */
function isRewrite({ range: { start, end }, text }: TextChange): boolean {
  return end.line > start.line && text.includes('\n');
}

/** An undo takes back what was written, not that the person accepted it. */
function withWords(known: FileLedger, next: FileLedger): FileLedger {
  const accepted = next.regions.filter(({ state }) => state === 'accepted').map(({ hunk }) => hunk);
  return accepted.length === 0 ? known : decide(known, new Set(accepted), 'accepted').file;
}

/** Hunks of `next` that a state does not know. */
function missing(state: FileLedger, next: FileLedger): readonly HunkId[] {
  const known = new Set([...idsOf(state), ...state.superseded]);
  return idsOf(next).filter((id) => !known.has(id));
}

function idsOf({ regions }: FileLedger): readonly HunkId[] {
  return [...new Set(regions.map(({ hunk }) => hunk))];
}

/** Lines are compared first: a hash of every remembered text would take long. */
function isMadeFor({ lines }: FileLedger, hunks: FileChange['hunks'], beforeHash: string | null): boolean {
  if (beforeHash === null) return lines.length === 0;
  const fits = hunks.every(({ startLine, removed }) => removed.every((line, i) => lines[startLine - 1 + i] === line));
  return fits && hashText(joinLines(lines)) === beforeHash;
}

export function hasOpen({ regions }: FileLedger): boolean {
  return regions.some(isOpen);
}

export function same(a: Lines, b: Lines): boolean {
  return a === b || (a.length === b.length && a.every((line, i) => line === b[i]));
}
