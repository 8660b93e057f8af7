/** The calls of one reply: judged, asked about, started, run, finished. Reads side by side, everything else in order. */
import type { ChangeSet, HunkResolution } from '../core/change.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Actor, CallId, Event, Fact, Question } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Json } from '../core/json.ts';
import type { ToolUseBlock } from '../core/model.ts';
import type { AlwaysOffer, Decision, Resource, Rule, Verdict } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Spool } from '../core/ports.ts';
import type { Standing, Tool, ToolResult } from '../core/tool.ts';
import { alwaysOffers } from '../permission/always.ts';
import { decide } from '../permission/decide.ts';
import { parseRule } from '../permission/rules.ts';
import { failed, prepareCall, runCall, type PreparedCall } from '../tools/run.ts';
import type { Agent } from './agent.ts';
import { deniedText, wordsWith } from './decisionWords.ts';
import type { OpenCall } from './fold.ts';
import { hookedVerdict, isHooked, runHooks, type HookWord } from './hooks.ts';
import type { Journal } from './journal.ts';
import { sessionHistory } from './recall.ts';
import { changed, factsOf, fateOf } from './recover.ts';
import { keepRule, readRules, rulesNow } from './rules.ts';
import { skillFolders } from './guides.ts';
import { findSandbox, isHeld } from './sandbox.ts';
import { isSuspended } from './signal.ts';
import { taintOf, withSource } from './taint.ts';

const system: Actor = { kind: 'system', room: 'session' };
const user: Actor = { kind: 'user' };

/** `stop`: the person ended the turn with an answer. `held`: paused in between. */
export type CallsEnd = 'go_on' | 'stop' | 'held';

/** `blocks`: the calls of a reply that have no result yet; some may have come a part of their way in an earlier life. */
export async function runCalls(
  agent: Agent,
  journal: Journal,
  blocks: readonly ToolUseBlock[],
  attempt: string,
  signal: AbortSignal,
): Promise<CallsEnd> {
  const run: Run = { agent, journal, attempt, signal };
  const { standing } = journal.state;
  const known = journal.state.turn?.calls;
  // An input that a hook changed stands in the log.
  const calls = blocks.map((block) =>
    prepare(agent, { ...block, input: known?.get(block.id)?.input ?? block.input }, standing),
  );
  const fresh = calls.filter(({ id }) => known?.has(id) !== true);
  if (fresh.length > 0) {
    void journal.append(
      { kind: 'agent', model: journal.state.model },
      ...fresh.map(({ id, tool, input, resources }): Fact => ({
        type: 'tool.requested',
        call: id,
        tool,
        input,
        resources,
      })),
    );
  }
  if (agent.sandbox) await findSandbox(agent.sandbox, journal, signal);
  const hooked = new Set<CallId>();
  for (const { id, tool, input } of calls) if (await isHooked(agent, id, tool, input)) hooked.add(id);
  for (let i = 0; i < calls.length;) {
    await readRules(agent, journal);
    const next = calls.slice(i, i + limits.parallelReads);
    const firstOther = next.findIndex((call) => hooked.has(call.id) || !runsBeside(run, call));
    const reads = firstOther < 0 ? next : next.slice(0, firstOther);
    if (reads.length > 0) {
      // Side by side, and told in their own order whichever ends first: the log depends on what they return, not on when.
      const ends = reads.map((call) => runOne(run, call));
      for (const end of ends) end.catch(() => undefined); // the first that breaks is thrown below
      for (const end of ends) (await end)();
      i += reads.length;
    } else {
      if (journal.state.paused) return 'held';
      const call = calls[i];
      if (call && (await runOne(run, call, hooked.has(call.id)))() === 'stop') return 'stop';
      if (call && hooked.has(call.id)) await afterwards(run, call);
      i++;
    }
    signal.throwIfAborted();
  }
  return 'go_on';
}

interface Run {
  readonly agent: Agent;
  readonly journal: Journal;
  readonly attempt: string;
  readonly signal: AbortSignal;
}

interface Call {
  readonly id: CallId;
  readonly tool: string;
  readonly input: Json;
  readonly prepared: PreparedCall;
  readonly resources: readonly Resource[] | null;
}

function prepare(agent: Agent, { id, name, input }: ToolUseBlock, standing: Standing): Call {
  const prepared = prepareCall(agent.tools, name, input, standing);
  if (!prepared.ok) return { id, tool: name, input, prepared, resources: null };
  try {
    return { id, tool: name, input, prepared, resources: prepared.tool.resources(prepared.input) };
  } catch (thrown) {
    // A path that no file can have, say: an answer for the model like any other fault of its input.
    const refused = { ok: false, result: failed(thrown, new AbortController().signal) } as const;
    return { id, tool: name, input, prepared: refused, resources: null };
  }
}

/** A call that may run at once and only looks; one that cannot be read has its error as an answer. */
function runsBeside(run: Run, { resources, prepared }: Call): boolean {
  if (prepared.ok && prepared.tool.watches === true) return false;
  return resources === null || (onlyLooks(resources) && judge(run, resources).action === 'allow');
}

function onlyLooks(resources: readonly Resource[]): boolean {
  return resources.every(({ effect }) => effect === 'read');
}

/** What it changes is not known beforehand. */
function runsSomething(resources: readonly Resource[]): boolean {
  return resources.some(({ effect }) => effect === 'execute' || effect === 'destroy' || effect === 'network');
}

/** `more`: rules that might be added. */
function judge({ agent, journal }: Run, resources: readonly Resource[], more: readonly Rule[] = []): Verdict {
  const { mode } = journal.state;
  const { rules, broken } = rulesNow(journal.state);
  const { files, shell, own, trusted = () => true } = agent;
  const isTrusted = trusted();
  const verdict = decide({
    mode: isTrusted ? mode : 'plan',
    rules: [...rules, ...more],
    broken,
    resources,
    ...taintOf(journal.state),
    locate: (path) => files.locate(path),
    leadsTo: (path) => files.leadsTo(path),
    ...isHeld(journal.state),
    ...skillFolders(journal.state),
    ...(shell && { shell }),
    ...(own && { own }),
  });
  return isTrusted || verdict.action !== 'deny' || verdict.by.kind !== 'mode'
    ? verdict
    : { ...verdict, reason: untrustedReason };
}

/** For the model. */
export const untrustedReason =
  'The user has not trusted this folder in the editor, so nothing may be changed or run. Read what you need and answer in words.';

/** Up to its result; what is returned writes that into the log. */
async function runOne(run: Run, asked: Call, isHookedCall = false): Promise<() => 'go_on' | 'stop'> {
  const { journal } = run;
  const { id: call } = asked;
  let wanted = asked;
  const startedAtMs = journal.clock.now();
  const finish =
    (result: ToolResult, facts: readonly Fact[] = [], next: 'go_on' | 'stop' = 'go_on') =>
    (): 'go_on' | 'stop' => {
      const ms = journal.clock.now() - startedAtMs;
      void journal.append(system, ...facts, { type: 'tool.finished', call, result, ms });
      return next;
    };
  if (!wanted.prepared.ok) return finish(wanted.prepared.result);
  if (wanted.resources === null)
    return finish({ status: 'error', code: 'bug', text: 'What it would touch is not known.' });

  const open = journal.state.turn?.calls.get(call) ?? null;
  if (open?.state === 'started') {
    const { result, steps } = await fateOf(run.agent, journal.state, open, run.signal);
    if (result !== 'not_done') return finish(withDecision(result, open.decision), factsOf(call, result, steps, open));
  }
  let word = open?.hook ?? null;
  if (isHookedCall && word === null) {
    const { id, tool, input } = wanted;
    word = await runHooks(run.agent, journal, { event: 'PreToolUse', call: id, tool, input }, run.signal);
    // What a hook made of the input is judged like anything else.
    if (word?.input !== undefined)
      wanted = prepare(run.agent, { type: 'tool_use', id, name: tool, input: word.input }, journal.state.standing);
  }
  const { prepared, resources } = wanted;
  if (!prepared.ok) return finish(prepared.result);
  if (resources === null) return finish({ status: 'error', code: 'bug', text: 'What it would touch is not known.' });
  const decided = await decideCall(run, wanted, prepared.tool, prepared.input, resources, open, word);
  if ('failed' in decided) return finish(decided.failed);
  const { decision, proposal } = decided;
  if (decision.action === 'deny')
    return finish({ status: 'denied', text: deniedText(decision) }, [], decision.stop === true ? 'stop' : 'go_on');
  const { result, facts } = await perform(run, wanted, prepared, resources, decision, proposal);
  return finish(withWords(result, decision), facts);
}

type Decided = { readonly decision: Decision; readonly proposal: ChangeSet | null } | { readonly failed: ToolResult };

/** What stands in the log already is not asked for again. */
async function decideCall(
  run: Run,
  { id: call, tool: name, input }: Call,
  tool: Tool,
  parsed: unknown,
  resources: readonly Resource[],
  open: OpenCall | null,
  word: HookWord | null,
): Promise<Decided> {
  const { journal, signal } = run;
  const said = open?.decision ?? null;
  if (said?.action === 'deny') return { decision: said, proposal: null };
  const verdict = hookedVerdict(judge(run, resources), word);
  // A person's word stands; what a mode or a rule allowed must be allowed still.
  const stands = said !== null && (said.by.kind === 'user' || verdict.action === 'allow');
  if (stands && open !== null && (open.changes !== null || !tool.propose)) {
    await rememberDecision(run, said);
    return { decision: said, proposal: open.changes };
  }
  let proposal: ChangeSet | null = null;
  if (verdict.action !== 'deny' && tool.propose) {
    try {
      proposal = await tool.propose(parsed, call, signal);
    } catch (thrown) {
      return { failed: failed(thrown, signal) };
    }
  }
  if (stands) return { decision: said, proposal };
  if (verdict.action === 'ask' && runsSomething(resources)) void run.agent.checkpoints.warm(signal); // while the person reads
  if (verdict.action === 'ask') {
    const question = questionOf(run, tool, parsed, input, resources, proposal, verdict);
    const asked = await askPerson(run, call, name, question);
    void journal.append(decider(asked.decision), { type: 'tool.decided', call, decision: asked.decision });
    await rememberDecision(run, asked.decision);
    return asked;
  }
  void journal.append(decider(verdict), { type: 'tool.decided', call, decision: verdict });
  return { decision: verdict, proposal };
}

function decider({ by }: Decision): Actor {
  return by.kind === 'user' ? user : system;
}

async function rememberDecision({ agent, journal }: Run, decision: Decision): Promise<void> {
  if (decision.action === 'deny') return;
  const { remember, keep, mode } = decision;
  const { rules, mode: now } = journal.state;
  if (remember && keep) await keepRule(agent, journal, keep, remember);
  else if (remember && !rules.some((rule) => JSON.stringify(rule) === JSON.stringify(remember)))
    void journal.append(decider(decision), { type: 'rule.added', rule: remember });
  if (mode && mode !== now) void journal.append(decider(decision), { type: 'session.changed', mode });
}

/** Copies first, then the start, durable, then the effect, then what it changed. */
async function perform(
  { agent, journal, attempt, signal }: Run,
  { id: call }: Call,
  { tool, input }: PreparedCall & { readonly ok: true },
  resources: readonly Resource[],
  decision: Decision & { readonly action: 'allow' },
  proposal: ChangeSet | null,
): Promise<{ readonly result: ToolResult; readonly facts: readonly Fact[] }> {
  const session = journal.state.id ?? '';
  const { checkpoints, blobs } = agent;
  const accepted = decision.accepted ?? proposal;
  const runs = runsSomething(resources);
  const watch = runs || tool.watches === true ? await checkpoints.watch(session, call, signal) : null;
  const paths = (accepted ?? []).flatMap(({ path, fate }) => (fate?.kind === 'moved' ? [path, fate.to] : [path]));
  const kept = paths.length > 0 ? await checkpoints.keep(session, paths, signal) : [];
  const asked = journal.state.turn?.calls.get(call)?.question?.kind === 'edits';
  const copies: readonly Fact[] =
    watch !== null || kept.length > 0
      ? [{ type: 'checkpoint.created', checkpoint: agent.newId(), call, files: kept }]
      : [];
  const changes = accepted !== null && !asked ? { changes: accepted } : {};
  void journal.append(system, ...copies, { type: 'tool.started', call, attempt, ...changes });
  // **Invariant:** no effect before its decision and its start are on disk. Looking is no effect.
  if (!onlyLooks(resources)) await journal.settled();
  signal.throwIfAborted();

  const spool = runs ? blobs.spool(session, call) : null;
  const onOutput = (text: string): void => {
    spool?.write(text);
    journal.delta({ kind: 'output', call, text });
  };
  const ran = await runCall(tool, decision.plan ?? input, {
    session,
    turn: journal.state.turns,
    call,
    handle: handleOf(journal.events, call),
    keep: (text) => blobs.put(session, Buffer.from(text), 'later').catch(() => null),
    history: sessionHistory(session, journal.events, blobs),
    proposed: proposal,
    accepted,
    onOutput,
    signal,
  });
  // Its process ends in the middle of the call: whoever goes on finds out what became of it.
  if (isSuspended(signal) && ran.status === 'interrupted') throw signal.reason;
  const goesOn = ran.status === 'ok' && ran.detail?.kind === 'command' && ran.detail.background?.isRunning === true;
  if (goesOn && spool) agent.commands?.keepWith(session, call, () => spool.end(true));
  const result = withSource(goesOn ? ran : await withWhole(ran, spool), resources);
  const after = new AbortController().signal; // what a stopped command has changed counts as well
  const steps = watch ? await watch.end(after) : changed(await checkpoints.steps(session, kept, after));
  if (steps.length > 0) agent.changed?.(steps.map(({ path }) => path));
  return { result, facts: factsOf(call, result, steps, null) };
}

/** Short, and known before the result is: the place of the call in the log. */
function handleOf(events: readonly Event[], call: CallId): string {
  const asked = events.findLast((one) => one.type === 'tool.requested' && one.call === call);
  return `#${String(asked?.seq ?? 0)}`;
}

/** The output as a whole, where the result holds only a part of it. */
async function withWhole(result: ToolResult, spool: Spool | null): Promise<ToolResult> {
  if (spool === null) return result;
  if (result.status !== 'ok' || result.detail?.kind !== 'command') {
    await spool.end(false);
    return result;
  }
  const { detail } = result;
  const whole = await spool.end(detail.outputBytes > limits.commandOutputBytes);
  return whole === null ? result : { ...result, detail: { ...detail, whole } };
}

function withDecision(result: ToolResult, decision: Decision | null): ToolResult {
  return decision?.action === 'allow' ? withWords(result, decision) : result;
}

async function askPerson(
  { agent, journal, signal }: Run,
  call: string,
  tool: string,
  question: Question,
): Promise<{ readonly decision: Decision; readonly proposal: ChangeSet | null }> {
  // The same question as before a restart waits again, with the words that were said on it.
  const before = journal.state.turn?.calls.get(call)?.question ?? null;
  if (before === null || JSON.stringify(before) !== JSON.stringify(question))
    await journal.append(system, { type: 'approval.requested', call, question });
  const { id, turn } = journal.state;
  let proposal = question.kind === 'edits' ? question.changes : null;
  const hunk = (resolution: HunkResolution): void => {
    void journal.append(user, { type: 'hunk.resolved', call, ...resolution });
  };
  const rebased = (changes: ChangeSet, resolved: readonly HunkResolution[]): void => {
    if (question.kind !== 'edits') return;
    proposal = changes;
    void journal.append(system, { type: 'approval.requested', call, question: { ...question, changes } });
    for (const resolution of resolved) hunk(resolution);
  };
  const approval = { session: id ?? '', call, tool, question, resolved: turn?.calls.get(call)?.resolved ?? [] };
  try {
    return { decision: await agent.approver.ask(approval, { hunk, rebased }, signal), proposal };
  } catch (thrown) {
    if (signal.aborted)
      throw new JourneymanError('cancelled', 'Stopped while it waited for an answer.', { cause: thrown });
    throw toError(thrown);
  }
}

/** Hooks hear of what became of a call; what they say goes to the model with its result. */
async function afterwards({ agent, journal, signal }: Run, { id: call, tool, input }: Call): Promise<void> {
  const event = journal.events.findLast((one) => one.type === 'tool.finished' && one.call === call);
  if (event?.type !== 'tool.finished' || event.result.status === 'denied') return;
  const { status, text } = event.result;
  await runHooks(agent, journal, { event: 'PostToolUse', call, tool, input, response: { status, text } }, signal);
}

/** What "Always" can mean here: nothing where a rule would change nothing, since another one asks, or a file is broken. */
function offersFor(run: Run, resources: readonly Resource[]): readonly AlwaysOffer[] {
  const past = run.journal.events.flatMap((event) =>
    event.type !== 'tool.requested'
      ? []
      : (event.resources ?? []).flatMap(({ effect, target }) => (effect === 'execute' ? [target] : [])),
  );
  return alwaysOffers(resources, past).filter(
    ({ rule }) => judge(run, resources, [parseRule(rule, 'allow', 'session')]).action === 'allow',
  );
}

function questionOf(
  run: Run,
  tool: Tool,
  parsed: unknown,
  input: Json,
  resources: readonly Resource[],
  changes: ChangeSet | null,
  { why, asked }: Verdict & { readonly action: 'ask' },
): Question {
  if (changes) return { kind: 'edits', changes, why };
  const offers = asked?.tier === 'dangerous' ? [] : offersFor(run, resources);
  const line = resources.find(({ effect }) => effect === 'execute')?.target;
  if (line !== undefined) {
    const { cwd, timeout_s: timeoutS } = input as { cwd?: string; timeout_s?: number };
    const timeoutMs = timeoutS === undefined ? null : timeoutS * 1000;
    const folder = resources.find(({ effect }) => effect === 'read')?.target;
    return {
      kind: 'command',
      line,
      cwd: cwd ?? folder ?? run.agent.files.folders[0] ?? '',
      timeoutMs,
      why,
      ...asked,
      ...(offers.length > 0 && { always: offers }),
    };
  }
  if (resources.some(({ effect }) => effect === 'plan')) return { kind: 'plan', plan: parsed as Plan, why };
  const shown = tool.shows?.(parsed);
  const text = shown === undefined ? {} : { text: shown };
  return { kind: 'access', tool: tool.name, resources, why, ...text, ...(offers.length > 0 && { always: offers }) };
}

/** The person's words go with the result, so that the model reads both in one place. */
function withWords(result: ToolResult, decision: Decision & { readonly action: 'allow' }): ToolResult {
  const words = wordsWith(decision);
  return words === '' ? result : { ...result, text: `${result.text}\n${words}` };
}
