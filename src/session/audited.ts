/** What the audit says of a session's events: a line before each effect, one after it, and one for each call that was denied. */
import type { CallId, Event } from '../core/event.ts';
import type { Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { DecidedBy, Effect, Resource } from '../core/permission.ts';
import type { AuditEntry, Redactor } from '../core/ports.ts';

interface AuditedCall {
  readonly tool: string;
  readonly input: Json;
  readonly resources: readonly Resource[];
  readonly tier: AuditEntry['tier'];
  readonly by: DecidedBy | null;
  readonly files: readonly string[];
  readonly isStarted: boolean;
}

/** The calls that are open, as far as the events so far say. */
export type AuditedCalls = ReadonlyMap<CallId, AuditedCall>;

export interface Audited {
  readonly calls: AuditedCalls;
  readonly entries: readonly AuditEntry[];
}

/** Pure: what `events` say after those that made `calls`. */
export function audited(calls: AuditedCalls, events: readonly Event[], redactor: Redactor | undefined): Audited {
  const open = new Map(calls);
  const entries: AuditEntry[] = [];
  const say = (event: Event, phase: AuditEntry['phase'], call: CallId | null, of: AuditedCall, end: End): void => {
    entries.push(entryOf(event, phase, call, of, end, redactor));
  };
  for (const event of events) {
    if (event.type === 'turn.ended') open.clear();
    if (event.type === 'tool.requested') open.set(event.call, callOf(event.tool, event.input, event.resources ?? []));
    if (event.type === 'checkpoint.created' && event.call === null)
      say(event, 'before', null, restoreOf(event.checkpoint, event.files), noEnd);
    if (event.type === 'checkpoint.restored')
      say(event, 'after', null, restoreOf(event.as, event.files), { status: 'ok', exitCode: null });
    if (!('call' in event) || event.call === null) continue;
    const { call: id } = event;
    const call = open.get(id);
    if (call === undefined) continue;
    if (event.type === 'approval.requested' && event.question.kind === 'command')
      open.set(id, { ...call, tier: event.question.tier ?? null });
    if (event.type === 'tool.decided') {
      const decided = { ...call, by: event.decision.by };
      open.set(id, decided);
      if (event.decision.action === 'deny') say(event, 'denied', id, decided, { status: 'denied', exitCode: null });
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
      if (call.isStarted) say(event, 'after', id, call, { status: result.status, exitCode: command?.exitCode ?? null });
    }
  }
  return { calls: open, entries };
}

type End = Pick<AuditEntry, 'status' | 'exitCode'>;
const noEnd: End = { status: null, exitCode: null };

function callOf(tool: string, input: Json, resources: readonly Resource[]): AuditedCall {
  return { tool, input, resources, tier: null, by: null, files: [], isStarted: false };
}

/** By the person, who asked for it. */
function restoreOf(checkpoint: string, files: readonly { readonly path: string }[]): AuditedCall {
  const call = callOf('restore', { checkpoint }, [{ effect: 'write', target: '' }]);
  return { ...call, by: { kind: 'user' }, files: files.map(({ path }) => path) };
}

function hasEffect({ resources }: AuditedCall): boolean {
  return resources.some(({ effect }) => effect !== 'read' && effect !== 'plan');
}

function entryOf(
  { atMs, session, turn, step }: Event,
  phase: AuditEntry['phase'],
  call: CallId | null,
  { tool, input, resources, tier, by, files }: AuditedCall,
  end: End,
  redactor: Redactor | undefined,
): AuditEntry {
  const json = JSON.stringify(input);
  const clean = redactor?.text(json) ?? json;
  const shown = clean.length > limits.auditInputChars ? `${clean.slice(0, limits.auditInputChars)}…` : clean;
  const effect = inRisingOrder.findLast((one) => resources.some((resource) => resource.effect === one)) ?? 'read';
  const place = { atMs, session, turn, step, phase, call };
  return { ...place, tool, input: shown, effect, tier, by, sandbox: 'none', ...end, files };
}

const inRisingOrder: readonly Effect[] = ['read', 'plan', 'write', 'execute', 'network', 'destroy'];
