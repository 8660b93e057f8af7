/** The rules that a session is judged by: its own, and those of files, which are in its log as they were when they counted. */
import { isDeepStrictEqual } from 'node:util';
import { toError } from '../core/error.ts';
import type { Actor } from '../core/event.ts';
import type { Rule, RuleReach } from '../core/permission.ts';
import type { Agent } from './agent.ts';
import type { Session } from './fold.ts';
import type { Journal } from './journal.ts';

const system: Actor = { kind: 'system', room: 'permission' };

/** **Invariant:** only what the log holds is judged by, so that a replay needs no files. Waits for a look at them, and for nothing else. */
export async function readRules({ rules }: Agent, journal: Journal): Promise<void> {
  if (!rules) return;
  const { rules: all, broken } = await rules.read();
  const known = journal.state.fileRules;
  if (isDeepStrictEqual({ rules: all, broken }, known)) return;
  void journal.append(system, { type: 'rules.read', rules: all, broken });
  const fresh = broken.filter((one) => !known.broken.includes(one));
  if (fresh.length > 0) {
    const message = `${fresh.join('. ')}. Until then every command and edit asks, whatever allows it.`;
    void journal.append(system, { type: 'warning.raised', code: 'rules_broken', message });
  }
}

/** In the order of their weight. */
export function rulesNow({ rules, fileRules }: Session): {
  readonly rules: readonly Rule[];
  readonly broken: readonly string[];
} {
  const order = (one: Rule): number => weights.indexOf(one.source);
  return { rules: [...fileRules.rules, ...rules].sort((a, b) => order(a) - order(b)), broken: fileRules.broken };
}

const weights: readonly Rule['source'][] = ['managed', 'user', 'cli', 'session', 'workspace'];

/** Writes a rule where the person wants it kept; where that fails it holds for the session, and they are told. */
export async function keepRule(agent: Agent, journal: Journal, reach: RuleReach, rule: Rule): Promise<void> {
  try {
    await agent.rules?.add(reach, rule);
    await readRules(agent, journal);
  } catch (thrown) {
    const message = toError(thrown).message;
    void journal.append(system, { type: 'warning.raised', code: 'rule_not_kept', message });
    void journal.append(system, { type: 'rule.added', rule: { ...rule, source: 'session' } });
  }
}
