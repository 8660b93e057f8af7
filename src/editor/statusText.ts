/** The one line in the status bar: what happens, and where a click leads. */
import type { Question } from '../core/event.ts';
import type { Session } from '../session/fold.ts';
import { count, elapsed, outcomeTitle } from '../protocol/words.ts';
import type { ProviderKind } from './settings.ts';

export interface StatusInput {
  readonly nowMs: number;
  readonly provider: ProviderKind;
  /** The session on the desk, if any. */
  readonly session: Session | null;
  readonly running: boolean;
  /** Its turn was cut off at this step, and nobody has decided yet. */
  readonly cutAtStep: number | null;
  /** Other sessions of this window that work. */
  readonly othersRunning: number;
  /** The question that waits longest, how many of its changes are open, and the questions behind it. */
  readonly asks: { readonly question: Question; readonly openHunks: number; readonly more: number } | null;
  /** The server is asked again then; null: no wait. */
  readonly retryAtMs: number | null;
  /** It waits until its server answers again. */
  readonly serverGone: boolean;
  readonly keyRefused: boolean;
  /** Why nothing holds commands, as a clause; null: something does, or it is not known yet. */
  readonly noSandbox: string | null;
  /** Changes that stand in files and wait for a word: of the session on the desk, and of all. */
  readonly openChanges: { readonly own: number; readonly all: number };
}

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly command:
    'journeyman.answer' | 'journeyman.goToAsk' | 'journeyman.openPanel' | 'journeyman.setApiKey' | 'journeyman.review';
  /** Colour only where the run is blocked. */
  readonly tone: 'plain' | 'warning' | 'error';
}

export function statusText(input: StatusInput): StatusText {
  const { session, running, asks } = input;
  const waiting = asks !== null && asks.more > 0 ? `, ${asks.more} more ${asks.more === 1 ? 'waits' : 'wait'}` : '';
  const more = waiting !== '' ? waiting : input.othersRunning > 0 ? `, ${input.othersRunning} more working` : '';
  if (asks?.question.kind === 'edits') {
    return status(
      `$(diff-multiple) ${count(asks.openHunks, 'change')} to review${more}`,
      'Go to the changes',
      'journeyman.goToAsk',
      'warning',
    );
  }
  if (asks)
    return status(
      `$(bell-dot) Journeyman asks: ${asksTo(asks.question)}${more}`,
      'Answer it',
      'journeyman.answer',
      'warning',
    );
  if (input.keyRefused)
    return status('$(error) Journeyman: key not accepted', 'Set a new key', 'journeyman.setApiKey', 'error');
  if (running && session?.paused === true)
    return status(`$(debug-pause) Pausing after step ${stepOf(session)}${more}`, 'Open the panel');
  if (running && input.serverGone)
    return status(
      `$(debug-disconnect) Journeyman: no connection, waits${more}`,
      'Open the panel',
      undefined,
      'warning',
    );
  if (running && input.retryAtMs !== null) {
    const seconds = Math.max(0, Math.ceil((input.retryAtMs - input.nowMs) / 1000));
    return status(`$(clock) Waiting ${seconds} s for the server${more}`, 'Open the panel');
  }
  if (running) {
    const turn = session?.turn;
    const workedMs = turn ? input.nowMs - turn.startedAtMs - turn.waitedMs - turn.awayMs : 0;
    return status(`$(loading~spin) Step ${stepOf(session)}, ${elapsed(workedMs)}${more}`, 'Open the panel');
  }
  if (session?.paused === true && session.turn)
    return status(`$(debug-pause) Paused at step ${stepOf(session)}${more}`, 'Open the panel to go on');
  if (input.cutAtStep !== null)
    return status(
      `$(debug-disconnect) Stopped at step ${Math.max(1, input.cutAtStep)}, waiting for you${more}`,
      'Open the panel to go on',
      'journeyman.goToAsk',
      'warning',
    );
  const { own, all } = input.openChanges;
  if (own > 0 || (all > 0 && !session?.outcome)) {
    const text = `$(diff-multiple) ${count(own > 0 ? own : all, 'change')} to review${more}`;
    return status(text, 'Open the review', 'journeyman.review');
  }
  if (session?.outcome) {
    const { outcome } = session;
    const icon =
      outcome.kind === 'done'
        ? outcome.verified
          ? 'pass-filled'
          : 'circle-large-outline'
        : outcome.kind === 'failed'
          ? 'error'
          : 'circle-slash';
    return status(`$(${icon}) ${outcomeTitle(outcome)}${more}`, `Journeyman: ${session.title ?? 'open the panel'}`);
  }
  const name = input.provider === 'practice' ? 'Journeyman practice' : 'Journeyman';
  if (input.noSandbox !== null)
    return status(
      `$(tools) ${name}, no sandbox${more}`,
      `Nothing holds the commands that run here: ${input.noSandbox}`,
    );
  return status(`$(tools) ${name}${more}`, 'Open the panel');
}

function stepOf(session: Session | null): number {
  return Math.max(1, session?.turn?.step ?? 1);
}

function status(
  text: string,
  tooltip: string,
  command: StatusText['command'] = 'journeyman.openPanel',
  tone: StatusText['tone'] = 'plain',
): StatusText {
  return { text, tooltip, command, tone };
}

/** Short: the exact line is shown where it is decided. */
function asksTo(question: Question): string {
  switch (question.kind) {
    case 'plan':
      return 'start with its plan';
    case 'edits':
      return 'change files';
    case 'command':
      return 'run a command';
    case 'access':
      return `use ${question.tool}`;
  }
}
