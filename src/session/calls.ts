/** The calls of one reply: judged, asked about, started, run, finished. Reads side by side, everything else in order. */
import type { ChangeSet, HunkResolution } from '../core/change.ts';
import { JourneymanError, toError } from '../core/error.ts';
import type { Actor, CallId, Fact, Question } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Json } from '../core/json.ts';
import type { ToolUseBlock } from '../core/model.ts';
import type { Decision, Resource, Verdict } from '../core/permission.ts';
import type { Plan } from '../core/plan.ts';
import type { Tool, ToolResult } from '../core/tool.ts';
import { decide } from '../permission/decide.ts';
import { failed, prepareCall, runCall, type PreparedCall } from '../tools/run.ts';
import type { Agent } from './agent.ts';
import type { Journal } from './journal.ts';

const system: Actor = { kind: 'system', room: 'session' };
const user: Actor = { kind: 'user' };

/** `stop`: the person ended the turn with an answer. */
export async function runCalls(
  agent: Agent,
  journal: Journal,
  blocks: readonly ToolUseBlock[],
  attempt: string,
  signal: AbortSignal,
): Promise<'go_on' | 'stop'> {
  const run: Run = { agent, journal, attempt, signal };
  const calls = blocks.map((block) => prepare(agent, block));
  void journal.append(
    { kind: 'agent', model: journal.state.model },
    ...calls.map(({ id, tool, input, resources }): Fact => ({
      type: 'tool.requested',
      call: id,
      tool,
      input,
      resources,
    })),
  );
  for (let i = 0; i < calls.length;) {
    const next = calls.slice(i, i + limits.parallelReads);
    const firstOther = next.findIndex((call) => !runsBeside(run, call));
    const reads = firstOther < 0 ? next : next.slice(0, firstOther);
    if (reads.length > 0) {
      await Promise.all(reads.map((call) => runOne(run, call)));
      i += reads.length;
    } else {
      const call = calls[i];
      if (call && (await runOne(run, call)) === 'stop') return 'stop';
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

function prepare(agent: Agent, { id, name, input }: ToolUseBlock): Call {
  const prepared = prepareCall(agent.tools, name, input);
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
function runsBeside(run: Run, { resources }: Call): boolean {
  return resources === null || (onlyLooks(resources) && judge(run, resources).action === 'allow');
}

function onlyLooks(resources: readonly Resource[]): boolean {
  return resources.every(({ effect }) => effect === 'read');
}

function judge({ agent, journal }: Run, resources: readonly Resource[]): Verdict {
  const { mode, rules } = journal.state;
  return decide({ mode, rules, resources, locate: (path) => agent.files.locate(path) });
}

async function runOne(run: Run, { id: call, tool: name, input, prepared, resources }: Call): Promise<'go_on' | 'stop'> {
  const { journal, attempt, signal } = run;
  const startedAtMs = journal.clock.now();
  const finish = (result: ToolResult): void => {
    void journal.append(system, { type: 'tool.finished', call, result, ms: journal.clock.now() - startedAtMs });
  };

  if (!prepared.ok || resources === null) {
    if (!prepared.ok) finish(prepared.result);
    return 'go_on';
  }
  const { tool } = prepared;
  const verdict = judge(run, resources);

  let proposal: ChangeSet | null = null;
  if (verdict.action !== 'deny' && tool.propose) {
    try {
      proposal = await tool.propose(prepared.input, call, signal);
    } catch (thrown) {
      finish(failed(thrown, signal));
      return 'go_on';
    }
  }

  const decision: Decision =
    verdict.action === 'ask'
      ? await askPerson(run, call, name, questionOf(run, tool, prepared.input, input, resources, proposal, verdict.why))
      : verdict;
  const decider = decision.by.kind === 'user' ? user : system;
  void journal.append(decider, { type: 'tool.decided', call, decision });
  if (decision.action === 'deny') {
    finish({ status: 'denied', text: deniedText(decision) });
    return decision.stop === true ? 'stop' : 'go_on';
  }
  if (decision.remember) void journal.append(decider, { type: 'rule.added', rule: decision.remember });
  if (decision.mode && decision.mode !== journal.state.mode)
    void journal.append(decider, { type: 'session.changed', mode: decision.mode });
  void journal.append(system, { type: 'tool.started', call, attempt });
  // **Invariant:** no effect before its decision and its start are on disk. Looking is no effect.
  if (!onlyLooks(resources)) await journal.settled();
  signal.throwIfAborted();

  const onOutput = (text: string): void => {
    journal.delta({ kind: 'output', call, text });
  };
  const ran = await runCall(tool, prepared.input, {
    proposed: proposal,
    accepted: decision.accepted ?? proposal,
    onOutput,
    signal,
  });
  if (ran.status === 'ok' && ran.detail?.kind === 'edit') {
    const { applied, files } = ran.detail;
    void journal.append(system, { type: 'change.applied', call, changes: applied, files });
  }
  if (ran.status === 'ok' && ran.detail?.kind === 'plan')
    void journal.append(system, { type: 'plan.updated', plan: ran.detail.plan });
  finish(withWords(ran, decision));
  return 'go_on';
}

async function askPerson(
  { agent, journal, signal }: Run,
  call: string,
  tool: string,
  question: Question,
): Promise<Decision> {
  await journal.append(system, { type: 'approval.requested', call, question });
  const { id, turn } = journal.state;
  const onHunk = (resolution: HunkResolution): void => {
    void journal.append(user, { type: 'hunk.resolved', call, ...resolution });
  };
  const approval = { session: id ?? '', call, tool, question, resolved: turn?.calls.get(call)?.resolved ?? [] };
  try {
    return await agent.approver.ask(approval, onHunk, signal);
  } catch (thrown) {
    if (signal.aborted)
      throw new JourneymanError('cancelled', 'Stopped while it waited for an answer.', { cause: thrown });
    throw toError(thrown);
  }
}

function questionOf(
  { agent }: Run,
  tool: Tool,
  parsed: unknown,
  input: Json,
  resources: readonly Resource[],
  changes: ChangeSet | null,
  why: string,
): Question {
  if (changes) return { kind: 'edits', changes, why };
  const line = resources.find(({ effect }) => effect === 'execute')?.target;
  if (line !== undefined) {
    const { cwd, timeout_s: timeoutS } = input as { cwd?: string; timeout_s?: number };
    const timeoutMs = timeoutS === undefined ? limits.commandMs : timeoutS * 1000;
    return { kind: 'command', line, cwd: cwd ?? agent.files.folders[0] ?? '', timeoutMs, why };
  }
  if (resources.some(({ effect }) => effect === 'plan')) return { kind: 'plan', plan: parsed as Plan, why };
  return { kind: 'access', tool: tool.name, resources, why };
}

function deniedText({ reason, hunks, by }: Decision & { readonly action: 'deny' }): string {
  const words = hunkWords(hunks ?? []);
  const head = by.kind === 'user' ? `The user said no${reason === '' ? '.' : `: ${reason}`}` : reason;
  return words === '' ? head : `${head}\n${words}`;
}

/** The person's words go with the result, so that the model reads both in one place. */
function withWords(result: ToolResult, { hunks, note }: Decision & { readonly action: 'allow' }): ToolResult {
  const words = [note === undefined ? '' : `The user adds: ${note}`, hunkWords(hunks ?? [])]
    .filter((one) => one !== '')
    .join('\n');
  return words === '' ? result : { ...result, text: `${result.text}\n${words}` };
}

function hunkWords(hunks: readonly HunkResolution[]): string {
  return hunks
    .filter(({ verdict }) => verdict === 'rejected' || verdict === 'asked')
    .map(({ hunk, verdict, reason }) => {
      const what = verdict === 'asked' ? 'not written, the user asks for a change' : 'rejected by the user';
      return `Change ${hunk.slice(hunk.lastIndexOf(':') + 1)}: ${what}${reason === undefined || reason === '' ? '' : `: ${reason}`}`;
    })
    .join('\n');
}
