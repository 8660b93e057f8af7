import { expect, it } from 'vitest';
import type { Question } from '../../src/core/event.ts';
import { answerRows } from '../../src/editor/answerRows.ts';

const rule = 'shell(exact: npm test)';
const always = [
  { rule, also: [] },
  { rule: 'shell(prefix: npm test)', also: ['npm test -- --watch'] },
];
const command: Question = { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1, why: 'It asks.', always };

it('a command is shown whole with its answers', () => {
  expect(answerRows(command, 0)).toEqual({
    title: 'Run this command?',
    rows: [
      { label: 'npm test', does: null },
      { label: 'in /w', does: null },
      { label: 'It asks.', does: null },
      { label: '$(check) Allow once', does: 'allow' },
      { label: '$(pinned) Always allow: exactly this, in this session', does: { rule, reach: 'session' } },
      { label: '$(pinned) Always allow: exactly this, in this workspace', does: { rule, reach: 'workspace' } },
      { label: '$(pinned) Always allow: exactly this, everywhere', does: { rule, reach: 'everywhere' } },
      { label: '$(circle-slash) Deny…', does: 'deny' },
      { label: '$(bell-dot) Show it in the panel', does: 'show' },
    ],
    word: null,
  });
});

it('what no rule would allow is not offered for always', () => {
  const access: Question = {
    kind: 'access',
    tool: 't',
    resources: [{ effect: 'read', target: '/a' }],
    why: 'It asks.',
  };
  expect(answerRows(access, 1)?.rows.map(({ does }) => does)).toEqual([null, null, 'allow', 'deny', 'show']);
});

it('what a rule would not change, or cannot be seen whole, is not offered for always; a place is named', () => {
  const labels = (...rules: readonly string[]): readonly string[] =>
    (answerRows({ ...command, always: rules.map((one) => ({ rule: one, also: [] })) }, 0)?.rows ?? [])
      .filter(({ does }) => typeof does === 'object' && does !== null)
      .map(({ label }) => label);
  expect(labels()).toEqual([]);
  expect(labels('net(registry.example.com:443)')).toEqual([
    '$(pinned) Always allow: registry.example.com:443, in this session',
    '$(pinned) Always allow: registry.example.com:443, in this workspace',
    '$(pinned) Always allow: registry.example.com:443, everywhere',
  ]);
  expect(labels(`net(${'a'.repeat(80)}.com:443)`)).toEqual([]);
});

it('what is dangerous is allowed by no row, but by a word that is typed', () => {
  const asked = answerRows({ ...command, tier: 'dangerous' }, 2);
  expect(asked?.rows.map(({ does }) => does).filter((does) => does !== null)).toEqual(['deny', 'show']);
  expect([asked?.title, asked?.word]).toEqual(['Run this dangerous command? (2 more wait)', 'run']);
});

it('nothing of a line hides: long ones go on, invisible signs are spelled, and no icon is drawn', () => {
  const rows = answerRows({ ...command, line: `${'x'.repeat(75)}\u202e $(trash) $(rm -r a)\nls` }, 1)?.rows ?? [];
  expect(rows.slice(0, 3).map(({ label }) => label)).toEqual([
    'x'.repeat(70),
    'xxxxx<U+202E> \\$(trash) $(rm -r a)',
    'ls',
  ]);
});

it('what is too long for a list, a plan and changes are answered where they are shown whole', () => {
  expect(answerRows({ ...command, line: 'ls\n'.repeat(12) }, 0)).toBe(null);
  expect(answerRows({ kind: 'plan', plan: { items: [], doneWhen: [] }, why: '' }, 0)).toBe(null);
  expect(answerRows({ kind: 'edits', changes: [], why: '' }, 0)).toBe(null);
});
