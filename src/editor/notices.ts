/** What the person is told outside the session's log, each with a button that does what comes next. */
import { toError, type JourneymanError } from '../core/error.ts';
import type { Notice } from '../protocol/messages.ts';
import { errorTitle } from '../protocol/words.ts';
import type { LiveSession } from '../session/sessions.ts';
import type { Desk } from './desk.ts';

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

/** One place for what the person's last word ran into: it goes with the next one. */
export const faultNotice = 'fault';

/** What a run ended with stands in its report; this is for what could not be written there. null: nothing to tell. */
export function errorNotice({ code, message }: Pick<JourneymanError, 'code' | 'message'>): Notice | null {
  if (code === 'cancelled') return null;
  const ours = code === 'bug' || code === 'corrupt';
  return {
    id: faultNotice,
    tone: ours ? 'bad' : 'warning',
    title: errorTitle(code),
    body: message,
    actions: ours ? [copyDetails(code, message)] : [],
  };
}

/** `session`: the one that it happened in. Where its log could not be written, the way on is to open it anew from the disk. */
export function tellFault(
  { desk, notices }: { readonly desk: Desk; readonly notices: Notices },
  thrown: unknown,
  session: LiveSession | null,
): void {
  const error = toError(thrown);
  const unsaved = session !== null && session === desk.live && desk.isBroken(session);
  const notice = unsaved ? unsavedNotice(error) : errorNotice(error);
  if (notice) notices.show(notice);
}

export function unsavedNotice({ code, message }: Pick<JourneymanError, 'code' | 'message'>): Notice {
  return {
    id: faultNotice,
    tone: 'bad',
    title: errorTitle('bug'),
    body: message,
    actions: [{ label: 'Go on', intent: { type: 'resume' } }, copyDetails(code, message)],
  };
}

/** Why the session on the desk can only be read: one at a time. */
export const readOnlyId = 'read-only';

export function readOnlyNotice(id: string, { code, message }: Pick<JourneymanError, 'code' | 'message'>): Notice {
  const fork = { label: 'Fork', intent: { type: 'fork', id, turn: null } } as const;
  const again = { label: 'Try again', intent: { type: 'open_session', id } } as const;
  const notice = { id: readOnlyId, tone: 'warning', title: errorTitle(code) } as const;
  switch (code) {
    case 'locked': {
      const read = { label: 'Read here', intent: { type: 'dismiss', notice: readOnlyId } } as const;
      const body =
        'Only one window can write to it. Here it can be read; it opens by itself once the other is done with it.';
      return { ...notice, body, actions: [read, fork, again] };
    }
    case 'corrupt':
      return {
        ...notice,
        tone: 'bad',
        body: `${message} What stands before that can be read here. A fork goes on from there; this one is kept as it is.`,
        actions: [fork, copyDetails(code, message)],
      };
    default:
      return { ...notice, title: 'This session can only be read now', body: message, actions: [again] };
  }
}

export function exportedNotice(file: string): Notice {
  return {
    id: 'exported',
    tone: 'ok',
    title: 'The session was exported',
    body: file,
    actions: [{ label: 'Copy path', intent: { type: 'copy', text: file } }],
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
  body: 'Nothing is changed or run until you trust the folder.',
  actions: [{ label: 'Manage trust', intent: { type: 'run', what: 'manage_trust' } }],
};

export const noSandboxId = 'sandbox';

/** `why`: a clause. */
export function noSandboxNotice(why: string): Notice {
  return {
    id: noSandboxId,
    tone: 'warning',
    title: 'Auto needs a sandbox',
    body: `Commands run by themselves only where a sandbox holds them, and there is none here: ${why}. Edits apply, commands ask.`,
    actions: [],
  };
}

export const noModelNotice: Notice = {
  id: 'model',
  tone: 'warning',
  title: 'No model is chosen yet',
  body: 'Your text is still here. Choose where replies come from, then send it again.',
  actions: [
    { label: 'Try the practice model', intent: { type: 'run', what: 'practice' } },
    { label: 'Add key…', intent: { type: 'run', what: 'set_key' } },
    { label: 'Use a model of this editor…', intent: { type: 'run', what: 'editor_model' } },
    { label: 'Connect…', intent: { type: 'run', what: 'set_endpoint' } },
  ],
};

function copyDetails(code: string, message: string): Notice['actions'][number] {
  return { label: 'Copy details', intent: { type: 'copy', text: `${code}: ${message}` } };
}
