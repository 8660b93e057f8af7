import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIntent } from '../../src/protocol/intent.ts';
import type { Intent } from '../../src/protocol/messages.ts';

const call = 'toolu_1';
const token = 't-1';

const every: readonly Intent[] = [
  { type: 'ready' },
  { type: 'send', text: 'Fix it', attachments: [{ kind: 'selection', label: 'src/a.ts:4-9', text: 'let a;' }] },
  { type: 'steer', text: 'Faster', attachments: [] },
  { type: 'change_message', message: 'm1', text: 'Fix that', steer: true, before: 'm2' },
  { type: 'change_message', message: 'm1', before: null },
  { type: 'cancel_message', message: 'm1' },
  { type: 'pause' },
  { type: 'resume' },
  { type: 'leave' },
  { type: 'stop' },
  { type: 'edit_turn', turn: 2, text: 'Fix it well', attachments: [] },
  { type: 'fork', turn: 3 },
  { type: 'fork', id: 's1', turn: null },
  { type: 'preview_restore', checkpoint: 'c1' },
  { type: 'restore', checkpoint: 'c1', scope: 'both', mine: ['src/a.ts'], old: ['src/b.ts'] },
  { type: 'compare_restore', checkpoint: 'c1', path: 'src/a.ts' },
  { type: 'show_output', call },
  { type: 'show_command', session: 's1', id: 'bg1' },
  { type: 'stop_command', session: 's1', id: 'bg1' },
  { type: 'answer', call, token, answer: { action: 'allow' } },
  { type: 'answer', call, token, answer: { action: 'allow', remember: 'session', mode: 'edit', note: 'ok' } },
  { type: 'answer', call, token, answer: { action: 'allow', remember: 'everywhere', rule: 'shell(exact: ls)' } },
  {
    type: 'answer',
    call,
    token,
    answer: {
      action: 'allow',
      mode: 'ask',
      plan: { items: [{ text: 'Do it', state: 'todo', files: ['src/**'] }], doneWhen: ['It works'] },
    },
  },
  { type: 'answer', call, token, answer: { action: 'deny', reason: '', stop: true } },
  { type: 'answer', call, token, answer: { action: 'accept_rest' } },
  { type: 'answer', call, token, answer: { action: 'reject_rest', reason: 'not now' } },
  { type: 'hunk', call, token, hunk: 'toolu_1:1.2', verdict: 'asked', reason: 'shorter' },
  { type: 'hunk', call, token, hunk: 'toolu_1:1.2', verdict: 'proposed' },
  { type: 'review', hunks: ['toolu_1:1.1', 'toolu_2:1.1'], word: 'reopen' },
  { type: 'ask_change', hunk: 'toolu_1:1.2', text: 'Shorter' },
  { type: 'open_changes' },
  { type: 'open_changes', path: 'src/a.ts' },
  { type: 'open_plan', call, token },
  { type: 'set', mode: 'plan', model: 'm', title: 'A title' },
  { type: 'adjust_context', refs: [{ path: 'src/a.ts', symbol: 'A.run', as: 'pinned' }] },
  { type: 'adjust_context', refs: [{ path: 'src/a.ts', symbol: null, as: 'free' }] },
  { type: 'ask_mentions', words: '' },
  { type: 'ask_mentions', words: 'rev', sign: '/' },
  { type: 'attach', mention: 'file:src/a.ts' },
  { type: 'list_rules' },
  { type: 'test_rule', line: 'npm test' },
  { type: 'add_rule', reach: 'everywhere', action: 'deny', rule: 'shell(prefix: rm)' },
  {
    type: 'add_rule',
    reach: 'workspace',
    action: 'ask',
    rule: 'write(docs/**)',
    instead: { kind: 'user', action: 'allow', rule: 'write(docs/**)' },
  },
  { type: 'remove_rule', rule: { kind: 'session', action: 'allow', rule: 'shell(exact: ls)' } },
  { type: 'trust_rules', path: '/w/.journeyman/settings.json', hash: 'ab12' },
  { type: 'trust_rules', path: '/w/.journeyman/settings.json', hash: null },
  { type: 'trust_hook', hash: 'ab12', isAgreed: true },
  { type: 'open_rules', path: '/w/.journeyman/settings.json' },
  { type: 'new_session' },
  { type: 'list_sessions' },
  { type: 'search_sessions', words: 'export tax' },
  { type: 'close_session', id: 's1' },
  { type: 'export_session', id: 's1' },
  { type: 'import_session' },
  { type: 'open_session', id: 's1' },
  { type: 'rename_session', id: 's1', title: 'Other' },
  { type: 'delete_session', id: 's1' },
  { type: 'open_file', path: 'src/a.ts', line: 3 },
  { type: 'open_file', path: 'src/a.ts', line: 3, endLine: 9 },
  { type: 'open_review', call, path: 'src/a.ts' },
  { type: 'open_link', href: 'https://example.org/a?b=c#d' },
  { type: 'copy', text: 'x' },
  { type: 'dismiss', notice: 'n1' },
  { type: 'run', what: 'set_key' },
];

describe('parseIntent', () => {
  it('takes every intent that the panel has', () => {
    expect(every.map((intent) => parseIntent(structuredClone(intent)))).toEqual(every);
  });

  it.each([
    ['no object', 'ready'],
    ['an array', [{ type: 'ready' }]],
    ['no type', {}],
    ['an unknown type', { type: 'eval' }],
    ['a name of every object', { type: 'constructor' }],
    ['a field too many', { type: 'ready', path: '/' }],
    ['a field too few', { type: 'open_session' }],
    ['an inherited field', Object.create({ type: 'ready' })],
    ['a wrong type', { type: 'send', text: 4, attachments: [] }],
    ['an empty message', { type: 'send', text: '', attachments: [] }],
    ['a flood', { type: 'send', text: 'x'.repeat(200_001), attachments: [] }],
    [
      'an odd attachment',
      { type: 'send', text: 'x', attachments: [{ kind: 'file', label: 'a', text: 'b', path: '/' }] },
    ],
    [
      'too many attachments',
      { type: 'send', text: 'x', attachments: Array(51).fill({ kind: 'file', label: 'a', text: '' }) },
    ],
    ['an unknown answer', { type: 'answer', call, token, answer: { action: 'toString' } }],
    ['an answer for ever', { type: 'answer', call, token, answer: { action: 'allow', remember: 'user' } }],
    ['an answer without its token', { type: 'answer', call, answer: { action: 'allow' } }],
    [
      'a plan without steps',
      { type: 'answer', call, token, answer: { action: 'allow', plan: { items: [], doneWhen: [] } } },
    ],
    [
      'a step without words',
      {
        type: 'answer',
        call,
        token,
        answer: { action: 'allow', plan: { items: [{ text: '', state: 'todo' }], doneWhen: [] } },
      },
    ],
    ['a word on changes that is none', { type: 'review', hunks: ['h'], word: 'edit' }],
    ['a wish without words', { type: 'ask_change', hunk: 'h', text: '' }],
    ['a mode that is none', { type: 'set', mode: 'yolo' }],
    ['an unknown verdict', { type: 'hunk', call, token, hunk: 'h', verdict: 'maybe' }],
    ['a command link', { type: 'open_link', href: 'command:workbench.action.terminal.new' }],
    ['a plain link', { type: 'open_link', href: 'http://example.org' }],
    ['a link with hidden characters', { type: 'open_link', href: 'https://example.org/\u202eexe' }],
    ['a line that is none', { type: 'open_file', path: 'a', line: 0.5 }],
    ['a steering without words', { type: 'steer', text: '', attachments: [] }],
    ['a message that is none', { type: 'change_message', text: 'x' }],
    ['a message emptied', { type: 'change_message', message: 'm1', text: '' }],
    ['a turn before the first', { type: 'edit_turn', turn: 0, text: 'x', attachments: [] }],
    ['half a turn', { type: 'fork', turn: 1.5 }],
    ['a fork of nowhere', { type: 'fork' }],
    ['a restore of everything', { type: 'restore', checkpoint: 'c1', scope: 'all', mine: [], old: [] }],
    ['a choice that is no path', { type: 'restore', checkpoint: 'c1', scope: 'files', mine: [4], old: [] }],
    [
      'a flood of choices',
      { type: 'restore', checkpoint: 'c', scope: 'files', mine: Array(10_001).fill('a'), old: [] },
    ],
    ['an empty search', { type: 'search_sessions', words: '' }],
    ['an unknown command', { type: 'run', what: 'rm' }],
  ])('refuses %s', (_what, message) => {
    expect(parseIntent(message)).toBeNull();
  });

  it('answers anything at all with an intent or with null', () => {
    const types = [...new Set(every.map(({ type }) => type))];
    const odd = fc.oneof(fc.anything(), fc.record({ type: fc.constantFrom(...types) }, { requiredKeys: ['type'] }));
    fc.assert(
      fc.property(odd, (message) => {
        const parsed = parseIntent(message);
        expect(parsed === null || parsed === message).toBe(true);
      }),
    );
  });

  it('refuses every intent that has lost or changed one field', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...every),
        fc.constantFrom(null, -7, {}, '\u0000'.repeat(300_000)),
        (intent, value) => {
          for (const name of Object.keys(intent)) {
            // A fork up to now, a move to the end, trust taken back.
            if (value === null && (['turn', 'before'].includes(name) || intent.type === 'trust_rules')) continue;
            expect(parseIntent({ ...intent, [name]: value })).toBeNull();
          }
        },
      ),
    );
  });
});
