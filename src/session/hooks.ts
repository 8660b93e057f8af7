/** Hooks in a session: told what happens, held to what they may say, and in the log with it, so that a replay runs none again. */
import type { Actor } from '../core/event.ts';
import type { HookMoment, HookSaid } from '../core/hooks.ts';
import type { Json } from '../core/json.ts';
import type { Verdict } from '../core/permission.ts';
import type { Agent } from './agent.ts';
import type { Journal } from './journal.ts';

const system: Actor = { kind: 'system', room: 'hooks' };

/** What the hooks of one moment come to: the strictest word of all. */
export interface HookWord {
  readonly says: HookSaid['says'];
  readonly command: string;
  readonly reason: string;
  /** The input as they changed it; absent: as it was. */
  readonly input?: Json;
}

/** **Invariant:** no hook runs before the log and the audit say on disk that it will. None: nobody wants to hear of it. */
export async function runHooks(
  { hooks }: Agent,
  journal: Journal,
  moment: HookMoment,
  signal: AbortSignal,
): Promise<HookWord | null> {
  const wanted = (await hooks?.wanted(moment)) ?? [];
  if (!hooks || wanted.length === 0) return null;
  const { event } = moment;
  const call = 'call' in moment ? moment.call : null;
  await journal.append(system, { type: 'hooks.started', event, call, commands: wanted.map(({ command }) => command) });
  await journal.settled();
  const said = await hooks.run(wanted, moment, journal.state.id ?? '', signal);
  void journal.append(system, { type: 'hooks.ended', event, call, said });
  return hookWord(said);
}

/** A hook wants to hear of this call, before or after it. */
export async function isHooked({ hooks }: Agent, call: string, tool: string, input: Json): Promise<boolean> {
  if (!hooks) return false;
  const before = await hooks.wanted({ event: 'PreToolUse', call, tool, input });
  return (
    before.length > 0 || (await hooks.wanted({ event: 'PostToolUse', call, tool, input, response: null })).length > 0
  );
}

export function hookWord(said: readonly HookSaid[]): HookWord | null {
  const strictest = said.find(({ says }) => says === 'block') ?? said.find(({ says }) => says === 'ask') ?? said[0];
  if (strictest === undefined) return null;
  const { says, command, reason } = strictest;
  const input = said.findLast((one) => one.input !== undefined)?.input;
  return { says, command, reason, ...(input !== undefined && { input }) };
}

/** A hook can deny, or have a person asked; it can never allow. */
export function hookedVerdict(verdict: Verdict, word: HookWord | null): Verdict {
  if (word === null || word.says === 'nothing' || verdict.action === 'deny') return verdict;
  if (word.says === 'block') {
    const reason = `A hook stopped this: ${word.reason === '' ? word.command : word.reason}`;
    return { action: 'deny', by: { kind: 'hook', hook: word.command }, reason };
  }
  if (verdict.action === 'ask') return verdict;
  const because = word.reason === '' ? '' : `: ${word.reason}`;
  return { action: 'ask', why: `It asks because your hook \`${word.command}\` wants you to decide${because}.` };
}
