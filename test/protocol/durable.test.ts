/** What the panel's fold makes of pauses, cuts, queues, checkpoints and rewinding. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, Fact } from '../../src/core/event.ts';
import { restorePoints } from '../../src/protocol/copies.ts';
import { phase } from '../../src/protocol/queries.ts';
import { foldQueue, placeAfterMove, type QueuedMessage } from '../../src/protocol/queue.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView, type Row } from '../../src/protocol/view.ts';
import { pointTitle, pointWords, ruleWords, stepVerb } from '../../src/protocol/words.ts';
import * as fixture from '../support/fixtureEvents.ts';

process.env['TZ'] = 'UTC'; // the words of a view name times of the day

const user = { kind: 'user' } as const;
const system = { kind: 'system', room: 'session' } as const;

function view(recorder: fixture.Recorder) {
  return reduceAll(emptyView, recorder.events);
}

function brief(row: Row): string {
  switch (row.kind) {
    case 'rule':
      return ruleWords(row.fact, row.atMs).replaceAll('\u00a0', ' ');
    case 'step':
      return `${stepVerb(row)} ${row.object}`;
    case 'report':
      return row.outcome.kind;
    case 'warning':
      return row.code;
    default:
      return row.text;
  }
}

function rows(recorder: fixture.Recorder): readonly string[] {
  return view(recorder).rows.map(brief);
}

function points(recorder: fixture.Recorder): readonly string[] {
  return restorePoints(view(recorder).copies).map((point) =>
    `${pointTitle(point)}: ${pointWords(point)}`.replaceAll('\u00a0', ' '),
  );
}

const files = fixture.state;

describe('the queue', () => {
  const three = ['a', 'b', 'c'].map((message): QueuedMessage => ({
    message,
    text: message.toUpperCase(),
    attachments: [],
    steer: false,
  }));

  function after(...facts: readonly Fact[]): readonly string[] {
    const recorder = new fixture.Recorder();
    return facts
      .map((fact) => recorder.add(user, fact))
      .reduce(foldQueue, three)
      .map(({ message, text, steer }) => `${message}${steer ? '!' : ''} ${text}`);
  }

  it.each<readonly [string, Fact, readonly string[]]>([
    ['is moved up', { type: 'message.changed', message: 'c', before: 'b' }, ['a A', 'c C', 'b B']],
    ['is moved to the end', { type: 'message.changed', message: 'a', before: null }, ['b B', 'c C', 'a A']],
    ['stays where it is', { type: 'message.changed', message: 'b', before: 'b' }, ['a A', 'b B', 'c C']],
    [
      'goes to the end when what it should stand before is gone',
      { type: 'message.changed', message: 'a', before: 'x' },
      ['b B', 'c C', 'a A'],
    ],
    ['steers', { type: 'message.changed', message: 'b', steer: true }, ['a A', 'b! B', 'c C']],
    ['is written anew', { type: 'message.changed', message: 'b', text: 'New' }, ['a A', 'b New', 'c C']],
    ['is not there', { type: 'message.changed', message: 'x', text: 'New' }, ['a A', 'b B', 'c C']],
    ['is taken back', { type: 'message.cancelled', message: 'b' }, ['a A', 'c C']],
    ['is delivered', { type: 'message.delivered', message: 'a', text: 'A', attachments: [] }, ['b B', 'c C']],
    ['starts a turn', { type: 'turn.started', message: 'a', text: 'A', attachments: [] }, ['b B', 'c C']],
    ['stays in the session it was for', { type: 'session.forked', from: 's0', through: 4 }, []],
    ['of a file counts for nothing', { type: 'session.imported', from: 's0' }, []],
  ])('a message %s', (_what, fact, expected) => {
    expect(after(fact)).toEqual(expected);
  });

  it('moves by a place at a time, and not beyond its ends', () => {
    const moves = three.flatMap(({ message }) => ([-1, 1] as const).map((by) => placeAfterMove(three, message, by)));
    expect(moves).toEqual([undefined, 'c', 'a', null, 'b', undefined]);
    expect(placeAfterMove(three, 'x', 1)).toBeUndefined();
  });

  it('shows a steering message where the model got it', () => {
    const recorder = new fixture.Recorder().say('Do it').queue('m', 'Faster', true).ask();
    recorder.add(user, { type: 'message.delivered', message: 'm', text: 'Faster', attachments: [] });
    expect(view(recorder)).toMatchObject({ queue: [], rows: [{ steered: false }, { text: 'Faster', steered: true }] });
  });
});

describe('a pause', () => {
  it('lets the step come to its end, then holds', () => {
    const { recorder, call } = fixture.running();
    recorder.add(user, { type: 'session.paused' });
    expect(phase(view(recorder), true)).toEqual({ kind: 'pausing' });
    recorder.finish(call, fixture.commandResult(0, ''));
    expect([phase(view(recorder), true), phase(view(recorder), false)]).toEqual([
      { kind: 'paused' },
      { kind: 'paused' },
    ]);
  });

  it('is one line, with the time it took', () => {
    const recorder = new fixture.Recorder().say('x').step('y');
    recorder.add(user, { type: 'session.paused' });
    recorder.wait(5 * 60_000).add(user, { type: 'session.resumed', after: 'pause', cutRequest: false });
    expect(rows(recorder).at(-1)).toBe('Paused by you, 14:02. Went on 14:07');
    expect(view(recorder)).toMatchObject({ paused: false, turn: { waitedMs: 5 * 60_000 } });
  });

  it('that waits for an answer says so first', () => {
    const { recorder } = fixture.commandWaits();
    recorder.add(user, { type: 'session.paused' });
    expect(phase(view(recorder), true).kind).toBe('waiting');
  });
});

describe('a cut', () => {
  it('is told with both times, and what may have been paid for twice', () => {
    const recorder = fixture.resumed();
    expect(rows(recorder).slice(-3)).toEqual([
      'Started npm test -- --run test/export',
      'The editor closed here, 14:03. Opened again 16:03. A request was on its way: it may have been paid for twice',
      'Read packages/billing-service/src/export/exportState.ts',
    ]);
    const { cutRequests, turn } = view(recorder);
    expect([cutRequests, turn?.cutRequests, phase(view(recorder), true).kind]).toEqual([1, 1, 'working']);
  });

  it('asks again what it asked, once', () => {
    const { recorder, call } = fixture.commandWaits();
    const before = view(recorder);
    expect(phase(before, false)).toEqual({ kind: 'interrupted' });
    recorder.wait(60_000).add(user, { type: 'session.resumed', after: 'cut', cutRequest: false });
    recorder.question(call, fixture.commandQuestion('npm test'));
    const { waiting } = view(recorder);
    expect(waiting.map(({ question }) => question.kind === 'command' && question.line)).toEqual(['npm test']);
    expect(phase(view(recorder), true).kind).toBe('waiting');
  });

  it('takes no time of the turn', () => {
    const recorder = new fixture.Recorder().say('x').step('y').wait(1000).step('z');
    recorder.wait(9_000_000).add(user, { type: 'session.resumed', after: 'cut', cutRequest: false });
    expect(view(recorder).turn?.waitedMs).toBe(9_000_000);
  });

  it('counts each request without an answer, and no other', () => {
    const stopped = new fixture.Recorder().say('x').ask().end({ kind: 'cancelled' });
    const answered = new fixture.Recorder().say('x').step('y').end({ kind: 'cancelled' });
    const failed = fixture.retries().ask(2);
    expect([stopped, answered, failed].map((recorder) => view(recorder).cutRequests)).toEqual([1, 0, 0]);
    expect(view(stopped).rows.at(-1)).toMatchObject({ kind: 'report', cutRequests: 1 });
  });
});

describe('restore points', () => {
  it('are one a step that changed files, told after it', () => {
    const recorder = new fixture.Recorder().say('x').edit(files).read('a.ts').step('Done');
    expect(rows(recorder)).toEqual(['x', `Edited ${files[0]?.path ?? ''}`, 'Checkpoint, 14:02', 'Read a.ts', 'Done']);
    expect(points(recorder)).toEqual(['Before step 1: made before editing 1 file']);
  });

  it('are none for a command that changed nothing, or for an edit that failed', () => {
    const recorder = new fixture.Recorder().say('x').command('ls', 0, '');
    const call = recorder.use('edit_file', { path: 'a.ts' });
    recorder.step('', call).request(call).keep(call.id, ['a.ts']).start(call.id);
    recorder.finish(call.id, { status: 'error', code: 'conflict', text: 'It changed.' }).step('Hm');
    expect([rows(recorder).some((row) => row.startsWith('Checkpoint')), points(recorder)]).toEqual([false, []]);
  });

  it('are there for what was cut in the middle: nobody knows what it changed', () => {
    const recorder = new fixture.Recorder().say('x');
    const call = recorder.use('edit_file', { path: 'a.ts' });
    recorder.step('', call).request(call).keep(call.id, ['a.ts']).start(call.id);
    expect(points(recorder)).toEqual(['Before step 1: made before editing 1 file']);
  });

  it('name what a command wrote, and the restore that can be taken back', () => {
    expect(points(fixture.restored()).slice(0, 2)).toEqual([
      'Before the restore of 14:07: takes that restore back',
      'Before step 1: restored 14:07, made before running npm run build, 12 files',
    ]);
    expect(rows(fixture.restored()).at(-1)).toBe('Restored to 14:06: 1 file');
  });

  it('put several calls of a step together', () => {
    const recorder = new fixture.Recorder().say('x').ask();
    const [edit, run] = [recorder.use('edit_file', { path: 'a' }), recorder.use('run_command', { command: 'make' })];
    recorder.reply([edit, run]).request(edit).request(run);
    recorder.keep(edit.id, ['a'], 'c1').start(edit.id).changed(edit.id, ['a']);
    recorder.finish(edit.id, { status: 'ok', text: '' });
    recorder.keep(run.id, [], 'c2').start(run.id).changed(run.id, ['a', 'b']);
    recorder.finish(run.id, fixture.commandResult(0, ''));
    expect(points(recorder)).toEqual(['Before step 1: made before editing and running make, 2 files']);
    expect(restorePoints(view(recorder).copies)).toMatchObject([{ checkpoint: 'c1', files: 2 }]);
  });
});

describe('a rewinding', () => {
  function secondTurn(): fixture.Recorder {
    const done = { kind: 'done', verified: true, summary: 'One', evidence: [] } as const;
    const plan = fixture.planAt('done', 'doing');
    return new fixture.Recorder().say('First').plan(plan).step('One').end(done).say('Second').edit(files).step('Two');
  }

  function rewind(recorder: fixture.Recorder, match: (event: Event) => boolean): fixture.Recorder {
    recorder.add(user, { type: 'conversation.rewound', to: recorder.events.findLast(match)?.seq ?? 0 });
    return recorder;
  }

  it('to before a message takes out all that came after it, and says so', () => {
    const recorder = rewind(secondTurn(), ({ type }) => type === 'turn.started');
    expect(rows(recorder)).toEqual(['First', 'Planned ', 'One', 'done', 'Went back to before your message of 14:02']);
    expect(view(recorder)).toMatchObject({
      turn: null,
      waiting: [],
      plan: { items: [{ state: 'done' }, {}, {}, {}, {}] },
    });
    expect(phase(view(recorder), false)).toEqual({ kind: 'idle' });
  });

  it('keeps the points of what it took out: the files are still changed', () => {
    const recorder = rewind(secondTurn(), ({ type }) => type === 'turn.started');
    expect(points(recorder)).toEqual(['Before step 1: made before editing 1 file']);
  });

  it('to before a step keeps the steps before it', () => {
    const recorder = rewind(secondTurn(), ({ type }) => type === 'model.requested');
    expect(rows(recorder).slice(-3)).toEqual([
      `Edited ${files[0]?.path ?? ''}`,
      'Checkpoint, 14:02',
      'Went back to before step 2',
    ]);
  });

  it('after a restore still shows the restore', () => {
    const recorder = secondTurn().end({ kind: 'cancelled' });
    const point = restorePoints(view(recorder).copies)[0];
    recorder.keep(null, ['a'], 'r1');
    recorder.add(user, { type: 'checkpoint.restored', checkpoint: point?.checkpoint ?? '', as: 'r1', files: [] });
    rewind(recorder, ({ type, turn, step }) => type === 'model.requested' && turn === 2 && step === 1);
    expect(rows(recorder).slice(-3)).toEqual(['Second', 'Restored to 14:02: 0 files', 'Went back to before step 1']);
  });

  it('goes on in a new turn', () => {
    const recorder = rewind(secondTurn(), ({ type }) => type === 'turn.started')
      .say('Second, anew')
      .ask();
    expect(rows(recorder).at(-1)).toBe('Second, anew');
    expect(phase(view(recorder), true).kind).toBe('working');
  });
});

describe('a session from another one', () => {
  it.each<readonly [Fact, string]>([
    [{ type: 'session.forked', from: 's0', through: 9 }, 'Forked from another session'],
    [
      { type: 'session.imported', from: 's0' },
      'Imported from a file: its rules and what was open count for nothing here',
    ],
  ])('takes over nothing that was open', (fact, words) => {
    const { recorder } = fixture.commandWaits();
    recorder.queue('m', 'Later').add(user, { type: 'session.paused' });
    recorder.add(system, fact);
    const folded = view(recorder);
    expect(rows(recorder).at(-1)).toBe(words);
    expect(folded).toMatchObject({ queue: [], waiting: [], turn: null, paused: false });
    expect(phase(folded, false)).toEqual({ kind: 'idle' });
  });

  it('that was closed opens with the next message', () => {
    const recorder = new fixture.Recorder().say('x').step('y');
    recorder.add(user, { type: 'session.closed' });
    expect([view(recorder).closed, view(recorder.say('z')).closed]).toEqual([true, false]);
  });
});

it('any facts in any order fold, one by one as at once', () => {
  const all = [fixture.restored(), fixture.paused(), fixture.resumed()].flatMap(({ events }) => events);
  const odd: readonly Fact[] = [
    { type: 'conversation.rewound', to: 0 },
    { type: 'conversation.rewound', to: 40 },
    { type: 'conversation.rewound', to: 9999 },
    { type: 'checkpoint.restored', checkpoint: 'none', as: 'r9', files: [] },
    { type: 'checkpoint.created', checkpoint: 'r9', call: null, files: [] },
    { type: 'files.changed', call: 'none', files: [] },
    { type: 'session.imported', from: 's0' },
    { type: 'session.resumed', after: 'pause', cutRequest: true },
    { type: 'session.closed' },
    { type: 'context.compacted', kept: 0 },
    { type: 'message.changed', message: 'm1', before: 'm3' },
  ];
  const recorder = new fixture.Recorder();
  const pool = [...all, ...odd.map((fact) => recorder.add(user, fact))];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pool), { maxLength: 80 }), (events) => {
      const folded = reduceAll(emptyView, events);
      for (const running of [true, false]) expect(phase(folded, running).kind).toBeTypeOf('string');
      for (const row of folded.rows) expect(brief(row)).toBeTypeOf('string');
      for (const point of restorePoints(folded.copies)) expect(pointWords(point)).not.toBe('');
      expect(events.reduce((one, event) => reduceAll(one, [event]), emptyView)).toEqual(folded);
    }),
    { numRuns: 200 },
  );
});
