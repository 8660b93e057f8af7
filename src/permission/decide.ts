/** May it? Judges what a call would touch, before any person is asked. Pure: the same question has the same answer. */
import { unreachable } from '../core/json.ts';
import type { Mode, Resource, Rule, RuleTool, Verdict } from '../core/permission.ts';
import type { Location } from '../core/ports.ts';
import { isProtected, isSecret } from './names.ts';
import { covers, formatRule, namesOne, startsWithWords, toolOf, unreadablePart } from './rules.ts';

export interface PermissionCase {
  readonly mode: Mode;
  readonly rules: readonly Rule[];
  readonly resources: readonly Resource[];
  /** `Files.locate`: names are judged as they resolve, not as they are written. */
  readonly locate: (path: string) => Location;
}

/** The worst of what each resource gets: deny over ask over allow. Nothing touched is nothing to ask. */
export function decide({ mode, rules, resources, locate }: PermissionCase): Verdict {
  const verdicts = resources.map((resource) => judge(mode, rules, resource, locate));
  return (
    verdicts.find(({ action }) => action === 'deny') ??
    verdicts.find(({ action }) => action === 'ask') ??
    verdicts[0] ?? { action: 'allow', by: { kind: 'mode', mode } }
  );
}

function judge(mode: Mode, rules: readonly Rule[], resource: Resource, locate: PermissionCase['locate']): Verdict {
  const tool = toolOf(resource);
  if (tool === null) return withoutRules(mode, resource);
  const place = tool === 'shell' ? null : locate(resource.target);
  const target = place?.path ?? resource.target;
  const covering = rules.filter((rule) => speaksOf(rule, tool) && covers(rule, tool, target));

  const denying = covering.find(({ action }) => action === 'deny');
  if (denying) {
    const rule = formatRule(denying);
    return {
      action: 'deny',
      by: { kind: 'rule', rule },
      reason: `A rule forbids this: ${rule}. Do it another way, or tell the user what you need and why.`,
    };
  }
  if (mode === 'plan' && tool !== 'read') return { action: 'deny', by: { kind: 'mode', mode }, reason: planReason };
  const asking = covering.find(({ action }) => action === 'ask');
  if (asking) return ask(`your rule ${code(formatRule(asking))} says so`);

  const sensitive = place === null ? null : sensitivity(tool, place);
  const allowing = covering.find((rule) => rule.action === 'allow' && (sensitive === null || namesOne(rule)));
  if (allowing) return { action: 'allow', by: { kind: 'rule', rule: formatRule(allowing) } };
  if (sensitive !== null) return ask(sensitive);
  return byMode(mode, tool, target, rules, place?.inside ?? false);
}

/** What may not be read may not be changed either: a change shows what stands there. */
function speaksOf(rule: Rule, tool: RuleTool): boolean {
  return rule.tool === tool || (tool === 'write' && rule.tool === 'read' && rule.action !== 'allow');
}

const planReason =
  'Plan mode only reads: edits and commands are not possible yet. Find out what you need, then call update_plan with the whole plan; the work starts when the user approves it.';

function withoutRules(mode: Mode, { effect, target }: Resource): Verdict {
  if (effect === 'plan')
    return mode === 'plan'
      ? ask('a plan starts only when you say so')
      : { action: 'allow', by: { kind: 'mode', mode } };
  if (mode === 'plan') return { action: 'deny', by: { kind: 'mode', mode }, reason: planReason };
  return ask(effect === 'network' ? `it reaches ${target}` : `it destroys ${code(target)}`);
}

/** Why a file asks in every mode; null: it does not. */
function sensitivity(tool: RuleTool, { path }: Location): string | null {
  if (isSecret(path)) return `${code(path)} looks like it holds secrets`;
  return tool === 'write' && isProtected(path) ? `${code(path)} is protected` : null;
}

function byMode(mode: Mode, tool: RuleTool, target: string, rules: readonly Rule[], inside: boolean): Verdict {
  switch (tool) {
    case 'shell':
      return ask(whyCommand(target, rules));
    case 'read':
      return inside
        ? { action: 'allow', by: { kind: 'mode', mode } }
        : ask(`${code(target)} is outside the folder you opened`);
    case 'write':
      if (!inside) return ask(`${code(target)} is outside the folder you opened`);
      return mode === 'edit'
        ? { action: 'allow', by: { kind: 'mode', mode } }
        : ask('each edit asks before it is written');
    default:
      return unreachable(tool);
  }
}

/** A rule that nearly covers the line is worth a word: the person will wonder why it did not. */
function whyCommand(line: string, rules: readonly Rule[]): string {
  const near = rules.some(
    ({ action, tool, match }) =>
      tool === 'shell' && action === 'allow' && match.kind === 'prefix' && startsWithWords(line, match.value),
  );
  const part = near ? unreadablePart(line) : null;
  return part === null
    ? 'each command asks unless you allowed exactly this one'
    : `this line cannot be read safely: it holds ${part}`;
}

function ask(because: string): Verdict {
  return { action: 'ask', why: `It asks because ${because}.` };
}

/** In a code span whatever it holds. */
function code(text: string): string {
  return text.includes('`') ? `"${text}"` : `\`${text}\``;
}
