/** The hooks that stand in one settings file, in the form that other agents know them by, and what is wrong with them. */
import { toError } from '../core/error.ts';
import { hookEvents, type HookEvent } from '../core/hooks.ts';
import { isObject } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { SettingsFile } from '../core/settings.ts';
import { parseSettings } from '../core/settingsText.ts';

export interface HookDefinition {
  readonly event: HookEvent;
  /** A pattern of tool names; '' is all. */
  readonly matcher: string;
  readonly command: string;
  readonly timeoutMs: number;
}

export interface ReadHooks {
  readonly hooks: readonly HookDefinition[];
  /** A clause with its place; null: nothing is wrong. What is wrong with the file as a whole is told where its rules are read. */
  readonly problem: string | null;
}

export function hooksIn({ path, text }: SettingsFile): ReadHooks {
  if (text === null) return { hooks: [], problem: null };
  let parsed;
  try {
    parsed = parseSettings(text);
  } catch (thrown) {
    return { hooks: [], problem: toError(thrown).message };
  }
  const { value, placeOf } = parsed;
  const hooks: HookDefinition[] = [];
  const problems: string[] = [];
  const wrong = (at: string, what: string): void => {
    problems.push(`${path} cannot be used: ${placeOf(at)}: ${what}. Mend it, or take it away`);
  };
  const all = isObject(value) ? (value['hooks'] ?? {}) : {};
  if (!isObject(all)) {
    wrong('hooks', '"hooks" should be an object');
    return { hooks, problem: problems[0] ?? null };
  }
  for (const [name, groups] of Object.entries(all)) {
    const event = hookEvents.find((one) => one === name);
    const at = `hooks.${name}`;
    if (event === undefined) wrong(at, `"${name}" is no event; events are ${hookEvents.join(', ')}`);
    else if (!Array.isArray(groups)) wrong(at, `"${name}" should be a list`);
    else
      (groups as readonly unknown[]).forEach((group, i) => {
        const here = `${at}[${String(i)}]`;
        if (!isObject(group)) wrong(here, 'each entry is { "matcher": "…", "hooks": [ … ] }');
        else readGroup(event, group, here, wrong, hooks);
      });
  }
  return { hooks: problems.length > 0 ? [] : hooks, problem: problems[0] ?? null };
}

/** For whoever reads the file as a whole. */
export function hookFault(file: SettingsFile): string | null {
  return hooksIn(file).problem;
}

function readGroup(
  event: HookEvent,
  group: Readonly<Record<string, unknown>>,
  at: string,
  wrong: (at: string, what: string) => void,
  hooks: HookDefinition[],
): void {
  const { matcher = '', hooks: list, ...others } = group;
  const odd = Object.keys(others)[0];
  if (odd !== undefined) wrong(`${at}.${odd}`, `"${odd}" is not known here; known are "matcher" and "hooks"`);
  if (typeof matcher !== 'string' || patternOf(matcher) === null) {
    wrong(`${at}.matcher`, '"matcher" should be a pattern of tool names, such as "run_command|write_file"');
    return;
  }
  if (!Array.isArray(list)) {
    wrong(at, 'its list "hooks" is missing');
    return;
  }
  (list as readonly unknown[]).forEach((one, i) => {
    const here = `${at}.hooks[${String(i)}]`;
    if (!isObject(one)) {
      wrong(here, 'a hook is { "type": "command", "command": "…", "timeout": 60 }');
      return;
    }
    const { type, command, timeout = limits.hookMs / 1000, ...rest } = one;
    const strange = Object.keys(rest)[0];
    if (strange !== undefined) wrong(`${here}.${strange}`, `"${strange}" is not known here`);
    else if (type !== 'command') wrong(here, 'only hooks of "type": "command" are known');
    else if (typeof command !== 'string' || command.trim() === '') wrong(here, 'its "command" is missing');
    else if (command.length > limits.hookCommandChars)
      wrong(here, `its "command" is longer than ${String(limits.hookCommandChars)} characters; put it into a script`);
    else if (typeof timeout !== 'number' || !(timeout > 0 && timeout * 1000 <= limits.hookMsMax))
      wrong(`${here}.timeout`, `"timeout" is a number of seconds up to ${String(limits.hookMsMax / 1000)}`);
    else hooks.push({ event, matcher, command, timeoutMs: timeout * 1000 });
  });
}

/** Whole names, as in other agents; `*` is all. null: it is no pattern. */
export function patternOf(matcher: string): RegExp | null {
  if (matcher === '' || matcher === '*') return /^/;
  try {
    return new RegExp(`^(?:${matcher})$`, 'u');
  } catch {
    return null;
  }
}
