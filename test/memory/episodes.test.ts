// Past sessions as recall finds them: those of the workspace that have ended, by most of the words.
import { expect, test } from 'vitest';
import type { Fact } from '../../src/core/event.ts';
import type { SessionSummary } from '../../src/core/ports.ts';
import { episodeOf, pastSource } from '../../src/memory/episodes.ts';
import { eventsOf, started } from '../support/events.ts';
import { text, usage } from '../support/fakeModel.ts';

const { signal } = new AbortController();

const facts: readonly Fact[] = [
  started,
  { type: 'turn.started', text: 'Fix the parser', attachments: [], message: null },
  { type: 'change.applied', call: 'c', changes: [], files: [{ path: 'src/parse.ts', afterHash: 'h', saved: true }] },
  { type: 'model.responded', reply: text('Fixed: the last line counts.'), firstByteMs: 1, ms: 1, costUsd: 0 },
  {
    type: 'turn.ended',
    outcome: { kind: 'done', verified: true, summary: '', evidence: [] },
    usage,
    costUsd: 0,
    ms: 1,
  },
  { type: 'turn.started', text: 'And the printer', attachments: [], message: null },
];
const episode =
  '1970-01-01: Fix the parser\nOutcome: done\nChanged: src/parse.ts\nSaid at the end: Fixed: the last line counts.\n\n' +
  '1970-01-01: And the printer\nOutcome: has no end';

test('an episode tells of each turn its task, its end, what was changed and what was said last', () => {
  expect(episodeOf(eventsOf(...facts))).toBe(episode);
});

test('found are sessions of this folder that are not open', async () => {
  const summary = (id: string, more: Partial<SessionSummary> = {}): SessionSummary => ({
    id,
    title: `title ${id}`,
    folders: ['/w'],
    updatedAtMs: 0,
    sizeBytes: 1,
    open: false,
    closed: true,
    outcome: 'done',
    costUsd: 0,
    damage: null,
    openChanges: 0,
    ...more,
  });
  const list = [
    summary('one'),
    summary('two'),
    summary('elsewhere', { folders: ['/x'] }),
    summary('now', { open: true }),
  ];
  const texts: Readonly<Record<string, string>> = {
    one: 'fix parser',
    two: 'fix parser tests',
    elsewhere: 'parser',
    now: 'parser',
  };
  const source = pastSource(
    {
      list: () => Promise.resolve(list),
      search: (word) =>
        Promise.resolve(
          list.flatMap(({ id }) => (texts[id]?.includes(word) === true ? [{ id, line: texts[id] }] : [])),
        ),
      salvage: () => Promise.resolve({ events: eventsOf(...facts), damage: null }),
    },
    () => '/w',
  );
  expect(await source.search('parser tests, a', signal)).toEqual([
    { id: 'two', place: '1970-01-01 title two', text: 'fix parser tests' },
    { id: 'one', place: '1970-01-01 title one', text: 'fix parser' },
  ]);
  expect(await source.read('one', signal)).toBe(episode);
  expect([await source.read('elsewhere', signal), await source.read('now', signal)]).toEqual([null, null]);
});
