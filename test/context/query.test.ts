// What is asked of the index at a step: whole queries from logs.
import { describe, expect, test } from 'vitest';
import { foldCode, noCode, type CodeState } from '../../src/context/codeState.ts';
import { codeQuestion } from '../../src/context/query.ts';
import { askOf, type Moment } from '../../src/context/select.ts';
import type { ContextPiece } from '../../src/core/symbols.ts';
import type { Fact } from '../../src/core/event.ts';
import { limits } from '../../src/core/limits.ts';
import type { Json } from '../../src/core/json.ts';
import { placesIn } from '../../src/workspace/place.ts';
import { eventsOf, started } from '../support/events.ts';
import { text } from '../support/fakeModel.ts';

const places = placesIn(['/w']);
const locate = (path: string) => places.locate(path);
const folded = (...facts: readonly Fact[]): CodeState => eventsOf(started, ...facts).reduce(foldCode, noCode);
const ask = (...facts: readonly Fact[]) => codeQuestion(folded(...facts), locate);

const said = (words: string): Fact => ({ type: 'turn.started', text: words, attachments: [], message: null });
const requested: Fact = { type: 'model.requested', model: 'm', promptHash: '', messages: 1, attempt: 1 };
const replied = (words: string): Fact => ({
  type: 'model.responded',
  reply: text(words),
  firstByteMs: 1,
  ms: 2,
  costUsd: 0,
});
const called = (id: string, tool: string, input: Json): Fact => ({
  type: 'tool.requested',
  call: id,
  tool,
  input,
  resources: [],
});
const ran = (id: string, output: string): Fact => ({
  type: 'tool.finished',
  call: id,
  result: {
    status: 'ok',
    text: output,
    detail: { kind: 'command', exitCode: 1, timedOut: false, outputBytes: 0, outputLines: 0 },
  },
  ms: 1,
});
const none = { seen: [], edited: [], open: [], places: [], without: [], filesMax: 20, symbolsMax: 60 };

test('at the start of a turn: the task, what is attached, earlier turns weaker', () => {
  const asked = ask(said('first'), said('second'), {
    type: 'turn.started',
    text: 'Why does `upload` drop the last part?',
    attachments: [
      { kind: 'selection', label: 'src/a.ts:41-44', text: 'one\ntwo\nthree\nfour' },
      { kind: 'problem', label: 'src/b.ts:7', text: "Cannot find name 'part'.\n\n> 7: part" },
    ],
    message: null,
  });
  expect(asked).toEqual({
    query: {
      ...none,
      texts: [
        { text: 'Why does `upload` drop the last part?', weight: 1 },
        { text: 'src/a.ts:41-44\none\ntwo\nthree\nfour', weight: 0.4 },
        { text: "src/b.ts:7\nCannot find name 'part'.", weight: 0.6 },
        { text: 'second', weight: 0.3 },
        { text: 'first', weight: 0.15 },
      ],
      seen: ['src/a.ts'],
      places: [
        { path: 'src/a.ts', line: 41 },
        { path: 'src/b.ts', line: 7 },
      ],
    },
    isNews: false,
  });
});

test('after a failing test: its frames in the project, its names and its words, what the model said and looked for', () => {
  const asked = ask(
    said('Fix the upload.'),
    requested,
    replied('The parts are counted wrongly.'),
    called('c1', 'run_command', { command: 'npm test' }),
    called('c2', 'search_text', { pattern: 'countParts' }),
    ran(
      'c1',
      ` FAIL  test/upload.test.ts > counts the last part
AssertionError: expected 1 to be 2
    at countParts (/w/src/parts.ts:12:3)
    at run (/w/node_modules/vitest/run.js:9:1)
    at main (/other/place.ts:3:1)`,
    ),
    {
      type: 'tool.finished',
      call: 'c2',
      result: {
        status: 'ok',
        text: 'src/parts.ts\n10:export function countParts() {\nsrc/upload.ts\n3-before\n4:  countParts();',
        detail: { kind: 'search', matches: 2, files: 2 },
      },
      ms: 1,
    },
  );
  expect(asked).toEqual({
    query: {
      ...none,
      texts: [
        { text: 'Fix the upload.', weight: 1 },
        {
          text: '`test/upload.test.ts > counts the last part`\n`countParts`\n`main`\nFAIL  test/upload.test.ts > counts the last part\nAssertionError: expected 1 to be 2',
          weight: 0.6,
        },
        { text: '`countParts`', weight: 0.7 },
        { text: 'The parts are counted wrongly.', weight: 0.3 },
      ],
      places: [
        { path: 'src/parts.ts', line: 12 },
        { path: 'src/parts.ts', line: 10 },
        { path: 'src/upload.ts', line: 4 },
      ],
    },
    isNews: true,
  });
});

test('files that were read and changed, the step of the plan in hand, problems, what the person dropped', () => {
  const asked = ask(
    said('Go'),
    requested,
    replied(''),
    called('r1', 'read_file', { path: 'src/a.ts' }),
    called('e1', 'edit_file', { path: 'src/b.ts' }),
    {
      type: 'tool.finished',
      call: 'r1',
      result: {
        status: 'ok',
        text: '3\tthree\n4\tfour',
        detail: { kind: 'read', path: 'src/a.ts', lines: 2, startLine: 3, hash: 'h' },
      },
      ms: 1,
    },
    {
      type: 'change.applied',
      call: 'e1',
      changes: [
        {
          path: 'src/b.ts',
          beforeHash: 'h',
          hunks: [{ id: 'e1:1.1', startLine: 2, removed: ['old()'], added: ['fresh()'], before: [], after: [] }],
        },
      ],
      files: [{ path: 'src/b.ts', afterHash: 'i', saved: true }],
    },
    {
      type: 'plan.updated',
      plan: {
        items: [
          { text: 'Mend the parser', state: 'doing', files: ['src/p*.ts'] },
          { text: 'Later', state: 'todo' },
        ],
        doneWhen: [],
      },
    },
    {
      type: 'problems.found',
      files: [
        {
          path: 'src/c.ts',
          textHash: 'h',
          problems: [
            { line: 9, severity: 'error', message: "Property 'x' is missing." },
            { line: 1, severity: 'warning', message: 'Unused.' },
          ],
        },
      ],
    },
    { type: 'context.adjusted', refs: [{ path: 'src/d.ts', symbol: 'D', as: 'dropped' }] },
  );
  expect(asked).toEqual({
    query: {
      ...none,
      texts: [
        { text: 'Go', weight: 1 },
        { text: 'Mend the parser\n\nsrc/p*.ts', weight: 0.8 },
        { text: "Property 'x' is missing.", weight: 0.6 },
      ],
      seen: ['src/a.ts'],
      edited: [{ path: 'src/b.ts', text: 'fresh()\nold()' }],
      places: [{ path: 'src/c.ts', line: 9 }],
      without: [{ path: 'src/d.ts', symbol: 'D' }],
    },
    isNews: true,
  });
});

describe('when and how much', () => {
  const moment: Moment = { step: 0, turn: 1, tokens: 6000, windowTokens: null, usedTokens: 0 };
  const plan = (code: CodeState, change: Partial<Moment> = {}) => {
    const asked = askOf(code, { ...moment, ...change }, locate);
    return asked && { looks: asked.query !== null, tokens: asked.budgetTokens, waitMs: asked.waitMs };
  };
  const code = folded(said('Go'));
  const piece: ContextPiece = {
    ...{ path: 'a.ts', startLine: 1, endLine: 1, form: 'body', symbol: 'a', text: 'a', tokens: 1 },
    why: [],
  };
  const shown: Fact & { readonly type: 'context.selected' } = {
    type: 'context.selected',
    pieces: [piece],
    stale: [],
    budgetTokens: 6000,
    complete: true,
    ms: 1,
  };

  test('a turn begins with the whole budget; the first of a session waits for the index', () => {
    expect(plan(code)).toEqual({ looks: true, tokens: 6000, waitMs: limits.indexWaitMs });
    expect(plan(code, { turn: 2 })).toEqual({ looks: true, tokens: 6000, waitMs: 0 });
  });

  test('a later step looks only for news, with a quarter of it; where nothing was shown yet it begins as the first would', () => {
    const quiet = folded(
      said('Go'),
      shown,
      requested,
      replied('Hm.'),
      called('c1', 'run_command', {}),
      ran('c1', 'all fine'),
    );
    const news = folded(
      said('Go'),
      shown,
      requested,
      replied('Hm.'),
      called('c1', 'run_command', {}),
      ran('c1', 'src/a.ts:3:1: error'),
    );
    expect(plan(quiet, { step: 1 })).toEqual({ looks: false, tokens: 1500, waitMs: 0 });
    expect(plan(news, { step: 1 })).toEqual({ looks: true, tokens: 1500, waitMs: 0 });
    const late = folded(said('Go'), requested, replied('Hm.'));
    expect(plan(late, { step: 1 })).toEqual({ looks: true, tokens: 6000, waitMs: 0 });
  });

  test('what later steps are shown is rationed: some at once, more as the turn goes on', () => {
    const news = (tokens: readonly number[], why: ContextPiece['why'] = []) =>
      folded(
        said('Go'),
        shown,
        ...tokens.flatMap((one, n) => [
          requested,
          replied('Hm.'),
          called(`c${String(n)}`, 'run_command', {}),
          ran(`c${String(n)}`, 'src/a.ts:3:1: error'),
          ...(one === 0 ? [] : [{ ...shown, pieces: [{ ...piece, tokens: one, why }] }]),
        ]),
      );
    expect(plan(news([1500, 0]), { step: 2 })).toEqual({ looks: false, tokens: 0, waitMs: 0 });
    expect(plan(news([1300, 0]), { step: 2 })).toEqual({ looks: true, tokens: 320, waitMs: 0 });
    expect(plan(news([1500, 0]), { step: 20 })).toEqual({ looks: true, tokens: 1200, waitMs: 0 });
    expect(plan(news([1500, 1500, 0]), { step: 60 })).toEqual({ looks: true, tokens: 1500, waitMs: 0 });
    // What the person pinned is no part of it, and a new turn begins anew.
    expect(plan(news([1500, 0], [{ kind: 'pinned', of: [] }]), { step: 2 })).toMatchObject({ tokens: 1500 });
    expect(plan(folded(said('Go'), shown, requested, replied('x'), shown, said('Again')))).toMatchObject({
      tokens: 6000,
    });
  });

  test('less for a small window, nothing where it is nearly full, nothing when it is off', () => {
    expect(plan(code, { windowTokens: 20_000 })).toMatchObject({ tokens: 1000 });
    expect(plan(code, { windowTokens: 20_000, usedTokens: 18_000 })).toMatchObject({ looks: false });
    expect(plan(code, { tokens: 0 })).toBeNull();
  });

  test('once for a request, also after a restart; again for the next', () => {
    const selected: Fact = { type: 'context.selected', pieces: [], stale: [], budgetTokens: 1, complete: true, ms: 1 };
    const resumed: Fact = { type: 'session.resumed', after: 'cut', cutRequest: true };
    expect(plan(folded(said('Go'), selected))).toBeNull();
    expect(plan(folded(said('Go'), selected, requested, resumed), { step: 0 })).toBeNull();
    expect(plan(folded(said('Go'), selected, requested, replied('x')), { step: 1 })).not.toBeNull();
    expect(plan(folded(said('Go'), selected, said('Again')))).not.toBeNull();
  });
});

test('what a result shows of a file is known: lines as they were read, a selection without its ends', () => {
  const { shown } = folded(
    {
      type: 'turn.started',
      text: 'Go',
      attachments: [{ kind: 'selection', label: 'b.ts:10-13', text: 'rt\r\nwhole\r\nmore\r\npa' }],
      message: null,
    },
    replied('x'),
    called('r1', 'read_file', {}),
    {
      type: 'tool.finished',
      call: 'r1',
      result: {
        status: 'ok',
        text: '7\tseven\n8\t\n9\tnine\ttab\n[lines 7-9 of 20]\nThe user adds: hi',
        detail: { kind: 'read', path: 'a.ts', lines: 3, startLine: 7, hash: 'h' },
      },
      ms: 1,
    },
  );
  expect([...shown]).toEqual([
    ['b.ts', [{ startLine: 11, lines: ['whole', 'more'], symbol: null, reply: 0 }]],
    ['a.ts', [{ startLine: 7, lines: ['seven', '', 'nine\ttab'], symbol: null, reply: 1 }]],
  ]);
});
