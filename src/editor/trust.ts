/** Before a folder is trusted the agent only reads: no answer of a person can widen that. */
import type { Question } from '../core/event.ts';
import type { Approver } from '../core/ports.ts';

export function askIfTrusted(approver: Approver, isTrusted: () => boolean): Approver {
  return {
    async ask(approval, news, signal) {
      if (isTrusted() || onlyReads(approval.question)) return approver.ask(approval, news, signal);
      return { action: 'deny', by: { kind: 'mode', mode: 'plan' }, reason: untrustedReason };
    },
  };
}

const untrustedReason =
  'The user has not trusted this folder in the editor, so nothing may be changed or run. Read what you need and answer in words.';

function onlyReads(question: Question): boolean {
  return question.kind === 'access' && question.resources.every(({ effect }) => effect === 'read');
}
