/** All that a command has printed, as far as it is kept. */
import type { CallId, Event, SessionId } from '../core/event.ts';
import { isObject } from '../core/json.ts';
import type { Blobs } from '../core/ports.ts';
import { toError } from '../core/error.ts';

export interface Output {
  /** The command line, or the tool's name. */
  readonly title: string;
  readonly text: string;
}

/** null: there is no such call in the session. Falls back to what the model was shown where the whole is gone. */
export async function readOutput(
  blobs: Blobs,
  session: SessionId,
  events: readonly Event[],
  call: CallId,
): Promise<Output | null> {
  const requested = events.findLast((event) => event.type === 'tool.requested' && event.call === call);
  if (requested?.type !== 'tool.requested') return null;
  const { tool, input } = requested;
  const title = isObject(input) && typeof input['command'] === 'string' ? input['command'] : tool;

  const finished = events.findLast((event) => event.type === 'tool.finished' && event.call === call);
  const result = finished?.type === 'tool.finished' ? finished.result : null;
  const detail = result && 'detail' in result ? result.detail : undefined;
  if (detail?.kind === 'command' && detail.whole) {
    const whole = await readBlob(blobs, session, detail.whole.hash);
    if (whole !== null) return { title, text: whole };
  }
  const cut = result === null || result.status === 'interrupted' ? await blobs.spooled(session, call) : null;
  return { title, text: cut ?? result?.text ?? 'It has printed nothing yet.' };
}

async function readBlob(blobs: Blobs, session: SessionId, hash: string): Promise<string | null> {
  try {
    return (await blobs.get(session, hash)).toString('utf8');
  } catch (thrown) {
    const { code } = toError(thrown);
    if (code !== 'not_found' && code !== 'corrupt') throw thrown;
    return null;
  }
}
