/**
 * The agent's changes of one file and what became of them, moved along with whatever else happens to the text. Pure.
 *
 * A file is its lines and, in order, the regions of the agent's hunks in them. Outside of regions the baseline (the text without what is
 * still open) is the text itself, so that it follows what the person types by itself.
 */
import type { Hunk, HunkId, HunkReview, HunkState } from '../core/change.ts';

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
  /** What was typed went beyond it, or the log has said the last word: typing does not bring it back. */
  readonly torn?: true;
  readonly reason?: string;
  readonly where?: string;
}

export interface FileLedger {
  readonly lines: Lines;
  readonly regions: readonly Region[];
  /** Hunks whose place a later one of the agent has taken, and those that saving undid. */
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

/** Saving changed what the agent had just written: in its hunks that is part of them, elsewhere it is nobody's change. */
export function applyFormatted(file: FileLedger, hunks: readonly Hunk[]): FileLedger {
  return backwards(hunks).reduce((now, { startLine, removed, added }) => {
    const edit: LineEdit = { start: startLine - 1, end: startLine - 1 + removed.length, lines: added };
    const into = now.regions.find((region) => isOpen(region) && isTouched(region, edit));
    return into ? write(now, edit, into) : editText(now, edit);
  }, file);
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

/**
 * Somebody other than the agent writes. A hunk that is written into is theirs; whole new lines between its own only part it. What was
 * accepted and is then written into is settled: that word cannot be taken back.
 */
export function editText(file: FileLedger, wide: LineEdit): FileLedger {
  const edit = trim(file.lines, wide);
  if (edit.start === edit.end && edit.lines.length === 0) return file;
  const lines = splice(file.lines, edit);
  const shift = lines.length - file.lines.length;
  const next = { ...file, lines };
  const returned = file.regions.findIndex((region) => isReturn(region, edit));
  if (returned >= 0) {
    const regions = file.regions.map((region, i): Region => {
      if (i === returned) return { ...region, count: shift, state: 'edited' };
      return i < returned ? region : moved(region, edit.end, shift);
    });
    return restated(next, regions, new Set(regions.slice(returned, returned + 1).map(({ hunk }) => hunk)));
  }
  const isWhole = file.lines.length === 0 || lines.length === 0;
  const touched = file.regions.filter((region) => isWhole || isTouched(region, edit));
  const isOnly = touched.length === 1;
  const parts = touched.filter((region) => isOnly && isParted(region, edit));
  const settled = new Set(touched.flatMap(({ hunk, state }) => (state === 'accepted' ? hunk : [])));
  const first = touched.find(({ hunk }) => !settled.has(hunk));
  const regions = file.regions.flatMap((region): Region | readonly Region[] => {
    if (parts.includes(region)) return parted(region, edit);
    if (settled.has(region.hunk) && parts.length === 0) return [];
    if (!isWhole && !isTouched(region, edit)) return moved(region, edit.end, shift);
    return written(region, edit, shift, region === first, isOnly);
  });
  const now = restated(next, regions, new Set(touched.map(({ hunk }) => hunk)));
  return lines.length === 0 ? withoutFile(now) : now;
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

/** Decided for good: the text stays as it is, and nothing of them can come back. */
export function settle(file: FileLedger, hunks: ReadonlySet<HunkId>): FileLedger {
  return { ...file, regions: joined(file.regions.filter(({ hunk }) => !hunks.has(hunk))) };
}

/**
 * Words that were said and written before, said again. Hunks that are not there, or cannot come back, are left as they are. What was told
 * to be rejected, or the person's, stays so until another word: where it stands may be a guess, so that the text proves nothing.
 */
export function retell(file: FileLedger, reviews: readonly HunkReview[]): FileLedger {
  const words = new Map(reviews.map((review) => [review.hunk, review]));
  const gone = reviews.flatMap(({ hunk, state }) => (state === 'superseded' ? hunk : []));
  const isGone = ({ hunk }: Region): boolean => gone.includes(hunk);
  const told = rewrite(
    gone.length === 0 ? file : { ...file, regions: file.regions.filter((region) => !isGone(region)) },
    ({ hunk, torn: isTorn, base, agent }) => words.has(hunk) && (isTorn !== true || base.length + agent.length > 0),
    (region) => {
      const { state = 'superseded', reason = region.reason } = words.get(region.hunk) ?? {};
      if (state === 'superseded') return region;
      if (state === 'edited') return { ...region, state, torn: true };
      if (state === 'rejected') return { ...bare(region), state, torn: true };
      return { ...bare(region), state, ...(state === 'asked' && { reason: reason ?? '' }) };
    },
    (region) => {
      const state = words.get(region.hunk)?.state;
      if (state === 'edited') return file.lines.slice(region.start, region.start + region.count);
      return state === 'rejected' ? region.base : region.agent;
    },
  ).file;
  return gone.length === 0
    ? told
    : {
        ...told,
        superseded: [...file.superseded, ...gone.filter((hunk) => file.regions.some((r) => r.hunk === hunk))],
      };
}

/** What the text is or was is not known any more: none of it can be decided. */
export function close(file: FileLedger, hunks: readonly Hunk[]): FileLedger {
  const fresh = hunks.map(({ id, startLine }): Region => {
    const at = Math.min(startLine - 1, file.lines.length);
    const around = file.regions.find(({ start, count }) => start < at && at < start + count);
    return { ...lost(id), start: around?.start ?? at, count: 0 };
  });
  const known = file.regions.map(({ hunk, start, count }): Region => ({ ...lost(hunk), start, count }));
  return { ...file, regions: [...known, ...fresh].sort((a, b) => a.start - b.start || a.count - b.count) };
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
  const own: Region = {
    hunk: id,
    state: 'applied',
    start: startLine - 1,
    count: added.length,
    base: removed,
    agent: added,
    ...(where !== undefined && { where }),
  };
  // It says only that the file went elsewhere, and stands in front of all.
  if (isBodiless(own)) return { ...file, regions: [{ ...own, start: 0 }, ...file.regions] };
  return write(file, { start: own.start, end: own.start + removed.length, lines: added }, own);
}

/** The agent writes, as a part of hunk `of`. */
function write(file: FileLedger, edit: LineEdit, of: Region): FileLedger {
  const lines = splice(file.lines, edit);
  const shift = lines.length - file.lines.length;
  const isWhole = file.lines.length === 0 || lines.length === 0;
  const touched = new Set(file.regions.filter((region) => isTouched(region, edit) || (isWhole && !isBodiless(region))));
  const open = [...touched].filter(isOpen);
  const from = Math.min(edit.start, ...open.map((region) => region.start));
  const to = Math.max(edit.end, ...open.map((region) => region.start + region.count));
  const agent = lines.slice(from, to + shift);
  const base = baseOf(file.lines, open, from, to);
  const own: Region = { ...of, start: from, count: agent.length, base, agent };
  // Of a word that was said on what is gone in part, nothing can be taken back.
  const settled = new Set([...touched].flatMap((region) => (isOpen(region) ? [] : region.hunk)));
  const others = file.regions.filter((region) => !touched.has(region) && !settled.has(region.hunk));
  const at = others.findIndex((region) => !isBodiless(region) && region.start >= edit.end);
  const before = at < 0 ? others : others.slice(0, at);
  const after = at < 0 ? [] : others.slice(at).map((region) => moved(region, edit.end, shift));
  const regions = [...before, ...(same(agent, base) ? [] : [own]), ...after];
  const left = new Set(regions.map((region) => region.hunk));
  const gone = new Set([...open, own].flatMap(({ hunk }) => (left.has(hunk) ? [] : hunk)));
  return { ...file, lines, regions: joined(regions), superseded: [...file.superseded, ...gone] };
}

/** Whole new lines between those of a hunk that nobody wrote into leave what stands around them as it is. */
function isParted({ state, start, count }: Region, edit: LineEdit): boolean {
  const isBetween = edit.start === edit.end && start < edit.start && edit.start < start + count;
  return isBetween && state !== 'edited' && state !== 'proposed';
}

/** What does not stand in the text keeps its order: base before agent. */
function parted(region: Region, edit: LineEdit): readonly Region[] {
  const { start, count, state, base, agent } = region;
  const at = edit.start - start;
  const behind = { start: edit.start + edit.lines.length, count: count - at };
  return state === 'rejected'
    ? [
        { ...region, count: at, base: base.slice(0, at), agent: [] },
        { ...region, ...behind, base: base.slice(at) },
      ]
    : [
        { ...region, count: at, agent: agent.slice(0, at) },
        { ...region, ...behind, base: [], agent: agent.slice(at) },
      ];
}

/** Lines that are taken away can be told apart, lines that come into several regions cannot: the first one takes them. */
function written(region: Region, edit: LineEdit, shift: number, isFirst: boolean, isOnly: boolean): Region {
  const { start, count, where } = region;
  if (isBodiless(region)) return { ...lost(region.hunk), start: 0, count: 0 }; // it was of another file
  const end = start + count;
  if (edit.lines.length === 0) {
    const gone = Math.max(0, Math.min(end, edit.end) - Math.max(start, edit.start));
    const from = Math.min(start, Math.max(edit.start, start + shift));
    return { ...region, start: from, count: count - gone, state: 'edited' };
  }
  if (isOnly && edit.start >= start && edit.end <= end) return { ...region, count: count + shift, state: 'edited' };
  const behind = edit.start + edit.lines.length;
  const from = isFirst ? Math.min(start, edit.start) : behind;
  const own = { start: from, count: Math.max(behind, end + shift) - from };
  return { ...lost(region.hunk), ...own, ...(where !== undefined && { where }) };
}

function lost(hunk: HunkId): Omit<Region, 'start' | 'count'> {
  return { hunk, state: 'edited', base: [], agent: [], torn: true };
}

/** Hunks that were written into, by what stands in all of their pieces now: typing that is undone leaves no trace. */
function restated(file: FileLedger, regions: readonly Region[], changed: ReadonlySet<HunkId>): FileLedger {
  if (changed.size === 0) return { ...file, regions: joined(regions) };
  const pieces = new Map<HunkId, Region[]>([...changed].map((hunk) => [hunk, []]));
  for (const region of regions) pieces.get(region.hunk)?.push(region);
  const states = new Map([...pieces].map(([hunk, own]) => [hunk, standing(file, own)]));
  const now = regions.map((region) => {
    const state = states.get(region.hunk) ?? region.state;
    return state === region.state ? region : { ...region, state };
  });
  return { ...file, regions: joined(now) };
}

/** The state that all pieces of a hunk have together. */
function standing({ lines, isProposal }: FileLedger, own: readonly Region[]): Region['state'] {
  const stand = (side: 'base' | 'agent'): boolean =>
    own.every((region) => stands(lines, region.start, region.count, region[side]));
  if (own.some((region) => region.torn)) return 'edited';
  if (isProposal === true) return stand('base') ? 'proposed' : 'edited';
  const [first] = own;
  if (first && own.every(({ state }) => state !== 'edited' && state === first.state)) return first.state;
  if (stand('agent')) return own.some(({ reason }) => reason !== undefined) ? 'asked' : 'applied';
  return stand('base') ? 'rejected' : 'edited';
}

function stands(lines: Lines, start: number, count: number, wanted: Lines): boolean {
  return count === wanted.length && wanted.every((line, i) => line === lines[start + i]);
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

/** Without what was said or done before. */
function bare(region: Region): Region {
  const rest: { -readonly [K in keyof Region]: Region[K] } = { ...region };
  delete rest.reason;
  delete rest.torn;
  return rest;
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

/** Writing at an edge of a region is writing beside it. */
function isTouched({ start, count }: Region, edit: LineEdit): boolean {
  if (count === 0) return edit.start < start && start < edit.end;
  return edit.start === edit.end
    ? start < edit.start && edit.start < start + count
    : start < edit.end && edit.start < start + count;
}

/** Exactly what is not there comes back where it was. */
function isReturn(region: Region, edit: LineEdit): boolean {
  const { state, start, count, base, agent } = region;
  if (count > 0 || state === 'accepted' || edit.start !== start || edit.end !== start) return false;
  return same(edit.lines, base) || same(edit.lines, agent);
}

/** Of a change that moves a file: it has no place in the text. */
function isBodiless({ state, count, base, agent, torn: isTorn }: Region): boolean {
  const isLost = isTorn === true && state === 'edited';
  return count === 0 && base.length === 0 && agent.length === 0 && !isLost;
}

/** Regions at the place of an edit come to stand behind it. */
function moved(region: Region, from: number, shift: number): Region {
  return shift === 0 || region.start < from || isBodiless(region) ? region : { ...region, start: region.start + shift };
}

/** Pieces of a hunk that nothing holds apart any more are one. */
function joined(regions: readonly Region[]): readonly Region[] {
  const fits = (a: Region, b: Region): boolean =>
    a.hunk === b.hunk && a.state === b.state && a.start + a.count === b.start && a.torn !== true && b.torn !== true;
  if (!regions.some((region, i) => i > 0 && fits(regions[i - 1] ?? region, region))) return regions;
  const result: Region[] = [];
  for (const region of regions) {
    const last = result.at(-1);
    if (last && fits(last, region)) {
      const { count, base, agent } = region;
      const own = { count: last.count + count, base: [...last.base, ...base], agent: [...last.agent, ...agent] };
      result[result.length - 1] = { ...last, ...own };
    } else {
      result.push(region);
    }
  }
  return result;
}

/** The file is gone, and somebody else removed it: what was the agent's alone went with it, the rest cannot come back to it. */
function withoutFile(file: FileLedger): FileLedger {
  const regions = file.regions.map((region) =>
    region.state === 'rejected' ? region : { ...lost(region.hunk), start: 0, count: 0 },
  );
  return { ...file, regions };
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

/** Where all lines have one kind of end now, as the editor makes them, what is kept has it too: that alone is no change of a hunk. */
function withLineEnds(file: FileLedger, lines: Lines): FileLedger {
  const has = endsOf(lines);
  if (has === null || endsOf(file.lines) === has) return file;
  const ended = (all: Lines, isLast: boolean): Lines =>
    all.map((line, i) => (has === '' || (isLast && i === all.length - 1) ? line.replace(/\r$/, '') : withReturn(line)));
  const { length } = file.lines;
  // The last line of a text has no end: where it stands only with a hunk, or only without, the line in front of it tells them apart.
  const regions = file.regions.map((region, i): Region => {
    const isLast = region.start + region.count === length && !isBodiless(region);
    const before = file.regions[i - 1];
    const isFree = region.start > (before ? before.start + before.count : 0);
    const line = file.lines[region.start - 1];
    const isOneSided = region.base.length === 0 || region.agent.length === 0;
    const wide =
      length > 1 && isLast && isOneSided && isFree && region.torn !== true && line !== undefined
        ? {
            ...region,
            start: region.start - 1,
            count: region.count + 1,
            base: [line, ...region.base],
            agent: [line, ...region.agent],
          }
        : region;
    return { ...wide, base: ended(wide.base, isLast), agent: ended(wide.agent, isLast) };
  });
  return { ...file, lines: ended(file.lines, true), regions };
}

function withReturn(line: string): string {
  return line.endsWith('\r') ? line : `${line}\r`;
}

/** `\r` when every line of a text but the last ends so, '' when none does; null: mixed, or only one line. */
function endsOf(lines: Lines): '\r' | '' | null {
  const ends = new Set(lines.slice(0, -1).map((line) => (line.endsWith('\r') ? '\r' : '')));
  const [only] = ends;
  return ends.size === 1 && only !== undefined ? only : null;
}

/** Last first; of two at one place, the one that comes first stays in front. */
function backwards<T extends { readonly startLine: number }>(edits: readonly T[]): readonly T[] {
  return [...edits].sort((a, b) => a.startLine - b.startLine).reverse();
}

function splice(lines: Lines, { start, end, lines: fresh }: LineEdit): Lines {
  return lines.slice(0, start).concat(fresh, lines.slice(end));
}

function same(a: Lines, b: Lines): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
