import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIntent } from '../../src/protocol/intent.ts';
import type { Intent } from '../../src/protocol/messages.ts';

const call = 'toolu_1';
const token = 't-1';

const every: readonly Intent[] = [
  { type: 'ready' },
  { type: 'send', text: 'Fix it', attachments: [{ kind: 'selection', label: 'src/a.ts:4-9', text: 'let a;' }] },
  { type: 'stop' },
  { type: 'answer', call, token, answer: { action: 'allow' } },
  { type: 'answer', call, token, answer: { action: 'allow', remember: 'session', mode: 'edit', note: 'ok' } },
  { type: 'answer', call, token, answer: { action: 'deny', reason: '', stop: true } },
  { type: 'answer', call, token, answer: { action: 'accept_rest' } },
  { type: 'answer', call, token, answer: { action: 'reject_rest', reason: 'not now' } },
  { type: 'hunk', call, token, hunk: 'toolu_1:1.2', verdict: 'asked', reason: 'shorter' },
  { type: 'hunk', call, token, hunk: 'toolu_1:1.2', verdict: 'proposed' },
  { type: 'set', mode: 'plan', model: 'm', title: 'A title' },
  { type: 'new_session' },
  { type: 'list_sessions' },
  { type: 'open_session', id: 's1' },
  { type: 'rename_session', id: 's1', title: 'Other' },
  { type: 'delete_session', id: 's1' },
  { type: 'open_file', path: 'src/a.ts', line: 3 },
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
    ['a mode that is none', { type: 'set', mode: 'auto' }],
    ['an unknown verdict', { type: 'hunk', call, token, hunk: 'h', verdict: 'maybe' }],
    ['a command link', { type: 'open_link', href: 'command:workbench.action.terminal.new' }],
    ['a plain link', { type: 'open_link', href: 'http://example.org' }],
    ['a link with hidden characters', { type: 'open_link', href: 'https://example.org/\u202eexe' }],
    ['a line that is none', { type: 'open_file', path: 'a', line: 0.5 }],
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
            expect(parseIntent({ ...intent, [name]: value })).toBeNull();
          }
        },
      ),
    );
  });
});
