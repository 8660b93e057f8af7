/**
 * What became of calls that were started and whose end was not seen. **Invariant:** nothing is done again to find out: a change of files
 * is compared with the files, a look is simply repeated, and of anything else its end stays unknown and is told so.
 */
import { countLines, type ChangeSet } from '../core/change.ts';
import type { FileStep } from '../core/checkpoint.ts';
import type { CallId, Fact } from '../core/event.ts';
import type { Decision } from '../core/permission.ts';
import type { CutFact, CutReport } from '../core/recovery.ts';
import type { ToolResult } from '../core/tool.ts';
import { prepareCall } from '../tools/run.ts';
import type { Agent } from './agent.ts';
import { commandLine, type OpenCall, type Session } from './fold.ts';
import type { Journal } from './journal.ts';

export interface Fate {
  /** `not_done`: it had no effect, so that it can still be run. */
  readonly result: ToolResult | 'not_done';
  readonly steps: readonly FileStep[];
}

/** `call` was started in an earlier life of the loop. What it made of files is kept. */
export async function fateOf(agent: Agent, session: Session, call: OpenCall, signal: AbortSignal): Promise<Fate> {
  const id = session.id ?? '';
  const result = await resultOf(agent, id, call, signal);
  if (result === 'not_done' || call.stepsKnown) return { result, steps: [] };
  if (call.kept !== null && call.kept.length > 0)
    return { result, steps: changed(await agent.checkpoints.steps(id, call.kept, signal)) };
  return {
    result,
    steps: commandLine(call) !== null ? ((await agent.checkpoints.recover(id, call.call, signal)) ?? []) : [],
  };
}

/** Files that did change. */
export function changed(steps: readonly FileStep[]): readonly FileStep[] {
  return steps.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}

export function acceptedOf(decision: Decision | null, changes: ChangeSet | null): ChangeSet | null {
  return decision?.action === 'allow' ? (decision.accepted ?? changes) : changes;
}

/** For the person, before anything goes on; null: no turn was cut. */
export async function cutReport(agent: Agent, session: Session, signal: AbortSignal): Promise<CutReport | null> {
  const { turn } = session;
  if (turn === null || session.paused) return null;
  const known: string[] = [];
  const unknown: CutFact[] = [];
  const saved = turn.attempt > 0 ? turn.step - 1 : turn.step;
  if (saved > 0) {
    known.push(
      `${saved === 1 ? 'Step 1 is' : `Steps 1 to ${String(saved)} are`} saved. No recorded reply is asked for or paid for again.`,
    );
  }
  const edits = turn.changes.length;
  if (edits > 0) known.push(`${edits === 1 ? '1 edit is' : `${String(edits)} edits are`} in the files.`);
  const open = [...turn.calls.values()];
  const waiting = open.filter(({ state }) => state === 'asks').length;
  if (waiting > 0) known.push('What it asked you waits again.');
  if (session.queue.length > 0)
    known.push(session.queue.length === 1 ? '1 message waits.' : `${String(session.queue.length)} messages wait.`);
  if (turn.inFlight) {
    const text = 'The model was asked and its answer did not arrive. It is asked again, which may be paid for twice.';
    unknown.push({ text, call: null, hasOutput: false });
  }
  for (const call of open.filter(({ state }) => state === 'started')) {
    const fate = words(call, await resultOf(agent, session.id ?? '', call, signal));
    if (fate.isKnown) known.push(fate.text);
    else {
      const output = await agent.blobs.spooled(session.id ?? '', call.call);
      unknown.push({ text: fate.text, call: call.call, hasOutput: output !== null && output !== '' });
    }
  }
  const onlyWaits = waiting > 0 && unknown.length === 0 && open.every(({ state }) => state !== 'started');
  return { step: turn.step, atMs: turn.lastAtMs, known, unknown, onlyWaits };
}

/** Gives every started call an end before its turn is ended from outside. */
export async function settleStarted(agent: Agent, journal: Journal, signal: AbortSignal): Promise<void> {
  const open = [...(journal.state.turn?.calls.values() ?? [])].filter(({ state }) => state === 'started');
  for (const call of open) {
    const { result, steps } = await fateOf(agent, journal.state, call, signal);
    const ended: ToolResult =
      result === 'not_done' ? { status: 'interrupted', text: 'Not done: it had no effect.' } : result;
    await journal.append({ kind: 'system', room: 'session' }, ...factsOf(call.call, ended, steps, call), {
      type: 'tool.finished',
      call: call.call,
      result: ended,
      ms: 0,
    });
  }
}

/** What a result says besides itself, as far as the log does not hold it already. */
export function factsOf(
  call: CallId,
  result: ToolResult,
  steps: readonly FileStep[],
  open: OpenCall | null,
): readonly Fact[] {
  const facts: Fact[] = [];
  if (result.status === 'ok' && result.detail?.kind === 'edit' && open?.applied !== true)
    facts.push({ type: 'change.applied', call, changes: result.detail.applied, files: result.detail.files });
  if (result.status === 'ok' && result.detail?.kind === 'plan')
    facts.push({ type: 'plan.updated', plan: result.detail.plan });
  if (steps.length > 0) facts.push({ type: 'files.changed', call, files: steps });
  return facts;
}

async function resultOf(
  agent: Agent,
  session: string,
  call: OpenCall,
  signal: AbortSignal,
): Promise<ToolResult | 'not_done'> {
  const prepared = prepareCall(agent.tools, call.tool, call.input);
  if (!prepared.ok) return unseen('');
  const { tool, input } = prepared;
  if (tool.settle)
    return tool.settle(input, {
      session,
      call: call.call,
      proposed: call.changes,
      accepted: acceptedOf(call.decision, call.changes),
      signal,
    });
  const harmless = tool.resources(input).every(({ effect }) => effect === 'read' || effect === 'plan');
  return harmless ? 'not_done' : unseen((await agent.blobs.spooled(session, call.call)) ?? '');
}

function unseen(output: string): ToolResult {
  const text =
    '[its end was not seen: the process that ran it was ended. It may or may not have done its work: check before you repeat it]';
  return { status: 'interrupted', text: output.trim() === '' ? text : `${output.trimEnd()}\n${text}` };
}

function words(call: OpenCall, result: ToolResult | 'not_done'): { readonly text: string; readonly isKnown: boolean } {
  const line = commandLine(call);
  const what = line === null ? call.tool : `\`${line}\``;
  const at = new Date(call.startedAtMs ?? 0).toTimeString().slice(0, 8);
  const paths = (call.changes ?? []).map(({ path }) => `\`${path}\``).join(', ');
  if (result === 'not_done') {
    return paths === ''
      ? { text: `${what} only looks: it is repeated.`, isKnown: true }
      : { text: `The change of ${paths} was not written yet: it is written when you go on.`, isKnown: true };
  }
  if (result.status === 'ok') {
    const { added, removed } = countLines(call.changes ?? []);
    return { text: `The change of ${paths} is in the files, +${String(added)} −${String(removed)}.`, isKnown: true };
  }
  if (paths !== '')
    return { text: `${paths} was changed by someone else meanwhile. It is kept as it is.`, isKnown: false };
  return {
    text: `${what} was started at ${at}. Its end was not seen. It will not be run again by itself.`,
    isKnown: false,
  };
}
