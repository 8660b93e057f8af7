/** What holds commands, as the session knows it: found out once, kept in the log, so that a replay judges by the same. */
import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../core/event.ts';
import type { FindsSandbox } from './agent.ts';
import type { Session } from './fold.ts';
import type { Journal } from './journal.ts';

const system: Actor = { kind: 'system', room: 'sandbox' };

export async function findSandbox(sandbox: FindsSandbox, journal: Journal, signal: AbortSignal): Promise<void> {
  const found = await sandbox.ready(signal);
  signal.throwIfAborted();
  if (found === null || isDeepStrictEqual(found, journal.state.sandbox)) return;
  void journal.append(system, { type: 'sandbox.found', sandbox: found });
}

/** For the judge; undefined: the person wants none, or nobody knows. */
export function isHeld({ sandbox }: Session): { readonly sandbox?: boolean } {
  if (sandbox === null || (sandbox.kind === 'none' && sandbox.off === true)) return {};
  return { sandbox: sandbox.kind !== 'none' };
}
