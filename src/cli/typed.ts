/** A line typed while a session runs, as what it asks for. */
import { addedAtFirst, amountWords, type Reached } from '../core/budget.ts';
import type { QueuedMessage } from '../protocol/queue.ts';
import type { Control } from './control.ts';

export type Typed = Control | { readonly type: 'say'; readonly text: string };

export const typedHelp = `  a line          is queued as the next message
  /steer TEXT     is given to the model with its next request
  /queue          what waits
  /cancel N       takes number N out of the queue
  /pause          holds before the next request or effect; /resume goes on
  /more AMOUNT    when a budget is used: so much more of it, and on; without an amount, half as much again
  /finish         when a budget is used, or it goes in circles: ends with a report
  /compact [WORDS]  makes room in the conversation; WORDS: what to keep above all
  /stop           ends the turn with a report
  Ctrl-C stops, Ctrl-D leaves the run without answers`;

/** null: nothing was typed. */
export function parseTyped(
  line: string,
  queue: readonly QueuedMessage[],
  reached: Reached | null = null,
): Typed | null {
  const text = line.trim();
  if (text === '') return null;
  const [, word, rest = ''] = /^\/([a-z]+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  switch (word) {
    case undefined:
      return { type: 'send', text, attachments: [] };
    case 'steer':
      return rest === '' ? say('What should it be told? /steer TEXT') : { type: 'steer', text: rest, attachments: [] };
    case 'cancel': {
      const wanted = /^\d+$/.test(rest) ? queue[Number(rest) - 1] : undefined;
      return wanted ? { type: 'cancel_message', message: wanted.message } : say(`Which one? /cancel N\n${list(queue)}`);
    }
    case 'queue':
      return say(list(queue));
    case 'pause':
    case 'resume':
    case 'stop':
      return rest === '' ? { type: word } : say(`/${word} takes no words.`);
    case 'compact':
      return rest === '' ? { type: 'compact' } : { type: 'compact', keep: rest };
    case 'finish':
      return rest === '' ? { type: 'conclude' } : say('/finish takes no words.');
    case 'more':
      return more(rest, reached);
    case 'help':
      return say(typedHelp);
    default:
      return say(`There is no /${word}.\n${typedHelp}`);
  }
}

/** So that a command counts as one even while a question waits for a line. */
export function isTypedCommand(line: string): boolean {
  return /^\s*\/(?:queue|pause|resume|stop|compact(?:\s.*)?|finish|more|help|(?:steer|cancel|more)\s.*)\s*$/.test(line);
}

function more(words: string, reached: Reached | null): Typed {
  if (reached === null) return say('No budget is used up.');
  const amount = words === '' ? addedAtFirst(reached) : Number(words.replace(/^\$/, ''));
  if (!Number.isFinite(amount) || amount <= 0)
    return say(
      `How much more? /more ${String(addedAtFirst(reached))} adds ${amountWords(reached.unit, addedAtFirst(reached))}.`,
    );
  const { scope, unit } = reached;
  return { type: 'go_on', add: { scope, unit, amount } };
}

function list(queue: readonly QueuedMessage[]): string {
  if (queue.length === 0) return '  Nothing waits.';
  return queue
    .map(({ text, steer }, i) => `  ${String(i + 1)}. ${steer ? '(with the next request) ' : ''}${text}`)
    .join('\n');
}

function say(text: string): Typed {
  return { type: 'say', text };
}
