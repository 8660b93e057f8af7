/** The panel's view of a session as a pure fold over its events: total on any prefix of any log, with no clock. */
import type { HunkId } from '../core/change.ts';
import type { BlobRef } from '../core/checkpoint.ts';
import type { CallId, Compaction, Delta, Event } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import { addUsage, type Usage } from '../core/model.ts';
import type { Mode } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import { firstLine } from '../core/text.ts';
import { nearWords, unpricedWords } from '../core/budget.ts';
import { foldBudget } from './budget.ts';
import { foldSees, type SeesDraft } from './context.ts';
import { firstCopyOf, foldCopies, type Copy } from './copies.ts';
import { isOpen, stepOf } from './queries.ts';
import { foldQueue } from './queue.ts';
import { addChanges, byCall, countProblems, objectOf, review, settle, stateOf, whatOf, write } from './steps.ts';
import { quiet, type Row, type RowBase, type RuleFact, type StepRow, type StepState, type View } from './view.ts';

export function reduce(view: View, event: Event): View {
  return reduceAll(view, [event]);
}

/** As `reduce` one by one, but copies the list of rows once: whole logs are folded with this. */
export function reduceAll(view: View, events: readonly Event[]): View {
  if (events.length === 0) return view;
  const ofChanges = events.some(({ type }) => touchesChanges.has(type));
  const draft: Draft = {
    ...view,
    rows: view.rows.slice(),
    copies: view.copies.slice(),
    sees: { ...view.sees, items: view.sees.items.slice() },
    calls: new Map(view.calls),
    edits: new Map(ofChanges ? view.edits : []),
    open: new Map(ofChanges ? view.open : []),
  };
  for (const event of events) apply(draft, event);
  return ofChanges ? draft : { ...draft, edits: view.edits, open: view.open };
}

/** Changes are kept for the whole session: only what touches them copies their maps. */
const touchesChanges: ReadonlySet<Event['type']> = new Set([
  'change.applied',
  'change.reviewed',
  'conversation.rewound',
  'session.forked',
  'session.imported',
]);

export function reduceDelta(view: View, delta: Delta): View {
  const { live } = view;
  switch (delta.kind) {
    case 'text':
      return { ...view, live: { ...live, doing: 'writing', text: live.text + delta.text } };
    case 'thinking':
      return { ...view, live: { ...live, doing: 'thinking', thinking: live.thinking + delta.text } };
    case 'tool':
      return { ...view, live: { ...live, doing: 'writing' } };
    case 'output': {
      const text = (live.output.get(delta.call) ?? '') + delta.text;
      const output = new Map(live.output).set(delta.call, text.slice(-limits.liveOutputChars));
      return { ...view, live: { ...live, output } };
    }
  }
}

type Draft = { -readonly [K in keyof View]: View[K] } & {
  rows: Row[];
  copies: Copy[];
  sees: SeesDraft;
  calls: Map<CallId, number>;
  edits: Map<CallId, number>;
  open: Map<HunkId, string>;
};

function apply(view: Draft, event: Event): void {
  view.session = event.session;
  view.queue = foldQueue(view.queue, event);
  view.budget = foldBudget(view.budget, event);
  const step = 'call' in event && event.call !== null ? stepOf(view, event.call) : null;
  foldCopies(view.copies, event, step);
  foldSees(view.sees, event, step);
  // A step's point of return stands after it.
  if (event.type === 'model.requested' || event.type === 'turn.ended') pushCheckpoint(view, event);
  if (view.turn && event.step > view.turn.step) view.turn = { ...view.turn, step: event.step };
  applyFact(view, event);
  if (!asides.has(event.type)) view.workedAtMs = event.atMs;
}

/** What a person or the host says of a session while nobody works on it. */
const asides: ReadonlySet<Event['type']> = new Set([
  'session.changed',
  'session.closed',
  'message.queued',
  'message.changed',
  'message.cancelled',
  'change.reviewed',
  'problems.found',
  'context.adjusted',
]);

function at({ seq, turn, step, atMs }: Event): RowBase {
  return { key: `e${seq}`, seq, turn, step, atMs };
}

function applyFact(view: Draft, event: Event): void {
  switch (event.type) {
    case 'session.started':
      view.mode = event.mode;
      view.model = event.model;
      return;
    case 'session.changed':
      if (event.title !== undefined) view.title = event.title;
      if (event.mode !== undefined) setMode(view, event.mode, event);
      if (event.model !== undefined && event.model !== view.model) {
        view.model = event.model;
        view.effort = null;
        if (view.rows.length > 0)
          view.rows.push({
            ...at(event),
            kind: 'rule',
            key: `e${event.seq}.model`,
            fact: { kind: 'model', model: event.model },
          });
      }
      if (event.effort !== undefined && event.effort !== view.effort) {
        view.effort = event.effort;
        const fact: RuleFact = { kind: 'effort', effort: event.effort };
        if (view.rows.length > 0) view.rows.push({ ...at(event), kind: 'rule', key: `e${event.seq}.effort`, fact });
      }
      return;
    case 'session.forked':
      endOpenTurn(view);
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'forked', from: event.from } });
      return;
    case 'session.imported':
      endOpenTurn(view);
      view.mode = 'ask';
      view.copies = []; // a file has no right to put files back
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'imported' } });
      return;
    case 'session.paused':
      if (view.paused) return;
      view.paused = true;
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'paused', untilMs: null } });
      return;
    case 'budget.set':
      if (event.unpriced !== null)
        view.rows.push({
          ...at(event),
          kind: 'warning',
          code: 'unpriced',
          message: unpricedWords(event.unpriced, event.limits),
        });
      return;
    case 'budget.added':
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'more', unit: event.unit, amount: event.amount } });
      return;
    case 'budget.reached':
      if (event.then === 'goes_on')
        view.rows.push({ ...at(event), kind: 'warning', code: 'limit_near', message: nearWords(event) });
      if (event.then === 'pauses') pauseFor(view, event, 'budget');
      return;
    case 'stall.found': {
      const { kind, what, evidence, times, since, then } = event;
      if (then === 'tells') view.rows.push({ ...at(event), kind: 'warning', code: 'stall', message: what });
      if (then !== 'pauses') return;
      view.stall = { kind, what, evidence, times, since };
      pauseFor(view, event, 'stall');
      return;
    }
    case 'session.resumed':
      unpause(view, event.atMs);
      if (event.after === 'cut') {
        const fact: RuleFact = { kind: 'reopened', closedAtMs: view.workedAtMs, cutRequest: event.cutRequest };
        view.rows.push({ ...at(event), kind: 'rule', fact });
      }
      if (event.cutRequest) addCutRequest(view);
      view.inFlight = false;
      view.retry = null;
      view.live = quiet;
      view.waiting = view.waiting.map((waiting) => ({ ...waiting, times: 0 })); // each is asked anew
      if (view.turn) {
        // The time in between was nobody's; what waits for the person counts by itself.
        const { waitedMs, waitingSinceMs } = view.turn;
        const awayMs = waitingSinceMs === null ? Math.max(0, event.atMs - view.workedAtMs) : 0;
        view.turn = { ...view.turn, waitedMs: waitedMs + awayMs };
      }
      return;
    case 'session.closed':
      view.closed = true;
      return;
    case 'message.queued':
    case 'message.changed':
    case 'message.cancelled':
    case 'checkpoint.created':
    case 'files.changed':
    case 'context.selected':
    case 'context.adjusted':
    case 'rule.removed':
    case 'rules.read':
    case 'room.asked':
    case 'hooks.started':
    case 'sandbox.found':
      return;
    case 'message.delivered':
      view.rows.push({ ...at(event), kind: 'said', text: event.text, attachments: event.attachments, steered: true });
      return;
    case 'conversation.rewound':
      rewind(view, event);
      return;
    case 'instructions.read': {
      const fact: RuleFact = { kind: 'instructions', path: event.path, isGone: event.text === '' };
      view.rows.push({ ...at(event), kind: 'rule', fact });
      return;
    }
    case 'context.compacted':
      view.rows.push({ ...at(event), kind: 'rule', fact: roomFact(event) });
      return;
    case 'checkpoint.restored': {
      const toAtMs = view.copies.findLast(({ checkpoint }) => checkpoint === event.checkpoint)?.atMs ?? null;
      const fact: RuleFact = { kind: 'restored', toAtMs, files: event.files.length, as: event.as };
      view.rows.push({ ...at(event), kind: 'rule', fact });
      return;
    }
    case 'turn.started':
      if (view.turn && !view.turn.outcome) {
        const fact: RuleFact = { kind: 'closed', step: view.turn.step };
        view.rows.push({ ...at(event), turn: view.turn.number, kind: 'rule', key: `e${event.seq}.closed`, fact });
        closeSteps(view);
      }
      if (view.inFlight) addCutRequest(view);
      view.inFlight = false;
      unpause(view, event.atMs);
      view.closed = false;
      view.turn = {
        number: event.turn,
        startedAtMs: event.atMs,
        step: event.step,
        waitedMs: 0,
        waitingSinceMs: null,
        outcome: null,
        edits: false,
        changed: [],
        lastEditAtMs: null,
        cutRequests: 0,
      };
      view.calls = new Map();
      view.waiting = [];
      view.retry = null;
      view.live = quiet;
      if (view.plan?.items.every(({ state }) => state === 'done' || state === 'dropped')) setPlan(view, null, event);
      if (view.title === '') view.title = firstLine(event.text);
      view.rows.push({ ...at(event), kind: 'said', text: event.text, attachments: event.attachments, steered: false });
      return;
    case 'model.requested':
      if (view.retry) {
        const { code, fromMs, untilMs } = view.retry;
        const waitedMs = Math.max(0, Math.min(untilMs ?? event.atMs, event.atMs) - fromMs);
        view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'retried', code, waitedMs } });
        // What waited for a server that was gone worked on nothing.
        if (view.turn && untilMs === null) view.turn = { ...view.turn, waitedMs: view.turn.waitedMs + waitedMs };
      }
      tellRoute(view, event);
      if (view.inFlight) addCutRequest(view);
      view.inFlight = true;
      view.retry = null;
      view.tries = event.attempt;
      view.live = { ...view.live, doing: 'thinking', text: '', thinking: '' };
      return;
    case 'model.responded': {
      const { reply } = event;
      view.inFlight = false;
      reply.content.forEach((block, i) => {
        const key = `e${event.seq}.${i}`;
        if (block.type === 'thinking' && block.thinking.trim() !== '') {
          view.rows.push({ ...at(event), kind: 'thought', key, text: block.thinking });
        } else if (block.type === 'text' && block.text.trim() !== '') {
          view.rows.push({ ...at(event), kind: 'answer', key, text: block.text, cut: reply.stop === 'max_tokens' });
        }
      });
      view.live = { ...view.live, doing: 'nothing', text: '', thinking: '' };
      view.usage = addUsage(view.usage, reply.usage);
      view.contextTokens = total(reply.usage);
      view.costUsd = view.costUsd === null || event.costUsd === null ? null : view.costUsd + event.costUsd;
      return;
    }
    case 'side.requested':
      return;
    case 'side.ended':
      if (event.reply) view.usage = addUsage(view.usage, event.reply.usage);
      view.costUsd = view.costUsd === null || event.costUsd === null ? null : view.costUsd + event.costUsd;
      return;
    case 'model.failed':
      view.inFlight = false;
      view.live = { ...view.live, doing: 'nothing', text: '', thinking: '' };
      view.retry =
        event.retryInMs === null && event.waits !== true
          ? null
          : {
              code: event.code,
              message: event.message,
              fromMs: event.atMs,
              untilMs: event.retryInMs === null ? null : event.atMs + event.retryInMs,
              tries: view.tries,
            };
      return;
    case 'tool.requested': {
      const what = whatOf(event.tool, event.resources);
      if (view.turn && what === 'edit') view.turn = { ...view.turn, edits: true };
      view.calls.set(event.call, view.rows.length);
      view.rows.push({
        // Spelled out: with a spread in front of so many fields a row takes 30 µs, and a long session has thousands.
        key: `e${event.seq}`,
        seq: event.seq,
        turn: event.turn,
        step: event.step,
        atMs: event.atMs,
        kind: 'step',
        call: event.call,
        tool: event.tool,
        what,
        object: objectOf(what, event.tool, event.input, event.resources),
        state: 'will',
        startedAtMs: null,
        ms: null,
        question: null,
        decision: null,
        detail: null,
        result: '',
        changes: [],
        hunks: new Map(),
      });
      return;
    }
    case 'approval.requested': {
      const { question } = event;
      if (!stepOf(view, event.call)) return;
      change(view, event.call, {
        state: 'asks',
        question,
        hunks: new Map(), // asked anew: words on the old proposal that still hold are said again
        ...(question.kind === 'edits' ? { changes: question.changes } : {}),
      });
      const known = view.waiting.find(({ call }) => call === event.call);
      const now = { call: event.call, question, times: (known?.times ?? 0) + 1 };
      view.waiting = known ? view.waiting.map((one) => (one === known ? now : one)) : [...view.waiting, now];
      if (view.turn?.waitingSinceMs === null) view.turn = { ...view.turn, waitingSinceMs: event.atMs };
      return;
    }
    case 'hunk.resolved': {
      const step = stepOf(view, event.call);
      if (!step) return;
      const hunks = new Map(step.hunks);
      if (event.verdict === 'proposed') hunks.delete(event.hunk);
      else hunks.set(event.hunk, { state: event.verdict, reason: event.reason ?? '', written: false });
      change(view, event.call, { hunks });
      return;
    }
    case 'tool.decided': {
      const step = stepOf(view, event.call);
      const { decision } = event;
      const hunks = step?.question?.kind === 'edits' ? settle(step, decision) : step?.hunks;
      change(view, event.call, {
        decision,
        state: decision.action === 'deny' ? 'denied' : 'will',
        ...(hunks ? { hunks } : {}),
      });
      view.waiting = view.waiting.filter(({ call }) => call !== event.call);
      if (view.turn && view.turn.waitingSinceMs !== null && view.waiting.length === 0) {
        const waitedMs = view.turn.waitedMs + Math.max(0, event.atMs - view.turn.waitingSinceMs);
        view.turn = { ...view.turn, waitedMs, waitingSinceMs: null };
      }
      if (decision.action !== 'allow') return;
      if (decision.plan) setPlan(view, decision.plan, event);
      if (decision.mode) setMode(view, decision.mode, event);
      return;
    }
    case 'rule.added':
      if (event.rule.action !== 'allow') return;
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'allowed', what: event.rule.match.value } });
      return;
    case 'tool.started':
      change(view, event.call, { state: 'running', startedAtMs: event.atMs });
      return;
    case 'tool.finished': {
      const { result } = event;
      const detail = 'detail' in result ? (result.detail ?? null) : null;
      change(view, event.call, { state: stateOf(result), ms: event.ms, detail, result: result.text });
      const step = stepOf(view, event.call);
      if (step && detail?.kind === 'edit' && step.changes.length === 0)
        change(view, event.call, { changes: detail.applied });
      // A call that ends without a decision (its answer was cut short) waits no longer.
      view.waiting = view.waiting.filter(({ call }) => call !== event.call);
      if (view.live.output.has(event.call)) {
        const output = new Map(view.live.output);
        output.delete(event.call);
        view.live = { ...view.live, output };
      }
      if (detail?.kind === 'command' && detail.background?.isRunning === false)
        endBehind(view, detail.background.id, detail, stateOf(result));
      return;
    }
    case 'command.ended': {
      const { id, line, how, exitCode, whole } = event;
      const state = how === 'itself' ? (exitCode === 0 ? 'done' : 'failed') : 'stopped';
      endBehind(view, id, { exitCode, ...(whole && { whole }) }, state);
      view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'command', line, how, exitCode } });
      return;
    }
    case 'plan.updated':
      setPlan(view, event.plan, event);
      return;
    case 'change.applied': {
      const step = stepOf(view, event.call);
      const at = view.calls.get(event.call);
      if (step && at !== undefined) {
        const changes = step.changes.length === 0 ? event.changes : step.changes;
        change(view, event.call, { changes, hunks: write(step, event.changes) });
        view.edits.set(event.call, at);
      }
      if (step?.decision?.by.kind !== 'user')
        for (const { path, hunks } of event.changes) for (const { id } of hunks) view.open.set(id, path);
      if (view.turn) {
        view.turn = { ...view.turn, changed: addChanges(view.turn.changed, event.changes), lastEditAtMs: event.atMs };
      }
      return;
    }
    case 'change.reviewed':
      for (const [call, reviews] of byCall(event.hunks)) {
        const at = view.edits.get(call);
        const row = at === undefined ? undefined : view.rows[at];
        if (at !== undefined && row?.kind === 'step' && row.call === call)
          view.rows[at] = { ...row, hunks: review(row, reviews) };
      }
      for (const { hunk, state } of event.hunks) {
        if (isOpen(state)) view.open.set(hunk, event.path);
        else view.open.delete(hunk);
      }
      return;
    case 'problems.found': {
      const fact: RuleFact = { kind: 'problems', files: event.files.map(countProblems) };
      if (event.files.length > 0) view.rows.push({ ...at(event), kind: 'rule', fact });
      return;
    }
    case 'warning.raised':
      view.rows.push({ ...at(event), kind: 'warning', code: event.code, message: event.message });
      return;
    case 'hooks.ended':
      // A call that was stopped says so itself.
      event.said.forEach(({ command, says, failed, reason, ran }, i) => {
        const warning = { ...at(event), kind: 'warning', code: 'hook' } as const;
        if (failed || (says === 'block' && event.call === null))
          view.rows.push({ ...warning, key: `e${event.seq}.${i}`, message: reason });
        (ran?.left ?? []).forEach((line, n) => {
          view.rows.push({ ...warning, key: `e${event.seq}.${i}.${n}`, message: `The hook "${command}": ${line}` });
        });
      });
      return;
    case 'turn.ended': {
      closeSteps(view);
      if (view.inFlight) addCutRequest(view);
      view.inFlight = false;
      unpause(view, event.atMs);
      view.waiting = [];
      view.retry = null;
      view.live = quiet;
      const { outcome, ms, usage, costUsd } = event;
      const changed = view.turn?.changed ?? [];
      const lastEditAtMs = view.turn?.lastEditAtMs ?? null;
      if (view.turn) view.turn = { ...view.turn, outcome, waitingSinceMs: null };
      view.rows.push({
        ...at(event),
        kind: 'report',
        outcome,
        steps: event.step,
        ms,
        usage,
        costUsd,
        changed,
        lastEditAtMs,
        cutRequests: view.turn?.cutRequests ?? 0,
      });
      return;
    }
  }
}

function pushCheckpoint(view: Draft, event: Event): void {
  if (!view.turn || view.turn.outcome) return;
  const { number, step } = view.turn;
  const copy = firstCopyOf(view.copies, number, step);
  // A step that was cut and went on ends twice.
  const known = copy && view.rows.findLast((row) => row.kind === 'rule' && row.fact.kind === 'checkpoint');
  if (
    !copy ||
    (known?.kind === 'rule' && known.fact.kind === 'checkpoint' && known.fact.checkpoint === copy.checkpoint)
  )
    return;
  const fact: RuleFact = { kind: 'checkpoint', checkpoint: copy.checkpoint, atMs: copy.atMs };
  // Of what was before: going back to before this event keeps it.
  view.rows.push({
    ...at(event),
    seq: event.seq - 1,
    turn: number,
    step,
    kind: 'rule',
    key: `e${event.seq}.checkpoint`,
    fact,
  });
}

function setPlan(view: Draft, plan: Plan | null, { seq }: Event): void {
  view.plan = plan;
  view.plans = [...view.plans, { seq, plan }];
}

function addCutRequest(view: Draft): void {
  view.cutRequests += 1;
  if (view.turn) view.turn = { ...view.turn, cutRequests: view.turn.cutRequests + 1 };
}

function pauseFor(view: Draft, event: Event, why: 'budget' | 'stall'): void {
  view.paused = true;
  view.rows.push({ ...at(event), kind: 'rule', fact: { kind: 'paused', untilMs: null, why } });
}

function unpause(view: Draft, atMs: number): void {
  view.stall = null;
  if (!view.paused) return;
  view.paused = false;
  const at = view.rows.findLastIndex((row) => row.kind === 'rule' && row.fact.kind === 'paused');
  const row = view.rows[at];
  if (row?.kind === 'rule' && row.fact.kind === 'paused')
    view.rows[at] = { ...row, fact: { ...row.fact, untilMs: atMs } };
}

/** What was open or waited in the session that this one is a copy of is not taken over. */
function endOpenTurn(view: Draft): void {
  closeSteps(view);
  view.open.clear();
  view.waiting = [];
  view.retry = null;
  view.live = quiet;
  view.inFlight = false;
  view.paused = false;
  view.stall = null;
  view.closed = false;
  if (view.turn?.outcome === null) view.turn = null;
}

/** The conversation is what it was before event `to`; what was done to files stays, and is told. */
function rewind(view: Draft, event: Event & { readonly type: 'conversation.rewound' }): void {
  const { to } = event;
  const gone = view.rows.filter(({ seq }) => seq >= to);
  const [first] = gone;
  const saidAtMs = first?.kind === 'said' && first.seq === to ? first.atMs : null;
  const step = first?.step ?? view.turn?.step ?? 0;
  if (view.inFlight) addCutRequest(view);
  closeSteps(view);
  view.rows = [
    ...view.rows.filter(({ seq }) => seq < to),
    ...gone.filter((row) => row.kind === 'rule' && row.fact.kind === 'restored'),
    { ...at(event), kind: 'rule', fact: { kind: 'rewound', saidAtMs, step } },
  ];
  view.plans = view.plans.filter(({ seq }) => seq < to);
  view.plan = view.plans.at(-1)?.plan ?? null;
  view.turn = null;
  view.calls = new Map();
  for (const [call, at] of view.edits) {
    const row = view.rows[at];
    if (row?.kind !== 'step' || row.call !== call) view.edits.delete(call);
  }
  view.waiting = [];
  view.retry = null;
  view.live = quiet;
  view.inFlight = false;
  view.paused = false;
  view.stall = null;
  view.contextTokens = 0; // known again with the next reply
}

function change(view: Draft, call: CallId, patch: Partial<StepRow>): void {
  const at = view.calls.get(call);
  const row = at === undefined ? undefined : view.rows[at];
  if (at !== undefined && row?.kind === 'step') view.rows[at] = { ...row, ...patch };
}

/** The row of a command that went on in the background says how it ended, in whatever turn it stands. */
function endBehind(
  view: Draft,
  id: string,
  { exitCode, whole }: { readonly exitCode: number | null; readonly whole?: BlobRef },
  state: StepState,
): void {
  const at = view.rows.findLastIndex((row) => row.kind === 'step' && row.state === 'behind' && idBehind(row) === id);
  const row = view.rows[at];
  if (row?.kind !== 'step' || row.detail?.kind !== 'command') return;
  view.rows[at] = { ...row, state, detail: { ...row.detail, exitCode, ...(whole && { whole }) } };
}

function idBehind({ what, detail }: StepRow): string | null {
  return what === 'command' && detail?.kind === 'command' ? (detail.background?.id ?? null) : null;
}

/** What had no end when its turn ended: a start without an end has an unknown fate, the rest never began. */
function closeSteps(view: Draft): void {
  for (const [call, at] of view.calls) {
    const row = view.rows[at];
    if (row?.kind !== 'step') continue;
    if (row.state === 'running') change(view, call, { state: 'unseen' });
    else if (row.state === 'will' || row.state === 'asks') change(view, call, { state: 'stopped' });
  }
}

/** Said once where steps begin to go elsewhere, and once where they come back. */
function tellRoute(view: Draft, event: Event & { readonly type: 'model.requested' }): void {
  const { model, route } = event;
  const isOwn = model === view.model && (route?.effort ?? null) === view.effort;
  const to = { model, effort: route?.effort ?? null };
  if (isOwn ? view.routed === null : view.routed?.model === to.model && view.routed.effort === to.effort) return;
  view.routed = isOwn ? null : to;
  const fact: RuleFact = { kind: 'routed', to, why: isOwn ? null : (route?.why ?? '') };
  view.rows.push({ ...at(event), kind: 'rule', key: `e${event.seq}.routed`, fact });
}

function setMode(view: Draft, mode: Mode, event: Event): void {
  if (mode === view.mode) return;
  view.mode = mode;
  if (view.rows.length > 0)
    view.rows.push({ ...at(event), kind: 'rule', key: `e${event.seq}.mode`, fact: { kind: 'mode', mode } });
}

function total({ input, cacheRead, cacheWrite, output }: Usage): number {
  return input + cacheRead + cacheWrite + output;
}

function roomFact({ kept, why, record, summary, ...more }: Compaction): RuleFact {
  const { beforeTokens = null, afterTokens = null } = more;
  const text = [record ?? '', summary ?? ''].filter((part) => part !== '').join('\n\n');
  return { kind: 'room', kept, why: why ?? null, beforeTokens, afterTokens, text };
}
