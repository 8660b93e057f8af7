/**
 * The agent's changes of one file and what became of them, moved along with whatever else happens to the text. Pure.
 *
 * A file is its lines and, in order, the regions of the agent's hunks in them. Outside of regions the baseline (the text without what is
 * still open) is the text itself, so that it follows what the person types by itself.
 */
import type { Hunk, HunkId, HunkState } from '../core/change.ts';

/** As `splitLines` makes them. None at all: there is no file. */
export type Lines = readonly string[];

/** Lines `start` up to `end`, from 0, give way to `lines`. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: Lines;
}

/** The smallest edits from one text to another, in order: `lineEdits` of the workspace. */
export type Diff = (
  old: Lines,
  fresh: Lines,
) => readonly {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}[];

/**
 * A piece of a hunk. **Invariant:** its lines in the text are `base` while it is proposed or rejected, `agent` while it is applied, asked
 * about or accepted; regions are in order and never overlap.
 */
export interface Region {
  /** A hunk that the person wrote whole lines into has several, and is decided as one. */
  readonly hunk: HunkId;
  readonly state: Exclude<HunkState, 'superseded'>;
  /** From 0. */
  readonly start: number;
  readonly count: number;
  /** What stands there without the hunk, and with it. */
  readonly base: Lines;
  readonly agent: Lines;
  /** What was typed went beyond it: neither can come back. */
  readonly torn?: true;
  readonly reason?: string;
  readonly where?: string;
}

export interface FileLedger {
  readonly lines: Lines;
  readonly regions: readonly Region[];
  /** Hunks whose place a later one of the agent has taken. */
  readonly superseded: readonly HunkId[];
  /** Nothing of it is written: what is typed and taken back again leaves it proposed. */
  readonly isProposal?: true;
}

/** One hunk with all its pieces. */
export interface LedgerHunk {
  readonly hunk: HunkId;
  readonly state: Region['state'];
  readonly regions: readonly Region[];
}

export function ledgerOf(lines: Lines): FileLedger {
  return { lines, regions: [], superseded: [] };
}

/** Waits for a word and stands in the text. */
export function isOpen({ state }: Pick<Region, 'state'>): boolean {
  return state === 'applied' || state === 'asked';
}

export function hunksOf({ regions }: FileLedger): readonly LedgerHunk[] {
  const hunks = new Map<HunkId, Region[]>();
  for (const region of regions) {
    const known = hunks.get(region.hunk);
    if (known) known.push(region);
    else hunks.set(region.hunk, [region]);
  }
  return [...hunks].map(([hunk, own]) => ({ hunk, state: own[0]?.state ?? 'edited', regions: own }));
}

/** The text without the hunks that are still open. */
export function baseline({ lines, regions }: FileLedger): Lines {
  return baseOf(lines, regions, 0, lines.length);
}

/** The agent writes: its hunks name lines of the text as it stands. What is open where they write is theirs from then on. */
export function applyChange(file: FileLedger, hunks: readonly Hunk[]): FileLedger {
  return backwards(hunks).reduce(place, file);
}

/** What the agent would write, all of it still open; hunks name lines of the text as it stands. */
export function propose(lines: Lines, hunks: readonly Hunk[]): FileLedger {
  const regions = [...hunks]
    .sort((a, b) => a.startLine - b.startLine)
    .map(({ id, startLine, removed, added, where }): Region => ({
      hunk: id,
      state: 'proposed',
      start: startLine - 1,
      count: removed.length,
      base: removed,
      agent: added,
      ...(where !== undefined && { where }),
    }));
  return { lines, regions, superseded: [], isProposal: true };
}

/** Somebody other than the agent writes. A hunk that is written into is theirs; whole new lines between its own only part it. */
export function editText(file: FileLedger, wide: LineEdit): FileLedger {
  const edit = trim(file.lines, wide);
  if (edit.start === edit.end && edit.lines.length === 0) return file;
  const lines = splice(file.lines, edit);
  const shift = edit.lines.length - (edit.end - edit.start);
  const touched = file.regions.filter((region) => isTouched(region, edit, file.lines.length));
  const [only] = touched;
  const regions = file.regions.flatMap((region): readonly Region[] => {
    if (!touched.includes(region))
      return [region.start >= edit.end ? { ...region, start: region.start + shift } : region];
    if (region === only && touched.length === 1) return inside(region, edit, shift);
    return region.state === 'accepted' ? [] : [torn(region, edit, region === only)];
  });
  const changed = new Set(touched.map(({ hunk }) => hunk));
  return { ...file, lines, regions: regions.map(restated(file.isProposal === true, lines, regions, changed)) };
}

/** The text is another one, and how it came to be so was not seen. */
export function observe(file: FileLedger, lines: Lines, diff: Diff): FileLedger {
  const known = withLineEnds(file, lines);
  return backwards(diff(known.lines, lines).map((edit) => ({ ...edit, startLine: edit.oldStart }))).reduce(
    (now, { oldStart, oldEnd, newStart, newEnd }) =>
      editText(now, { start: oldStart, end: oldEnd, lines: lines.slice(newStart, newEnd) }),
    known,
  );
}

/** A word on open hunks; `writes` is what it makes of the text, in order, naming the lines before it. Others are left as they are. */
export function decide(
  file: FileLedger,
  hunks: ReadonlySet<HunkId>,
  word: 'accepted' | 'rejected',
): { readonly file: FileLedger; readonly writes: readonly LineEdit[] } {
  const chosen = (region: Region): boolean => hunks.has(region.hunk) && isOpen(region);
  return rewrite(
    file,
    chosen,
    (region) => ({ ...bare(region), state: word }),
    (region) => (word === 'accepted' ? region.agent : region.base),
  );
}

/** Takes words back: hunks that were accepted or rejected are open again. */
export function reopen(
  file: FileLedger,
  hunks: ReadonlySet<HunkId>,
): { readonly file: FileLedger; readonly writes: readonly LineEdit[] } {
  const chosen = (region: Region): boolean =>
    hunks.has(region.hunk) && (region.state === 'accepted' || region.state === 'rejected' || region.state === 'asked');
  return rewrite(
    file,
    chosen,
    (region) => ({ ...bare(region), state: 'applied' }),
    ({ agent }) => agent,
  );
}

/** The person asked for a change: it stays where it is and waits for what the agent makes of it. */
export function ask(file: FileLedger, hunk: HunkId, reason: string): FileLedger {
  const regions = file.regions.map((region): Region =>
    region.hunk === hunk && isOpen(region) ? { ...region, state: 'asked', reason } : region,
  );
  return { ...file, regions };
}

/** What is still proposed, as hunks of the text as it stands now. */
export function proposed({ lines, regions }: FileLedger, contextLines: number): readonly Hunk[] {
  return regions
    .filter(({ state }) => state === 'proposed')
    .map(({ hunk, start, count, base, agent, where }) => ({
      id: hunk,
      startLine: start + 1,
      removed: base,
      added: agent,
      before: lines.slice(Math.max(0, start - contextLines), start),
      after: lines.slice(start + count, start + count + contextLines),
      ...(where !== undefined && { where }),
    }));
}

function place(file: FileLedger, { id, startLine, removed, added, where }: Hunk): FileLedger {
  const start = startLine - 1;
  const edit: LineEdit = { start, end: start + removed.length, lines: added };
  const shift = added.length - removed.length;
  const touched = file.regions.filter((region) => isTouched(region, edit, file.lines.length));
  const open = touched.filter(isOpen);
  const from = Math.min(edit.start, ...open.map((region) => region.start));
  const to = Math.max(edit.end, ...open.map((region) => region.start + region.count));
  const agent = [...file.lines.slice(from, edit.start), ...added, ...file.lines.slice(edit.end, to)];
  const base = baseOf(file.lines, open, from, to);
  const own: Region = {
    hunk: id,
    state: 'applied',
    start: from,
    count: agent.length,
    base,
    agent,
    ...(where !== undefined && { where }),
  };
  const others = file.regions.filter((region) => !touched.includes(region));
  const before = others.filter(
    (region) => region.start < edit.end || (region.start === edit.end && region.start <= from),
  );
  const after = others.filter((region) => !before.includes(region));
  const regions = [
    ...before,
    ...(same(agent, base) ? [] : [own]),
    ...after.map((region) => ({ ...region, start: region.start + shift })),
  ];
  const left = new Set(regions.map(({ hunk }) => hunk));
  const gone = [...new Set(open.map(({ hunk }) => hunk))].filter((hunk) => !left.has(hunk) && hunk !== id);
  return { lines: splice(file.lines, edit), regions, superseded: [...file.superseded, ...gone] };
}

/** The only region that an edit touches. */
function inside(region: Region, edit: LineEdit, shift: number): readonly Region[] {
  const { start, count, state, base, agent } = region;
  const end = start + count;
  if (edit.start < start || edit.end > end) return state === 'accepted' ? [] : [torn(region, edit, true)];
  const at = edit.start - start;
  const isInsertion = edit.start === edit.end;
  if (isInsertion && (state === 'applied' || state === 'asked' || state === 'accepted')) {
    return [
      { ...region, count: at, agent: agent.slice(0, at) },
      { ...region, start: edit.start + edit.lines.length, count: count - at, base: [], agent: agent.slice(at) },
    ];
  }
  if (isInsertion && state === 'rejected') {
    return [
      { ...region, count: at, base: base.slice(0, at) },
      { ...region, start: edit.start + edit.lines.length, count: count - at, base: base.slice(at), agent: [] },
    ];
  }
  if (state === 'accepted') return []; // the person's own text by now
  return [{ ...region, count: count + shift, state: 'edited' }];
}

/** `first` of those that one edit tears takes all that was written; the others are empty behind it. */
function torn(region: Region, edit: LineEdit, first: boolean): Region {
  const written = edit.start + edit.lines.length;
  const { hunk, where } = region;
  const start = first ? Math.min(region.start, edit.start) : written;
  // Its own lines in front of the edit stay part of it; those behind are no longer told apart.
  return {
    hunk,
    state: 'edited',
    start,
    count: first ? written - start : 0,
    base: [],
    agent: [],
    torn: true,
    ...(where !== undefined && { where }),
  };
}

/** Hunks that were written into, by what stands in all of their pieces now: typing that is undone leaves no trace. */
function restated(
  isProposal: boolean,
  lines: Lines,
  regions: readonly Region[],
  changed: ReadonlySet<HunkId>,
): (region: Region) => Region {
  const stands = ({ start, count }: Region): Lines => lines.slice(start, start + count);
  const states = new Map<HunkId, Region['state']>();
  for (const hunk of changed) {
    const own = regions.filter((region) => region.hunk === hunk);
    const [first] = own;
    if (!first) continue;
    const stand = (side: 'base' | 'agent'): boolean => own.every((region) => same(stands(region), region[side]));
    if (own.some((region) => region.torn)) states.set(hunk, 'edited');
    else if (isProposal) states.set(hunk, stand('base') ? 'proposed' : 'edited');
    else if (own.every((region) => isOpen(region) || region.state === 'accepted')) states.set(hunk, first.state);
    else if (stand('agent')) states.set(hunk, own.some(({ reason }) => reason !== undefined) ? 'asked' : 'applied');
    else if (stand('base')) states.set(hunk, 'rejected');
    else states.set(hunk, 'edited');
  }
  return (region) => {
    const state = states.get(region.hunk);
    return state === undefined || state === region.state ? region : { ...region, state };
  };
}

function rewrite(
  file: FileLedger,
  chosen: (region: Region) => boolean,
  restate: (region: Region) => Region,
  text: (region: Region) => Lines,
): { readonly file: FileLedger; readonly writes: readonly LineEdit[] } {
  const writes: LineEdit[] = [];
  const lines: string[] = [];
  let at = 0;
  let shift = 0;
  const regions = file.regions.map((region) => {
    const moved = { ...region, start: region.start + shift };
    if (!chosen(region)) return moved;
    const next = text(region);
    const edit = { start: region.start, end: region.start + region.count, lines: next };
    if (!same(file.lines.slice(edit.start, edit.end), next)) writes.push(edit);
    for (; at < edit.start; at++) lines.push(file.lines[at] ?? '');
    for (const line of next) lines.push(line);
    at = edit.end;
    shift += next.length - region.count;
    return { ...restate(moved), count: next.length };
  });
  for (; at < file.lines.length; at++) lines.push(file.lines[at] ?? '');
  return { file: { ...file, lines, regions }, writes };
}

function bare({ reason: _reason, ...region }: Region): Region {
  return region;
}

/** Lines `from` up to `to` without the open hunks in them. */
function baseOf(lines: Lines, regions: readonly Region[], from: number, to: number): Lines {
  const result: string[] = [];
  let at = from;
  for (const region of regions) {
    if (!isOpen(region)) continue;
    for (; at < region.start; at++) result.push(lines[at] ?? '');
    for (const line of region.base) result.push(line);
    at = region.start + region.count;
  }
  for (; at < to; at++) result.push(lines[at] ?? '');
  return result;
}

/** Writing at an edge of a region is writing beside it. A file that comes to be anew leaves nothing of what was removed with the old one. */
function isTouched({ start, count }: Region, edit: LineEdit, length: number): boolean {
  if (length === 0 && edit.lines.length > 0) return true;
  if (count === 0) return edit.start < start && start < edit.end;
  return edit.start === edit.end
    ? start < edit.start && edit.start < start + count
    : start < edit.end && edit.start < start + count;
}

function trim(lines: Lines, { start, end, lines: fresh }: LineEdit): LineEdit {
  let head = 0;
  while (start + head < end && head < fresh.length && lines[start + head] === fresh[head]) head++;
  let tail = 0;
  while (
    end - tail > start + head &&
    fresh.length - tail > head &&
    lines[end - 1 - tail] === fresh[fresh.length - 1 - tail]
  )
    tail++;
  return { start: start + head, end: end - tail, lines: fresh.slice(head, fresh.length - tail) };
}

/** Where only the line ends changed, all of them, they change in what is kept as well. */
function withLineEnds(file: FileLedger, lines: Lines): FileLedger {
  const had = endsOf(file.lines);
  const has = endsOf(lines);
  if (had === null || has === null || had === has) return file;
  const ended = (all: Lines): Lines =>
    all.map((line, i) =>
      has === '\r' ? (i === all.length - 1 && line === '' ? line : `${line}\r`) : line.replace(/\r$/, ''),
    );
  return {
    ...file,
    lines: withLast(ended(file.lines), file.lines, has),
    regions: file.regions.map((region) => ({ ...region, base: ended(region.base), agent: ended(region.agent) })),
  };
}

/** The last line of a text has no end. */
function withLast(ended: Lines, before: Lines, has: string): Lines {
  return has === '\r' ? [...ended.slice(0, -1), before.at(-1) ?? ''] : ended;
}

/** `\r` when every line of a text but the last ends so, '' when none does; null: mixed, or only one line. */
function endsOf(lines: Lines): '\r' | '' | null {
  const ends = new Set(lines.slice(0, -1).map((line) => (line.endsWith('\r') ? '\r' : '')));
  const [only] = ends;
  return ends.size === 1 && only !== undefined ? only : null;
}

function backwards<T extends { readonly startLine: number }>(edits: readonly T[]): readonly T[] {
  return [...edits].sort((a, b) => b.startLine - a.startLine);
}

function splice(lines: Lines, { start, end, lines: fresh }: LineEdit): Lines {
  return [...lines.slice(0, start), ...fresh, ...lines.slice(end)];
}

function same(a: Lines, b: Lines): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
