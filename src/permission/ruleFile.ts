/** The rules that stand in one settings file, and what is wrong with it: a broken file allows nothing and makes commands ask. */
import { JourneymanError, toError } from '../core/error.ts';
import { isObject, type Json } from '../core/json.ts';
import type { Rule } from '../core/permission.ts';
import type { SettingsFile } from '../core/settings.ts';
import { parseSettings, type SettingsText } from '../core/settingsText.ts';
import { formatRule, parseRule } from './rules.ts';

export interface ReadRules {
  /** In the order of the file; of a broken one those that can be read. */
  readonly rules: readonly Rule[];
  /** One sentence for a person, with the place and what to do; null: nothing is wrong. */
  readonly problem: string | null;
}

export const ruleActions = ['deny', 'ask', 'allow'] as const;

export function rulesIn({ kind, path, text, fault }: SettingsFile): ReadRules {
  const broken = (rules: readonly Rule[], what: string): ReadRules => ({
    rules,
    problem: `${path} cannot be used: ${what}. Mend it, or take it away`,
  });
  if (fault !== null) return broken([], fault);
  if (text === null) return { rules: [], problem: null };
  let parsed: SettingsText;
  try {
    parsed = parseSettings(text);
  } catch (thrown) {
    return broken([], toError(thrown).message);
  }
  const { placeOf, value } = parsed;
  const problems: string[] = [];
  const wrong = (at: string, what: string): void => {
    problems.push(`${placeOf(at)}: ${what}`);
  };
  if (!isObject(value)) return broken([], 'it should hold one object: { "permissions": { … }, "hooks": { … } }');
  for (const name of Object.keys(value))
    if (name !== 'permissions' && name !== 'hooks')
      wrong(name, `"${name}" is not known here; known are "permissions" and "hooks"`);
  const permissions = value['permissions'] ?? {};
  const rules: Rule[] = [];
  if (!isObject(permissions)) wrong('permissions', '"permissions" should be an object');
  else {
    for (const name of Object.keys(permissions))
      if (!ruleActions.some((action) => action === name))
        wrong(`permissions.${name}`, `"${name}" is not known here; known are "allow", "ask" and "deny"`);
    for (const action of ruleActions) {
      const list = permissions[action] ?? [];
      if (!Array.isArray(list)) {
        wrong(`permissions.${action}`, `"${action}" should be a list of texts`);
        continue;
      }
      (list as readonly unknown[]).forEach((item, i) => {
        const at = `permissions.${action}[${String(i)}]`;
        if (typeof item !== 'string') {
          wrong(at, 'a rule is a text, such as "shell(exact: npm test)"');
          return;
        }
        try {
          rules.push(parseRule(item, action, sourceOf(kind)));
        } catch (thrown) {
          wrong(at, toError(thrown).message.replace(/\.$/, ''));
        }
      });
    }
  }
  const [first] = problems;
  if (first === undefined) return { rules, problem: null };
  return broken(rules, problems.length === 1 ? first : `${first} (and ${String(problems.length - 1)} more)`);
}

/** The text of the file with the rule in it, all else kept. Throws `conflict` where the file is broken. */
export function withRule(file: SettingsFile, action: Rule['action'], rule: string): string {
  return edited(file, action, (list) => (list.includes(rule) ? list : [...list, rule]));
}

/** Without the rule; rules count as the same whatever their blanks. */
export function withoutRule(file: SettingsFile, action: Rule['action'], rule: string): string {
  const same = (one: Json): boolean => {
    if (one === rule) return true;
    try {
      return typeof one === 'string' && formatRule(parseRule(one, action, 'user')) === rule;
    } catch {
      return false;
    }
  };
  return edited(file, action, (list) => list.filter((one) => !same(one)));
}

function edited(
  file: SettingsFile,
  action: Rule['action'],
  change: (list: readonly Json[]) => readonly Json[],
): string {
  const { problem } = rulesIn(file);
  if (problem !== null) throw new JourneymanError('conflict', `The rule was not written: ${problem}, then try again.`);
  const value = file.text === null ? {} : (parseSettings(file.text).value as Record<string, Json>);
  const permissions = (value['permissions'] ?? {}) as Record<string, Json>;
  const list = (permissions[action] ?? []) as readonly Json[];
  const next = { ...value, permissions: { ...permissions, [action]: change(list) } };
  const indent = /\n([ \t]+)"/.exec(file.text ?? '')?.[1] ?? '  ';
  return `${JSON.stringify(next, null, indent)}\n`;
}

function sourceOf(kind: SettingsFile['kind']): Rule['source'] {
  return kind === 'kept' ? 'user' : kind;
}
