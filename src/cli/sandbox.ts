/** The mode auto at the command line: it needs a sandbox that holds. */
import { JourneymanError } from '../core/error.ts';
import type { Mode, SandboxState } from '../core/permission.ts';
import type { Sandbox } from '../core/ports.ts';
import type { LiveSession } from '../session/sessions.ts';

/** Throws `invalid_input` where `mode` is auto and nothing holds. */
export async function mustHold(sandbox: Sandbox, mode: Mode | null, signal: AbortSignal): Promise<void> {
  if (mode !== 'auto') return;
  const state = await sandbox.ready(signal);
  if (state.kind === 'none') throw new JourneymanError('invalid_input', `${needs(state)} Use --permission-mode edit.`);
}

/** A session that was in auto goes on in edit where nothing holds. What the person is told of it; null: nothing changed. */
export async function leaveAuto(session: LiveSession, sandbox: Sandbox, signal: AbortSignal): Promise<string | null> {
  if (session.state.mode !== 'auto') return null;
  const state = await sandbox.ready(signal);
  if (state.kind !== 'none') return null;
  await session.change({ mode: 'edit' });
  return `${needs(state)} The session goes on in the mode edit: commands ask.`;
}

function needs({ why }: SandboxState & { readonly kind: 'none' }): string {
  return `The mode auto needs a sandbox, and there is none here: ${why}.`;
}
