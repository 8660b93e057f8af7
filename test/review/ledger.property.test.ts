// Whatever is typed, written, said and reloaded in whatever order: the text is what the rules say, and nobody's lines are lost.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hunk, HunkId, HunkReview } from '../../src/core/change.ts';
import type { FileState } from '../../src/core/checkpoint.ts';
import type { Event, Fact } from '../../src/core/event.ts';
import {
  applyChange,
  ask,
  baseline,
  decide,
  editText,
  hunksOf,
  isOpen,
  ledgerOf,
  observe,
  reopen,
  type FileLedger,
  type Lines,
} from '../../src/review/ledger.ts';
import { rebaseChange } from '../../src/review/rebase.ts';
import { readLedgers, takeStep, trackedFile, untold, withTold, type TrackedFile } from '../../src/review/record.ts';
import { applyHunks, lineEdits } from '../../src/workspace/diff.ts';
import { eventsOf } from '../support/events.ts';
import { hunkAt, TokenFile } from './tokens.ts';

const path = 'a.ts';

/** The same ones each time; `FUZZ=100 npx vitest run test/review` makes a hundred times as many, others each time. */
const runs = (count: number): { numRuns: number; seed?: number } => {
  const times = Number(process.env['FUZZ'] ?? 0);
  return times > 0 ? { numRuns: count * times } : { numRuns: count, seed: 20_261_121 };
};

/** Places are parts of what there is: they fit any text. */
const at = fc.nat(999);
const span = fc.record({ at, length: fc.nat(3), fresh: fc.nat(3) });
const word = fc.constantFrom('accepted' as const, 'rejected' as const);

type Op =
  | { readonly kind: 'agent' | 'asked agent'; readonly spans: readonly Span[]; readonly saves: Span | null }
  | { readonly kind: 'type'; readonly spans: readonly Span[]; readonly seen: boolean }
  | { readonly kind: 'say'; readonly word: 'accepted' | 'rejected'; readonly which: number; readonly all: boolean }
  | { readonly kind: 'reopen' | 'ask'; readonly which: number }
  | { readonly kind: 'undo' | 'line ends' | 'reload' };

interface Span {
  readonly at: number;
  readonly length: number;
  readonly fresh: number;
}

const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('agent' as const),
      spans: fc.array(span, { minLength: 1, maxLength: 3 }),
      saves: fc.option(span, { freq: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('asked agent' as const),
      spans: fc.array(span, { minLength: 1, maxLength: 2 }),
      saves: fc.constant(null),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('type' as const),
      spans: fc.array(span, { minLength: 1, maxLength: 3 }),
      seen: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('say' as const), word, which: at, all: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const), which: at }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask' as const), which: at }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'undo' as const }, { kind: 'line ends' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'reload' as const }) },
);

/** A file in an editor, the log of its session, and what the rules say of both. */
class Run {
  model: TokenFile;
  file: TrackedFile;
  readonly events: Event[] = [];
  readonly #kept = new Map<string, string>();
  #end = '';
  #fresh = 0;
  #calls = 0;
  /** Times that the person typed since the log last knew the text; of more than one it cannot tell what came first. */
  #unseen = 0;
  #isBlurred = false;
  #undo: { readonly model: TokenFile; readonly ledger: FileLedger } | null = null;

  constructor(lines: number) {
    this.model = new TokenFile([...Array.from({ length: lines }, (_, i) => `base ${String(i)}`), '']);
    this.file = trackedFile(path, this.shown(this.model.lines));
  }

  get ledger(): FileLedger {
    return this.file.ledger;
  }

  /** As the editor has them. */
  shown(lines: Lines): Lines {
    return lines.map((line, i) => (i === lines.length - 1 ? line : line + this.#end));
  }

  async do(one: Op): Promise<void> {
    switch (one.kind) {
      case 'agent':
      case 'asked agent':
        this.#write(one);
        return;
      case 'type':
        this.#type(one);
        return;
      case 'say': {
        const { open } = this.model;
        this.#say(one.all ? open : pick(open, one.which), one.word);
        return;
      }
      case 'reopen': {
        const hunks = pick(this.model.with('accepted', 'rejected', 'asked'), one.which);
        this.#set(reopen(this.ledger, new Set(hunks)).file);
        this.model.reopen(new Set(hunks));
        this.#tell(hunks.map((hunk) => ({ hunk, state: 'applied', line: 1 })));
        return;
      }
      case 'ask': {
        const [hunk] = pick(this.model.open, one.which);
        if (hunk === undefined) return;
        this.#set(ask(this.ledger, hunk, 'why'));
        this.model.ask(hunk);
        this.#tell([{ hunk, state: 'asked', reason: 'why', line: 1 }]);
        return;
      }
      case 'undo':
        if (this.#undo === null) return;
        // The editor remembers what it was.
        this.model = this.#undo.model;
        this.file = { ...this.file, ledger: this.#undo.ledger };
        this.#undo = null;
        return;
      case 'line ends':
        if (this.ledger.lines.length < 2) return; // nothing tells which it has
        this.#end = this.#end === '' ? '\r' : '';
        this.#undo = null;
        this.file = { ...this.file, ledger: observe(this.ledger, this.shown(this.model.lines), lineEdits) };
        return;
      case 'reload':
        await this.#reload();
    }
  }

  check(): void {
    const { ledger, model } = this;
    this.#isBlurred ||= this.#end !== '' && ledger.lines.length < 2; // one line does not tell which ends it has
    expectSame(ledger.lines, this.shown(model.lines), 'text');
    expectSame(baseline(ledger), this.shown(model.baseline), 'baseline');
    expectSound(ledger);
    const known = hunksOf(ledger).filter(({ hunk }) => model.states.get(hunk) !== 'settled');
    expectSame(
      known.map(({ hunk, state }) => `${hunk} ${state}`),
      known.map(({ hunk }) => `${hunk} ${model.states.get(hunk) ?? ''}`),
      'states',
    );
    expectSame(
      openOf(ledger).sort(),
      model.open.map((hunk) => `${hunk} ${model.states.get(hunk) ?? ''}`).sort(),
      'open',
    );
  }

  /** What every order of ops must end in. */
  checkEnds(): void {
    const { ledger } = this;
    const open = new Set(this.model.open);
    const accepted = decide(ledger, open, 'accepted');
    expect(accepted.writes).toEqual([]);
    expectSame(accepted.file.lines, ledger.lines, 'all accepted');
    expectSame(baseline(accepted.file), ledger.lines, 'the baseline with all accepted');
    const rejected = decide(ledger, open, 'rejected');
    expectSame(rejected.file.lines, baseline(ledger), 'all rejected');
    expectSame(rejected.writes.reduceRight(splice, ledger.lines), rejected.file.lines, 'what is written');
    for (const { file } of [accepted, rejected]) {
      expectSound(file);
      const again = reopen(file, open).file;
      expectSame(again.lines, ledger.lines, 'taken back');
      expectSame(baseline(again), baseline(ledger), 'the baseline, taken back');
    }
  }

  #write({ kind, spans, saves }: Op & { readonly kind: 'agent' | 'asked agent' }): void {
    const call = `c${String(++this.#calls)}`;
    const before = this.ledger.lines;
    const ranges = this.#ranges(spans);
    const waits = kind === 'agent';
    const hunks = ranges.map(({ start, end, texts }, i): Hunk =>
      hunkAt(`${call}:1.${String(i + 1)}`, before, start, end, this.#ended(texts)),
    );
    for (const [i, { start, end, texts }] of [...ranges.entries()].reverse())
      this.model.write(hunks[i]?.id ?? '', start, end, texts);
    const formatted: Hunk[] = [];
    if (saves !== null) {
      const [range] = this.#ranges([saves]);
      if (range) {
        formatted.push(hunkAt('', this.shown(this.model.lines), range.start, range.end, this.#ended(range.texts)));
        const into = this.model.openAt(range.start, range.end);
        if (into === null) this.model.type(range.start, range.end, range.texts);
        else this.model.write(into, range.start, range.end, range.texts);
      }
    }
    const asked = new Set(hunks.map(({ id }) => id));
    if (!waits) for (const hunk of asked) this.model.decided(hunk);
    this.#undo = null;
    this.#unseen = 0;

    const state = this.#keep(before);
    const by = waits ? ({ kind: 'mode', mode: 'edit' } as const) : ({ kind: 'user' } as const);
    const change = { path, beforeHash: 'hash', hunks };
    this.#log({ type: 'tool.decided', call, decision: { action: 'allow', by } });
    this.#log({ type: 'checkpoint.created', checkpoint: call, call, files: [{ path, state }] });
    this.#log({
      type: 'change.applied',
      call,
      changes: [change],
      files: [{ path, afterHash: 'hash', saved: true, ...(formatted.length > 0 && { formatted }) }],
    });
    const step = { kind: 'applied', change, formatted, before: state, waits, outsidePlan: false } as const;
    this.file = takeStep(this.file, step, before, lineEdits);
  }

  #type({ spans, seen }: Op & { readonly kind: 'type' }): void {
    this.#undo = { model: this.model.copy(), ledger: this.ledger };
    this.#unseen++;
    this.#isBlurred ||= this.#unseen > 1;
    const open = new Set(this.model.open);
    const ranges = this.#ranges(spans);
    let { ledger } = this;
    for (const { start, end, texts } of [...ranges].reverse()) {
      this.model.type(start, end, texts);
      if (seen) ledger = editText(ledger, { start, end, lines: this.#ended(texts) });
    }
    if (!seen) ledger = observe(ledger, this.shown(this.model.lines), lineEdits);
    this.file = { ...this.file, ledger };
    // What was decided and is made anew by hand is open again: the log knows it once it is told.
    this.#isBlurred ||= this.model.open.some((hunk) => !open.has(hunk));
  }

  #say(hunks: readonly HunkId[], state: 'accepted' | 'rejected'): void {
    const { file, writes } = decide(this.ledger, new Set(hunks), state);
    expectSame(writes.reduceRight(splice, this.ledger.lines), file.lines, 'what is written');
    const back = reopen(file, new Set(hunks)).file;
    expectSame(back.lines, this.ledger.lines, 'taken back at once');
    expectSame(baseline(back), baseline(this.ledger), 'the baseline, taken back at once');
    this.#set(file);
    this.model.say(new Set(hunks), state);
    this.#tell(hunks.map((hunk) => ({ hunk, state, line: 1 })));
  }

  /** By a word: what was typed before it and is seen only after it may seem to be somewhere else. */
  #set(ledger: FileLedger): void {
    this.#undo = null;
    this.#isBlurred ||= this.#unseen > 0 && ledger.lines.join() !== this.ledger.lines.join();
    this.file = { ...this.file, ledger };
  }

  async #reload(): Promise<void> {
    this.#tell(untold(this.file));
    const log = JSON.parse(JSON.stringify(eventsOf(...this.events))) as readonly Event[];
    const readText = async (state: FileState): Promise<string | null> =>
      state.kind === 'file' ? (this.#kept.get(state.blob.hash) ?? null) : null;
    const read = (await readLedgers(log, readText, lineEdits)).get(path);
    if (this.model.open.length === 0) {
      expect(read).toBeUndefined();
      // All that is decided is forgotten.
      for (const hunk of this.model.states.keys()) this.model.settle(hunk);
      this.file = trackedFile(path, this.ledger.lines);
      this.#undo = null;
      this.#unseen = 0;
      this.#isBlurred = false;
      return;
    }
    if (!read) throw new Error('open changes that the log does not know');
    const ledger = observe(read.ledger, this.ledger.lines, lineEdits);
    expectSound(ledger);
    expectSame(ledger.lines, this.ledger.lines, 'text after a reload');
    // Where the log saw too little it closes a change rather than open one again.
    expect(openOf(this.ledger)).toEqual(expect.arrayContaining(openOf(ledger)));
    if (this.#isBlurred) return;
    expectSame(openOf(ledger), openOf(this.ledger), 'open after a reload');
    expectSame(baseline(ledger), baseline(this.ledger), 'baseline after a reload');
    // From here on with what the log knows.
    this.#undo = null;
    const known = new Set(ledger.regions.filter(isOpen).map(({ hunk }) => hunk));
    for (const hunk of this.model.states.keys()) if (!known.has(hunk)) this.model.settle(hunk);
    this.file = { ...read, ledger: { ...ledger, regions: ledger.regions.filter(isOpen) } };
  }

  #ranges(spans: readonly Span[]): readonly { start: number; end: number; texts: readonly string[] }[] {
    const last = this.model.lines.length - 1; // what stands behind the last line end is left alone
    let from = 0;
    return [...spans]
      .map((one) => ({ ...one, start: Math.min(last, Math.floor((one.at / 1000) * (last + 1))) }))
      .sort((a, b) => a.start - b.start)
      .flatMap(({ start: wanted, length, fresh }) => {
        const start = Math.max(from, wanted);
        const end = Math.min(last, start + length);
        if (start > last || (start === end && fresh === 0)) return [];
        from = end + 1;
        return [{ start, end, texts: Array.from({ length: fresh }, () => `line ${String(++this.#fresh)}`) }];
      });
  }

  #ended(texts: readonly string[]): readonly string[] {
    return texts.map((text) => text + this.#end);
  }

  #keep(lines: Lines): FileState {
    const hash = `blob ${String(this.#kept.size)}`;
    this.#kept.set(hash, lines.join('\n'));
    return { kind: 'file', blob: { hash, bytes: 0 }, mode: 0o644 };
  }

  #tell(hunks: readonly HunkReview[]): void {
    if (hunks.length === 0) return;
    this.#log({ type: 'change.reviewed', path, hunks });
    this.file = withTold(this.file, hunks);
  }

  #log(fact: Fact): void {
    this.events.push(fact as Event);
  }
}

describe('of lines that are all different', () => {
  test('the text is what the rules say after each thing that happens', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(op, { minLength: 1, maxLength: 10 }),
        async (lines, ops) => {
          const run = new Run(lines);
          for (const one of ops) {
            await run.do(one);
            run.check();
          }
          run.checkEnds();
        },
      ),
      runs(8000),
    );
  });
});

const line = fc.constantFrom('', '{', '}', '  x();', 'y');
const someLines = fc.array(line, { maxLength: 3 });
/** A person's, an agent's, or found later. */
const write = fc.record({
  by: fc.constantFrom('agent', 'agent', 'person', 'person', 'unseen'),
  at,
  length: fc.oneof(fc.nat(3), fc.constant(100)),
  lines: someLines,
});
const saying = fc.record({ word: fc.constantFrom('accepted', 'rejected', 'reopen', 'ask'), mask: fc.nat(15) });

describe('of lines that are alike, and files that come and go', () => {
  test('the text is what was written, a word is exact and can be taken back, and every log can be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 8 }),
        fc.array(fc.oneof({ weight: 3, arbitrary: write }, { weight: 2, arbitrary: saying }), { maxLength: 12 }),
        fc.nat(99),
        async (first, ops, cut) => {
          let file = ledgerOf(first);
          const facts: Fact[] = [];
          const texts = new Map<string, string>();
          for (const [i, one] of ops.entries()) {
            const before = file.lines;
            if ('by' in one) {
              const start = Math.floor((one.at / 1000) * (before.length + 1));
              const edit = { start, end: Math.min(before.length, start + one.length), lines: one.lines };
              const wanted = splice(before, edit);
              if (one.by === 'person') file = editText(file, edit);
              else if (one.by === 'unseen') file = observe(file, wanted, lineEdits);
              else {
                const call = `c${String(i)}`;
                const hunks = [hunkAt(`${call}:1.1`, before, start, edit.end, edit.lines)];
                file = applyChange(file, hunks);
                const state: FileState =
                  before.length === 0 ? { kind: 'absent' } : { kind: 'file', blob: { hash: call, bytes: 0 }, mode: 0 };
                texts.set(call, before.join('\n'));
                facts.push({ type: 'checkpoint.created', checkpoint: call, call, files: [{ path, state }] });
                facts.push({
                  type: 'change.applied',
                  call,
                  changes: [{ path, beforeHash: before.length === 0 ? null : 'hash', hunks }],
                  files: [{ path, afterHash: 'hash', saved: true }],
                });
              }
              expectSame(file.lines, wanted, 'text');
            } else {
              const hunks = hunksOf(file).map(({ hunk }) => hunk);
              const chosen = hunks.filter((_, at) => (one.mask >> (at % 4)) % 2 === 1);
              file = said(file, new Set(chosen), one.word);
              const state = one.word === 'reopen' ? 'applied' : one.word === 'ask' ? 'asked' : one.word;
              const reviews = chosen.map((hunk) => ({ hunk, state: state as 'applied', line: 1 }));
              facts.push({ type: 'change.reviewed', path, hunks: reviews });
            }
            expectSound(file);
          }
          const open = new Set(openOf(file).map((one) => one.split(' ')[0] ?? ''));
          expectSame(decide(file, open, 'accepted').file.lines, file.lines, 'all accepted');
          expectSame(decide(file, open, 'rejected').file.lines, baseline(file), 'all rejected');

          const some = eventsOf(...facts).slice(0, Math.ceil((facts.length * cut) / 99));
          const readText = async (state: FileState): Promise<string | null> =>
            state.kind === 'file' ? (texts.get(state.blob.hash) ?? null) : null;
          for (const keeps of [true, false]) {
            const read = await readLedgers(some, keeps ? readText : async () => null, lineEdits);
            for (const { ledger } of read.values()) {
              expectSound(ledger);
              const now = observe(ledger, file.lines, lineEdits);
              expectSame(now.lines, file.lines, 'text after a reload');
              expectSound(now);
            }
          }
        },
      ),
      runs(8000),
    );
  });
});

function said(file: FileLedger, hunks: ReadonlySet<HunkId>, word: string): FileLedger {
  if (word === 'ask') return [...hunks].reduce((now, hunk) => ask(now, hunk, 'why'), file);
  if (word === 'reopen') return reopen(file, hunks).file;
  const { file: next, writes } = decide(file, hunks, word === 'accepted' ? 'accepted' : 'rejected');
  expectSame(writes.reduceRight(splice, file.lines), next.lines, 'what is written');
  const back = reopen(next, hunks).file;
  const wasOpen = hunksOf(file).filter((one) => isOpen(one) && hunks.has(one.hunk));
  // Those that had a word before are opened by it as well: without them it is what it was.
  if (wasOpen.length === hunks.size) {
    expectSame(back.lines, file.lines, 'taken back at once');
    expectSame(baseline(back), baseline(file), 'the baseline, taken back at once');
  }
  return next;
}

test('a proposal follows its file: what others wrote stays, and only where they wrote into it, it is theirs', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.array(span, { minLength: 1, maxLength: 3 }),
      fc.array(span, { minLength: 1, maxLength: 3 }),
      (length, agent, person) => {
        const base = Array.from({ length }, (_, i) => `base ${String(i)}`);
        const fresh = lineEdits(base, written(base, agent, 'agent'));
        const to = written(base, agent, 'agent');
        const hunks = fresh.map((edit, i) =>
          hunkAt(`c:1.${String(i + 1)}`, base, edit.oldStart, edit.oldEnd, to.slice(edit.newStart, edit.newEnd)),
        );
        const now = written(base, person, 'mine');
        const { change, edited } = rebaseChange({ path, beforeHash: 'old', hunks }, base, now, 'new', lineEdits, 3);

        expect(change.hunks.map(({ id }) => id)).toEqual(hunks.map(({ id }) => id));
        const fitting = change.hunks.filter(({ id }) => !edited.has(id));
        const result = applyHunks(now.join('\n'), fitting).split('\n');
        const added = new Set(fitting.flatMap((hunk) => hunk.added));
        const removed = new Set(fitting.flatMap((hunk) => hunk.removed));
        const rest = result.filter((one) => !added.has(one));
        const kept = now.filter((one) => !removed.has(one));
        if (rest.join() !== '' || kept.length > 0) expectSame(rest, kept, 'what is not the agent’s');
        expect([...edited]).toEqual(hunks.filter((hunk) => isWrittenInto(hunk, base, now)).map(({ id }) => id));
        for (const { startLine, removed: old } of change.hunks)
          expectSame(now.slice(startLine - 1, startLine - 1 + old.length), old, 'the lines that it names');
      },
    ),
    runs(4000),
  );
});

/** Spans of a text get new lines, each different. */
function written(lines: Lines, spans: readonly Span[], name: string): Lines {
  return [...spans]
    .sort((a, b) => b.at - a.at)
    .reduce((now, one, i) => {
      const start = Math.floor((one.at / 1000) * (lines.length + 1));
      const own = Array.from({ length: one.fresh }, (_, j) => `${name} ${String(i)}.${String(j)}`);
      return now.toSpliced(start, one.length, ...own);
    }, lines);
}

/** Its lines do not stand together any more; or where it only adds some, the text on both sides of that place is another one. */
function isWrittenInto({ startLine, removed }: Hunk, base: Lines, now: Lines): boolean {
  if (now.length === 0) return true;
  if (removed.length > 0) {
    const start = now.indexOf(removed[0] ?? '');
    return start < 0 || removed.some((one, i) => now[start + i] !== one);
  }
  const isGone = (one: string): boolean => !now.includes(one);
  const before = base[startLine - 2];
  const after = base[startLine - 1];
  if (before === undefined || after === undefined || !isGone(before) || !isGone(after)) return false;
  const last = base.slice(0, startLine - 1).findLast((one) => !isGone(one));
  const next = base.slice(startLine - 1).find((one) => !isGone(one));
  const from = last === undefined ? 0 : now.indexOf(last) + 1;
  return from < (next === undefined ? now.length : now.indexOf(next));
}

function pick(hunks: readonly HunkId[], which: number): readonly HunkId[] {
  const hunk = hunks[which % Math.max(1, hunks.length)];
  return hunk === undefined ? [] : [hunk];
}

function openOf(file: FileLedger): string[] {
  return hunksOf(file).flatMap((one) => (isOpen(one) ? `${one.hunk} ${one.state}` : []));
}

function splice(lines: Lines, edit: { readonly start: number; readonly end: number; readonly lines: Lines }): Lines {
  return lines.toSpliced(edit.start, edit.end - edit.start, ...edit.lines);
}

/** The whole value where it is another one: comparing is most of the work here. */
function expectSame(actual: Lines, expected: Lines, what: string): void {
  if (actual.length !== expected.length || actual.some((line, i) => line !== expected[i]))
    expect(actual, what).toEqual(expected);
}

/** The invariant of regions. */
function expectSound({ lines, regions }: FileLedger): void {
  let end = 0;
  for (const { start, count, state, base, agent, hunk } of regions) {
    if (start < end || start + count > lines.length)
      throw new Error(`${hunk} at ${String(start)} lies over another or outside`);
    end = start + count;
    const side = isOpen({ state }) || state === 'accepted' ? agent : state === 'edited' ? null : base;
    if (side !== null) expectSame(lines.slice(start, end), side, `${hunk} ${state}`);
  }
}
