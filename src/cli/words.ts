/** Events in words, for a terminal. */
import { countLines, type HunkReview, type Problem } from '../core/change.ts';
import { amountWords, nearWords, unpricedWords } from '../core/budget.ts';
import type { Event, Outcome } from '../core/event.ts';
import type { Usage } from '../core/model.ts';
import { unreachable } from '../core/json.ts';
import type { Plan } from '../core/plan.ts';
import type { ContextPiece } from '../core/symbols.ts';
import type { ToolResult } from '../core/tool.ts';
import { escaped } from '../permission/shell/hidden.ts';

/** What to print of an event, or null. `calls`: what each call was, from its request. */
export function lineOf(event: Event, calls: Map<string, string>): string | null {
  switch (event.type) {
    case 'turn.started':
      return `> ${event.text}`;
    case 'model.responded': {
      const text = event.reply.content
        .flatMap((block) => (block.type === 'text' ? [block.text.trim()] : []))
        .join('\n\n');
      return text === '' ? null : `\n${text}\n`;
    }
    case 'model.failed': {
      if (event.waits === true) return `! ${event.message} Waits until the server answers; Ctrl-C stops.`;
      const retryInMs = event.retryInMs ?? 0;
      return `! ${event.message}${retryInMs === 0 ? '' : ` Tries again in ${seconds(retryInMs)}.`}`;
    }
    case 'model.requested': {
      const { model, route } = event;
      const effort = route?.effort ? `, effort ${route.effort}` : '';
      const to = route ? `${model}${effort}: ${route.why}` : '';
      const isNews = to !== (calls.get('route') ?? '');
      calls.set('route', to);
      return isNews && to !== '' ? `  asks ${to}` : null;
    }
    case 'tool.requested':
      calls.set(event.call, callWords(event.tool, event.input));
      return null;
    case 'approval.requested':
      return `? ${calls.get(event.call) ?? event.call}: ${event.question.why}`;
    case 'tool.decided':
      return event.decision.action === 'deny' ? `  denied: ${event.decision.reason}` : null;
    case 'tool.finished':
      if (event.result.status === 'ok' && event.result.detail?.kind === 'plan') return null; // the plan itself is printed
      return `  ${calls.get(event.call) ?? event.call}${resultWords(event.result)}${event.ms >= 1000 ? `, ${seconds(event.ms)}` : ''}`;
    case 'command.ended':
      return `  ${event.id}, ${event.line}: ${{ itself: 'ended', stopped: 'stopped', gone: 'ended with the process that ran it' }[event.how]}${event.exitCode === null ? '' : `, exit code ${String(event.exitCode)}`}`;
    case 'plan.updated':
      return planWords(event.plan);
    case 'warning.raised':
      return `! ${event.message}`;
    case 'session.changed':
      return changeWords(event);
    case 'session.forked':
      return `  a copy of session ${event.from} up to here`;
    case 'session.imported':
      return `  imported up to here; its id was ${event.from}`;
    case 'budget.set':
      return event.unpriced === null ? null : `! ${unpricedWords(event.unpriced, event.limits)}`;
    case 'budget.added':
      return `  ${amountWords(event.unit, event.amount)} more`;
    case 'budget.reached':
      return event.then === 'goes_on' ? `! ${nearWords(event)}` : null;
    case 'stall.found':
      return `! ${event.then === 'tells' ? event.what : `It was going in circles. ${event.what}`}`;
    case 'session.paused':
      return '  pauses at the next step';
    case 'session.resumed':
      return event.after === 'pause' ? '  goes on' : '  goes on after its process was ended';
    case 'session.closed':
      return '  closed';
    case 'message.queued':
      return `+ ${event.steer ? 'with the next request' : 'waits'}: ${event.text}`;
    case 'message.cancelled':
      return '  taken out of the queue';
    case 'message.delivered':
      return `> ${event.text}`;
    case 'conversation.rewound':
      return '  the conversation goes back';
    case 'context.selected': {
      const { pieces } = event;
      const files = new Set(pieces.map(({ path }) => path)).size;
      const tokens = pieces.reduce((sum, piece) => sum + piece.tokens, 0);
      return pieces.length === 0
        ? null
        : `  code picked: ${names(pieces)}, in ${String(files)} ${files === 1 ? 'file' : 'files'}, ${tokens.toLocaleString('en-US')} tokens`;
    }
    case 'instructions.read':
      return `  instructions of ${event.path}${event.text === '' ? ' are gone' : ''}`;
    case 'room.asked':
      return `  room is wanted${event.keep === '' ? '' : `, with an eye on: ${event.keep}`}`;
    case 'context.compacted': {
      const { record, beforeTokens, afterTokens } = event;
      const what = record === undefined ? 'long old results are' : 'all but the record and the last replies is';
      const tokens = beforeTokens === undefined || afterTokens === undefined ? '' : `, ${beforeTokens.toLocaleString('en-US')} → ${afterTokens.toLocaleString('en-US')} tokens`; // prettier-ignore
      return `  room was made: ${what} left out of the conversation${tokens}`;
    }
    case 'change.reviewed':
      return event.hunks.map((review) => reviewWords(event.path, review)).join('\n');
    case 'problems.found':
      return event.files.map(({ path, problems }) => `  ${path}: ${problemWords(problems)}`).join('\n');
    case 'checkpoint.restored':
      return `  files went back: ${event.files.map(({ path }) => path).join(', ') || 'none had changed'}`;
    default:
      return null;
  }
}

function changeWords({ mode, model, effort, title }: Event & { readonly type: 'session.changed' }): string | null {
  const lines = [
    ...(mode === undefined ? [] : [`  permission mode: ${mode}`]),
    ...(model === undefined ? [] : [`  model: ${model}`]),
    ...(effort === undefined ? [] : [`  effort: ${effort ?? 'as the model does by itself'}`]),
    ...(title === undefined ? [] : [`  title: ${title}`]),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

/** A terminal acts on control characters, and some turn the direction of what follows: text that is not ours must do neither. */
export function withoutControls(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** What a person agrees to, or what was done, on one line: nothing of it hides, and none of it looks like a line of ours. */
export function exactly(text: string): string {
  return escaped(text).replace(/[\t\n]/g, (sign) => (sign === '\n' ? '<U+000A>' : '<U+0009>'));
}

/** The first few of what was picked, and how many more. */
function names(pieces: readonly ContextPiece[]): string {
  const all = [...new Set(pieces.map(({ path, symbol }) => symbol ?? path))];
  const more = all.length - namesShown;
  return `${all.slice(0, namesShown).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

const namesShown = 4;

const reviewed: Readonly<Record<HunkReview['state'], string>> = {
  applied: 'open again',
  asked: 'you asked for a change',
  accepted: 'accepted',
  rejected: 'taken out',
  edited: 'changed by you',
  superseded: 'replaced by a later change',
};

function reviewWords(path: string, { state, line, reason }: HunkReview): string {
  return `  ${path}:${String(line)} ${reviewed[state]}${reason === undefined || reason === '' ? '' : `: ${reason}`}`;
}

function problemWords(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return 'no new problems';
  const parts = [
    ...(errors > 0 ? [`${String(errors)} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${String(warnings)} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.join(', ');
}

const planMarks = { todo: '[ ]', doing: '[>]', done: '[x]', dropped: '[-]' } as const;

/** Whole while nothing of it is done, then one line. */
function planWords({ items }: Plan): string {
  const done = items.filter(({ state }) => state === 'done').length;
  const doing = items.find(({ state }) => state === 'doing');
  if (doing === undefined && done < items.length)
    return items.map(({ text, state }) => `  ${planMarks[state]} ${text}`).join('\n');
  return `  plan: ${String(done)} of ${String(items.length)} done${doing === undefined ? '' : `, now: ${doing.text}`}`;
}

export function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done': {
      const evidence = outcome.evidence.map(
        ({ text, stale, passed }) =>
          `  ${passed && !stale ? '✓' : '·'} ${text}${stale ? ' (before the last edit)' : ''}`,
      );
      return [outcome.verified ? 'Done' : 'Done, not verified', ...evidence].join('\n');
    }
    case 'partial':
      return [
        `Stopped: ${outcome.message}`,
        ...outcome.done.map((text) => `  [x] ${text}`),
        ...outcome.left.map((text) => `  [ ] ${text}`),
      ].join('\n');
    case 'failed':
      return `Failed: ${outcome.message}`;
    case 'cancelled':
      return 'Stopped by you';
    default:
      return unreachable(outcome);
  }
}

export function totalsWords(usage: Usage, costUsd: number | null, ms: number, steps: number): string {
  const tokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
  const cost = costUsd === null ? 'price unknown' : `$${costUsd.toFixed(2)}`;
  return `${String(steps)} ${steps === 1 ? 'step' : 'steps'} · ${tokens.toLocaleString('en-US')} tokens · ${cost} · ${seconds(ms)}`;
}

export function seconds(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${String(Math.floor(ms / 60_000))} m ${String(Math.round((ms % 60_000) / 1000)).padStart(2, '0')} s`;
}

/** What a call does, in a line. */
export function callWords(tool: string, input: unknown): string {
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const named = fields['command'] ?? fields['path'] ?? fields['pattern'];
  if (tool === 'run_command') return `$ ${String(named)}`;
  return typeof named === 'string' ? `${tool} ${named}` : tool;
}

function resultWords(result: ToolResult): string {
  if (result.status !== 'ok') return ` [${result.status}] ${result.text.split('\n', 1)[0] ?? ''}`;
  const { detail } = result;
  switch (detail?.kind) {
    case 'read':
      return `, ${String(detail.lines)} lines`;
    case 'list':
      return `, ${String(detail.entries)} entries`;
    case 'search':
      return `, ${String(detail.matches)} matches in ${String(detail.files)} files`;
    case 'symbols':
      return `, ${String(detail.found)} found by ${detail.source === 'index' ? 'the index' : detail.source}`;
    case 'edit': {
      const { added, removed } = countLines(detail.applied);
      return ` +${String(added)} −${String(removed)}`;
    }
    case 'command':
      if (detail.background?.isRunning === true) return `, goes on as ${detail.background.id}`;
      return detail.exitCode === null
        ? `, ${detail.timedOut ? 'timed out' : 'killed'}`
        : `, exit code ${String(detail.exitCode)}`;
    case 'plan':
    case undefined:
      return '';
  }
}
