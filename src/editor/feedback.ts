/** Tells a session, before the model is asked again, what became of its changes and what the editor says of the files. */
import type { Fact, SessionId } from '../core/event.ts';
import type { Feedback } from '../core/ports.ts';
import type { ChangeDesk } from './changes.ts';
import type { Desk } from './desk.ts';
import type { Problems } from './problems.ts';

export function editorFeedback(desk: Desk, changes: ChangeDesk, problems: Problems): Feedback {
  return {
    async tell(id, signal) {
      // Words wait for one another, and for the desk: whoever stops the run does not wait for them.
      await unlessAborted(changes.tell(id), signal);
      const files = await freshProblems(id, signal);
      if (files.length > 0) await desk.find(id)?.note({ type: 'problems.found', files }, editor);
    },
  };

  /** Those that are not what was told last. */
  async function freshProblems(
    id: SessionId,
    signal: AbortSignal,
  ): Promise<(Fact & { type: 'problems.found' })['files']> {
    const told = changes.toldProblems(id);
    const found = await problems.freshProblems(id, changes.writtenPaths(id), signal);
    return found.filter((file) => JSON.stringify(file.problems) !== JSON.stringify(told.get(file.path) ?? []));
  }
}

/** Rejects with the signal's reason when that is aborted; what is on its way comes to its end by itself. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

const editor = { kind: 'system', room: 'editor' } as const;
