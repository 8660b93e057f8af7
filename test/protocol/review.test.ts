/** What the panel's fold makes of changes that stand in files, of plans that the person edited, and of problems that were found. */
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/core/change.ts';
import { editOf, fateOf, openChanges, planOf, stateOfHunk, stepOf, tally } from '../../src/protocol/queries.ts';
import { reduceAll } from '../../src/protocol/reduce.ts';
import { emptyView, type ReportRow, type StepRow, type View } from '../../src/protocol/view.ts';
import { problemWords, ruleWords, stepVerb, toReviewWords } from '../../src/protocol/words.ts';
import * as fixture from '../support/fixtureEvents.ts';

const user = { kind: 'user' } as const;
const path = fixture.upload[0]?.path ?? '';
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

function view({ events }: fixture.Recorder): View {
  return reduceAll(emptyView, events);
}

function states(recorder: fixture.Recorder, call: string): readonly string[] {
  const step = editOf(view(recorder), call);
  return step ? step.changes.flatMap(({ hunks }) => hunks.map(({ id }) => stateOfHunk(step, id))) : [];
}

describe('a change that nobody was asked about', () => {
  it('waits for a word until it has one, which can be taken back', () => {
    const { recorder, calls } = fixture.applied();
    const [call] = calls;
    expect(states(recorder, call)).toEqual(['accepted', 'applied', 'applied']);
    recorder.review(path, 'rejected', [`${call}:1.2`]).review(path, 'accepted', [`${call}:1.3`]);
    expect([states(recorder, call), openChanges(view(recorder))]).toEqual([
      ['accepted', 'rejected', 'accepted'],
      { hunks: 1, files: 1 },
    ]);
    recorder.review(path, 'applied', [`${call}:1.2`, `${call}:1.3`]);
    expect([states(recorder, call), openChanges(view(recorder))]).toEqual([
      ['accepted', 'applied', 'applied'],
      { hunks: 3, files: 2 },
    ]);
  });

  it.each([
    ['asked', { hunks: 3, files: 2 }],
    ['edited', { hunks: 2, files: 2 }],
    ['superseded', { hunks: 2, files: 2 }],
  ] as const)('and that is %s keeps the words', (state, open) => {
    const { recorder, calls } = fixture.applied();
    recorder.review(path, state, [`${calls[0]}:1.2`], 'Shorter');
    expect(editOf(view(recorder), calls[0])?.hunks.get(`${calls[0]}:1.2`)).toEqual({
      state,
      reason: 'Shorter',
      written: true,
    });
    expect(openChanges(view(recorder))).toEqual(open);
  });

  it('is found in the turns after it, while a rewinding takes its row and not the change', () => {
    const { recorder, calls } = fixture.appliedAndDone();
    recorder.say('Go on').review(path, 'rejected', [`${calls[0]}:1.2`]);
    const later = view(recorder);
    expect([stepOf(later, calls[0]), tally(editOf(later, calls[0])!)]).toEqual([
      null,
      { open: 1, files: 1, accepted: 1, rejected: 1, asked: 0, edited: 0, superseded: 0 },
    ]);
    recorder.add(user, { type: 'conversation.rewound', to: 3 });
    const rewound = view(recorder.review(path, 'accepted', [`${calls[0]}:1.3`]));
    expect([editOf(rewound, calls[0]), [...rewound.open.keys()]]).toEqual([
      null,
      [`${calls[1]}:1.1`, 'toolu_12:1.1', 'toolu_13:1.1'],
    ]);
  });

  it('has its word already where a person allowed it, and waits where a rule did', () => {
    const asked = new fixture.Recorder().say('x').edit(fixture.upload, ['1.2']);
    expect([openChanges(view(asked)), states(asked, 'toolu_1')]).toEqual([
      { hunks: 0, files: 0 },
      ['accepted', 'rejected', 'accepted'],
    ]);
    const ruled = new fixture.Recorder().say('x');
    ruled.write(fixture.state);
    expect(openChanges(view(ruled))).toEqual({ hunks: 1, files: 1 });
  });

  it('is not taken over by a fork', () => {
    const { recorder } = fixture.applied();
    recorder.add(user, { type: 'session.forked', from: 's0', through: recorder.events.length });
    expect(openChanges(view(recorder))).toEqual({ hunks: 0, files: 0 });
  });
});

describe('a proposal that waits', () => {
  it('moves with the files, in its place among the questions', () => {
    const { recorder, call } = fixture.editsWait();
    const moved = fixture.changesOf(
      call,
      fixture.upload.map((file) => ({ ...file, hunks: file.hunks.map((one) => ({ ...one, startLine: 90 })) })),
    );
    const other = recorder.use('run_command', { command: 'make' });
    recorder.request(other).question(other.id, fixture.commandQuestion('make'));
    recorder.question(call, fixture.editsQuestion(moved));
    recorder.add(user, { type: 'hunk.resolved', call, hunk: `${call}:1.2`, verdict: 'edited' });
    const { waiting } = view(recorder);
    expect(waiting.map((one) => [one.call, one.times])).toEqual([
      [call, 2],
      [other.id, 1],
    ]);
    const step = stepOf(view(recorder), call)!;
    expect([step.changes, tally(step)]).toMatchObject([moved, { open: 2, edited: 1 }]);
  });

  it('that is asked again after a cut is asked anew', () => {
    const { recorder, call } = fixture.editsWait();
    recorder.add(user, { type: 'session.resumed', after: 'cut', cutRequest: false });
    recorder.question(call, fixture.editsQuestion(fixture.changesOf(call, fixture.state)));
    expect(view(recorder).waiting.map(({ times }) => times)).toEqual([1]);
  });
});

describe('a file that goes elsewhere', () => {
  const change = (fate: FileChange['fate']): FileChange => ({
    path: 'a.ts',
    beforeHash: 'h',
    hunks: [],
    ...(fate && { fate }),
  });
  const moved = change({ kind: 'moved', to: 'b.ts' });
  const gone = change({ kind: 'deleted' });

  it('is told by its row and in the report', () => {
    const { rows } = view(fixture.appliedAndDone().recorder);
    const edits = rows.filter((row): row is StepRow => row.kind === 'step' && row.what === 'edit');
    expect(edits.map(stepVerb)).toEqual(['Edited', 'Edited', 'Deleted', 'Moved']);
    expect((rows.at(-1) as ReportRow).changed.map(({ fate }) => fate?.kind)).toEqual([
      undefined,
      undefined,
      'deleted',
      'moved',
    ]);
  });

  it('names a step only where all of it goes the same way', () => {
    expect([[], [moved], [gone, gone], [gone, moved], [moved, change(undefined)]].map(fateOf)).toEqual([
      null,
      'moved',
      'deleted',
      null,
      null,
    ]);
  });
});

describe('a plan', () => {
  const edited = { ...fixture.planAt(), items: fixture.planAt().items.slice(2) };

  it('that the person edited is the one that is shown, before the agent has answered too', () => {
    const { recorder, call } = fixture.planWaits();
    const step = () => stepOf(view(recorder), call)!;
    expect(planOf(step())).toEqual(fixture.planAt());
    recorder.decide(call, { action: 'allow', by: user, mode: 'ask', plan: edited });
    expect([planOf(step()), view(recorder).plan]).toEqual([edited, edited]);
  });
});

describe('problems', () => {
  it('are told where they were found', () => {
    const problem = (severity: 'error' | 'warning') => ({ line: 1, severity, message: 'm' });
    const recorder = fixture.applied().recorder;
    recorder.add(user, {
      type: 'problems.found',
      files: [{ path, textHash: 'h', problems: [problem('error'), problem('warning'), problem('error')] }],
    });
    recorder.add(user, {
      type: 'problems.found',
      files: [path, 'b.ts'].map((name) => ({ path: name, textHash: 'h', problems: [] })),
    });
    const told = view(recorder).rows.slice(-2);
    expect(told.map((row) => row.kind === 'rule' && plain(ruleWords(row.fact, 0)))).toEqual([
      '2 errors, 1 warning in resumableUpload.ts',
      'No new problems in 2 files',
    ]);
    expect(problemWords({ errors: 0, warnings: 0 })).toBe('');
  });

  it('and changes are counted in words', () => {
    expect(plain(toReviewWords({ hunks: 5, files: 1 }))).toBe('5 changes to review in 1 file');
  });
});
