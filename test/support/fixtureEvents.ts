/** Logs of sessions as the loop writes them, for tests of what is made of a log. */
import { noBudgets } from '../../src/core/budget.ts';
import type { ChangeSet, Hunk, HunkReview } from '../../src/core/change.ts';
import type { FileState, FileStep, RestoreItem } from '../../src/core/checkpoint.ts';
import type { CutReport } from '../../src/core/recovery.ts';
import type { Actor, Event, Fact, Outcome, Question } from '../../src/core/event.ts';
import type { ReplyBlock, Usage } from '../../src/core/model.ts';
import type { AskedTier } from '../../src/core/permission.ts';
import type { Plan, PlanState } from '../../src/core/plan.ts';
import type { ContextPiece, Reason, StalePiece } from '../../src/core/symbols.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import type { Mention, ReviewedFile } from '../../src/protocol/messages.ts';

export const startMs = Date.parse('2026-11-21T14:02:00Z');
const user: Actor = { kind: 'user' };
const agent: Actor = { kind: 'agent', model: 'claude-sonnet' };
const system: Actor = { kind: 'system', room: 'session' };

/** Writes one log, event by event; time passes only where a test says so. */
export class Recorder {
  readonly events: Event[] = [];
  readonly session: string;
  nowMs = startMs;
  #turn = 0;
  #step = 0;
  #call = 0;
  #replies = 0;

  constructor(session = 's1') {
    this.session = session;
    this.add(system, {
      type: 'session.started',
      environment: {
        folders: ['/home/ada/billing'],
        platform: 'linux',
        shell: 'bash',
        date: '2026-11-21',
        attended: true,
        topLevel: [],
        instructions: [],
      },
      mode: 'ask',
      model: 'claude-sonnet',
      rules: [],
    });
  }

  add(actor: Actor, fact: Fact): Event {
    const place = { v: 2, session: this.session, seq: this.events.length + 1, atMs: this.nowMs } as const;
    const event: Event = { ...place, actor, turn: this.#turn, step: this.#step, ...fact };
    this.events.push(event);
    return event;
  }

  wait(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  say(
    text: string,
    attachments: Extract<Fact, { type: 'turn.started' }>['attachments'] = [],
    message: string | null = null,
  ): this {
    this.#turn += 1;
    this.#step = 0;
    this.add(user, { type: 'turn.started', text, attachments, message });
    return this;
  }

  ask(attempt = 1): this {
    if (attempt === 1) this.#step += 1;
    this.add(system, { type: 'model.requested', model: 'claude-sonnet', promptHash: 'h', messages: 2, attempt });
    return this;
  }

  reply(content: readonly ReplyBlock[], usage: Partial<Usage> = {}): this {
    this.#replies += 1;
    this.wait(2000);
    this.add(agent, {
      type: 'model.responded',
      reply: {
        model: 'claude-sonnet',
        content,
        stop: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
        usage: { input: 200, cacheWrite: 1200, cacheRead: 14_000, output: 310, ...usage },
      },
      firstByteMs: 700,
      ms: 2000,
      costUsd: 0.03,
    });
    return this;
  }

  /** A request and its reply. */
  step(text: string, ...calls: readonly ReplyBlock[]): this {
    const words: readonly ReplyBlock[] = text === '' ? [] : [{ type: 'text', text }];
    return this.ask().reply([...words, ...calls]);
  }

  use(name: string, input: Record<string, string>): Extract<ReplyBlock, { type: 'tool_use' }> {
    this.#call += 1;
    return { type: 'tool_use', id: `toolu_${this.#call}`, name, input };
  }

  request(call: Extract<ReplyBlock, { type: 'tool_use' }>): this {
    const input = call.input as Record<string, string>;
    const target = input['path'] ?? input['command'] ?? '';
    const effect = effects[call.name] ?? 'read';
    this.add(agent, { type: 'tool.requested', call: call.id, tool: call.name, input, resources: [{ effect, target }] });
    return this;
  }

  question(call: string, question: Question): this {
    this.add(system, { type: 'approval.requested', call, question });
    return this;
  }

  decide(call: string, decision: Extract<Fact, { type: 'tool.decided' }>['decision']): this {
    this.add(decision.by.kind === 'user' ? user : system, { type: 'tool.decided', call, decision });
    return this;
  }

  start(call: string): this {
    this.add(system, { type: 'tool.started', call, attempt: 'a1' });
    return this;
  }

  /** Copies before a call; `paths` is empty before a command. */
  keep(call: string | null, paths: readonly string[], checkpoint = `c${this.events.length + 1}`): this {
    const files = paths.map((path) => ({ path, state: kept }));
    this.add(system, { type: 'checkpoint.created', checkpoint, call, files });
    return this;
  }

  changed(call: string, paths: readonly string[]): this {
    this.add(system, { type: 'files.changed', call, files: paths.map(stepOfFile) });
    return this;
  }

  finish(call: string, result: ToolResult, ms = 100): this {
    this.wait(ms).add(system, { type: 'tool.finished', call, result, ms });
    return this;
  }

  apply(call: string, changes: ChangeSet): this {
    const files = changes.map(({ path }) => ({ path, afterHash: 'b', saved: true }));
    this.add(system, { type: 'change.applied', call, changes, files });
    return this;
  }

  /** Code that goes with the next request. */
  pick(pieces: readonly ContextPiece[], stale: readonly StalePiece[] = []): this {
    this.add(system, { type: 'context.selected', pieces, stale, budgetTokens: 6000, complete: true, ms: 40 });
    return this;
  }

  /** The person's word on code. */
  adjust(as: 'pinned' | 'dropped' | 'free', path: string, symbol: string | null): this {
    this.add(user, { type: 'context.adjusted', refs: [{ path, symbol, as }] });
    return this;
  }

  read(path: string, lines = 120, ms = 90): this {
    const call = this.use('read_file', { path });
    return this.step('', call).run(
      call,
      { status: 'ok', text: `${path}, ${lines} lines`, detail: { kind: 'read', path, lines } },
      ms,
    );
  }

  search(pattern: string): this {
    const call = this.use('search_text', { pattern });
    const detail = { kind: 'search', matches: 9, files: 4 } as const;
    return this.step('', call).run(call, { status: 'ok', text: 'src/export/a.ts:4: uploadInvoice(', detail }, 210);
  }

  /** `writes`: files that it changed. */
  command(line: string, exitCode: number | null, output: string, ms = 6300, writes: readonly string[] = []): this {
    const call = this.use('run_command', { command: line });
    this.step('', call).request(call).question(call.id, commandQuestion(line)).wait(8000);
    this.decide(call.id, { action: 'allow', by: { kind: 'user' } })
      .keep(call.id, [])
      .start(call.id);
    if (writes.length > 0) this.changed(call.id, writes);
    return this.finish(call.id, commandResult(exitCode, output), ms);
  }

  run(call: Extract<ReplyBlock, { type: 'tool_use' }>, result: ToolResult, ms: number): this {
    this.request(call)
      .decide(call.id, { action: 'allow', by: { kind: 'mode', mode: 'ask' } })
      .start(call.id);
    return this.finish(call.id, result, ms);
  }

  plan(plan: Plan): this {
    const call = this.use('update_plan', {});
    this.step('', call).run(call, { status: 'ok', text: 'Plan saved.', detail: { kind: 'plan', plan } }, 3);
    this.add(system, { type: 'plan.updated', plan });
    return this;
  }

  /** An edit that the person accepts whole, or all but the hunks named. */
  edit(changes: ChangeSet, rejected: readonly string[] = []): this {
    const call = this.use('edit_file', { path: changes[0]?.path ?? '' });
    const proposal = changesOf(call.id, changes);
    this.step('', call).request(call).question(call.id, editsQuestion(proposal)).wait(9000);
    const others = rejected.map(
      (place) => ({ hunk: `${call.id}:${place}`, verdict: 'rejected', reason: 'Not here' }) as const,
    );
    for (const other of others) this.add(user, { type: 'hunk.resolved', call: call.id, ...other });
    const names = new Set<string>(others.map(({ hunk }) => hunk));
    const accepted = proposal.map((file) => ({ ...file, hunks: file.hunks.filter(({ id }) => !names.has(id)) }));
    this.decide(call.id, {
      action: 'allow',
      by: { kind: 'user' },
      ...(others.length > 0 ? { accepted, hunks: others } : {}),
    });
    const paths = changes.map(({ path }) => path);
    this.keep(call.id, paths).start(call.id).apply(call.id, accepted).changed(call.id, paths);
    const files = changes.map(({ path }) => ({ path, afterHash: 'b', saved: true }));
    return this.finish(
      call.id,
      { status: 'ok', text: 'Written.', detail: { kind: 'edit', applied: accepted, files } },
      12,
    );
  }

  /** An edit that nobody is asked about; the call's id. */
  write(changes: ChangeSet): string {
    const call = this.use('edit_file', { path: changes[0]?.path ?? '' });
    const applied = changesOf(call.id, changes);
    const paths = changes.map(({ path }) => path);
    const files = paths.map((path) => ({ path, afterHash: 'b', saved: true }));
    this.step('', call)
      .request(call)
      .decide(call.id, { action: 'allow', by: { kind: 'mode', mode: 'edit' } });
    this.keep(call.id, paths).start(call.id).apply(call.id, applied).changed(call.id, paths);
    this.finish(call.id, { status: 'ok', text: 'Written.', detail: { kind: 'edit', applied, files } }, 12);
    return call.id;
  }

  /** What became of hunks of one file; their lines are of no matter here. */
  review(path: string, state: HunkReview['state'], hunks: readonly string[], reason?: string): this {
    const said = hunks.map((hunk): HunkReview => ({ hunk, state, line: 9, ...(reason !== undefined && { reason }) }));
    this.add(user, { type: 'change.reviewed', path, hunks: said });
    return this;
  }

  queue(message: string, text: string, steer = false): this {
    this.add(user, { type: 'message.queued', message, text, attachments: [], steer });
    return this;
  }

  end(outcome: Outcome, ms = 26 * 60_000): this {
    this.add(system, {
      type: 'turn.ended',
      outcome,
      usage: {
        input: 200 * this.#replies,
        cacheWrite: 1200,
        cacheRead: 14_000 * this.#replies,
        output: 310 * this.#replies,
      },
      costUsd: 0.03 * this.#replies,
      ms,
    });
    return this;
  }
}

const kept = { kind: 'file', blob: { hash: 'h', bytes: 900 }, mode: 0o644 } satisfies FileState;

function stepOfFile(path: string): FileStep {
  return { path, before: kept, after: { ...kept, blob: { hash: 'i', bytes: 960 } } };
}

const effects: Readonly<Record<string, 'read' | 'plan' | 'write' | 'execute'>> = {
  update_plan: 'plan',
  edit_file: 'write',
  write_file: 'write',
  run_command: 'execute',
};

/** What the host offers for `/`. */
export const slashes: readonly Mention[] = (
  [
    ['prompt', 'review', '[file]', 'Reviews a file as we do: names, errors, tests'],
    ['command', 'clear', '', 'Begins a new session'],
    ['command', 'plan', '[task]', 'Reads only, and ends with a plan'],
    ['skill', 'release', '[task]', 'Publishes a version: changelog, tag, package, and the notes that go with it'],
  ] as const
).map(([kind, name, place, note]) => ({ id: `${kind}:${name}`, kind, name, label: `/${name}`, place, note }));

/** What the host offers for `@res`. */
export const mentions: readonly Mention[] = (
  [
    ['symbol', 'ResumableUploadCoordinator', 'src/export/resumableUpload.ts:18', 'class'],
    ['file', 'resumableUpload.ts', 'packages/billing-service/src/export', ''],
    ['folder', 'resumable', 'packages/billing-service/src/export', ''],
    ['problems', 'Problems', '', '3'],
    ['selection', 'Selection', 'src/export/invoiceExport.ts:4-15', '12 lines'],
    ['changes', 'My uncommitted changes', '', ''],
  ] as const
).map(([kind, label, place, note]) => {
  const name = place === '' || kind === 'selection' ? kind : label;
  return { id: `${kind}:${place}:${label}`, kind, name, label, place, note };
});

/** A piece of `lines` lines, each of `lineChars` characters. */
export function piece(
  path: string,
  symbol: string | null,
  startLine: number,
  lines: number,
  ...why: readonly Reason[]
): ContextPiece {
  const text = Array.from({ length: lines }, (_, at) => `line ${startLine + at}`.padEnd(39, '.')).join('\n');
  const form = symbol === null ? 'part' : 'body';
  return { path, symbol, startLine, endLine: startLine + lines - 1, form, text, tokens: lines * 10, why };
}

/** A run whose steps were shown code, with words of the person on some of it. */
export function withCode(): Recorder {
  const recorder = new Recorder();
  const upload = 'src/export/resumableUpload.ts';
  recorder.say(task, [{ kind: 'selection', label: `${upload}:41-96`, text: 'start() {\n  …\n}' }]);
  recorder.pick([
    piece(upload, 'ResumableUploadCoordinator.start', 41, 56, { kind: 'named', of: ['start()'] }),
    piece(upload, 'ResumableUploadCoordinator', 18, 180, { kind: 'words', of: ['upload', 'resume', 'offset'] }),
    piece(
      'src/export/invoiceExport.ts',
      'uploadInvoice',
      77,
      40,
      { kind: 'uses', of: ['start()'] },
      { kind: 'together', of: [upload] },
    ),
    piece('packages/billing-service/src/export/exportState.ts', null, 1, 60, { kind: 'near', of: [upload] }),
    piece('test/export/resumableUpload.test.ts', 'keeps its offset', 12, 30, {
      kind: 'history',
      of: ['Resume uploads after a dropped connection'],
    }),
    piece('src/net/retryPolicy.ts', 'retryPolicy', 9, 44, { kind: 'path', of: ['retry'] }),
  ]);
  recorder.read('src/export/exportQueue.ts', 210).search('uploadInvoice(');
  recorder
    .adjust('pinned', upload, 'ResumableUploadCoordinator.start')
    .adjust('dropped', 'src/net/retryPolicy.ts', 'retryPolicy');
  recorder.adjust('pinned', 'src/export/exportState.ts', 'ExportState');
  recorder.pick(
    [piece('src/export/exportQueue.ts', 'ExportQueue.drain', 60, 35, { kind: 'used_by', of: ['uploadInvoice'] })],
    [
      {
        path: 'src/export/invoiceExport.ts',
        symbol: 'uploadInvoice',
        startLine: 77,
        endLine: 116,
        now: 'changed',
        by: 0,
      },
    ],
  );
  recorder.command('npm test', 0, 'ok '.repeat(700));
  return recorder.step('The offset is kept in memory only.');
}

export function commandQuestion(line: string): Question {
  return {
    kind: 'command',
    line,
    cwd: '/home/ada/billing/packages/billing-service',
    timeoutMs: 120_000,
    why: 'It asks because every command asks in this mode.',
    always: [
      { rule: `shell(exact: ${line})`, also: [] },
      { rule: 'shell(prefix: npm test)', also: ['npm test', 'npm test -- --run test/net'] },
    ],
  };
}

export function commandResult(exitCode: number | null, output: string): ToolResult {
  const detail = {
    kind: 'command',
    exitCode,
    timedOut: false,
    outputBytes: output.length,
    outputLines: output.split('\n').length,
  } as const;
  return { status: 'ok', text: output, detail };
}

export function editsQuestion(changes: ChangeSet): Question {
  return { kind: 'edits', changes, why: 'In this mode edits wait for your word.' };
}

/** The same changes under the ids that a call gives them. */
export function changesOf(call: string, changes: ChangeSet): ChangeSet {
  return changes.map((file, at) => ({
    ...file,
    hunks: file.hunks.map((each, place) => ({ ...each, id: `${call}:${at + 1}.${place + 1}` })),
  }));
}

export function hunk(
  startLine: number,
  removed: readonly string[],
  added: readonly string[],
  more: Partial<Hunk> = {},
): Hunk {
  return { id: '', startLine, removed, added, before: [], after: [], ...more };
}

const exportFolder = 'packages/billing-service/src/export';

export const upload: ChangeSet = [
  {
    path: `${exportFolder}/invoices/resumable/resumableUpload.ts`,
    beforeHash: 'a',
    hunks: [
      hunk(12, [], ["import { exportState } from '../exportState.ts';"], {
        before: ["import { open } from './open.ts';"],
        where: 'imports',
      }),
      hunk(
        41,
        ['  this.offset = 0;'],
        ['  const saved = await this.state.read(file.id);', '  this.offset = saved?.offset ?? 0;'],
        {
          before: ['async start(file: ExportFile): Promise<void> {'],
          after: ['  await this.open(file);', '}'],
          where: 'start()',
        },
      ),
      hunk(
        86,
        ['  clearTimeout(this.retry);'],
        ['  this.cancelRetry(); // a second drop inside the wait must not start a second retry'],
        {
          where: 'abort()',
        },
      ),
    ],
  },
];
export const state: ChangeSet = [
  {
    path: `${exportFolder}/exportState.ts`,
    beforeHash: null,
    hunks: [
      hunk(
        1,
        [],
        ['/** Where an export stands. */', 'export interface ExportState {', '  readonly offset: number;', '}', ''],
      ),
    ],
  },
];

const planTexts = [
  'Find where the offset is lost',
  'Store the offset after each part',
  'Resume from the stored offset',
  'Test: drop the connection after part 3',
  'Run the tests of billing-service',
] as const;

export function planAt(...states: readonly PlanState[]): Plan {
  return {
    items: planTexts.map((text, at) => ({
      text,
      state: states[at] ?? 'todo',
      ...(at === 4
        ? { detail: 'runs npm test' }
        : { files: [`${exportFolder}/invoices/resumable/resumableUpload.ts`, `${exportFolder}/exportState.ts`] }),
    })),
    doneWhen: ['The tests of billing-service pass, with the new one among them', 'No new problems in the 4 files'],
  };
}

export const task =
  'When an invoice export loses its connection it starts again from zero. Make it resume where it stopped, and prove it with a test.';

const testOutput = [
  ' RUN  packages/billing-service',
  ' ✓ test/export/invoiceExport.test.ts (14 tests) 812 ms',
  ' ✓ test/export/exportState.test.ts (5 tests) 96 ms',
  ' ❯ test/export/resumableUpload.test.ts 3/7',
].join('\n');

function opened(recorder = new Recorder()): Recorder {
  recorder.say(task);
  for (const name of ['invoiceExport', 'resumableUpload', 'partReader', 'retryPolicy', 'queue', 'index']) {
    recorder.read(`${exportFolder}/${name}.ts`);
  }
  return recorder.search('uploadInvoice(').search('offset');
}

const found =
  'The coordinator keeps the offset only in memory, so a new connection starts at part 1. I will write it next to the export after each part and read it back on start.';

/** In the middle of its tests. */
export function running(): { recorder: Recorder; call: string; output: string } {
  const recorder = opened().plan(planAt('done', 'done', 'doing'));
  recorder.ask().reply([
    { type: 'thinking', thinking: 'The offset must survive a restart. Where is state kept?', signature: 's' },
    { type: 'text', text: found },
  ]);
  recorder.edit(upload).edit(state).command('npx tsc --noEmit -p packages/billing-service', 0, '');
  const call = recorder.use('run_command', { command: 'npm test -- --run test/export' });
  recorder
    .step('Now the tests: `npm test` runs them all.', call)
    .request(call)
    .question(call.id, commandQuestion('npm test -- --run test/export'));
  recorder
    .decide(call.id, { action: 'allow', by: { kind: 'user' } })
    .keep(call.id, [])
    .start(call.id);
  return { recorder, call: call.id, output: testOutput };
}

export function planWaits(): { recorder: Recorder; call: string } {
  const recorder = new Recorder();
  recorder.add(user, { type: 'session.changed', mode: 'plan' });
  opened(recorder);
  const call = recorder.use('update_plan', {});
  recorder.step(
    'The offset lives only in memory. I would keep it beside the export and read it back on start. Nothing is changed yet.',
    call,
  );
  recorder
    .request(call)
    .question(call.id, { kind: 'plan', plan: planAt(), why: 'A plan is approved before anything is changed.' });
  return { recorder, call: call.id };
}

/** One of three hunks is accepted. */
export function editsWait(): { recorder: Recorder; call: string } {
  const recorder = opened().plan(planAt('done', 'done', 'doing'));
  const call = recorder.use('edit_file', { path: upload[0]?.path ?? '' });
  recorder.step('The coordinator now reads the offset on start. Please look at the changes.', call).request(call);
  recorder.question(call.id, editsQuestion(changesOf(call.id, [...upload, ...state])));
  recorder.wait(4000).add(user, { type: 'hunk.resolved', call: call.id, hunk: `${call.id}:1.1`, verdict: 'accepted' });
  return { recorder, call: call.id };
}

/** Two files changed without a question, four changes; the first is accepted. Calls: of the changed file, of the new one. */
export function applied(): { recorder: Recorder; calls: readonly [string, string] } {
  const recorder = new Recorder();
  recorder.add(user, { type: 'session.changed', mode: 'edit' });
  opened(recorder).plan(planAt('done', 'done', 'doing'));
  const calls = [recorder.write(upload), recorder.write(state)] as const;
  recorder.wait(4000).review(upload[0]?.path ?? '', 'accepted', [`${calls[0]}:1.1`]);
  return { recorder, calls };
}

/** The same once the turn has ended, with a file that went and one that moved. */
export function appliedAndDone(): { recorder: Recorder; calls: readonly [string, string] } {
  const { recorder, calls } = applied();
  recorder.write([
    {
      path: `${exportFolder}/offsets.ts`,
      beforeHash: 'a',
      hunks: [hunk(1, ['/** Offsets, in memory. */', 'export const offsets = new Map<string, number>();', ''], [])],
      fate: { kind: 'deleted' },
    },
  ]);
  recorder.write([
    {
      path: `${exportFolder}/partReader.ts`,
      beforeHash: 'a',
      hunks: [hunk(1, [], [])],
      fate: { kind: 'moved', to: `${exportFolder}/parts/reader.ts` },
    },
  ]);
  recorder.command('npm test', 0, `${testOutput}\n 128 passed`).step(summary);
  const evidence = { text: 'npm test: passed', atMs: recorder.nowMs - 2000, seq: recorder.events.length };
  recorder.end({ kind: 'done', verified: true, summary, evidence: [{ ...evidence, passed: true, stale: false }] });
  return { recorder, calls };
}

/** What the editor says of those two files: a change was typed into, another stands elsewhere by now. */
export function reviewedFiles([edit, made]: readonly [string, string]): readonly ReviewedFile[] {
  return [
    {
      path: upload[0]?.path ?? '',
      outsidePlan: false,
      problems: { errors: 2, warnings: 1 },
      hunks: [
        { id: `${edit}:1.1`, state: 'accepted', line: 12 },
        { id: `${edit}:1.2`, state: 'applied', line: 44 },
        { id: `${edit}:1.3`, state: 'edited', line: 90 },
      ],
    },
    {
      path: state[0]?.path ?? '',
      outsidePlan: true,
      problems: null,
      hunks: [{ id: `${made}:1.1`, state: 'asked', line: 1, reason: 'Say in the comment who writes it' }],
    },
  ];
}

export function manyEditsWait(): { recorder: Recorder; call: string } {
  const recorder = new Recorder().say('Rename every use of InvoiceExport to InvoiceExportCoordinator');
  const call = recorder.use('edit_file', { path: 'packages' });
  const files = Array.from({ length: 38 }, (_, at) => ({
    path: `packages/billing-service/src/export/invoices/resumable/invoiceExportUploadCoordinatorFactory${at}.ts`,
    beforeHash: 'a',
    hunks: [hunk(4, ['new InvoiceExport();'], ['new InvoiceExportCoordinator();']), hunk(9, [], ['// renamed'])],
  }));
  recorder
    .step('All uses are found.', call)
    .request(call)
    .question(call.id, editsQuestion(changesOf(call.id, files)));
  return { recorder, call: call.id };
}

export const testLine =
  'cd packages/billing-service && npm test -- --run test/export/resumableUpload.test.ts 2>&1 | tail -n 40';

export function commandWaits(
  line = testLine,
  asked: AskedTier | Record<string, never> = {},
): { recorder: Recorder; call: string } {
  const recorder = opened()
    .plan(planAt('done', 'done', 'done', 'doing'))
    .edit(upload)
    .edit(state);
  const call = recorder.use('run_command', { command: line });
  recorder
    .step('', call)
    .request(call)
    .question(call.id, { ...commandQuestion(line), ...asked });
  return { recorder, call: call.id };
}

const summary =
  'An export that loses its connection goes on from the last stored part, also after a second drop inside the wait. The header name is unchanged.';

function worked(): Recorder {
  return opened()
    .plan(planAt('done', 'done', 'doing'))
    .edit(upload, ['1.3'])
    .edit(state)
    .command('npm test', 1, 'FAIL 1 of 7')
    .edit(upload);
}

export function done(): Recorder {
  const recorder = worked().command('npm test', 0, `${testOutput}\n 128 passed`).step(summary);
  const seq = recorder.events.length;
  return recorder.end({
    kind: 'done',
    verified: true,
    summary,
    evidence: [{ text: 'npm test: passed', atMs: recorder.nowMs - 2000, seq, passed: true, stale: false }],
  });
}

export function unverified(): Recorder {
  const recorder = opened()
    .edit(upload)
    .command('npm test', 0, '127 passed')
    .edit(state)
    .step(`${summary} Nothing has checked the last edit.`);
  const seq = recorder.events.length;
  return recorder.end({
    kind: 'done',
    verified: false,
    summary: `${summary} Nothing has checked the last edit.`,
    evidence: [{ text: 'npm test: passed', atMs: recorder.nowMs - 60_000, seq, passed: true, stale: true }],
  });
}

export function partial(): Recorder {
  const recorder = worked().step('One test still fails.');
  return recorder.end({
    kind: 'partial',
    summary: 'One test still fails.',
    done: planTexts.slice(0, 3),
    left: planTexts.slice(3),
    why: 'budget_exhausted',
    message: 'The limit of 100 steps in one turn was reached.',
    evidence: [],
  });
}

export function failed(): Recorder {
  const recorder = opened().ask();
  recorder.add(system, {
    type: 'model.failed',
    code: 'unauthorized',
    message: 'The server answered 401.',
    retryInMs: null,
  });
  return recorder.end(
    {
      kind: 'failed',
      code: 'unauthorized',
      message: 'The server answered 401. The key ending in …7Qk2 is wrong or was withdrawn.',
    },
    8000,
  );
}

export function stopped(): Recorder {
  const { recorder, call } = running();
  return recorder
    .wait(12_000)
    .finish(call, { status: 'error', code: 'cancelled', text: 'Stopped by the person.' }, 12_000)
    .end({ kind: 'cancelled' }, 92_000);
}

export function answered(): Recorder {
  const text = [
    'Exports are **scheduled** by `queue.ts`, in three steps:',
    '',
    '1. `enqueue()` writes a job, see [the docs](https://example.org/queue).',
    '2. A worker takes it.',
    '3. The result is stored.',
    '',
    '```ts',
    '// takes the next job',
    "const job = await queue.take({ kind: 'export', limit: 10 });",
    'export function run(job: Job): Promise<void> {',
    '  return upload(job.file, true);',
    '}',
    '```',
    '',
    '| Step | Takes |',
    '|--|--:|',
    '| enqueue | 2 ms |',
    '',
    '> Nothing is written before step 3.',
  ].join('\n');
  return opened(new Recorder().wait(0))
    .step(text)
    .end({ kind: 'done', verified: true, summary: text, evidence: [] }, 41_000);
}

export function retries(): Recorder {
  const recorder = opened().ask();
  recorder.add(system, {
    type: 'model.failed',
    code: 'rate_limited',
    message: 'The server asked to wait 60 s. Second wait in this run.',
    retryInMs: 60_000,
  });
  return recorder.wait(22_000);
}

/** The server is gone, and the run waits for it. */
export function offline(): Recorder {
  const recorder = opened().ask();
  const message =
    'api.example.dev was not reached: there is no network (ENETUNREACH). Check the network and the base URL.';
  recorder.add(system, { type: 'model.failed', code: 'unavailable', message, retryInMs: null, waits: true });
  return recorder.wait(22_000);
}

/** The editor closed while a command ran. */
export function closedInTheMiddle(): Recorder {
  return running().recorder;
}

/** One message waits for the end of the turn, one for the next step. */
export function queued(): { recorder: Recorder; call: string; output: string } {
  const { recorder, call, output } = running();
  recorder
    .wait(20_000)
    .queue('m1', 'Also add a line to the changelog of billing-service')
    .queue('m2', 'Keep the header name as it is', true)
    .queue('m3', 'Then open a pull request with all of it');
  return { recorder, call, output };
}

/** Paused by the person, and held after its step. */
export function paused(): Recorder {
  const { recorder, call } = queued();
  recorder.wait(4000).add(user, { type: 'session.paused' });
  return recorder.finish(call, commandResult(0, testOutput), 45_000);
}

/** Paused for what it may use. */
export function budgetUsed(): Recorder {
  const recorder = worked();
  const limits = { ...noBudgets, session: { usd: 2, tokens: null, steps: 100, minutes: 60 } };
  recorder.add(system, { type: 'budget.set', limits, unpriced: null });
  const spent = { scope: 'session', unit: 'usd' } as const;
  recorder.add(system, { type: 'budget.reached', ...spent, used: 1.7, limit: 2, then: 'goes_on' });
  recorder.add(system, { type: 'budget.reached', ...spent, used: 2.01, limit: 2, then: 'pauses' });
  return recorder;
}

/** Paused for going in circles. */
export function inCircles(): Recorder {
  const recorder = worked();
  const failing = 'Timed out in 5000 ms: resumes after a second drop\n  resumableUpload.test.ts:61:3';
  const stall = {
    kind: 'same_failure',
    what: '`npm test -- --run test/export` failed 4 times in the same way, with edits before each.',
    evidence: failing,
    times: 4,
    since: 3,
  } as const;
  for (const then of ['tells', 'pauses'] as const) {
    recorder.command('npm test -- --run test/export', 1, failing);
    recorder.add(system, { type: 'stall.found', ...stall, times: then === 'tells' ? 4 : 6, then });
  }
  return recorder;
}

export const cutReport: CutReport = {
  step: 14,
  atMs: startMs + 19 * 60_000,
  known: [
    'Steps 1 to 14 are saved. No recorded reply is asked for or paid for again.',
    '3 edits are in the files.',
    '1 message waits.',
  ],
  unknown: [
    {
      text: '`npm test -- --run test/export` was started at 14:21:07. Its end was not seen. It will not be run again by itself.',
      call: 'toolu_13',
      hasOutput: true,
    },
    {
      text: '`exportState.ts` was changed by someone else meanwhile. It is kept as it is.',
      call: null,
      hasOutput: false,
    },
  ],
  onlyWaits: false,
};

/** Cut in the middle, opened again two hours later, gone on with. */
export function resumed(): Recorder {
  const { recorder, call } = running();
  recorder.wait(2 * 3_600_000).add(user, { type: 'session.resumed', after: 'cut', cutRequest: true });
  return recorder
    .finish(call, { status: 'interrupted', text: 'Its end was not seen.' }, 0)
    .read(`${exportFolder}/exportState.ts`)
    .ask();
}

/** Two tasks with a step each that wrote files, one by a command; the last was taken back again. */
export function restored(): Recorder {
  const recorder = done().wait(3 * 60_000);
  recorder.say('Build it').command(
    'npm run build',
    0,
    'dist written',
    9000,
    Array.from({ length: 12 }, (_, at) => `dist/file${at}.js`),
  );
  recorder.step('Built.').end({ kind: 'done', verified: true, summary: 'Built.', evidence: [] }, 20_000);
  const point = recorder.events.findLast((event) => event.type === 'checkpoint.created');
  recorder.wait(60_000).keep(null, ['dist/file0.js'], 'r1');
  recorder.add(user, {
    type: 'checkpoint.restored',
    checkpoint: point?.type === 'checkpoint.created' ? point.checkpoint : '',
    as: 'r1',
    files: [stepOfFile('dist/file0.js')],
  });
  return recorder;
}

export const restoreItems: readonly RestoreItem[] = (
  [
    ['resumableUpload.ts', 'back', 'goes back to 14:04, 2 changes taken out', 6, 24],
    ['exportState.ts', 'remove', 'removed: the agent made it', 0, 31],
    ['invoiceExport.ts', 'conflict', 'you edited the same lines', 2, 9],
    ['partReader.ts', 'merge', 'the change of the agent is taken out, yours stays', 1, 4],
    ['README.md', 'keep', 'kept: only you changed it', 0, 0],
    ['big.bin', 'cannot', 'its old content is not kept: over 10 MB', null, null],
  ] as const
).map(([name, action, why, added, removed]) => ({
  path: `${exportFolder}/${name}`,
  action,
  why,
  lines: added === null ? null : { added, removed },
  now: kept,
  then: action === 'keep' || action === 'cannot' ? null : kept,
  calls: [],
}));

export function denied(): Recorder {
  const { recorder, call } = commandWaits('npm install left-pad@1.3.0 --save-dev');
  recorder.decide(call, {
    action: 'deny',
    by: { kind: 'user' },
    reason: 'We vendor small helpers. Write it in src/util instead',
  });
  return recorder.finish(call, { status: 'denied', text: 'Denied.' }, 0).read('src/util/pad.ts');
}

/** So many turns, each a read, a search and an answer. */
export function long(turns: number): Recorder {
  const recorder = new Recorder();
  for (let turn = 0; turn < turns; turn++) {
    recorder.say(`Question ${turn}`).read(`src/file${turn}.ts`).step(`Answer ${turn}: it is in \`file${turn}.ts\`.`);
    recorder.edit(state);
  }
  return recorder;
}
