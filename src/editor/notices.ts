/** What the person is told outside the session's log, each with a button that does what comes next. */
import type { JourneymanError } from '../core/error.ts';
import type { Outcome } from '../core/event.ts';
import { unreachable } from '../core/json.ts';
import type { Notice } from '../protocol/messages.ts';
import { errorTitle, goOnText } from '../protocol/words.ts';

export class Notices {
  readonly #onChange: () => void;
  readonly #notices = new Map<string, Notice>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get all(): readonly Notice[] {
    return [...this.#notices.values()];
  }

  /** Takes the place of an older one with the same id. */
  show(notice: Notice): void {
    this.#notices.delete(notice.id);
    this.#notices.set(notice.id, notice);
    this.#onChange();
  }

  dismiss(...ids: readonly string[]): void {
    const gone = ids.filter((id) => this.#notices.delete(id));
    if (gone.length > 0) this.#onChange();
  }
}

/** One place for what the last turn or request ran into: it goes when the next one begins. */
export const runNotice = 'run';

type Action = Notice['actions'][number];
const setKey: Action = { label: 'Set a new key…', intent: { type: 'run', what: 'set_key' } };
const chooseModel: Action = { label: 'Choose another model…', intent: { type: 'run', what: 'choose_model' } };
const chooseLocal: Action = { label: 'Choose a local model…', intent: { type: 'run', what: 'set_endpoint' } };
const tryNow: Action = { label: 'Try now', intent: { type: 'send', text: goOnText, attachments: [] } };

/** What a turn ended with, where a button can help; null where its report says all. */
export function outcomeNotice(outcome: Outcome): Notice | null {
  if (outcome.kind === 'failed') return errorNotice(outcome);
  return outcome.kind === 'partial' ? errorNotice({ code: outcome.why, message: outcome.message }) : null;
}

export function errorNotice({ code, message }: Pick<JourneymanError, 'code' | 'message'>): Notice | null {
  const notice = (tone: Notice['tone'], ...actions: readonly Action[]): Notice => ({
    id: runNotice,
    tone,
    title: errorTitle(code),
    body: message,
    actions,
  });
  switch (code) {
    case 'unauthorized':
      return notice('bad', setKey, chooseModel);
    case 'unavailable':
      return notice('warning', tryNow, chooseLocal);
    case 'timeout':
    case 'rate_limited':
    case 'overloaded':
      return notice('warning', tryNow, chooseModel);
    case 'refused':
    case 'rejected_request':
    case 'context_overflow':
      return notice('warning', chooseModel);
    case 'not_found':
    case 'invalid_input':
    case 'conflict':
      return notice('warning');
    case 'locked':
      return notice('warning');
    case 'corrupt':
    case 'bug':
      return notice('bad', { label: 'Copy details', intent: { type: 'copy', text: `${code}: ${message}` } });
    case 'denied':
    case 'interrupted':
    case 'budget_exhausted':
    case 'stalled':
    case 'cancelled':
      return null;
    default:
      return unreachable(code);
  }
}

export function lockedNotice(id: string): Notice {
  return {
    id: 'locked',
    tone: 'warning',
    title: errorTitle('locked'),
    body: 'Only one window can write to it. Here it can be read.',
    actions: [{ label: 'Try again', intent: { type: 'open_session', id } }],
  };
}

export const noFolderNotice: Notice = {
  id: 'folder',
  tone: 'warning',
  title: 'No folder is open',
  body: 'The agent works in a folder: open one, then send the task again.',
  actions: [{ label: 'Open folder…', intent: { type: 'run', what: 'open_folder' } }],
};

export const untrustedNotice: Notice = {
  id: 'trust',
  tone: 'warning',
  title: 'This folder is not trusted: it only reads',
  body: 'Other modes can be chosen once you trust the folder.',
  actions: [{ label: 'Manage trust', intent: { type: 'run', what: 'manage_trust' } }],
};

export const noModelNotice: Notice = {
  id: 'model',
  tone: 'warning',
  title: 'No model is chosen yet',
  body: 'Your text is still here. Choose where replies come from, then send it again.',
  actions: [
    { label: 'Try the practice model', intent: { type: 'run', what: 'practice' } },
    { label: 'Add key…', intent: { type: 'run', what: 'set_key' } },
    { label: 'Connect…', intent: { type: 'run', what: 'set_endpoint' } },
  ],
};
