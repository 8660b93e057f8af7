/** The agent's changes that stand in files, told from the log of their session alone: what was typed in between is found in the texts. */
import type { FileChange, Hunk, HunkId, HunkReview } from '../core/change.ts';
import type { FileState } from '../core/checkpoint.ts';
import type { CallId, Event, Seq } from '../core/event.ts';
import { matchesGlob } from '../core/glob.ts';
import { limits } from '../core/limits.ts';
import type { Plan } from '../core/plan.ts';
import {
  applyChange,
  applyFormatted,
  baseline,
  close,
  hunksOf,
  isOpen,
  ledgerOf,
  observe,
  retell,
  settle,
  type Diff,
  type FileLedger,
  type Lines,
} from './ledger.ts';

/** What an event means for changes that stand in files. */
export type ReviewStep =
  | {
      readonly kind: 'applied';
      readonly change: FileChange;
      /** What saving changed after it. */
      readonly formatted: readonly Hunk[];
      /** The file before it; null: not known. */
      readonly before: FileState | null;
      /** False: a person was asked before, and said yes to each of its hunks. */
      readonly waits: boolean;
      readonly outsidePlan: boolean;
    }
  | { readonly kind: 'reviewed'; readonly path: string; readonly hunks: readonly HunkReview[] }
  /** A command or a restore has written. */
  | { readonly kind: 'written'; readonly path: string; readonly after: FileState }
  /** All before belongs to another session, which decides on it. */
  | { readonly kind: 'left' };

export interface Move {
  readonly hunk: HunkId;
  readonly from: string;
  readonly to: string;
}

export interface TrackedFile {
  /** Where it is now; as the tools name it. */
  readonly path: string;
  readonly ledger: FileLedger;
  /** Oldest first. */
  readonly moves: readonly Move[];
  /** Some change of it is not what the plan named that a person approved. */
  readonly outsidePlan: boolean;
  /** What the log says of each hunk. */
  readonly told: ReadonlyMap<HunkId, HunkReview['state']>;
}

/** What the open changes of a file make of it as a whole. */
export function fateOf({ ledger, moves }: TrackedFile): {
  readonly fate: 'changed' | 'created' | 'deleted' | 'moved';
  readonly from?: string;
} {
  const open = new Set(ledger.regions.filter(isOpen).map(({ hunk }) => hunk));
  const move = moves.find(({ hunk }) => open.has(hunk));
  if (move) return { fate: 'moved', from: move.from };
  const was = baseline(ledger).length > 0;
  const is = ledger.lines.length > 0;
  return { fate: was === is ? 'changed' : is ? 'created' : 'deleted' };
}

export function reviewSteps(events: readonly Event[]): readonly ReviewStep[] {
  return events.flatMap(reviewReader());
}

/** Takes the events of one session, all of them and in order. */
export function reviewReader(): (event: Event) => readonly ReviewStep[] {
  let calls = new Map<CallId, OpenCall>();
  let approved: readonly { readonly seq: Seq; readonly files: readonly string[] }[] = [];
  const call = (id: CallId): OpenCall => {
    const known = calls.get(id) ?? { isAnswered: false, plan: null, before: new Map(), applied: new Set() };
    calls.set(id, known);
    return known;
  };
  return (event) => {
    switch (event.type) {
      case 'session.forked':
        calls = new Map();
        return [{ kind: 'left' }];
      case 'session.imported':
        calls = new Map();
        approved = [];
        return [{ kind: 'left' }];
      case 'conversation.rewound':
        approved = approved.filter(({ seq }) => seq < event.to);
        return [];
      case 'approval.requested':
        if (event.question.kind === 'plan') call(event.call).plan = event.question.plan;
        return [];
      case 'tool.decided': {
        const { decision, seq } = event;
        if (decision.by.kind !== 'user') return [];
        const own = call(event.call);
        own.isAnswered = true;
        const plan = decision.action === 'allow' && own.plan !== null ? (decision.plan ?? own.plan) : null;
        if (plan !== null) approved = [...approved, { seq, files: plan.items.flatMap(({ files = [] }) => files) }];
        return [];
      }
      case 'checkpoint.created':
        if (event.call !== null) for (const { path, state } of event.files) call(event.call).before.set(path, state);
        return [];
      case 'change.applied': {
        const own = call(event.call);
        const named = approved.at(-1)?.files ?? [];
        return event.changes.map((change): ReviewStep => {
          own.applied.add(change.path);
          if (change.fate?.kind === 'moved') own.applied.add(change.fate.to);
          return {
            kind: 'applied',
            change,
            formatted: event.files.find(({ path }) => path === change.path)?.formatted ?? [],
            before: own.before.get(change.path) ?? null,
            waits: !own.isAnswered,
            outsidePlan: named.length > 0 && !named.some((name) => isNamed(change.path, name)),
          };
        });
      }
      case 'change.reviewed':
        return [{ kind: 'reviewed', path: event.path, hunks: event.hunks }];
      case 'files.changed': {
        const { applied } = call(event.call);
        return event.files.flatMap(({ path, after }) => (applied.has(path) ? [] : { kind: 'written', path, after }));
      }
      case 'checkpoint.restored':
        return event.files.map(({ path, after }) => ({ kind: 'written', path, after }));
      case 'tool.finished':
        calls.delete(event.call);
        return [];
      default:
        return [];
    }
  };
}

/** A file that nothing was changed in yet. */
export function trackedFile(path: string, lines: Lines): TrackedFile {
  return { path, ledger: ledgerOf(lines), moves: [], outsidePlan: false, told: new Map() };
}

/**
 * The file after a step that concerns it. `text`: for `applied` its lines right before, for `written` right after; null where they are
 * not known. Changes whose place is not known are closed as `edited`.
 */
export function takeStep(file: TrackedFile, step: FileStep, text: Lines | null, diff: Diff): TrackedFile {
  switch (step.kind) {
    case 'applied':
      return withChange(file, step, text, diff);
    case 'reviewed':
      return withTold({ ...file, ledger: retell(file.ledger, step.hunks) }, step.hunks);
    case 'written':
      return text === null ? file : { ...file, ledger: observe(file.ledger, text, diff) };
  }
}

/** The ledger has these words already, and now the log has them. */
export function withTold(file: TrackedFile, reviews: readonly HunkReview[]): TrackedFile {
  const told = new Map(file.told);
  for (const { hunk, state } of reviews) if (told.has(hunk)) told.set(hunk, state);
  return { ...file, path: pathAfter(file.path, file.moves, reviews), told };
}

/** What the log does not say yet: hunks that were typed into, taken out by hand or brought back, and those that a later one replaced. */
export function untold({ ledger, told }: TrackedFile): readonly HunkReview[] {
  const news = hunksOf(ledger).flatMap(({ hunk, state, regions }): HunkReview | readonly HunkReview[] => {
    const [first] = regions;
    const last = regions.at(-1);
    const known = told.get(hunk);
    if (!first || !last || known === undefined || known === state || state === 'accepted' || state === 'proposed')
      return [];
    if (known === 'rejected' && state === 'edited') return []; // what came back is the person's own text
    const review = { hunk, state, line: first.start + 1 };
    if (state === 'edited') return { ...review, text: ledger.lines.slice(first.start, last.start + last.count) };
    return state === 'asked' && first.reason !== undefined ? { ...review, reason: first.reason } : review;
  });
  const there = new Set(ledger.regions.map(({ hunk }) => hunk));
  const replaced = [...told].filter(([hunk, state]) => isUndecided(state) && !there.has(hunk));
  return [...news, ...replaced.map(([hunk]): HunkReview => ({ hunk, state: 'superseded', line: 1 }))];
}

/**
 * The files that have changes which are open as far as the log knows, by where they are now and as the log leaves them: `observe` them
 * with the text that stands there, and tell what is `untold`. Files where all is decided are not among them and cost nothing.
 * `readText`: what was kept, as text; null where it is gone or no text.
 */
export async function readLedgers(
  events: readonly Event[],
  readText: (state: FileState) => Promise<string | null>,
  diff: Diff,
): Promise<ReadonlyMap<string, TrackedFile>> {
  const tracks = tracksOf(reviewSteps(events));
  const files = new Map<string, TrackedFile>();
  for (let i = 0; i < tracks.length; i += limits.parallelLogs) {
    const some = tracks.slice(i, i + limits.parallelLogs).map((track) => readFile(track, readText, diff));
    for (const file of await Promise.all(some)) files.set(file.path, file);
  }
  return files;
}

/** What the log says of a call until its end. */
interface OpenCall {
  /** A person decided it. */
  isAnswered: boolean;
  plan: Plan | null;
  readonly before: Map<string, FileState>;
  readonly applied: Set<string>;
}

type FileStep = Exclude<ReviewStep, { kind: 'left' }>;

/** The steps of one file, wherever it went. */
interface Track {
  path: string;
  readonly steps: FileStep[];
  /** Nothing was open before this one, nor was any of it opened again. */
  start: number;
  readonly hunks: Set<HunkId>;
  readonly open: Set<HunkId>;
  readonly moves: Move[];
}

/** For each file that has open changes the steps that tell of them. */
function tracksOf(steps: readonly ReviewStep[]): readonly (readonly FileStep[])[] {
  let tracks: Track[] = [];
  let byPath = new Map<string, Track>();
  let byHunk = new Map<HunkId, Track>();
  const add = (track: Track, step: FileStep): void => {
    track.steps.push(step);
    if (track.open.size === 0) track.start = track.steps.length;
  };
  const goTo = (track: Track, path: string): void => {
    if (byPath.get(track.path) === track) byPath.delete(track.path);
    byPath.set(path, track);
    track.path = path;
  };
  for (const step of steps) {
    switch (step.kind) {
      case 'left':
        tracks = [];
        byPath = new Map();
        byHunk = new Map();
        break;
      case 'applied': {
        const { path, hunks } = step.change;
        let track = byPath.get(path);
        if (!track) {
          if (!step.waits) break;
          track = { path, steps: [], start: 0, hunks: new Set(), open: new Set(), moves: [] };
          tracks.push(track);
          byPath.set(path, track);
        }
        for (const { id } of step.waits ? hunks : []) {
          track.hunks.add(id);
          track.open.add(id);
          byHunk.set(id, track);
        }
        add(track, step);
        track.moves.push(...movesOf(step.change));
        goTo(track, pathOf(step.change));
        break;
      }
      case 'reviewed': {
        // The file may go by another name since: its changes tell which one it is.
        const track = step.hunks.flatMap(({ hunk }) => byHunk.get(hunk) ?? [])[0];
        if (!track) break;
        for (const { hunk, state } of step.hunks) {
          if (!track.hunks.has(hunk)) continue;
          if (!isUndecided(state)) track.open.delete(hunk);
          else if (!track.open.has(hunk)) {
            track.open.add(hunk);
            track.start = 0;
          }
        }
        add(track, step);
        goTo(track, pathAfter(track.path, track.moves, step.hunks));
        break;
      }
      case 'written': {
        const track = byPath.get(step.path);
        if (track) add(track, step);
        break;
      }
    }
  }
  return tracks.filter(({ open }) => open.size > 0).map((track) => track.steps.slice(track.start));
}

async function readFile(
  steps: readonly FileStep[],
  readText: (state: FileState) => Promise<string | null>,
  diff: Diff,
): Promise<TrackedFile> {
  const [first] = steps;
  let file = trackedFile(first?.kind === 'applied' ? first.change.path : '', []);
  for (const [i, step] of steps.entries()) {
    // What was written matters for the words that were said on it; the text before the next change shows it too, as does the end.
    if (step.kind === 'written' && steps[i + 1]?.kind !== 'reviewed') continue;
    const state = step.kind === 'applied' ? step.before : step.kind === 'written' ? step.after : null;
    file = takeStep(file, step, await linesOf(state, readText), diff);
  }
  return file;
}

async function linesOf(
  state: FileState | null,
  readText: (state: FileState) => Promise<string | null>,
): Promise<Lines | null> {
  if (state?.kind === 'absent') return [];
  if (state?.kind !== 'file') return null;
  return (await readText(state))?.split('\n') ?? null;
}

function withChange(
  file: TrackedFile,
  { change, formatted, waits, outsidePlan }: FileStep & { readonly kind: 'applied' },
  before: Lines | null,
  diff: Diff,
): TrackedFile {
  const { path, moves, told } = file;
  const { hunks } = change;
  // A file that is there has a line at least, if an empty one.
  const unread = file.ledger.lines.length === 0 ? [''] : null;
  const text = before ?? (change.beforeHash === null ? [] : unread);
  const was = text === null ? file.ledger : observe(file.ledger, text, diff);
  const isKnown = fits(was.lines, hunks);
  const now = isKnown ? applyFormatted(applyChange(was, hunks), formatted) : close(was, hunks);
  const ids = new Set(hunks.map(({ id }) => id));
  return {
    path: path === change.path ? pathOf(change) : path,
    ledger: waits ? now : settle(now, ids), // a person said yes to it before it was written
    moves: [...moves, ...movesOf(change)],
    outsidePlan: file.outsidePlan || (waits && outsidePlan),
    told: waits ? new Map([...told, ...[...ids].map((id) => [id, 'applied'] as const)]) : told,
  };
}

/** Whether the lines that a change takes away stand where it says. */
function fits(lines: Lines, hunks: readonly Hunk[]): boolean {
  return hunks.every(
    ({ startLine, removed }) =>
      startLine - 1 <= lines.length && removed.every((line, i) => lines[startLine - 1 + i] === line),
  );
}

function movesOf({ path, hunks, fate }: FileChange): readonly Move[] {
  const [first] = hunks;
  return fate?.kind === 'moved' && first ? [{ hunk: first.id, from: path, to: fate.to }] : [];
}

function pathOf({ path, fate }: FileChange): string {
  return fate?.kind === 'moved' ? fate.to : path;
}

/** A move that is taken back, or made again, takes the file with it. */
function pathAfter(path: string, moves: readonly Move[], reviews: readonly HunkReview[]): string {
  return reviews.reduce((now, { hunk, state }) => {
    const move = moves.find((one) => one.hunk === hunk);
    if (!move) return now;
    if (state === 'rejected') return now === move.to ? move.from : now;
    return isUndecided(state) || state === 'accepted' ? (now === move.from ? move.to : now) : now;
  }, path);
}

function isUndecided(state: HunkReview['state']): boolean {
  return state === 'applied' || state === 'asked';
}

/** A name of a plan: a file, a folder with `/` at its end, or a glob. */
function isNamed(path: string, name: string): boolean {
  const plain = name.replace(/^\.\//, '');
  return path === plain || matchesGlob(path, plain.endsWith('/') ? `${plain}**` : plain);
}
