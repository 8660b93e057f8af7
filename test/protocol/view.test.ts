import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { phase, stepOf, tally } from '../../src/protocol/queries.ts';
import { reduce, reduceAll, reduceDelta } from '../../src/protocol/reduce.ts';
import { emptyView, type ReportRow, type Row, type StepRow } from '../../src/protocol/view.ts';
import { stepVerb } from '../../src/protocol/words.ts';
import * as fixture from '../support/fixtureEvents.ts';

const user = { kind: 'user' } as const;

const logs: Readonly<Record<string, readonly Event[]>> = {
  running: fixture.running().recorder.events,
  plan: fixture.planWaits().recorder.events,
  edits: fixture.editsWait().recorder.events,
  command: fixture.commandWaits().recorder.events,
  done: fixture.done().events,
  unverified: fixture.unverified().events,
  partial: fixture.partial().events,
  failed: fixture.failed().events,
  stopped: fixture.stopped().events,
  answered: fixture.answered().events,
  retries: fixture.retries().events,
  denied: fixture.denied().events,
  closed: [...fixture.closedInTheMiddle().say('Go on').events],
  queued: fixture.queued().recorder.events,
  paused: fixture.paused().events,
  resumed: fixture.resumed().events,
  restored: fixture.restored().events,
  rewound: editedAnew().events,
  applied: fixture.appliedAndDone().recorder.events,
  reviewed: reviewedLater().events,
};

/** Words of every kind on changes of an earlier turn, and a rewinding to before it. */
function reviewedLater(): fixture.Recorder {
  const { recorder, calls } = fixture.appliedAndDone();
  recorder.say('Go on').read('a.ts');
  const path = fixture.upload[0]?.path ?? '';
  for (const state of ['asked', 'rejected', 'applied', 'edited', 'superseded', 'accepted'] as const)
    recorder.review(path, state, [`${calls[0]}:1.2`, 'other:1.1', ''], 'So');
  recorder.add(user, { type: 'problems.found', files: [{ path, textHash: 'h', problems: [] }] });
  recorder.add(user, { type: 'conversation.rewound', to: 12 });
  return recorder.review(path, 'applied', [`${calls[0]}:1.2`]);
}

/** The second message is said anew; the second turn had queued one, and was itself forked and compacted. */
function editedAnew(): fixture.Recorder {
  const recorder = fixture.done().queue('m1', 'And then?');
  recorder.add(user, { type: 'session.forked', from: 's0', through: recorder.events.length });
  recorder.say('Build it').command('npm run build', 0, '', 900, ['dist/a.js']).step('Built.');
  recorder.add(user, { type: 'context.compacted', kept: 3 });
  const to = recorder.events.find((event) => event.type === 'turn.started' && event.text === 'Build it')?.seq ?? 0;
  recorder.add(user, { type: 'conversation.rewound', to });
  return recorder.say('Build it twice').ask();
}

function view(events: readonly Event[]) {
  return reduceAll(emptyView, events);
}

/** A row in a few words. */
function brief(row: Row): string {
  switch (row.kind) {
    case 'step':
      return `${stepVerb(row)} ${row.object}`.trim();
    case 'said':
    case 'answer':
    case 'thought':
      return `${row.kind}: ${row.text.slice(0, 24)}`;
    case 'rule':
      return `rule: ${row.fact.kind}`;
    case 'warning':
      return `warning: ${row.code}`;
    case 'report':
      return `report: ${row.outcome.kind}`;
  }
}

function lastStep(rows: readonly Row[]): StepRow {
  const row = rows.findLast(({ kind }) => kind === 'step');
  if (row?.kind !== 'step') throw new Error('no step');
  return row;
}

describe('the fold', () => {
  it.each(Object.entries(logs))('of %s is the same one by one and at once, on every prefix', (_name, events) => {
    let one = emptyView;
    events.forEach((event, at) => {
      one = reduce(one, event);
      expect(one).toEqual(view(events.slice(0, at + 1)));
    });
  });

  it('takes events in any order, any number of times', () => {
    const all = Object.values(logs).flat();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all), { maxLength: 60 }), (events) => {
        const folded = view(events);
        expect(phase(folded, true).kind).toBeTypeOf('string');
        expect(folded.rows.length).toBeLessThanOrEqual(events.length * 3);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the view before an event as it was', () => {
    const events = logs['edits'] ?? [];
    const before = view(events.slice(0, -1));
    const copy = structuredClone(before);
    reduce(before, events.at(-1)!);
    expect(before).toEqual(copy);
  });

  it('tells what happened, in order', () => {
    const { rows } = view(fixture.done().events);
    expect(rows.map(brief)).toEqual([
      'said: When an invoice export l',
      ...['invoiceExport', 'resumableUpload', 'partReader', 'retryPolicy', 'queue', 'index'].map(
        (name) => `Read packages/billing-service/src/export/${name}.ts`,
      ),
      'Searched uploadInvoice(',
      'Searched offset',
      'Planned',
      'Edited packages/billing-service/src/export/invoices/resumable/resumableUpload.ts',
      'rule: checkpoint',
      'Edited packages/billing-service/src/export/exportState.ts',
      'rule: checkpoint',
      'Ran npm test',
      'Edited packages/billing-service/src/export/invoices/resumable/resumableUpload.ts',
      'rule: checkpoint',
      'Ran npm test',
      'answer: An export that loses its',
      'report: done',
    ]);
  });

  it('counts the files of a turn for its report', () => {
    const report = view(fixture.done().events).rows.at(-1) as ReportRow;
    expect(report.changed).toEqual([
      { path: fixture.upload[0]?.path, added: 7, removed: 3, isNew: false },
      { path: fixture.state[0]?.path, added: 4, removed: 0, isNew: true },
    ]);
  });

  it('names a session by its first line until a person names it', () => {
    const recorder = new fixture.Recorder().say('Do this\nand that');
    expect(view(recorder.events).title).toBe('Do this');
    recorder.add({ kind: 'user' }, { type: 'session.changed', title: 'Mine' });
    expect(view(recorder.say('More').events).title).toBe('Mine');
  });

  it('adds up tokens and cost, and knows when a price is not known', () => {
    const recorder = new fixture.Recorder().say('x').step('a').step('b');
    expect(view(recorder.events)).toMatchObject({ costUsd: 0.06, contextTokens: 15_710, usage: { output: 620 } });
    const last = recorder.events.at(-1);
    if (last?.type === 'model.responded') recorder.add(last.actor, { ...last, costUsd: null });
    expect(view(recorder.events).costUsd).toBeNull();
  });
});

describe('a question', () => {
  it('waits until it is decided', () => {
    const { recorder, call } = fixture.commandWaits();
    const waits = view(recorder.events);
    expect(waits.waiting.map((waiting) => waiting.call)).toEqual([call]);
    expect(phase(waits, true).kind).toBe('waiting');
    recorder.wait(7000).decide(call, { action: 'deny', by: { kind: 'user' }, reason: 'No' });
    const decided = view(recorder.events);
    expect(decided.waiting).toEqual([]);
    expect(decided.turn?.waitedMs).toBe(2 * 9000 + 7000);
    expect(stepVerb(lastStep(decided.rows))).toBe('You denied');
  });

  it('about edits keeps the word on each hunk, and takes one back', () => {
    const { recorder, call } = fixture.editsWait();
    const step = stepOf(view(recorder.events), call)!;
    expect(tally(step)).toMatchObject({ open: 3, files: 2, accepted: 1, rejected: 0, asked: 0 });
    recorder.add({ kind: 'user' }, { type: 'hunk.resolved', call, hunk: `${call}:1.1`, verdict: 'proposed' });
    expect(tally(stepOf(view(recorder.events), call)!).open).toBe(4);
  });

  it('about edits ends with a word on every hunk', () => {
    const { recorder, call } = fixture.editsWait();
    recorder.add(
      { kind: 'user' },
      { type: 'hunk.resolved', call, hunk: `${call}:1.2`, verdict: 'asked', reason: 'Shorter' },
    );
    const changes = stepOf(view(recorder.events), call)!.changes;
    const accepted = changes.map((file) => ({ ...file, hunks: file.hunks.filter(({ id }) => id === `${call}:1.1`) }));
    recorder.decide(call, { action: 'allow', by: { kind: 'user' }, accepted });
    expect(tally(stepOf(view(recorder.events), call)!)).toEqual({
      open: 0,
      files: 0,
      accepted: 1,
      rejected: 2,
      asked: 1,
      edited: 0,
      superseded: 0,
    });
  });

  it('approves a plan and goes on in the mode that was chosen, told once', () => {
    const { recorder, call } = fixture.planWaits();
    recorder.decide(call, { action: 'allow', by: { kind: 'user' }, mode: 'edit' });
    recorder.add({ kind: 'user' }, { type: 'session.changed', mode: 'edit' });
    const { mode, rows } = view(recorder.events);
    expect(mode).toBe('edit');
    expect(rows.filter(({ kind }) => kind === 'rule').map(brief)).toEqual(['rule: mode']);
  });
});

describe('a run', () => {
  it('that nobody works on has ended in the middle', () => {
    const folded = view(fixture.closedInTheMiddle().events);
    expect([phase(folded, true), phase(folded, false)]).toEqual([
      { kind: 'working', doing: 'command' },
      { kind: 'interrupted' },
    ]);
  });

  it('that was cut off is told when the next turn begins', () => {
    const { rows } = view(fixture.closedInTheMiddle().say('Go on').events);
    expect(rows.slice(-3).map(brief)).toEqual(['Started npm test -- --run test/export', 'rule: closed', 'said: Go on']);
  });

  it('shows a request that is tried again until it is sent', () => {
    const recorder = fixture.retries();
    expect(phase(view(recorder.events), true)).toMatchObject({ kind: 'retry', retry: { code: 'rate_limited' } });
    const sent = view(recorder.ask(2).events);
    expect([sent.retry, brief(sent.rows.at(-1)!)]).toEqual([null, 'rule: retried']);
  });

  it('stopped by the person says so on what ran', () => {
    expect(stepVerb(lastStep(view(fixture.stopped().events).rows))).toBe('Stopped');
  });
});

describe('deltas', () => {
  const start = view(new fixture.Recorder().say('x').ask().events);

  it('stream words until the reply is recorded', () => {
    const streamed = [
      { kind: 'thinking', text: 'Hm' },
      { kind: 'text', text: 'An ' },
      { kind: 'text', text: 'answer' },
    ] as const;
    const live = streamed.reduce(reduceDelta, start);
    expect(live.live).toMatchObject({ doing: 'writing', text: 'An answer', thinking: 'Hm' });
    const recorded = view(
      new fixture.Recorder()
        .say('x')
        .ask()
        .reply([{ type: 'text', text: 'An answer' }]).events,
    );
    expect(recorded.live.text).toBe('');
  });

  it('keep the end of a long output', () => {
    const live = reduceDelta(reduceDelta(start, { kind: 'output', call: 'c', text: 'a'.repeat(9000) }), {
      kind: 'output',
      call: 'c',
      text: 'end',
    });
    expect(live.live.output.get('c')).toHaveLength(8000);
    expect(live.live.output.get('c')?.endsWith('end')).toBe(true);
  });
});
