/** One of each thing that can happen, with every field that it can have; the compiler asks for each new one. */
import type { AppliedFile, ChangeSet, HunkResolution } from '../../src/core/change.ts';
import type { BlobRef, FileState } from '../../src/core/checkpoint.ts';
import { noBudgets } from '../../src/core/budget.ts';
import type { Fact } from '../../src/core/event.ts';
import type { Rule } from '../../src/core/permission.ts';
import type { Plan } from '../../src/core/plan.ts';
import { environment } from './events.ts';

export interface NamedBlobs {
  readonly before: BlobRef;
  readonly after: BlobRef;
  readonly output: BlobRef;
}

const nothing: BlobRef = { hash: '0'.repeat(64), bytes: 3 };

/** `blobs`: what the events name. */
export function allFacts(
  { before, after, output }: NamedBlobs = { before: nothing, after: nothing, output: nothing },
): readonly Fact[] {
  const changes: ChangeSet = [
    {
      path: 'src/ä.ts',
      beforeHash: null,
      hunks: [
        { id: 'c1:1.1', startLine: 1, removed: ['€\r'], added: ['😀'], before: [''], after: ['x'], where: 'f()' },
      ],
    },
    { path: 'old.ts', beforeHash: 'h', hunks: [], fate: { kind: 'moved', to: 'new.ts' } },
    { path: 'gone.ts', beforeHash: 'h', hunks: [], fate: { kind: 'deleted' } },
  ];
  const files: readonly AppliedFile[] = [
    { path: 'src/ä.ts', afterHash: 'h', saved: false, formatted: changes[0]?.hunks ?? [] },
  ];
  const plan: Plan = {
    items: [{ text: 'do it', state: 'doing', detail: 'edits a', files: ['src/*.ts'] }],
    doneWhen: ['tests pass'],
  };
  const rule: Rule = {
    action: 'allow',
    tool: 'shell',
    match: { kind: 'prefix', value: 'npm test' },
    source: 'session',
  };
  const resource = { effect: 'write', target: 'src/ä.ts' } as const;
  const attachments = [{ kind: 'selection', label: 'src/a.ts:1-2', text: 'a\nb' }] as const;
  const resolution: HunkResolution = { hunk: 'c1:1.1', verdict: 'asked', reason: 'shorter' };
  const usage = { input: 1, cacheWrite: 2, cacheRead: 3, output: 4 };
  const evidence = [{ text: 'npm test: passed', atMs: 5, seq: 6, passed: true, stale: false }];
  const file: FileState = { kind: 'file', blob: before, mode: 0o644, unsaved: true };
  const step = (from: FileState, to: FileState) => ({ path: 'src/ä.ts', before: from, after: to });
  const changed: FileState = { kind: 'file', blob: after, mode: 0o600 };
  const call = 'toolu_1';

  const each: { readonly [T in Fact['type']]: readonly Extract<Fact, { readonly type: T }>[] } = {
    'session.started': [
      {
        type: 'session.started',
        environment: {
          ...environment,
          instructions: [{ path: 'AGENTS.md', text: 'be brief' }],
          skills: [{ name: 'release', description: 'Publishes.', path: '.agents/skills/release/SKILL.md' }],
          notes: ['- Tests (fact, project/tests): npm test'],
        },
        mode: 'ask',
        model: 'm',
        rules: [rule],
      },
    ],
    'session.changed': [
      { type: 'session.changed', title: 'A title', mode: 'edit', model: 'n', effort: 'high' },
      { type: 'session.changed', effort: null },
    ],
    'session.forked': [{ type: 'session.forked', from: 'abc', through: 3 }],
    'session.imported': [{ type: 'session.imported', from: 'abc' }],
    'session.paused': [{ type: 'session.paused' }],
    'session.resumed': [{ type: 'session.resumed', after: 'cut', cutRequest: true }],
    'session.closed': [{ type: 'session.closed' }],
    'turn.started': [{ type: 'turn.started', text: 'fix the parser', attachments, message: null }],
    'message.queued': [{ type: 'message.queued', message: 'q1', text: 'and then that', attachments, steer: false }],
    'message.changed': [
      { type: 'message.changed', message: 'q1', text: 'this', steer: true, before: null },
      { type: 'message.changed', message: 'q1' },
    ],
    'message.cancelled': [{ type: 'message.cancelled', message: 'q1' }],
    'message.delivered': [{ type: 'message.delivered', message: 'q1', text: 'this', attachments: [] }],
    'conversation.rewound': [{ type: 'conversation.rewound', to: 4 }],
    'context.selected': [
      {
        type: 'context.selected',
        pieces: [
          {
            path: 'src/ä.ts',
            startLine: 1,
            endLine: 2,
            form: 'body',
            symbol: 'Parser.parse',
            text: 'parse() {\n}',
            tokens: 3,
            why: [{ kind: 'words', of: ['parser'] }],
          },
          { path: 'b.ts', startLine: 1, endLine: 9, form: 'outline', symbol: null, text: 'b', tokens: 1, why: [] },
        ],
        stale: [{ path: 'c.ts', startLine: 3, endLine: 4, symbol: null, now: 'moved', by: -2 }],
        budgetTokens: 4000,
        complete: true,
        ms: 12,
      },
    ],
    'context.adjusted': [
      {
        type: 'context.adjusted',
        refs: [
          { path: 'src/ä.ts', symbol: 'Parser', as: 'pinned' },
          { path: 'b.ts', symbol: null, as: 'dropped' },
        ],
      },
    ],
    'room.asked': [{ type: 'room.asked', keep: 'the names' }],
    'context.compacted': [
      { type: 'context.compacted', kept: 3 },
      {
        type: 'context.compacted',
        kept: 1,
        why: 'full',
        left: ['c1'],
        record: '<record>all</record>',
        summary: null,
        beforeTokens: 100,
        afterTokens: 10,
        windowTokens: 200,
      },
    ],
    'model.requested': [
      {
        type: 'model.requested',
        model: 'm',
        promptHash: 'h',
        messages: 1,
        attempt: 1,
        route: { purpose: 'plan', effort: 'low', why: 'set for plan mode' },
      },
    ],
    'model.responded': [
      {
        type: 'model.responded',
        reply: {
          model: 'm',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 's' },
            { type: 'redacted_thinking', data: 'd' },
            { type: 'text', text: 'Done. 完成' },
            { type: 'tool_use', id: call, name: 'edit_file', input: { path: 'src/ä.ts', deep: [null, true, 1.5] } },
          ],
          stop: 'tool_use',
          usage,
          guessed: true,
        },
        firstByteMs: 1,
        ms: 2,
        costUsd: 0.25,
      },
    ],
    'model.failed': [
      { type: 'model.failed', code: 'overloaded', message: 'busy', retryInMs: null },
      { type: 'model.failed', code: 'unavailable', message: 'gone', retryInMs: null, waits: true },
    ],
    'side.requested': [
      { type: 'side.requested', purpose: 'summarise', model: 'm', effort: 'low', promptHash: 'h', attempt: 1 },
    ],
    'side.ended': [
      {
        type: 'side.ended',
        purpose: 'summarise',
        reply: { model: 'm', content: [{ type: 'text', text: 'in short' }], stop: 'end_turn', usage },
        fault: null,
        ms: 3,
        costUsd: 0.01,
      },
      {
        type: 'side.ended',
        purpose: 'title',
        reply: null,
        fault: { code: 'overloaded', message: 'busy', retryInMs: 1000 },
        ms: 3,
        costUsd: 0,
      },
    ],
    'budget.set': [
      {
        type: 'budget.set',
        limits: {
          turn: { usd: 2, tokens: null, steps: 100, minutes: 60 },
          session: { usd: 5.5, tokens: 1_000_000, steps: null, minutes: null },
          day: { usd: 20, tokens: null, steps: null, minutes: null },
        },
        unpriced: 'm',
      },
      { type: 'budget.set', limits: noBudgets, unpriced: null },
    ],
    'budget.added': [{ type: 'budget.added', scope: 'session', unit: 'usd', amount: 1.5 }],
    'budget.reached': [
      { type: 'budget.reached', scope: 'turn', unit: 'steps', used: 80, limit: 100, then: 'goes_on' },
      { type: 'budget.reached', scope: 'day', unit: 'usd', used: 20.1, limit: 20, unpricedTokens: 9, then: 'pauses' },
    ],
    'stall.found': [
      {
        type: 'stall.found',
        kind: 'same_failure',
        what: '`npm test` failed 4 times in the same way, with edits before each.',
        evidence: 'Timed out in 5000 ms',
        times: 4,
        since: 31,
        then: 'tells',
      },
    ],
    'tool.requested': [
      { type: 'tool.requested', call, tool: 'edit_file', input: { path: 'a' }, resources: [resource] },
      { type: 'tool.requested', call, tool: 'edit_file', input: 'not an object', resources: null },
    ],
    'approval.requested': [
      { type: 'approval.requested', call, question: { kind: 'edits', changes, why: 'it writes' } },
      { type: 'approval.requested', call, question: { kind: 'plan', plan, why: 'plan first' } },
      {
        type: 'approval.requested',
        call,
        question: { kind: 'command', line: 'npm test', cwd: '/w', timeoutMs: 1000, why: 'it runs' },
      },
      { type: 'approval.requested', call, question: { kind: 'access', tool: 't', resources: [resource], why: 'far' } },
    ],
    'hunk.resolved': [{ type: 'hunk.resolved', call, ...resolution }],
    'tool.decided': [
      {
        type: 'tool.decided',
        call,
        decision: {
          action: 'allow',
          by: { kind: 'user' },
          accepted: changes,
          hunks: [resolution],
          mode: 'edit',
          plan,
          remember: rule,
          note: 'yes',
        },
      },
      {
        type: 'tool.decided',
        call,
        decision: { action: 'deny', by: { kind: 'nobody' }, reason: 'no', hunks: [], stop: true },
      },
    ],
    'rule.added': [{ type: 'rule.added', rule }],
    'hooks.started': [{ type: 'hooks.started', event: 'PreToolUse', call, commands: ['./check.sh'] }],
    'hooks.ended': [
      {
        type: 'hooks.ended',
        event: 'PreToolUse',
        call,
        said: [
          { command: './check.sh', says: 'ask', reason: 'why', context: 'read', input: { a: 1 }, failed: false },
          { command: './b', says: 'block', reason: '', context: '', failed: true },
          {
            command: './c',
            says: 'nothing',
            reason: '',
            context: '',
            failed: false,
            ran: { exitCode: 0, held: 'bubblewrap', left: ['.envrc was moved away'] },
          },
        ],
      },
    ],
    'rule.removed': [{ type: 'rule.removed', rule }],
    'instructions.read': [{ type: 'instructions.read', path: 'src/AGENTS.md', text: 'be brief' }],
    'rules.read': [{ type: 'rules.read', rules: [rule], broken: ['/x is broken'] }],
    'sandbox.found': [
      { type: 'sandbox.found', sandbox: { kind: 'bubblewrap' } },
      { type: 'sandbox.found', sandbox: { kind: 'bubblewrap', shares: true } },
      { type: 'sandbox.found', sandbox: { kind: 'none', why: 'bubblewrap is not installed', off: true } },
    ],
    'tool.started': [{ type: 'tool.started', call, attempt: 'a1', changes }],
    'checkpoint.created': [
      {
        type: 'checkpoint.created',
        checkpoint: 'k1',
        call: null,
        files: [
          { path: 'src/ä.ts', state: file },
          { path: 'b', state: { kind: 'absent', folders: 1 } },
          { path: 'c', state: { kind: 'link', target: 'b' } },
          { path: 'd', state: { kind: 'unkept', why: 'too large' } },
        ],
      },
    ],
    'files.changed': [{ type: 'files.changed', call, files: [step(file, changed)] }],
    'checkpoint.restored': [
      { type: 'checkpoint.restored', checkpoint: 'k1', as: 'k2', files: [step(changed, { kind: 'absent' })] },
    ],
    'tool.finished': [
      {
        type: 'tool.finished',
        call,
        ms: 3,
        result: {
          status: 'ok',
          text: 'ran',
          detail: {
            kind: 'command',
            exitCode: null,
            timedOut: true,
            outputBytes: 9,
            outputLines: 1,
            whole: output,
            held: 'bubblewrap',
            background: { id: 'bg1', isRunning: false },
            cwd: 'src',
          },
        },
      },
      {
        type: 'tool.finished',
        call,
        ms: 3,
        result: { status: 'error', code: 'conflict', text: 'no', detail: { kind: 'edit', applied: changes, files } },
      },
      { type: 'tool.finished', call, ms: 3, result: { status: 'interrupted', text: 'not known' } },
    ],
    'command.ended': [
      { type: 'command.ended', call, id: 'bg1', line: 'npm run dev', how: 'itself', exitCode: 1, whole: output },
      { type: 'command.ended', call, id: 'bg2', line: 'npm test', how: 'stopped', exitCode: null, held: 'none' },
    ],
    'plan.updated': [{ type: 'plan.updated', plan }],
    'change.applied': [{ type: 'change.applied', call, changes, files }],
    'change.reviewed': [
      {
        type: 'change.reviewed',
        path: 'src/ä.ts',
        hunks: [
          { hunk: 'c1:1.1', state: 'edited', reason: 'mine', line: 3, text: ['😀\r', ''] },
          { hunk: 'c1:1.2', state: 'applied', line: 9 },
        ],
      },
    ],
    'problems.found': [
      {
        type: 'problems.found',
        files: [
          {
            path: 'src/ä.ts',
            textHash: 'h',
            problems: [
              { line: 3, severity: 'error', message: 'no such name', source: 'ts 2304' },
              { line: 4, severity: 'warning', message: 'not used' },
            ],
          },
        ],
      },
    ],
    'warning.raised': [{ type: 'warning.raised', code: 'limit_near', message: 'soon' }],
    'turn.ended': [
      {
        type: 'turn.ended',
        outcome: { kind: 'done', verified: false, summary: 'It works.', evidence },
        usage,
        costUsd: null,
        ms: 5,
      },
      {
        type: 'turn.ended',
        outcome: { kind: 'partial', summary: '', done: ['a'], left: ['b'], why: 'stalled', message: 'm', evidence },
        usage,
        costUsd: 0,
        ms: 5,
      },
    ],
  };
  return Object.values(each).flat();
}
