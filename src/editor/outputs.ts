/** All that a command has printed, as far as it is kept. */
import type { BlobRef } from '../core/checkpoint.ts';
import type { CallId, Event, SessionId } from '../core/event.ts';
import { limits } from '../core/limits.ts';
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
  const kept = (detail?.kind === 'command' ? detail.whole : undefined) ?? wholeBehind(events, call);
  if (kept) {
    const whole = await readBlob(blobs, session, kept.hash);
    const cut =
      kept.bytes >= limits.outputKeptBytes ? `\n[… what came after ${String(kept.bytes)} bytes is not kept …]\n` : '';
    if (whole !== null) return { title, text: `${whole}${cut}` };
  }
  const cut = result === null || result.status === 'interrupted' ? await blobs.spooled(session, call) : null;
  return { title, text: cut ?? result?.text ?? 'It has printed nothing yet.' };
}

/** Of a command that went on in the background: told at its end, or by the call that read it. */
function wholeBehind(events: readonly Event[], call: CallId): BlobRef | undefined {
  const started = events.findLast((event) => event.type === 'tool.finished' && event.call === call);
  const id = started?.type === 'tool.finished' ? behindOf(started)?.id : undefined;
  if (id === undefined) return undefined;
  const told = events.findLast((event) => event.type === 'command.ended' && event.call === call);
  if (told?.type === 'command.ended') return told.whole;
  const read = events.find(
    (event) =>
      event.type === 'tool.finished' && event.call !== call && behindOf(event)?.id === id && behindOf(event)?.whole,
  );
  return read?.type === 'tool.finished' ? behindOf(read)?.whole : undefined;
}

function behindOf({ result }: Event & { readonly type: 'tool.finished' }): { id: string; whole?: BlobRef } | undefined {
  const detail = 'detail' in result && result.detail.kind === 'command' ? result.detail : undefined;
  return detail?.background && { id: detail.background.id, ...(detail.whole && { whole: detail.whole }) };
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
