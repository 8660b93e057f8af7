/** What an answer to a plan says once the person's edits of its document and their comments are in it. Pure. */
import { unreachable } from '../core/json.ts';
import type { Plan } from '../core/plan.ts';
import type { Answer } from '../protocol/messages.ts';

export interface PlanDocument {
  /** The text where the person changed it, else null. */
  readonly edited: string | null;
  /** Each with the line that it is about; may be empty. */
  readonly comments: string;
}

/** `parse` may throw: then the document is not a plan, and there is no answer yet. */
export function answerWith(answer: Answer, { edited, comments }: PlanDocument, parse: (text: string) => Plan): Answer {
  switch (answer.action) {
    case 'allow': {
      const note = joined(answer.note ?? '', comments);
      return { ...answer, ...(edited !== null && { plan: parse(edited) }), ...(note !== '' && { note }) };
    }
    case 'deny':
      if (answer.stop === true) return answer;
      return {
        ...answer,
        reason: joined(answer.reason, comments, edited === null ? '' : `I began to edit the plan:\n\n${bare(edited)}`),
      };
    case 'accept_rest':
    case 'reject_rest':
      return answer; // words on edits
    default:
      return unreachable(answer);
  }
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Without what is said to the person in it. */
function bare(text: string): string {
  return text.replace(/<!--[^]*?-->\s*/g, '').trim();
}
