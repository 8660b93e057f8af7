/** Questions that nobody answers in time: denied, on nobody's word, with words for the model. */
import type { Approver, Clock } from '../core/ports.ts';

/** `afterMs`: asked for with each question; null: it waits for ever. */
export function deniedWhenUnanswered(approver: Approver, afterMs: () => number | null, clock: Clock): Approver {
  return {
    async ask(approval, news, signal) {
      const ms = afterMs();
      if (ms === null) return approver.ask(approval, news, signal);
      const late = new AbortController();
      const answered = new AbortController();
      const wait = clock.sleep(ms, AbortSignal.any([signal, answered.signal])).then(
        () => {
          late.abort(new DOMException('Nobody answered.', 'TimeoutError'));
        },
        () => undefined, // it was answered, or the turn was stopped
      );
      try {
        return await approver.ask(approval, news, AbortSignal.any([signal, late.signal]));
      } catch (thrown) {
        if (signal.aborted || !late.signal.aborted) throw thrown;
        const minutes = Math.round(ms / 60_000);
        const reason = `Nobody answered within ${minutes === 1 ? '1 minute' : `${String(minutes)} minutes`}, so it was not done. Do what can be done without it, or end and say what waits for an answer.`;
        return { action: 'deny', by: { kind: 'nobody' }, reason };
      } finally {
        answered.abort();
        await wait;
      }
    },
  };
}
