/** What a running session can be told, by a person at the terminal or by a program, and the doing of it. */
import type { HunkResolution } from '../core/change.ts';
import { JourneymanError } from '../core/error.ts';
import type { MessageId } from '../core/event.ts';
import { isObject, unreachable } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import { parseIntent } from '../protocol/intent.ts';
import type { Intent } from '../protocol/messages.ts';
import type { Asks } from '../session/asks.ts';
import type { LiveSession } from '../session/sessions.ts';

type Word = Extract<
  Intent,
  { type: 'send' | 'steer' | 'change_message' | 'cancel_message' | 'set' | 'answer' | 'hunk' }
>;
/** `keep`: what to keep above all. */
interface Compact {
  readonly type: 'compact';
  readonly keep?: string;
}
/** What concerns the session as it stands, and what concerns whether it goes on. */
export type Control =
  Word | Compact | { readonly type: 'pause' | 'resume' | 'stop' } | Extract<Intent, { type: 'go_on' | 'conclude' }>;

const types: ReadonlySet<string> = new Set<Control['type']>([
  'send',
  'steer',
  'change_message',
  'cancel_message',
  'set',
  'answer',
  'hunk',
  'compact',
  'pause',
  'resume',
  'stop',
  'go_on',
  'conclude',
]);

/** One line of standard input. Throws `invalid_input`. */
export function parseControl(line: string): Control {
  const value = ((): unknown => {
    try {
      return JSON.parse(line) as unknown;
    } catch (error) {
      throw new JourneymanError('invalid_input', `The line is no JSON: ${(error as Error).message}`);
    }
  })();
  const compact = compactIn(value);
  if (compact) return compact;
  const intent = parseIntent(value);
  if (intent !== null && types.has(intent.type)) return intent as Control;
  throw new JourneymanError(
    'invalid_input',
    `This is nothing that a run can be told. It is one of ${[...types].join(', ')}, each with its own fields and no others; "journeyman help run" shows them.`,
  );
}

function compactIn(value: unknown): Compact | null {
  if (!isObject(value) || value['type'] !== 'compact') return null;
  const { type, keep, ...more } = value;
  if (Object.keys(more).length > 0 || (keep !== undefined && typeof keep !== 'string')) return null;
  if (keep !== undefined && keep.length > limits.messageChars) return null;
  return { type, ...(keep !== undefined && { keep }) };
}

/** All but pausing, resuming and stopping, which belong to who drives the session. Throws what could not be done. */
export async function carryOut(control: Word | Compact, session: LiveSession, asks: Asks | null) {
  switch (control.type) {
    case 'send':
      return session.send(control.text, control.attachments, false);
    case 'steer':
      return session.send(control.text, control.attachments, true);
    case 'change_message': {
      const { message, text, steer, before } = control;
      mustWait(session, message);
      return session.changeMessage(message, {
        ...(text !== undefined && { text }),
        ...(steer !== undefined && { steer }),
        ...(before !== undefined && { before }),
      });
    }
    case 'cancel_message':
      mustWait(session, control.message);
      return session.cancelMessage(control.message);
    case 'set': {
      const { mode, model, title } = control;
      return session.change({
        ...(mode !== undefined && { mode }),
        ...(model !== undefined && { model }),
        ...(title !== undefined && { title }),
      });
    }
    case 'compact':
      return session.compact(control.keep);
    case 'answer':
      if (asks?.answer(control.call, control.token, control.answer) !== true) throw tooLate(control.call);
      return;
    case 'hunk': {
      const { call, token, hunk, verdict, reason } = control;
      const word: HunkResolution = reason === undefined ? { hunk, verdict } : { hunk, verdict, reason };
      if (asks?.decideHunk(call, token, word) !== true) throw tooLate(call);
      return;
    }
    default:
      return unreachable(control);
  }
}

function mustWait({ state }: LiveSession, message: MessageId): void {
  if (state.queue.some((one) => one.message === message)) return;
  throw new JourneymanError('not_found', `No message ${message} waits: it was given to the model, or cancelled.`);
}

function tooLate(call: string): JourneymanError {
  return new JourneymanError(
    'invalid_input',
    `Nothing waits under this call and token: ${call}. Each question can be answered once, with the token of its last "ask" line.`,
  );
}
