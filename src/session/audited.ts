/** What the audit says of a session's events: a line before each effect, one after it, and one for each call that was denied. */
import type { CallId, Event } from '../core/event.ts';
import type { HookEvent } from '../core/hooks.ts';
import { isObject, type Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { DecidedBy, Effect, Resource } from '../core/permission.ts';
import type { AuditEntry, Redactor } from '../core/ports.ts';
import { judgeLine } from '../permission/shell/judge.ts';
import type { ShellKind } from '../permission/shell/line.ts';

interface AuditedCall {
  readonly tool: string;
  readonly input: Json;
  readonly resources: readonly Resource[];
  /** Of the question, if one was asked. */
  readonly asked: AuditEntry['tier'];
  readonly by: DecidedBy | null;
  readonly files: readonly string[];
  readonly isStarted: boolean;
}

/** As far as the events so far say. */
export interface AuditedCalls {
  readonly open: ReadonlyMap<CallId, AuditedCall>;
  /** Commands that go on in the background, by their names. */
  readonly background: ReadonlyMap<string, AuditedCall & { readonly call: CallId }>;
}

export interface Audited {
  readonly calls: AuditedCalls;
  readonly entries: readonly AuditEntry[];
}

/** What the words of a line need besides the events. */
export interface AuditedWith {
  readonly redactor?: Redactor;
  /** For which shell command lines are written; absent: bash. */
  readonly shell?: ShellKind;
}

/** Pure: what `events` say after those that made `calls`. */
export function audited(calls: AuditedCalls, events: readonly Event[], beside: AuditedWith): Audited {
  const entries: AuditEntry[] = [];
  const after = follow(calls, events, (event, phase, call, of, end) => {
    entries.push(entryOf(event, phase, call, of, end, beside));
  });
  return { calls: after, entries };
}

/** Of a log from its start, whose lines were written before. */
export function auditedCalls(events: readonly Event[]): AuditedCalls {
  return follow({ open: new Map(), background: new Map() }, events, () => undefined);
}

type Say = (event: Event, phase: AuditEntry['phase'], call: CallId | null, of: AuditedCall, end: End) => void;

function follow(calls: AuditedCalls, events: readonly Event[], say: Say): AuditedCalls {
  const open = new Map(calls.open);
  const background = new Map(calls.background);
  const ended = (event: Event, id: string, end: End): void => {
    const of = background.get(id);
    if (of) say(event, 'ended', of.call, of, { ...end, background: id });
    background.delete(id);
  };
  for (const event of events) {
    if (event.type === 'turn.ended') open.clear();
    if (event.type === 'session.forked' || event.type === 'session.imported') background.clear(); // they are none of this session
    if (event.type === 'command.ended') {
      const { id, how, exitCode, held = null } = event;
      ended(event, id, { status: null, exitCode, sandbox: held, ...(how !== 'itself' && { how }) });
    }
    if (event.type === 'tool.requested') open.set(event.call, callOf(event.tool, event.input, event.resources ?? []));
    if (event.type === 'checkpoint.created' && event.call === null)
      say(event, 'before', null, restoreOf(event.checkpoint, event.files), noEnd);
    if (event.type === 'checkpoint.restored')
      say(event, 'after', null, restoreOf(event.as, event.files), { ...noEnd, status: 'ok' });
    if (event.type === 'hooks.started')
      for (const one of event.commands) say(event, 'before', event.call, hookOf(event, one), noEnd);
    if (event.type === 'hooks.ended')
      for (const { command, says, failed, ran } of event.said) {
        const status = failed ? 'error' : says === 'block' ? 'denied' : 'ok';
        const { exitCode = null, held = null, left = [] } = ran ?? {};
        const end = { status, exitCode, sandbox: held, ...(left.length > 0 && { left }) } as const;
        say(event, 'after', event.call, hookOf(event, command), end);
      }
    if (!('call' in event) || event.call === null) continue;
    const { call: id } = event;
    const call = open.get(id);
    if (call === undefined) continue;
    if (event.type === 'hooks.ended' && event.event === 'PreToolUse') {
      const input = event.said.findLast((one) => one.input !== undefined)?.input;
      if (input !== undefined)
        open.set(id, { ...call, input, resources: call.resources.map((one) => changed(one, input)) });
    }
    if (event.type === 'approval.requested' && event.question.kind === 'command')
      open.set(id, { ...call, asked: event.question.tier ?? null });
    if (event.type === 'tool.decided') {
      const decided = { ...call, by: event.decision.by };
      open.set(id, decided);
      if (event.decision.action === 'deny') say(event, 'denied', id, decided, { ...noEnd, status: 'denied' });
    }
    if (event.type === 'tool.started' && hasEffect(call)) {
      open.set(id, { ...call, isStarted: true });
      say(event, 'before', id, call, noEnd);
    }
    if (event.type === 'files.changed') open.set(id, { ...call, files: event.files.map(({ path }) => path) });
    if (event.type === 'tool.finished') {
      open.delete(id);
      const { result } = event;
      const command = result.status === 'ok' && result.detail?.kind === 'command' ? result.detail : null;
      const of = command?.background;
      // Calls that only look at one in the background, or end it, tell of its end: what it exited with is not theirs.
      const isOwn = of === undefined || (of.isRunning && !background.has(of.id));
      if (of && isOwn) background.set(of.id, { ...call, call: id });
      const heldBy = command?.held ?? (of?.isRunning === true ? null : 'none');
      const ran = command && isOwn && { exitCode: command.exitCode, sandbox: heldBy };
      const goesOn = of && isOwn && { background: of.id };
      if (call.isStarted) say(event, 'after', id, call, { ...noEnd, status: result.status, ...ran, ...goesOn });
      if (of?.isRunning === false)
        ended(event, of.id, { status: null, exitCode: command?.exitCode ?? null, sandbox: heldBy });
    }
  }
  return { open, background };
}

type End = Pick<AuditEntry, 'status' | 'exitCode' | 'sandbox' | 'background' | 'how' | 'left'>;
const noEnd: End = { status: null, exitCode: null, sandbox: null };

function callOf(tool: string, input: Json, resources: readonly Resource[]): AuditedCall {
  return { tool, input, resources, asked: null, by: null, files: [], isStarted: false };
}

/** A line that a hook has changed is another line. */
function changed(resource: Resource, input: Json): Resource {
  const line = resource.effect === 'execute' && isObject(input) ? input['command'] : undefined;
  return typeof line === 'string' ? { ...resource, target: line } : resource;
}

/** By the person, who asked for it. */
function restoreOf(checkpoint: string, files: readonly { readonly path: string }[]): AuditedCall {
  const call = callOf('restore', { checkpoint }, [{ effect: 'write', target: '' }]);
  return { ...call, by: { kind: 'user' }, files: files.map(({ path }) => path) };
}

/** On the word of the person, who agreed to it. */
function hookOf({ event }: { readonly event: HookEvent }, command: string): AuditedCall {
  const call = callOf(`hook ${event}`, { command }, [{ effect: 'execute', target: command }]);
  return { ...call, by: { kind: 'user' } };
}

function hasEffect({ resources }: AuditedCall): boolean {
  return resources.some(({ effect }) => effect !== 'read' && effect !== 'plan');
}

function entryOf(
  { atMs, session, turn, step }: Event,
  phase: AuditEntry['phase'],
  call: CallId | null,
  { tool, input, resources, asked, by, files }: AuditedCall,
  end: End,
  { redactor, shell = 'bash' }: AuditedWith,
): AuditEntry {
  const json = JSON.stringify(input);
  const clean = redactor?.text(json) ?? json;
  const shown = clean.length > limits.auditInputChars ? `${clean.slice(0, limits.auditInputChars)}…` : clean;
  const effect = inRisingOrder.findLast((one) => resources.some((resource) => resource.effect === one)) ?? 'read';
  const line = resources.find((resource) => resource.effect === 'execute')?.target;
  const tier = asked ?? (line === undefined ? null : judgeLine(shell, line).tier);
  const place = { atMs, session, turn, step, phase, call };
  return { ...place, tool, input: shown, effect, tier, by, ...end, files };
}

const inRisingOrder: readonly Effect[] = ['read', 'plan', 'note', 'write', 'execute', 'network', 'destroy'];
