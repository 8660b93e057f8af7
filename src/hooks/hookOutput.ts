/** What a hook said, read from how it ended: its exit code, its standard output as JSON, its standard error. */
import type { HookEnd, HookMoment, HookSaid } from '../core/hooks.ts';
import { isObject, type Json } from '../core/json.ts';
import { limits } from '../core/limits.ts';

/** What does not answer as it should stops what it was to judge. */
export function saidBy(
  command: string,
  { event }: Pick<HookMoment, 'event'>,
  { exitCode, stdout, stderr, timedOut }: Omit<HookEnd, 'held' | 'left'>,
): HookSaid {
  const nothing: HookSaid = { command, says: 'nothing', reason: '', context: '', failed: false };
  const fails = (what: string): HookSaid => ({
    ...nothing,
    says: judges.has(event) ? 'block' : 'nothing',
    reason: `The hook "${command}" ${what}`,
    failed: true,
  });
  const words = cut(stderr.trim());
  if (timedOut) return fails('took longer than it may');
  if (exitCode === 2)
    return { ...nothing, says: 'block', reason: words === '' ? `The hook "${command}" said no` : words };
  if (exitCode !== 0)
    return fails(
      `ended with ${exitCode === null ? 'a signal' : `exit code ${String(exitCode)}`}${words === '' ? '' : `: ${words}`}`,
    );
  const text = stdout.trim();
  if (!text.startsWith('{'))
    return adds.has(event)
      ? { ...nothing, context: cut(text) }
      : text === '' || !judges.has(event)
        ? nothing
        : fails('printed what is no JSON object');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fails('printed what is no JSON');
  }
  if (!isObject(value)) return fails('printed what is no JSON object');
  return fromJson(nothing, value, fails);
}

function fromJson(
  nothing: HookSaid,
  value: Readonly<Record<string, unknown>>,
  fails: (what: string) => HookSaid,
): HookSaid {
  const { hookSpecificOutput: specific = {}, decision, reason, continue: goesOn, stopReason } = value;
  if (!isObject(specific)) return fails('has a "hookSpecificOutput" that is no object');
  const { permissionDecision, permissionDecisionReason, additionalContext, updatedInput } = specific;
  for (const [name, one] of Object.entries({ reason, stopReason, permissionDecisionReason, additionalContext }))
    if (one !== undefined && typeof one !== 'string') return fails(`has a "${name}" that is no text`);
  if (permissionDecision !== undefined && !['allow', 'deny', 'ask'].includes(permissionDecision as string))
    return fails('has a "permissionDecision" other than allow, deny or ask');
  if (decision !== undefined && decision !== 'block' && decision !== 'approve')
    return fails('has a "decision" other than block');
  if (updatedInput !== undefined && !isObject(updatedInput)) return fails('has an "updatedInput" that is no object');
  const blocks = goesOn === false || decision === 'block' || permissionDecision === 'deny';
  const words = [permissionDecisionReason, reason, stopReason].find((one) => typeof one === 'string') ?? '';
  return {
    ...nothing,
    says: blocks ? 'block' : permissionDecision === 'ask' ? 'ask' : 'nothing',
    reason: cut(words),
    context: cut(typeof additionalContext === 'string' ? additionalContext : ''),
    ...(updatedInput !== undefined && !blocks && { input: updatedInput as Json }),
  };
}

/** What they say decides whether something happens. */
const judges: ReadonlySet<HookMoment['event']> = new Set(['PreToolUse', 'UserPromptSubmit']);
/** What they print without JSON is for the model to read. */
const adds: ReadonlySet<HookMoment['event']> = new Set(['UserPromptSubmit', 'SessionStart']);

function cut(text: string): string {
  return text.length > limits.hookTextChars ? `${text.slice(0, limits.hookTextChars)}…` : text;
}
