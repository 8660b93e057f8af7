/**
 * What each event looks like: checked where no checksum of ours vouches for it, in logs from before checksums and in files that a
 * person brings. The compiler asks for a line here for each event and each of its fields.
 */
import type {
  AppliedFile,
  FileChange,
  FileProblems,
  Hunk,
  HunkResolution,
  HunkReview,
  Problem,
} from '../core/change.ts';
import { budgetScopes, budgetUnits, type Budget, type Budgets } from '../core/budget.ts';
import type { FileStep, PathState } from '../core/checkpoint.ts';
import type { Attachment, Environment, Event, Evidence, Fact, Skill } from '../core/event.ts';
import { hookEvents, type HookSaid } from '../core/hooks.ts';
import { isObject } from '../core/json.ts';
import type { Reply, Usage } from '../core/model.ts';
import { modes, type AlwaysOffer, type Resource, type Rule } from '../core/permission.ts';
import type { Plan, PlanItem } from '../core/plan.ts';
import { efforts, purposes, type Route } from '../core/purpose.ts';
import { stallKinds } from '../core/stall.ts';
import type { ContextPiece, Reason, StalePiece } from '../core/symbols.ts';

export type Check = (value: unknown) => boolean;

export const text: Check = (value) => typeof value === 'string';
export const flag: Check = (value) => typeof value === 'boolean';
export const number: Check = (value) => Number.isFinite(value);
export const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
export const listOf =
  (one: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(one);
export const orNull =
  (some: Check): Check =>
  (value) =>
    value === null || some(value);
/** Other fields may stand beside these. */
export const fields =
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T is what asks for each field
  <T>(checks: { readonly [K in keyof T]-?: Check }): Check =>
    (value) =>
      isObject(value) && Object.entries<Check>(checks).every(([name, check]) => check(value[name]));

const maybe =
  (some: Check): Check =>
  (value) =>
    value === undefined || some(value);
export const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.includes(value as string);
/** A union by one of its fields. */
const byField =
  (field: string, variants: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return false;
    const name = value[field];
    return typeof name === 'string' && Object.hasOwn(variants, name) && variants[name]?.(value) === true;
  };
const anything: Check = (value) => value !== undefined;
const nothingMore: Check = isObject;

/** The event as a whole: its place, its time and what it says. */
export function isEvent(value: unknown): value is Event {
  return isObject(value) && envelope(value) && isKnown(value['type']) && facts[value['type']](value);
}

export function isKnown(type: unknown): type is Fact['type'] {
  return typeof type === 'string' && Object.hasOwn(facts, type);
}

const actor = byField('kind', { user: nothingMore, agent: fields({ model: text }), system: fields({ room: text }) });
const envelope = fields<Omit<Event, keyof Fact>>({
  v: (value) => value === 2,
  session: text,
  seq: count,
  atMs: number,
  actor,
  turn: count,
  step: count,
});

const mode = oneOf(...modes);
const texts = listOf(text);
const heldBy = oneOf('none', 'bubblewrap', 'seatbelt');
const usage = fields<Usage>({ input: number, cacheWrite: number, cacheRead: number, output: number });

const attachment = fields<Attachment>({
  kind: oneOf('file', 'selection', 'symbol', 'problem', 'change', 'diff'),
  label: text,
  text,
});
const attachments = listOf(attachment);
const environment = fields<Environment>({
  folders: texts,
  platform: text,
  shell: text,
  date: text,
  attended: flag,
  topLevel: texts,
  instructions: listOf(fields<Environment['instructions'][number]>({ path: text, text })),
  skills: maybe(listOf(fields<Skill>({ name: text, description: text, path: text }))),
  notes: maybe(texts),
});

const ruleSource = oneOf('managed', 'user', 'session', 'workspace', 'cli');
const rule = fields<Rule>({
  action: oneOf('allow', 'ask', 'deny'),
  tool: oneOf('shell', 'read', 'write', 'net', 'note'),
  match: fields<Rule['match']>({ kind: oneOf('exact', 'prefix', 'glob'), value: text }),
  source: ruleSource,
});
const resource = fields<Resource>({
  effect: oneOf('read', 'plan', 'note', 'write', 'execute', 'network', 'destroy'),
  target: text,
  outside: maybe(flag),
});

const hunk = fields<Hunk>({
  id: text,
  startLine: count,
  removed: texts,
  added: texts,
  before: texts,
  after: texts,
  where: maybe(text),
});
const changes = listOf(
  fields<FileChange>({
    path: text,
    beforeHash: orNull(text),
    hunks: listOf(hunk),
    fate: maybe(byField('kind', { deleted: nothingMore, moved: fields({ to: text }) })),
  }),
);
const appliedFiles = listOf(
  fields<AppliedFile>({ path: text, afterHash: text, saved: flag, formatted: maybe(listOf(hunk)) }),
);
const reviews = listOf(
  fields<HunkReview>({
    hunk: text,
    state: oneOf('applied', 'asked', 'accepted', 'rejected', 'edited', 'superseded'),
    reason: maybe(text),
    line: count,
    text: maybe(texts),
  }),
);
const problem = fields<Problem>({
  line: count,
  severity: oneOf('error', 'warning'),
  message: text,
  source: maybe(text),
});
const fileProblems = listOf(fields<FileProblems>({ path: text, textHash: text, problems: listOf(problem) }));
const resolution: { readonly [K in keyof HunkResolution]-?: Check } = {
  hunk: text,
  verdict: oneOf('accepted', 'rejected', 'asked', 'edited', 'proposed'),
  reason: maybe(text),
};

const blob = fields({ hash: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value), bytes: count });
const fileState = byField('kind', {
  absent: fields({ folders: maybe(count) }),
  file: fields({ blob, mode: count, unsaved: maybe((value) => value === true) }),
  link: fields({ target: text }),
  unkept: fields({ why: text }),
});
const pathStates = listOf(fields<PathState>({ path: text, state: fileState }));
const fileSteps = listOf(fields<FileStep>({ path: text, before: fileState, after: fileState }));

const plan = fields<Plan>({
  items: listOf(
    fields<PlanItem>({
      text,
      state: oneOf('todo', 'doing', 'done', 'dropped'),
      detail: maybe(text),
      files: maybe(texts),
    }),
  ),
  doneWhen: texts,
});

const offers = listOf(fields<AlwaysOffer>({ rule: text, also: texts }));
const question = byField('kind', {
  plan: fields({ plan, why: text }),
  edits: fields({ changes, why: text }),
  command: fields({
    line: text,
    cwd: text,
    timeoutMs: orNull(number),
    why: text,
    tier: maybe(oneOf('write', 'dangerous')),
    part: maybe(text),
    always: maybe(offers),
  }),
  access: fields({ tool: text, resources: listOf(resource), why: text, text: maybe(text), always: maybe(offers) }),
});

const decidedBy = byField('kind', {
  user: nothingMore,
  mode: fields({ mode }),
  rule: fields({ rule: text, source: maybe(ruleSource) }),
  hook: fields({ hook: text }),
  nobody: nothingMore,
});
const decision = byField('action', {
  allow: fields({
    by: decidedBy,
    accepted: maybe(changes),
    hunks: maybe(listOf(fields(resolution))),
    mode: maybe(mode),
    plan: maybe(plan),
    remember: maybe(rule),
    keep: maybe(oneOf('workspace', 'everywhere')),
    note: maybe(text),
  }),
  deny: fields({ by: decidedBy, reason: text, hunks: maybe(listOf(fields(resolution))), stop: maybe(flag) }),
});

const detail = byField('kind', {
  read: fields({ path: text, lines: number, startLine: maybe(count), hash: maybe(text) }),
  list: fields({ path: text, entries: number }),
  search: fields({ matches: number, files: number }),
  symbols: fields({ found: number, source: text }),
  edit: fields({ applied: changes, files: appliedFiles }),
  plan: fields({ plan }),
  command: fields({
    exitCode: orNull(number),
    timedOut: flag,
    outputBytes: number,
    outputLines: number,
    whole: maybe(blob),
    held: maybe(heldBy),
    background: maybe(fields({ id: text, isRunning: flag })),
    cwd: maybe(text),
  }),
});
const result = byField('status', {
  ok: fields({ text, detail: maybe(detail), untrusted: maybe(text), whole: maybe(blob) }),
  error: fields({ code: text, text, detail: maybe(detail), whole: maybe(blob) }),
  denied: fields({ text }),
  interrupted: fields({ text }),
});

const reply = fields<Reply>({
  model: text,
  content: listOf(
    byField('type', {
      text: fields({ text }),
      thinking: fields({ thinking: text, signature: text }),
      redacted_thinking: fields({ data: text }),
      tool_use: fields({ id: text, name: text, input: anything }),
    }),
  ),
  stop: oneOf('end_turn', 'tool_use', 'max_tokens', 'refusal', 'context_overflow'),
  usage,
  guessed: maybe((value) => value === true),
});

const purpose = oneOf(...purposes);
const effort = oneOf(...efforts);

const budget = fields<Budget>({
  usd: orNull(number),
  tokens: orNull(number),
  steps: orNull(number),
  minutes: orNull(number),
});
const budgets = fields<Budgets>({ turn: budget, session: budget, day: budget });
const ofBudget = { scope: oneOf(...budgetScopes), unit: oneOf(...budgetUnits) };

const range = { path: text, startLine: count, endLine: count };
const reasons = listOf(
  fields<Reason>({
    kind: oneOf('pinned', 'named', 'place', 'words', 'path', 'history', 'together', 'uses', 'used_by', 'near', 'alike'),
    of: texts,
  }),
);
const pieces = listOf(
  fields<ContextPiece>({
    ...range,
    form: oneOf('body', 'part', 'signature', 'outline'),
    symbol: orNull(text),
    text,
    tokens: number,
    why: reasons,
  }),
);
const stalePieces = listOf(
  fields<StalePiece>({ ...range, symbol: orNull(text), now: oneOf('changed', 'moved', 'gone'), by: number }),
);
const adjusted = fields({ path: text, symbol: orNull(text), as: oneOf('pinned', 'dropped', 'free') });

const hookEvent = oneOf(...hookEvents);
const hookSaid = fields<HookSaid>({
  command: text,
  says: oneOf('nothing', 'ask', 'block'),
  reason: text,
  context: text,
  input: () => true,
  failed: flag,
  ran: maybe(fields<NonNullable<HookSaid['ran']>>({ exitCode: orNull(number), held: heldBy, left: texts })),
});
const evidence = listOf(fields<Evidence>({ text, atMs: number, seq: count, passed: flag, stale: flag }));
const outcome = byField('kind', {
  done: fields({ verified: flag, summary: text, evidence }),
  partial: fields({ summary: text, done: texts, left: texts, why: text, message: text, evidence }),
  failed: fields({ code: text, message: text }),
  cancelled: nothingMore,
});

type Of<T extends Fact['type']> = Omit<Extract<Fact, { readonly type: T }>, 'type'>;

const facts: { readonly [T in Fact['type']]: Check } = {
  'session.started': fields<Of<'session.started'>>({ environment, mode, model: text, rules: listOf(rule) }),
  'session.changed': fields<Of<'session.changed'>>({
    title: maybe(text),
    mode: maybe(mode),
    model: maybe(text),
    effort: maybe(orNull(effort)),
  }),
  'session.forked': fields<Of<'session.forked'>>({ from: text, through: count }),
  'session.imported': fields<Of<'session.imported'>>({ from: text }),
  'session.paused': nothingMore,
  'session.resumed': fields<Of<'session.resumed'>>({ after: oneOf('pause', 'cut'), cutRequest: flag }),
  'session.closed': nothingMore,
  'turn.started': fields<Of<'turn.started'>>({ text, attachments, message: orNull(text) }),
  'message.queued': fields<Of<'message.queued'>>({ message: text, text, attachments, steer: flag }),
  'message.changed': fields<Of<'message.changed'>>({
    message: text,
    text: maybe(text),
    steer: maybe(flag),
    before: maybe(orNull(text)),
  }),
  'message.cancelled': fields<Of<'message.cancelled'>>({ message: text }),
  'message.delivered': fields<Of<'message.delivered'>>({ message: text, text, attachments }),
  'conversation.rewound': fields<Of<'conversation.rewound'>>({ to: count }),
  'context.selected': fields<Of<'context.selected'>>({
    pieces,
    stale: stalePieces,
    budgetTokens: number,
    complete: flag,
    ms: number,
  }),
  'context.adjusted': fields<Of<'context.adjusted'>>({ refs: listOf(adjusted) }),
  'room.asked': fields<Of<'room.asked'>>({ keep: text }),
  'context.compacted': fields<Of<'context.compacted'>>({
    kept: count,
    why: maybe(oneOf('full', 'overflow', 'asked', 'cost')),
    left: maybe(texts),
    record: maybe(text),
    summary: maybe(orNull(text)),
    beforeTokens: maybe(number),
    afterTokens: maybe(number),
    windowTokens: maybe(number),
  }),
  'model.requested': fields<Of<'model.requested'>>({
    model: text,
    promptHash: text,
    messages: count,
    attempt: count,
    route: maybe(fields<Pick<Route, 'purpose' | 'effort' | 'why'>>({ purpose, effort: orNull(effort), why: text })),
  }),
  'model.responded': fields<Of<'model.responded'>>({
    reply,
    firstByteMs: orNull(number),
    ms: number,
    costUsd: orNull(number),
  }),
  'model.failed': fields<Of<'model.failed'>>({
    code: text,
    message: text,
    retryInMs: orNull(number),
    waits: maybe(flag),
  }),
  'side.requested': fields<Of<'side.requested'>>({
    purpose,
    model: text,
    effort: maybe(effort),
    promptHash: text,
    attempt: count,
  }),
  'side.ended': fields<Of<'side.ended'>>({
    purpose,
    reply: orNull(reply),
    fault: orNull(fields({ code: text, message: text, retryInMs: orNull(number) })),
    ms: number,
    costUsd: orNull(number),
  }),
  'budget.set': fields<Of<'budget.set'>>({ limits: budgets, unpriced: orNull(text) }),
  'budget.added': fields<Of<'budget.added'>>({ ...ofBudget, amount: number }),
  'budget.reached': fields<Of<'budget.reached'>>({
    ...ofBudget,
    used: number,
    limit: number,
    unpricedTokens: maybe(number),
    then: oneOf('goes_on', 'pauses', 'ends'),
  }),
  'stall.found': fields<Of<'stall.found'>>({
    kind: oneOf(...stallKinds),
    what: text,
    evidence: text,
    times: count,
    since: count,
    then: oneOf('tells', 'pauses', 'ends'),
  }),
  'tool.requested': fields<Of<'tool.requested'>>({
    call: text,
    tool: text,
    input: anything,
    resources: orNull(listOf(resource)),
  }),
  'approval.requested': fields<Of<'approval.requested'>>({ call: text, question }),
  'hunk.resolved': fields<Of<'hunk.resolved'>>({ call: text, ...resolution }),
  'tool.decided': fields<Of<'tool.decided'>>({ call: text, decision }),
  'rule.added': fields<Of<'rule.added'>>({ rule }),
  'rule.removed': fields<Of<'rule.removed'>>({ rule }),
  'rules.read': fields<Of<'rules.read'>>({ rules: listOf(rule), broken: texts }),
  'instructions.read': fields<Of<'instructions.read'>>({ path: text, text }),
  'sandbox.found': fields<Of<'sandbox.found'>>({
    sandbox: byField('kind', {
      none: fields({ why: text, off: maybe(flag) }),
      bubblewrap: fields({ shares: maybe(flag) }),
      seatbelt: fields({ shares: maybe(flag) }),
    }),
  }),
  'hooks.started': fields<Of<'hooks.started'>>({ event: hookEvent, call: orNull(text), commands: texts }),
  'hooks.ended': fields<Of<'hooks.ended'>>({ event: hookEvent, call: orNull(text), said: listOf(hookSaid) }),
  'tool.started': fields<Of<'tool.started'>>({ call: text, attempt: text, changes: maybe(changes) }),
  'checkpoint.created': fields<Of<'checkpoint.created'>>({ checkpoint: text, call: orNull(text), files: pathStates }),
  'files.changed': fields<Of<'files.changed'>>({ call: text, files: fileSteps }),
  'checkpoint.restored': fields<Of<'checkpoint.restored'>>({ checkpoint: text, as: text, files: fileSteps }),
  'tool.finished': fields<Of<'tool.finished'>>({ call: text, result, ms: number }),
  'command.ended': fields<Of<'command.ended'>>({
    call: text,
    id: text,
    line: text,
    how: oneOf('itself', 'stopped', 'gone'),
    exitCode: orNull(number),
    whole: maybe(blob),
    held: maybe(heldBy),
  }),
  'plan.updated': fields<Of<'plan.updated'>>({ plan }),
  'change.applied': fields<Of<'change.applied'>>({ call: text, changes, files: appliedFiles }),
  'change.reviewed': fields<Of<'change.reviewed'>>({ path: text, hunks: reviews }),
  'problems.found': fields<Of<'problems.found'>>({ files: fileProblems }),
  'warning.raised': fields<Of<'warning.raised'>>({
    code: oneOf(
      'reply_cut',
      'limit_near',
      'not_saved',
      'secret_removed',
      'rules_broken',
      'rule_not_kept',
      'guide_fault',
    ),
    message: text,
  }),
  'turn.ended': fields<Of<'turn.ended'>>({ outcome, usage, costUsd: orNull(number), ms: number }),
};
