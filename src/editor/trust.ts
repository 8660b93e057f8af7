/** Before a folder is trusted the agent only reads: no answer of a person can widen that. */
import type { Question } from '../core/event.ts';
import type { Approver } from '../core/ports.ts';
import { untrustedReason } from '../session/calls.ts';

export function askIfTrusted(approver: Approver, isTrusted: () => boolean): Approver {
  return {
    async ask(approval, news, signal) {
      if (isTrusted() || onlyReads(approval.question)) return approver.ask(approval, news, signal);
      return { action: 'deny', by: { kind: 'mode', mode: 'plan' }, reason: untrustedReason };
    },
  };
}

function onlyReads(question: Question): boolean {
  return question.kind === 'access' && question.resources.every(({ effect }) => effect === 'read');
}
