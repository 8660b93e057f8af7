// What a log says of the changes that stand in files.
import { describe, expect, test } from 'vitest';
import type { FileChange, Hunk, HunkReview } from '../../src/core/change.ts';
import type { FileState } from '../../src/core/checkpoint.ts';
import type { Fact } from '../../src/core/event.ts';
import type { Decision } from '../../src/core/permission.ts';
import type { Plan } from '../../src/core/plan.ts';
import { baseline, hunksOf, isOpen, observe, reopen } from '../../src/review/ledger.ts';
import {
  fateOf,
  readLedgers,
  reviewSteps,
  untold,
  type ReviewStep,
  type TrackedFile,
} from '../../src/review/record.ts';
import { lineEdits } from '../../src/workspace/diff.ts';
import { eventsOf } from '../support/events.ts';

const byMode: Decision = { action: 'allow', by: { kind: 'mode', mode: 'edit' } };
const byUser: Decision = { action: 'allow', by: { kind: 'user' } };

/** Kept bytes by their text. */
function file(text: string): FileState {
  return { kind: 'file', blob: { hash: text, bytes: text.length }, mode: 0o644 };
}
const absent: FileState = { kind: 'absent' };

function replace(id: string, startLine: number, removed: readonly string[], added: readonly string[]): Hunk {
  return { id, startLine, removed, added, before: [], after: [] };
}

interface Change {
  readonly before?: FileState | null;
  readonly hunks: readonly Hunk[];
  readonly path?: string;
  readonly fate?: FileChange['fate'];
  readonly decision?: Decision;
  readonly formatted?: readonly Hunk[];
}

/** A call that changes one file. */
function applied(
  call: string,
  { before = null, hunks, path = 'a.ts', fate, decision = byMode, formatted }: Change,
): Fact[] {
  const change: FileChange = { path, beforeHash: before?.kind === 'absent' ? null : 'h', hunks, ...(fate && { fate }) };
  return [
    { type: 'tool.decided', call, decision },
    ...(before === null
      ? []
      : [{ type: 'checkpoint.created', checkpoint: call, call, files: [{ path, state: before }] } as const]),
    {
      type: 'change.applied',
      call,
      changes: [change],
      files: [{ path, afterHash: 'h', saved: true, ...(formatted && { formatted }) }],
    },
    { type: 'files.changed', call, files: [{ path, before: before ?? absent, after: file('not looked at') }] },
    { type: 'tool.finished', call, result: { status: 'ok', text: '' }, ms: 1 },
  ];
}

function reviewed(hunk: string, state: HunkReview['state'], path = 'a.ts'): Fact {
  return { type: 'change.reviewed', path, hunks: [{ hunk, state, line: 1 }] };
}

function approved(call: string, plan: Plan, decision: Decision): Fact[] {
  return [
    { type: 'approval.requested', call, question: { kind: 'plan', plan, why: 'w' } },
    { type: 'tool.decided', call, decision },
  ];
}

function planOf(...files: readonly string[]): Plan {
  return { items: [{ text: 'do it', state: 'todo', files }], doneWhen: [] };
}

async function read(
  ...facts: readonly Fact[]
): Promise<{ files: ReadonlyMap<string, TrackedFile>; looked: readonly string[] }> {
  const looked: string[] = [];
  const readText = async (state: FileState): Promise<string | null> => {
    const text = state.kind === 'file' ? state.blob.hash : '';
    looked.push(text);
    return text === 'gone' ? null : text;
  };
  return { files: await readLedgers(eventsOf(...facts), readText, lineEdits), looked };
}

/** `text` with the state of each change behind it. */
function brief(tracked: TrackedFile | undefined): string | null {
  if (!tracked) return null;
  const states = hunksOf(tracked.ledger).map(({ hunk, state }) => `${hunk} ${state}`);
  return [tracked.ledger.lines.join('|'), ...states].join(', ');
}

const one = replace('1:1.1', 2, ['b'], ['B']);
const two = replace('2:1.1', 3, ['c'], ['C']);

describe('what waits', () => {
  test('changes that no person decided, in the file as it was before them', async () => {
    const { files, looked } = await read(...applied('1', { before: file('a\nb\nc'), hunks: [one] }));
    expect(brief(files.get('a.ts'))).toBe('a|B|c, 1:1.1 applied');
    expect(looked).toEqual(['a\nb\nc']);
  });

  test('not what a person said yes to before it was written', async () => {
    const { files, looked } = await read(...applied('1', { before: file('a\nb\nc'), hunks: [one], decision: byUser }));
    expect([files.size, looked]).toEqual([0, []]);
  });

  test('where others stand open, what a person said yes to is text like any other', async () => {
    const { files } = await read(
      ...applied('1', { before: file('a\nb\nc'), hunks: [one] }),
      ...applied('2', { before: file('a\nB\nc'), hunks: [two], decision: byUser }),
    );
    expect(brief(files.get('a.ts'))).toBe('a|B|C, 1:1.1 applied');
    expect(baseline(files.get('a.ts')!.ledger)).toEqual(['a', 'b', 'C']);
  });

  test('what saving changed in a change is part of it, elsewhere it is text', async () => {
    const formatted = [replace('', 1, ['a'], ['a;']), replace('', 2, ['B'], ['B;'])];
    const { files } = await read(...applied('1', { before: file('a\nb\nc'), hunks: [one], formatted }));
    expect(brief(files.get('a.ts'))).toBe('a;|B;|c, 1:1.1 applied');
    expect(baseline(files.get('a.ts')!.ledger)).toEqual(['a;', 'b', 'c']);
  });

  test('what was typed before the next change is found in the text before it', async () => {
    const { files } = await read(
      ...applied('1', { before: file('a\nb\nc'), hunks: [one] }),
      ...applied('2', { before: file('mine\na\nB, mine\nc'), hunks: [replace('2:1.1', 4, ['c'], ['C'])] }),
    );
    expect(brief(files.get('a.ts'))).toBe('mine|a|B, mine|C, 1:1.1 edited, 2:1.1 applied');
  });
});

describe('words', () => {
  const both = [
    ...applied('1', { before: file('a\nb\nc'), hunks: [one] }),
    ...applied('2', { before: file('a\nB\nc'), hunks: [two] }),
  ];

  test.each<[string, readonly Fact[], string | null]>([
    ['accepted', [reviewed('1:1.1', 'accepted')], 'a|B|C, 1:1.1 accepted, 2:1.1 applied'],
    ['rejected', [reviewed('1:1.1', 'rejected')], 'a|b|C, 1:1.1 rejected, 2:1.1 applied'],
    ['asked about', [reviewed('1:1.1', 'asked')], 'a|B|C, 1:1.1 asked, 2:1.1 applied'],
    ['typed into', [reviewed('1:1.1', 'edited')], 'a|B|C, 1:1.1 edited, 2:1.1 applied'],
    [
      'typed into, and that taken back',
      [reviewed('1:1.1', 'edited'), reviewed('1:1.1', 'applied')],
      'a|B|C, 1:1.1 applied, 2:1.1 applied',
    ],
    ['replaced', [reviewed('1:1.1', 'superseded')], 'a|B|C, 2:1.1 applied'],
    [
      'taken back',
      [reviewed('1:1.1', 'rejected'), reviewed('1:1.1', 'applied')],
      'a|B|C, 1:1.1 applied, 2:1.1 applied',
    ],
    ['of nothing that is known', [reviewed('9:1.1', 'rejected')], 'a|B|C, 1:1.1 applied, 2:1.1 applied'],
    ['on all', [reviewed('1:1.1', 'rejected'), reviewed('2:1.1', 'accepted')], null],
    [
      'on all, and one taken back',
      [reviewed('1:1.1', 'rejected'), reviewed('2:1.1', 'accepted'), reviewed('1:1.1', 'applied')],
      'a|B|C, 1:1.1 applied, 2:1.1 accepted',
    ],
  ])('%s', async (_what, words, expected) => {
    const { files } = await read(...both, ...words);
    expect(brief(files.get('a.ts'))).toBe(expected);
  });

  test('what was rejected stays so, whatever the text looks like afterwards, until another word', async () => {
    const { files } = await read(...both, reviewed('1:1.1', 'rejected'));
    const tracked = files.get('a.ts')!;
    const typed = { ...tracked, ledger: observe(tracked.ledger, ['a', 'B', 'C'], lineEdits) };
    expect(
      hunksOf(typed.ledger)
        .filter(isOpen)
        .map(({ hunk }) => hunk),
    ).toEqual(['2:1.1']);
    expect(untold(typed)).toEqual([]);
    expect(reopen(tracked.ledger, new Set(['1:1.1'])).file.lines).toEqual(['a', 'B', 'C']);
  });

  test('files where all is decided cost nothing, and of others only what came after that', async () => {
    const decided = Array.from({ length: 1000 }, (_, i) => [
      ...applied(String(i), {
        before: file(`old ${String(i)}`),
        hunks: [replace(`${String(i)}:1.1`, 1, ['x'], ['y'])],
      }),
      reviewed(`${String(i)}:1.1`, 'accepted'),
    ]).flat();
    const { files, looked } = await read(...decided, ...applied('last', { before: file('a\nb\nc'), hunks: [one] }));
    expect(looked).toEqual(['a\nb\nc']);
    expect(brief(files.get('a.ts'))).toBe('a|B|c, 1:1.1 applied');
  });
});

describe('what others wrote', () => {
  test('a restore or a command counts for the words that follow it', async () => {
    const { files } = await read(
      ...applied('1', { before: file('a\nb\nc'), hunks: [one] }),
      { type: 'files.changed', call: 'run', files: [{ path: 'a.ts', before: absent, after: file('new\na\nB\nc') }] },
      reviewed('1:1.1', 'asked'),
    );
    expect(brief(files.get('a.ts'))).toBe('new|a|B|c, 1:1.1 asked');
  });

  test('a restore takes a change out of the file, and that is told', async () => {
    const { files } = await read(...applied('1', { before: file('a\nb\nc'), hunks: [one] }));
    const tracked = files.get('a.ts')!;
    const after = { ...tracked, ledger: observe(tracked.ledger, ['a', 'b', 'c'], lineEdits) };
    expect(untold(after)).toEqual([{ hunk: '1:1.1', state: 'rejected', line: 2 }]);
  });

  test('what was typed into is told with its text, what a later change replaced as replaced', async () => {
    const { files } = await read(
      ...applied('1', { before: file('a\nb\nc'), hunks: [one, replace('1:1.2', 3, ['c'], ['C'])] }),
      ...applied('2', { before: file('a\nB\nC'), hunks: [replace('2:1.1', 3, ['C'], ['CC'])] }),
    );
    const tracked = files.get('a.ts')!;
    const after = { ...tracked, ledger: observe(tracked.ledger, ['a', 'B1', 'B2', 'CC'], lineEdits) };
    expect(untold(after)).toEqual([
      { hunk: '1:1.1', state: 'edited', line: 2, text: ['B1', 'B2'] },
      { hunk: '1:1.2', state: 'superseded', line: 1 },
    ]);
  });

  test.each<[string, FileState | null]>([
    ['are gone', file('gone')],
    ['were never kept', { kind: 'unkept', why: 'w' }],
    ['are of another text', file('x')],
    ['are not in the log', null],
  ])('a change whose bytes before it %s is closed, and its file with it', async (_what, before) => {
    const { files } = await read(
      ...applied('1', { before: file('a\nb\nc'), hunks: [one] }),
      ...applied('2', { before, hunks: [replace('2:1.1', 7, ['k'], ['K'])] }),
    );
    expect(hunksOf(files.get('a.ts')!.ledger).map(({ hunk, state }) => [hunk, state])).toEqual([
      ['1:1.1', 'edited'],
      ['2:1.1', 'edited'],
    ]);
    expect(untold(files.get('a.ts')!).map(({ hunk, state }) => [hunk, state])).toEqual([
      ['1:1.1', 'edited'],
      ['2:1.1', 'edited'],
    ]);
  });
});

describe('files that come and go', () => {
  const lines = ['a', 'b', ''];
  const text = file(lines.join('\n'));

  test('created: without it there is no file', async () => {
    const { files } = await read(...applied('1', { before: absent, hunks: [replace('1:1.1', 1, [], lines)] }));
    const tracked = files.get('a.ts')!;
    expect([fateOf(tracked), baseline(tracked.ledger)]).toEqual([{ fate: 'created' }, []]);
  });

  test('deleted: without that it is there', async () => {
    const { files } = await read(
      ...applied('1', { before: text, hunks: [replace('1:1.1', 1, lines, [])], fate: { kind: 'deleted' } }),
    );
    const tracked = files.get('a.ts')!;
    expect([fateOf(tracked), tracked.ledger.lines, baseline(tracked.ledger)]).toEqual([{ fate: 'deleted' }, [], lines]);
  });

  test('moved: known by its new name, with what was changed under the old one; a word brings it back', async () => {
    const facts = [
      ...applied('1', { before: text, hunks: [replace('1:1.1', 1, ['a'], ['A'])] }),
      ...applied('2', {
        before: file('A\nb\n'),
        hunks: [replace('2:1.1', 1, [], [])],
        fate: { kind: 'moved', to: 'b.ts' },
      }),
      ...applied('3', { before: file('A\nb\n'), hunks: [replace('3:1.1', 2, ['b'], ['B'])], path: 'b.ts' }),
    ];
    const { files } = await read(...facts);
    expect([...files.keys()]).toEqual(['b.ts']);
    expect(fateOf(files.get('b.ts')!)).toEqual({ fate: 'moved', from: 'a.ts' });
    expect(brief(files.get('b.ts'))).toBe('A|B|, 2:1.1 applied, 1:1.1 applied, 3:1.1 applied');

    const back = (await read(...facts, reviewed('2:1.1', 'rejected', 'b.ts'), reviewed('3:1.1', 'accepted'))).files;
    expect([...back.keys()]).toEqual(['a.ts']);
    expect(fateOf(back.get('a.ts')!)).toEqual({ fate: 'changed' });

    const again = (await read(...facts, reviewed('2:1.1', 'rejected'), reviewed('2:1.1', 'applied'))).files;
    expect([...again.keys()]).toEqual(['b.ts']);
  });
});

describe('the plan', () => {
  const change = (path: string): Fact[] => applied('c', { path, before: file('a\nb\nc'), hunks: [one] });
  const isOutside = (...facts: readonly Fact[]): boolean =>
    reviewSteps(eventsOf(...facts)).some((step: ReviewStep) => step.kind === 'applied' && step.outsidePlan);

  test.each<[string, readonly Fact[], string, boolean]>([
    ['a file that it names', approved('p', planOf('src/a.ts'), byUser), 'src/a.ts', false],
    ['a glob that it names', approved('p', planOf('src/**/*.ts'), byUser), 'src/x/a.ts', false],
    ['a folder that it names', approved('p', planOf('./src/'), byUser), 'src/x/a.ts', false],
    ['a name with brackets', approved('p', planOf('app/[id]/page.tsx'), byUser), 'app/[id]/page.tsx', false],
    ['another file', approved('p', planOf('src/a.ts'), byUser), 'src/b.ts', true],
    ['a plan without files', approved('p', planOf(), byUser), 'src/b.ts', false],
    ['a plan that nobody approved', approved('p', planOf('src/a.ts'), byMode), 'src/b.ts', false],
    [
      'a plan that was refused',
      approved('p', planOf('src/a.ts'), { action: 'deny', by: { kind: 'user' }, reason: '' }),
      'src/b.ts',
      false,
    ],
    [
      'a plan that the person edited',
      approved('p', planOf('src/a.ts'), { ...byUser, plan: planOf('src/b.ts') }),
      'src/b.ts',
      false,
    ],
    [
      'a later plan',
      [...approved('p', planOf('src/a.ts'), byUser), ...approved('q', planOf('src/b.ts'), byUser)],
      'src/b.ts',
      false,
    ],
    [
      'a plan before which the conversation went back',
      [...approved('p', planOf('src/a.ts'), byUser), { type: 'conversation.rewound', to: 1 }],
      'src/b.ts',
      false,
    ],
  ])('%s', (_what, facts, path, expected) => {
    expect(isOutside(...facts, ...change(path))).toBe(expected);
  });
});

test.each<[string, Fact]>([
  ['a copy', { type: 'session.forked', from: 's', through: 5 }],
  ['an imported session', { type: 'session.imported', from: 's' }],
])('%s leaves the changes of the other to that one', async (_what, fact) => {
  const before = applied('1', { before: file('a\nb\nc'), hunks: [one] });
  const { files, looked } = await read(
    ...before,
    fact,
    reviewed('1:1.1', 'applied'),
    ...applied('2', { before: file('a\nB\nc'), hunks: [two] }),
  );
  expect(brief(files.get('a.ts'))).toBe('a|B|C, 2:1.1 applied');
  expect(looked).toEqual(['a\nB\nc']);
});

test('going back in the conversation leaves the files as they are', async () => {
  const { files } = await read(...applied('1', { before: file('a\nb\nc'), hunks: [one] }), {
    type: 'conversation.rewound',
    to: 1,
  });
  expect(brief(files.get('a.ts'))).toBe('a|B|c, 1:1.1 applied');
});
